"""A copied link brings back the whole view with its place, a bookmark what is shown."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import OpenWindow
from tests.browser.harness import Window

VIEW = "/?language=en&layers=district.parcels-60&f.parcels.state=idle&units=mu&as_of=2020-06-30"
TOLD = ("layers", "rows", "highlight", "on", "theme", "language")


def shown(window: Window) -> dict[str, Any]:
    """What the map was told, without the stamps of sending it somewhere."""
    return {name: value for name, value in window.map_state().items() if name in TOLD}


def place(window: Window) -> tuple[float, float, float]:
    found = window.map_frame().evaluate("() => [window.planMap.map.getCenter(), window.planMap.map.getZoom()]")
    return found[0]["lng"], found[0]["lat"], found[1]


def moved(window: Window) -> None:
    window.open(VIEW)
    window.wait_for_quiet_map()
    window.map_frame().evaluate("() => window.planMap.map.setView([35.405, 116.655], 15, {animate: false})")
    window.wait_for("the address", lambda: "zoom=15" in window.page.url)


def opened(window: Window) -> None:
    window.widget("share").locator("button").first.click()
    window.page.locator("#share-copy").wait_for()
    window.wait_until_settled()


@pytest.mark.parametrize("secure", [True, False], ids=["https", "http"])
def test_the_copied_link_opens_the_same_view_in_another_window(open_window: OpenWindow, secure: bool) -> None:
    window = open_window(permissions=["clipboard-read", "clipboard-write"])
    if not secure:
        window.page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    moved(window)
    opened(window)
    window.page.get_by_alt_text("QR code").wait_for()
    window.page.locator("#share-copy").click()
    window.page.get_by_text("Copied", exact=True).wait_for()
    link = window.page.evaluate("() => navigator.clipboard.readText()")
    other = open_window()
    other.open(link.removeprefix(other.base_url))
    other.wait_for_quiet_map()
    assert shown(other) == shown(window)
    assert place(other) == pytest.approx(place(window), abs=1e-4)


def test_a_bookmark_brings_the_view_back(open_window: OpenWindow) -> None:
    window = open_window()
    moved(window)
    before, stood = shown(window), place(window)
    opened(window)
    window.widget("bookmark_name").locator("input").fill("Idle land")
    window.page.keyboard.press("Enter")
    window.wait_until_settled()
    window.widget("bookmark_keep").locator("button").click()
    window.page.get_by_role("button", name="Idle land").wait_for()
    window.open("/?language=en")
    window.wait_for_quiet_map()
    assert shown(window) != before
    opened(window)
    window.page.get_by_role("button", name="Idle land").click()
    window.wait_for("the view", lambda: shown(window) == before)
    window.wait_for("the place", lambda: place(window) == pytest.approx(stood, abs=1e-4))


def test_a_click_that_leads_elsewhere_while_it_is_open_leads_there(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/?language=en")
    window.wait_for_quiet_map()
    opened(window)
    window.page.get_by_role("link", name="Dashboard").click()
    window.wait_for("the dashboard", lambda: window.widget("tiles").count() > 0)
    window.wait_until_settled()
    assert window.page.get_by_role("button", name="Share").count() == 0
