"""Colours stay apart for everybody, words read on them, and each stands for one thing."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

from geodata.i18n import text
from geodata.status import STATES
from layers import styles
from layers.charts.base import PLAN_COLOUR, AreaIn, Look, stacked_bars
from layers.styles import Style
from tests.layers.colour_vision import SEEN, contrast, difference, least_difference

LEAST_DIFFERENCE = 10
"""ΔE00 under which two states side by side are hard to tell apart."""
LEAST_OF_LAND_USES = 6
"""The same of land uses, which are many, and which name and hover tell as well."""
LEAST_OF_WORDS, LEAST_OF_SIGNS = 4.5, 3
"""Contrast of words (WCAG 1.4.3) and of what carries meaning (1.4.11)."""

THEMES = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
GROUNDS = [THEMES[name]["backgroundColor"] for name in ("light", "dark")]
CHARTED = ["parcels", "roads", "waterways", "greening", "relocation_zones", "projects"]
PAIRS = [(layer, *pair) for layer, states in STATES.items() for pair in combinations(states, 2)]
LOOK = Look("en", AreaIn(text("ha"), 1.0))


def bars(layer: str) -> list[go.Bar]:
    """One bar of each state of a layer, as the charts draw it."""
    values = {("row", state): 1.0 for state in STATES[layer]}
    chart = stacked_bars(
        text("Title"), rows={"row": text("Row")}, layer=layer, values=values, hover=text("{value}"), look=LOOK
    )
    return list(chart.figure.data)


def inside(bar: go.Bar) -> str:
    """The colour below the words of a bar."""
    return bar.marker.pattern.bgcolor or bar.marker.color


def on_map(style: Style) -> str:
    """The colour that a style has on the map, where a bar may have another."""
    return style.fill or style.hatch_colour or style.stroke


def has_other_lines(one: Style, other: Style) -> bool:
    return one.hatch != other.hatch or (one.dash or one.casing_dash) != (other.dash or other.casing_dash)


@pytest.mark.parametrize("layer", CHARTED)
def test_bars_of_two_states_are_told_apart_whatever_colours_one_sees(layer: str):
    drawn = bars(layer)
    assert len(drawn) == len(STATES[layer])
    for one, other in combinations(drawn, 2):
        if one.marker.pattern.shape == other.marker.pattern.shape:
            least, seen = least_difference(one.marker.color, other.marker.color)
            assert least >= LEAST_DIFFERENCE, (one.name, other.name, seen)


@pytest.mark.parametrize(("layer", "one", "other"), PAIRS)
def test_states_on_the_map_are_told_apart_whatever_colours_one_sees(layer: str, one: str, other: str):
    first, second = styles.style(layer, one), styles.style(layer, other)
    if not has_other_lines(first, second):
        least, seen = least_difference(on_map(first), on_map(second))
        assert least >= LEAST_DIFFERENCE, seen


def test_the_classes_of_open_roads_are_told_apart_whatever_colours_one_sees():
    fills = [styles.style("roads", "open").stroke, *styles.ROAD_FILLS.values()]
    for one, other in combinations(fills, 2):
        assert least_difference(one, other)[0] >= LEAST_DIFFERENCE, (one, other)


@pytest.mark.parametrize("seen", [seen for seen in SEEN if seen != "greyscale"])
def test_land_uses_are_told_apart_whatever_colours_one_sees(seen: str):
    for (one, first), (other, second) in combinations(styles.LAND_USE_STYLES.items(), 2):
        if not has_other_lines(first, second):
            assert difference(first.fill, second.fill, seen) >= LEAST_OF_LAND_USES, (one, other)


@pytest.mark.parametrize("seen", [seen for seen in SEEN if seen != "greyscale"])
def test_areas_side_by_side_are_told_apart_whatever_colours_one_sees(seen: str):
    for fills in styles.SIDE_BY_SIDE.values():
        for one, other in combinations(fills, 2):
            assert difference(one, other, seen) >= LEAST_OF_LAND_USES, (one, other)


def test_areas_side_by_side_take_their_fills_by_turns():
    looks = styles.side_by_side("water_zones", np.arange(4))
    assert [members.tolist() for members, _ in looks] == [
        [True, False, False, True],
        [False, True, False, False],
        [False, False, True, False],
    ]
    assert [look.fill for _, look in looks] == list(styles.SIDE_BY_SIDE["water_zones"])
    assert {look.stroke for _, look in looks} == {styles.style("water_zones", "present").stroke}


@pytest.mark.parametrize("layer", CHARTED)
def test_words_read_on_the_bar_of_every_state(layer: str):
    for bar in bars(layer):
        assert contrast(bar.textfont.color, inside(bar)) >= LEAST_OF_WORDS, bar.name


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("layer", CHARTED)
def test_a_bar_is_seen_on_light_and_dark_by_its_colour_or_its_edge(layer: str, ground: str):
    for bar in bars(layer):
        # Farmland and water have no status: on the map they are the ground, and are meant to recede.
        if bar.name != "Not applicable":
            seen_by = max(contrast(colour, ground) for colour in (inside(bar), bar.marker.line.color))
            assert seen_by >= LEAST_OF_SIGNS, bar.name


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("layer", styles.STYLES)
def test_outlines_and_hatches_without_a_fill_are_seen_on_light_and_dark(layer: str, ground: str):
    for state, style in styles.STYLES[layer].items():
        if not style.fill:
            lines = (style.stroke, style.hatch_colour, style.casing if style.to_scale else "")
            assert max(contrast(line, ground) for line in lines if line) >= LEAST_OF_SIGNS, state


def test_a_hatch_is_seen_on_its_own_ground():
    for layer, of_states in styles.STYLES.items():
        for state, style in of_states.items():
            if style.hatch:
                assert contrast(style.hatch_colour, style.fill or "#ffffff") >= LEAST_OF_SIGNS, (layer, state)


@pytest.mark.parametrize("ground", GROUNDS)
def test_the_lines_of_plan_and_completion_are_seen_on_light_and_dark(ground: str):
    for colour in (PLAN_COLOUR, styles.colour("greening", "completed"), styles.colour("lighting", "completed")):
        assert contrast(colour, ground) >= LEAST_OF_SIGNS, colour


@pytest.mark.parametrize("name", ["light", "dark"])
def test_words_of_keys_and_charts_read_on_every_ground_of_a_theme(name: str):
    theme = THEMES[name]
    for part in (theme, theme["sidebar"]):
        for ground in ("backgroundColor", "secondaryBackgroundColor"):
            assert contrast(theme["textColor"], part[ground]) >= LEAST_OF_WORDS, (part, ground)


def test_a_land_use_is_found_by_its_first_two_digits_and_an_unknown_one_is_grey():
    assert styles.land_use_style("0701") == styles.LAND_USE_STYLES["07"]
    assert styles.land_use_style("99").fill == "#dcdcdc"
    assert styles.land_use_style("16").hatch


def test_the_script_gets_the_very_styles_of_the_key():
    tables = styles.for_script({})
    number = STATES["parcels"].index("idle")
    assert tables["styles"]["parcels"][number]["fill"] == styles.colour("parcels", "idle")
    assert set(tables["styles"]) == set(STATES)
