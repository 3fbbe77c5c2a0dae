"""The content hash: a layer's features as one number, whatever their order, encoding or file (DESIGN §4)."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Hashable, Iterable
from typing import Any

import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata.schema import LayerSchema

_NULL = b"\x00"
_VALUE = b"\x01"


def content_hash(frame: GeoDataFrame, schema: LayerSchema) -> str:
    """SHA-256 over the rows sorted by key: field names and typed values, then the geometry.

    Text is taken in NFC; null differs from empty. Known fields come first, then unknown ones by name; then 2D WKB in
    the frame's coordinates (EPSG:4490) after `shapely.normalize`.

    Parameters
    ----------
    frame : n rows, clean frame of `schema`
    """
    rows = frame.sort_values(schema.key, kind="stable")
    names = attribute_columns(frame, schema)
    columns = [list(_as_bytes(rows[name])) for name in names]
    shapes = shapely.to_wkb(shapely.normalize(shapely.force_2d(rows.geometry.to_numpy())), byte_order=1)
    digest = hashlib.sha256("\x1f".join(map(str, names)).encode())
    for row in zip(*columns, (_NULL if shape is None else _VALUE + shape for shape in shapes), strict=True):
        digest.update(b"".join(len(value).to_bytes(4) + value for value in row))
    return digest.hexdigest()


def attribute_columns(frame: GeoDataFrame, schema: LayerSchema) -> list[Hashable]:
    """The columns of a clean frame without its geometry: known fields in their order, then unknown ones by name."""
    known: list[Hashable] = [field.name for field in schema.fields]
    unknown = sorted((column for column in frame.columns if column not in {*known, "geometry"}), key=str)
    return known + unknown


def canonical(value: Any) -> object:
    """A value as the hash and the diff compare it: text in NFC, whole numbers apart from their type, null as None."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _as_bytes(values: pd.Series) -> Iterable[bytes]:
    for value in values:
        known = canonical(value)
        yield _NULL if known is None else _VALUE + _typed(known)


def _typed(value: object) -> bytes:
    if isinstance(value, pd.Timestamp):
        return (
            f"d{value.date().isoformat()}".encode() if value == value.normalize() else f"t{value.isoformat()}".encode()
        )
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return b"b1" if value else b"b0"
    if isinstance(value, str):
        return b"s" + value.encode()
    if hasattr(value, "is_integer") or isinstance(value, int):
        return f"n{float(value)!r}".encode()  # type: ignore[arg-type]
    return b"o" + str(value).encode()
