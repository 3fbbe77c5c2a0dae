"""The pictures of README and docs, taken from the running application: `make screenshots`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.conftest import OpenWindow

FOLDER = os.environ.get("LIAOHE_SCREENSHOTS")
LARGEST_KB = 300

pytestmark = pytest.mark.skipif(FOLDER is None, reason="`make screenshots` takes them")


@pytest.mark.parametrize(("name", "path", "language"), [("map", "/", "zh-CN"), ("dashboard", "/dashboard", "zh-CN")])
def test_picture_of_a_page(open_window: OpenWindow, name: str, path: str, language: str) -> None:
    window = open_window(language=language, width_px=1600, height_px=950)
    window.open(path)
    if path == "/":
        window.wait_for_quiet_map(quiet_s=2)
    else:
        window.wait_for("charts", lambda: window.page.locator(".js-plotly-plot svg.main-svg").count() > 0)
        window.page.wait_for_timeout(2000)
    picture = Path(FOLDER or "") / f"{name}.jpg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    quality = 85
    while True:
        window.page.screenshot(path=picture, type="jpeg", quality=quality)
        if picture.stat().st_size <= LARGEST_KB * 1000:
            break
        quality -= 10
        assert quality > 30
