"""An upload under review on the map: what it changes, and where its findings are, as tiles of the draft's own."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata.diff import LayerDiff
from geodata.findings import Finding, Severity
from geodata.i18n import Text, label
from geodata.schema import LayerSchema
from geodata.store import Store
from layers import tiles
from layers.styles import Style

LAYER = "draft"
"""Name of the review's layer in map states and addresses."""
_KEPT_S = 24 * 3600

STATES: dict[str, tuple[Text, Style]] = {
    "unchanged": (label("未变", "Unchanged"), Style(fill="#e4e2da", stroke="#a9a59a", width=0.6, radius=3)),
    "removed": (label("删除", "Removed"), Style(fill="#f3b3ae", stroke="#b3261e", width=2, dash=(5, 3), radius=6)),
    "before": (label("变更前", "Before"), Style(stroke="#b3261e", width=2, dash=(5, 3), radius=5)),
    "after": (label("变更后", "After"), Style(fill="#f6d48a", stroke="#9a6a00", width=2, radius=6)),
    "added": (label("新增", "Added"), Style(fill="#a9d8a4", stroke="#1b6e2d", width=2, radius=6)),
    "note": (label("提示", "Note"), Style(fill="#bfdcf2", stroke="#1a5f95", width=2, radius=6)),
    "warning": (label("警告", "Warning"), Style(fill="#f6d48a", stroke="#9a6a00", width=2.5, radius=7)),
    "error": (label("错误", "Error"), Style(fill="#f3b3ae", stroke="#b3261e", width=2.5, radius=7)),
}
"""State → its label and style, drawn from low to high."""


def changes(old: GeoDataFrame | None, new: GeoDataFrame, diff: LayerDiff, schema: LayerSchema) -> GeoDataFrame:
    """What a publication would change: unchanged, removed, before, after and added features, in drawing order."""
    geometry_changed = diff.geometry_changed
    parts = [
        _part(new, schema, set(diff.unchanged), "unchanged"),
        _part(old, schema, set(diff.removed), "removed"),
        _part(old, schema, set(geometry_changed), "before"),
        _part(new, schema, set(diff.changed), "after"),
        _part(new, schema, set(diff.added), "added"),
    ]
    return _joined([part for part in parts if part is not None and len(part)])


def places(placed: GeoDataFrame, findings: Iterable[Finding], schema: LayerSchema) -> GeoDataFrame:
    """Where the findings are: every row of the upload, the gravest finding of each as its state."""
    worst = np.zeros(len(placed), dtype=int)
    order = {Severity.NOTE: 1, Severity.WARNING: 2, Severity.ERROR: 3}
    for finding in findings:
        rows = [row for row in finding.rows if row < len(placed)]
        worst[rows] = np.maximum(worst[rows], order[finding.severity])
    names = np.array(["unchanged", "note", "warning", "error"])
    keys = placed[schema.key] if schema.key in placed else pd.Series("", index=placed.index)
    return _joined(
        [
            _frame(placed[worst == grade], keys[worst == grade], names[grade])
            for grade in range(4)
            if (worst == grade).any()
        ]
    )


def repairs(placed: GeoDataFrame, repaired: GeoDataFrame, rows: Iterable[int], schema: LayerSchema) -> GeoDataFrame:
    """What repairs did: the shapes of some rows of the upload before them, and those of the same keys after them."""
    before = placed.iloc[[row for row in rows if row < len(placed)]]
    keys = set(before[schema.key].dropna())
    parts = [
        _part(repaired, schema, set(repaired[schema.key]) - keys, "unchanged"),
        _frame(before, before[schema.key], "before"),
        _part(repaired, schema, keys, "after"),
    ]
    return _joined([part for part in parts if part is not None and len(part)])


def write(store: Store, draft_id: str, features: GeoDataFrame) -> str | None:
    """Build the tiles of a review; their address, which only who knows the draft can guess. None without a feature."""
    drawn = features[~(features.geometry.isna() | features.geometry.is_empty)]
    if drawn.empty:
        return None
    content = hashlib.sha256(b"".join(shapely.to_wkb(drawn.geometry.to_numpy())))
    content.update("".join(drawn["steps"]).encode())
    name = content.hexdigest()[:16]
    path = store.tiles_dir / LAYER / draft_id / f"{name}.pmtiles"
    if not path.exists():
        tiles.write_features(drawn, LAYER, path)
    return f"/tiles/{LAYER}/{draft_id}/{name}.pmtiles"


def sweep(store: Store, *, now: float | None = None) -> int:
    """Drop the tiles of reviews that are older than a day; how many reviews. They are drawn again when looked at."""
    before = (time.time() if now is None else now) - _KEPT_S
    folder = store.tiles_dir / LAYER
    gone = [path for path in folder.iterdir() if path.stat().st_mtime < before] if folder.is_dir() else []
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)


def _part(frame: GeoDataFrame | None, schema: LayerSchema, keys: set[str], state: str) -> GeoDataFrame | None:
    if frame is None:
        return None
    mine = frame[frame[schema.key].isin(keys)]
    return _frame(mine, mine[schema.key], state)


def _frame(frame: GeoDataFrame, keys: pd.Series[str], state: str) -> GeoDataFrame:
    number = list(STATES).index(state)
    return GeoDataFrame(
        {"steps": [str(number)] * len(frame), "label": [key if isinstance(key, str) else "" for key in keys]},
        geometry=shapely.force_2d(frame.geometry.to_numpy()),
        crs="EPSG:4326",
    )


def _joined(parts: list[GeoDataFrame]) -> GeoDataFrame:
    if not parts:
        return GeoDataFrame({"row": [], "steps": [], "label": []}, geometry=[], crs="EPSG:4326")
    joined = GeoDataFrame(pd.concat(parts, ignore_index=True), crs="EPSG:4326")
    return joined.assign(row=range(len(joined)))
