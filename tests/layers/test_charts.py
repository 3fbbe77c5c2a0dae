from datetime import date

import pandas as pd
import pytest

from geodata.filters import PLACE
from geodata.i18n import text
from layers import styles
from layers.charts import AreaIn, Look, enlarged, greening, land, network, on_one_scale, projects, relocation

HECTARES = AreaIn(text("ha"), 1)
ZH, EN = Look("zh", HECTARES), Look("en", HECTARES)
IN_MU = Look("zh", AreaIn(text("mu"), 15))
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
    chart = land.by_use(LAND, EN)
    assert bars(chart) == {
        "Suspected idle": {"Residential": 4, "Green and open space": 0},
        "Completed": {"Residential": 10, "Green and open space": 6},
    }


def test_areas_and_title_are_in_the_unit_asked_for():
    chart = land.by_use(LAND, IN_MU)
    assert bars(chart)["疑似闲置"]["居住用地"] == 60  # 4 ha = 60 mu
    assert "亩" in chart.title
    assert "居住用地<br>疑似闲置：60 亩，1 宗" in [words for trace in chart.figure.data for words in trace.hovertext]


def test_colours_are_those_of_the_map_in_figure_and_key():
    chart = land.by_use(LAND, EN)
    assert {trace.name: trace.marker.color for trace in chart.figure.data} == {
        "Suspected idle": styles.colour("parcels", "idle"),
        "Completed": styles.colour("parcels", "completed"),
    }
    assert dict(chart.key)["Suspected idle"] == styles.css(styles.style("parcels", "idle"))
    assert [name for name, _ in chart.key] == [trace.name for trace in chart.figure.data]


def test_the_completed_line_ends_where_nothing_is_told():
    planned, completed = greening.by_month(GREENING, EN).figure.data
    assert list(planned.y) == [1, 2, 3]
    assert list(completed.y) == [1, 1.5]


def test_lighting_is_not_told_beyond_the_day_shown():
    table = pd.DataFrame({"month": GREENING["month"], "planned_km": [1.0, 2.0, 3.0], "lit_km": [1.0, 1.0, 2.0]})
    _, lit = greening.lighting_by_month(table, date(2018, 2, 28), EN).figure.data
    assert list(lit.y) == [1, 1]


def test_what_is_still_to_come_of_a_kind_is_the_whole_less_what_is_completed():
    table = pd.DataFrame({"kind": ["park"], "planned_ha": [3.0], "completed_ha": [2.0], "total_ha": [5.0]})
    assert bars(greening.by_kind(table, EN)) == {"Planned": {"Park": 3}, "Completed": {"Park": 2}}


def test_relocation_counts_sites_and_tells_their_area():
    table = pd.DataFrame(
        {"batch": [2018, 2018], "state": ["agreed", "vacated"], "sites": [2, 3], "area_ha": [4.0, 6.0]}
    )
    chart = relocation.by_batch(table, ZH)
    assert bars(chart) == {"已签约": {"2018 年批次": 2}, "已腾退": {"2018 年批次": 3}}
    assert "3 宗" in chart.figure.data[0].hovertext[0]


def test_what_is_furthest_along_comes_first_in_bars_and_key():
    table = pd.DataFrame(
        {"road_class": ["branch"] * 3, "state": ["planned", "open", "under_construction"], "length_km": [1.0, 2.0, 3.0]}
    )
    chart = network.roads_by_class(table, EN)
    assert [trace.name for trace in chart.figure.data] == ["Open", "Under construction", "Planned"]
    assert [name for name, _ in chart.key] == ["Open", "Under construction", "Planned"]


def test_a_line_of_the_map_is_a_bar_of_its_colour_in_figure_and_key():
    table = pd.DataFrame({"road_class": ["branch"], "state": ["open"], "length_km": [1.0]})
    chart = network.roads_by_class(table, EN)
    colour = styles.colour("roads", "open")
    assert chart.figure.data[0].marker.color == colour
    assert f"background-color:{colour}" in dict(chart.key)["Open"]


@pytest.mark.parametrize(
    ("status", "ink", "halo"),
    [
        ("completed", "#ffffff", "#2f5d8a"),
        ("approved_unsupplied", "#1b2a33", "#e2c545"),
        ("idle", "#ffffff", "#c0392b"),
    ],
)
def test_numbers_on_a_bar_read_on_its_colour(status: str, ink: str, halo: str):
    table = pd.DataFrame({"land_use": ["07"], "status": [status], "area_ha": [1.0], "parcels": [1]})
    font = land.by_use(table, EN).figure.data[0].textfont
    assert (font.color, halo in font.shadow) == (ink, True)


def test_numbers_on_a_hatch_without_a_fill_are_dark_on_paper():
    table = pd.DataFrame({"batch": [2018], "state": ["agreed"], "sites": [2], "area_ha": [4.0]})
    bar = relocation.by_batch(table, EN).figure.data[0]
    assert (bar.textfont.color, bar.marker.pattern.bgcolor) == ("#1b2a33", "#ffffff")


def test_roads_stand_in_the_order_of_their_classes():
    table = pd.DataFrame({"road_class": ["branch", "arterial"], "state": ["open", "open"], "length_km": [1.0, 2.0]})
    assert list(network.roads_by_class(table, EN).figure.data[0].y) == ["Arterial", "Branch"]


def test_a_name_from_a_file_is_never_markup():
    table = pd.DataFrame({"name": ["<a href='x'>{0}</a>"], "state": ["connected"], "length_km": [1.0]})
    chart = network.waterways(table, EN)
    assert list(chart.figure.data[0].y) == ["&lt;a href=&#x27;x&#x27;&gt;{0}&lt;/a&gt;"]


def test_projects_show_every_stage_and_tell_their_investment():
    table = pd.DataFrame({"stage": ["signed", "landed"], "projects": [4, 0], "investment_100m_cny": [12.5, 0.0]})
    signed, landed = projects.by_stage(table, ZH).figure.data
    assert (list(signed.x), list(landed.x)) == ([4], [0])
    assert "12.5 亿元" in signed.hovertext[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tables_without_a_row_give_charts_without_a_bar(language):
    none = LAND.head(0)
    assert land.by_use(none, Look(language, HECTARES)).figure.data == ()
    empty = greening.by_month(GREENING.head(0), Look(language, HECTARES))
    assert [list(trace.y) for trace in empty.figure.data] == [[], []]


def customdata(chart):
    return [tuple(point) for trace in chart.figure.data for point in trace.customdata]


def test_a_bar_knows_what_it_stands_for():
    chart = land.by_use(LAND, EN)
    assert chart.picks == (("parcels", "use"), ("parcels", "state"))
    assert set(customdata(chart)) == {(use, state) for use in ("07", "14") for state in ("idle", "completed")}


def test_what_the_filters_leave_out_is_faint():
    chosen = {("parcels", "use"): frozenset({"07"}), ("roads", "road_class"): frozenset({"branch"})}
    look = Look("en", HECTARES, chosen)
    for trace in land.by_use(LAND, look).figure.data:
        faint = {point[0]: opacity for point, opacity in zip(trace.customdata, trace.marker.opacity, strict=True)}
        assert faint["07"] == 1
        assert faint["14"] < 0.5


def test_land_by_status_has_a_column_for_every_status():
    table = pd.DataFrame({"state": ["idle", "completed"], "area_ha": [4.0, 16.0], "parcels": [1, 5]})
    idle, completed = land.by_status(table, IN_MU).figure.data
    assert (list(idle.x), list(completed.x)) == ([60], [240])
    assert (idle.marker.pattern.shape, completed.marker.pattern.shape) == ("/", None)
    assert idle.hovertext[0] == "疑似闲置：60 亩，1 宗"


def test_the_largest_idle_parcels_come_first_with_their_days():
    table = pd.DataFrame(
        {"parcel_id": [f"P-{number}" for number in range(9)], "days_since": range(100, 109), "area_ha": range(1, 10)}
    ).astype({"days_since": "Int64", "area_ha": "float64"})
    table.loc[8, "days_since"] = pd.NA
    bars_drawn = land.largest_idle(table, EN).figure.data
    assert [bar.y[0] for bar in bars_drawn[:2]] == ["P-8", "P-7 (107 days)"]
    assert [bar.x[0] for bar in bars_drawn] == [9, 8, 7, 6, 5, 4, 3, 2]


def test_land_by_place_is_in_the_order_of_the_places():
    table = pd.DataFrame({"place": ["Z2", "Z1"], "state": ["idle", "idle"], "area_ha": [4.0, 6.0], "features": [1, 2]})
    chart = land.by_place(table, "zone", {"Z1": text("West"), "Z2": text("East")}, EN)
    assert bars(chart) == {"Suspected idle": {"West": 6, "East": 4}}
    assert chart.picks == ((PLACE, "zone"), ("parcels", "state"))


def test_a_place_without_greening_is_there_as_well():
    table = pd.DataFrame({"place": ["Z2"], "completed_ha": [1.0], "total_ha": [3.0]})
    chart = greening.by_place(table, "zone", {"Z1": text("West"), "Z2": text("East")}, EN)
    whole, done = chart.figure.data
    assert (list(whole.x), list(done.x)) == ([0, 3], [0, 1])


def test_the_flow_of_status_has_a_stream_for_each_change():
    table = pd.DataFrame(
        {
            "from_state": ["unapproved", "unapproved", "completed"],
            "to_state": ["completed", "unapproved", "completed"],
            "area_ha": [2.0, 3.0, 5.0],
            "parcels": [1, 1, 2],
        }
    )
    flow = land.status_flow(table, date(2018, 1, 1), date(2019, 1, 1), EN).figure.data[0]
    names = flow.node.label
    streams = {
        (names[source], names[target]): value
        for source, target, value in zip(flow.link.source, flow.link.target, flow.link.value, strict=True)
    }
    assert streams == {
        ("Not approved", "Completed"): 2,
        ("Not approved", "Not approved"): 3,
        ("Completed", "Completed"): 5,
    }
    assert len(names) == 4  # what land was at the left, what it became at the right


def test_firms_flow_from_industry_to_park():
    table = pd.DataFrame(
        {"industry": ["<b>", ""], "park_id": ["YQ-1", ""], "sites": [3, 1], "vacated": [1, 0], "area_ha": [4.0, 1.0]}
    )
    flow = relocation.from_to(table, {"YQ-1": text("Park one")}, EN).figure.data[0]
    assert list(flow.node.label) == ["&lt;b&gt;", "Not told", "Not told", "Park one"]
    assert flow.link.customdata[0] == "&lt;b&gt; → Park one<br>3 sites, 1 vacated, 4.00 ha"


def test_a_figure_for_a_room_has_larger_words():
    figure = land.by_use(LAND, EN).figure
    before, height = figure.layout.font.size, figure.layout.height
    room = enlarged(figure)
    assert room.layout.font.size > before
    assert room.layout.xaxis.tickfont.size == room.layout.font.size
    assert room.layout.height > height


def test_figures_side_by_side_have_one_scale():
    few, many = land.by_use(LAND.assign(area_ha=LAND["area_ha"] / 2), EN), land.by_use(LAND, EN)
    on_one_scale(few, many)
    assert few.figure.layout.xaxis.range == many.figure.layout.xaxis.range
    low, top = many.figure.layout.xaxis.range
    assert low == 0
    assert 14 < top < 17  # housing: 10 ha completed and 4 ha idle, stacked
    months = greening.by_month(GREENING, EN), greening.by_month(GREENING.assign(planned_ha=9.0), EN)
    on_one_scale(*months)
    assert {chart.figure.layout.yaxis.range[1] > 9 for chart in months} == {True}
    empty = land.by_use(LAND.head(0), EN)
    on_one_scale(empty, empty)
    assert empty.figure.layout.xaxis.range is None
