"""The dialog of plan sheets: what it says before it makes one, and the file it offers."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from layers import assets
from pages.ui import place
from tests.pages.conftest import OpenPage

LOOKED_AT = {"centre": "116.65000_35.41000", "zoom": "14"}


@pytest.fixture(autouse=True)
def _front_end_is_built(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(assets, "missing", list)


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What download buttons of sheets were given; the testing tool does not show their content."""
    found: list[dict[str, Any]] = []
    ordinary = st.download_button

    def note(label: str, **options: Any) -> bool:
        if options["key"] == "sheet_download":
            found.append({"label": label, **options})
        return ordinary(label, **options)

    monkeypatch.setattr(st, "download_button", note)
    return found


def opened(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
    """The page with the dialog open, as long as the test lasts.

    A dialog runs by itself in a browser; the testing tool knows only whole runs, in which its button is not clicked.
    """
    ordinary = st.button
    monkeypatch.setattr(st, "button", lambda label, **options: ordinary(label, **options) or options["key"] == "sheet")
    return open_page(language="en", **query)


def test_a_click_opens_the_dialog(open_page: OpenPage):
    app = open_page(language="en")
    assert not app.info
    app.sidebar.button(key="sheet").click().run()
    assert app.info[0].value == "A3 · Landscape · 1:7,500: one page."


def test_the_dialog_tells_scale_and_pages_before_anything_is_made(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch):
    app = opened(open_page, monkeypatch)
    assert app.info[0].value == "A3 · Landscape · 1:7,500: one page."
    app.selectbox(key="sheet_paper").select("A4").run()
    app.selectbox(key="sheet_scale").select("1:5000").run()
    assert app.info[0].value.startswith("A4 · Landscape · 1:5,000: 5 pages, an index and 4 sheets.")


def test_too_many_pages_are_refused_in_words(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch):
    app = opened(open_page, monkeypatch)
    app.selectbox(key="sheet_paper").select("A4").run()
    app.selectbox(key="sheet_scale").select("1:500").run()
    assert "choose larger paper" in app.warning[0].value
    assert not app.exception


def test_what_the_map_shows_is_offered_where_the_address_says_it(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch):
    assert opened(open_page, monkeypatch).radio(key="sheet_extent").options == ["Whole district"]
    monkeypatch.setattr(place, "follow", lambda _: LOOKED_AT)
    app = opened(open_page, monkeypatch)
    assert app.radio(key="sheet_extent").options == ["Whole district", "What the map shows now"]
    app.radio(key="sheet_extent").set_value("view").run()
    app.selectbox(key="sheet_scale").select("1:500").run()
    assert app.info[0].value == "A3 · Landscape · 1:500: one page."


def test_a_selected_feature_can_be_drawn(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch):
    app = opened(open_page, monkeypatch, selected="parcels.parcels-05")
    app.radio(key="sheet_extent").set_value("drawn").run()
    # 600 m by 100 m are 300 mm by 50 mm
    assert app.info[0].value == "A3 · Landscape · 1:2,000: one page."
    app.selectbox(key="sheet_orientation").select("portrait").run()
    assert app.info[0].value == "A3 · Portrait · 1:2,500: one page."


def test_the_sheet_that_was_made_is_offered_until_something_else_is_asked_for(
    open_page: OpenPage, offered: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
):
    app = opened(open_page, monkeypatch)
    assert offered == []
    app.text_input(key="sheet_title").input("用地现状图").run()
    app.button(key="sheet_make").click().run()
    assert not app.exception
    assert offered[-1]["file_name"] == "plan-sheet_A3_7500_2020-12-31.pdf"
    assert offered[-1]["data"].startswith(b"%PDF")
    offered.clear()
    app.selectbox(key="sheet_paper").select("A2").run()
    assert offered == []


def test_several_pictures_come_as_one_zip(
    open_page: OpenPage, offered: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
):
    app = opened(open_page, monkeypatch)
    app.selectbox(key="sheet_paper").select("A4").run()
    app.selectbox(key="sheet_scale").select("1:5000").run()
    app.selectbox(key="sheet_format").select("svg").run()
    assert "one ZIP file" in app.info[0].value
    app.button(key="sheet_make").click().run()
    assert offered[-1]["mime"] == "application/zip"
    with zipfile.ZipFile(BytesIO(offered[-1]["data"])) as archive:
        assert archive.namelist() == [f"plan-sheet_A4_5000_2020-12-31_{number:03d}.svg" for number in range(5)]
