"""`python -m layers`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from geodata.store import Store
from layers import tiles
from layers.__main__ import app


@pytest.fixture(autouse=True)
def here(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAOHE_DATA_DIR", str(store.tiles_dir.parent))


def test_tiles_builds_what_is_missing_and_only_that(store: Store) -> None:
    for version in store.current().values():
        tiles.ensure_tiles(store, version)
    tiles.tile_path(store, store.current()["parcels"]).unlink()
    answer = CliRunner().invoke(app, ["tiles", "--json"])
    assert answer.exit_code == 0
    built = {row["layer"]: row["built"] for row in json.loads(answer.stdout)}
    assert built == {"district": False, "waterways": False, "parcels": True, "projects": False}


def test_tiles_of_one_layer() -> None:
    answer = CliRunner().invoke(app, ["tiles", "waterways"])
    assert answer.exit_code == 0
    assert answer.stdout.split()[:2] == ["waterways", "1"]


def test_a_layer_that_there_is_not_is_refused() -> None:
    answer = CliRunner().invoke(app, ["tiles", "nothing"])
    assert answer.exit_code == 1
    assert "nothing" in answer.stderr
