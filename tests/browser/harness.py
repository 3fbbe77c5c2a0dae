"""A real Chromium on a real server, with everything but this machine blocked.

Everything a page does that it ought not to do is written down while it runs and asserted when the test ends:
requests to other hosts, failed requests, errors on the console, exceptions in scripts, tracebacks on the screen.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Frame, Locator, Page, Request, Response

ROOT = Path(__file__).parents[2]
THIS_MACHINE = ("127.0.0.1", "localhost")

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Names and addresses of other machines lead nowhere. (Playwright's own routing would switch the HTTP cache off.)
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def find_chromium() -> str:
    """Path of the machine's Chromium; the test fails with what to install where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.fail("No Chromium was found. `make setup-tests` installs it, or: apt-get install chromium")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Server:
    """The application as a person starts it, on a free port with a store of its own."""

    def __init__(self, data_dir: Path, log: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.log = log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The number of the server's process."""
        assert self._process is not None
        return self._process.pid

    def start(self, *, timeout_s: float = 240) -> None:
        """Start, and wait until `/healthz` says that the district is there."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LIAOHE_")}
        environment |= {"LIAOHE_DATA_DIR": str(self.data_dir), "PYTHONUNBUFFERED": "1"} | self._settings
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        command += ["--server.address", "127.0.0.1", "--server.port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + timeout_s
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                pytest.fail(f"The application did not start within {timeout_s:.0f} s:\n{self.tail()}")
            time.sleep(0.25)

    def stop(self) -> None:
        """End the process, by force when it does not follow."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def tail(self, lines: int = 60) -> str:
        """The last lines of what the server wrote."""
        written = self.log.read_text(errors="replace").splitlines()
        return "\n".join([line for line in written if "GET /healthz" not in line][-lines:])

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200) and "json" in answer.headers.get("content-type", "")
        except (urllib.error.URLError, OSError):
            return False


@dataclass
class Watch:
    """What a window did that it ought not to do, and which tiles it asked for."""

    outside: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    tile_requests: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        """Write down what goes on in `context` from here on."""
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("requestfailed", self._on_request_failed)
        context.on("console", lambda message: self._on_console(message.type, message.text, message.location))
        context.on("weberror", lambda error: self.failures.append(f"exception: {error.error}"))

    def problems(self) -> list[str]:
        """Everything that ought not to have happened."""
        return [f"outside request: {url}" for url in self.outside] + self.failures

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in THIS_MACHINE:
            self.outside.append(request.url)
        if parts.path.startswith("/tiles/"):
            self.tile_requests.append(request.url)

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.failures.append(f"answer {response.status}: {response.url}")

    def _on_request_failed(self, request: Request) -> None:
        # A request that is given up because the page moved on is no failure.
        if request.failure != "net::ERR_ABORTED":
            self.failures.append(f"request failed ({request.failure}): {request.url}")

    def _on_console(self, kind: str, text: str, location: Any) -> None:
        # The map says so when a request fails; whether it failed or was given up stands with the request.
        if kind == "error" and "Failed to fetch" not in text:
            self.failures.append(f"console: {text} ({location.get('url', '')})")


class Window:
    """A browser window with the application in it, in words of the application."""

    def __init__(self, context: BrowserContext, base_url: str, watch: Watch) -> None:
        self.context = context
        self.base_url = base_url
        self.watch = watch
        self.page: Page = context.new_page()

    def open(self, path: str = "/") -> None:
        """Go to a page of the application and wait until its script has run."""
        self.page.goto(self.base_url + path)
        self.wait_until_settled()

    def wait_until_settled(self, *, timeout_s: float = 60) -> None:
        """Wait until Streamlit has something on the screen and no script is running."""
        app = self.page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")
        app.wait_for(state="attached", timeout=timeout_s * 1000)
        self.page.locator("[data-testid='stMainBlockContainer'] >> visible=true").first.wait_for(
            timeout=timeout_s * 1000
        )
        assert self.page.locator("[data-testid='stException']").count() == 0, self.page.locator(
            "[data-testid='stException']"
        ).first.inner_text()

    def widget(self, key: str) -> Locator:
        """The element that Streamlit marks with a widget's key."""
        return self.page.locator(f".st-key-{key}").first

    def map_frame(self, *, timeout_s: float = 60) -> Frame:
        """The frame the map lives in, once the map is ready."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            for frame in self.page.frames:
                with suppress(Exception):  # a frame may go while it is asked
                    if frame.evaluate("() => Boolean(window.planMap && window.planMap.ready)"):
                        return frame
            self.page.wait_for_timeout(100)
        frames = [frame.url for frame in self.page.frames]
        pytest.fail(f"No frame had a ready map within {timeout_s:.0f} s. Frames: {frames}. Seen: {self.problems()}")

    def stats(self) -> dict[str, Any]:
        """`planMap.stats` as it is now."""
        stats: dict[str, Any] = self.map_frame().evaluate("() => JSON.parse(JSON.stringify(window.planMap.stats))")
        return stats

    def map_state(self) -> dict[str, Any]:
        """What Python last told the map."""
        state: dict[str, Any] = self.map_frame().evaluate("() => JSON.parse(JSON.stringify(window.planMap.state))")
        return state

    def painted(self) -> dict[str, int]:
        """Features painted in the present view, by layer."""
        return {layer: int(entry["painted"]) for layer, entry in self.stats()["layers"].items()}

    def wait_for(self, what: str, condition: Callable[[], bool], *, timeout_s: float = 30) -> None:
        """Wait until `condition` holds; the test fails with `what` when it does not come to."""
        until = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > until:
                pytest.fail(f"Waited {timeout_s:.0f} s in vain for: {what}. Seen: {self.problems()}")
            self.page.wait_for_timeout(100)

    def wait_to_read(self, what: str, read: Callable[[], object], expected: object, *, timeout_s: float = 30) -> None:
        """Wait until `read` gives `expected`; the test fails with what it gave last."""
        until = time.monotonic() + timeout_s
        while (seen := read()) != expected:
            if time.monotonic() > until:
                pytest.fail(f"Waited {timeout_s:.0f} s in vain for {what}: {seen!r}. Seen: {self.problems()}")
            self.page.wait_for_timeout(100)

    def wait_for_quiet_map(self, *, quiet_s: float = 0.8, timeout_s: float = 60) -> dict[str, Any]:
        """Wait until the map has painted something and stopped; its `stats` then."""
        until = time.monotonic() + timeout_s
        stats, since = self.stats(), time.monotonic()
        while time.monotonic() < until:
            self.page.wait_for_timeout(100)
            now = self.stats()
            if (now["paints"], now["tiles"]) != (stats["paints"], stats["tiles"]):
                stats, since = now, time.monotonic()
            elif now["paints"] > 0 and time.monotonic() - since >= quiet_s:
                return now
        pytest.fail(f"The map did not come to rest within {timeout_s:.0f} s: {stats}. Seen: {self.problems()}")

    def steady_text(self, element: Locator, *, steady_s: float = 1.5) -> str:
        """What an element says once it has said the same for a while: it arrives piece by piece."""
        said, since = element.inner_text(), time.monotonic()
        while time.monotonic() - since < steady_s:
            self.page.wait_for_timeout(100)
            if (now := element.inner_text()) != said:
                said, since = now, time.monotonic()
        return said

    def click_map(self, lon: float, lat: float) -> None:
        """Click where a coordinate lies on the map."""
        frame = self.map_frame()
        x, y = frame.evaluate(
            "([lat, lon]) => { const p = window.planMap.map.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }",
            [lat, lon],
        )
        frame.locator(".leaflet-container").first.click(position={"x": x, "y": y})

    def problems(self) -> list[str]:
        """Everything this window did that it ought not to do."""
        return self.watch.problems()
