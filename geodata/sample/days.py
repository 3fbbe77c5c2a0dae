"""The days of the illustrative programme: what was approved, begun and finished when, between 2018 and 2020.

What happened before the programme has no day of its own: it is 现状.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from geodata.schema import EXISTING

FIRST, LAST = date(2018, 1, 2), date(2020, 12, 31)
EXISTING_DAY = EXISTING.date()
Row = dict[str, Any]

_LAND_DAYS = ("approved_on", "supplied_on", "started_on", "completed_on")
_STATUS_SHARES = {
    "completed": 0.50,
    "inefficient": 0.055,
    "under_construction": 0.19,
    "approved_unsupplied": 0.075,
    "supplied_unused": 0.075,
    "idle": 0.11,
    "unapproved": 0.115,
}
"""How often a lot that does not go with its block ends in each status; around the centre more is built."""
_SHARED = ("completed", "under_construction", "approved_unsupplied", "supplied_unused", "unapproved")
"""What a whole block can be; a lot is idle or badly used on its own."""


def day(random: np.random.Generator, first: date, last: date) -> date:
    """A day between two days, both possible."""
    return first + timedelta(days=int(random.integers(0, (last - first).days + 1)))


def later(random: np.random.Generator, since: date, low: int, high: int) -> date:
    """A day some days after another; after 现状, a day in the programme's first months."""
    since = FIRST if since == EXISTING_DAY else since
    return since + timedelta(days=int(random.integers(low, high + 1)))


def not_before(since: date) -> date:
    """A day, or 现状 for one before the programme."""
    return since if since >= FIRST else EXISTING_DAY


def existing_land() -> Row:
    """The days of a parcel that was built on before the programme."""
    return dict.fromkeys(_LAND_DAYS, EXISTING_DAY)


def land(random: np.random.Generator, status: str) -> Row:
    """The days of a parcel that has a status at the end of the programme."""
    return _LAND[status](random)


def block_status(random: np.random.Generator, built: float) -> str:
    """What most lots of a block are; `built` is how far it is built, 1 for average."""
    return _choose(random, built, _SHARED)


def lot_status(random: np.random.Generator, built: float, block: str) -> str:
    """What a lot is at the end: often what its block is."""
    return block if random.random() < 0.4 else _choose(random, built, tuple(_STATUS_SHARES))


def _choose(random: np.random.Generator, built: float, among: tuple[str, ...]) -> str:
    tilt = {"completed": built, "inefficient": built, "unapproved": 1 / built, "approved_unsupplied": 1 / built}
    weights = np.array([_STATUS_SHARES[name] * tilt.get(name, 1.0) for name in among])
    return str(random.choice(list(among), p=weights / weights.sum()))


def _approved_before(random: np.random.Generator, then: date, chance: float = 0.35) -> date:
    """When land was approved that was supplied on a day."""
    if then == EXISTING_DAY or random.random() < chance:
        return EXISTING_DAY
    return not_before(then - timedelta(days=int(random.integers(30, 260))))


def _supplied_before(random: np.random.Generator, started: date) -> date:
    return not_before(started - timedelta(days=int(random.integers(50, 260))))


def _due(random: np.random.Generator, supplied: date) -> date:
    """When work is due to start; for land supplied before the programme, some day in its last years."""
    if supplied == EXISTING_DAY:
        return day(random, date(2016, 6, 1), date(2018, 3, 31))
    return later(random, supplied, 90, 270)


def _since_start(random: np.random.Generator, started: date) -> Row:
    """A parcel on which work began on a day, with what came before."""
    if started == EXISTING_DAY:
        return dict.fromkeys(_LAND_DAYS[:3], EXISTING_DAY)
    supplied = EXISTING_DAY if random.random() < 0.12 else _supplied_before(random, started)
    return {
        "approved_on": _approved_before(random, supplied),
        "supplied_on": supplied,
        "start_due_on": _due(random, supplied),
        "started_on": started,
    }


def _completed(random: np.random.Generator) -> Row:
    chance = random.random()
    if chance < 0.56:
        return existing_land()
    if chance < 0.78:
        return dict.fromkeys(_LAND_DAYS[:3], EXISTING_DAY) | {"completed_on": day(random, FIRST, date(2019, 9, 30))}
    row = _since_start(random, day(random, FIRST, date(2020, 1, 31)))
    return row | {"completed_on": min(later(random, row["started_on"], 240, 620), day(random, date(2020, 10, 1), LAST))}


def _inefficient(_: np.random.Generator) -> Row:
    return existing_land() | {"inefficient": True}


def _approved(random: np.random.Generator) -> Row:
    return {"approved_on": EXISTING_DAY if random.random() < 0.45 else day(random, FIRST, LAST)}


def _under_construction(random: np.random.Generator) -> Row:
    row = _since_start(random, EXISTING_DAY if random.random() < 0.08 else day(random, date(2018, 7, 1), LAST))
    begun = row["started_on"] if row["started_on"] != EXISTING_DAY else FIRST
    done = min(0.95, (LAST - begun).days / 900)
    row |= {
        "built_share": round(done * random.uniform(0.75, 1.0), 2),
        "invested_share": round(done * random.uniform(0.7, 1.0), 2),
    }
    if random.random() < 0.06 and begun < date(2019, 9, 30):
        row["suspended_on"] = later(random, begun, 120, 330)
        if random.random() < 0.6:
            row["resumed_on"] = min(later(random, row["suspended_on"], 40, 200), LAST)
        else:
            row |= {"suspended_on": day(random, date(2020, 3, 1), date(2020, 11, 30)), "built_share": 0.28}
    return row


def _supplied_unused(random: np.random.Generator) -> Row:
    if random.random() < 0.12:
        supplied = EXISTING_DAY if random.random() < 0.5 else day(random, FIRST, LAST)
        return {"approved_on": _approved_before(random, supplied), "supplied_on": supplied}
    supplied = day(random, date(2019, 7, 1), LAST)
    due = max(later(random, supplied, 120, 365), date(2020, 1, 1))
    return {"approved_on": _approved_before(random, supplied), "supplied_on": supplied, "start_due_on": due}


def _idle(random: np.random.Generator) -> Row:
    row: Row = {"delay_by": str(random.choice(["government", "enterprise", "enterprise"]))}
    if random.random() < 0.65:
        supplied = EXISTING_DAY if random.random() < 0.45 else day(random, FIRST, date(2019, 5, 31))
        row |= {"approved_on": _approved_before(random, supplied), "supplied_on": supplied}
        row["start_due_on"] = since = min(_due(random, supplied), date(2019, 12, 20))
    else:
        row |= _since_start(random, day(random, FIRST, date(2019, 3, 31)) if random.random() < 0.7 else EXISTING_DAY)
        row["suspended_on"] = since = later(random, row["started_on"], 60, 260)
        row |= {
            "built_share": round(random.uniform(0.05, 0.3), 2),
            "invested_share": round(random.uniform(0.05, 0.24), 2),
        }
    found = max(since + timedelta(days=366 + 40), date(2018, 6, 1))
    if found < date(2020, 11, 30) and random.random() < 0.5:
        row["idle_recognised_on"] = day(random, found, LAST)
    return row


def _unapproved(_: np.random.Generator) -> Row:
    return {}


_LAND = {
    "completed": _completed,
    "inefficient": _inefficient,
    "under_construction": _under_construction,
    "approved_unsupplied": _approved,
    "supplied_unused": _supplied_unused,
    "idle": _idle,
    "unapproved": _unapproved,
}


def green_land(random: np.random.Generator, work_days: Mapping[str, Any] | None) -> Row:
    """The days of a parcel that is green: those of the greening on it, and what came before."""
    if work_days is None:
        return existing_land() if random.random() < 0.6 else {}
    if work_days.get("completed_on") == EXISTING_DAY:
        return existing_land()
    started = work_days.get("started_on")
    if started is None:
        return _approved(random)
    supplied = EXISTING_DAY if started == EXISTING_DAY else _supplied_before(random, started)
    row: Row = {"approved_on": _approved_before(random, supplied), "supplied_on": supplied, "started_on": started}
    return row | ({"completed_on": work_days["completed_on"]} if "completed_on" in work_days else {})


def reserve(random: np.random.Generator) -> Row:
    """The days of land kept in reserve: approved at most."""
    return _approved(random) if random.random() < 0.25 else {}


def supplied_again(random: np.random.Generator, since: date) -> Row:
    """The days of a parcel that was cleared and supplied for another use on a day."""
    row: Row = {"approved_on": EXISTING_DAY, "supplied_on": since, "start_due_on": later(random, since, 120, 365)}
    started = later(random, since, 60, 240)
    return row | ({"started_on": started} if started <= LAST else {})


def work(random: np.random.Generator, *, existing: float = 0.0, starts: bool = True) -> Row:
    """The days of a planned work: some were there before, some are late, some are not done."""
    if random.random() < existing:
        row: Row = dict.fromkeys(("planned_on", "completed_on"), EXISTING_DAY)
        return row | ({"started_on": EXISTING_DAY} if starts else {})
    month = int(random.integers(0, 36))
    year, month = 2018 + month // 12, month % 12 + 1
    planned = date(year, month, monthrange(year, month)[1])
    row = {"planned_on": planned}
    started = not_before(planned - timedelta(days=int(random.integers(90, 260))))
    done = planned + timedelta(days=int(random.normal(5, 60)))
    if random.random() < 0.06:
        return row  # not even begun
    if starts:
        row["started_on"] = started
    done = max(done, later(random, started, 10, 40))
    if done <= LAST and random.random() < 0.92:
        row["completed_on"] = done
    return row


def soon_after(random: np.random.Generator, since: date) -> Row:
    """The days of a work that was planned for the day another was done, and took a little longer."""
    row: Row = {"planned_on": since}
    done = later(random, since, 0, 75)
    return row | ({"completed_on": done} if done <= LAST and random.random() < 0.85 else {})
