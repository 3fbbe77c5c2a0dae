"""The panel over the map that shows what was clicked: every attribute, its size, and its state at the as-of date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from geopandas import GeoDataFrame

from geodata import crs, status
from geodata.catalogue import Version
from geodata.i18n import Text, text
from geodata.schema import LAYERS, Field, Kind, LayerSchema
from layers import formats
from pages.ui import data, state
from pages.ui.feedback import plain
from pages.ui.language import language, say, t

UNITS: dict[str, Text] = {
    "m": text("m"),
    "km2": text("km²"),
    "100m_cny": text("× 100 million CNY"),
}
M2 = "m2"


def show(versions: data.Versions, on: date) -> None:
    """Every feature that was clicked, the highlighted one open; nothing where nothing was clicked."""
    found = [(layer, key) for layer, key in state.hits() if layer in versions]
    if not found:
        return
    with st.container(key="attribute_panel"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", wrap=False):
            st.markdown(f"**{t('What is here: {count}', count=len(found))}**")
            st.button(t("Close"), key="close_panel", on_click=state.select, args=([],), type="tertiary")
        for layer, key in found:
            _show_feature(versions[layer], LAYERS[layer], key, on)


def _show_feature(version: Version, schema: LayerSchema, key: str, on: date) -> None:
    frame = data.frame(version)
    row = data.row_of(version, key)
    if row is None:
        return
    feature = frame.iloc[row]
    highlighted = (schema.name, key) == state.selected()
    with st.expander(f"{say(schema.title)} · {plain(_name_of(feature, key))}", expanded=highlighted):
        lines = [
            *_state_lines(version, schema, row, on),
            *_size_lines(schema, frame, row),
            *_field_lines(schema, feature),
        ]
        st.markdown("\n".join(["| | |", "|---|---|", *(f"| {label} | {value} |" for label, value in lines)]))
        for note in _notes(version, schema, row, on):
            st.caption(note)
        if not highlighted:
            st.button(
                t("Show on the map"),
                key=f"highlight_{schema.name}_{key}",
                on_click=state.highlight,
                args=((schema.name, key),),
            )


def _name_of(feature: pd.Series[Any], key: str) -> str:
    name = feature.get("name", feature.get("enterprise"))
    return name if isinstance(name, str) and name else key


def _state_lines(version: Version, schema: LayerSchema, row: int, on: date) -> Iterator[tuple[str, str]]:
    """The state at the day shown, with what must stand beside it (DESIGN §6)."""
    if len(status.STATES[schema.name]) == 1:
        return
    now = str(data.states(version, on).iloc[row])
    words = say(status.STATE_LABELS[schema.name][now])
    one = data.frame(version).iloc[[row]]
    if schema.name == "parcels" and now == "idle" and bool(status.is_recognised_idle(one, on).iloc[0]):
        words = say(status.RECOGNISED_IDLE)
    if schema.name == "parcels" and bool(status.cannot_be_judged(one, on).iloc[0]):
        words = t("{state} ({mark})", state=words, mark=say(status.CANNOT_BE_JUDGED))
    if bool(status.is_projected(schema.name, one, on, version.data_date).iloc[0]):
        words = t("{state} ({mark})", state=words, mark=say(status.PROJECTED))
    yield t("Status on {day}", day=formats.day(on, language())), f"**{plain(words)}**"


def _size_lines(schema: LayerSchema, frame: GeoDataFrame, row: int) -> Iterator[tuple[str, str]]:
    shape = frame.geometry.iloc[[row]]
    if schema.geometry == "Polygon":
        yield t("Area (measured)"), formats.area(float(crs.area_m2(shape).iloc[0]), state.units(), language())
    elif schema.geometry == "LineString":
        yield t("Length (measured)"), formats.length(float(crs.length_m(shape).iloc[0]), language())


def _field_lines(schema: LayerSchema, feature: pd.Series[Any]) -> Iterator[tuple[str, str]]:
    """Every field of the schema, then the file's own columns as they came."""
    known = {field.name for field in schema.fields}
    for field in schema.fields:
        yield say(field.label), plain(_words(field, feature[field.name]))
    for column, value in feature.items():
        if column not in known and column != "geometry":
            yield plain(str(column)), plain(formats.NOTHING if pd.isna(value) else str(value))


def _words(field: Field, value: Any) -> str:
    if pd.isna(value):
        return formats.NOTHING
    if field.kind is Kind.DATE:
        return formats.day(value, language())
    if field.kind is Kind.CODE:
        code = str(value)
        label = field.codes.get(code) or field.codes.get(code[:2])
        # A class number says more beside its name; a word of ours that stands for a name does not.
        return code if label is None else f"{say(label)} ({code})" if code.isdigit() else say(label)
    if field.kind is Kind.FLAG:
        return t("yes") if value else t("no")
    if field.share:
        return formats.share(float(value), 0)
    if field.kind is Kind.INTEGER:
        return str(value)
    if field.unit == M2:
        return formats.area(float(value), state.units(), language())
    if field.kind is Kind.NUMBER:
        return f"{float(value):,g} {say(UNITS[field.unit]) if field.unit in UNITS else ''}".strip()
    return str(value)


def _notes(version: Version, schema: LayerSchema, row: int, on: date) -> Iterator[str]:
    if schema.name == "parcels" and data.states(version, on).iloc[row] in ("idle", "inefficient"):
        yield t("Marks and shares carry no date: they count as published, at every day.")
    if on > version.data_date:
        yield t("Data through {day}", day=formats.day(version.data_date, language()))
    if version.illustrative:
        yield t("Illustrative data")
