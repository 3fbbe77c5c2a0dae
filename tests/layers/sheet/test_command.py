"""`python -m layers sheet`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from geodata.store import Store
from layers.__main__ import app
from layers.sheet.command import to_scale
from layers.sheet.paper import SheetOptionError
from tests.layers.sheet.pdf_file import PdfFile


@pytest.fixture(autouse=True)
def here(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAOHE_DATA_DIR", str(store.settings.data_dir))
    monkeypatch.setenv("LIAOHE_LANGUAGE", "en")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["sheet", *words])


def test_a_sheet_is_written_and_described(tmp_path: Path):
    path = tmp_path / "plan.pdf"
    answer = run("--paper", "a3", "--scale", "1:10000", "--to", str(path), "--json")
    assert answer.exit_code == 0
    said = json.loads(answer.stdout)
    assert said["files"] == [str(path)]
    assert (said["paper"], said["scale"], said["pages"], said["crs"]) == ("A3", 10_000, 1, "EPSG:4548")
    assert said["layers"] == ["parcels", "waterways", "projects", "district"]
    assert path.read_bytes().startswith(b"%PDF")


def test_the_view_says_what_is_shown(tmp_path: Path):
    path = tmp_path / "plan.pdf"
    query = (
        "http://localhost:8501/?v=1&language=en&as_of=2019-06-30&layers=district.waterways-50&centre=116.6_35.4&zoom=13"
    )
    answer = run("--view", query, "--to", str(path), "--json")
    said = json.loads(answer.stdout)
    assert (said["as_of"], said["layers"]) == ("2019-06-30", ["waterways", "district"])
    assert "As of 30 Jun 2019" in PdfFile(path).texts[0]


def test_a_broken_part_of_the_view_is_left_out_and_named(tmp_path: Path):
    answer = run("--view", "as_of=yesterday&theme=land_use", "--to", str(tmp_path / "plan.pdf"), "--json")
    assert answer.exit_code == 0
    assert "could not be restored and are left out: the as-of date." in answer.stderr
    assert json.loads(answer.stdout)["as_of"] == "2020-12-31"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--paper", "A7"], "“A7” is not known; use one of A4, A3, A2, A1, A0"),
        (["--scale", "499"], "1:499 is outside 1:500 to 1:50000"),
        (["--scale", "big"], "“big” is no number; write 10000, 1:10000 or fit"),
        (["--orientation", "round"], "“round” is not known; use one of landscape, portrait, auto"),
        (["--extent", "moon"], "“moon” is not known; use one of district, view, drawn"),
        (["--language", "fr"], "“fr” is not known; use one of zh, en"),
        (["--extent", "view"], "no centre and zoom"),
    ],
)
def test_a_wrong_option_is_refused_with_what_can_be(tmp_path: Path, words: list[str], message: str):
    answer = run(*words, "--to", str(tmp_path / "plan.pdf"))
    assert answer.exit_code == 2
    assert message in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_there_is_not_is_named(tmp_path: Path):
    answer = run("--to", str(tmp_path / "nowhere" / "plan.pdf"))
    assert answer.exit_code == 1
    assert "nowhere/plan.pdf could not be written (No such file or directory)" in answer.stderr


def test_scales_are_read_as_people_write_them():
    assert [to_scale(words) for words in ("10000", "1:10000", "1：10,000", "fit", "FIT")] == [10_000] * 3 + [None] * 2
    with pytest.raises(SheetOptionError):
        to_scale("1:1e4")
