"""Reading the store for pages: what is current, layers as frames, numbers at a date; each read or computed once.

Frames are shared between sessions and are never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import pandas as pd
import streamlit as st
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from geodata import entries, indicators, status
from geodata.catalogue import Version
from geodata.facets import Facets
from geodata.indicators import Indicator, Reported, Target
from geodata.places import PLACES, places_of
from geodata.schema import schema_of
from geodata.settings import Settings
from geodata.store import Store

Versions = Mapping[str, Version]

_PLACE, _CURRENT, _TARGETS, _REPORTED = "_store_place", "_current_versions", "_targets", "_reported"


@lru_cache(maxsize=4)
def _open(settings: Settings) -> Store:
    return Store.open(settings)


def store() -> Store:
    """The store that the settings name, opened once per process.

    Raises
    ------
    StoreError
        It can't be opened; the next call tries again.
    """
    return _open(Settings())


def current() -> Versions:
    """The current version of each layer, the same throughout one run of the page."""
    versions: Versions = st.session_state[_CURRENT]
    return versions


def take_current() -> Versions:
    """Read what is current, for this run of the page.

    Raises
    ------
    StoreError
        The store can't be read.
    """
    settings = Settings()  # reading the environment takes a millisecond: once for each run
    place = f"{settings.data_dir}|{settings.database_url}"
    st.session_state.update({_PLACE: place, _CURRENT: {}, _TARGETS: [], _REPORTED: []})
    st.session_state[_CURRENT] = store().current()
    st.session_state[_TARGETS] = entries.read_targets(store())
    st.session_state[_REPORTED] = entries.read_reported(store())
    return current()


def frame(version: Version) -> GeoDataFrame:
    """The clean frame of a version."""
    return _frame(_name(version), version)


def frames(versions: Versions) -> dict[str, GeoDataFrame]:
    """The clean frame of each version, by layer."""
    return {layer: frame(version) for layer, version in versions.items()}


def row_of(version: Version, key: str) -> int | None:
    """Row number of the feature with this key, None where the version has none."""
    return _rows(_name(version), version).get(key)


def states(version: Version, on: date) -> pd.Series:
    """The state of each row of a version at a date."""
    return _states(_name(version), on, version)


def facets(versions: Versions, on: date, before: date | None = None) -> Facets:
    """What the features of versions are counted and filtered by at a date."""
    return Facets(
        frames(versions),
        on,
        lambda layer, place: _places(
            (_name(versions[layer]), _name(versions[PLACES[place]])), place, versions[layer], versions[PLACES[place]]
        ),
        lambda layer, day: states(versions[layer], day),
        before,
    )


def numbers(versions: Versions, on: date, part: str | None = None) -> dict[str, Indicator]:
    """Every indicator at a date, by id; those of one part alone, as `land` or `greening`, where it is named."""
    return _numbers(names(versions), on, part, versions)


def targets() -> list[Target]:
    """The targets as they stand, for this run of the page."""
    return list(st.session_state[_TARGETS])


def reported() -> list[Reported]:
    """The values reported as they stand, for this run of the page."""
    return list(st.session_state[_REPORTED])


def numbers_with(
    versions: Versions, layer: str, frame: GeoDataFrame, on: date, *, name: tuple[object, ...]
) -> dict[str, Indicator]:
    """Every indicator at a date as it would be with another frame of one layer; `name` tells that frame from others."""
    return _numbers_with((names(versions), layer, name), on, versions, frame)


def district() -> BaseGeometry | None:
    """The published district, EPSG:4490; None without one."""
    version = current().get("district")
    return None if version is None else _outline(_name(version), version)


def default_as_of(versions: Versions) -> date:
    """The latest data date."""
    return indicators.default_as_of(versions)


def as_of_range(versions: Versions) -> tuple[date, date]:
    """First day of the first and of the last month that the as-of slider offers."""
    first, last = _range(names(versions), versions)
    return first.replace(day=1), last.replace(day=1)


def bounds(versions: Versions) -> tuple[float, float, float, float] | None:
    """(west, south, east, north) of the district, else of the first layer there is, degrees."""
    layer = "district" if "district" in versions else next(iter(versions), None)
    if layer is None:
        return None
    west, south, east, north = (float(edge) for edge in frame(versions[layer]).total_bounds)
    return west, south, east, north


def illustrative_layers(versions: Versions) -> list[str]:
    """The layers whose current version is illustrative."""
    return [layer for layer, version in versions.items() if version.illustrative]


def names(versions: Versions) -> tuple[tuple[str, str, int, str], ...]:
    """What tells one set of versions from another, across stores too."""
    return tuple(_name(versions[layer]) for layer in sorted(versions))


def _name(version: Version) -> tuple[str, str, int, str]:
    return st.session_state[_PLACE], version.layer, version.number, version.content_hash


# The cached functions below are told apart by a name that is hashed; the versions themselves, `_version`, are not.


@st.cache_resource(show_spinner=False, max_entries=32)
def _frame(name: tuple[str, str, int, str], _version: Version) -> GeoDataFrame:  # noqa: ARG001
    return store().read_version(_version)


@st.cache_resource(show_spinner=False, max_entries=32)
def _rows(name: tuple[str, str, int, str], _version: Version) -> dict[str, int]:  # noqa: ARG001
    keys = frame(_version)[schema_of(_version.layer).key]
    return {str(key): row for row, key in enumerate(keys)}


@st.cache_resource(show_spinner=False, max_entries=400)
def _states(name: tuple[str, str, int, str], on: date, _version: Version) -> pd.Series:  # noqa: ARG001
    return status.state_at(_version.layer, frame(_version), on)


@st.cache_resource(show_spinner=False, max_entries=64)
def _places(
    names: tuple[tuple[str, str, int, str], ...],  # noqa: ARG001
    place: str,
    _version: Version,
    _areas: Version,
) -> pd.Series:
    return places_of(_version.layer, frame(_version), place, frame(_areas))


@st.cache_resource(show_spinner=False, max_entries=1000)
def _numbers(
    names: tuple[tuple[str, str, int, str], ...],  # noqa: ARG001
    on: date,
    part: str | None,
    _versions: Versions,
) -> dict[str, Indicator]:
    return indicators.indicators(frames(_versions), on, parts=part and [part])


@st.cache_resource(show_spinner=False, max_entries=20)
def _numbers_with(
    name: tuple[object, ...], on: date, _versions: Versions, _frame: GeoDataFrame
) -> dict[str, Indicator]:
    layer = str(name[1])
    others = {other: version for other, version in _versions.items() if other != layer}
    return indicators.indicators({**frames(others), layer: _frame}, on)


@st.cache_resource(show_spinner=False, max_entries=4)
def _outline(name: tuple[str, str, int, str], _version: Version) -> BaseGeometry:  # noqa: ARG001
    return frame(_version).geometry.union_all()


@st.cache_resource(show_spinner=False, max_entries=8)
def _range(names: tuple[tuple[str, str, int, str], ...], _versions: Versions) -> tuple[date, date]:  # noqa: ARG001
    return indicators.as_of_range(_versions, frames(_versions))
