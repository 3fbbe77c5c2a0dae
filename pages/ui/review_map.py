"""The map of a review: what differs between two versions of a layer, or where the findings of an upload are."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import streamlit as st
from geopandas import GeoDataFrame
from streamlit_folium import st_folium

from layers import review, styles, webmap
from pages.ui import chips, data, notes
from pages.ui.language import language, say, t

_HEIGHT_PX = 430
CHANGES = ("added", "removed", "before", "after", "unchanged")
FINDINGS = ("error", "warning", "note", "unchanged")


def show(name: Hashable, folder: str, draw: Callable[[], GeoDataFrame], states: tuple[str, ...], *, key: str) -> None:
    """The map and its key.

    Parameters
    ----------
    name : what tells these features from others; they are drawn once for each name
    folder : where their tiles lie, a name that nobody can guess
    draw : makes the features (`layers.review`)
    states : the states that the key explains
    """
    if not notes.frontend_is_there():
        return
    with st.spinner(t("Drawing the map …"), show_time=True):
        url, bounds = _drawn(name, folder, draw)
    if url is None:
        st.caption(t("There is nothing to draw."))
        return
    district = data.current().get("district")
    st_folium(
        webmap.build_map(),
        key=key,
        height=_HEIGHT_PX,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=webmap.MapState(
            webmap.review_state(district, url, language=language(), dark=st.context.theme.type == "dark", bounds=bounds)
        ),
    )
    chips.show(chips.Chip(say(review.STATES[state][0]), styles.css(review.STATES[state][1])) for state in states)


@st.cache_resource(show_spinner=False, max_entries=32)
def _drawn(
    name: Hashable,  # noqa: ARG001
    _folder: str,
    _draw: Callable[[], GeoDataFrame],
) -> tuple[str | None, webmap.Bounds | None]:
    features = _draw()
    notable = features[features["steps"] != str(list(review.STATES).index("unchanged"))]
    return review.write(data.store(), _folder, features), _around(notable) or _around(features)


def _around(features: GeoDataFrame) -> webmap.Bounds | None:
    shapes = features[~(features.geometry.isna() | features.geometry.is_empty)]
    if shapes.empty:
        return None
    west, south, east, north = (float(edge) for edge in shapes.total_bounds)
    margin = max(0.1 * (east - west), 0.1 * (north - south), 0.0005)
    return west - margin, south - margin, east + margin, north + margin
