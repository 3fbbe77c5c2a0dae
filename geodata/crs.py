"""Coordinate reference systems: reading them, doubting them, guessing them, and measuring on the ellipsoid.

What the world of Chinese planning data needs: CGCS2000 in 3- and 6-degree Gauss–Krüger zones with and without the zone
number before the easting, Xian 1980 and Beijing 1954 without official parameters, axes the other way round, and the
shifted coordinates of public maps (GCJ-02, BD-09). pyproj answers infinity or a believable wrong place, never an
error; so what is declared is always held against the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geodata.archive import shown
from geodata.choices import Choices
from geodata.findings import Finding, Severity, found
from geodata.i18n import Text, label, text
from geodata.schema import STORE_CRS

GEOD = Geod(a=6378137.0, rf=298.257222101)
"""The ellipsoid of CGCS2000."""

Points = npt.NDArray[np.float64]

_OLD_DATUMS = {"Xian 1980": label("西安1980", "Xian 1980"), "Beijing 1954": label("北京1954", "Beijing 1954")}
_FAR_M = 1_000_000.0
_SAMPLE = 5000
_CHINA = (73.0, 3.0, 136.0, 54.0)


# --- measuring -------------------------------------------------------------------------------------------------------


def area_m2(geometries: GeoSeries) -> pd.Series[float]:
    """Ellipsoidal area on CGCS2000.

    Parameters
    ----------
    geometries : n rows, EPSG:4490

    Returns
    -------
    Series of float, same index
        Square metres, holes taken off; 0 for points and lines, NaN for missing and empty geometries.

    Source: geodesic polygon area, Karney 2013 (GeographicLib), by `pyproj.Geod`.
    """
    values = np.asarray(geometries.values, dtype=object)
    missing = shapely.is_missing(values) | shapely.is_empty(values)
    areas = np.where(missing, np.nan, 0.0)
    parts, of_row = shapely.get_parts(values, return_index=True)
    polygons = shapely.get_type_id(parts) == 3
    parts, of_row = parts[polygons], of_row[polygons]
    for outer, row in zip(shapely.get_exterior_ring(parts), of_row, strict=True):
        areas[row] += _ring_area_m2(outer)
    holes, of_part = shapely.get_rings(parts, return_index=True)
    is_hole = np.diff(of_part, prepend=-1) == 0
    for hole, part in zip(holes[is_hole], of_part[is_hole], strict=True):
        areas[of_row[part]] -= _ring_area_m2(hole)
    return pd.Series(areas, index=geometries.index, name="area_m2", dtype=float)


def length_m(geometries: GeoSeries) -> pd.Series[float]:
    """Ellipsoidal length on CGCS2000: of lines their length, of polygons their perimeter, of points 0.

    `geometries` in EPSG:4490; metres; NaN for missing and empty geometries.

    Source: geodesic distance, Karney 2013 (GeographicLib), by `pyproj.Geod`.
    """
    values = np.asarray(geometries.values, dtype=object)
    missing = shapely.is_missing(values) | shapely.is_empty(values)
    lengths = np.where(missing, np.nan, 0.0)
    parts, of_row = shapely.get_parts(values, return_index=True)
    is_polygon = shapely.get_type_id(parts) == 3
    rings, of_polygon = shapely.get_rings(parts[is_polygon], return_index=True)
    is_line = np.isin(shapely.get_type_id(parts), (1, 2))
    lines = np.concatenate([parts[is_line], rings])
    rows = np.concatenate([of_row[is_line], of_row[is_polygon][of_polygon]])
    coordinates, of_line = shapely.get_coordinates(lines, return_index=True)
    if len(coordinates) > 1:
        same = of_line[1:] == of_line[:-1]
        start, end = coordinates[:-1][same], coordinates[1:][same]
        _, _, steps = GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
        np.add.at(lengths, rows[of_line[1:][same]], steps)
    return pd.Series(lengths, index=geometries.index, name="length_m", dtype=float)


def _ring_area_m2(ring: BaseGeometry) -> float:
    lon, lat = shapely.get_coordinates(ring).T
    return abs(GEOD.polygon_area_perimeter(lon, lat)[0])


# --- shifted coordinates of public maps ------------------------------------------------------------------------------

_KRASOVSKY_A, _KRASOVSKY_E2 = 6378245.0, 0.00669342162296594323


def _gcj_shift(lon: Points, lat: Points) -> tuple[Points, Points]:
    """Degrees that GCJ-02 adds to a WGS 84 position."""
    x, y = lon - 105.0, lat - 35.0
    wave = 20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north += (wave + 20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east += (wave + 20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    phi = np.radians(lat)
    magic = 1 - _KRASOVSKY_E2 * np.sin(phi) ** 2
    north_deg = north * 180 / (_KRASOVSKY_A * (1 - _KRASOVSKY_E2) / (magic * np.sqrt(magic)) * np.pi)
    east_deg = east * 180 / (_KRASOVSKY_A / np.sqrt(magic) * np.cos(phi) * np.pi)
    return east_deg, north_deg


def gcj02_from_wgs84(lon: Points, lat: Points) -> tuple[Points, Points]:
    """GCJ-02 (Amap, Tencent, Tianditu's rivals) positions of WGS 84 / CGCS2000 ones, in degrees, within China.

    Source: the widely published reverse-engineered formula (Krasovsky ellipsoid, sums of sines).
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    east, north = _gcj_shift(lon, lat)
    return lon + east, lat + north


def wgs84_from_gcj02(lon: Points, lat: Points) -> tuple[Points, Points]:
    """WGS 84 / CGCS2000 positions of GCJ-02 ones, to well under a millimetre (fixed-point iteration)."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    at_lon, at_lat = lon, lat
    for _ in range(8):
        east, north = _gcj_shift(at_lon, at_lat)
        at_lon, at_lat = lon - east, lat - north
    return at_lon, at_lat


def bd09_from_gcj02(lon: Points, lat: Points) -> tuple[Points, Points]:
    """BD-09 (Baidu) positions of GCJ-02 ones, in degrees. Source: as for GCJ-02."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    turn = np.pi * 3000.0 / 180.0
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * turn)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * turn)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def gcj02_from_bd09(lon: Points, lat: Points) -> tuple[Points, Points]:
    """GCJ-02 positions of BD-09 ones, to well under a millimetre (fixed-point iteration)."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    at_lon, at_lat = lon - 0.0065, lat - 0.006
    for _ in range(12):
        back_lon, back_lat = bd09_from_gcj02(at_lon, at_lat)
        at_lon, at_lat = at_lon + lon - back_lon, at_lat + lat - back_lat
    return at_lon, at_lat


def bd09_from_wgs84(lon: Points, lat: Points) -> tuple[Points, Points]:
    """BD-09 positions of WGS 84 / CGCS2000 ones, in degrees."""
    return bd09_from_gcj02(*gcj02_from_wgs84(lon, lat))


def wgs84_from_bd09(lon: Points, lat: Points) -> tuple[Points, Points]:
    """WGS 84 / CGCS2000 positions of BD-09 ones, in degrees."""
    return wgs84_from_gcj02(*gcj02_from_bd09(lon, lat))


# --- reading and naming ----------------------------------------------------------------------------------------------


def read_prj(content: bytes) -> CRS | None:
    """The CRS a `.prj` gives, whatever bytes its names are in; None when it is empty or unreadable."""
    for encoding in ("utf-8-sig", "gb18030", "latin-1"):
        try:
            wkt = content.decode(encoding).strip().strip("\0")
        except UnicodeDecodeError:
            continue
        if not wkt or len(wkt) > 100_000:
            return None
        try:
            return _plain(CRS.from_user_input(wkt))
        except (CRSError, ValueError):
            continue
    return None


def _plain(crs: CRS) -> CRS:
    # An ESRI text and its EPSG twin are unequal for `==`; take the twin where pyproj is sure of it.
    code = crs.to_epsg()
    return CRS.from_epsg(code) if code else crs


def parse(name: str) -> CRS | None:
    """The CRS a person wrote: `EPSG:4527`, `4527`, a WKT; None when there is no such CRS."""
    cleaned = name.strip()
    try:
        return _plain(CRS.from_epsg(int(cleaned)) if cleaned.isdecimal() else CRS.from_user_input(cleaned))
    except (CRSError, ValueError):
        return None


def code_of(crs: Any) -> str | None:
    """`EPSG:4527` where pyproj is sure of the code, else another authority's code, else the name; None for None."""
    if crs is None:
        return None
    known = CRS.from_user_input(crs)
    epsg = known.to_epsg()
    if epsg:
        return f"EPSG:{epsg}"
    authority = known.to_authority()
    return ":".join(authority) if authority else known.name


def title(crs: Any) -> Text:
    """A CRS named as a planner would: datum, zone width and number, central meridian."""
    known = CRS.from_user_input(crs)
    datum = _datum(known)
    if known.is_geographic:
        return text("{datum}, longitude and latitude in degrees", datum=datum)
    zone = _gauss_krueger(known)
    if zone is None:
        return label(known.name, known.name)
    meridian, easting = zone
    number = int(easting // 1_000_000)
    if not number:
        return text("{datum} Gauss–Krüger, central meridian {meridian}°E", datum=datum, meridian=f"{meridian:g}")
    width = 3 if round(meridian / 3) == number else 6
    return text(
        "{datum} {width}-degree Gauss–Krüger, zone {number} (central meridian {meridian}°E)",
        datum=datum,
        width=width,
        number=number,
        meridian=f"{meridian:g}",
    )


def _datum(crs: CRS) -> Text:
    names = {
        "China Geodetic Coordinate System 2000": label("CGCS2000", "CGCS2000"),
        "China 2000": label("CGCS2000", "CGCS2000"),
        "World Geodetic System 1984": label("WGS 84", "WGS 84"),
        "Xian 1980": _OLD_DATUMS["Xian 1980"],
        "Beijing 1954": _OLD_DATUMS["Beijing 1954"],
    }
    geodetic = crs.geodetic_crs
    name = geodetic.datum.name if geodetic is not None and geodetic.datum is not None else crs.name
    for known, datum in names.items():
        if known.lower() in name.lower():
            return datum
    return label(name, name)


def _gauss_krueger(crs: CRS) -> tuple[float, float] | None:
    """(central meridian, false easting in metres) of a transverse Mercator CRS."""
    operation = crs.coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return None
    values = {parameter.name: parameter.value for parameter in operation.params}
    meridian, easting = values.get("Longitude of natural origin"), values.get("False easting")
    return (float(meridian), float(easting)) if meridian is not None and easting is not None else None


def is_ballpark(crs: Any) -> bool:
    """Whether PROJ turns this CRS into CGCS2000 only roughly: Xian 1980 and Beijing 1954 without own parameters."""
    known = CRS.from_user_input(crs)
    datum = _datum(known).in_("en")
    return datum in _OLD_DATUMS


# --- transforming ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True, allow_ballpark=True, only_best=False)


def _to_degrees(points: Points, crs: CRS, *, swapped: bool = False) -> Points:
    """(lon, lat) on CGCS2000 of `points`; not finite where there is none."""
    x, y = (points[:, 1], points[:, 0]) if swapped else (points[:, 0], points[:, 1])
    if _same_degrees(crs):
        return np.column_stack([x, y])
    lon, lat = _transformer(crs.to_wkt(), STORE_CRS).transform(x, y)
    return np.column_stack([lon, lat])


def _same_degrees(crs: CRS) -> bool:
    # WGS 84 and CGCS2000 differ by less than a metre: their degrees are taken as the same.
    return bool(crs.is_geographic) and (
        crs.to_epsg() in (4490, 4326, 4979, 4480) or _datum(crs).in_("en") in ("CGCS2000", "WGS 84")
    )


def _transformed(frame: GeoDataFrame, crs: CRS, *, swapped: bool) -> GeoDataFrame:
    """`frame` in EPSG:4490, 2D, its untransformable vertices not finite."""
    geometries = shapely.force_2d(np.asarray(frame.geometry.values, dtype=object))
    moved = shapely.transform(geometries, lambda points: _to_degrees(points, crs, swapped=swapped))
    return frame.set_geometry(GeoSeries(moved, index=frame.index, crs=None), crs=None).set_crs(
        STORE_CRS, allow_override=True
    )


def _vertices(frame: GeoDataFrame) -> tuple[Points, npt.NDArray[np.int64]]:
    """2D vertices of all features and the row of each."""
    points, rows = shapely.get_coordinates(np.asarray(frame.geometry.values, dtype=object), return_index=True)
    return points, rows


def _sample(points: Points) -> Points:
    finite = points[np.isfinite(points).all(axis=1)]
    return finite[:: max(1, math.ceil(len(finite) / _SAMPLE))]


# --- candidates ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CrsCandidate:
    """One CRS the coordinates may be in, with the share of the vertices that then fall inside the district."""

    crs: str
    title: Text
    share_inside: float
    swapped: bool = False
    alike: tuple[str, ...] = ()
    """Codes that the numbers can't tell from this one: other datums, the 6-degree zone of the same meridian."""


# Each row is one reading of the numbers: the CRS taken for it, and those that put the same numbers within about 100 m.
_FAMILIES: tuple[tuple[int, tuple[int, ...]], ...] = (
    (4527, (2363, 2415)),
    (4548, (4509, 2384, 2436)),
    (4526, (2362, 2414)),
    (4547, (2383, 2435)),
    (4528, (2364, 2416)),
    (4549, (2385, 2437)),
    (4498, (2334, 21420)),
    (4490, (4326, 4610, 4214)),
)


def candidates(frame: GeoDataFrame, district: BaseGeometry | None) -> list[CrsCandidate]:
    """CRSs the coordinates may be in, by the share of the vertices inside the district (EPSG:4490), best first.

    Without a district the share is that inside China. Candidates without a vertex inside are left out.
    """
    points = _sample(_vertices(frame)[0])
    if not len(points):
        return []
    inside = _inside(district)
    ranked = []
    for code, alike in _FAMILIES:
        crs = CRS.from_epsg(code)
        for swapped in (False, True):
            share = inside(_to_degrees(points, crs, swapped=swapped))
            if share > 0:
                codes = tuple(f"EPSG:{other}" for other in alike)
                ranked.append(CrsCandidate(f"EPSG:{code}", title(crs), share, swapped, codes))
    return sorted(ranked, key=lambda candidate: (-candidate.share_inside, candidate.swapped))


def placed(frame: GeoDataFrame, candidate: CrsCandidate) -> GeoDataFrame:
    """`frame` in EPSG:4490, 2D, as it falls when its coordinates are in the candidate; some may be not finite."""
    return _transformed(frame, CRS.from_user_input(candidate.crs), swapped=candidate.swapped)


def _inside(district: BaseGeometry | None) -> Callable[[Points], float]:
    """A function that gives the share of (lon, lat) points inside the district, or inside China."""
    if district is None:
        west, south, east, north = _CHINA

        def in_china(points: Points) -> float:
            x, y = points[:, 0], points[:, 1]
            with np.errstate(invalid="ignore"):
                return float(((x >= west) & (x <= east) & (y >= south) & (y <= north)).mean())

        return in_china
    near = shapely.buffer(district, 0.0003)  # about 30 m: what is drawn along the boundary is inside
    shapely.prepare(near)

    def in_district(points: Points) -> float:
        return float(shapely.contains_xy(near, points[:, 0], points[:, 1]).mean()) if len(points) else 0.0

    return in_district


def clear_winner(ranked: Sequence[CrsCandidate]) -> CrsCandidate | None:
    """The candidate that puts at least half of the vertices inside, and twice as many as the next; None without one."""
    if not ranked or ranked[0].share_inside < 0.5:
        return None
    second = ranked[1].share_inside if len(ranked) > 1 else 0.0
    return ranked[0] if second <= ranked[0].share_inside / 2 else None


# --- contradictions --------------------------------------------------------------------------------------------------


def check_declared(frame: GeoDataFrame) -> list[Finding]:
    """Contradictions between the CRS a layer declares and its numbers that show without knowing the district."""
    if frame.crs is None:
        return []
    crs = CRS.from_user_input(frame.crs)
    points, rows = _vertices(frame)
    finite = np.isfinite(points).all(axis=1) & (np.abs(points) < 1e9).all(axis=1)
    points, rows = points[finite], rows[finite]
    if not len(points):
        return []
    if crs.is_geographic:
        return _check_degrees(points, crs)
    return _check_metres(points, rows, crs)


def _check_degrees(points: Points, crs: CRS) -> list[Finding]:
    x, y = points[:, 0], points[:, 1]
    beyond = (np.abs(x) > 361) | (np.abs(y) > 90.5)
    if not beyond.any():
        return []
    swapped = (x >= _CHINA[1]) & (x <= _CHINA[3]) & (y >= _CHINA[0]) & (y <= _CHINA[2])
    if swapped.all():
        return [_axes_swapped(crs)]
    if beyond.mean() < 0.5:
        return [
            found(
                "CRS_CONTRADICTED",
                text(
                    "The file declares {crs}, but some of its coordinates are no degrees (for example {example}).",
                    crs=title(crs),
                    example=_pair(points[np.flatnonzero(beyond)[0]]),
                ),
            )
        ]
    return [
        found(
            "CRS_CONTRADICTED",
            text(
                "The file declares {crs}, but its coordinates are no degrees: {example} looks like metres. "
                "Choose the CRS that the numbers are in.",
                crs=title(crs),
                example=_pair(np.median(points, axis=0)),
            ),
        )
    ]


def _check_metres(points: Points, rows: npt.NDArray[np.int64], crs: CRS) -> list[Finding]:
    sample = _sample(points)
    placed = _to_degrees(sample, crs)
    lost = ~np.isfinite(placed).all(axis=1)
    strange = lost | ~_in_area_of_use(placed, crs)
    if not strange.any():
        return []
    if strange.mean() < 0.5:
        everywhere = ~np.isfinite(_to_degrees(points, crs)).all(axis=1)
        if not everywhere.any():
            return []
        return [
            found(
                "CRS_CONTRADICTED",
                text("Some coordinates can't be in {crs}, which the file declares.", crs=title(crs)),
                rows=set(rows[everywhere].tolist()),
            )
        ]
    middle = np.median(sample, axis=0)
    degrees = (np.abs(points[:, 0]) <= 180).all() and (np.abs(points[:, 1]) <= 90).all()
    if degrees and (np.abs(points) > 1e-3).any():
        reason: Text | None = text("its coordinates look like degrees ({example})", example=_pair(middle))
    else:
        reason = _zone_reason(middle, crs)
    if reason is None and lost.mean() < 0.5 and _axes_fit_swapped(sample, crs):
        return [_axes_swapped(crs)]
    if reason is None and lost.mean() < 0.5:
        lon, lat = np.median(placed[~lost], axis=0)
        reason = text(
            "its coordinates would lie at {place}, far outside where that is used", place=f"{lon:.2f}°, {lat:.2f}°"
        )
    if reason is None and _axes_fit_swapped(sample, crs):
        return [_axes_swapped(crs)]
    if reason is None:
        reason = text("its coordinates ({example}) have no place in it", example=_pair(middle))
    return [
        found(
            "CRS_CONTRADICTED",
            text(
                "The file declares {crs}, but {reason}. Choose the CRS that the numbers are in.",
                crs=title(crs),
                reason=reason,
            ),
        )
    ]


def _zone_reason(middle: Points, crs: CRS) -> Text | None:
    """What the easting says about the zone, where it contradicts the CRS."""
    zone = _gauss_krueger(crs)
    if zone is None:
        return None
    _, false_easting = zone
    declared = int(false_easting // 1_000_000)
    for easting in (middle[0], middle[1]):
        number = int(easting // 1_000_000)
        if 13 <= number <= 45 and 0 < easting - number * 1e6 < 1e6 and number != declared:
            if easting == middle[1] and 13 <= int(middle[0] // 1_000_000) <= 45:
                continue
            return text(
                "its eastings begin with zone number {number} ({example})", number=number, example=_pair(middle)
            )
    if declared and 0 < middle[0] < 1e6 and 1e6 < middle[1] < 1e7:
        return text(
            "its eastings have no zone number {number} before them ({example})", number=declared, example=_pair(middle)
        )
    return None


def _in_area_of_use(placed: Points, crs: CRS) -> npt.NDArray[np.bool_]:
    """Which (lon, lat) points lie where the CRS is meant to be used, give or take ten degrees."""
    area = crs.area_of_use
    if area is None or area.west > area.east:
        return np.ones(len(placed), dtype=bool)
    margin = 10.0
    x, y = placed[:, 0], placed[:, 1]
    with np.errstate(invalid="ignore"):
        inside: npt.NDArray[np.bool_] = (
            (x >= area.west - margin)
            & (x <= area.east + margin)
            & (y >= area.south - margin)
            & (y <= area.north + margin)
        )
    return inside


def _axes_fit_swapped(points: Points, crs: CRS) -> bool:
    placed = _to_degrees(points, crs, swapped=True)
    return bool(np.isfinite(placed).all() and crs.area_of_use is not None and _in_area_of_use(placed, crs).all())


def _axes_swapped(crs: CRS) -> Finding:
    return found(
        "AXES_SWAPPED",
        text(
            "The two coordinates stand the other way round (north before east) for {crs}. Choose to swap the axes.",
            crs=title(crs),
        ),
    )


def _pair(point: Points) -> str:
    return f"{point[0]:,.6g}, {point[1]:,.6g}" if np.abs(point).max() < 1000 else f"{point[0]:.1f}, {point[1]:.1f}"


# --- the store's CRS -------------------------------------------------------------------------------------------------


def to_store_crs(
    frame: GeoDataFrame, choices: Choices, *, district: BaseGeometry | None
) -> tuple[GeoDataFrame, str | None, list[Finding]]:
    """Decide which CRS a layer is in, and bring it to EPSG:4490, 2D.

    Parameters
    ----------
    frame : n rows, in the CRS its file declares, or in none
    choices : `crs` overrides what the file declares, `swap_axes` swaps its coordinates first
    district : the district's boundary in EPSG:4490; without one, what needs it is skipped with a note

    Returns
    -------
    (frame, crs, findings)
        The frame in EPSG:4490 and the CRS it was taken to be in. With an error that leaves the place of the features
        open the frame comes back as it was, and the CRS is None.
    """
    findings: list[Finding] = []
    swapped = choices.swap_axes
    crs = parse(choices.crs) if choices.crs else (_plain(CRS.from_user_input(frame.crs)) if frame.crs else None)
    if choices.crs and crs is None:
        return frame, None, [
            found("CRS_UNKNOWN", text("There is no CRS “{name}”; give one as EPSG:4527.", name=choices.crs[:40]))
        ]  # fmt: skip
    points, _ = _vertices(frame)
    if not len(_sample(points)):
        return frame.set_crs(STORE_CRS, allow_override=True), code_of(crs), findings
    ranked: list[CrsCandidate] | None = None
    if crs is None:
        ranked = _of_axes(candidates(frame, district), swapped)
        winner = clear_winner(ranked) if district is not None else None
        if winner is None:
            return frame, None, [_unknown(ranked, district)]
        if winner.swapped and not swapped:
            return frame, None, [_axes_swapped(CRS.from_user_input(winner.crs))]
        crs = CRS.from_user_input(winner.crs)
        findings.append(_guessed(winner))
    plain = frame.set_crs(crs, allow_override=True)
    if swapped:
        turned = shapely.transform(
            np.asarray(frame.geometry.values, dtype=object), lambda xy: xy[:, ::-1], include_z=False
        )
        plain = frame.set_geometry(GeoSeries(turned, index=frame.index, crs=None), crs=None).set_crs(
            crs, allow_override=True
        )
    contradictions = check_declared(plain)
    if any(not finding.rows for finding in contradictions):
        hint = _best(frame, district) if district is not None else None
        return frame, None, [_with_hint(finding, hint) for finding in contradictions]
    findings += contradictions
    placed = _transformed(plain, crs, swapped=False)
    if district is None:
        findings.append(
            found(
                "OUT_OF_AREA",
                text("No district is published yet; whether the features lie inside it was not checked."),
                severity=Severity.NOTE,
            )
        )
    else:
        place = _check_place(frame, placed, crs, district, chosen=bool(choices.crs))
        findings += place
        if any(finding.code in ("CRS_CONTRADICTED", "AXES_SWAPPED") for finding in place):
            return frame, None, findings
    if is_ballpark(crs):
        findings.append(_ballpark(crs))
    elif not (crs.to_epsg() or crs.to_authority()):
        findings.append(
            found(
                "CRS_BALLPARK",
                text(
                    "The CRS “{name}” is none that is known; it was taken as the file describes it. Look whether the "
                    "features lie where they should.",
                    name=shown(crs.name),
                ),
            )
        )
    return placed, code_of(crs), findings


def _of_axes(ranked: list[CrsCandidate], swapped: bool) -> list[CrsCandidate]:
    """The candidates left once the axes were swapped by hand, said as they are then."""
    return [replace(each, swapped=False) for each in ranked if each.swapped] if swapped else ranked


def _best(frame: GeoDataFrame, district: BaseGeometry) -> CrsCandidate | None:
    return clear_winner(candidates(frame, district))


def _with_hint(finding: Finding, hint: CrsCandidate | None) -> Finding:
    if hint is None or finding.code != "CRS_CONTRADICTED":
        return finding
    return replace(
        finding,
        message=text("{finding} They fit {crs} ({code}).", finding=finding.message, crs=hint.title, code=hint.crs),
    )


def _guessed(winner: CrsCandidate) -> Finding:
    return found(
        "CRS_GUESSED",
        text(
            "The file declares no CRS. It was taken as {crs} ({code}), in which {share} of the vertices fall inside "
            "the district. Coordinates of the same zone in Xian 1980 or Beijing 1954 look much the same: confirm it.",
            crs=winner.title,
            code=winner.crs,
            share=f"{winner.share_inside:.0%}",
        ),
    )


def _unknown(ranked: Sequence[CrsCandidate], district: BaseGeometry | None) -> Finding:
    if not ranked:
        return found(
            "CRS_UNKNOWN",
            text(
                "The file declares no CRS, and no usual one puts its coordinates inside the district. Choose its CRS."
            ),
        )
    listed = "; ".join(f"{each.crs}{'*' if each.swapped else ''} {each.share_inside:.0%}" for each in ranked[:6])
    if district is None:
        return found(
            "CRS_UNKNOWN",
            text(
                "The file declares no CRS, and there is no district yet to compare with. Choose its CRS; "
                "candidates with the share of vertices inside China: {candidates} (* with axes swapped).",
                candidates=listed,
            ),
        )
    return found(
        "CRS_UNKNOWN",
        text(
            "The file declares no CRS, and none fits clearly. Choose its CRS; candidates with the share of vertices "
            "inside the district: {candidates} (* with axes swapped).",
            candidates=listed,
        ),
    )


def _ballpark(crs: CRS) -> Finding:
    return found(
        "CRS_BALLPARK",
        text(
            "{crs} can be turned into CGCS2000 only roughly without the official parameters of this place: "
            "the features may be some tens of metres off.",
            crs=title(crs),
        ),
    )


def _check_place(
    frame: GeoDataFrame, placed: GeoDataFrame, crs: CRS, district: BaseGeometry, *, chosen: bool
) -> list[Finding]:
    """Whether the features lie where they should: in the district, not far away, not shifted as public maps are."""
    geometries = np.asarray(placed.geometry.values, dtype=object)
    there = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    shapely.prepare(district)
    outside = there & ~_intersects(district, geometries)
    if not outside.any() and not _shift_fits(placed, district):
        return []
    shift = _shift_fits(placed, district)
    if shift is not None and not chosen:
        return [
            found(
                "CRS_CONTRADICTED",
                text(
                    "The coordinates fit the district only after the shift of {datum} (public web maps) is taken off: "
                    "they are not {crs}. Ask the office for the unshifted data.",
                    datum=shift,
                    crs=title(crs),
                ),
            )
        ]
    if not outside.any():
        return []
    if outside.sum() < there.sum():
        return [
            found(
                "OUT_OF_AREA",
                text("{count} features lie wholly outside the district.", count=int(outside.sum())),
                rows=np.flatnonzero(outside).tolist(),
            )
        ]
    return [_all_outside(frame, placed, crs, district)]


def _intersects(district: BaseGeometry, geometries: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    # A geometry GEOS can't judge (invalid, not finite) is not called outside because of that.
    try:
        answer: npt.NDArray[np.bool_] = shapely.intersects(district, geometries)
    except shapely.GEOSException:
        answer = np.array([_intersects_one(district, each) for each in geometries], dtype=bool)
    return answer


def _intersects_one(district: BaseGeometry, geometry: BaseGeometry | None) -> bool:
    try:
        return geometry is not None and bool(shapely.intersects(district, geometry))
    except shapely.GEOSException:
        return bool(shapely.intersects(district, shapely.MultiPoint(shapely.get_coordinates(geometry))))


def _all_outside(frame: GeoDataFrame, placed: GeoDataFrame, crs: CRS, district: BaseGeometry) -> Finding:
    best = _best(frame, district)
    points = _sample(_vertices(placed)[0])
    lon, lat = np.median(points, axis=0) if len(points) else (np.nan, np.nan)
    middle = shapely.centroid(district)
    _, _, away_m = GEOD.inv(lon, lat, middle.x, middle.y) if np.isfinite([lon, lat]).all() else (0, 0, np.inf)
    if best is not None and best.swapped and best.crs in _same_family(crs):
        return _axes_swapped(crs)
    if best is not None and best.crs not in _same_family(crs):
        return found(
            "CRS_CONTRADICTED",
            text(
                "The file declares {crs}, which puts every feature {km} km from the district; the numbers fit "
                "{better} ({code}).",
                crs=title(crs),
                km=_km(away_m),
                better=best.title,
                code=best.crs,
            ),
        )
    if not away_m < _FAR_M:
        return found(
            "CRS_CONTRADICTED",
            text(
                "In {crs}, which it declares, the file lies {km} km from the district. Choose the CRS that the "
                "numbers are in, or look whether it is the right file.",
                crs=title(crs),
                km=_km(away_m),
            ),
        )
    return found(
        "OUT_OF_AREA",
        text("Every feature lies outside the district, about {km} km from it.", km=_km(away_m)),
        severity=Severity.ERROR,
        count=len(frame),
    )


def _same_family(crs: CRS) -> set[str]:
    code = crs.to_epsg()
    for first, alike in _FAMILIES:
        if code in (first, *alike):
            return {f"EPSG:{each}" for each in (first, *alike)}
    return {f"EPSG:{code}"}


def _km(metres: float) -> str:
    return f"{metres / 1000:,.0f}" if np.isfinite(metres) else "∞"


_SHIFTS: dict[str, Callable[[Points, Points], tuple[Points, Points]]] = {
    "GCJ-02": wgs84_from_gcj02,
    "BD-09": wgs84_from_bd09,
}


def _shift_fits(placed: GeoDataFrame, district: BaseGeometry) -> str | None:
    """`GCJ-02` or `BD-09` when the layer fits the district only after that shift is taken off.

    Said only of a layer that spans at least half of the district's width, or lies wholly outside it: a few features
    beyond the boundary are no evidence.
    """
    points = _sample(_vertices(placed)[0])
    if len(points) < 3:
        return None
    west, _, east, _ = shapely.bounds(district)
    inside = _inside(district)
    before = inside(points)
    spans = np.ptp(points[:, 0]) >= 0.5 * (east - west)
    if not (before <= 0.97 and (spans or before == 0)):
        return None
    for name, unshift in _SHIFTS.items():
        if inside(np.column_stack(unshift(points[:, 0], points[:, 1]))) >= 0.998:
            return name
    return None
