"""Where a feature's label stands: a point inside a polygon, points along a line with the line's direction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries

from geodata.schema import DRAWING_CRS, STORE_CRS

_EVERY_M = 1100.0
_SHORTEST_M = 250.0
_LOOK_M = 60.0


def label_points(features: GeoDataFrame) -> GeoDataFrame:
    """Points for the labels of polygon, line or point features; they keep the features' properties.

    Parameters
    ----------
    features : n rows in EPSG:4490 or 4326, with a text column `label`

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
    points = (
        named.geometry
        if kind == "Point"
        else GeoSeries(shapely.point_on_surface(named.geometry.to_numpy()), index=named.index, crs=named.crs)
    )
    return named.set_geometry(points).assign(angle=0.0)


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
