"""Early warnings as a calendar, read back by a library."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from geodata.calendar_file import to_calendar
from geodata.i18n import Language
from geodata.land_lists import land_list
from tests.geodata.little_district import ON, little_district

PARCELS = little_district()["parcels"].assign(
    parcel_id=[f"P-{row}" for row in range(9)], holder=["企业，甲;乙\n丙" * 9] + [None] * 8
)


def calendar(*, language: Language = "zh", illustrative: bool = True, on: date = date(2020, 12, 2)) -> bytes:
    warnings = land_list(PARCELS, "early_warning", on, data_date=ON, within_days=30)
    return to_calendar(warnings, on=on, illustrative=illustrative, language=language)


def test_each_parcel_is_an_event_of_the_day_it_becomes_idle():
    events = Calendar.from_ical(calendar()).walk("VEVENT")
    assert [(event["UID"].partition("-2")[0], event["DTSTART"].dt) for event in events] == [
        ("P-5", date(2020, 12, 31)),
        ("P-6", date(2021, 1, 1)),
    ]
    assert all(event["DTEND"].dt - event["DTSTART"].dt == timedelta(days=1) for event in events)


@pytest.mark.parametrize(("language", "word"), [("zh", "示例数据"), ("en", "Illustrative data")])
def test_illustrative_data_is_called_so(language: Language, word: str):
    for event in Calendar.from_ical(calendar(language=language)).walk("VEVENT"):
        assert event["SUMMARY"].startswith(word)
    for event in Calendar.from_ical(calendar(language=language, illustrative=False)).walk("VEVENT"):
        assert word not in event["SUMMARY"] + event["DESCRIPTION"]


def test_it_reminds_ninety_and_thirty_days_before():
    event = Calendar.from_ical(calendar()).walk("VEVENT")[0]
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [timedelta(days=-90), timedelta(days=-30)]


def test_the_same_list_gives_the_same_bytes():
    assert calendar() == calendar()


def test_lines_are_folded_as_calendars_expect():
    lines = calendar().split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in calendar().replace(b"\r\n", b"")
