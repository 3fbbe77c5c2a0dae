"""Early warnings as a calendar, read back by a library."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from geodata.calendar_file import to_calendar
from geodata.i18n import Language
from geodata.land_lists import land_list, source_note
from tests.geodata.clean_frames import clean_frame
from tests.geodata.little_district import EXISTING, ON, little_district

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


def test_an_event_tells_its_holder_area_days_and_what_the_list_was_made_of():
    warned = land_list(PARCELS, "early_warning", ON, data_date=ON)
    source = source_note(ON, version=3, data_date=ON)
    made = to_calendar(warned, on=ON, illustrative=True, language="zh", source=source)
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    assert event["SUMMARY"] == "示例数据 · 地块 P-6：满一年未动工，将构成疑似闲置（53号令第二条）"
    assert event["DESCRIPTION"].split("\n") == [
        "示例数据",
        "使用权人：–",
        "面积：7.00 公顷",
        "供地：2018-05-01",
        "约定动工：2020-01-01",
        "清单时点 2020-12-31；认定以主管部门为准",
        "统计时点 2020-12-31；用地图层第 3 版，数据截至 2020-12-31",
    ]


def test_suspended_land_is_told_from_land_that_was_never_started():
    fields = {
        "parcel_id": "P-0123",
        "land_use": "0701",
        "holder": "企业，甲;乙\n丙",
        **dict.fromkeys(["approved_on", "supplied_on", "started_on", "start_due_on"], EXISTING),
        "suspended_on": "2020-02-29",
        "built_share": 0.2,
    }
    warned = land_list(clean_frame("parcels", [fields]), "early_warning", ON, data_date=ON)
    made = to_calendar(warned, on=ON, illustrative=False, language="zh")
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    assert event["DTSTART"].dt == date(2021, 2, 28)
    assert event["SUMMARY"] == "地块 P-0123：中止开发建设满一年，将构成疑似闲置（53号令第二条）"
    assert event["DESCRIPTION"].split("\n")[:5] == [
        "使用权人：企业，甲;乙",
        "丙",
        "面积：– 公顷",  # it has no geometry
        "供地：现状",
        "中止：2020-02-29",
    ]


def test_an_event_keeps_its_identity_while_its_day_stays():
    early, late = (Calendar.from_ical(calendar(on=date(2020, 12, day))).walk("VEVENT")[0] for day in (2, 10))
    assert early["UID"] == late["UID"] == "P-5-20201231@liaohe-plan"
    assert late["DTSTAMP"].dt == datetime(2020, 12, 10, tzinfo=UTC)


def test_nothing_to_warn_of_is_a_calendar_without_events():
    made = Calendar.from_ical(calendar(on=date(2018, 1, 1)))
    assert (made["VERSION"], made.walk("VEVENT")) == ("2.0", [])


def test_the_same_list_gives_the_same_bytes():
    assert calendar() == calendar()


def test_lines_are_folded_as_calendars_expect():
    lines = calendar().split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in calendar().replace(b"\r\n", b"")
