"""A story as one JSON document: all that the player in the browser needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from geodata.i18n import Language, text
from geodata.schema import LAYERS
from layers import formats, rows, styles, webmap
from layers.catalogue import MAP_LAYERS
from layers.charts.base import PATTERNS
from layers.charts.plot import Paint, Plot, nice_top
from layers.sheet.furniture import KeyGroup
from layers.story.markdown import to_html
from layers.story.shown import Figure, Shown, ShownStory
from layers.story.words import PLAYER_WORDS

_EPOCH = date(1970, 1, 1)
_TICKS = 4
"""How many ticks of a time axis have room beside each other."""


def to_json(story: ShownStory) -> dict[str, Any]:
    """The document: plain values alone, texts in the story's language, captions and notes as HTML."""
    return {
        "id": story.id,
        "name": story.name,
        "language": story.language,
        "organisation": story.organisation,
        "reviewMark": story.review_mark,
        "illustrative": story.illustrative,
        "config": webmap.config(),
        "words": {name: words.in_(story.language) for name, words in PLAYER_WORDS.items()},
        "scenes": [_scene(scene) for scene in story.scenes],
    }


def _scene(shown: Shown) -> dict[str, Any]:
    scene, language = shown.scene, shown.language
    west, south, east, north = shown.bounds
    return {
        "number": shown.number,
        "title": scene.title,
        "caption": to_html(scene.caption) if shown.failure is None else escape(shown.failure.in_(language)),
        "notes": to_html(scene.notes),
        "dwellS": scene.dwell_s,
        "transition": scene.transition,
        "bounds": [[south, west], [north, east]],
        "state": _state(shown.state),
        "charts": [_plot(plot, language) for plot in shown.plots],
        "figures": _figures(shown.figures),
        "key": [_group(group, language) for group in _in_order([*shown.key, *shown.hidden_key])],
        "steps": [
            {
                "asOf": (step.on - _EPOCH).days,
                "words": step.words,
                "imprint": step.as_of,
                "figures": _figures(step.figures),
                "charts": [_plot(plot, language) for plot in step.plots],
            }
            for step in shown.steps
        ],
        "imprint": list(shown.imprint),
        "filters": shown.filters,
        "sources": _sources(shown),
        "problems": [problem.in_(language) for problem in shown.problems],
    }


def _in_order(groups: Sequence[KeyGroup]) -> list[KeyGroup]:
    return sorted(groups, key=lambda group: list(MAP_LAYERS).index(group.layer))


def _group(group: KeyGroup, language: Language) -> dict[str, Any]:
    entries = [
        {"label": entry.label.in_(language), "css": f"{styles.css(entry.style)};opacity:{group.opacity:g}"}
        for entry in group.entries
    ]
    return {"layer": group.layer, "title": group.title.in_(language), "entries": entries}


def _sources(shown: Shown) -> list[dict[str, Any]]:
    """What the imprint says of each layer, for a player in which layers are switched."""
    known = [shown.versions[layer] for layer in MAP_LAYERS if layer in shown.versions]
    through = [text("Data through {day}", day=formats.day(version.data_date, shown.language)) for version in known]
    return [
        {
            "layer": version.layer,
            "title": LAYERS[version.layer].title.in_(shown.language),
            "number": version.number,
            "dataDay": version.data_date.isoformat(),
            "through": words.in_(shown.language),
            "illustrative": version.illustrative,
        }
        for version, words in zip(known, through, strict=True)
    ]


def _state(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state, its filters within it: the document is kept longer than a set at an address."""
    layers = {layer: told | {"rows": rows.inlined(told["rows"])} for layer, told in state["layers"].items()}
    return {**state, "layers": layers}


def _figures(figures: Sequence[Figure]) -> list[dict[str, str]]:
    return [{"label": figure.label, "value": figure.value, "below": figure.below} for figure in figures]


def _plot(plot: Plot, language: Language) -> dict[str, Any]:
    """A chart's numbers, with what a script would have to work out: ticks, and the numbers at its ends in words."""
    content: dict[str, Any] = {
        "title": plot.title,
        "kind": plot.kind,
        "largest": plot.largest,
        "isStacked": plot.is_stacked,
        "series": [
            {"name": one.name, "values": list(one.values), "shown": list(one.shown), "paint": _paint(one.paint)}
            for one in plot.series
        ],
        "rowPaints": [_paint(paint) for paint in plot.row_paints],
    }
    if plot.kind == "bars":
        return content | {"rows": list(plot.rows)}
    days = [day for day in plot.rows if isinstance(day, date)]
    first, last = days[0], days[-1]
    ticks = [day for day in days if day in (first, last) or (day.month == 1 and _is_apart(day, first, last))]
    top = nice_top(plot.largest)
    return content | {
        "days": [(day - _EPOCH).days for day in days],
        "ticks": [{"day": (day - _EPOCH).days, "words": formats.month(day, language)} for day in ticks],
        "top": top,
        "topWords": formats.number(top),
        "until": None if plot.until is None else (plot.until - _EPOCH).days,
    }


def _is_apart(day: date, first: date, last: date) -> bool:
    """Whether a tick has room beside those of the ends."""
    room = (last - first) / _TICKS
    return day - first >= room and last - day >= room


def _paint(paint: Paint) -> dict[str, Any]:
    return {
        "colour": paint.colour,
        "edge": paint.edge,
        "hatch": PATTERNS.get(paint.hatch, ""),
        "hatchColour": paint.hatch_colour,
        "dashed": paint.dashed,
        "filled": paint.filled,
    }
