"""Where a feature's label stands: a point inside a polygon, points along a line with the line's direction."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from shapely.geometry.base import BaseGeometry

from geodata.schema import DRAWING_CRS, STORE_CRS

_EVERY_M = 1100.0
_SHORTEST_M = 250.0
_LOOK_M = 60.0


def label_points(features: GeoDataFrame, places: int = 1) -> GeoDataFrame:
    """Points for the labels of polygon, line or point features; they keep the features' properties.

    Parameters
    ----------
    features : n rows in EPSG:4490 or 4326, with a text column `label`
    places : how many points a polygon has, one in each of as many parts across its length. The map writes the name at
        one of them: where lines or other names cross the middle, another may be free.

    Returns
    -------
    GeoDataFrame, m rows, same CRS
        With `angle`: degrees by which the text is turned, counter-clockwise from east, within ±90. Features without
        a label, and short lines, have no point.
    """
    named = features[features["label"] != ""]
    if named.empty:
        return named.assign(angle=pd.Series(dtype="float64"))
    kind = named.geometry.iloc[0].geom_type
    if kind in ("LineString", "MultiLineString"):
        return _along_lines(named)
    if kind != "Point" and places > 1:
        return _along_areas(named, places)
    points = (
        named.geometry
        if kind == "Point"
        else GeoSeries(shapely.point_on_surface(named.geometry.to_numpy()), index=named.index, crs=named.crs)
    )
    return named.set_geometry(points).assign(angle=0.0)


def _along_areas(named: GeoDataFrame, places: int) -> GeoDataFrame:
    metric = named.geometry.set_crs(STORE_CRS, allow_override=True).to_crs(DRAWING_CRS)
    rows, points = [], []
    for row, area in zip(named.index, metric, strict=True):
        for part in _parts_across(area, places):
            rows.append(row)
            points.append(shapely.point_on_surface(part))
    placed = GeoSeries(points, crs=DRAWING_CRS).to_crs(STORE_CRS).to_numpy()
    return named.loc[rows].reset_index(drop=True).set_geometry(GeoSeries(placed, crs=named.crs)).assign(angle=0.0)


def _parts_across(area: BaseGeometry, count: int) -> list[BaseGeometry]:
    """What of an area lies in each of `count` equal parts of the longer side of its bounds, without empty ones."""
    west, south, east, north = area.bounds
    is_high = north - south > east - west
    edges = np.linspace(*((south, north) if is_high else (west, east)), count + 1)
    bands = [
        shapely.box(west, low, east, high) if is_high else shapely.box(low, south, high, north)
        for low, high in itertools.pairwise(edges)
    ]
    parts = [area.intersection(band) for band in bands] if area.is_valid else [area]
    return [part for part in parts if part.area > 0] or [area]


def _along_lines(named: GeoDataFrame) -> GeoDataFrame:
    metric = named.geometry.set_crs(STORE_CRS, allow_override=True).to_crs(DRAWING_CRS)
    rows, points, angles = [], [], []
    for row, line in zip(named.index, metric, strict=True):
        for part in shapely.get_parts(shapely.line_merge(line)):
            if part.length < _SHORTEST_M:
                continue
            count = max(1, round(part.length / _EVERY_M))
            for place in (np.arange(count) + 0.5) / count * part.length:
                before, here, after = (part.interpolate(place + offset) for offset in (-_LOOK_M, 0, _LOOK_M))
                angle = float(np.degrees(np.arctan2(after.y - before.y, after.x - before.x)))
                rows.append(row)
                points.append(here)
                angles.append((angle + 90) % 180 - 90)
    placed = GeoSeries(points, crs=DRAWING_CRS).to_crs(STORE_CRS).to_numpy() if points else []
    return named.loc[rows].reset_index(drop=True).set_geometry(GeoSeries(placed, crs=named.crs)).assign(angle=angles)
