"""Early warnings as a calendar file (ICS, RFC 5545): the day on which each parcel would become idle."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pandas as pd
from icalendar import Alarm, Calendar, Event

from geodata.i18n import Language, Text, label, text
from geodata.schema import EXISTING

REMIND_DAYS = (90, 30)
"""How many days before the day a calendar reminds of it."""
_PRODUCT = "-//Liaohe New District//planning map//ZH"
_HOST = "liaohe-plan"
_ILLUSTRATIVE = label("示例数据", "Illustrative data")
_EXISTING = label("现状", "existing")


def to_calendar(
    warnings: pd.DataFrame, *, on: date, illustrative: bool, language: Language, source: Text | None = None
) -> bytes:
    """A calendar with one event for each parcel of an early-warning list.

    Parameters
    ----------
    warnings : parcel_id, state, holder, area_ha, supplied_on, start_due_on, suspended_on, idle_on
        (`geodata.land_lists.land_list`)
    on : the day the list was made for; the same list gives the same bytes
    source : what the list was made of (`geodata.land_lists.source_note`)
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", text("Land about to become idle, as of {day}", day=on).in_(language))
    for each in warnings.to_dict("records"):
        row = {str(name): value for name, value in each.items()}
        told = _told(row, on, illustrative)
        calendar.add_component(_event(row, on, [*told, source] if source else told, illustrative, language))
    return bytes(calendar.to_ical())


def _event(row: dict[str, Any], on: date, told: list[Text], illustrative: bool, language: Language) -> Event:
    day = row["idle_on"].date()
    event = Event()
    event.add("uid", f"{row['parcel_id']}-{day:%Y%m%d}@{_HOST}")
    event.add("dtstamp", datetime.combine(on, time(), tzinfo=UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    words = _title(row).in_(language)
    event.add("summary", f"{_ILLUSTRATIVE.in_(language)} · {words}" if illustrative else words)
    event.add("description", "\n".join(part.in_(language) for part in told))
    for days in REMIND_DAYS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", words)
        alarm.add("trigger", -timedelta(days=days))
        event.add_component(alarm)
    return event


def _title(row: dict[str, Any]) -> Text:
    """What happens on the day; the year runs from the day the start was due, or from that of the suspension."""
    if row["state"] == "supplied_unused":
        return text(
            "Parcel {parcel}: not started for a full year, suspected idle (MLR order 53, article 2)",
            parcel=row["parcel_id"],
        )
    return text(
        "Parcel {parcel}: suspended for a full year, suspected idle (MLR order 53, article 2)", parcel=row["parcel_id"]
    )


def _told(row: dict[str, Any], on: date, illustrative: bool) -> list[Text]:
    if row["state"] == "supplied_unused":
        runs_from = text("Start due: {day}", day=_day(row["start_due_on"]))
    else:
        runs_from = text("Suspended: {day}", day=_day(row["suspended_on"]))
    told = [
        text("Holder: {holder}", holder=_words(row["holder"])),
        text("Area: {area} ha", area="–" if pd.isna(row["area_ha"]) else f"{row['area_ha']:.2f}"),
        text("Supplied: {day}", day=_day(row["supplied_on"])),
        runs_from,
        text("List as of {day}; the finding is the authority’s", day=on),
    ]
    return [_ILLUSTRATIVE, *told] if illustrative else told


def _day(value: pd.Timestamp) -> object:
    return _EXISTING if value == EXISTING else value.date()


def _words(value: Any) -> str:
    return "–" if pd.isna(value) else str(value)
