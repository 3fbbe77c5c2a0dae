"""Two thousand changes of scene in the player: how long each takes, and what grows in the page and in the server.

    python -m bench.soak [CHANGES]

Starts the application with the illustrative district on an empty store, and Debian's Chromium.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.harness import CHROMIUM_ARGS, Server, find_chromium

WARM_UP = 200
ROUND = 100
SCENES = 10


def server_mb(server: Server) -> float:
    """Resident memory of the server's process and its children, MB."""
    pids = [server.pid]
    for pid in pids:
        children = Path(f"/proc/{pid}/task/{pid}/children")
        pids += [int(each) for each in children.read_text().split()] if children.exists() else []
    return sum(_resident_kb(pid) for pid in pids) / 1024


def _resident_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def page_mb(page: Page) -> float:
    """The page's heap after its garbage is collected, MB."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return float(used) / 1e6


def main(changes: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "data", Path(folder) / "server.log")
        server.start()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{server.url}/player/ready?language=zh")
        page.wait_for_function("() => window.planPlayer && planPlayer.ready")
        page.evaluate("planPlayer.story.scenes.forEach((scene) => { scene.transition = 'cut'; })")
        took_ms: list[int] = []
        before: tuple[float, float, int] | None = None
        for number in range(1, changes + 1):
            page.keyboard.press("Home" if number % SCENES == 0 else "PageDown")
            page.wait_for_function(f"() => planPlayer.stats.painted === {number + 1}")
            took_ms.append(page.evaluate("planPlayer.stats.lastChangeMs"))
            if number % ROUND == 0 and number >= WARM_UP:
                elements = int(page.evaluate("document.querySelectorAll('*').length"))
                now = page_mb(page), server_mb(server), elements
                before = before or now
                print(
                    f"{number} changes: page {now[0]:.1f} MB ({now[0] / before[0]:.3f}), server {now[1]:.0f} MB "
                    f"({now[1] / before[1]:.3f}), {now[2]} elements; last {ROUND}: median "
                    f"{statistics.median(took_ms[-ROUND:]):.0f} ms, slowest {max(took_ms[-ROUND:])} ms",
                    flush=True,
                )
        browser.close()
        server.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
