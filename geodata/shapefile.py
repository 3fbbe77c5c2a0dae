"""Our own look at the bytes of a shapefile: what its headers claim, what its records are, and its table.

GDAL believes headers and indexes: a wrong `.shx` gave it 8 of 22 rows, a row count of 0 in the `.dbf` none, deleted
rows 21 of 25, all without a word. So `.shp` records, `.shx` entries and live and deleted `.dbf` rows are counted here
and compared, and the table is read here too, one value at a time where one is damaged.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.encoding import Value, decode, of_language_byte
from geodata.i18n import Text, text

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
"""Suffixes of the parts that are read."""

NULL, POINT, LINE, POLYGON, MULTIPOINT = 0, 1, 3, 5, 8
_BASE = {
    0: NULL,
    1: POINT, 11: POINT, 21: POINT,
    3: LINE, 13: LINE, 23: LINE,
    5: POLYGON, 15: POLYGON, 25: POLYGON,
    8: MULTIPOINT, 18: MULTIPOINT, 28: MULTIPOINT,
}  # fmt: skip
_HAS_Z = {11, 13, 15, 18}
_HAS_M = {21, 23, 25, 28}
_MULTIPATCH = 31
_HEADER_BYTES = 100

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Records:
    """What the `.shp` holds."""

    shape_type: int
    offsets: Ints
    """Byte offset of each record's header."""
    content_bytes: Ints
    """Length of each record's content as its header gives it."""
    null_rows: tuple[int, ...] = ()
    damaged_rows: tuple[int, ...] = ()
    """Records whose content contradicts itself: counts that don't fit its length, a foreign shape type."""
    boxes: npt.NDArray[np.float64] | None = None
    """(west, south, east, north) that each record states for its own vertices; None for points."""
    problems: tuple[Text, ...] = ()
    """What is wrong with the file as a whole."""

    @property
    def count(self) -> int:
        """Number of records."""
        return len(self.offsets)

    @property
    def has_z(self) -> bool:
        """Whether the shapes carry heights."""
        return self.shape_type in _HAS_Z

    @property
    def has_m(self) -> bool:
        """Whether the shapes carry measures and no heights."""
        return self.shape_type in _HAS_M

    @property
    def geometry_type(self) -> str | None:
        """Base name of the layer's geometry."""
        names = {POINT: "Point", LINE: "LineString", POLYGON: "Polygon", MULTIPOINT: "MultiPoint"}
        return names.get(_BASE.get(self.shape_type, NULL))


@dataclass(frozen=True)
class Index:
    """What the `.shx` holds."""

    offsets: Ints
    content_bytes: Ints
    problems: tuple[Text, ...] = ()

    @property
    def count(self) -> int:
        """Number of entries."""
        return len(self.offsets)


@dataclass(frozen=True)
class DbfField:
    """A column of the table as its descriptor says."""

    raw_name: bytes
    kind: str
    width: int
    decimals: int
    start: int
    """Byte offset within a row."""


@dataclass(frozen=True)
class Table:
    """What the `.dbf`'s header says, and what its bytes are."""

    path: Path
    claimed_rows: int
    rows: int
    """Rows that are really there, deleted ones included."""
    header_bytes: int
    row_bytes: int
    fields: tuple[DbfField, ...]
    declared_encoding: str | None
    deleted: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    problems: tuple[Text, ...] = ()

    @property
    def live(self) -> int:
        """Number of rows not marked as deleted."""
        return int(self.rows - self.deleted.sum())


def read_records(path: Path) -> Records:
    """Walk the records of a `.shp`, never beyond its end."""
    data = _bytes_of(path)
    problems = _header_problems(data, "shp")
    if problems:
        return Records(0, _no_ints(), _no_ints(), problems=tuple(problems))
    declared, shape_type = 2 * _big(data, 24), _little(data, 32)
    size = len(data)
    if declared > size:
        problems.append(
            text(
                "The .shp is cut off: its header claims {claimed} bytes, there are {size}.", claimed=declared, size=size
            )
        )
    offsets, lengths, end = _walk(data)
    if end < min(declared, size):
        problems.append(
            text(
                "Record {number} of the .shp runs past the end of the file or is damaged.",
                number=len(offsets) + 1,
            )
        )
    elif _BASE.get(shape_type) is not None and declared < end:
        problems.append(
            text("The header of the .shp claims {claimed} bytes, its records take {size}.", claimed=declared, size=end)
        )
    null_rows, damaged = _look_at_records(data, offsets, lengths, shape_type)
    boxes = _boxes(data, offsets, shape_type)
    return Records(shape_type, offsets, lengths, null_rows, damaged, boxes, tuple(problems))


def read_index(path: Path) -> Index:
    """The entries of a `.shx`."""
    data = _bytes_of(path)
    problems = _header_problems(data, "shx")
    if problems:
        return Index(_no_ints(), _no_ints(), tuple(problems))
    declared, size = 2 * _big(data, 24), len(data)
    if declared != size:
        problems.append(
            text("The header of the .shx claims {claimed} bytes, there are {size}.", claimed=declared, size=size)
        )
    entries = (min(declared, size) - _HEADER_BYTES) // 8
    words = np.frombuffer(data, dtype=">i4", count=2 * max(0, entries), offset=_HEADER_BYTES).astype(np.int64)
    return Index(2 * words[0::2], 2 * words[1::2], tuple(problems))


def index_fits(records: Records, index: Index) -> bool:
    """Whether every entry of the `.shx` points at a record of the `.shp`, each at its own, in order."""
    return (
        records.count == index.count
        and bool(np.array_equal(records.offsets, index.offsets))
        and bool(np.array_equal(records.content_bytes, index.content_bytes))
    )


def write_index(shp: Path, records: Records, to: Path) -> None:
    """Make the `.shx` anew from the records of the `.shp`."""
    header = bytearray(_bytes_of(shp)[:_HEADER_BYTES])
    struct.pack_into(">i", header, 24, (_HEADER_BYTES + 8 * records.count) // 2)
    entries = np.empty((records.count, 2), dtype=">i4")
    entries[:, 0] = records.offsets // 2
    entries[:, 1] = records.content_bytes // 2
    to.write_bytes(bytes(header) + entries.tobytes())


def read_table_header(path: Path) -> Table:
    """What the `.dbf` claims and holds; `problems` says what can't be read."""
    data = _bytes_of(path)
    size = len(data)
    empty = Table(path, 0, 0, 0, 0, (), None)
    if size < 32:
        return _with(empty, text("The .dbf is cut off: {size} bytes are less than its header.", size=size))
    claimed, header_bytes, row_bytes = struct.unpack_from("<IHH", data, 4)
    fields = _fields(data, min(header_bytes, size))
    width = 1 + sum(each.width for each in fields)
    table = Table(path, claimed, 0, header_bytes, row_bytes, fields, of_language_byte(data[29]))
    if header_bytes < 33 or row_bytes < 1 or header_bytes > size or not fields or width > row_bytes:
        return _with(table, text("The header of the .dbf is damaged: its columns don't fit its rows."))
    if not all(_is_sound(each) for each in fields):
        return _with(table, text("The header of the .dbf is damaged: a column has no name or no type."))
    there = (size - header_bytes) // row_bytes
    problems = []
    rows = claimed
    if claimed > there:
        problems.append(
            text(
                "The .dbf is cut off: its header claims {claimed} rows, there are {rows}.", claimed=claimed, rows=there
            )
        )
        rows = there
    elif there > claimed:
        # After the last row stands an end mark; more rows behind it mean that the header's count is wrong.
        extra = _rows_behind(data, header_bytes + claimed * row_bytes, row_bytes)
        rows = claimed + extra
    grid = _grid(data, header_bytes, row_bytes, rows)
    end = header_bytes + rows * row_bytes
    # Rows begin with a blank, or an asterisk when deleted; behind the last one stands an end mark or padding.
    shifted = rows and not np.isin(grid[:, 0], (0x20, 0x2A, 0)).all()
    if shifted or (end < size and data[end] not in (0x1A, 0, 0x20, 0x2A, 0x0A, 0x0D)):
        problems.append(text("The rows of the .dbf are damaged: they don't begin or end where they should."))
    return Table(
        path, claimed, rows, header_bytes, row_bytes, fields, table.declared_encoding, grid[:, 0] == 0x2A,
        tuple(problems),
    )  # fmt: skip


def read_dbf_texts(path: Path) -> list[Value]:
    """The distinct texts of a `.dbf`, field names first, as bytes."""
    table = read_table_header(path)
    values = [Value(each.raw_name, full=len(each.raw_name) >= 10) for each in table.fields]
    return values + distinct_texts(table)


def distinct_texts(table: Table) -> list[Value]:
    """The distinct values of the text columns of the live rows, as bytes."""
    found: dict[bytes, bool] = {}
    for each in table.fields:
        if each.kind in _BINARY or each.kind in "NFDLI":
            continue
        for raw in set(_column_bytes(table, each)):
            content = _strip(raw)
            if not content.isascii():
                found[content] = found.get(content, False) or len(content) >= each.width
    return [Value(raw, full) for raw, full in found.items()]


@dataclass(frozen=True)
class Columns:
    """The table's values, with the rows whose text was cut or does not decode."""

    names: list[str]
    values: list[Any]
    cut_rows: tuple[int, ...]
    broken_rows: tuple[int, ...]
    hidden_rows: tuple[int, ...]
    """Rows with a text that ends at a zero byte though more stands behind it."""
    bad: tuple[tuple[int, tuple[int, ...]], ...]
    """(column, rows) of number, date and yes/no columns with values that are none."""


def read_columns(table: Table, encoding: str) -> Columns:
    """The values of the live rows of a table.

    A number or date column with a value that is none comes as text, so that the value can be named.
    """
    names = [field_name(each, encoding) for each in table.fields]
    cut: set[int] = set()
    broken: set[int] = set()
    hidden: set[int] = set()
    bad: list[tuple[int, tuple[int, ...]]] = []
    values = []
    for number, each in enumerate(table.fields):
        raw = _column_bytes(table, each)
        reader = _READERS.get(each.kind)
        column = reader(raw, each) if reader else None
        if column is None:
            if reader:
                bad.append((number, tuple(row for row, cell in enumerate(raw) if reader([cell], each) is None)))
            column, cut_here, broken_here = _texts(raw, each, encoding)
            cut |= cut_here
            broken |= broken_here
        if each.kind == "C":
            hidden |= {row for row, cell in enumerate(raw) if 0 in cell and cell.split(b"\0", 1)[1].strip(b"\0 ")}
        values.append(column)
    return Columns(
        names, values, tuple(sorted(cut)), tuple(sorted(broken)), tuple(sorted(hidden)),
        tuple(each for each in bad if each[1]),
    )  # fmt: skip


def field_name(each: DbfField, encoding: str) -> str:
    """A column's name; a character cut at its tenth byte is dropped."""
    content, _, _ = decode(Value(each.raw_name, full=len(each.raw_name) >= 9), encoding)
    return content.strip()


def _bytes_of(path: Path) -> bytes | mmap.mmap:
    with path.open("rb") as file:
        try:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:  # an empty file can't be mapped
            return b""


def _big(data: bytes | mmap.mmap, at: int) -> int:
    return int(struct.unpack_from(">i", data, at)[0])


def _little(data: bytes | mmap.mmap, at: int) -> int:
    return int(struct.unpack_from("<i", data, at)[0])


def _no_ints() -> Ints:
    return np.zeros(0, dtype=np.int64)


def _header_problems(data: bytes | mmap.mmap, suffix: str) -> list[Text]:
    if len(data) < _HEADER_BYTES:
        return [text("The .{suffix} is cut off: {size} bytes are less than its header.", suffix=suffix, size=len(data))]
    if _big(data, 0) != 9994 or _little(data, 28) != 1000:
        return [text("The .{suffix} is no shapefile: it doesn't begin as one.", suffix=suffix)]
    shape_type = _little(data, 32)
    if shape_type not in _BASE and shape_type != _MULTIPATCH:
        return [
            text("The .{suffix} names a shape type that doesn't exist ({number}).", suffix=suffix, number=shape_type)
        ]
    if _big(data, 24) * 2 < _HEADER_BYTES:
        return [text("The header of the .{suffix} is damaged: its length is impossible.", suffix=suffix)]
    return []


def _walk(data: bytes | mmap.mmap) -> tuple[Ints, Ints, int]:
    """Offsets and content lengths of the records that stand one behind the other, and where they end."""
    unpack = struct.Struct(">ii").unpack_from
    size, at = len(data), _HEADER_BYTES
    offsets: list[int] = []
    lengths: list[int] = []
    while at + 12 <= size:
        number, words = unpack(data, at)
        # Numbers count from 1; some writers count from 0.
        if words < 2 or at + 8 + 2 * words > size or number not in (len(offsets) + 1, len(offsets)):
            break
        offsets.append(at)
        lengths.append(2 * words)
        at += 8 + 2 * words
    return np.array(offsets, dtype=np.int64), np.array(lengths, dtype=np.int64), at


def _look_at_records(
    data: bytes | mmap.mmap, offsets: Ints, lengths: Ints, shape_type: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Rows that are null, and rows that contradict themselves."""
    if not len(offsets):
        return (), ()
    buffer = np.frombuffer(data, dtype=np.uint8)
    types = _gather(buffer, offsets + 8, "<i4").astype(np.int64)
    null = types == NULL
    damaged = ~null & (types != shape_type)
    good = ~null & ~damaged
    base = _BASE.get(shape_type)
    if base == POINT:
        expected = {1: (20,), 11: (28, 36), 21: (28,)}[shape_type]
        damaged |= good & ~np.isin(lengths, expected)
    elif base in (LINE, POLYGON):
        damaged |= _bad_parts(buffer, offsets, lengths, good, shape_type)
    elif base == MULTIPOINT:
        damaged |= _bad_multipoints(buffer, offsets, lengths, good, shape_type)
    return _rows(null), _rows(damaged)


def _boxes(data: bytes | mmap.mmap, offsets: Ints, shape_type: int) -> npt.NDArray[np.float64] | None:
    if _BASE.get(shape_type) not in (LINE, POLYGON, MULTIPOINT) or not len(offsets):
        return None
    buffer = np.frombuffer(data, dtype=np.uint8)
    sides = [_gather(buffer, offsets + 12 + 8 * side, "<f8") for side in range(4)]
    return np.column_stack(sides).astype(np.float64)


def rows_outside_boxes(records: Records, bounds: npt.NDArray[np.float64]) -> tuple[int, ...]:
    """Rows whose vertices lie outside the box the record itself states; `bounds` has one row per record, NaN for none.

    A byte changed in a coordinate is seen by nothing else.
    """
    if records.boxes is None or len(bounds) != records.count:
        return ()
    boxes = records.boxes
    with np.errstate(all="ignore"):
        size = np.maximum(boxes[:, 2:] - boxes[:, :2], 0).max(axis=1)
        tolerance = (1e-6 * size + 1e-9 * np.abs(boxes).max(axis=1) + 1e-12)[:, None]
        low = bounds[:, :2] < boxes[:, :2] - tolerance
        high = bounds[:, 2:] > boxes[:, 2:] + tolerance
    known = np.isfinite(bounds).all(axis=1)
    return _rows(known & ((low | high).any(axis=1) | ~np.isfinite(boxes).all(axis=1)))


def _rows(mask: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(row) for row in np.flatnonzero(mask))


def _gather(buffer: npt.NDArray[np.uint8], at: Ints, dtype: str) -> npt.NDArray[Any]:
    kind = np.dtype(dtype)
    index = at[:, None] + np.arange(kind.itemsize)
    cells: npt.NDArray[Any] = buffer[np.minimum(index, len(buffer) - 1)].copy().view(kind)
    return cells[:, 0]


def _sizes(plain: Ints, points: Ints, shape_type: int) -> list[Ints]:
    """Content lengths that fit: without more, with heights, with measures behind them."""
    extra = 16 + 8 * points
    if shape_type in _HAS_Z:
        return [plain + extra, plain + 2 * extra]
    if shape_type in _HAS_M:
        return [plain, plain + extra]
    return [plain]


def _bad_parts(
    buffer: npt.NDArray[np.uint8], offsets: Ints, lengths: Ints, good: npt.NDArray[np.bool_], shape_type: int
) -> npt.NDArray[np.bool_]:
    bad = good & (lengths < 44)
    parts = _gather(buffer, offsets + 8 + 36, "<i4").astype(np.int64)
    points = _gather(buffer, offsets + 8 + 40, "<i4").astype(np.int64)
    bad |= good & ((parts < 0) | (points < 0))
    fitting = np.zeros(len(offsets), dtype=bool)
    for expected in _sizes(44 + 4 * parts + 16 * points, points, shape_type):
        fitting |= lengths == expected
    bad |= good & ~fitting
    first = _gather(buffer, offsets + 8 + 44, "<i4")
    bad |= good & (parts > 0) & ((first != 0) | (points == 0))
    for row in np.flatnonzero(good & ~bad & (parts > 1)):
        start = int(offsets[row]) + 8 + 44
        starts = buffer[start : start + 4 * int(parts[row])].copy().view("<i4")
        bad[row] = bool((np.diff(starts) <= 0).any() or starts[-1] >= points[row])
    return bad


def _bad_multipoints(
    buffer: npt.NDArray[np.uint8], offsets: Ints, lengths: Ints, good: npt.NDArray[np.bool_], shape_type: int
) -> npt.NDArray[np.bool_]:
    bad = good & (lengths < 40)
    points = _gather(buffer, offsets + 8 + 36, "<i4").astype(np.int64)
    fitting = np.zeros(len(offsets), dtype=bool)
    for expected in _sizes(40 + 16 * points, points, shape_type):
        fitting |= lengths == expected
    return bad | (good & ~fitting)


def _fields(data: bytes | mmap.mmap, header_bytes: int) -> tuple[DbfField, ...]:
    fields = []
    at, start = 32, 1
    while at + 32 <= header_bytes and data[at] != 0x0D:
        raw_name = bytes(data[at : at + 11]).split(b"\0", 1)[0].rstrip()
        width = data[at + 16]
        fields.append(DbfField(raw_name, chr(data[at + 11]), width, data[at + 17], start))
        start += width
        at += 32
    return tuple(fields)


def _is_sound(each: DbfField) -> bool:
    """Whether a column has a name without control characters and a type that exists."""
    return bool(each.raw_name) and not any(byte < 0x20 for byte in each.raw_name) and each.kind in _KINDS


def _with(table: Table, problem: Text) -> Table:
    return Table(
        table.path, table.claimed_rows, 0, table.header_bytes, table.row_bytes, table.fields, table.declared_encoding,
        problems=(problem,),
    )  # fmt: skip


def _rows_behind(data: bytes | mmap.mmap, at: int, row_bytes: int) -> int:
    """Rows that stand behind the last one the header counts."""
    rows = 0
    while at + row_bytes <= len(data) and data[at] in (0x20, 0x2A):
        rows += 1
        at += row_bytes
    return rows


def _grid(data: bytes | mmap.mmap, header_bytes: int, row_bytes: int, rows: int) -> npt.NDArray[np.uint8]:
    flat = np.frombuffer(data, dtype=np.uint8, count=rows * row_bytes, offset=header_bytes)
    return flat.reshape(rows, row_bytes)


_BINARY = frozenset("IOB@+T")
_KINDS = frozenset("CNFDLMGVXWPQYIOB@+T0")


def _column_bytes(table: Table, each: DbfField) -> list[bytes]:
    if not table.rows or not each.width:
        return [b""] * table.live
    grid = _grid(_bytes_of(table.path), table.header_bytes, table.row_bytes, table.rows)
    cells = grid[~table.deleted, each.start : each.start + each.width]
    block = cells.tobytes()
    return [block[at : at + each.width] for at in range(0, len(block), each.width)]


def _strip(raw: bytes) -> bytes:
    return raw.split(b"\0", 1)[0].rstrip(b" ")


def _texts(raw: list[bytes], each: DbfField, encoding: str) -> tuple[Any, set[int], set[int]]:
    known: dict[bytes, tuple[str | None, bool, bool]] = {}
    cut: set[int] = set()
    broken: set[int] = set()
    column: list[str | None] = []
    for row, cell in enumerate(raw):
        if cell not in known:
            content = _strip(cell)
            known[cell] = (
                decode(Value(content, len(content) >= each.width), encoding) if content else (None, False, False)
            )
        content_text, is_cut, is_broken = known[cell]
        column.append(content_text)
        if is_cut:
            cut.add(row)
        if is_broken:
            broken.add(row)
    return pd.array(column, dtype="str"), cut, broken


def _numbers(raw: list[bytes], each: DbfField) -> Any:
    """Numbers; whole ones as `int64` (`Int64` with gaps). None when a value is no number or too long to be kept."""
    cells = [cell.replace(b"\0", b" ").strip() for cell in raw]
    # A number that is missing stands as blanks or, written by GDAL and ArcGIS, as asterisks.
    values = [b"" if cell.startswith(b"*") else cell for cell in cells]
    whole = each.decimals == 0 and all(_is_whole(value) for value in set(values) if value)
    try:
        if whole:
            numbers = [int(value) if value else None for value in values]
            if any(number is not None and abs(number) >= 2**63 for number in numbers):
                return None
            return pd.array(numbers, dtype="Int64" if None in numbers else "int64")
        floats = np.array([float(value.replace(b",", b".")) if value else np.nan for value in values], dtype=float)
    except ValueError:
        return None
    return floats


def _is_whole(value: bytes) -> bool:
    return value.lstrip(b"+-").isdigit()


def _dates(raw: list[bytes], each: DbfField) -> Any:  # noqa: ARG001
    days: list[date | None] = []
    for cell in raw:
        content = cell.replace(b"\0", b" ").strip()
        if not content or not content.strip(b"0"):
            days.append(None)
            continue
        try:
            days.append(date(int(content[:4]), int(content[4:6]), int(content[6:8])))
        except ValueError:
            return None
        if len(content) != 8 or not content.isdigit():
            return None
    return pd.array(np.array(days, dtype="datetime64[s]"))


def _flags(raw: list[bytes], each: DbfField) -> Any:  # noqa: ARG001
    meaning = {b"T": True, b"Y": True, b"F": False, b"N": False, b"1": True, b"0": False, b"?": None, b"": None}
    values = [cell.replace(b"\0", b" ").strip().upper() for cell in raw]
    if not set(values) <= set(meaning):
        return None
    return pd.array([meaning[value] for value in values], dtype="boolean")


def _whole_binary(raw: list[bytes], each: DbfField) -> Any:
    return np.frombuffer(b"".join(raw), dtype="<i4").astype("int64") if each.width == 4 else None


def _double_binary(raw: list[bytes], each: DbfField) -> Any:
    return np.frombuffer(b"".join(raw), dtype="<f8").copy() if each.width == 8 else None


_READERS = {
    "N": _numbers,
    "F": _numbers,
    "D": _dates,
    "L": _flags,
    "I": _whole_binary,
    "+": _whole_binary,
    "O": _double_binary,
    "B": _double_binary,
}
