"""The dashboard's figures (Plotly), in the colours of the map.

Each function takes a table of numbers as `geodata.indicators` makes it and returns a figure in one language. The page
gives font and background, light or dark; a colour here is always the map's colour of the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from types import MappingProxyType
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from geodata.i18n import Language, Text, label, text
from geodata.schema import GREENING_KINDS, LAND_USES, ROAD_CLASSES
from geodata.status import STATE_LABELS, STATES
from layers import formats, styles
from layers.styles import Style

CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "doubleClick": False}
"""For `st.plotly_chart`: no buttons. Every word and number is written here, so Plotly needs no locale."""

_TEXT_PX = 14
_TICK_MONTHS = (1, 7)
_HEIGHT_PX, _ROW_PX, _AROUND_ROWS_PX = 260, 32, 40
_EDGE_PX = 1
_PLAN_COLOUR = "#7d8a91"
"""What is only planned has no colour of its own on the map; this one reads on light and dark."""
_INK, _WHITE = "#1b2a33", "#ffffff"
_LIGHT = 140
"""The grey, of 255, from which on a colour takes dark words."""
_PATTERNS = {"diagonal": "/", "cross": "x", "dots": "."}
_Cell = tuple[str, str]


@dataclass(frozen=True)
class AreaIn:
    """The unit of area a figure is in."""

    name: Text
    per_ha: float


@dataclass(frozen=True)
class Chart:
    """A figure with its title and its key: each word with the CSS of its swatch, in drawing order."""

    title: str
    key: tuple[tuple[str, str], ...]
    figure: go.Figure


def land_by_use(table: pd.DataFrame, area: AreaIn, language: Language) -> Chart:
    """Area of each planned use, stacked by supply status; `table`: land_use, status, area_ha, parcels."""
    return _stacked_bars(
        text("Land by planned use and supply status ({unit})", unit=area.name),
        rows={use: LAND_USES[use] for use in sorted(table["land_use"].unique())},
        layer="parcels",
        values=_cells(table["land_use"], table["status"], table["area_ha"] * area.per_ha),
        hover=text("{row}<br>{state}: {value} {unit}, {count} parcels", unit=area.name),
        counts=_cells(table["land_use"], table["status"], table["parcels"]),
        decimals=formats.decimals_for(float(table["area_ha"].max() * area.per_ha)),
        language=language,
    )


def relocation_by_batch(table: pd.DataFrame, area: AreaIn, language: Language) -> Chart:
    """Sites of each batch, stacked by how far they are; `table`: batch, state, sites, area_ha."""
    return _stacked_bars(
        text("Relocation out of town by batch (sites)"),
        rows={str(batch): text("Batch {year}", year=batch) for batch in sorted(table["batch"].unique())},
        layer="relocation_zones",
        values=_cells(table["batch"], table["state"], table["sites"]),
        hover=text("{row}<br>{state}: {value} sites, {count} {unit}", unit=area.name),
        counts=_cells(table["batch"], table["state"], table["area_ha"] * area.per_ha),
        language=language,
    )


def waterways(table: pd.DataFrame, language: Language) -> Chart:
    """Length of each waterway in the colour of its state; `table`: name, state, length_km, in drawing order."""
    # Plotly takes text for markup, and a name is what somebody's file says.
    names = [escape(str(name)) for name in table["name"]]
    return _stacked_bars(
        text("Waterways connected (km)"),
        rows={str(row): label(name, name) for row, name in enumerate(names)},
        layer="waterways",
        values=_cells(pd.Series(range(len(table))), table["state"], table["length_km"]),
        hover=text("{row}<br>{state}: {value} km"),
        decimals=1,
        language=language,
    )


def roads_by_class(table: pd.DataFrame, language: Language) -> Chart:
    """Length of road of each class, stacked by state; `table`: road_class, state, length_km."""
    present = set(table["road_class"])
    return _stacked_bars(
        text("Roads open, under construction and planned, by class (km)"),
        rows={name: label for name, label in ROAD_CLASSES.items() if name in present},
        layer="roads",
        values=_cells(table["road_class"], table["state"], table["length_km"]),
        hover=text("{row}<br>{state}: {value} km"),
        decimals=1,
        language=language,
    )


def greening_by_month(table: pd.DataFrame, area: AreaIn, language: Language) -> Chart:
    """Planned against completed greening, cumulative; `table`: month, planned_ha, completed_ha (NaN: not told)."""
    return _two_lines(
        text("Greening completed against plan, cumulative ({unit})", unit=area.name),
        table["month"],
        planned=table["planned_ha"] * area.per_ha,
        done=table["completed_ha"] * area.per_ha,
        layer="greening",
        unit=area.name,
        language=language,
    )


def lighting_by_month(table: pd.DataFrame, on: date, language: Language) -> Chart:
    """Planned against finished lighting until `on`, cumulative; `table`: month, planned_km, lit_km."""
    return _two_lines(
        text("Lighting finished against plan, cumulative (km)"),
        table["month"],
        planned=table["planned_km"],
        done=table["lit_km"].where(table["month"] <= pd.Timestamp(on)),
        layer="lighting",
        unit=text("km"),
        language=language,
    )


def greening_by_kind(table: pd.DataFrame, area: AreaIn, language: Language) -> Chart:
    """Greening of each kind, completed and to come; `table`: kind, completed_ha, total_ha."""
    done = table["completed_ha"] * area.per_ha
    rest = (table["total_ha"] - table["completed_ha"]) * area.per_ha
    return _stacked_bars(
        text("Greening by kind: completed and still to come ({unit})", unit=area.name),
        rows={kind: GREENING_KINDS[kind] for kind in table["kind"]},
        layer="greening",
        values={(kind, "completed"): value for kind, value in zip(table["kind"], done, strict=True)}
        | {(kind, "planned"): value for kind, value in zip(table["kind"], rest, strict=True)},
        hover=text("{row}<br>{state}: {value} {unit}", unit=area.name),
        decimals=formats.decimals_for(float(done.max())),
        language=language,
    )


def projects_by_stage(table: pd.DataFrame, language: Language) -> Chart:
    """Number of projects at each stage, investment in the hover text; `table`: stage, projects, investment_100m_cny."""
    figure = go.Figure()
    labels = [STATE_LABELS["projects"][stage].in_(language) for stage in table["stage"]]
    hover = text("{state}<br>{count} projects, {money} × 100 million CNY")
    figure.add_bar(
        x=labels,
        y=table["projects"],
        marker={
            "color": [styles.colour("projects", stage) for stage in table["stage"]],
            "line": {"color": [styles.style("projects", stage).stroke for stage in table["stage"]], "width": _EDGE_PX},
        },
        text=[formats.number(count) for count in table["projects"]],
        textposition="outside",
        cliponaxis=False,
        hovertext=[
            _fill(hover, language, state=name, count=formats.number(count), money=formats.number(money, 1))
            for name, count, money in zip(labels, table["projects"], table["investment_100m_cny"], strict=True)
        ],
        hoverinfo="text",
    )
    figure.update_layout(bargap=0.4)
    figure.update_yaxes(rangemode="tozero", tickformat=",", nticks=6)
    return Chart(text("Key projects by stage (number)").in_(language), (), _dressed(figure, _HEIGHT_PX))


def _two_lines(
    title: Text,
    months: pd.Series[Any],
    *,
    planned: pd.Series[float],
    done: pd.Series[float],
    layer: str,
    unit: Text,
    language: Language,
) -> Chart:
    """What was planned as a dashed line, what was done as a filled one, by month."""
    figure = go.Figure()
    days = [month.date() for month in pd.to_datetime(months)]
    names = [formats.month(day, language) for day in days]
    hover = text("{month}<br>{state}: {value} {unit}", unit=unit)
    lines = (
        (planned, text("Planned"), _PLAN_COLOUR, "dash"),
        (done, text("Completed"), styles.colour(layer, "completed"), "solid"),
    )
    for values, name, colour, dash in lines:
        told = [point for point in zip(days, names, values, strict=True) if not pd.isna(point[2])]
        figure.add_scatter(
            x=[day for day, _, _ in told],
            y=[value for _, _, value in told],
            mode="lines",
            line={"color": colour, "width": 3.5, "dash": dash},
            fill="tozeroy" if dash == "solid" else None,
            fillcolor=_faint(colour),
            hovertext=[
                _fill(hover, language, month=name, state=label, value=formats.number(value, 1))
                for _, name, value in told
            ],
            hoverinfo="text",
        )
    ticks = [(day, name) for day, name in zip(days, names, strict=True) if day.month in _TICK_MONTHS]
    figure.update_xaxes(
        tickvals=[day for day, _ in ticks], ticktext=[name for _, name in ticks], showgrid=False, type="date"
    )
    figure.update_yaxes(rangemode="tozero", tickformat=",", nticks=6)
    key = tuple((name.in_(language), f"background-color:{colour}") for _, name, colour, _ in lines)
    return Chart(title.in_(language), key, _dressed(figure, _HEIGHT_PX))


def _stacked_bars(
    title: Text,
    *,
    rows: Mapping[str, Text],
    layer: str,
    values: Mapping[_Cell, float],
    hover: Text,
    language: Language,
    counts: Mapping[_Cell, float] = MappingProxyType({}),
    decimals: int = 0,
) -> Chart:
    """Horizontal bars of `rows`, the first on top, stacked by the states of `layer` that occur.

    What is furthest along comes first, where it can be compared from row to row; land goes by the order of its key.
    """
    figure = go.Figure()
    key: list[tuple[str, str]] = []
    labels = [row.in_(language) for row in rows.values()]
    for state in STATES[layer] if layer == "parcels" else reversed(STATES[layer]):
        lengths = [float(values.get((row, state), 0)) for row in rows]
        if not any(lengths):
            continue
        name = STATE_LABELS[layer][state].in_(language)
        key.append((name, _swatch(styles.style(layer, state))))
        shown = [formats.number(length, decimals) for length in lengths]
        figure.add_bar(
            x=lengths,
            y=labels,
            name=name,
            orientation="h",
            marker=_marker(layer, state),
            text=[words if length else "" for words, length in zip(shown, lengths, strict=True)],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont=_lettering(styles.style(layer, state)),
            constraintext="inside",
            hovertext=[
                _fill(
                    hover,
                    language,
                    row=label,
                    state=name,
                    value=words,
                    count=formats.number(counts.get((row, state), 0)),
                )
                for row, label, words in zip(rows, labels, shown, strict=True)
            ],
            hoverinfo="text",
        )
    figure.update_layout(barmode="stack", bargap=0.25, uniformtext={"minsize": 11, "mode": "hide"})
    figure.update_xaxes(tickformat=",", nticks=7)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return Chart(
        title.in_(language), tuple(key), _dressed(figure, max(_HEIGHT_PX, _AROUND_ROWS_PX + _ROW_PX * len(rows)))
    )


def _dressed(figure: go.Figure, height_px: int) -> go.Figure:
    """What all figures have in common."""
    figure.update_layout(
        font={"size": _TEXT_PX},
        height=height_px,
        margin={"l": 4, "r": 18, "t": 12, "b": 4},
        showlegend=False,
        hoverlabel={"font": {"size": _TEXT_PX}, "align": "left"},
        dragmode=False,
        hovermode="closest",
    )
    figure.update_xaxes(automargin=True, fixedrange=True, tickfont={"size": _TEXT_PX}, title=None)
    figure.update_yaxes(automargin=True, fixedrange=True, tickfont={"size": _TEXT_PX}, title=None)
    return figure


def _marker(layer: str, state: str) -> dict[str, Any]:
    """A bar drawn as the map draws the state: fill, hatch and edge."""
    style = styles.style(layer, state)
    marker: dict[str, Any] = {
        "color": style.colour,
        "line": {"color": style.casing or style.stroke, "width": _EDGE_PX},
    }
    if style.hatch:
        marker["pattern"] = {
            "shape": _PATTERNS[style.hatch],
            "fgcolor": style.hatch_colour,
            "bgcolor": style.fill or _WHITE,
            "size": 7,
            "solidity": 0.12,
        }
    return marker


def _swatch(style: Style) -> str:
    """The CSS of a bar's swatch: a line of the map is a bar here."""
    if style.fill or style.hatch:
        return styles.css(style)
    return styles.css(replace(style, fill=style.colour, stroke=style.casing or style.stroke))


def _lettering(style: Style) -> dict[str, str]:
    """Words that read on a bar of this style, hatched or not: with a halo of the bar's own colour."""
    ground = style.fill or (_WHITE if style.hatch else style.colour)
    red, green, blue = (int(ground[place : place + 2], 16) for place in (1, 3, 5))
    is_light = 0.299 * red + 0.587 * green + 0.114 * blue > _LIGHT
    halo = f"0 0 3px {ground}"
    return {"color": _INK if is_light else _WHITE, "shadow": ", ".join([halo] * 3)}


def _cells(rows: pd.Series[Any], states: pd.Series[Any], values: pd.Series[Any]) -> dict[_Cell, float]:
    """The values by row and state."""
    return {(str(row), str(state)): float(value) for row, state, value in zip(rows, states, values, strict=True)}


def _fill(message: Text, language: Language, **values: object) -> str:
    return Text(message.source, {**message.values, **values}).in_(language)


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.22)"
