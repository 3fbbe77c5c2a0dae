"""Targets: what is expected by a day, worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from geodata.indicators import Target
from geodata.progress import Progress, combined, progress, target_at

YEAR = Target("water.connected_km", date(2019, 12, 31), 20, "km", "plan")
NEXT = Target("water.connected_km", date(2020, 12, 31), 30, "km", "plan")
# 2019-01-01 to 2019-12-31: the period runs from 2018-12-31, 365 days; 2019-03-14 is day 73, one fifth of it.
FIFTH = date(2019, 3, 14)


def stands(actual: float | None, on: date = FIFTH, start: float | None = 10, targets=(YEAR, NEXT)) -> Progress:
    return progress(targets, "water.connected_km", "km", on, lambda day: actual if day == on else start)


def test_a_fifth_of_the_period_covers_a_fifth_of_the_way():
    found = stands(12)
    assert (found.starts_on, found.start, found.passed) == (date(2018, 12, 31), 10, pytest.approx(0.2))
    assert found.expected == pytest.approx(12)  # 10 + (20 − 10) · 0.2
    assert (found.difference, found.share) == (-8, 0.6)


@pytest.mark.parametrize(
    ("actual", "state"),
    # A twentieth of the way from 10 to 20 is 0.5.
    [(11.4, "late"), (11.5, "on_plan"), (12.5, "on_plan"), (12.6, "ahead"), (20, "reached"), (25, "reached")],
)
def test_a_rising_target_before_its_day(actual: float, state: str):
    assert stands(actual).state == state


@pytest.mark.parametrize(
    ("actual", "state"),
    # Down from 50 to 40 by a fifth is 48; a twentieth of the way is 0.5.
    [(47.4, "ahead"), (47.5, "on_plan"), (48.5, "on_plan"), (48.6, "late"), (40, "reached")],
)
def test_a_falling_target_is_neared_from_above(actual: float, state: str):
    found = stands(actual, start=50, targets=[Target("water.connected_km", date(2019, 12, 31), 40, "km")])
    assert (found.falls, found.share, found.expected) == (True, None, pytest.approx(48))
    assert found.state == state


def test_on_its_day_a_target_is_reached_or_missed():
    assert stands(19.9, on=date(2019, 12, 31)).state == "missed"
    assert stands(20, on=date(2019, 12, 31)).state == "reached"


def test_after_the_last_day_the_last_target_counts():
    assert stands(29, on=date(2022, 1, 1)).state == "missed"
    assert stands(29, on=date(2022, 1, 1)).target == NEXT


def test_the_period_of_a_later_target_begins_with_the_one_before():
    assert target_at([NEXT, YEAR], "water.connected_km", "km", date(2020, 5, 1)) == (NEXT, date(2019, 12, 31))


def test_what_has_no_target_or_no_value_says_so():
    assert stands(5, targets=()).state == "no_target"
    assert stands(None).state == "unknown"
    assert target_at([YEAR], "water.connected_km", "ha", FIFTH) is None


def test_a_value_that_was_not_there_at_the_start_counts_from_nothing():
    assert stands(4, start=None).expected == pytest.approx(4)  # 20 · 0.2


def test_a_target_that_is_where_it_began_is_held():
    assert stands(20, start=20).state == "reached"
    assert stands(19, start=20).state == "late"


def test_targets_of_a_sum_are_for_the_days_on_which_all_have_one():
    day, later = date(2019, 12, 31), date(2020, 12, 31)
    rows = [
        Target("a", day, 1, "ha"),
        Target("b", day, 2, "ha"),
        Target("a", later, 3, "ha"),
        Target("c", day, 9, "ha"),
    ]
    assert [(row.indicator, row.due_on, row.value) for row in combined(rows, ["a", "b"], "sum")] == [("sum", day, 3)]
