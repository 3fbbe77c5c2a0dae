"""What every page shares: deep links, the language, the sign that the district is illustrative."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenWindow
from tests.browser.harness import Window

PAGES = ["/", "/dashboard"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("language", "sign"), [("zh-CN", "示例数据"), ("en-GB", "llustrative")])
def test_a_deep_link_opens_in_the_language_of_the_browser_and_says_illustrative(
    open_window: OpenWindow, path: str, language: str, sign: str
) -> None:
    window = open_window(language=language)
    window.open(path)
    window.page.get_by_text(sign).first.wait_for(timeout=30_000)
    assert window.page.url.startswith(window.base_url + path)


def test_the_language_can_be_switched_and_stays_in_the_url(window: Window) -> None:
    window.open("/dashboard")
    window.page.get_by_text("示例数据").first.wait_for(timeout=30_000)
    window.widget("language").get_by_text("English").first.click()
    window.page.get_by_text("llustrative").first.wait_for(timeout=30_000)
    window.wait_for("the language in the URL", lambda: "en" in window.page.url.partition("?")[2])
    window.page.reload()
    window.page.get_by_text("llustrative").first.wait_for(timeout=30_000)


def test_the_date_is_carried_from_the_map_to_the_dashboard(window: Window) -> None:
    window.open("/")
    window.map_frame()
    day = window.widget("as_of").locator("input").first
    before = day.input_value()
    window.widget("as_of_month").get_by_role("slider").first.press("ArrowLeft")
    window.wait_for("another day", lambda: day.input_value() != before)
    chosen = day.input_value()
    window.page.locator("a[href*='dashboard']").first.click()
    window.wait_for("the dashboard", lambda: "/dashboard" in window.page.url)
    window.wait_until_settled()
    assert window.widget("as_of").locator("input").first.input_value() == chosen
