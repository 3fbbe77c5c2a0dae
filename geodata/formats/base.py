"""What the readers of all formats share: a layer before it is judged, a file of an upload, and how they refuse."""

from __future__ import annotations

import contextlib
import json
import shutil
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geodata import encoding
from geodata.archive import shown
from geodata.choices import Choices
from geodata.encoding import Value
from geodata.findings import Finding, found
from geodata.i18n import Text, label, text
from geodata.reading import LayerInfo

Geometries = npt.NDArray[np.object_]


GDAL_ERRORS = (
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
    encoding: str | None = None
    """The encoding that a person chose for its text; None to find it out."""

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


def names_listed(names: Sequence[str]) -> Text:
    """Names of layers or columns one after the other, as each language does it; of many, the first."""
    first = [shown(name, limit=40) for name in names[:20]]
    more = len(names) > len(first)
    return label("、".join(first) + ("等" if more else ""), ", ".join(first) + (" …" if more else ""))


def no_layer(names: Sequence[str], wanted: str | None = None) -> Finding:
    """That nothing to read is there, or not the layer that was asked for."""
    if wanted is not None:
        return found(
            "NO_LAYER",
            text(
                "The upload has no layer “{wanted}”; it has: {names}.",
                wanted=shown(wanted),
                names=names_listed(names),
            ),
        )
    return found("NO_LAYER", text("No layer with geometry was found in the upload."))


def damaged(name: str) -> Finding:
    """That a file or layer can't be read at all."""
    return found(
        "CORRUPT",
        text("“{name}” is damaged: it can't be read. Save it again from the program it is from.", name=shown(name)),
    )


NOT_READ: dict[str, Text] = {
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
    ".doc": text("Word documents are not read. Save the table as .xlsx or CSV."),
    ".docx": text("Word documents are not read. Save the table as .xlsx or CSV."),
    ".et": text("WPS tables (.et) are not read. Save the table as .xlsx or CSV."),
    ".ovkml": text("Ovital's own files are not read. Export the objects as KML."),
    ".ovobj": text("Ovital's own files are not read. Export the objects as KML."),
    ".wp": text("MapGIS files are not read. Export the layer as shapefile."),
    ".wl": text("MapGIS files are not read. Export the layer as shapefile."),
    ".wt": text("MapGIS files are not read. Export the layer as shapefile."),
    ".pdf": text("A PDF is a picture of a map. Ask for the data as GeoPackage or shapefile."),
}


def unsupported(name: str) -> Finding:
    """That a format is not read here, and what to do instead."""
    reason = NOT_READ.get(Path(name).suffix.lower())
    if reason is None:
        reason = text(
            "Read are zipped shapefiles, GeoPackage, GeoJSON, KML/KMZ, FlatGeobuf, GeoParquet, DXF, "
            "zipped file geodatabases, CSV and XLSX."
        )
    return found("UNSUPPORTED", text("“{name}” can't be read here. {reason}", name=shown(name), reason=reason))


def link(path: Path, to: Path) -> None:
    """Give a file a name of our own in the staging folder without copying it where links are possible."""
    try:
        to.symlink_to(path.absolute())
    except OSError:
        shutil.copyfile(path, to)


def built(wkb: Any) -> tuple[Geometries, npt.NDArray[np.bool_]]:
    """Geometries from WKB, and which of them can't be built."""
    there = np.array([each is not None for each in wkb], dtype=bool)
    geometry = shapely.from_wkb(np.asarray(wkb, dtype=object), on_invalid="ignore")
    return geometry, there & shapely.is_missing(geometry)


def plain_column(values: Any) -> Any:
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


def without_flat_heights(geometry: Geometries) -> Geometries:
    """The geometries in the plan when all their heights are 0, as drawings and KML have them."""
    heights = shapely.get_coordinates(geometry, include_z=True)[:, 2]
    heights = heights[np.isfinite(heights)]
    return shapely.force_2d(geometry) if len(heights) == 0 or not heights.any() else geometry


def gdal_layers(path: Path) -> list[tuple[str, str | None]]:
    """(name, geometry type) of the layers GDAL sees; type None for plain tables."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [(str(name), kind) for name, kind in pyogrio.list_layers(path)]


def open_layers(file: UploadFile) -> list[tuple[str, str | None]]:
    """The layers GDAL sees in a file; raises `UnreadableError` when it can't be opened."""
    try:
        layers = gdal_layers(file.path)
    except GDAL_ERRORS:
        raise UnreadableError(damaged(file.file_name)) from None
    return layers


def starts_with(file: UploadFile, *signs: bytes) -> None:
    """Raise `UnreadableError` unless the file begins with one of `signs`."""
    with file.path.open("rb") as opened:
        start = opened.read(64)
    if not start.startswith(signs):
        raise UnreadableError(
            found("CORRUPT", text("“{name}” is damaged, or not what its ending says.", name=shown(file.file_name)))
        )


def fresh(staging: Path) -> str:
    """A name that nothing in the staging folder has yet."""
    return f"file{len(list(staging.iterdir()))}"


def decoded_whole(content: bytes, chosen: str | None = None) -> tuple[str, encoding.Decision, bool]:
    """A whole text file decoded, how, and whether it is no longer what its bytes were.

    A mark of UTF-8 or UTF-16 at its beginning leaves no choice.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), encoding.Decision("UTF-16"), True
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8", errors="replace"), encoding.Decision("UTF-8"), True
    if chosen is None:
        with contextlib.suppress(UnicodeDecodeError):
            return content.decode("utf-8"), encoding.Decision("UTF-8"), False
    lines = {line for line in content.split(b"\n") if not line.isascii()}
    decision = encoding.decide([Value(line) for line in list(lines)[:20000]], chosen=chosen)
    decoded = [encoding.decode(Value(line), decision.encoding)[0] for line in content.split(b"\n")]
    return "\n".join(decoded), decision, True


def empty(name: str) -> Finding:
    """That a layer has no features."""
    return found("EMPTY_LAYER", text("The layer “{name}” has no features.", name=shown(name)))


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


def bounds_of(geometry: Geometries) -> tuple[float, float, float, float] | None:
    """(west, south, east, north) of all finite geometries; None without any."""
    boxes = shapely.bounds(geometry)
    boxes = boxes[np.isfinite(boxes).all(axis=1)] if len(boxes) else boxes
    if not len(boxes):
        return None
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
