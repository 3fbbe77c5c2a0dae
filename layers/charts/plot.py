"""What a chart shows as plain numbers, for programs that draw it otherwise: slides, pages, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from layers.charts.base import Chart


@dataclass(frozen=True)
class Series:
    """The values of one colour, one for each row of the plot; None where there is none."""

    name: str
    values: Sequence[float | None]
    colour: str
    """`#rrggbb`; empty for an outline alone."""
    edge: str = ""
    hatch: Literal["", "/", "x", "."] = ""
    dashed: bool = False
    filled: bool = False
    """Of a line: whether the ground below it is filled."""


@dataclass(frozen=True)
class Plot:
    """Horizontal bars, the first row on top, or lines by day."""

    title: str
    kind: Literal["bars", "lines"]
    rows: Sequence[str] | Sequence[date]
    series: Sequence[Series]
    mode: Literal["stack", "overlay"] = "stack"
    """Whether the bars of a row stand behind each other or one in front of the other."""
    row_colours: Sequence[str] = ()
    """A colour for each row, where one series has bars of different colours."""


def plot_of(chart: Chart) -> Plot:
    """The numbers of a chart. A flow becomes bars: a row for each start, stacked by where it goes."""
    raise NotImplementedError
