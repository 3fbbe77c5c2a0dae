"""CSV and XLSX: tables whose rows carry WKT or coordinates, and ledgers without either."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from pyproj import CRS

from geodata import archive, crs, encoding
from geodata.archive import shown
from geodata.choices import Choices
from geodata.findings import Finding, Severity, found
from geodata.formats.base import (
    GDAL_ERRORS,
    Content,
    Geometries,
    Source,
    UnreadableError,
    UploadFile,
    damaged,
    decoded_whole,
    empty,
    fresh,
    gdal_layers,
    link,
)
from geodata.i18n import text
from geodata.reading import LayerInfo

_HEAD_LINES = 12

_WKT_NAMES = {"wkt", "geometry", "geom", "thegeom", "shape", "wktgeom", "几何", "图形", "空间数据"}


_EAST_NAMES = {"lon", "lng", "long", "longitude", "x", "east", "easting", "经度", "东坐标", "横坐标", "x坐标", "lonx"}


_NORTH_NAMES = {"lat", "latitude", "y", "north", "northing", "纬度", "北坐标", "纵坐标", "y坐标", "laty"}


_WKT = re.compile(r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION", re.IGNORECASE)


_DEGREES = re.compile(
    r"""^\s*([+-]?\d+)\s*[°度]\s*(?:(\d+)\s*['′’分]\s*(?:(\d+(?:\.\d+)?)\s*["″”秒]?\s*)?)?([NSEWnsew]?)\s*$"""
)


Table = tuple[str, pd.DataFrame, encoding.Decision, list[Finding]]
"""A sheet: its name, its cells as text under their header, its encoding, and what was found."""


@dataclass
class TableSource:
    """A table whose rows carry their geometry as WKT or as coordinates."""

    name: str
    table: pd.DataFrame
    decision: encoding.Decision | None
    findings: list[Finding]

    def peek(self) -> LayerInfo:
        """Counts and columns."""
        return LayerInfo(self.name, len(self.table), None, None, None, [str(name) for name in self.table.columns], None)

    def read(self, choices: Choices) -> Content:  # noqa: ARG002
        """Build the geometries."""
        where = geometry_columns(self.table)
        if where is None:
            raise UnreadableError(*self.findings, _no_geometry(self.name))
        known: CRS | None = None
        findings = list(self.findings)
        if len(where) == 1:
            geometry, failed, known = _from_wkt(self.table.iloc[:, where[0]])
            columns = self.table.drop(columns=self.table.columns[where[0]])
        else:
            geometry, failed = _from_coordinates(self.table.iloc[:, where[0]], self.table.iloc[:, where[1]])
            columns = self.table
        used = self.decision.encoding if self.decision else None
        return Content(
            columns.set_axis(range(columns.shape[1]), axis=1), geometry, failed, known, used, findings,
            names=[str(name) for name in columns.columns], crs_missing=text("A table declares no CRS."),
        )  # fmt: skip


def _no_geometry(name: str) -> Finding:
    return found(
        "NO_LAYER",
        text(
            "The table “{name}” has no geometry: no column with WKT, and no pair of coordinates "
            "(经度/纬度, lon/lat, x/y). A table that only updates attributes is brought in as a ledger.",
            name=shown(name),
        ),
    )


def geometry_columns(table: pd.DataFrame) -> tuple[int] | tuple[int, int] | None:
    """Where the shapes of a table stand: the place of a column of WKT, or of two of coordinates (east, north)."""
    names = [re.sub(r"[\s_()（）°度]", "", str(name)).casefold() for name in table.columns]
    for number, name in enumerate(names):
        if name in _WKT_NAMES or "wkt" in name:
            first = table.iloc[:, number].dropna()
            if len(first) and _WKT.match(str(first.iloc[0])):
                return (number,)
    for number in range(table.shape[1]):
        first = table.iloc[:, number].dropna()
        if len(first) and _WKT.match(str(first.iloc[0])) and "(" in str(first.iloc[0]):
            return (number,)
    east = [number for number, name in enumerate(names) if name in _EAST_NAMES or name == "经"]
    north = [number for number, name in enumerate(names) if name in _NORTH_NAMES or name == "纬"]
    return (east[0], north[0]) if east and north else None


def _from_wkt(column: pd.Series[str]) -> tuple[Geometries, npt.NDArray[np.bool_], CRS | None]:
    srids: set[str] = set()
    plain: list[str | None] = []
    for value in column:
        if not isinstance(value, str) or not value.strip():
            plain.append(None)
            continue
        head, _, tail = value.partition(";")
        if head.strip().upper().startswith("SRID="):
            srids.add(head.strip()[5:])
            plain.append(tail)
        else:
            plain.append(value)
    geometry = shapely.from_wkt(np.array(plain, dtype=object), on_invalid="ignore")
    there = np.array([value is not None for value in plain], dtype=bool)
    known = crs.parse(srids.pop()) if len(srids) == 1 else None
    return geometry, there & shapely.is_missing(geometry), known


def _from_coordinates(east: pd.Series[str], north: pd.Series[str]) -> tuple[Geometries, npt.NDArray[np.bool_]]:
    x = np.array([_coordinate(value) for value in east], dtype=float)
    y = np.array([_coordinate(value) for value in north], dtype=float)
    given = (east.notna() | north.notna()).to_numpy()
    good = np.isfinite(x) & np.isfinite(y)
    geometry = np.full(len(x), None, dtype=object)
    geometry[good] = shapely.points(x[good], y[good])
    return geometry, given & ~good


def _coordinate(value: object) -> float:
    if not isinstance(value, str):
        return np.nan
    try:
        return float(value.replace(",", "").replace("，", ""))
    except ValueError:
        pass
    parts = _DEGREES.match(value)
    if parts is None:
        return np.nan
    degrees = abs(int(parts[1])) + int(parts[2] or 0) / 60 + float(parts[3] or 0) / 3600
    return -degrees if parts[1].startswith("-") or parts[4].upper() in ("S", "W") else degrees


def _csv_tables(file: UploadFile, staging: Path) -> list[Table]:  # noqa: ARG001
    content = file.path.read_bytes()
    if b"\0" in content[:65536] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError(damaged(file.file_name))
    decoded, decision, _ = decoded_whole(content, file.encoding)
    if "[地块坐标]" in decoded[:4096]:
        raise UnreadableError(_survey_coordinates(file.file_name))
    head = decoded.split("\n", _HEAD_LINES)[:_HEAD_LINES]
    # A title may stand above the header, and values may hold commas: what stands in most lines separates them.
    delimiter = max(",\t;|，", key=lambda sign: (sum(sign in line for line in head), head[0].count(sign)))
    csv.field_size_limit(2**30)
    rows = []
    try:
        for row in csv.reader(io.StringIO(decoded, newline=""), delimiter=delimiter, strict=True):
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() or None for cell in row])
    except csv.Error:
        raise UnreadableError(
            found("CORRUPT", text("“{name}” is damaged near row {row}: a quotation mark is not closed.",
                                  name=shown(file.file_name), row=len(rows) + 1))
        ) from None  # fmt: skip
    table, findings = _with_header(rows, file.stem)
    return [(file.stem, table, decision, [*decision.findings, *findings])]


def _survey_coordinates(name: str) -> Finding:
    return found(
        "UNSUPPORTED",
        text(
            "“{name}” is a list of boundary points in the land-survey text format, which is not read. Turn it into a "
            "shapefile or GeoPackage in a GIS.",
            name=shown(name),
        ),
    )


def _with_header(rows: Sequence[Sequence[str | None]], name: str) -> tuple[pd.DataFrame, list[Finding]]:
    """A table from rows of cells; a title line above the header, as ledgers have it, is skipped."""
    if not rows:
        raise UnreadableError(empty(name))
    width = max(sum(cell is not None for cell in row) for row in rows[:50])
    at = next(number for number, row in enumerate(rows) if sum(cell is not None for cell in row) >= max(1, 0.6 * width))
    header = [cell if cell is not None else "" for cell in rows[at]]
    while header and not header[-1]:
        header.pop()
    findings = []
    body = [row for row in rows[at + 1 :] if not _is_total(row)]
    if left_out := len(rows) - at - 1 - len(body):
        findings.append(
            found(
                "REPAIRED",
                text("{count} rows of totals (合计) were left out.", count=left_out),
                count=left_out,
                severity=Severity.NOTE,
            )
        )
    long = [
        number for number, row in enumerate(body)
        if any(cell is not None for cell in row[len(header) :])
    ]  # fmt: skip
    if long:
        findings.append(found("CORRUPT", text("Rows have more cells than the header has columns."), rows=long))
    columns = {
        number: pd.array([row[number] if number < len(row) else None for row in body], dtype="str")
        for number in range(len(header))
    }
    table = pd.DataFrame(columns, index=range(len(body)))
    table.columns = pd.Index(header, dtype=object)
    return table, findings


_TOTALS = frozenset({"合计", "总计", "小计", "共计", "累计", "total", "subtotal", "sum"})


def _is_total(row: Sequence[str | None]) -> bool:
    """Whether a row sums up others: it begins with 合计 and leaves some cells empty."""
    first = next((cell for cell in row if cell is not None), "")
    return re.sub(r"[\s:：]", "", first).casefold() in _TOTALS and None in row


def _xlsx_tables(file: UploadFile, staging: Path) -> list[Table]:
    contents = archive.look_through(file.path)
    if contents.findings:
        raise UnreadableError(*contents.findings)
    if not any(entry.name == "xl/workbook.xml" for entry in contents.entries):
        raise UnreadableError(damaged(file.file_name))
    path = staging / f"{fresh(staging)}.xlsx"
    link(file.path, path)
    tables = []
    try:
        for name, _ in gdal_layers(path):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _, _, _, values = pyogrio.raw.read(path, layer=name, read_geometry=False)
            rows = [[_cell(cell) for cell in row] for row in zip(*values, strict=True)]
            rows = [row for row in rows if any(cell is not None for cell in row)]
            if rows:
                table, findings = _with_header(rows, name)
                tables.append((name, table, encoding.Decision("UTF-8"), findings))
    except GDAL_ERRORS:
        raise UnreadableError(damaged(file.file_name)) from None
    if not tables:
        raise UnreadableError(empty(file.stem))
    return tables


def _cell(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    # Excel keeps a day as a moment at midnight.
    return str(value).strip().removesuffix(" 00:00:00") or None


TABLES: dict[str, Callable[[UploadFile, Path], list[Table]]] = {
    ".csv": _csv_tables,
    ".tsv": _csv_tables,
    ".txt": _csv_tables,
    ".xlsx": _xlsx_tables,
}


def table_sources(file: UploadFile, staging: Path) -> list[Source]:
    """The tables of a file that have a geometry column or a pair of coordinates."""
    tables = TABLES[file.suffix](file, staging)
    with_geometry = [table for table in tables if geometry_columns(table[1]) is not None]
    if not with_geometry:
        raise UnreadableError(_no_geometry(tables[0][0]))
    return [TableSource(name, table, decision, findings) for name, table, decision, findings in with_geometry]
