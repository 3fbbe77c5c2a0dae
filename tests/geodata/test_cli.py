"""The command line's contract (DESIGN §9): one JSON document, exit codes, what each command prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.geodata.publishing import ROWS, write_parks

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


class Cli:
    """Runs `python -m geodata` against a store of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *words: object, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "geodata", *map(str, words)],
            cwd=ROOT,
            env={**os.environ, "LIAOHE_DATA_DIR": str(self.data), "LIAOHE_LANGUAGE": "en", **settings},
            capture_output=True,
            text=True,
            check=False,
        )

    def json(self, *words: object, code: int = 0, **settings: str) -> Any:
        done = self.run(*words, "--json", **settings)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "data")


def test_a_layer_goes_in_comes_out_and_comes_back(cli: Cli, tmp_path: Path) -> None:
    upload = write_parks(tmp_path / "a.gpkg")
    published = cli.json("publish", "parks", upload, "--by", "张三", "--data-date", "2020-12-31", "--note", "第一版")
    assert published.keys() == {"layer", "number", "content_hash"}
    assert (published["layer"], published["number"]) == ("parks", 1)

    edited = write_parks(tmp_path / "b.gpkg", [{**row, "name": "改名"} for row in ROWS])
    checked = cli.json("check", "parks", edited)
    assert checked["outcome"] == "accept"
    assert checked["diff"] == {"added": 0, "removed": 0, "changed": 10, "unchanged": 0}
    assert cli.json("publish", "parks", edited, "--by", "李四", "--base", "1")["number"] == 2

    rolled = cli.json("rollback", "parks", "1", "--by", "王五")
    assert (rolled["number"], rolled["content_hash"]) == (3, published["content_hash"])

    versions = cli.json("versions", "parks")
    assert [version["current"] for version in versions] == [False, False, True]
    assert versions[0].keys() == {
        "layer", "number", "parent", "features", "content_hash", "by", "at", "note", "data_date", "current",
    }  # fmt: skip
    assert (versions[0]["data_date"], versions[0]["note"], versions[0]["by"]) == ("2020-12-31", "第一版", "张三")

    exported = cli.json("export", "parks", "--version", "2", "--to", tmp_path / "out.geojson")
    assert exported == {"layer": "parks", "number": 2, "features": 10, "path": str(tmp_path / "out.geojson")}
    assert cli.json("verify") == {"ok": True, "problems": []}


def test_inspect_prints_the_contracts_document_and_refuses_with_one(cli: Cli, tmp_path: Path) -> None:
    good = write_parks(tmp_path / "a.gpkg")
    document = cli.json("inspect", good)
    assert document.keys() == {"path", "outcome", "layers", "findings"}
    assert document["outcome"] == "accept"
    [layer] = document["layers"]
    assert layer.keys() == {"name", "features", "geometry_type", "crs", "encoding", "fields", "bounds"}
    assert (layer["features"], layer["geometry_type"], layer["crs"]) == (10, "Polygon", "EPSG:4527")

    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 this is no archive")
    both = cli.json("inspect", good, tmp_path / "bad.zip", code=1)
    assert [entry["outcome"] for entry in both] == ["accept", "reject"]
    finding = both[1]["findings"][0]
    assert finding.keys() == {"code", "severity", "count", "message"}
    assert finding["severity"] == "error"


def test_a_refused_publication_prints_what_check_prints(cli: Cli, tmp_path: Path) -> None:
    upload = write_parks(tmp_path / "a.gpkg", [{**row, "park_id": "same"} for row in ROWS])
    refused = cli.json("publish", "parks", upload, "--by", "张三", code=1)
    assert refused["outcome"] == "reject"
    assert "DUPLICATE_KEY" in {finding["code"] for finding in refused["findings"]}
    assert refused == cli.json("check", "parks", upload, code=1)


def test_an_old_base_is_refused_as_base_changed(cli: Cli, tmp_path: Path) -> None:
    cli.json("publish", "parks", write_parks(tmp_path / "a.gpkg"), "--by", "张三")
    other = write_parks(tmp_path / "b.gpkg", [{**row, "name": "改名"} for row in ROWS])
    refused = cli.json("publish", "parks", other, "--by", "张三", "--base", "7", code=1)
    assert "BASE_CHANGED" in {finding["code"] for finding in refused["findings"]}


def test_publishing_no_change_exits_with_one(cli: Cli, tmp_path: Path) -> None:
    upload = write_parks(tmp_path / "a.gpkg")
    cli.json("publish", "parks", upload, "--by", "张三")
    again = cli.json("publish", "parks", upload, "--by", "张三", code=1)
    assert {finding["code"]: finding["severity"] for finding in again["findings"]}["NO_CHANGE"] == "note"
    assert cli.json("check", "parks", upload)["outcome"] == "accept"


@pytest.mark.parametrize(
    "words",
    [
        ["check", "ponds", "FILE"],
        ["publish", "parks", "FILE"],
        ["publish", "parks", "missing.gpkg", "--by", "x"],
        ["inspect"],
        ["frobnicate"],
        ["export", "parks"],
        ["check", "parks", "FILE", "--map", "nonsense"],
    ],
)
def test_wrong_usage_exits_with_two_and_prints_no_traceback(cli: Cli, tmp_path: Path, words: list[str]) -> None:
    upload = str(write_parks(tmp_path / "a.gpkg"))
    done = cli.run(*[upload if word == "FILE" else word for word in words])
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_version_or_layer_that_is_not_there_is_one_sentence_and_exit_one(cli: Cli) -> None:
    done = cli.run("export", "parks", "--to", "out.gpkg")
    assert done.returncode == 1
    assert "no current version" in done.stderr
    assert done.stdout == ""


def test_indicators_name_date_versions_and_units(cli: Cli, tmp_path: Path) -> None:
    cli.json("publish", "parks", write_parks(tmp_path / "a.gpkg"), "--by", "张三", "--data-date", "2020-06-30")
    document = cli.json("indicators")
    assert (document["as_of"], document["versions"]) == ("2020-06-30", {"parks": 1})
    assert cli.json("indicators", "--as-of", "2019-01-31")["as_of"] == "2019-01-31"


def test_a_ledger_updates_attributes_and_lists_the_keys_of_either_side(cli: Cli, tmp_path: Path) -> None:
    ledger = tmp_path / "台账.csv"
    ledger.write_bytes("园区编号,名称\nYQ-01,新名称\nYQ-99,没有\n".encode("gbk"))
    assert cli.json("check", "parks", ledger, "--ledger", code=1)["findings"][-1]["code"] == "LEDGER_KEYS"
    cli.json("publish", "parks", write_parks(tmp_path / "a.gpkg"), "--by", "张三")
    checked = cli.json("check", "parks", ledger, "--ledger")
    assert checked["outcome"] == "accept-with-warning"
    assert checked["diff"] == {"added": 0, "removed": 0, "changed": 1, "unchanged": 9}
    assert checked["ledger"]["only_in_ledger"] == ["YQ-99"]
    assert len(checked["ledger"]["only_in_layer"]) == 9
    published = cli.json("publish", "parks", ledger, "--ledger", "--by", "张三", "--accept-warnings")
    assert published["number"] == 2
    assert cli.json("versions", "parks")[1]["features"] == 10


def test_two_people_decide_from_the_command_line(cli: Cli, tmp_path: Path) -> None:
    upload = write_parks(tmp_path / "a.gpkg")
    asked = cli.json("publish", "parks", upload, "--by", "张三", LIAOHE_TWO_PEOPLE="true")
    assert asked.keys() == {"request", "state"}
    assert cli.run("approve", asked["request"], "--by", "张三", LIAOHE_TWO_PEOPLE="true").returncode == 1
    assert cli.json("approve", asked["request"], "--by", "李四", LIAOHE_TWO_PEOPLE="true")["number"] == 1


def test_a_backup_is_restored_from_the_command_line(cli: Cli, tmp_path: Path) -> None:
    cli.json("publish", "parks", write_parks(tmp_path / "a.gpkg"), "--by", "张三")
    cli.json("backup", tmp_path / "backup")
    other = Cli(tmp_path / "other")
    assert other.json("restore", tmp_path / "backup")["versions"] == 1
    assert other.json("versions") == cli.json("versions")
