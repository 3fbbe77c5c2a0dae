"""The user guide: its pictures are there, both languages tell the same, and its words are those of the interface."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geodata.i18n import catalogue_files
from tests.test_texts import messages, sources

ROOT = Path(__file__).parents[1]
GUIDES = {language: (ROOT / f"docs/guide.{language}.md").read_text(encoding="utf-8") for language in ("zh", "en")}
PICTURES = {path.name for path in (ROOT / "docs/images").iterdir()}


@pytest.mark.parametrize("language", GUIDES)
def test_every_picture_of_a_guide_is_there(language: str) -> None:
    named = re.findall(r"\(images/([^)]+)\)", GUIDES[language])
    assert len(named) == 5
    assert set(named) <= PICTURES


def test_every_picture_is_used() -> None:
    words = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    assert [name for name in sorted(PICTURES) if name not in words] == []


def test_both_guides_have_the_same_sections() -> None:
    numbers = [re.findall(r"^#+ ([\d.]+) ", guide, re.M) for guide in GUIDES.values()]
    assert len(numbers[0]) > 15
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("language", GUIDES)
def test_words_in_bold_are_words_of_the_interface(language: str) -> None:
    assert catalogue_files()
    chinese = {translated for _, translated, _ in messages()}
    labels = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("layers/**/*.py"))
    known = chinese if language == "zh" else set(sources())
    bold = set(re.findall(r"\*\*([^*]+)\*\*", GUIDES[language]))
    assert len(bold) > 20
    assert [words for words in sorted(bold) if words not in known and f'"{words}"' not in labels] == []
