from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import status
from geodata.errors import UnknownLayerError
from geodata.schema import LAYERS, Kind
from geodata.status import STATE_LABELS, STATES, state_at, steps
from tests.geodata.clean_frames import clean_frame

EXISTING = date(1900, 1, 1)
PARCEL_DATES = (
    "approved_on",
    "supplied_on",
    "start_due_on",
    "started_on",
    "suspended_on",
    "resumed_on",
    "completed_on",
)


def parcel_on(day: str, **fields: Any) -> str:
    parcels = clean_frame("parcels", [{"land_use": "07", **fields}])
    return str(state_at("parcels", parcels, date.fromisoformat(day)).iloc[0])


SUPPLIED = {"approved_on": "2018-01-10", "supplied_on": "2018-05-01"}
STARTED = {**SUPPLIED, "start_due_on": "2018-11-01", "started_on": "2018-10-01"}


# --- the table of DESIGN §6, line by line --------------------------------------------------------------------------


@pytest.mark.parametrize("land_use", ["01", "0101", "06", "17", "1701", "24"])
def test_farmland_and_water_have_no_supply_status_whatever_happened(land_use: str) -> None:
    done = {**STARTED, "completed_on": "2019-01-01", "inefficient": True}
    assert parcel_on("2020-12-31", land_use=land_use, **done) == "not_applicable"


@pytest.mark.parametrize("land_use", ["07", "0701", "1001", "16"])
def test_building_land_has_a_supply_status(land_use: str) -> None:
    assert parcel_on("2020-12-31", land_use=land_use) == "unapproved"


def test_each_date_counts_from_its_own_day_on() -> None:
    life = {**STARTED, "completed_on": "2020-06-30"}
    found = {day: parcel_on(day, **life) for day in (
        "2018-01-09", "2018-01-10", "2018-04-30", "2018-05-01", "2018-09-30", "2018-10-01", "2020-06-29", "2020-06-30"
    )}  # fmt: skip
    assert list(found.values()) == [
        "unapproved",
        "approved_unsupplied",
        "approved_unsupplied",
        "supplied_unused",
        "supplied_unused",
        "under_construction",
        "under_construction",
        "completed",
    ]


def test_completion_counts_without_any_earlier_date() -> None:
    assert parcel_on("2020-01-01", completed_on="2020-01-01") == "completed"
    assert parcel_on("2019-12-31", completed_on="2020-01-01") == "unapproved"


def test_an_unapproved_parcel_is_unapproved_even_if_it_was_supplied_and_started() -> None:
    assert parcel_on("2020-12-31", supplied_on="2018-01-01", started_on="2018-02-01") == "unapproved"


def test_inefficient_land_is_completed_land_with_the_mark_at_every_date() -> None:
    assert parcel_on("2020-12-31", completed_on="2019-01-01", inefficient=True) == "inefficient"
    assert parcel_on("2020-12-31", completed_on="2019-01-01", inefficient=False) == "completed"
    assert parcel_on("2020-12-31", completed_on="2019-01-01", inefficient=None) == "completed"
    assert parcel_on("2018-12-31", completed_on="2019-01-01", inefficient=True) == "unapproved"


def test_unstarted_land_is_idle_from_the_same_day_of_the_next_year() -> None:
    land = {**SUPPLIED, "start_due_on": "2018-11-01"}
    assert parcel_on("2019-10-31", **land) == "supplied_unused"
    assert parcel_on("2019-11-01", **land) == "idle"
    assert parcel_on("2019-11-01", **land, started_on="2019-11-01") == "under_construction"
    assert parcel_on("2019-11-01", **land, started_on="2019-11-02") == "idle"


def test_a_year_after_29_february_is_28_february() -> None:
    land = {**SUPPLIED, "start_due_on": "2020-02-29"}
    assert parcel_on("2021-02-27", **land) == "supplied_unused"
    assert parcel_on("2021-02-28", **land) == "idle"


def test_a_year_after_28_february_before_a_leap_day_is_28_february() -> None:
    land = {**SUPPLIED, "start_due_on": "2019-02-28"}
    assert parcel_on("2020-02-27", **land) == "supplied_unused"
    assert parcel_on("2020-02-28", **land) == "idle"


def test_suspended_land_is_idle_after_a_year_if_little_was_built_or_invested() -> None:
    land = {**STARTED, "suspended_on": "2019-03-01"}
    assert parcel_on("2020-02-29", **land, built_share=0.3) == "under_construction"
    assert parcel_on("2020-03-01", **land, built_share=0.3) == "idle"
    assert parcel_on("2020-03-01", **land, built_share=0.5, invested_share=0.24) == "idle"
    assert parcel_on("2020-03-01", **land, built_share=0.3, invested_share=0.9) == "idle"


def test_a_share_at_its_limit_or_missing_is_not_below_it() -> None:
    land = {**STARTED, "suspended_on": "2019-03-01"}
    assert parcel_on("2020-03-01", **land) == "under_construction"
    assert parcel_on("2020-03-01", **land, built_share=1 / 3, invested_share=0.25) == "under_construction"


def test_resumed_land_is_not_idle_from_the_day_it_resumed() -> None:
    land = {**STARTED, "suspended_on": "2019-03-01", "built_share": 0.1, "resumed_on": "2020-09-01"}
    assert parcel_on("2020-08-31", **land) == "idle"
    assert parcel_on("2020-09-01", **land) == "under_construction"


def test_suspension_says_nothing_of_land_that_was_never_started() -> None:
    assert parcel_on("2020-12-31", **SUPPLIED, suspended_on="2019-01-01", built_share=0.0) == "supplied_unused"


def test_what_existed_before_all_records_is_true_at_every_date() -> None:
    parcels = clean_frame("parcels", [{"land_use": "07", "completed_on": EXISTING}])
    assert steps("parcels", parcels) == [[(None, "completed")]]
    idle = clean_frame("parcels", [{"land_use": "07", **dict.fromkeys(PARCEL_DATES[:3], EXISTING)}])
    assert steps("parcels", idle) == [[(None, "idle")]]


# --- histories -----------------------------------------------------------------------------------------------------


def test_steps_name_the_first_day_of_each_state() -> None:
    land = {**STARTED, "suspended_on": "2019-03-01", "built_share": 0.1, "resumed_on": "2020-09-01"}
    parcels = clean_frame("parcels", [{"land_use": "07", **land}, {"land_use": "17"}])
    assert steps("parcels", parcels) == [
        [
            (None, "unapproved"),
            (date(2018, 1, 10), "approved_unsupplied"),
            (date(2018, 5, 1), "supplied_unused"),
            (date(2018, 10, 1), "under_construction"),
            (date(2020, 3, 1), "idle"),
            (date(2020, 9, 1), "under_construction"),
        ],
        [(None, "not_applicable")],
    ]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_without_rows_has_no_histories(layer: str) -> None:
    empty = clean_frame(layer, [])
    assert steps(layer, empty) == []
    assert state_at(layer, empty, date(2020, 1, 1)).tolist() == []


def test_states_keep_the_index_of_the_frame() -> None:
    parcels = clean_frame("parcels", [{"land_use": "17"}, {"land_use": "07"}, {"land_use": "17"}])
    some = parcels[parcels["land_use"] == "17"]
    assert state_at("parcels", some, date(2020, 1, 1)).to_dict() == {0: "not_applicable", 2: "not_applicable"}


def test_an_unknown_layer_is_refused_by_name() -> None:
    with pytest.raises(UnknownLayerError, match="parcel_s"):
        state_at("parcel_s", clean_frame("parcels", []), date(2020, 1, 1))


def naive_parcel_status(row: Mapping[str, Any], day: date) -> str:
    """DESIGN §6 read aloud, one parcel and one day at a time."""

    def by(name: str) -> bool:
        return row[name] is not None and row[name] <= day

    def full_year_passed_since(name: str) -> bool:
        since = row[name]
        if since is None:
            return False
        if since == EXISTING:
            return True
        if (since.month, since.day) == (2, 29):
            return day >= date(since.year + 1, 2, 28)
        return day >= date(since.year + 1, since.month, since.day)

    number = int(row["land_use"][:2])
    little = (row["built_share"] is not None and row["built_share"] < 1 / 3) or (
        row["invested_share"] is not None and row["invested_share"] < 0.25
    )
    if number in (1, 2, 3, 4, 5, 6) or number >= 17:
        return "not_applicable"
    if by("completed_on"):
        return "inefficient" if row["inefficient"] else "completed"
    if not by("approved_on"):
        return "unapproved"
    if not by("supplied_on"):
        return "approved_unsupplied"
    if not by("started_on"):
        return "idle" if full_year_passed_since("start_due_on") else "supplied_unused"
    stopped = by("suspended_on") and not by("resumed_on") and full_year_passed_since("suspended_on")
    return "idle" if stopped and little else "under_construction"


# Few years and many February days, so that anniversaries, leap days and equal days meet often.
DAYS = st.one_of(
    st.dates(date(2018, 12, 1), date(2022, 4, 1)),
    st.sampled_from([date(2019, 2, 28), date(2020, 2, 28), date(2020, 2, 29), date(2021, 2, 28), date(2021, 3, 1)]),
)
DATES = st.one_of(st.none(), DAYS, DAYS, st.just(EXISTING))
SHARES = st.one_of(st.none(), st.sampled_from([0.0, 0.2, 0.25, 0.3, 1 / 3, 0.5, 1.0]))
PARCELS = st.fixed_dictionaries(
    dict.fromkeys(PARCEL_DATES, DATES)
    | {
        "land_use": st.sampled_from(["07", "0701", "10", "16", "07", "09", "03", "17"]),
        "built_share": SHARES,
        "invested_share": SHARES,
        "inefficient": st.sampled_from([None, True, False]),
    }
)


def looked_up(history: list[tuple[date | None, str]], day: date) -> str:
    return [state for first, state in history if first is None or first <= day][-1]


@given(st.lists(PARCELS, max_size=12), st.lists(DAYS, min_size=1, max_size=3))
def test_state_and_history_agree_with_the_table_read_day_by_day(rows: list[dict[str, Any]], days: list[date]) -> None:
    parcels = clean_frame("parcels", rows)
    histories = steps("parcels", parcels)
    # Beside the drawn days, those on which something can change, and their neighbours.
    turns = [first for history in histories for first, _ in history if first is not None]
    for day in [*days, *turns, *(turn - timedelta(days=1) for turn in turns)]:
        expected = [naive_parcel_status(row, day) for row in rows]
        assert state_at("parcels", parcels, day).tolist() == expected
        assert [looked_up(history, day) for history in histories] == expected


@given(PARCELS)
def test_a_history_holds_on_every_single_day(row: dict[str, Any]) -> None:
    (history,) = steps("parcels", clean_frame("parcels", [row]))
    for offset in range(1700):
        day = date(2018, 11, 1) + timedelta(days=offset)
        assert looked_up(history, day) == naive_parcel_status(row, day)


@given(st.sampled_from(sorted(LAYERS)), st.data())
def test_a_history_ascends_never_repeats_itself_and_agrees_with_state_at(layer: str, data: st.DataObject) -> None:
    dates = [field.name for field in LAYERS[layer].fields if field.kind is Kind.DATE]
    row = data.draw(st.fixed_dictionaries(dict.fromkeys(dates, DATES)))
    frame = clean_frame(layer, [row | ({"land_use": "07"} if layer == "parcels" else {})])
    (history,) = steps(layer, frame)
    assert history[0][0] is None
    firsts = [first for first, _ in history[1:]]
    assert firsts == sorted(set(firsts))
    states = [state for _, state in history]
    assert set(states) <= set(STATES[layer])
    assert all(one != next_ for one, next_ in pairwise(states))
    for first in firsts:
        for day in (first, first - timedelta(days=1)):
            assert state_at(layer, frame, day).tolist() == [looked_up(history, day)]


def test_a_hundred_thousand_histories_take_seconds() -> None:
    rows = 100_000
    random = np.random.default_rng(20201231)
    parcels = clean_frame("parcels", []).reindex(range(rows))
    for field in PARCEL_DATES:
        days = pd.Series(pd.to_datetime(random.integers(16_801, 18_993, rows), unit="D").astype("datetime64[s]"))
        parcels[field] = days.mask(random.random(rows) < 0.3)
    parcels["land_use"] = pd.Series(random.choice(["0701", "1001", "1401", "1701"], rows), dtype="str")
    start = time.perf_counter()
    histories = steps("parcels", parcels)
    assert time.perf_counter() - start < 10
    assert len(histories) == rows


# --- what stands beside a status -----------------------------------------------------------------------------------


def test_supplied_land_without_an_agreed_day_of_start_cannot_be_judged() -> None:
    rows = [
        SUPPLIED,
        {**SUPPLIED, "start_due_on": "2018-11-01"},
        {**SUPPLIED, "started_on": "2020-06-01"},
        {"approved_on": "2018-01-10"},
        {**SUPPLIED, "land_use": "17"},
    ]
    parcels = clean_frame("parcels", [{"land_use": "07", **row} for row in rows])
    assert status.cannot_be_judged(parcels, date(2020, 5, 31)).tolist() == [True, False, True, False, False]
    assert status.cannot_be_judged(parcels, date(2020, 6, 1)).tolist() == [True, False, False, False, False]
    assert not status.cannot_be_judged(parcels, date(2018, 4, 30)).any()


def test_idle_land_is_suspected_until_it_is_recognised() -> None:
    land = {"land_use": "07", **SUPPLIED, "start_due_on": "2018-11-01", "idle_recognised_on": "2020-03-01"}
    parcels = clean_frame("parcels", [land, {**land, "started_on": "2018-12-01"}])
    assert status.is_recognised_idle(parcels, date(2020, 2, 29)).tolist() == [False, False]
    assert status.is_recognised_idle(parcels, date(2020, 3, 1)).tolist() == [True, False]
    assert status.status_label("idle", False, "zh") == "疑似闲置"
    assert status.status_label("idle", True, "zh") == "闲置"
    assert status.status_label("idle", False, "en") == "Suspected idle"
    assert status.status_label("completed", True, "zh") == "建成"


def test_a_status_reached_only_by_time_since_the_data_date_is_projected() -> None:
    land = {"land_use": "07", **SUPPLIED}
    parcels = clean_frame(
        "parcels",
        [
            {**land, "start_due_on": "2020-05-01"},  # a year runs out on 2021-05-01
            {**land, "start_due_on": "2019-05-01"},  # ran out before
            {**land, "supplied_on": "2021-02-01", "start_due_on": "2019-05-01"},  # supplied later, by a recorded date
            {**land, "started_on": "2021-04-01"},  # started later, by a recorded date
            {**land, "started_on": "2018-10-01", "suspended_on": "2020-06-01", "built_share": 0.1},
        ],
    )
    published = date(2020, 12, 31)
    assert not status.is_projected("parcels", parcels, published, published).any()
    assert not status.is_projected("parcels", parcels, date(2019, 1, 1), published).any()
    later = status.is_projected("parcels", parcels, date(2021, 12, 31), published)
    assert later.tolist() == [True, False, False, False, True]


def test_greening_that_falls_due_after_the_data_date_is_projected_to_be_late() -> None:
    greening = clean_frame("greening", [{"planned_on": "2021-03-31"}, {"planned_on": "2020-03-31"}])
    found = status.is_projected("greening", greening, date(2021, 3, 31), date(2020, 12, 31))
    assert found.tolist() == [True, False]


# --- since when, and from when -------------------------------------------------------------------------------------


def idle_from_on(day: str, **fields: Any) -> str | None:
    """The day from which one parcel is idle, seen from `day`."""
    parcels = clean_frame("parcels", [{"land_use": "07", **fields}])
    found = status.idle_from(parcels, date.fromisoformat(day)).iloc[0]
    return None if pd.isna(found) else f"{found:%Y-%m-%d}"


def test_unstarted_land_will_be_idle_a_year_after_its_start_was_due() -> None:
    assert idle_from_on("2019-01-01", **SUPPLIED, start_due_on="2018-11-01") == "2019-11-01"
    assert idle_from_on("2020-06-01", **SUPPLIED, start_due_on="2020-02-29") == "2021-02-28"
    assert idle_from_on("2019-01-01", **SUPPLIED) is None


def test_suspended_land_will_be_idle_a_year_later_if_little_was_done_and_it_has_not_resumed() -> None:
    land = {**STARTED, "suspended_on": "2019-03-01"}
    assert idle_from_on("2019-03-01", **land, built_share=0.3) == "2020-03-01"
    assert idle_from_on("2019-02-28", **land, built_share=0.3) is None  # not suspended yet
    assert idle_from_on("2019-03-01", **land) is None  # a missing share is not below its limit
    assert idle_from_on("2019-06-01", **land, built_share=0.3, resumed_on="2019-06-01") is None
    assert idle_from_on("2019-05-31", **land, built_share=0.3, resumed_on="2019-06-01") == "2020-03-01"


def test_land_supplied_after_its_year_ran_out_has_been_idle_since_it_was_supplied() -> None:
    land = {"approved_on": "2018-01-10", "supplied_on": "2020-05-01", "start_due_on": "2018-11-01"}
    assert idle_from_on("2020-06-01", **land) == "2020-05-01"
    assert idle_from_on("2020-04-30", **land) is None


def test_no_year_runs_for_land_that_is_not_supplied_or_is_completed_or_was_idle_since_ever() -> None:
    assert idle_from_on("2018-02-01", **SUPPLIED, start_due_on="2018-11-01") is None
    assert idle_from_on("2020-06-01", **STARTED) is None
    assert idle_from_on("2020-06-01", **STARTED, completed_on="2020-01-01") is None
    assert idle_from_on("2020-06-01", **dict.fromkeys(PARCEL_DATES[:3], EXISTING)) is None
    assert idle_from_on("2020-06-01", **SUPPLIED, land_use="17", start_due_on="2018-11-01") is None


@given(PARCELS, DAYS)
def test_land_becomes_idle_on_its_day_and_not_before_if_nothing_else_happens(row: dict[str, Any], on: date) -> None:
    # What is recorded for later days is what "nothing else happens" leaves out; when the start is due is no event.
    known = {
        field: None if field in PARCEL_DATES and field != "start_due_on" and value and value > on else value
        for field, value in row.items()
    }
    parcels = clean_frame("parcels", [row])
    found = status.idle_from(parcels, on).iloc[0]
    two_years = [on + timedelta(days=offset) for offset in range(731)]
    idle_days = [day for day in two_years if naive_parcel_status(known, day) == "idle"]
    if naive_parcel_status(row, on) == "idle":
        history = [first for first, _ in steps("parcels", parcels)[0] if first is None or first <= on]
        assert (None if pd.isna(found) else found.date()) == history[-1]
    elif pd.isna(found):
        assert not idle_days
    else:
        assert found.date() > on
        assert naive_parcel_status(known, found.date()) == "idle"
        assert naive_parcel_status(known, found.date() - timedelta(days=1)) != "idle"
        assert min([*idle_days, found.date()]) == found.date()


@given(st.sampled_from(sorted(LAYERS)), st.data())
def test_a_state_holds_since_the_last_step_of_the_history(layer: str, data: st.DataObject) -> None:
    dates = [field.name for field in LAYERS[layer].fields if field.kind is Kind.DATE]
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(dates, DATES)), max_size=6))
    if layer == "parcels":
        rows = [row | {"land_use": "07", "built_share": 0.1} for row in rows]
    frame, on = clean_frame(layer, rows), data.draw(DAYS)
    found = status.state_since(layer, frame, on)
    firsts = [[first for first, _ in history if first is None or first <= on][-1] for history in steps(layer, frame)]
    assert [None if pd.isna(since) else since.date() for since in found] == firsts


def test_days_keep_the_index_of_the_frame() -> None:
    due = {"land_use": "07", **SUPPLIED, "start_due_on": "2018-11-01"}
    parcels = clean_frame("parcels", [due, {"land_use": "17"}, due])
    some = parcels[parcels["land_use"] == "07"]
    for day in ("2019-01-01", "2019-11-01"):
        found = status.idle_from(some, date.fromisoformat(day))
        assert found.to_dict() == dict.fromkeys([0, 2], pd.Timestamp("2019-11-01"))
    assert status.state_since("parcels", some, date(2019, 11, 1)).index.tolist() == [0, 2]


def test_no_rows_have_no_days() -> None:
    empty, on = clean_frame("parcels", []), date(2020, 1, 1)
    assert status.idle_from(empty, on).dtype == status.state_since("parcels", empty, on).dtype == "datetime64[s]"
    assert status.idle_from(empty, on).empty


# --- the other layers ----------------------------------------------------------------------------------------------


def history_of(layer: str, **fields: Any) -> list[tuple[str | None, str]]:
    (history,) = steps(layer, clean_frame(layer, [fields]))
    return [(first and first.isoformat(), state) for first, state in history]


def test_roads_and_waterways_are_planned_then_built_then_in_use() -> None:
    assert history_of("roads", started_on="2018-03-01", opened_on="2019-09-30") == [
        (None, "planned"),
        ("2018-03-01", "under_construction"),
        ("2019-09-30", "open"),
    ]
    assert history_of("roads", opened_on=EXISTING) == [(None, "open")]
    assert history_of("waterways", connected_on="2020-05-01") == [(None, "planned"), ("2020-05-01", "connected")]


def test_greening_is_late_from_its_planned_day_until_it_is_completed() -> None:
    assert history_of("greening", planned_on="2019-06-30", started_on="2018-03-01", completed_on="2019-10-01") == [
        (None, "planned"),
        ("2018-03-01", "started"),
        ("2019-06-30", "late"),
        ("2019-10-01", "completed"),
    ]
    assert history_of("greening", planned_on="2019-06-30", completed_on="2019-06-30") == [
        (None, "planned"),
        ("2019-06-30", "completed"),
    ]
    assert history_of("lighting", planned_on="2019-06-30") == [(None, "planned"), ("2019-06-30", "late")]


def test_a_site_supplied_again_before_it_was_vacated_does_not_count_as_supplied_again() -> None:
    assert history_of("relocation_zones", vacated_on="2019-06-30", resupplied_on="2019-06-30")[-1] == (
        "2019-06-30",
        "resupplied",
    )
    assert history_of("relocation_zones", vacated_on="2019-06-30", resupplied_on="2019-06-29") == [
        (None, "listed"),
        ("2019-06-30", "vacated"),
    ]
    assert history_of("relocation_zones", agreed_on="2018-01-01", resupplied_on="2019-06-29") == [
        (None, "listed"),
        ("2018-01-01", "agreed"),
    ]


def test_a_project_is_at_the_last_stage_reached() -> None:
    assert history_of("projects", negotiating_on="2018-01-01", landed_on="2019-01-01", signed_on="2019-02-01") == [
        (None, "not_started"),
        ("2018-01-01", "negotiating"),
        ("2019-01-01", "landed"),
    ]


def test_every_state_of_every_layer_has_a_label_in_both_languages() -> None:
    assert set(STATES) == set(STATE_LABELS) == set(LAYERS)
    for layer, states in STATES.items():
        assert set(STATE_LABELS[layer]) == set(states)
        for label in STATE_LABELS[layer].values():
            assert label.in_("zh") != label.in_("en")


# --- dates of events -----------------------------------------------------------------------------------------------


def test_first_and_last_event_leave_out_what_existed_and_what_is_only_planned() -> None:
    frames = {
        "roads": clean_frame(
            "roads", [{"started_on": "2017-05-03", "opened_on": "2019-01-01"}, {"opened_on": EXISTING}]
        ),
        "greening": clean_frame("greening", [{"planned_on": "2025-12-31", "completed_on": "2020-11-30"}]),
        "parcels": clean_frame("parcels", [{"start_due_on": "2016-01-01"}]),
        "parks": clean_frame("parks", [{}]),
    }
    assert status.first_and_last_event(frames) == (date(2017, 5, 3), date(2020, 11, 30))
    assert status.first_and_last_event({"parks": frames["parks"]}) is None
    assert status.first_and_last_event({}) is None
