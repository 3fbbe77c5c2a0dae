"""The illustrative layers as zipped shapefiles, as an office hands them over: GBK tables, an ESRI `.prj`, no `.cpg`."""

from __future__ import annotations

import struct
import tempfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
import pyproj
from geopandas import GeoDataFrame

from geodata.sample.district import DATA_DATE, build_district
from geodata.sample.ground import CRS
from geodata.schema import LAYERS, Field, Kind, LayerSchema

_GBK_LANGUAGE = 0x4D
_DBASE_III = 0x03
_CHINESE_NAMES = {"parcels", "greening"}
"""Layers whose columns carry Chinese names, cut at ten bytes as the format does."""
_CODES_IN_CHINESE = {"roads", "greening", "parcels"}
_NAME_BYTES = 10
_ZIP_DAY = (DATA_DATE.year, DATA_DATE.month, DATA_DATE.day, 9, 0, 0)


def write_shapefiles(folder: Path) -> dict[str, Path]:
    """Write every layer as `<layer>.zip`; layer → path. The same bytes on every call.

    Parameters
    ----------
    folder : exists; files of these names in it are replaced
    """
    written = {}
    for layer, frame in build_district().items():
        written[layer] = folder / f"{layer}.zip"
        _write_zip(written[layer], layer, frame)
    return written


def _write_zip(path: Path, layer: str, frame: GeoDataFrame) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shapes = Path(folder) / f"{layer}.shp"
        pyogrio.write_dataframe(frame[["geometry"]], shapes, driver="ESRI Shapefile")
        parts = {
            ".shp": shapes.read_bytes(),
            ".shx": shapes.with_suffix(".shx").read_bytes(),
            ".dbf": dbf(LAYERS[layer], frame),
            ".prj": pyproj.CRS.from_user_input(CRS).to_wkt("WKT1_ESRI").encode("ascii"),
        }
    with zipfile.ZipFile(path, "w") as archive:
        for suffix, content in parts.items():
            entry = zipfile.ZipInfo(f"{layer}{suffix}", _ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def dbf(schema: LayerSchema, frame: GeoDataFrame) -> bytes:
    """The attributes as a dBASE III table in GBK.

    Written here because GDAL can't write Chinese column names of four and more characters that it reads back.
    Source: dBASE III table layout: 32-byte header, 32 bytes a column, 0x0D, rows of fixed width, 0x1A.
    """
    columns = [_Column(schema, field, frame[field.name]) for field in schema.fields]
    row_bytes = 1 + sum(column.width for column in columns)
    header_bytes = 32 + 32 * len(columns) + 1
    head = struct.pack(
        "<BBBBIHH17xBxx",
        _DBASE_III,
        DATA_DATE.year - 1900,
        DATA_DATE.month,
        DATA_DATE.day,
        len(frame),
        header_bytes,
        row_bytes,
        _GBK_LANGUAGE,
    )
    rows = zip(*(column.cells for column in columns), strict=True)
    return (
        head
        + b"".join(column.head for column in columns)
        + b"\r"
        + b"".join(b" " + b"".join(r) for r in rows)
        + b"\x1a"
    )


class _Column:
    """One column of the table: its head and its cells, all of one width."""

    def __init__(self, schema: LayerSchema, field: Field, values: pd.Series[Any]) -> None:
        kind, decimals, words = self._as_text(schema, field, values)
        cells = [word.encode("gbk") for word in words]
        self.width = 8 if kind == b"D" else max(1, *(len(cell) for cell in cells))
        self.cells = [cell.rjust(self.width) if kind == b"N" else cell.ljust(self.width) for cell in cells]
        name = (field.zh if schema.name in _CHINESE_NAMES else field.dbf).encode("gbk")[:_NAME_BYTES]
        self.head = struct.pack("<11sc4xBB14x", name, kind, self.width, decimals)

    @staticmethod
    def _as_text(schema: LayerSchema, field: Field, values: pd.Series[Any]) -> tuple[bytes, int, list[str]]:
        if field.kind is Kind.DATE:
            return b"D", 0, ["" if pd.isna(day) else f"{_as_date(day):%Y%m%d}" for day in values]
        if field.kind is Kind.NUMBER:
            decimals = 2 if field.share else 1
            return b"N", decimals, ["" if pd.isna(value) else f"{value:.{decimals}f}" for value in values]
        if field.kind is Kind.INTEGER:
            return b"N", 0, ["" if pd.isna(value) else str(int(value)) for value in values]
        if field.kind is Kind.FLAG:
            return b"C", 0, ["" if pd.isna(value) else "是" if value else "否" for value in values]
        in_chinese = field.codes and schema.name in _CODES_IN_CHINESE and field.name != "land_use"
        words = ["" if pd.isna(value) else str(value) for value in values]
        return b"C", 0, [field.codes[word].in_("zh") if in_chinese and word else word for word in words]


def _as_date(day: pd.Timestamp) -> date:
    return day.date()
