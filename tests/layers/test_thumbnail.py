"""The small drawing of where an upload falls."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from geopandas import GeoDataFrame
from shapely import LineString, MultiPoint, Point, Polygon, box

from layers import thumbnail

DISTRICT = box(116.62, 35.36, 116.70, 35.44)


def paths(svg: str) -> list[str]:
    return [path.attrib["d"] for path in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")]


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", path)]


def draw(*shapes: object) -> list[str]:
    return paths(thumbnail.outlines(DISTRICT, GeoDataFrame(geometry=list(shapes), crs="EPSG:4490")))


def test_a_feature_is_drawn_where_it_lies_in_the_district():
    district, feature = draw(box(116.66, 35.40, 116.70, 35.44))
    (west, north), (east, south) = (
        (min(x for x, _ in points(district)), min(y for _, y in points(district))),
        (max(x for x, _ in points(district)), max(y for _, y in points(district))),
    )
    middle = ((west + east) / 2, (north + south) / 2)
    assert all(x >= middle[0] - 1 and y <= middle[1] + 1 for x, y in points(feature))


@pytest.mark.parametrize(
    "shape",
    [Point(116.66, 35.4), MultiPoint([(116.66, 35.4), (116.67, 35.4)]), LineString([(116.6, 35.4), (116.7, 35.4)])],
)
def test_points_and_lines_leave_a_mark(shape: object):
    assert draw(shape)[1] != ""


def test_everything_is_inside_the_picture_wherever_the_upload_falls():
    for path in draw(box(114, 33, 114.1, 33.1)):
        assert all(0 <= x <= 180 and 0 <= y <= 180 for x, y in points(path))


def test_empty_and_infinite_shapes_are_left_out():
    district, features = draw(Polygon(), None, Point(float("inf"), 35.4))
    assert features == ""
    assert points(district)


def test_of_many_features_a_sample_is_drawn():
    shapes = [Point(116.62 + 0.00001 * number, 35.4) for number in range(5000)]
    assert draw(*shapes)[1].count("M") <= 2 * thumbnail.MOST_FEATURES
