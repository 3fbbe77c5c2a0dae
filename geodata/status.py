"""What state a feature is in at a date: the rule of DESIGN §6 for parcels, and the stages of every other layer.

The rule stands here and nowhere else: tables, tiles and the map look up what this module worked out. Each layer has
one function of a day (`_Rule.at`); `steps` applies it at every day on which something can change, `state_at` at one.

Source for idle land: 闲置土地处置办法 (国土资源部令第53号, 2012), 第二条.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geodata.i18n import Language, Text, label
from geodata.schema import EXISTING, LAYERS, Kind, schema_of

RULE_VERSION = "1"
"""Changes when a feature may get another state than before; tiles made by an older rule are then made again."""

_PRESENT: tuple[str, ...] = ("present",)

STATES: dict[str, tuple[str, ...]] = dict.fromkeys(LAYERS, _PRESENT) | {
    "parcels": (
        "not_applicable",
        "inefficient",
        "completed",
        "unapproved",
        "approved_unsupplied",
        "idle",
        "supplied_unused",
        "under_construction",
    ),
    "roads": ("planned", "under_construction", "open"),
    "waterways": ("planned", "under_construction", "connected"),
    "corridors": ("planned", "completed"),
    "greening": ("planned", "started", "late", "completed"),
    "lighting": ("planned", "late", "completed"),
    "relocation_zones": ("listed", "agreed", "vacated", "resupplied"),
    "projects": ("not_started", "negotiating", "signed", "landed", "producing"),
}
"""Layer → its states in drawing order. A layer without a history has the one state `present`."""

READING_ORDER: dict[str, tuple[str, ...]] = STATES | {
    "parcels": (
        "unapproved",
        "approved_unsupplied",
        "supplied_unused",
        "idle",
        "under_construction",
        "completed",
        "inefficient",
        "not_applicable",
    ),
}
"""Layer → its states as keys and charts name them: of land as it goes from approval to use, what it goes by last."""

_PLANNED, _UNDER_CONSTRUCTION = label("规划", "Planned"), label("在建", "Under construction")
_COMPLETED, _LATE = label("已完成", "Completed"), label("逾期未完成", "Late")

STATE_LABELS: dict[str, dict[str, Text]] = {layer: {"present": label("现有", "Present")} for layer in LAYERS} | {
    "parcels": {
        "not_applicable": label("不适用", "Not applicable"),
        "inefficient": label("低效", "Inefficient"),
        "completed": label("建成", "Completed"),
        "unapproved": label("未批", "Not approved"),
        "approved_unsupplied": label("批而未供", "Approved, not supplied"),
        "idle": label("疑似闲置", "Suspected idle"),
        "supplied_unused": label("供而未用", "Supplied, not started"),
        "under_construction": _UNDER_CONSTRUCTION,
    },
    "roads": {
        "planned": _PLANNED,
        "under_construction": _UNDER_CONSTRUCTION,
        "open": label("已通车", "Open"),
    },
    "waterways": {
        "planned": _PLANNED,
        "under_construction": _UNDER_CONSTRUCTION,
        "connected": label("已贯通", "Connected"),
    },
    "corridors": {"planned": _PLANNED, "completed": _COMPLETED},
    "greening": {
        "planned": _PLANNED,
        "started": label("已开工", "Started"),
        "late": _LATE,
        "completed": _COMPLETED,
    },
    "lighting": {"planned": _PLANNED, "late": _LATE, "completed": _COMPLETED},
    "relocation_zones": {
        "listed": label("已列入", "Listed"),
        "agreed": label("已签约", "Agreed"),
        "vacated": label("已腾退", "Vacated"),
        "resupplied": label("已再供地", "Supplied again"),
    },
    "projects": {
        "not_started": label("未启动", "Not started"),
        "negotiating": label("洽谈", "Negotiating"),
        "signed": label("签约", "Signed"),
        "landed": label("落地", "Landed"),
        "producing": label("投产", "Producing"),
    },
}
"""Layer → state → what it is called. `idle` is the suspicion; see `status_label` for land recognised as idle."""

RECOGNISED_IDLE = label("闲置", "Idle")
CANNOT_BE_JUDGED = label("无法判定", "Can't be judged")
PROJECTED = label("推算", "Projected")

MIN_BUILT_SHARE = 1 / 3
"""Below it suspended land may be idle (第二条: 已动工开发建设用地面积占应动工开发建设用地总面积不足三分之一)."""
MIN_INVESTED_SHARE = 0.25
"""Below it suspended land may be idle (第二条: 已投资额占总投资额不足百分之二十五)."""

_WITHOUT_SUPPLY = frozenset(f"{number:02d}" for number in (*range(7), *range(17, 100)))
"""Classes of land use, as two digits, that have no supply status: 01–06, 17 and above."""

PLAN_FIELDS = frozenset({"planned_on", "start_due_on"})
"""Dates that say what ought to happen; every other date field is an event."""

_Days = NDArray[np.int64]
_Flags = NDArray[np.bool_]
_EVER = np.iinfo(np.int64).min
"""The day of what is 现状: on or before every day."""
_NEVER = np.iinfo(np.int64).max
"""The day of what has not happened: after every day."""


@dataclass(frozen=True)
class _Rule:
    """The rule of one layer, for the rows of one frame."""

    changes: list[_Days]
    """Per kind of change, the day it comes for each row; the state is the same between two such days."""
    at: Callable[[_Days, _Days], NDArray[np.int8]]
    """(day, clock) → index of the state in `STATES`; `clock` is the day that passing time is counted to."""


def steps(layer: str, frame: GeoDataFrame) -> list[list[tuple[date | None, str]]]:
    """The history of each row: (first day of the state, state), days ascending, the first None (since ever).

    Two neighbouring steps never have the same state. What has no date, marks and shares, counts at every day.

    Raises
    ------
    UnknownLayerError
        There is no such layer.
    """
    rule = _rule(layer, frame)
    rows = len(frame)
    since_ever = np.full(rows, _EVER)
    days = np.sort(np.column_stack([since_ever, *rule.changes]), axis=1)
    names = STATES[layer]
    current = rule.at(since_ever, since_ever)
    histories: list[list[tuple[date | None, str]]] = [[(None, names[state])] for state in current.tolist()]
    for day in days.T[1:]:
        state = np.where(day != _NEVER, rule.at(day, day), current)
        changed = np.flatnonzero(state != current)
        starts = day[changed].astype("datetime64[D]").tolist()
        for row, start, index in zip(changed.tolist(), starts, state[changed].tolist(), strict=True):
            histories[row].append((start, names[index]))
        current = state
    return histories


def state_at(layer: str, frame: GeoDataFrame, on: date) -> pd.Series[str]:
    """The state of each row at a date: what `steps` says of it.

    Raises
    ------
    UnknownLayerError
        There is no such layer.
    """
    day = _day(on, len(frame))
    return _named(layer, _rule(layer, frame).at(day, day), frame)


def state_since(layer: str, frame: GeoDataFrame, on: date) -> pd.Series[pd.Timestamp]:
    """The first day of the state that each row is in at a date; NaT where it has been so since ever."""
    rule = _rule(layer, frame)
    limit = _day(on, len(frame))
    since = np.full(len(frame), _EVER)
    current = rule.at(since, since)
    for day in np.sort(np.column_stack([np.full(len(frame), _EVER), *rule.changes]), axis=1).T:
        state = np.where(day <= limit, rule.at(day, day), current)
        since = np.where(state != current, day, since)
        current = state
    return _dates(since, frame).rename("since")


def idle_from(parcels: GeoDataFrame, on: date) -> pd.Series[pd.Timestamp]:
    """The day from which a parcel is idle if nothing else happens to it after a date.

    For land that is idle at the date already, the day from which it has been. NaT where no year runs: not supplied,
    under way, completed, or without a day from which a year would run; and where land has been idle since ever.
    """
    clocks = _Clocks(parcels)
    state = state_at("parcels", parcels, on)
    runs = state.isin(["supplied_unused", "under_construction"]).to_numpy()
    limit = _day(on, len(parcels))
    is_started = days_of(parcels, "started_on") <= limit
    is_suspended = (days_of(parcels, "suspended_on") <= limit) & (days_of(parcels, "resumed_on") > limit)
    after_suspension = np.where(is_suspended & clocks.little_done, clocks.suspended_for_a_year, _NEVER)
    ahead = np.where(runs, np.where(is_started, after_suspension, clocks.due_for_a_year), _NEVER)
    found = _dates(ahead, parcels).rename("idle_on")
    # A year may have run out before the land was supplied; it has been idle only since then.
    is_idle = (state == "idle").to_numpy()
    found[is_idle] = state_since("parcels", parcels[is_idle], on)
    return found


def is_projected(layer: str, frame: GeoDataFrame, on: date, data_date: date) -> pd.Series[bool]:
    """Whether a row's state at `on` was reached only by time passing since the data date (推算).

    That is: it would be another if no year had run out (parcels) and no plan had fallen due (greening, lighting)
    after `data_date`. All False up to the data date.
    """
    rule = _rule(layer, frame)
    day = _day(on, len(frame))
    clock = np.minimum(day, _day(data_date, len(frame)))
    return pd.Series(rule.at(day, day) != rule.at(day, clock), index=frame.index, name="is_projected")


def cannot_be_judged(parcels: GeoDataFrame, on: date) -> pd.Series[bool]:
    """Whether a parcel is supplied and unstarted at a date, and nothing says when it was due to start (无法判定)."""
    unused = (state_at("parcels", parcels, on) == "supplied_unused").to_numpy()
    no_due_day = days_of(parcels, "start_due_on") == _NEVER
    return pd.Series(unused & no_due_day, index=parcels.index, name="cannot_be_judged")


def is_recognised_idle(parcels: GeoDataFrame, on: date) -> pd.Series[bool]:
    """Whether a parcel is idle at a date and the authority has recognised it as such by then."""
    idle = (state_at("parcels", parcels, on) == "idle").to_numpy()
    recognised = happened(parcels, "idle_recognised_on", on).to_numpy()
    return pd.Series(idle & recognised, index=parcels.index, name="is_recognised_idle")


def status_label(state: str, recognised: bool, language: Language) -> str:
    """What a parcel's status is called; idle land is 疑似闲置 until it is recognised, then 闲置."""
    if state == "idle" and recognised:
        return RECOGNISED_IDLE.in_(language)
    return STATE_LABELS["parcels"][state].in_(language)


def happened(frame: GeoDataFrame, field: str, on: date) -> pd.Series[bool]:
    """Whether the date in `field` is on or before `on`; 现状 always, an empty one never."""
    return pd.Series(days_of(frame, field) <= _day(on, len(frame)), index=frame.index, name=field)


def first_and_last_event(frames: Mapping[str, GeoDataFrame]) -> tuple[date, date] | None:
    """The earliest and the latest day on which something happened, in any layer; None where there is no such day.

    现状 and what is only planned or due (`PLAN_FIELDS`) are no events.
    """
    events: list[_Days] = []
    for layer, frame in frames.items():
        for field in schema_of(layer).fields:
            if field.kind is Kind.DATE and field.name not in PLAN_FIELDS:
                days = days_of(frame, field.name)
                events.append(days[(days != _EVER) & (days != _NEVER)])
    found = np.concatenate(events) if events else np.array([], dtype=np.int64)
    return (_date(found.min()), _date(found.max())) if len(found) else None


def days_of(frame: GeoDataFrame, field: str) -> _Days:
    """The dates of a field as days since 1970, for comparing: 现状 before all days, empty after all days.

    A field that the frame lacks is empty.
    """
    if field not in frame.columns:
        return np.full(len(frame), _NEVER)
    dates = pd.to_datetime(frame[field]).to_numpy().astype("datetime64[D]")
    days = dates.astype(np.int64)
    days = np.where(dates == np.datetime64(EXISTING, "D"), _EVER, days)
    return np.where(np.isnat(dates), _NEVER, days)


def one_year_after(days: _Days) -> _Days:
    """The same day of the next year, 28 February for 29 February; 现状 and empty stay what they are."""
    real = (days != _EVER) & (days != _NEVER)
    dates = np.where(real, days, 0).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    next_year = (months + 12).astype("datetime64[D]")
    last_of_month = (months + 13).astype("datetime64[D]") - np.timedelta64(1, "D")
    anniversaries = np.minimum(next_year + (dates - months.astype("datetime64[D]")), last_of_month)
    return np.where(real, anniversaries.astype(np.int64), days)


class _Clocks:
    """When a year has run out for each parcel, and whether a suspended one has too little done (第二条)."""

    def __init__(self, frame: GeoDataFrame) -> None:
        self.due_for_a_year = one_year_after(days_of(frame, "start_due_on"))
        self.suspended_for_a_year = one_year_after(days_of(frame, "suspended_on"))
        self.little_done = _share_below(frame, "built_share", MIN_BUILT_SHARE) | _share_below(
            frame, "invested_share", MIN_INVESTED_SHARE
        )


def _parcels(frame: GeoDataFrame) -> _Rule:
    """The table of DESIGN §6: the first that fits."""
    approved, supplied, started, completed, resumed = (
        days_of(frame, field) for field in ("approved_on", "supplied_on", "started_on", "completed_on", "resumed_on")
    )
    clocks = _Clocks(frame)
    not_applicable = np.asarray(frame["land_use"].str[:2].isin(_WITHOUT_SUPPLY), dtype=bool)
    inefficient = _mark(frame, "inefficient")

    def at(day: _Days, clock: _Days) -> NDArray[np.int8]:
        is_started, is_completed = started <= day, completed <= day
        idle = np.where(
            is_started,
            (clocks.suspended_for_a_year <= clock) & (resumed > day) & clocks.little_done,
            clocks.due_for_a_year <= clock,
        )
        return _first_that_fits(
            not_applicable,
            is_completed & inefficient,
            is_completed,
            approved > day,
            supplied > day,
            idle,
            ~is_started,
        )

    return _Rule(
        [approved, supplied, started, completed, resumed, clocks.due_for_a_year, clocks.suspended_for_a_year], at
    )


_STAGES: dict[str, tuple[str, ...]] = {
    "roads": ("started_on", "opened_on"),
    "waterways": ("started_on", "connected_on"),
    "corridors": ("completed_on",),
    "greening": ("started_on", "planned_on", "completed_on"),
    "lighting": ("planned_on", "completed_on"),
    "relocation_zones": ("agreed_on", "vacated_on", "resupplied_on"),
    "projects": ("negotiating_on", "signed_on", "landed_on", "producing_on"),
}
"""Layer → the dates that lead to its second and following states. The furthest one reached counts."""


def _stages(layer: str, frame: GeoDataFrame) -> _Rule:
    fields = _STAGES.get(layer, ())
    reached = [days_of(frame, field) for field in fields]
    if layer == "relocation_zones":
        # A site supplied again before it was vacated does not count as supplied again (DESIGN §9).
        _, vacated, resupplied = reached
        reached[2] = np.where((vacated != _NEVER) & (resupplied >= vacated), resupplied, _NEVER)

    def at(day: _Days, clock: _Days) -> NDArray[np.int8]:
        stage = np.zeros(len(frame), dtype=np.int8)
        for number, (field, since) in enumerate(zip(fields, reached, strict=True), start=1):
            stage[since <= (clock if field in PLAN_FIELDS else day)] = number
        return stage

    return _Rule(reached, at)


def _rule(layer: str, frame: GeoDataFrame) -> _Rule:
    schema_of(layer)
    return _parcels(frame) if layer == "parcels" else _stages(layer, frame)


def _first_that_fits(*conditions: _Flags) -> NDArray[np.int8]:
    """Number of the first condition that is true; how many there are where none is."""
    return np.select(conditions, range(len(conditions)), default=len(conditions)).astype(np.int8)


def _mark(frame: GeoDataFrame, field: str) -> _Flags:
    if field not in frame.columns:
        return np.zeros(len(frame), dtype=bool)
    marks: _Flags = frame[field].astype("boolean").fillna(False).to_numpy(dtype=bool)
    return marks


def _share_below(frame: GeoDataFrame, field: str, limit: float) -> _Flags:
    """Whether the share is below the limit; a missing one is not."""
    if field not in frame.columns:
        return np.zeros(len(frame), dtype=bool)
    below: _Flags = pd.to_numeric(frame[field]).to_numpy(dtype=float, na_value=np.nan) < limit
    return below


def _named(layer: str, states: NDArray[np.int8], frame: GeoDataFrame) -> pd.Series[str]:
    return pd.Series(np.array(STATES[layer], dtype=object)[states], index=frame.index, dtype="str", name="state")


def _day(on: date, rows: int) -> _Days:
    return np.full(rows, np.datetime64(on, "D").astype(np.int64))


def _dates(days: _Days, frame: GeoDataFrame) -> pd.Series[pd.Timestamp]:
    """Days since 1970 as dates; NaT for ever and never."""
    real = (days != _EVER) & (days != _NEVER)
    dates = np.where(real, days, 0).astype("datetime64[D]").astype("datetime64[s]")
    dates[~real] = np.datetime64("NaT")
    return pd.Series(dates, index=frame.index)


def _date(day: np.int64) -> date:
    found: date = np.datetime64(int(day), "D").item()
    return found
