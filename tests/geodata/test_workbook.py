"""Workbooks, read back."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pyogrio
import pytest

from geodata.workbook import Column, Sheet, sheet_name, to_workbook

ROWS = pd.DataFrame(
    {
        "key": ["0701", "=1+1", None],
        "day": pd.to_datetime(["2020-02-29", None, "2018-01-01"]),
        "area": [1234.5, None, 0.0],
        "days": pd.array([7, None, 0], dtype="Int64"),
    }
)
COLUMNS = {
    "key": Column("编号", "text"),
    "day": Column("日期", "day"),
    "area": Column("面积", "decimal"),
    "days": Column("天数", "whole"),
}
SHEET = Sheet("清单 [1]: a/b", ROWS, COLUMNS)


def texts(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))


def page_of(sheet: Sheet) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(to_workbook([sheet]))) as parts:
        return ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))


def test_values_come_back_as_what_they_are(tmp_path: Path):
    path = tmp_path / "lists.xlsx"
    path.write_bytes(to_workbook([SHEET]))
    back = pyogrio.read_dataframe(path, HEADERS="FORCE")
    assert list(back.columns) == ["编号", "日期", "面积", "天数"]
    assert back["编号"].tolist()[:2] == ["0701", "=1+1"]
    assert pd.to_datetime(back["日期"]).dt.strftime("%F").fillna("").tolist() == ["2020-02-29", "", "2018-01-01"]
    assert [float(area) for area in back["面积"].dropna()] == [1234.5, 0]
    assert [int(days) for days in back["天数"].dropna()] == [7, 0]


def test_numbers_are_stored_as_numbers():
    # GDAL reads a column of whole and other numbers as text; the file itself tells.
    with zipfile.ZipFile(io.BytesIO(to_workbook([SHEET]))) as parts:
        page = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    cells = {
        cell.get("r"): (cell.get("t"), "".join(cell.itertext())) for cell in page.iter() if cell.tag.endswith("}c")
    }
    assert (cells["C2"], cells["C4"], cells["D2"]) == ((None, "1234.5"), (None, "0"), (None, "7"))


def test_days_and_numbers_carry_their_formats():
    with zipfile.ZipFile(io.BytesIO(to_workbook([SHEET]))) as parts:
        page, styles = (
            ElementTree.fromstring(parts.read(f"xl/{name}.xml")) for name in ("worksheets/sheet1", "styles")
        )
    codes = {form.get("numFmtId"): form.get("formatCode") for form in styles.iter() if form.tag.endswith("}numFmt")}
    codes |= {"3": "#,##0", "4": "#,##0.00", "49": "@"}  # built in, ECMA-376 part 1, 18.8.30
    (kinds,) = (each for each in styles.iter() if each.tag.endswith("}cellXfs"))
    cells = {cell.get("r"): cell for cell in page.iter() if cell.tag.endswith("}c")}
    shown = {
        place: codes[kinds[int(cells[place].get("s", 0))].get("numFmtId", "")] for place in ("A2", "B2", "C2", "D2")
    }
    assert shown == {"A2": "@", "B2": "yyyy-mm-dd", "C2": "#,##0.00", "D2": "#,##0"}
    assert "".join(cells["B2"].itertext()) == "43890"  # days since 1899-12-30


def test_the_header_is_bold():
    page = page_of(SHEET)
    with zipfile.ZipFile(io.BytesIO(to_workbook([SHEET]))) as parts:
        styles = ElementTree.fromstring(parts.read("xl/styles.xml"))
    (kinds,) = (each for each in styles.iter() if each.tag.endswith("}cellXfs"))
    (fonts,) = (each for each in styles.iter() if each.tag.endswith("}fonts"))
    bold = {
        cell.get("r"): any(
            mark.tag.endswith("}b") for mark in fonts[int(kinds[int(cell.get("s", 0))].get("fontId", 0))]
        )
        for cell in page.iter()
        if cell.tag.endswith("}c")
    }
    assert (bold["A1"], bold["D1"], bold["A2"]) == (True, True, False)


def test_the_header_stays_in_view_and_filters():
    page = page_of(Sheet("a", ROWS, COLUMNS, ["示例数据"]))
    (pane,) = (each for each in page.iter() if each.tag.endswith("}pane"))
    assert (pane.get("ySplit"), pane.get("state")) == ("2", "frozen")  # one note and the header
    (filtered,) = (each for each in page.iter() if each.tag.endswith("}autoFilter"))
    assert filtered.get("ref") == "A2:D5"


def test_columns_are_as_wide_as_what_they_show_and_a_hanzi_counts_twice():
    rows = pd.DataFrame({"name": ["济宁高新区蓼河新区"], "day": [pd.Timestamp("2020-02-29")], "area": [1 / 3]})
    columns = {
        "name": Column("名", "text"),
        "day": Column("日", "day"),
        "area": Column("面积", "decimal"),
    }
    page = page_of(Sheet("a", rows, columns))
    widths = [int(float(each.get("width", 0))) for each in page.iter() if each.tag.endswith("}col")]
    assert widths == [20, 12, 8]  # 9 hanzi, 10 digits and hyphens, 0.33 at the narrowest; and 2 of margin


def test_text_is_never_a_formula():
    assert "<f>" not in texts(to_workbook([SHEET]))


def test_notes_stand_above_the_table():
    with zipfile.ZipFile(
        io.BytesIO(to_workbook([Sheet("a", ROWS, COLUMNS, ["示例数据", "截至 2020-12-31"])]))
    ) as parts:
        shared = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
    words = ["".join(item.itertext()) for item in shared]
    assert words.index("示例数据") < words.index("截至 2020-12-31") < words.index("编号")


def test_the_same_sheets_give_the_same_bytes():
    assert to_workbook([SHEET]) == to_workbook([SHEET])


@pytest.mark.parametrize(("title", "name"), [("a[b]:c*d?e/f\\g", "a b  c d e f g"), ("x" * 40, "x" * 31), ("", "-")])
def test_a_sheet_may_be_called_anything(title: str, name: str):
    assert sheet_name(title) == name


def test_an_empty_list_is_a_sheet_too(tmp_path: Path):
    path = tmp_path / "empty.xlsx"
    path.write_bytes(to_workbook([Sheet("a", ROWS.head(0), COLUMNS)]))
    assert zipfile.is_zipfile(path)
