"""Early warnings as a calendar file (ICS, RFC 5545): the day on which each parcel would become idle."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pandas as pd
from icalendar import Alarm, Calendar, Event

from geodata.i18n import Language, Text, label, text

REMIND_DAYS = (90, 30)
"""How many days before the day a calendar reminds of it."""
_PRODUCT = "-//Liaohe New District//planning map//ZH"
_HOST = "liaohe-plan"
_ILLUSTRATIVE = label("示例数据", "Illustrative data")


def to_calendar(warnings: pd.DataFrame, *, on: date, illustrative: bool, language: Language) -> bytes:
    """A calendar with one event for each parcel of an early-warning list.

    Parameters
    ----------
    warnings : parcel_id, holder, area_ha, start_due_on, idle_on (`geodata.land_lists.land_list`)
    on : the day the list was made for; the same list gives the same bytes
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", text("Land about to become idle, as of {day}", day=on).in_(language))
    for row in warnings.to_dict("records"):
        calendar.add_component(_event({str(name): value for name, value in row.items()}, on, illustrative, language))
    return bytes(calendar.to_ical())


def _event(row: dict[str, Any], on: date, illustrative: bool, language: Language) -> Event:
    day = row["idle_on"].date()
    title = text(
        "Parcel {parcel}: a year has passed, suspected idle (MLR order 53, article 2)", parcel=row["parcel_id"]
    )
    event = Event()
    event.add("uid", f"{row['parcel_id']}-{day:%Y%m%d}@{_HOST}")
    event.add("dtstamp", datetime.combine(on, time(), tzinfo=UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    words = title.in_(language)
    event.add("summary", f"{_ILLUSTRATIVE.in_(language)} · {words}" if illustrative else words)
    event.add("description", "\n".join(part.in_(language) for part in _told(row, on, illustrative)))
    for days in REMIND_DAYS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", words)
        alarm.add("trigger", -timedelta(days=days))
        event.add_component(alarm)
    return event


def _told(row: dict[str, Any], on: date, illustrative: bool) -> list[Text]:
    due = row["start_due_on"]
    told = [
        text("Holder: {holder}", holder=_words(row["holder"])),
        text("Area: {area} ha", area=f"{row['area_ha']:.2f}"),
        text("Start due: {day}", day=_words(due if pd.isna(due) else due.date())),
        text("List as of {day}; the finding is the authority’s", day=on),
    ]
    return [_ILLUSTRATIVE, *told] if illustrative else told


def _words(value: Any) -> str:
    return "–" if pd.isna(value) else str(value)
