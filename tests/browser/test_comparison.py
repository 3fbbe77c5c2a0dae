"""Comparing on the map page: the edge between two days, and two maps side by side."""

from __future__ import annotations

from datetime import date

from tests.browser.conftest import OpenWindow
from tests.browser.harness import Window


def colour_at(window: Window, x: int, y: int) -> tuple[int, int, int]:
    """The colour of the screen at a spot of the map."""
    box = window.page.locator("iframe").first.bounding_box()
    assert box
    clip = {"x": box["x"] + x, "y": box["y"] + y, "width": 1, "height": 1}
    shot = window.page.screenshot(clip=clip)
    return window.page.evaluate(
        """async (bytes) => {
            const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
            const canvas = new OffscreenCanvas(1, 1), pen = canvas.getContext("2d");
            pen.drawImage(image, 0, 0);
            return Array.from(pen.getImageData(0, 0, 1, 1).data.slice(0, 3));
        }""",
        list(shot),
    )


def at_rest(window: Window) -> None:
    window.wait_for_quiet_map()
    window.wait_for("the other plan", lambda: window.stats()["other"]["paints"] > 0)


def test_the_edge_shows_one_day_on_its_left_and_another_on_its_right(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/?language=en&layers=parcels&versus=2014-12-31&centre=116.66000_35.40000&zoom=15")
    at_rest(window)
    edge = window.map_frame().get_by_role("slider", name="Drag to compare")
    spots = [(x, y) for x in (430, 470, 600, 640) for y in (150, 210, 270, 330, 390)]
    edge.focus()
    for _ in range(60):
        window.page.keyboard.press("ArrowRight")
    assert edge.get_attribute("aria-valuenow") == "100"
    before = [colour_at(window, *spot) for spot in spots]
    for _ in range(60):
        window.page.keyboard.press("ArrowLeft")
    assert edge.get_attribute("aria-valuenow") == "0"
    now = [colour_at(window, *spot) for spot in spots]
    assert sum(old != new for old, new in zip(before, now, strict=True)) > len(spots) / 3
    for _ in range(10):
        window.page.keyboard.press("ArrowRight")
    box, frame_box = edge.bounding_box(), window.page.locator("iframe").first.bounding_box()
    assert box
    assert frame_box
    middle = frame_box["x"] + 530
    window.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 300)
    window.page.mouse.down()
    window.page.mouse.move(middle, box["y"] + 300, steps=5)
    window.page.mouse.up()
    mixed = [colour_at(window, *spot) for spot in spots]
    assert mixed == [old if x < 530 else new for (x, _), old, new in zip(spots, before, now, strict=True)]


def test_two_maps_side_by_side_show_one_view(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/?language=en&layers=parcels&versus=2018-12-31&layout=side")
    plans = "() => Boolean(window.planMap && window.planMap.ready)"

    def frames() -> list:
        return [frame for frame in window.page.frames if frame != window.page.main_frame and frame.evaluate(plans)]

    window.wait_for("both maps", lambda: len(frames()) == 2)
    days = sorted(frame.evaluate("() => planMap.state.asOf") for frame in frames())
    assert date.fromordinal(days[0] + date(1970, 1, 1).toordinal()) == date(2018, 12, 31)
    assert days[1] > days[0]
    frames()[1].evaluate("() => planMap.map.setView([35.41, 116.67], 15, { animate: false })")
    place = "() => [planMap.map.getZoom(), planMap.map.getCenter().lat.toFixed(4)]"
    window.wait_for("one view", lambda: frames()[0].evaluate(place) == frames()[1].evaluate(place) == [15, "35.4100"])
