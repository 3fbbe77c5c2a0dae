"""The dashboard page: charts of the same layers at the same date."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Locator

from geodata.indicators import indicators
from geodata.status import STATES
from geodata.store import Store
from tests.browser.conftest import OpenWindow
from tests.browser.harness import Window

FEWEST_CHARTS = 5
"""Land by status, greening by month, relocation, waterways, roads."""


def test_the_dashboard_draws_its_charts(window: Window) -> None:
    window.open("/dashboard")
    window.wait_for("charts", lambda: window.page.locator(".js-plotly-plot").count() >= FEWEST_CHARTS)
    for chart in window.page.locator(".js-plotly-plot").all():
        chart.scroll_into_view_if_needed()
        chart.locator("svg.main-svg").first.wait_for()


def test_the_dashboard_follows_the_date(window: Window) -> None:
    window.open("/dashboard")
    window.wait_for("charts", lambda: window.page.locator(".js-plotly-plot").count() >= FEWEST_CHARTS)
    numbers = window.page.locator("[data-testid='stMetricValue']")
    window.wait_for("numbers", lambda: numbers.count() > 0)
    before = numbers.all_inner_texts()
    slider = window.widget("as_of_month").get_by_role("slider").first
    slider.press("Home")
    window.wait_for("other numbers", lambda: numbers.count() > 0 and numbers.all_inner_texts() != before)


def test_statuses_add_up_to_the_whole_on_the_published_district(store: Store) -> None:
    versions = store.current()
    frames = {layer: store.read(layer) for layer in versions}
    day = max(version.data_date for version in versions.values())
    values = indicators(frames, day)
    counted = sum(values[f"land.parcels.{status}"].value or 0 for status in STATES["parcels"])
    assert counted == versions["parcels"].features


def tiles(window: Window) -> list[str]:
    """What each tile says: its label, its value, the line below."""
    return [tile.inner_text() for tile in window.widget("tiles").locator("[class*='st-key-tile_']").all()]


def test_the_tiles_say_what_the_indicators_are(open_window: OpenWindow, store: Store) -> None:
    day = date(2019, 6, 30)
    values = indicators({layer: store.read(layer) for layer in store.current()}, day)

    def value(name: str) -> float:
        return values[name].value or 0

    def total(prefix: str) -> float:
        return sum(found.value or 0 for name, found in values.items() if name.startswith(prefix))

    unused_ha = sum(value(f"land.area_ha.{state}") for state in ("approved_unsupplied", "supplied_unused", "idle"))
    window = open_window(language="en-GB")
    window.open(f"/dashboard?as_of={day}&units=ha")
    window.wait_for("tiles", lambda: [len(words.split("\n\n")) for words in tiles(window)] == [3] * 6)
    said = tiles(window)
    assert [words.split("\n\n")[1] for words in said] == [
        f"{unused_ha:.0f} ha",
        f"{value('greening.completed_share'):.1%}",
        f"{value('water.connected_share'):.1%}",
        f"{total('roads.open_km.'):.1f} km",
        f"{total('relocation.vacated_sites.'):.0f} / {total('relocation.sites.'):.0f}",
        f"{value('projects.count.producing'):.0f} / {total('projects.count.'):.0f}",
    ]
    assert f"suspected idle {value('land.area_ha.idle'):.1f} ha" in said[0]
    assert f"late projects: {value('greening.late_projects'):.0f}" in said[1]
    assert f"{value('roads.density_km_per_km2'):.2f} km/km²" in said[3]


def test_the_day_of_the_dashboard_is_the_day_of_the_map(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/dashboard?as_of=2019-06-30")
    window.page.get_by_role("link", name="地图").click()
    window.wait_for_quiet_map()
    assert window.map_frame().evaluate("() => window.planMap.state.asOf") == (date(2019, 6, 30) - date(1970, 1, 1)).days
    assert window.widget("as_of").locator("input").first.input_value() == "2019-06-30"


def test_the_charts_of_a_row_end_together(window: Window) -> None:
    window.open("/dashboard")
    window.wait_for("charts", lambda: window.page.locator(".js-plotly-plot svg.main-svg").count() >= FEWEST_CHARTS)
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
        window.open("/dashboard")
        numbers = window.widget("figure_waterways").locator("text.bartext")
        # A number without room has no size; the waterways are all long enough for theirs.
        window.wait_for("numbers on all nine bars", lambda numbers=numbers: len(readable(numbers)) == 9)
        assert all(float(number) > 0 for number in readable(numbers))
