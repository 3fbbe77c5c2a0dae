"""The checks page in the browser: a rule chosen, a row chosen, a link that restores both page and question."""

from __future__ import annotations

from tests.browser.conftest import OpenWindow


def test_a_rule_shows_its_features_on_the_map_and_a_link_restores_it(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/analysis?language=en&rule=idle_near_parks")
    window.wait_for_quiet_map()
    radio = window.widget("check").get_by_text("Idle land around parks")
    count = int(radio.inner_text().rsplit(" ", 1)[-1])
    assert window.painted()["parcels"] == count > 0
    window.widget("check").get_by_text("Bridges").click()
    window.wait_for("the address", lambda: "rule=bridges" in window.page.url)
    window.wait_until_settled()
    window.wait_for_quiet_map()
    bridges = int(window.widget("check").get_by_text("Bridges").inner_text().rsplit(" ", 1)[-1])
    assert len(window.map_state()["shapes"]) == bridges
    window.page.reload()
    window.wait_until_settled()
    window.wait_for_quiet_map()
    assert len(window.map_state()["shapes"]) == bridges


def test_a_row_that_is_chosen_is_highlighted_and_gone_to(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/analysis?language=en&rule=idle_near_parks")
    window.wait_for_quiet_map()
    zoom = window.map_frame().evaluate("() => planMap.map.getZoom()")
    table = window.page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    window.page.mouse.click(box["x"] + 18, box["y"] + 52)
    window.wait_for("the highlight", lambda: (window.map_state()["highlight"] or [None])[0] == "parcels")
    window.wait_for("the way there", lambda: window.map_frame().evaluate("() => planMap.map.getZoom()") > zoom + 1)
    assert len(window.map_state()["shapes"]) == 1
