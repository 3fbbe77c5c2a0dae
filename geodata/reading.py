"""Reading an upload: what is in it, what is wrong with it, and the layer itself.

A file from outside is read in a process of its own (`geodata.reader_process`) with a limit on time and, on Linux, on
memory; killed or crashed, that is a finding and the application goes on. How files are read stands in
`geodata.sources`.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pyproj import CRS

from geodata.choices import Choices
from geodata.errors import StoreError
from geodata.findings import Finding, Outcome, Severity, found, outcome_of
from geodata.i18n import Language, Text, text
from geodata.settings import Settings

_ROOT = Path(__file__).parents[1]
ORDINARY_BYTES = 64 * 2**20
"""Up to this size an upload is ordinary; the limits of a larger one grow with it."""
_MOST_TIMES = 8


@dataclass(frozen=True)
class LayerInfo:
    """What an upload's layer is, as the command line prints it."""

    name: str
    features: int
    geometry_type: str | None
    """`Polygon`, `LineString`, `Point`, with `Multi` before it when any feature has several parts; None without one."""
    crs: str | None
    encoding: str | None
    fields: list[str]
    bounds: tuple[float, float, float, float] | None
    """(west, south, east, north) in the layer's own CRS as read."""


@dataclass(frozen=True)
class Reading:
    """An upload as it was read.

    `frame` is the chosen (or only) layer: the file's columns as they came, its own CRS or none, and a RangeIndex
    that is the row number findings speak of. It is None when nothing could be read or several layers wait for a choice.
    """

    path: str
    layers: list[LayerInfo]
    findings: list[Finding]
    frame: GeoDataFrame | None

    @property
    def outcome(self) -> Outcome:
        """`accept`, `accept-with-warning` or `reject`."""
        return outcome_of(self.findings)

    def to_json(self, language: Language) -> dict[str, Any]:
        """The document of the command line's `inspect`."""
        return {
            "path": self.path,
            "outcome": self.outcome,
            "layers": [
                {**asdict(layer), "bounds": list(layer.bounds) if layer.bounds else None} for layer in self.layers
            ],
            "findings": [finding.to_json(language) for finding in self.findings],
        }


@dataclass(frozen=True)
class TableReading:
    """A table without geometry as it was read: a ledger, targets, reported values. All values are text."""

    path: str
    layers: list[LayerInfo]
    """Its sheets; of the one that was read, or of all that wait for a choice."""
    findings: list[Finding]
    frame: pd.DataFrame | None

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets."""
        return [layer.name for layer in self.layers]

    @property
    def encoding(self) -> str | None:
        """Encoding of the sheet that was read."""
        return self.layers[0].encoding if self.frame is not None else None

    @property
    def outcome(self) -> Outcome:
        """`accept`, `accept-with-warning` or `reject`."""
        return outcome_of(self.findings)


def read_upload(path: Path, *, choices: Choices, settings: Settings) -> Reading:
    """Read a vector upload: a file, or a folder whose files were dropped together.

    Never raises for bad data: what is wrong comes as findings.

    Raises
    ------
    StoreError
        The store has no room to unpack in.
    """
    with Reader(settings) as reader:
        return reader.read(path, choices)


def read_uploads(paths: Iterable[Path], *, choices: Choices, settings: Settings) -> list[Reading]:
    """Read several uploads, in their order, in one reading process as long as it lives."""
    with Reader(settings) as reader:
        return [reader.read(path, choices) for path in paths]


def read_table(path: Path, *, choices: Choices, settings: Settings) -> TableReading:
    """Read a table without geometry (CSV, XLSX); of several sheets `choices.layer_name` names the one.

    All values come as text, empty ones as missing. Never raises for bad data.
    """
    with Reader(settings) as reader:
        return reader.read_table(path, choices)


_PLACE_CODES = frozenset({"CRS_CONTRADICTED", "CRS_UNKNOWN", "AXES_SWAPPED"})


def merge_findings(*lists: Iterable[Finding]) -> list[Finding]:
    """The findings of several steps, each said once.

    What a later step says of the CRS takes the place of what an earlier one said: it knows the district too.
    """
    merged: list[Finding] = []
    for findings in lists:
        new = [finding for finding in findings if finding not in merged]
        again = {finding.code for finding in new} & _PLACE_CODES
        merged = [finding for finding in merged if finding.code not in again] + new
    return merged


class Reader:
    """A reading process that answers one upload after the other; a new one is started when it was lost."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[bytes] = queue.Queue()

    def __enter__(self) -> Reader:
        self._start()  # it starts while the caller is still busy
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def read(self, path: Path, choices: Choices) -> Reading:
        """Read one upload."""
        with self._staging() as staging:
            failed = self._ask("upload", path, choices, staging)
            return Reading(str(path), [], [failed], None) if failed else load_reading(str(path), staging)

    def read_table(self, path: Path, choices: Choices) -> TableReading:
        """Read one table without geometry."""
        with self._staging() as staging:
            failed = self._ask("table", path, choices, staging)
            return TableReading(str(path), [], [failed], None) if failed else load_table(str(path), staging)

    def _ask(self, job: str, path: Path, choices: Choices, staging: Path) -> Finding | None:
        """Have the process do a job; a finding when it did not finish it."""
        seconds, memory_mb = self._limits(path)
        request = {
            "job": job,
            "path": str(path.absolute()),
            "staging": str(staging.absolute()),
            "choices": choices.to_json(),
            "memory_mb": memory_mb,
            "seconds": seconds,
        }
        process = self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            self._stop()
            return found(
                "TOO_SLOW",
                text(
                    "Reading the file took more than {seconds} seconds and was stopped. "
                    "Split it, or look whether it is damaged.",
                    seconds=round(seconds),
                ),
            )
        except OSError:
            answer = b""
        if answer.strip() == b"done":
            return None
        self._stop()
        if answer.strip() == b"memory":
            return found(
                "READER_FAILED",
                text("Reading the file needs more than {size} MB of memory and was stopped. Split it.", size=memory_mb),
            )
        return found(
            "READER_FAILED",
            text(
                "The file made the reading process fail; nothing was read. Save it again from the program it is from."
            ),
        )

    def _limits(self, path: Path) -> tuple[float, int]:
        """(seconds, megabytes) for an upload of this size."""
        times = min(_MOST_TIMES, max(1.0, _size(path) / ORDINARY_BYTES))
        return self._settings.reading_seconds * times, round(self._settings.reading_memory_mb * (1 + (times - 1) / 2))

    @contextlib.contextmanager
    def _staging(self) -> Iterator[Path]:
        folder = self._settings.data_dir / "staging" / f"read-{uuid.uuid4().hex}"
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise StoreError(
                text("There is no room to read the upload in: “{folder}” can't be written.", folder=str(folder.parent))
            ) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        self._answers = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "geodata.reader_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | _ENVIRONMENT | {"PYTHONPATH": os.pathsep.join([str(_ROOT), *_python_path()])},
        )
        threading.Thread(target=_listen, args=(self._process, self._answers), daemon=True).start()
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


# One thread and the plain allocator keep the memory limit meaningful; drivers that follow other files are left out.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "GDAL_NUM_THREADS": "1",
    "GDAL_SKIP": "VRT OGR_VRT GDALG HTTP WFS OAPIF OGCAPI EEDA CSW Elasticsearch Carto AmigoCloud PLSCENES NGW ADBC",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "PYTHONWARNINGS": "ignore",
}


def _python_path() -> list[str]:
    return [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]


def _listen(process: subprocess.Popen[bytes], answers: queue.Queue[bytes]) -> None:
    assert process.stdout is not None
    with contextlib.suppress(ValueError, OSError):
        for line in process.stdout:
            answers.put(line)
    answers.put(b"")


def _size(path: Path) -> int:
    try:
        if path.is_dir():
            return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        parts = path.parent.glob(f"{_escaped(path.stem)}.*") if path.suffix.lower() == ".shp" else [path]
        return sum(part.stat().st_size for part in parts)
    except (OSError, ValueError):
        return 0


def _escaped(stem: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in stem)


# --- what goes over to the reading process and back ------------------------------------------------------------------


def text_to_json(message: Text) -> dict[str, Any]:
    """A text as plain JSON: its source, values and Chinese."""
    values = {
        name: text_to_json(value)
        if isinstance(value, Text)
        else value
        if isinstance(value, int | float)
        else str(value)
        for name, value in message.values.items()
    }
    return {"source": message.source, "values": values, "chinese": message.chinese}


def text_from_json(document: Mapping[str, Any]) -> Text:
    """The text that `text_to_json` wrote."""
    values = {
        name: text_from_json(value) if isinstance(value, Mapping) else value
        for name, value in document["values"].items()
    }
    return Text(document["source"], values, document["chinese"])


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """A finding as plain JSON, its text in no language yet."""
    return {**asdict(finding), "message": text_to_json(finding.message)}


def finding_from_json(document: Mapping[str, Any]) -> Finding:
    """The finding that `finding_to_json` wrote."""
    return Finding(
        document["code"],
        Severity(document["severity"]),
        text_from_json(document["message"]),
        count=document["count"],
        rows=tuple(document["rows"]),
        field=document["field"],
    )


def hand_over(reading: Reading, staging: Path) -> None:
    """Write a reading into the staging folder: JSON, and the frame as an Arrow file with geometries as WKB."""
    document = {
        "layers": [asdict(layer) for layer in reading.layers],
        "findings": [finding_to_json(finding) for finding in reading.findings],
        "crs": _crs_text(reading.frame.crs) if reading.frame is not None and reading.frame.crs else None,
        "frame": reading.frame is not None,
    }
    if reading.frame is not None:
        columns = pd.DataFrame(reading.frame.drop(columns=reading.frame.geometry.name))
        columns["geometry"] = shapely.to_wkb(reading.frame.geometry.to_numpy(), include_srid=False)
        _write_arrow(columns, staging)
    (staging / "reading.json").write_text(json.dumps(document), encoding="utf-8")


def _crs_text(crs: CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.to_wkt())


def load_reading(path: str, staging: Path) -> Reading:
    """The reading that `hand_over` wrote."""
    document = json.loads((staging / "reading.json").read_text(encoding="utf-8"))
    frame = None
    if document["frame"]:
        columns = _read_arrow(staging)
        geometries = shapely.from_wkb(columns.pop("geometry").to_numpy(dtype=object))
        crs = CRS.from_user_input(document["crs"]) if document["crs"] else None
        frame = GeoDataFrame(columns, geometry=GeoSeries(geometries, crs=crs), crs=crs)
    layers = [_layer_from_json(layer) for layer in document["layers"]]
    return Reading(path, layers, [finding_from_json(finding) for finding in document["findings"]], frame)


def _layer_from_json(document: Mapping[str, Any]) -> LayerInfo:
    return LayerInfo(**{**document, "bounds": tuple(document["bounds"]) if document["bounds"] else None})


def hand_over_table(reading: TableReading, staging: Path) -> None:
    """Write the reading of a table into the staging folder."""
    document = {
        "layers": [asdict(layer) for layer in reading.layers],
        "findings": [finding_to_json(finding) for finding in reading.findings],
        "frame": reading.frame is not None,
    }
    if reading.frame is not None:
        _write_arrow(reading.frame, staging)
    (staging / "reading.json").write_text(json.dumps(document), encoding="utf-8")


def load_table(path: str, staging: Path) -> TableReading:
    """The reading of a table that `hand_over_table` wrote."""
    document = json.loads((staging / "reading.json").read_text(encoding="utf-8"))
    frame = _read_arrow(staging) if document["frame"] else None
    findings = [finding_from_json(finding) for finding in document["findings"]]
    return TableReading(path, [_layer_from_json(layer) for layer in document["layers"]], findings, frame)


def _write_arrow(columns: pd.DataFrame, staging: Path) -> None:
    table = pa.Table.from_pandas(columns, preserve_index=False)
    with pa.OSFile(str(staging / "frame.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _read_arrow(staging: Path) -> pd.DataFrame:
    with pa.OSFile(str(staging / "frame.arrow"), "rb") as file:
        columns: pd.DataFrame = pa.ipc.open_file(file).read_all().to_pandas()
    return columns
