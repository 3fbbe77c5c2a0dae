"""What an upload holds and how each format is read, in the process this runs in.

`read_here` is the whole of it: find the layers of the upload, let one be chosen, read it, judge it. Each format is a
row of `FORMATS`. Files from outside are only ever opened under names of our own, in the staging folder.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shutil
import sqlite3
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pyproj import CRS
from pyproj.exceptions import CRSError

from geodata import archive, crs, encoding, shapefile
from geodata.archive import Entry, shown
from geodata.choices import Choices
from geodata.encoding import Value
from geodata.findings import Finding, Severity, found
from geodata.i18n import Text, text
from geodata.reading import LayerInfo, Reading, TableReading

Geometries = npt.NDArray[np.object_]

_GDAL_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.CRSError,
    RuntimeError,
    ValueError,
    UnicodeDecodeError,
    UnboundLocalError,
    OverflowError,
    CRSError,
)
_MAX_COORDINATE = 1e9
_GEODATABASE_FILE = re.compile(r"a[0-9a-f]{8}\.(gdbtable|gdbtablx|gdbindexes|freelist)|gdb|timestamps")

# Tables come as text with their header among the rows; drawings byte by byte, to be decoded here.
pyogrio.set_gdal_config_options(
    {"OGR_XLSX_FIELD_TYPES": "STRING", "OGR_XLSX_HEADERS": "DISABLE", "DXF_ENCODING": "ISO-8859-1"}
)


@dataclass
class Content:
    """A layer as its format gave it, before it is judged."""

    columns: pd.DataFrame
    geometry: Geometries
    failed: npt.NDArray[np.bool_]
    """Rows whose geometry the file has but that can't be built."""
    crs: CRS | None
    encoding: str | None
    findings: list[Finding] = field(default_factory=list)
    has_z: bool | None = None
    """Whether the file has heights or measures; None when the geometries tell."""
    names: list[str] | None = None
    """Column names as the file has them, where two are the same; None when `columns` has them."""
    crs_missing: Text | None = None
    """Why there is no CRS, where the format is expected to have one."""


class Source(Protocol):
    """A layer that was found in an upload and is not read yet."""

    name: str

    def peek(self) -> LayerInfo:
        """What can be said of the layer without reading it."""
        ...

    def read(self, choices: Choices) -> Content:
        """Read it."""
        ...


class UnreadableError(Exception):
    """A layer can't be read at all; carries the findings that say why."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__()
        self.findings = list(findings)


@dataclass(frozen=True)
class UploadFile:
    """A file of an upload: the name people gave it, and where it really is."""

    name: str
    path: Path

    @property
    def folder(self) -> str:
        """The folder it was in, in lower case."""
        return self.name.rsplit("/", 1)[0].casefold() if "/" in self.name else ""

    @property
    def file_name(self) -> str:
        """Its name without folders."""
        return self.name.rsplit("/", 1)[-1]

    @property
    def suffix(self) -> str:
        """Its suffix in lower case."""
        return Path(self.file_name).suffix.lower()

    @property
    def stem(self) -> str:
        """Its name without folders and suffix."""
        return Path(self.file_name).stem


# --- the whole -------------------------------------------------------------------------------------------------------


def read_here(path: Path, choices: Choices, staging: Path) -> Reading:
    """Read an upload in this process; `staging` is an empty folder to unpack in."""
    name = str(path)
    try:
        sources, findings = find_sources(path, staging)
    except UnreadableError as error:
        return Reading(name, [], error.findings, None)
    except OSError:
        return Reading(name, [], [_no_file(path)], None)
    if not sources:
        return Reading(name, [], findings or [_no_layer(())], None)
    source, choosing = _choose(sources, choices.layer_name)
    findings += choosing
    if source is None:
        layers = []
        for each in sources:
            with contextlib.suppress(UnreadableError, OSError, *_GDAL_ERRORS):
                layers.append(each.peek())
        return Reading(name, layers, findings, None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = source.read(choices)
            frame, info, judged = judge(source.name, content, choices)
    except UnreadableError as error:
        return Reading(name, [], findings + error.findings, None)
    except _GDAL_ERRORS:
        return Reading(name, [], [*findings, _damaged(source.name)], None)
    return Reading(name, [info], findings + content.findings + judged, frame)


def _choose(sources: Sequence[Source], wanted: str | None) -> tuple[Source | None, list[Finding]]:
    if wanted is not None:
        for same in (str, str.casefold):
            matching = [source for source in sources if same(source.name) == same(wanted)]
            if matching:
                return matching[0], []
        return None, [_no_layer([source.name for source in sources], wanted)]
    if len(sources) == 1:
        return sources[0], []
    names = ", ".join(shown(source.name, limit=40) for source in sources[:20])
    return None, [
        found(
            "SEVERAL_LAYERS",
            text("The upload holds {count} layers; choose one of: {names}.", count=len(sources), names=names),
        )
    ]


def _no_layer(names: Sequence[str], wanted: str | None = None) -> Finding:
    if wanted is not None:
        return found(
            "NO_LAYER",
            text(
                "The upload has no layer “{wanted}”; it has: {names}.",
                wanted=shown(wanted),
                names=", ".join(shown(name, limit=40) for name in names[:20]),
            ),
        )
    return found("NO_LAYER", text("No layer with geometry was found in the upload."))


def _no_file(path: Path) -> Finding:
    return found("NO_LAYER", text("There is no readable file “{name}”.", name=shown(path.name)))


def _damaged(name: str) -> Finding:
    return found(
        "CORRUPT",
        text("“{name}” is damaged: it can't be read. Save it again from the program it is from.", name=shown(name)),
    )


# --- finding the layers ----------------------------------------------------------------------------------------------


def find_sources(path: Path, staging: Path) -> tuple[list[Source], list[Finding]]:
    """The layers an upload holds, unpacked where it is an archive."""
    if path.is_dir():
        files = _files_of_folder(path, staging)
    elif not path.is_file():
        return [], [_no_file(path)]
    else:
        files = _files_of_file(path, staging)
    return _sources_of(files, staging)


def _files_of_file(path: Path, staging: Path) -> list[UploadFile]:
    size = path.stat().st_size
    if size > archive.MAX_UPLOAD_BYTES:
        raise UnreadableError(_upload_too_large(size))
    if not size:
        raise UnreadableError(found("CORRUPT", text("“{name}” is empty.", name=shown(path.name))))
    suffix = path.suffix.lower()
    if suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
        return _parts_beside(path)
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")) and suffix not in (".xlsx", ".kmz"):
        return _unpacked(path, staging)
    if suffix == ".zip":
        if start.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
            raise UnreadableError(_unsupported(path.name))
        raise UnreadableError(
            found("CORRUPT", text("“{name}” is no zip archive, or its beginning is damaged.", name=shown(path.name)))
        )
    return [UploadFile(path.name, path)]


def _parts_beside(path: Path) -> list[UploadFile]:
    """The parts of a loose shapefile: the files beside it that have its name."""
    stem = path.stem.casefold()
    parts = [
        UploadFile(each.name, each)
        for each in sorted(path.parent.iterdir())
        if each.stem.casefold() == stem and each.suffix.lower() in shapefile.PARTS and each.is_file()
    ]
    exact = {part.suffix: part for part in parts if part.stem == path.stem}
    return [part for part in parts if exact.get(part.suffix, part) is part]


def _files_of_folder(folder: Path, staging: Path) -> list[UploadFile]:
    files: list[UploadFile] = []
    total = count = 0
    base = folder.name if folder.suffix.lower() == ".gdb" else ""
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root) / name
            count += 1
            if count > archive.MAX_ENTRIES:
                raise UnreadableError(
                    found(
                        "TOO_MANY_ENTRIES",
                        text(
                            "The folder holds more than {limit} files; that many are not read.",
                            limit=archive.MAX_ENTRIES,
                        ),
                    )
                )
            if path.is_symlink() or not path.is_file():
                raise UnreadableError(
                    found("UNSAFE_PATH", text("“{name}” is a link; put the file itself there.", name=shown(name)))
                )
            total += path.stat().st_size
            shown_name = "/".join([*([base] if base else []), *path.relative_to(folder).parts])
            if not archive.is_noise(shown_name):
                files.append(UploadFile(shown_name, path))
    if total > archive.MAX_UPLOAD_BYTES:
        raise UnreadableError(_upload_too_large(total))
    unpacked: list[UploadFile] = []
    for each in files:
        if each.suffix == ".zip":
            unpacked += _unpacked(each.path, staging)
        else:
            unpacked.append(each)
    return unpacked


def _unpacked(path: Path, staging: Path) -> list[UploadFile]:
    """The wanted files of a zip, unpacked under names of our own."""
    contents = archive.look_through(path, nested_allowed=(".kmz",))
    if contents.findings:
        raise UnreadableError(*contents.findings)
    wanted = [entry for entry in contents.entries if _is_wanted(entry)]
    if not wanted:
        raise UnreadableError(_nothing_wanted([entry.file_name for entry in contents.entries]))
    targets = []
    files = []
    folders: dict[str, str] = {}
    room = Path(staging) / f"zip{len(list(staging.iterdir()))}"
    room.mkdir()
    for number, entry in enumerate(wanted):
        if _is_geodatabase_file(entry):
            inside = room / folders.setdefault(entry.folder, f"{len(folders)}.gdb")
            inside.mkdir(exist_ok=True)
            target = inside / entry.file_name.lower()
        else:
            target = room / f"{number}{entry.suffix}"
        targets.append((entry, target))
        files.append(UploadFile(entry.name, target))
    broken = archive.unpack(path, targets)
    if broken:
        raise UnreadableError(*broken)
    return files


def _is_geodatabase_file(entry: Entry) -> bool:
    return bool(_GEODATABASE_FILE.fullmatch(entry.file_name.lower()))


def _is_wanted(entry: Entry) -> bool:
    return entry.suffix in FORMATS or entry.suffix in shapefile.PARTS or _is_geodatabase_file(entry)


def _nothing_wanted(names: Sequence[str]) -> Finding:
    for name in names:
        if Path(name).suffix.lower() in _NOT_READ:
            return _unsupported(name)
    return _no_layer(())


def _sources_of(files: Sequence[UploadFile], staging: Path) -> tuple[list[Source], list[Finding]]:
    findings: list[Finding] = []
    sources: list[Source] = []
    groups: dict[tuple[str, str], dict[str, UploadFile]] = {}
    databases: dict[str, list[UploadFile]] = {}
    rest: list[UploadFile] = []
    for file in files:
        if _GEODATABASE_FILE.fullmatch(file.file_name.lower()):
            databases.setdefault(file.folder, []).append(file)
        elif file.suffix in shapefile.PARTS:
            group = groups.setdefault((file.folder, file.stem.casefold()), {})
            if file.suffix in group:
                findings.append(
                    found("DUPLICATE_ENTRY", text("There are two files called “{name}”.", name=shown(file.file_name)))
                )
            group[file.suffix] = file
        elif file.suffix in FORMATS:
            rest.append(file)
    shapes = [group for group in groups.values() if ".shp" in group]
    stems = Counter(group[".shp"].stem for group in shapes)
    for number, group in enumerate(shapes):
        shp = group[".shp"]
        name = shp.stem if stems[shp.stem] == 1 else shp.name.removesuffix(shp.name[-4:])
        room = staging / f"shp{number}"
        sources.append(ShapefileSource(name, {suffix: part.path for suffix, part in group.items()}, room))
    for database in databases.values():
        if any(file.suffix == ".gdbtable" for file in database):
            sources += _geodatabase_layers(database)
    places = [file for file in rest if file.suffix not in _TABLES]
    tables = [file for file in rest if file.suffix in _TABLES]
    optional = bool(sources) or len(places) > 1
    for file in places:
        try:
            sources += FORMATS[file.suffix](file, staging)
        except UnreadableError as error:
            if not (optional and file.suffix == ".json"):
                findings += error.findings
    if not sources and not findings:
        for file in tables:
            try:
                sources += FORMATS[file.suffix](file, staging)
            except UnreadableError as error:
                findings += error.findings
    if not sources and not findings:
        findings.append(_why_nothing(files, groups.values()))
    return sources, findings


def _why_nothing(files: Sequence[UploadFile], groups: Iterable[dict[str, UploadFile]]) -> Finding:
    for group in groups:
        for suffix in (".dbf", ".shx", ".prj", ".cpg"):
            if suffix in group:
                return found(
                    "NO_LAYER",
                    text(
                        "Of the shapefile “{name}” the .shp is missing, which holds the geometry. Add it.",
                        name=shown(group[suffix].stem),
                    ),
                )
    return _unsupported(files[0].file_name) if len(files) == 1 else _nothing_wanted([file.file_name for file in files])


_NOT_READ: dict[str, Text] = {
    ".rar": text("RAR archives are not read. Pack the files as a zip."),
    ".7z": text("7z archives are not read. Pack the files as a zip."),
    ".dwg": text("DWG drawings are not read. Save the drawing as DXF."),
    ".mdb": text("Personal geodatabases (.mdb) are not read. Export the layer as GeoPackage or shapefile."),
    ".xls": text("Old Excel files (.xls) are not read. Save the table as .xlsx or CSV."),
    ".mpk": text("Map packages are not read. Export the layer as GeoPackage or shapefile."),
    ".mxd": text("A map document holds no data. Export the layer as GeoPackage or shapefile."),
    ".tab": text("MapInfo tables are not read. Export the layer as GeoPackage or shapefile."),
    ".mif": text("MapInfo tables are not read. Export the layer as GeoPackage or shapefile."),
    ".gml": text("GML is not read. Export the layer as GeoPackage or shapefile."),
    ".pdf": text("A PDF is a picture of a map. Ask for the data as GeoPackage or shapefile."),
}


def _unsupported(name: str) -> Finding:
    reason = _NOT_READ.get(Path(name).suffix.lower())
    if reason is None:
        reason = text(
            "Read are zipped shapefiles, GeoPackage, GeoJSON, KML/KMZ, FlatGeobuf, GeoParquet, DXF, "
            "zipped file geodatabases, CSV and XLSX."
        )
    return found("UNSUPPORTED", text("“{name}” can't be read here. {reason}", name=shown(name), reason=reason))


def _upload_too_large(size: int) -> Finding:
    return found(
        "TOO_LARGE",
        text(
            "The upload is {size} MB; at most {limit} MB are read.",
            size=-(-size // 2**20),
            limit=archive.MAX_UPLOAD_BYTES // 2**20,
        ),
    )


# --- shapefiles ------------------------------------------------------------------------------------------------------


@dataclass
class ShapefileSource:
    """A shapefile: its own headers counted, its table read here, only its geometries read by GDAL."""

    name: str
    parts: dict[str, Path]
    room: Path

    def peek(self) -> LayerInfo:
        """Counts and type from the headers."""
        records = shapefile.read_records(self.parts[".shp"])
        fields: list[str] = []
        if ".dbf" in self.parts:
            table = shapefile.read_table_header(self.parts[".dbf"])
            fields = [shapefile.field_name(each, self._encoding(table, None).encoding) for each in table.fields]
        known, _ = self._crs()
        return LayerInfo(self.name, records.count, records.geometry_type, crs.code_of(known), None, fields, None)

    def read(self, choices: Choices) -> Content:
        """Read geometries and table and hold their counts against each other."""
        findings: list[Finding] = []
        records = shapefile.read_records(self.parts[".shp"])
        for problem in records.problems:
            findings.append(found("CORRUPT", problem))
        if records.problems and not records.count:
            raise UnreadableError(*findings)
        if records.shape_type == 31:
            raise UnreadableError(
                found("UNSUPPORTED", text("“{name}” holds 3D bodies (multipatch), no areas.", name=shown(self.name)))
            )
        findings += self._check_index(records, choices)
        if records.damaged_rows:
            findings.append(
                found(
                    "CORRUPT",
                    text("Records of the .shp are damaged: what they hold contradicts their length or type."),
                    rows=records.damaged_rows,
                )
            )
        geometry, failed = self._geometries(records)
        table, table_findings = self._table(records, choices)
        findings += table_findings
        columns, names, used = pd.DataFrame(index=range(records.count)), None, None
        if table is not None:
            decision = self._encoding(table, choices.encoding)
            used = decision.encoding
            values = shapefile.read_columns(table, used)
            findings += decision.findings
            if values.cut_rows:
                findings.append(
                    found(
                        "TEXT_CUT",
                        text("Texts were cut in the middle of a character, because their column is too narrow."),
                        rows=values.cut_rows,
                    )
                )
            if values.broken_rows:
                findings.append(
                    found(
                        "ENCODING_LOST",
                        text("Texts hold bytes that are no characters in {encoding}; they show as �.", encoding=used),
                        rows=values.broken_rows,
                    )
                )
            rows = min(records.count, table.rows)
            live = ~table.deleted[:rows]
            geometry, failed = geometry[:rows][live], failed[:rows][live]
            names = values.names
            columns = pd.DataFrame(
                {number: column[: len(geometry)] for number, column in enumerate(values.values)},
                index=range(len(geometry)),
            )
        known, why = self._crs()
        return Content(
            columns, geometry, failed, known, used, findings,
            has_z=records.has_z or records.has_m, names=names, crs_missing=why,
        )  # fmt: skip

    def _check_index(self, records: shapefile.Records, choices: Choices) -> list[Finding]:
        if ".shx" not in self.parts:
            if "MISSING_SHX" in choices.repairs and not records.problems:
                return [found("REPAIRED", text("The missing .shx was made anew from the .shp."))]
            return [
                found(
                    "MISSING_SHX",
                    text(
                        "The .shx of the shapefile is missing. Add it, or have it made anew from the .shp "
                        "({count} records).",
                        count=records.count,
                    ),
                )
            ]
        index = shapefile.read_index(self.parts[".shx"])
        if shapefile.index_fits(records, index) and not index.problems:
            return []
        if {"MISSING_SHX", "COUNT_MISMATCH"} & choices.repairs and not records.problems:
            return [found("REPAIRED", text("The wrong .shx was made anew from the .shp."))]
        findings = [found("CORRUPT", problem) for problem in index.problems]
        if index.count != records.count:
            findings.append(
                found(
                    "COUNT_MISMATCH",
                    text(
                        "The .shp holds {records} records, the .shx lists {entries}. The parts don't belong together, "
                        "or one is damaged.",
                        records=records.count,
                        entries=index.count,
                    ),
                )
            )
        elif not findings:
            findings.append(found("CORRUPT", text("The .shx points at other places than the records of the .shp.")))
        return findings

    def _geometries(self, records: shapefile.Records) -> tuple[Geometries, npt.NDArray[np.bool_]]:
        if not records.count:
            return np.zeros(0, dtype=object), np.zeros(0, dtype=bool)
        self.room.mkdir(exist_ok=True)
        shp = self.room / "layer.shp"
        _link(self.parts[".shp"], shp)
        shapefile.write_index(self.parts[".shp"], records, self.room / "layer.shx")
        wkb = pyogrio.raw.read(shp, encoding="ISO-8859-1")[2]
        if wkb is None or len(wkb) != records.count:
            raise UnreadableError(
                found(
                    "COUNT_MISMATCH",
                    text(
                        "The .shp holds {records} records, but {read} could be read.",
                        records=records.count,
                        read=0 if wkb is None else len(wkb),
                    ),
                )
            )
        geometry, failed = _built(wkb)
        null = np.zeros(records.count, dtype=bool)
        null[list(records.null_rows)] = True
        failed |= shapely.is_missing(geometry) & ~null
        outside = shapefile.rows_outside_boxes(records, shapely.bounds(geometry))
        failed[list(set(outside) & set(records.damaged_rows))] = True
        self._outside = tuple(sorted(set(outside) - set(records.damaged_rows)))
        return geometry, failed

    def _table(self, records: shapefile.Records, choices: Choices) -> tuple[shapefile.Table | None, list[Finding]]:
        findings: list[Finding] = []
        outside = getattr(self, "_outside", ())
        if outside:
            findings.append(
                found(
                    "INVALID_GEOM",
                    text("Vertices lie outside the box that the file itself states for these features: look at them."),
                    rows=outside,
                )
            )
        if ".dbf" not in self.parts:
            if "MISSING_DBF" in choices.repairs:
                return None, [*findings, found("REPAIRED", text("The shapefile is read without its attributes."))]
            return None, [
                *findings,
                found(
                    "MISSING_DBF",
                    text("The .dbf of the shapefile is missing, which holds all attributes. Add it."),
                ),
            ]
        table = shapefile.read_table_header(self.parts[".dbf"])
        findings += [found("CORRUPT", problem) for problem in table.problems]
        if table.problems and not table.rows:
            return None, findings
        if table.claimed_rows != table.rows and not table.problems:
            findings.append(
                found(
                    "COUNT_MISMATCH",
                    text(
                        "The header of the .dbf claims {claimed} rows, it holds {rows}.",
                        claimed=table.claimed_rows,
                        rows=table.rows,
                    ),
                )
            )
        if table.rows != records.count:
            findings.append(
                found(
                    "COUNT_MISMATCH",
                    text(
                        "The .shp holds {records} records, the .dbf {rows} rows. The parts don't belong together, "
                        "or one is damaged.",
                        records=records.count,
                        rows=table.rows,
                    ),
                )
            )
        if table.deleted.any():
            findings.append(
                found(
                    "DELETED_ROWS",
                    text(
                        "{count} of {rows} rows are marked as deleted in the .dbf and were left out.",
                        count=int(table.deleted.sum()),
                        rows=table.rows,
                    ),
                    count=int(table.deleted.sum()),
                )
            )
        return table, findings

    def _encoding(self, table: shapefile.Table, chosen: str | None) -> encoding.Decision:
        declared, where = table.declared_encoding, "DBF"
        if ".cpg" in self.parts:
            said = self.parts[".cpg"].read_bytes()[:100].decode("latin-1").strip()
            if encoding.normalise(said):
                declared, where = said, ".cpg"
        names = [Value(each.raw_name, full=len(each.raw_name) >= 9) for each in table.fields]
        values = names + shapefile.distinct_texts(table)
        return encoding.decide(values, chosen=chosen, declared=declared, declared_by=where)

    def _crs(self) -> tuple[CRS | None, Text | None]:
        if ".prj" not in self.parts:
            return None, text("There is no .prj.")
        content = self.parts[".prj"].read_bytes()[:100_001]
        if not content.strip(b" \r\n\t\0\xef\xbb\xbf"):
            return None, text("The .prj is empty.")
        known = crs.read_prj(content)
        return known, None if known else text("The .prj can't be understood.")


def _link(path: Path, to: Path) -> None:
    try:
        to.symlink_to(path.absolute())
    except OSError:
        shutil.copyfile(path, to)


def _built(wkb: Any) -> tuple[Geometries, npt.NDArray[np.bool_]]:
    """Geometries from WKB, and which of them can't be built."""
    there = np.array([each is not None for each in wkb], dtype=bool)
    geometry = shapely.from_wkb(np.asarray(wkb, dtype=object), on_invalid="ignore")
    return geometry, there & shapely.is_missing(geometry)


# --- formats GDAL reads whole ----------------------------------------------------------------------------------------


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
            raise UnreadableError(_no_layer(()))
        geometry, failed = _built(wkb)
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
            {number: _column(column) for number, column in enumerate(values)}, index=range(len(geometry))
        )
        keep = [
            number for number, name in enumerate(names)
            if name not in self.drop_columns or not _says_nothing(columns[number])
        ]  # fmt: skip
        if self.flat_heights:
            geometry = _without_flat_heights(geometry)
        return Content(
            columns[keep].set_axis(range(len(keep)), axis=1),
            geometry,
            failed,
            _known_crs(meta["crs"]),
            "UTF-8",
            findings,
            names=[names[number] for number in keep],
            crs_missing=text("The file declares no CRS."),
        )


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


def _column(values: Any) -> Any:
    """A column in a type that survives the way to the parent process: text, number, date or flag."""
    if values.dtype != object:
        return values
    if all(value is None or value is pd.NA or isinstance(value, str) for value in values):
        return pd.array(values, dtype="str")
    plain = [value for value in values if value is not None and not (isinstance(value, float) and np.isnan(value))]
    if plain and all(isinstance(value, bool | np.bool_) for value in plain):
        return pd.array([value if isinstance(value, bool | np.bool_) else None for value in values], dtype="boolean")
    return pd.array([_plain_text(value) for value in values], dtype="str")


def _plain_text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, np.ndarray | list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


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


def _without_flat_heights(geometry: Geometries) -> Geometries:
    heights = shapely.get_coordinates(geometry, include_z=True)[:, 2]
    heights = heights[np.isfinite(heights)]
    return shapely.force_2d(geometry) if len(heights) == 0 or not heights.any() else geometry


def _gdal_layers(path: Path) -> list[tuple[str, str | None]]:
    """(name, geometry type) of the layers GDAL sees; type None for plain tables."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [(str(name), kind) for name, kind in pyogrio.list_layers(path)]


def _open(file: UploadFile) -> list[tuple[str, str | None]]:
    try:
        layers = _gdal_layers(file.path)
    except _GDAL_ERRORS:
        raise UnreadableError(_damaged(file.file_name)) from None
    return layers


def _starts_with(file: UploadFile, *signs: bytes) -> None:
    with file.path.open("rb") as opened:
        start = opened.read(64)
    if not start.startswith(signs):
        raise UnreadableError(
            found("CORRUPT", text("“{name}” is damaged, or not what its ending says.", name=shown(file.file_name)))
        )


def _geopackage(file: UploadFile, staging: Path) -> list[Source]:
    _starts_with(file, b"SQLite format 3\0")
    # A journal beside the file could change what is read; a copy of our own has none.
    copy = staging / f"{_fresh(staging)}.gpkg"
    _link(file.path, copy)
    try:
        with contextlib.closing(sqlite3.connect(f"file:{copy.absolute()}?mode=ro&immutable=1", uri=True)) as database:
            sound = database.execute("PRAGMA quick_check(1)").fetchone()
            if not sound or sound[0] != "ok":
                raise UnreadableError(_damaged(file.file_name))
            layers = [layer for layer in _open(replace(file, path=copy)) if layer[1] is not None]
            counts = {
                name: database.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0]  # noqa: S608
                for name, _ in layers
            }
            claimed = _claimed_counts(database)
    except sqlite3.Error:
        raise UnreadableError(_damaged(file.file_name)) from None
    if not layers:
        raise UnreadableError(_no_layer(()))
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


def _fresh(staging: Path) -> str:
    return f"file{len(list(staging.iterdir()))}"


def _geojson(file: UploadFile, staging: Path) -> list[Source]:
    content = file.path.read_bytes()
    findings: list[Finding] = []
    content_text, used, rewritten = _decoded_whole(content)
    if used.findings:
        findings += used.findings
    nonfinite: list[str] = []

    def constant(name: str) -> float:
        nonfinite.append(name)
        return float("nan")

    try:
        document = json.loads(content_text, parse_constant=constant)
    except (ValueError, RecursionError):
        raise UnreadableError(_damaged(file.file_name)) from None
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
            raise UnreadableError(_damaged(file.file_name))
    elif kind == "Feature":
        features = [document]
    elif kind in _GEOJSON_TYPES:
        features = [{"type": "Feature", "geometry": document}]
    else:
        raise UnreadableError(_unsupported(file.file_name))
    if nonfinite:
        findings.append(
            found("NONFINITE_COORD", text("Coordinates are no numbers (NaN or infinity)."), count=len(nonfinite))
        )
        raise UnreadableError(*findings)
    nulls = frozenset(row for row, each in enumerate(features) if each.get("geometry") is None)
    if not features:
        raise UnreadableError(*findings, _empty(file.stem))
    path = staging / f"{_fresh(staging)}.geojson"
    if rewritten:
        path.write_text(content_text, encoding="utf-8")
    else:
        _link(file.path, path)
    _open(replace(file, path=path))
    name = document.get("name") if isinstance(document.get("name"), str) else None
    return [GdalSource(name or file.stem, path, 0, expected=len(features), null_rows=nulls, findings=tuple(findings))]


_GEOJSON_TYPES = {
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
}  # fmt: skip


def _decoded_whole(content: bytes) -> tuple[str, encoding.Decision, bool]:
    """A whole text file decoded, how, and whether it is no longer what its bytes were."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), encoding.Decision("UTF-16"), True
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8", errors="replace"), encoding.Decision("UTF-8"), True
    try:
        return content.decode("utf-8"), encoding.Decision("UTF-8"), False
    except UnicodeDecodeError:
        pass
    lines = {line for line in content.split(b"\n") if not line.isascii()}
    decision = encoding.decide([Value(line) for line in list(lines)[:20000]])
    decoded = [encoding.decode(Value(line), decision.encoding)[0] for line in content.split(b"\n")]
    return "\n".join(decoded), decision, True


_KML_COLUMNS = (
    "id", "description", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility",
    "drawOrder", "icon", "snippet",
)  # fmt: skip
_PLACEMARK = re.compile(rb"<(?:\w+:)?Placemark[\s>/]")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)


def _kml(file: UploadFile, staging: Path) -> list[Source]:
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
    path = staging / f"{_fresh(staging)}.kml"
    path.write_bytes(_as_utf8_xml(content))
    layers = _open(replace(file, path=path))
    counts = {name: _feature_count(path, name) for name, _ in layers}
    filled = [name for name, count in counts.items() if count]
    placemarks = len(_PLACEMARK.findall(content))
    if not filled:
        raise UnreadableError(_empty(file.stem) if not placemarks else _damaged(file.file_name))
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
            findings=findings,
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
    except _GDAL_ERRORS:
        return 0


def _kmz(file: UploadFile, staging: Path) -> list[Source]:
    contents = archive.look_through(file.path)
    if contents.findings:
        raise UnreadableError(*contents.findings)
    documents = [entry for entry in contents.entries if entry.suffix == ".kml"]
    if not documents:
        raise UnreadableError(_no_layer(()))
    target = staging / f"{_fresh(staging)}.doc"
    broken = archive.unpack(file.path, [(documents[0], target)])
    if broken:
        raise UnreadableError(*broken)
    return _kml(UploadFile(f"{file.stem}.kml", target), staging)


def _flatgeobuf(file: UploadFile, staging: Path) -> list[Source]:
    _starts_with(file, b"fgb\x03fgb")
    path = staging / f"{_fresh(staging)}.fgb"
    _link(file.path, path)
    layers = _open(replace(file, path=path))
    claimed = _feature_count(path, layers[0][0])
    return [GdalSource(layers[0][0] or file.stem, path, 0, expected=claimed if claimed > 0 else None)]


def _geodatabase_layers(files: Sequence[UploadFile]) -> list[Source]:
    folder = files[0].path.parent
    name = files[0].name.rsplit("/", 2)[-2] if "/" in files[0].name else folder.name
    if folder.suffix.lower() != ".gdb":
        raise UnreadableError(_damaged(name))
    layers = [layer for layer in _open(UploadFile(name, folder)) if layer[1] is not None]
    if not layers:
        raise UnreadableError(_no_layer(()))
    return [GdalSource(layer, folder, layer, expected=_feature_count(folder, layer)) for layer, _ in layers]


# --- GeoParquet ------------------------------------------------------------------------------------------------------


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
                {number: _column(_as_numpy(table.column(name))) for number, name in enumerate(names)},
                index=range(len(values)),
            )
        except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
            raise UnreadableError(_damaged(self.name)) from None
        if not all(value is None or isinstance(value, bytes) for value in values):
            raise UnreadableError(_unsupported(f"{self.name}.parquet"))
        geometry, failed = _built(values)
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


def _geoparquet(file: UploadFile, staging: Path) -> list[Source]:  # noqa: ARG001
    _starts_with(file, b"PAR1")
    try:
        raw = (pq.read_schema(file.path).metadata or {}).get(b"geo")
        metadata = json.loads(raw) if raw else None
    except (pa.ArrowException, OSError, ValueError):
        raise UnreadableError(_damaged(file.file_name)) from None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("primary_column"), str):
        raise UnreadableError(_no_layer(()))
    return [ParquetSource(file.stem, file.path, metadata["primary_column"], metadata)]


# --- DXF -------------------------------------------------------------------------------------------------------------


@dataclass
class DrawingSource:
    """One layer of a drawing, geometry only."""

    name: str
    geometry: Geometries
    failed: npt.NDArray[np.bool_]

    def peek(self) -> LayerInfo:
        """What it holds."""
        return LayerInfo(
            self.name, len(self.geometry), geometry_type_of(self.geometry), None, None, ["Layer"],
            _bounds(self.geometry),
        )  # fmt: skip

    def read(self, choices: Choices) -> Content:  # noqa: ARG002
        """Its geometries; closed lines become areas where all of its lines are closed."""
        findings = []
        geometry = _without_flat_heights(self.geometry)
        types = shapely.get_type_id(geometry)
        if len(types) and np.isin(types, (1, 2)).all() and shapely.is_closed(geometry).all():
            enough = shapely.get_num_coordinates(geometry) >= 4
            if enough.all():
                geometry = shapely.polygons(shapely.linearrings([shapely.get_coordinates(each) for each in geometry]))
                findings.append(
                    found(
                        "REPAIRED", text("The closed lines of the drawing were taken as areas."), severity=Severity.NOTE
                    )
                )
        columns = pd.DataFrame({0: pd.array([self.name] * len(geometry), dtype="str")})
        return Content(
            columns, geometry, self.failed, None, None, findings,
            names=["Layer"], crs_missing=text("A drawing declares no CRS."),
        )  # fmt: skip


def _drawing(file: UploadFile, staging: Path) -> list[Source]:
    with file.path.open("rb") as opened:
        start = opened.read(16384)
    if start.startswith(b"AutoCAD Binary DXF"):
        raise UnreadableError(
            found("UNSUPPORTED", text("“{name}” is a binary DXF. Save it as text DXF.", name=shown(file.file_name)))
        )
    if b"SECTION" not in start:
        raise UnreadableError(_damaged(file.file_name))
    if b"EOF" not in _tail(file.path):
        raise UnreadableError(
            found("CORRUPT", text("“{name}” is cut off: its end is missing.", name=shown(file.file_name)))
        )
    path = staging / f"{_fresh(staging)}.dxf"
    _link(file.path, path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, _, wkb, values = pyogrio.raw.read(path)
    except _GDAL_ERRORS:
        raise UnreadableError(_damaged(file.file_name)) from None
    if wkb is None or not len(wkb):
        raise UnreadableError(_empty(file.stem))
    fields = [str(name) for name in meta["fields"]]
    raw = [str(each or "0").encode("latin-1", "replace") for each in values[fields.index("Layer")]]
    code_page = _CODE_PAGE.search(start)
    declared = code_page[1].decode("ascii") if code_page else None
    decision = encoding.decide([Value(each) for each in set(raw)], declared=declared, declared_by="$DWGCODEPAGE")
    names = [_ESCAPED.sub(_unescaped, encoding.decode(Value(each), decision.encoding)[0]) for each in raw]
    geometry, failed = _built(wkb)
    rows = pd.Series(range(len(names))).groupby(np.array(names, dtype=object), sort=False).indices
    return [DrawingSource(str(name), geometry[at], failed[at]) for name, at in rows.items()]


_CODE_PAGE = re.compile(rb"\$DWGCODEPAGE\s+3\s+(\w+)")
_ESCAPED = re.compile(r"\\U\+([0-9A-Fa-f]{4})")


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _tail(path: Path) -> bytes:
    with path.open("rb") as opened:
        opened.seek(max(0, path.stat().st_size - 64))
        return opened.read()


# --- tables ----------------------------------------------------------------------------------------------------------

_WKT_NAMES = {"wkt", "geometry", "geom", "thegeom", "shape", "wktgeom", "几何", "图形", "空间数据"}
_EAST_NAMES = {"lon", "lng", "long", "longitude", "x", "east", "easting", "经度", "东坐标", "横坐标", "x坐标", "lonx"}
_NORTH_NAMES = {"lat", "latitude", "y", "north", "northing", "纬度", "北坐标", "纵坐标", "y坐标", "laty"}
_WKT = re.compile(r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION", re.IGNORECASE)
_DEGREES = re.compile(
    r"""^\s*([+-]?\d+)\s*[°度]\s*(?:(\d+)\s*['′’分]\s*(?:(\d+(?:\.\d+)?)\s*["″”秒]?\s*)?)?([NSEWnsew]?)\s*$"""
)


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
        where = _geometry_columns(self.table)
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


def _geometry_columns(table: pd.DataFrame) -> tuple[int] | tuple[int, int] | None:
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


def _csv_tables(file: UploadFile, staging: Path) -> list[tuple[str, pd.DataFrame, encoding.Decision, list[Finding]]]:  # noqa: ARG001
    content = file.path.read_bytes()
    if b"\0" in content[:65536] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError(_damaged(file.file_name))
    decoded, decision, _ = _decoded_whole(content)
    first = decoded.split("\n", 1)[0]
    delimiter = max(",\t;|，", key=first.count)
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


def _with_header(rows: Sequence[Sequence[str | None]], name: str) -> tuple[pd.DataFrame, list[Finding]]:
    """A table from rows of cells; a title line above the header, as ledgers have it, is skipped."""
    if not rows:
        raise UnreadableError(_empty(name))
    width = max(sum(cell is not None for cell in row) for row in rows[:50])
    at = next(number for number, row in enumerate(rows) if sum(cell is not None for cell in row) >= max(1, 0.6 * width))
    header = [cell if cell is not None else "" for cell in rows[at]]
    while header and not header[-1]:
        header.pop()
    findings = []
    long = [
        number for number, row in enumerate(rows[at + 1 :])
        if any(cell is not None for cell in row[len(header) :])
    ]  # fmt: skip
    if long:
        findings.append(found("CORRUPT", text("Rows have more cells than the header has columns."), rows=long))
    columns = {
        number: pd.array([row[number] if number < len(row) else None for row in rows[at + 1 :]], dtype="str")
        for number in range(len(header))
    }
    table = pd.DataFrame(columns, index=range(len(rows) - at - 1))
    table.columns = pd.Index(header, dtype=object)
    return table, findings


def _xlsx_tables(file: UploadFile, staging: Path) -> list[tuple[str, pd.DataFrame, encoding.Decision, list[Finding]]]:
    contents = archive.look_through(file.path)
    if contents.findings:
        raise UnreadableError(*contents.findings)
    if not any(entry.name == "xl/workbook.xml" for entry in contents.entries):
        raise UnreadableError(_damaged(file.file_name))
    path = staging / f"{_fresh(staging)}.xlsx"
    _link(file.path, path)
    tables = []
    try:
        for name, _ in _gdal_layers(path):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _, _, _, values = pyogrio.raw.read(path, layer=name, read_geometry=False)
            rows = [[_cell(cell) for cell in row] for row in zip(*values, strict=True)]
            rows = [row for row in rows if any(cell is not None for cell in row)]
            if rows:
                table, findings = _with_header(rows, name)
                tables.append((name, table, encoding.Decision("UTF-8"), findings))
    except _GDAL_ERRORS:
        raise UnreadableError(_damaged(file.file_name)) from None
    if not tables:
        raise UnreadableError(_empty(file.stem))
    return tables


def _cell(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    # Excel keeps a day as a moment at midnight.
    return str(value).strip().removesuffix(" 00:00:00") or None


_TABLES: dict[str, Callable[[UploadFile, Path], list[tuple[str, pd.DataFrame, encoding.Decision, list[Finding]]]]] = {
    ".csv": _csv_tables,
    ".tsv": _csv_tables,
    ".txt": _csv_tables,
    ".xlsx": _xlsx_tables,
}


def _table_sources(file: UploadFile, staging: Path) -> list[Source]:
    tables = _TABLES[file.suffix](file, staging)
    with_geometry = [table for table in tables if _geometry_columns(table[1]) is not None]
    if not with_geometry:
        raise UnreadableError(_no_geometry(tables[0][0]))
    return [TableSource(name, table, decision, findings) for name, table, decision, findings in with_geometry]


def read_table_here(path: Path, choices: Choices, staging: Path) -> TableReading:
    """Read a table without geometry in this process."""
    name = str(path)
    file = UploadFile(path.name, path)
    try:
        if file.suffix not in _TABLES:
            return TableReading(name, [], [_unsupported(file.file_name)], None)
        if path.stat().st_size > archive.MAX_UPLOAD_BYTES:
            return TableReading(name, [], [_upload_too_large(path.stat().st_size)], None)
        tables = _TABLES[file.suffix](file, staging)
    except UnreadableError as error:
        return TableReading(name, [], error.findings, None)
    except OSError:
        return TableReading(name, [], [_no_file(path)], None)
    sheets = [sheet for sheet, *_ in tables]
    wanted = choices.layer_name
    chosen = [table for table in tables if wanted is None or table[0].casefold() == wanted.casefold()]
    if len(chosen) != 1:
        finding = _no_layer(sheets, wanted) if wanted is not None else found(
            "SEVERAL_LAYERS",
            text("The upload holds {count} layers; choose one of: {names}.", count=len(sheets), names=", ".join(
                shown(sheet, limit=40) for sheet in sheets[:20])),
        )  # fmt: skip
        return TableReading(name, sheets, [finding], None)
    _, table, decision, findings = chosen[0]
    names, twice = _unique([str(column) for column in table.columns])
    if twice:
        findings = [*findings, _duplicate_fields(twice, choices)]
    return TableReading(name, sheets, findings, table.set_axis(names, axis=1), decision.encoding)


FORMATS: dict[str, Callable[[UploadFile, Path], list[Source]]] = {
    ".gpkg": _geopackage,
    ".geojson": _geojson,
    ".json": _geojson,
    ".kml": _kml,
    ".kmz": _kmz,
    ".fgb": _flatgeobuf,
    ".parquet": _geoparquet,
    ".geoparquet": _geoparquet,
    ".dxf": _drawing,
    ".csv": _table_sources,
    ".tsv": _table_sources,
    ".txt": _table_sources,
    ".xlsx": _table_sources,
}
"""Suffix → how its layers are found. Shapefiles and file geodatabases are several files and stand apart."""


# --- judging ---------------------------------------------------------------------------------------------------------


def judge(name: str, content: Content, choices: Choices) -> tuple[GeoDataFrame | None, LayerInfo, list[Finding]]:
    """The frame of a layer, what it is, and what is wrong with it as far as no schema is needed."""
    geometry, failed = content.geometry, content.failed
    raw_names = content.names if content.names is not None else [str(column) for column in content.columns.columns]
    names, twice = _unique(raw_names)
    known = crs.parse(choices.crs) if choices.crs else content.crs
    findings: list[Finding] = []
    if choices.crs and known is None:
        findings.append(
            found("CRS_UNKNOWN", text("There is no CRS “{name}”; give one as EPSG:4527.", name=choices.crs[:40]))
        )
    info = LayerInfo(
        name,
        len(geometry),
        geometry_type_of(geometry),
        crs.code_of(known),
        content.encoding,
        raw_names,
        _bounds(geometry),
    )
    if twice:
        findings.append(_duplicate_fields(twice, choices))
    if not len(geometry):
        return None, info, [*findings, _empty(name)]
    columns = content.columns.set_axis(names, axis=1)
    frame = GeoDataFrame(columns, geometry=GeoSeries(geometry, index=columns.index), crs=known)
    if known is None and not choices.crs:
        findings.append(_missing_prj(content.crs_missing))
    findings += _check_geometries(geometry, failed, content.has_z)
    findings += _check_lost_texts(columns)
    if known is not None:
        findings += crs.check_declared(_turned(frame) if choices.swap_axes else frame)
    return frame, info, findings


def _turned(frame: GeoDataFrame) -> GeoDataFrame:
    turned = shapely.transform(frame.geometry.to_numpy(), lambda points: points[:, ::-1], include_z=False)
    return GeoDataFrame(geometry=GeoSeries(turned, index=frame.index), crs=frame.crs)


def _unique(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Column names made unique, and those that stood twice."""
    seen: set[str] = set()
    unique = []
    twice = []
    for number, name in enumerate(names):
        plain = name or f"column {number + 1}"
        # The geometry has this name in the frame.
        candidate, count = (plain, 1) if plain != "geometry" else ("geometry (1)", 1)
        while candidate in seen:
            count += 1
            candidate = f"{plain} ({count})"
        if count > 1:
            twice.append(plain)
        seen.add(candidate)
        unique.append(candidate)
    return unique, twice


def _duplicate_fields(twice: Sequence[str], choices: Choices) -> Finding:
    # Once a person said which of them is which, it is no doubt any more.
    settled = all(any(column.startswith(name) for column in choices.columns) for name in twice)
    return found(
        "DUPLICATE_FIELD",
        text(
            "More than one column is called “{name}”; the later ones are shown as “{name} (2)” and so on. "
            "Say which one is meant, or rename them.",
            name=shown(twice[0], limit=40),
        ),
        count=len(twice),
        severity=Severity.WARNING if settled else None,
    )


def _empty(name: str) -> Finding:
    return found("EMPTY_LAYER", text("The layer “{name}” has no features.", name=shown(name)))


def _missing_prj(why: Text | None) -> Finding:
    return found(
        "MISSING_PRJ",
        text("{reason} The CRS has to be guessed or chosen.", reason=why or text("The file declares no CRS.")),
    )


def geometry_type_of(geometry: Geometries) -> str | None:
    """`Polygon`, or `MultiPolygon` when any feature has several parts; of several kinds the most frequent."""
    types = Counter(shapely.get_type_id(geometry)[~shapely.is_missing(geometry)].tolist())
    bases = Counter({base: sum(types[each] for each in kinds) for base, kinds in _KINDS.items()})
    bases["GeometryCollection"] = types[7]
    base, count = bases.most_common(1)[0]
    if not count:
        return None
    many = base in _KINDS and any(types[each] for each in _KINDS[base][-1:])
    return f"Multi{base}" if many else base


_KINDS = {"Point": (0, 4), "LineString": (1, 2, 5), "Polygon": (3, 6)}


def _bounds(geometry: Geometries) -> tuple[float, float, float, float] | None:
    boxes = shapely.bounds(geometry)
    boxes = boxes[np.isfinite(boxes).all(axis=1)] if len(boxes) else boxes
    if not len(boxes):
        return None
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _check_geometries(geometry: Geometries, failed: npt.NDArray[np.bool_], has_z: bool | None) -> list[Finding]:
    findings: list[Finding] = []
    missing = (shapely.is_missing(geometry) | shapely.is_empty(geometry)) & ~failed
    if missing.any():
        findings.append(found("NULL_GEOM", text("Features have no geometry."), rows=_rows(missing)))
    if failed.any():
        findings.append(
            found(
                "INVALID_GEOM",
                text("Geometries are broken and could not be built (a ring is not closed or has too few vertices)."),
                rows=_rows(failed),
            )
        )
    wild = _nonfinite(geometry)
    if wild.any():
        findings.append(
            found(
                "NONFINITE_COORD",
                text("Coordinates are no numbers, or larger than any map (NaN, infinity)."),
                rows=_rows(wild),
            )
        )
    invalid = ~shapely.is_valid(geometry) & ~shapely.is_missing(geometry) & ~wild
    if invalid.any():
        findings.append(
            found(
                "INVALID_GEOM",
                text("Geometries are not valid: rings cross or touch themselves, or lie wrongly inside each other."),
                rows=_rows(invalid),
            )
        )
    if has_z or (has_z is None and bool((shapely.has_z(geometry) | shapely.has_m(geometry)).any())):
        findings.append(found("HAS_ZM", text("The geometries carry heights or measures; only the plan is kept.")))
    kinds = _kinds_of(geometry)
    if len(set(kinds[kinds >= 0].tolist())) > 1 or bool((kinds == 3).any()):
        most = Counter(kinds[kinds >= 0].tolist()).most_common(1)[0][0]
        findings.append(
            found(
                "MIXED_GEOM",
                text("The layer mixes points, lines and areas; these features are of another kind than most."),
                rows=_rows((kinds >= 0) & ((kinds != most) | (kinds == 3))),
            )
        )
    return findings


def _rows(mask: npt.NDArray[np.bool_]) -> list[int]:
    return [int(row) for row in np.flatnonzero(mask)]


def _nonfinite(geometry: Geometries) -> npt.NDArray[np.bool_]:
    points, rows = shapely.get_coordinates(geometry, return_index=True)
    wild = np.zeros(len(geometry), dtype=bool)
    with np.errstate(invalid="ignore"):
        wild[rows[~(np.abs(points) < _MAX_COORDINATE).all(axis=1)]] = True
    return wild


def _kinds_of(geometry: Geometries) -> npt.NDArray[np.int64]:
    """0 point, 1 line, 2 area, 3 collection, -1 missing."""
    table = {-1: -1, 0: 0, 1: 1, 2: 1, 3: 2, 4: 0, 5: 1, 6: 2, 7: 3}
    return np.array([table.get(int(each), 3) for each in shapely.get_type_id(geometry)], dtype=np.int64)


def _check_lost_texts(columns: pd.DataFrame) -> list[Finding]:
    rows: set[int] = set()
    for name in columns.columns:
        column = columns[name]
        if not isinstance(column.dtype, pd.StringDtype):
            continue
        lost = {value for value in column.dropna().unique() if encoding.is_lost(value)}
        if lost:
            rows |= set(np.flatnonzero(column.isin(lost).to_numpy()).tolist())
    bad_names = [name for name in columns.columns if encoding.is_lost(str(name))]
    if not rows and not bad_names:
        return []
    return [
        found(
            "ENCODING_LOST",
            text(
                "Characters were lost before this file was made (they read 锟斤拷, ??? or �). "
                "Only the office that has the original can bring them back."
            ),
            rows=rows,
        )
    ]
