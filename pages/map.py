"""Map: the whole district on one plan, at any day; a click tells what is there."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from streamlit_folium import st_folium

from geodata.i18n import text
from layers import identify, webmap
from layers.webmap import Tool
from pages.ui import (
    as_of,
    attribute_panel,
    data,
    drawing,
    feedback,
    filter_bar,
    filter_form,
    find,
    layer_tree,
    notes,
    sheet_dialog,
    state,
)
from pages.ui.language import language
from pages.ui.scope import Scope, scope_of

FRAME_KEY = "map"
_TOOLS: tuple[Tool, ...] = ("measure", "box", "polygon", "line", "view")
_LAST_CLICK = "_last_click"
_HEIGHT_PX = 640
"""Only until the page's rules of style have made the frame as high as the window allows."""


def show() -> None:
    """The layer tree at the left, the day above, the map below it."""
    versions = data.current()
    if not notes.is_ready(versions) or not notes.frontend_is_there():
        return
    on = as_of.show(versions)
    scope = scope_of(versions, on, state.compare())
    # The place is always there: a map that another element pushed down would load anew.
    with st.container(key="map_filters"):
        if scope.filters:
            filter_bar.show(scope.facets)
    with st.sidebar:
        find.show(scope)
        with st.container(key="tools", horizontal=True, gap="small"):
            filter_form.show(scope)
            sheet_dialog.show(scope)
        layer_tree.show(scope)
    _show_map(scope)


@st.fragment
def _show_map(scope: Scope) -> None:
    """The running map and what was clicked on it; a click runs this alone."""
    with feedback.explained(), st.container(key="map_area"):
        _take_click(scope)
        _check_selected(scope.versions)
        answer = st_folium(
            webmap.build_map(),
            key=FRAME_KEY,
            height=_HEIGHT_PX,
            use_container_width=True,
            returned_objects=["last_clicked", "zoom", "last_active_drawing"],
            feature_group_to_add=webmap.MapState(_state(scope)),
        )
        drawing.take(FRAME_KEY, answer)
        attribute_panel.show(scope.versions, scope.on)
        state.write_address("map", where="map")


def _state(scope: Scope) -> dict[str, Any]:
    """What the map is told to show."""
    versions = scope.versions
    selected = state.selected()
    row = data.row_of(versions[selected[0]], selected[1]) if selected else None
    return webmap.map_state(
        versions,
        on=scope.on,
        visible=state.visible_layers() or {},
        language=language(),
        theme=state.theme(),
        dark=st.context.theme.type == "dark",
        rows=scope.kept,
        tools=_TOOLS,
        shapes=drawing.shapes(scope.filters),
        highlight=(selected[0], row) if selected and row is not None else None,
        bounds=data.bounds(versions),
        goto=state.gone_to(),
        pin=state.pinned(),
    )


def _take_click(scope: Scope) -> None:
    """Look up what stands where the map was clicked, once for each click."""
    versions = scope.versions
    answer = st.session_state.get(FRAME_KEY) or {}
    click = answer.get("last_clicked")
    if click is None or click == st.session_state.get(_LAST_CLICK):
        return
    st.session_state[_LAST_CLICK] = click
    visible = {layer: data.frame(versions[layer]) for layer in state.visible_layers() or {} if layer in versions}
    hidden = {layer: np.flatnonzero(~kept) for layer, kept in scope.kept.items()}
    hits = identify.identify(visible, click["lng"], click["lat"], answer["zoom"], hidden_rows=hidden)
    state.select([(hit.layer, hit.key) for hit in hits])


def _check_selected(versions: data.Versions) -> None:
    """Drop a selected feature that no current version has (any more)."""
    selected = state.selected()
    if selected is None or (selected[0] in versions and data.row_of(versions[selected[0]], selected[1]) is not None):
        return
    state.select([])
    state.report_broken(text("the selected feature"))
