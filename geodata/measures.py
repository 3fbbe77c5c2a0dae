"""Areas and lengths of a layer's features on the CGCS2000 ellipsoid, each worked out once per frame.

Measuring is the dear part of every indicator, and frames of the store are shared and never changed; so the measures
are kept for as long as the frame's geometry lives.
"""

from __future__ import annotations

import operator
import weakref
from collections.abc import Callable

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray

from geodata import crs

M2_PER_HA = 10_000
M2_PER_KM2 = 1_000_000
M_PER_KM = 1_000

_Measure = Callable[[GeoSeries], "pd.Series[float]"]

_kept: dict[tuple[str, int], tuple[NDArray[np.object_], NDArray[np.float64]]] = {}
"""(measure, identity of a frame’s array of geometries) → the geometries measured, and their values."""


def area_m2(frame: GeoDataFrame) -> pd.Series[float]:
    """Ellipsoidal area of each row, EPSG:4490; NaN without a geometry."""
    return _measured(frame, "area_m2", crs.area_m2)


def length_m(frame: GeoDataFrame) -> pd.Series[float]:
    """Ellipsoidal length of each row, EPSG:4490; NaN without a geometry."""
    return _measured(frame, "length_m", crs.length_m)


def area_ha(frame: GeoDataFrame) -> pd.Series[float]:
    """Ellipsoidal area of each row in hectares, EPSG:4490; NaN without a geometry."""
    return (area_m2(frame) / M2_PER_HA).rename("area_ha")


def length_km(frame: GeoDataFrame) -> pd.Series[float]:
    """Ellipsoidal length of each row in kilometres, EPSG:4490; NaN without a geometry."""
    return (length_m(frame) / M_PER_KM).rename("length_km")


def _measured(frame: GeoDataFrame, name: str, measure: _Measure) -> pd.Series[float]:
    # The frame's own array, not a copy: whoever holds the same frame finds the same array.
    geometries = np.asarray(frame.geometry.array)
    key = (name, id(geometries))
    measured, values = _kept.get(key, (None, None))
    if measured is None or values is None or not all(map(operator.is_, measured, geometries)):
        values = np.asarray(measure(frame.geometry), dtype=float)
        _keep(name, geometries, values)
    return pd.Series(values, index=frame.index, name=name, copy=True)


def _keep(name: str, geometries: NDArray[np.object_], values: NDArray[np.float64]) -> None:
    key = (name, id(geometries))
    if key not in _kept:
        weakref.finalize(geometries, _kept.pop, key, None)
    _kept[key] = geometries.copy(), values


def subset(frame: GeoDataFrame, rows: NDArray[np.bool_]) -> GeoDataFrame:
    """The rows of a frame for which `rows` holds, with what has been measured of them already."""
    chosen = frame[rows]
    whole, part = np.asarray(frame.geometry.array), np.asarray(chosen.geometry.array)
    for (name, owner), (_, values) in list(_kept.items()):
        if owner == id(whole):
            _keep(name, part, values[rows])
    return chosen
