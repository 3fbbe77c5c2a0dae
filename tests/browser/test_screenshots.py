"""The pictures of README and docs, taken from the running application: `make screenshots`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.conftest import OpenWindow
from tests.browser.harness import Window

FOLDER = os.environ.get("LIAOHE_SCREENSHOTS")
LARGEST_KB = 200

pytestmark = pytest.mark.skipif(FOLDER is None, reason="`make screenshots` takes them")


PAGES = {"map": "/", "dashboard": "/dashboard", "analysis": "/analysis", "present": "/present", "upload": "/upload"}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}


@pytest.mark.parametrize("name", ["map", "dashboard"])
def test_picture_for_the_readme(open_window: OpenWindow, name: str) -> None:
    take(open_window(width_px=1600, height_px=950), PAGES[name], name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_picture_for_the_guide(open_window: OpenWindow, name: str, language: str) -> None:
    window = open_window(language=LANGUAGES[language], width_px=1366, height_px=768)
    take(window, PAGES[name], f"guide-{name}.{language}")


def take(window: Window, path: str, name: str) -> None:
    """Open a page, wait until everything on it is drawn, and take its picture, small enough for a repository."""
    window.open(path)
    if path in ("/", "/present"):
        window.wait_for_quiet_map(quiet_s=2)
    elif path == "/dashboard":
        window.wait_for("charts", lambda: window.page.locator(".js-plotly-plot svg.main-svg").count() > 0)
    window.page.wait_for_timeout(3000)
    picture = Path(FOLDER or "") / f"{name}.jpg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    quality = 85
    while True:
        window.page.screenshot(path=picture, type="jpeg", quality=quality)
        if picture.stat().st_size <= LARGEST_KB * 1000:
            break
        quality -= 10
        assert quality > 30
