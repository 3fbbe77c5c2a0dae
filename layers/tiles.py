"""Vector tiles of published versions: one PMTiles archive for each (layer, version, build), a cache that can be lost.

A feature's tile properties: `row` (row number), `steps` (its history, `layers.tiles.to_steps`), `label`, and the
fields its map layer carries.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata import status
from geodata.catalogue import Version
from geodata.errors import StoreError
from geodata.i18n import text
from geodata.store import Store
from layers.catalogue import MAP_LAYERS
from layers.labels import label_points

FORMAT = "1"
"""Changes whenever tiles are built in another way."""
MIN_ZOOM, MAX_ZOOM = 9, 16
_EPOCH = date(1970, 1, 1)
_LEFT_BEHIND_S = 3600

_locks: dict[Path, threading.Lock] = defaultdict(threading.Lock)


def build_of(version: Version) -> str:
    """The `b` of a version's archive: changes with its content, the tile format and the status rule."""
    words = f"{version.content_hash} {FORMAT} {status.RULE_VERSION} {MAP_LAYERS[version.layer]}"
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def url_of(version: Version) -> str:
    """Address of a version's archive, good for ever."""
    return f"/tiles/{version.layer}/{version.number}.pmtiles?b={build_of(version)}"


def tile_path(store: Store, version: Version) -> Path:
    """Where a version's archive stands, or will."""
    return store.tiles_dir / version.layer / f"{version.number}-{build_of(version)}.pmtiles"


def ensure_tiles(store: Store, version: Version) -> Path:
    """The archive of a version, built when it is missing; built once however many ask at the same time.

    Raises
    ------
    StoreError
        The version's object is missing, or the archive can't be written.
    """
    path = tile_path(store, version)
    with _locks[path]:
        if not path.exists():
            write_tiles(version.layer, store.read_version(version), path)
    return path


def write_tiles(layer: str, frame: GeoDataFrame, path: Path) -> None:
    """Build the archive of a clean frame; it appears under its name when it is whole.

    Raises
    ------
    StoreError
        It could not be written.
    """
    write_features(tile_features(layer, frame), layer, path)


def write_features(features: GeoDataFrame, layer: str, path: Path) -> None:
    """Build an archive of features that carry their tile properties already.

    Raises
    ------
    StoreError
        It could not be written.
    """
    temporary = path.with_name(f"{path.stem}-{os.getpid()}-{secrets.token_hex(4)}.pmtiles.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        _build(features, layer, temporary)
        _put(temporary, path)
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(
            text("The tiles of layer “{layer}” could not be built ({reason}).", layer=layer, reason=str(error))
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def tile_features(layer: str, frame: GeoDataFrame) -> GeoDataFrame:
    """What the tiles hold: n rows of the clean frame as features with few properties, EPSG:4326.

    CGCS2000 and WGS 84 differ by centimetres; the map takes them as one.
    """
    map_layer = MAP_LAYERS[layer]
    names = frame[map_layer.label_field] if map_layer.label_field in frame else pd.Series("", index=frame.index)
    properties: dict[str, object] = {
        "row": range(len(frame)),
        "steps": [to_steps(layer, steps) for steps in status.steps(layer, frame)],
        "label": [name if isinstance(name, str) else "" for name in names],
    }
    for field in map_layer.carried:
        values = frame[field]
        properties[field] = (
            values.astype("float64").fillna(0).tolist()
            if pd.api.types.is_numeric_dtype(values)
            else [value if isinstance(value, str) else "" for value in values]
        )
    return GeoDataFrame(
        pd.DataFrame(properties), geometry=shapely.force_2d(frame.geometry.to_numpy()), crs="EPSG:4326"
    ).loc[lambda features: ~(features.geometry.isna() | features.geometry.is_empty)]


def to_steps(layer: str, steps: list[tuple[date | None, str]]) -> str:
    """A history as a tile carries it: `2` or `2,17897:4`, state numbers with the day (since 1970) each begins."""
    number_of = {state: number for number, state in enumerate(status.STATES[layer])}
    return ",".join(
        str(number_of[state]) if day is None else f"{(day - _EPOCH).days}:{number_of[state]}" for day, state in steps
    )


def _put(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except PermissionError:
        # Windows refuses to replace a file that is being read: another process has put its own there, of one content.
        if not path.exists():
            raise


def _sweep(folder: Path) -> None:
    """Remove what a process that was killed left behind."""
    for left in folder.glob("*.pmtiles.new"):
        try:
            if time.time() - left.stat().st_mtime > _LEFT_BEHIND_S:
                left.unlink()
        except OSError:  # somebody else is at it
            continue


def _build(features: GeoDataFrame, layer: str, path: Path) -> None:
    try:
        import freestiler
    except ImportError:  # no wheel for this machine; GDAL's driver takes one layer, so labels are left out
        features.to_file(
            path,
            driver="PMTiles",
            engine="pyogrio",
            layer=layer,
            dataset_options={"MINZOOM": MIN_ZOOM, "MAXZOOM": MAX_ZOOM},
        )
        return
    parts = {
        layer: features,
        f"{layer}_labels": label_points(features, MAP_LAYERS[layer].label_places if layer in MAP_LAYERS else 1),
    }
    freestiler.freestile(
        {name: part for name, part in parts.items() if len(part)},
        str(path),
        min_zoom=MIN_ZOOM,
        max_zoom=MAX_ZOOM,
        base_zoom=MIN_ZOOM,
        quiet=True,
    )
