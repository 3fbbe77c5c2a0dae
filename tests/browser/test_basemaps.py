"""Basemaps under the plan: a map in GCJ-02 put where it belongs, and one that can't be reached."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Route

from geodata import crs
from tests.browser.harness import Server, Watch, Window

MAPS = [
    {"id": "shifted", "title": "加偏底图", "url": "/stub/{z}/{x}/{y}.png", "datum": "gcj02", "attribution": "试"},
    {"id": "away", "title": "不通底图", "url": "/nowhere/{z}/{x}/{y}.png", "attribution": "远"},
]


def picture(colour: tuple[int, int, int]) -> bytes:
    """A tile of one colour."""
    rows = (b"\x00" + bytes(colour) * 256) * 256

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 256, 256, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def archive(tile: bytes) -> bytes:
    """A PMTiles file (version 3) in which this is every tile, up to zoom 14."""

    def varint(number: int) -> bytes:
        more, last = number >> 7, number & 127
        return bytes([last | 128]) + varint(more) if more else bytes([last])

    directory = b"".join(varint(number) for number in (1, 0, (4**15 - 1) // 3, len(tile), 1))
    at = 127 + len(directory)
    places = (127, len(directory), at, 2, 0, 0, at + 2, len(tile), 1, 1, 1)
    uncompressed, png, last_zoom = 1, 2, 14
    head = b"PMTiles\x03" + struct.pack("<11Q", *places)
    head += struct.pack("<6B4iB2i", 1, uncompressed, uncompressed, png, 0, last_zoom, *(0,) * 4, 0, 0, 0)
    return head + directory + b"{}" + tile


@pytest.fixture(scope="module")
def server_with_maps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("with_maps")
    (folder / "city.pmtiles").write_bytes(archive(picture((10, 200, 30))))
    settings = {"LIAOHE_BASEMAPS": json.dumps(MAPS), "LIAOHE_BASEMAP_FILE": str(folder / "city.pmtiles")}
    server = Server(folder / "data", folder / "server.log", **settings)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def window(chromium: Browser, server_with_maps: Server) -> Iterator[Window]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, service_workers="block")
    watch = Watch()
    watch.follow(context)
    pictures = [picture(colour) for colour in ((250, 240, 200), (200, 220, 250))]

    def answer(route: Route) -> None:
        _, x, y = route.request.url.removesuffix(".png").split("/")[-3:]
        route.fulfill(body=pictures[(int(x) + int(y)) % 2], content_type="image/png")

    context.route("**/stub/**", answer)
    context.route("**/nowhere/**", lambda route: route.fulfill(status=404))
    window = Window(context, server_with_maps.url, watch)
    yield window
    assert watch.outside == []
    context.close()


def true_place(z: int, x: int, y: int) -> tuple[float, float]:
    """Where the north-west corner of a tile of a map in GCJ-02 lies, WGS 84."""
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / 2**z))))
    lon, true_lat = crs.wgs84_from_gcj02(np.array(x / 2**z * 360 - 180), np.array(lat))
    return float(lon), float(true_lat)


@pytest.mark.parametrize("zoom", [12, 14, 16, 18])
def test_tiles_in_gcj02_meet_where_their_corners_truly_lie(window: Window, zoom: int) -> None:
    window.open(f"/?language=en&basemap=shifted&layers=&centre=116.66000_35.40000&zoom={zoom}")
    frame = window.map_frame()
    loaded = "() => document.querySelectorAll('.leaflet-tile-pane canvas.leaflet-tile-loaded').length"
    window.wait_for("every tile", lambda: frame.evaluate(loaded) >= 6)
    window.wait_for_quiet_map()
    shifted_lon, shifted_lat = crs.gcj02_from_wgs84(np.array(116.66), np.array(35.4))
    x = round((float(shifted_lon) + 180) / 360 * 2**zoom)
    y = round((0.5 - np.arcsinh(np.tan(np.radians(float(shifted_lat)))) / (2 * np.pi)) * 2**zoom)
    lon, lat = true_place(zoom, x, y)
    spot = frame.evaluate("(c) => { const p = planMap.map.latLngToContainerPoint(c); return [p.x, p.y]; }", [lat, lon])
    seen = frame.evaluate(
        """([x, y]) => [[-3, -3], [2, -3], [-3, 2], [2, 2]].map(([right, down]) => {
            for (const canvas of document.querySelectorAll(".leaflet-tile-pane canvas.leaflet-tile-loaded")) {
                const box = canvas.getBoundingClientRect();
                const [left, top] = [x + right - box.left, y + down - box.top];
                if (left < 0 || top < 0 || left >= box.width - 2 || top >= box.height - 2) continue;
                const scale = canvas.width / box.width;
                const pixel = canvas.getContext("2d").getImageData(left * scale, top * scale, 1, 1).data;
                if (pixel[3] === 255) return pixel[0];
            }
            return null;
        })""",
        spot,
    )
    # The tiles are coloured like a chessboard, and four of them meet here, within three pixels.
    even, odd = (250, 200) if (x + y) % 2 == 0 else (200, 250)
    assert seen == [even, odd, odd, even]
    assert frame.locator(".plan-attribution").inner_text() == "试"


def test_the_plan_is_transparent_over_a_basemap_and_paper_without(window: Window) -> None:
    window.open("/?language=en&layers=district&centre=116.66000_35.40000&zoom=16")
    window.wait_for_quiet_map()
    assert window.map_state()["basemap"] is None
    window.widget("basemap").locator("input").click()
    window.page.get_by_role("option", name="加偏底图").click()
    window.wait_for("the basemap", lambda: (window.map_state()["basemap"] or {}).get("datum") == "gcj02")
    window.wait_for("the address", lambda: "basemap=shifted" in window.page.url)
    window.wait_for_quiet_map()
    seen = window.map_frame().evaluate(
        """() => [...document.querySelectorAll(".leaflet-plan-pane canvas.leaflet-tile")].every((canvas) => {
            const pen = canvas.getContext("2d");
            return pen.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] < 255;
        })"""
    )
    assert seen


def test_a_basemap_that_can_not_be_reached_is_told_and_the_plan_stays(window: Window) -> None:
    window.open("/?language=en&basemap=away")
    window.map_frame().get_by_text("The basemap can't be reached").wait_for()
    window.wait_for_quiet_map()
    assert window.painted()["district"] == 1


def test_a_file_of_tiles_on_the_server_lies_under_the_plan(window: Window) -> None:
    window.open("/?language=en&basemap=file&layers=&centre=116.66000_35.40000&zoom=14")
    frame = window.map_frame()
    widths = "() => [...document.querySelectorAll('.leaflet-tile-pane img')].map((each) => each.naturalWidth)"
    window.wait_for("its tiles", lambda: frame.evaluate(widths).count(256) >= 6)
    assert window.watch.failures == []
