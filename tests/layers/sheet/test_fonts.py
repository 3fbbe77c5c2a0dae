"""The font of a sheet: found on the machine, cut down, and with outlines that a PDF takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fontTools.pens.areaPen import AreaPen
from fontTools.ttLib import TTFont
from matplotlib import font_manager

from layers.sheet.fonts import FontMissingError, find_face, width_em, write_subset


@pytest.fixture(autouse=True)
def _found_anew() -> Iterator[None]:
    find_face.cache_clear()
    yield
    find_face.cache_clear()


def test_the_face_has_the_forms_of_mainland_china():
    face = find_face("regular")
    with TTFont(face.path, fontNumber=face.number, lazy=True) as font:
        assert str(font["name"].getDebugName(1)).endswith(("SC", "GB", "CN")) or face.path.suffix != ".ttc"


def test_a_machine_without_a_chinese_font_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: ["/fonts/DejaVuSans.ttf"])
    with pytest.raises(FontMissingError, match="install Noto Sans CJK"):
        find_face("regular")


def test_the_regular_face_stands_in_where_there_is_no_bold_one(monkeypatch: pytest.MonkeyPatch):
    regular = find_face("regular")
    find_face.cache_clear()
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(regular.path)])
    assert find_face("bold") == regular


def test_a_subset_holds_the_characters_asked_for_as_true_type(tmp_path):
    write_subset(find_face("regular"), "蓼河A1", tmp_path / "a.ttf")
    with TTFont(tmp_path / "a.ttf") as font:
        assert {chr(code) for code in font.getBestCmap()} == set("蓼河A1")
        assert font.sfntVersion == "\0\1\0\0"
        assert "glyf" in font
        assert "CFF " not in font


def test_converted_outlines_keep_width_and_ink(tmp_path):
    face = find_face("bold")
    write_subset(face, "蓼", tmp_path / "a.ttf")
    with TTFont(face.path, fontNumber=face.number, lazy=True) as before, TTFont(tmp_path / "a.ttf") as after:
        inks, widths = [], []
        for font in (before, after):
            name = font.getBestCmap()[ord("蓼")]
            pen = AreaPen(font.getGlyphSet())
            font.getGlyphSet()[name].draw(pen)
            inks.append(abs(pen.value))
            widths.append(font["hmtx"][name][0])
    assert widths[0] == widths[1]
    assert inks[1] == pytest.approx(inks[0], rel=0.01)


def test_widths_are_in_ems_and_an_unknown_character_counts_as_one():
    face = find_face("regular")
    assert width_em("蓼河", face) == 2
    assert width_em("i", face) < width_em("W", face) < 1
    assert width_em("\U0010fffd", face) == 1
