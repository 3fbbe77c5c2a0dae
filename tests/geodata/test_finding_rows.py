"""The rows behind findings, as tables to look at and files to take away."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas
import pyogrio
import pytest

from geodata import finding_rows
from geodata.check import Check
from geodata.store import Store
from tests.geodata.publishing import ROWS, checked, open_store, write_parks

DOUBLED = [*ROWS[:9], {**ROWS[0], "name": "=1+1"}]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    store: Store = open_store(tmp_path / "data")
    return checked(store, write_parks(tmp_path / "b.gpkg", DOUBLED))


def doubled(check: Check) -> tuple[int, ...]:
    return next(finding.rows for finding in check.findings if finding.code == "DUPLICATE_KEY")


def test_rows_stand_under_their_labels_with_their_number_in_front(check: Check) -> None:
    table = finding_rows.rows_of(check, doubled(check), "zh")
    assert table.columns.tolist()[:3] == ["行", "园区编号", "名称"]
    assert table["行"].tolist() == [row + 1 for row in doubled(check)]
    assert set(table["园区编号"]) == {"YQ-01"}


def test_a_row_that_is_not_there_is_left_out(check: Check) -> None:
    assert finding_rows.rows_of(check, [0, 99], "en")["Row"].tolist() == [1]


def test_the_table_holds_every_row_of_every_finding_as_text(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "findings.xlsx"
    path.write_bytes(finding_rows.findings_file(check, check.findings, "xlsx", "zh"))
    table = pyogrio.read_dataframe(path, HEADERS="FORCE")
    assert table.columns.tolist()[:4] == ["代码", "级别", "说明", "行"]
    assert (table["代码"] == "DUPLICATE_KEY").sum() == len(doubled(check))
    assert "=1+1" in set(table["名称"])
    with zipfile.ZipFile(path) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_the_layer_holds_the_shapes_of_the_rows(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "findings.gpkg"
    path.write_bytes(finding_rows.findings_file(check, check.findings, "gpkg", "zh"))
    layer = geopandas.read_file(path)
    mine = layer[layer["代码"] == "DUPLICATE_KEY"]
    assert check.placed is not None
    expected = check.placed.geometry.iloc[list(doubled(check))]
    assert all(shape.equals(other) for shape, other in zip(mine.geometry.explode(), expected, strict=True))
