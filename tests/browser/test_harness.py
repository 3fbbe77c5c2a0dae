"""The harness itself: a watch that sees nothing would make every other browser test worthless."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Error

from tests.browser.harness import Watch


@pytest.mark.parametrize("url", ["http://outside.invalid/", "http://192.0.2.1/", "http://[2001:db8::1]/"])
def test_other_machines_cannot_be_reached_and_the_attempt_is_seen(chromium: Browser, url: str) -> None:
    context = chromium.new_context()
    watch = Watch()
    watch.follow(context)
    page = context.new_page()
    with pytest.raises(Error, match=r"ERR_NAME_NOT_RESOLVED|ERR_ADDRESS_UNREACHABLE"):
        page.goto(url)
    context.close()
    assert watch.outside == [url]


def test_errors_in_scripts_and_on_the_console_are_seen(chromium: Browser) -> None:
    context = chromium.new_context()
    watch = Watch()
    watch.follow(context)
    page = context.new_page()
    with page.expect_event("console"):
        page.set_content("<script>console.error('broken'); setTimeout(() => missing(), 0)</script>")
    page.wait_for_timeout(200)
    context.close()
    assert [problem.split(":")[0] for problem in watch.problems()] == ["console", "exception"]
