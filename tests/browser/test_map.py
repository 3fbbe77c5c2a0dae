"""The map page: every layer is painted, and state changes repaint the running map."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Frame

from geodata.schema import LAYERS
from geodata.store import Store
from tests.browser.conftest import OpenWindow
from tests.browser.harness import Window


@pytest.fixture
def map_window(open_window: OpenWindow) -> Window:
    """The map page at rest, with every layer on it."""
    window = open_window()
    window.open("/?layers=" + ".".join(LAYERS))
    window.wait_for_quiet_map()
    return window


def show(window: Window, layer: str, *, on: bool) -> None:
    """Switch a layer on or off in the layer tree."""
    box = window.widget(f"layer_{layer}").locator("input[type=checkbox]")
    if box.is_checked() != on:
        # Streamlit hides the box itself; its label takes the click.
        window.widget(f"layer_{layer}").locator("label").first.click()
        window.wait_for(f"{layer} {'on' if on else 'off'}", lambda: box.is_checked() == on)
        window.wait_until_settled()


def test_every_feature_of_every_layer_is_painted_where_the_district_fits(map_window: Window, store: Store) -> None:
    published = {layer: version.features for layer, version in store.current().items()}
    assert set(published) == set(LAYERS)
    assert map_window.painted() == published


def test_a_layer_that_is_switched_off_is_not_painted(map_window: Window) -> None:
    show(map_window, "parcels", on=False)
    map_window.wait_for("no parcel painted", lambda: map_window.painted().get("parcels", 0) == 0)
    show(map_window, "parcels", on=True)
    map_window.wait_for("parcels painted again", lambda: map_window.painted().get("parcels", 0) > 0)


def test_another_month_repaints_the_running_map_without_reload_or_tile_request(map_window: Window) -> None:
    frame = map_window.map_frame()
    for running in (map_window.page.main_frame, frame):
        running.evaluate("() => { window.survivor = 'still here'; }")
    navigated: list[Frame] = []
    map_window.page.on("framenavigated", lambda moved: navigated.append(moved))
    before = map_window.wait_for_quiet_map()
    as_of_before = frame.evaluate("() => JSON.stringify(window.planMap.state)")
    tiles_before = len(map_window.watch.tile_requests)

    map_window.widget("as_of_month").get_by_role("slider").first.press("ArrowLeft")

    map_window.wait_for("a new paint", lambda: map_window.stats()["paints"] > before["paints"])
    map_window.wait_for_quiet_map()
    for running in (map_window.page.main_frame, frame):
        assert running.evaluate("() => window.survivor") == "still here"
    assert frame.evaluate("() => JSON.stringify(window.planMap.state)") != as_of_before
    # The page writes the day into its own address; nothing else may have moved.
    assert set(navigated) <= {map_window.page.main_frame}
    assert len(map_window.watch.tile_requests) == tiles_before
    assert map_window.stats()["tiles"] == before["tiles"]


def test_a_day_typed_in_repaints_the_running_map(map_window: Window) -> None:
    before = map_window.wait_for_quiet_map()
    day = map_window.widget("as_of").locator("input").first
    shown = day.input_value()
    day.fill(shown.replace("2020", "2019"))
    day.press("Enter")
    day.press("Escape")
    map_window.wait_for("a new paint", lambda: map_window.stats()["paints"] > before["paints"])


def test_a_click_on_a_parcel_shows_its_attributes(map_window: Window, store: Store) -> None:
    parcels = store.read("parcels")
    # The largest one: no neighbour lies within eight pixels of its middle.
    parcel = parcels.loc[parcels.to_crs("EPSG:4548").area.idxmax()]
    inside = parcel.geometry.representative_point()
    assert map_window.page.get_by_text(parcel["parcel_id"]).count() == 0
    map_window.click_map(inside.x, inside.y)
    map_window.page.get_by_text(parcel["parcel_id"]).first.wait_for(timeout=15_000)


def test_where_the_map_was_moved_to_is_in_the_link(map_window: Window) -> None:
    link = map_window.page.url
    map_window.map_frame().evaluate(
        "() => window.planMap.map.setView([35.41, 116.67], window.planMap.map.getZoom() + 1, {animate: false})"
    )
    map_window.wait_for("the centre in the link", lambda: "centre=116.67000_35.41000" in map_window.page.url)
    assert map_window.page.url.partition("&centre")[0] == link.partition("&centre")[0]
    map_window.page.reload()
    map_window.wait_for_quiet_map()
    lat, lon = map_window.map_frame().evaluate(
        "() => { const c = window.planMap.map.getCenter(); return [c.lat, c.lng]; }"
    )
    assert (lon, lat) == pytest.approx((116.67, 35.41), abs=1e-4)


def test_fewer_features_are_painted_where_less_is_in_view(map_window: Window) -> None:
    everything = map_window.painted()["parcels"]
    map_window.map_frame().evaluate(
        "() => window.planMap.map.setZoom(window.planMap.map.getZoom() + 3, {animate: false})"
    )
    map_window.wait_for("fewer parcels", lambda: 0 < map_window.painted()["parcels"] < everything / 4)


def test_every_change_of_the_month_is_painted_one_after_the_other(map_window: Window) -> None:
    slider = map_window.widget("as_of_month").get_by_role("slider").first
    paints = [map_window.wait_for_quiet_map()["paints"]]
    for step in range(6):
        slider.press("ArrowLeft" if step % 2 == 0 else "ArrowRight")
        map_window.wait_for("a new paint", lambda: map_window.stats()["paints"] > paints[-1])
        map_window.wait_until_settled()
        paints.append(map_window.wait_for_quiet_map()["paints"])
    assert all(earlier < later for earlier, later in pairwise(paints))


def test_a_link_opens_the_map_at_its_day_with_its_layers(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/?as_of=2019-06-30&layers=district.roads")
    window.wait_for_quiet_map()
    assert window.widget("as_of").locator("input").first.input_value() == "2019-06-30"
    assert {layer for layer, count in window.painted().items() if count} == {"district", "roads"}


def test_a_broken_link_opens_the_map_all_the_same(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/?as_of=2019-02-31&layers=nothing&zoom=NaN&centre=here&what=ever")
    window.wait_for_quiet_map()
    assert window.painted()["district"] == 1
