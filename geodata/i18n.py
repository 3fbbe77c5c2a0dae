"""Texts in both languages.

The source text of a message is English and stands in the code, marked by `text(…)` (or by `t(…)` on a page).
Its Chinese stands in `<package>/locale/zh/*.po`, read as it is: there is no compile step to forget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from babel.messages.pofile import read_po

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Text:
    """A message that can be said in either language: an English source text and its values.

    A value may itself be a `Text`; it is then said in the same language.
    """

    source: str
    values: Mapping[str, object] = field(default_factory=dict)
    chinese: str | None = None
    """The Chinese, where it stands beside the English in a table instead of in the catalogue."""

    def in_(self, language: Language) -> str:
        """The message in `language`, its `{placeholders}` filled."""
        values = {
            name: value.in_(language) if isinstance(value, Text) else value for name, value in self.values.items()
        }
        template = self.chinese if self.chinese and language == "zh" else translate(self.source, language)
        return template.format(**values) if values else template

    def __str__(self) -> str:
        return self.in_("en")


def text(source: str, /, **values: object) -> Text:
    """Mark `source` as a text of the catalogue; `{name}` in it is filled from `values`.

    Without values braces are left alone. `source` must be a literal, or it can't be found for translation.
    """
    return Text(source, values)


def label(zh: str, en: str) -> Text:
    """A term whose two languages stand together in a table, because files may use either."""
    return Text(en, chinese=zh)


def translate(source: str, language: Language) -> str:
    """The catalogue's template for an English source text; the source itself where there is none."""
    return _chinese().get(source, source) if language == "zh" else source


def catalogue_files() -> list[Path]:
    """Every Chinese catalogue of the project."""
    return sorted(_ROOT.glob("*/locale/zh/*.po"))


@cache
def _chinese() -> dict[str, str]:
    messages: dict[str, str] = {}
    for path in catalogue_files():
        with path.open("rb") as file:
            for message in read_po(file, locale="zh"):
                if message.id and message.string:
                    messages[str(message.id)] = str(message.string)
    return messages
