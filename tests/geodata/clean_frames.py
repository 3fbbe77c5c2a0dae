"""Clean frames as the store holds them (`geodata.schema`), made from a few rows in metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from geopandas import GeoDataFrame, GeoSeries
from shapely.geometry.base import BaseGeometry

from geodata.schema import DRAWING_CRS, STORE_CRS, Kind, schema_of

DTYPES = {
    Kind.TEXT: "str",
    Kind.CODE: "str",
    Kind.DATE: "datetime64[s]",
    Kind.NUMBER: "float64",
    Kind.INTEGER: "Int64",
    Kind.FLAG: "boolean",
}
EAST, NORTH = 468_000.0, 3_921_000.0
"""Where the little district lies in EPSG:4548: shapes are given in metres from here."""


def clean_frame(
    layer: str, rows: Sequence[Mapping[str, Any]], shapes: Sequence[BaseGeometry | None] | None = None
) -> GeoDataFrame:
    """The clean frame of a layer: `rows` give the fields that matter, `shapes` stand in metres from EAST, NORTH."""
    schema = schema_of(layer)
    columns = {
        field.name: pd.Series([row.get(field.name) for row in rows], dtype=DTYPES[field.kind])
        for field in schema.fields
    }
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, f"{layer} has no fields {unknown}"
    places = GeoSeries(list(shapes or [None] * len(rows)), crs=DRAWING_CRS)
    return GeoDataFrame(columns, geometry=places.translate(EAST, NORTH).to_crs(STORE_CRS))
