"""What the figures of all pages are made of: bars stacked by state, bars, lines by month, flows; in the map's colours.

The page gives font and background, light or dark; a colour here is always the map's colour of the same thing. A bar
knows which facets it stands for (`Chart.picks`), so that a click on it can filter by them; bars that the filters leave
out stay faintly, so that they can be chosen as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from geodata.filters import Key
from geodata.i18n import Language, Text, text
from geodata.status import READING_ORDER, STATE_LABELS
from layers import formats, styles
from layers.styles import Hatch, Style

CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "doubleClick": False}
"""For `st.plotly_chart`: no buttons. Every word and number is written here, so Plotly needs no locale."""

TEXT_PX = 14
PLAN_COLOUR = "#7d8a91"
"""What is only planned has no colour of its own on the map; this one reads on light and dark."""
LARGE = 1.35
"""How much larger words and figures are for a room."""

_TICK_MONTHS, _FEW_MONTHS = (1, 7), 24
_HEIGHT_PX, _ROW_PX, _AROUND_ROWS_PX = 260, 32, 40
_EDGE_PX, _TICKS = 1, 5
_ROOM_FOR_NUMBER = 1.15
"""How much longer an axis is than what it shows, so that a number has room at the end."""
_INK, _WHITE = "#1b2a33", "#ffffff"
_LIGHT = 140
"""The grey, of 255, from which on a colour takes dark words."""
_LEFT_OUT = 0.28
"""The opacity of a bar that the filters leave out."""
_WHEN_PICKED: dict[str, Any] = {
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": _LEFT_OUT}},
}
"""Without it Plotly fails at a click on a bar that has words: it reads the font of words that are “selected”."""
PATTERNS: dict[Hatch, str] = {"diagonal": "/", "cross": "x", "dots": "."}
"""The hatches of the map's styles as those of bars."""
Cell = tuple[str, str]


@dataclass(frozen=True)
class AreaIn:
    """The unit of area a figure is in."""

    name: Text
    per_ha: float


@dataclass(frozen=True)
class Look:
    """How figures are to look: language, unit of area, and what is chosen of each facet."""

    language: Language
    area: AreaIn
    chosen: Mapping[Key, frozenset[str]] = field(default_factory=dict)

    def emphasis(self, picks: Sequence[Key], values: Sequence[str]) -> float:
        """The opacity of a bar that stands for these values of these facets; without facets it stands for itself."""
        held = all(value in self.chosen[key] for key, value in zip(picks, values, strict=False) if key in self.chosen)
        return 1 if held else _LEFT_OUT


@dataclass(frozen=True)
class Chart:
    """A figure with its title and its key: each word with the CSS of its swatch, in drawing order."""

    title: str
    key: tuple[tuple[str, str], ...]
    figure: go.Figure
    picks: tuple[Key, ...] = ()
    """The facets that a bar stands for; its `customdata` are their values, in this order."""
    period: tuple[Key, ...] = ()
    """The dates that a stretch of months stands for, where the figure goes by months."""


def stacked_bars(
    title: Text,
    *,
    rows: Mapping[str, Text],
    layer: str,
    values: Mapping[Cell, float],
    hover: Text,
    look: Look,
    counts: Mapping[Cell, float] = MappingProxyType({}),
    decimals: int = 0,
    picks: tuple[Key, ...] = (),
) -> Chart:
    """Horizontal bars of `rows`, the first on top, stacked by the states of `layer` that occur.

    What is furthest along comes first, where it can be compared from row to row; land goes by the order of its key.

    Parameters
    ----------
    picks : facets of row and state, or of the row alone
    """
    figure = go.Figure()
    key: list[tuple[str, str]] = []
    labels = [row.in_(look.language) for row in rows.values()]
    for state in READING_ORDER[layer] if layer == "parcels" else reversed(READING_ORDER[layer]):
        lengths = [float(values.get((row, state), 0)) for row in rows]
        if not any(lengths):
            continue
        name = STATE_LABELS[layer][state].in_(look.language)
        style = styles.style(layer, state)
        key.append((name, _swatch(style)))
        shown = [formats.number(length, decimals) for length in lengths]
        picked = [(row, state)[: len(picks)] for row in rows]
        figure.add_bar(
            x=lengths,
            y=labels,
            name=name,
            orientation="h",
            marker=_marker(style, [look.emphasis(picks, of_bar) for of_bar in picked]),
            text=[words if length else "" for words, length in zip(shown, lengths, strict=True)],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont=_lettering(style),
            constraintext="inside",
            customdata=picked,
            hovertext=[
                filled(hover, look, row=row_label, state=name, value=words, count=formats.number(counts.get(cell, 0)))
                for row_label, cell, words in zip(labels, [(row, state) for row in rows], shown, strict=True)
            ],
            hoverinfo="text",
            **_WHEN_PICKED,
        )
    figure.update_layout(barmode="stack", bargap=0.25, uniformtext={"minsize": 11, "mode": "hide"})
    figure.update_xaxes(tickformat=",", nticks=_TICKS)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    height_px = max(_HEIGHT_PX, _AROUND_ROWS_PX + _ROW_PX * len(rows))
    return Chart(title.in_(look.language), tuple(key), dressed(figure, height_px), picks)


def plain_bars(
    title: Text,
    *,
    values: Sequence[float],
    labels: Sequence[str],
    looks: Sequence[Style],
    shown: Sequence[str],
    hover: Sequence[str],
    picked: Sequence[tuple[str, ...]],
    look: Look,
    picks: tuple[Key, ...],
) -> Chart:
    """Horizontal bars, the first on top, each in a style of its own, with its number at its end."""
    figure = go.Figure()
    for value, label, style, words, told, of_bar in zip(values, labels, looks, shown, hover, picked, strict=True):
        # A trace for each: Plotly takes one hatch for all bars of a trace.
        figure.add_bar(
            x=[value],
            y=[label],
            orientation="h",
            marker=_marker(style, [look.emphasis(picks, of_bar)]),
            text=[words],
            textposition="outside",
            cliponaxis=False,
            customdata=[of_bar],
            hovertext=[told],
            hoverinfo="text",
            **_WHEN_PICKED,
        )
    figure.update_layout(barmode="stack", xaxis_range=[0, (max(values, default=0) or 1) * _ROOM_FOR_NUMBER])
    figure.update_layout(bargap=0.3)
    figure.update_xaxes(tickformat=",", nticks=_TICKS)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    height_px = max(_HEIGHT_PX, _AROUND_ROWS_PX + _ROW_PX * len(labels))
    return Chart(title.in_(look.language), (), dressed(figure, height_px), picks)


def part_of_whole(
    title: Text,
    *,
    rows: Mapping[str, Text],
    done: Sequence[float],
    whole: Sequence[float],
    names: tuple[Text, Text],
    style: Style,
    hover: Text,
    look: Look,
    decimals: int = 0,
    picks: tuple[Key, ...] = (),
) -> Chart:
    """Horizontal bars of what is done in front of what is to be done: the whole is an outline."""
    figure = go.Figure()
    labels = [row.in_(look.language) for row in rows.values()]
    opacity = [look.emphasis(picks, (row,)) for row in rows]
    words = [
        filled(hover, look, row=label, done=formats.number(part, decimals), whole=formats.number(all_, decimals))
        for label, part, all_ in zip(labels, done, whole, strict=True)
    ]
    outline = {"color": "rgba(0,0,0,0)", "line": {"color": PLAN_COLOUR, "width": 1.5}, "opacity": opacity}
    parts = (
        (names[1], whole, outline, None),
        (names[0], done, _marker(style, opacity), [formats.number(part, decimals) for part in done]),
    )
    for name, lengths, marker, shown in parts:
        figure.add_bar(
            x=list(lengths),
            y=labels,
            name=name.in_(look.language),
            orientation="h",
            marker=marker,
            text=shown,
            textposition="auto",
            textangle=0,
            customdata=[(row,) for row in rows],
            hovertext=words,
            hoverinfo="text",
            **_WHEN_PICKED,
        )
    figure.update_layout(barmode="overlay", bargap=0.3)
    figure.update_xaxes(tickformat=",", nticks=_TICKS)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    swatch = f"background-color:transparent;border:1.5px solid {PLAN_COLOUR}"
    key = ((names[0].in_(look.language), _swatch(style)), (names[1].in_(look.language), swatch))
    height_px = max(_HEIGHT_PX, _AROUND_ROWS_PX + _ROW_PX * len(rows))
    return Chart(title.in_(look.language), key, dressed(figure, height_px), picks)


def planned_and_done(
    title: Text,
    months: pd.Series[Any],
    *,
    planned: pd.Series[float],
    done: pd.Series[float],
    layer: str,
    unit: Text,
    look: Look,
    period: tuple[Key, ...] = (),
) -> Chart:
    """What was planned as a dashed line, what was done as a filled one, by month."""
    figure = go.Figure()
    days = [month.date() for month in pd.to_datetime(months)]
    names = [formats.month(day, look.language) for day in days]
    hover = text("{month}<br>{state}: {value} {unit}", unit=unit)
    lines = (
        (planned, text("Planned"), PLAN_COLOUR, "dash"),
        (done, text("Completed"), styles.colour(layer, "completed"), "solid"),
    )
    for values, state, colour, dash in lines:
        told = [point for point in zip(days, names, values, strict=True) if not pd.isna(point[2])]
        figure.add_scatter(
            x=[day for day, _, _ in told],
            y=[value for _, _, value in told],
            name=state.in_(look.language),
            mode="lines",
            line={"color": colour, "width": 3.5, "dash": dash},
            fill="tozeroy" if dash == "solid" else None,
            fillcolor=faint(colour),
            hovertext=[
                filled(hover, look, month=name, state=state, value=formats.number(value, 1)) for _, name, value in told
            ],
            hoverinfo="text",
        )
    ticks = [
        (day, name)
        for day, name in zip(days, names, strict=True)
        if day.month in _TICK_MONTHS[: 2 if len(days) <= _FEW_MONTHS else 1]
    ]
    figure.update_xaxes(
        tickvals=[day for day, _ in ticks], ticktext=[name for _, name in ticks], showgrid=False, type="date"
    )
    figure.update_yaxes(rangemode="tozero", tickformat=",", nticks=_TICKS)
    key = tuple((name.in_(look.language), f"background-color:{colour}") for _, name, colour, _ in lines)
    return Chart(title.in_(look.language), key, dressed(figure, _HEIGHT_PX), period=period)


@dataclass(frozen=True)
class Node:
    """A bar of a flow: what it is called, its colour, and how far to the right it stands, 0–1."""

    name: str
    colour: str
    x: float


def flow(
    title: Text,
    nodes: Sequence[Node],
    links: Sequence[tuple[int, int, float, str]],
    *,
    look: Look,
    height_px: int = 340,
) -> Chart:
    """Streams from nodes to nodes; `links`: from, to, width, words."""
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            node={
                "label": [node.name for node in nodes],
                "color": [node.colour for node in nodes],
                "x": [node.x for node in nodes],
                "y": _heights(nodes, links),
                "pad": 12,
                "thickness": 18,
                "line": {"color": PLAN_COLOUR, "width": 0.5},
                "hoverinfo": "none",
            },
            link={
                "source": [link[0] for link in links],
                "target": [link[1] for link in links],
                "value": [link[2] for link in links],
                "color": [faint(nodes[link[0]].colour, 0.45) for link in links],
                "customdata": [link[3] for link in links],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
        )
    )
    return Chart(title.in_(look.language), (), dressed(figure, height_px))


def _heights(nodes: Sequence[Node], links: Sequence[tuple[int, int, float, str]]) -> list[float]:
    """Where the middle of each node stands, 0–1 from the top: below each other in their order, by their widths."""
    width = [0.0] * len(nodes)
    for number in range(len(nodes)):
        out = sum(link[2] for link in links if link[0] == number)
        width[number] = max(out, sum(link[2] for link in links if link[1] == number))
    found = [0.0] * len(nodes)
    for x in {node.x for node in nodes}:
        column = [number for number, node in enumerate(nodes) if node.x == x]
        whole = sum(width[number] for number in column) or 1
        above = 0.0
        for number in column:
            found[number] = min(0.999, max(0.001, (above + width[number] / 2) / whole))
            above += width[number]
    return found


def dressed(figure: go.Figure, height_px: int) -> go.Figure:
    """What all figures have in common."""
    figure.update_layout(
        font={"size": TEXT_PX},
        height=height_px,
        margin={"l": 4, "r": 18, "t": 12, "b": 4},
        showlegend=False,
        hoverlabel={"font": {"size": TEXT_PX}, "align": "left"},
        dragmode=False,
        hovermode="closest",
    )
    figure.update_xaxes(automargin=True, fixedrange=True, tickangle=0, tickfont={"size": TEXT_PX}, title=None)
    figure.update_yaxes(automargin=True, fixedrange=True, tickfont={"size": TEXT_PX}, title=None)
    return figure


def on_one_scale(*charts: Chart) -> None:
    """Give figures of one kind the same axis of values, so that they can be compared by eye; flows have none."""
    tops = [_top(chart.figure) for chart in charts]
    known = [top for top in tops if top is not None]
    if not known:
        return
    top = max(known) * _ROOM_FOR_NUMBER
    for chart in charts:
        is_lying = any(getattr(trace, "orientation", None) == "h" for trace in chart.figure.data)
        (chart.figure.update_xaxes if is_lying else chart.figure.update_yaxes)(range=[0, top])


def _top(figure: go.Figure) -> float | None:
    """The longest bar, stacked ones taken together, or the highest point; None where there is neither."""
    ends: dict[object, float] = {}
    for trace in figure.data:
        if trace.type not in ("bar", "scatter"):
            return None
        places, values = (trace.y, trace.x) if trace.orientation == "h" else (trace.x, trace.y)
        for place, value in zip(places, values, strict=True):
            is_stacked = figure.layout.barmode == "stack"
            ends[place] = ends.get(place, 0) + value if is_stacked else max(ends.get(place, 0), value)
    return max(ends.values(), default=None)


def enlarged(figure: go.Figure, by: float = LARGE) -> go.Figure:
    """A figure for a room: its words and its height are larger."""
    size = round(TEXT_PX * by)
    figure.update_layout(font={"size": size}, hoverlabel={"font": {"size": size}}, height=figure.layout.height * by)
    figure.update_xaxes(tickfont={"size": size})
    figure.update_yaxes(tickfont={"size": size})
    figure.update_traces(textfont={"size": size}, selector={"type": "bar"})
    return figure


def cells(rows: pd.Series[Any], states: pd.Series[Any], values: pd.Series[Any]) -> dict[Cell, float]:
    """The values by row and state."""
    return {(str(row), str(state)): float(value) for row, state, value in zip(rows, states, values, strict=True)}


def filled(message: Text, look: Look, **values: object) -> str:
    """A message with more of its values, in the language of the figure."""
    return Text(message.source, {**message.values, **values}).in_(look.language)


def faint(colour: str, opacity: float = 0.22) -> str:
    """A colour through which one sees."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def _marker(style: Style, opacity: list[float]) -> dict[str, Any]:
    """A bar drawn as the map draws the state: fill, hatch and edge."""
    marker: dict[str, Any] = {
        "color": style.colour,
        "line": {"color": style.casing or style.stroke, "width": _EDGE_PX},
        "opacity": opacity,
    }
    if style.hatch:
        marker["pattern"] = {
            "shape": PATTERNS[style.hatch],
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
