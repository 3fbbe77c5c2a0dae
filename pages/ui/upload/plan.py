"""The map of an upload under review: what it changes, or where its findings are."""

from __future__ import annotations

import streamlit as st
from geopandas import GeoDataFrame
from streamlit_folium import st_folium

from geodata.schema import schema_of
from layers import review, styles, webmap
from pages.ui import chips, data, notes
from pages.ui.language import language, say, t
from pages.ui.upload import journey

_HEIGHT_PX = 430
_CHANGES = ("added", "removed", "before", "after", "unchanged")
_FINDINGS = ("error", "warning", "note", "unchanged")


def show_changes(draft: journey.Draft, check: journey.Check) -> None:
    """What is added, removed, and each changed shape before and after."""
    if check.diff is None or check.frame is None or not notes.frontend_is_there():
        return
    _show(_draw_changes(journey.name_of(draft), draft, check), _CHANGES, key="upload_changes_map")


def show_findings(draft: journey.Draft, check: journey.Check) -> None:
    """Every row of the upload, in the colour of its gravest finding."""
    if check.placed is None or check.placed.crs is None or not notes.frontend_is_there():
        return
    _show(_draw_findings(journey.name_of(draft), draft, check), _FINDINGS, key="upload_findings_map")


@st.cache_resource(show_spinner=False, max_entries=16)
def _draw_changes(
    name: tuple[object, ...],  # noqa: ARG001
    _draft: journey.Draft,
    _check: journey.Check,
) -> tuple[str | None, webmap.Bounds | None]:
    assert _check.diff is not None
    assert _check.frame is not None
    old = None if _check.base is None else data.store().read(_draft.layer, _check.base)
    drawn = review.changes(old, _check.frame, _check.diff, schema_of(_draft.layer))
    changed = drawn[drawn["steps"] != str(list(review.STATES).index("unchanged"))]
    return review.write(data.store(), _draft.id, drawn), _around(changed if len(changed) else drawn)


@st.cache_resource(show_spinner=False, max_entries=16)
def _draw_findings(
    name: tuple[object, ...],  # noqa: ARG001
    _draft: journey.Draft,
    _check: journey.Check,
) -> tuple[str | None, webmap.Bounds | None]:
    assert _check.placed is not None
    drawn = review.places(_check.placed, _check.findings, schema_of(_draft.layer))
    return review.write(data.store(), _draft.id, drawn), _around(drawn)


def _around(drawn: GeoDataFrame) -> webmap.Bounds | None:
    shapes = drawn[~(drawn.geometry.isna() | drawn.geometry.is_empty)]
    if shapes.empty:
        return None
    west, south, east, north = (float(edge) for edge in shapes.total_bounds)
    margin = max(0.1 * (east - west), 0.1 * (north - south), 0.0005)
    return west - margin, south - margin, east + margin, north + margin


def _show(drawn: tuple[str | None, webmap.Bounds | None], states: tuple[str, ...], *, key: str) -> None:
    url, bounds = drawn
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
