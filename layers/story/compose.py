"""From a story to what each of its scenes shows, over the published versions."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import structlog
from geopandas import GeoDataFrame

from geodata import facets, indicators
from geodata.catalogue import Version
from geodata.errors import GeodataError, StoreError
from geodata.facets import Facets
from geodata.i18n import Language, Text, text
from geodata.indicators import Indicator
from geodata.schema import LAYERS
from geodata.settings import Settings
from geodata.store import Store
from geodata.stories import Scene, Story
from layers import sheet, webmap
from layers.basemaps import BasemapError, basemaps
from layers.catalogue import MAP_LAYERS
from layers.scope import Scope
from layers.sheet.features import DrawnLayer
from layers.sheet.furniture import NOT_REVIEWED
from layers.story import content, play
from layers.story.shown import Bounds, Shown, ShownStory, named, reason_of
from layers.view import AREA_UNITS, THEMES, ViewState, from_query

_FRAME_PX = (1200, 720)
"""The map's frame on an ordinary screen: a view says where its middle is and how near, not how large it is."""
_DEGREES_PER_PX_AT_ZOOM_0 = 360 / 256
_FALLBACK: Bounds = (116.61, 35.36, 116.71, 35.44)
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
            filters="",
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
        problems += [*missing, *(damaged[layer] for layer in damaged if layer in content.layers_of(scene, view))]
        scope = self._scope(versions, frames, on, view)
        shown = sheet.shown_layers(scope.facets, view)
        visible = {layer.name: layer.opacity for layer in shown}
        plots, lost = content.plots(scene, scope, damaged)
        settings = self.store.settings
        basemap = None
        if view.basemap:
            try:
                basemap = basemaps(settings).get(view.basemap)
            except BasemapError as error:
                problems.append(error.message)
        illustrative = [layer.name for layer in shown if versions[layer.name].illustrative]
        filtered = content.filters(view, scope, visible)
        flows = content.flows(view, scope)
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
            key=play.key_of(shown, view, scope, scene),
            hidden_key=sheet.key_of(_hidden(view, scope, visible), view),
            plots=list(plots.values()),
            filters=filtered,
            figures=content.figures(scene, scope),
            flows=flows,
            steps=play.steps(scene, scope, shown, plots),
            imprint=[
                content.as_of(on, self.language),
                *([filtered] if filtered else []),
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


def _hidden(view: ViewState, scope: Scope, visible: Collection[str]) -> list[DrawnLayer]:
    """The layers that a scene does not show, as they would be if they were switched on."""
    others = {layer: 1.0 for layer in MAP_LAYERS if layer not in visible}
    return sheet.shown_layers(scope.facets, replace(view, layers=others))


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
