"""The filters that hold, as chips: what is filtered by what, each taken away by a click; undo, and clear."""

from __future__ import annotations

from functools import partial

import streamlit as st

from geodata.facets import Facets, title_of
from geodata.filters import (
    FARTHEST_M,
    NO_FILTERS,
    PLACE,
    SHAPE,
    Between,
    Condition,
    InRange,
    Inside,
    Key,
    Near,
    OneOf,
    without,
)
from layers import formats
from pages.ui import state
from pages.ui.feedback import plain
from pages.ui.language import language, say, t

_MOST_NAMED = 3
_DISTANCE = "filter_distance"


def show(facets: Facets) -> None:
    """The chips in a row; a line of advice where nothing is filtered."""
    held = state.filters()
    with st.container(key="filter_bar", horizontal=True, vertical_alignment="center", gap="small"):
        if not held:
            st.caption(t("Click a bar or a row, or draw on the map, to filter everything by it."), width="stretch")
        for number, (key, condition) in enumerate(held.items()):
            st.button(
                f"{say(title_of(key))}{t(': ')}{plain(_named(facets, key, condition))}",
                key=f"filter_{number}",
                icon=":material/close:",
                icon_position="right",
                help=t("Take this filter away"),
                on_click=partial(_take_away, key),
            )
            if isinstance(condition, Near):
                _ask_distance(condition)
        if steps := state.filter_steps():
            st.button(
                t("Undo"),
                key="filter_undo",
                icon=":material/undo:",
                type="tertiary",
                on_click=partial(state.undo_filters, steps),
            )
        if held:
            st.button(
                t("Clear all"),
                key="filter_clear",
                icon=":material/filter_alt_off:",
                type="tertiary",
                on_click=partial(state.set_filters, NO_FILTERS),
            )


def in_words(facets: Facets) -> str:
    """The filters that hold, as a line of text."""
    return "; ".join(
        f"{say(title_of(key))}{t(': ')}{_named(facets, key, condition)}" for key, condition in state.filters().items()
    )


def _take_away(key: Key) -> None:
    state.set_filters(without(state.filters(), key))


def _named(facets: Facets, key: Key, condition: Condition) -> str:
    """The values of a condition in words, the first few of many."""
    match condition:
        case OneOf(values):
            names = [say(facets.name_of(key, value)) for value in sorted(values)]
            if len(names) <= _MOST_NAMED:
                return t(", ").join(names)
            first = t(", ").join(names[:_MOST_NAMED])
            return t("{first} and {count} more", first=first, count=len(names) - _MOST_NAMED)
        case Between(first_day, last_day):
            return f"{formats.day(first_day, language())} – {formats.day(last_day, language())}"
        case InRange(low, high):
            return _range_named(low, high)
        case Inside(ring):
            return t("shape with {count} corners", count=len(ring))
        case Near(_, within_m):
            return t("within {distance} of a line", distance=formats.length(within_m, language()))


def _range_named(low: float | None, high: float | None) -> str:
    if low is None:
        return f"≤ {high:,.12g}"
    return f"≥ {low:,.12g}" if high is None else f"{low:,.12g} – {high:,.12g}"


def _ask_distance(near: Near) -> None:
    """How near to the line that was drawn."""
    st.session_state[_DISTANCE] = near.within_m  # an undone step is undone here too
    st.number_input(
        t("Distance (m)"),
        1.0,
        FARTHEST_M,
        step=50.0,
        format="%.0f",
        key=_DISTANCE,
        on_change=_take_distance,
        args=(near,),
        label_visibility="collapsed",
        width=150,
    )


def _take_distance(near: Near) -> None:
    changed = Near(near.path, st.session_state[_DISTANCE])
    state.set_filters({**state.filters(), (PLACE, SHAPE): changed})
