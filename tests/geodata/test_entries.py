"""Targets and reported values: what a file or an editor may say, and the editions in which both tables are kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import catalogue, entries
from geodata.backup import restore_backup, write_backup
from geodata.choices import Choices
from geodata.entries import (
    Changes,
    check_entries,
    editions,
    entry_frame,
    read_entries,
    read_reported,
    read_targets,
    restore,
    save,
)
from geodata.entry_check import SCHEMAS, UNIT_WORDS
from geodata.errors import RefusedError, UnknownVersionError
from geodata.findings import Severity
from geodata.indicator_names import indicator_named, title_of
from geodata.indicators import DEFINITIONS, Reported, Target, definition_of, indicators
from geodata.publish import BaseChangedError, FindingsError, NoChangeError
from geodata.reading import read_table
from geodata.sample.entries import build_reported, build_targets
from geodata.settings import Settings
from geodata.store import Store
from geodata.verify import verify
from tests.geodata.little_district import little_district
from tests.geodata.publishing import open_store

DAY = date(2020, 12, 31)


@pytest.fixture
def store(tmp_path: Path, database_url: str | None) -> Store:
    return open_store(tmp_path / "data", database_url=database_url)


def targets(**values: float | None) -> pd.DataFrame:
    """Targets at 2020-12-31 of the greening (`done`), the water (`water`) and the lighting (`lit`)."""
    ids = {"done": "greening.completed_ha", "water": "water.connected_km", "lit": "lighting.lit_km"}
    return pd.DataFrame([{"indicator": ids[name], "due_on": DAY, "value": value} for name, value in values.items()])


def values_of(store: Store, edition: int | None = None) -> dict[str, float]:
    return {target.indicator.partition(".")[0]: target.value for target in read_targets(store, edition)}


def row(**values: object) -> dict[str, object]:
    return {"indicator": "greening.completed_ha", "due_on": "2020-12-31", "value": "1", **values}


def codes(frame: pd.DataFrame, table: Any = "targets") -> dict[str, tuple[str, tuple[int, ...]]]:
    """Code of each finding → its severity and rows."""
    return {each.code: (each.severity.value, each.rows) for each in check_entries(frame, table)[1]}


def checked(*rows: dict[str, object], table: Any = "targets") -> pd.DataFrame:
    entered, findings = check_entries(pd.DataFrame(rows), table)
    assert entered is not None, findings
    return entered


# --- what may stand in a row -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "unit", "value"),
    [
        ("120", "", 120.0),
        ("1,200.5", "公顷", 1200.5),
        ("1800", "亩", 120.0),
        ("1800亩", "", 120.0),
        ("1800 亩", "公顷", 120.0),
        (120.0, "HA", 120.0),
    ],
)
def test_an_area_is_read_in_hectares_however_it_is_written(written: object, unit: str, value: float) -> None:
    entered = checked(row(value=written, unit=unit))
    assert entered[["value", "unit"]].to_numpy().tolist() == [[value, "ha"]]


@pytest.mark.parametrize(
    ("indicator", "unit", "ours"),
    [
        ("water.connected_km", "公里", "km"),
        ("water.connected_km", "千米", "km"),
        ("district.area_km2", "平方公里", "km2"),
        ("projects.investment_100m_cny.producing", "亿元", "100m_cny"),
        ("relocation.vacated_sites.2018", "宗", "count"),
        ("projects.count.producing", "项", "count"),
        ("roads.density_km_per_km2", "公里/平方公里", "km/km2"),
        ("greening.on_plan_share", "", "share"),
    ],
)
def test_units_are_read_as_ours_and_an_empty_one_is_the_indicators(indicator: str, unit: str, ours: str) -> None:
    assert checked(row(indicator=indicator, unit=unit))["unit"].tolist() == [ours]


def test_per_cent_becomes_a_share_and_is_told() -> None:
    rows = [
        row(indicator="greening.on_plan_share", value="85%", unit=None),
        row(indicator="绿化完成量/应完成量", value=90, unit="%"),
    ]
    entered, findings = check_entries(pd.DataFrame(rows), "targets")
    assert entered is not None
    assert entered[["value", "unit"]].to_numpy().tolist() == [[0.85, "share"], [0.9, "share"]]
    [told] = [each for each in findings if each.code == "REPAIRED"]
    assert (told.severity, told.rows) == (Severity.NOTE, (0, 1))
    assert "“85% → 0.85 share”" in str(told.message)


def test_a_share_in_a_spreadsheets_per_cent_format_is_a_warning() -> None:
    found = codes(pd.DataFrame([row(indicator="greening.on_plan_share", value=0.85, unit="%")]))
    assert found["REPAIRED"] == ("warning", (0,))


def test_a_unit_in_the_header_holds_where_a_row_has_none() -> None:
    frame = pd.DataFrame({"指标": ["greening.completed_ha"], "截止日期": ["2020-12-31"], "目标值（亩）": ["1800"]})
    entered, _ = check_entries(frame, "targets")
    assert entered is not None
    assert entered["value"].tolist() == [120.0]


def test_a_unit_of_a_reported_value_is_ours_where_we_have_one_and_else_its_own() -> None:
    rows = [{"name": f"值{place}", "as_of": "2020", "value": "15", "unit": unit}
            for place, unit in enumerate(["亿元", "工作日", "亩", "%", "个", "项"])]  # fmt: skip
    entered = checked(*rows, table="reported")
    assert list(zip(entered["value"], entered["unit"], strict=True)) == [
        (15.0, "100m_cny"), (15.0, "工作日"), (1.0, "ha"), (0.15, "share"), (15.0, "count"), (15.0, "项"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ({"value": "许多"}, "BAD_NUMBER", "row 2 “许多”"),
        ({"value": "-3"}, "BAD_NUMBER", "row 2 “-3”"),
        ({"value": "1e999"}, "BAD_NUMBER", "row 2"),
        ({"indicator": "greening.on_plan_share", "value": "85"}, "BAD_NUMBER", "Write 0.85 or 85%"),
        ({"due_on": "2020-02-30"}, "BAD_DATE", "Due on: 1 values can't be read (row 2 “2020-02-30”)"),
        ({"due_on": "现状"}, "BAD_DATE", "no day of a target"),
        ({"due_on": ""}, "MISSING_KEY", "Due on is empty in 1 rows (row 2)"),
        ({"indicator": ""}, "MISSING_KEY", "Indicator is empty in 1 rows (row 2)"),
        ({"indicator": "greening.complete_ha"}, "BAD_CODE", "greening.complete_ha → greening.completed_ha"),
        ({"indicator": "用地面积（闲着）"}, "BAD_CODE", "land.area_ha.idle"),
        ({"indicator": "relocation.vacated_sites.二〇一八"}, "BAD_CODE", "row 2"),
        ({"indicator": "land.area_ha.<status>"}, "BAD_CODE", "row 2"),
        ({"unit": "公里"}, "BAD_CODE", "row 2 “公里 ≠ ha”"),
        ({"value": "10公里", "unit": "公顷"}, "BAD_CODE", "row 2"),
        ({"indicator": "reported.产值", "unit": ""}, "MISSING_VALUE", "Unit is required and empty in 1 rows (row 2)"),
        ({"indicator": "reported." + "长" * 130, "unit": "个"}, "BAD_CODE", "at most 128 characters"),
        ({"due_on": "2019-12-31"}, "DUPLICATE_KEY", "row 1 “greening.completed_ha 2019-12-31”"),
    ],
)
def test_what_is_wrong_is_an_error_that_names_column_row_and_value(
    wrong: dict[str, object], code: str, words: str
) -> None:
    entered, findings = check_entries(pd.DataFrame([row(due_on="2019-12-31"), row(**wrong)]), "targets")
    assert entered is None
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    assert {finding.code for finding in errors} == {code}
    assert errors[0].rows[-1] == 1
    assert words in str(errors[0].message)


def test_columns_are_known_by_either_language_in_any_order_and_others_are_left_out() -> None:
    frame = pd.DataFrame(
        {" 来 源": ["方案"], "备注": ["x"], "目标值": ["3"], "DUE ON": ["2020年6月"], "Indicator": ["已亮化长度"]}
    )
    entered, findings = check_entries(frame, "targets")
    assert entered is not None
    assert list(entered.columns) == ["indicator", "due_on", "value", "unit", "source"]
    assert entered.to_numpy().tolist() == [["lighting.lit_km", pd.Timestamp(2020, 6, 30), 3.0, "km", "方案"]]
    notes = {finding.code: str(finding.message) for finding in findings}
    assert notes.keys() == {"UNKNOWN_FIELD", "DATE_ROUGH"}
    assert "备注" in notes["UNKNOWN_FIELD"]


def test_a_column_that_is_missing_is_named_and_one_that_offices_call_otherwise_is_found() -> None:
    assert codes(pd.DataFrame({"指标": ["lighting.lit_km"], "截止日期": ["2020"]})) == {"MISSING_FIELD": ("error", ())}
    office = pd.DataFrame({"指标名称": ["常住人口"], "年份": ["2020"], "上报值": ["6.2"], "计量单位": ["万人"]})
    entered, _ = check_entries(office, "reported")
    assert entered is not None
    assert entered.to_numpy().tolist() == [["常住人口", pd.Timestamp(2020, 12, 31), 6.2, "万人"]]


def test_a_table_without_rows_or_with_empty_ones_alone_is_refused() -> None:
    nothing = pd.DataFrame([row()]).head(0)
    blank = pd.DataFrame([dict.fromkeys(row()), dict.fromkeys(row(), " ")])
    for frame in (nothing, blank):
        assert codes(frame) == {"EMPTY_LAYER": ("error", ())}


def test_empty_rows_between_others_are_no_entries_and_keep_the_places_of_those_behind() -> None:
    frame = pd.DataFrame([row(), dict.fromkeys(row()), row(due_on="2021", value="x")])
    assert codes(frame)["BAD_NUMBER"] == ("error", (2,))
    assert len(checked(*frame.head(2).to_dict("records"))) == 1


def test_what_was_checked_is_checked_again_without_a_word() -> None:
    once = checked(row(value="1800亩", source="方案"), row(due_on="2021", value=None))
    again, findings = check_entries(once, "targets")
    assert again is not None
    assert again.equals(once)
    assert [finding.code for finding in findings] == ["MISSING_VALUE"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_indicator_can_be_named_by_what_it_is_called(language: Any) -> None:
    numbers = indicators(little_district(), DAY)
    assert {name: indicator_named(title_of(name).in_(language)) for name in numbers} == {name: name for name in numbers}
    families = {name for name in DEFINITIONS if "<" in name and name != "reported.<name>"}
    assert {name for name in families if not any(name.partition("<")[0] in number for number in numbers)} == set()


def test_the_id_of_a_reported_value_keeps_its_name() -> None:
    assert indicator_named(" reported.GDP 总量 ") == "reported.GDP 总量"
    assert indicator_named("上报：GDP 总量") == "reported.GDP 总量"
    assert indicator_named("reported.") is None


def test_our_units_have_words_that_are_read_back() -> None:
    assert {definition.unit for definition in DEFINITIONS.values()} - {None} == UNIT_WORDS.keys()
    for unit, words in UNIT_WORDS.items():
        for language in ("zh", "en"):
            entered = checked({"name": "a", "as_of": "2020", "value": 1, "unit": words.in_(language)}, table="reported")
            assert entered[["value", "unit"]].to_numpy().tolist() == [[1.0, unit]]


# --- files -----------------------------------------------------------------------------------------------------------

_TABLE = """指标,截止日期,目标值,单位,来源
已完成绿化面积,2020-12-31,1800亩,,工作方案
water.connected_km,2020/12/31,42,公里,
"""
_READ = [
    ["greening.completed_ha", pd.Timestamp(2020, 12, 31), 120.0, "ha", "工作方案"],
    ["water.connected_km", pd.Timestamp(2020, 12, 31), 42.0, "km", ""],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_csv_is_read_in_the_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "目标.csv"
    path.write_bytes(_TABLE.encode(encoding))
    entered, findings = read_entries(path, "targets")
    assert entered is not None, findings
    assert entered.to_numpy().tolist() == _READ


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("written", ["csv", "xlsx"])
@pytest.mark.parametrize("table", ["targets", "reported"])
def test_a_table_that_was_taken_away_comes_back_as_it_was(
    tmp_path: Path, table: Any, written: str, language: Any
) -> None:
    store = open_store(tmp_path / "data")
    build = {"targets": build_targets, "reported": build_reported}[table]
    save(store, table, build(), by="张三", illustrative=True)
    write: Callable[..., bytes] = {"csv": entries.to_csv, "xlsx": entries.to_xlsx}[written]
    path = tmp_path / f"away.{written}"
    path.write_bytes(write(entry_frame(store, table), table, language))
    entered, findings = read_entries(path, table)
    assert entered is not None
    assert findings == []
    with pytest.raises(NoChangeError):
        save(store, table, entered, by="李四", replace=True)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("table", ["targets", "reported"])
def test_a_templates_example_is_a_row_that_could_be_taken_and_is_left_out(
    tmp_path: Path, table: Any, language: Any
) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(entries.template(table, language))
    entered, findings = read_entries(path, table)
    assert entered is None
    assert [finding.code for finding in findings] == ["REPAIRED", "EMPTY_LAYER"]
    [example] = read_table(path, choices=Choices(), settings=Settings()).frame.to_dict("records")
    source = SCHEMAS[table].field("source").label.in_(language)
    assert len(checked({**example, source: "方案"}, table=table)) == 1


def test_a_file_that_is_no_table_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 this is no workbook")
    entered, findings = read_entries(path, "targets")
    assert entered is None
    assert findings[0].severity is Severity.ERROR


# --- editions --------------------------------------------------------------------------------------------------------


def test_each_save_is_an_edition_and_an_earlier_one_is_what_it_was(store: Store) -> None:
    save(store, "targets", targets(done=1, water=2), by="张三", note="方案")
    second = save(store, "targets", targets(water=3, lit=4), by="李四")
    third = save(store, "targets", targets(done=None), by="李四")
    assert [values_of(store, number) for number in (1, 2, 3)] == [
        {"greening": 1, "water": 2},
        {"greening": 1, "water": 3, "lighting": 4},
        {"water": 3, "lighting": 4},
    ]
    assert values_of(store) == values_of(store, 3)
    first = editions(store, "targets")[0]
    assert (first.number, first.by, first.note, first.rows) == (1, "张三", "方案", 2)
    assert editions(store, "targets")[1:] == [second, third]
    assert [entries.changes(store, "targets", number) for number in (1, 2, 3)] == [
        Changes(added=2, changed=0, removed=0, unchanged=0),
        Changes(added=1, changed=1, removed=0, unchanged=1),
        Changes(added=0, changed=0, removed=1, unchanged=2),
    ]
    assert verify(store) == []


def test_a_column_that_a_file_does_not_have_keeps_what_it_said(store: Store) -> None:
    save(store, "targets", targets(done=1).assign(source="工作方案"), by="张三")
    save(store, "targets", targets(done=2), by="张三")
    assert [target.source for target in read_targets(store)] == ["工作方案"]
    save(store, "targets", targets(done=2).assign(source=""), by="张三")
    assert [target.source for target in read_targets(store)] == [""]


def test_replacing_withdraws_what_the_table_does_not_name(store: Store) -> None:
    save(store, "targets", targets(done=1, water=2), by="张三")
    save(store, "targets", targets(water=2), by="张三", replace=True)
    assert values_of(store) == {"water": 2}
    assert values_of(store, 1) == {"greening": 1, "water": 2}


def test_the_two_tables_have_editions_of_their_own(store: Store) -> None:
    save(store, "targets", targets(done=1), by="张三")
    day = pd.DataFrame([{"name": "常住人口", "as_of": DAY, "value": 6.2, "unit": "万人", "who": "统计办"}])
    assert save(store, "reported", day, by="张三").number == 1
    assert read_reported(store) == [Reported("常住人口", DAY, 6.2, "万人", who="统计办")]
    assert read_targets(store) == [Target("greening.completed_ha", DAY, 1.0, "ha")]


def test_an_empty_table_has_no_edition_and_a_frame_with_every_column(store: Store) -> None:
    assert read_targets(store) == []
    assert editions(store, "reported") == []
    for table, schema in SCHEMAS.items():
        frame = entry_frame(store, table)
        assert list(frame.columns) == [*(field.name for field in schema.fields), "illustrative"]
        assert frame.dtypes.iloc[1] == "datetime64[s]"
    for number in (0, 1, -1):
        with pytest.raises(UnknownVersionError, match=f"no edition {number}"):
            read_targets(store, number)


def test_an_edition_is_restored_as_a_new_one_with_the_same_hash(store: Store) -> None:
    first = save(store, "targets", targets(done=1, water=2), by="张三", illustrative=True)
    second = save(store, "targets", targets(done=5, lit=4), by="张三", replace=True)
    third = restore(store, "targets", 1, by="李四", note="误改")
    assert (third.number, third.content_hash, third.illustrative) == (3, first.content_hash, True)
    assert second.content_hash != first.content_hash
    assert values_of(store) == {"greening": 1, "water": 2}
    with pytest.raises(NoChangeError):
        restore(store, "targets", 1, by="李四")
    with pytest.raises(UnknownVersionError):
        restore(store, "targets", 9, by="李四")
    assert verify(store) == []


def test_of_two_writers_from_one_edition_the_second_is_refused(store: Store) -> None:
    save(store, "targets", targets(done=1), by="张三", base=0)
    with pytest.raises(BaseChangedError, match="edition 1 is current, yours was made from edition 0"):
        save(store, "targets", targets(water=2), by="李四", base=0)
    assert values_of(store) == {"greening": 1}


def test_of_writers_at_the_same_moment_one_goes_through(tmp_path: Path, database_url: str | None) -> None:
    stores = [open_store(tmp_path / "data", database_url=database_url) for _ in range(4)]

    def try_to_save(number: int) -> int | None:
        try:
            return save(stores[number], "targets", targets(done=number + 1), by="张三", base=0).number
        except BaseChangedError:
            return None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(map(str, pool.map(try_to_save, range(4)))) == ["1", "None", "None", "None"]
    assert len(editions(stores[0], "targets")) == 1


def test_what_changes_nothing_or_names_nobody_is_refused(store: Store) -> None:
    save(store, "targets", targets(done=1), by="张三")
    for frame in (targets(done=1), targets(water=None)):
        with pytest.raises(NoChangeError, match="Nothing changes"):
            save(store, "targets", frame, by="张三")
    with pytest.raises(RefusedError, match="name is empty"):
        save(store, "targets", targets(done=2), by=" ")
    with pytest.raises(FindingsError) as refused:
        save(store, "targets", targets(done=-2), by="张三")
    assert [finding.code for finding in refused.value.findings] == ["BAD_NUMBER"]
    assert len(editions(store, "targets")) == 1


def test_a_save_that_fails_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    save(store, "targets", targets(done=1), by="张三")

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("stop")

    append_audit = catalogue.append_audit
    monkeypatch.setattr(catalogue, "append_audit", fail)
    with pytest.raises(RuntimeError, match="stop"):
        save(store, "targets", targets(done=2, water=3), by="张三")
    monkeypatch.setattr(catalogue, "append_audit", append_audit)
    assert values_of(store) == {"greening": 1}
    assert len(store.audit()) == 1
    assert verify(store) == []
    assert save(store, "targets", targets(done=3), by="张三").number == 2


def test_the_audit_list_says_who_saved_which_edition_of_which_table(store: Store) -> None:
    save(store, "targets", targets(done=1), by="张三", note="方案")
    save(store, "targets", targets(done=2), by="张三")
    restore(store, "targets", 1, by="李四")
    audit = store.audit()[["who", "action", "layer", "number"]].to_numpy().tolist()
    assert audit == [["李四", "restore", "targets", 3], ["张三", "save", "targets", 2], ["张三", "save", "targets", 1]]
    with store.catalogue.read() as connection:
        assert catalogue.audited_versions(connection) == {}


def test_an_illustrative_entry_is_real_once_its_source_is_another(store: Store) -> None:
    save(store, "targets", build_targets(), by="sample", illustrative=True)
    frame = entry_frame(store, "targets")
    frame.loc[0, ["value", "source"]] = [1.0, "2018 年工作方案"]
    frame.loc[1, "value"] = 2.0
    edition = save(store, "targets", frame, by="张三", replace=True)
    assert entries.changes(store, "targets", 2) == Changes(0, 2, 0, len(frame) - 2)
    assert read_targets(store)[0].illustrative is False
    assert all(target.illustrative for target in read_targets(store)[1:])
    assert edition.illustrative
    first = frame.iloc[[2]][["indicator", "due_on"]].assign(value=3.0)
    save(store, "targets", first, by="张三")
    assert (read_targets(store)[2].source, read_targets(store)[2].illustrative) == ("", False)


def test_the_sample_has_targets_in_the_units_of_known_indicators_and_says_what_it_is(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    save(store, "targets", build_targets(), by="sample", illustrative=True)
    save(store, "reported", build_reported(), by="sample", illustrative=True)
    assert {target.due_on.year for target in read_targets(store)} == {2018, 2019, 2020, 2021}
    for target in read_targets(store):
        assert target.unit == definition_of(target.indicator).unit
    assert {entry.source for entry in (*read_targets(store), *read_reported(store))} == {"示例数据"}
    assert len(read_reported(store)) == 18 * 3 + 2 * 3


_keys = st.sampled_from(["water.connected_km", "lighting.lit_km", "greening.completed_ha"])
_days = st.sampled_from([date(2019, 12, 31), date(2020, 12, 31)])
_values = st.none() | st.floats(0, 1e12, allow_nan=False) | st.sampled_from([0.0, 1.0])
_rows = st.dictionaries(st.tuples(_keys, _days), _values, min_size=1)
_saves = st.lists(st.tuples(_rows, st.booleans()), max_size=6)


@pytest.fixture(scope="module")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that nothing was saved in yet, to be copied."""
    folder = tmp_path_factory.mktemp("empty") / "data"
    open_store(folder).close()
    return folder


@settings(max_examples=30, deadline=None)
@given(saves=_saves)
def test_every_edition_is_what_a_replay_of_the_saves_says(
    empty_folder: Path, tmp_path_factory: pytest.TempPathFactory, saves: list[tuple[dict[Any, Any], bool]]
) -> None:
    store = open_store(Path(shutil.copytree(empty_folder, tmp_path_factory.mktemp("replay") / "data")))
    table: dict[Any, float] = {}
    kept = []
    for rows, whole in saves:
        frame = pd.DataFrame([{"indicator": key, "due_on": day, "value": value} for (key, day), value in rows.items()])
        wanted = {} if whole else dict(table)
        for key, value in rows.items():
            wanted.pop(key, None)
            if value is not None:
                wanted[key] = value
        if wanted == table:
            with pytest.raises(NoChangeError):
                save(store, "targets", frame, by="张三", replace=whole)
        else:
            save(store, "targets", frame, by="张三", replace=whole)
            table = wanted
            kept.append(wanted)
    for number, wanted in enumerate(kept, start=1):
        now = {(target.indicator, target.due_on): target.value for target in read_targets(store, number)}
        assert now == wanted
    assert len(editions(store, "targets")) == len(kept)
    assert verify(store) == []
    store.close()


# --- stores of before, and backups -----------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare_database(request: pytest.FixtureRequest) -> str | None:
    """A database without any table."""
    if request.param == "sqlite":
        return None
    server = request.getfixturevalue("postgres")
    url: str = server.new_database(server.nothing)
    return url


_OLD_ROWS = (
    "INSERT INTO target VALUES ('lighting.lit_km', '2020-12-31', 180, 'km', '方案')",
    "INSERT INTO reported (name, as_of, value, unit, source, who, at)"
    " VALUES ('常住人口', '2020-12-31', 6.1, '万人', '', '统计办', '2020-01-01T00:00:00+00:00')",
    "INSERT INTO reported (name, as_of, value, unit, source, who, at)"
    " VALUES ('常住人口', '2020-12-31', 6.2, '万人', '年报', '统计办', '2020-01-02T00:00:00+00:00')",
)


def test_rows_of_an_earlier_release_are_the_first_edition(
    tmp_path: Path, bare_database: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(catalogue, "HEAD", "0002")
        old = open_store(tmp_path / "data", database_url=bare_database)
        with old.catalogue.write() as connection:
            for statement in _OLD_ROWS:
                connection.execute(sa.text(statement))
    store = open_store(tmp_path / "data", database_url=bare_database)
    assert read_targets(store) == [Target("lighting.lit_km", DAY, 180.0, "km", "方案")]
    assert read_reported(store) == [Reported("常住人口", DAY, 6.2, "万人", "年报", "统计办")]
    assert [(edition.number, edition.by) for edition in editions(store, "reported")] == [(1, "migration")]
    assert verify(store) == []
    assert save(store, "targets", targets(lit=None, done=1), by="张三").number == 2


def test_an_empty_catalogue_of_an_earlier_release_gets_no_edition(
    tmp_path: Path, bare_database: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(catalogue, "HEAD", "0002")
        open_store(tmp_path / "data", database_url=bare_database)
    store = open_store(tmp_path / "data", database_url=bare_database)
    assert editions(store, "targets") == []
    assert store.audit().empty


def test_a_backup_carries_every_edition(tmp_path: Path, database_url: str | None) -> None:
    old = open_store(tmp_path / "old")
    save(old, "targets", targets(done=1, water=2), by="张三", illustrative=True)
    save(old, "targets", targets(done=None, water=1 / 3), by="李四")
    save(old, "reported", build_reported(), by="张三")
    write_backup(old, tmp_path / "backup")
    new = open_store(tmp_path / "new", database_url=database_url)
    restore_backup(new, tmp_path / "backup")
    for table in ("targets", "reported"):
        assert editions(new, table) == editions(old, table)
        for edition in editions(old, table):
            pd.testing.assert_frame_equal(
                entry_frame(new, table, edition.number), entry_frame(old, table, edition.number)
            )
    assert verify(new) == []
    assert save(new, "targets", targets(lit=3), by="王五").number == 3
    with pytest.raises(RefusedError, match="not empty"):
        restore_backup(new, tmp_path / "backup")


def test_a_backup_of_an_earlier_release_is_restored(tmp_path: Path) -> None:
    old = open_store(tmp_path / "old")
    write_backup(old, tmp_path / "backup")
    written = tmp_path / "backup" / "catalogue.json"
    tables = json.loads(written.read_text(encoding="utf-8"))
    del tables["entry_edition"]
    tables["target"] = [
        {"indicator": "lighting.lit_km", "due_on": "2020-12-31", "value": 180.0, "unit": "km", "source": "方案"}
    ]
    written.write_text(json.dumps(tables), encoding="utf-8")
    new = open_store(tmp_path / "new")
    restore_backup(new, tmp_path / "backup")
    assert read_targets(new) == [Target("lighting.lit_km", DAY, 180.0, "km", "方案")]
    assert verify(new) == []
