"""The first start: an empty store is filled, one that was cut short is completed, a used one is left alone."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from geodata import entries
from geodata.sample import entries as sample_entries
from geodata.settings import Settings
from geodata.store import Store
from layers import tiles
from pages.ui import startup
from pages.ui.startup import Progress
from tests.geodata.little_district import little_district
from tests.pages.conftest import publish_frame, with_keys

LAYERS = ("district", "roads", "projects")


@pytest.fixture(autouse=True)
def _little_sample(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A sample of three small layers in the place of the illustrative district."""

    def write_shapefiles(folder: Path) -> dict[str, Path]:
        paths = {layer: folder / f"{layer}.gpkg" for layer in LAYERS}
        for layer, path in paths.items():
            with_keys(layer, little_district()[layer]).to_file(path, driver="GPKG")
        return paths

    sample = types.ModuleType("geodata.sample")
    vars(sample).update(DATA_DATE=date(2020, 12, 31), write_shapefiles=write_shapefiles)
    monkeypatch.setitem(sys.modules, "geodata.sample", sample)
    monkeypatch.setitem(sys.modules, "geodata.sample.entries", sample_entries)
    monkeypatch.setattr(tiles, "ensure_tiles", lambda *_: None)
    startup._set(Progress())
    yield
    startup._set(Progress())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def begin_and_wait(store: Store, settings: Settings) -> None:
    thread = startup.begin(store, settings)
    if thread is not None:
        thread.join(60)


def test_an_empty_store_is_filled_and_marked_illustrative(settings: Settings):
    store = Store.open(settings)
    begin_and_wait(store, settings)
    assert set(store.current()) == set(LAYERS)
    assert all(version.illustrative for version in store.current().values())
    assert {version.data_date for version in store.current().values()} == {date(2020, 12, 31)}
    assert startup.is_ready()


def test_a_first_start_that_was_cut_short_is_completed(settings: Settings):
    store = Store.open(settings)
    begin_and_wait(store, settings)
    first = store.current()
    with store.catalogue.write() as connection:
        connection.exec_driver_sql("DELETE FROM current WHERE layer = 'roads'")
    begin_and_wait(store, settings)
    assert set(store.current()) == set(LAYERS)
    assert store.current()["district"] == first["district"]


def test_targets_and_reported_values_are_saved_once_and_marked_illustrative(settings: Settings):
    store = Store.open(settings)
    begin_and_wait(store, settings)
    begin_and_wait(store, settings)
    for table in ("targets", "reported"):
        [edition] = entries.editions(store, table)
        assert (edition.by, edition.illustrative) == (startup.PUBLISHED_BY, True)
        assert entries.entry_frame(store, table)["illustrative"].all()


def test_a_table_that_somebody_saved_is_left_alone(settings: Settings):
    store = Store.open(settings)
    entries.save(store, "targets", sample_entries.build_targets().head(1), by="张三")
    begin_and_wait(store, settings)
    assert len(entries.read_targets(store)) == 1
    assert len(entries.read_reported(store)) == len(sample_entries.build_reported())


def test_a_store_with_somebodys_layer_is_left_alone(settings: Settings):
    store = Store.open(settings)
    publish_frame(store, settings, "roads", with_keys("roads", little_district()["roads"]), sample=False)
    begin_and_wait(store, settings)
    assert set(store.current()) == {"roads"}


def test_the_sample_can_be_switched_off(tmp_path: Path):
    settings = Settings(data_dir=tmp_path / "data", sample=False)
    store = Store.open(settings)
    begin_and_wait(store, settings)
    assert store.current() == {}
    assert startup.is_ready()


def test_a_sample_that_fails_is_told_and_not_ready(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    def fail(_folder: Path) -> dict[str, Path]:
        raise OSError("disk full")

    monkeypatch.setattr(sys.modules["geodata.sample"], "write_shapefiles", fail)
    store = Store.open(settings)
    begin_and_wait(store, settings)
    assert startup.progress().state == "failed"
    assert not startup.is_ready()
