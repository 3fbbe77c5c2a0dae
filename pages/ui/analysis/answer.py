"""What a check finds: on a map, in a table, and as files to take away."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import shapely
import streamlit as st
from geopandas import GeoDataFrame
from streamlit_folium import st_folium

from geodata import workbook
from geodata.analysis import HEADINGS
from geodata.analysis.files import to_geopackage, words_of
from geodata.i18n import Language, Text, text
from geodata.schema import DRAWING_CRS, LAYERS
from layers import formats, webmap
from layers.catalogue import MAP_LAYERS
from layers.scope import Scope
from layers.webmap import Tool
from pages.ui import data, notes, quantity, state, table
from pages.ui.analysis.findings import Check, Findings, find
from pages.ui.language import language, say, t

_HEIGHT_PX = 460
_GROUND = ("district", "waterways")
_TOOLS: tuple[Tool, ...] = ("measure",)
_ROOM_M = 12.0
"""Around a place or a line that has no area, so that it can be seen."""
_FINE_M = 1.0
_MOST_OUTLINES = 600
_CHOSEN = "_conflict"
_NEW = "is_new"


def show(check: Check, scope: Scope, place: Any) -> None:
    """The map in `place`, the table below all."""
    found = find(check, scope.versions, scope.on)
    chosen = _chosen(check, found)
    with place, st.container(key="analysis_map"):
        _show_map(check, scope, found, chosen)
    if found.rows.empty:
        st.success(t("Nothing is found at this date. Another day, or another rule, may find something."))
        return
    _show_table(check, scope, found)


def _chosen(check: Check, found: Findings) -> pd.Series | None:
    name, conflict = st.session_state.get(_CHOSEN, (None, None))
    rows = found.rows[found.rows["conflict_id"] == conflict] if name == check.name else found.rows.iloc[:0]
    return None if rows.empty else rows.iloc[0]


def _show_map(check: Check, scope: Scope, found: Findings, chosen: pd.Series | None) -> None:
    versions = {layer: version for layer, version in scope.versions.items() if layer in (*_GROUND, *check.layers)}
    visible = {layer: 1.0 for layer in MAP_LAYERS if layer in versions}
    st_folium(
        webmap.build_map(),
        key="plan_analysis",
        height=_HEIGHT_PX,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=webmap.MapState(
            webmap.map_state(
                versions,
                on=scope.on,
                visible=visible,
                language=language(),
                theme=state.theme(),
                dark=st.context.theme.type == "dark",
                rows=_rows(check, found.rows),
                highlight=None if chosen is None else (chosen["layer"], int(chosen["row"])),
                shapes=_outlines(check, found.rows, chosen),
                bounds=data.bounds(scope.versions),
                goto=state.gone_to() if chosen is not None else None,
                caption=say(check.title),
                tools=_TOOLS,
                apart=True,
            )
        ),
    )


def _rows(check: Check, conflicts: GeoDataFrame) -> dict[str, np.ndarray]:
    """The features that are concerned, by layer; of the other layer's areas all, as ground."""
    rows: dict[str, np.ndarray] = {}
    for prefix in ("", "other_"):
        for layer, told in conflicts.groupby(f"{prefix}layer"):
            rows[str(layer)] = np.unique(told[f"{prefix}row"].to_numpy(dtype=np.int64))
    main = check.layers[0]
    rows.setdefault(main, np.empty(0, dtype=np.int64))
    return {
        layer: held
        for layer, held in rows.items()
        if layer == main or LAYERS[layer].geometry != "Polygon" or layer == "parcels"
    }


def _outlines(check: Check, conflicts: GeoDataFrame, chosen: pd.Series | None) -> list[Any]:
    """The edges of what is in question: of the chosen conflict alone, or of all; of places and lines a little off."""
    if chosen is not None:
        conflicts = conflicts.loc[[chosen.name]]
    elif check.question and check.question.within_m is not None:
        return []  # the features themselves are what is found
    shapes = conflicts.geometry.iloc[:_MOST_OUTLINES].to_crs(DRAWING_CRS)
    thin = shapely.get_dimensions(shapes.to_numpy()) < 2
    areas = shapes.where(~thin, shapes.buffer(_ROOM_M, quad_segs=4)).simplify(_FINE_M).to_crs(conflicts.crs)
    parts = shapely.get_parts(areas.to_numpy())
    return [part.exterior.coords for part in parts if part.geom_type == "Polygon"]


def _show_table(check: Check, scope: Scope, found: Findings) -> None:
    listed = words_of(found.rows, language()).assign(**_new(found))
    columns = _columns(check, found)
    with st.container(horizontal=True, vertical_alignment="center", key="analysis_bar"):
        st.markdown(f"**{say(check.title)}** {_summary(check, found)}", width="stretch")
        _offer(check, scope, found)
    table.show(
        f"analysis_{check.name}", listed, columns, key_column="conflict_id", choose=partial(_choose, check, found.rows)
    )
    sources = {notes.source_line(scope.versions, layer, scope.on) for layer in check.layers}
    if found.new is None:
        sources.add(t("No layer of this check has an earlier version: nothing is marked as new."))
    st.caption(" · ".join(sorted(sources)))


def _new(found: Findings) -> dict[str, Any]:
    return {} if found.new is None else {_NEW: [t("new") if flag else "" for flag in found.new]}


def _columns(check: Check, found: Findings) -> dict[str, table.Column]:
    """What the table shows: who is concerned, in what state, and the numbers of the check."""
    columns = {} if found.new is None else {_NEW: table.Column(text("Since the last version"), "text")}
    for name in ("key", "name", "other_key", "other_name", "state", "land_use", "road_class"):
        if found.rows[name].notna().any():
            columns[name] = table.Column(HEADINGS[name], "text")
    for name, heading in check.measures.items():
        columns[name] = table.Column(_with_unit(name, heading), _KINDS.get(name.rpartition("_")[2], "share"))
    return columns


_KINDS: dict[str, table.Kind] = {"ha": "area", "m": "number", "m2": "integer"}


def _with_unit(name: str, heading: Text) -> Text:
    """Metres and square metres stand in the heading; an area's unit the table adds."""
    if name.endswith("_m2"):
        return text("{heading} (m²)", heading=heading)
    return text("{heading} (m)", heading=heading) if name.endswith("_m") else heading


def _summary(check: Check, found: Findings) -> str:
    parts = [formats.number(len(found.rows))]
    if "area_ha" in check.measures:
        parts.append(quantity.shown(float(found.rows["area_ha"].sum()), "ha"))
    if "length_m" in check.measures:
        parts.append(formats.length(float(found.rows["length_m"].sum()), language()))
    if found.new is not None:
        parts.append(t("{count} new", count=formats.number(int(found.new.sum()))))
    return " · ".join(parts)


def _choose(check: Check, conflicts: GeoDataFrame, conflict: str | None) -> None:
    st.session_state[_CHOSEN] = (check.name, conflict)
    if conflict is not None:
        shape = conflicts.geometry[conflicts["conflict_id"] == conflict].iloc[0]
        state.go_to(state.bounds_around(shape.bounds))


def _offer(check: Check, scope: Scope, found: Findings) -> None:
    notes_of = _source_notes(check, scope)
    name = f"{say(check.title)}_{scope.on}"
    given = (check, found, scope.on, notes_of, language())
    st.download_button(
        "XLSX",
        partial(_to_workbook, *given),
        f"{name}.xlsx",
        key="analysis_xlsx",
        icon=":material/download:",
        on_click="ignore",
    )
    st.download_button(
        "GPKG",
        partial(_to_geopackage, *given),
        f"{name}.gpkg",
        key="analysis_gpkg",
        icon=":material/download:",
        on_click="ignore",
    )


def _source_notes(check: Check, scope: Scope) -> list[str]:
    """What a file was made of, for whoever takes it away."""
    return [
        f"{say(LAYERS[layer].title)} · {t('version {number}', number=scope.versions[layer].number)} · "
        + notes.source_line(scope.versions, layer, scope.on)
        for layer in check.layers
    ]


# A download is made when it is asked for, in a thread that knows nothing of the session.


def _to_workbook(check: Check, found: Findings, on: date, told: list[str], chosen: Language) -> bytes:
    rows = words_of(found.rows, chosen)
    columns = {
        name: workbook.Column(HEADINGS[name].in_(chosen), "text")
        for name in HEADINGS
        if rows[name].replace("", None).notna().any()
    }
    for name, heading in check.measures.items():
        unit = {"ha": " (ha)", "m": " (m)", "m2": " (m²)"}.get(name.rpartition("_")[2], "")
        columns[name] = workbook.Column(heading.in_(chosen) + unit, "decimal" if unit else "share")
    if found.new is not None:
        rows = rows.assign(is_new=[text("new").in_(chosen) if flag else "" for flag in found.new])
        columns[_NEW] = workbook.Column(text("Since the last version").in_(chosen), "text")
    title = f"{check.title.in_(chosen)} {on}"
    return workbook.to_workbook([workbook.Sheet(title, rows, columns, told)])


def _to_geopackage(check: Check, found: Findings, on: date, told: list[str], _: Language) -> bytes:
    new = {} if found.new is None else {_NEW: found.new}
    measures = [name for name in check.measures if name in found.rows]
    return to_geopackage(found.rows.assign(**new), check.title.in_("en"), measures, f"{on}: " + "; ".join(told))
