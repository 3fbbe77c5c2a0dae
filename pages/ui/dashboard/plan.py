"""The map beside the charts: exactly the features that the filters leave; a shape drawn on it is a filter."""

from __future__ import annotations

from datetime import date

import streamlit as st
from streamlit_folium import st_folium

from geodata.programme import Section
from layers import formats, webmap
from layers.catalogue import MAP_LAYERS
from layers.scope import Scope
from layers.webmap import Tool
from pages.ui import data, drawing
from pages.ui.language import language

_KEY = "plan_{}"
_HEIGHT_PX = 560
_TOOLS: tuple[Tool, ...] = ("box", "polygon", "line", "measure")
_GROUND = ("district", "water_zones")
_ABOUT: dict[Section, tuple[str, ...]] = {
    "overview": ("parcels", "waterways", "roads", "relocation_zones", "greening", "projects"),
    "land": ("parcels", "waterways", "roads"),
    "greening": ("greening", "lighting", "corridors", "waterways"),
    "networks": ("waterways", "roads", "corridors"),
    "relocation": ("relocation_zones", "parks", "roads", "waterways"),
    "projects": ("projects", "parks", "roads", "waterways"),
}
"""What the map shows in a section, beside the ground."""


def show(scope: Scope, section: Section, *, name: str = "now", link: str | None = None, caption: str = "") -> None:
    """The map of a section at the day of the scope.

    Parameters
    ----------
    name : what tells this map from another on the page
    link : maps with the same link keep one view
    """
    visible = [layer for layer in (*_GROUND, *_ABOUT[section]) if scope.has(layer)]
    with st.container(key=f"beside_{name}"):
        answer = st_folium(
            webmap.build_map(),
            key=_KEY.format(name),
            height=_HEIGHT_PX,
            use_container_width=True,
            returned_objects=["last_active_drawing"],
            feature_group_to_add=webmap.MapState(
                webmap.map_state(
                    scope.versions,
                    on=scope.on,
                    visible={layer: 1.0 for layer in MAP_LAYERS if layer in visible},
                    language=language(),
                    dark=st.context.theme.type == "dark",
                    rows=scope.kept,
                    bounds=data.bounds(scope.versions),
                    tools=_TOOLS,
                    shapes=drawing.shapes(scope.filters),
                    link=link,
                    caption=caption,
                    apart=True,
                )
            ),
        )
    drawing.take(name, answer)


def show_both(scope: Scope, section: Section, before: date) -> None:
    """Two maps with one view: the day that is compared with, and the day shown."""
    left, right = st.columns(2)
    for column, day, name in ((left, before, "before"), (right, scope.on, "now")):
        with column:
            show(scope.at(day), section, name=name, link="compare", caption=formats.day(day, language()))
