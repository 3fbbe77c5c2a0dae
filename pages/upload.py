"""Upload: bring a layer's new file, see what is wrong and what changes, publish it."""

from __future__ import annotations

import streamlit as st

from geodata import drafts
from geodata.i18n import text
from pages.ui import data, feedback
from pages.ui.language import say, t
from pages.ui.upload import changes, columns, confirm, files, findings, found, journey
from pages.ui.visitor import visitor

PHASES = {
    "found": (text("What was found"), found.show),
    "columns": (text("Columns"), columns.show),
    "findings": (text("Findings"), findings.show),
    "changes": (text("What changes"), changes.show),
    "publish": (text("Publish"), confirm.show),
}
"""The phases after the files are there: title and what shows it."""


def show() -> None:
    """The files, then one phase after the other; each can be gone back to."""
    draft = drafts.latest(data.store(), visitor())
    if draft is None:
        st.subheader(t("Upload a layer"), anchor=False)
        journey.show_published()
        files.show()
        return
    journey.show_files(draft)
    with feedback.explained():
        check = journey.checked(draft)
        phase = journey.choose_phase({name: say(title) for name, (title, _) in PHASES.items()}, check)
        PHASES[phase][1](draft, check)
