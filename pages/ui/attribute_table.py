"""The attribute table below the map: every feature of a layer with all its attributes; a chosen row is gone to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
import streamlit as st
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geodata import measures, status
from geodata.catalogue import Version
from geodata.filters import Flags
from geodata.i18n import Language
from geodata.schema import EXISTING, LAYERS, Field, Kind, LayerSchema
from layers import formats
from layers.scope import Scope
from layers.view import AreaUnit
from pages.ui import data, state
from pages.ui.attribute_panel import M2, UNITS
from pages.ui.language import language, say, t
from pages.ui.table import EXISTING_WORD

Rows = NDArray[np.intp]
OPEN_KEY = "attributes_open"
LAYER_KEY = "attributes_layer"
_ROWS_KEY = "attribute_rows_{}_{:08x}"
_PINNED = "_attribute_pinned"
_TOLD = "_attribute_told"
_SHOWS_LAYER = "_attribute_shows_layer"
_HEIGHT_PX = 320
_MARK, _STATE, _SIZE = "·mark", "·state", "·size"
"""Names of the columns that no field gives."""


def ask() -> None:
    """The switch that opens the table."""
    st.toggle(t("Attribute table"), key=OPEN_KEY, persist_state="session")


def show(scope: Scope) -> None:
    """The table, once opened; it belongs after the map, which an element added before it would load anew."""
    layers = {name: say(schema.title) for name, schema in LAYERS.items() if scope.has(name)}
    if not layers or not st.session_state.get(OPEN_KEY):
        return
    if st.session_state.pop(_SHOWS_LAYER, False):
        st.rerun()  # the layer tree stands outside of the map's fragment and has to say so too
    with st.container(key="attribute_table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            layer = _ask_layer(layers)
            version = scope.versions[layer]
            kept = scope.kept.get(layer)
            pinned = _pinned_row(version)
            _tell_count(kept, len(scope.facets.frames[layer]), pinned)
        order = _order(kept, len(scope.facets.frames[layer]), pinned)
        shown = _shown(version, scope.on).iloc[order]
        shown.insert(0, _MARK, np.where(order == pinned, "▶", "") if pinned is not None else "")
        # A table keeps the place of its ticked row, whatever stands there: other rows are another table.
        key = _ROWS_KEY.format(layer, crc32(order.tobytes()))
        st.dataframe(
            shown,
            key=key,
            hide_index=True,
            height=_HEIGHT_PX,
            column_config=_column_config(version),
            on_select=partial(_take, key, version, order),
            selection_mode="single-row",
        )


def _ask_layer(layers: dict[str, str]) -> str:
    """Which layer; that of a feature clicked on the map, until another is chosen."""
    selected = state.selected()
    if selected is not None and selected != st.session_state.get(_TOLD) and selected[0] in layers:
        if selected != st.session_state.get(_PINNED):
            st.session_state[LAYER_KEY] = selected[0]
        st.session_state[_PINNED], st.session_state[_TOLD] = selected, None
    elif selected is None:
        st.session_state[_PINNED] = None
    if st.session_state.get(LAYER_KEY) not in layers:
        st.session_state[LAYER_KEY] = "parcels" if "parcels" in layers else next(iter(layers))
    chosen: str = st.selectbox(
        t("Layer"),
        list(layers),
        key=LAYER_KEY,
        format_func=layers.__getitem__,
        label_visibility="collapsed",
        width=260,
    )
    return chosen


def _tell_count(kept: Flags | None, count: int, pinned: int | None) -> None:
    if kept is None:
        st.caption(t("{count} features", count=formats.number(count)))
        return
    told = t("{shown} of {count} features", shown=formats.number(int(kept.sum())), count=formats.number(count))
    if pinned is not None and not kept[pinned]:
        told = f"{told} · {t('The selected feature is not among them; it stands first.')}"
    st.caption(told)


def _pinned_row(version: Version) -> int | None:
    """Row number of what was clicked on the map; it comes first, as no script can scroll the table to it."""
    pinned = st.session_state.get(_PINNED)
    return data.row_of(version, pinned[1]) if pinned is not None and pinned[0] == version.layer else None


def _order(kept: Flags | None, count: int, pinned: int | None) -> Rows:
    """Row numbers in the order of the table."""
    order = np.arange(count) if kept is None else np.flatnonzero(kept)
    return order if pinned is None else np.concatenate([[pinned], order[order != pinned]])


def _take(key: str, version: Version, order: Rows) -> None:
    """A row was chosen: its feature is highlighted and gone to. Row numbers are those before any sorting."""
    chosen = st.session_state[key]["selection"]["rows"]
    if not chosen:
        st.session_state[_TOLD] = None
        state.select([])
        return
    frame = data.frame(version)
    row = int(order[chosen[0]])
    feature = (version.layer, str(frame[LAYERS[version.layer].key].iloc[row]))
    st.session_state[_TOLD] = feature
    if version.layer not in (state.visible_layers() or {}):
        state.show_layer(version.layer, visible=True)
        st.session_state[_SHOWS_LAYER] = True
    state.select([feature])
    shape = frame.geometry.iloc[row]
    if shape is not None and not shape.is_empty:
        state.go_to(state.bounds_around(shape.bounds))


def _shown(version: Version, on: date) -> pd.DataFrame:
    """The whole table as it is read, the state at a day behind the key."""
    attributes = _attributes(data.names({version.layer: version}), language(), state.units(), version)
    if len(status.STATES[version.layer]) == 1:
        return attributes
    words = {code: say(label) for code, label in status.STATE_LABELS[version.layer].items()}
    states = data.states(version, on).map(words).to_numpy()
    shown = attributes.copy(deep=False)
    shown.insert(1, _STATE, states)
    return shown


@st.cache_resource(show_spinner=False, max_entries=16)
def _attributes(
    names: tuple[tuple[str, str, int, str], ...],  # noqa: ARG001
    language: Language,
    unit: AreaUnit,
    _version: Version,
) -> pd.DataFrame:
    """Every attribute of every row as it is read: said once for each version, language and unit."""
    frame, schema = data.frame(_version), LAYERS[_version.layer]
    columns: dict[str, Any] = {}
    for field in schema.fields:
        columns[field.name] = _said(frame[field.name], field, unit, language)
        if field.name == schema.key and schema.geometry != "Point":
            columns[_SIZE] = _size(frame, schema, unit)
    known = {*columns, "geometry"}
    columns |= {str(name): frame[name].astype(object).map(_plain) for name in frame.columns if name not in known}
    return pd.DataFrame({name: np.asarray(values) for name, values in columns.items()})


def _said(values: pd.Series[Any], field: Field, unit: AreaUnit, language: Language) -> Any:
    """The values of a field: numbers as numbers, which sort as such, everything else in words."""
    if field.kind is Kind.NUMBER:
        return formats.in_unit(1, unit) * values if field.unit == M2 else values
    if field.kind is Kind.INTEGER:
        return values.astype("float64")
    words: dict[Kind, Callable[[Any], str]] = {
        Kind.DATE: lambda value: EXISTING_WORD.in_(language) if value == EXISTING else f"{value:%Y-%m-%d}",
        Kind.CODE: lambda value: _code(field, str(value), language),
        Kind.FLAG: lambda value: t("yes") if value else t("no"),
    }
    say_one = words.get(field.kind, str)
    # Dates and codes repeat: each is said once.
    said = {value: say_one(value) for value in values.dropna().unique()}
    return [said.get(value, "") for value in values]


def _code(field: Field, code: str, language: Language) -> str:
    known = field.codes.get(code) or field.codes.get(code[:2])
    if known is None:
        return code
    return known.in_(language)


def _size(frame: GeoDataFrame, schema: LayerSchema, unit: AreaUnit) -> Any:
    if schema.geometry == "Polygon":
        return formats.in_unit(1, unit) * measures.area_m2(frame)
    return measures.length_m(frame)


def _plain(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _column_config(version: Version) -> dict[str, Any]:
    """Headings in the reader's language, with their units."""
    schema, unit = LAYERS[version.layer], say(formats.UNIT_NAMES[state.units()])
    config: dict[str, Any] = {
        _MARK: st.column_config.TextColumn("", width=30),
        _STATE: st.column_config.TextColumn(t("Status")),
    }
    if schema.geometry == "Polygon":
        config[_SIZE] = st.column_config.NumberColumn(f"{t('Area (measured)')} ({unit})", format="localized", step=0.01)
    else:
        config[_SIZE] = st.column_config.NumberColumn(f"{t('Length (measured)')} ({say(UNITS['m'])})", format="%.0f")
    for field in schema.fields:
        heading = say(field.label)
        if field.unit == M2:
            heading = f"{heading} ({unit})"
        elif field.unit in UNITS:
            heading = f"{heading} ({say(UNITS[field.unit])})"
        pinned = field.name == schema.key
        config[field.name] = _column(field, heading, pinned=pinned)
    return config


def _column(field: Field, heading: str, *, pinned: bool) -> Any:
    if field.share:
        return st.column_config.NumberColumn(heading, format="percent")
    if field.kind is Kind.NUMBER:
        return st.column_config.NumberColumn(heading, format="localized", step=0.01)
    if field.kind is Kind.INTEGER:
        return st.column_config.NumberColumn(heading, format="%d")
    return st.column_config.TextColumn(heading, pinned=pinned)
