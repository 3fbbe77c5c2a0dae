"""What is looked at: which versions, at which day, which features the filters leave, and who reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd
from geopandas import GeoDataFrame

from geodata import indicators
from geodata.catalogue import Version
from geodata.facets import Facets
from geodata.filters import Filters, Flags, Key, OneOf, without
from geodata.i18n import Language, Text, label
from geodata.indicators import Indicator
from geodata.measures import subset
from geodata.places import PLACES
from geodata.schema import LAYERS
from layers import formats
from layers.charts.base import AreaIn, Look
from layers.view import AreaUnit

Versions = Mapping[str, Version]
NumbersOf = Callable[[Versions, date, str | None], dict[str, Indicator]]
"""Every indicator of whole versions at a day, or those of one part alone."""
_M2_PER_HA = 10_000


@dataclass(frozen=True)
class Scope:
    """The published layers at a day, as far as the filters leave them."""

    versions: Versions
    on: date
    filters: Filters
    facets: Facets
    """The facets at the as-of date: what is filtered out is the same at every day that is compared."""
    language: Language
    units: AreaUnit
    known_to: date
    """The last month of which anything is known, by its first day: series by month end there."""
    numbers_of: NumbersOf
    is_fixed: bool = False
    """Whether charts show what the filters leave and nothing else; else what could be chosen beside it, too."""

    def at(self, day: date) -> Scope:
        """The same features at another day."""
        return replace(self, on=day)

    def has(self, *layers: str) -> bool:
        """Whether these layers are published."""
        return all(layer in self.versions for layer in layers)

    def frame(self, layer: str, *free: Key) -> GeoDataFrame:
        """The features of a layer that the filters leave, those on the facets of `free` aside."""
        flags = self.flags(layer, *free)
        whole = self.facets.frames[layer]
        return whole if flags is None else subset(whole, flags)

    def flags(self, layer: str, *free: Key) -> Flags | None:
        """Which rows of a layer the filters leave; None where none speaks of it."""
        chosen = self.filters if self.is_fixed else without(self.filters, *free)
        only = replace(self.facets, frames={layer: self.facets.frames[layer], **self._areas})
        return only.kept(chosen).get(layer) if chosen else None

    @cached_property
    def kept(self) -> dict[str, Flags]:
        """Layer → which of its rows the filters leave; only layers that a filter speaks of."""
        return self.facets.kept(self.filters) if self.filters else {}

    @cached_property
    def frames(self) -> dict[str, GeoDataFrame]:
        """Layer → the features that the filters leave."""
        frames = self.facets.frames
        return {
            layer: subset(frame, self.kept[layer]) if layer in self.kept else frame for layer, frame in frames.items()
        }

    def facet(self, layer: str, field: str, *free: Key) -> pd.Series[str]:
        """The values of a facet for the rows of `frame(layer, *free)`, named as the facet."""
        values = self.facets.values(layer, field)
        if values is None:
            values = pd.Series("", index=self.facets.frames[layer].index)
        flags = self.flags(layer, *free)
        return (values if flags is None else values[flags]).rename("place" if field in PLACES else field)

    def numbers(self, part: str | None = None) -> dict[str, Indicator]:
        """The indicators of what the filters leave."""
        if not self.kept:
            return self.numbers_of(self.versions, self.on, part)
        return indicators.indicators(self.frames, self.on, parts=part and [part])

    def places(self, place: str) -> dict[str, Text]:
        """The places of a kind by key, with their names; none where their layer is not published."""
        layer = PLACES[place]
        if not self.has(layer):
            return {}
        areas = self.facets.frames[layer]
        keys = areas[LAYERS[layer].key]
        return {str(key): label(str(name), str(name)) for key, name in zip(keys, areas["name"], strict=True)}

    @property
    def look(self) -> Look:
        """How figures are to look: the reader's language and unit, and what is chosen."""
        chosen = {key: held.values for key, held in self.filters.items() if isinstance(held, OneOf)}
        return Look(self.language, self.area_in, chosen)

    @property
    def _areas(self) -> Mapping[str, GeoDataFrame]:
        return {layer: self.facets.frames[layer] for layer in PLACES.values() if layer in self.facets.frames}

    @property
    def area_in(self) -> AreaIn:
        """The reader's unit of area."""
        return AreaIn(formats.UNIT_NAMES[self.units], _M2_PER_HA / formats.M2_PER_UNIT[self.units])
