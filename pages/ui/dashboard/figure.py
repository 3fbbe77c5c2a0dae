"""A chart on the page, with its key and its source; a click on it, or a box in it, filters by what it stands for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from geodata.filters import Between, OneOf, toggled, with_condition
from layers import charts
from layers.charts import Chart
from pages.ui import chips, state

_DAY = slice(0, 10)


def show(name: str, chart: Chart, caption: str) -> None:
    """The chart in a box of its own."""
    st.markdown(f"**{chart.title}**")
    chips.show(chips.Chip(label, css) for label, css in chart.key)
    figure = charts.enlarged(chart.figure) if state.is_large() else chart.figure
    options: dict[str, Any] = {
        "config": charts.CONFIG,
        "key": f"figure_{name}",
        "alt": chart.title,
        "height": "stretch",
    }
    if chart.picks or chart.period:
        if chart.period:
            figure.update_layout(dragmode="select", selectdirection="h")
        options |= {
            "on_select": partial(_take, f"figure_{name}", chart),
            "selection_mode": "box" if chart.period else "points",
        }
    st.plotly_chart(figure, **options)
    st.caption(caption)


def without_picks(chart: Chart) -> Chart:
    """The chart, but a click on it filters nothing."""
    return replace(chart, picks=(), period=())


def _take(key: str, chart: Chart) -> None:
    """Filter by what was chosen in a chart; what is chosen already is let go."""
    selection = st.session_state[key]["selection"]
    if chart.period:
        _take_period(chart, selection)
    else:
        _take_points(chart, selection)


def _take_period(chart: Chart, selection: Any) -> None:
    held = state.filters()
    ends = [_day(edge) for edge in selection["box"][0]["x"]] if selection["box"] else []
    for facet in chart.period:
        held = with_condition(held, facet, Between(min(ends), max(ends)) if ends else None)
    state.set_filters(held)


def _take_points(chart: Chart, selection: Any) -> None:
    held = state.filters()
    points = [tuple(point["customdata"]) for point in selection["points"]]
    if not points:  # clicked a second time, where nothing else was drawn in between
        for facet in chart.picks:
            held = with_condition(held, facet, None)
    elif len(chart.picks) == 1 and len(points) == 1:
        held = toggled(held, chart.picks[0], points[0][0])
    else:
        conditions = {
            facet: OneOf(frozenset(str(point[place]) for point in points)) for place, facet in enumerate(chart.picks)
        }
        is_held = all(held.get(facet) == condition for facet, condition in conditions.items())
        for facet, condition in conditions.items():
            held = with_condition(held, facet, None if is_held else condition)
    state.set_filters(held)


def _day(edge: str) -> date:
    return pd.Timestamp(edge[_DAY]).date()
