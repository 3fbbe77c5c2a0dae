"""What the map is compared with: another day, another colouring of parcels, or another version of a layer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import streamlit as st

from geodata.catalogue import Version
from geodata.i18n import Text, text
from geodata.schema import LAYERS
from layers import formats
from layers.scope import Scope
from layers.view import LAYOUTS, Layout, Theme
from pages.ui import data, layer_tree, state
from pages.ui.as_of import EARLIEST, LATEST
from pages.ui.language import language, say, t
from pages.ui.scope import scope_of

Kind = Literal["day", "theme", "version"]

_KINDS: dict[Kind, Text] = {
    "day": text("Another day"),
    "theme": text("Another colouring of parcels"),
    "version": text("Another version of a layer"),
}
_LAYOUTS: dict[Layout, Text] = {"swipe": text("Swipe"), "side": text("Side by side")}


@dataclass(frozen=True)
class Side:
    """One of the two maps that are compared."""

    scope: Scope
    theme: Theme
    name: str


def show(scope: Scope) -> None:
    """A button that opens what is compared, and how."""
    chosen = state.versus() is not None
    with st.popover(
        t("Compare"),
        icon=":material/compare:",
        key="comparison",
        type="primary" if chosen else "secondary",
        width="stretch",
    ):
        kinds = {kind: say(words) for kind, words in _KINDS.items()}
        st.pills(
            t("Compare the map with"),
            list(kinds),
            key=state.VERSUS_KEY,
            format_func=kinds.__getitem__,
            persist_state="session",
        )
        match st.session_state[state.VERSUS_KEY]:
            case "day":
                _ask_day(scope)
            case "version":
                _ask_version(scope)
        if st.session_state[state.VERSUS_KEY]:
            layouts = {layout: say(words) for layout, words in _LAYOUTS.items()}
            st.segmented_control(
                t("Layout"),
                LAYOUTS,
                key=state.LAYOUT_KEY,
                format_func=layouts.__getitem__,
                required=True,
                persist_state="session",
                label_visibility="collapsed",
            )


def sides(scope: Scope) -> tuple[Side, Side] | None:
    """The map at the left and the one shown, as they are compared; None while nothing is."""
    versus = state.versus()
    now = Side(scope, state.theme(), formats.day(scope.on, language()))
    match versus:
        case date():
            return Side(scope.at(versus), state.theme(), formats.day(versus, language())), now
        case (layer, number):
            return _versions(scope, layer, number)
        case str():
            names = {theme: say(words) for theme, words in layer_tree.THEME_NAMES.items()}
            return Side(scope, versus, names[versus]), Side(scope, state.theme(), names[state.theme()])
        case _:
            return None


def _versions(scope: Scope, layer: str, number: int) -> tuple[Side, Side] | None:
    found = {version.number: version for version in _published(layer)} if scope.has(layer) else {}
    if number not in found:
        return None
    before = scope_of({**scope.versions, layer: found[number]}, scope.on, state.compare())
    title = say(LAYERS[layer].title)
    names = [
        t("{layer}, version {number}", layer=title, number=version.number)
        for version in (found[number], scope.versions[layer])
    ]
    return Side(before, state.theme(), names[0]), Side(scope, state.theme(), names[1])


def _ask_day(scope: Scope) -> None:
    st.session_state.setdefault(state.VERSUS_DAY_KEY, date(scope.on.year - 1, 12, 31))
    st.date_input(
        t("The day to compare with"),
        key=state.VERSUS_DAY_KEY,
        min_value=EARLIEST,
        max_value=LATEST,
        format="YYYY-MM-DD",
        persist_state="session",
    )


def _ask_version(scope: Scope) -> None:
    several = {layer: _published(layer) for layer in scope.versions}
    titles = {layer: say(LAYERS[layer].title) for layer, versions in several.items() if len(versions) > 1}
    if not titles:
        st.caption(t("Every layer has one version so far; an upload makes the next."))
        return
    if st.session_state.get(state.VERSUS_LAYER_KEY) not in titles:
        st.session_state[state.VERSUS_LAYER_KEY] = next(iter(titles))
    layer = st.selectbox(
        t("Layer"), list(titles), key=state.VERSUS_LAYER_KEY, format_func=titles.__getitem__, persist_state="session"
    )
    words = {version.number: _words(version) for version in several[layer] if version != scope.versions[layer]}
    if st.session_state.get(state.VERSUS_NUMBER_KEY) not in words:
        st.session_state[state.VERSUS_NUMBER_KEY] = next(iter(words))
    st.selectbox(
        t("Version"), list(words), key=state.VERSUS_NUMBER_KEY, format_func=words.__getitem__, persist_state="session"
    )


def _published(layer: str) -> list[Version]:
    """The versions of a layer, the latest first."""
    return sorted(data.store().versions(layer), key=lambda version: -version.number)


def _words(version: Version) -> str:
    parts: list[Any] = [version.number, formats.day(version.data_date, language()), version.by]
    return " · ".join(map(str, parts))
