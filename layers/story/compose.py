"""From a story to what each of its scenes shows, over the published versions."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import numpy as np
import structlog
from geopandas import GeoDataFrame

from geodata import facets, indicators, status
from geodata.catalogue import Version
from geodata.errors import GeodataError, StoreError
from geodata.facets import Facets
from geodata.i18n import Language, Text, text
from geodata.indicators import Indicator
from geodata.schema import LAYERS
from geodata.settings import Settings
from geodata.status import READING_ORDER, STATE_LABELS
from geodata.store import Store
from geodata.stories import Scene, Story
from layers import formats, sheet, webmap
from layers.basemaps import BasemapError, basemaps
from layers.catalogue import MAP_LAYERS
from layers.charts import sections
from layers.charts.plot import Plot, moving, plot_of
from layers.flows import Flow, relocation_flows
from layers.headlines import HEADLINES, Reader
from layers.scope import Scope
from layers.sheet.features import DrawnLayer
from layers.sheet.furniture import NOT_REVIEWED, KeyGroup
from layers.story.shown import Bounds, Figure, Shown, ShownStory, Step, named, reason_of
from layers.view import AREA_UNITS, THEMES, ViewState, from_query

_FRAME_PX = (1200, 720)
"""The map's frame on an ordinary screen: a view says where its middle is and how near, not how large it is."""
_DEGREES_PER_PX_AT_ZOOM_0 = 360 / 256
_FALLBACK: Bounds = (116.61, 35.36, 116.71, 35.44)
_MOST_STEPS = 60
_LONGEST_STILL = 12
"""Months at the end of a play in which nothing changes."""
_log = structlog.get_logger(__name__)


@dataclass
class Composer:
    """Works scenes out over one state of the store, each frame and number read or computed once."""

    store: Store
    language: Language
    current: Mapping[str, Version] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.current = self.current or self.store.current()
        self._frames: dict[tuple[str, int], GeoDataFrame] = {}
        self._facets: dict[tuple[object, ...], Facets] = {}
        self._numbers: dict[tuple[object, ...], dict[str, Indicator]] = {}
        self._ranges: dict[tuple[object, ...], tuple[date, date]] = {}

    def story(self, story: Story) -> ShownStory:
        """A story with all its scenes worked out."""
        return self.of(story, [self.scene_or_failure(scene, number) for number, scene in enumerate(story.scenes, 1)])

    def of(self, story: Story, shown: list[Shown]) -> ShownStory:
        """A story of scenes that are worked out."""
        settings = self.store.settings
        return ShownStory(
            id=story.id,
            name=story.name,
            language=self.language,
            scenes=shown,
            organisation=settings.sheet_organisation,
            review_mark=review_mark(settings, self.language),
            illustrative=any(scene.illustrative for scene in shown),
            as_of=max((scene.on for scene in shown), default=indicators.default_as_of(self.current)),
        )

    def scene_or_failure(self, scene: Scene, number: int) -> Shown:
        """A scene worked out, or why it can't be.

        Raises
        ------
        StoreError
            The store can't be read.
        """
        try:
            return self.scene(scene, number)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  a scene that fails is named, and the rest is made
            _log.error("a scene could not be worked out", scene=scene.title, exc_info=error)
            return self._failure(scene, number, reason_of(error))

    def _failure(self, scene: Scene, number: int, reason: Text) -> Shown:
        on, place = indicators.default_as_of(self.current), scene.bounds or _FALLBACK
        return Shown(
            number=number,
            scene=scene,
            language=self.language,
            on=on,
            theme=THEMES[0],
            bounds=place,
            versions={},
            layers=[],
            state=webmap.map_state({}, on=on, visible={}, language=self.language, bounds=place, apart=True),
            key=[],
            hidden_key=[],
            plots=[],
            figures=[],
            problems=[reason],
            failure=named(number, scene.title, reason),
        )

    def scene(self, scene: Scene, number: int) -> Shown:
        """A scene worked out; what can't be shown is left out and told in `problems`.

        Raises
        ------
        StoreError
            The store can't be read.
        """
        restored = from_query(scene.view)
        view, problems = restored.view, [_unread(part) for part in restored.broken]
        versions, missing = self._versions(scene)
        on = view.as_of or indicators.default_as_of(versions)
        frames, damaged = self._frames_of(versions)
        versions = {layer: versions[layer] for layer in frames}
        problems += [*missing, *(damaged[layer] for layer in damaged if layer in _asked_for(scene, view))]
        scope = self._scope(versions, frames, on, view)
        shown = sheet.shown_layers(scope.facets, view)
        visible = {layer.name: layer.opacity for layer in shown}
        plots, lost = _plots(scene, scope, damaged)
        settings = self.store.settings
        basemap = None
        if view.basemap:
            try:
                basemap = basemaps(settings).get(view.basemap)
            except BasemapError as error:
                problems.append(error.message)
        illustrative = [layer.name for layer in shown if versions[layer.name].illustrative]
        flows = _flows(view, scope)
        place = scene.bounds or _seen(view) or self._district(frames)
        state = webmap.map_state(
            versions,
            on=on,
            visible=visible,
            language=self.language,
            theme=view.theme or THEMES[0],
            rows=scope.kept,
            bounds=place,
            basemap=basemap,
            flows=flows,
            highlight=_selected(view, frames),
            apart=True,
        )
        return Shown(
            number=number,
            scene=scene,
            language=self.language,
            on=on,
            theme=view.theme or THEMES[0],
            bounds=place,
            versions=versions,
            layers=shown,
            state=state,
            key=_key(shown, view, scope, scene),
            hidden_key=sheet.key_of(_hidden(view, scope, visible), view),
            plots=list(plots.values()),
            figures=_figures(scene, scope),
            flows=flows,
            steps=_steps(scene, scope, shown, list(plots)),
            imprint=[
                _as_of(on, self.language),
                *sheet.sources_of(versions, shown, illustrative, self.language),
                review_mark(settings, self.language),
            ],
            illustrative=bool(illustrative),
            problems=[*problems, *lost],
            changed=newer_versions(scene, self.current),
        )

    def _versions(self, scene: Scene) -> tuple[dict[str, Version], list[Text]]:
        """The versions of a scene, and which of those it is pinned to are not there."""
        versions, problems = dict(self.current), []
        for layer, number in scene.versions.items():
            if layer in versions and versions[layer].number == number:
                continue
            try:
                versions[layer] = self.store.version(layer, number)
            except GeodataError:
                problems.append(
                    text(
                        "Version {number} of {layer} is not there; the current one is shown.",
                        number=number,
                        layer=LAYERS[layer].title,
                    )
                )
        return versions, problems

    def _frames_of(self, versions: Mapping[str, Version]) -> tuple[dict[str, GeoDataFrame], dict[str, Text]]:
        """The frames that can be read, and of the others why not; where none can be, the store is what fails."""
        frames: dict[str, GeoDataFrame] = {}
        damaged: dict[str, Text] = {}
        for layer, version in versions.items():
            try:
                frames[layer] = self._frame(version)
            except StoreError as error:
                if len(damaged) + 1 == len(versions):
                    raise
                _log.error("a version could not be read", layer=layer, number=version.number, exc_info=error)
                damaged[layer] = error.message
        return frames, damaged

    def _frame(self, version: Version) -> GeoDataFrame:
        key = (version.layer, version.number)
        if key not in self._frames:
            self._frames[key] = self.store.read_version(version)
        return self._frames[key]

    def _scope(
        self, versions: Mapping[str, Version], frames: Mapping[str, GeoDataFrame], on: date, view: ViewState
    ) -> Scope:
        names = _names(versions)
        if (*names, on) not in self._facets:
            self._facets[(*names, on)] = facets.facets_of(frames, on)
        if names not in self._ranges:
            self._ranges[names] = indicators.as_of_range(versions, frames)
        return Scope(
            versions,
            on,
            view.filters,
            self._facets[(*names, on)],
            language=self.language,
            units=view.units or AREA_UNITS[0],
            known_to=self._ranges[names][1].replace(day=1),
            numbers_of=self._numbers_at,
            is_fixed=True,
        )

    def _numbers_at(self, versions: Mapping[str, Version], on: date, part: str | None) -> dict[str, Indicator]:
        key = (*_names(versions), on, part)
        if key not in self._numbers:
            frames = {layer: self._frame(version) for layer, version in versions.items()}
            self._numbers[key] = indicators.indicators(frames, on, parts=part and [part])
        return self._numbers[key]

    def _district(self, frames: Mapping[str, GeoDataFrame]) -> Bounds:
        layer = "district" if "district" in frames else next(iter(frames), None)
        if layer is None or frames[layer].empty:
            return _FALLBACK
        west, south, east, north = (float(edge) for edge in frames[layer].total_bounds)
        return west, south, east, north


def newer_versions(scene: Scene, current: Mapping[str, Version]) -> list[str]:
    """The layers that have another current version than the one a scene is pinned to."""
    return [
        layer
        for layer, number in scene.versions.items()
        if layer in current and layer in MAP_LAYERS and current[layer].number != number
    ]


def pinned(scene: Scene, current: Mapping[str, Version]) -> Scene:
    """The scene, pinned to the versions that are current."""
    return replace(scene, versions={layer: version.number for layer, version in current.items()})


def review_mark(settings: Settings, language: Language) -> str:
    """审图号, or that the plan was not reviewed."""
    return settings.sheet_review_number.strip() or NOT_REVIEWED.in_(language)


def _names(versions: Mapping[str, Version]) -> tuple[tuple[str, int], ...]:
    return tuple((layer, versions[layer].number) for layer in sorted(versions))


def _unread(part: Text) -> Text:
    return text("This part of the scene can't be shown: {part}.", part=part)


def _key(shown: Sequence[DrawnLayer], view: ViewState, scope: Scope, scene: Scene) -> list[KeyGroup]:
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


def _hidden(view: ViewState, scope: Scope, visible: Collection[str]) -> list[DrawnLayer]:
    """The layers that a scene does not show, as they would be if they were switched on."""
    others = {layer: 1.0 for layer in MAP_LAYERS if layer not in visible}
    return sheet.shown_layers(scope.facets, replace(view, layers=others))


def _place(order: Sequence[str], name: str) -> int:
    """The place of a state's name in the order; a road's name begins with its state."""
    return next((place for place, known in enumerate(order) if name.startswith(known)), len(order))


def _asked_for(scene: Scene, view: ViewState) -> set[str]:
    """The layers that a scene shows, or works charts and figures out from."""
    at_first = [layer.name for layer in MAP_LAYERS.values() if layer.visible]
    charts = [sections.PARTS[name] for name in scene.charts if name in sections.PARTS]
    return set(at_first if view.layers is None else view.layers).union(scene.figures, *(part.layers for part in charts))


def _as_of(on: date, language: Language) -> str:
    return text("As of {day}", day=formats.day(on, language)).in_(language)


def _plots(scene: Scene, scope: Scope, damaged: Collection[str] = ()) -> tuple[dict[str, Plot], list[Text]]:
    """The charts of a scene by their names, and what can't be shown."""
    plots, problems = {}, []
    for name in scene.charts:
        part = sections.PARTS.get(name)
        if part is None:
            problems.append(text("There is no chart “{name}”.", name=name))
        elif scope.has(*part.layers):
            try:
                chart = part.build(scope)
                if chart.figure.data:  # a list may have nothing on it
                    plots[name] = plot_of(chart)
            except Exception as error:  # noqa: BLE001  the rest of the scene is shown
                _log.error("a chart could not be made", scene=scene.title, chart=name, exc_info=error)
                problems.append(text("The chart “{name}”: {problem}", name=name, problem=reason_of(error)))
        else:
            lacking = next(layer for layer in part.layers if not scope.has(layer))
            if lacking not in damaged:
                problems.append(
                    text("A chart needs the layer {layer}, which is not published.", layer=LAYERS[lacking].title)
                )
    return plots, problems


def _figures(scene: Scene, scope: Scope) -> list[Figure]:
    reader = Reader(scope.language, scope.units)
    figures = []
    for layer in scene.figures:
        headline = HEADLINES.get(layer)
        if headline is not None and scope.has(layer):
            numbers = scope.numbers(headline.part)
            below = headline.below(numbers, reader).in_(scope.language)
            figures.append(Figure(headline.label.in_(scope.language), headline.value(numbers, reader), below))
    return figures


def _flows(view: ViewState, scope: Scope) -> list[Flow]:
    if view.flows is None or not scope.has("relocation_zones"):
        return []
    frame = scope.facets.frames["relocation_zones"]
    states = scope.facets.states("relocation_zones", scope.on)
    by_key = dict(zip(frame[LAYERS["relocation_zones"].key].astype("str"), states, strict=True))
    return relocation_flows(scope.facets.frames, by_key, scope.kept.get("relocation_zones"))


def _steps(scene: Scene, scope: Scope, visible: Sequence[DrawnLayer], charts: Sequence[str]) -> list[Step]:
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
    told = [_plots(replace(scene, charts=tuple(charts)), scope.at(day))[0] for day in days]
    moves = [moving([plots.get(name) for plots in told], days) for name in charts]
    return [
        Step(
            day,
            formats.month(day, scope.language),
            _figures(scene, scope.at(day)),
            plots,
            _as_of(day, scope.language),
        )
        for day, *plots in zip(days, *moves, strict=True)
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


def _seen(view: ViewState) -> Bounds | None:
    """The ground that an ordinary screen shows at the view's centre and zoom, degrees."""
    if view.centre is None or view.zoom is None:
        return None
    lon, lat = view.centre
    across = _DEGREES_PER_PX_AT_ZOOM_0 / 2**view.zoom * _FRAME_PX[0] / 2
    up = _DEGREES_PER_PX_AT_ZOOM_0 / 2**view.zoom * math.cos(math.radians(lat)) * _FRAME_PX[1] / 2
    return lon - across, lat - up, lon + across, lat + up


def _selected(view: ViewState, frames: Mapping[str, GeoDataFrame]) -> tuple[str, int] | None:
    """Layer and row number of the feature that the view selects."""
    if view.selected is None or view.selected[0] not in frames:
        return None
    layer, key = view.selected
    rows = (frames[layer][LAYERS[layer].key].astype("str") == key).to_numpy().nonzero()[0]
    return (layer, int(rows[0])) if len(rows) else None


def compose(
    store: Store, story: Story, language: Language, on_scene: Callable[[int], None] | None = None
) -> ShownStory:
    """A story worked out; `on_scene` hears the number of each scene that is begun. A scene that fails is named.

    Raises
    ------
    StoreError
        The store can't be read.
    """
    composer = Composer(store, language)
    shown = []
    for number, scene in enumerate(story.scenes, 1):
        if on_scene:
            on_scene(number)
        shown.append(composer.scene_or_failure(scene, number))
    return composer.of(story, shown)
