"""The tables of targets and reported values: edited on the page or by a file, saved as editions, and undone."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import streamlit as st

from geodata import entries
from geodata.catalogue import EntryTable
from geodata.entry_check import ILLUSTRATIVE, SCHEMAS, TITLE
from geodata.findings import Finding, outcome_of
from geodata.i18n import label
from geodata.indicator_names import title_of
from geodata.publish import FindingsError
from pages.ui import data, feedback, who
from pages.ui.feedback import plain
from pages.ui.language import language, say, t
from pages.ui.upload.journey import mark

TARGETS_TITLE = label("指标目标", "Targets")
REPORTED_TITLE = label("上报数据", "Reported values")

_BASE, _DONE = "_{}_base", "_entries_done"


def show_targets(_versions: data.Versions, _on: date) -> None:
    """The targets: what each indicator is to be by which day."""
    st.caption(t("Targets are held against the computed indicators. Add a row at the end, or take rows away."))
    _show("targets")


def show_reported(_versions: data.Versions, _on: date) -> None:
    """What is reported of matters without a place on the ground."""
    st.caption(t("Reported values are for what has no place on the ground. They are always marked as reported."))
    _show("reported")


def _show(table: EntryTable) -> None:
    if message := st.session_state.pop(_DONE, None):
        st.success(message)
    editions = entries.editions(data.store(), table)
    current = editions[-1].number if editions else 0
    base: int = st.session_state.setdefault(_BASE.format(table), current)
    if base != current:
        _tell_moved_on(table, editions[-1])
    frame = entries.entry_frame(data.store(), table, base or None)
    edited = _show_editor(table, frame, base)
    _show_save(table, edited, base)
    left, right = st.columns(2, gap="large")
    with left:
        _show_files(table, frame)
    with right:
        _show_editions(table, editions)


def _tell_moved_on(table: EntryTable, latest: entries.Edition) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(
            t(
                "{by} has saved edition {number} meanwhile. What you typed is still here; it can be saved only over "
                "the present edition.",
                by=plain(latest.by),
                number=latest.number,
            )
        )
        if st.button(t("Take the present edition"), key=f"{table}_take"):
            st.session_state[_BASE.format(table)] = latest.number
            st.rerun()


def _show_editor(table: EntryTable, frame: pd.DataFrame, base: int) -> pd.DataFrame:
    """The whole table, a row for each entry."""
    schema = SCHEMAS[table]
    shown = frame.copy()
    if table == "targets":
        shown.insert(1, "title", [say(title_of(name)) for name in frame["indicator"]])
    makers: dict[str, Any] = {
        field.name: {
            "date": st.column_config.DateColumn,
            "number": st.column_config.NumberColumn,
            "text": st.column_config.TextColumn,
        }[field.kind.value]
        for field in schema.fields
    }
    config = {
        field.name: makers[field.name](
            say(field.label),
            required=field.name in [first.name for first in schema.fields[:3]],
            **({"format": "YYYY-MM-DD"} if field.kind.value == "date" else {}),
        )
        for field in schema.fields
    }
    config["title"] = st.column_config.TextColumn(say(TITLE), disabled=True)
    config["illustrative"] = st.column_config.CheckboxColumn(say(ILLUSTRATIVE), disabled=True)
    edited: pd.DataFrame = st.data_editor(
        shown,
        key=f"{table}_editor_{base}",
        num_rows="dynamic",
        hide_index=True,
        height=420,
        column_config=config,
    )
    return edited.drop(columns=["title", "illustrative"], errors="ignore")


def _show_save(table: EntryTable, edited: pd.DataFrame, base: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{table}_save_bar"):
        by = who.ask(who.KEY, width=260)
        note = st.text_input(t("Note: what is new, and where it came from"), key=f"{table}_note", max_chars=500)
        if st.button(t("Save"), key=f"{table}_save", type="primary", icon=":material/save:"):
            _save(table, edited, by=by, note=note, base=base, replace=True)


def _save(table: EntryTable, frame: pd.DataFrame, *, by: str, note: str, base: int, replace: bool) -> None:
    """Save in a thread that no rerun of the page can stop, and say how it went."""
    with feedback.explained(), ThreadPoolExecutor(max_workers=1) as worker:
        save = partial(entries.save, data.store(), table, frame, by=by, note=note, base=base, replace=replace)
        try:
            edition = worker.submit(save).result()
        except FindingsError as error:
            st.error(t("This can't be saved yet:"))
            _show_findings(error.findings)
            return
        _finish(table, t("Saved as edition {number}: {rows} rows.", number=edition.number, rows=edition.rows), edition)


def _finish(table: EntryTable, message: str, edition: entries.Edition) -> None:
    st.session_state[_BASE.format(table)] = edition.number
    st.session_state[_DONE] = message
    st.rerun()


def _show_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        st.markdown(f"{mark(finding.severity)} {plain(say(finding.message))} :gray[{finding.code}]")


def _show_files(table: EntryTable, frame: pd.DataFrame) -> None:
    """Take the table away; bring one as a file."""
    st.markdown(f"**{t('As a file')}**")
    with st.container(horizontal=True):
        for ending, make in (
            ("XLSX", partial(entries.to_xlsx, frame, table, language())),
            ("CSV", partial(entries.to_csv, frame, table, language())),
            (t("Empty form"), partial(entries.template, table, language())),
        ):
            name = f"{table}.{'csv' if ending == 'CSV' else 'xlsx'}"
            st.download_button(
                ending,
                data=make,
                file_name=name if ending in ("XLSX", "CSV") else f"{table}-form.xlsx",
                key=f"{table}_{ending}",
                icon=":material/download:",
                on_click="ignore",
            )
    dropped = st.file_uploader(
        t("A file with rows to add or change: CSV or XLSX; rows that it does not name stay as they are"),
        type=["csv", "xlsx"],
        key=f"{table}_file",
    )
    if dropped is None:
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / Path(dropped.name).name
        path.write_bytes(dropped.getvalue())
        given, findings = entries.read_entries(path, table)
    _show_findings(findings)
    if given is None or outcome_of(findings) == "reject":
        st.error(t("Nothing was taken from this file."))
        return
    st.dataframe(given, hide_index=True, height=200)
    if st.button(t("Save these {count} rows", count=len(given)), key=f"{table}_save_file", type="primary"):
        base = st.session_state[_BASE.format(table)]
        by = who.name()
        _save(table, given, by=by, note=dropped.name, base=base, replace=False)


def _show_editions(table: EntryTable, editions: list[entries.Edition]) -> None:
    """Who saved what and when, and the way back."""
    st.markdown(f"**{t('Editions')}**")
    if not editions:
        st.caption(t("Nothing has been saved yet."))
        return
    newest = editions[::-1]
    st.dataframe(
        pd.DataFrame(
            {
                t("Edition"): [edition.number for edition in newest],
                t("Saved"): [who.moment(edition.at) for edition in newest],
                t("By"): [edition.by for edition in newest],
                t("Note"): [edition.note for edition in newest],
                t("Rows"): [edition.rows for edition in newest],
                t("Illustrative data"): [t("yes") if edition.illustrative else "" for edition in newest],
            }
        ),
        hide_index=True,
        height="content" if len(newest) <= 8 else 300,
    )
    earlier = [edition.number for edition in newest[1:]]
    if earlier:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            number = st.selectbox(t("Earlier edition"), earlier, key=f"{table}_earlier", width=160)
            if st.button(t("Make it current again"), key=f"{table}_restore", icon=":material/undo:"):
                _restore(table, number)


def _restore(table: EntryTable, number: int) -> None:
    with feedback.explained(), ThreadPoolExecutor(max_workers=1) as worker:
        by = who.name()
        edition = worker.submit(partial(entries.restore, data.store(), table, number, by=by)).result()
        _finish(
            table, t("Edition {old} is current again, as edition {number}.", old=number, number=edition.number), edition
        )
