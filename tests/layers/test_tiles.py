"""Tiles hold every feature with its history; archives appear whole, once, and can be lost."""

from __future__ import annotations

import builtins
import os
import threading
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from geopandas import GeoDataFrame
from shapely import LineString, Point, box

from geodata import status
from geodata.errors import StoreError
from geodata.store import Store
from layers import tiles
from tests.geodata.clean_frames import clean_frame
from tests.geodata.little_district import little_district

FIT_ZOOM = 11
"""Data zoom where the map shows zoom 12: the district of 42 km² fits a small window there."""


def read_tiles(path: Path, layer: str, zoom: int) -> GeoDataFrame:
    return pyogrio.read_dataframe(path, layer=layer, ZOOM_LEVEL=str(zoom))


def small_parcels(across: int) -> GeoDataFrame:
    """A square of parcels of 30 by 30 m, 40 m apart."""
    shapes = [box(x * 40, y * 40, x * 40 + 30, y * 40 + 30) for x in range(across) for y in range(across)]
    return clean_frame("parcels", [{"parcel_id": f"P{n}", "land_use": "0701"} for n in range(len(shapes))], shapes)


def test_a_history_is_written_as_state_numbers_with_the_days_they_begin() -> None:
    # 1 January 2019 is day 17,897; roads: planned 0, under construction 1, open 2
    steps = [(None, "planned"), (date(2019, 1, 1), "under_construction"), (date(2019, 1, 3), "open")]
    assert tiles.to_steps("roads", steps) == "0,17897:1,17899:2"
    assert tiles.to_steps("district", [(None, "present")]) == "0"


@pytest.mark.parametrize("layer", little_district())
def test_what_tiles_carry_is_what_the_rule_says_at_every_day(layer: str) -> None:
    frame = little_district()[layer]
    features = tiles.tile_features(layer, frame)
    assert features["row"].tolist() == list(range(len(frame)))
    for on in (date(2017, 1, 1), date(2019, 6, 30), date(2020, 12, 31), date(2022, 1, 1)):
        carried = [state_of(steps, (on - date(1970, 1, 1)).days) for steps in features["steps"]]
        assert [status.STATES[layer][number] for number in carried] == status.state_at(layer, frame, on).tolist()


def state_of(steps: str, day: int) -> int:
    """The look-up that the map's script does, written anew."""
    parts = [step.rpartition(":") for step in steps.split(",")]
    return [int(state) for first, _, state in parts if not first or int(first) <= day][-1]


@pytest.mark.parametrize("zoom", range(FIT_ZOOM, tiles.MAX_ZOOM + 1))
def test_no_small_feature_is_dropped_from_the_zoom_that_fits_the_district_on(tmp_path: Path, zoom: int) -> None:
    path = tmp_path / "parcels.pmtiles"
    tiles.write_tiles("parcels", small_parcels(50), path)
    assert set(read_tiles(path, "parcels", zoom)["row"]) == set(range(2500))


def test_lines_points_and_empty_places(tmp_path: Path) -> None:
    line = clean_frame(
        "waterways", [{"name": "纵一", "width_m": 40.0, "axis": "vertical"}], [LineString([(0, 0), (0, 3000)])]
    )
    points = clean_frame("projects", [{"name": "甲"}, {"name": "乙"}, {}], [Point(0, 0), None, Point(9, 9)])
    tiles.write_tiles("waterways", line, tmp_path / "lines.pmtiles")
    tiles.write_tiles("projects", points, tmp_path / "points.pmtiles")
    river = read_tiles(tmp_path / "lines.pmtiles", "waterways", 13).iloc[0]
    assert (river["label"], river["width_m"], river["row"]) == ("纵一", 40.0, 0)
    assert read_tiles(tmp_path / "points.pmtiles", "projects", 13)["row"].tolist() == [0, 2]
    assert read_tiles(tmp_path / "points.pmtiles", "projects_labels", 13)["label"].tolist() == ["甲"]


def test_the_build_changes_with_content_and_rule_and_with_nothing_else(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = store.current()["parcels"]
    build = tiles.build_of(version)
    assert tiles.build_of(replace(version, number=7, by="another", note="same features")) == build
    assert tiles.build_of(replace(version, content_hash="0" * 64)) != build
    monkeypatch.setattr(status, "RULE_VERSION", "another rule")
    assert tiles.build_of(version) != build


def test_a_lost_archive_is_built_again(store: Store) -> None:
    version = store.current()["waterways"]
    path = tiles.ensure_tiles(store, version)
    path.unlink()
    assert tiles.ensure_tiles(store, version) == path
    assert len(read_tiles(path, "waterways", 13)["row"].unique()) == version.features


def test_an_archive_is_built_once_however_many_ask(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    version = store.current()["projects"]
    tiles.tile_path(store, version).unlink(missing_ok=True)
    built: list[str] = []

    def build(layer: str, _: GeoDataFrame, path: Path) -> None:
        time.sleep(0.1)
        built.append(layer)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"tiles")

    monkeypatch.setattr(tiles, "write_tiles", build)
    threads = [threading.Thread(target=tiles.ensure_tiles, args=(store, version)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tiles.tile_path(store, version).unlink()
    assert built == ["projects"]


def test_an_archive_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: GeoDataFrame, __: str, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(tiles, "_build", fail)
    with pytest.raises(StoreError, match="disk full"):
        tiles.write_tiles("parcels", small_parcels(2), tmp_path / "parcels.pmtiles")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_another_is_writing_is_not(tmp_path: Path) -> None:
    old, fresh = tmp_path / "1-old.pmtiles.new", tmp_path / "1-fresh.pmtiles.new"
    for left in (old, fresh):
        left.write_bytes(b"half")
    long_ago = time.time() - 2 * 3600
    os.utime(old, (long_ago, long_ago))
    tiles.write_tiles("parcels", small_parcels(2), tmp_path / "2.pmtiles")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1-fresh.pmtiles.new", "2.pmtiles"]


def test_without_freestiler_gdal_builds_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def refuse(name: str, *args: Any, **options: Any) -> Any:
        if name == "freestiler":
            raise ImportError(name)
        return imported(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    path = tmp_path / "parcels.pmtiles"
    tiles.write_tiles("parcels", small_parcels(20), path)
    for zoom in (FIT_ZOOM, 16):
        assert set(read_tiles(path, "parcels", zoom)["row"]) == set(range(400))
