"""The tiles above the charts: one number for each topic, where it stands against its target, and how it came there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import streamlit as st

from geodata.indicators import Indicator, part_of
from layers import formats
from pages.ui import data, goal, notes, quantity, trend
from pages.ui.goal import Goal
from pages.ui.language import language, t
from pages.ui.scope import Scope

Numbers = dict[str, Indicator]
_QUARTERS = 9
_UNUSED = ("land.area_ha.approved_unsupplied", "land.area_ha.supplied_unused", "land.area_ha.idle")


@dataclass(frozen=True)
class Tile:
    """A tile: the layer it is about, the part of the indicators it reads, its words, and what is held to a target."""

    layer: str
    part: str
    label: Callable[[], str]
    value: Callable[[Numbers], str]
    below: Callable[[Numbers], str]
    goal: Callable[[Numbers, date], Goal]
    held: Callable[[], str] | None = None
    """What is held to the target, where it is not the value itself."""


def show(scope: Scope, before: date | None) -> None:
    """All tiles in a row; with the change since `before` where two dates are compared."""
    tiles = [tile for tile in TILES if scope.has(tile.layer)]
    with st.container(key="tiles", horizontal=True, gap="small"):
        for tile in tiles:
            with st.container(border=True, height="stretch", gap="xxsmall", key=f"tile_{tile.layer}"):
                _show_tile(tile, scope, before)


def _show_tile(tile: Tile, scope: Scope, before: date | None) -> None:
    numbers = scope.numbers(tile.part)
    held = tile.goal(data.numbers(scope.versions, scope.on, tile.part), scope.on)
    st.metric(tile.label(), tile.value(numbers))
    if before is not None:
        earlier = tile.value(scope.at(before).numbers(tile.part))
        st.caption(f"{formats.day(before, language())}{t(': ')}**{earlier}**")
    trend.show(_trend(held, scope))
    if tile.layer in scope.kept:
        st.caption(t("Filtered: targets are for the whole district"))
    else:
        stands = held.progress(scope.versions, scope.on)
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"goal_{tile.layer}"):
            goal.badge(stands, goal.explanation(stands, held.unit, scope.versions, (tile.layer,)))
            st.caption(goal.line(stands, held.unit, tile.held() if tile.held else ""), width="stretch")
    through = notes.data_through(scope.versions[tile.layer], scope.on)
    below = tile.below(numbers)
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


def _value(numbers: Numbers, name: str) -> float | None:
    return numbers[name].value if name in numbers else None


def _shown(numbers: Numbers, name: str) -> str:
    return quantity.shown(_value(numbers, name), numbers[name].unit) if name in numbers else formats.NOTHING


def _sum(numbers: Numbers, prefix: str) -> float:
    """The sum of the values whose ids begin with `prefix`."""
    return sum(number.value or 0 for name, number in numbers.items() if name.startswith(prefix))


def _of(part: float | None, whole: float) -> str:
    return f"{formats.number(part)} / {formats.number(whole)}"


def _land_below(numbers: Numbers) -> str:
    approved, supplied, idle = (_shown(numbers, name) for name in _UNUSED)
    return t(
        "Approved, not supplied {approved} · supplied, not started {supplied} · suspected idle {idle}",
        approved=approved,
        supplied=supplied,
        idle=idle,
    )


def _latest_batch(numbers: Numbers, on: date) -> Goal:
    """The sites of the batch of the year, or of the last batch there is."""
    batches = [int(name.rpartition(".")[2]) for name in numbers if name.startswith("relocation.sites.")]
    due = [batch for batch in batches if batch <= on.year] or batches[:1]
    batch = max(due, default=on.year)
    return goal.goal_of(f"relocation.vacated_sites.{batch}", "count", "relocation")


def _fixed(indicator: str, unit: str) -> Callable[[Numbers, date], Goal]:
    held = goal.goal_of(indicator, unit, part_of(indicator))
    return lambda _numbers, _on: held


TILES: tuple[Tile, ...] = (
    Tile(
        "parcels",
        "land",
        lambda: t("Land not yet in use"),
        lambda numbers: quantity.shown(sum(_value(numbers, name) or 0 for name in _UNUSED), "ha"),
        _land_below,
        lambda _numbers, _on: Goal("land.unused_ha", _UNUSED, "ha", "land"),
    ),
    Tile(
        "greening",
        "greening",
        lambda: t("Greening done / due"),
        lambda numbers: formats.share(_value(numbers, "greening.completed_share")),
        lambda numbers: t(
            "Completed {completed} · due {planned} · late projects: {late}",
            completed=_shown(numbers, "greening.completed_ha"),
            planned=_shown(numbers, "greening.planned_ha"),
            late=_shown(numbers, "greening.late_projects"),
        ),
        _fixed("greening.completed_ha", "ha"),
    ),
    Tile(
        "waterways",
        "water",
        lambda: t("Waterways connected"),
        lambda numbers: formats.share(_value(numbers, "water.connected_share")),
        lambda numbers: t(
            "{connected} of {total} km · connected parts: {components}",
            connected=formats.number(_value(numbers, "water.connected_km"), 1),
            total=formats.number(_value(numbers, "water.total_km"), 1),
            components=_shown(numbers, "water.components"),
        ),
        _fixed("water.connected_km", "km"),
    ),
    Tile(
        "roads",
        "roads",
        lambda: t("Roads open"),
        lambda numbers: t("{length} km", length=formats.number(_sum(numbers, "roads.open_km."), 1)),
        lambda numbers: t("of {total} km", total=formats.number(_sum(numbers, "roads.total_km."), 1)),
        _fixed("roads.density_km_per_km2", "km/km2"),
        lambda: t("Density"),
    ),
    Tile(
        "lighting",
        "lighting",
        lambda: t("Roads lit"),
        lambda numbers: _shown(numbers, "lighting.lit_km"),
        lambda numbers: t("of {total} planned", total=_shown(numbers, "lighting.total_km")),
        _fixed("lighting.lit_km", "km"),
    ),
    Tile(
        "relocation_zones",
        "relocation",
        lambda: t("Sites vacated"),
        lambda numbers: _of(_sum(numbers, "relocation.vacated_sites."), _sum(numbers, "relocation.sites.")),
        lambda numbers: t(
            "Land freed {freed} · supplied again {resupplied}",
            freed=_shown(numbers, "relocation.freed_ha"),
            resupplied=_shown(numbers, "relocation.resupplied_ha"),
        ),
        _latest_batch,
        lambda: t("Batch of the year"),
    ),
    Tile(
        "projects",
        "projects",
        lambda: t("Key projects producing"),
        lambda numbers: _of(_value(numbers, "projects.count.producing"), _sum(numbers, "projects.count.")),
        lambda numbers: t(
            "Investment producing {producing} of {total}",
            producing=_shown(numbers, "projects.investment_100m_cny.producing"),
            total=quantity.shown(_sum(numbers, "projects.investment_100m_cny."), "100m_cny"),
        ),
        _fixed("projects.count.producing", "count"),
    ),
)
