"""The attribute table with 100,000 parcels: how long until it is there, and the pauses between frames while it scrolls.

    python -m bench.attribute_table [PARCELS]

Starts the application over a store of its own, and Debian's Chromium; the same is measured with few parcels, to
compare with in one run.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.dashboard import publish
from tests.browser.harness import CHROMIUM_ARGS, Server, find_chromium

SAMPLE = 2_000
TURNS, TURN_PX = 60, 400
# Frames that come while the table scrolls: the times between them, ms.
_WATCH = """() => {
  window.gaps = []; let before = performance.now();
  const look = (now) => { window.gaps.push(now - before); before = now; requestAnimationFrame(look); };
  requestAnimationFrame(look);
}"""


def measure(parcels: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        publish(Path(folder), parcels)
        server = Server(Path(folder) / "data", Path(folder) / "server.log")
        server.start()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{server.url}/?language=en&layers=district.parcels")
        page.get_by_text("Attribute table").wait_for(timeout=60_000)
        page.wait_for_timeout(8000)
        print(_line(parcels, *_scroll(page)))
        browser.close()
        server.stop()


def _scroll(page: Page) -> tuple[float, list[float]]:
    """Seconds until the table stands, and the pauses while it is scrolled through."""
    since = time.monotonic()
    page.get_by_text("Attribute table").click()
    table = page.locator(".st-key-attribute_table [data-testid='stDataFrame']")
    table.locator("canvas").first.wait_for(timeout=120_000)
    opened_s = time.monotonic() - since
    page.wait_for_timeout(3000)
    box = table.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.evaluate(_WATCH)
    for _ in range(TURNS):
        page.mouse.wheel(0, TURN_PX)
        page.wait_for_timeout(30)
    return opened_s, page.evaluate("window.gaps")


def _line(parcels: int, opened_s: float, gaps: list[float]) -> str:
    longest = sorted(gaps)[int(len(gaps) * 0.99)]
    return (
        f"{parcels:>7} parcels: there after {opened_s:.1f} s; {len(gaps)} frames, "
        f"median {statistics.median(gaps):.0f} ms, 99 of 100 within {longest:.0f} ms"
    )


if __name__ == "__main__":
    for count in (SAMPLE, int(sys.argv[1]) if len(sys.argv) > 1 else 100_000):
        measure(count)
