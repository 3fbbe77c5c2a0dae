"""Checks: where the published layers are at odds with each other, rule by rule, and questions of one's own."""

from __future__ import annotations

import streamlit as st

from pages.ui import as_of, data, feedback, notes
from pages.ui.analysis import answer, choice
from pages.ui.scope import scope_of


def show() -> None:
    """The rules at the left, what the chosen one finds beside and below them."""
    versions = data.current()
    if not notes.is_ready(versions) or not notes.frontend_is_there():
        return
    on = as_of.show(versions)
    scope = scope_of(versions, on, None)
    with feedback.explained():
        left, right = st.columns([1, 2])
        with left:
            chosen = choice.show(scope)
        if chosen is not None:
            answer.show(chosen, scope, right)
