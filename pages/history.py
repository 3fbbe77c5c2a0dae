"""History: every version of every layer, what it changed, and the way back; what waits for approval; who did what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import pandas as pd
import streamlit as st

from geodata import exporting, publish
from geodata.catalogue import Version
from geodata.choices import Choices
from geodata.diff import LayerDiff, diff_layers
from geodata.entry_check import SCHEMAS
from geodata.i18n import text
from geodata.schema import LAYERS, schema_of
from geodata.settings import Settings
from layers import formats
from pages.ui import data, differences, feedback, who
from pages.ui.feedback import plain
from pages.ui.language import language, say, t
from pages.ui.upload import summary
from pages.ui.visitor import visitor

_LAYER_KEY = "history_layer"
_DONE = "_history_done"
_ROWS_IN_VIEW = 8
_ACTIONS = {
    "publish": text("Published a version"),
    "request": text("Asked for approval"),
    "approve": text("Approved and published"),
    "reject": text("Rejected"),
    "rollback": text("Rolled back"),
    "save": text("Saved an edition"),
    "restore": text("Made an edition current again"),
    "bookmark": text("Kept a bookmark"),
    "bookmark_rename": text("Renamed a bookmark"),
    "bookmark_drop": text("Deleted a bookmark"),
    "story_save": text("Saved a story"),
    "story_drop": text("Deleted a story"),
}
_Done = TypeVar("_Done")


def show() -> None:
    """The versions of one layer, one of them in detail; requests; the audit list."""
    st.subheader(t("History"), anchor=False)
    if message := st.session_state.pop(_DONE, None):
        st.success(message)
    requests = publish.requests(data.store())
    pending = [request for request in requests if request.state == "pending"]
    titles = [t("Versions"), t("Audit list")]
    if Settings().two_people or pending:
        titles.insert(1, f"{t('To approve')} ({len(pending)})")
    tabs = st.tabs(titles)
    with tabs[0]:
        _show_versions()
    if len(tabs) > 2:
        with tabs[1]:
            _show_requests(pending)
    with tabs[-1]:
        _show_audit()


def _show_versions() -> None:
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
        width=360,
    )
    versions = sorted(data.store().versions(layer), key=lambda version: -version.number)
    _show_table(versions)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        version = _ask_version(t("Version"), versions, versions[0], key=f"history_version_{layer}")
        others = [other for other in versions if other.number != version.number]
        parent = next((other for other in others if other.number == version.parent), others[0] if others else None)
        other = None
        if parent is not None:
            key = f"history_other_{layer}_{version.number}"
            other = _ask_version(t("Compare with version"), others, parent, key=key)
        if not version.current:
            _offer_rollback(version)
    left, right = st.columns(2, gap="large")
    with left:
        _show_decisions(version)
        _offer_files(version)
    if other is None:
        return
    with feedback.explained():
        diff = _difference(other, version)
        with left:
            differences.show_list(diff, schema_of(layer))
        with right:
            differences.show_counts(diff)
            _show_map(other, version, diff)


def _show_table(versions: list[Version]) -> None:
    table = pd.DataFrame(
        {
            t("Version"): [version.number for version in versions],
            t("Current"): ["✓" if version.current else "" for version in versions],
            t("Published"): [who.moment(version.at) for version in versions],
            t("By"): [version.by for version in versions],
            t("Note"): [version.note for version in versions],
            t("Data date"): [formats.day(version.data_date, language()) for version in versions],
            t("Features"): [version.features for version in versions],
            t("Illustrative data"): [t("yes") if version.illustrative else "" for version in versions],
        }
    )
    st.dataframe(table, hide_index=True, height="content" if len(table) <= _ROWS_IN_VIEW else 300)


def _ask_version(title: str, versions: list[Version], default: Version, *, key: str) -> Version:
    by_number = {version.number: version for version in versions}
    numbers = list(by_number)
    number = st.selectbox(title, numbers, index=numbers.index(default.number), key=key, width=200)
    return by_number[number]


def _offer_files(version: Version) -> None:
    """The clean layer in the usual formats, and the upload as it came."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("Clean layer"), width="content")
        for ending, name in {"gpkg": "GeoPackage", "zip": "Shapefile", "geojson": "GeoJSON", "xlsx": "XLSX"}.items():
            _download(
                name,
                partial(exporting.to_bytes, data.store(), version, ending),
                f"{version.layer}_v{version.number}.{ending}",
                key=f"history_{ending}",
            )
    if version.upload_object:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(t("Original files"), width="content")
            name = exporting.original_name(version)
            _download(plain(name), partial(exporting.original, data.store(), version), name, key="history_original")


def _download(title: str, make: Callable[[], bytes], file_name: str, *, key: str) -> None:
    st.download_button(title, data=make, file_name=file_name, key=key, on_click="ignore", icon=":material/download:")


def _show_decisions(version: Version) -> None:
    """What was decided with this version: how the file was read, and which findings were accepted."""
    rows = {
        t("Coordinate system"): summary.named_crs(version.crs),
        t("Encoding"): version.encoding or formats.NOTHING,
        t("Content"): version.content_hash[:12],
    }
    if returned_to := version.decisions.get("rollback_to"):
        rows[t("Made by")] = t("rollback to version {number}", number=returned_to)
    if choices := version.decisions.get("choices"):
        rows |= summary.of_choices(Choices.from_json(choices))
    if standard := version.decisions.get("land_use_standard"):
        rows[t("Standard of the land-use codes")] = standard
    if findings := version.decisions.get("findings"):
        rows[t("Findings accepted")] = ", ".join(f"{code} × {count}" for code, count in findings.items())
    summary.show(rows)


def _show_map(other: Version, version: Version, diff: LayerDiff) -> None:
    """Where the version differs from another."""
    differences.show_map(
        ("history", *_names(other, version)),
        hashlib.sha256(f"{visitor()} {version.layer}".encode()).hexdigest()[:24],
        lambda: data.frame(other),
        data.frame(version),
        diff,
        schema_of(version.layer),
        key=f"history_map_{other.layer}_{other.number}_{version.number}",
    )


def _difference(other: Version, version: Version) -> LayerDiff:
    with st.spinner(t("Comparing …")):
        return _compared(_names(other, version), other, version)


def _names(other: Version, version: Version) -> tuple[str, str]:
    return f"{other.layer} {other.number} {other.content_hash}", f"{version.number} {version.content_hash}"


@st.cache_resource(show_spinner=False, max_entries=16)
def _compared(names: tuple[str, str], _other: Version, _version: Version) -> LayerDiff:  # noqa: ARG001
    return diff_layers(data.frame(_other), data.frame(_version), schema_of(_version.layer))


def _offer_rollback(version: Version) -> None:
    with st.popover(
        t("Make version {number} current again", number=version.number), key="rollback", icon=":material/undo:"
    ):
        st.caption(t("A new version with this content is published; nothing is deleted, and this too can be undone."))
        by = who.ask("rollback_who")
        note = st.text_input(t("Reason"), key="rollback_note", max_chars=500)
        if st.button(t("Roll back"), type="primary", key="rollback_go"):
            _act(
                partial(publish.rollback, data.store(), version.layer, version.number, by=by, note=note),
                lambda new: t("Version {number} is current now.", number=new.number),
            )


def _show_requests(pending: list[publish.Request]) -> None:
    """What waits for a second person."""
    if not pending:
        st.info(t("Nothing waits for approval."))
        return
    by = who.ask("decide_who")
    for request in pending:
        with st.container(border=True, key=f"request_{request.id}"):
            st.markdown(
                t(
                    "**{layer}**, request {number} by {by}: {note}",
                    layer=say(LAYERS[request.layer].title),
                    number=request.id,
                    by=plain(request.by),
                    note=plain(request.note or formats.NOTHING),
                )
            )
            titles = differences.TITLES.items()
            st.caption(
                " · ".join(f"{say(title)} {formats.number(request.diff.get(name))}" for name, title in titles)
                + " · "
                + t("Data date")
                + f" {formats.day(request.data_date, language())}"
            )
            with st.container(horizontal=True):
                if st.button(t("Approve and publish"), key=f"approve_{request.id}", type="primary"):
                    _act(
                        partial(publish.approve, data.store(), request.id, by=by),
                        lambda new: t("Version {number} is current now.", number=new.number),
                    )
                if st.button(t("Reject"), key=f"reject_{request.id}"):
                    _act(partial(publish.reject, data.store(), request.id, by=by), lambda _: t("Rejected."))


def _act(act: Callable[[], _Done], told: Callable[[_Done], str]) -> None:
    """Do something to the store, in a thread that no rerun of the page can stop, and say how it went."""
    with feedback.explained(), ThreadPoolExecutor(max_workers=1) as worker:
        with st.spinner(t("Publishing …")):
            done = worker.submit(act).result()
        st.session_state[_DONE] = told(done)
        st.rerun()


def _show_audit() -> None:
    """Who did what and when; the whole list with its chained hashes to take away."""
    audit = data.store().audit()
    titles = {schema.name: say(schema.title) for schema in (*LAYERS.values(), *SCHEMAS.values())}
    table = pd.DataFrame(
        {
            t("When"): [who.moment(at) for at in pd.to_datetime(audit["at"])],
            t("Who"): audit["who"],
            t("What"): [say(_ACTIONS[action]) if action in _ACTIONS else action for action in audit["action"]],
            t("Layer"): [titles.get(layer, layer or "") for layer in audit["layer"]],
            t("Version"): audit["number"].astype("Int64"),
            t("Note"): [json.loads(detail).get("note") or "" for detail in audit["detail"]],
        }
    )
    st.dataframe(table, hide_index=True, height=480)
    _download(t("Audit list, CSV"), partial(_to_csv, audit), "audit.csv", key="audit_csv")


def _to_csv(audit: pd.DataFrame) -> bytes:
    return audit.map(exporting.safe_cell).to_csv(index=False).encode("utf-8-sig")
