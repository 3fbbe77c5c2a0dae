"""A scene that plays: its months, what it shows in each, and a key of all that comes and goes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np

from geodata import status
from geodata.status import READING_ORDER, STATE_LABELS
from geodata.stories import Scene
from layers import formats, sheet
from layers.charts.plot import Plot, moving
from layers.scope import Scope
from layers.sheet.features import DrawnLayer
from layers.sheet.furniture import KeyGroup
from layers.story import content
from layers.story.shown import Step
from layers.view import ViewState

_MOST_STEPS = 60
_LONGEST_STILL = 12
"""Months at the end of a play in which nothing changes."""


def key_of(shown: Sequence[DrawnLayer], view: ViewState, scope: Scope, scene: Scene) -> list[KeyGroup]:
    """The key of what is visible; of a play, of all that comes and goes in it."""
    groups = sheet.key_of(shown, view)
    if scene.transition != "play" or scene.play_from is None:
        return groups
    middle = scene.play_from + (scope.on - scene.play_from) / 2
    merged = []
    for group in groups:
        layer = next(layer for layer in shown if layer.name == group.layer)
        found = {entry.label.in_(scope.language): entry for entry in group.entries}
        for day in (scene.play_from, middle):
            then = replace(layer, states=status.state_at(layer.name, layer.frame, day))
            for other in sheet.key_of([then], view):
                found = {entry.label.in_(scope.language): entry for entry in other.entries} | found
        order = [STATE_LABELS[layer.name][state].in_(scope.language) for state in READING_ORDER[layer.name]]
        merged.append(replace(group, entries=[found[name] for name in sorted(found, key=partial(_place, order))]))
    return merged


def _place(order: Sequence[str], name: str) -> int:
    """The place of a state's name in the order; a road's name begins with its state."""
    return next((place for place, known in enumerate(order) if name.startswith(known)), len(order))


def steps(scene: Scene, scope: Scope, visible: Sequence[DrawnLayer], plots: Mapping[str, Plot]) -> list[Step]:
    """The ends of the months from `play_from` to the scene's day, and that day; every n-th where there are too many.

    Where nothing has changed on the map for more than a year before that day, those months are passed over.
    """
    if scene.transition != "play" or scene.play_from is None or scene.play_from >= scope.on:
        return []
    days = list(_month_ends(scene.play_from, scope.on))
    ended = _states(visible, scope.on)
    still = 0
    while still < len(days) and all(map(np.array_equal, _states(visible, days[-1 - still]), ended)):
        still += 1
    if still > _LONGEST_STILL:
        days = days[: 1 - still]  # the month in which it came to rest is played
    days.append(scope.on)
    apart = math.ceil(len(days) / _MOST_STEPS)
    days = [*days[:-1:apart], days[-1]]
    # Lines go over time already: only bars are made anew for each day, and the last day's are there.
    bars = replace(scene, charts=tuple(name for name, plot in plots.items() if plot.kind == "bars"))
    told = [*(content.plots(bars, scope.at(day))[0] for day in days[:-1]), plots]
    moves = [moving([at_day.get(name) for at_day in told], days) for name in plots]
    return [
        Step(
            day,
            formats.month(day, scope.language),
            content.figures(scene, scope.at(day)),
            moved,
            content.as_of(day, scope.language),
        )
        for day, *moved in zip(days, *moves, strict=True)
    ]


def _states(visible: Sequence[DrawnLayer], on: date) -> list[np.ndarray]:
    return [status.state_at(layer.name, layer.frame, on).to_numpy() for layer in visible]


def _month_ends(first: date, before: date) -> Iterator[date]:
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        end = date.fromordinal(date(year, month, 1).toordinal() - 1)
        if end >= before:
            return
        yield end
