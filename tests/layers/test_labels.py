"""Where names stand on the plan."""

from __future__ import annotations

import pytest
from shapely import LineString, MultiLineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from layers.labels import label_points
from layers.tiles import tile_features
from tests.geodata.clean_frames import clean_frame


def labels(layer: str, shape: BaseGeometry, name: str | None = "甲") -> list[tuple[str, float]]:
    points = label_points(tile_features(layer, clean_frame(layer, [{"name": name}], [shape])))
    return [(point["label"], round(point["angle"])) for _, point in points.iterrows()]


def test_a_polygon_has_its_name_inside_even_when_its_middle_is_not() -> None:
    hook = Polygon([(0, 0), (1000, 0), (1000, 100), (100, 100), (100, 1000), (0, 1000)])
    features = tile_features("parks", clean_frame("parks", [{"name": "园区一"}], [hook]))
    assert label_points(features).geometry.iloc[0].within(features.geometry.iloc[0])


@pytest.mark.parametrize(("shape", "along"), [(box(0, 0, 100, 900), "y"), (box(0, 0, 900, 100), "x")])
def test_a_name_may_stand_in_each_third_of_a_long_area(shape: Polygon, along: str) -> None:
    features = tile_features("corridors", clean_frame("corridors", [{"name": "水廊一"}], [shape]))
    points = label_points(features, 3).geometry
    whole = features.geometry.iloc[0].bounds
    low, high = (whole[1], whole[3]) if along == "y" else (whole[0], whole[2])
    places = sorted((getattr(point, along) - low) / (high - low) for point in points)
    assert places == pytest.approx([1 / 6, 1 / 2, 5 / 6], abs=0.02)
    assert points.within(features.geometry.iloc[0]).all()


def test_an_area_without_a_name_has_no_place_for_one() -> None:
    features = tile_features("corridors", clean_frame("corridors", [{"name": None}], [box(0, 0, 100, 900)]))
    assert label_points(features, 3).empty


def test_a_point_has_its_name_where_it_is() -> None:
    assert labels("projects", Point(5, 5)) == [("甲", 0)]


@pytest.mark.parametrize(
    ("end", "angle"),
    [((2000, 0), 0), ((-2000, 0), 0), ((1400, 1400), 45), ((1400, -1400), -45), ((-1400, 1400), -45)],
)
def test_a_line_has_its_name_along_it_and_never_upside_down(end: tuple[float, float], angle: int) -> None:
    # Two kilometres: a name about every 1,100 m makes two. Meridians converge by 0.2 degrees here.
    found = labels("roads", LineString([(0, 0), end]))
    assert len(found) == 2
    assert all(abs(turned - angle) <= 1 for _, turned in found)


def test_a_line_in_pieces_that_meet_is_one_line() -> None:
    pieces = MultiLineString([[(n * 200, 0), (n * 200 + 200, 0)] for n in range(5)])
    assert len(labels("roads", pieces)) == 1


def test_short_lines_and_features_without_a_name_have_none() -> None:
    assert labels("roads", LineString([(0, 0), (200, 0)])) == []
    assert labels("roads", LineString([(0, 0), (2000, 0)]), name=None) == []
