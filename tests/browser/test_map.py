"""The map page: every layer is painted, and state changes repaint the running map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import pairwise

import pytest
from geopandas import GeoDataFrame
from playwright.sync_api import Frame, Locator
from pyproj import Geod, Transformer

from geodata import status
from geodata.measures import area_m2
from geodata.schema import LAYERS
from geodata.store import Store
from layers import formats, styles
from tests.browser.conftest import OpenWindow
from tests.browser.harness import Window

DAY = date(2020, 12, 31)
"""The data date of the illustrative district."""
PARCELS_ALONE = "/?layers=district.parcels"


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


# --- what is painted, pixel by pixel -------------------------------------------------------------------------------


@pytest.fixture
def parcels_window(open_window: OpenWindow) -> Window:
    """The map page at rest, with nothing over the parcels."""
    window = open_window()
    window.open(PARCELS_ALONE)
    window.wait_for_quiet_map()
    return window


def completed_homes(store: Store) -> tuple[float, float]:
    """A place in the largest built-up parcel of homes."""
    parcels = store.read("parcels")
    states = status.state_at("parcels", parcels, DAY)
    place = largest(parcels[(states == "completed") & parcels["land_use"].str.startswith("07")])
    return place.geometry.representative_point().coords[0]


def largest(features: GeoDataFrame):
    """The row with the most area or length."""
    metric = features.geometry.to_crs("EPSG:4548")
    return features.loc[(metric.area + metric.length).idxmax()]


def colour_at(window: Window, lon: float, lat: float) -> tuple[int, int, int]:
    """The colour of the plan at a coordinate, read from its canvas."""
    red, green, blue = window.map_frame().evaluate(
        """([lat, lon]) => {
            const map = window.planMap.map, spot = map.latLngToContainerPoint([lat, lon]);
            const frame = map.getContainer().getBoundingClientRect();
            const [x, y] = [frame.left + spot.x, frame.top + spot.y];
            for (const canvas of document.querySelectorAll("canvas.leaflet-tile")) {
                const box = canvas.getBoundingClientRect();
                if (x < box.left || x >= box.right || y < box.top || y >= box.bottom) continue;
                const scale = canvas.width / box.width, pen = canvas.getContext("2d");
                return [...pen.getImageData((x - box.left) * scale, (y - box.top) * scale, 1, 1).data];
            }
        }""",
        [lat, lon],
    )[:3]
    return red, green, blue


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def mixed(over: str, share: float, under: str) -> tuple[float, ...]:
    """What is seen of a colour with an opacity over another."""
    return tuple(share * one + (1 - share) * other for one, other in zip(rgb(over), rgb(under), strict=True))


@contextmanager
def running_map_stays(window: Window) -> Iterator[None]:
    """Neither page nor map frame is loaded again inside, and no tile is asked for."""
    frame = window.map_frame()
    for running in (window.page.main_frame, frame):
        running.evaluate("() => { window.survivor = 'still here'; }")
    tiles, asked = window.wait_for_quiet_map()["tiles"], len(window.watch.tile_requests)
    yield
    for running in (window.page.main_frame, frame):
        assert running.evaluate("() => window.survivor") == "still here"
    assert (window.stats()["tiles"], len(window.watch.tile_requests)) == (tiles, asked)


def test_parcels_are_repainted_by_land_use_in_the_running_map(parcels_window: Window, store: Store) -> None:
    homes = completed_homes(store)
    assert colour_at(parcels_window, *homes) == rgb(styles.colour("parcels", "completed"))
    with running_map_stays(parcels_window):
        parcels_window.widget("theme").get_by_text("按用地性质").click()
        parcels_window.wait_for(
            "the colour of homes", lambda: colour_at(parcels_window, *homes) == rgb(styles.land_use_style("07").fill)
        )
    parcels_window.widget("theme").get_by_text("按状态").click()
    parcels_window.wait_for(
        "the colour of the status",
        lambda: colour_at(parcels_window, *homes) == rgb(styles.colour("parcels", "completed")),
    )


def test_opacity_reaches_the_running_map(parcels_window: Window, store: Store) -> None:
    homes = completed_homes(store)
    opaque = colour_at(parcels_window, *homes)
    with running_map_stays(parcels_window):
        parcels_window.widget("opacity_menu_parcels").get_by_role("button").locator("visible=true").first.click()
        slider = parcels_window.page.locator(".st-key-opacity_parcels").get_by_role("slider")
        slider.press("Home")
        parcels_window.wait_for("the bare paper", lambda: colour_at(parcels_window, *homes) == rgb("#fbfaf6"))
        for _ in range(10):
            slider.press("ArrowRight")
        half = mixed(styles.colour("parcels", "completed"), 0.5, "#fbfaf6")
        parcels_window.wait_for(
            "half of the colour",
            lambda: colour_at(parcels_window, *homes) == pytest.approx(half, abs=2),
        )
    assert opaque == rgb(styles.colour("parcels", "completed"))
    parcels_window.wait_for("the opacity in the link", lambda: "parcels-50" in parcels_window.page.url)


def test_at_night_page_and_plan_are_dark_and_the_plan_keeps_its_hues(open_window: OpenWindow, store: Store) -> None:
    window = open_window(color_scheme="dark")
    window.open(PARCELS_ALONE)
    window.wait_for_quiet_map()
    # The plan's light colours are toned down alike (drawing.js: rgba(18,21,23,.26) over everything).
    night = mixed("#121517", 0.26, styles.colour("parcels", "completed"))
    assert colour_at(window, *completed_homes(store)) == pytest.approx(night, abs=2)
    outside = colour_at(window, 116.615, 35.4)
    assert max(outside) < 60
    page = window.page.evaluate("() => getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert max(int(part) for part in re.findall(r"\d+", page)[:3]) < 60


# --- controls ------------------------------------------------------------------------------------------------------


def control(window: Window, words: str) -> Locator:
    return window.map_frame().get_by_role("button", name=words, exact=True)


def test_the_cursor_reads_degrees_and_gauss_krueger_coordinates(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/?centre=116.66000_35.40000&zoom=19")
    window.wait_for_quiet_map()
    frame = window.map_frame()
    box = frame.locator(".leaflet-container").bounding_box()
    assert box is not None
    right_px, down_px = 210, -120  # of the middle of the map

    window.page.mouse.move(box["x"] + box["width"] / 2 + right_px, box["y"] + box["height"] / 2 + down_px)
    reading = frame.locator(".plan-coordinates")
    window.wait_for("coordinates", lambda: "°E" in reading.inner_text())
    lon, lat, easting, northing = (float(number) for number in re.findall(r"\d+\.\d+", reading.inner_text()))

    to_mercator = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    metres_per_px = 2 * 20_037_508.342789244 / 256 / 2**19
    x, y = to_mercator.transform(116.66, 35.4)
    place = to_mercator.transform(x + right_px * metres_per_px, y - down_px * metres_per_px, direction="INVERSE")
    assert Geod(ellps="GRS80").inv(lon, lat, *place)[2] < 1
    grid = Transformer.from_crs("EPSG:4490", "EPSG:4527", always_xy=True).transform(*place)
    assert (easting, northing) == pytest.approx(grid, abs=1)


def test_full_screen_takes_the_map_with_the_panel_and_gives_it_back(map_window: Window) -> None:
    size = "() => { const s = window.planMap.map.getSize(); return [s.x, s.y]; }"
    frame = map_window.map_frame()
    before = frame.evaluate(size)
    control(map_window, "全屏").click()
    map_window.wait_for("the whole screen", lambda: frame.evaluate(size)[1] > before[1])
    whole = map_window.page.evaluate("() => document.fullscreenElement.className")
    assert "st-key-map_area" in whole
    control(map_window, "全屏").click()
    map_window.wait_for("the page again", lambda: frame.evaluate(size) == before)


def test_the_whole_district_is_shown_again_at_the_press_of_a_button(open_window: OpenWindow) -> None:
    window = open_window()
    window.open("/?layers=district.parcels&centre=116.64000_35.39000&zoom=17")
    window.wait_for_quiet_map()
    few = window.painted()["parcels"]
    control(window, "全图").click()
    window.wait_for("the whole district", lambda: window.painted()["parcels"] > 10 * few)
    inside = window.map_frame().evaluate(
        "() => { const {map, state} = window.planMap; return map.getBounds().contains(state.bounds); }"
    )
    assert inside


@pytest.mark.parametrize("zoom", [12.5, 15, 18])
def test_the_scale_bar_is_as_long_as_it_says(open_window: OpenWindow, zoom: float) -> None:
    window = open_window()
    window.open(f"/?layers=district&centre=116.66000_35.40000&zoom={zoom}")
    window.wait_for_quiet_map()
    bar = window.map_frame().locator(".leaflet-control-scale-line")
    number, unit = bar.inner_text().split()
    ends = window.map_frame().evaluate(
        """() => {
            const {map} = window.planMap, middle = map.getSize().y / 2;
            const width = document.querySelector(".leaflet-control-scale-line").offsetWidth;
            const [left, right] = [0, width].map((x) => map.containerPointToLatLng([x, middle]));
            return [left.lng, left.lat, right.lng, right.lat];
        }"""
    )
    length_m = Geod(ellps="GRS80").inv(*ends)[2]
    assert length_m == pytest.approx(float(number) * {"m": 1, "km": 1000}[unit], rel=0.02)


def test_the_months_have_a_name_at_both_ends(map_window: Window) -> None:
    ends = map_window.widget("as_of_bar").locator("[data-testid='stSliderTickBar']")
    assert ends.locator("p").all_inner_texts() == ["2018年1月", "2020年12月"]
    assert float(ends.evaluate("element => getComputedStyle(element).opacity")) > 0.5
    bar, words = map_window.widget("as_of_bar").bounding_box(), ends.bounding_box()
    assert bar is not None
    assert words is not None
    assert words["y"] + words["height"] <= bar["y"] + bar["height"]  # what stands below would be cut off


# --- what was clicked ----------------------------------------------------------------------------------------------


def panel(window: Window) -> dict[str, str]:
    """The first feature of the panel: attribute → value."""
    rows = window.widget("attribute_panel").locator("[data-testid='stExpander']").first.locator("tr")
    cells = [row.locator("td").all_inner_texts() for row in rows.all()]
    return {cell[0]: cell[1] for cell in cells if len(cell) == 2}


def clicked(window: Window, lon: float, lat: float) -> dict[str, str]:
    """Click on a place and read what the panel says of it."""
    window.click_map(lon, lat)
    window.widget("attribute_panel").locator("td").first.wait_for(timeout=15_000)
    window.wait_until_settled()
    return panel(window)


def test_a_click_beside_a_road_tells_of_the_road(open_window: OpenWindow, store: Store) -> None:
    road = largest(store.read("roads"))
    middle = road.geometry.interpolate(0.5, normalized=True)
    window = open_window()
    window.open(f"/?layers=district.roads.parcels&centre={middle.x:.5f}_{middle.y:.5f}&zoom=16")
    window.wait_for_quiet_map()
    told = clicked(window, middle.x + 0.00003, middle.y)
    assert told["道路编号"] == road["road_id"]
    assert told["量算长度"].endswith(("km", "m"))
    highlighted = window.map_frame().evaluate("() => window.planMap.state.highlight")
    assert highlighted == ["roads", store.read("roads").index.get_loc(road.name)]


def test_a_click_on_a_project_tells_of_the_project_before_its_parcel(open_window: OpenWindow, store: Store) -> None:
    project = store.read("projects").iloc[20]
    window = open_window()
    window.open(f"/?centre={project.geometry.x:.5f}_{project.geometry.y:.5f}&zoom=17")
    window.wait_for_quiet_map()
    assert clicked(window, project.geometry.x, project.geometry.y)["项目编号"] == project["project_id"]


@pytest.mark.parametrize(("recognised", "words"), [(False, "疑似闲置"), (True, "闲置")])
def test_idle_land_is_suspected_until_it_is_recognised(
    parcels_window: Window, store: Store, recognised: bool, words: str
) -> None:
    parcels = store.read("parcels")
    idle = status.state_at("parcels", parcels, DAY) == "idle"
    parcel = largest(parcels[idle & (status.is_recognised_idle(parcels, DAY) == recognised)])
    told = clicked(parcels_window, *parcel.geometry.representative_point().coords[0])
    assert told["地块编号"] == parcel["parcel_id"]
    assert told["2020年12月31日状态"] == words


def test_areas_are_in_the_unit_that_is_chosen(parcels_window: Window, store: Store) -> None:
    parcels = store.read("parcels")
    parcel = largest(parcels)
    measured_m2 = float(area_m2(parcels).loc[parcel.name])
    place = parcel.geometry.representative_point().coords[0]
    assert clicked(parcels_window, *place)["量算面积"] == formats.area(measured_m2, "ha", "zh")
    with running_map_stays(parcels_window):
        parcels_window.widget("units").get_by_text("亩").click()
        in_mu = f"{measured_m2 / 2000 * 3:,.0f} 亩"
        parcels_window.wait_for("mu", lambda: panel(parcels_window)["量算面积"] == in_mu)
    parcels_window.wait_for("the unit in the link", lambda: "units=mu" in parcels_window.page.url)


def test_what_was_clicked_at_the_edge_moves_out_from_under_the_panel(parcels_window: Window) -> None:
    frame = parcels_window.map_frame()
    near_the_edge = """() => {
        const {map} = window.planMap, {x, y} = map.getSize();
        const place = map.containerPointToLatLng([x - 60, y / 2]);
        return [place.lng, place.lat];
    }"""
    frame.evaluate("() => window.planMap.map.setZoom(window.planMap.map.getZoom() + 2, {animate: false})")
    parcels_window.wait_for_quiet_map()
    lon, lat = frame.evaluate(near_the_edge)
    clicked(parcels_window, lon, lat)
    right_px = """([lat, lon]) => {
        const {map} = window.planMap;
        return map.getSize().x - map.latLngToContainerPoint([lat, lon]).x;
    }"""
    covered = parcels_window.widget("attribute_panel").bounding_box()
    assert covered is not None
    parcels_window.wait_for("the place in sight", lambda: frame.evaluate(right_px, [lat, lon]) > covered["width"])


def test_the_panel_leaves_the_coordinates_in_sight_and_scrolls(open_window: OpenWindow, store: Store) -> None:
    window = open_window(width_px=1366, height_px=600)
    window.open(PARCELS_ALONE)
    window.wait_for_quiet_map()
    clicked(window, *completed_homes(store))
    box = window.widget("attribute_panel").bounding_box()
    coordinates = window.map_frame().locator(".plan-coordinates").bounding_box()
    assert box is not None
    assert coordinates is not None
    assert box["y"] + box["height"] <= coordinates["y"]
    hidden_px = window.widget("attribute_panel").evaluate("panel => panel.scrollHeight - panel.clientHeight")
    assert hidden_px > 0


# --- words ---------------------------------------------------------------------------------------------------------


def test_the_running_map_changes_its_language(parcels_window: Window) -> None:
    assert control(parcels_window, "全图").count() == 1
    with running_map_stays(parcels_window):
        parcels_window.widget("language").get_by_text("English").click()
        control(parcels_window, "Fit to district").wait_for()
    assert control(parcels_window, "全图").count() == 0
    assert parcels_window.widget("layer_parcels").inner_text().startswith("Land parcels")
    parcels_window.page.locator("html[lang=en]").wait_for(state="attached")


def test_the_key_says_what_cannot_be_judged_and_beyond_the_data_what_is_projected(
    open_window: OpenWindow, store: Store
) -> None:
    parcels, later = store.read("parcels"), date(2022, 6, 30)
    unjudged = int(status.cannot_be_judged(parcels, later).sum())
    projected = int(status.is_projected("parcels", parcels, later, DAY).sum())
    window = open_window()
    window.open(f"/?as_of={later}&layers=district.parcels")
    window.wait_for_quiet_map()
    remarks = window.widget("remarks_parcels").inner_text()
    assert f"无法判定 {unjudged}" in remarks
    assert f"推算 {projected}" in remarks
    assert min(unjudged, projected) > 0
    assert window.page.get_by_text("数据截至 2020年12月31日").count() == 1


def test_filters_hold_on_the_map_its_key_and_what_a_click_finds(window: Window, store: Store) -> None:
    parcels = store.read("parcels")
    day = max(version.data_date for version in store.current().values())
    idle = (status.state_at("parcels", parcels, day) == "idle").to_numpy()
    window.open("/?f.parcels.state=idle")
    window.wait_for_quiet_map()
    assert window.painted()["parcels"] == idle.sum()
    assert f"{idle.sum()} / {len(parcels):,}" in window.widget("row_parcels").inner_text()
    others = parcels[~idle & (parcels["land_use"] == "16").to_numpy()].geometry
    spot = others.iloc[0].representative_point()
    window.click_map(spot.x, spot.y)
    window.wait_until_settled()
    panel = window.page.locator(".st-key-attribute_panel")
    assert panel.count() == 0 or "用地性质" not in panel.inner_text()
    window.widget("filter_clear").locator("button").click()
    window.wait_for("all parcels", lambda: window.painted()["parcels"] == len(parcels))
