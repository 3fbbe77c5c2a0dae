"""The map's script on pages made for it: drawing, shapes, linked maps, a caption, filters, a narrow map, playing."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Frame, Locator
from pyproj import Geod

from geodata.store import Store
from tests.browser import harness
from tests.browser.conftest import OpenWindow
from tests.browser.harness import ROOT, Server, Window

APP = """
import streamlit as st
from geodata.settings import Settings
from geodata.store import Store
from layers import routes

store = Store.open(Settings())
app = st.App("stage.py", routes=routes.build_routes(lambda: store, lambda: True))
"""
STAGE = """
import json
from datetime import date, timedelta

import numpy as np
import streamlit as st
from streamlit_folium import st_folium

from geodata.settings import Settings
from geodata.store import Store
from layers import webmap

st.set_page_config(layout="wide")
VISIBLE = {"district": 1.0, "parcels": 1.0, "roads": 1.0}
RING = [(116.65, 35.39), (116.67, 35.39), (116.66, 35.41)]
store = st.cache_resource(lambda: Store.open(Settings()))()


def show(key, *, height=420, on=date(2020, 12, 31), **options):
    state = webmap.map_state(
        store.current(), on=on, visible=VISIBLE, language=st.query_params.get("language", "zh"),
        dark=st.context.theme.type == "dark", **options,
    )
    return st_folium(
        webmap.build_map(), key=key, height=height, use_container_width=True,
        returned_objects=["last_clicked", "zoom", "last_active_drawing"],
        feature_group_to_add=webmap.MapState(state),
    )


def draw():
    tools = [] if st.toggle("no tools", key="no_tools") else ["box", "polygon"]
    drawing = (st.session_state.get("drawn") or {}).get("last_active_drawing")
    shapes = [drawing["geometry"]["coordinates"][0]] if drawing and not st.toggle("drop", key="drop") else []
    st.session_state.runs = st.session_state.get("runs", 0) + 1
    answer = show("drawn", tools=tools, shapes=shapes)
    with st.container(key="answer"):
        st.text(json.dumps({**answer, "runs": st.session_state.runs}))


def shapes():
    show("shapes", shapes=[RING], caption="2019年6月30日 <b>&amp;</b>")


def pair():
    for column, caption in zip(st.columns([3, 2]), ["2019年6月30日", "2020年12月31日"]):
        with column:
            height = 431 if caption.startswith("2020") else 360
            show(caption, height=height, link="compare", caption=caption, apart=True)


def narrow():
    with st.container(width=420):
        show("narrow", height=320, tools=["box", "polygon"], caption="2019年6月30日", apart=True)


def filtered():
    parcels = store.current()["parcels"].features
    show("filtered", rows={"parcels": np.arange(parcels) < 7, "roads": np.array([0, 2])})


@st.fragment(run_every=0.25)
def play():
    day = st.session_state.day = st.session_state.get("day", 0) + 1
    show("play", on=date(2018, 1, 31) + timedelta(days=15 * (day % 60)))


{"draw": draw, "shapes": shapes, "pair": pair, "narrow": narrow, "filtered": filtered, "play": play}[
    st.query_params["show"]
]()
"""
CENTRE = "() => { const c = window.planMap.map.getCenter(); return [c.lng, c.lat, window.planMap.map.getZoom()]; }"


@pytest.fixture(scope="module")
def stage(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Pages of our own around the map, with the routes of the application and the store of the running one."""
    folder = tmp_path_factory.mktemp("stage")
    (folder / "app.py").write_text(APP)
    (folder / "stage.py").write_text(STAGE)
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    stage = Server(server.data_dir, folder / "server.log", PYTHONPATH=str(ROOT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(harness, "ROOT", folder)
        stage.start()
    yield stage
    stage.stop()


@pytest.fixture
def open_stage(open_window: OpenWindow, stage: Server) -> Any:
    """Opens one of the pages in a new window; its map is at rest then."""

    def open_stage(show: str, *, language: str = "zh", **options: Any) -> Window:
        window = open_window(**options)
        window.base_url = stage.url
        window.open(f"/?show={show}&language={language}")
        if show not in ("pair", "play"):
            window.wait_for_quiet_map()
        return window

    return open_stage


# --- drawing -------------------------------------------------------------------------------------------------------


@pytest.fixture
def drawing(open_stage: Any) -> Window:
    return open_stage("draw")  # type: ignore[no-any-return]


def answer(window: Window) -> dict[str, Any]:
    """What Python got from the map."""
    got: dict[str, Any] = json.loads(window.widget("answer").inner_text())
    return got


def button(window: Window, words: str) -> Locator:
    return window.map_frame().get_by_role("button", name=words, exact=True)


def spot(window: Window, x: float, y: float) -> tuple[float, float]:
    """A place of the map, in pixels of the page."""
    box = window.map_frame().locator(".leaflet-container").bounding_box()
    assert box is not None
    return box["x"] + x, box["y"] + y


def place(window: Window, x: float, y: float) -> list[float]:
    """(lon, lat) of a place of the map in pixels."""
    lon_lat: list[float] = window.map_frame().evaluate(
        "([x, y]) => { const p = window.planMap.map.containerPointToLatLng([x, y]); return [p.lng, p.lat]; }", [x, y]
    )
    return lon_lat


def drag(window: Window, start: tuple[float, float], end: tuple[float, float]) -> None:
    mouse = window.page.mouse
    mouse.move(*spot(window, *start))
    mouse.down()
    mouse.move(*spot(window, *end), steps=5)
    mouse.up()


def click(window: Window, *places: tuple[float, float]) -> None:
    for x, y in places:
        window.page.mouse.click(*spot(window, x, y))


def last_drawing(window: Window, *, after: object = None) -> dict[str, Any]:
    """The drawing that Python got, once it is another one than `after`."""
    window.wait_for("a drawing in Python", lambda: answer(window)["last_active_drawing"] not in (None, after))
    drawn: dict[str, Any] = answer(window)["last_active_drawing"]
    return drawn


def corners(drawing: dict[str, Any]) -> list[list[float]]:
    ring = drawing["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    return ring[:-1]  # type: ignore[no-any-return]


def near(ring: list[list[float]]) -> list[Any]:
    return [pytest.approx(lon_lat, abs=1e-6) for lon_lat in ring]


def rests(window: Window, frame: Frame) -> None:
    """Nothing is in hand: no tool pressed, no sheet over the map, no sketch on it."""
    assert frame.locator("[aria-pressed=true], .plan-vertex").count() == 0
    window.wait_for("the map free again", lambda: frame.locator(".plan-sheet").count() == 0)


def test_a_box_dragged_on_the_map_comes_to_python_as_a_polygon(drawing: Window) -> None:
    frame = drawing.map_frame()
    expected = [place(drawing, x, y) for x, y in [(300, 260), (520, 260), (520, 120), (300, 120)]]
    view = frame.evaluate(CENTRE)
    button(drawing, "画框筛选").click()
    drag(drawing, (520, 120), (300, 260))
    drawn = last_drawing(drawing)
    assert drawn["type"] == "Feature"
    assert drawn["geometry"]["type"] == "Polygon"
    assert drawn["properties"]["shape"] == "box"
    assert corners(drawn) == near(expected)  # counter-clockwise from south-west
    assert answer(drawing)["last_clicked"] is None
    assert frame.evaluate(CENTRE) == view
    rests(drawing, frame)


def test_what_was_drawn_stays_in_sight_until_the_state_holds_it(drawing: Window) -> None:
    frame = drawing.map_frame()
    button(drawing, "画框筛选").click()
    drag(drawing, (300, 120), (520, 260))
    assert frame.locator("path.plan-shape").count() == 1
    last_drawing(drawing)
    drawing.wait_for("the shape in the state", lambda: frame.evaluate("() => window.planMap.state.shapes.length") == 1)
    assert frame.locator("path.plan-shape").count() == 1
    drawing.page.locator(".st-key-drop label").first.click()
    drawing.wait_for("no shape", lambda: frame.locator("path.plan-shape").count() == 0)


def test_the_same_box_drawn_twice_is_two_drawings(drawing: Window) -> None:
    button(drawing, "画框筛选").click()
    drag(drawing, (300, 120), (520, 260))
    first = last_drawing(drawing)
    button(drawing, "画框筛选").click()
    drag(drawing, (300, 120), (520, 260))
    second = last_drawing(drawing, after=first)
    assert second["geometry"] == first["geometry"]
    assert second["properties"]["drawn_at"] > first["properties"]["drawn_at"]


TRIANGLE = [(300, 100), (500, 120), (400, 280)]


@pytest.mark.parametrize("end", ["double click", "first vertex", "Enter"])
def test_a_polygon_is_ended_in_three_ways_and_the_map_is_not_clicked(drawing: Window, end: str) -> None:
    frame = drawing.map_frame()
    expected = [place(drawing, x, y) for x, y in reversed(TRIANGLE)]  # drawn clockwise
    view = frame.evaluate(CENTRE)
    button(drawing, "画多边形筛选").click()
    click(drawing, *TRIANGLE[:2])
    if end == "double click":
        drawing.page.mouse.dblclick(*spot(drawing, *TRIANGLE[2]))
    else:
        click(drawing, TRIANGLE[2])
        if end == "Enter":
            drawing.page.keyboard.press("Enter")
        else:
            click(drawing, (TRIANGLE[0][0] + 3, TRIANGLE[0][1]))
    drawn = last_drawing(drawing)
    assert drawn["properties"]["shape"] == "polygon"
    assert corners(drawn) == near(expected)
    drawing.page.wait_for_timeout(600)
    assert answer(drawing)["last_clicked"] is None
    assert frame.evaluate(CENTRE) == view
    rests(drawing, frame)


def test_backspace_takes_back_a_corner_and_two_corners_are_no_polygon(drawing: Window) -> None:
    frame = drawing.map_frame()
    button(drawing, "画多边形筛选").click()
    click(drawing, *TRIANGLE[:2], (600, 300))
    assert frame.locator(".plan-vertex").count() == 3
    drawing.page.keyboard.press("Backspace")
    assert frame.locator(".plan-vertex").count() == 2
    drawing.page.keyboard.press("Enter")
    assert button(drawing, "画多边形筛选").get_attribute("aria-pressed") == "true"
    expected = [place(drawing, x, y) for x, y in reversed(TRIANGLE)]
    click(drawing, TRIANGLE[2])
    drawing.page.keyboard.press("Enter")
    assert corners(last_drawing(drawing)) == near(expected)


def test_the_map_can_be_moved_and_zoomed_while_a_polygon_is_drawn(drawing: Window) -> None:
    frame = drawing.map_frame()
    first = place(drawing, 300, 200)
    button(drawing, "画多边形筛选").click()
    click(drawing, (300, 200))
    drag(drawing, (500, 200), (560, 240))
    drawing.page.wait_for_timeout(400)
    zoom = frame.evaluate(CENTRE)[2]
    drawing.page.mouse.wheel(0, -240)
    drawing.wait_for("another zoom", lambda: frame.evaluate(CENTRE)[2] > zoom)
    drawing.page.wait_for_timeout(400)
    assert frame.locator(".plan-vertex").count() == 1
    click(drawing, (600, 300), (500, 320))
    drawing.page.keyboard.press("Enter")
    assert pytest.approx(first, abs=1e-5) in corners(last_drawing(drawing))


@pytest.mark.parametrize("words", ["画框筛选", "画多边形筛选"])
@pytest.mark.parametrize("how", ["Escape", "second press"])
def test_a_tool_is_put_away_without_a_drawing(drawing: Window, words: str, how: str) -> None:
    frame = drawing.map_frame()
    button(drawing, words).click()
    assert frame.locator(".plan-sheet").evaluate("sheet => getComputedStyle(sheet).cursor") == "crosshair"
    assert "Esc" in frame.locator(".plan-hint").inner_text()
    click(drawing, (300, 200), (400, 250))
    if how == "Escape":
        drawing.page.keyboard.press("Escape")
    else:
        button(drawing, words).click()
    rests(drawing, frame)
    assert not frame.locator(".plan-hint").is_visible()
    click(drawing, (350, 220))  # and the map is clicked again
    drawing.wait_for("a click in Python", lambda: answer(drawing)["last_clicked"] is not None)
    assert answer(drawing)["last_active_drawing"] is None


def test_tools_come_and_go_with_the_state_and_speak_its_language(open_stage: Any) -> None:
    window = open_stage("draw", language="en")
    frame = window.map_frame()
    button(window, "Draw a polygon").click()
    window.page.locator(".st-key-no_tools label").first.click()
    window.wait_for("no tools", lambda: button(window, "Draw a box").count() == 0)
    rests(window, frame)
    assert frame.locator(".plan-hint").inner_text() == ""


def test_a_box_is_drawn_with_a_finger(open_stage: Any) -> None:
    window = open_stage("draw", has_touch=True)
    frame = window.map_frame()
    expected = [place(window, x, y) for x, y in [(300, 260), (520, 260), (520, 120), (300, 120)]]
    button(window, "画框筛选").tap()
    session = window.context.new_cdp_session(window.page)
    for kind, x, y in [("touchStart", 300, 120), ("touchMove", 400, 200), ("touchMove", 520, 260), ("touchEnd", 0, 0)]:
        left, top = spot(window, x, y)
        points = [] if kind == "touchEnd" else [{"x": left, "y": top}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert corners(last_drawing(window)) == near(expected)
    rests(window, frame)


def test_a_polygon_is_drawn_with_a_finger(open_stage: Any) -> None:
    window = open_stage("draw", has_touch=True)
    expected = [place(window, x, y) for x, y in reversed(TRIANGLE)]
    button(window, "画多边形筛选").tap()
    for x, y in [*TRIANGLE, (TRIANGLE[0][0] + 9, TRIANGLE[0][1])]:
        window.page.touchscreen.tap(*spot(window, x, y))
        window.page.wait_for_timeout(400)
    assert corners(last_drawing(window)) == near(expected)
    assert answer(window)["last_clicked"] is None


# --- shapes and captions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_shape_lies_where_it_is_and_a_caption_is_plain_text(open_stage: Any, scheme: str) -> None:
    window = open_stage("shapes", color_scheme=scheme)
    frame = window.map_frame()
    west_north_east_south = frame.evaluate(
        """() => {
            const box = document.querySelector("path.plan-shape").getBoundingClientRect();
            const [low, high] = [[box.left, box.top], [box.right, box.bottom]].map(
                (spot) => window.planMap.map.containerPointToLatLng(spot));
            return [low.lng, low.lat, high.lng, high.lat];
        }"""
    )
    assert west_north_east_south == pytest.approx([116.65, 35.41, 116.67, 35.39], abs=3e-4)
    look = frame.locator("path.plan-shape").evaluate(
        "path => { const s = getComputedStyle(path); return [s.strokeWidth, s.strokeDasharray, s.pointerEvents]; }"
    )
    assert look == ["2px", "7px, 5px", "none"]
    caption = frame.locator(".plan-caption")
    assert caption.inner_text() == "2019年6月30日 <b>&amp;</b>"
    ink, paper = caption.evaluate("box => { const s = getComputedStyle(box); return [s.color, s.backgroundColor]; }")
    assert abs(brightness(ink) - brightness(paper)) > 120


def brightness(colour: str) -> float:
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3


# --- linked maps ---------------------------------------------------------------------------------------------------


def linked(window: Window) -> list[Frame]:
    """The frames of two maps beside each other, once both are there and agree."""
    frames: list[Frame] = []

    def both() -> bool:
        frames[:] = [frame for frame in window.page.frames if "st_folium" in frame.url]
        return len(frames) == 2 and all(
            frame.evaluate("() => Boolean(window.planMap && window.planMap.ready)") for frame in frames
        )

    window.wait_for("two maps", both)
    frames.sort(key=lambda frame: frame.frame_element().bounding_box()["x"])  # type: ignore[index]
    window.wait_for("one view", lambda: apart_px(*frames) < 1)
    window.page.wait_for_timeout(500)
    return frames


def apart_px(one: Frame, other: Frame) -> float:
    """How far the middles of two maps lie from each other, in pixels; infinite at different zooms."""
    return px_between(one.evaluate(CENTRE), other.evaluate(CENTRE))


def px_between(one: list[float], other: list[float]) -> float:
    """How far two centres with their zooms, as `CENTRE` gives them, lie from each other, in pixels."""
    (lon, lat, zoom), (other_lon, other_lat, other_zoom) = one, other
    if zoom != other_zoom:
        return float("inf")
    metres_per_px = 2 * 20_037_508.34 / 256 / 2**zoom * 0.815  # cos 35.4°
    return float(Geod(ellps="GRS80").inv(lon, lat, other_lon, other_lat)[2]) / metres_per_px


def middle(frame: Frame) -> tuple[float, float]:
    box = frame.frame_element().bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture
def pair(open_stage: Any) -> Window:
    return open_stage("pair")  # type: ignore[no-any-return]


def test_moving_or_zooming_one_of_two_linked_maps_moves_the_other(pair: Window) -> None:
    left, right = linked(pair)
    sizes = [frame.evaluate("() => window.planMap.map.getSize().x") for frame in (left, right)]
    assert sizes[0] > sizes[1] + 100
    mouse = pair.page.mouse
    for mover in (left, right, left):
        before = left.evaluate(CENTRE)
        x, y = middle(mover)
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + 61, y - 37, steps=7)
        assert apart_px(left, right) < 1 or pair.wait_for("the other map", lambda: apart_px(left, right) < 1) is None
        mouse.up()
        mouse.wheel(0, -180)
        pair.wait_for("another zoom", lambda: mover.evaluate(CENTRE)[2] > before[2])  # noqa: B023
        pair.wait_for("the other map's zoom", lambda: apart_px(left, right) < 1)
        pair.page.wait_for_timeout(500)
        assert left.evaluate(CENTRE)[:2] != before[:2]
        assert apart_px(left, right) < 1


def test_linked_maps_come_to_rest_and_do_not_drift(pair: Window) -> None:
    left, right = linked(pair)
    for frame in (left, right):
        frame.evaluate("() => { window.moves = 0; window.planMap.map.on('move', () => (window.moves += 1)); }")
    start = left.evaluate(CENTRE)
    for step in range(40):
        mover = (left, right)[step % 2]
        shift = 1 if step % 4 < 2 else -1
        mover.evaluate("shift => window.planMap.map.panBy([33 * shift, 17 * shift], {animate: false})", shift)
        # Who moves before the other's move has come takes its place: both would be right.
        pair.wait_for("the other map to follow", lambda: apart_px(left, right) < 1)
    assert [frame.evaluate("() => window.moves") for frame in (left, right)] == [40, 40]  # no echo
    pair.page.wait_for_timeout(300)
    assert [frame.evaluate("() => window.moves") for frame in (left, right)] == [40, 40]
    assert apart_px(left, right) < 1
    # Leaflet rounds a view to whole pixels: that may come to one or two; a drift of half a pixel a move is twenty.
    assert px_between(start, left.evaluate(CENTRE)) < 3


def test_linked_maps_keep_their_view_when_a_frame_changes_its_size(pair: Window) -> None:
    left, right = linked(pair)
    pair.page.set_viewport_size({"width": 1003, "height": 700})
    pair.page.wait_for_timeout(800)
    assert apart_px(left, right) < 1


def test_the_mouse_on_one_map_is_shown_on_the_other(pair: Window) -> None:
    left, right = linked(pair)
    x, y = middle(left)
    pair.page.mouse.move(x + 40, y + 20)
    pair.wait_for("the cross on the other map", lambda: right.locator(".plan-cursor").count() == 1)
    assert left.locator(".plan-cursor").count() == 0
    box = right.locator(".plan-cursor").bounding_box()
    assert box is not None
    there = middle(right)
    assert (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) == pytest.approx(
        (there[0] + 40, there[1] + 20), abs=1.5
    )
    pair.page.mouse.move(5, 5)
    pair.wait_for("no cross", lambda: right.locator(".plan-cursor").count() == 0)


def test_the_same_page_in_another_tab_does_not_follow(open_stage: Any, stage: Server) -> None:
    window = open_stage("pair")
    left, _ = linked(window)
    second = window.context.new_page()
    first, window.page = window.page, second
    second.goto(f"{stage.url}/?show=pair&language=zh")
    other, _ = linked(window)
    before = other.evaluate(CENTRE)
    left.evaluate("() => window.planMap.map.panBy([80, 0], {animate: false})")
    first.wait_for_timeout(500)
    assert other.evaluate(CENTRE) == before


def test_maps_that_stand_apart_leave_the_address_alone(pair: Window) -> None:
    left, right = linked(pair)
    link = pair.page.url
    left.evaluate("() => window.planMap.map.panBy([80, 0], {animate: false})")
    pair.page.wait_for_timeout(1200)
    assert pair.page.url == link
    assert [frame.locator(".plan-caption").inner_text() for frame in (left, right)] == [
        "2019年6月30日",
        "2020年12月31日",
    ]


# --- filters, a narrow map, playing --------------------------------------------------------------------------------


def test_only_what_a_filter_leaves_is_painted_and_counted(open_stage: Any, store: Store) -> None:
    window = open_stage("filtered")
    assert store.current()["parcels"].features > 7
    painted = window.painted()
    assert (painted["parcels"], painted["roads"], painted["district"]) == (7, 2, 1)


def boxes(frame: Frame, selector: str) -> list[tuple[str, dict[str, float]]]:
    found: list[tuple[str, dict[str, float]]] = frame.evaluate(
        """selector => [...document.querySelectorAll(selector)].map((element) => {
            const {left, top, right, bottom} = element.getBoundingClientRect();
            return [element.className + " " + element.textContent, {left, top, right, bottom}];
        }).filter(([, {left, right, top, bottom}]) => right > left && bottom > top)""",
        selector,
    )
    return found


def touching(shown: list[tuple[str, dict[str, float]]]) -> list[tuple[str, str]]:
    return [
        (name, other)
        for (name, one), (other, two) in combinations(shown, 2)
        if min(one["right"], two["right"]) - max(one["left"], two["left"]) > 0.5
        and min(one["bottom"], two["bottom"]) - max(one["top"], two["top"]) > 0.5
    ]


@pytest.mark.parametrize("tool", [None, "画框筛选", "画多边形筛选"])
def test_nothing_overlaps_on_a_map_420_pixels_wide(open_stage: Any, tool: str | None) -> None:
    window = open_stage("narrow")
    frame = window.map_frame()
    assert frame.evaluate("() => window.planMap.map.getSize().x") == 420
    if tool:
        button(window, tool).click()
    window.page.mouse.move(*spot(window, 200, 200))
    shown = boxes(frame, ".leaflet-control, .plan-caption, .plan-hint, .plan-note, .plan-degrees")
    assert touching(shown) == []
    assert sum("°" in name and "E" in name for name, _ in shown) >= 2
    for name, box in boxes(frame, ".leaflet-control, .plan-caption, .plan-hint, .plan-note"):
        assert box["left"] >= 0, name
        assert box["right"] <= 420, name
        assert box["bottom"] <= 320, name


@pytest.mark.parametrize("width_px", [500, 560, 640, 720, 1000])
def test_scale_and_coordinates_stand_beside_each_other(open_stage: Any, width_px: int) -> None:
    window = open_stage("shapes", width_px=width_px + 160)
    window.map_frame().frame_element().evaluate("(frame, px) => { frame.style.width = `${px}px`; }", width_px)
    window.page.wait_for_timeout(300)
    window.page.mouse.move(*spot(window, 200, 200))
    frame = window.map_frame()
    window.wait_for("coordinates", lambda: "°E" in frame.locator(".plan-coordinates").inner_text())
    assert touching(boxes(frame, ".leaflet-control")) == []


ELEMENTS = "() => document.querySelectorAll('*').length"
NOTE_THE_DAYS = """() => {
    window.days = new Set();
    const apply = window.planMap.apply;
    window.planMap.apply = (state) => { window.days.add(state.asOf); apply(state); };
}"""
WATCH_THE_PAINT = """() => {
    window.blank = window.frames_seen = 0;
    const look = () => {
        const {map} = window.planMap, size = map.getSize();
        const box = map.getContainer().getBoundingClientRect();
        const [x, y] = [box.left + size.x / 2, box.top + size.y / 2];
        const there = [...document.querySelectorAll("canvas.leaflet-tile")].some((canvas) => {
            const edge = canvas.getBoundingClientRect();
            if (x < edge.left || x >= edge.right || y < edge.top || y >= edge.bottom) return false;
            const scale = canvas.width / edge.width;
            const spot = [(x - edge.left) * scale, (y - edge.top) * scale];
            return canvas.getContext("2d").getImageData(...spot, 1, 1).data[3] === 255;
        });
        window.frames_seen += 1;
        if (!there) window.blank += 1;
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


def test_sixty_days_one_after_the_other_need_no_tile_no_memory_and_never_show_a_blank_map(open_stage: Any) -> None:
    window = open_stage("play")
    frame = window.map_frame()
    session = window.context.new_cdp_session(window.page)

    def heap_bytes() -> float:
        def reading() -> float:
            window.page.wait_for_timeout(200)
            session.send("HeapProfiler.collectGarbage")
            return float(session.send("Runtime.getHeapUsage")["usedSize"])

        return min(reading() for _ in range(6))  # what is being painted at the moment comes on top

    def wait_for_days(count: int) -> None:
        frame.evaluate("() => window.days.clear()")
        window.wait_for(f"{count} days", lambda: frame.evaluate("() => window.days.size") >= count, timeout_s=90)

    frame.evaluate(NOTE_THE_DAYS)
    wait_for_days(20)  # what is kept for good (parsed histories, hatches) is there by then
    frame.evaluate(WATCH_THE_PAINT)
    elements = frame.evaluate(ELEMENTS)
    before, tiles, asked = heap_bytes(), window.stats()["tiles"], len(window.watch.tile_requests)
    paints = window.stats()["paints"]
    wait_for_days(60)
    after = window.stats()
    assert (after["tiles"], len(window.watch.tile_requests)) == (tiles, asked)
    assert after["paints"] >= paints + 60
    assert frame.evaluate("() => [window.blank, window.frames_seen > 100]") == [0, True]
    assert frame.evaluate(ELEMENTS) <= elements + 1  # a theme of Streamlit's that came since the last state
    assert heap_bytes() < before * 1.1
