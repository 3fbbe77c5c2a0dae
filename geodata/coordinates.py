"""A place written as coordinates: decimal degrees, degrees with minutes and seconds, or Gauss–Krüger metres."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from math import nan

from pyproj import Transformer

from geodata.schema import DRAWING_CRS, STORE_CRS

_CHINA_LON, _CHINA_LAT = (73.0, 136.0), (3.0, 54.0)
_NORTHING_M = (1_000_000.0, 6_000_000.0)
_EASTING_M = (100_000.0, 900_000.0)
_ZONE_M = 1_000_000
_CODES = (
    {0: DRAWING_CRS}
    | {zone: f"EPSG:{4491 + zone - 13}" for zone in range(13, 24)}
    | {zone: f"EPSG:{4513 + zone - 25}" for zone in range(25, 46)}
)
"""Number before the easting → CGCS2000 in that zone: 6 degrees wide for 13–23, 3 degrees for 25–45."""

_SIGNS = str.maketrans("，、；;º˚度分秒′’″”", ",,,,°°°'\"''\"\"")
_AXES = {"东经": "E", "北纬": "N", "经度": "E", "纬度": "N", "LON": "E", "LNG": "E", "LAT": "N"}
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_ANGLE = rf"({_NUMBER})(?:\s*°\s*(?:({_NUMBER})\s*'\s*)?(?:({_NUMBER})\s*(?:\"|''))?)?"
_AXIS_FIRST = re.compile(rf"([ENXY])[:=]?\s*{_ANGLE}()")
_AXIS_LAST = re.compile(rf"(){_ANGLE}\s*([EN]?)")
"""A number, or degrees with minutes and seconds, with the name of its axis."""
_SIX_NUMBERS = re.compile(r"[\s:,]+".join([f"({_NUMBER})"] * 6))


@dataclass(frozen=True)
class Place:
    """A place, and the CRS in which it was written."""

    lon: float
    lat: float
    crs: str
    """`EPSG:4490` for degrees."""


def read_place(words: str) -> Place | None:
    """The place that a person wrote; None where it is no pair of coordinates in China.

    Longitude and latitude, easting and northing may stand in either order: in China neither can be taken for the
    other. Metres are CGCS2000: eastings of six digits without a zone number in the zone of the district
    (EPSG:4548), of eight digits in the zone that the first two name.
    """
    plain = _plain(words)
    if six := _SIX_NUMBERS.fullmatch(plain):
        named = [(_degrees(*six.groups()[start : start + 3]), "") for start in (0, 3)]
    else:
        part = _AXIS_FIRST if plain[:1].isalpha() else _AXIS_LAST
        parts = part.findall(plain)
        if len(parts) != 2 or part.sub("", plain).strip(" ,"):
            return None
        named = [(_degrees(*numbers), before or behind) for before, *numbers, behind in parts]
    for (east, east_name), (north, north_name) in (named, named[::-1]):
        if east_name != "N" and north_name != "E" and (place := _place(east, north)):
            return place
    return None


def _plain(words: str) -> str:
    plain = words.upper()
    for name, letter in _AXES.items():
        plain = plain.replace(name, letter)
    return unicodedata.normalize("NFKC", plain.translate(_SIGNS)).strip("() ")


def _degrees(whole: str, minutes: str, seconds: str) -> float:
    parts = float(minutes or 0), float(seconds or 0)
    return float(whole) + parts[0] / 60 + parts[1] / 3600 if all(0 <= part < 60 for part in parts) else nan


def _place(east: float, north: float) -> Place | None:
    """The place at two numbers, as degrees or as metres; None where they are neither."""
    if _is_within(east, _CHINA_LON) and _is_within(north, _CHINA_LAT):
        return Place(east, north, STORE_CRS)
    if not _is_within(east % _ZONE_M, _EASTING_M) or not _is_within(north, _NORTHING_M):
        return None
    crs = _CODES.get(int(east // _ZONE_M))
    return None if crs is None else Place(*_to_degrees(crs).transform(east, north), crs)


def _is_within(number: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= number <= limits[1]  # false for NaN


@cache
def _to_degrees(crs: str) -> Transformer:
    return Transformer.from_crs(crs, STORE_CRS, always_xy=True)
