"""Filters set by hand on the map page, and drawn on its map."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from geodata.filters import Between, InRange, Near, OneOf
from layers import assets
from tests.pages.conftest import OpenPage


@pytest.fixture(autouse=True)
def _front_end_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "missing", list)


def chips(app: AppTest) -> list[str]:
    return [button.label for button in app.main.button if (button.key or "").removeprefix("filter_").isdigit()]


def test_a_state_is_chosen_and_the_key_and_counts_follow(open_page: OpenPage) -> None:
    app = open_page(language="en")
    app.multiselect(key="filter_value_parcels_state_values").set_value(["idle"]).run()
    app.button(key="filter_apply").click().run()
    assert app.session_state["_filters"] == {("parcels", "state"): OneOf(frozenset({"idle"}))}
    assert chips(app) == ["Land parcels · Status: Suspected idle"]
    assert app.sidebar.checkbox(key="layer_parcels").label == "Land parcels (1 / 9)"


def test_a_range_of_areas_is_chosen(open_page: OpenPage) -> None:
    app = open_page(language="en")
    app.selectbox(key="filter_field_parcels").set_value("area_ha").run()
    app.number_input(key="filter_value_parcels_area_ha_low").set_value(5.0).run()
    app.button(key="filter_apply").click().run()
    assert app.session_state["_filters"] == {("parcels", "area_ha"): InRange(5.0, None)}
    assert chips(app) == ["Land parcels · Measured area (ha): ≥ 5"]


def test_days_are_chosen_and_an_end_may_stay_open(open_page: OpenPage) -> None:
    app = open_page(language="en")
    app.selectbox(key="filter_layer").set_value("greening").run()
    app.selectbox(key="filter_field_greening").set_value("completed_on").run()
    app.date_input(key="filter_value_greening_completed_on_last").set_value(date(2019, 6, 30)).run()
    app.button(key="filter_apply").click().run()
    assert app.session_state["_filters"] == {("greening", "completed_on"): Between(date(1900, 1, 2), date(2019, 6, 30))}


def test_nothing_chosen_can_not_be_applied(open_page: OpenPage) -> None:
    assert open_page().button(key="filter_apply").disabled


def test_a_filter_of_a_link_is_undone_by_its_chip(open_page: OpenPage) -> None:
    app = open_page(language="en", **{"f.parcels.state": "idle"})
    app.button(key="filter_0").click().run()
    assert app.session_state["_filters"] == {}
    app = open_page(language="en", **{"f.parcels.area_ha": "..3"})
    assert chips(app) == ["Land parcels · Measured area (ha): ≤ 3"]


def test_the_distance_to_a_line_is_changed_at_its_chip_and_undone(open_page: OpenPage) -> None:
    path = "116.600000_35.400000*116.700000_35.400000"
    app = open_page(language="en", **{"f.place.shape": f"100m*{path}"})
    assert chips(app) == ["Drawn on the map: within 100 m of a line"]
    app.number_input(key="filter_distance").set_value(250.0).run()
    ends = ((116.6, 35.4), (116.7, 35.4))
    assert app.session_state["_filters"] == {("place", "shape"): Near(ends, 250.0)}
    app.button(key="filter_undo").click().run()
    assert app.session_state["_filters"] == {("place", "shape"): Near(ends, 100.0)}
    assert app.number_input(key="filter_distance").value == 100.0
