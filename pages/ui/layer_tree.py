"""The layer tree in the sidebar: what is on the map, how opaque, and what its colours mean, with live counts."""

from __future__ import annotations

from datetime import date

import streamlit as st

from geodata.catalogue import Version
from geodata.i18n import Text, text
from geodata.schema import LAYERS
from geodata.status import STATES
from layers import formats, legend
from layers.catalogue import GROUPS, MAP_LAYERS
from layers.scope import Scope
from layers.view import THEMES, Theme
from pages.ui import chips, data, notes, state
from pages.ui.chips import Chip
from pages.ui.language import say, t

THEME_NAMES: dict[Theme, Text] = {"status": text("By status"), "land_use": text("By land use")}


def show(scope: Scope) -> None:
    """Every published layer in its group; the data date once, where it is one for all."""
    versions, on = scope.versions, scope.on
    common = {version.data_date for version in versions.values()}
    if len(common) == 1 and (through := notes.data_through(next(iter(versions.values())), on)):
        st.caption(through)
    for group, title in GROUPS.items():
        layers = [layer for layer in MAP_LAYERS.values() if layer.group == group and layer.name in versions]
        if layers:
            with st.container(key=f"group_{group}", gap=None):
                st.caption(f"**{say(title)}**")
                for layer in layers:
                    if _show_layer(layer.name, scope, visible=layer.visible):
                        _show_remarks(layer.name, scope, with_data_date=len(common) > 1)


def _show_layer(layer: str, scope: Scope, *, visible: bool) -> bool:
    """Checkbox, opacity and key of a layer; whether it is on the map."""
    state.layer_defaults(layer, visible=visible)
    count = formats.number(scope.versions[layer].features)
    if layer in scope.kept:
        count = f"{formats.number(int(scope.kept[layer].sum()))} / {count}"
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap=None, key=f"row_{layer}"):
        shown = st.checkbox(
            f"{say(LAYERS[layer].title)} ({count})",
            key=state.LAYER_KEY.format(layer),
            persist_state="session",
            width="stretch",
        )
        entries = _legend(layer, scope) if shown else []
        if len(entries) == 1 and len(STATES[layer]) == 1:  # the layer's own name says what it means
            chips.show([Chip("", entries[0].css)])
            entries = []
        with st.popover(
            t("Opacity"),
            icon=":material/opacity:",
            type="tertiary",
            help=t("Opacity"),
            key=f"opacity_menu_{layer}",
            disabled=not shown,
        ):
            st.slider(
                t("Opacity of {layer} (%)", layer=say(LAYERS[layer].title)),
                0,
                100,
                step=5,
                key=state.OPACITY_KEY.format(layer),
                persist_state="session",
            )
    if shown and layer == "parcels":
        st.segmented_control(
            t("Colour parcels by"),
            THEMES,
            format_func={theme: say(name) for theme, name in THEME_NAMES.items()}.__getitem__,
            key=state.THEME_KEY,
            required=True,
            persist_state="session",
            label_visibility="collapsed",
        )
    chips.show(Chip(say(entry.label), entry.css, formats.number(entry.count)) for entry in entries)
    return shown


def _legend(layer: str, scope: Scope) -> list[legend.LegendEntry]:
    """What each colour means, and how often it is there."""
    states = data.states(scope.versions[layer], scope.on)
    if layer in scope.kept:
        states = states[scope.kept[layer]]
    return legend.legend(layer, scope.frames[layer], states, state.theme())


def _show_remarks(layer: str, scope: Scope, *, with_data_date: bool) -> None:
    """What no colour tells: recognised, can't be judged, projected, each with its number; and the data date."""
    version, on = scope.versions[layer], scope.on
    if layer in scope.kept:
        remarks = legend.remarks(layer, scope.frames[layer], on, version.data_date)
    else:
        remarks = _remarks(data.names({layer: version}), on, version)
    parts = [f"{say(remark.label)} **{formats.number(remark.count)}**" for remark in remarks]
    if with_data_date and (through := notes.data_through(version, on)):
        parts.append(through)
    if parts:
        meanings = "\n\n".join(f"**{say(remark.label)}** {say(remark.meaning)}" for remark in remarks)
        with st.container(key=f"remarks_{version.layer}"):
            st.caption(" · ".join(parts), help=meanings or None)


@st.cache_resource(show_spinner=False, max_entries=400)
def _remarks(names: tuple[tuple[str, str, int, str], ...], on: date, _version: Version) -> list[legend.Remark]:  # noqa: ARG001
    return legend.remarks(_version.layer, data.frame(_version), on, _version.data_date)
