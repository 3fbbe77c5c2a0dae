"""`python -m geodata targets` and `reported` (DESIGN §9): one JSON document, exit codes, and what indicators say."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from geodata.entries import editions
from tests.geodata.publishing import open_store, write_parks

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]

TARGETS = """指标,截止日期,目标值
district.area_km2,2020-12-31,42
已亮化长度,2020-12-31,180
"""


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Runs a command against a store of its own: its document, after its exit code was compared."""

    def call(*words: object, code: int = 0) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "geodata", *map(str, words), "--json"],
            cwd=ROOT,
            env={**os.environ, "LIAOHE_DATA_DIR": str(tmp_path / "data"), "LIAOHE_LANGUAGE": "en"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout) if done.stdout else None

    return call


def test_targets_go_in_are_listed_and_are_refused_from_an_old_edition(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "目标.csv"
    path.write_bytes(TARGETS.encode("gbk"))
    first = run("targets", path)
    assert {name: first[name] for name in first if name != "findings"} == {
        "table": "targets", "edition": 1, "rows": 2, "added": 2, "changed": 0, "removed": 0, "unchanged": 0,
    }  # fmt: skip
    assert {finding["code"] for finding in first["findings"]} == {"ENCODING_GUESSED"}
    path.write_text(TARGETS.replace("180", "175"), encoding="utf-8")
    refused = run("targets", path, "--by", "张三", "--base", "0", code=1)
    assert (refused["edition"], refused["unchanged"]) == (1, 2)
    assert [finding["code"] for finding in refused["findings"]] == ["BASE_CHANGED"]
    second = run("targets", path, "--by", "张三", "--base", "1", "--note", "调整")
    assert (second["edition"], second["changed"], second["unchanged"]) == (2, 1, 1)
    assert [row["value"] for row in run("targets")] == [42.0, 175.0]
    assert run("verify") == {"ok": True, "problems": []}
    saved = editions(open_store(tmp_path / "data"), "targets")
    assert [(edition.by, edition.note) for edition in saved] == [(getpass.getuser(), ""), ("张三", "调整")]


def test_what_is_wrong_or_changes_nothing_exits_with_one_and_a_missing_file_with_two(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "targets.csv"
    path.write_text(TARGETS.replace("180", "多"), encoding="utf-8")
    refused = run("targets", path, code=1)
    assert (refused["edition"], refused["rows"]) == (0, 0)
    [finding] = refused["findings"]
    assert (finding["code"], finding["severity"]) == ("BAD_NUMBER", "error")
    assert "row 2 “多”" in finding["message"]
    assert run("targets", tmp_path / "missing.csv", code=2) is None


def test_indicators_have_the_stored_targets_and_reported_values(run: Any, tmp_path: Path) -> None:
    run("publish", "parks", write_parks(tmp_path / "a.gpkg"), "--by", "张三", "--data-date", "2020-12-31")
    path = tmp_path / "reported.csv"
    path.write_text("名称,时点,数值,单位\n高端装备产值,2019,468,亿元\n高端装备产值,2020,523,亿元\n", encoding="utf-8")
    run("reported", path)
    path.write_text("指标,截止日期,目标值,单位\nreported.高端装备产值,2021,1000,亿元\n", encoding="utf-8")
    run("targets", path)
    expected = {"reported.高端装备产值": {"value": 523.0, "unit": "100m_cny", "target": 1000.0}}
    assert run("indicators")["indicators"] == expected
    assert run("indicators", "--as-of", "2018-12-31")["indicators"] == {}
