"""The state of a view: one value that is a page's URL, and later a saved scene and the input of exports (DESIGN §8).

The query's parts:

============  =============================  ====================================================
part          example                        meaning
============  =============================  ====================================================
``v``         ``1``                          version of this format
``language``  ``zh``                         language
``units``     ``mu``                         unit of area: `ha`, `mu` (亩) or `km2`
``as_of``     ``2020-12-31``                 as-of date
``theme``     ``land_use``                   what parcels are coloured by
``layers``    ``district.roads.parcels-60``  visible layers; the opacity in per cent where it is not 100
``selected``  ``parcels.P-0123``             selected feature: layer and key
``compare``   ``2018-12-31``                 date to compare the as-of date with
``versus``    ``parcels.3``                  what the map is compared with: a date, a theme, or a version of a layer
``layout``    ``side``                       how the map is compared: `swipe` or `side` by side
``basemap``   ``osm``                        basemap under the plan
``flows``     ``relocation``                 lines from where firms leave to the parks that receive them
``rule``      ``bridges``                    rule of the checks page, or a question: `parcels.near50.waterways`
``section``   ``land``                       section of the dashboard
``story``     ``0123456789abcdef``           story of the page Present; the ready one without it
``f.…``       ``f.parcels.state=idle``       a filter (`geodata.filters.to_query`), as many as there are
``centre``    ``116.66000_35.40000``         centre, degrees: longitude and latitude
``zoom``      ``13``                         zoom
============  =============================  ====================================================

The map's own script writes `centre` and `zoom`; everything else is written by the page. Separators are characters
that a URL leaves as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias, get_args

from geodata import facets, filters
from geodata.analysis import RULES, read_question
from geodata.filters import NO_FILTERS, Condition, Filters, Key
from geodata.i18n import LANGUAGES, Language, Text, text
from geodata.programme import Section
from geodata.schema import LAYERS
from layers.basemaps import is_id

AreaUnit = Literal["ha", "mu", "km2"]
AREA_UNITS: tuple[AreaUnit, ...] = get_args(AreaUnit)
Theme = Literal["status", "land_use"]
THEMES: tuple[Theme, ...] = get_args(Theme)
Versus: TypeAlias = "date | Theme | tuple[str, int]"
"""Another day, another colouring of parcels, or another version: layer and number."""
Layout = Literal["swipe", "side"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
Flows = Literal["relocation"]
FLOWS: tuple[Flows, ...] = get_args(Flows)

SECTIONS: tuple[Section, ...] = get_args(Section)

FORMAT = "1"
PLACE_PARTS = ("centre", "zoom")
"""The parts of the query that the map's script writes."""

_LONGEST_KEY = 200


@dataclass(frozen=True)
class ViewState:
    """What is looked at, and how. None leaves a part to the page's own default."""

    language: Language | None = None
    units: AreaUnit | None = None
    as_of: date | None = None
    theme: Theme | None = None
    layers: Mapping[str, float] | None = None
    """Visible layer → its opacity, 0–1."""
    selected: tuple[str, str] | None = None
    """Layer and key of the selected feature."""
    compare: date | None = None
    """The date that the as-of date is compared with."""
    versus: Versus | None = None
    """What the map is compared with."""
    layout: Layout | None = None
    basemap: str | None = None
    """The id of a basemap; the page knows which there are."""
    flows: Flows | None = None
    """What lines from place to place are drawn of."""
    rule: str | None = None
    """A rule of the checks page, or a question (`geodata.analysis.Question.to_text`)."""
    section: Section | None = None
    story: str | None = None
    """The id of a story; the page knows which there are."""
    filters: Filters = field(default_factory=dict)
    centre: tuple[float, float] | None = None
    """(lon, lat)."""
    zoom: float | None = None

    def to_query(self) -> dict[str, str]:
        """The query that `from_query` restores this from; parts that are None are left out."""
        parts: dict[str, str | None] = {
            "v": FORMAT,
            "language": self.language,
            "units": self.units,
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "theme": self.theme,
            "layers": None if self.layers is None else ".".join(_layer_part(*item) for item in self.layers.items()),
            "selected": None if self.selected is None else ".".join(self.selected),
            "compare": None if self.compare is None else self.compare.isoformat(),
            "versus": None if self.versus is None else _versus_part(self.versus),
            "layout": self.layout,
            "basemap": self.basemap,
            "flows": self.flows,
            "rule": self.rule,
            "section": self.section,
            "story": self.story,
            "centre": None if self.centre is None else f"{self.centre[0]:.5f}_{self.centre[1]:.5f}",
            "zoom": None if self.zoom is None else f"{self.zoom:g}",
        }
        return {name: value for name, value in parts.items() if value is not None} | filters.to_query(self.filters)


@dataclass(frozen=True)
class Restored:
    """A view read from a query, and what of the query could not be understood."""

    view: ViewState
    broken: tuple[Text, ...] = ()


def from_query(query: Mapping[str, str]) -> Restored:
    """The view that a query describes. Never raises: parts that are unknown or broken are left out and named."""
    values: dict[str, Any] = {}
    broken: list[Text] = []
    chosen: Filters = NO_FILTERS
    for name, value in query.items():
        if name.startswith(filters.PREFIX):
            try:
                key, condition = _filter(name, value)
            except (ValueError, KeyError, OverflowError):
                broken.append(text("a filter"))
            else:
                chosen = filters.with_condition(chosen, key, condition)
            continue
        part = _PARTS.get(name)
        if part is None:
            broken.append(text("an unknown part"))
            continue
        try:
            values[part.attribute] = part.read(value)
        except (ValueError, KeyError, OverflowError):
            broken.append(part.title)
    values.pop("", None)
    return Restored(ViewState(**values, filters=chosen), tuple({part.source: part for part in broken}.values()))


@dataclass(frozen=True)
class _Part:
    attribute: str
    title: Text
    read: Callable[[str], Any]


def _filter(name: str, value: str) -> tuple[Key, Condition]:
    key, condition = filters.from_query(name, value)
    if not facets.knows(key, condition):
        raise KeyError(name)
    return key, condition


def _layer_part(layer: str, opacity: float) -> str:
    percent = round(opacity * 100)
    return layer if percent == 100 else f"{layer}-{percent}"


def _versus_part(versus: Versus) -> str:
    match versus:
        case date():
            return versus.isoformat()
        case (layer, number):
            return f"{layer}.{number}"
        case _:
            return str(versus)


def _versus(value: str) -> Versus:
    if value in THEMES:
        return value
    layer, dot, number = value.partition(".")
    if not dot:
        return _day(value)
    if layer not in LAYERS or not number.isdecimal() or not number.isascii():
        raise ValueError(value)
    return layer, int(number[:9])


def _basemap(value: str) -> str:
    if not is_id(value):
        raise ValueError(value)
    return value


def _rule(value: str) -> str:
    return value if value in RULES else read_question(value).to_text()


def _story(value: str) -> str:
    if not re.fullmatch("[0-9a-f]{16}", value):
        raise ValueError(value)
    return value


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in choices:
            raise ValueError(value)
        return value

    return read


def _day(value: str) -> date:
    day = date.fromisoformat(value)
    if not 1900 < day.year < 2200:
        raise ValueError(value)
    return day


def _layers(value: str) -> dict[str, float]:
    visible: dict[str, float] = {}
    for part in filter(None, value.split(".")):
        layer, _, percent = part.partition("-")
        if layer not in LAYERS:
            raise KeyError(layer)
        visible[layer] = _within(float(percent or 100), 0, 100) / 100
    return visible


def _selected(value: str) -> tuple[str, str]:
    layer, _, key = value.partition(".")
    if layer not in LAYERS or not 0 < len(key) <= _LONGEST_KEY:
        raise KeyError(layer)
    return layer, key


def _centre(value: str) -> tuple[float, float]:
    lon, lat = (float(number) for number in value.split("_"))
    return _within(lon, -180, 180), _within(lat, -85, 85)


def _within(number: float, low: float, high: float) -> float:
    if not low <= number <= high:  # false for NaN as well
        raise ValueError(number)
    return number


_PARTS = {
    "v": _Part("", text("the version of the link"), _one_of((FORMAT,))),
    "language": _Part("language", text("the language"), _one_of(LANGUAGES)),
    "units": _Part("units", text("the unit of area"), _one_of(AREA_UNITS)),
    "as_of": _Part("as_of", text("the as-of date"), _day),
    "theme": _Part("theme", text("the colouring of parcels"), _one_of(THEMES)),
    "layers": _Part("layers", text("the visible layers"), _layers),
    "selected": _Part("selected", text("the selected feature"), _selected),
    "compare": _Part("compare", text("the date to compare with"), _day),
    "versus": _Part("versus", text("what the map is compared with"), _versus),
    "layout": _Part("layout", text("how the map is compared"), _one_of(LAYOUTS)),
    "basemap": _Part("basemap", text("the basemap"), _basemap),
    "flows": _Part("flows", text("the lines from place to place"), _one_of(FLOWS)),
    "rule": _Part("rule", text("the check"), _rule),
    "section": _Part("section", text("the section of the dashboard"), _one_of(SECTIONS)),
    "story": _Part("story", text("the story"), _story),
    "centre": _Part("centre", text("the centre of the map"), _centre),
    "zoom": _Part("zoom", text("the zoom of the map"), lambda value: _within(float(value), 0, 24)),
}
