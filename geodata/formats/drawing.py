"""DXF drawings: each of their layers is a layer, geometry only."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely

from geodata import encoding
from geodata.archive import shown
from geodata.choices import Choices
from geodata.encoding import Value
from geodata.findings import Severity, found
from geodata.formats.base import (
    GDAL_ERRORS,
    Content,
    Geometries,
    Source,
    UnreadableError,
    UploadFile,
    bounds_of,
    built,
    damaged,
    empty,
    fresh,
    geometry_type_of,
    link,
    without_flat_heights,
)
from geodata.i18n import text
from geodata.reading import LayerInfo


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
            bounds_of(self.geometry),
        )  # fmt: skip

    def read(self, choices: Choices) -> Content:  # noqa: ARG002
        """Its geometries; closed lines become areas where all of its lines are closed."""
        findings = []
        geometry = without_flat_heights(self.geometry)
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


def drawing(file: UploadFile, staging: Path) -> list[Source]:
    """The layers of a DXF, each of its own drawing layers one."""
    with file.path.open("rb") as opened:
        start = opened.read(16384)
    if start.startswith(b"AutoCAD Binary DXF"):
        raise UnreadableError(
            found("UNSUPPORTED", text("“{name}” is a binary DXF. Save it as text DXF.", name=shown(file.file_name)))
        )
    if b"SECTION" not in start:
        raise UnreadableError(damaged(file.file_name))
    if b"EOF" not in _tail(file.path):
        raise UnreadableError(
            found("CORRUPT", text("“{name}” is cut off: its end is missing.", name=shown(file.file_name)))
        )
    path = staging / f"{fresh(staging)}.dxf"
    link(file.path, path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, _, wkb, values = pyogrio.raw.read(path)
    except GDAL_ERRORS:
        raise UnreadableError(damaged(file.file_name)) from None
    if wkb is None or not len(wkb):
        raise UnreadableError(empty(file.stem))
    fields = [str(name) for name in meta["fields"]]
    raw = [str(each or "0").encode("latin-1", "replace") for each in values[fields.index("Layer")]]
    code_page = _CODE_PAGE.search(start)
    declared = code_page[1].decode("ascii") if code_page else None
    decision = encoding.decide([Value(each) for each in set(raw)], declared=declared, declared_by="$DWGCODEPAGE")
    names = [_ESCAPED.sub(_unescaped, encoding.decode(Value(each), decision.encoding)[0]) for each in raw]
    geometry, failed = built(wkb)
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
