"""What stands at a place: points before lines before polygons, the smallest polygon first."""

from __future__ import annotations

from math import cos, radians

import pytest
from geopandas import GeoDataFrame
from geopandas.testing import assert_geodataframe_equal
from pyproj import Transformer
from shapely import LineString, Point, box

from geodata.schema import DRAWING_CRS
from layers.identify import REACH_PX, Hit, identify
from tests.geodata.clean_frames import EAST, NORTH, clean_frame

TO_DEGREES = Transformer.from_crs(DRAWING_CRS, "EPSG:4490", always_xy=True)
ZOOM = 15.0
METRES_PER_PX = 40_075_016.686 * cos(radians(35.42)) / (256 * 2**ZOOM)  # 3.9 m


@pytest.fixture
def frames() -> dict[str, GeoDataFrame]:
    return {
        "district": clean_frame("district", [{"district_id": "D"}], [box(0, 0, 1000, 1000)]),
        "parcels": clean_frame(
            "parcels",
            [{"parcel_id": "large", "land_use": "0701"}, {"parcel_id": "small", "land_use": "0701"}],
            [box(0, 0, 500, 500), box(100, 100, 200, 200)],
        ),
        "roads": clean_frame("roads", [{"road_id": "R"}], [LineString([(0, 150), (1000, 150)])]),
        "projects": clean_frame("projects", [{"project_id": "J"}], [Point(150, 150)]),
    }


def at(frames: dict[str, GeoDataFrame], x: float, y: float, zoom: float = ZOOM, **hidden: set[int]) -> list[Hit]:
    lon, lat = TO_DEGREES.transform(EAST + x, NORTH + y)
    return identify(frames, lon, lat, zoom, hidden_rows=hidden)


def keys(hits: list[Hit]) -> list[str]:
    return [hit.key for hit in hits]


def test_points_come_before_lines_before_the_smallest_polygon(frames: dict[str, GeoDataFrame]) -> None:
    assert at(frames, 151, 151) == [
        Hit("projects", 0, "J"),
        Hit("roads", 0, "R"),
        Hit("parcels", 1, "small"),
        Hit("parcels", 0, "large"),
        Hit("district", 0, "D"),
    ]


@pytest.mark.parametrize(("dx", "dy"), [(1, 0), (0, 1), (-1, 0), (0, -1)])
def test_a_point_is_found_within_its_reach_in_every_direction(
    frames: dict[str, GeoDataFrame], dx: int, dy: int
) -> None:
    inside, outside = (REACH_PX * METRES_PER_PX * factor for factor in (0.97, 1.03))
    alone = {"projects": frames["projects"]}
    assert keys(at(alone, 150 + dx * inside, 150 + dy * inside)) == ["J"]
    assert keys(at(alone, 150 + dx * outside, 150 + dy * outside)) == []


def test_the_reach_is_a_circle_not_a_square(frames: dict[str, GeoDataFrame]) -> None:
    corner = REACH_PX * METRES_PER_PX * 0.9
    assert at({"projects": frames["projects"]}, 150 + corner, 150 + corner) == []


def test_the_reach_shrinks_with_the_zoom(frames: dict[str, GeoDataFrame]) -> None:
    alone = {"roads": frames["roads"]}
    assert keys(at(alone, 600, 170, zoom=15)) == ["R"]
    assert keys(at(alone, 600, 170, zoom=17)) == []


def test_a_filtered_row_is_not_found(frames: dict[str, GeoDataFrame]) -> None:
    assert keys(at(frames, 190, 190, parcels={1})) == ["large", "D"]


def test_nothing_is_found_where_nothing_is_and_missing_shapes_are_no_obstacle(frames: dict[str, GeoDataFrame]) -> None:
    assert at(frames, 5000, 5000) == []
    gappy = clean_frame("parcels", [{"parcel_id": "gone"}, {"parcel_id": "here"}], [None, box(0, 0, 50, 50)])
    assert keys(at({"parcels": gappy}, 25, 25)) == ["here"]


def test_frames_are_not_changed(frames: dict[str, GeoDataFrame]) -> None:
    before = frames["parcels"].copy()
    at(frames, 151, 151)
    assert_geodataframe_equal(frames["parcels"], before)
