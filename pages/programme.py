"""Programme: the plan of 2018 line by line, the boards and clusters, and the tables of targets and reported values."""

from __future__ import annotations

import streamlit as st

from pages.ui import as_of, data, feedback, notes
from pages.ui.language import say, t
from pages.ui.programme import entry_tables, groups, rows

_VIEW_KEY = "programme_view"


def show() -> None:
    """One of the six views."""
    versions = data.current()
    if not notes.is_ready(versions):
        return
    on = as_of.show(versions)
    view = st.segmented_control(
        t("View"),
        list(VIEWS),
        format_func={name: say(title) for name, (title, _) in VIEWS.items()}.__getitem__,
        key=_VIEW_KEY,
        default="lines",
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    with feedback.explained():
        VIEWS[view][1](versions, on)


VIEWS = {
    "lines": (rows.LINES_TITLE, rows.show_lines),
    "themes": (rows.THEMES_TITLE, rows.show_themes),
    "boards": (groups.BOARDS_TITLE, groups.show_boards),
    "clusters": (groups.CLUSTERS_TITLE, groups.show_clusters),
    "targets": (entry_tables.TARGETS_TITLE, entry_tables.show_targets),
    "reported": (entry_tables.REPORTED_TITLE, entry_tables.show_reported),
}
