"""The dialog in which layers, whole or filtered, are taken away as a file."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from geodata.i18n import Language, Text, text
from geodata.measures import subset
from geodata.schema import LAYERS
from geodata.take_away import CRSS, FORMATS, Format, Part, crss_of, lost_in_gbk, pack
from layers import formats
from layers.scope import Scope
from pages.ui import data, feedback, filter_bar, state
from pages.ui.language import language, say, t

_ROWS: dict[str, Text] = {
    "filtered": text("What the filters leave"),
    "all": text("Everything"),
    "selected": text("The selected feature"),
}
_FORMAT_NAMES: dict[Format, Text] = {
    "GPKG": text("GeoPackage"),
    "SHP": text("Shapefile (GBK)"),
    "GEOJSON": text("GeoJSON"),
    "KML": text("KML"),
    "DXF": text("DXF (CAD)"),
    "XLSX": text("XLSX (attributes)"),
}


def show(scope: Scope) -> None:
    """A button that opens the dialog."""
    if st.button(t("Take away"), icon=":material/download:", key="take_away", width="stretch"):
        st.dialog(t("Take away"))(_ask)(scope)


def _ask(scope: Scope) -> None:
    titles = {layer: say(LAYERS[layer].title) for layer in LAYERS if scope.has(layer)}
    rows = {name: say(words) for name, words in _ROWS.items() if name in _offered(scope)}
    chosen_rows = st.radio(
        t("Which features"), list(rows), key="take_rows", format_func=rows.__getitem__, horizontal=True
    )
    selected = state.selected()
    if chosen_rows == "selected" and selected:
        chosen = [selected[0]]
    else:
        shown = [layer for layer in titles if layer in (state.visible_layers() or {})]
        chosen = st.multiselect(
            t("Layers"),
            list(titles),
            shown,
            key="take_layers",
            format_func=titles.__getitem__,
            placeholder=t("Choose layers"),
        )
    forms = {form: say(words) for form, words in _FORMAT_NAMES.items()}
    form: Format = st.selectbox(t("Format"), FORMATS, key="take_format", format_func=forms.__getitem__)
    crs = crss_of(form)[0]
    if form != "XLSX":
        names = {code: f"{say(name)} · {code}" for code, name in CRSS.items() if code in crss_of(form)}
        crs = st.selectbox(t("Coordinates"), list(names), key=f"take_crs_{form}", format_func=names.__getitem__)
    parts = [_part(scope, layer, chosen_rows) for layer in chosen]
    _offer(parts, form, crs, scope)


def _offered(scope: Scope) -> list[str]:
    return [
        *(["filtered"] if scope.kept else []),
        "all",
        *(["selected"] if (state.selected() or ("",))[0] in scope.versions else []),
    ]


def _part(scope: Scope, layer: str, rows: str) -> Part:
    version, frame = scope.versions[layer], scope.facets.frames[layer]
    told = [
        t("version {number}", number=version.number),
        t("As of {day}", day=formats.day(scope.on, language())),
        t("Data through {day}", day=formats.day(version.data_date, language())),
    ]
    flags = None
    selected = state.selected()
    if rows == "selected" and selected:
        flags = np.arange(len(frame)) == data.row_of(version, selected[1])
    elif rows == "filtered" and layer in scope.kept:
        flags = scope.kept[layer]
        told.append(filter_bar.in_words(scope.facets))
    return Part(layer, frame if flags is None else subset(frame, flags), " · ".join(told), version.illustrative)


def _offer(parts: list[Part], form: Format, crs: str, scope: Scope) -> None:
    """What the file will hold, and the button that makes it."""
    count = sum(len(part.frame) for part in parts)
    st.caption(t("{count} features", count=formats.number(count)))
    if form == "SHP" and (lost := lost_in_gbk(parts)):
        st.warning(
            t("GBK lacks {signs}: in the shapefile 〓 stands for them. A GeoPackage keeps them.", signs=" ".join(lost))
        )
    name = f"{parts[0].layer if len(parts) == 1 else t('layers')}_{scope.on}"
    with feedback.explained():
        st.download_button(
            t("Download"),
            data=partial(_to_bytes, parts, form, crs, language()),
            file_name=f"{name}.{_ending(form, len(parts))}",
            key="take_download",
            icon=":material/download:",
            type="primary",
            disabled=not count,
            on_click="ignore",
        )


def _ending(form: Format, parts: int) -> str:
    return "zip" if form == "SHP" or (form == "GEOJSON" and parts > 1) else form.lower()


# A download is made when it is asked for, in a thread that knows nothing of the session.


def _to_bytes(parts: list[Part], form: Format, crs: str, chosen: Language) -> bytes:
    return pack(parts, form, crs, chosen).content
