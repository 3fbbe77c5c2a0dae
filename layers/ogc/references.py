"""The CRSs in which features are given and areas taken, by the URIs of OGC API – Features part 2."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import shapely
from geopandas import GeoSeries
from shapely.geometry.base import BaseGeometry

from geodata.errors import GeodataError
from geodata.i18n import text
from geodata.schema import DRAWING_CRS, STORE_CRS

Shapes = npt.NDArray[Any]


class QueryError(GeodataError, ValueError):
    """A parameter of a request can't be understood."""


@dataclass(frozen=True)
class Reference:
    """A CRS on offer: its URI, and how its coordinates follow from those of the store, (lon, lat) in EPSG:4490."""

    uri: str
    projected: str | None
    """The projected CRS, None for degrees: WGS 84 and CGCS2000, which differ by centimetres, are taken as one."""
    north_first: bool
    """Whether its first axis points north; part 2 of the standard gives coordinates in the order of the axes."""


def _epsg(code: str) -> str:
    return f"http://www.opengis.net/def/crs/EPSG/0/{code.removeprefix('EPSG:')}"


CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
STORAGE = _epsg(STORE_CRS)
REFERENCES: dict[str, Reference] = {
    reference.uri: reference
    for reference in (
        Reference(CRS84, None, north_first=False),
        Reference(STORAGE, None, north_first=True),
        Reference(_epsg("EPSG:4326"), None, north_first=True),
        Reference(_epsg(DRAWING_CRS), DRAWING_CRS, north_first=True),
    )
}
"""Every CRS on offer by its URI; the first is the default."""


@dataclass(frozen=True)
class Area:
    """What a `bbox` covers: a shape with x first, in degrees or in a projected CRS."""

    shape: BaseGeometry
    projected: str | None


def project(shapes: Shapes, projected: str | None) -> Shapes:
    """Shapes of the store, EPSG:4490, in a projected CRS with x first; as they are without one."""
    if projected is None:
        return shapes
    placed: Shapes = GeoSeries(shapes, crs=STORE_CRS).to_crs(projected).to_numpy()
    return placed


def in_order_of_axes(shapes: Shapes, reference: Reference) -> Shapes:
    """Shapes with x first in the order that their CRS gives its axes."""
    if not reference.north_first:
        return shapes
    ordered: Shapes = shapely.transform(shapes, lambda coordinates: coordinates[:, ::-1])
    return ordered


def area_of(bbox: str, crs: str | None) -> Area:
    """What a `bbox` covers.

    Parameters
    ----------
    bbox : four numbers, or six with heights, which say nothing here; in the order of the axes of `crs`
    crs : URI, the default CRS without one. West of it may be more than east in degrees: then it crosses 180°

    Raises
    ------
    QueryError
        Not four or six finite numbers, the first corner is not the lower left one, or no such CRS.
    """
    reference = REFERENCES.get(crs or CRS84)
    if reference is None:
        raise QueryError(
            text("bbox-crs: “{crs}” is not offered; use one of {known}.", crs=crs, known=", ".join(REFERENCES))
        )
    west, south, east, north = _edges(bbox, reference)
    if west <= east:
        return Area(shapely.box(west, south, east, north), reference.projected)
    halves = [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
    return Area(shapely.union_all(halves), None)


def _edges(bbox: str, reference: Reference) -> tuple[float, float, float, float]:
    try:
        numbers = [float(number) for number in bbox.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise QueryError(
            text(
                "bbox: “{bbox}” is not four or six numbers with commas between them, as in 116.6,35.3,116.8,35.5.",
                bbox=bbox,
            )
        )
    middle = len(numbers) // 2
    (west, south), (east, north) = numbers[:2], numbers[middle : middle + 2]
    if reference.north_first:
        west, south, east, north = south, west, north, east
    if south > north or (reference.projected is not None and west > east):
        raise QueryError(text("bbox: the first corner of “{bbox}” has to be its lower left one.", bbox=bbox))
    return west, south, east, north
