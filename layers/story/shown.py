"""A scene worked out: everything that a player, a slide or a page shows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geodata.catalogue import Version
from geodata.errors import GeodataError
from geodata.i18n import Language, Text, text
from geodata.stories import Scene
from layers.charts.plot import Plot
from layers.flows import Flow
from layers.sheet.features import DrawnLayer
from layers.sheet.furniture import KeyGroup
from layers.view import Theme

Bounds = tuple[float, float, float, float]
"""(west, south, east, north), degrees."""


@dataclass(frozen=True)
class Figure:
    """A headline figure in words: what it is of, the number with its unit, and what is said below it."""

    label: str
    value: str
    below: str


@dataclass(frozen=True)
class Step:
    """A day of a play: its month in words, the scene's headline figures and its charts then."""

    on: date
    words: str
    figures: Sequence[Figure]
    plots: Sequence[Plot]
    """The scene's own, in their order, on the same scales."""
    as_of: str
    """The line of the imprint that names the day."""


@dataclass(frozen=True)
class Shown:
    """A scene with what it shows, in the language of its reader."""

    number: int
    """From 1."""
    scene: Scene
    language: Language
    on: date
    theme: Theme
    bounds: Bounds
    """What the map has to show at least."""
    versions: Mapping[str, Version]
    layers: Sequence[DrawnLayer]
    """The visible layers in the order of drawing, with the rows that the filters leave."""
    state: Mapping[str, Any]
    """What the map in the browser is told (`layers.webmap.map_state`); `asOf` is the scene's day."""
    key: Sequence[KeyGroup]
    hidden_key: Sequence[KeyGroup]
    """The key of the layers that are not visible, for a player in which they can be switched on."""
    plots: Sequence[Plot]
    """Its charts as plain numbers."""
    filters: str
    """What its layers are filtered by, in words; empty where they are whole. The imprint says it, too."""
    figures: Sequence[Figure]
    flows: Sequence[Flow] = ()
    steps: Sequence[Step] = ()
    """The months of a scene that plays, the earliest first; the last is the scene's day."""
    imprint: Sequence[str] = ()
    """Lines for the foot: the day, versions and data dates, what is illustrative, 审图号 or that there is none."""
    illustrative: bool = False
    problems: Sequence[Text] = field(default=())
    """What of the scene could not be shown, and what to do."""
    changed: Sequence[str] = ()
    """Layers that have a newer version than the one the scene is pinned to."""
    failure: Text | None = None
    """Why nothing of the scene can be shown but its title, the scene named; one of its `problems` says it, too."""


@dataclass(frozen=True)
class ShownStory:
    """A story worked out."""

    id: str
    name: str
    language: Language
    scenes: Sequence[Shown]
    organisation: str
    """Who presents; empty where the settings do not say."""
    review_mark: str
    """审图号, or that the plan has none and is internal."""
    illustrative: bool
    as_of: date
    """The latest day of its scenes."""


def reason_of(error: Exception) -> Text:
    """That something could not be made, and why."""
    reason = error.message if isinstance(error, GeodataError) else Text(type(error).__name__)
    return text("it could not be made ({reason})", reason=reason)


def named(number: int, title: str, problem: Text) -> Text:
    """A problem with the scene that has it."""
    return text("Scene {number} “{title}”: {problem}", number=number, title=title, problem=problem)


def failed(shown: Shown, error: Exception) -> Text:
    """That a scene could not be drawn, and why."""
    return named(shown.number, shown.scene.title, reason_of(error))


def problems_of(shown: Shown) -> list[Text]:
    """What of a scene could not be shown, each naming the scene."""
    return [named(shown.number, shown.scene.title, problem) for problem in shown.problems]
