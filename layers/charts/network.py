"""Figures of roads and waterways."""

from __future__ import annotations

from html import escape

import pandas as pd

from geodata.filters import Key
from geodata.i18n import label, text
from geodata.schema import ROAD_CLASSES
from layers.charts.base import Chart, Look, cells, stacked_bars

WATERWAY: tuple[Key, ...] = (("waterways", "name"),)
ROAD_CLASS: tuple[Key, ...] = (("roads", "road_class"), ("roads", "state"))


def waterways(table: pd.DataFrame, look: Look) -> Chart:
    """Length of each waterway in the colour of its state; `table`: name, state, length_km, in drawing order."""
    sums = table.groupby(["name", "state"])["length_km"].sum().reset_index()
    # Plotly takes text for markup, and a name is what somebody's file says.
    return stacked_bars(
        text("Waterways connected (km)"),
        rows={name: label(escape(name), escape(name)) for name in table["name"].astype(str).unique()},
        layer="waterways",
        values=cells(sums["name"], sums["state"], sums["length_km"]),
        hover=text("{row}<br>{state}: {value} km"),
        decimals=1,
        look=look,
        picks=WATERWAY,
    )


def roads_by_class(table: pd.DataFrame, look: Look) -> Chart:
    """Length of road of each class, stacked by state; `table`: road_class, state, length_km."""
    present = set(table["road_class"])
    return stacked_bars(
        text("Roads open, under construction and planned, by class (km)"),
        rows={name: title for name, title in ROAD_CLASSES.items() if name in present},
        layer="roads",
        values=cells(table["road_class"], table["state"], table["length_km"]),
        hover=text("{row}<br>{state}: {value} km"),
        decimals=1,
        look=look,
        picks=ROAD_CLASS,
    )
