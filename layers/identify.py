"""What stands at a place: the server's answer to a click on the map."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame

from geodata.schema import LAYERS

REACH_PX = 8
"""How far from the click a point or line may be, in CSS pixels."""
_EQUATOR_M = 40_075_016.686
_TILE_PX = 256
_METRES_PER_DEGREE = 111_320.0
_RANK = {"Point": 0, "LineString": 1, "Polygon": 2}


@dataclass(frozen=True)
class Hit:
    """A feature at the place."""

    layer: str
    row: int
    key: str


def identify(
    frames: Mapping[str, GeoDataFrame],
    lon: float,
    lat: float,
    zoom: float,
    *,
    hidden_rows: Mapping[str, Collection[int]],
) -> list[Hit]:
    """The features of the visible layers at a place: points first, then lines, then polygons, the smallest first.

    Parameters
    ----------
    frames : visible layer → clean frame, EPSG:4490
    zoom : zoom of the map; points and lines are found within `REACH_PX` at that zoom, polygons where they cover
    hidden_rows : layer → row numbers that a filter hides; they are not found
    """
    metres_per_px = _EQUATOR_M * math.cos(math.radians(lat)) / (_TILE_PX * 2**zoom)
    reach_m = REACH_PX * metres_per_px
    # A circle of that radius on the ground is an ellipse in degrees.
    squeeze = math.cos(math.radians(lat))
    box = shapely.box(
        lon - reach_m / (_METRES_PER_DEGREE * squeeze),
        lat - reach_m / _METRES_PER_DEGREE,
        lon + reach_m / (_METRES_PER_DEGREE * squeeze),
        lat + reach_m / _METRES_PER_DEGREE,
    )
    place = shapely.Point(lon, lat)
    found: list[tuple[int, float, Hit]] = []
    for layer, frame in frames.items():
        schema = LAYERS[layer]
        rows = frame.sindex.query(box if schema.geometry != "Polygon" else place, predicate="intersects")
        hidden = set(hidden_rows.get(layer, ()))
        for row in sorted(int(row) for row in rows):
            if row in hidden:
                continue
            shape = frame.geometry.iloc[row]
            distance_m = _distance_m(shape, lon, lat, squeeze)
            if schema.geometry != "Polygon" and distance_m > reach_m:
                continue
            size = shape.area if schema.geometry == "Polygon" else distance_m
            found.append((_RANK[schema.geometry], size, Hit(layer, row, str(frame[schema.key].iloc[row]))))
    return [hit for _, _, hit in sorted(found, key=lambda entry: entry[:2])]


def _distance_m(shape: shapely.Geometry, lon: float, lat: float, squeeze: float) -> float:
    scale = np.array([squeeze * _METRES_PER_DEGREE, _METRES_PER_DEGREE])
    flat = shapely.transform(shape, lambda points: (points - [lon, lat]) * scale)
    return float(shapely.distance(flat, shapely.Point(0, 0)))
