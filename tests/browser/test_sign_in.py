"""Signing in through a real provider of identities on this machine: what it opens, and what it closes again."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from geodata import stories
from geodata.settings import Settings
from geodata.store import Store
from geodata.stories import Scene, Story
from tests.browser.harness import Server, Watch, Window, free_port

NOTES = "先说结论"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that knows one person."""
    address = f"http://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    person = '{"sub": "wang", "name": "王晓明", "email": "wang@example.cn"}'
    program = str(Path(sys.executable).with_name("oidc-provider-mock"))
    process = subprocess.Popen(
        [program, "--port", port, "--user-claims", person], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=2):
                break
        except OSError:
            time.sleep(0.2)
    else:
        process.kill()
        pytest.fail("The provider of identities did not start.")
    yield address
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def office(provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application of an office that has set sign-in up, with a story for signed-in people."""
    folder = tmp_path_factory.mktemp("office")
    server = Server(folder / "data", folder / "server.log", STREAMLIT_SECRETS_FILES=str(folder / "secrets.toml"))
    (folder / "secrets.toml").write_text(
        f"""[auth]
redirect_uri = "{server.url}/oauth2callback"
cookie_secret = "for this test alone, and long enough"
client_id = "plan"
client_secret = "of the plan"
server_metadata_url = "{provider}/.well-known/openid-configuration"
""",
        encoding="utf-8",
    )
    server.start()
    store = Store.open(Settings(data_dir=server.data_dir))
    stories.save(store, Story("内部汇报", (Scene("内部", {}, notes=NOTES),), public=False), "test")
    store.close()
    yield server
    server.stop()


@pytest.fixture
def window(office: Server, chromium: Browser) -> Iterator[Window]:
    """A Chinese reader's window. The provider's own pages ask another place for a style sheet, in vain."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    watch = Watch()
    watch.follow(context)
    window = Window(context, office.url, watch)
    yield window
    meant = ("pico", "/favicon.ico", "403")
    problems = [problem for problem in window.problems() if not any(part in problem for part in meant)]
    context.close()
    assert problems == []


def sign_in(window: Window) -> None:
    window.page.get_by_role("button", name="登录").first.click()
    window.page.get_by_role("button", name="wang").click()
    window.page.locator(".st-key-account").wait_for(timeout=60_000)
    window.wait_until_settled()


def sign_out(window: Window) -> None:
    window.page.locator(".st-key-account button").first.click()
    window.page.locator(".st-key-sign_out button").click()
    window.page.get_by_role("button", name="End session").click()
    window.page.locator("[class*='st-key-sign_in_header']").wait_for(timeout=60_000)
    window.wait_until_settled()


def offered(page: Page) -> list[str]:
    """The stories to choose from."""
    page.locator(".st-key-story [data-baseweb='select'], .st-key-story [role='combobox']").first.click()
    page.get_by_role("option").first.wait_for()
    names = page.get_by_role("option").all_inner_texts()
    page.keyboard.press("Escape")
    return names


def read(page: Page, until: Callable[[Page], bool]) -> Page:
    deadline = time.monotonic() + 30
    while not until(page):
        assert time.monotonic() < deadline, page.inner_text("body")
        page.wait_for_timeout(100)
    return page


def test_a_story_for_signed_in_people_opens_with_signing_in_and_closes_with_signing_out(window: Window) -> None:
    page = window.page
    window.open("/present?language=zh&units=mu")
    assert offered(page) == ["蓼河新区规划与进展汇报"]

    sign_in(window)
    assert "王晓明" in page.locator(".st-key-account").inner_text()
    assert "/present?" in page.url
    assert "units=mu" in page.url
    assert "内部汇报" in offered(page)

    page.locator(".st-key-story [data-baseweb='select'], .st-key-story [role='combobox']").first.click()
    page.get_by_role("option", name="内部汇报").click()
    page.get_by_role("button", name="1. 内部").wait_for()
    window.wait_until_settled()
    address = window.base_url + str(page.locator(".st-key-present_notes a").first.get_attribute("href"))
    notes = window.context.new_page()
    notes.goto(address)
    read(notes, lambda page: NOTES in page.inner_text("body"))

    sign_out(window)
    assert "/present?" in page.url
    assert "内部汇报" not in offered(page)
    notes.reload()
    read(notes, lambda page: "仅登录人员可见" in page.inner_text("body"))
    assert NOTES not in notes.content()


def test_a_link_that_was_passed_on_opens_nothing_for_others(window: Window, chromium: Browser) -> None:
    window.open("/present?language=zh")
    sign_in(window)
    address = window.base_url + str(window.page.locator(".st-key-present_notes a").first.get_attribute("href"))
    own = window.context.new_page()
    own.goto(address)
    read(own, lambda page: "一句话" in page.inner_text("body"))
    other = chromium.new_context(locale="zh-CN").new_page()
    other.goto(address)
    read(other, lambda page: "本场景没有讲稿" in page.inner_text("body"))
    other.context.close()
