"""From one page to another, with what is to be seen there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from geodata.filters import Filters
from geodata.programme import Section
from geodata.schema import LAYERS
from pages.ui import state

_PAGES = "_pages"
_GROUND = ("district", "water_zones")


def remember(pages: Mapping[str, StreamlitPage]) -> None:
    """Name the pages of this run: path → page."""
    st.session_state[_PAGES] = dict(pages)


def to_dashboard(section: Section, filters: Filters | None = None) -> None:
    """Go to a section of the dashboard; with filters where they are given."""
    state.open_section(section)
    if filters is not None:
        state.set_filters(filters)
    st.switch_page(st.session_state[_PAGES]["dashboard"])


def to_map(layers: Iterable[str]) -> None:
    """Go to the map with these layers alone, on the ground they lie on."""
    wanted = {*layers, *_GROUND}
    for layer in LAYERS:
        state.show_layer(layer, visible=layer in wanted)
    st.switch_page(st.session_state[_PAGES]["map"])


def to_page(path: str) -> None:
    """Go to a page by its path."""
    st.switch_page(st.session_state[_PAGES][path])
