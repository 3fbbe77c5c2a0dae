"""Presenting: keys, autoplay, two windows in step, and nothing that grows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from geodata.store import Store
from tests.browser.conftest import OpenWindow
from tests.browser.harness import Window

SCENES = 10
GREENING = 7
"""The number of the scene that plays its months."""


def player(window: Window, asked: str = "", language: str = "zh") -> Page:
    page = window.page
    page.goto(f"{window.base_url}/player/ready?language={language}{asked}")
    page.wait_for_function("() => window.planPlayer && planPlayer.ready", timeout=60_000)
    return page


def notes_of(window: Window, audience: Page) -> Page:
    """The notes window, opened from the audience's."""
    with window.context.expect_page() as opened:
        audience.keyboard.press("s")
    notes = opened.value
    notes.wait_for_function("() => window.planPlayer && planPlayer.ready")
    return notes


def index(page: Page) -> int:
    return int(page.evaluate("planPlayer.index"))


def rest(page: Page) -> None:
    """Wait until the map stands still and is painted."""
    page.wait_for_function("() => planMap.stats.paints > 0 && planPlayer.isResting")


def colour_along(page: Page, flow: dict[str, Any]) -> list[list[int]]:
    """The colours that the plan's canvases have at places along a flow."""
    colours: list[list[int]] = page.evaluate(
        """({ path: [[lat, lon], [toLat, toLon]] }) => {
            window.paintsBefore = planMap.stats.paints;
            const shrink = Math.cos((lat * Math.PI) / 180);
            const bend = [0.16 * (toLon - lon) * shrink, (-0.16 * (toLat - lat)) / shrink];
            return [0.3, 0.5, 0.7].map((part) => {
                const aside = 2 * part * (1 - part);
                const [up, right] = [part * (toLat - lat) + aside * bend[0], part * (toLon - lon) + aside * bend[1]];
                const { x, y } = planMap.map.latLngToContainerPoint([lat + up, lon + right]);
                for (const canvas of document.querySelectorAll(".leaflet-plan-pane canvas")) {
                    const box = canvas.getBoundingClientRect();
                    const scale = canvas.width / box.width;
                    const [column, row] = [(x - box.left) * scale, (y - box.top) * scale];
                    if (Math.min(column, row) < 0 || Math.max(column, row) >= canvas.width) continue;
                    return [...canvas.getContext("2d").getImageData(column, row, 1, 1).data];
                }
            });
        }""",
        flow,
    )
    return colours


def waits(page: Page) -> Callable[[str], None]:
    return lambda condition: page.wait_for_function(f"() => {condition}", timeout=30_000)


@pytest.mark.parametrize(
    ("keys", "ends_at"),
    [
        (["ArrowRight"], 1),
        (["PageDown", "PageDown", "PageUp"], 1),
        (["Space", "n", "ArrowLeft"], 1),
        (["End"], SCENES - 1),
        (["End", "ArrowRight"], SCENES - 1),
        (["End", "Home"], 0),
        (["ArrowLeft"], 0),
        (["1", "0", "Enter"], SCENES - 1),
        (["4", "Enter"], 3),
        (["9", "9", "Enter"], 0),
        (["Control+ArrowRight"], 0),
    ],
)
def test_keys_go_from_scene_to_scene(open_window: OpenWindow, keys: list[str], ends_at: int) -> None:
    page = player(open_window())
    for key in keys:
        page.keyboard.press(key)
    waits(page)(f"planPlayer.index === {ends_at}")
    assert page.locator(".foot .number").inner_text() == f"{ends_at + 1} / {SCENES}"
    assert f"scene={ends_at + 1}" in page.url or (ends_at == 0 and "scene=1" in page.url)


def test_each_scene_shows_its_layers_its_title_and_its_numbers(open_window: OpenWindow, store: Store) -> None:
    page = player(open_window(), "&scene=4")
    assert page.locator("h1").inner_text() == "土地供应与利用现状"
    assert page.locator(".sample").inner_text() == "示例数据"
    assert "未经审图" in page.locator(".imprint").inner_text()
    waits(page)(f"planMap.stats.layers.parcels?.painted === {len(store.read('parcels'))}")
    assert page.locator(".chart .track").count() == 8
    page.keyboard.press("ArrowRight")
    waits(page)("planMap.stats.layers.parcels?.painted < 1000")
    page.keyboard.press("ArrowRight")
    waits(page)("planMap.stats.layers.relocation_zones?.painted === 60")
    rest(page)
    assert len(page.evaluate("planMap.state.flows")) == 60
    flow = page.evaluate("planMap.state.flows[0]")
    with_flows = colour_along(page, flow)
    page.evaluate("planMap.apply({ ...planMap.state, flows: [] })")
    waits(page)("planMap.stats.paints > window.paintsBefore")
    assert colour_along(page, flow) != with_flows
    page.keyboard.press("ArrowRight")
    waits(page)("planMap.state.flows.length === 0")


def test_a_scene_is_there_at_once_and_the_map_is_never_empty(open_window: OpenWindow) -> None:
    page = player(open_window())
    page.evaluate(
        """() => {
            window.emptied = 0;
            const look = () => {
                if (!document.querySelector(".leaflet-plan-pane canvas.leaflet-tile")) window.emptied += 1;
                requestAnimationFrame(look);
            };
            look();
        }"""
    )
    for number in range(2, SCENES + 1):
        page.keyboard.press("PageDown")
        waits(page)(f"planPlayer.index === {number - 1} && planPlayer.stats.lastChangeMs > 0")
        rest(page)
        assert page.evaluate("planPlayer.stats.lastChangeMs") < 3000  # 0.15 s on a quiet machine; see bench/
    assert page.evaluate("window.emptied") == 0


def test_the_months_play_and_end_at_the_scenes_own_day(open_window: OpenWindow) -> None:
    page = player(open_window(), f"&scene={GREENING}")
    waits(page)("document.querySelector('.month').textContent.includes('2018年')")
    first = page.locator(".figure b").inner_text()
    assert "2018年" in page.locator(".imprint").inner_text()
    mark = page.locator(".lines .now")
    before = float(str(mark.get_attribute("x1")))
    waits(page)(f"Number(document.querySelector('.lines .now').getAttribute('x1')) > {before} + 20")
    waits(page)("document.querySelector('.month').textContent === '2020年12月'")
    assert page.locator(".figure b").inner_text() != first
    assert mark.count() == 0
    assert "2020年12月31日" in page.locator(".imprint").inner_text()
    assert page.evaluate("planMap.state.asOf === planPlayer.story.scenes[6].state.asOf")
    page.keyboard.press("ArrowRight")
    assert page.locator(".month").inner_text() == ""


def test_autoplay_goes_round_for_a_lobby(open_window: OpenWindow) -> None:
    page = player(open_window(), f"&scene={SCENES - 1}&autoplay=1")
    page.evaluate("planPlayer.story.scenes.forEach((scene) => { scene.dwellS = 0.4; scene.transition = 'cut'; })")
    page.keyboard.press("ArrowRight")
    waits(page)("planPlayer.index === 0")
    waits(page)("planPlayer.index === 2")
    page.keyboard.press("a")
    stays = index(page)
    page.wait_for_timeout(1500)
    assert index(page) == stays


def test_the_screen_goes_black_and_comes_back(open_window: OpenWindow) -> None:
    page = player(open_window())
    page.keyboard.press("b")
    assert page.locator(".blank").is_visible()
    page.keyboard.press("b")
    assert not page.locator(".blank").is_visible()
    page.keyboard.press(".")
    page.keyboard.press("Escape")
    assert not page.locator(".blank").is_visible()
    assert index(page) == 0


def test_help_layers_and_the_spot_open_and_close_by_keys(open_window: OpenWindow) -> None:
    page = player(open_window())
    page.keyboard.press("h")
    assert "激光点" in page.locator(".help").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator(".help").is_visible()
    page.keyboard.press("l")
    page.mouse.move(300, 200)
    box = page.locator(".spot").bounding_box()
    assert box is not None
    assert abs(box["x"] + box["width"] / 2 - 300) < 3
    page.keyboard.press("l")
    page.keyboard.press("t")
    page.locator(".layers label", has_text="河道").locator("input").uncheck()
    waits(page)("(planMap.stats.layers.waterways?.painted ?? 0) === 0")
    page.keyboard.press("ArrowRight")
    waits(page)("planMap.stats.layers.waterways?.painted === 9")
    assert not page.locator(".layers").is_visible()


def test_a_layer_that_is_switched_changes_the_key_and_the_sources(open_window: OpenWindow) -> None:
    page = player(open_window(), "&scene=6")
    key, imprint = page.locator(".key"), page.locator(".imprint")
    told = page.evaluate("planPlayer.story.scenes.map((scene) => scene.imprint.join(' · '))")
    assert imprint.inner_text() == told[5]
    groups = key.locator(".group").count()
    page.keyboard.press("t")
    page.locator(".layers label", has_text="退城进园").locator("input").uncheck()
    assert key.locator(".group").count() == groups - 1
    assert "已腾退" not in key.inner_text()
    assert "退城进园" not in imprint.inner_text()
    assert page.evaluate("planMap.state.flows") == []
    page.locator(".layers label", has_text="重点项目").locator("input").check()
    assert "投产" in key.inner_text()
    assert "重点项目 v1" in imprint.inner_text()
    waits(page)("planMap.stats.layers.projects?.painted > 0")
    page.locator(".layers label", has_text="退城进园").locator("input").check()
    page.locator(".layers label", has_text="重点项目").locator("input").uncheck()
    assert imprint.inner_text() == told[5]
    assert len(page.evaluate("planMap.state.flows")) == 60
    page.keyboard.press("ArrowRight")
    assert imprint.inner_text().partition(" · ")[2] == told[6].partition(" · ")[2]  # its months play


@pytest.mark.parametrize(("width_px", "height_px"), [(1366, 768), (3840, 2160)])
def test_a_click_tells_what_lies_there_and_outlines_it(
    open_window: OpenWindow, store: Store, width_px: int, height_px: int
) -> None:
    page = player(open_window(width_px=width_px, height_px=height_px), "&scene=9")
    rest(page)
    projects = store.read("projects")
    number = 17
    project = projects.iloc[number]
    found = page.locator(".found")

    def click(lon: float, lat: float, *, off_px: float = 0) -> None:
        x, y = page.evaluate(
            """(place) => {
                const { x, y } = planMap.map.latLngToContainerPoint(place);
                const scale = planMap.map.getContainer().getBoundingClientRect().width / planMap.map.getSize().x;
                return [x * scale, y * scale];
            }""",
            [lat, lon],
        )
        page.mouse.click(x + off_px, y)

    click(project.geometry.x, project.geometry.y, off_px=5)
    found.get_by_text(project["name"], exact=True).wait_for()
    assert "重点项目" in found.inner_text()
    assert "统计时点 2020年12月31日" in found.inner_text()
    assert page.evaluate("planMap.state.highlight") == ["projects", number]
    page.keyboard.press("Escape")
    assert not found.is_visible()
    assert page.evaluate("planMap.state.highlight") is None
    park = store.read("parks")
    place = park.geometry.representative_point().iloc[0]
    page.evaluate("planPlayer.story.scenes[8].state.layers.roads.visible = false")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    rest(page)
    click(place.x, place.y)
    waits(page)("!document.querySelector('.found').hidden")
    page.locator(".foot").click()
    assert not found.is_visible()
    click(place.x, place.y)
    waits(page)("!document.querySelector('.found').hidden")
    page.keyboard.press("ArrowRight")
    assert not found.is_visible()
    assert page.evaluate("planMap.state.highlight") is None


def test_while_the_months_play_the_panel_tells_the_state_of_the_month(open_window: OpenWindow) -> None:
    page = player(open_window(width_px=1024, height_px=768), f"&scene={GREENING}")
    waits(page)("document.querySelector('.month').textContent !== ''")
    page.mouse.click(360, 380)
    waits(page)("!document.querySelector('.found').hidden")
    seen = []
    for _ in range(2):
        waits(page)(
            "document.querySelector('.found .day').textContent === document.querySelector('.month').textContent"
        )
        seen.append(page.locator(".found .day").inner_text())
        waits(page)(f"document.querySelector('.month').textContent !== '{seen[-1]}'")
    assert seen[0] != seen[1]


def test_a_click_where_nothing_lies_tells_nothing_and_puts_the_panel_away(open_window: OpenWindow) -> None:
    page = player(open_window(), "&scene=2")
    rest(page)
    page.mouse.click(500, 450)
    waits(page)("!document.querySelector('.found').hidden")  # a water zone at least lies everywhere
    page.mouse.click(10, 10)
    waits(page)("document.querySelector('.found').hidden")


def test_the_notes_window_and_the_audience_stay_in_step(open_window: OpenWindow) -> None:
    window = open_window()
    audience = player(window)
    notes = notes_of(window, audience)
    assert "一句话" in notes.locator(".text").inner_text()
    assert "水系连通" in notes.locator(".next").inner_text()
    waits(notes)("planMap.ready && planMap.stats.layers.water_zones?.painted === 3")
    notes.keyboard.press("PageDown")
    waits(audience)("planPlayer.index === 1")
    audience.keyboard.press("End")
    waits(notes)(f"planPlayer.index === {SCENES - 1}")
    assert "最后一个场景" in notes.locator(".next").inner_text()
    assert not notes.locator(".picture").is_visible()
    notes.keyboard.press("b")
    audience.locator(".blank").wait_for()
    notes.keyboard.press("b")
    audience.locator(".blank").wait_for(state="hidden")
    waits(notes)("document.querySelector('.time b').textContent !== '0:00'")
    notes.get_by_role("button", name="计时归零").click()
    assert notes.locator(".time b").first.inner_text() == "0:00"


def test_keys_in_the_notes_window_work_in_the_audiences(open_window: OpenWindow) -> None:
    window = open_window()
    audience = player(window)
    notes = notes_of(window, audience)
    autoplay = notes.get_by_role("button", name="自动播放")

    def is_on(page: Page) -> str | None:
        return page.get_by_role("button", name="自动播放").get_attribute("aria-pressed")

    audience.evaluate("planPlayer.story.scenes.forEach((scene) => { scene.dwellS = 600; })")
    notes.keyboard.press("a")
    waits(audience)("document.querySelector('.bar [aria-pressed=true]')")
    waits(notes)("document.querySelector('nav [aria-pressed=true]')")
    audience.evaluate("planPlayer.story.scenes.forEach((scene) => { scene.dwellS = 0.4; scene.transition = 'cut'; })")
    notes.keyboard.press("n")
    waits(notes)("planPlayer.index === 3")  # it goes on by itself, and the notes with it
    audience.keyboard.press("a")
    waits(notes)("document.querySelector('nav button:nth-child(4)').getAttribute('aria-pressed') === 'false'")
    stays = index(audience)
    autoplay.click()
    waits(audience)("document.querySelector('.bar [aria-pressed=true]')")
    waits(audience)(f"planPlayer.index !== {stays}")
    notes.keyboard.press("a")
    waits(audience)("!document.querySelector('.bar [aria-pressed=true]')")

    notes.keyboard.press("l")
    audience.locator(".spot").wait_for()
    notes.keyboard.press("l")
    notes.keyboard.press("t")
    audience.locator(".layers").wait_for()
    notes.keyboard.press("t")
    audience.locator(".layers").wait_for(state="hidden")
    notes.keyboard.press("h")
    assert "观众窗口自动播放" in notes.locator(".help").inner_text()
    assert not audience.locator(".help").is_visible()
    notes.keyboard.press("Escape")
    assert not notes.locator(".help").is_visible()
    audience.keyboard.press("b")
    waits(notes)("document.querySelector('nav button:nth-child(3)').getAttribute('aria-pressed') === 'true'")
    notes.keyboard.press("b")
    audience.locator(".blank").wait_for(state="hidden")
    assert is_on(audience) == is_on(notes) == "false"


def test_reloading_stays_at_the_scene_and_an_unknown_story_is_told(open_window: OpenWindow) -> None:
    window = open_window()
    page = player(window)
    page.keyboard.press("End")
    waits(page)(f"planPlayer.index === {SCENES - 1}")
    page.reload()
    page.wait_for_function("() => window.planPlayer && planPlayer.ready")
    assert index(page) == SCENES - 1
    page.goto(f"{window.base_url}/player/nowhere?language=zh")
    page.get_by_text("该汇报不存在").wait_for()
    assert all("404" in failure for failure in window.watch.failures)
    window.watch.failures.clear()


@pytest.mark.parametrize(("width_px", "height_px"), [(1024, 768), (1366, 768), (1920, 1080), (3840, 2160)])
def test_the_water_network_names_its_areas_corridors_and_waterways(
    open_window: OpenWindow, store: Store, width_px: int, height_px: int
) -> None:
    page = player(open_window(width_px=width_px, height_px=height_px), "&scene=2")
    rest(page)
    written = set(
        page.evaluate(
            """() => {
                const plan = Object.values(planMap.map._layers).find((layer) => layer.labelers);
                const { tree } = plan.labelers.getIndex(plan._tileZoom);
                return tree.all().map(({ indexedLabel }) => indexedLabel.deduplicationKey);
            }"""
        )
    )
    for layer in ("water_zones", "corridors", "waterways"):
        assert set(store.read(layer)["name"]) <= written, layer
    assert page.locator(".key").inner_text().count("水系片区") == 4  # the layer and its three areas
    shortest_line_em = page.locator("h1").evaluate(
        """(title) => {
            const range = document.createRange();
            range.selectNodeContents(title);
            const lines = new Map();
            for (const { top, width } of range.getClientRects()) lines.set(top, (lines.get(top) || 0) + width);
            return Math.min(...lines.values()) / parseFloat(getComputedStyle(title).fontSize);
        }"""
    )
    assert shortest_line_em > 3


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width_px", "height_px"), [(1024, 768), (1366, 768), (3840, 2160), (800, 1200)])
def test_it_fits_every_screen(open_window: OpenWindow, width_px: int, height_px: int, language: str) -> None:
    page = player(open_window(width_px=width_px, height_px=height_px), f"&scene={SCENES}", language)
    for number in (SCENES, 2, 4, 5):
        page.keyboard.type(str(number))
        page.keyboard.press("Enter")
        waits(page)(f"planPlayer.index === {number - 1}")
        cut = page.evaluate(
            """() => [...document.querySelectorAll("h1, .side, .side > div, .figure, .chart, .foot")].filter((part) => {
                const box = part.getBoundingClientRect();
                const isOutside = box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
                const isCut = part.matches(".side, .caption") && part.scrollHeight > part.clientHeight + 1;
                return isOutside || isCut || part.scrollWidth > part.clientWidth + 1;
            }).map((part) => part.className || part.tagName)"""
        )
        assert cut == []
    title_px = float(page.locator("h1").evaluate("title => parseFloat(getComputedStyle(title).fontSize)"))
    assert title_px >= height_px / 45


def test_on_a_large_screen_the_map_and_its_key_are_drawn_larger(open_window: OpenWindow) -> None:
    seen = {}
    for size in ((1366, 768), (1920, 1080), (3840, 2160)):
        page = player(open_window(width_px=size[0], height_px=size[1]), "&scene=6")
        rest(page)
        seen[size] = page.evaluate(
            """() => {
                const box = planMap.map.getContainer().getBoundingClientRect();
                const [tile] = document.querySelectorAll(".leaflet-plan-pane canvas");
                return {
                    scale: box.width / planMap.map.getSize().x,
                    fills: Math.abs(box.width - document.querySelector(".stage").clientWidth) < 1,
                    sharpness: tile.width / tile.getBoundingClientRect().width,
                    swatch: document.querySelector(".key .group:nth-child(3) i").getBoundingClientRect().height,
                    paper: planMap.map.mouseEventToLatLng({ clientX: box.width / 2, clientY: box.height / 2 }),
                    middle: planMap.map.getCenter(),
                };
            }"""
        )
    _, ordinary, large = seen.values()
    assert [round(one["scale"], 2) for one in seen.values()] == [1, 1.41, 2.81]
    assert all(one["fills"] for one in seen.values())
    assert large["swatch"] == pytest.approx(2 * ordinary["swatch"], rel=0.1)
    assert all(one["sharpness"] >= 1 for one in seen.values())  # a pixel of the screen has one of the canvas
    for one in seen.values():  # what lies under the mouse is found where it is seen, to a pixel or so
        assert one["paper"]["lng"] == pytest.approx(one["middle"]["lng"], abs=1.2e-4)
        assert one["paper"]["lat"] == pytest.approx(one["middle"]["lat"], abs=1.2e-4)


def test_a_window_that_goes_to_a_larger_screen_is_painted_anew(open_window: OpenWindow) -> None:
    page = player(open_window(width_px=1920, height_px=1080))
    rest(page)
    page.set_viewport_size({"width": 3840, "height": 2160})
    waits(page)(
        "(([tile]) => tile.width >= tile.getBoundingClientRect().width)"
        "(document.querySelectorAll('.leaflet-plan-pane canvas'))"
    )


def test_a_scene_of_the_same_place_does_not_fly(open_window: OpenWindow) -> None:
    page = player(open_window(width_px=1920, height_px=1080))
    rest(page)
    moves = page.evaluate("() => { window.moves = 0; planMap.map.on('move', () => (window.moves += 1)); return 0; }")
    page.keyboard.press("ArrowRight")
    rest(page)
    page.wait_for_timeout(1500)
    assert page.evaluate("window.moves") == moves
    page.evaluate("planMap.map.setZoom(15, { animate: false })")
    page.evaluate("window.moves = 0")
    page.keyboard.press("ArrowRight")
    waits(page)("window.moves > 3")


def test_many_changes_leave_nothing_behind(open_window: OpenWindow) -> None:
    page = player(open_window())
    page.evaluate("planPlayer.story.scenes.forEach((scene) => { scene.transition = 'cut'; })")
    count = "() => [document.querySelectorAll('*').length, Object.keys(planMap.map._layers).length]"

    def once_round() -> list[int]:
        for number in range(SCENES):
            page.evaluate(f"planPlayer.go({number})")
            waits(page)("planPlayer.stats.lastChangeMs > 0")
        page.evaluate("planPlayer.go(0)")
        rest(page)
        page.wait_for_timeout(800)
        found: list[int] = page.evaluate(count)
        return found

    once_round()
    before = once_round()
    for _ in range(4):
        once_round()
    elements, layers = once_round()
    assert layers == before[1]
    assert elements <= before[0] * 1.1


@pytest.mark.parametrize(("width_px", "height_px"), [(1366, 768), (3840, 2160)])
def test_title_and_key_of_a_bare_scene_cover_nothing_of_its_place(
    open_window: OpenWindow, width_px: int, height_px: int
) -> None:
    page = player(open_window(width_px=width_px, height_px=height_px))
    page.evaluate(
        """() => {
            const { scenes } = planPlayer.story;
            scenes[1] = { ...scenes[0], number: 2, caption: "", figures: [], charts: [], transition: "cut" };
        }"""
    )
    page.keyboard.press("ArrowRight")
    waits(page)("document.querySelector('.player.bare')")
    rest(page)
    west, right = page.evaluate(
        """() => {
            const [[south, west], [north]] = planPlayer.story.scenes[1].bounds;
            const { map } = planMap;
            const scale = map.getContainer().getBoundingClientRect().width / map.getSize().x;
            const rights = [...document.querySelectorAll(".bare h1, .bare .key")].map(
                (part) => part.getBoundingClientRect().right
            );
            return [map.latLngToContainerPoint([(south + north) / 2, west]).x * scale, Math.max(...rights)];
        }"""
    )
    assert west >= right
