"""The first phase: which layer, which way of updating it, which files; and what to start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from geodata import exporting, mapping
from geodata.choices import Choices
from geodata.i18n import Text, text
from geodata.schema import LAYERS, schema_of
from pages.ui import data, feedback
from pages.ui.language import language, say, t
from pages.ui.upload import journey

LAYER_KEY = "upload_layer"
FILES_KEY = "upload_files"
_MODE_KEY = "upload_mode"

MODES: dict[str, tuple[Text, Text]] = {
    "whole": (text("The whole layer"), text("The file holds every feature; what is not in it is removed.")),
    "changes": (
        text("Changes only"),
        text("Features in the file are added, or replaced by key; no feature is removed."),
    ),
    "ledger": (
        text("Ledger (no geometry)"),
        text("An XLSX or CSV with keys and attributes updates the attributes of present features."),
    ),
}

_PARTS = ("shp", "shx", "dbf")
_BESIDE = ("prj", "cpg", "sbn", "sbx", "xml", "qix", "qpj", "qmd")
_FORMATS = {"gpkg": "GeoPackage", "zip": "Shapefile", "xlsx": "XLSX"}


def show() -> None:
    """Ask for the layer and its files; the check begins as soon as they are there."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        layer = st.selectbox(
            t("Layer"),
            list(LAYERS),
            format_func=lambda name: say(LAYERS[name].title),
            key=LAYER_KEY,
            persist_state="session",
        )
        mode = _ask_mode("whole", key=_MODE_KEY)
        uploaded = st.file_uploader(
            t("Drop the files here, or choose them (up to 512 MB)"),
            accept_multiple_files=True,
            key=FILES_KEY,
            help=t("The button “Upload” opens the choice of files; dropping them on the field does the same."),
        )
        st.caption(
            t(
                "One zip, or the parts of a shapefile together (.shp .shx .dbf .prj .cpg), or GeoPackage, GeoJSON, "
                "KML/KMZ, FlatGeobuf, GeoParquet, DXF, a zipped File Geodatabase, CSV or XLSX."
            )
        )
        if uploaded and _are_wanted([file.name for file in uploaded]):
            with feedback.explained(), st.spinner(t("Taking over the files …")):
                journey.begin(layer, {file.name: file for file in uploaded}, _choices_of(mode, Choices()))
                st.rerun()
    with right:
        _offer_starting_point(layer)
    guide = mapping.field_guide(schema_of(layer), language())
    st.markdown(f"**{t('Fields of this layer')}**")
    st.dataframe(guide, hide_index=True, height="content")


def mode_of(choices: Choices) -> str:
    """Which of `MODES` the choices of a draft are."""
    return "ledger" if choices.ledger else "changes" if choices.only_changes else "whole"


def correct_mode(draft: journey.Draft) -> None:
    """Let a person who dropped the files choose another way of updating."""
    key = f"mode_{draft.id}"

    def take() -> None:
        journey.take(draft, _choices_of(st.session_state[key], draft.choices))

    _ask_mode(mode_of(draft.choices), key=key, on_change=take)


def _ask_mode(default: str, *, key: str, on_change: Callable[[], None] | None = None) -> str:
    mode = st.segmented_control(
        t("What the file holds"),
        list(MODES),
        format_func=lambda name: say(MODES[name][0]),
        default=default,
        key=key,
        required=True,
        on_change=on_change or "rerun",
    )
    st.caption(say(MODES[mode][1]))
    return mode


def _choices_of(mode: str, choices: Choices) -> Choices:
    return replace(choices, only_changes=mode == "changes", ledger=mode == "ledger")


def _are_wanted(names: list[str]) -> bool:
    """Whether to read what was dropped: at once, or when asked to where a part of a shapefile seems to be missing."""
    suffixes = {name.rpartition(".")[2].lower() for name in names}
    missing = [suffix for suffix in _PARTS if suffix not in suffixes]
    if not missing or not suffixes <= {*_PARTS, *_BESIDE}:
        return True
    st.info(
        t(
            "Of the shapefile, {missing} is still missing. Drop it too, or read what is there.",
            missing=", ".join(f".{suffix}" for suffix in missing),
        )
    )
    return st.button(t("Read the files"), type="primary", key="upload_read")


def _offer_starting_point(layer: str) -> None:
    """An empty template, and the current version to edit."""
    st.markdown(f"**{t('Start from')}**")
    current = data.current().get(layer)
    _offer(t("Empty template"), "template", f"{layer}_template", partial(exporting.template, schema_of(layer)))
    if current is not None:
        file_name = f"{layer}_v{current.number}"
        _offer(t("Current version"), "current", file_name, partial(exporting.to_bytes, data.store(), current))


def _offer(title: str, key: str, file_name: str, make: Callable[[str], bytes]) -> None:
    """A file to take away, in each format; it is made when it is asked for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(title, width="content")
        for ending, name in _FORMATS.items():
            st.download_button(
                name,
                data=partial(make, ending),
                file_name=f"{file_name}.{ending}",
                key=f"{key}_{ending}",
                on_click="ignore",
                icon=":material/download:",
            )
