"""Layers as files to take away; written under a temporary name and renamed, so that a file is there whole or not."""

from __future__ import annotations

import os
import secrets
import tempfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import shapely
import xlsxwriter
from geopandas import GeoDataFrame
from pyproj import CRS
from pyproj.exceptions import CRSError

from geodata import mapping
from geodata.catalogue import Version
from geodata.errors import GeodataError
from geodata.i18n import label, text
from geodata.objects import sync_folder
from geodata.schema import DTYPES, STORE_CRS, Kind, LayerSchema, schema_of
from geodata.store import Store

ILLUSTRATIVE = label("示例数据", "illustrative data")
_DBF_TEXT_BYTES = 254
_DBF_NAME_BYTES = 10
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
FIXED_TIME = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""When a workbook says that it was made: the same content gives the same bytes."""
TEXT_ALONE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Options of a workbook in which text stays text."""


class ExportError(GeodataError, ValueError):
    """An export was asked for that can't be made."""


def write_export(store: Store, version: Version, path: Path, *, crs: str | None = None) -> int:
    """Write a version to a file, in the format of its ending; the number of features.

    GeoPackage, GeoJSON, FlatGeobuf and GeoParquet carry the field names of the schema; a shapefile (`.shp`, or `.zip`
    with all its parts) the DBF names in GBK with a table of names beside it; XLSX and CSV only attributes.

    Parameters
    ----------
    crs : CRS of the file; EPSG:4490 without

    Raises
    ------
    ExportError
        The ending or the CRS is not known.
    StoreError
        The version can't be read.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ExportError(
            text(
                "The ending “{ending}” is not known; use one of {endings}.",
                ending=path.suffix,
                endings=", ".join(WRITERS),
            )
        )
    frame = store.read_version(version)
    if crs is not None:
        frame = frame.to_crs(_crs(crs))
    folder = Path(tempfile.mkdtemp(prefix=".export-", dir=path.parent))
    try:
        made = folder / f"{path.stem}{path.suffix}"
        writer(frame, schema_of(version.layer), made, _description(version))
        for part in sorted(folder.iterdir()):
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(path.parent / part.name)
        sync_folder(path.parent)
    finally:
        for part in folder.iterdir():
            part.unlink()
        folder.rmdir()
    return len(frame)


def to_bytes(store: Store, version: Version, ending: str) -> bytes:
    """A version as the bytes of a file with this ending."""
    with tempfile.TemporaryDirectory(
        dir=store.staging, prefix=f"export-{os.getpid()}-{secrets.token_hex(4)}"
    ) as folder:
        path = Path(folder) / f"{version.layer}.{ending}"
        write_export(store, version, path)
        return path.read_bytes()


def template(schema: LayerSchema, ending: str) -> bytes:
    """An empty file with the layer's fields.

    GeoPackage carries their names, a shapefile their DBF names, XLSX the Chinese ones, as a ledger is filled in; there
    points have columns for their coordinates too.
    """
    columns = {field.name: pd.Series([], dtype=DTYPES[field.kind]) for field in schema.fields}
    frame = GeoDataFrame(columns, geometry=[], crs=STORE_CRS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{schema.name}.{ending}"
        if ending == "xlsx":
            _write_form(schema, path)
        else:
            WRITERS[f".{ending}"](frame, schema, path, "")
        return path.read_bytes()


_EXCEL_LIST = 255
"""Characters that a list of allowed values may have."""


def _write_form(schema: LayerSchema, path: Path) -> None:
    """An empty sheet to fill in: text stays text (0701 keeps its zero), codes can be chosen, each header says what for.

    One sheet alone: of several the reader would have to ask which.
    """
    guide = mapping.field_guide(schema)
    holds, example = guide["填什么"].tolist(), guide["示例"].tolist()
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        book.set_properties({"created": FIXED_TIME})
        page = book.add_worksheet(schema.name)
        page.freeze_panes(1, 0)
        head, required = book.add_format({"bold": True}), book.add_format({"bold": True, "bg_color": "#FFF2CC"})
        as_text = book.add_format({"num_format": "@"})
        as_day = book.add_format({"num_format": "yyyy-mm-dd"})
        for place, field in enumerate(schema.fields):
            page.write_string(0, place, field.zh, required if field.required else head)
            star = "必填；" if field.required else ""
            page.write_comment(0, place, f"{star}{holds[place]}；例：{example[place]}", {"x_scale": 2})
            form = {Kind.TEXT: as_text, Kind.CODE: as_text, Kind.DATE: as_day}.get(field.kind)
            page.set_column(place, place, max(12, width_of(field.zh) + 4), form)
            allowed = ["是", "否"] if field.kind is Kind.FLAG else [each.in_("zh") for each in field.codes.values()]
            if allowed and not field.open and len(",".join(allowed)) <= _EXCEL_LIST and field.name != "land_use":
                choice = {"validate": "list", "source": allowed, "error_type": "warning"}
                page.data_validation(1, place, 1_048_575, place, choice)
        if schema.geometry == "Point":
            for number, name in enumerate(("经度", "纬度")):
                page.write_string(0, len(schema.fields) + number, name, head)


def original(store: Store, version: Version) -> bytes:
    """The upload of a version as it came, byte for byte."""
    if version.upload_object is None:
        raise ExportError(
            text("Version {number} of “{layer}” has no upload.", number=version.number, layer=version.layer)
        )
    return store.objects.path(version.upload_object).read_bytes()


def original_name(version: Version) -> str:
    """A name for the original file; files that were dropped together came as one zip."""
    name = version.upload_name or f"{version.layer}_v{version.number}"
    return name if "." in name else f"{name}.zip"


def safe_cell(value: object) -> object:
    """Text that a spreadsheet would take for a formula, made text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value


_Writer = Callable[[GeoDataFrame, LayerSchema, Path, str], None]


def _by_driver(driver: str) -> _Writer:
    def write(frame: GeoDataFrame, schema: LayerSchema, path: Path, description: str) -> None:
        more = {"layer_metadata": {"DESCRIPTION": description}} if driver == "GPKG" and description else {}
        pyogrio.write_dataframe(
            frame,
            path,
            driver=driver,
            layer=schema.name if driver == "GPKG" else None,
            geometry_type=_geometry_type(frame, schema),
            promote_to_multi=_is_multi(frame),
            **({"layer_options": {"RFC7946": "NO", "COORDINATE_PRECISION": "9"}} if driver == "GeoJSON" else {}),
            **more,
        )

    return write


def _parquet(frame: GeoDataFrame, schema: LayerSchema, path: Path, description: str) -> None:
    del schema, description
    frame.to_parquet(path)


def _csv(frame: GeoDataFrame, schema: LayerSchema, path: Path, description: str) -> None:
    del schema, description
    _attributes(frame).map(safe_cell).to_csv(path, index=False, encoding="utf-8-sig", date_format="%Y-%m-%d")


def _xlsx(frame: GeoDataFrame, schema: LayerSchema, path: Path, description: str) -> None:
    write_table(_attributes(frame), path, sheet=schema.name, comment=description)


def write_table(table: pd.DataFrame, path: Path, *, sheet: str, comment: str = "") -> None:
    """A table as XLSX: a header that stays in view, dates as YYYY-MM-DD, text as text whatever it begins with."""
    with xlsxwriter.Workbook(path, TEXT_ALONE) as book:
        book.set_properties({"comments": comment, "created": FIXED_TIME})
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        page.write_row(0, 0, [str(column) for column in table.columns], book.add_format({"bold": True}))
        for place, column in enumerate(table.columns):
            cells = [_cell(value) for value in table[column]]
            page.write_column(1, place, cells)
            page.set_column(place, place, min(40, 2 + max(map(width_of, [column, *cells[:200]]))))


def _cell(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, (bool, np.bool_)):
        return "是" if value else "否"
    return value.item() if isinstance(value, np.generic) else value


def width_of(value: object) -> int:
    """Columns that a text takes; a hanzi takes two."""
    return len(str(value).encode("gbk", "replace"))


def _shapefile(frame: GeoDataFrame, schema: LayerSchema, path: Path, description: str) -> None:
    """DBF names of at most ten bytes, GBK, and a table of names beside it."""
    names = _short_names(frame, schema)
    table = frame.rename(columns=names)
    for field in schema.fields:
        column = names[field.name]
        if field.kind is Kind.FLAG:
            table[column] = table[column].map({True: "是", False: "否"})
        elif field.kind is Kind.DATE:
            table[column] = [None if pd.isna(day) else day.date() for day in table[column]]
    pyogrio.write_dataframe(
        table,
        path,
        driver="ESRI Shapefile",
        encoding="GBK",
        geometry_type=_geometry_type(frame, schema).removeprefix("Multi") if not len(frame) else None,
    )
    lines = ["字段名,name,中文,English", *(f"{short},{name},{_labels(schema, name)}" for name, short in names.items())]
    if description:
        lines.append(description)
    path.with_name(f"{path.stem}_names.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")


def _zipped_shapefile(frame: GeoDataFrame, schema: LayerSchema, path: Path, description: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _shapefile(frame, schema, Path(folder) / f"{schema.name}.shp", description)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                entry = zipfile.ZipInfo(part.name, _ZIP_DAY)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, part.read_bytes())


WRITERS: dict[str, _Writer] = {
    ".gpkg": _by_driver("GPKG"),
    ".geojson": _by_driver("GeoJSON"),
    ".fgb": _by_driver("FlatGeobuf"),
    ".parquet": _parquet,
    ".shp": _shapefile,
    ".zip": _zipped_shapefile,
    ".xlsx": _xlsx,
    ".csv": _csv,
}
"""Ending → how a frame of a layer is written to a file; with a description of what it is."""


def _attributes(frame: GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.drop(columns=frame.geometry.name))


def _is_multi(frame: GeoDataFrame) -> bool:
    return bool(frame.geometry.geom_type.str.startswith("Multi").any())


def _geometry_type(frame: GeoDataFrame, schema: LayerSchema) -> str:
    return f"Multi{schema.geometry}" if len(frame) and _is_multi(frame) else schema.geometry


def _short_names(frame: GeoDataFrame, schema: LayerSchema) -> dict[str, str]:
    """Every column's name in a DBF: the schema's, or the column's own cut to ten bytes and made unique."""
    names = {field.name: field.dbf for field in schema.fields}
    for column in frame.columns:
        if column in names or column == frame.geometry.name:
            continue
        cut = str(column).encode("gbk", "replace")[:_DBF_NAME_BYTES].decode("gbk", "ignore") or "FIELD"
        number = 1
        while cut in names.values():
            number += 1
            end = f"_{number}"
            cut = str(column).encode("gbk", "replace")[: _DBF_NAME_BYTES - len(end)].decode("gbk", "ignore") + end
        names[str(column)] = cut
    return names


def _labels(schema: LayerSchema, name: str) -> str:
    known = {field.name: field for field in schema.fields}
    return f"{known[name].zh},{known[name].label.in_('en')}" if name in known else ","


def _description(version: Version) -> str:
    words = f"{version.layer} v{version.number} {version.data_date.isoformat()}"
    return f"{words} 示例数据 {ILLUSTRATIVE.in_('en')}" if version.illustrative else words


def _crs(crs: str) -> CRS:
    try:
        return CRS.from_user_input(f"EPSG:{crs}" if crs.isdigit() else crs)
    except CRSError as error:
        raise ExportError(
            text("“{crs}” is no coordinate system; give an EPSG number such as 4527.", crs=crs)
        ) from error


def findings_table(rows: pd.DataFrame) -> bytes:
    """A table of findings as XLSX."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "findings.xlsx"
        write_table(rows, path, sheet="findings")
        return path.read_bytes()


def findings_layer(rows: GeoDataFrame) -> bytes:
    """Features with findings as GeoPackage."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "findings.gpkg"
        shapes = rows.set_geometry(shapely.force_2d(rows.geometry.to_numpy()), crs=rows.crs)
        pyogrio.write_dataframe(shapes, path, driver="GPKG", layer="findings", promote_to_multi=True)
        return path.read_bytes()
