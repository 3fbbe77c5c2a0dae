"""Colours stay apart for everybody, and stand for one thing."""

from __future__ import annotations

from itertools import combinations

import pytest

from geodata.status import STATES
from layers import styles

LEAST_DIFFERENCE = 14
"""ΔE (CIE76) under which two colours side by side are hard to tell apart."""

# Machado, Oliveira, Fernandes 2009, A Physiologically-based Model for Simulation of Color Vision Deficiency, at
# severity 1.0.
SEEN = {
    "all colours": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


def linear(colour: str) -> list[float]:
    values = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    red, green, blue = (min(1.0, max(0.0, value)) for value in rgb)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: str, other: str, matrix: list[list[float]]) -> float:
    labs = []
    for colour in (one, other):
        rgb = linear(colour)
        labs.append(lab([sum(row[i] * rgb[i] for i in range(3)) for row in matrix]))
    return sum((a - b) ** 2 for a, b in zip(*labs, strict=True)) ** 0.5


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("layer", ["parcels", "greening", "projects"])
def test_states_are_told_apart_whatever_colours_one_sees(layer: str, seen: str) -> None:
    for one, other in combinations(STATES[layer], 2):
        first, second = styles.style(layer, one), styles.style(layer, other)
        if first.hatch != second.hatch:
            continue  # told apart by the hatch
        assert difference(first.colour, second.colour, SEEN[seen]) > LEAST_DIFFERENCE, (one, other)


def test_a_land_use_is_found_by_its_first_two_digits_and_an_unknown_one_is_grey() -> None:
    assert styles.land_use_style("0701") == styles.LAND_USE_STYLES["07"]
    assert styles.land_use_style("99").fill == "#dcdcdc"
    assert styles.land_use_style("16").hatch


def test_the_script_gets_the_very_styles_of_the_key() -> None:
    tables = styles.for_script({})
    number = STATES["parcels"].index("idle")
    assert tables["styles"]["parcels"][number]["fill"] == styles.colour("parcels", "idle")
    assert set(tables["styles"]) == set(STATES)
