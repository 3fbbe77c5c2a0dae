"""Which basemaps an installation offers, and what is refused."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geodata import crs
from geodata.settings import Settings
from layers import basemap_file
from layers.basemaps import BasemapError, basemaps
from tests.layers.asgi import Client

OWN = {
    "id": "city",
    "title": "市局影像",
    "url": "http://10.0.0.5/{z}/{x}/{y}.png",
    "datum": "CGCS2000",
    "attribution": "市局",
}
PNG = b"\x89PNG\r\n\x1a\n and more"


def with_own(*entries: dict[str, Any]) -> Settings:
    return Settings(basemaps=json.dumps(entries))


def test_public_maps_declare_their_datum_and_attribution_and_tianditu_comes_with_its_token() -> None:
    plain, more = basemaps(Settings()), basemaps(Settings(tianditu_token="k-123"))
    assert {name: each.datum for name, each in plain.items()} == {"amap": "gcj02", "osm": "wgs84"}
    assert set(more) - set(plain) == {"tianditu_vec", "tianditu_img"}
    assert all(each.attribution for each in more.values())
    low, high = more["tianditu_img"].urls
    assert "LAYER=img" in low
    assert "LAYER=cia" in high
    assert "tk=k-123" in low
    assert "{z}" in low


def test_own_basemaps_are_offered_as_they_are_written() -> None:
    found = basemaps(with_own(OWN, {**OWN, "id": "plan", "kind": "wms", "url": "http://10.0.0.5/wms", "layers": "a,b"}))
    assert found["city"].to_state()["datum"] == "cgcs2000"
    assert found["city"].title.in_("zh") == "市局影像"
    assert (found["plan"].kind, found["plan"].layers) == ("wms", "a,b")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"id": "City!"}, "“id”: use small letters"),
        ({"url": ""}, "“url”: it is missing"),
        ({"url": "http://10.0.0.5/tile"}, "“url”: {z}, {x} and {y}"),
        ({"max_zoom": "far"}, "“max_zoom”: give a whole number"),
        ({"max_zoom": None}, "“max_zoom”: give a whole number"),
        ({"subdomains": ["a", "b"]}, "“subdomains”: give a text"),
        ({"kind": "tms"}, "“kind”: use xyz"),
        ({"datum": "BD-09"}, "“datum”: BD-09 has a tile grid of its own"),
        ({"datum": "beijing54"}, "“datum”: use wgs84"),
        ({"kind": "wms"}, "“layers”: name the layers"),
        ({"kind": "wms", "layers": "a", "datum": "gcj02"}, "“datum”: a WMS in GCJ-02"),
    ],
)
def test_an_entry_that_can_not_be_used_is_named_with_its_field(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(BasemapError) as refused:
        basemaps(with_own(OWN, {**OWN, **changed}))
    assert f"LIAOHE_BASEMAPS, entry 2, {words}" in str(refused.value)


@pytest.mark.parametrize("written", ["{", '{"id": 1}', "[1]"])
def test_a_setting_that_is_no_list_is_refused(written: str) -> None:
    with pytest.raises(BasemapError, match="LIAOHE_BASEMAPS"):
        basemaps(Settings(basemaps=written))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BasemapError, match="LIAOHE_BASEMAP_FILE"):
        basemaps(Settings(basemap_file=tmp_path / "none.mbtiles"))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.delenv("LIAOHE_BASEMAP_FILE", raising=False)
    return Client(basemap_file.build_routes())


def test_an_mbtiles_file_gives_its_tiles_rows_counted_from_the_north(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    path = tmp_path / "city map.mbtiles"
    with sqlite3.connect(path) as connection:
        connection.execute("create table tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        connection.execute("insert into tiles values (3, 5, 2, ?)", (PNG,))
    connection.close()
    assert client.get("/basemap/3/5/5").status_code == 404
    monkeypatch.setenv("LIAOHE_BASEMAP_FILE", str(path))
    answer = client.get("/basemap/3/5/5")  # 2**3 - 1 - 2
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    assert client.get("/basemap/3/5/2").status_code == 404
    assert client.get("/basemap/99/0/0").status_code == 404
    assert client.get(f"/basemap/3/{10**30}/0").status_code == 404
    assert client.get("/basemap/file.pmtiles").status_code == 404
    assert basemaps(Settings())["file"].urls == ("/basemap/{z}/{x}/{y}",)


def test_a_pmtiles_file_is_given_in_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    path = tmp_path / "city.pmtiles"
    path.write_bytes(bytes(range(200)))
    monkeypatch.setenv("LIAOHE_BASEMAP_FILE", str(path))
    answer = client.get("/basemap/file.pmtiles", headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, bytes(range(10, 20)))
    assert basemaps(Settings())["file"].kind == "pmtiles"


def project(lon: np.ndarray, lat: np.ndarray, zoom: int) -> tuple[np.ndarray, np.ndarray]:
    """Web Mercator pixels of the world, 256 to a tile."""
    size = 256 * 2.0**zoom
    y = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    return size * (lon / 360 + 0.5), size * (0.5 - y / (2 * np.pi))


@pytest.mark.parametrize("zoom", range(10, 21))
def test_a_map_in_gcj02_put_cell_by_cell_is_right_within_a_metre_all_over_the_district(zoom: int) -> None:
    """As layers/web/src/basemap.js draws it: cells of a tile of zoom 17 at most, each by its own corners."""
    lon, lat = (grid.ravel() for grid in np.meshgrid(np.linspace(116.60, 116.72, 60), np.linspace(35.35, 35.45, 60)))
    in_tile = project(*crs.gcj02_from_wgs84(lon, lat), zoom)  # where the public map draws each place
    cell_px = 256 / 2 ** max(0, 17 - zoom)

    def true_place(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        size = 256 * 2.0**zoom
        gcj_lat = np.degrees(2 * np.arctan(np.exp((0.5 - y / size) * 2 * np.pi)) - np.pi / 2)
        return project(*crs.wgs84_from_gcj02((x / size - 0.5) * 360, gcj_lat), zoom)

    cells = [np.floor(axis / cell_px) * cell_px for axis in in_tile]
    low, high = true_place(*cells), true_place(*(axis + cell_px for axis in cells))
    put = [low[i] + (in_tile[i] - cells[i]) / cell_px * (high[i] - low[i]) for i in (0, 1)]
    truth = project(lon, lat, zoom)
    metres_per_pixel = 40_075_016.7 * np.cos(np.radians(lat)) / (256 * 2.0**zoom)
    off_m = np.hypot(put[0] - truth[0], put[1] - truth[1]) * metres_per_pixel
    assert off_m.max() < 1


def test_a_file_that_is_no_mbtiles_has_no_tiles(tmp_path: Path) -> None:
    path = tmp_path / "broken.mbtiles"
    path.write_bytes(b"no database at all" * 100)
    assert basemap_file.read_tile(path, 3, 5, 5) is None
