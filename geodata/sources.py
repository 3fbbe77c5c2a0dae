"""What an upload holds, read in the process this runs in.

`read_here` is the whole of it: find the layers of the upload, let one be chosen, read it, judge it. Each format is a
row of `FORMATS`. Files from outside are only ever opened under names of our own, in the staging folder.
"""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from geodata import archive, shapefile
from geodata.archive import Entry, shown
from geodata.choices import Choices
from geodata.findings import Finding, found
from geodata.formats.base import (
    GDAL_ERRORS,
    NOT_READ,
    Source,
    UnreadableError,
    UploadFile,
    damaged,
    empty,
    names_listed,
    no_layer,
    unsupported,
)
from geodata.formats.drawing import drawing
from geodata.formats.gdal import flatgeobuf, geodatabase_layers, geojson, geopackage, kml, kmz
from geodata.formats.parquet import geoparquet
from geodata.formats.shapefiles import ShapefileSource
from geodata.formats.tables import TABLES, Table, table_sources
from geodata.i18n import text
from geodata.judging import duplicate_fields, judge, unique
from geodata.reading import LayerInfo, Reading, TableReading

_GEODATABASE_FILE = re.compile(r"a[0-9a-f]{8}\.(gdbtable|gdbtablx|gdbindexes|freelist)|gdb|timestamps")


def read_here(path: Path, choices: Choices, staging: Path) -> Reading:
    """Read an upload in this process; `staging` is an empty folder to unpack in."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a library warns of is found here in our own words
        return _read(path, choices, staging)


def _read(path: Path, choices: Choices, staging: Path) -> Reading:
    name = str(path)
    try:
        sources, findings = _find_sources(path, choices, staging)
    except UnreadableError as error:
        return Reading(name, [], error.findings, None)
    except OSError:
        return Reading(name, [], [_no_file(path)], None)
    except GDAL_ERRORS:
        return Reading(name, [], [damaged(path.name)], None)
    if not sources:
        return Reading(name, [], findings or [no_layer(())], None)
    source, choosing = _choose(sources, choices.layer_name)
    findings += choosing
    if source is None:
        layers = []
        for each in sources:
            with contextlib.suppress(UnreadableError, OSError, *GDAL_ERRORS):
                layers.append(each.peek())
        return Reading(name, layers, findings, None)
    try:
        content = source.read(choices)
        frame, info, judged = judge(source.name, content, choices)
    except UnreadableError as error:
        return Reading(name, [], findings + error.findings, None)
    except GDAL_ERRORS:
        return Reading(name, [], [*findings, damaged(source.name)], None)
    return Reading(name, [info], findings + content.findings + judged, frame)


def _choose(sources: Sequence[Source], wanted: str | None) -> tuple[Source | None, list[Finding]]:
    if wanted is not None:
        for same in (str, str.casefold):
            matching = [source for source in sources if same(source.name) == same(wanted)]
            if matching:
                return matching[0], []
        return None, [no_layer([source.name for source in sources], wanted)]
    if len(sources) == 1:
        return sources[0], []
    return None, [_several_layers([source.name for source in sources])]


def _several_layers(names: Sequence[str]) -> Finding:
    return found(
        "SEVERAL_LAYERS",
        text(
            "The upload holds {count} layers; choose one of: {names}.",
            count=len(names),
            names=names_listed(names),
        ),
    )


def _no_file(path: Path) -> Finding:
    return found("NO_LAYER", text("There is no readable file “{name}”.", name=shown(path.name)))


def _find_sources(path: Path, choices: Choices, staging: Path) -> tuple[list[Source], list[Finding]]:
    """The layers an upload holds, unpacked where it is an archive."""
    if not path.exists():
        return [], [_no_file(path)]
    return _sources_of(_files_of(path, choices, staging), staging)


def _files_of(path: Path, choices: Choices, staging: Path) -> list[UploadFile]:
    """The files of an upload, each with the encoding that was chosen for its text."""
    files = _files_of_folder(path, staging) if path.is_dir() else _files_of_file(path, staging)
    return [replace(file, encoding=choices.encoding) for file in files]


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
            raise UnreadableError(unsupported(path.name))
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
        if Path(name).suffix.lower() in NOT_READ:
            return unsupported(name)
    return no_layer(())


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
            sources += geodatabase_layers(database)
    places = [file for file in rest if file.suffix not in TABLES]
    tables = [file for file in rest if file.suffix in TABLES]
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
    return unsupported(files[0].file_name) if len(files) == 1 else _nothing_wanted([file.file_name for file in files])


def _upload_too_large(size: int) -> Finding:
    return found(
        "TOO_LARGE",
        text(
            "The upload is {size} MB; at most {limit} MB are read.",
            size=-(-size // 2**20),
            limit=archive.MAX_UPLOAD_BYTES // 2**20,
        ),
    )


def read_table_here(path: Path, choices: Choices, staging: Path) -> TableReading:
    """Read a table without geometry in this process: CSV or XLSX, plain or in a zip."""
    name = str(path)
    tables: list[Table] = []
    try:
        files = _files_of(path, choices, staging)
        found_tables = [file for file in files if file.suffix in TABLES]
        if not found_tables:
            return TableReading(name, [], [_no_table(files[0].file_name if files else path.name)], None)
        for file in found_tables:
            tables += TABLES[file.suffix](file, staging)
    except UnreadableError as error:
        return TableReading(name, [], error.findings, None)
    except OSError:
        return TableReading(name, [], [_no_file(path)], None)
    layers = [
        LayerInfo(sheet, len(table), None, None, decision.encoding, [str(column) for column in table.columns], None)
        for sheet, table, decision, _ in tables
    ]
    sheets = [layer.name for layer in layers]
    wanted = choices.layer_name
    chosen = [at for at, sheet in enumerate(sheets) if wanted is None or sheet.casefold() == wanted.casefold()]
    if len(chosen) != 1:
        finding = no_layer(sheets, wanted) if wanted is not None else _several_layers(sheets)
        return TableReading(name, layers, [finding], None)
    _, table, _, findings = tables[chosen[0]]
    if not len(table):
        findings = [*findings, empty(sheets[chosen[0]])]
    names, twice = unique([str(column) for column in table.columns])
    if twice:
        findings = [*findings, duplicate_fields(twice, choices)]
    return TableReading(name, [layers[chosen[0]]], findings, table.set_axis(names, axis=1))


def _no_table(name: str) -> Finding:
    return found(
        "UNSUPPORTED",
        text("“{name}” is no table. A table without shapes is read as XLSX or CSV.", name=shown(name)),
    )


FORMATS: dict[str, Callable[[UploadFile, Path], list[Source]]] = {
    ".gpkg": geopackage,
    ".geojson": geojson,
    ".json": geojson,
    ".kml": kml,
    ".kmz": kmz,
    ".fgb": flatgeobuf,
    ".parquet": geoparquet,
    ".geoparquet": geoparquet,
    ".dxf": drawing,
    ".csv": table_sources,
    ".tsv": table_sources,
    ".txt": table_sources,
    ".xlsx": table_sources,
}


"""Suffix → how its layers are found. Shapefiles and file geodatabases are several files and stand apart."""
