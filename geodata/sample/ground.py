"""The ground of the illustrative district: a plain grid of roads and rivers, bent as a whole.

Everything is laid out on a flat plan (u to the east, v to the north, metres, right angles) and then bent by one smooth
map. So roads follow the rivers, and neighbours stay neighbours: an edge that two shapes share has the same points in
both, because every point on a line of the plan is known before anything is bent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon, box

Points = NDArray[np.float64]
BandKind = Literal["expressway", "arterial", "secondary", "river", "land"]

AREA_KM2 = 42.0
CENTRE_M = (39_469_120.0, 3_919_030.0)
"""Middle of the district in EPSG:4527: about 116.66° E, 35.40° N."""
CRS = "EPSG:4527"

_TURN = np.radians(7.0)
_BEND_EVERY_M = 40.0
_HALF_U, _HALF_V, _SQUARENESS = 3290.0, 3425.0, 3.4

RIVERS_U = ((-2500, 20), (-900, 30), (800, 20), (2600, 30))
"""The four vertical rivers from west to east: place and half width."""
RIVERS_V = ((-2760, 20), (-1740, 20), (60, 30), (840, 20), (2700, 20))
"""The five horizontal rivers from south to north."""
_ARTERIALS_U = (-2980, -2130, -1280, -430, 430, 1280, 2130)
_ARTERIALS_V = (-3150, -2250, -1350, -450, 450, 1350, 2250, 3150)
_SECONDARIES_U = (-1700, 0, 1700)
_SECONDARIES_V = (-900, 1800)
EXPRESSWAY_U = 3010
HALF_WIDTH: dict[str, int] = {"expressway": 30, "arterial": 20, "secondary": 15, "branch": 10}

_BENDS_U = ((150, 1900, 0.4), (115, 1500, 2.2), (130, 1700, 4.1), (110, 1600, 5.3))
_BENDS_V = ((105, 1700, 1.1), (120, 1500, 3.0), (140, 1900, 0.2), (90, 1500, 4.4), (110, 1800, 2.4))
"""How far each river swings, its wave length and phase."""
_REACH_M = 330.0
"""How far from a river the ground bends with it."""


@dataclass(frozen=True)
class Band:
    """A strip of the plan between two parallel lines."""

    kind: BandKind
    low: int
    high: int
    number: int = 0
    """Counts the bands of a kind, from west or south, from 1."""

    @property
    def middle(self) -> float:
        """Its middle line."""
        return (self.low + self.high) / 2


def bands(axis: Literal["u", "v"]) -> list[Band]:
    """The strips across one axis of the plan, from west to east or south to north, without a gap."""
    lines: list[tuple[int, int, BandKind]] = [
        *((place, half, "river") for place, half in (RIVERS_U if axis == "u" else RIVERS_V)),
        *((place, HALF_WIDTH["arterial"], "arterial") for place in (_ARTERIALS_U if axis == "u" else _ARTERIALS_V)),
        *(
            (place, HALF_WIDTH["secondary"], "secondary")
            for place in (_SECONDARIES_U if axis == "u" else _SECONDARIES_V)
        ),
    ]
    if axis == "u":
        lines.append((EXPRESSWAY_U, HALF_WIDTH["expressway"], "expressway"))
    strips: list[Band] = []
    counted: dict[str, int] = defaultdict(int)
    at = -3900
    for place, half, kind in sorted(lines):
        strips.append(Band("land", at, place - half))
        counted[kind] += 1
        strips.append(Band(kind, place - half, place + half, counted[kind]))
        at = place + half
    strips.append(Band("land", at, 3900))
    return strips


def outline() -> Polygon:
    """The district on the plan: a rounded, slightly uneven shape."""
    angle = np.linspace(0, 2 * np.pi, 561)[:-1]
    uneven = 1 + 0.018 * np.sin(3 * angle + 0.8) + 0.012 * np.sin(7 * angle + 2.0) + 0.006 * np.sin(13 * angle)
    cosine, sine = np.cos(angle), np.sin(angle)
    power = 2 / _SQUARENESS
    u = _HALF_U * np.sign(cosine) * np.abs(cosine) ** power * uneven
    v = _HALF_V * np.sign(sine) * np.abs(sine) ** power * uneven
    ring = shapely.segmentize(Polygon(np.column_stack([u, v]).round(3)), _BEND_EVERY_M)
    return Polygon(shapely.get_coordinates(ring).round(3))


class Ground:
    """Bends shapes of the plan into the district; shapes have to be known before, so that they fit each other."""

    def __init__(self) -> None:
        self.scale = 1.0
        self._on_u: dict[float, set[float]] = defaultdict(set)
        self._on_v: dict[float, set[float]] = defaultdict(set)

    def know(self, shapes: Iterable[shapely.Geometry]) -> None:
        """Remember the corners of shapes: an edge that passes through one gets a point there."""
        for u, v in shapely.get_coordinates(list(shapes)).round(3):
            self._on_u[u].add(v)
            self._on_v[v].add(u)

    def bend(self, shape: shapely.Geometry) -> shapely.Geometry:
        """A shape of the plan in the district, EPSG:4527."""
        if isinstance(shape, Polygon):
            return Polygon(
                self._bend_line(shape.exterior.coords), [self._bend_line(ring.coords) for ring in shape.interiors]
            )
        if isinstance(shape, LineString):
            return LineString(self._bend_line(shape.coords))
        if shape.geom_type == "Point":
            return shapely.points(self.place(shapely.get_coordinates(shape)))[0]
        return shapely.multipolygons([self.bend(part) for part in shapely.get_parts(shape)])

    def place(self, points: Points) -> Points:
        """Points of the plan in the district: n × 2, EPSG:4527, to the millimetre."""
        u, v = points[:, 0], points[:, 1]
        east = u + 130 * np.sin(2 * np.pi * v / 7400 + 0.6)
        north = v + 120 * np.sin(2 * np.pi * u / 6600 + 2.1)
        for (line, _), (swing, wave, phase) in zip(RIVERS_U, _BENDS_U, strict=True):
            east = east + swing * np.exp(-(((u - line) / _REACH_M) ** 2)) * np.sin(2 * np.pi * v / wave + phase)
        for (line, _), (swing, wave, phase) in zip(RIVERS_V, _BENDS_V, strict=True):
            north = north + swing * np.exp(-(((v - line) / _REACH_M) ** 2)) * np.sin(2 * np.pi * u / wave + phase)
        x = self.scale * (east * np.cos(_TURN) - north * np.sin(_TURN)) + CENTRE_M[0]
        y = self.scale * (east * np.sin(_TURN) + north * np.cos(_TURN)) + CENTRE_M[1]
        return np.column_stack([x, y]).round(3)

    def _bend_line(self, coordinates: Iterable[tuple[float, ...]]) -> Points:
        corners = np.array([point[:2] for point in coordinates]).round(3)
        points = [corners[:1]]
        for start, end in pairwise(corners):
            points.append(self._between(start, end))
            points.append(end[None])
        return self.place(np.concatenate(points))

    def _between(self, start: Points, end: Points) -> Points:
        """The points that an edge must pass through, in its direction, without its ends."""
        if start[0] == end[0]:
            return self._along(start, end, axis=1, known=self._on_u[start[0]])
        if start[1] == end[1]:
            return self._along(start, end, axis=0, known=self._on_v[start[1]])
        return np.empty((0, 2))

    def _along(self, start: Points, end: Points, *, axis: int, known: set[float]) -> Points:
        low, high = sorted((start[axis], end[axis]))
        regular = np.arange(np.ceil(low / _BEND_EVERY_M), np.floor(high / _BEND_EVERY_M) + 1) * _BEND_EVERY_M
        places = {float(place) for place in regular} | known
        inner = sorted((place for place in places if low < place < high), reverse=bool(start[axis] > end[axis]))
        points = np.tile(start, (len(inner), 1))
        points[:, axis] = inner
        return points


def rectangle(u: tuple[float, float], v: tuple[float, float]) -> Polygon:
    """A rectangle of the plan."""
    return box(u[0], v[0], u[1], v[1])
