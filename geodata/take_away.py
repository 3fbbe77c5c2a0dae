"""Several layers, whole or in part, as one file to take away, with what they were made of beside or in it.

=========  ==========================================================  ============================
format     what it holds                                               coordinates
=========  ==========================================================  ============================
GPKG       a layer each, field names of the schema                     any of `CRSS`
SHP        a zip: DBF names in GBK, a table of names beside each       any of `CRSS`
GEOJSON    one layer, or a zip of several; RFC 7946                    degrees (EPSG:4490)
KML        a folder each, codes in words                               degrees (EPSG:4490)
DXF        a drawing layer each by its Chinese name, a label each      metres
XLSX       a sheet each, attributes in words, measured size            none
=========  ==========================================================  ============================
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import ezdxf.filemanagement
import ezdxf.units
import pandas as pd
import pyogrio
import shapely
from ezdxf.document import Drawing
from geopandas import GeoDataFrame

from geodata import exporting, measures, workbook
from geodata.exporting import ILLUSTRATIVE, ExportError
from geodata.i18n import Language, Text, label, text
from geodata.schema import DRAWING_CRS, EXISTING, STORE_CRS, Field, Kind, LayerSchema, schema_of

Format = Literal["GPKG", "SHP", "GEOJSON", "KML", "DXF", "XLSX"]
FORMATS: tuple[Format, ...] = get_args(Format)
CRSS: dict[str, Text] = {
    STORE_CRS: label("CGCS2000 经纬度", "CGCS2000 degrees"),
    DRAWING_CRS: label("CGCS2000 3°带 中央经线117°（不加带号）", "CGCS2000 3° GK, 117°E (no zone number)"),
    "EPSG:4527": label("CGCS2000 3°带 第39带（加带号）", "CGCS2000 3° GK, zone 39 (zone number)"),
}
"""Coordinate systems that are offered → their names."""
_OF_DEGREES = (STORE_CRS,)
_OF_METRES = (DRAWING_CRS, "EPSG:4527")
_ALLOWED: dict[Format, tuple[str, ...]] = {
    "GPKG": tuple(CRSS),
    "SHP": tuple(CRSS),
    "GEOJSON": _OF_DEGREES,
    "KML": _OF_DEGREES,
    "DXF": _OF_METRES,
    "XLSX": _OF_DEGREES,
}
_GETA = "〓"
"""What stands for a sign that GBK lacks, as in Chinese and Japanese print."""
_LABEL_M = 8.0
_COLOURS = (1, 5, 3, 6, 30, 4, 40, 94, 140, 200, 8)
"""Colour numbers of AutoCAD, one for each layer in turn."""


@dataclass(frozen=True)
class Part:
    """Some features of a layer, EPSG:4490, and in words what they were made of: version, day, filters."""

    layer: str
    frame: GeoDataFrame
    told: str
    illustrative: bool

    @property
    def schema(self) -> LayerSchema:
        """The schema of the layer."""
        return schema_of(self.layer)

    def description(self) -> str:
        """What it was made of, with the mark of illustrative data in both languages."""
        marks = [ILLUSTRATIVE.in_("zh"), ILLUSTRATIVE.in_("en")] if self.illustrative else []
        return " · ".join([f"{self.schema.title.in_('zh')} {self.layer}", self.told, *marks])


@dataclass(frozen=True)
class Package:
    """A file to take away."""

    content: bytes
    ending: str


def crss_of(form: Format) -> tuple[str, ...]:
    """The coordinate systems that a format can hold, the usual one first."""
    return _ALLOWED[form]


def pack(parts: Sequence[Part], form: Format, crs: str, language: Language) -> Package:
    """The parts as one file.

    Raises
    ------
    ExportError
        There is nothing to take, or the format can't hold these coordinates.
    """
    if not parts:
        raise ExportError(text("Choose at least one layer to take away."))
    if crs not in _ALLOWED[form]:
        raise ExportError(
            text(
                "{format} can’t hold {crs}; choose {known}.",
                format=form,
                crs=CRSS.get(crs, Text(crs)),
                known=CRSS[_ALLOWED[form][0]],
            )
        )
    placed = [Part(part.layer, _placed(part.frame, crs), part.told, part.illustrative) for part in parts]
    return _PACKERS[form](placed, crs, language)


def lost_in_gbk(parts: Sequence[Part]) -> list[str]:
    """The signs that a shapefile can't hold, because GBK lacks them; there 〓 stands for each."""
    lost: set[str] = set()
    for part in parts:
        for column in part.frame.select_dtypes(include=["str", "object"]):
            for value in part.frame[column].dropna().unique():
                lost |= {sign for sign in str(value) if not _is_in_gbk(sign)}
    return sorted(lost)


def _is_in_gbk(sign: str) -> bool:
    try:
        sign.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _placed(frame: GeoDataFrame, crs: str) -> GeoDataFrame:
    return frame if crs == STORE_CRS else frame.to_crs(crs)


def _readme(parts: Sequence[Part], crs: str | None, language: Language) -> str:
    lines = [part.description() + f" · {len(part.frame)}" for part in parts]
    if crs is not None:
        lines.append(f"{text('Coordinates').in_(language)}: {CRSS[crs].in_(language)} ({crs})")
    return "\r\n".join(lines) + "\r\n"


def _zipped(files: Sequence[tuple[str, bytes]], readme: str) -> Package:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*files, ("README.txt", readme.encode("utf-8-sig"))]:
            archive.writestr(name, content)
    return Package(written.getvalue(), "zip")


def _files_in(folder: Path) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]


def _pack_gpkg(parts: Sequence[Part], crs: str, language: Language) -> Package:
    del crs, language
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.gpkg"
        for part in parts:
            exporting.WRITERS[".gpkg"](part.frame, part.schema, path, part.description())
        return Package(path.read_bytes(), "gpkg")


def _pack_shp(parts: Sequence[Part], crs: str, language: Language) -> Package:
    with tempfile.TemporaryDirectory() as folder:
        for part in parts:
            frame = part.frame.copy()
            for column in frame.select_dtypes(include=["str", "object"]):
                frame[column] = frame[column].map(_to_gbk, na_action="ignore")
            path = Path(folder) / f"{part.layer}.shp"
            exporting.WRITERS[".shp"](frame, part.schema, path, part.description())
        return _zipped(_files_in(Path(folder)), _readme(parts, crs, language))


def _to_gbk(value: object) -> object:
    return "".join(sign if _is_in_gbk(sign) else _GETA for sign in value) if isinstance(value, str) else value


def _pack_geojson(parts: Sequence[Part], crs: str, language: Language) -> Package:
    with tempfile.TemporaryDirectory() as folder:
        for part in parts:
            path = Path(folder) / f"{part.layer}.geojson"
            pyogrio.write_dataframe(
                part.frame.set_crs("EPSG:4326", allow_override=True),  # as RFC 7946 has it; a decimetre at most
                path,
                driver="GeoJSON",
                layer_options={"RFC7946": "YES", "COORDINATE_PRECISION": "9", "DESCRIPTION": part.description()},
            )
        files = _files_in(Path(folder))
    if len(files) == 1:
        return Package(files[0][1], "geojson")
    return _zipped(files, _readme(parts, crs, language))


def _pack_kml(parts: Sequence[Part], crs: str, language: Language) -> Package:
    del crs
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.kml"
        for part in parts:
            table = in_words(part.frame, part.schema, language)
            rows = pd.DataFrame({"Name": _names(part), "Description": part.description()}, index=part.frame.index)
            # The standard's coordinates are WGS 84; CGCS2000 differs from it by less than a decimetre.
            shapes = part.frame.geometry.set_crs("EPSG:4326", allow_override=True)
            table = table.add_prefix("_") if {"Name", "Description"} & set(table) else table
            frame = GeoDataFrame(pd.concat([rows, table.astype("str")], axis=1), geometry=shapes)
            pyogrio.write_dataframe(frame, path, driver="LIBKML", layer=part.schema.title.in_(language))
        return Package(path.read_bytes(), "kml")


def _names(part: Part) -> pd.Series[str]:
    """What features are called: name or enterprise, else the key."""
    keys: pd.Series[str] = part.frame[part.schema.key].astype("str")
    for field in ("name", "enterprise"):
        if field in part.frame:
            keys = part.frame[field].where(part.frame[field].notna(), keys).astype("str")
    return keys


def _pack_dxf(parts: Sequence[Part], crs: str, language: Language) -> Package:
    drawing = ezdxf.filemanagement.new("R2010", setup=True)
    drawing.units = ezdxf.units.M
    drawing.header["$LUNITS"] = 2
    drawing.styles.add("HZ", font="simsun.ttf")
    space = drawing.modelspace()
    for number, part in enumerate(parts):
        layer = part.schema.title.in_("zh")
        drawing.layers.add(layer, color=_COLOURS[number % len(_COLOURS)])
        for name, shape in zip(_names(part), part.frame.geometry, strict=True):
            if shape is not None and not shape.is_empty:
                _draw(space, shape, layer)
                place = shape.representative_point()
                space.add_text(
                    name, height=_LABEL_M, dxfattribs={"layer": layer, "style": "HZ", "insert": (place.x, place.y)}
                )
    _draw_note(drawing, parts, crs, language)
    written = io.StringIO()
    drawing.write(written)
    return Package(written.getvalue().encode("utf-8"), "dxf")


def _draw(space: Any, shape: shapely.Geometry, layer: str) -> None:
    """A shape as the entities of a drawing: points, lines, and closed lines of every ring."""
    attributes = {"layer": layer}
    for part in shapely.get_parts(shape):
        match part.geom_type:
            case "Point":
                space.add_point((part.x, part.y), dxfattribs=attributes)
            case "LineString":
                space.add_lwpolyline(shapely.get_coordinates(part), dxfattribs=attributes)
            case "Polygon":
                for ring in (part.exterior, *part.interiors):
                    space.add_lwpolyline(shapely.get_coordinates(ring)[:-1], close=True, dxfattribs=attributes)


def _draw_note(drawing: Drawing, parts: Sequence[Part], crs: str, language: Language) -> None:
    """What the drawing was made of, below it."""
    bounds = [part.frame.total_bounds for part in parts if len(part.frame)]
    west = min((bound[0] for bound in bounds), default=0.0)
    south = min((bound[1] for bound in bounds), default=0.0)
    drawing.layers.add("说明", color=1)
    for number, line in enumerate(_readme(parts, crs, language).splitlines()):
        place = (west, south - (number + 2) * 4 * _LABEL_M)
        drawing.modelspace().add_text(
            line, height=2 * _LABEL_M, dxfattribs={"layer": "说明", "style": "HZ", "insert": place}
        )


def _pack_xlsx(parts: Sequence[Part], crs: str, language: Language) -> Package:
    del crs
    sheets = []
    for part in parts:
        rows = in_words(part.frame, part.schema, language)
        columns = {name: workbook.Column(name, "text") for name in map(str, rows)}
        for name, number in _numbers(part, language):
            rows[name] = number
            columns[name] = workbook.Column(name, "decimal")
        sheets.append(workbook.Sheet(part.schema.title.in_(language), rows, columns, [part.description()]))
    return Package(workbook.to_workbook(sheets), "xlsx")


def _numbers(part: Part, language: Language) -> Iterator[tuple[str, pd.Series[float]]]:
    """The columns that are numbers, by their headings: those of the schema, and the measured size."""
    for field in part.schema.fields:
        if field.kind in (Kind.NUMBER, Kind.INTEGER):
            yield field.label.in_(language), part.frame[field.name].astype("float64")
    if part.schema.geometry == "Polygon":
        yield label("量算面积（公顷）", "Measured area (ha)").in_(language), measures.area_ha(part.frame)
    elif part.schema.geometry == "LineString":
        yield label("量算长度（m）", "Measured length (m)").in_(language), measures.length_m(part.frame)


def in_words(frame: GeoDataFrame, schema: LayerSchema, language: Language) -> pd.DataFrame:
    """Attributes under their headings, codes and dates in words, "" for what there is not."""
    known = {field.name: field for field in schema.fields}
    columns = {}
    for name in frame.columns:
        if name == frame.geometry.name:
            continue
        field = known.get(name)
        heading = field.label.in_(language) if field else str(name)
        columns[heading] = [_said(field, value, language) for value in frame[name]]
    return pd.DataFrame(columns, index=frame.index, dtype="str")


def _said(field: Field | None, value: Any, language: Language) -> str:
    if pd.isna(value):
        return ""
    match field and field.kind:
        case Kind.DATE:
            return text("existing").in_(language) if value == EXISTING else f"{value:%Y-%m-%d}"
        case Kind.CODE if field is not None:
            name = field.codes.get(str(value)) or field.codes.get(str(value)[:2])
            return str(value) if name is None else f"{name.in_(language)} ({value})"
        case Kind.FLAG:
            return (text("yes") if value else text("no")).in_(language)
        case Kind.NUMBER:
            return f"{value:g}"
        case _:
            return str(value)


_PACKERS: dict[Format, Callable[[Sequence[Part], str, Language], Package]] = {
    "GPKG": _pack_gpkg,
    "SHP": _pack_shp,
    "GEOJSON": _pack_geojson,
    "KML": _pack_kml,
    "DXF": _pack_dxf,
    "XLSX": _pack_xlsx,
}
