"""What changes between two versions of a layer, feature by feature (DESIGN §9 *Diff*)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from geodata.content import attribute_columns, canonical, same_value
from geodata.schema import DRAWING_CRS, STORE_CRS, LayerSchema

Shapes = npt.NDArray[np.object_]
Points = npt.NDArray[np.float64]

SAME_WITHIN_M = 0.001
"""Coordinates that differ by no more are the same."""
_SAME_WITHIN_DEG = 5e-9
"""At most 0.8 mm, whichever way: shapes this near are the same without a look in metres."""
_SHIFT_SHARE, _SHIFT_SPREAD_M, _SHIFT_LEAST_M = 0.9, 3.0, 5.0
_POLYGON, _MULTIPLE = 3, (4, 5, 6)


@dataclass(frozen=True)
class LayerDiff:
    """The difference of two versions, by key. A feature that moved, was edited or both is one `changed`."""

    added: list[str]
    removed: list[str]
    changed: list[str]
    unchanged: list[str]
    geometry_changed: frozenset[str] = frozenset()
    attributes_changed: Mapping[str, Mapping[str, tuple[Any, Any]]] = field(default_factory=dict)
    """Key → field → (before, after)."""
    renames: Mapping[str, str] = field(default_factory=dict)
    """Offered: old key → new key of features whose shape stayed while the key changed. They are also in `removed` and
    `added`."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Accepted: the same, where each is one `changed` under its new key."""
    shift_m: tuple[float, float] | None = None
    """(east, north) by which nearly everything moved, where it did."""

    def counts(self) -> dict[str, int]:
        """The numbers of the command line's contract."""
        return {name: len(getattr(self, name)) for name in ("added", "removed", "changed", "unchanged")}

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.added or self.removed or self.changed)


def diff_layers(
    old: GeoDataFrame | None, new: GeoDataFrame, schema: LayerSchema, *, accept_rename: bool = False
) -> LayerDiff:
    """Compare two clean frames by key.

    Row order, column order, ring start, vertex order, a single part called multiple and noise of up to 1 mm are no
    change.

    Parameters
    ----------
    old, new : clean frames of `schema`, EPSG:4490, keys unique
        Without `old` everything is added.
    accept_rename : whether a new key on an old shape is the old feature under a new name
    """
    if old is None:
        return LayerDiff(added=_keys(new, schema), removed=[], changed=[], unchanged=[])
    before, after = old.set_index(schema.key, drop=False), new.set_index(schema.key, drop=False)
    removed, added = before[~before.index.isin(after.index)], after[~after.index.isin(before.index)]
    renames = _renames(removed, added)
    renamed = renames if accept_rename else {}
    old_key_of = {new_key: old_key for old_key, new_key in renamed.items()}
    kept = after[after.index.isin(before.index) | after.index.isin(list(old_key_of))]
    stood = before.loc[[old_key_of.get(key, key) for key in kept.index]]
    moved = pd.Series(
        ~same_shape(stood.geometry.reset_index(drop=True), kept.geometry.reset_index(drop=True)),
        index=kept.index,
        dtype=bool,
    )
    edited = _edits(stood, kept, schema)
    changed = moved.to_numpy() | kept.index.isin(list(edited))
    return LayerDiff(
        added=[key for key in added.index if key not in old_key_of],
        removed=[key for key in removed.index if key not in renamed],
        changed=list(kept.index[changed]),
        unchanged=list(kept.index[~changed]),
        geometry_changed=frozenset(moved.index[moved]),
        attributes_changed=edited,
        renames={} if accept_rename else renames,
        renamed=renamed,
        shift_m=_common_shift(stood, kept, moved),
    )


def apply_diff(old: GeoDataFrame, new: GeoDataFrame, diff: LayerDiff, schema: LayerSchema) -> GeoDataFrame:
    """`old` with what `diff` (of `old` and `new`) added, removed and changed: equal in content to `new`."""
    stays = old[~old[schema.key].isin({*diff.removed, *diff.changed, *diff.renamed})]
    comes = new[new[schema.key].isin({*diff.added, *diff.changed})]
    return in_key_order(pd.concat([stays, comes], ignore_index=True), schema)


def keep_stored_shapes(old: GeoDataFrame, new: GeoDataFrame, diff: LayerDiff, schema: LayerSchema) -> GeoDataFrame:
    """`new` with the stored geometry, byte for byte, of every feature whose shape is judged unchanged."""
    stored = dict(zip(old[schema.key], old.geometry, strict=True))
    stored |= {new_key: stored[old_key] for old_key, new_key in diff.renamed.items()}
    shapes = [
        stored[key] if key in stored and key not in diff.geometry_changed else shape
        for key, shape in zip(new[schema.key], new.geometry, strict=True)
    ]
    return new.set_geometry(GeoSeries(shapes, index=new.index, crs=new.crs))


def in_key_order(frame: GeoDataFrame, schema: LayerSchema) -> GeoDataFrame:
    """Rows sorted by key, numbered from 0."""
    return frame.sort_values(schema.key, kind="stable", ignore_index=True)


def same_shape(before: GeoSeries, after: GeoSeries) -> npt.NDArray[np.bool_]:
    """Whether two series of shapes in EPSG:4490 are equal within 1 mm, row by row.

    Where a ring starts, which way it runs and in which order parts stand makes no difference; a vertex more does.
    """
    left, right = before.to_numpy(), after.to_numpy()
    missing = shapely.is_missing(left) | shapely.is_missing(right)
    same = np.asarray(shapely.is_missing(left) & shapely.is_missing(right), dtype=bool)
    rest = np.flatnonzero(~missing)
    if not len(rest):
        return same
    left, right = (shapely.normalize(_without_needless_multi(shapes[rest])) for shapes in (left, right))
    near = shapely.equals_exact(left, right, _SAME_WITHIN_DEG)
    # Noise can turn over the order that normalising gives; so the others are compared in metres and without order.
    doubtful = ~near & (shapely.get_type_id(left) == shapely.get_type_id(right))
    doubtful &= shapely.get_num_coordinates(left) == shapely.get_num_coordinates(right)
    places = np.flatnonzero(doubtful)
    if len(places):
        one, other = _in_metres(left[places]), _in_metres(right[places])
        with np.errstate(invalid="ignore"):
            alike = (np.abs(shapely.bounds(one) - shapely.bounds(other)) <= SAME_WITHIN_M + 1e-9).all(axis=1)
        near[places] = [
            bool(fits) and _match(_paths(a), _paths(b)) for fits, a, b in zip(alike, one, other, strict=True)
        ]
    same[rest] = near
    return same


@cache
def _to_metres() -> Transformer:
    return Transformer.from_crs(STORE_CRS, DRAWING_CRS, always_xy=True)


def _in_metres(shapes: Shapes) -> Shapes:
    def project(points: Points) -> Points:
        return np.column_stack(_to_metres().transform(points[:, 0], points[:, 1]))

    return np.asarray(shapely.transform(shapes, project))


def _without_needless_multi(shapes: Shapes) -> Shapes:
    """A multiple shape of one part as that part: formats differ in which they write."""
    single = np.isin(shapely.get_type_id(shapes), _MULTIPLE) & (shapely.get_num_geometries(shapes) == 1)
    return np.asarray(np.where(single, shapely.get_geometry(shapes, 0), shapes))


def _paths(shape: BaseGeometry) -> list[tuple[str, Points]]:
    """The rings, lines and points that a shape is made of, each with what it is; a ring without its closing vertex."""
    paths: list[tuple[str, Points]] = []
    for part in shapely.get_parts(shape):
        kind = shapely.get_type_id(part)
        if kind == _POLYGON:
            rings = [shapely.get_exterior_ring(part), *shapely.get_rings(part)[1:]]
            names = ["shell", *["hole"] * (len(rings) - 1)]
            paths += [(name, shapely.get_coordinates(ring)[:-1]) for name, ring in zip(names, rings, strict=True)]
        else:
            points = shapely.get_coordinates(part)
            closed = len(points) > 2 and bool((points[0] == points[-1]).all())
            paths.append(("ring", points[:-1]) if closed else ("line", points))
    return paths


def _match(paths: list[tuple[str, Points]], others: list[tuple[str, Points]]) -> bool:
    """Whether each path has its own equal among the others."""
    left = list(others)
    for kind, path in paths:
        found = next(
            (at for at, (other_kind, other) in enumerate(left) if kind == other_kind and _fits(path, other, kind)), None
        )
        if found is None:
            return False
        del left[found]
    return not left


def _fits(path: Points, other: Points, kind: str) -> bool:
    if path.shape != other.shape:
        return False
    for turned in (other, other[::-1]):
        starts = np.flatnonzero(_near(turned, path[0])) if kind != "line" else [0]
        if any(_near(np.roll(turned, -start, axis=0), path).all() for start in starts):
            return True
    return False


def _near(points: Points, others: Points) -> npt.NDArray[np.bool_]:
    return np.asarray(np.hypot(*(points - others).T) <= SAME_WITHIN_M + 1e-9)


def _keys(frame: GeoDataFrame, schema: LayerSchema) -> list[str]:
    return [str(key) for key in frame[schema.key]]


def _edits(before: GeoDataFrame, after: GeoDataFrame, schema: LayerSchema) -> dict[str, dict[str, tuple[Any, Any]]]:
    """Key → field → (before, after); the two frames have the same features in the same order."""
    columns = dict.fromkeys([*attribute_columns(before, schema), *attribute_columns(after, schema)])
    empty = pd.Series([None] * len(after), index=after.index, dtype=object)
    edited: dict[str, dict[str, tuple[Any, Any]]] = {}
    for column in columns:
        old = before.get(column, empty)
        new = after.get(column, empty)
        for row in _doubtful_values(old, new):
            was, now = canonical(old.iloc[row]), canonical(new.iloc[row])
            if not same_value(was, now):
                edited.setdefault(str(after.index[row]), {})[str(column)] = (was, now)
    return edited


def _doubtful_values(old: pd.Series[Any], new: pd.Series[Any]) -> npt.NDArray[np.intp]:
    """The rows whose values need a close look, because they are not plainly equal."""
    if old.dtype != new.dtype or old.dtype == object:
        return np.arange(len(old))
    one, other = old.reset_index(drop=True), new.reset_index(drop=True)
    equal = (one == other).fillna(False).to_numpy(dtype=bool)
    return np.flatnonzero(~equal & ~(one.isna() & other.isna()).to_numpy(dtype=bool))


def _renames(removed: GeoDataFrame, added: GeoDataFrame) -> dict[str, str]:
    """Removed and added features of the same shape, one to one."""
    if removed.empty or added.empty:
        return {}
    tree = shapely.STRtree(added.geometry.to_numpy())
    # Lines and points moved by less than a millimetre may not touch any more.
    reach = shapely.buffer(shapely.envelope(removed.geometry.to_numpy()), _SAME_WITHIN_DEG * 2)
    old_rows, new_rows = tree.query(reach, predicate="intersects")
    same = same_shape(
        removed.geometry.iloc[old_rows].reset_index(drop=True), added.geometry.iloc[new_rows].reset_index(drop=True)
    )
    pairs = pd.DataFrame({"old": old_rows[same], "new": new_rows[same]})
    single = pairs[~pairs["old"].duplicated(keep=False) & ~pairs["new"].duplicated(keep=False)]
    return {str(removed.index[old]): str(added.index[new]) for old, new in single.itertuples(index=False)}


def _common_shift(before: GeoDataFrame, after: GeoDataFrame, moved: pd.Series[bool]) -> tuple[float, float] | None:
    """The vector by which at least nine tenths of the kept features moved, all within 3 m of it, if over 5 m."""
    if moved.empty or moved.mean() < _SHIFT_SHARE:
        return None
    rows = moved.to_numpy()
    centres = [_in_metres(shapely.centroid(side.geometry.to_numpy()[rows])) for side in (before, after)]
    (x0, y0), (x1, y1) = ((shapely.get_x(centre), shapely.get_y(centre)) for centre in centres)
    east, north = x1 - x0, y1 - y0
    known = np.isfinite(east) & np.isfinite(north)
    if not known.any():
        return None
    middle = float(np.median(east[known])), float(np.median(north[known]))
    alike = np.hypot(east[known] - middle[0], north[known] - middle[1]) <= _SHIFT_SPREAD_M
    if np.hypot(*middle) <= _SHIFT_LEAST_M or alike.sum() < _SHIFT_SHARE * len(moved):
        return None
    return middle
