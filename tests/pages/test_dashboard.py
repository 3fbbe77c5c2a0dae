"""The dashboard's numbers, worked out by hand on the little district; sections, filters, comparison, targets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geodata import entries
from geodata.settings import Settings
from geodata.store import Store
from layers.charts import sections
from pages.ui.dashboard.tiles import quarter_ends
from tests.pages.conftest import OpenPage


def tiles(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def charts(app: AppTest) -> list[str]:
    """Titles of the charts."""
    return [chart.proto.alt for chart in app.main.get("plotly_chart")]


def spec_of(app: AppTest, title: str):
    chart = next(chart for chart in app.main.get("plotly_chart") if chart.proto.alt.startswith(title))
    return json.loads(chart.proto.spec)


@pytest.fixture
def store(published: Settings) -> Iterator[Store]:
    """The store of the little district; targets that a test sets are withdrawn after it."""
    store = Store.open(published)
    yield store
    left = entries.entry_frame(store, "targets")
    if len(left):
        entries.save(store, "targets", left.assign(value=float("nan")), by="test")
    store.close()


def set_target(store: Store, indicator: str, due_on: date, value: float) -> None:
    frame = pd.DataFrame({"indicator": [indicator], "due_on": [due_on], "value": [value], "source": ["test"]})
    entries.save(store, "targets", frame, by="test")


def test_tiles_say_the_numbers_of_the_little_district(open_page: OpenPage):
    # Land: 5 ha approved, 7 ha supplied, 6 ha idle. Greening: 1 + 2 + 4 + 0.5 ha done of 1 + 2 + 3 + 0.5 due.
    # Water: 1 km and 0.5 km of 2.5 km. Roads: 1 + 2 km. Sites: the two of 2018. Projects: four have begun.
    assert tiles(open_page("dashboard", language="en")) == {
        "Land not yet in use": "18.0 ha",
        "Greening done / due": "115.4%",
        "Waterways connected": "60.0%",
        "Roads open": "3.0 km",
        "Roads lit": "1.0 km",
        "Sites vacated": "2 / 4",
        "Key projects producing": "1 / 4",
    }


def test_tiles_follow_day_and_unit(open_page: OpenPage):
    app = open_page("dashboard", language="zh", units="mu", as_of="2019-04-30")
    # Approved on that day 5 ha, supplied and not started 2 + 3 + 6 + 7 ha: 23 ha are 345 mu.
    assert tiles(app)["待盘活土地"] == "345 亩"
    assert tiles(app)["道路通车"] == "1.0 km"


def test_every_section_shows_its_charts_with_their_source(open_page: OpenPage):
    for section, parts in sections.SECTIONS.items():
        app = open_page("dashboard", language="zh", as_of="2021-06-30", section=section)
        assert not app.exception
        assert not app.error
        # The little district has neither water zones nor corridors nor parks.
        known = [part for part in parts if not {"water_zones", "corridors", "parks"} & set(part.layers)]
        assert len(charts(app)) == len(known), section
        captions = [caption.value for caption in app.caption]
        said = "示例数据 · 统计时点 2021年6月30日 · 数据截至 2020年12月31日"
        assert sum(caption.startswith(said) for caption in captions) >= len(known)
        assert sum(caption == f"{said} · 不含现状" for caption in captions) == sum(part.monthly for part in known)


def test_numbers_beyond_the_data_say_how_far_it_reaches(open_page: OpenPage):
    def tiles_that_say_so(day: str) -> int:
        app = open_page("dashboard", language="zh", as_of=day)
        captions = [caption.value for caption in app.caption if "统计时点" not in caption.value]
        return sum(caption.endswith(" · 数据截至 2020年12月31日") for caption in captions)

    assert tiles_that_say_so("2020-12-31") == 0
    assert tiles_that_say_so("2021-01-01") == 7


@pytest.mark.parametrize("language", ["zh", "en"])
def test_charts_have_no_buttons_and_no_axis_of_their_own_language(open_page: OpenPage, language: str):
    for chart in open_page("dashboard", language=language).main.get("plotly_chart"):
        assert json.loads(chart.proto.config)["displayModeBar"] is False


def test_a_chart_that_fails_leaves_the_others(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch):
    def fail(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr("geodata.series.roads_by_class", fail)
    app = open_page("dashboard", language="en")
    assert len(charts(app)) == 5
    assert "Something went wrong here" in app.error[0].value


# --- filters -----------------------------------------------------------------------------------------------------


def test_a_filter_of_the_address_filters_numbers_charts_and_lists(open_page: OpenPage):
    app = open_page("dashboard", **{"language": "en", "section": "land", "f.parcels.use": "10"})
    # Industrial land: 4 ha not approved and 5 ha approved.
    assert tiles(app)["Land not yet in use"] == "5.00 ha"
    assert tiles(app)["Greening done / due"] == "115.4%"
    by_status = {trace["y"][0]: trace["x"][0] for trace in spec_of(app, "Land by supply status")["data"]}
    assert by_status["Completed"] == 0
    assert by_status["Approved, not supplied"] == pytest.approx(5, rel=1e-4)
    # The chart by use is not filtered by use: it shows what else there is, faintly.
    by_use = spec_of(app, "Land by planned use")["data"]
    assert {name for trace in by_use for name in trace["y"]} == {"Residential", "Industry and mining", "Inland water"}
    assert "Filtered: targets are for the whole district" in [caption.value for caption in app.caption]


def test_chips_name_the_filters_and_take_them_away(open_page: OpenPage):
    app = open_page(
        "dashboard",
        **{"language": "en", "f.parcels.state": "idle*completed", "f.greening.planned_on": "2019-01-01..2019-12-31"},
    )
    labels = [button.label for button in app.button if button.key.startswith("filter_")]
    assert labels == [
        "Land parcels · Status: Completed, Suspected idle",
        "Greening · Planned completion: 1 Jan 2019 – 31 Dec 2019",
        "Clear all",
    ]
    app.button(key="filter_0").click().run()
    assert tiles(app)["Land not yet in use"] == "18.0 ha"
    app.button(key="filter_undo").click().run()
    assert tiles(app)["Land not yet in use"] == "6.00 ha"
    app.button(key="filter_clear").click().run()
    assert [button.label for button in app.button if button.key.startswith("filter_")] == ["Undo"]


def test_an_unknown_filter_is_told_and_left_out(open_page: OpenPage):
    app = open_page(**{"language": "en", "f.parcels.colour": "red"})
    assert any("a filter" in toast.value for toast in app.toast)
    assert "Waterways connected" in tiles(open_page("dashboard", **{"language": "en", "f.parcels.colour": "red"}))


def test_a_filter_that_leaves_nothing_shows_empty_charts_and_no_error(open_page: OpenPage):
    for section in sections.SECTIONS:
        app = open_page("dashboard", **{"section": section, "f.parcels.key": "none", "f.greening.key": "none",
                                        "f.projects.key": "none", "f.relocation_zones.key": "none",
                                        "f.roads.key": "none", "f.waterways.key": "none"})  # fmt: skip
        assert not app.exception
        assert not app.error, section


# --- comparing ----------------------------------------------------------------------------------------------------


def test_two_dates_stand_side_by_side_on_one_scale(open_page: OpenPage):
    app = open_page("dashboard", language="en", section="land", compare="2019-12-31")
    titles = charts(app)
    assert titles[0] == titles[1] == "Land by supply status (ha)"
    figures = [json.loads(chart.proto.spec) for chart in app.main.get("plotly_chart")[:2]]
    assert figures[0]["layout"]["xaxis"]["range"] == figures[1]["layout"]["xaxis"]["range"]
    assert [trace["x"] for trace in figures[0]["data"]] != [trace["x"] for trace in figures[1]["data"]]
    assert titles[-1].startswith("Land that went from one status to another, 31 Dec 2019 to 31 Dec 2020")
    # 5 ha approved, 6 + 7 ha supplied, and 2 + 3 ha that were built only in 2020
    assert "31 Dec 2019: **23.0 ha**" in [caption.value for caption in app.caption]


def test_the_same_features_are_compared_though_their_states_differ(open_page: OpenPage):
    app = open_page(
        "dashboard", **{"language": "en", "section": "land", "compare": "2019-12-31", "f.parcels.state": "idle"}
    )
    # What is idle now, 6 ha, was supplied and not started a year before.
    assert "31 Dec 2019: **6.00 ha**" in [caption.value for caption in app.caption]


# --- targets ------------------------------------------------------------------------------------------------------


def test_no_target_is_said(open_page: OpenPage):
    captions = [caption.value for caption in open_page("dashboard", language="en").caption]
    assert captions.count("No target has been set") == 7


def test_a_tile_holds_its_number_against_the_target(open_page: OpenPage, store: Store):
    set_target(store, "water.connected_km", date(2020, 12, 31), 2.0)
    app = open_page("dashboard", language="en")
    captions = [caption.value for caption in app.caption]
    assert "Target 2.0 km by 2020-12-31 · 75.0% of it · difference −0.5 km" in captions
    explained = [markdown.help for markdown in app.markdown if "Missed" in markdown.value]
    assert len(explained) == 1
    # The period runs from the end of 2019, when 1.5 km were connected; all of it has passed.
    assert "1.5 km + (2.0 km − 1.5 km) × 100.0% = **2.0 km**; actual **1.5 km**" in explained[0]
    assert "Waterways v1" in explained[0]
    assert "31 Dec 2020" in explained[0]


def test_quarters_end_on_their_last_days():
    assert quarter_ends(date(2020, 5, 17), 3) == [date(2019, 9, 30), date(2019, 12, 31), date(2020, 3, 31)]
    assert quarter_ends(date(2020, 12, 31), 1) == [date(2020, 9, 30)]


# --- lists --------------------------------------------------------------------------------------------------------


def test_the_land_lists_can_be_chosen_and_taken_away(open_page: OpenPage):
    app = open_page("dashboard", language="en", section="land")
    assert app.dataframe[0].value["parcel_id"].tolist() == ["parcels-06"]  # idle from 2021-01-01
    assert app.dataframe[0].value["days_until_idle"].tolist() == [1]
    app.session_state["land_list"] = "idle"
    app.run()
    assert app.dataframe[0].value["parcel_id"].tolist() == ["parcels-05"]
    assert app.dataframe[0].value["state"].tolist() == ["Suspected idle"]
    app.session_state["land_list"] = "cannot_be_judged"
    app.run()
    assert "Every supplied, unstarted parcel says when its start was due." in [info.value for info in app.info]
    assert {button.label for button in app.main.get("download_button")} == {
        "All lists, XLSX",
        "Early warnings, calendar",
    }


def test_late_projects_and_the_missing_reach_are_listed(open_page: OpenPage):
    app = open_page("dashboard", language="en", section="greening")
    assert app.dataframe[0].value["days_late"].tolist() == [184]  # due on 2020-06-30
    networks = open_page("dashboard", language="en", section="networks")
    said = " ".join(markdown.value for markdown in networks.markdown)
    assert "hang together in 2 parts" in said


def test_projects_tell_their_months_at_the_stage(open_page: OpenPage):
    app = open_page("dashboard", language="en", section="projects")
    table = app.dataframe[0].value
    assert table["state"].tolist() == ["Negotiating", "Signed", "Negotiating", "Producing"]
    assert table["months"].round(1).tolist() == [36.0, 24.0, 24.0, 0.0]
