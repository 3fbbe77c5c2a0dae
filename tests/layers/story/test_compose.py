"""Scenes worked out over what is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from geodata.errors import StoreError
from geodata.indicators import default_as_of
from geodata.settings import Settings
from geodata.status import first_and_last_event, state_at
from geodata.store import Store
from geodata.stories import Scene, Story
from layers.charts import Chart, sections
from layers.scope import Scope
from layers.story.compose import Composer, compose, newer_versions, pinned
from layers.story.ready import ready_story
from pages.ui.present.names import CHARTS
from tests.geodata.little_district import little_district
from tests.pages.conftest import publish_frame, with_keys

LAND = Scene(
    "land", {"layers": "district.parcels", "as_of": "2020-12-31"}, charts=("land_status",), figures=("parcels",)
)


@pytest.fixture(scope="module")
def composer(store: Store) -> Composer:
    return Composer(store, "en")


def test_a_scene_shows_its_layers_its_day_and_what_the_filters_leave(composer: Composer) -> None:
    whole = composer.scene(LAND, 1)
    assert [layer.name for layer in whole.layers] == ["parcels", "district"]
    assert whole.on == date(2020, 12, 31)
    idle = composer.scene(replace(LAND, view={**LAND.view, "f.parcels.state": "idle"}), 1)
    left = idle.layers[0]
    assert 0 < len(left.frame) < len(whole.layers[0].frame)
    assert set(left.states) == {"idle"}
    # The chart shows what the filter leaves, and nothing faint beside it.
    assert [row for row, value in zip(idle.plots[0].rows, idle.plots[0].series[0].values, strict=True) if value] == [
        "Suspected idle"
    ]


def test_a_place_of_centre_and_zoom_is_what_an_ordinary_screen_shows(composer: Composer) -> None:
    view = {**LAND.view, "centre": "116.66000_35.40000", "zoom": "14"}
    west, south, east, north = composer.scene(replace(LAND, view=view), 1).bounds
    assert ((west + east) / 2, (south + north) / 2) == pytest.approx((116.66, 35.4))
    assert east - west == pytest.approx(1200 * 360 / 256 / 2**14)


def test_without_a_place_the_whole_district_is_shown(composer: Composer, store: Store) -> None:
    assert composer.scene(LAND, 1).bounds == pytest.approx(tuple(store.read("district").total_bounds))
    near = (116.65, 35.41, 116.66, 35.42)
    assert composer.scene(replace(LAND, bounds=near), 1).bounds == near


def test_what_can_not_be_shown_is_told_and_the_rest_is_there(composer: Composer) -> None:
    scene = replace(
        LAND, view={**LAND.view, "zoom": "far"}, charts=("land_status", "nowhere"), versions={"parcels": 99}
    )
    shown = composer.scene(scene, 1)
    told = [problem.in_("en") for problem in shown.problems]
    assert told == [
        "This part of the scene can't be shown: the zoom of the map.",
        "Version 99 of Land parcels is not there; the current one is shown.",
        "There is no chart “nowhere”.",
    ]
    assert len(shown.plots) == 1


def test_a_pinned_scene_says_when_the_data_has_moved_on(store: Store) -> None:
    current = store.current()
    scene = pinned(LAND, current)
    assert newer_versions(scene, current) == []
    older = replace(scene, versions={**scene.versions, "parcels": current["parcels"].number - 1})
    assert newer_versions(older, current) == ["parcels"]


def test_a_play_goes_from_month_to_month_to_the_scenes_own_day(composer: Composer) -> None:
    view = {"layers": "greening", "as_of": "2020-03-15"}
    scene = Scene("p", view, figures=("greening",), transition="play", play_from=date(2019, 12, 1))
    steps = composer.scene(scene, 1).steps
    days = [date(2019, 12, 31), date(2020, 1, 31), date(2020, 2, 29), date(2020, 3, 15)]
    assert [step.on for step in steps] == days
    assert steps[0].words == "Dec 2019"
    assert all(len(step.figures) == 1 for step in steps)


def test_a_play_passes_over_the_years_after_the_last_change(composer: Composer) -> None:
    view = {"layers": "greening", "as_of": "2026-11-29"}
    scene = Scene("p", view, figures=("greening",), transition="play", play_from=date(2018, 1, 1))
    *months, last = composer.scene(scene, 1).steps
    frame = composer.store.read_version(composer.current["greening"])
    ended = state_at("greening", frame, last.on)
    assert last.on == date(2026, 11, 29)
    assert state_at("greening", frame, months[-1].on).equals(ended)
    assert not state_at("greening", frame, months[-2].on).equals(ended)


def test_the_ready_story_plays_the_years_in_which_something_happened(store: Store) -> None:
    current = store.current()
    story = ready_story(current, date(2031, 1, 1), "zh", store.read_version)
    scene = next(scene for scene in story.scenes if scene.transition == "play")
    first, last = first_and_last_event({"greening": store.read_version(current["greening"])})
    assert scene.play_from is not None
    assert first.replace(day=1) <= scene.play_from < last
    assert last.year - scene.play_from.year <= 3


def test_key_and_charts_name_the_land_in_the_order_of_the_process(composer: Composer) -> None:
    shown = composer.scene(replace(LAND, charts=("land_status", "land")), 1)
    in_key = [entry.label.in_("en") for group in shown.key if group.layer == "parcels" for entry in group.entries]
    by_status, by_use = shown.plots
    in_bars = [row for row, value in zip(by_status.rows, by_status.series[0].values, strict=True) if value]
    stacked = [series.name for series in by_use.series]
    assert in_key[-1] == "Not applicable (farmland, water)"
    assert in_bars == stacked == [*in_key[:-1], "Not applicable"]
    order = ["Not approved", "Approved, not supplied", "Supplied, not started", "Suspected idle", "Completed"]
    assert [name for name in in_key if name in order] == order


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_ready_story_has_ten_scenes_without_a_problem(store: Store, language) -> None:
    current = store.current()
    story = ready_story(current, default_as_of(current), language, store.read_version)
    shown = compose(store, story, language)
    assert len(shown.scenes) == 10
    assert [problem for scene in shown.scenes for problem in scene.problems] == []
    assert shown.illustrative
    for scene in shown.scenes:
        assert scene.layers, scene.scene.title
        assert scene.imprint[-1] in ("内部资料 未经审图", "Internal, not reviewed for publication")


def test_a_chart_that_fails_is_named_and_the_scene_is_shown(
    composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Scope) -> Chart:
        raise ZeroDivisionError

    monkeypatch.setitem(sections.PARTS, "land", sections.Part("land", ("parcels",), fail))
    shown = composer.scene(replace(LAND, charts=("land", "land_status")), 1)
    assert len(shown.plots) == 1
    told = [problem.in_("en") for problem in shown.problems]
    assert told == ["The chart “land”: it could not be made (ZeroDivisionError)"]


@pytest.fixture
def small_store(tmp_path: Path) -> Store:
    settings = Settings(data_dir=tmp_path / "data")
    store = Store.open(settings)
    district = little_district()
    for layer in ("district", "roads"):
        publish_frame(store, settings, layer, with_keys(layer, district[layer]))
    return store


def damage(store: Store, layer: str) -> None:
    store.objects.path(store.current()[layer].clean_object).write_bytes(b"PAR1 broken")


def test_a_damaged_layer_is_told_by_the_scenes_that_need_it_and_left_out(small_store: Store) -> None:
    damage(small_store, "roads")
    scenes = (
        Scene("without", {"layers": "district"}),
        Scene("with", {"layers": "district.roads"}),
        Scene("chart", {"layers": "district"}, charts=("roads",)),
    )
    without, with_it, chart = compose(small_store, Story("s", scenes), "en").scenes
    assert without.problems == []
    for shown in (with_it, chart):
        assert [layer.name for layer in shown.layers] == ["district"]
        (problem,) = shown.problems
        assert "Version 1 of layer “roads” can't be read" in problem.in_("en")
        assert shown.failure is None


def test_a_store_of_which_nothing_can_be_read_is_an_error(small_store: Store) -> None:
    damage(small_store, "roads")
    damage(small_store, "district")
    with pytest.raises(StoreError, match="can't be read"):
        compose(small_store, Story("s", (LAND,)), "en")


def test_every_chart_has_a_short_name() -> None:
    assert set(CHARTS) == set(sections.PARTS)


def test_an_empty_story_is_composed_too(store: Store) -> None:
    assert compose(store, Story("empty"), "zh").scenes == []


def test_what_a_scene_is_filtered_by_stands_in_its_imprint(composer: Composer) -> None:
    view = {"layers": "district.parcels", "f.parcels.state": "idle"}
    shown = composer.scene(Scene("a", view), 1)
    assert shown.imprint[1] == "Filter: Land parcels · Status: Suspected idle"
    hidden = composer.scene(Scene("b", view | {"layers": "district.roads"}), 2)
    assert not any(line.startswith("Filter") for line in hidden.imprint)
