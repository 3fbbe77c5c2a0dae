"""The content hash: a layer's features as one number, whatever their order, encoding or file (DESIGN §4)."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Hashable
from datetime import date, datetime
from typing import Any

import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata.schema import LayerSchema

_NULL = b"\x00"
_VALUE = b"\x01"
_EXACT_IN_FLOAT = 2**53


def content_hash(frame: GeoDataFrame, schema: LayerSchema) -> str:
    """SHA-256 over the rows sorted by key: field names and typed values, then the geometry.

    Text is taken in NFC; null differs from empty. Known fields come first, then unknown ones by name, without those
    that are empty in every row; then 2D WKB in the frame's coordinates (EPSG:4490) after `shapely.normalize`.

    Parameters
    ----------
    frame : n rows, clean frame of `schema`
    """
    rows = frame.sort_values(schema.key, kind="stable")
    names = attribute_columns(frame, schema)
    columns = [_encoded(rows[name]) for name in names]
    shapes = shapely.to_wkb(shapely.normalize(shapely.force_2d(rows.geometry.to_numpy())), byte_order=1)
    digest = hashlib.sha256("\x1f".join(map(str, names)).encode())
    for row in zip(
        *columns, (_with_length(_NULL if shape is None else _VALUE + shape) for shape in shapes), strict=True
    ):
        digest.update(b"".join(row))
    return digest.hexdigest()


def attribute_columns(frame: GeoDataFrame, schema: LayerSchema) -> list[Hashable]:
    """The columns of a clean frame that carry content: known fields in their order, then unknown ones by name.

    The geometry is none of them, and neither is an unknown column without a single value: formats differ in whether
    they keep one.
    """
    known: list[Hashable] = [field.name for field in schema.fields]
    unknown = [
        column
        for column in frame.columns
        if column not in {*known, frame.geometry.name} and frame[column].notna().any()
    ]
    return known + sorted(unknown, key=str)


def canonical(value: Any) -> object:
    """A value as the hash and the diff take it: text in NFC, null as None, a day as its midnight, a list as text."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if not pd.api.types.is_scalar(value):
        return str(value.tolist() if hasattr(value, "tolist") else value)
    if value is None or pd.isna(value):
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return pd.Timestamp(value)
    return value


def same_value(one: object, other: object) -> bool:
    """Whether two canonical values are the same content: 5 is 5.0, but neither 是 nor `"5"`; null is not empty."""
    return _bytes_of(one) == _bytes_of(other)


def _encoded(values: pd.Series[Any]) -> list[bytes]:
    """Each value as bytes behind their number."""
    if values.dtype == object:
        return [_with_length(_bytes_of(canonical(value))) for value in values]
    codes, unique = pd.factorize(values)  # most columns hold few different values
    known = [_with_length(_bytes_of(canonical(value))) for value in unique]
    known.append(_with_length(_NULL))  # code -1: null
    return [known[code] for code in codes]


def _with_length(value: bytes) -> bytes:
    return len(value).to_bytes(4) + value


def _bytes_of(value: object) -> bytes:
    return _NULL if value is None else _VALUE + _typed(value)


def _typed(value: object) -> bytes:
    if isinstance(value, str):
        return b"s" + value.encode("utf-8", "surrogatepass")
    if isinstance(value, pd.Timestamp):
        return (
            f"d{value.date().isoformat()}".encode() if value == value.normalize() else f"t{value.isoformat()}".encode()
        )
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return b"b1" if value else b"b0"
    if hasattr(value, "is_integer") or isinstance(value, int):
        number: Any = value
        if abs(number) > _EXACT_IN_FLOAT and number == int(number):
            return f"n{int(number)}.0".encode()
        return f"n{float(number) + 0.0!r}".encode()  # + 0.0 makes 0 of -0
    return b"o" + str(value).encode("utf-8", "surrogatepass")
