"""How polygons of a layer lie to each other: overlaps, gaps and slivers, measured in metres in `schema.DRAWING_CRS`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from geodata.schema import DRAWING_CRS, STORE_CRS

OVERLAP_AREA_M2 = 1.0
OVERLAP_WIDTH_M = 0.05
SLIVER_AREA_M2 = 10.0
SLIVER_WIDTH_M = 0.5
_HAIR_M = 0.001

Shapes = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]


@cache
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _transformed(shapes: Shapes, source: str, target: str) -> Shapes:
    transformer = _transformer(source, target)

    def moved(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return np.asarray(shapely.transform(shapes, moved), dtype=object)


def in_metres(shapes: Shapes) -> Shapes:
    """EPSG:4490 shapes in `DRAWING_CRS`."""
    return _transformed(shapes, STORE_CRS, DRAWING_CRS)


def in_degrees(shapes: Shapes) -> Shapes:
    """Shapes of `DRAWING_CRS` in EPSG:4490."""
    return _transformed(shapes, DRAWING_CRS, STORE_CRS)


def measurable(shapes: Shapes) -> Shapes:
    """The polygons as they can be compared: invalid ones made valid, what is no area or not finite left out (None)."""
    areas = shapes.copy()
    points, of_shape = shapely.get_coordinates(areas, return_index=True)
    areas[np.unique(of_shape[~np.isfinite(points).all(axis=1)])] = None
    areas[~np.isin(shapely.get_type_id(areas), (3, 6)) | shapely.is_empty(areas)] = None
    invalid = ~shapely.is_valid(areas) & ~shapely.is_missing(areas)
    if invalid.any():
        mended = _areal(shapely.make_valid(areas[invalid], method="structure"))
        mended[~np.isin(shapely.get_type_id(mended), (3, 6)) | shapely.is_empty(mended)] = None
        areas[invalid] = mended
    return areas


def mean_width_m(shapes: Shapes) -> npt.NDArray[np.float64]:
    """Twice the area over the perimeter; NaN without a perimeter. Shapes in metres."""
    perimeter = shapely.length(shapes)
    width_m = np.full(len(shapes), np.nan)
    np.divide(2 * shapely.area(shapes), perimeter, out=width_m, where=perimeter > 0)
    return width_m


def are_slivers(shapes: Shapes) -> Mask:
    """Which polygons are under 10 m² or of a mean width under 0.5 m; missing ones are not. Shapes in metres."""
    with np.errstate(invalid="ignore"):
        return np.asarray((shapely.area(shapes) < SLIVER_AREA_M2) | (mean_width_m(shapes) < SLIVER_WIDTH_M), dtype=bool)


@dataclass(frozen=True)
class Overlaps:
    """Pairs of polygons that overlap by more than 1 m² and more than 0.05 m."""

    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    """Positions of the two; the first stands before the second."""
    common: Shapes
    """What they share, in metres."""
    area_m2: npt.NDArray[np.float64]

    @property
    def narrow(self) -> Mask:
        """Which are of a mean width under 0.5 m."""
        return np.asarray(mean_width_m(self.common) < SLIVER_WIDTH_M, dtype=bool)


def _unfitting(shapes: Shapes) -> npt.NDArray[np.int64]:
    """Positions of polygons whose borders don't fit their neighbours' vertex for vertex.

    Of two polygons that overlap at least one is among them; in a cleanly drawn layer there are none.
    """
    there = np.flatnonzero(~shapely.is_missing(shapes))
    fits = shapely.is_empty(shapely.coverage_invalid_edges(shapes[there]))
    return np.asarray(there[~fits], dtype=np.int64)


def overlaps(shapes: Shapes) -> Overlaps:
    """Pairs of polygons that overlap; valid shapes in metres, None is left out."""
    doubtful = _unfitting(shapes)
    one, other = shapely.STRtree(shapes).query(shapes[doubtful], predicate="intersects")
    pairs = np.sort(np.column_stack([doubtful[one], other]), axis=1)
    first, second = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0).T
    # Most of them only touch; asking that is a third of the work of intersecting them.
    apart = shapely.touches(shapes[first], shapes[second])
    first, second = first[~apart], second[~apart]
    common = _areal(shapely.intersection(shapes[first], shapes[second]))
    large = shapely.area(common) > OVERLAP_AREA_M2
    first, second, common = first[large], second[large], common[large]
    # Wider than 0.05 m somewhere: something is left when the border comes in by half of that.
    wide = ~shapely.is_empty(shapely.buffer(common, -OVERLAP_WIDTH_M / 2, quad_segs=2))
    first, second, common = first[wide], second[wide], common[wide]
    order = np.lexsort((second, first))
    return Overlaps(first[order], second[order], common[order], shapely.area(common[order]))


def _areal(shapes: Shapes) -> Shapes:
    """Of shapes of any kind the areas."""
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    mixed = np.isin(shapely.get_type_id(shapes), (7,))
    for place in np.flatnonzero(mixed):
        areas = [part for part in parts[of_shape == place] if shapely.get_type_id(part) in (3, 6)]
        shapes[place] = shapely.union_all(areas)
    return shapes


def gaps(shapes: Shapes) -> Shapes:
    """Holes between polygons that are slivers; valid shapes in metres. A hole within one polygon is its own affair."""
    there = shapes[~shapely.is_missing(shapes)]
    if not len(there):
        return np.array([], dtype=object)
    united, fits = _united(there)
    if fits:
        holes = _holes(united)
    else:
        # A vertex on a neighbour's straight border lies a hair off it once transformed, which would open the hole.
        closed = shapely.buffer(united, _HAIR_M, join_style="mitre", quad_segs=1)
        holes = shapely.buffer(_holes(closed), _HAIR_M, join_style="mitre", quad_segs=1)
    holes = holes[are_slivers(holes)]
    if not len(holes):
        return holes
    own = _holes(there)
    tree = shapely.STRtree(own)
    inside = shapely.point_on_surface(holes)
    covered = np.unique(tree.query(inside, predicate="within")[0])
    return np.delete(holes, covered)


def _united(shapes: Shapes) -> tuple[Shapes, bool]:
    """All of them united where they touch, and whether their borders fit each other vertex for vertex."""
    doubtful = _unfitting(shapes)
    try:
        # What fits vertex for vertex can be united twenty times as fast.
        clean = shapely.get_parts(shapely.coverage_union_all(np.delete(shapes, doubtful)))
    except shapely.GEOSException:
        return np.array([shapely.disjoint_subset_union_all(shapes)], dtype=object), False
    if not len(doubtful):
        return clean, True
    near = np.unique(shapely.STRtree(clean).query(shapes[doubtful], predicate="dwithin", distance=_HAIR_M)[1])
    joined = shapely.disjoint_subset_union_all(np.concatenate([clean[near], shapes[doubtful]]))
    return np.array([joined, *np.delete(clean, near)], dtype=object), False


def _holes(shapes: Shapes) -> Shapes:
    parts = shapely.get_parts(shapes)
    parts = parts[shapely.get_type_id(parts) == 3]
    rings, of_part = shapely.get_rings(parts, return_index=True)
    is_hole = np.diff(of_part, prepend=-1) == 0
    return np.asarray(shapely.polygons(rings[is_hole]), dtype=object)


def gap_neighbours(gap_shapes: Shapes, shapes: Shapes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(gap, polygon) pairs that touch; in metres, within 2 mm."""
    gap, polygon = shapely.STRtree(shapes).query(gap_shapes, predicate="dwithin", distance=2 * _HAIR_M)
    return gap, polygon
