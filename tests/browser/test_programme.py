"""The page Programme: from a line to its charts and its map; targets edited in the table and held at once."""

from __future__ import annotations

from pathlib import Path

from geodata import entries
from geodata.schema import BOARDS
from geodata.store import Store
from tests.browser.harness import Window


def choose_view(window: Window, name: str) -> None:
    window.widget("programme_view").get_by_text(name, exact=True).click()
    window.wait_until_settled()


def test_a_line_leads_to_its_charts_and_to_its_map(window: Window) -> None:
    window.open("/programme")
    window.widget("charts_relocation").locator("button").click()
    window.wait_for("the charts", lambda: window.page.locator(".st-key-chart_relocation_flow").count() == 1)
    assert "/dashboard" in window.page.url
    window.page.go_back()
    window.wait_for("the programme", lambda: window.page.locator(".st-key-map_networks").count() == 1)
    window.wait_until_settled()
    window.widget("map_networks").locator("button").click()
    window.wait_for("the map", lambda: window.page.locator(".st-key-map_area").count() == 1)
    window.wait_for_quiet_map()
    shown = {layer for layer, count in window.painted().items() if count}
    assert shown == {"district", "water_zones", "waterways", "roads", "corridors"}


def test_a_board_leads_to_its_projects(window: Window, store: Store) -> None:
    board = "新能源新材料"
    count = int((store.read("projects")["board"] == board).sum())
    window.open("/programme")
    choose_view(window, "六大板块")
    window.widget(f"go_board_{list(BOARDS).index(board)}").locator("button").click()
    window.wait_for("its projects", lambda: window.page.locator(".st-key-list_show_projects").count() == 1)
    window.wait_for_quiet_map()
    window.wait_for("them alone", lambda: window.painted()["projects"] == count)


def test_a_file_of_targets_is_saved_held_and_undone(window: Window, store: Store, tmp_path: Path) -> None:
    before = entries.editions(store, "targets")[-1]
    path = tmp_path / "目标.csv"
    path.write_bytes("指标,截止日期,目标值,单位,来源\n已贯通河道长度,2020-12-31,55,公里,年度计划\n".encode("gbk"))
    window.open("/programme")
    choose_view(window, "指标目标")
    window.widget("upload_who").locator("input").fill("规划科")
    window.page.locator(".st-key-targets_file input[type=file]").set_input_files(path)
    window.widget("targets_save_file").locator("button").click()
    window.wait_for("the new edition", lambda: entries.editions(store, "targets")[-1].number == before.number + 1)
    window.wait_until_settled()
    choose_view(window, "六条主线")
    row = window.widget("measures_networks")
    window.wait_for("the new target", lambda: "目标 55.0 km（2020-12-31）" in row.inner_text())
    assert "未达标" in row.inner_text()
    entries.restore(store, "targets", before.number, by="test")
    window.page.reload()
    window.wait_for("the old target", lambda: "目标 42.0 km（2020-12-31）" in row.inner_text())
