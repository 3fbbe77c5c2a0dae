"""The tiles above the charts: one number for each topic, where it stands against its target, and how it came there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from geodata.i18n import Text, text
from geodata.indicators import part_of
from layers import formats
from layers.headlines import HEADLINES, UNUSED, Headline, Numbers, Reader
from layers.scope import Scope
from pages.ui import data, goal, notes, trend
from pages.ui.goal import Goal
from pages.ui.language import language, say, t

_QUARTERS = 9
GoalOf = Callable[[Numbers, date], Goal]


def show(scope: Scope, before: date | None) -> None:
    """All tiles in a row; with the change since `before` where two dates are compared."""
    with st.container(key="tiles", horizontal=True, gap="small"):
        for layer, tile in HEADLINES.items():
            if scope.has(layer):
                with st.container(border=True, height="stretch", gap="xxsmall", key=f"tile_{layer}"):
                    _show_tile(tile, scope, before)


def _show_tile(tile: Headline, scope: Scope, before: date | None) -> None:
    reader = Reader(scope.language, scope.units)
    numbers = scope.numbers(tile.part)
    held = _GOALS[tile.layer](data.numbers(scope.versions, scope.on, tile.part), scope.on)
    st.metric(say(tile.label), tile.value(numbers, reader))
    if before is not None:
        earlier = tile.value(scope.at(before).numbers(tile.part), reader)
        st.caption(f"{formats.day(before, language())}{t(': ')}**{earlier}**")
    trend.show(_trend(held, scope))
    if tile.layer in scope.kept:
        st.caption(t("Filtered: targets are for the whole district"))
    else:
        stands = held.progress(scope.versions, scope.on)
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"goal_{tile.layer}"):
            goal.badge(stands, goal.explanation(stands, held.unit, scope.versions, (tile.layer,)))
            st.caption(
                goal.line(stands, held.unit, say(_HELD[tile.layer]) if tile.layer in _HELD else ""), width="stretch"
            )
    through = notes.data_through(scope.versions[tile.layer], scope.on)
    below = say(tile.below(numbers, reader))
    st.caption(f"{below} · {through}" if through else below)


def _trend(held: Goal, scope: Scope) -> list[float]:
    """The values at the ends of the last quarters, and at the day itself, of the whole district."""
    days = [*quarter_ends(scope.on, _QUARTERS - 1), scope.on]
    return [value for value in (held.value(scope.versions, day) for day in days) if value is not None]


def quarter_ends(before: date, count: int) -> list[date]:
    """The last days of the `count` quarters that ended before a day, the earliest first."""
    quarter = before.year * 4 + (before.month - 1) // 3
    firsts = [date(number // 4, number % 4 * 3 + 1, 1) for number in range(quarter - count + 1, quarter + 1)]
    return [date.fromordinal(first.toordinal() - 1) for first in firsts]


def _latest_batch(numbers: Numbers, on: date) -> Goal:
    """The sites of the batch of the year, or of the last batch there is."""
    batches = [int(name.rpartition(".")[2]) for name in numbers if name.startswith("relocation.sites.")]
    due = [batch for batch in batches if batch <= on.year] or batches[:1]
    batch = max(due, default=on.year)
    return goal.goal_of(f"relocation.vacated_sites.{batch}", "count", "relocation")


def _fixed(indicator: str, unit: str) -> GoalOf:
    held = goal.goal_of(indicator, unit, part_of(indicator))
    return lambda _numbers, _on: held


_GOALS: dict[str, GoalOf] = {
    "parcels": lambda _numbers, _on: Goal("land.unused_ha", UNUSED, "ha", "land"),
    "greening": _fixed("greening.completed_ha", "ha"),
    "waterways": _fixed("water.connected_km", "km"),
    "roads": _fixed("roads.density_km_per_km2", "km/km2"),
    "lighting": _fixed("lighting.lit_km", "km"),
    "relocation_zones": _latest_batch,
    "projects": _fixed("projects.count.producing", "count"),
}
"""What each figure is held against."""
_HELD: dict[str, Text] = {"roads": text("Density"), "relocation_zones": text("Batch of the year")}
"""What is held to the target, where it is not the figure itself."""
