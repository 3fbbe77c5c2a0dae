"""The filters that hold, as chips: what is filtered by what, each taken away by a click; undo, and clear."""

from __future__ import annotations

from functools import partial

import streamlit as st

from geodata.facets import Facets, title_of
from geodata.filters import FARTHEST_M, NO_FILTERS, PLACE, SHAPE, Key, Near, without
from layers import filter_words
from pages.ui import state
from pages.ui.feedback import plain
from pages.ui.language import language, say, t

_DISTANCE = "filter_distance"


def show(facets: Facets) -> None:
    """The chips in a row; a line of advice where nothing is filtered."""
    held = state.filters()
    with st.container(key="filter_bar", horizontal=True, vertical_alignment="center", gap="small"):
        if not held:
            st.caption(t("Click a bar or a row, or draw on the map, to filter everything by it."), width="stretch")
        for number, (key, condition) in enumerate(held.items()):
            st.button(
                f"{say(title_of(key))}{t(': ')}{plain(filter_words.of_condition(facets, key, condition, language()))}",
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
    return filter_words.in_words(facets, state.filters(), language())


def _take_away(key: Key) -> None:
    state.set_filters(without(state.filters(), key))


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
