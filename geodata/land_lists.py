"""The lists behind the land numbers: what lies unused, since when, and what is about to become idle.

Source of the rule: 闲置土地处置办法 (国土资源部令第53号), 第二条, as in `geodata.status`.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geodata.i18n import Language, Text, label, text
from geodata.measures import area_ha, subset
from geodata.schema import LAND_USES, schema_of
from geodata.status import (
    PROJECTED,
    cannot_be_judged,
    idle_from,
    is_projected,
    is_recognised_idle,
    state_at,
    state_since,
    status_label,
)
from geodata.workbook import Column, Kind, Sheet

LISTS: dict[str, Text] = {
    "approved_unsupplied": label("批而未供", "Approved, not supplied"),
    "supplied_unused": label("供而未用", "Supplied, not started"),
    "idle": label("闲置（含疑似）", "Idle and suspected idle"),
    "inefficient": label("低效", "Inefficient"),
    "cannot_be_judged": label("无法判定", "Can't be judged"),
    "early_warning": label("闲置预警", "Early warning"),
}
WARNING_DAYS = 90
MU_PER_HA = 15


def land_list(
    parcels: GeoDataFrame, name: str, on: date, *, data_date: date, within_days: int = WARNING_DAYS
) -> pd.DataFrame:
    """One of `LISTS` at a date.

    Parameters
    ----------
    name : `early_warning` lists what is not idle at the date and will be within `within_days` if nothing happens
    data_date : a state reached only by time passing since then is marked as projected (推算)

    Returns
    -------
    DataFrame
        row (label in the frame's index), parcel_id, land_use, state, recognised, projected, holder, area_ha, since,
        days_since, idle_on, days_until_idle, delay_by, supplied_on, start_due_on, suspended_on. Early warnings by the
        day they come, the others by how long they last, those since ever first.
    """
    parcels = subset(parcels, _chosen(parcels, name, on, within_days))
    state = state_at("parcels", parcels, on)
    idle_on = idle_from(parcels, on)
    until_idle = (idle_on - pd.Timestamp(on)).dt.days.astype("Int64")
    since = state_since("parcels", parcels, on)
    listed = pd.DataFrame(
        {
            "row": parcels.index,
            "parcel_id": parcels["parcel_id"],
            "land_use": parcels["land_use"],
            "state": state,
            "recognised": is_recognised_idle(parcels, on),
            "projected": is_projected("parcels", parcels, on, data_date),
            "holder": parcels["holder"],
            "area_ha": area_ha(parcels),
            "since": since,
            "days_since": (pd.Timestamp(on) - since).dt.days.astype("Int64"),
            "idle_on": idle_on,
            "days_until_idle": until_idle.mask(state == "idle"),
            "delay_by": parcels["delay_by"],
            "supplied_on": parcels["supplied_on"],
            "start_due_on": parcels["start_due_on"],
            "suspended_on": parcels["suspended_on"],
        }
    )
    order = ["idle_on", "parcel_id"] if name == "early_warning" else ["since", "parcel_id"]
    return listed.sort_values(order, na_position="first").reset_index(drop=True)


def _chosen(parcels: GeoDataFrame, name: str, on: date, within_days: int) -> NDArray[np.bool_]:
    """Which parcels a list holds."""
    if name == "cannot_be_judged":
        return cannot_be_judged(parcels, on).to_numpy()
    state = state_at("parcels", parcels, on).to_numpy()
    if name != "early_warning":
        return np.asarray(state == name)
    last = pd.Timestamp(on) + pd.Timedelta(days=within_days)
    return np.asarray((state != "idle") & (idle_from(parcels, on) <= last).to_numpy())


def status_flow(parcels: GeoDataFrame, start: date, end: date) -> pd.DataFrame:
    """How land went from status to status between two dates, what occurs: from_state, to_state, area_ha, parcels."""
    table = pd.DataFrame(
        {
            "from_state": state_at("parcels", parcels, start),
            "to_state": state_at("parcels", parcels, end),
            "area_ha": area_ha(parcels),
            "parcels": 1,
        }
    )
    return table.groupby(["from_state", "to_state"]).sum().reset_index()


def sheets(
    parcels: GeoDataFrame,
    on: date,
    *,
    data_date: date,
    version: int,
    illustrative: bool,
    language: Language,
    within_days: int = WARNING_DAYS,
) -> list[Sheet]:
    """All lists as the sheets of a workbook."""
    notes = [
        source_note(on, version=version, data_date=data_date),
        text("Rule of idle land: Measures for Disposing of Idle Land (MLR order 53), article 2"),
    ]
    if illustrative:
        notes.insert(0, label("示例数据", "Illustrative data"))
    made = []
    for name, title in LISTS.items():
        listed = land_list(parcels, name, on, data_date=data_date, within_days=within_days)
        ahead = text("Idle within {days} days if nothing happens", days=within_days)
        told = [*notes, ahead] if name == "early_warning" else notes
        made.append(
            Sheet(
                title.in_(language),
                _in_words(listed, language),
                {column: Column(heading.in_(language), kind) for column, (heading, kind) in _COLUMNS.items()},
                [note.in_(language) for note in told],
            )
        )
    return made


def source_note(on: date, *, version: int, data_date: date) -> Text:
    """What a list was made of, for whoever takes it away."""
    return text(
        "As of {day}; layer of parcels, version {number}, data through {through}",
        day=on,
        number=version,
        through=data_date,
    )


_FIELDS = {field.name: field.label for field in schema_of("parcels").fields}
_COLUMNS: dict[str, tuple[Text, Kind]] = {
    "parcel_id": (_FIELDS["parcel_id"], "text"),
    "state": (label("状态", "Status"), "text"),
    "land_use": (_FIELDS["land_use"], "text"),
    "holder": (_FIELDS["holder"], "text"),
    "area_ha": (label("面积（公顷）", "Area (ha)"), "decimal"),
    "area_mu": (label("面积（亩）", "Area (mu)"), "decimal"),
    "since": (label("起始日期", "Since"), "day"),
    "days_since": (label("已历天数", "Days since"), "whole"),
    "supplied_on": (_FIELDS["supplied_on"], "day"),
    "start_due_on": (_FIELDS["start_due_on"], "day"),
    "suspended_on": (_FIELDS["suspended_on"], "day"),
    "idle_on": (label("构成闲置日", "Idle from"), "day"),
    "days_until_idle": (label("距闲置天数", "Days until idle"), "whole"),
    "delay_by": (_FIELDS["delay_by"], "text"),
    "projected": (PROJECTED, "text"),
}


def _in_words(listed: pd.DataFrame, language: Language) -> pd.DataFrame:
    """The list with its codes named and its areas in both units."""
    causes = schema_of("parcels").field("delay_by").codes
    return listed.assign(
        state=[status_label(*row, language) for row in zip(listed["state"], listed["recognised"], strict=True)],
        land_use=[_use(code, language) for code in listed["land_use"].fillna("")],
        area_mu=listed["area_ha"] * MU_PER_HA,
        delay_by=[causes[cause].in_(language) if cause in causes else "" for cause in listed["delay_by"].fillna("")],
        projected=[PROJECTED.in_(language) if flag else "" for flag in listed["projected"]],
    )


def _use(code: str, language: Language) -> str:
    name = LAND_USES.get(code[:2])
    return f"{code} {name.in_(language)}" if name else code
