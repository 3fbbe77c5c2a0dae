"""The frame around the pages: language, unit, day, the URL, and what is said when there is nothing to show."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from streamlit.util import calc_hash

from geodata.errors import StoreError
from geodata.i18n import text
from geodata.schema import LAYERS
from layers.view import from_query
from pages.ui import data, startup
from pages.ui.startup import Progress
from tests.pages.conftest import OpenPage

PAGES = ["", "dashboard"]


def words(app):
    """Everything a person reads on the page."""
    shown = [*app.main.markdown, *app.main.caption, *app.main.metric, *app.sidebar.caption, *app.sidebar.checkbox]
    return "\n".join(f"{getattr(element, 'label', '')} {element.value}" for element in shown)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_opens_without_a_word_about_trouble(open_page: OpenPage, page: str, language: str):
    app = open_page(page, language=language)
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert not app.toast
    assert app.session_state["language"] == language


@pytest.mark.parametrize("page", PAGES)
def test_illustrative_data_is_marked_on_every_page(open_page: OpenPage, page: str):
    assert "示例数据" in words(open_page(page, language="zh"))
    assert "Illustrative data" in words(open_page(page, language="en"))


@pytest.mark.parametrize("page", PAGES)
def test_an_english_page_has_no_chinese_but_names(open_page: OpenPage, page: str):
    names = {"示例", "横一", "纵一", "纵二"}
    chinese = "".join(sign if sign > "\u2e7f" else " " for sign in words(open_page(page, language="en"))).split()
    assert set(chinese) - names == set()


def test_a_switch_of_language_changes_the_words_and_keeps_the_rest(open_page: OpenPage):
    app = open_page(language="zh", units="mu", as_of="2019-06-30")
    app.session_state["language"] = "en"
    app.run()
    assert "Illustrative data" in words(app)
    assert app.session_state["units"] == "mu"
    assert app.date_input(key="as_of").value == date(2019, 6, 30)


def test_the_day_is_that_of_the_data_unless_the_link_says_another(open_page: OpenPage):
    assert open_page().date_input(key="as_of").value == date(2020, 12, 31)
    assert open_page(as_of="2019-02-14").date_input(key="as_of").value == date(2019, 2, 14)


def test_a_month_means_its_last_day_and_a_day_moves_the_slider(open_page: OpenPage):
    app = open_page()
    app.select_slider(key="as_of_month").set_value(date(2019, 2, 1)).run()
    assert app.date_input(key="as_of").value == date(2019, 2, 28)
    app.date_input(key="as_of").set_value(date(2018, 7, 4)).run()
    assert app.select_slider(key="as_of_month").value == date(2018, 7, 1)


def test_a_day_beyond_the_months_leaves_the_slider_at_its_end(open_page: OpenPage):
    app = open_page(language="zh", as_of="2030-05-05")
    assert app.date_input(key="as_of").value == date(2030, 5, 5)
    assert app.select_slider(key="as_of_month").value == date(2021, 1, 1)  # the last event of the little district
    assert "数据截至" in words(app)


def test_the_day_is_carried_to_another_page_and_layers_back_again(open_page: OpenPage):
    app = open_page()
    app.checkbox(key="layer_roads").uncheck().run()
    app.select_slider(key="as_of_month").set_value(date(2019, 2, 1)).run()
    app._page_hash = calc_hash("dashboard")
    dashboard = app.run()
    assert dashboard.date_input(key="as_of").value == date(2019, 2, 28)
    app._page_hash = calc_hash("")
    app.run()
    assert app.checkbox(key="layer_roads").value is False
    assert app.checkbox(key="layer_parcels").value is True


def test_what_is_looked_at_is_in_the_url(open_page: OpenPage):
    app = open_page(language="en", units="mu", as_of="2019-06-30", theme="land_use", layers="district.roads-40")
    script = next(
        element.proto.body for element in app.main if element.type == "html" and "replaceState" in element.proto.body
    )
    query = script.partition("URLSearchParams(")[2].partition(")")[0]

    restored = from_query(json.loads(query))
    assert restored.broken == ()
    assert restored.view.language == "en"
    assert restored.view.units == "mu"
    assert restored.view.as_of == date(2019, 6, 30)
    assert restored.view.theme == "land_use"
    assert restored.view.layers == {"district": 1.0, "roads": 0.4}


def test_broken_parts_of_a_link_fall_back_and_are_told_once(open_page: OpenPage):
    app = open_page(language="en", as_of="never", units="acres", zoom="13")
    assert [toast.value for toast in app.toast] == [
        "Part of this link could not be restored: the as-of date, the unit of area. The usual view is shown instead."
    ]
    assert app.date_input(key="as_of").value == date(2020, 12, 31)
    app.run()
    assert not app.toast


def test_an_empty_store_says_what_to_do(open_page: OpenPage, tmp_path: Path):
    app = open_page(data_dir=tmp_path / "empty", language="en")
    assert not app.exception
    assert "python -m geodata publish" in app.info[0].value


def test_the_first_start_shows_how_far_it_is(open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(startup, "_progress", Progress("publishing", 3, len(LAYERS)))
    app = open_page(data_dir=tmp_path / "empty", language="en")
    assert "being prepared" in app.info[0].value
    assert not app.exception


@pytest.mark.parametrize("page", PAGES)
def test_a_store_that_cannot_be_read_is_explained(open_page: OpenPage, page: str, monkeypatch: pytest.MonkeyPatch):
    def refuse(_settings):
        raise StoreError(text("The catalogue is *gone*."))

    monkeypatch.setattr(data, "_open", refuse)
    app = open_page(page, language="en")
    assert not app.exception
    assert "The data can't be read or written" in app.error[0].value
    assert "The catalogue is \\*gone\\*" in app.error[0].value
