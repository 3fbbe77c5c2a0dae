"""Facets: the fields that features are counted, coloured and filtered by, and what their values are called.

Beside the codes of the schema these are what is worked out: a feature's state at a date, its state at an earlier one,
the first two digits of its land use, and the water zone, corridor or park that it lies in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from geopandas import GeoDataFrame

from geodata import filters, status
from geodata.filters import PLACE, Between, Condition, Filters, Flags, InRange, Inside, Key, Near, OneOf
from geodata.i18n import Text, label, text
from geodata.measures import subset
from geodata.places import PLACES, places_of
from geodata.schema import LAND_USES, LAYERS, Kind

PlacesOf = Callable[[str, str], "pd.Series[str]"]
"""(layer, place) → key of the place that each feature belongs to, "" for none."""
StatesAt = Callable[[str, date], "pd.Series[str]"]
"""(layer, day) → the state of each feature at the day."""

_STATE_TITLES = {
    "parcels": label("状态", "Status"),
    "projects": label("阶段", "Stage"),
}
_STATE = label("进度", "Progress")
_BEFORE = label("此前状态", "Earlier status")
_USE = label("用地性质", "Land use")
_AREA = label("量算面积（公顷）", "Measured area (ha)")
_SHAPE = label("地图画框", "Drawn on the map")
_NONE = label("无", "none")
_PLACE_TITLES = {
    "zone": label("水系片区", "Water zone"),
    "corridor": label("生态水廊", "Corridor"),
    "park": label("园区", "Park"),
}


@dataclass(frozen=True)
class Facets:
    """The facets of a set of frames at a date; `before` is the date of comparison."""

    frames: Mapping[str, GeoDataFrame]
    on: date
    places: PlacesOf
    states: StatesAt
    before: date | None = None

    def values(self, layer: str, field: str) -> pd.Series[str] | None:
        """The value of each row as text, "" for none; None where the layer has no such facet."""
        frame = self.frames[layer]
        if field in PLACES:
            return self.places(layer, field) if PLACES[field] in self.frames and PLACES[field] != layer else None
        if field == "state":
            return self.states(layer, self.on)
        if field == "before":
            return None if self.before is None else self.states(layer, self.before)
        if field == "use":
            if "land_use" not in frame:
                return None
            uses: pd.Series[str] = frame["land_use"].str[:2].fillna("").astype("str")
            return uses
        if field == "key":
            field = LAYERS[layer].key
        if field not in frame or field == "geometry":
            return None
        texts: pd.Series[str] = frame[field].astype("str").where(frame[field].notna(), "")
        return texts

    def kept(self, chosen: Filters) -> dict[str, Flags]:
        """Which rows of each layer the filters leave; a layer that no condition speaks of is not named."""
        return filters.kept_rows(chosen, self.frames, self.values)

    def filtered(self, chosen: Filters) -> dict[str, GeoDataFrame]:
        """The frames with the rows that the filters leave."""
        kept = self.kept(chosen)
        return {layer: subset(frame, kept[layer]) if layer in kept else frame for layer, frame in self.frames.items()}

    def name_of(self, key: Key, value: str) -> Text:
        """What a value of a facet is called."""
        subject, field = key
        if value == "":
            return _NONE
        if field in PLACES:
            areas = self.frames[PLACES[field]]
            found = areas.loc[areas[LAYERS[PLACES[field]].key] == value, "name"]
            return _as_it_is(str(found.iloc[0]) if len(found) else value)
        if field in ("state", "before"):
            return status.STATE_LABELS[subject].get(value, _as_it_is(value))
        if field == "use":
            return LAND_USES.get(value, _as_it_is(value))
        codes = LAYERS[subject].field(field).codes if field != "key" else {}
        return codes.get(value, _as_it_is(value))


def knows(key: Key, condition: Condition) -> bool:
    """Whether there is such a facet, and whether a condition of this kind can be set on it."""
    subject, field = key
    if subject == PLACE:
        if isinstance(condition, Inside | Near):
            return field == filters.SHAPE
        return field in PLACES and isinstance(condition, OneOf)
    if subject not in LAYERS or isinstance(condition, Inside | Near):
        return False
    fields = {each.name: each for each in LAYERS[subject].fields}
    is_date = field in fields and fields[field].kind is Kind.DATE
    if isinstance(condition, Between):
        return is_date
    if isinstance(condition, InRange):
        is_number = field in fields and fields[field].kind in (Kind.NUMBER, Kind.INTEGER)
        return is_number or (field == filters.AREA and LAYERS[subject].geometry == "Polygon")
    worked_out = {"state", "key"} | ({"use", "before"} if subject == "parcels" else set())
    return field in worked_out or (field in fields and not is_date)


def title_of(key: Key) -> Text:
    """What a facet is called, with its layer where it has one."""
    subject, field = key
    if subject == PLACE:
        return _SHAPE if field == filters.SHAPE else _PLACE_TITLES[field]
    return text("{layer} · {field}", layer=LAYERS[subject].title, field=field_title(subject, field))


def field_title(layer: str, field: str) -> Text:
    """What a facet of a layer is called."""
    schema = LAYERS[layer]
    name = {
        "state": _STATE_TITLES.get(layer, _STATE),
        "before": _BEFORE,
        "use": _USE,
        "key": schema.fields[0].label,
        filters.AREA: _AREA,
    }.get(field)
    return name or schema.field(field).label


def facets_of(frames: Mapping[str, GeoDataFrame], on: date, before: date | None = None) -> Facets:
    """The facets of frames, each worked out anew when it is asked for."""

    def places(layer: str, place: str) -> pd.Series[str]:
        return places_of(layer, frames[layer], place, frames[PLACES[place]])

    def states(layer: str, day: date) -> pd.Series[str]:
        return status.state_at(layer, frames[layer], day)

    return Facets(frames, on, places, states, before)


def _as_it_is(words: str) -> Text:
    return label(words, words)
