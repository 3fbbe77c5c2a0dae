"""History: every version of every layer, what made it, what it changed; and the way back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pandas as pd
import streamlit as st

from geodata import exporting, publish
from geodata.catalogue import Version
from geodata.diff import diff_layers
from geodata.schema import LAYERS, schema_of
from geodata.store import Store
from layers import formats
from pages.ui import data, feedback
from pages.ui.feedback import plain
from pages.ui.language import language, say, t

_LAYER_KEY = "history_layer"


def show() -> None:
    """The versions of one layer, one of them in detail, and the audit list."""
    st.header(t("History"), anchor=False)
    store = data.store()
    versions_tab, audit_tab = st.tabs([t("Versions"), t("Audit list")])
    with versions_tab:
        published = [layer for layer in LAYERS if layer in data.current()]
        if not published:
            st.info(t("No layer has been published yet"))
            return
        layer = st.selectbox(
            t("Layer"),
            published,
            format_func=lambda name: say(LAYERS[name].title),
            key=_LAYER_KEY,
            persist_state="session",
        )
        versions = sorted(store.versions(layer), key=lambda version: -version.number)
        chosen = _choose(versions)
        _show_version(store, versions, chosen)
    with audit_tab:
        _show_audit(store)


def _choose(versions: list[Version]) -> Version:
    """The list of versions; a row that is chosen is shown below."""
    table = pd.DataFrame(
        {
            t("Version"): [version.number for version in versions],
            t("Current"): [version.current for version in versions],
            t("Published"): [version.at.astimezone().strftime("%Y-%m-%d %H:%M") for version in versions],
            t("By"): [version.by for version in versions],
            t("Note"): [version.note for version in versions],
            t("Data date"): [formats.day(version.data_date, language()) for version in versions],
            t("Features"): [version.features for version in versions],
            t("Illustrative data"): [version.illustrative for version in versions],
        }
    )
    picked = st.dataframe(
        table, hide_index=True, height="content", key="history_versions", on_select="rerun", selection_mode="single-row"
    )
    rows = picked.selection.rows
    return versions[rows[0] if rows and rows[0] < len(versions) else 0]


def _show_version(store: Store, versions: list[Version], version: Version) -> None:
    st.subheader(t("Version {number}", number=version.number), anchor=False)
    st.caption(
        t(
            "Coordinate system {crs} · encoding {encoding} · content {hash}",
            crs=plain(version.crs or formats.NOTHING),
            encoding=plain(version.encoding or formats.NOTHING),
            hash=version.content_hash[:12],
        )
    )
    if version.decisions:
        with st.expander(t("Decisions made with this upload")):
            st.json(dict(version.decisions))
    with st.container(horizontal=True):
        for ending in ("gpkg", "geojson", "zip", "xlsx"):
            st.download_button(
                t("Clean layer, {format}", format={"zip": "Shapefile"}.get(ending, ending.upper())),
                data=partial(exporting.to_bytes, store, version, ending),
                file_name=f"{version.layer}_v{version.number}.{ending}",
                key=f"history_{ending}",
                on_click="ignore",
            )
        if version.upload_object:
            st.download_button(
                t("Original files"),
                data=partial(exporting.original, store, version),
                file_name=exporting.original_name(version),
                key="history_original",
                on_click="ignore",
            )
    _show_difference(store, versions, version)
    if not version.current:
        _offer_rollback(store, version)


def _show_difference(store: Store, versions: list[Version], version: Version) -> None:
    others = [other.number for other in versions if other.number != version.number]
    if not others:
        return
    default = others.index(version.parent) if version.parent in others else 0
    other = st.selectbox(
        t("Compare with version"), others, index=default, key=f"history_other_{version.layer}_{version.number}"
    )
    with st.spinner(t("Comparing …")):
        schema = schema_of(version.layer)
        diff = diff_layers(store.read(version.layer, other), store.read(version.layer, version.number), schema)
    counts = diff.counts()
    titles = {"added": t("Added"), "removed": t("Removed"), "changed": t("Changed"), "unchanged": t("Unchanged")}
    for place, (name, title) in zip(st.columns(4), titles.items(), strict=True):
        place.metric(title, formats.number(counts[name]), border=True)


def _offer_rollback(store: Store, version: Version) -> None:
    with st.popover(t("Make version {number} current again", number=version.number), key="rollback"):
        st.caption(t("A new version with this content is published; nothing is deleted, and this too can be undone."))
        who = st.text_input(t("Your name (not verified)"), key="rollback_who", max_chars=80)
        note = st.text_input(t("Reason"), key="rollback_note", max_chars=500)
        if st.button(t("Roll back"), type="primary", key="rollback_go", disabled=not who.strip()):
            with feedback.explained(), st.spinner(t("Publishing …")), ThreadPoolExecutor(max_workers=1) as worker:
                done = worker.submit(publish.rollback, store, version.layer, version.number, by=who.strip(), note=note)
                new = done.result()
                st.toast(t("Version {number} is current now.", number=new.number))


def _show_audit(store: Store) -> None:
    audit = store.audit()
    st.dataframe(audit, hide_index=True, height=500)
    st.download_button(
        t("Audit list, CSV"),
        data=audit.to_csv(index=False).encode("utf-8-sig"),
        file_name="audit.csv",
        key="audit_csv",
        on_click="ignore",
    )
