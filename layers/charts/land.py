"""Figures of land: by status, by use, by place, and the flow of status between two dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from geodata.filters import PLACE, Key
from geodata.i18n import Text, text
from geodata.schema import LAND_USES
from geodata.status import READING_ORDER, STATE_LABELS
from layers import formats, styles
from layers.charts.base import Chart, Look, Node, cells, filled, flow, plain_bars, stacked_bars

STATUS: tuple[Key, ...] = (("parcels", "state"),)
_LISTED = 8
USE: tuple[Key, ...] = (("parcels", "use"), ("parcels", "state"))


def place_picks(place: str) -> tuple[Key, ...]:
    """What a bar of `by_place` stands for."""
    return (PLACE, place), ("parcels", "state")


def by_status(table: pd.DataFrame, look: Look) -> Chart:
    """Area of each status, the number of parcels in the hover text; `table`: state, area_ha, parcels."""
    hover = text("{state}: {value} {unit}, {count} parcels", unit=look.area.name)
    labels = [STATE_LABELS["parcels"][state].in_(look.language) for state in table["state"]]
    areas = table["area_ha"] * look.area.per_ha
    decimals = formats.decimals_for(float(areas.max())) if len(areas) else 0
    shown = [formats.number(area, decimals) for area in areas]
    return plain_bars(
        text("Land by supply status ({unit})", unit=look.area.name),
        values=list(areas),
        labels=labels,
        looks=[styles.style("parcels", state) for state in table["state"]],
        shown=shown,
        hover=[
            filled(hover, look, state=label, value=area, count=formats.number(count))
            for label, area, count in zip(labels, shown, table["parcels"], strict=True)
        ],
        picked=[(state,) for state in table["state"]],
        look=look,
        picks=STATUS,
    )


def largest_idle(table: pd.DataFrame, look: Look) -> Chart:
    """The largest idle and suspected idle parcels, the largest first; `table`: parcel_id, days_since, area_ha."""
    name = text("{parcel} ({days} days)")
    largest = table.sort_values("area_ha", ascending=False, kind="stable").head(_LISTED)
    areas = largest["area_ha"] * look.area.per_ha
    labels = [
        filled(name, look, parcel=parcel, days=formats.number(days)) if pd.notna(days) else parcel
        for parcel, days in zip(largest["parcel_id"], largest["days_since"], strict=True)
    ]
    shown = [formats.number(area, 1) for area in areas]
    return plain_bars(
        text("Largest idle parcels, suspected ones too, with their days idle ({unit})", unit=look.area.name),
        values=list(areas),
        labels=labels,
        looks=[styles.style("parcels", "idle")] * len(largest),
        shown=shown,
        hover=labels,
        picked=[()] * len(largest),
        look=look,
        picks=(),
    )


def by_use(table: pd.DataFrame, look: Look) -> Chart:
    """Area of each planned use, stacked by supply status; `table`: land_use, status, area_ha, parcels."""
    return stacked_bars(
        text("Land by planned use and supply status ({unit})", unit=look.area.name),
        rows={use: LAND_USES.get(use, Text(use)) for use in sorted(table["land_use"].unique())},
        layer="parcels",
        values=cells(table["land_use"], table["status"], table["area_ha"] * look.area.per_ha),
        hover=text("{row}<br>{state}: {value} {unit}, {count} parcels", unit=look.area.name),
        counts=cells(table["land_use"], table["status"], table["parcels"]),
        decimals=formats.decimals_for(float(table["area_ha"].max() * look.area.per_ha)) if len(table) else 0,
        look=look,
        picks=USE,
    )


_PLACE_CHARTS = {
    "zone": text("Land by water zone ({unit})"),
    "park": text("Land in the parks ({unit})"),
}


def by_place(table: pd.DataFrame, place: str, names: Mapping[str, Text], look: Look) -> Chart:
    """Area in each place, stacked by status; `table`: place, state, area_ha, features."""
    return stacked_bars(
        Text(_PLACE_CHARTS[place].source, {"unit": look.area.name}),
        rows=names,
        layer="parcels",
        values=cells(table["place"], table["state"], table["area_ha"] * look.area.per_ha),
        hover=text("{row}<br>{state}: {value} {unit}, {count} parcels", unit=look.area.name),
        counts=cells(table["place"], table["state"], table["features"]),
        decimals=formats.decimals_for(float(table["area_ha"].max() * look.area.per_ha)) if len(table) else 0,
        look=look,
        picks=place_picks(place),
    )


def status_flow(table: pd.DataFrame, start: date, end: date, look: Look) -> Chart:
    """How land went from status to status between two days; `table`: from_state, to_state, area_ha, parcels."""
    states = READING_ORDER["parcels"]
    present = [[state for state in states if state in set(table[column])] for column in ("from_state", "to_state")]
    nodes = [
        Node(STATE_LABELS["parcels"][state].in_(look.language), styles.colour("parcels", state), x)
        for x, column in zip((0.001, 0.999), present, strict=True)
        for state in column
    ]
    hover = text("{before} → {after}<br>{value} {unit}, {count} parcels", unit=look.area.name)
    links = []
    areas = table["area_ha"] * look.area.per_ha
    for before, after, value, count in zip(
        table["from_state"], table["to_state"], areas, table["parcels"], strict=True
    ):
        source, target = present[0].index(before), len(present[0]) + present[1].index(after)
        words = filled(
            hover,
            look,
            before=nodes[source].name,
            after=nodes[target].name,
            value=formats.number(value, formats.decimals_for(value)),
            count=formats.number(count),
        )
        links.append((source, target, value, words))
    title = text(
        "Land that went from one status to another, {start} to {end} ({unit})",
        start=formats.day(start, look.language),
        end=formats.day(end, look.language),
        unit=look.area.name,
    )
    return flow(title, nodes, links, look=look)
