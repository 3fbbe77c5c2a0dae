"""Who acts, and when something was done: as a person types and reads it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from pages.ui import account
from pages.ui.feedback import plain
from pages.ui.language import t

KEY = "upload_who"
"""The widget in which staff say who they are, on the pages where they publish and save."""


def ask(key: str, *, width: int = 360) -> str:
    """The name under which something is done: the signed-in person's, or what is typed where nobody signs in."""
    if account.is_signed_in():
        st.caption(t("As {name}", name=plain(account.name())), width=width)
        return account.name()
    if account.is_offered():
        account.ask_to_sign_in(key)
        return ""
    return st.text_input(t("Your name (not verified)"), key=key, max_chars=80, persist_state="session", width=width)


def name() -> str:
    """The signed-in person's name, or the one that was typed where it is asked for; empty without one."""
    if account.is_offered():
        return account.name() if account.is_signed_in() else ""
    return str(st.session_state.get(KEY) or "")


def advise() -> str:
    """What to do where nobody's name is known."""
    if account.is_offered():
        return t("Please sign in: your name stands in the history beside the version.")
    return t("Please give your name: it stands in the history beside the version.")


def moment(at: datetime) -> str:
    """A moment in the reader's own time zone."""
    zone = ZoneInfo(st.context.timezone) if st.context.timezone else None
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
