"""The dashboard page: charts of the same layers at the same date."""

from __future__ import annotations

from geodata.indicators import indicators
from geodata.status import STATES
from geodata.store import Store
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
