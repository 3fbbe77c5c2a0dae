"""A plan sheet from the words of a command line."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl

from geodata.errors import StoreError
from geodata.i18n import LANGUAGES, Text, label, text
from geodata.settings import Settings
from geodata.store import Store
from layers.sheet import EXTENTS, Sheet, SheetOptionError, SheetOptions, make_sheet
from layers.sheet.paper import ORIENTATIONS, require_paper, require_scale
from layers.view import from_query

_Choice = TypeVar("_Choice", bound=str)


def run(
    settings: Settings,
    to: Path,
    *,
    paper: str,
    scale: str,
    query: str,
    orientation: str,
    extent: str,
    title: str,
    language: str,
) -> tuple[Sheet, Text | None]:
    """Make a sheet; with it, what of the view could not be restored.

    Parameters
    ----------
    query : the query of an address, with or without what stands before its question mark

    Raises
    ------
    SheetOptionError
        An option can't be.
    StoreError
        The store can't be read, or the file not be written.
    """
    restored = from_query(dict(parse_qsl(query.rpartition("?")[2].partition("#")[0], keep_blank_values=True)))
    options = SheetOptions(
        paper=require_paper(paper),
        orientation=None if orientation == "auto" else _one_of(ORIENTATIONS, orientation, "auto"),
        scale=to_scale(scale),
        title=title,
        language=_one_of(LANGUAGES, language) if language else restored.view.language or settings.language,
        extent=_one_of(EXTENTS, extent),
    )
    store = Store.open(settings)
    try:
        made = make_sheet(store, store.current(), restored.view, options, to)
    except (FileNotFoundError, PermissionError, NotADirectoryError) as error:
        if isinstance(error, StoreError) or error.filename is None:
            raise
        raise StoreError(
            text(
                "The file {path} could not be written ({reason}); name a place that can be written to.",
                path=to,
                reason=error.strerror,
            )
        ) from error
    return made, _broken(restored.broken)


def to_scale(words: str) -> int | None:
    """The denominator of `10000`, `10,000` or `1:10000`; None for `fit`.

    Raises
    ------
    SheetOptionError
        It is none of these, or outside the range.
    """
    if words.strip().lower() == "fit":
        return None
    digits = words.strip().removeprefix("1:").removeprefix("1：").replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        raise SheetOptionError(text("The scale “{scale}” is no number; write 10000, 1:10000 or fit.", scale=words))
    return require_scale(int(digits))


def _one_of(choices: tuple[_Choice, ...], value: str, *more: str) -> _Choice:
    found = next((choice for choice in choices if choice == value), None)
    if found is None:
        raise SheetOptionError(
            text("“{value}” is not known; use one of {choices}.", value=value, choices=", ".join((*choices, *more)))
        )
    return found


def _broken(parts: tuple[Text, ...]) -> Text | None:
    if not parts:
        return None
    chinese, english = "、".join(part.in_("zh") for part in parts), ", ".join(part.in_("en") for part in parts)
    return text(
        "These parts of the view could not be restored and are left out: {parts}.", parts=label(chinese, english)
    )
