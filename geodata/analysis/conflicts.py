"""The frame of conflicts: what rules and questions answer with, and which conflicts an older version did not have.

One row is one conflict, EPSG:4490. Columns, always all of them:

===========================  ======================================================================================
conflict_id                  stays the same from version to version as long as the keys do
rule                         name of the rule, or `question`
layer, row, key, name        the main feature: its label in the frame's index, its key, its name or holder
other_layer, other_row, …    the same of the other feature; empty where there is none
state                        the main feature's state at the date; of bridges `built` or `planned` (`state_label`)
land_use, road_class         the main feature's, where its layer has the field
the columns of `MEASURES`    numbers; which ones a rule fills and what they say: `Rule.measures`
geometry                     the overlap, the crossing, the part in question or the feature
===========================  ======================================================================================
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geodata.analysis.drawing import Drawn, Numbers, Rows
from geodata.errors import GeodataError
from geodata.i18n import Text, label, text
from geodata.schema import STORE_CRS, schema_of
from geodata.status import STATE_LABELS, state_at
from geodata.topology import Shapes, in_metres

MEASURES = (
    "area_ha",
    "length_m",
    "share",
    "distance_m",
    "width_m",
    "recorded_m2",
    "measured_m2",
    "difference_m2",
)
"""Columns of numbers, float, NaN where a rule has no such number."""

HEADINGS: dict[str, Text] = {
    "conflict_id": label("问题编号", "Conflict no."),
    "layer": label("图层", "Layer"),
    "key": label("编号", "No."),
    "name": label("名称", "Name"),
    "other_layer": label("相关图层", "Other layer"),
    "other_key": label("相关编号", "Other no."),
    "other_name": label("相关名称", "Other name"),
    "state": label("状态", "State"),
    "land_use": label("用地性质", "Land use"),
    "road_class": label("道路等级", "Road class"),
}
"""Column → its heading; those of the numbers are in `Rule.measures`."""

BRIDGE_STATES: dict[str, Text] = {"built": label("已建", "Built"), "planned": label("规划", "Planned")}

_NAME_FIELDS = ("name", "enterprise", "holder")
_CODE_FIELDS = ("land_use", "road_class")
_SAME_PAIR = ["rule", "layer", "key", "other_layer", "other_key"]


class MissingLayerError(GeodataError, KeyError):
    """A rule or question needs a layer that is not there."""

    __str__ = Exception.__str__


def require_layers(title: Text, layers: Sequence[str], frames: Mapping[str, GeoDataFrame]) -> None:
    """Raise where one of the layers is not there.

    Raises
    ------
    MissingLayerError
        Names what asked for them and all the layers that are missing.
    """
    missing = [layer for layer in layers if layer not in frames]
    if missing:
        raise MissingLayerError(
            text(
                "“{title}” can’t be checked: nothing is published in {layers}. Publish it on the Upload page first.",
                title=title,
                layers=_listed([schema_of(layer).title for layer in missing]),
            )
        )


def _listed(titles: Sequence[Text]) -> Text:
    first, *others = titles
    for title in others:
        first = text("{first}, {second}", first=first, second=title)
    return first


def build_conflicts(
    rule: str,
    main: Drawn,
    rows: Rows,
    shapes: Shapes,
    on: date,
    *,
    other: Drawn | None = None,
    other_rows: Rows | None = None,
    state: NDArray[np.object_] | None = None,
    **measures: Numbers,
) -> GeoDataFrame:
    """The frame of conflicts, one for each of `rows`.

    Parameters
    ----------
    rows, other_rows : positions in `main` and `other`
        A pair may stand several times; then in an order that depends on the shapes alone.
    shapes : n shapes, EPSG:4490
    state : the state of each; by default that of the main feature at the date
    measures : numbers in columns of `MEASURES`
    """
    frame = main.frame.iloc[rows]
    if state is None:
        state = state_at(main.layer, frame, on).to_numpy(dtype=object)
    columns: dict[str, object] = {"rule": _words([rule] * len(rows)), **_identity("", main, rows)}
    columns |= _identity("other_", other, other_rows if other_rows is not None else rows)
    columns["state"] = _words(state)
    columns |= {field: _words(_field(frame, (field,))) for field in _CODE_FIELDS}
    columns |= {name: np.asarray(measures.get(name, np.full(len(rows), np.nan)), dtype=float) for name in MEASURES}
    found = GeoDataFrame(columns, geometry=list(shapes), crs=STORE_CRS)
    found.insert(0, "conflict_id", _ids(found))
    return found


def _identity(prefix: str, drawn: Drawn | None, rows: Rows) -> dict[str, object]:
    if drawn is None:
        nothing = _words([None] * len(rows))
        row = pd.array([pd.NA] * len(rows), dtype="Int64")
        return {f"{prefix}layer": nothing, f"{prefix}row": row, f"{prefix}key": nothing, f"{prefix}name": nothing}
    frame = drawn.frame.iloc[rows]
    return {
        f"{prefix}layer": _words([drawn.layer] * len(rows)),
        f"{prefix}row": pd.array(frame.index.to_numpy(), dtype="Int64"),
        f"{prefix}key": _words(_field(frame, (schema_of(drawn.layer).key,))),
        f"{prefix}name": _words(_field(frame, _NAME_FIELDS)),
    }


def _field(frame: GeoDataFrame, fields: Sequence[str]) -> NDArray[np.object_]:
    """The first of the fields that the frame has; nothing without any."""
    there = [field for field in fields if field in frame.columns]
    return frame[there[0]].to_numpy(dtype=object) if there else np.full(len(frame), None, dtype=object)


def _words(values: object) -> pd.Series[str]:
    return pd.Series(values, dtype="str")


def _ids(found: GeoDataFrame) -> pd.Series[str]:
    number = found.groupby(_SAME_PAIR, dropna=False).cumcount() + 1
    identities = zip(*(found[column].fillna("") for column in _SAME_PAIR), number, strict=True)
    return _words([hashlib.sha256(repr(identity).encode()).hexdigest()[:16] for identity in identities])


def new_since(now: GeoDataFrame, before: GeoDataFrame) -> pd.Series[bool]:
    """Which conflicts of `now` the older frame, found by the same rule and options, did not have.

    Where two features conflict in more places than before, the places nearest to the old ones are the old ones.
    """
    new = np.ones(len(now), dtype=bool)
    old_places = before.groupby(_SAME_PAIR, dropna=False).indices if len(before) else {}
    old_places = {_without_nan(pair): places for pair, places in old_places.items()}
    for pair, places in (now.groupby(_SAME_PAIR, dropna=False).indices if len(now) else {}).items():
        known = old_places.get(_without_nan(pair), ())
        if len(known) >= len(places):
            new[places] = False
        elif len(known):
            new[places[_nearest(now.geometry.iloc[places], before.geometry.iloc[known])]] = False
    return pd.Series(new, index=now.index, name="new").astype(bool)


def _without_nan(pair: tuple[object, ...]) -> tuple[object, ...]:
    # NaN is not equal to itself, so it would never be found again.
    return tuple(None if pd.isna(part) else part for part in pair)  # type: ignore[call-overload]


def _nearest(now: GeoDataFrame, before: GeoDataFrame) -> list[int]:
    """Which of the shapes are the older ones: for each older one the nearest that is left, the nearest pair first."""
    here, there = (in_metres(shapely.centroid(np.asarray(shapes.array))) for shapes in (now, before))
    distance_m = shapely.distance(here[:, None], there[None, :])
    taken: list[int] = []
    for _ in range(len(there)):
        one, other = np.unravel_index(np.nanargmin(distance_m), distance_m.shape)
        taken.append(int(one))
        distance_m[one, :] = distance_m[:, other] = np.inf
    return taken


def state_label(layer: str, state: str) -> Text:
    """What the state of a conflict whose main feature is of a layer is called."""
    return BRIDGE_STATES[state] if state == "built" else STATE_LABELS[layer][state]
