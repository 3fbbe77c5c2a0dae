"""Coordinates as people write them."""

from __future__ import annotations

import pytest
from pyproj import Transformer

from geodata.coordinates import read_place

LON, LAT = 116 + 39 / 60 + 36 / 3600, 35.4


@pytest.mark.parametrize(
    "words",
    [
        "116.66, 35.4",
        "35.4 116.66",
        "116.66，35.4",
        "116.66E 35.4N",
        "N35.4 E116.66",
        "东经116.66° 北纬35.4°",
        "经度：116.66；纬度：35.4",
        "lat: 35.4, lon: 116.66",
        "(35.4, 116.66)",
        "116°39′36″E 35°24′00″N",
        "116°39'36\", 35°24'0\"",
        "116°39'36''E35°24'0''N",
        "东经116度39分36秒 北纬35度24分",
        "116 39 36 35 24 0",
        "35:24:00, 116:39:36",
        "１１６．６６，３５．４",
    ],
)
def test_degrees_are_read_in_either_order_and_in_any_dress(words: str) -> None:
    place = read_place(words)
    assert place is not None
    assert (place.lon, place.lat) == pytest.approx((LON, LAT), abs=1e-9)
    assert place.crs == "EPSG:4490"


@pytest.mark.parametrize(
    ("crs", "name"),
    [("EPSG:4548", "{0:.3f}, {1:.3f}"), ("EPSG:4548", "X={1:.3f} Y={0:.3f}"), ("EPSG:4527", "{0:.3f} {1:.3f}"),
     ("EPSG:4527", "{1:.3f},{0:.3f}"), ("EPSG:4498", "{0:.3f} {1:.3f}")],
)  # fmt: skip
def test_metres_are_read_with_and_without_the_number_of_their_zone(crs: str, name: str) -> None:
    east, north = Transformer.from_crs("EPSG:4490", crs, always_xy=True).transform(LON, LAT)
    place = read_place(name.format(east, north))
    assert place is not None
    assert (place.lon, place.lat) == pytest.approx((LON, LAT), abs=1e-8)
    assert place.crs == crs


@pytest.mark.parametrize(
    "words",
    [
        "",
        "蓼河路",
        "P-0123",
        "116.66",
        "116.66, 35.4, 12",
        "35.4E 116.66N",
        "E116.66 E35.4",
        "116°61'00\"E 35°24'00\"N",
        "16.66, 5.4 km",
        "48.85, 2.35",
        "469137, 469137",
        "24469137, 3919000",
        "nan, nan",
        "1e400, 35",
        "地块 116 号 35 栋",
    ],
)
def test_what_is_no_pair_of_coordinates_in_china_is_none(words: str) -> None:
    assert read_place(words) is None
