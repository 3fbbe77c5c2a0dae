"""Finding on the map, by keyboard alone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenWindow
from tests.browser.harness import Window


def centre(window: Window) -> tuple[float, float]:
    place = window.map_frame().evaluate("() => window.planMap.map.getCenter()")
    return place["lng"], place["lat"]


def test_what_is_found_by_initials_is_gone_to_by_keyboard_and_highlighted(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/?language=zh")
    window.wait_for_quiet_map()
    window.page.locator(".st-key-find input").focus()
    window.page.keyboard.type("hyh")  # 横一河
    window.page.keyboard.press("Enter")
    window.wait_for("the highlight", lambda: window.map_state()["highlight"])
    assert window.map_state()["highlight"][0] == "waterways"
    (south, west), (north, east) = window.map_state()["goto"]["bounds"]
    window.wait_for("the way there", lambda: west < centre(window)[0] < east and south < centre(window)[1] < north)


def test_coordinates_are_pinned_where_they_lie_and_the_address_follows(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/?language=en")
    window.wait_for_quiet_map()
    window.page.locator(".st-key-find input").fill("35°24'00\"N 116°39'36\"E")
    window.page.keyboard.press("Enter")
    pin = window.map_frame().locator(".plan-pin")
    pin.wait_for()
    window.wait_for_quiet_map()
    assert centre(window) == pytest.approx((116.66, 35.4), abs=1e-4)
    window.wait_for("the address", lambda: "centre=116.66000_35.4" in window.page.url)
    window.page.locator(".st-key-find input").fill("")
    window.page.keyboard.press("Enter")
    pin.wait_for(state="detached")
