"""The days of the illustrative programme: what was approved, begun and finished when, between 2018 and 2020."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from geodata.schema import EXISTING

FIRST, LAST = date(2018, 1, 1), date(2020, 12, 31)
EXISTING_DAY = EXISTING.date()
Row = dict[str, Any]

_STATUS_SHARES = {
    "completed": 0.49,
    "inefficient": 0.03,
    "under_construction": 0.15,
    "approved_unsupplied": 0.08,
    "supplied_unused": 0.08,
    "idle": 0.05,
    "unapproved": 0.12,
}


def day(random: np.random.Generator, first: date, last: date) -> date:
    """A day between two days, both possible."""
    return first + timedelta(days=int(random.integers(0, (last - first).days + 1)))


def later(random: np.random.Generator, since: date, low: int, high: int) -> date:
    """A day some days after another."""
    return since + timedelta(days=int(random.integers(low, high + 1)))


def land(random: np.random.Generator, *, built: float) -> Row:
    """The days of a parcel that can be supplied.

    Parameters
    ----------
    built : how much more likely than elsewhere it is built, 1 for average
    """
    weights = np.array([share * (built if name == "completed" else 1) for name, share in _STATUS_SHARES.items()])
    return _LAND[str(random.choice(list(_STATUS_SHARES), p=weights / weights.sum()))](random)


def _completed(random: np.random.Generator) -> Row:
    if random.random() < 0.62:
        return dict.fromkeys(("approved_on", "supplied_on", "started_on", "completed_on"), EXISTING_DAY)
    row = _under_construction(random, latest=date(2019, 6, 30))
    row.pop("suspended_on", None)
    done = min(later(random, row["started_on"], 240, 540), day(random, date(2020, 9, 1), LAST))
    return row | {"completed_on": done}


def _inefficient(random: np.random.Generator) -> Row:
    return _completed(random) | {"inefficient": True}


def _approved(random: np.random.Generator) -> Row:
    return {"approved_on": day(random, FIRST, LAST)}


def _supplied(random: np.random.Generator, *, latest: date) -> Row:
    approved = day(random, FIRST, latest)
    supplied = later(random, approved, 30, 150)
    return {"approved_on": approved, "supplied_on": supplied, "start_due_on": later(random, supplied, 90, 240)}


def _under_construction(random: np.random.Generator, *, latest: date = date(2020, 2, 28)) -> Row:
    row = _supplied(random, latest=latest)
    started = min(later(random, row["supplied_on"], 45, 210), LAST)
    row |= {"started_on": started}
    if random.random() < 0.05:
        row |= {"suspended_on": max(started, day(random, date(2020, 3, 1), date(2020, 11, 30)))}
        row |= {"built_share": round(random.uniform(0.3, 0.6), 2), "invested_share": round(random.uniform(0.3, 0.6), 2)}
    return row


def _supplied_unused(random: np.random.Generator) -> Row:
    row = _supplied(random, latest=date(2020, 7, 31))
    due = max(row["supplied_on"], day(random, date(2020, 2, 1), date(2021, 9, 30)))
    return row | {"start_due_on": None if random.random() < 0.1 else due}


def _idle(random: np.random.Generator) -> Row:
    row: Row = {"delay_by": str(random.choice(["government", "enterprise", "enterprise"]))}
    if random.random() < 0.65:
        row |= _supplied(random, latest=date(2018, 12, 31))
        row["start_due_on"] = max(row["supplied_on"], min(row["start_due_on"], date(2019, 11, 30)))
        since = row["start_due_on"] + timedelta(days=366)
    else:
        row |= _under_construction(random, latest=date(2018, 9, 30))
        row["started_on"] = min(row["started_on"], date(2019, 3, 31))
        row["suspended_on"] = later(random, row["started_on"], 60, 240)
        row |= {
            "built_share": round(random.uniform(0.05, 0.3), 2),
            "invested_share": round(random.uniform(0.05, 0.24), 2),
        }
        since = row["suspended_on"] + timedelta(days=366)
    if since < date(2020, 10, 31) and random.random() < 0.45:
        row["idle_recognised_on"] = day(random, since, LAST)
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


def work(random: np.random.Generator, *, existing: float = 0.0, starts: bool = True) -> Row:
    """The days of a planned work: some were there before, some are late, some are not done."""
    if random.random() < existing:
        return dict.fromkeys(("planned_on", "completed_on"), EXISTING_DAY) | (
            {"started_on": EXISTING_DAY} if starts else {}
        )
    month = int(random.integers(3, 36))
    planned = date(2018 + month // 12, month % 12 + 1, 28)
    done = planned + timedelta(days=int(random.normal(20, 75)))
    started = max(
        FIRST + timedelta(days=int(random.integers(0, 40))), planned - timedelta(days=int(random.integers(90, 260)))
    )
    row: Row = {"planned_on": planned}
    if starts and started <= LAST:
        row["started_on"] = started
    if done <= LAST and random.random() < 0.82:
        row["completed_on"] = max(done, started + timedelta(days=30))
        if row["completed_on"] > LAST:
            del row["completed_on"]
    return row
