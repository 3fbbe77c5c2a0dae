"""The running application, opened by URL as QGIS does: through GDAL's OAPIF driver."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest
import shapely
from geopandas import GeoDataFrame

from geodata.store import Store
from tests.geodata.clean_frames import EAST, NORTH

ROOT = Path(__file__).parents[3]
_START_S = 60

pytestmark = pytest.mark.skipif("OAPIF" not in pyogrio.list_drivers(), reason="this GDAL has no OAPIF driver")


@pytest.fixture(scope="module")
def url(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "LIAOHE_DATA_DIR": str(store.folder), "LIAOHE_SAMPLE": "0"}
    log = tmp_path_factory.mktemp("server") / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/ogc", log)
        yield f"OAPIF:http://127.0.0.1:{port}/ogc"
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        try:
            opener.open(address, timeout=10).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the server does not answer: {log.read_text(encoding='utf-8', errors='replace')}")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_its_layers_are_those_published(url: str, store: Store) -> None:
    layers = dict(pyogrio.list_layers(url).tolist())
    assert layers == {layer: store.read(layer).geom_type.iloc[0] for layer in store.current()}


@pytest.mark.parametrize("layer", ["district", "waterways", "parcels", "projects"])
def test_counts_fields_and_their_types_are_those_published(url: str, store: Store, layer: str) -> None:
    published = store.read(layer)
    info = pyogrio.read_info(url, layer=layer)
    columns = [column for column in published.columns if column != "geometry"]
    assert info["features"] == len(published)
    assert info["crs"] == "EPSG:4490"
    assert info["fields"].tolist() == ["id", *columns]
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    for column in columns:
        kind = published[column].dtype
        assert types[column] == {"M": "OFTDate", "f": "OFTReal", "i": "OFTInteger", "b": "OFTInteger"}.get(
            kind.kind, "OFTString"
        ), column


def test_its_features_are_those_published(url: str, store: Store) -> None:
    published, opened = store.read("parcels"), pyogrio.read_dataframe(url, layer="parcels")
    assert opened["id"].tolist() == opened["parcel_id"].tolist() == published["parcel_id"].tolist()
    assert opened["approved_on"].dt.date.tolist() == published["approved_on"].dt.date.tolist()
    assert shapely.equals_exact(opened.geometry.to_numpy(), published.geometry.to_numpy(), 1e-9).all()


def test_pages_follow_each_other(url: str, store: Store) -> None:
    opened = pyogrio.read_dataframe(url, layer="parcels", PAGE_SIZE="2", INITIAL_REQUEST_PAGE_SIZE="1")
    assert opened["id"].tolist() == store.read("parcels")["parcel_id"].tolist()


def test_a_window_and_a_condition_are_asked_of_the_server(url: str, store: Store) -> None:
    published: GeoDataFrame = store.read("parcels")
    window = published.geometry.iloc[3].bounds
    opened = pyogrio.read_dataframe(url, layer="parcels", bbox=window)
    assert opened["id"].tolist() == published.loc[published.intersects(shapely.box(*window)), "parcel_id"].tolist()
    condition = "land_use = '1001' AND approved_on >= '2019-01-01'"
    assert pyogrio.read_dataframe(url, layer="parcels", where=condition)["id"].tolist() == ["parcels-04"]


def test_metres_are_given_with_the_axes_the_right_way_round(url: str) -> None:
    opened = pyogrio.read_dataframe(url, layer="projects", CRS="EPSG:4548")
    assert opened.crs == "EPSG:4548"
    assert opened.geometry.x.tolist() == pytest.approx([EAST + 100 * row for row in range(5)], abs=0.001)
    assert opened.geometry.y.tolist() == pytest.approx([NORTH] * 5, abs=0.001)
    window = (EAST + 50, NORTH - 50, EAST + 250, NORTH + 50)
    found = pyogrio.read_dataframe(url, layer="projects", CRS="EPSG:4548", bbox=window)
    assert found["id"].tolist() == ["projects-01", "projects-02"]
