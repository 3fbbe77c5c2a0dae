"""What was drawn on a map of the page becomes the filter by place."""

from __future__ import annotations

from typing import Any

import streamlit as st

from geodata.filters import PLACE, SHAPE, Filters, Inside, Near, Ring, outlines, with_condition
from pages.ui import state

_LAST = "_last_drawn_{}"
_FIRST_WITHIN_M = 100.0
"""How near to a line that was just drawn; the chip of the filter changes it."""


def take(name: str, answer: dict[str, Any] | None) -> None:
    """Filter by what was drawn just now on the map of this name, and run the page anew."""
    drawn = (answer or {}).get("last_active_drawing")
    if drawn is None or drawn == st.session_state.get(_LAST.format(name)):
        return
    st.session_state[_LAST.format(name)] = drawn
    state.set_filters(with_condition(state.filters(), (PLACE, SHAPE), _condition(drawn["geometry"])))
    st.rerun()


def shapes(filters: Filters) -> list[Ring]:
    """What the map shows of the filter by place."""
    return outlines(filters.get((PLACE, SHAPE)))


def _condition(geometry: dict[str, Any]) -> Inside | Near:
    is_line = geometry["type"] == "LineString"
    places = geometry["coordinates"] if is_line else geometry["coordinates"][0][:-1]
    corners = tuple((float(lon), float(lat)) for lon, lat, *_ in places)
    return Near(corners, _FIRST_WITHIN_M) if is_line else Inside(corners)
