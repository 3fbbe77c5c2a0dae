"""Map: the whole district on one plan, at any day; a click tells what is there."""

from __future__ import annotations

from datetime import date

import streamlit as st
from streamlit_folium import st_folium

from layers import identify, webmap
from pages.ui import as_of, attribute_panel, data, feedback, layer_tree, notes, state

FRAME_KEY = "map"
_LAST_CLICK = "_last_click"
_HEIGHT_PX = 640
"""Only until the page's rules of style have made the frame as high as the window allows."""


def show() -> None:
    """The layer tree at the left, the day above, the map below it."""
    versions = data.current()
    if not notes.is_ready(versions) or not notes.frontend_is_there():
        return
    on = as_of.show(versions)
    with st.sidebar:
        layer_tree.show(versions, on)
    _show_map(versions, on)


@st.fragment
def _show_map(versions: data.Versions, on: date) -> None:
    """The running map and what was clicked on it; a click runs this alone."""
    with feedback.explained(), st.container(key="map_area"):
        _take_click(versions)
        st_folium(
            webmap.build_map(),
            key=FRAME_KEY,
            height=_HEIGHT_PX,
            use_container_width=True,
            returned_objects=["last_clicked", "zoom"],
            feature_group_to_add=webmap.MapState(webmap.map_state()),
        )
        attribute_panel.show(versions, on)


def _take_click(versions: data.Versions) -> None:
    """Look up what stands where the map was clicked, once for each click."""
    answer = st.session_state.get(FRAME_KEY) or {}
    click = answer.get("last_clicked")
    if click is None or click == st.session_state.get(_LAST_CLICK):
        return
    st.session_state[_LAST_CLICK] = click
    visible = {layer: data.frame(versions[layer]) for layer in state.visible_layers() or {} if layer in versions}
    hits = identify.identify(visible, click["lng"], click["lat"], answer["zoom"], hidden_rows={})
    state.select([(hit.layer, hit.key) for hit in hits])
