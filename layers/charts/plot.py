"""What a chart shows as plain numbers, for what draws it otherwise than Plotly: the player, slides, pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from typing import Any, Literal

import pandas as pd

from layers.charts.base import PATTERNS, Chart
from layers.styles import Hatch, Style

_HATCHES = {sign: hatch for hatch, sign in PATTERNS.items()}
_EDGE_PX = 1
_LIGHT = 140
"""The grey, of 255, from which on a colour takes dark words."""


@dataclass(frozen=True)
class Paint:
    """How a bar or a line is drawn; colours as `#rrggbb`."""

    colour: str = ""
    """Empty: an outline alone."""
    edge: str = ""
    hatch: Hatch = ""
    hatch_colour: str = ""
    dashed: bool = False
    filled: bool = False
    """Of a line: whether the ground below it is filled."""

    @property
    def style(self) -> Style:
        """A bar as the map draws an area that looks like it."""
        return Style(self.colour, self.edge, _EDGE_PX, hatch=self.hatch, hatch_colour=self.hatch_colour)


@dataclass(frozen=True)
class Series:
    """The values of one name, one for each row of the plot; None where there is none."""

    name: str
    values: Sequence[float | None]
    paint: Paint
    shown: Sequence[str] = ()
    """The values in words, as they stand at the bars; empty where they do not."""


@dataclass(frozen=True)
class Plot:
    """Horizontal bars, the first row on top, or lines by day."""

    title: str
    kind: Literal["bars", "lines"]
    rows: Sequence[str] | Sequence[date]
    series: Sequence[Series]
    is_stacked: bool = True
    """Whether the bars of a row stand behind each other, or one in front of the other."""
    row_paints: Sequence[Paint] = ()
    """Where one series has bars that look different: how each row's looks."""
    reach: float = 0.0
    """What the axis has room for at least; of a plot that moves, what it ever needs."""
    until: date | None = None
    """Of lines: the row that is marked, what follows it being faint."""

    @property
    def largest(self) -> float:
        """The longest bar, stacked ones taken together, or the highest point, or `reach`; 0 where there is none."""
        return max(self.reach, self._largest_value())

    def _largest_value(self) -> float:
        by_row = [[series.values[row] or 0.0 for series in self.series] for row in range(len(self.rows))]
        together = sum if self.is_stacked else max
        return max((together(values) for values in by_row), default=0.0)


def plot_of(chart: Chart) -> Plot:
    """The numbers of a chart. A flow becomes bars: a row for each start, stacked by where it goes."""
    traces = list(chart.figure.data)
    if traces and traces[0].type == "sankey":
        return _of_flow(chart.title, traces[0])
    if traces and traces[0].type == "scatter":
        return _of_lines(chart.title, traces)
    if traces and all(trace.name is None for trace in traces):
        return _of_single_bars(chart.title, traces)
    return _of_bars(chart.title, traces, is_stacked=chart.figure.layout.barmode == "stack")


def moving(plots: Sequence[Plot | None], days: Sequence[date]) -> list[Plot]:
    """The plots of one chart at several days on one scale, each with all rows and series that it ever has.

    Lines go over time already: each day has the last day's, marked at its own. None, where a chart had nothing yet to
    show, becomes an empty plot of the same rows; the last day has one.
    """
    known = [plot for plot in plots if plot is not None]
    last = known[-1]
    if last.kind == "lines":
        months = [row for row in last.rows if isinstance(row, date)]
        reached = [max((month for month in months if month <= day), default=months[0]) for day in days[:-1]]
        return [replace(last, until=month) for month in reached] + [last]
    rows = _merged([[str(row) for row in plot.rows] for plot in known])
    names = _merged([[one.name for one in plot.series] for plot in known])
    paints = {one.name: one.paint for plot in known for one in plot.series}
    row_paints = {str(row): paint for plot in known for row, paint in zip(plot.rows, plot.row_paints, strict=False)}
    empty = replace(last, rows=(), series=(), row_paints=())
    reach = max(plot.largest for plot in known)
    return [
        replace(
            plot,
            rows=rows,
            series=[_spread(name, plot, rows, paints[name]) for name in names],
            row_paints=[row_paints[row] for row in rows] if row_paints else (),
            reach=reach,
        )
        for plot in (plot or empty for plot in plots)
    ]


def _spread(name: str, plot: Plot, rows: Sequence[str], paint: Paint) -> Series:
    """The values of a name in a plot, over more rows than it has."""
    own = next((one for one in plot.series if one.name == name), None)
    if own is None:
        return Series(name, [None] * len(rows), paint)
    places = {str(row): place for place, row in enumerate(plot.rows)}
    values = [own.values[places[row]] if row in places else None for row in rows]
    shown = [own.shown[places[row]] if row in places else "" for row in rows] if own.shown else ()
    return Series(name, values, paint, shown)


def _merged(orders: Sequence[Sequence[str]]) -> list[str]:
    """All names of several lists, each behind the one that it follows in its own."""
    merged: list[str] = []
    for order in orders:
        place = 0
        for name in order:
            if name not in merged:
                merged.insert(place, name)
            place = merged.index(name) + 1
    return merged


def nice_top(largest: float) -> float:
    """The first of 1, 2, 2.5, 5 times a power of ten that is not below a value; 1 for 0."""
    if largest <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(largest))
    return next(size * times for times in (1, 2, 2.5, 5, 10) if size * times >= largest)


def ink_on(paint: Paint, dark: str, light: str) -> str:
    """The colour of words that read on a bar: dark ones on light grounds, on hatches and on outlines."""
    if not paint.colour or paint.hatch:
        return dark
    red, green, blue = (int(paint.colour[place : place + 2], 16) for place in (1, 3, 5))
    return dark if 0.299 * red + 0.587 * green + 0.114 * blue > _LIGHT else light


def _of_bars(title: str, traces: Sequence[Any], *, is_stacked: bool) -> Plot:
    rows = list(dict.fromkeys(str(label) for trace in traces for label in trace.y))
    series = []
    for trace in traces:
        values = {str(label): float(value) for label, value in zip(trace.y, trace.x, strict=True)}
        shown = dict(zip((str(label) for label in trace.y), trace.text or (), strict=False))
        words = [shown.get(row, "") for row in rows] if shown else []
        series.append(Series(str(trace.name), [values.get(row) for row in rows], _paint_of(trace), words))
    return Plot(title, "bars", [unescape(row) for row in rows], series, is_stacked=is_stacked)


def _of_single_bars(title: str, traces: Sequence[Any]) -> Plot:
    """Each trace is one bar in a look of its own."""
    values = [float(trace.x[0]) for trace in traces]
    shown = [str(trace.text[0]) for trace in traces]
    paints = [_paint_of(trace) for trace in traces]
    series = Series(title, values, paints[0], shown)
    return Plot(title, "bars", [unescape(str(trace.y[0])) for trace in traces], [series], row_paints=paints)


def _of_lines(title: str, traces: Sequence[Any]) -> Plot:
    points = [{_day(x): float(y) for x, y in zip(trace.x, trace.y, strict=True)} for trace in traces]
    rows = sorted({day for line in points for day in line})
    series = []
    for trace, line in zip(traces, points, strict=True):
        is_dashed = trace.line.dash not in (None, "solid")
        paint = Paint(str(trace.line.color), dashed=is_dashed, filled=trace.fill == "tozeroy")
        series.append(Series(str(trace.name or ""), [line.get(day) for day in rows], paint))
    return Plot(title, "lines", rows, series, is_stacked=False)


def _of_flow(title: str, trace: Any) -> Plot:
    names = [unescape(str(name)) for name in trace.node.label]
    streams: dict[tuple[int, int], float] = {}
    for source, target, value in zip(trace.link.source, trace.link.target, trace.link.value, strict=True):
        streams[source, target] = streams.get((source, target), 0.0) + float(value)
    sources = list(dict.fromkeys(source for source, _ in streams))
    targets = sorted({target for _, target in streams})
    series = [
        Series(names[target], [streams.get((source, target)) for source in sources], Paint(_SHADES[n % len(_SHADES)]))
        for n, target in enumerate(targets)
    ]
    return Plot(title, "bars", [names[source] for source in sources], series)


def _paint_of(trace: Any) -> Paint:
    marker = trace.marker
    colour = "" if str(marker.color).startswith("rgba(") else str(marker.color)
    edge = str(marker.line.color or "") if marker.line else ""
    if marker.pattern and marker.pattern.shape:
        ground = str(marker.pattern.bgcolor or colour)
        return Paint(ground, edge, _HATCHES[marker.pattern.shape], str(marker.pattern.fgcolor or edge))
    return Paint(colour, edge)


_SHADES = ("#4e79a7", "#f28e2b", "#59a14f", "#b07aa1", "#76b7b2", "#edc948", "#9c755f", "#e15759", "#bab0ac", "#86bcb6")
"""For where a flow goes: on the page that is told by its place, and all of it has one colour."""


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()
