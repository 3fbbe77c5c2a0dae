"""Filters: conditions on what a layer's features say of themselves and on where they lie; all of them have to hold.

A condition is on a field of one layer, and then leaves other layers alone, or on a place (`PLACE`), and then holds for
the features of every layer. There is at most one condition on each field. Nothing here knows where values come from:
whoever asks gives a function that tells the value of each feature (`geodata.facets.Facets`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from typing import Any, TypeAlias
from urllib.parse import unquote

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pyproj import Transformer

from geodata.measures import area_ha
from geodata.schema import DRAWING_CRS, STORE_CRS

PLACE = "place"
"""The subject of a condition that holds for every layer but those of `GROUND`."""
GROUND = frozenset({"district", "water_zones", "corridors", "parks"})
"""The layers that are the ground on which others lie: a condition on a place leaves them as they are."""
SHAPE = "shape"
"""The field of a condition on lying in a shape drawn on the map."""

AREA = "area_ha"
"""The field of a condition on a polygon's measured area, in hectares."""

Path: TypeAlias = "tuple[tuple[float, float], ...]"
"""(lon, lat) of each corner of a line."""
Ring: TypeAlias = "tuple[tuple[float, float], ...]"
"""(lon, lat) of each corner; closed by itself."""
Key: TypeAlias = "tuple[str, str]"
"""Layer, or `PLACE`, and field."""
Flags: TypeAlias = "NDArray[np.bool_]"

FARTHEST_M = 10_000.0
"""The longest distance that a condition on a line may speak of."""

_MOST_CORNERS, _MOST_VALUES = 200, 2000


@dataclass(frozen=True)
class OneOf:
    """The value is one of these; "" stands for having none."""

    values: frozenset[str]


@dataclass(frozen=True)
class Between:
    """The day is in this range, both ends included; no day is in no range."""

    first: date
    last: date


@dataclass(frozen=True)
class Inside:
    """The feature lies in the shape: its representative point does, or any part of it where it is a line."""

    ring: Ring


@dataclass(frozen=True)
class InRange:
    """The number is in this range, both ends included, None for no end; no number is in no range."""

    low: float | None
    high: float | None


@dataclass(frozen=True)
class Near:
    """Some part of the feature is this near to a line drawn on the map."""

    path: Path
    within_m: float


Condition = OneOf | Between | InRange | Inside | Near
Filters = Mapping[Key, Condition]
"""The conditions in the order in which they were set."""
NO_FILTERS: Filters = {}

ValuesOf = Callable[[str, str], "pd.Series[str] | None"]
"""(layer, field) → the value of each row of the layer as text, "" for none; None where the layer has no such field."""


def toggled(filters: Filters, key: Key, value: str) -> Filters:
    """The filters with one value more in a condition on a field, or one less; a condition without values goes."""
    present = filters.get(key)
    values = present.values if isinstance(present, OneOf) else frozenset[str]()
    return with_condition(filters, key, OneOf(values ^ {value}))


def with_condition(filters: Filters, key: Key, condition: Condition | None) -> Filters:
    """The filters with this condition on a field instead of what there was; without one for None or no values."""
    others = {name: held for name, held in filters.items() if name != key}
    if condition is None or (isinstance(condition, OneOf) and not condition.values):
        return others
    return {**others, key: condition}


def without(filters: Filters, *keys: Key) -> Filters:
    """The filters without the conditions on these fields."""
    return {key: condition for key, condition in filters.items() if key not in keys}


def kept_rows(filters: Filters, frames: Mapping[str, GeoDataFrame], values_of: ValuesOf) -> dict[str, Flags]:
    """Which rows of each layer the filters leave; a layer that no condition speaks of is not named.

    Parameters
    ----------
    frames : layer → clean frame
    """
    kept: dict[str, Flags] = {}
    for layer, frame in frames.items():
        held = [
            flags
            for (subject, field), condition in filters.items()
            if (subject == layer or (subject == PLACE and layer not in GROUND))
            and (flags := _holds(condition, layer, field, frame, values_of)) is not None
        ]
        if held:
            kept[layer] = reduce(np.logical_and, held)
    return kept


def _holds(condition: Condition, layer: str, field: str, frame: GeoDataFrame, values_of: ValuesOf) -> Flags | None:
    """Which rows a condition holds for; None where it does not speak of the layer."""
    if isinstance(condition, Inside):
        return _lies_inside(condition.ring, frame)
    if isinstance(condition, Near):
        return np.asarray(shapely.intersects(_around(condition), frame.geometry.to_numpy()), dtype=bool)
    if isinstance(condition, InRange):
        return (
            _is_in_range(condition, area_ha(frame) if field == AREA else frame[field])
            if field in (*frame, AREA)
            else None
        )
    if isinstance(condition, Between):
        if field not in frame:
            return None
        days = pd.to_datetime(frame[field])
        in_range = (days >= pd.Timestamp(condition.first)) & (days <= pd.Timestamp(condition.last))
        return np.asarray(in_range, dtype=bool)
    values = values_of(layer, field)
    return None if values is None else np.asarray(values.isin(condition.values), dtype=bool)


def _lies_inside(ring: Ring, frame: GeoDataFrame) -> Flags:
    area = shapely.make_valid(shapely.Polygon(ring))
    shapely.prepare(area)
    shapes = frame.geometry.to_numpy()
    near: Flags = shapely.intersects(area, shapes)
    places = np.flatnonzero(near)
    is_line = np.isin(shapely.get_type_id(shapes[places]), (1, 5))
    inside = is_line | shapely.intersects(area, shapely.point_on_surface(shapes[places]))
    near[places] = inside
    return near


def _is_in_range(condition: InRange, numbers: pd.Series[float]) -> Flags:
    values = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    low = -np.inf if condition.low is None else condition.low
    high = np.inf if condition.high is None else condition.high
    return np.asarray((values >= low) & (values <= high), dtype=bool)


@lru_cache(maxsize=32)
def _around(condition: Near) -> shapely.Polygon:
    """What lies so near to a line, in degrees; prepared."""
    line = shapely.transform(shapely.LineString(condition.path), _transformed(to_metres=True), interleaved=False)
    area = shapely.transform(line.buffer(condition.within_m), _transformed(to_metres=False), interleaved=False)
    shapely.prepare(area)
    return area


def _transformed(*, to_metres: bool) -> Callable[..., Any]:
    ends = (STORE_CRS, DRAWING_CRS) if to_metres else (DRAWING_CRS, STORE_CRS)
    return Transformer.from_crs(*ends, always_xy=True).transform


def outlines(condition: Condition | None) -> list[Ring]:
    """The edges of the shape that a condition on a place speaks of, for a map; none where it speaks of none."""
    match condition:
        case Inside(ring):
            return [ring]
        case Near():
            area = _around(condition)
            return [tuple(edge.coords) for edge in (area.exterior, *area.interiors)]
        case _:
            return []


# --- as a part of an address ----------------------------------------------------------------------------------------

PREFIX = "f."
"""What the names of a query's parts begin with that are filters: `f.parcels.state`."""
_BETWEEN = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
_END = r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)?"
_RANGE = re.compile(rf"{_END}\.\.{_END}")
_SEPARATOR = "*"
_METRES = "m"


def to_query(filters: Filters) -> dict[str, str]:
    """The parts of a query that say these filters, one for each condition."""
    return {f"{PREFIX}{subject}.{field}": _written(condition) for (subject, field), condition in filters.items()}


def from_query(name: str, value: str) -> tuple[Key, Condition]:
    """The field and the condition that a part of a query says.

    Raises
    ------
    ValueError
        The part is not one that `to_query` writes.
    """
    subject, dot, field = name.removeprefix(PREFIX).partition(".")
    if not name.startswith(PREFIX) or not dot or not field:
        raise ValueError(name)
    if field == SHAPE:
        return (subject, field), _shape(value)
    if found := _BETWEEN.fullmatch(value):
        return (subject, field), Between(date.fromisoformat(found[1]), date.fromisoformat(found[2]))
    if found := _RANGE.fullmatch(value):
        return (subject, field), _range(found[1], found[2])
    values = frozenset(unquote(part) for part in value.split(_SEPARATOR))
    if len(values) > _MOST_VALUES:
        raise ValueError(name)
    return (subject, field), OneOf(values)


def _written(condition: Condition) -> str:
    match condition:
        case OneOf(values):
            return _SEPARATOR.join(map(_escaped, sorted(values)))
        case Between(first, last):
            return f"{first}..{last}"
        case InRange(low, high):
            return "..".join("" if end is None else f"{end:.12g}".replace("+", "") for end in (low, high))
        case Inside(ring):
            return _corners(ring)
        case Near(path, within_m):
            return f"{within_m:g}{_METRES}{_SEPARATOR}{_corners(path)}"


def _escaped(value: str) -> str:
    for sign, code in (("%", "%25"), (_SEPARATOR, "%2A"), ("..", "%2E%2E")):
        value = value.replace(sign, code)
    return value


def _corners(path: Path) -> str:
    return _SEPARATOR.join(f"{lon:.6f}_{lat:.6f}" for lon, lat in path)


def _range(low: str | None, high: str | None) -> InRange:
    ends = [None if end is None else float(end) for end in (low, high)]
    if ends == [None, None]:
        raise ValueError("..")
    return InRange(ends[0], ends[1])


def _shape(value: str) -> Inside | Near:
    first, _, rest = value.partition(_SEPARATOR)
    if not first.endswith(_METRES):
        return Inside(_path(value, least=3))
    within_m = float(first.removesuffix(_METRES))
    if not 0 < within_m <= FARTHEST_M:
        raise ValueError(value)
    return Near(_path(rest, least=2), within_m)


def _path(value: str, *, least: int) -> Path:
    corners = [tuple(float(number) for number in corner.split("_")) for corner in value.split(_SEPARATOR)]
    inside = all(len(corner) == 2 and abs(corner[0]) <= 180 and abs(corner[1]) <= 85 for corner in corners)
    if not inside or not least <= len(corners) <= _MOST_CORNERS:
        raise ValueError(value)
    return tuple((lon, lat) for lon, lat in corners)
