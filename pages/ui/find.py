"""The search box: features by what they are called, and places by their coordinates; what is found is gone to."""

from __future__ import annotations

import shapely
import streamlit as st

from geodata.coordinates import Place, read_place
from geodata.schema import LAYERS
from geodata.search import Hit, SearchIndex
from layers import identify
from layers.scope import Scope
from pages.ui import data, state
from pages.ui.feedback import plain
from pages.ui.language import say, t

KEY = "find"
_ASKED = "_find_asked"
_MOST = 8
_LONGEST = 100
_PLACE_ZOOM = 17


def show(scope: Scope) -> None:
    """The box, and below it what was found; one find alone is gone to at once."""
    words = st.text_input(
        t("Find"),
        key=KEY,
        icon=":material/search:",
        placeholder=t("Name, number, enterprise, pinyin, coordinates"),
        label_visibility="collapsed",
        on_change=_ask,
    ).strip()[:_LONGEST]
    asked = st.session_state.pop(_ASKED, False)
    place = read_place(words) if words else None
    state.pin((place.lon, place.lat) if place else None)
    if place is not None:
        if asked:
            _go_to_place(scope, place)
        _tell_place(place)
    elif words:
        hits = _index(data.names(scope.versions), scope.versions).find(words, most=_MOST + 1)
        if asked and len(hits) == 1:
            _go_to_feature(scope.versions, hits[0])
        _show_hits(scope.versions, hits)


def _ask() -> None:
    st.session_state[_ASKED] = True


def _show_hits(versions: data.Versions, hits: list[Hit]) -> None:
    if not hits:
        st.caption(t("Nothing is called so. Try a part of the name, a number, initials such as lhl, or coordinates."))
        return
    with st.container(key="find_hits", gap=None):
        for number, hit in enumerate(hits[:_MOST]):
            st.button(
                _words(hit),
                key=f"find_hit_{number}",
                type="tertiary",
                width="stretch",
                on_click=_go_to_feature,
                args=(versions, hit),
            )
        if len(hits) > _MOST:
            st.caption(t("There are more: write more of the name."))


def _words(hit: Hit) -> str:
    """Name, layer, and what else tells one from another."""
    rest = [hit.key] if hit.key != hit.name else []
    if hit.found not in (hit.name, hit.key):
        rest.append(hit.found)
    return f"**{plain(hit.name)}**  {' · '.join([say(LAYERS[hit.layer].title), *map(plain, rest)])}"


def _go_to_feature(versions: data.Versions, hit: Hit) -> None:
    state.show_layer(hit.layer, visible=True)
    state.select([(hit.layer, hit.key)])
    shape = data.frame(versions[hit.layer]).geometry.iloc[hit.row]
    if shape is not None and not shape.is_empty:
        state.go_to(state.bounds_around(shape.bounds))


def _go_to_place(scope: Scope, place: Place) -> None:
    visible = {layer: scope.facets.frames[layer] for layer in state.visible_layers() or {} if layer in scope.versions}
    hits = identify.identify(visible, place.lon, place.lat, _PLACE_ZOOM, hidden_rows={})
    state.select([(hit.layer, hit.key) for hit in hits])
    state.go_to(state.bounds_around((place.lon, place.lat, place.lon, place.lat)))


def _tell_place(place: Place) -> None:
    """The place in degrees, and whether it lies in the district: a slip of a digit shows there."""
    district = data.district()
    inside = district is None or district.covers(shapely.Point(place.lon, place.lat))
    where = t("{lon}°E {lat}°N", lon=f"{place.lon:.6f}", lat=f"{place.lat:.6f}")
    st.caption(where if inside else t("{place}, outside the district", place=where))


@st.cache_resource(show_spinner=False, max_entries=4)
def _index(names: tuple[tuple[str, str, int, str], ...], _versions: data.Versions) -> SearchIndex:  # noqa: ARG001
    return SearchIndex(data.frames(_versions))
