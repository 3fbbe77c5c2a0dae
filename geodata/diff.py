"""What changes between two versions of a layer, feature by feature (DESIGN §9 *Diff*)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries

from geodata.content import attribute_columns, canonical
from geodata.schema import DRAWING_CRS, LayerSchema

SAME_WITHIN_M = 0.001
"""Coordinates that differ by no more are the same."""
_SAME_WITHIN_DEG = 5e-9
_SHIFT_SHARE, _SHIFT_SPREAD_M, _SHIFT_LEAST_M = 0.9, 3.0, 5.0


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
    """Old key → new key of features whose shape stayed while the key changed; they are also in `removed`, `added`."""
    shift_m: tuple[float, float] | None = None
    """(east, north) by which nearly everything moved, where it did."""

    def counts(self) -> dict[str, int]:
        """The numbers of the command line's contract."""
        return {name: len(getattr(self, name)) for name in ("added", "removed", "changed", "unchanged")}

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.added or self.removed or self.changed)


def diff_layers(old: GeoDataFrame | None, new: GeoDataFrame, schema: LayerSchema) -> LayerDiff:
    """Compare two clean frames by key.

    Row order, column order, ring start, vertex order and noise of up to 1 mm are no change.

    Parameters
    ----------
    old, new : clean frames of `schema`, EPSG:4490, keys unique
        Without `old` everything is added.
    """
    if old is None:
        return LayerDiff(added=_keys(new, schema), removed=[], changed=[], unchanged=[])
    before, after = old.set_index(schema.key, drop=False), new.set_index(schema.key, drop=False)
    kept = [key for key in after.index if key in set(before.index)]
    added = [key for key in after.index if key not in set(before.index)]
    removed = [key for key in before.index if key not in set(after.index)]
    moved = pd.Series(
        ~same_shape(before.geometry.loc[kept].reset_index(drop=True), after.geometry.loc[kept].reset_index(drop=True)),
        index=kept,
        dtype=bool,
    )
    edited = _edits(before.loc[kept], after.loc[kept], schema)
    changed = [key for key in kept if moved[key] or key in edited]
    return LayerDiff(
        added=added,
        removed=removed,
        changed=changed,
        unchanged=[key for key in kept if not moved[key] and key not in edited],
        geometry_changed=frozenset(moved.index[moved]),
        attributes_changed=edited,
        renames=_renames(before.loc[removed], after.loc[added]),
        shift_m=_common_shift(before.loc[kept], after.loc[kept], moved),
    )


def apply_diff(old: GeoDataFrame, new: GeoDataFrame, diff: LayerDiff, schema: LayerSchema) -> GeoDataFrame:
    """`old` with what `diff` (of `old` and `new`) added, removed and changed: equal in content to `new`."""
    gone = {*diff.removed, *diff.changed}
    stays = old[~old[schema.key].isin(gone)]
    comes = new[new[schema.key].isin({*diff.added, *diff.changed})]
    return in_key_order(pd.concat([stays, comes], ignore_index=True), schema)


def keep_stored_shapes(old: GeoDataFrame, new: GeoDataFrame, diff: LayerDiff, schema: LayerSchema) -> GeoDataFrame:
    """`new` with the stored geometry, byte for byte, of every feature whose shape is judged unchanged."""
    stored = dict(zip(old[schema.key], old.geometry, strict=True))
    shapes = [
        stored[key] if key in stored and key not in diff.geometry_changed else shape
        for key, shape in zip(new[schema.key], new.geometry, strict=True)
    ]
    return new.set_geometry(GeoSeries(shapes, index=new.index, crs=new.crs))


def in_key_order(frame: GeoDataFrame, schema: LayerSchema) -> GeoDataFrame:
    """Rows sorted by key, numbered from 0."""
    return frame.sort_values(schema.key, kind="stable", ignore_index=True)


def same_shape(before: GeoSeries, after: GeoSeries) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether two series of shapes are equal within 1 mm, whatever the ring start and vertex order; row by row."""
    left, right = before.to_numpy(), after.to_numpy()
    missing = shapely.is_missing(left) | shapely.is_missing(right)
    same = shapely.is_missing(left) & shapely.is_missing(right)
    rest = np.flatnonzero(~missing)
    if not len(rest):
        return np.asarray(same, dtype=bool)
    left, right = shapely.normalize(left[rest]), shapely.normalize(right[rest])
    same[rest] = shapely.equals_exact(left, right, _SAME_WITHIN_DEG)
    doubtful = rest[~same[rest]]
    if len(doubtful):
        # The order that normalising gives can turn over with noise; so ask in metres, and not of the order.
        near_left = before.iloc[doubtful].to_crs(DRAWING_CRS).to_numpy()
        near_right = after.iloc[doubtful].to_crs(DRAWING_CRS).to_numpy()
        same[doubtful] = (
            (shapely.get_type_id(near_left) == shapely.get_type_id(near_right))
            & (shapely.get_num_coordinates(near_left) == shapely.get_num_coordinates(near_right))
            & (shapely.hausdorff_distance(near_left, near_right) <= SAME_WITHIN_M)
            & (
                np.abs(shapely.length(near_left) - shapely.length(near_right))
                <= 0.01 * shapely.length(near_left) + 1e-9
            )
        )
    return np.asarray(same, dtype=bool)


def _keys(frame: GeoDataFrame, schema: LayerSchema) -> list[str]:
    return [str(key) for key in frame[schema.key]]


def _edits(before: GeoDataFrame, after: GeoDataFrame, schema: LayerSchema) -> dict[str, dict[str, tuple[Any, Any]]]:
    columns = dict.fromkeys([*attribute_columns(before, schema), *attribute_columns(after, schema)])
    edited: dict[str, dict[str, tuple[Any, Any]]] = {}
    for column in columns:
        old = [canonical(value) for value in before[column]] if column in before else [None] * len(before)
        new = [canonical(value) for value in after[column]] if column in after else [None] * len(after)
        for key, was, now in zip(after.index, old, new, strict=True):
            if was != now:
                edited.setdefault(key, {})[str(column)] = (was, now)
    return edited


def _renames(removed: GeoDataFrame, added: GeoDataFrame) -> dict[str, str]:
    """Removed and added features of the same shape, one to one."""
    if removed.empty or added.empty:
        return {}
    tree = shapely.STRtree(added.geometry.to_numpy())
    old_rows, new_rows = tree.query(removed.geometry.to_numpy(), predicate="intersects")
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
    centres = [
        shapely.centroid(side.geometry[moved.to_numpy()].to_crs(DRAWING_CRS).to_numpy()) for side in (before, after)
    ]
    (x0, y0), (x1, y1) = ((shapely.get_x(centre), shapely.get_y(centre)) for centre in centres)
    east, north = x1 - x0, y1 - y0
    middle = float(np.median(east)), float(np.median(north))
    alike = np.hypot(east - middle[0], north - middle[1]) <= _SHIFT_SPREAD_M
    if np.hypot(*middle) <= _SHIFT_LEAST_M or alike.sum() < _SHIFT_SHARE * len(moved):
        return None
    return middle
