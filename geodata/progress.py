"""Where an indicator stands against its target: ahead, on plan or late, and by how much.

A target is a value that an indicator is to have by a day. Its period begins on the day of the target before it, or at
the end of the year before where there is none, and is expected to be covered evenly:

    expected(d) = start + (target − start) · share of the period's days passed by d

where `start` is the indicator's own value on the first day. Within `TOLERANCE` of the way from start to target the
indicator is on plan. A target below the start (land to be cleared up) is neared by falling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from geodata.i18n import Text, label
from geodata.indicators import Target

State = Literal["reached", "ahead", "on_plan", "late", "missed", "no_target", "unknown"]

STATE_LABELS: dict[State, Text] = {
    "reached": label("已达标", "Reached"),
    "ahead": label("超前", "Ahead"),
    "on_plan": label("按计划", "On plan"),
    "late": label("滞后", "Late"),
    "missed": label("未达标", "Missed"),
    "no_target": label("未设目标", "No target"),
    "unknown": label("暂无数据", "No value"),
}
TOLERANCE = 0.05
"""How far from the expected value, as a share of the way from start to target, is still on plan."""

ValueAt = Callable[[date], "float | None"]
"""The value of the indicator at a day."""


@dataclass(frozen=True)
class Progress:
    """Where an indicator stands at a day."""

    state: State
    on: date
    actual: float | None
    target: Target | None = None
    starts_on: date | None = None
    start: float | None = None
    expected: float | None = None
    """What it would be if the period were covered evenly."""

    @property
    def difference(self) -> float | None:
        """Actual value minus target."""
        return None if self.actual is None or self.target is None else self.actual - self.target.value

    @property
    def share(self) -> float | None:
        """Actual value over target; None where there is none, or where the target is to be neared by falling."""
        if self.actual is None or self.target is None or self.target.value <= 0 or self.falls:
            return None
        return self.actual / self.target.value

    @property
    def falls(self) -> bool:
        """Whether the target lies below where the period began."""
        return self.target is not None and self.start is not None and self.target.value < self.start

    @property
    def passed(self) -> float | None:
        """Share of the period's days passed, 0–1."""
        return None if self.target is None or self.starts_on is None else _passed(self.starts_on, self.target, self.on)


def target_at(targets: Iterable[Target], indicator: str, unit: str, on: date) -> tuple[Target, date] | None:
    """The target that counts at a day, with the first day of its period: the next one due, else the last one."""
    own = sorted((row for row in targets if (row.indicator, row.unit) == (indicator, unit)), key=lambda row: row.due_on)
    if not own:
        return None
    place = next((place for place, row in enumerate(own) if row.due_on >= on), len(own) - 1)
    target = own[place]
    starts_on = own[place - 1].due_on if place else date(target.due_on.year, 1, 1) - timedelta(days=1)
    return target, starts_on


def combined(targets: Iterable[Target], indicators: Iterable[str], name: str) -> list[Target]:
    """Targets of the sum of several indicators, called `name`: for the days at which each of them has one."""
    wanted = list(indicators)
    by_day: dict[date, list[Target]] = {}
    for row in targets:
        if row.indicator in wanted:
            by_day.setdefault(row.due_on, []).append(row)
    return [
        Target(name, day, sum(row.value for row in rows), rows[0].unit, rows[0].source, rows[0].illustrative)
        for day, rows in by_day.items()
        if len(rows) == len(wanted)
    ]


def progress(targets: Iterable[Target], indicator: str, unit: str, on: date, value_at: ValueAt) -> Progress:
    """Where an indicator stands at a day against the target that counts then.

    Parameters
    ----------
    value_at : asked for the day itself and for the first day of the period
    """
    actual = value_at(on)
    found = target_at(targets, indicator, unit, on)
    if found is None:
        return Progress("no_target", on, actual)
    target, starts_on = found
    start = value_at(starts_on)
    if actual is None:
        return Progress("unknown", on, None, target, starts_on, start)
    if start is None:
        start = 0.0
    expected = start + (target.value - start) * _passed(starts_on, target, on)
    return Progress(_state(actual, start, expected, target, on), on, actual, target, starts_on, start, expected)


def _state(actual: float, start: float, expected: float, target: Target, on: date) -> State:
    way = target.value - start
    sign = -1 if way < 0 else 1
    if (actual - target.value) * sign >= 0:
        return "reached"
    if on >= target.due_on:
        return "missed"
    ahead = (actual - expected) * sign
    margin = TOLERANCE * abs(way)
    return "on_plan" if abs(ahead) <= margin else "ahead" if ahead > 0 else "late"


def _passed(starts_on: date, target: Target, on: date) -> float:
    days = (target.due_on - starts_on).days
    return min(1.0, max(0.0, (on - starts_on).days / days)) if days else 1.0
