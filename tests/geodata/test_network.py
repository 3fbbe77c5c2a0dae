from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from geopandas import GeoDataFrame
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from geodata.network import Reach, best_missing_reach, components
from tests.geodata.clean_frames import clean_frame

DAY = date(2020, 12, 31)
BUILT = "2019-05-01"


def waterways(*lines: tuple[BaseGeometry | None, str | None]) -> GeoDataFrame:
    return clean_frame("waterways", [{"connected_on": day} for _, day in lines], [line for line, _ in lines])


def across(y: float, west: float = 0, east: float = 1000) -> LineString:
    return LineString([(west, y), (east, y)])


def along(x: float, south: float = 0, north: float = 1000) -> LineString:
    return LineString([(x, south), (x, north)])


def rows(found: Sequence[frozenset[int]]) -> list[list[int]]:
    return [sorted(component) for component in found]


def test_lines_that_cross_or_touch_hang_together() -> None:
    crossing = waterways((across(500), BUILT), (along(500), BUILT), (along(1000, 500, 900), BUILT), (across(50), BUILT))
    assert rows(components(crossing, DAY)) == [[0, 1, 2, 3]]
    apart = waterways((across(0), BUILT), (across(300), BUILT), (across(600), BUILT))
    assert rows(components(apart, DAY)) == [[0], [1], [2]]


def test_a_gap_of_less_than_a_metre_is_none_and_a_wider_one_is() -> None:
    assert len(components(waterways((across(0), BUILT), (along(500, 0.9, 400), BUILT)), DAY)) == 1
    assert len(components(waterways((across(0), BUILT), (along(500, 1.1, 400), BUILT)), DAY)) == 2


def test_only_what_is_connected_by_the_day_counts() -> None:
    network = waterways((across(0), BUILT), (across(300), "2020-06-01"), (along(500), None), (along(800), "1900-01-01"))
    assert rows(components(network, date(2019, 4, 30))) == [[3]]
    assert rows(components(network, date(2019, 5, 1))) == [[0, 3]]
    assert rows(components(network, date(2020, 6, 1))) == [[0, 1, 3]]


def test_parts_of_one_waterway_that_do_not_touch_are_separate_components() -> None:
    parts = MultiLineString([across(0, 0, 400), across(0, 600, 1000)])
    assert rows(components(waterways((parts, BUILT)), DAY)) == [[0], [0]]
    bridged = waterways((parts, BUILT), (across(0, 400, 600), BUILT))
    assert rows(components(bridged, DAY)) == [[0, 1]]


@pytest.mark.parametrize("nothing", [None, LineString()])
def test_a_missing_geometry_is_no_part_of_the_network(nothing: BaseGeometry | None) -> None:
    assert components(waterways((nothing, BUILT)), DAY) == []
    assert rows(components(waterways((nothing, BUILT), (across(0), BUILT)), DAY)) == [[1]]


def test_no_waterways_have_no_components() -> None:
    assert components(clean_frame("waterways", []), DAY) == []
    assert best_missing_reach(clean_frame("waterways", []), DAY) is None


def test_the_best_missing_reach_joins_most_components() -> None:
    network = waterways(
        (across(0), BUILT),
        (across(300), BUILT),
        (across(600), BUILT),
        (along(200, 0, 300), None),  # joins two
        (along(400, 0, 600), None),  # joins all three
        (along(800, 0, 600), "2021-05-01"),  # would too, and is as long, but stands later
        (along(3000), None),  # touches none
    )
    assert best_missing_reach(network, DAY) == Reach(row=4, joins=3, components=1)


def test_of_two_equal_reaches_the_shorter_one_is_best() -> None:
    network = waterways(
        (across(0), BUILT), (across(300), BUILT), (along(400, -500, 300), None), (along(600, 0, 300), None)
    )
    assert best_missing_reach(network, DAY) == Reach(row=3, joins=2, components=1)


def test_no_reach_is_best_where_none_joins_anything() -> None:
    assert best_missing_reach(waterways((across(0), BUILT), (along(500, 0, 100), None)), DAY) is None


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)).filter(
            lambda line: line[2] != line[3]
        ),
        max_size=8,
    )
)
def test_components_agree_with_a_flood_over_grid_nodes(lines: list[tuple[bool, int, int, int]]) -> None:
    shapes = [
        across(at * 100, min(ends) * 100, max(ends) * 100)
        if level
        else along(at * 100, min(ends) * 100, max(ends) * 100)
        for level, at, *ends in lines
    ]
    nodes = [
        {(step, at) if level else (at, step) for step in range(min(ends), max(ends) + 1)} for level, at, *ends in lines
    ]
    expected: list[tuple[set[tuple[int, int]], set[int]]] = []
    for row, own in enumerate(nodes):
        joined = [group for group in expected if group[0] & own]
        expected = [group for group in expected if not group[0] & own]
        expected.append((own.union(*(places for places, _ in joined)), {row}.union(*(of for _, of in joined))))
    found = components(waterways(*((shape, BUILT) for shape in shapes)), DAY)
    assert sorted(map(sorted, found)) == sorted(sorted(of) for _, of in expected)
