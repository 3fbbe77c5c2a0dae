"""Measuring on the map page, and filtering it by what is drawn."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator
from pyproj import Geod

from geodata.store import Store
from tests.browser.conftest import OpenWindow
from tests.browser.harness import Window

ELLIPSOID = Geod(a=6378137, rf=298.257222101)


@pytest.fixture
def window(open_window: OpenWindow) -> Window:
    """The map page in English, at rest."""
    window = open_window()
    window.open("/?language=en&layers=district.roads.parcels")
    window.wait_for_quiet_map()
    return window


def tool(window: Window, name: str) -> Locator:
    return window.map_frame().get_by_role("button", name=name, exact=True)


def press(window: Window, *spots: tuple[int, int]) -> None:
    box = window.page.locator("iframe").first.bounding_box()
    assert box
    for x, y in spots:
        window.page.mouse.move(box["x"] + x, box["y"] + y)
        window.page.mouse.click(box["x"] + x, box["y"] + y)


def places(window: Window, *spots: tuple[int, int]) -> list[tuple[float, float]]:
    return [
        tuple(
            window.map_frame().evaluate(
                "(spot) => { const p = planMap.map.containerPointToLatLng(spot); return [p.lng, p.lat]; }", list(spot)
            )
        )
        for spot in spots
    ]


def numbers(card: Locator) -> list[float]:
    return [
        float(number.replace(",", ""))
        for number in re.findall(r"\d[\d,]*\.?\d*(?= (?:km|ha|mu|m²))", card.inner_text())
    ]


def test_a_length_is_the_one_on_the_ellipsoid_with_its_bearing(window: Window) -> None:
    ends = [(300, 200), (700, 300)]
    tool(window, "Measure").click()
    press(window, *ends)
    window.page.keyboard.press("Enter")
    card = window.map_frame().locator(".plan-measure")
    (start, end) = places(window, *ends)
    azimuth, _, metres = ELLIPSOID.inv(*start, *end)
    assert numbers(card) == [pytest.approx(metres / 1000, abs=0.0006)]
    degrees, minutes, seconds = map(int, re.findall(r"Bearing: (\d+)°(\d+)′(\d+)″", card.inner_text())[0])
    assert degrees + minutes / 60 + seconds / 3600 == pytest.approx(azimuth % 360, abs=1 / 3600)


def test_an_area_is_the_one_on_the_ellipsoid_in_every_unit_and_several_stay(window: Window) -> None:
    corners = [(300, 200), (600, 200), (600, 400), (300, 420)]
    for _ in range(2):
        tool(window, "Measure").click()
        press(window, *corners, corners[0])
    cards = window.map_frame().locator(".plan-measure")
    assert cards.count() == 2
    lons, lats = zip(*places(window, *corners), strict=True)
    area_m2, around_m = map(abs, ELLIPSOID.polygon_area_perimeter(lons, lats))
    assert numbers(cards.first) == [
        pytest.approx(area_m2 / 10_000, rel=1e-5),
        pytest.approx(area_m2 * 3 / 2000, rel=1e-5),
        pytest.approx(area_m2, rel=1e-5),
        pytest.approx(around_m / 1000, rel=1e-4),
    ]
    cards.last.get_by_role("button", name="Remove", exact=True).click()
    assert cards.count() == 1


def test_one_click_copies_what_was_measured(window: Window) -> None:
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tool(window, "Measure").click()
    press(window, (300, 200), (700, 300))
    window.page.keyboard.press("Enter")
    card = window.map_frame().locator(".plan-measure")
    said = card.inner_text().split("\nCopy")[0].strip()
    card.get_by_role("button", name="Copy").click()
    card.get_by_role("button", name="Copied").wait_for()
    assert window.page.evaluate("() => navigator.clipboard.readText()") == said


def test_a_line_filters_by_distance_and_a_greater_one_leaves_more(window: Window) -> None:
    whole = window.painted()
    tool(window, "Draw a line").click()
    press(window, (400, 300), (700, 320))
    window.page.keyboard.press("Enter")
    window.wait_for("the chip", lambda: window.page.get_by_text("within 100 m of a line").count() > 0)
    window.wait_until_settled()
    window.wait_for_quiet_map()
    near = window.painted()
    assert 0 < near["parcels"] < whole["parcels"]
    assert window.map_frame().locator("path.plan-shape").count() == 1
    distance = window.widget("filter_distance").locator("input")
    distance.fill("400")
    distance.press("Enter")
    window.wait_for("the wider chip", lambda: window.page.get_by_text("within 400 m of a line").count() > 0)
    window.wait_until_settled()
    window.wait_for_quiet_map()
    wider = window.painted()
    assert near["parcels"] < wider["parcels"] < whole["parcels"]
    window.wait_for("the address", lambda: "f.place.shape=400m" in window.page.url)
    window.page.reload()
    window.wait_until_settled()
    window.wait_for_quiet_map()
    assert window.painted()["parcels"] == wider["parcels"]


def test_the_present_view_becomes_a_filter(window: Window, store: Store) -> None:
    window.map_frame().evaluate("() => planMap.map.setView([35.4, 116.66], 15, { animate: false })")
    window.wait_for_quiet_map()
    tool(window, "Filter by this view").click()
    window.wait_for("the chip", lambda: window.page.get_by_text("shape with 4 corners").count() > 0)
    window.wait_until_settled()
    label = window.widget("layer_parcels").inner_text()
    left, total = map(int, re.findall(r"\((\d[\d,]*) / (\d[\d,]*)\)", label.replace(",", ""))[0])
    assert total == len(store.read("parcels"))
    bounds = window.map_frame().evaluate(
        "() => { const b = planMap.state.shapes[0]; return [b[0][1], b[0][0], b[2][1], b[2][0]]; }"
    )
    middles = store.read("parcels").geometry.representative_point()
    assert left == len(middles.cx[bounds[0] : bounds[2], bounds[1] : bounds[3]])
