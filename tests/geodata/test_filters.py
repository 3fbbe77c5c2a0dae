"""Filters: which rows they leave, and how they stand in an address."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from geopandas import GeoDataFrame, GeoSeries
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from geodata import facets, filters
from geodata.filters import NO_FILTERS, PLACE, Between, InRange, Inside, Near, OneOf, outlines
from geodata.indicators import indicators
from geodata.measures import area_ha
from geodata.status import STATES, state_at
from tests.geodata.clean_frames import clean_frame
from tests.geodata.little_district import ON, little_district

FRAMES = little_district()
FACETS = facets.facets_of(FRAMES, ON)


def one_of(*values: str) -> OneOf:
    return OneOf(frozenset(values))


def kept(chosen: filters.Filters) -> dict[str, list[int]]:
    return {layer: flags.nonzero()[0].tolist() for layer, flags in FACETS.kept(chosen).items()}


def test_a_condition_on_a_layer_leaves_the_others_alone():
    assert kept({("parcels", "state"): one_of("idle", "unapproved")}) == {"parcels": [3, 5]}


def test_conditions_all_have_to_hold():
    chosen = {("parcels", "use"): one_of("07"), ("parcels", "state"): one_of("completed", "unapproved")}
    assert kept(chosen) == {"parcels": [2, 8]}


def test_nothing_stands_for_an_empty_value():
    assert kept({("projects", "cluster"): one_of("")}) == {"projects": [3]}


def test_a_stretch_of_days_holds_its_ends_and_no_empty_date():
    chosen = {("greening", "completed_on"): Between(date(2018, 6, 30), date(2020, 2, 10))}
    assert kept(chosen) == {"greening": [0, 1]}


def test_numbers_are_chosen_by_their_words():
    assert kept({("relocation_zones", "batch"): one_of("2019")}) == {"relocation_zones": [2]}


def test_a_field_that_a_layer_has_not_filters_nothing():
    assert kept({("roads", "cluster"): one_of("新材料")}) == {}


def test_a_shape_holds_areas_by_their_middle_and_lines_by_any_part():
    areas = clean_frame("parcels", [{"land_use": "07"}] * 2, [box(0, 0, 100, 100), box(60, 0, 160, 100)])
    lines = clean_frame(
        "roads", [{"road_class": "branch"}] * 2, [LineString([(90, 50), (500, 50)]), LineString([(200, 0), (300, 0)])]
    )
    points = clean_frame("projects", [{}] * 2, [Point(10, 10), Point(150, 10)])
    district = clean_frame("district", [{"name": "示例"}], [box(0, 0, 1000, 1000)])
    frames = {"parcels": areas, "roads": lines, "projects": points, "district": district}
    corners = clean_frame("district", [{}], [box(-10, -10, 100, 200)]).geometry.iloc[0].exterior.coords[:-1]
    found = facets.facets_of(frames, ON).kept({(PLACE, "shape"): Inside(tuple(corners))})
    assert {layer: flags.tolist() for layer, flags in found.items()} == {
        "parcels": [True, False],
        "roads": [True, False],
        "projects": [True, False],
    }


def test_near_a_line_is_any_part_within_so_many_metres_of_it():
    rows = [{"land_use": "07"}] * 3
    areas = clean_frame("parcels", rows, [box(0, 40, 50, 90), box(0, 60, 50, 110), box(1040, 0, 1090, 10)])
    path = clean_frame("roads", [{}], [LineString([(0, 0), (1000, 0)])]).geometry.iloc[0].coords
    found = facets.facets_of({"parcels": areas}, ON).kept({(PLACE, "shape"): Near(tuple(path), 50)})
    assert found["parcels"].tolist() == [True, False, True]  # 40 m, 60 m and 40 m away
    further = facets.facets_of({"parcels": areas}, ON).kept({(PLACE, "shape"): Near(tuple(path), 61)})
    assert further["parcels"].tolist() == [True, True, True]


def test_a_range_holds_its_ends_and_no_missing_number():
    rows = [{"land_use": "07", "built_share": share} for share in (0.2, 0.25, 0.5, None)]
    frames = {"parcels": clean_frame("parcels", rows, [box(0, 0, 100, 100 * (n + 1)) for n in range(4)])}

    def left(field: str, low: float | None, high: float | None) -> list[bool]:
        chosen = {("parcels", field): InRange(low, high)}
        return facets.facets_of(frames, ON).kept(chosen)["parcels"].tolist()

    assert left("built_share", 0.25, 0.5) == [False, True, True, False]
    assert left("built_share", None, 0.25) == [True, True, False, False]
    assert left("area_ha", 1.5, 3.5) == [False, True, True, False]  # 1, 2, 3 and 4 ha


def test_a_map_shows_the_edge_of_what_lies_near_a_line():
    path = clean_frame("roads", [{}], [LineString([(0, 0), (1000, 0)])]).geometry.iloc[0].coords
    (edge,) = outlines(Near(tuple(path), 100))
    metres = GeoSeries([Polygon(edge)], crs="EPSG:4490").to_crs("EPSG:4548")
    assert metres.area.iloc[0] == pytest.approx(1000 * 200 + 3.1416 * 100**2, rel=0.01)
    assert outlines(Inside(((0, 0), (1, 0), (0, 1)))) == [((0, 0), (1, 0), (0, 1))]
    assert outlines(one_of("idle")) == outlines(None) == []


def test_a_place_holds_for_every_layer_but_the_ground():
    zones = clean_frame(
        "water_zones", [{"zone_id": "Z1", "name": "西"}, {"zone_id": "Z2", "name": "东"}],
        [box(-100, -1000, 1000, 3000), box(1000, -1000, 3000, 3000)],
    )  # fmt: skip
    frames = {**FRAMES, "water_zones": zones}
    found = facets.facets_of(frames, ON).kept({(PLACE, "zone"): one_of("Z2")})
    assert set(found) == set(FRAMES) - {"district"}
    # The roads run from x = 0; only the 3 km one has more of itself east of x = 1000.
    assert found["roads"].tolist() == [False, False, False, True]


def test_a_value_is_added_and_taken_away_by_the_same_click():
    key = ("parcels", "state")
    once = filters.toggled(NO_FILTERS, key, "idle")
    twice = filters.toggled(once, key, "completed")
    assert twice == {key: one_of("idle", "completed")}
    assert filters.toggled(filters.toggled(twice, key, "idle"), key, "completed") == NO_FILTERS


_CONDITIONS = st.one_of(
    st.builds(OneOf, st.frozensets(st.text(min_size=0, max_size=12), min_size=1, max_size=4)),
    st.builds(
        lambda days: Between(min(days), max(days)),
        st.tuples(*[st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 1, 1))] * 2),
    ),
    st.builds(InRange, st.floats(-1e30, 1e30).map(lambda end: float(f"{end:.6g}")), st.none() | st.just(2.5)),
    st.just(InRange(None, -3.0)),
)


@given(st.dictionaries(st.sampled_from([("parcels", "state"), ("roads", "name"), (PLACE, "zone")]), _CONDITIONS))
def test_filters_come_back_from_an_address(chosen: dict[filters.Key, filters.Condition]):
    assert dict(filters.from_query(*part) for part in filters.to_query(chosen).items()) == chosen


@pytest.mark.parametrize(
    "shape", [Inside(((116.6, 35.4), (116.7, 35.4), (116.65, 35.45))), Near(((116.6, 35.4), (116.7, 35.4)), 250)]
)
def test_a_shape_comes_back_from_an_address(shape: filters.Condition):
    chosen = {(PLACE, "shape"): shape}
    assert dict(filters.from_query(*part) for part in filters.to_query(chosen).items()) == chosen


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("f.place.shape", "1_2*3_4"),
        ("f.place.shape", "x"),
        ("f.parcels", "idle"),
        ("f.place.shape", "999_0*1_1*2_2"),
        ("f.place.shape", "100m*1_2"),
        ("f.place.shape", "-5m*1_2*3_4"),
        ("f.place.shape", "1e9m*1_2*3_4"),
        ("f.place.shape", "nanm*1_2*3_4"),
        ("f.parcels.area_ha", ".."),
    ],
)
def test_what_no_filter_says_is_refused(name: str, value: str):
    with pytest.raises(ValueError):  # noqa: PT011  whatever it says, the page names the part
        filters.from_query(name, value)


@pytest.mark.parametrize(
    ("key", "condition", "known"),
    [
        (("parcels", "state"), one_of("idle"), True),
        (("parcels", "completed_on"), Between(ON, ON), True),
        (("parcels", "completed_on"), one_of("2020"), False),
        (("parcels", "holder"), Between(ON, ON), False),
        (("parcels", "no_such"), one_of("1"), False),
        (("nowhere", "state"), one_of("1"), False),
        ((PLACE, "zone"), one_of("1"), True),
        ((PLACE, "street"), one_of("1"), False),
        ((PLACE, "zone"), Inside(((0, 0), (1, 0), (0, 1))), False),
        ((PLACE, "shape"), one_of("1"), False),
        ((PLACE, "shape"), Near(((0, 0), (1, 0)), 5), True),
        ((PLACE, "zone"), Near(((0, 0), (1, 0)), 5), False),
        ((PLACE, "zone"), InRange(0, 1), False),
        (("parcels", "area_ha"), InRange(0, 1), True),
        (("roads", "area_ha"), InRange(0, 1), False),
        (("roads", "width_m"), InRange(0, None), True),
        (("roads", "name"), InRange(0, None), False),
    ],
)
def test_only_facets_that_exist_can_be_filtered_by(key: filters.Key, condition: filters.Condition, known: bool):
    assert facets.knows(key, condition) is known


_FACETS_OF = {
    "parcels": {"use": ["07", "10", "17"], "state": list(STATES["parcels"])},
    "greening": {"kind": ["park", "belt", "street", "waterfront"], "state": list(STATES["greening"])},
    "relocation_zones": {"batch": ["2018", "2019", "2020"], "state": list(STATES["relocation_zones"])},
    "projects": {"board": ["蓼河新区", "大健康产业"], "cluster": ["新材料", "医养健康", ""]},
}


@st.composite
def random_filters(draw: st.DrawFn) -> filters.Filters:
    keys = [(layer, field) for layer, fields in _FACETS_OF.items() for field in fields]
    chosen = draw(st.lists(st.sampled_from(keys), unique=True, max_size=5))
    return {
        (layer, field): OneOf(
            frozenset(draw(st.lists(st.sampled_from(_FACETS_OF[layer][field]), min_size=1, unique=True)))
        )
        for layer, field in chosen
    }


def _plain_rows(layer: str, frame: GeoDataFrame, chosen: filters.Filters) -> GeoDataFrame:
    """The rows that hold, one by one, without the code under test."""
    columns = {"use": "land_use", "kind": "kind", "batch": "batch", "board": "board", "cluster": "cluster"}
    rows = []
    for number, (_, row) in enumerate(frame.iterrows()):
        values = {
            field: state_at(layer, frame, ON).iloc[number]
            if field == "state"
            else "" if pd.isna(row[columns[field]]) else str(row[columns[field]])[: 2 if field == "use" else None]
            for field in _FACETS_OF[layer]
        }  # fmt: skip
        if all(values[field] in held.values for (subject, field), held in chosen.items() if subject == layer):
            rows.append(number)
    return frame.iloc[rows]


@settings(max_examples=150, deadline=None)
@given(random_filters())
def test_totals_equal_a_plain_groupby_of_the_filtered_frame(chosen: filters.Filters):
    found = indicators(facets.facets_of(FRAMES, ON).filtered(chosen), ON)
    parcels = _plain_rows("parcels", FRAMES["parcels"], chosen)
    areas = parcels.to_crs("EPSG:4548").area / 10_000
    by_state = areas.groupby(state_at("parcels", parcels, ON)).agg(["sum", "count"])
    for state in STATES["parcels"]:
        area, count = by_state.loc[state] if state in by_state.index else (0, 0)
        assert found[f"land.area_ha.{state}"].value == pytest.approx(area, rel=1e-4)
        assert found[f"land.parcels.{state}"].value == count
    greening = _plain_rows("greening", FRAMES["greening"], chosen)
    assert found["greening.total_ha"].value == pytest.approx(float(area_ha(greening).sum()))
    projects = _plain_rows("projects", FRAMES["projects"], chosen)
    begun = projects[state_at("projects", projects, ON) != "not_started"]
    counted = sum(number.value or 0 for name, number in found.items() if name.startswith("projects.count."))
    assert counted == len(begun)
    sites = _plain_rows("relocation_zones", FRAMES["relocation_zones"], chosen)
    assert sum(n.value or 0 for name, n in found.items() if name.startswith("relocation.sites.")) == len(sites)
