"""Who acts, and when something was done: as a person types and reads it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from pages.ui.language import t

KEY = "upload_who"
"""The widget in which staff say who they are, on the pages where they publish and save."""


def ask(key: str, *, width: int = 360) -> str:
    """The name a person types, while nobody signs in."""
    return st.text_input(t("Your name (not verified)"), key=key, max_chars=80, persist_state="session", width=width)


def moment(at: datetime) -> str:
    """A moment in the reader's own time zone."""
    zone = ZoneInfo(st.context.timezone) if st.context.timezone else None
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
