"""The language of the page, and its texts in it."""

from __future__ import annotations

import streamlit as st

from geodata.i18n import Language, Text

KEY = "language"


def of_browser() -> Language:
    """The language the browser asks for: Chinese for any Chinese locale, else English."""
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


def language() -> Language:
    """The language chosen for this session."""
    return "en" if st.session_state.get(KEY, of_browser()) == "en" else "zh"


def t(source: str, /, **values: object) -> str:
    """`source`, a literal of the catalogue, in the session's language, its `{placeholders}` filled."""
    return say(Text(source, values))


def say(message: Text) -> str:
    """A text made elsewhere, in the session's language."""
    return message.in_(language())
