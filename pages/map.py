"""Map: the whole district on one plan, at any day; a click tells what is there."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from streamlit_folium import st_folium

from geodata.i18n import text
from layers import identify, webmap
from layers.scope import Scope
from layers.view import Theme
from layers.webmap import Tool
from pages.ui import (
    as_of,
    attribute_panel,
    attribute_table,
    basemap_choice,
    comparison,
    data,
    drawing,
    feedback,
    filter_bar,
    filter_form,
    find,
    layer_tree,
    notes,
    share,
    sheet_dialog,
    state,
    take_away,
)
from pages.ui.comparison import Side
from pages.ui.language import language
from pages.ui.present import add
from pages.ui.scope import scope_of

FRAME_KEY = "map"
_LINK = "map"
"""What the two maps are called that are moved as one."""
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
            comparison.show(scope)
            sheet_dialog.show(scope)
            take_away.show(scope)
            share.show()
            add.show()
            attribute_table.ask()
        layer_tree.show(scope)
        basemap_choice.show()
    _show_map(scope)


@st.fragment
def _show_map(scope: Scope) -> None:
    """The running map and what was clicked on it; a click runs this alone."""
    with feedback.explained(), st.container(key="map_area"):
        _take_click(scope)
        _check_selected(scope.versions)
        compared = comparison.sides(scope)
        if compared and state.layout() == "side":
            left, right = st.columns(2)
            with left:
                _show_beside(compared[0])
            with right:
                answer = _show_plan(scope, compared)
        else:
            answer = _show_plan(scope, compared)
        drawing.take(FRAME_KEY, answer)
        attribute_panel.show(scope.versions, scope.on)
        attribute_table.show(scope)
        state.write_address("map", where="map")


def _show_plan(scope: Scope, compared: tuple[Side, Side] | None) -> dict[str, Any]:
    """The map that is clicked and drawn on."""
    answer: dict[str, Any] = st_folium(
        webmap.build_map(),
        key=FRAME_KEY,
        height=_HEIGHT_PX,
        use_container_width=True,
        returned_objects=["last_clicked", "zoom", "last_active_drawing"],
        feature_group_to_add=webmap.MapState(_state(scope, compared)),
    )
    return answer


def _show_beside(side: Side) -> None:
    """The other map, beside the one that is clicked."""
    st_folium(
        webmap.build_map(),
        key=f"{FRAME_KEY}_beside",
        height=_HEIGHT_PX,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=webmap.MapState(
            _plain_state(side.scope, side.theme, caption=side.name, link=_LINK, apart=True)
        ),
    )


def _state(scope: Scope, compared: tuple[Side, Side] | None) -> dict[str, Any]:
    """What the map is told to show."""
    versions = scope.versions
    selected = state.selected()
    row = data.row_of(versions[selected[0]], selected[1]) if selected else None
    is_beside = compared is not None and state.layout() == "side"
    other = None
    if compared and not is_beside:
        before, now = compared
        other = webmap.Other(_plain_state(before.scope, before.theme), (before.name, now.name))
    return _plain_state(
        scope,
        state.theme(),
        tools=_TOOLS,
        highlight=(selected[0], row) if selected and row is not None else None,
        goto=state.gone_to(),
        pin=state.pinned(),
        other=other,
        link=_LINK if is_beside else None,
        caption=compared[1].name if compared and is_beside else "",
    )


def _plain_state(scope: Scope, theme: Theme, **more: Any) -> dict[str, Any]:
    """The features of a scope, coloured by a theme."""
    return webmap.map_state(
        scope.versions,
        on=scope.on,
        visible=state.visible_layers() or {},
        language=language(),
        theme=theme,
        dark=st.context.theme.type == "dark",
        rows=scope.kept,
        shapes=drawing.shapes(scope.filters),
        bounds=data.bounds(scope.versions),
        basemap=basemap_choice.chosen(),
        **more,
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
