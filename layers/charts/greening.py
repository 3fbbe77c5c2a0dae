"""Figures of greening and lighting: against plan by month, by kind, by place; what housing is near to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from geodata.filters import PLACE, Key
from geodata.i18n import Text, text
from geodata.schema import GREENING_KINDS
from layers import formats, styles
from layers.charts.base import Chart, Look, part_of_whole, planned_and_done, stacked_bars

MONTHS: tuple[Key, ...] = (("greening", "planned_on"),)
LIGHTING_MONTHS: tuple[Key, ...] = (("lighting", "planned_on"),)
KIND: tuple[Key, ...] = (("greening", "kind"),)


def place_picks(place: str) -> tuple[Key, ...]:
    """What a bar of `by_place` stands for."""
    return ((PLACE, place),)


_DONE, _IN_ALL = text("Completed"), text("In all")


def by_month(table: pd.DataFrame, look: Look) -> Chart:
    """Planned against completed greening, cumulative; `table`: month, planned_ha, completed_ha (NaN: not told)."""
    return planned_and_done(
        text("New greening completed against plan, cumulative ({unit})", unit=look.area.name),
        table["month"],
        planned=table["planned_ha"] * look.area.per_ha,
        done=table["completed_ha"] * look.area.per_ha,
        layer="greening",
        unit=look.area.name,
        look=look,
        period=MONTHS,
    )


def lighting_by_month(table: pd.DataFrame, on: date, look: Look) -> Chart:
    """Planned against finished lighting until `on`, cumulative; `table`: month, planned_km, lit_km."""
    return planned_and_done(
        text("New lighting finished against plan, cumulative (km)"),
        table["month"],
        planned=table["planned_km"],
        done=table["lit_km"].where(table["month"] <= pd.Timestamp(on)),
        layer="lighting",
        unit=text("km"),
        look=look,
        period=LIGHTING_MONTHS,
    )


def by_kind(table: pd.DataFrame, look: Look) -> Chart:
    """Greening of each kind, completed and to come; `table`: kind, completed_ha, total_ha."""
    done = table["completed_ha"] * look.area.per_ha
    rest = (table["total_ha"] - table["completed_ha"]) * look.area.per_ha
    return stacked_bars(
        text("Greening by kind: completed and still to come ({unit})", unit=look.area.name),
        rows={kind: GREENING_KINDS[kind] for kind in table["kind"]},
        layer="greening",
        values={(kind, "completed"): value for kind, value in zip(table["kind"], done, strict=True)}
        | {(kind, "planned"): value for kind, value in zip(table["kind"], rest, strict=True)},
        hover=text("{row}<br>{state}: {value} {unit}", unit=look.area.name),
        decimals=formats.decimals_for(float(done.max())),
        look=look,
        picks=KIND,
    )


_PLACE_CHARTS = {
    "zone": text("Greening by water zone ({unit})"),
    "corridor": text("Greening by corridor ({unit})"),
}


def by_place(table: pd.DataFrame, place: str, names: Mapping[str, Text], look: Look) -> Chart:
    """Greening completed in each place out of all; `table`: place, completed_ha, total_ha."""
    by_key = table.set_index("place").reindex(list(names), fill_value=0.0) * look.area.per_ha
    return part_of_whole(
        Text(_PLACE_CHARTS[place].source, {"unit": look.area.name}),
        rows=names,
        done=list(by_key["completed_ha"]),
        whole=list(by_key["total_ha"]),
        names=(_DONE, _IN_ALL),
        style=styles.style("greening", "completed"),
        hover=text("{row}<br>Completed {done} of {whole} {unit}", unit=look.area.name),
        decimals=formats.decimals_for(float(by_key["completed_ha"].max())),
        look=look,
        picks=place_picks(place),
    )


def housing_near(shares: Mapping[str, float | None], names: Mapping[str, Text], title: Text, look: Look) -> Chart:
    """The share of housing land that is near enough to what it needs; `shares`: name → 0–1, None: not known."""
    told = {name: share for name, share in shares.items() if share is not None}
    return part_of_whole(
        title,
        rows={name: names[name] for name in told},
        done=[share * 100 for share in told.values()],
        whole=[100.0] * len(told),
        names=(text("Within the distance"), text("All housing land")),
        style=styles.style("greening", "completed"),
        hover=text("{row}<br>{done} % of the housing land"),
        decimals=1,
        look=look,
    )
