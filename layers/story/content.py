"""What stands in a scene beside its map's layers: charts, headline figures, lines from sites to parks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import structlog

from geodata.filters import PLACE
from geodata.i18n import Language, Text, text
from geodata.schema import LAYERS
from geodata.stories import Scene
from layers import formats
from layers.catalogue import MAP_LAYERS
from layers.charts import sections
from layers.charts.plot import Plot, plot_of
from layers.filter_words import in_words
from layers.flows import Flow, relocation_flows
from layers.headlines import HEADLINES, Reader
from layers.scope import Scope
from layers.story.shown import Figure, reason_of
from layers.view import ViewState

_log = structlog.get_logger(__name__)


def layers_of(scene: Scene, view: ViewState) -> set[str]:
    """The layers that a scene shows, or works charts and figures out from."""
    at_first = [layer.name for layer in MAP_LAYERS.values() if layer.visible]
    charts = [sections.PARTS[name] for name in scene.charts if name in sections.PARTS]
    return set(at_first if view.layers is None else view.layers).union(scene.figures, *(part.layers for part in charts))


def plots(scene: Scene, scope: Scope, damaged: Collection[str] = ()) -> tuple[dict[str, Plot], list[Text]]:
    """The charts of a scene by their names, and what can't be shown."""
    found, problems = {}, []
    for name in scene.charts:
        part = sections.PARTS.get(name)
        if part is None:
            problems.append(text("There is no chart “{name}”.", name=name))
        elif scope.has(*part.layers):
            try:
                chart = part.build(scope)
                if chart.figure.data:  # a list may have nothing on it
                    found[name] = plot_of(chart)
            except Exception as error:  # noqa: BLE001  the rest of the scene is shown
                _log.error("a chart could not be made", scene=scene.title, chart=name, exc_info=error)
                problems.append(text("The chart “{name}”: {problem}", name=name, problem=reason_of(error)))
        else:
            lacking = next(layer for layer in part.layers if not scope.has(layer))
            if lacking not in damaged:
                problems.append(
                    text("A chart needs the layer {layer}, which is not published.", layer=LAYERS[lacking].title)
                )
    return found, problems


def figures(scene: Scene, scope: Scope) -> list[Figure]:
    """The headline figures of a scene whose layers are there."""
    reader = Reader(scope.language, scope.units)
    found = []
    for layer in scene.figures:
        headline = HEADLINES.get(layer)
        if headline is not None and scope.has(layer):
            numbers = scope.numbers(headline.part)
            below = headline.below(numbers, reader).in_(scope.language)
            found.append(Figure(headline.label.in_(scope.language), headline.value(numbers, reader), below))
    return found


def flows(view: ViewState, scope: Scope) -> list[Flow]:
    """The lines that a view shows, of the sites that its filters leave."""
    if view.flows is None or not scope.has("relocation_zones"):
        return []
    frame = scope.facets.frames["relocation_zones"]
    states = scope.facets.states("relocation_zones", scope.on)
    by_key = dict(zip(frame[LAYERS["relocation_zones"].key].astype("str"), states, strict=True))
    return relocation_flows(scope.facets.frames, by_key, scope.kept.get("relocation_zones"))


def filters(view: ViewState, scope: Scope, visible: Collection[str]) -> str:
    """The line of the imprint that names what the visible layers are filtered by; empty where they are whole."""
    held = {key: condition for key, condition in view.filters.items() if key[0] in visible or key[0] == PLACE}
    if not held:
        return ""
    return text("Filter: {filters}", filters=in_words(scope.facets, held, scope.language)).in_(scope.language)


def as_of(on: date, language: Language) -> str:
    """The line of the imprint that names the day."""
    return text("As of {day}", day=formats.day(on, language)).in_(language)
