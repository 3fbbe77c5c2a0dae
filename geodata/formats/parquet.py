"""GeoParquet, read with pyarrow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS
from pyproj.exceptions import CRSError

from geodata import crs
from geodata.choices import Choices
from geodata.formats.base import (
    Content,
    Source,
    UnreadableError,
    UploadFile,
    built,
    damaged,
    no_layer,
    plain_column,
    starts_with,
    unsupported,
)
from geodata.i18n import Text, text
from geodata.reading import LayerInfo


@dataclass
class ParquetSource:
    """A GeoParquet file, read with pyarrow."""

    name: str
    path: Path
    column: str
    metadata: dict[str, Any]

    def peek(self) -> LayerInfo:
        """Counts and columns from the footer."""
        footer = pq.ParquetFile(self.path)
        names = [name for name in footer.schema_arrow.names if name != self.column]
        known, _ = self._crs()
        return LayerInfo(self.name, footer.metadata.num_rows, None, crs.code_of(known), "UTF-8", names, None)

    def read(self, choices: Choices) -> Content:  # noqa: ARG002
        """Read it."""
        try:
            table = pq.read_table(self.path)
            values = table.column(self.column).to_pylist()
            others = {name for name in self.metadata.get("columns", {}) if name in table.column_names}
            names = [name for name in table.column_names if name not in others and name != "bbox"]
            columns = pd.DataFrame(
                {number: plain_column(_as_numpy(table.column(name))) for number, name in enumerate(names)},
                index=range(len(values)),
            )
        except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
            raise UnreadableError(damaged(self.name)) from None
        if not all(value is None or isinstance(value, bytes) for value in values):
            raise UnreadableError(unsupported(f"{self.name}.parquet"))
        geometry, failed = built(values)
        known, why = self._crs()
        return Content(columns, geometry, failed, known, "UTF-8", names=names, crs_missing=why)

    def _crs(self) -> tuple[CRS | None, Text | None]:
        column = self.metadata.get("columns", {}).get(self.column, {})
        if "crs" not in column:
            return CRS.from_epsg(4326), None  # what GeoParquet means by saying nothing
        try:
            return (
                (CRS.from_user_input(column["crs"]), None)
                if column["crs"]
                else (None, text("The file declares no CRS."))
            )
        except (CRSError, ValueError, TypeError):
            return None, text("The file declares no CRS.")


def _as_numpy(column: pa.ChunkedArray) -> Any:
    if pa.types.is_integer(column.type) and column.null_count:
        return pd.array(column.to_pylist(), dtype="Int64").to_numpy(dtype=object)
    if pa.types.is_boolean(column.type) or pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return np.array(column.to_pylist(), dtype=object)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return column.to_numpy()
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return column.cast(pa.timestamp("ms")).to_numpy()
    values = np.empty(len(column), dtype=object)
    values[:] = column.to_pylist()
    return values


def geoparquet(file: UploadFile, staging: Path) -> list[Source]:  # noqa: ARG001
    """The one layer of a GeoParquet."""
    starts_with(file, b"PAR1")
    try:
        raw = (pq.read_schema(file.path).metadata or {}).get(b"geo")
        metadata = json.loads(raw) if raw else None
    except (pa.ArrowException, OSError, ValueError):
        raise UnreadableError(damaged(file.file_name)) from None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("primary_column"), str):
        raise UnreadableError(no_layer(()))
    return [ParquetSource(file.stem, file.path, metadata["primary_column"], metadata)]
