"""The first phase: which layer, which way of updating it, which files; and what to start from."""

from __future__ import annotations

from functools import partial

import streamlit as st

from geodata import exporting, mapping
from geodata.i18n import Text, text
from geodata.schema import LAYERS, schema_of
from pages.ui import data
from pages.ui.language import language, say, t
from pages.ui.upload import journey

LAYER_KEY = "upload_layer"
FILES_KEY = "upload_files"
_MODE_KEY = "upload_mode"

_MODES: dict[str, tuple[Text, Text]] = {
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

SUFFIXES = [
    "zip",
    "shp",
    "shx",
    "dbf",
    "prj",
    "cpg",
    "gpkg",
    "geojson",
    "json",
    "kml",
    "kmz",
    "fgb",
    "parquet",
    "dxf",
    "csv",
    "xlsx",
]


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
        mode = st.segmented_control(
            t("What the file holds"),
            list(_MODES),
            format_func=lambda name: say(_MODES[name][0]),
            default="whole",
            key=_MODE_KEY,
            required=True,
        )
        st.caption(say(_MODES[mode or "whole"][1]))
        uploaded = st.file_uploader(
            t("Drop the files here, or choose them (up to 512 MB)"),
            type=SUFFIXES,
            accept_multiple_files=True,
            key=FILES_KEY,
            help=t(
                "One zip, or the parts of a shapefile together (.shp .shx .dbf .prj .cpg), or GeoPackage, GeoJSON, "
                "KML/KMZ, FlatGeobuf, GeoParquet, DXF, a zipped File Geodatabase, CSV or XLSX."
            ),
        )
        st.caption(
            t(
                "The drop zone’s own words are the system’s: “Upload” means choose files, "
                "“Drag and drop” means drop them here."
            )
        )
        if uploaded and st.button(t("Read the files"), type="primary", key="upload_read"):
            with st.spinner(t("Taking over the files …")):
                journey.begin(
                    layer, {file.name: file for file in uploaded}, only_changes=mode != "whole", ledger=mode == "ledger"
                )
            st.rerun()
    with right:
        _show_starting_point(layer)


def _show_starting_point(layer: str) -> None:
    """The field guide, an empty template, and the current version to edit."""
    schema = schema_of(layer)
    st.subheader(t("Fields of this layer"), anchor=False)
    st.dataframe(mapping.field_guide(schema, language()), hide_index=True, height=320)
    current = data.current().get(layer)
    with st.container(horizontal=True):
        for ending, name in (("gpkg", "GeoPackage"), ("zip", "Shapefile"), ("xlsx", "XLSX")):
            st.download_button(
                t("Empty template, {format}", format=name),
                data=partial(exporting.template, schema, ending),
                file_name=f"{layer}_template.{ending}",
                key=f"template_{ending}",
                on_click="ignore",
            )
            if current is not None:
                st.download_button(
                    t("Current version, {format}", format=name),
                    data=partial(exporting.to_bytes, data.store(), current, ending),
                    file_name=f"{layer}_v{current.number}.{ending}",
                    key=f"current_{ending}",
                    on_click="ignore",
                )
