"""Layers drawn in metres, and how the features of one lie to those of another.

Distances and limits are those of the plane (`schema.DRAWING_CRS`); what is reported as an area or a length is measured
on the ellipsoid (`geodata.crs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray

from geodata import crs
from geodata.measures import M2_PER_HA
from geodata.schema import STORE_CRS, schema_of
from geodata.topology import OVERLAP_AREA_M2, OVERLAP_WIDTH_M, Shapes, in_degrees, in_metres, measurable

OVERLAP_LENGTH_M = 1.0
"""A line lies in an area from this length on, where it runs more than `OVERLAP_WIDTH_M` within the border."""
TOUCH_M = OVERLAP_WIDTH_M
"""Features this near touch: borders drawn by two offices agree no better, and a wider overlap counts as one."""
_HAIR_M = 0.001
"""300 m on paper may come out a hair longer once it has been through degrees."""

Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Drawn:
    """Some features of a layer with their shapes in metres; what can't be drawn is None."""

    layer: str
    frame: GeoDataFrame
    shapes: Shapes

    def only(self, rows: Flags) -> Drawn:
        """The features for which `rows` holds."""
        return Drawn(self.layer, self.frame[rows], self.shapes[rows])


def draw(layer: str, frame: GeoDataFrame) -> Drawn:
    """A layer in metres: invalid polygons made valid; missing, empty and not finite shapes left out."""
    shapes = in_metres(np.asarray(frame.geometry.array))
    if schema_of(layer).geometry == "Polygon":
        return Drawn(layer, frame, measurable(shapes))
    shapes = shapes.copy()
    points, of_shape = shapely.get_coordinates(shapes, return_index=True)
    shapes[np.unique(of_shape[~np.isfinite(points).all(axis=1)])] = None
    shapes[shapely.is_empty(shapes)] = None
    return Drawn(layer, frame, shapes)


@dataclass(frozen=True)
class Overlaps:
    """Pairs of a feature and an area that it overlaps by more than the limits, ordered by feature, then by area."""

    first: Rows
    second: Rows
    common: Shapes
    """What they share, in metres."""


def overlaps_between(features: Shapes, areas: Shapes) -> Overlaps:
    """Which polygons or lines overlap which areas; both in metres.

    Polygons by more than 1 m² and 0.05 m; lines by more than 1 m, more than 0.05 m within the border.
    """
    tree = shapely.STRtree(features)
    second, first = tree.query(areas, predicate="intersects")
    inside = _among(tree.query(areas, predicate="covers"), second, first, len(features))
    common = features[first]
    common[~inside] = shapely.intersection(features[first[~inside]], areas[second[~inside]])
    is_line = shapely.get_dimensions(features[first]) == 1
    counts = np.where(is_line, True, shapely.area(common) > OVERLAP_AREA_M2)
    areal = np.flatnonzero(counts & ~is_line & ~inside)
    # Wider than 0.05 m somewhere: something is left when the border comes in by half of that.
    counts[areal] = ~shapely.is_empty(shapely.buffer(common[areal], -OVERLAP_WIDTH_M / 2, quad_segs=2))
    linear = np.flatnonzero(is_line)
    within = shapely.buffer(areas, -OVERLAP_WIDTH_M, join_style="mitre")
    counts[linear] = (
        shapely.length(shapely.intersection(features[first[linear]], within[second[linear]])) > OVERLAP_LENGTH_M
    )
    first, second, common = first[counts], second[counts], common[counts]
    order = np.lexsort((second, first))
    return Overlaps(first[order], second[order], _of_most_dimensions(common[order]))


def _among(pairs: Rows, second: Rows, first: Rows, width: int) -> Flags:
    """Which of the pairs (second, first) are among others."""
    return np.isin(second * width + first, pairs[0] * width + pairs[1])


def _of_most_dimensions(shapes: Shapes) -> Shapes:
    """Without the points and lines in which two areas merely touch beside what they share."""
    kept = shapes.copy()
    for place in np.flatnonzero(shapely.get_type_id(shapes) == 7):
        parts = shapely.get_parts(shapes[place])
        dimensions = shapely.get_dimensions(parts)
        kept[place] = shapely.union_all(parts[dimensions == dimensions.max()])
    return kept


def united(owners: Rows, shapes: Shapes) -> tuple[Rows, Shapes]:
    """Owners, each once and in order, and the union of each one's shapes; `owners` ascending."""
    each, starts, counts = np.unique(owners, return_index=True, return_counts=True)
    unions = shapes[starts]
    for place in np.flatnonzero(counts > 1):
        unions[place] = shapely.union_all(shapes[starts[place] : starts[place] + counts[place]])
    return each, unions


def nearest_within(features: Shapes, others: Shapes, within_m: float) -> tuple[Rows, Rows, Numbers]:
    """Features that have another within a distance: (feature, the nearest other, metres between them).

    Of several equally near the first one. What touches is 0 m away and found at any distance, 0 included.
    """
    limit_m = max(within_m, TOUCH_M) + _HAIR_M
    (first, second), distance_m = shapely.STRtree(others).query_nearest(
        features, max_distance=limit_m, return_distance=True
    )
    order = np.lexsort((second, first))
    each, starts = np.unique(first[order], return_index=True)
    found_m = distance_m[order][starts]
    return each, second[order][starts], np.where(found_m <= TOUCH_M, 0.0, found_m)


def area_ha(shapes: Shapes) -> Numbers:
    """Ellipsoidal hectares of shapes in metres."""
    return np.asarray(crs.area_m2(_in_store(shapes)), dtype=float) / M2_PER_HA


def length_m(shapes: Shapes) -> Numbers:
    """Ellipsoidal length of lines in metres."""
    return np.asarray(crs.length_m(_in_store(shapes)), dtype=float)


def _in_store(shapes: Shapes) -> GeoSeries:
    return GeoSeries(in_degrees(shapes), crs=STORE_CRS)


def has_use(parcels: GeoDataFrame, use: str | frozenset[str]) -> Flags:
    """Which parcels are of a land use, or of one of several, by the first two digits."""
    uses = {use} if isinstance(use, str) else use
    first_digits: pd.Series[str] = parcels["land_use"].str[:2]
    return np.asarray(first_digits.isin(uses), dtype=bool)
