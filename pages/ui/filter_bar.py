"""The filters that hold, as chips: what is filtered by what, each taken away by a click; undo, and clear."""

from __future__ import annotations

from functools import partial

import streamlit as st

from geodata.facets import Facets, title_of
from geodata.filters import NO_FILTERS, Between, Condition, Inside, Key, OneOf, without
from layers import formats
from pages.ui import state
from pages.ui.feedback import plain
from pages.ui.language import language, say, t

_MOST_NAMED = 3


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
        if state.can_undo_filters():
            st.button(
                t("Undo"), key="filter_undo", icon=":material/undo:", type="tertiary", on_click=state.undo_filters
            )
        if held:
            st.button(
                t("Clear all"),
                key="filter_clear",
                icon=":material/filter_alt_off:",
                type="tertiary",
                on_click=partial(state.set_filters, NO_FILTERS),
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
        case Inside(ring):
            return t("shape with {count} corners", count=len(ring))
