"""How each layer looks: colours, widths and hatches by state, shared by map, legend and charts.

Colours of states are told apart by lightness as well as by hue, so that they stay apart for colour-blind readers and
on a poor projector; docs/colours.md tells what is measured, and how. Land-use colours follow the habit of plan drawings
(DESIGN §6); no drawing rule is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from geodata.status import STATES

Hatch = Literal["", "diagonal", "cross", "dots"]


@dataclass(frozen=True)
class Style:
    """How features of one state are drawn. Widths are in CSS pixels unless the name says metres."""

    fill: str = ""
    stroke: str = ""
    width: float = 0
    dash: tuple[float, ...] = ()
    hatch: Hatch = ""
    hatch_colour: str = ""
    casing: str = ""
    """Colour of the wider line below a line, and of the soft band along an outline."""
    casing_dash: tuple[float, ...] = ()
    to_scale: bool = False
    """Whether a line is as wide as the thing itself where that is wider than `width`."""
    radius: float = 0
    glow: str = ""
    bar: str = ""
    """Colour of a bar that stands for a line which is paper white on the map."""

    @property
    def colour(self) -> str:
        """The one colour that stands for this style in a legend or chart."""
        return self.bar or self.fill or self.hatch_colour or self.stroke


_DEEP_GREEN = "#3f8f4f"
_PARCEL_EDGE = "#8d8778"
_PAPER = "#ffffff"


def _line(colour: str, width: float, dash: tuple[float, ...] = (), glow: str = "") -> Style:
    return Style(stroke=colour, width=width, dash=dash, glow=glow)


def _band(colour: str, width: float, casing: str, casing_dash: tuple[float, ...] = (), bar: str = "") -> Style:
    return Style(stroke=colour, width=width, casing=casing, casing_dash=casing_dash, to_scale=True, bar=bar)


def _parcel(fill: str, hatch: Hatch = "", hatch_colour: str = "") -> Style:
    return Style(fill=fill, stroke=_PARCEL_EDGE, width=0.5, hatch=hatch, hatch_colour=hatch_colour)


STYLES: dict[str, dict[str, Style]] = {
    "district": {"present": Style(stroke="#ab4343", width=2.2, dash=(14, 4, 3, 4), casing="#ab434338")},
    "water_zones": {"present": Style(fill="#e6f3fa", stroke="#6aa9cf", width=1.2, dash=(6, 4))},
    "corridors": {
        "planned": Style(fill="#e3f1dd", stroke="#6f9f64", width=1, dash=(5, 4)),
        "completed": Style(fill="#b9dfae", stroke="#5f9b57", width=1),
    },
    "waterways": {
        "planned": _band("#f2f8fc", 1.8, "#4f99cd", (4, 4)),
        "under_construction": _band("#a6cfec", 2.6, "#2a74b3", (9, 3)),
        "connected": _band("#2f7ab8", 3, "#174f83"),
    },
    "roads": {
        "planned": _band("#f1eee7", 1, "#979287", (4, 3)),
        "under_construction": _band("#e5a04a", 1, "#97590e", (6, 3)),
        "open": _band(_PAPER, 1, "#7d776c", bar="#757065"),
    },
    "relocation_zones": {
        "listed": Style(stroke="#6d2077", width=1.5, hatch="diagonal", hatch_colour="#9a44a6"),
        "agreed": Style(stroke="#a0407a", width=1.5, hatch="cross", hatch_colour="#b5568f"),
        "vacated": Style(fill="#f4d9ea", stroke="#a0407a", width=1.5, hatch="dots", hatch_colour="#8e3a99"),
        "resupplied": Style(fill="#d9c2e6", stroke="#5b2a86", width=1.5),
    },
    "parks": {"present": Style(stroke="#8a5a2b", width=2.2, dash=(9, 4), casing="#8a5a2b40")},
    "parcels": {
        # Farmland and water are the ground of a plan drawing: a quiet green, without strong edges.
        "not_applicable": Style(fill="#f0f5e0", stroke="#cdd6b3", width=0.5),
        "unapproved": _parcel("#ffffff", "dots", "#9a9488"),
        "approved_unsupplied": _parcel("#e2c545"),
        "supplied_unused": _parcel("#b75d0b"),
        "idle": _parcel("#c0392b", "diagonal", "#ffffff"),
        "under_construction": _parcel("#64a6d0"),
        "completed": _parcel("#2f5d8a"),
        "inefficient": _parcel("#7b5ea7", "cross", "#d9cdee"),
    },
    "greening": {
        "planned": Style(fill="#eef6e4", stroke=_DEEP_GREEN, width=1, dash=(4, 3)),
        "started": Style(fill="#a8d07d", stroke=_DEEP_GREEN, width=1),
        "late": Style(fill="#e9c46a", stroke="#a84d0a", width=1.2, hatch="diagonal", hatch_colour="#a84d0a"),
        "completed": Style(fill="#3a8442", stroke="#2c6b35", width=1),
    },
    "lighting": {
        "planned": _line("#7c7448", 1.4, (2, 5)),
        "late": _line("#b84e12", 1.8, (6, 4)),
        "completed": _line("#c28a00", 1.8, (1, 7), glow="#ffe28a"),
    },
    "projects": {
        "not_started": Style(fill="#ffffff", stroke="#5c5c5c", width=1.5, radius=4),
        "negotiating": Style(fill="#f5c97f", stroke="#7a3b00", width=1.5, radius=5),
        "signed": Style(fill="#ee8f28", stroke="#7a3b00", width=1.5, radius=5.5),
        "landed": Style(fill="#cb4054", stroke="#5b0e1a", width=1.5, radius=6),
        "producing": Style(fill="#66101f", stroke="#ffffff", width=1.5, radius=6.5),
    },
}
"""Layer → state → style."""

LAND_USE_STYLES: dict[str, Style] = {
    "01": _parcel("#f8ffd5"),
    "02": _parcel("#e4e8ad"),
    "03": _parcel("#b1d48a"),
    "04": _parcel("#d2eacc"),
    "05": _parcel("#bde2d8"),
    "06": _parcel("#d7d0ac"),
    "07": _parcel("#ffe36e"),
    "08": _parcel("#e86fa6"),
    "09": _parcel("#e0433b"),
    "10": _parcel("#a67650"),
    "11": _parcel("#a284c4"),
    "12": _parcel("#bfbfbf"),
    "13": _parcel("#8fa6b8"),
    "14": _parcel("#7fc266"),
    "15": _parcel("#9c9b52"),
    "16": _parcel("#ffffff", "diagonal", "#9a9488"),
    "17": _parcel("#a6d8f5"),
}
_OTHER_LAND_USE = _parcel("#dcdcdc")

SIDE_BY_SIDE: dict[str, tuple[str, ...]] = {"water_zones": ("#e6f3fa", "#bfd9d5", "#ddd7f4")}
"""Layer → the fills of its features by turns, in the order of the rows: areas that names alone would tell apart."""

ROAD_FILLS = {"expressway": "#e98d86", "arterial": "#ecce78"}
"""Open roads of these classes are told apart by colour; the others are white."""
ROAD_WIDTH_FACTOR = {"expressway": 1.0, "arterial": 0.85, "secondary": 0.65, "branch": 0.45}
"""How much of its right-of-way a road is drawn as wide as."""


def style(layer: str, state: str) -> Style:
    """The style of a state of a layer."""
    return STYLES[layer][state]


def colour(layer: str, state: str) -> str:
    """The colour that stands for a state of a layer, in legend and charts as on the map."""
    return STYLES[layer][state].colour


def land_use_style(code: str) -> Style:
    """The style of a land-use code, by its first two digits."""
    return LAND_USE_STYLES.get(code[:2], _OTHER_LAND_USE)


def side_by_side(layer: str, rows: NDArray[np.int_]) -> list[tuple[NDArray[np.bool_], Style]]:
    """Which of these row numbers have each of the fills of a layer of `SIDE_BY_SIDE`, and the style with that fill."""
    fills = SIDE_BY_SIDE[layer]
    (look,) = STYLES[layer].values()
    return [(rows % len(fills) == turn, replace(look, fill=fill)) for turn, fill in enumerate(fills)]


def css(style: Style) -> str:
    """A style as the CSS of a small swatch."""
    rules = [f"background-color:{style.fill or (_PAPER if style.hatch else 'transparent')}"]
    if style.hatch:
        rules.append(f"background-image:{_CSS_HATCHES[style.hatch].format(colour=style.hatch_colour)}")
        if style.hatch == "dots":
            rules.append("background-size:4px 4px")
    if style.radius:
        rules.append("border-radius:50%")
    if style.stroke and not style.fill and not style.hatch:
        line = "dashed" if style.dash else "solid"
        if style.to_scale:
            edge = f"1px {'dashed' if style.casing_dash else 'solid'} {style.casing}"
            rules.append(f"height:5px;background-color:{style.stroke};border-block:{edge};border-radius:0")
        else:
            rules.append(
                f"height:0;border:0;border-top:{max(2.0, style.width):g}px {line} {style.stroke};border-radius:0"
            )
    elif style.stroke:
        rules.append(f"border:1px {'dashed' if style.dash else 'solid'} {style.stroke}")
    return ";".join(rules)


def for_script(more: Mapping[str, Sequence[Style]]) -> dict[str, Any]:
    """The tables as the map's script takes them: per layer a list in the order of `STATES`; `more` likewise."""
    styles = {layer: [STYLES[layer][state] for state in states] for layer, states in STATES.items()}
    return {
        "styles": {layer: [_plain(style) for style in listed] for layer, listed in {**styles, **more}.items()},
        "landUse": {code: _plain(style) for code, style in LAND_USE_STYLES.items()},
        "otherLandUse": _plain(_OTHER_LAND_USE),
        "roadWidth": ROAD_WIDTH_FACTOR,
        "roadFills": ROAD_FILLS,
        "sideBySide": SIDE_BY_SIDE,
    }


_CSS_HATCHES: Mapping[str, str] = {
    "diagonal": "repeating-linear-gradient(45deg,{colour} 0 1.5px,transparent 1.5px 5px)",
    "cross": "repeating-linear-gradient(45deg,{colour} 0 1px,transparent 1px 5px),"
    "repeating-linear-gradient(-45deg,{colour} 0 1px,transparent 1px 5px)",
    "dots": "radial-gradient({colour} 1px,transparent 1.2px)",
}


def _plain(style: Style) -> dict[str, Any]:
    return {name: value for name, value in asdict(style).items() if value}
