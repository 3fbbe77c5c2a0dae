"""Formats that GDAL reads whole: GeoPackage, GeoJSON, KML and KMZ, FlatGeobuf, file geodatabases."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geodata import archive, crs, encoding
from geodata.archive import shown
from geodata.choices import Choices
from geodata.encoding import Value
from geodata.findings import Finding, Severity, found
from geodata.formats.base import (
    GDAL_ERRORS,
    Content,
    Source,
    UnreadableError,
    UploadFile,
    built,
    damaged,
    decoded_whole,
    empty,
    fresh,
    link,
    names_listed,
    no_layer,
    open_layers,
    plain_column,
    starts_with,
    unsupported,
    without_flat_heights,
)
from geodata.formats.descriptions import attributes_in
from geodata.i18n import text
from geodata.reading import LayerInfo


@dataclass
class GdalSource:
    """A layer that GDAL reads, table and all."""

    name: str
    path: Path
    layer: str | int | None = None
    expected: int | None = None
    """How many features our own count found; None when there is none."""
    null_rows: frozenset[int] | None = None
    """Rows that have no geometry in the file, where that is known."""
    drop_columns: tuple[str, ...] = ()
    """Columns of the driver's own that are left out when they say nothing."""
    in_descriptions: bool = False
    """Whether the attributes may stand as a table in the column `description`."""
    flat_heights: bool = False
    """Whether heights that are all 0 mean nothing in this format."""
    findings: tuple[Finding, ...] = ()

    def peek(self) -> LayerInfo:
        """What GDAL says of it."""
        info = pyogrio.read_info(self.path, layer=self.layer, force_feature_count=True, force_total_bounds=True)
        bounds = info.get("total_bounds")
        fields = [str(name) for name in info["fields"] if name not in self.drop_columns]
        return LayerInfo(
            self.name,
            max(0, int(info["features"])),
            _base_name(info["geometry_type"]),
            crs.code_of(_known_crs(info["crs"])),
            info.get("encoding"),
            fields,
            tuple(bounds) if bounds is not None and np.isfinite(bounds).all() else None,
        )

    def read(self, choices: Choices) -> Content:  # noqa: ARG002
        """Read it, and hold the number of features against our own count."""
        lost: tuple[int, ...] = ()
        try:
            meta, _, wkb, values = pyogrio.raw.read(self.path, layer=self.layer)
        except UnicodeDecodeError:
            meta, _, wkb, values = pyogrio.raw.read(self.path, layer=self.layer, encoding="ISO-8859-1")
            values, lost = _again_as_utf8(values)
        if wkb is None:
            raise UnreadableError(no_layer(()))
        geometry, failed = built(wkb)
        if self.null_rows is not None and len(geometry) == self.expected:
            null = np.zeros(len(geometry), dtype=bool)
            null[list(self.null_rows)] = True
            failed |= shapely.is_missing(geometry) & ~null
        findings = list(self.findings)
        if self.expected is not None and self.expected != len(geometry):
            findings.append(
                found(
                    "COUNT_MISMATCH",
                    text(
                        "“{name}” says it has {claimed} features, {read} could be read.",
                        name=shown(self.name),
                        claimed=self.expected,
                        read=len(geometry),
                    ),
                )
            )
        if lost:
            findings.append(
                found("ENCODING_LOST", text("Texts hold bytes that are no characters; they show as �."), rows=lost)
            )
        names = [str(name) for name in meta["fields"]]
        columns = pd.DataFrame(
            {number: plain_column(column) for number, column in enumerate(values)}, index=range(len(geometry))
        )
        keep = [
            number for number, name in enumerate(names)
            if name not in self.drop_columns or not _says_nothing(columns[number])
        ]  # fmt: skip
        columns = columns[keep].set_axis([names[number] for number in keep], axis=1)
        if self.in_descriptions:
            columns, told = _with_described(columns)
            findings += told
        if self.flat_heights:
            geometry = without_flat_heights(geometry)
        return Content(
            columns.set_axis(range(columns.shape[1]), axis=1),
            geometry,
            failed,
            _known_crs(meta["crs"]),
            "UTF-8",
            findings,
            names=[str(name) for name in columns.columns],
            crs_missing=text("The file declares no CRS."),
        )


def _with_described(columns: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The columns with those that stand as a table in the descriptions, in place of them."""
    names = [str(name) for name in columns.columns]
    described = attributes_in(columns["description"].tolist()) if names.count("description") == 1 else None
    if described is None:
        return columns, []
    known = {name.casefold(): columns.iloc[:, place].astype(str).tolist() for place, name in enumerate(names)}
    again = [name for name in described if known.get(str(name).casefold()) == described[name].astype(str).tolist()]
    note = found(
        "REPAIRED",
        text(
            "The tables in the descriptions were read as {count} columns: {columns}.",
            count=described.shape[1],
            columns=names_listed([str(name) for name in described.columns]),
        ),
        severity=Severity.NOTE,
    )
    return pd.concat([columns.drop(columns="description"), described.drop(columns=again)], axis=1), [note]


def _again_as_utf8(values: Sequence[Any]) -> tuple[list[Any], tuple[int, ...]]:
    """Texts read byte by byte, as UTF-8 after all; and the rows where that is not possible."""
    rows: set[int] = set()
    again = []
    for column in values:
        if column.dtype == object:
            decoded: list[Any] = []
            for row, value in enumerate(column):
                if not isinstance(value, str):
                    decoded.append(value)
                    continue
                raw = value.encode("latin-1", errors="replace")
                content = raw.decode("utf-8", errors="replace")
                if "�" in content:
                    rows.add(row)
                decoded.append(content)
            again.append(np.array(decoded, dtype=object))
        else:
            again.append(column)
    return again, tuple(sorted(rows))


def _says_nothing(column: pd.Series[Any]) -> bool:
    return len(set(column.dropna().astype(str)) - {"", "-1", "0"}) == 0


def _known_crs(given: Any) -> CRS | None:
    if not given:
        return None
    try:
        known = CRS.from_user_input(given)
    except (CRSError, ValueError):
        return None
    return None if known.is_engineering or known.name.lower().startswith(("undefined", "unknown")) else known


def _base_name(geometry_type: str | None) -> str | None:
    if not geometry_type or geometry_type == "Unknown":
        return None
    return str(geometry_type).split(" ")[0]


def geopackage(file: UploadFile, staging: Path) -> list[Source]:
    """The layers of a GeoPackage; its pages are checked and its rows counted first."""
    starts_with(file, b"SQLite format 3\0")
    # A journal beside the file could change what is read; a copy of our own has none.
    copy = staging / f"{fresh(staging)}.gpkg"
    link(file.path, copy)
    try:
        with contextlib.closing(sqlite3.connect(f"file:{copy.absolute()}?mode=ro&immutable=1", uri=True)) as database:
            sound = database.execute("PRAGMA quick_check(1)").fetchone()
            if not sound or sound[0] != "ok":
                raise UnreadableError(damaged(file.file_name))
            layers = [layer for layer in open_layers(replace(file, path=copy)) if layer[1] is not None]
            counts = {
                name: database.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0]  # noqa: S608
                for name, _ in layers
            }
            claimed = _claimed_counts(database)
    except sqlite3.Error:
        raise UnreadableError(damaged(file.file_name)) from None
    if not layers:
        raise UnreadableError(no_layer(()))
    sources: list[Source] = []
    for name, _ in layers:
        there = counts[name]
        says = claimed.get(name.lower())
        findings: tuple[Finding, ...] = ()
        if says is not None and says != there:
            findings = (
                found(
                    "COUNT_MISMATCH",
                    text(
                        "The layer “{name}” says it has {claimed} features, it holds {read}.",
                        name=shown(name),
                        claimed=says,
                        read=there,
                    ),
                ),
            )
        sources.append(GdalSource(name, copy, name, expected=there, findings=findings))
    return sources


def _claimed_counts(database: sqlite3.Connection) -> dict[str, int]:
    try:
        rows = database.execute("SELECT lower(table_name), feature_count FROM gpkg_ogr_contents").fetchall()
    except sqlite3.Error:
        return {}
    return {name: count for name, count in rows if isinstance(name, str) and isinstance(count, int)}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def geojson(file: UploadFile, staging: Path) -> list[Source]:
    """The one layer of a GeoJSON, its features counted by ourselves."""
    content = file.path.read_bytes()
    findings: list[Finding] = []
    content_text, used, rewritten = decoded_whole(content, file.encoding)
    if used.findings:
        findings += used.findings
    nonfinite: list[str] = []

    def constant(name: str) -> float:
        nonfinite.append(name)
        return float("nan")

    try:
        document = json.loads(content_text, parse_constant=constant)
    except (ValueError, RecursionError):
        raise UnreadableError(damaged(file.file_name)) from None
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
            raise UnreadableError(damaged(file.file_name))
        findings += _check_members(features)
    elif kind == "Feature":
        features = [document]
    elif kind in _GEOJSON_TYPES:
        features = [{"type": "Feature", "geometry": document}]
    elif isinstance(document, dict) and {"geometryType", "spatialReference"} & document.keys():
        raise UnreadableError(_esri_json(file.file_name))
    else:
        raise UnreadableError(unsupported(file.file_name))
    if nonfinite:
        findings.append(
            found("NONFINITE_COORD", text("Coordinates are no numbers (NaN or infinity)."), count=len(nonfinite))
        )
        raise UnreadableError(*findings)
    nulls = frozenset(row for row, each in enumerate(features) if each.get("geometry") is None)
    if not features:
        raise UnreadableError(*findings, empty(file.stem))
    path = staging / f"{fresh(staging)}.geojson"
    if rewritten:
        path.write_text(content_text, encoding="utf-8")
    else:
        link(file.path, path)
    open_layers(replace(file, path=path))
    name = document.get("name") if isinstance(document.get("name"), str) else None
    return [GdalSource(name or file.stem, path, 0, expected=len(features), null_rows=nulls, findings=tuple(findings))]


def _esri_json(name: str) -> Finding:
    return found(
        "UNSUPPORTED",
        text("“{name}” is Esri JSON, which is not read. Export the layer as GeoJSON or GeoPackage.", name=shown(name)),
    )


def _check_members(features: Sequence[dict[str, object]]) -> list[Finding]:
    """Features without a member that they must have, or that the others have."""
    some = any("properties" in each for each in features)
    rows = [
        row
        for row, each in enumerate(features)
        if "geometry" not in each or each.get("type") != "Feature" or (some and "properties" not in each)
    ]
    message = text("Features of the GeoJSON are damaged: their geometry or properties are missing.")
    return [found("CORRUPT", message, rows=rows)] if rows else []


_GEOJSON_TYPES = {
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
}  # fmt: skip


_KML_COLUMNS = (
    "id", "description", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility",
    "drawOrder", "icon", "snippet",
)  # fmt: skip


_PLACEMARK = re.compile(rb"<(?:\w+:)?Placemark[\s>/]")


_COORDINATES = re.compile(rb"<(?:\w+:)?coordinates>([^<]*)<")
_NO_COORDINATES = re.compile(rb"[^-+0-9eE.,\s]|[0-9.]\s*[-+](?=[0-9.])|\.\d*\.")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)


def kml(file: UploadFile, staging: Path) -> list[Source]:
    """The folders of a KML that hold places."""
    content = file.path.read_bytes()
    head = content[:4096]
    if b"<kml" not in head and b":kml" not in head and b"<\0k\0m\0l\0" not in head:
        raise UnreadableError(
            found("CORRUPT", text("“{name}” is damaged, or not what its ending says.", name=shown(file.file_name)))
        )
    if _ENTITY.search(content):
        raise UnreadableError(
            found(
                "UNSUPPORTED",
                text("“{name}” defines entities of its own; such files are not read.", name=shown(file.file_name)),
            )
        )
    if any(_NO_COORDINATES.search(each) for each in _COORDINATES.findall(content)):
        raise UnreadableError(damaged(file.file_name))
    path = staging / f"{fresh(staging)}.kml"
    path.write_bytes(_as_utf8_xml(content))
    layers = open_layers(replace(file, path=path))
    counts = {name: _feature_count(path, name) for name, _ in layers}
    filled = [name for name, count in counts.items() if count]
    placemarks = len(_PLACEMARK.findall(content))
    if not filled:
        raise UnreadableError(empty(file.stem) if not placemarks else damaged(file.file_name))
    findings: tuple[Finding, ...] = ()
    if sum(counts.values()) < placemarks:
        findings = (
            found(
                "COUNT_MISMATCH",
                text(
                    "“{name}” says it has {claimed} features, {read} could be read.",
                    name=shown(file.file_name),
                    claimed=placemarks,
                    read=sum(counts.values()),
                ),
            ),
        )
    return [
        GdalSource(
            name if len(filled) > 1 else file.stem, path, name, drop_columns=_KML_COLUMNS, flat_heights=True,
            in_descriptions=True, findings=findings,
        )
        for name in filled
    ]  # fmt: skip


_XML_ENCODING = re.compile(rb"""^(<\?xml[^>]*?encoding\s*=\s*["'])([\w.-]+)(["'])""")


def _as_utf8_xml(content: bytes) -> bytes:
    """An XML file in UTF-8: the parser below knows few other encodings."""
    declared = _XML_ENCODING.match(content.removeprefix(b"\xef\xbb\xbf"))
    if declared is None:
        return content
    name = encoding.normalise(declared[2].decode("ascii", "replace"))
    if name in (None, "UTF-8"):
        return content
    decoded = encoding.decode(Value(content), str(name))[0]
    return _XML_ENCODING.sub(rb"\1UTF-8\3", decoded.encode("utf-8"))


def _feature_count(path: Path, layer: str) -> int:
    try:
        return int(pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"])
    except GDAL_ERRORS:
        return 0


def kmz(file: UploadFile, staging: Path) -> list[Source]:
    """The folders of the first document in a KMZ."""
    contents = archive.look_through(file.path)
    if contents.findings:
        raise UnreadableError(*contents.findings)
    documents = [entry for entry in contents.entries if entry.suffix == ".kml"]
    if not documents:
        raise UnreadableError(no_layer(()))
    target = staging / f"{fresh(staging)}.doc"
    broken = archive.unpack(file.path, [(documents[0], target)])
    if broken:
        raise UnreadableError(*broken)
    return kml(UploadFile(f"{file.stem}.kml", target), staging)


def flatgeobuf(file: UploadFile, staging: Path) -> list[Source]:
    """The one layer of a FlatGeobuf."""
    starts_with(file, b"fgb\x03fgb")
    path = staging / f"{fresh(staging)}.fgb"
    link(file.path, path)
    layers = open_layers(replace(file, path=path))
    if not layers:
        raise UnreadableError(damaged(file.file_name))
    claimed = _feature_count(path, layers[0][0])
    return [GdalSource(layers[0][0] or file.stem, path, 0, expected=claimed if claimed > 0 else None)]


def geodatabase_layers(files: Sequence[UploadFile]) -> list[Source]:
    """The layers of a file geodatabase, its files in one folder of ours."""
    folder = files[0].path.parent
    name = files[0].name.rsplit("/", 2)[-2] if "/" in files[0].name else folder.name
    if folder.suffix.lower() != ".gdb":
        raise UnreadableError(damaged(name))
    layers = [layer for layer in open_layers(UploadFile(name, folder)) if layer[1] is not None]
    if not layers:
        raise UnreadableError(no_layer(()))
    return [GdalSource(layer, folder, layer, expected=_feature_count(folder, layer)) for layer, _ in layers]
