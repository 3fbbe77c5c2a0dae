"""Fixtures of the browser tests: one server, one Chromium, as many windows as a test opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from geodata.settings import Settings
from geodata.store import Store
from tests.browser.harness import CHROMIUM_ARGS, ROOT, Server, Watch, Window, find_chromium

ARTIFACTS = ROOT / "tests" / "artifacts"
HERE = Path(__file__).parent

OpenWindow = Callable[..., Window]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


_FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application with the illustrative district, as `make run` would start it on an empty store."""
    folder = tmp_path_factory.mktemp("application")
    server = Server(folder / "data", folder / "server.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def store(server: Server) -> Store:
    """The running application's store."""
    return Store.open(Settings(data_dir=server.data_dir))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def open_window(chromium: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[OpenWindow]:
    """Opens windows, each with cookies and a cache of its own; when the test ends nothing bad may have been seen."""
    windows: list[Window] = []

    def open_window(*, language: str = "zh-CN", width_px: int = 1440, height_px: int = 900, **options: Any) -> Window:
        context = chromium.new_context(
            locale=language, viewport={"width": width_px, "height": height_px}, service_workers="block", **options
        )
        watch = Watch()
        watch.follow(context)
        window = Window(context, server.url, watch)
        windows.append(window)
        return window

    yield open_window

    if request.node.stash.get(_FAILED, False):
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        for number, window in enumerate(windows):
            window.page.screenshot(path=ARTIFACTS / f"{request.node.name}-{number}.png")
        (ARTIFACTS / f"{request.node.name}.log").write_text(server.tail(400))
        print(server.tail(40))
    # Tiles that are on their way while a window closes fail, and the map says so.
    problems = [problem for window in windows for problem in window.problems()]
    for window in windows:
        window.context.close()
    assert problems == []


@pytest.fixture
def window(open_window: OpenWindow) -> Window:
    """A window of a Chinese reader."""
    return open_window()
