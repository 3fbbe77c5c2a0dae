from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

from geodata import reading
from geodata.choices import Choices
from geodata.errors import StoreError
from geodata.findings import found
from geodata.formats.descriptions import attributes_in
from geodata.i18n import label, text
from geodata.reading import (
    Reader,
    Reading,
    finding_from_json,
    finding_to_json,
    hand_over,
    load_reading,
    merge_findings,
    read_table,
    read_upload,
    read_uploads,
)
from geodata.settings import Settings
from geodata.sources import read_here
from tests.geodata.upload_files import (
    NAMES,
    SQUARES,
    csv_bytes,
    dbf,
    frame,
    parts,
    record,
    write_gdal,
    write_parts,
    write_xlsx,
    zipped,
)

NO_CHOICES = Choices()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def codes(read: Reading) -> set[str]:
    return {finding.code for finding in read.findings}


def test_a_good_zip_comes_back_from_the_reading_process_as_it_is(tmp_path: Path, settings: Settings) -> None:
    read = read_upload(zipped(tmp_path, parts()), choices=NO_CHOICES, settings=settings)

    assert read.outcome == "accept"
    assert read.frame is not None
    assert read.frame["NAME"].tolist() == NAMES
    assert read.frame["WIDTH_M"].tolist() == [12.5] * 3
    assert read.frame.crs.to_epsg() == 4548
    assert [polygon.equals(square) for polygon, square in zip(read.frame.geometry, SQUARES, strict=True)] == [True] * 3
    assert read.frame.index.tolist() == [0, 1, 2]
    assert read.to_json("zh")["layers"][0] == {
        "name": "roads",
        "features": 3,
        "geometry_type": "Polygon",
        "crs": "EPSG:4548",
        "encoding": "GBK",
        "fields": ["NAME", "WIDTH_M"],
        "bounds": [468213.0, 3921245.0, 468503.0, 3921335.0],
    }


def test_nothing_is_left_in_the_staging_folder(tmp_path: Path, settings: Settings) -> None:
    read_upload(zipped(tmp_path, parts()), choices=NO_CHOICES, settings=settings)
    assert list((tmp_path / "data" / "staging").iterdir()) == []


def test_inspecting_takes_less_than_two_seconds_a_file(tmp_path: Path, settings: Settings) -> None:
    path = zipped(tmp_path, parts())
    started = time.monotonic()
    read_uploads([path] * 5, choices=NO_CHOICES, settings=settings)
    assert time.monotonic() - started < 10


def test_several_uploads_come_back_in_their_order(tmp_path: Path, settings: Settings) -> None:
    good = zipped(tmp_path, parts())
    read = read_uploads([good, tmp_path / "nothing.zip", good], choices=NO_CHOICES, settings=settings)
    assert [each.outcome for each in read] == ["accept", "reject", "accept"]
    assert codes(read[1]) == {"NO_LAYER"}


def test_reading_that_takes_too_long_is_stopped_and_said(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", reading_seconds=0.01)
    read = read_upload(zipped(tmp_path, parts()), choices=NO_CHOICES, settings=settings)
    assert codes(read) == {"TOO_SLOW"}
    assert read.outcome == "reject"


def test_reading_goes_on_with_a_new_process_after_one_was_stopped(tmp_path: Path, settings: Settings) -> None:
    path = zipped(tmp_path, parts())
    with Reader(settings) as reader:
        assert reader.read(path, NO_CHOICES).outcome == "accept"
        assert reader._process is not None
        reader._process.kill()
        reader._process.wait()
        assert reader.read(path, NO_CHOICES).outcome == "accept"


def test_a_process_that_dies_is_a_finding(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading.sys, "executable", shutil.which("false"))
    read = read_upload(zipped(tmp_path, parts()), choices=NO_CHOICES, settings=settings)
    assert codes(read) == {"READER_FAILED"}


def test_reading_that_needs_too_much_memory_is_a_finding(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", reading_memory_mb=40)
    rows = 200_000
    table = dbf([(b"NAME", "C", 200, 0)], [[b"x"]] * 2)
    shapes = parts(SQUARES[:2], table=table)
    # A table of 40 MB, all of it one value: honest, and larger than the limit.
    head, row = table[:65], table[65 : 65 + 201]
    shapes[".dbf"] = head[:4] + rows.to_bytes(4, "little") + head[8:] + row * rows + b"\x1a"
    read = read_upload(write_parts(tmp_path, shapes), choices=NO_CHOICES, settings=settings)
    assert codes(read) == {"READER_FAILED"}


def test_a_store_without_room_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder belongs")
    with pytest.raises(StoreError, match="can't be written"):
        read_upload(zipped(tmp_path, parts()), choices=NO_CHOICES, settings=Settings(data_dir=tmp_path / "data"))


def test_values_keep_their_types_on_the_way_back(tmp_path: Path, settings: Settings) -> None:
    fields = [
        (b"CODE", "C", 6, 0),
        (b"WHOLE", "N", 6, 0),
        (b"GAPS", "N", 6, 0),
        (b"SHARE", "N", 6, 2),
        (b"DAY", "D", 8, 0),
        (b"FLAG", "L", 1, 0),
        (b"BAD_DAY", "D", 8, 0),
        (b"BAD_NO", "N", 6, 0),
        (b"LONG", "N", 20, 0),
    ]
    rows = [
        [b"0701", b"1", b"5", b"0.25", b"20200229", b"T", b"20200101", b"12", b"12345678901234567890"],
        [b"", b"2", b"******", b"", b"00000000", b"?", b"20201345", b"12a", b"1"],
        [b"a", b"3", b"", b"1", b"", b"N", b"", b"", b""],
    ]
    read = read_upload(write_parts(tmp_path, parts(table=dbf(fields, rows))), choices=NO_CHOICES, settings=settings)

    assert read.frame is not None
    columns = read.frame
    assert columns["CODE"].tolist()[0] == "0701"
    assert columns["CODE"].isna().tolist() == [False, True, False]
    assert columns["WHOLE"].tolist() == [1, 2, 3]
    assert columns["WHOLE"].dtype == "int64"
    assert columns["GAPS"].tolist() == [5, pd.NA, pd.NA]
    assert columns["SHARE"].tolist()[::2] == [0.25, 1.0]
    assert columns["DAY"].tolist() == [pd.Timestamp("2020-02-29"), pd.NaT, pd.NaT]
    assert columns["FLAG"].tolist() == [True, pd.NA, False]
    # What is no date or number comes as text, so that the check can name the row.
    assert columns["BAD_DAY"].tolist()[:2] == ["20200101", "20201345"]
    assert columns["BAD_NO"].str.strip().tolist()[:2] == ["12", "12a"]
    assert columns["LONG"].str.strip().tolist()[0] == "12345678901234567890"


def test_deleted_rows_are_left_out_and_the_others_keep_their_shape(tmp_path: Path, settings: Settings) -> None:
    table = dbf([(b"NAME", "C", 9, 0)], [[b"first"], [b"gone"], [b"last"]], deleted=[1])
    read = read_upload(write_parts(tmp_path, parts(table=table)), choices=NO_CHOICES, settings=settings)
    assert read.frame is not None
    assert read.frame["NAME"].tolist() == ["first", "last"]
    assert [read.frame.geometry[0].equals(SQUARES[0]), read.frame.geometry[1].equals(SQUARES[2])] == [True, True]


def test_findings_name_the_rows(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    unclosed = record([[(0, 0), (0, 9), (9, 9), (9, 0)]], 5)
    shapes = [SQUARES[0], None, unclosed, SQUARES[1]]
    read = read_here(write_parts(tmp_path, parts(shapes)), NO_CHOICES, tmp_path / "s")
    rows = {finding.code: finding.rows for finding in read.findings}
    assert rows == {"NULL_GEOM": (1,), "INVALID_GEOM": (2,)}
    assert read.frame is not None
    assert read.frame.geometry.isna().tolist() == [False, True, True, False]


def test_names_that_would_do_harm_are_only_text(tmp_path: Path, settings: Settings) -> None:
    stem = "<img src=x onerror=alert(1)>\u202egpj.{0}{name}"
    value = '=HYPERLINK("x")<script>\u202e'
    table = dbf([(b"{NAME}", "C", 60, 0)], [[value.encode()]] * 3)
    read = read_upload(
        zipped(tmp_path, parts(table=table, cpg=b"UTF-8", without=[".shx"]), stem),
        choices=NO_CHOICES,
        settings=settings,
    )
    assert read.frame is not None
    assert read.frame["{NAME}"].tolist() == [value] * 3
    assert codes(read) == {"MISSING_SHX"}
    document = json.loads(json.dumps(read.to_json("zh")))
    assert "\u202e" not in document["findings"][0]["message"]


def test_a_reading_survives_the_way_between_the_processes(tmp_path: Path) -> None:
    layer = frame()
    sent = Reading(
        "a.zip",
        [],
        [found("CORRUPT", text("{a} and {b}", a=label("甲", "A"), b=3), rows=[4, 2])],
        gpd.GeoDataFrame(layer),
    )
    hand_over(sent, tmp_path)
    back = load_reading("a.zip", tmp_path)
    assert back.findings == sent.findings
    assert back.findings[0].message.in_("zh") == "甲 and 3"
    assert back.frame is not None
    assert_geodataframe_equal(back.frame, layer)


def test_a_finding_is_the_same_after_json() -> None:
    finding = found("TEXT_CUT", text("x"), rows=[1], field="name")
    assert finding_from_json(json.loads(json.dumps(finding_to_json(finding)))) == finding


def test_merging_says_each_finding_once() -> None:
    first, second = found("HAS_ZM", text("x")), found("HAS_ZM", text("y"))
    assert merge_findings([first], [first, second]) == [first, second]


def test_what_a_later_step_says_of_the_crs_takes_the_place_of_the_earlier() -> None:
    early, late = found("CRS_CONTRADICTED", text("x")), found("CRS_CONTRADICTED", text("x, and it fits y"))
    other = found("HAS_ZM", text("x"))
    assert merge_findings([early, other], [late]) == [other, late]


def test_a_ledger_is_read_as_text_with_its_title_line_skipped(tmp_path: Path, settings: Settings) -> None:
    rows = [
        ["用地台账（2020年）"],
        ["地块编号", "用地性质", "竣工日期"],
        ["P-001", "0701", "2020-05-01"],
        ["P-002", None, "现状"],
    ]
    path = write_xlsx(tmp_path, {"台账": rows})
    ledger = read_table(path, choices=NO_CHOICES, settings=settings)
    assert ledger.outcome == "accept"
    assert ledger.frame is not None
    assert list(ledger.frame.columns) == ["地块编号", "用地性质", "竣工日期"]
    assert ledger.frame["地块编号"].tolist() == ["P-001", "P-002"]
    assert ledger.frame["用地性质"].isna().tolist() == [False, True]


def test_a_ledger_of_two_sheets_asks_which(tmp_path: Path, settings: Settings) -> None:
    path = write_xlsx(tmp_path, {"一": [["编号", "名"], ["1", "a"]], "二": [["编号", "名"], ["2", "b"]]})
    asked = read_table(path, choices=NO_CHOICES, settings=settings)
    assert [finding.code for finding in asked.findings] == ["SEVERAL_LAYERS"]
    assert asked.sheets == ["一", "二"]
    chosen = read_table(path, choices=Choices(layer_name="二"), settings=settings)
    assert chosen.frame is not None
    assert chosen.frame["编号"].tolist() == ["2"]


@pytest.mark.parametrize(("chosen", "codes"), [("GB18030", []), ("UTF-8", ["ENCODING_CONTRADICTED"])])
def test_a_chosen_encoding_counts_for_tables_too(
    tmp_path: Path, settings: Settings, chosen: str, codes: list[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([["地块编号", "使用权人"], ["P-1", "规划公司"]], "gbk"))
    read = read_table(path, choices=Choices(encoding=chosen), settings=settings)
    assert [finding.code for finding in read.findings] == codes
    assert [layer.encoding for layer in read.layers] == [chosen]


def test_a_ledger_in_gbk_says_that_its_encoding_was_guessed(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([["地块编号", "使用权人"], ["P-1", "规划公司"]], "gbk"))
    ledger = read_table(path, choices=NO_CHOICES, settings=settings)
    assert ledger.encoding == "GB18030"
    assert [finding.code for finding in ledger.findings] == ["ENCODING_GUESSED"]


def test_a_ledger_in_another_format_is_refused(tmp_path: Path, settings: Settings) -> None:
    ledger = read_table(write_gdal(tmp_path, "a.fgb", "FlatGeobuf"), choices=NO_CHOICES, settings=settings)
    assert [finding.code for finding in ledger.findings] == ["UNSUPPORTED"]


def test_attributes_in_descriptions_become_columns_only_when_every_description_is_a_table() -> None:
    table = "<table><tr><th>项目编号</th><th>X-1</th></tr><tr><td>备注</td><td><b>a &amp; b</b></td></tr></table>"
    inner = "<table><tr><td>项目编号</td><td>&lt;Null&gt;</td></tr></table>"
    nested = f"<table><tr><td>标题</td></tr><tr><td>{inner}</td></tr></table>"
    columns = attributes_in([table, None, nested])
    assert columns is not None
    assert columns["项目编号"].tolist()[:1] == ["X-1"]
    assert columns["项目编号"].isna().tolist() == [False, True, True]
    assert columns["备注"].tolist()[0] == "a & b"
    assert attributes_in([table, "一段说明"]) is None
    assert attributes_in([None, ""]) is None
    assert attributes_in(["<td>" * 20_000]) is None


def test_a_ledgers_rows_of_totals_are_left_out_with_a_note(tmp_path: Path, settings: Settings) -> None:
    rows = [["编号", "面积"], ["1", "10"], ["小计", "10"], ["2", "5"], ["合计：", "15"]]
    rows = [[*row, None] for row in rows]
    rows[0][2], rows[1][2], rows[3][2] = "备注", "a", "b"
    ledger = read_table(write_xlsx(tmp_path, {"表": rows}), choices=NO_CHOICES, settings=settings)
    assert ledger.frame is not None
    assert ledger.frame["编号"].tolist() == ["1", "2"]
    assert [(finding.code, finding.count) for finding in ledger.findings] == [("REPAIRED", 2)]
