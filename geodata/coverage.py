"""How much of the district is green, and how much of the housing is near green, parks and services.

Distances are straight lines in EPSG:4548, not ways along streets. Housing is every parcel planned for it, whatever its
status (land use 07…), and counts by area: of a parcel across the line the part within it. Shares of housing are of
areas in the plane, which differ from those on the ellipsoid by less than 0.003 %; circles are drawn to within 0.1 m.

What depends on shapes alone is kept for as long as the frame's geometry lives, as in `geodata.measures`.

Sources: 300米见绿、500米见园 as the district announces it; 15 分钟生活圈 (GB 50180-2018: 15 minutes on foot are
800–1000 m), here 900 m.
"""

from __future__ import annotations

import operator
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray

from geodata import crs
from geodata.i18n import Text, label
from geodata.measures import M2_PER_HA, area_m2
from geodata.schema import STORE_CRS
from geodata.status import happened, state_at
from geodata.topology import Shapes, in_metres, measurable

HOUSING = "07"
SERVICE_USES: dict[str, str] = {"public": "08", "shops": "09"}
"""Service → the land use of its parcels. The third service, `parks`, is the greening of kind `park`."""
BUILT = ("completed", "inefficient")
"""Statuses of a parcel on which what was planned stands."""

SERVICES: dict[str, Text] = {
    "public": label("公共服务设施", "Public services"),
    "shops": label("商业服务设施", "Shops"),
    "parks": label("公园", "Parks"),
    "all": label("三类设施均覆盖", "All three services"),
}
"""Services within a walk of 15 minutes → what they are called; `all` is within reach of all three at once."""

GREEN_M = 300.0
PARK_M = 500.0
WALK_M = 900.0


@dataclass(frozen=True)
class Standard:
    """What housing is to have near it: everything that is wanted, each within the distance in a straight line."""

    title: Text
    wants: tuple[str, ...]
    """`green` (any greening), `parks`, `public` or `shops`."""
    distance_m: float


STANDARDS: dict[str, Standard] = {
    "green_300m": Standard(label("300 米见绿", "Green within 300 m"), ("green",), GREEN_M),
    "park_500m": Standard(label("500 米见园", "A park within 500 m"), ("parks",), PARK_M),
    "public_900m": Standard(label("公共服务设施 900 米覆盖", "Public services within 900 m"), ("public",), WALK_M),
    "shops_900m": Standard(label("商业服务设施 900 米覆盖", "Shops within 900 m"), ("shops",), WALK_M),
    "parks_900m": Standard(label("公园 900 米覆盖", "A park within 900 m"), ("parks",), WALK_M),
    "all_900m": Standard(
        label("三类设施 900 米均覆盖", "All three services within 900 m"), ("public", "shops", "parks"), WALK_M
    ),
}
"""Every standard that housing is held against."""

# A quarter of a circle of 900 m in 48 chords is drawn to within 0.12 m, less on average.
_CHORDS_PER_QUARTER = 48

_Flags = NDArray[np.bool_]
_Areas = NDArray[np.float64]


def green_area_in_district_ha(greening: GeoDataFrame, district: GeoDataFrame, on: date) -> float:
    """Ellipsoidal area of what is green in the district at a date: greening completed by then, overlaps counted once.

    Both frames EPSG:4490.
    """
    done = measurable(_geometries(greening)[happened(greening, "completed_on", on).to_numpy()])
    green = shapely.union_all(done)
    inside = shapely.intersection(green, shapely.union_all(measurable(_geometries(district))))
    found_m2 = crs.area_m2(GeoSeries([inside], crs=STORE_CRS)).sum()
    return float(found_m2) / M2_PER_HA


def green_share_of_district(greening: GeoDataFrame, district: GeoDataFrame, on: date) -> float | None:
    """The share of the district that is green at a date; None without a district."""
    district_ha = float(area_m2(district).sum()) / M2_PER_HA
    return green_area_in_district_ha(greening, district, on) / district_ha if district_ha else None


def covered_shares(
    parcels: GeoDataFrame, greening: GeoDataFrame, on: date, standards: Iterable[str] = tuple(STANDARDS)
) -> dict[str, float | None]:
    """Standard → the share of the housing's area that has what it wants at a date; None where there is no housing.

    Parameters
    ----------
    parcels, greening : EPSG:4490
        What is wanted counts when it was completed by the date; a parcel also when it is marked inefficient.
    standards : names in `STANDARDS`
        Those asked for together share their work.
    """
    nearness = _Nearness(parcels, greening, on)
    whole_m2 = float(nearness.housing.area_m2.sum())
    return {
        name: float(nearness.covered_m2(STANDARDS[name]).sum()) / whole_m2 if whole_m2 else None for name in standards
    }


def covered_share_by_parcel(parcels: GeoDataFrame, greening: GeoDataFrame, on: date, standard: str) -> pd.Series[float]:
    """The share of each housing parcel that has what a standard wants, with the index of `parcels`.

    NaN for what is no housing and for housing without an area. Parameters as in `covered_shares`.
    """
    nearness = _Nearness(parcels, greening, on)
    area = nearness.housing.area_m2
    shares = np.full(len(parcels), np.nan)
    with np.errstate(invalid="ignore"):
        shares[nearness.housing.rows] = nearness.covered_m2(STANDARDS[standard]) / area
    return pd.Series(shares, index=parcels.index, name="covered_share")


@dataclass(frozen=True)
class _Drawn:
    """Some rows of a frame, drawn in metres."""

    rows: _Flags
    shapes: Shapes
    area_m2: _Areas
    tree: shapely.STRtree


@dataclass(frozen=True)
class _Reach:
    """Everything within a distance, and which housing parcels are whole or in part in it."""

    area: Any
    whole: _Flags
    part: _Flags


class _Nearness:
    """What is near the housing at one date; what is within a distance is worked out once."""

    def __init__(self, parcels: GeoDataFrame, greening: GeoDataFrame, on: date) -> None:
        self.parcels, self.greening, self.on = parcels, greening, on
        self.housing = _drawn(parcels, HOUSING, _has_use(parcels, HOUSING))
        self._reaches: dict[tuple[str, float], _Reach] = {}

    def covered_m2(self, standard: Standard) -> _Areas:
        """The area of each housing parcel that has all that is wanted."""
        reaches = [self._reach(wanted, standard.distance_m) for wanted in standard.wants]
        whole = np.logical_and.reduce([reach.whole for reach in reaches])
        edge = np.logical_and.reduce([reach.part for reach in reaches]) & ~whole
        covered = np.where(whole, self.housing.area_m2, 0.0)
        covered[edge] = _area_in(self.housing.shapes[edge], reaches)
        return covered

    def _reach(self, wanted: str, distance_m: float) -> _Reach:
        key = (wanted, distance_m)
        if key not in self._reaches:
            area = _within(self._shapes(wanted), distance_m)
            tree = self.housing.tree
            whole, part = (
                _flags(tree.query(area, predicate=predicate), len(self.housing.shapes))
                for predicate in ("covers", "intersects")
            )
            self._reaches[key] = _Reach(area, whole, part)
        return self._reaches[key]

    def _shapes(self, wanted: str) -> Shapes:
        """What was there by the date of a thing that is wanted, in metres."""
        if wanted in SERVICE_USES:
            rows = _has_use(self.parcels, SERVICE_USES[wanted])
            built = state_at("parcels", self.parcels[rows], self.on).isin(BUILT).to_numpy(dtype=bool)
            return _drawn(self.parcels, SERVICE_USES[wanted], rows).shapes[built]
        done = happened(self.greening, "completed_on", self.on).to_numpy()
        if wanted == "parks":
            done = done & (self.greening["kind"] == "park").fillna(False).to_numpy(dtype=bool)
        return _drawn(self.greening, "all", np.ones(len(done), dtype=bool)).shapes[done]


def _within(shapes: Shapes, distance_m: float) -> Any:
    """Everything within a distance of the shapes."""
    # Drawing a circle line around each part and joining them is several times as fast as doing so around the union.
    parts = shapely.get_parts(shapely.union_all(shapes))
    return shapely.union_all(shapely.buffer(parts, distance_m, quad_segs=_CHORDS_PER_QUARTER))


def _area_in(shapes: Shapes, reaches: Sequence[_Reach]) -> _Areas:
    """The area of each shape that is within all of the reaches."""
    for reach in reaches:
        shapes = shapely.intersection(shapes, reach.area)
    return np.asarray(shapely.area(shapes), dtype=np.float64)


def _has_use(parcels: GeoDataFrame, use: str) -> _Flags:
    return np.asarray((parcels["land_use"].str[:2] == use).fillna(False), dtype=bool)


def _flags(numbers: NDArray[np.intp], size: int) -> _Flags:
    flags = np.zeros(size, dtype=bool)
    flags[numbers] = True
    return flags


def _geometries(frame: GeoDataFrame) -> Shapes:
    """The frame's own array, not a copy: whoever holds the same frame finds the same array."""
    return np.asarray(frame.geometry.array)


_kept: dict[tuple[str, int], tuple[Shapes, _Drawn]] = {}
"""(which rows, identity of a frame's array of geometries) → the geometries drawn, and how."""


def _drawn(frame: GeoDataFrame, which: str, rows: _Flags) -> _Drawn:
    """The rows of a frame in metres, drawn once as long as neither they nor their shapes change."""
    geometries = _geometries(frame)
    key = (which, id(geometries))
    found, drawn = _kept.get(key, (None, None))
    if (
        found is not None
        and drawn is not None
        and np.array_equal(drawn.rows, rows)
        and all(map(operator.is_, found, geometries))
    ):
        return drawn
    shapes = measurable(in_metres(geometries[rows]))
    drawn = _Drawn(rows, shapes, np.nan_to_num(shapely.area(shapes)), shapely.STRtree(shapes))
    if key not in _kept:
        weakref.finalize(geometries, _kept.pop, key, None)
    _kept[key] = geometries.copy(), drawn
    return drawn
