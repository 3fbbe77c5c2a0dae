"""What a meeting takes along: slides, a PDF, an offline page, pictures; made when asked for, with its progress."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from geodata.i18n import Text, text
from geodata.stories import Story
from layers.story.make import ENDINGS, FORMS, Form, make
from pages.ui import data, feedback
from pages.ui.feedback import plain
from pages.ui.language import language, say, t

_MADE = "_story_made"
_NAMES: dict[Form, Text] = {
    "pptx": text("Slides (PPTX): maps and charts can be edited"),
    "pdf": text("PDF: vector pages for printing"),
    "html": text("Offline page (HTML): one file, plays from a stick without a network"),
    "png": text("Pictures (PNG): one of each scene"),
    "gif": text("Moving picture (GIF) of the scenes that play"),
}
_MIME: dict[Form, str] = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
    "html": "text/html",
    "png": "application/zip",
    "gif": "image/gif",
}


def show(story: Story) -> None:
    """A button that opens the dialog."""
    if st.button(
        t("Take along"), key="story_take", icon=":material/download:", disabled=not story.scenes, on_click=_forget
    ):
        st.dialog(t("Take along"))(_ask)(story)


def _forget() -> None:
    """What was made when the dialog was last open may be of another story."""
    st.session_state.pop(_MADE, None)


def _ask(story: Story) -> None:
    names = {form: say(words) for form, words in _NAMES.items()}
    form: Form = st.radio(
        t("Format"),
        FORMS,
        key="story_form",
        format_func=names.__getitem__,
        on_change=_forget,
        label_visibility="collapsed",
    )
    notes = form == "html" and st.checkbox(
        t("With the presenter's notes"),
        key="story_notes",
        help=t("Leave them out of a file that the audience gets; slides (PPTX) keep them in any case."),
        on_change=_forget,
    )
    if st.button(t("Make the file"), key="story_make", type="primary"):
        with feedback.explained():
            st.session_state[_MADE] = _make(story, form, notes)
    if made := st.session_state.get(_MADE):
        content, problems = made
        for problem in problems:
            st.warning(plain(say(problem)))
        st.download_button(
            t("Download"),
            data=content,
            file_name=f"{story.name}{ENDINGS[form]}",
            mime=_MIME[form],
            key="story_download",
            icon=":material/download:",
            on_click="ignore",
        )


def _make(story: Story, form: Form, notes: bool) -> tuple[bytes, list[Text]]:
    bar = st.progress(0.0, t("Working…"))

    def tell(done: int, of: int, title: str) -> None:
        bar.progress(done / max(1, of), f"{done + 1} / {of} · {plain(title)}")

    with tempfile.TemporaryDirectory(prefix="story-") as folder:
        to = Path(folder) / f"story{ENDINGS[form]}"
        problems = make(data.store(), story, language(), form, to, tell, hands_out_notes=notes)
        bar.empty()
        return to.read_bytes(), problems
