"""Staff bring a layer's new file, publish it and undo it, while others look at the map and the dashboard."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError

from geodata.backup import restore_backup, write_backup
from geodata.schema import LAYERS, Kind, schema_of
from geodata.settings import Settings
from geodata.store import Store
from geodata.verify import is_ok, verify
from tests.browser.conftest import OpenWindow
from tests.browser.harness import Server, Window

REMOVED, STARTED = 3, 40
PARCELS = LAYERS["parcels"].title.in_("zh")
SHOWN_WITHIN_S = 10


@pytest.fixture(scope="module")
def server(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application over a copy of the other tests' store, because here it is published into."""
    folder = tmp_path_factory.mktemp("uploads")
    write_backup(Store.open(Settings(data_dir=server.data_dir)), folder / "backup")
    restore_backup(Store.open(Settings(data_dir=folder / "data")), folder / "backup")
    mine = Server(folder / "data", folder / "server.log")
    mine.start()
    yield mine
    mine.stop()


@pytest.fixture
def copy(server: Server) -> Store:
    """The store that is published into."""
    return Store.open(Settings(data_dir=server.data_dir))


def parcels_of_the_office(store: Store, folder: Path) -> Path:
    """A zipped shapefile as the land office sends it: GBK, no .prj, and the holder under a name of its own."""
    frame = store.read("parcels").to_crs(4527)
    frame = frame.drop(index=frame.index[:REMOVED])
    waiting = frame.index[frame["supplied_on"].notna() & frame["started_on"].isna()][:STARTED]
    frame.loc[waiting, "started_on"] = frame.loc[waiting, "supplied_on"]
    names = {}
    for field in schema_of("parcels").fields:
        names[field.name] = "YDDW" if field.name == "holder" else field.dbf
        if field.kind is Kind.DATE:
            frame[field.name] = frame[field.name].dt.strftime("%Y/%m/%d")
        elif field.kind is Kind.FLAG:
            frame[field.name] = frame[field.name].map({True: "是", False: "否"}).astype("str")
    frame.rename(columns=names).to_file(folder / "用地.shp", encoding="GBK")
    path = folder / "用地2020年末.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for suffix in (".shp", ".shx", ".dbf"):
            archive.write(folder / f"用地{suffix}", f"用地{suffix}")
    return path


def rerun(window: Window, act: Callable[[], None]) -> None:
    """Do something that makes the page's script run, and wait until it has run."""
    app = window.page.locator("[data-testid='stApp']")
    runs = app.evaluate(
        """app => { app.runs = 0; new MutationObserver(() => {
            if (app.dataset.testScriptState === "notRunning") app.runs += 1;
        }).observe(app, {attributeFilter: ["data-test-script-state"]}); return app.runs; }"""
    )
    act()
    window.wait_for("the script to run", lambda: app.evaluate("app => app.runs") > runs)
    window.wait_until_settled()


def choose(window: Window, key: str, option: str, *, nth: int = 0) -> None:
    """Choose an option of a select box by what it says; a list that a page still at work closes is opened again."""
    wanted = window.page.get_by_role("option", name=option).nth(nth)

    def is_open() -> bool:
        window.page.locator(f"[class*='st-key-{key}']").first.locator("input").first.click()
        with suppress(TimeoutError):
            wanted.wait_for(timeout=3000)
        return wanted.is_visible()

    window.wait_for(f"the option {option}", is_open)
    rerun(window, wanted.click)


def click(window: Window, key: str) -> None:
    rerun(window, window.widget(key).get_by_role("button").first.click)


def begin(window: Window, path: Path, layer: str = PARCELS) -> None:
    """Drop a file for a layer, and let it be read."""
    window.open("/upload")
    choose(window, "upload_layer", layer)
    chooser = window.widget("upload_files").locator("input[type='file']")
    rerun(window, lambda: chooser.set_input_files(path))
    window.widget("upload_next").wait_for()
    window.wait_until_settled()


def go_to(window: Window, phase: str) -> None:
    """Go on until a phase is reached."""
    here = window.widget("upload_phase").locator("button[kind*='Active'], button[aria-checked='true']").first
    while phase not in (before := here.inner_text()):
        window.widget("upload_next").get_by_role("button").click()
        window.wait_for("the next phase", lambda before=before: here.inner_text() != before)
    window.wait_until_settled()


def counts(window: Window) -> list[int]:
    """Features added, removed, changed and unchanged, as the page shows them."""
    return [
        int(text.replace(",", "")) for text in window.page.locator("[data-testid='stMetricValue']").all_inner_texts()
    ]


def version_on_map(window: Window) -> str:
    """The address of the parcels' tiles on a map that is open; the frame must still be the one that was marked."""
    frame = window.map_frame()
    assert frame.evaluate("() => window.stillTheSame") is True
    return str(frame.evaluate("() => window.planMap.state.layers.parcels.url"))


def test_an_upload_is_mended_published_seen_by_others_and_undone(
    open_window: OpenWindow, copy: Store, tmp_path: Path
) -> None:
    planner, director, staff = open_window(), open_window(), open_window(width_px=1366, height_px=768)
    planner.open("/")
    planner.map_frame().evaluate("() => { window.stillTheSame = true; }")
    before_on_map = version_on_map(planner)
    director.open("/dashboard")
    tile = director.widget("tile_parcels")
    director.wait_for("the whole tile", lambda: "批而未供" in tile.inner_text())
    before_on_dashboard = director.steady_text(tile)
    first = copy.current()["parcels"]

    begin(staff, parcels_of_the_office(copy, tmp_path))
    staff.page.get_by_text("MISSING_PRJ").first.wait_for()
    choose(staff, "crs_", "EPSG:4527", nth=1)

    go_to(staff, "字段")
    choose(staff, "column_'][class*='_holder", "YDDW")

    staff.page.reload()  # the work is kept
    staff.wait_until_settled()
    go_to(staff, "变更内容")
    staff.map_frame()
    assert counts(staff) == [0, REMOVED, STARTED, first.features - REMOVED - STARTED]

    go_to(staff, "发布")
    staff.widget("upload_who").locator("input").fill("张三")
    rerun(staff, staff.page.locator("[class*='st-key-accept_warnings'] label").first.click)
    clicked = time.monotonic()
    staff.widget("upload_publish").get_by_role("button").dblclick()
    staff.page.get_by_text("第 2 版已发布").first.wait_for()
    planner.wait_for("version 2 on the map", lambda: version_on_map(planner) != before_on_map, timeout_s=SHOWN_WITHIN_S)
    director.wait_for("other numbers", lambda: tile.inner_text() != before_on_dashboard, timeout_s=SHOWN_WITHIN_S)
    assert time.monotonic() - clicked < SHOWN_WITHIN_S
    assert [version.number for version in copy.versions("parcels")] == [1, 2]

    staff.open("/history")
    choose(staff, "history_layer", PARCELS)
    choose(staff, "history_version_parcels", "1")
    staff.widget("rollback").get_by_role("button").first.click()
    staff.widget("rollback_who").locator("input").fill("李四")
    staff.widget("rollback_go").get_by_role("button").click()
    staff.page.get_by_text("第 3 版已成为当前版本").first.wait_for()
    director.wait_for(
        f"the old numbers {before_on_dashboard!r}",
        lambda: tile.inner_text() == before_on_dashboard,
        timeout_s=SHOWN_WITHIN_S,
    )
    planner.wait_for("version 3 on the map", lambda: "/3." in version_on_map(planner), timeout_s=SHOWN_WITHIN_S)
    assert copy.current()["parcels"].content_hash == first.content_hash
    assert is_ok(verify(copy))


def test_a_file_that_is_no_shapefile_is_refused_in_plain_words(window: Window, tmp_path: Path) -> None:
    path = tmp_path / "用地.zip"
    path.write_bytes(b"PK\x03\x04 this is no archive")
    begin(window, path)
    window.page.get_by_text("CORRUPT").first.wait_for()
    go_to(window, "发布")
    window.page.get_by_text("暂时不能发布").first.wait_for()
    assert window.page.locator(".st-key-upload_publish").count() == 0
    click(window, "upload_discard")
    window.widget("upload_files").wait_for()


@pytest.mark.parametrize("layer", ["roads", "projects"])
def test_the_current_version_taken_away_and_brought_back_changes_nothing(
    window: Window, copy: Store, tmp_path: Path, layer: str
) -> None:
    window.open("/upload")
    choose(window, "upload_layer", LAYERS[layer].title.in_("zh"))
    with window.page.expect_download() as download:
        window.widget("current_zip").get_by_role("button").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    begin(window, path, LAYERS[layer].title.in_("zh"))
    go_to(window, "变更内容")
    window.page.get_by_text("NO_CHANGE").first.wait_for()
    assert counts(window) == [0, 0, 0, copy.current()[layer].features]


def test_parts_of_a_shapefile_can_be_dropped_one_after_the_other(window: Window, copy: Store, tmp_path: Path) -> None:
    copy.read("parks").to_crs(4527).to_file(tmp_path / "parks.shp", encoding="UTF-8")
    window.open("/upload")
    choose(window, "upload_layer", LAYERS["parks"].title.in_("zh"))
    chooser = window.widget("upload_files").locator("input[type='file']")
    rerun(window, lambda: chooser.set_input_files(tmp_path / "parks.shp"))
    window.page.get_by_text(".shx, .dbf").first.wait_for()
    chooser.set_input_files([tmp_path / f"parks.{suffix}" for suffix in ("dbf", "shx", "prj", "cpg")])
    window.widget("upload_next").wait_for()
    go_to(window, "变更内容")
    window.page.get_by_text("NO_CHANGE").first.wait_for()


def test_a_drawing_that_no_reader_knows_is_refused_in_our_words(window: Window, tmp_path: Path) -> None:
    path = tmp_path / "图纸.dwg"
    path.write_bytes(b"AC1032" + bytes(100))
    begin(window, path)
    window.page.get_by_text("UNSUPPORTED").first.wait_for()
