"""Dashboard: how far along land, greening, water, roads, relocation and projects are at the as-of date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import streamlit as st

from geodata import series
from geodata.indicators import Indicator
from layers import charts, formats
from layers.charts import AreaIn, Chart
from pages.ui import as_of, chips, data, feedback, notes, state
from pages.ui.language import language, t

_M2_PER_HA = 10_000
_COLUMNS = 2

Numbers = dict[str, Indicator]


def show() -> None:
    """Tiles above, charts below; all from the published layers at one day."""
    versions = data.current()
    if not notes.is_ready(versions):
        return
    on = as_of.show(versions)
    with feedback.explained():
        numbers = data.numbers(versions, on)
        _show_tiles(numbers, versions, on)
        _show_charts(versions, on)


def _show_tiles(numbers: Numbers, versions: data.Versions, on: date) -> None:
    tiles = [(layer, tile) for layer, tile in _TILES if layer in versions]
    with st.container(key="tiles"):
        for column, (layer, tile) in zip(st.columns(len(tiles)), tiles, strict=True):
            label, value, below = tile(numbers)
            with column.container(border=True, height="stretch", gap="xxsmall", key=f"tile_{layer}"):
                st.metric(label, value)
                through = notes.data_through(versions[layer], on)
                st.caption(f"{below} · {through}" if through else below)


def _show_charts(versions: data.Versions, on: date) -> None:
    """Two in a row, both as high as the row."""
    shown = [chart for chart in _CHARTS if chart.layer in versions]
    for first in range(0, len(shown), _COLUMNS):
        for column, chart in zip(st.columns(_COLUMNS), shown[first : first + _COLUMNS], strict=False):
            with column.container(border=True, height="stretch", key=f"chart_{chart.name}"), feedback.explained():
                made = chart.build(versions, on)
                st.markdown(f"**{made.title}**")
                chips.show(chips.Chip(label, css) for label, css in made.key)
                st.plotly_chart(
                    made.figure, config=charts.CONFIG, key=f"figure_{chart.name}", alt=made.title, height="stretch"
                )
                source = notes.source_line(versions, chart.layer, on)
                st.caption(f"{source} · {t('without what existed before')}" if chart.monthly else source)


# --- tiles: label, value, the line below ---------------------------------------------------------------------------


def _land_tile(numbers: Numbers) -> tuple[str, str, str]:
    unused = ("approved_unsupplied", "supplied_unused", "idle")
    parts = [_value(numbers, f"land.area_ha.{status}") for status in unused]
    return (
        t("Land not yet in use"),
        _area(sum(part or 0 for part in parts)),
        t(
            "Approved, not supplied {approved} · supplied, not started {supplied} · suspected idle {idle}",
            approved=_area(parts[0]),
            supplied=_area(parts[1]),
            idle=_area(parts[2]),
        ),
    )


def _greening_tile(numbers: Numbers) -> tuple[str, str, str]:
    return (
        t("Greening done / due"),
        formats.share(_value(numbers, "greening.completed_share")),
        t(
            "Completed {completed} · due {planned} · late projects: {late}",
            completed=_area(_value(numbers, "greening.completed_ha")),
            planned=_area(_value(numbers, "greening.planned_ha")),
            late=formats.number(_value(numbers, "greening.late_projects")),
        ),
    )


def _water_tile(numbers: Numbers) -> tuple[str, str, str]:
    return (
        t("Waterways connected"),
        formats.share(_value(numbers, "water.connected_share")),
        t(
            "{connected} of {total} km · connected parts: {components}",
            connected=formats.number(_value(numbers, "water.connected_km"), 1),
            total=formats.number(_value(numbers, "water.total_km"), 1),
            components=formats.number(_value(numbers, "water.components")),
        ),
    )


def _roads_tile(numbers: Numbers) -> tuple[str, str, str]:
    return (
        t("Roads open"),
        t("{length} km", length=formats.number(_sum(numbers, "roads.open_km."), 1)),
        t(
            "of {total} km · {density} km/km² · lit {lit} km",
            total=formats.number(_sum(numbers, "roads.total_km."), 1),
            density=formats.number(_value(numbers, "roads.density_km_per_km2"), 2),
            lit=formats.number(_value(numbers, "lighting.lit_km"), 1),
        ),
    )


def _relocation_tile(numbers: Numbers) -> tuple[str, str, str]:
    return (
        t("Sites vacated"),
        _of(_sum(numbers, "relocation.vacated_sites."), _sum(numbers, "relocation.sites.")),
        t(
            "Land freed {freed} · supplied again {resupplied}",
            freed=_area(_value(numbers, "relocation.freed_ha")),
            resupplied=_area(_value(numbers, "relocation.resupplied_ha")),
        ),
    )


def _projects_tile(numbers: Numbers) -> tuple[str, str, str]:
    return (
        t("Key projects producing"),
        _of(_value(numbers, "projects.count.producing"), _sum(numbers, "projects.count.")),
        t(
            "Investment producing {producing} of {total} × 100 million CNY",
            producing=formats.number(_value(numbers, "projects.investment_100m_cny.producing"), 1),
            total=formats.number(_sum(numbers, "projects.investment_100m_cny."), 1),
        ),
    )


_TILES: tuple[tuple[str, Callable[[Numbers], tuple[str, str, str]]], ...] = (
    ("parcels", _land_tile),
    ("greening", _greening_tile),
    ("waterways", _water_tile),
    ("roads", _roads_tile),
    ("relocation_zones", _relocation_tile),
    ("projects", _projects_tile),
)


# --- charts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Chart:
    """A chart, the layer it is about, and how it is built."""

    name: str
    layer: str
    build: Callable[[data.Versions, date], Chart]
    monthly: bool = False
    """Whether it goes by months, and so leaves out what was there before all records."""


def _land(versions: data.Versions, on: date) -> Chart:
    return charts.land_by_use(series.land_by_use_and_status(data.frame(versions["parcels"]), on), _unit(), language())


def _greening(versions: data.Versions, on: date) -> Chart:
    table = series.greening_by_month(data.frame(versions["greening"]), _last_month(versions, on), on=on)
    return charts.greening_by_month(table, _unit(), language())


def _waterways(versions: data.Versions, on: date) -> Chart:
    return charts.waterways(series.waterways_by_state(data.frame(versions["waterways"]), on), language())


def _roads(versions: data.Versions, on: date) -> Chart:
    return charts.roads_by_class(series.roads_by_class(data.frame(versions["roads"]), on), language())


def _relocation(versions: data.Versions, on: date) -> Chart:
    table = series.relocation_by_batch(data.frame(versions["relocation_zones"]), on)
    return charts.relocation_by_batch(table, _unit(), language())


def _greening_kinds(versions: data.Versions, on: date) -> Chart:
    table = series.greening_by_kind(data.frame(versions["greening"]), on)
    return charts.greening_by_kind(table, _unit(), language())


def _projects(versions: data.Versions, on: date) -> Chart:
    return charts.projects_by_stage(series.projects_by(data.frame(versions["projects"]), on), language())


def _lighting(versions: data.Versions, on: date) -> Chart:
    table = series.lighting_by_month(data.frame(versions["lighting"]), _last_month(versions, on), on=on)
    return charts.lighting_by_month(table, on, language())


_CHARTS = (
    _Chart("land", "parcels", _land),
    _Chart("greening", "greening", _greening, monthly=True),
    _Chart("waterways", "waterways", _waterways),
    _Chart("roads", "roads", _roads),
    _Chart("relocation", "relocation_zones", _relocation),
    _Chart("greening_kinds", "greening", _greening_kinds),
    _Chart("projects", "projects", _projects),
    _Chart("lighting", "lighting", _lighting, monthly=True),
)


def _last_month(versions: data.Versions, on: date) -> date:
    return max(on, data.as_of_range(versions)[1])


# --- numbers -------------------------------------------------------------------------------------------------------


def _value(numbers: Numbers, name: str) -> float | None:
    return numbers[name].value if name in numbers else None


def _sum(numbers: Numbers, prefix: str) -> float:
    """The sum of the values whose ids begin with `prefix`."""
    return sum(number.value or 0 for name, number in numbers.items() if name.startswith(prefix))


def _of(part: float | None, whole: float) -> str:
    return f"{formats.number(part)} / {formats.number(whole)}"


def _area(area_ha: float | None) -> str:
    return formats.area(None if area_ha is None else area_ha * _M2_PER_HA, state.units(), language())


def _unit() -> AreaIn:
    unit = state.units()
    return AreaIn(formats.UNIT_NAMES[unit], _M2_PER_HA / formats.M2_PER_UNIT[unit])
