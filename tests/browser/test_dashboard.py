"""The dashboard page: numbers, filters that hold everywhere, date play, comparison, downloads."""

from __future__ import annotations

import io
import zipfile
from datetime import date

from icalendar import Calendar
from playwright.sync_api import Locator

from geodata import land_lists
from geodata.facets import facets_of
from geodata.filters import OneOf
from geodata.indicators import indicators
from geodata.measures import area_ha
from geodata.status import READING_ORDER, STATES, state_at
from geodata.store import Store
from tests.browser.conftest import OpenWindow
from tests.browser.harness import Window

FEWEST_CHARTS = 5
"""Land by status, greening by month, relocation, waterways, roads."""


def frames_of(store: Store):
    return {layer: store.read(layer) for layer in store.current()}


def wait_for_charts(window: Window, count: int = FEWEST_CHARTS) -> None:
    window.wait_for("charts", lambda: window.page.locator(".js-plotly-plot svg.main-svg").count() >= count)
    window.wait_until_settled()


def click_bar(window: Window, chart: str, number: int) -> None:
    """Click the middle of a chart's bar; bars count trace by trace."""
    bar = window.widget(f"figure_{chart}").locator(".point path").nth(number)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    window.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    window.page.wait_for_timeout(200)  # Plotly looks for what is under the mouse before it takes a click
    window.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def chips(window: Window) -> list[str]:
    """What the chips of the filters say."""
    buttons = window.widget("filter_bar").locator("[class*='st-key-filter_'] button p >> visible=true")
    return [words for words in buttons.all_inner_texts() if ": " in words or "：" in words]


def tile_values(window: Window) -> dict[str, str]:
    """Label → value of each tile."""
    metrics = window.widget("tiles").locator("[data-testid='stMetric']").all()
    return {
        metric.locator("[data-testid='stMetricLabel']").inner_text(): metric.locator(
            "[data-testid='stMetricValue']"
        ).inner_text()
        for metric in metrics
    }


def test_the_dashboard_draws_its_charts(window: Window) -> None:
    window.open("/dashboard")
    wait_for_charts(window)
    for chart in window.page.locator(".js-plotly-plot").all():
        chart.scroll_into_view_if_needed()
        chart.locator("svg.main-svg").first.wait_for()


def test_the_dashboard_follows_the_date(window: Window) -> None:
    window.open("/dashboard")
    wait_for_charts(window)
    before = tile_values(window)
    slider = window.widget("as_of_month").get_by_role("slider").first
    slider.press("Home")
    window.wait_for("other numbers", lambda: bool(tile_values(window)) and tile_values(window) != before)


def test_statuses_add_up_to_the_whole_on_the_published_district(store: Store) -> None:
    versions = store.current()
    day = max(version.data_date for version in versions.values())
    values = indicators(frames_of(store), day, parts=["land"])
    counted = sum(values[f"land.parcels.{status}"].value or 0 for status in STATES["parcels"])
    assert counted == versions["parcels"].features


def test_the_tiles_say_what_the_indicators_are(open_window: OpenWindow, store: Store) -> None:
    day = date(2019, 6, 30)
    values = indicators(frames_of(store), day)

    def value(name: str) -> float:
        return values[name].value or 0

    def total(prefix: str) -> float:
        return sum(found.value or 0 for name, found in values.items() if name.startswith(prefix))

    unused_ha = sum(value(f"land.area_ha.{state}") for state in ("approved_unsupplied", "supplied_unused", "idle"))
    window = open_window(language="en-GB")
    window.open(f"/dashboard?as_of={day}&units=ha")
    window.wait_for("tiles", lambda: len(tile_values(window)) == 7)
    assert tile_values(window) == {
        "Land not yet in use": f"{unused_ha:.0f} ha",
        "Greening done / due": f"{value('greening.completed_share'):.1%}",
        "Waterways connected": f"{value('water.connected_share'):.1%}",
        "Roads open": f"{total('roads.open_km.'):.1f} km",
        "Roads lit": f"{value('lighting.lit_km'):.1f} km",
        "Sites vacated": f"{total('relocation.vacated_sites.'):.0f} / {total('relocation.sites.'):.0f}",
        "Key projects producing": f"{value('projects.count.producing'):.0f} / {total('projects.count.'):.0f}",
    }
    words = window.widget("tiles").inner_text()
    assert f"suspected idle {value('land.area_ha.idle'):.1f} ha" in words
    assert f"late projects: {value('greening.late_projects'):.0f}" in words
    # The target that is due next, and where the sample stands.
    assert "Target 290 ha by 2019-12-31" in words


def test_the_day_of_the_dashboard_is_the_day_of_the_map(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/dashboard?as_of=2019-06-30")
    window.page.get_by_role("link", name="地图").click()
    window.wait_for("the page", lambda: window.widget("map_area").count() > 0)
    window.wait_for_quiet_map()
    assert window.map_frame().evaluate("() => window.planMap.state.asOf") == (date(2019, 6, 30) - date(1970, 1, 1)).days
    assert window.widget("as_of").locator("input").first.input_value() == "2019-06-30"


def test_a_click_on_a_bar_filters_charts_numbers_and_map(window: Window, store: Store) -> None:
    parcels = store.read("parcels")
    day = max(version.data_date for version in store.current().values())
    states = state_at("parcels", parcels, day)
    window.open("/dashboard?section=land&units=ha")
    wait_for_charts(window, 4)
    window.wait_for_quiet_map()
    click_bar(window, "land_status", READING_ORDER["parcels"].index("idle"))
    window.wait_for("the chip", lambda: chips(window) == ["用地·状态：疑似闲置"])
    window.wait_until_settled()
    idle = (states == "idle").to_numpy()
    window.wait_for("the map", lambda: window.painted()["parcels"] == int(idle.sum()))
    assert tile_values(window)["待盘活土地"] == f"{area_ha(parcels)[idle].sum():.1f} 公顷"

    # A second chart: both have to hold.
    click_bar(window, "land_zone", 0)
    window.wait_for("both chips", lambda: len(chips(window)) == 2)
    window.wait_for("the address", lambda: len(_filters_in(window)) == 2)
    window.wait_until_settled()
    facets = facets_of(frames_of(store), day)
    kept = facets.kept(dict(_filters_in(window)))["parcels"]
    window.wait_for("the map", lambda: window.painted()["parcels"] == int(kept.sum()))
    shown = area_ha(parcels)[kept][states[kept].isin(["idle", "supplied_unused", "approved_unsupplied"])].sum()
    assert tile_values(window)["待盘活土地"] in (f"{shown:.1f} 公顷", f"{shown:.2f} 公顷", f"{shown:.0f} 公顷")

    # The address restores it in a window of somebody else; undo goes back; clear takes all away.
    address = window.page.url.partition("/dashboard")[2]
    window.widget("filter_undo").locator("button").click()
    window.wait_to_read("one chip", lambda: chips(window), ["用地·状态：疑似闲置"])
    window.widget("filter_clear").locator("button").click()
    window.wait_for("no chip", lambda: chips(window) == [])
    window.wait_for("all parcels", lambda: window.painted()["parcels"] == len(parcels))
    window.open(f"/dashboard{address}")
    window.wait_for("both chips", lambda: len(chips(window)) == 2)
    window.wait_for("the map", lambda: window.painted()["parcels"] == int(kept.sum()))


def _filters_in(window: Window):
    """The filters that the address says."""
    from urllib.parse import parse_qsl, urlsplit

    from geodata.filters import PREFIX, from_query

    query = parse_qsl(urlsplit(window.page.url).query)
    return [from_query(name, value) for name, value in query if name.startswith(PREFIX)]


def test_a_stretch_of_months_filters_by_the_day_planned(window: Window) -> None:
    window.open("/dashboard?section=greening")
    wait_for_charts(window, 4)
    plot = window.widget("figure_greening").locator(".nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    window.page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 20)
    window.page.mouse.down()
    window.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 60, steps=6)
    window.page.mouse.up()
    window.wait_for("the chip", lambda: len(chips(window)) == 1)
    assert chips(window)[0].startswith("绿化·计划完成：")
    window.wait_for("the address", lambda: len(_filters_in(window)) == 1)
    [(key, condition)] = _filters_in(window)
    assert key == ("greening", "planned_on")
    assert date(2018, 1, 1) < condition.first < condition.last < date(2020, 6, 30)


def test_a_box_drawn_on_the_map_filters_everything(window: Window) -> None:
    window.open("/dashboard?section=projects")
    wait_for_charts(window, 3)
    window.wait_for_quiet_map()
    everywhere = window.painted()["projects"]
    frame = window.map_frame()
    frame.locator(".leaflet-container").first.scroll_into_view_if_needed()
    frame.get_by_role("button", name="画框筛选").click()
    area = frame.locator(".leaflet-container").first.bounding_box()
    assert area is not None
    window.page.mouse.move(area["x"] + 0.4 * area["width"], area["y"] + 0.3 * area["height"])
    window.page.mouse.down()
    window.page.mouse.move(area["x"] + 0.7 * area["width"], area["y"] + 0.6 * area["height"], steps=6)
    window.page.mouse.up()
    window.wait_for("the chip", lambda: chips(window) == ["地图画框：4 个顶点的范围"])
    window.wait_until_settled()
    window.wait_for("fewer projects", lambda: 0 < window.painted()["projects"] < everywhere)
    shown = window.painted()["projects"]
    label, whole = "重点项目投产（个）", window.widget("tiles")
    assert tile_values(window)[label].split(" / ")[1] == str(shown), whole.inner_text()
    window.widget("filter_clear").locator("button").click()
    window.wait_for("all again", lambda: window.painted()["projects"] == everywhere)
    window.page.wait_for_timeout(1500)
    assert chips(window) == []  # the old drawing does not come back


def test_a_row_of_a_list_filters_by_its_feature(window: Window) -> None:
    window.open("/dashboard?section=relocation")
    wait_for_charts(window, 2)
    window.wait_for_quiet_map()
    table = window.widget("table_sites").locator("canvas").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    window.page.mouse.click(box["x"] + 18, box["y"] + 36 + 17)  # the mark before the first row
    window.wait_for("the chip", lambda: chips(window) == ["退城进园·地块编号：T-001"])
    window.wait_for("one site", lambda: window.painted()["relocation_zones"] == 1)


def test_playing_goes_from_month_to_month_and_stops(window: Window) -> None:
    window.open("/dashboard?section=networks&as_of=2018-03-31")
    wait_for_charts(window, 2)
    window.wait_for_quiet_map()
    day = window.widget("as_of").locator("input").first
    window.widget("as_of_play").locator("button >> visible=true").click()
    seen: set[str] = set()

    def look() -> int:
        seen.add(day.input_value())
        return len(seen)

    window.wait_for("some months", lambda: look() >= 4, timeout_s=60)
    window.widget("as_of_play").locator("button >> visible=true").click()
    window.page.wait_for_timeout(3000)
    stopped = day.input_value()
    window.page.wait_for_timeout(3000)
    assert day.input_value() == stopped
    assert all(value[8:] in ("28", "29", "30", "31") for value in seen)
    frame = window.map_frame()
    assert frame.evaluate("() => window.planMap.state.asOf") == (date.fromisoformat(stopped) - date(1970, 1, 1)).days


def test_two_dates_are_compared_by_charts_numbers_and_maps(window: Window) -> None:
    window.open("/dashboard?section=land&compare=2018-12-31")
    wait_for_charts(window, 9)
    window.wait_for("two maps", lambda: len([f for f in window.page.frames if _is_plan(f)]) == 2, timeout_s=60)
    plans = [frame for frame in window.page.frames if _is_plan(frame)]
    days = sorted(frame.evaluate("() => window.planMap.state.asOf") for frame in plans)
    assert days[0] == (date(2018, 12, 31) - date(1970, 1, 1)).days < days[1]
    # One view: what one map shows the other shows too.
    plans[0].evaluate("() => window.planMap.map.setView([35.395, 116.64], 15, {animate: false})")
    window.wait_for(
        "the same place",
        lambda: plans[1].evaluate(
            "() => Math.abs(window.planMap.map.getCenter().lng - 116.64) < 1e-4 && window.planMap.map.getZoom() === 15"
        ),
    )
    assert "2018年12月31日" in window.widget("tiles").inner_text()
    assert window.widget("figure_land_flow").locator(".sankey-link").count() > 5


def _is_plan(frame) -> bool:
    try:
        return bool(frame.evaluate("() => Boolean(window.planMap && window.planMap.ready)"))
    except Exception:  # noqa: BLE001  a frame may go while it is asked
        return False


def test_the_lists_are_downloaded_as_workbook_and_calendar(window: Window, store: Store) -> None:
    window.open("/dashboard?section=land&as_of=2020-06-30")
    wait_for_charts(window, 4)
    parcels, version = store.read("parcels"), store.current()["parcels"]
    warned = land_lists.land_list(
        parcels, "early_warning", date(2020, 6, 30), data_date=version.data_date, within_days=90
    )
    with window.page.expect_download() as got:
        window.widget("land_lists_ics").locator("button").click()
    events = Calendar.from_ical(got.value.path().read_bytes()).walk("VEVENT")
    assert [event["UID"].split("-20")[0] for event in events] == warned["parcel_id"].tolist()
    assert all("示例数据" in event["SUMMARY"] for event in events)
    with window.page.expect_download() as got:
        window.widget("land_lists_xlsx").locator("button").click()
    with zipfile.ZipFile(io.BytesIO(got.value.path().read_bytes())) as book:
        names = book.read("xl/workbook.xml").decode()
    assert all(title.in_("zh") in names for title in land_lists.LISTS.values())


def test_large_print_is_larger(window: Window) -> None:
    window.open("/dashboard?section=networks")
    wait_for_charts(window, 2)
    words = window.widget("figure_roads").locator(".ytick text").first

    def size() -> float:
        return float(words.evaluate("element => parseFloat(getComputedStyle(element).fontSize)"))

    before = size()
    window.widget("large").locator("label").first.click()
    window.wait_for("larger words", lambda: size() > 1.2 * before)


def test_the_charts_of_a_row_end_together(window: Window) -> None:
    window.open("/dashboard")
    wait_for_charts(window)
    low = []
    for name in ("land", "greening"):
        box = window.widget(f"figure_{name}").locator(".js-plotly-plot").bounding_box()
        assert box is not None
        low.append(box["y"] + box["height"])
    assert abs(low[0] - low[1]) <= 30  # the greening chart's line of words below may take another line


def readable(numbers: Locator) -> list[str]:
    """The numbers on bars that are shown at a size one can read."""
    return [
        number.text_content() or ""
        for number in numbers.all()
        if (number.bounding_box() or {"height": 0})["height"] > 8
    ]


def test_bars_carry_their_numbers_on_light_and_dark(open_window: OpenWindow) -> None:
    for scheme in ("light", "dark"):
        window = open_window(color_scheme=scheme)
        window.open("/dashboard?section=networks")
        numbers = window.widget("figure_waterways").locator("text.bartext")
        # A number without room has no size; the waterways are all long enough for theirs.
        window.wait_for("numbers on all nine bars", lambda numbers=numbers: len(readable(numbers)) == 9)
        assert all(float(number) > 0 for number in readable(numbers))


def test_the_address_keeps_filters_of_facets_with_one_of_many(window: Window) -> None:
    window.open("/dashboard?section=land&f.parcels.use=07*10")
    window.wait_for("the chip", lambda: chips(window) == ["用地·用地性质：居住用地、工矿用地"])
    held = [(("parcels", "use"), OneOf(frozenset({"07", "10"})))]
    window.wait_for("the address", lambda: _filters_in(window) == held)
