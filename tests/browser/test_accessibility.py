"""Every page for everyone: axe-core's rules, the keyboard, and a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Frame

from tests.browser.conftest import OpenWindow
from tests.browser.harness import ROOT, Window

AXE = ROOT / "layers/web/node_modules/axe-core/axe.min.js"
PAGES = ["/", "/dashboard", "/programme", "/analysis", "/present", "/upload", "/history"]
SERIOUS = {"serious", "critical"}


def violations(frame: Frame) -> list[str]:
    """What axe-core finds in a frame that is serious: rule, then each element."""
    frame.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    found: list[dict[str, Any]] = frame.evaluate(
        """async () => {
            const options = { resultTypes: ["violations"], iframes: false,
                              runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] };
            return (await axe.run(document, options)).violations;
        }"""
    )
    return [
        f"{violation['id']}: {node['html'][:200]} – {node['failureSummary'].splitlines()[-1].strip()}"
        for violation in found
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


def beyond_the_edge(frame: Frame) -> list[str]:
    """The elements that go beyond the right edge; what scrolls by itself, as a table does, may hold wider ones."""
    out: list[str] = frame.evaluate(
        """() => {
            const ends = (element) => element.getBoundingClientRect().right <= innerWidth + 1;
            const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX) && ends(element);
            const isHeld = (element) => element && (scrolls(element) || isHeld(element.parentElement));
            const seen = [...document.querySelectorAll("[data-testid=stMain] *")].filter((element) => {
                const { width, height, left } = element.getBoundingClientRect();
                return width > 1 && height > 1 && left < innerWidth;
            });
            const out = seen.filter((element) => !ends(element) && !isHeld(element.parentElement));
            return out.map((element) => element.outerHTML.slice(0, 160));
        }"""
    )
    return out


def rest(window: Window) -> None:
    """Wait until the page is whole: what is drawn by charts and maps comes after the script."""
    window.page.wait_for_timeout(1500)
    window.wait_until_settled()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_serious_violation_and_room_on_a_phone(open_window: OpenWindow, path: str) -> None:
    window = open_window()
    window.open(f"{path}?language=zh")
    rest(window)
    assert violations(window.page.main_frame) == []
    window.page.set_viewport_size({"width": 390, "height": 844})
    rest(window)
    assert beyond_the_edge(window.page.main_frame) == []
    assert window.page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", PAGES)
def test_a_dark_page_has_no_serious_violation(open_window: OpenWindow, path: str) -> None:
    window = open_window(color_scheme="dark")
    window.open(f"{path}?language=zh")
    rest(window)
    assert violations(window.page.main_frame) == []


def test_the_map_itself_has_no_serious_violation(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/?language=zh&versus=2018-12-31")
    window.wait_for_quiet_map()
    assert violations(window.map_frame()) == []


def test_the_keyboard_reaches_what_the_map_offers_and_one_sees_where_it_is(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/?language=en")
    window.wait_for_quiet_map()
    frame = window.map_frame()
    offered = frame.locator("a[role=button]")
    names = {offered.nth(index).get_attribute("aria-label") for index in range(offered.count())}
    assert {"Zoom in", "Fit to district", "Measure", "Draw a polygon"} <= names
    window.page.locator("iframe").first.focus()
    reached = set()
    for _ in range(len(names) + 3):
        window.page.keyboard.press("Tab")
        name, outline = frame.evaluate(
            """() => {
                const { ariaLabel, id } = document.activeElement;
                const style = getComputedStyle(document.activeElement);
                return [ariaLabel || id, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
            }"""
        )
        if name in names:
            assert outline, name
            reached.add(name)
    assert reached == names
