"""The dashboard's numbers, worked out by hand on the little district."""

from __future__ import annotations

import json

import pytest

from tests.pages.conftest import OpenPage


def tiles(app):
    return {metric.label: metric.value for metric in app.metric}


def test_tiles_say_the_numbers_of_the_little_district(open_page: OpenPage):
    # Land: 5 ha approved, 7 ha supplied, 6 ha idle. Greening: 1 + 2 + 4 + 0.5 ha done of 1 + 2 + 3 + 0.5 due.
    # Water: 1 km and 0.5 km of 2.5 km. Roads: 1 + 2 km. Sites: the two of 2018. Projects: four have begun.
    assert tiles(open_page("dashboard", language="en")) == {
        "Land not yet in use": "18.0 ha",
        "Greening done / due": "115.4%",
        "Waterways connected": "60.0%",
        "Roads open": "3.0 km",
        "Sites vacated": "2 / 4",
        "Key projects producing": "1 / 4",
    }


def test_tiles_follow_day_and_unit(open_page: OpenPage):
    app = open_page("dashboard", language="zh", units="mu", as_of="2019-04-30")
    # Approved on that day 5 ha, supplied and not started 2 + 3 + 6 + 7 ha: 23 ha are 345 mu.
    assert tiles(app)["待盘活土地"] == "345 亩"
    assert tiles(app)["道路通车"] == "1.0 km"


def test_every_chart_says_what_it_shows_and_how_old_its_data_is(open_page: OpenPage):
    app = open_page("dashboard", language="zh", as_of="2021-06-30")
    charts = app.main.get("plotly_chart")
    assert len(charts) == 8
    captions = [caption.value for caption in app.caption if caption.value.startswith("示例数据")]
    assert [caption.removesuffix(" · 不含现状") for caption in captions] == [
        "示例数据 · 统计时点 2021年6月30日 · 数据截至 2020年12月31日"
    ] * 8
    assert sum(caption.endswith("不含现状") for caption in captions) == 2  # greening and lighting by month


def test_numbers_beyond_the_data_say_how_far_it_reaches(open_page: OpenPage):
    def tiles_that_say_so(day: str) -> int:
        app = open_page("dashboard", language="zh", as_of=day)
        return sum(caption.value.endswith(" · 数据截至 2020年12月31日") for caption in app.caption[: len(app.metric)])

    assert tiles_that_say_so("2020-12-31") == 0
    assert tiles_that_say_so("2021-01-01") == 6


@pytest.mark.parametrize("language", ["zh", "en"])
def test_charts_have_no_buttons_and_no_axis_of_their_own_language(open_page: OpenPage, language: str):
    for chart in open_page("dashboard", language=language).main.get("plotly_chart"):
        assert json.loads(chart.proto.config)["displayModeBar"] is False


def test_a_chart_that_fails_leaves_the_others(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch):
    def fail(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr("geodata.series.roads_by_class", fail)
    app = open_page("dashboard", language="en")
    assert len(app.main.get("plotly_chart")) == 7
    assert "Something went wrong here" in app.error[0].value
