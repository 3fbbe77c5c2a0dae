"""What lies under the plan."""

from __future__ import annotations

import streamlit as st

from geodata.i18n import text
from geodata.settings import Settings
from layers.basemaps import Basemap, BasemapError, basemaps
from pages.ui import state
from pages.ui.language import say, t


def show() -> None:
    """The choice, with none first; a setting that can't be used is told."""
    try:
        offered = basemaps(Settings())
    except BasemapError as error:
        st.session_state[state.BASEMAP_KEY] = None
        st.caption(t("No basemap: {reason}", reason=say(error.message)))
        return
    if st.session_state.get(state.BASEMAP_KEY) not in (None, *offered):
        st.session_state[state.BASEMAP_KEY] = None
        state.report_broken(text("the basemap"))
    names = {name: say(basemap.title) for name, basemap in offered.items()}
    st.selectbox(
        t("Basemap"),
        list(names),
        key=state.BASEMAP_KEY,
        index=None,
        format_func=names.__getitem__,
        placeholder=t("none"),
        persist_state="session",
        help=t("Online basemaps need the internet. Tianditu is offered once LIAOHE_TIANDITU_TOKEN is set."),
    )


def chosen() -> Basemap | None:
    """The basemap that lies under the plan."""
    name = st.session_state.get(state.BASEMAP_KEY)
    return basemaps(Settings()).get(name) if name else None
