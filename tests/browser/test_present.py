"""The page on which stories are made, and what is taken along from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame
from pptx import Presentation

from geodata import stories
from geodata.settings import Settings
from geodata.store import Store
from geodata.stories import Scene, Story
from layers.story.command import run
from layers.story.compose import pinned
from tests.browser.conftest import OpenWindow
from tests.browser.harness import Server, Watch, Window
from tests.pages.conftest import publish_frame


@pytest.fixture
def no_stories(store: Store) -> Iterator[None]:
    yield
    for story in stories.read_stories(store):
        stories.drop(store, story)


def player(window: Window) -> Frame:
    """The player within the page, once it is ready."""

    def found() -> list[Frame]:
        return [frame for frame in window.page.frames if "/player/" in frame.url]

    window.wait_for("the player", lambda: bool(found()))
    frame = found()[-1]
    frame.wait_for_function("() => window.planPlayer && planPlayer.ready")
    return frame


def index(frame: Frame) -> int:
    return int(frame.evaluate("planPlayer.index"))


def test_next_and_previous_lead_the_player_and_its_keys_lead_the_page(window: Window) -> None:
    window.open("/present")
    frame = window.map_frame()
    window.widget("scene_next").locator("button").click()
    window.wait_for("the second scene", lambda: index(frame) == 1)
    window.wait_for("its waterways", lambda: window.painted()["waterways"] == 9)
    window.widget("scene_previous").locator("button").click()
    window.wait_for("the first scene", lambda: index(frame) == 0)
    frame.locator("h1").click()
    window.page.keyboard.press("End")
    window.wait_for("the page", lambda: "10 / 10" in window.widget("scene_steps").inner_text())
    window.widget("scene_0").locator("button").click()
    window.wait_for("the first scene", lambda: index(frame) == 0)


@pytest.mark.usefixtures("no_stories")
def test_a_view_of_the_map_becomes_a_scene_that_is_written_and_presented(window: Window, store: Store) -> None:
    window.open("/?language=zh&layers=district.roads&centre=116.65500_35.40500&zoom=14.5")
    window.wait_for_quiet_map()
    window.widget("add_scene").locator("button").first.click()
    window.page.get_by_role("textbox", name="场景标题").fill("北部路网")
    window.page.get_by_role("textbox", name="场景标题").press("Tab")
    window.wait_until_settled()
    window.widget("add_scene_now").locator("button").click()
    window.wait_for("the story", lambda: len(stories.read_stories(store)) == 1)
    (story,) = stories.read_stories(store)
    (scene,) = story.scenes
    assert scene.title == "北部路网"
    assert scene.view["layers"] == "district.roads"
    assert scene.view["zoom"] == "14.5"
    window.page.get_by_role("link", name="汇报", exact=True).click()
    assert player(window).locator("h1").inner_text() == "北部路网"
    # Written in the form; the player loads it anew.
    window.page.get_by_role("textbox", name="说明（Markdown）").fill("**三条**断头路")
    window.page.get_by_role("button", name="保存本场景").click()
    window.wait_for("the caption", lambda: "三条断头路" in player(window).locator(".caption").inner_text())
    with window.context.expect_page() as opened:
        window.page.get_by_role("link", name="汇报").last.click()
    audience = opened.value
    audience.wait_for_function("() => window.planPlayer && planPlayer.ready")
    assert audience.locator(".caption strong").inner_text() == "三条"
    west, east = audience.evaluate("[planMap.map.getBounds().getWest(), planMap.map.getBounds().getEast()]")
    assert west < 116.655 < east
    assert east - west < 0.08


@pytest.mark.usefixtures("no_stories")
def test_a_story_goes_out_as_a_file_and_comes_back(window: Window, store: Store, tmp_path: Path) -> None:
    window.open("/present")
    window.map_frame()
    window.widget("story_shelf").locator("button").first.click()
    with window.page.expect_download() as download:
        window.widget("story_to_file").locator("button").click()
    path = tmp_path / "story.json"
    download.value.save_as(path)
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"name": "带回来的"}))
    window.widget("story_file").locator("input[type=file]").set_input_files(path)
    window.wait_for("the story", lambda: [story.name for story in stories.read_stories(store)] == ["带回来的"])
    assert len(stories.read_stories(store)[0].scenes) == 10


@pytest.mark.usefixtures("no_stories")
def test_a_story_is_renamed_written_and_opened_on_the_map(window: Window, store: Store) -> None:
    window.open("/present")
    window.map_frame()

    def press(key: str) -> None:
        window.widget(key).locator("button").first.click()

    press("story_shelf")
    press("story_copy")
    window.wait_for("the copy", lambda: len(stories.read_stories(store)) == 1)
    window.wait_until_settled()
    name = window.widget("story_name").locator("input")
    if not name.is_visible():
        press("story_shelf")
    name.fill("改了名")
    press("story_rename")
    chosen = window.widget("story").locator("input")
    window.wait_for("the new name", lambda: chosen.input_value() == "改了名")
    window.page.keyboard.press("Escape")
    press("scene_4")
    window.wait_for("the fifth scene", lambda: "5 / 10" in window.widget("scene_steps").inner_text())
    assert chosen.input_value() == "改了名"
    form = f"{stories.read_stories(store)[0].scenes[4].id}_0"  # the form of the scene before may still be there
    window.widget(f"scene_caption_{form}_zh").locator("textarea").fill("写完就存")
    window.widget(f"scene_save_{form}").locator("button").first.click()
    window.wait_for("the words", lambda: stories.read_stories(store)[0].scenes[4].caption == "写完就存")
    window.wait_until_settled()
    press("scene_open")
    window.wait_for("the map", lambda: "layers=district.roads-35.parcels" in window.page.url)
    window.wait_for("its parcels", lambda: 0 < window.painted()["parcels"] < 400)


@pytest.mark.usefixtures("no_stories")
def test_who_makes_a_story_sees_what_is_missing_and_the_audience_does_not(window: Window, store: Store) -> None:
    story = stories.save(store, Story("缺图表", (Scene("路网", {"layers": "roads"}, charts=("nothing",)),)))
    window.open("/present")
    window.map_frame()
    window.widget("story").locator("[role=combobox]").click()
    window.page.get_by_role("option", name="缺图表").click()
    window.wait_for("the story", lambda: story.id in player(window).url)
    assert "nothing" in player(window).locator(".problems").inner_text()
    window.page.goto(f"{window.base_url}/player/{story.id}?language=zh")
    window.page.wait_for_function("() => window.planPlayer && planPlayer.ready")
    assert window.page.locator(".problems").count() == 0


def test_slides_are_made_with_their_progress_and_downloaded(window: Window, tmp_path: Path) -> None:
    window.open("/present")
    window.map_frame()
    window.widget("story_take").locator("button").click()
    window.widget("story_make").locator("button").click()
    download_button = window.widget("story_download").locator("button")
    download_button.wait_for(timeout=120_000)
    with window.page.expect_download() as download:
        download_button.click()
    path = tmp_path / "story.pptx"
    download.value.save_as(path)
    assert download.value.suggested_filename == "蓼河新区规划与进展汇报.pptx"
    deck = Presentation(str(path))
    assert len(deck.slides) == 11
    charts = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 8
    assert all(slide.has_notes_slide for slide in list(deck.slides)[1:])


def test_the_handout_plays_from_a_file_without_a_network(chromium: Browser, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "handout.html"
    run(store.settings, "ready", path, "zh", forms=("html",))
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, offline=True)
    watch = Watch()
    watch.follow(context)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_function("() => window.planPlayer && planPlayer.ready", timeout=60_000)
    for number, layer in ((2, "waterways"), (4, "parcels"), (9, "projects")):
        page.keyboard.type(str(number))
        page.keyboard.press("Enter")
        page.wait_for_function(f"() => (planMap.stats.layers.{layer}?.painted ?? 0) > 5 && planPlayer.isResting")
    at = "planMap.map.latLngToContainerPoint([planMap.state.bounds[0][0] / 2 + planMap.state.bounds[1][0] / 2, 116.66])"
    place = page.evaluate(f"(() => {{ const {{ x, y }} = {at}; return [x, y]; }})()")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    page.wait_for_function("() => planPlayer.index === 3 && planPlayer.isResting")
    page.mouse.click(*place)
    page.locator(".found").wait_for()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    page.wait_for_function("() => planPlayer.index === 8 && planPlayer.isResting")
    assert not page.locator(".found").is_visible()
    page.mouse.move(400, 380)
    page.mouse.wheel(0, -400)
    page.wait_for_function("() => planMap.map.getZoom() > 13")
    assert page.url.endswith("#scene=9")
    outside = [url for url in asked if not re.match(r"(file|data|blob):", url)]
    assert outside == []
    assert watch.problems() == []
    context.close()


def test_the_page_is_there_in_both_languages_at_a_phones_width(open_window: OpenWindow) -> None:
    window = open_window(language="en-GB", width_px=420, height_px=860)
    window.open("/present")
    window.map_frame()
    assert window.page.evaluate("document.documentElement.scrollWidth") <= 420
    assert window.page.get_by_role("button", name="Next scene").is_visible()


def test_a_pinned_scene_shows_its_own_data_until_it_is_refreshed(
    chromium: Browser, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = Server(tmp_path_factory.mktemp("pinned") / "data", tmp_path / "server.log")
    server.start()
    settings = Settings(data_dir=server.data_dir)
    store = Store.open(settings)
    scene = Scene("路网", {"layers": "district.roads"}, figures=("roads",), transition="cut")
    stories.save(store, Story("固定", (pinned(scene, store.current()), replace(scene, id="b", title="最新"))))
    roads = store.read_version(store.version("roads"))
    publish_frame(store, settings, "roads", roads.iloc[:-50])
    watch = Watch()
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1366, "height": 900})
    watch.follow(context)
    window = Window(context, server.url, watch)
    try:
        story = stories.read_stories(store)[0]
        window.open(f"/present?story={story.id}")
        assert "已更新：路网" in window.page.locator("[data-testid='stAlert']").first.inner_text()

        def shown() -> tuple[int, bool]:
            return window.painted()["roads"], "路网 v1" in player(window).locator(".imprint").inner_text()

        window.map_frame()
        window.wait_to_read("the roads of then", shown, (len(roads), True))
        window.widget("scene_next").locator("button").click()
        window.wait_to_read("the roads of now", shown, (len(roads) - 50, False))
        window.widget("scene_previous").locator("button").click()
        window.wait_to_read("the roads of then", shown, (len(roads), True))
        window.widget("scene_refresh").locator("button").click()
        window.wait_to_read("the roads of now", lambda: window.map_frame() and shown(), (len(roads) - 50, False))
        assert window.page.locator("[data-testid='stAlert']").count() == 0
        assert watch.problems() == []
    finally:
        context.close()
        store.close()
        server.stop()
