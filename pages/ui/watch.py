"""An open page notices what others publish, and the end of the first start, within a few seconds."""

from __future__ import annotations

import streamlit as st

from geodata.errors import GeodataError
from pages.ui import data, startup

_SHOWN = "_shown"
SECONDS = 4


def remember(versions: data.Versions) -> None:
    """What the page is about to show."""
    st.session_state[_SHOWN] = (data.names(versions), startup.progress())


@st.fragment(run_every=SECONDS)
def show() -> None:
    """Run the page again when the store has moved on from what it shows."""
    with st.container(key="watch"):
        try:
            now = (data.names(data.store().current()), startup.progress())
        except GeodataError:
            return
    if now != st.session_state.get(_SHOWN):
        st.rerun()
