from datetime import date

import pandas as pd
import pytest

from geodata.i18n import text
from layers import charts, styles
from layers.charts import AreaIn

HECTARES = AreaIn(text("ha"), 1)
MU = AreaIn(text("mu"), 15)
LAND = pd.DataFrame(
    {
        "land_use": ["07", "07", "14"],
        "status": ["completed", "idle", "completed"],
        "area_ha": [10.0, 4.0, 6.0],
        "parcels": [3, 1, 2],
    }
)
GREENING = pd.DataFrame(
    {
        "month": pd.to_datetime(["2018-01-01", "2018-02-01", "2018-03-01"]),
        "planned_ha": [1.0, 2.0, 3.0],
        "completed_ha": [1.0, 1.5, float("nan")],
    }
)


def bars(chart):
    """State → the bar lengths, by row."""
    return {trace.name: dict(zip(trace.y, trace.x, strict=True)) for trace in chart.figure.data}


def test_land_is_stacked_by_the_statuses_that_occur():
    chart = charts.land_by_use(LAND, HECTARES, "en")
    assert bars(chart) == {
        "Suspected idle": {"Residential": 4, "Green and open space": 0},
        "Completed": {"Residential": 10, "Green and open space": 6},
    }


def test_areas_and_title_are_in_the_unit_asked_for():
    chart = charts.land_by_use(LAND, MU, "zh")
    assert bars(chart)["疑似闲置"]["居住用地"] == 60  # 4 ha = 60 mu
    assert "亩" in chart.title
    assert "居住用地<br>疑似闲置：60 亩，1 宗" in [words for trace in chart.figure.data for words in trace.hovertext]


def test_colours_are_those_of_the_map_in_figure_and_key():
    chart = charts.land_by_use(LAND, HECTARES, "en")
    assert {trace.name: trace.marker.color for trace in chart.figure.data} == {
        "Suspected idle": styles.colour("parcels", "idle"),
        "Completed": styles.colour("parcels", "completed"),
    }
    assert dict(chart.key)["Suspected idle"] == styles.css(styles.style("parcels", "idle"))
    assert [name for name, _ in chart.key] == [trace.name for trace in chart.figure.data]


def test_the_completed_line_ends_where_nothing_is_told():
    planned, completed = charts.greening_by_month(GREENING, HECTARES, "en").figure.data
    assert list(planned.y) == [1, 2, 3]
    assert list(completed.y) == [1, 1.5]


def test_lighting_is_not_told_beyond_the_day_shown():
    table = pd.DataFrame({"month": GREENING["month"], "planned_km": [1.0, 2.0, 3.0], "lit_km": [1.0, 1.0, 2.0]})
    _, lit = charts.lighting_by_month(table, date(2018, 2, 28), "en").figure.data
    assert list(lit.y) == [1, 1]


def test_what_is_still_to_come_of_a_kind_is_the_whole_less_what_is_completed():
    table = pd.DataFrame({"kind": ["park"], "planned_ha": [3.0], "completed_ha": [2.0], "total_ha": [5.0]})
    assert bars(charts.greening_by_kind(table, HECTARES, "en")) == {"Planned": {"Park": 3}, "Completed": {"Park": 2}}


def test_relocation_counts_sites_and_tells_their_area():
    table = pd.DataFrame(
        {"batch": [2018, 2018], "state": ["agreed", "vacated"], "sites": [2, 3], "area_ha": [4.0, 6.0]}
    )
    chart = charts.relocation_by_batch(table, HECTARES, "zh")
    assert bars(chart) == {"已签约": {"2018 年批次": 2}, "已腾退": {"2018 年批次": 3}}
    assert "3 宗" in chart.figure.data[0].hovertext[0]


def test_what_is_furthest_along_comes_first_in_bars_and_key():
    table = pd.DataFrame(
        {"road_class": ["branch"] * 3, "state": ["planned", "open", "under_construction"], "length_km": [1.0, 2.0, 3.0]}
    )
    chart = charts.roads_by_class(table, "en")
    assert [trace.name for trace in chart.figure.data] == ["Open", "Under construction", "Planned"]
    assert [name for name, _ in chart.key] == ["Open", "Under construction", "Planned"]


def test_a_line_of_the_map_is_a_bar_of_its_colour_in_figure_and_key():
    table = pd.DataFrame({"road_class": ["branch"], "state": ["open"], "length_km": [1.0]})
    chart = charts.roads_by_class(table, "en")
    colour = styles.colour("roads", "open")
    assert chart.figure.data[0].marker.color == colour
    assert f"background-color:{colour}" in dict(chart.key)["Open"]


@pytest.mark.parametrize(
    ("status", "ink", "halo"),
    [
        ("completed", "#ffffff", "#2f5d8a"),
        ("approved_unsupplied", "#1b2a33", "#f6e58d"),
        ("idle", "#ffffff", "#c0392b"),
    ],
)
def test_numbers_on_a_bar_read_on_its_colour(status: str, ink: str, halo: str):
    table = pd.DataFrame({"land_use": ["07"], "status": [status], "area_ha": [1.0], "parcels": [1]})
    font = charts.land_by_use(table, HECTARES, "en").figure.data[0].textfont
    assert (font.color, halo in font.shadow) == (ink, True)


def test_numbers_on_a_hatch_without_a_fill_are_dark_on_paper():
    table = pd.DataFrame({"batch": [2018], "state": ["agreed"], "sites": [2], "area_ha": [4.0]})
    bar = charts.relocation_by_batch(table, HECTARES, "en").figure.data[0]
    assert (bar.textfont.color, bar.marker.pattern.bgcolor) == ("#1b2a33", "#ffffff")


def test_roads_stand_in_the_order_of_their_classes():
    table = pd.DataFrame({"road_class": ["branch", "arterial"], "state": ["open", "open"], "length_km": [1.0, 2.0]})
    assert list(charts.roads_by_class(table, "en").figure.data[0].y) == ["Arterial", "Branch"]


def test_a_name_from_a_file_is_never_markup():
    table = pd.DataFrame({"name": ["<a href='x'>{0}</a>"], "state": ["connected"], "length_km": [1.0]})
    chart = charts.waterways(table, "en")
    assert list(chart.figure.data[0].y) == ["&lt;a href=&#x27;x&#x27;&gt;{0}&lt;/a&gt;"]


def test_projects_show_every_stage_and_tell_their_investment():
    table = pd.DataFrame({"stage": ["signed", "landed"], "projects": [4, 0], "investment_100m_cny": [12.5, 0.0]})
    bar = charts.projects_by_stage(table, "zh").figure.data[0]
    assert list(bar.y) == [4, 0]
    assert "12.5 亿元" in bar.hovertext[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tables_without_a_row_give_charts_without_a_bar(language):
    none = LAND.head(0)
    assert charts.land_by_use(none, HECTARES, language).figure.data == ()
    empty = charts.greening_by_month(GREENING.head(0), HECTARES, language)
    assert [list(trace.y) for trace in empty.figure.data] == [[], []]
