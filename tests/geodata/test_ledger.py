"""Ledgers: tables of keys and attributes that update features which are there, and what is told about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
import pytest
from shapely import box

from geodata.check import Check, check_upload
from geodata.choices import Choices
from geodata.content import content_hash
from geodata.finding_rows import findings_file
from geodata.findings import Finding, Severity
from geodata.publish import publish
from geodata.reading import read_table
from geodata.schema import schema_of
from geodata.settings import Settings
from geodata.store import Store
from tests.geodata.clean_frames import clean_frame
from tests.geodata.upload_files import csv_bytes, write_xlsx

ROWS: list[Mapping[str, Any]] = [
    {"parcel_id": "0701", "land_use": "0701", "approved_on": "2018-01-10", "holder": "甲公司"},
    {"parcel_id": "P-2", "land_use": "1001", "supplied_on": "2018-05-01", "built_share": 0.2},
    {"parcel_id": "P-3", "land_use": "0901", "holder": "丙公司", "inefficient": True},
]
HEADER = ["地块编号", "用地性质", "供地日期", "使用权人"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in which three parcels are published."""
    opened = Store.open(Settings(data_dir=tmp_path / "data"))
    shapes = [box(200 * row, 0, 200 * row + 100, 100) for row in range(3)]
    upload = tmp_path / "parcels.gpkg"
    frame = clean_frame("parcels", ROWS, shapes).assign(备注=["一", "二", "三"], floors=[1.0, 2.0, 3.0])
    frame.to_crs(4527).to_file(upload, layer="parcels", driver="GPKG")
    check = check_upload(opened, "parcels", upload, choices=Choices(), settings=opened.settings)
    publish(opened, check, by="张三", accept_warnings=True)
    yield opened
    opened.close()


def held(store: Store, path: Path, **choices: Any) -> Check:
    return check_upload(store, "parcels", path, choices=Choices(ledger=True, **choices), settings=store.settings)


def sheet(folder: Path, *rows: Sequence[str | None], header: Sequence[str] = HEADER) -> Path:
    return write_xlsx(folder, {"台账": [["用地台账（2020 年）"], header, *rows]}, "ledger.xlsx")


def told(check: Check, code: str, severity: Severity | None = None) -> list[Finding]:
    return [each for each in check.findings if each.code == code and severity in (None, each.severity)]


def values(check: Check, key: str) -> pd.Series[Any]:
    assert check.frame is not None
    return check.frame.set_index("parcel_id").loc[key]


def test_a_ledger_updates_what_it_says_and_leaves_the_rest(store: Store, tmp_path: Path) -> None:
    before = store.read("parcels")
    check = held(store, sheet(tmp_path, ["P-2", "0701", "2019年3月5日", "乙公司"], ["P-3", None, None, None]))
    assert check.outcome == "accept"
    assert check.diff is not None
    assert check.diff.changed == ["P-2"]
    assert set(check.diff.attributes_changed["P-2"]) == {"land_use", "supplied_on", "holder"}
    assert values(check, "P-2")["supplied_on"] == pd.Timestamp("2019-03-05")
    assert values(check, "P-2")["built_share"] == 0.2
    assert values(check, "P-3")["holder"] == "丙公司"  # an empty cell says nothing
    assert check.frame is not None
    assert check.frame.geometry.to_wkb().tolist() == before.geometry.to_wkb().tolist()
    assert check.frame.dtypes.equals(before.dtypes)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_ledger_may_be_a_csv_as_spreadsheets_write_it(store: Store, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "台账.csv"
    path.write_bytes(csv_bytes([HEADER, ["P-2", "0701", "2019/3/5", "乙有限责任公司"]], encoding))
    check = held(store, path)
    assert check.diff is not None
    assert check.diff.changed == ["P-2"]
    assert values(check, "P-2")["holder"] == "乙有限责任公司"
    assert [layer.encoding for layer in check.reading.layers] == ["GB18030" if encoding == "gbk" else "UTF-8"]


def test_a_published_ledger_is_a_version_of_the_whole_layer(store: Store, tmp_path: Path) -> None:
    check = held(store, sheet(tmp_path, ["P-2", "0701", None, None]))
    version = publish(store, check, by="张三")
    assert (version.features, version.number, version.crs) == (3, 2, "EPSG:4527")
    schema = schema_of("parcels")
    assert check.frame is not None
    assert content_hash(store.read("parcels"), schema) == content_hash(check.frame, schema)
    assert store.objects.path(str(version.upload_object)).read_bytes() == check.path.read_bytes()


def test_a_dash_or_the_word_clears_a_value_and_the_count_is_told(store: Store, tmp_path: Path) -> None:
    check = held(store, sheet(tmp_path, ["P-2", None, "无", None], ["P-3", None, "-", "清空"]))
    assert pd.isna(values(check, "P-2")["supplied_on"])
    assert pd.isna(values(check, "P-3")["holder"])
    note = next(each for each in told(check, "LEDGER_KEYS") if "清空" in each.message.in_("zh"))
    assert note.severity is Severity.NOTE
    assert note.rows == (0, 1)
    assert "有 3 个空单元格" in note.message.in_("zh")
    assert "有 3 个单元格" in note.message.in_("zh")


def test_a_required_value_can_not_be_cleared(store: Store, tmp_path: Path) -> None:
    check = held(store, sheet(tmp_path, ["P-2", "清空", None, None]))
    (missing,) = told(check, "MISSING_VALUE")
    assert (missing.severity, missing.rows, check.frame) == (Severity.ERROR, (0,), None)


def test_keys_on_one_side_only_are_listed(store: Store, tmp_path: Path) -> None:
    check = held(store, sheet(tmp_path, ["P-2", "0701", None, None], ["P-9", "0701", None, None]))
    assert check.outcome == "accept-with-warning"
    (missing,) = told(check, "LEDGER_KEYS", Severity.WARNING)
    assert (missing.rows, missing.count) == ((1,), 1)
    assert "P-9" in missing.message.in_("zh")
    rest = next(each for each in told(check, "LEDGER_KEYS", Severity.NOTE) if "0701" in each.message.in_("zh"))
    assert rest.count == 2
    document = check.to_json("zh")
    assert document["ledger"] == {"only_in_ledger": ["P-9"], "only_in_layer": ["0701", "P-3"]}
    assert document["diff"] == {"added": 0, "removed": 0, "changed": 1, "unchanged": 2}


def test_features_that_the_ledger_does_not_name_stand_in_the_file_of_findings(store: Store, tmp_path: Path) -> None:
    check = held(store, sheet(tmp_path, ["P-2", "0701", None, None], ["P-9", "0701", None, None]))
    for ending in ("xlsx", "gpkg"):
        path = tmp_path / f"findings.{ending}"
        path.write_bytes(findings_file(check, check.findings, ending, "zh"))
        read = read_table(path, choices=Choices(), settings=store.settings).frame
        rows = pyogrio.read_dataframe(path) if ending == "gpkg" else read
        assert rows is not None
        assert {"P-9", "0701", "P-3"} <= set(rows["地块编号"].dropna())
        assert rows.loc[rows["地块编号"] == "P-3", "说明"].tolist() == ["台账中没有这个要素，保持不变"]
    assert pyogrio.read_dataframe(tmp_path / "findings.gpkg").geometry.notna().sum() >= 2


def test_a_ledger_of_which_no_key_is_known_is_refused(store: Store, tmp_path: Path) -> None:
    check = held(store, sheet(tmp_path, ["X-1", "0701", None, None]))
    assert check.outcome == "reject"
    assert told(check, "LEDGER_KEYS", Severity.ERROR)


def test_keys_that_a_spreadsheet_changed_are_taken_with_a_warning(store: Store, tmp_path: Path) -> None:
    check = held(store, sheet(tmp_path, ["701", None, None, "新公司"], ["ｐ-2 ", "0701", None, None]))
    (alike,) = told(check, "LEDGER_KEYS", Severity.WARNING)
    assert "“701” → 0701" in alike.message.in_("zh")
    assert check.diff is not None
    assert check.diff.changed == ["0701", "P-2"]


def test_each_key_may_stand_once_and_must_stand(store: Store, tmp_path: Path) -> None:
    rows = [["P-2", "0701", None, None], ["P-2", "0901", None, None], [None, "0701", None, None]]
    check = held(store, sheet(tmp_path, *rows))
    assert told(check, "DUPLICATE_KEY", Severity.ERROR)[0].rows == (0, 1)
    assert told(check, "MISSING_KEY", Severity.ERROR)[0].rows == (2,)
    assert check.frame is None


def test_rows_that_say_the_same_twice_are_taken_once_by_the_repair(store: Store, tmp_path: Path) -> None:
    path = sheet(tmp_path, ["P-2", "0701", None, None], ["P-2", "0701", None, None])
    assert held(store, path).outcome == "reject"
    check = held(store, path, repairs=frozenset({"DUPLICATE_KEY"}))
    assert told(check, "REPAIRED")[0].rows == (1,)
    assert check.diff is not None
    assert check.diff.changed == ["P-2"]


def test_what_can_not_be_read_leaves_the_present_value(store: Store, tmp_path: Path) -> None:
    rows = [["P-2", None, "不详", None], ["P-3", None, "2020-01-01", None]]
    check = held(store, sheet(tmp_path, *rows))
    (bad,) = told(check, "BAD_DATE")
    assert "保留原值" in bad.message.in_("zh")
    assert values(check, "P-2")["supplied_on"] == pd.Timestamp("2018-05-01")


def test_a_value_beyond_an_open_list_of_codes_is_taken_with_a_warning(tmp_path: Path) -> None:
    opened = Store.open(Settings(data_dir=tmp_path / "open"))
    parks = clean_frame("parks", [{"park_id": "Q1", "name": "园区一"}], [box(0, 0, 100, 100)])
    parks.to_crs(4527).to_file(tmp_path / "parks.gpkg", driver="GPKG")
    first = check_upload(opened, "parks", tmp_path / "parks.gpkg", choices=Choices(), settings=opened.settings)
    publish(opened, first, by="张三", accept_warnings=True)
    path = sheet(tmp_path, ["Q1", "新板块"], header=["园区编号", "动能板块"])
    check = check_upload(opened, "parks", path, choices=Choices(ledger=True), settings=opened.settings)
    (bad,) = told(check, "BAD_CODE")
    assert "已原样保留" in bad.message.in_("zh")
    assert check.frame is not None
    assert check.frame["board"].tolist() == ["新板块"]


def test_dates_are_held_against_those_that_stay(store: Store, tmp_path: Path) -> None:
    check = held(store, sheet(tmp_path, ["0701", None, "2017-01-01", None]))
    (order,) = told(check, "DATE_ORDER")
    assert order.rows == (0,)


def test_unknown_columns_are_updated_in_their_own_type(store: Store, tmp_path: Path) -> None:
    header = ["序号", "地块编号", "备注", "floors", "WKT"]
    rows = [["1", "P-2", "新", "6", "POINT (0 0)"], ["2", "P-3", None, "六", "POINT (0 0)"]]
    check = held(store, sheet(tmp_path, *rows, header=header))
    assert check.frame is not None
    assert check.frame.set_index("parcel_id")["备注"].tolist() == ["一", "新", "三"]
    assert check.frame["floors"].tolist() == [1.0, 6.0, 3.0]
    assert told(check, "BAD_NUMBER")[0].rows == (1,)
    assert "序号、WKT" in told(check, "UNKNOWN_FIELD")[0].message.in_("zh")
    assert not {"序号", "WKT"} & set(check.frame.columns)


def test_the_original_code_does_not_outlive_the_land_use(store: Store, tmp_path: Path) -> None:
    first = held(store, sheet(tmp_path, ["P-2", "R2", None, None]))
    assert first.land_use_standard == "GB 50137-2011"
    assert values(first, "P-2")["land_use_original"] == "R2"
    publish(store, first, by="张三", accept_warnings=True)
    second = held(store, sheet(tmp_path, ["P-2", "0901", None, None]))
    assert values(second, "P-2")["land_use_original"] == "0901"


def test_the_ledger_of_what_is_current_changes_nothing(store: Store, tmp_path: Path) -> None:
    from geodata.exporting import write_export

    path = tmp_path / "out.xlsx"
    write_export(store, store.version("parcels"), path)
    check = held(store, path)
    assert [each.code for each in check.findings if each.severity is not Severity.NOTE] == []
    assert told(check, "NO_CHANGE")


def test_a_ledger_needs_something_to_update(tmp_path: Path) -> None:
    empty = Store.open(Settings(data_dir=tmp_path / "empty"))
    check = held(empty, sheet(tmp_path, ["P-2", "0701", None, None]))
    assert (check.outcome, check.frame) == ("reject", None)
    assert "尚无版本" in told(check, "LEDGER_KEYS")[0].message.in_("zh")


@pytest.mark.parametrize("header", [["编号", "备注"], ["地块编号"]])
def test_a_ledger_without_its_key_or_without_anything_else_is_refused(
    store: Store, tmp_path: Path, header: list[str]
) -> None:
    check = held(store, sheet(tmp_path, ["P-2", "x"][: len(header)], header=header))
    assert told(check, "MISSING_FIELD")
    assert check.outcome == "reject"


def test_a_ledger_in_a_zip_is_read_and_other_files_are_refused(store: Store, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "台账.zip", "w") as packed:
        packed.write(sheet(tmp_path, ["P-2", "0701", None, None]), "台账/ledger.xlsx")
    assert held(store, tmp_path / "台账.zip").outcome == "accept"
    check = held(store, tmp_path / "parcels.gpkg")
    assert [each.code for each in check.findings] == ["UNSUPPORTED"]
