from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from geodata.shapefile import (
    field_name,
    index_fits,
    read_columns,
    read_index,
    read_records,
    read_table_header,
    rows_outside_boxes,
    write_index,
)
from tests.geodata.upload_files import NAMES, SQUARES, dbf, frame, named_dbf, parts, record, shp, write_parts


def written(tmp_path: Path, content: bytes, suffix: str = ".shp") -> Path:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    return path


def test_records_and_index_of_a_file_by_gdal_are_counted(tmp_path: Path) -> None:
    pyogrio.write_dataframe(frame(), tmp_path / "a.shp", encoding="GBK")
    records = read_records(tmp_path / "a.shp")
    assert (records.count, records.geometry_type, records.problems) == (3, "Polygon", ())
    assert index_fits(records, read_index(tmp_path / "a.shx"))
    table = read_table_header(tmp_path / "a.dbf")
    assert (table.rows, table.live, table.problems) == (3, 3, ())
    assert read_columns(table, "GBK").names == ["NAME", "WIDTH_M"]


def test_an_index_made_anew_is_the_one_that_was_lost(tmp_path: Path) -> None:
    path = write_parts(tmp_path, parts())
    write_index(path, read_records(path), tmp_path / "new.shx")
    assert (tmp_path / "new.shx").read_bytes()[100:] == path.with_suffix(".shx").read_bytes()[100:]
    assert index_fits(read_records(path), read_index(tmp_path / "new.shx"))


def test_an_index_of_another_file_does_not_fit(tmp_path: Path) -> None:
    path = write_parts(tmp_path, parts() | {".shx": shp(SQUARES[:2])[1]})
    assert not index_fits(read_records(path), read_index(path.with_suffix(".shx")))


def test_a_walk_stops_at_the_first_record_that_does_not_fit(tmp_path: Path) -> None:
    content, _ = shp(SQUARES)
    cut = read_records(written(tmp_path, content[:-10]))
    assert cut.count == 2
    assert len(cut.problems) == 2  # the header's length, and the record


def test_null_and_damaged_records_are_told_apart(tmp_path: Path) -> None:
    too_many = bytearray(record(SQUARES[1], 5))
    struct.pack_into("<i", too_many, 40, 6)
    records = read_records(written(tmp_path, shp([SQUARES[0], None, bytes(too_many)])[0]))
    assert (records.null_rows, records.damaged_rows) == ((1,), (2,))


@pytest.mark.parametrize("kind", [3, 5, 13, 15, 23, 25])
def test_a_part_that_starts_behind_the_last_vertex_is_damaged(tmp_path: Path, kind: int) -> None:
    plain = record([[(0, 0), (0, 1), (1, 1), (0, 0)], [(5, 5), (5, 6), (6, 6), (5, 5)]], kind)
    broken = plain[:48] + struct.pack("<i", 8) + plain[52:]
    assert read_records(written(tmp_path, shp([plain], kind)[0])).damaged_rows == ()
    assert read_records(written(tmp_path, shp([broken], kind)[0])).damaged_rows == (0,)


def test_a_vertex_outside_its_records_box_is_seen(tmp_path: Path) -> None:
    records = read_records(written(tmp_path, shp(SQUARES)[0]))
    bounds = np.array([square.bounds for square in SQUARES])
    assert rows_outside_boxes(records, bounds) == ()
    bounds[1, 2] += 1
    assert rows_outside_boxes(records, bounds) == (1,)
    bounds[2] = np.nan
    assert rows_outside_boxes(records, bounds) == (1,)


@pytest.mark.parametrize(
    ("claimed", "rows", "problems"), [(None, 3, 0), (0, 3, 0), (2, 3, 0), (5, 3, 1), (2**32 - 1, 3, 1)]
)
def test_rows_are_counted_by_what_is_there(tmp_path: Path, claimed: int | None, rows: int, problems: int) -> None:
    table = read_table_header(written(tmp_path, named_dbf(claimed=claimed), ".dbf"))
    assert (table.rows, len(table.problems)) == (rows, problems)


def test_deleted_rows_are_counted_and_left_out_of_the_columns(tmp_path: Path) -> None:
    table = read_table_header(written(tmp_path, named_dbf(deleted=[0, 2]), ".dbf"))
    assert (table.rows, table.live) == (3, 1)
    assert list(read_columns(table, "GBK").values[0]) == [NAMES[1]]


def test_rows_of_cut_and_broken_texts_are_named(tmp_path: Path) -> None:
    cells = ["规划横三路".encode("gbk")[:9], b"ok", b"\x81\xff x"]
    table = read_table_header(written(tmp_path, dbf([(b"N", "C", 9, 0)], [[cell] for cell in cells]), ".dbf"))
    columns = read_columns(table, "GBK")
    assert (columns.cut_rows, columns.broken_rows) == ((0,), (2,))
    assert columns.values[0][0] == "规划横三"


def test_a_column_name_cut_in_a_character_loses_only_that_character(tmp_path: Path) -> None:
    name = "规划横三路名".encode()[:10]
    table = read_table_header(written(tmp_path, dbf([(name, "C", 9, 0)], [[b"a"]]), ".dbf"))
    assert field_name(table.fields[0], "UTF-8") == "规划横"


@pytest.mark.parametrize("size", [0, 1, 31, 32, 40, 64, 66])
def test_a_table_cut_anywhere_is_named_and_never_raises(tmp_path: Path, size: int) -> None:
    assert read_table_header(written(tmp_path, named_dbf()[:size], ".dbf")).problems


@pytest.mark.parametrize("size", [0, 1, 50, 99])
def test_a_stump_is_named_and_never_raises(tmp_path: Path, size: int) -> None:
    content, index = shp(SQUARES)
    assert read_records(written(tmp_path, content[:size])).problems
    assert read_index(written(tmp_path, index[:size], ".shx")).problems
