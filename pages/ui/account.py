"""Who is signed in, where sign-in is set up (`[auth]` in Streamlit's secrets): the name, the way in and out.

Without it nobody signs in, and everybody at the browser counts as one of the office.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from pages.ui.feedback import plain
from pages.ui.language import t


def is_offered() -> bool:
    """Whether one can sign in here; for routes too, which have no session."""
    if st.secrets.load_if_toml_exists():
        return "auth" in st.secrets
    # Secrets that can't be read open nothing by mistake.
    return any(Path(file).is_file() for file in st.get_option("secrets.files"))


def is_signed_in() -> bool:
    """Whether the person at the browser has signed in."""
    return is_offered() and bool(st.user.get("is_logged_in"))


def is_known() -> bool:
    """Whether this is one of the office: who is signed in, or anybody where nobody can sign in."""
    return is_signed_in() or not is_offered()


def name() -> str:
    """The signed-in person as the history names them: the name, and the address that tells two of one name apart."""
    called, address = _called(), str(st.user.get("email") or "")
    return called if address in ("", called) else f"{called} ({address})"


def show() -> None:
    """A button to sign in; the name with the way out behind it for who is signed in; nothing where nobody can."""
    if not is_offered():
        return
    if not is_signed_in():
        _show_way_in("sign_in_header")
        return
    with st.popover(plain(_called()), icon=":material/account_circle:", key="account"):
        st.caption(plain(name()))
        st.button(t("Sign out"), key="sign_out", icon=":material/logout:", on_click=st.logout)


def ask_to_sign_in(key: str) -> None:
    """Say that what stands here is for signed-in people, with the way in."""
    with st.container(key=f"signed_in_only_{key}", horizontal=True, vertical_alignment="center"):
        st.info(t("Sign in to do this; your name then stands in the history."))
        _show_way_in(f"sign_in_{key}")


def _show_way_in(key: str) -> None:
    """A button for each provider that the secrets name; one without a name is the only one."""
    auth = st.secrets["auth"] if st.secrets.load_if_toml_exists() else {}
    named = [part for part, settings in auth.items() if isinstance(settings, Mapping) and "client_id" in settings]
    if not auth:
        st.caption(t("Signing in is not possible now; the administrator finds the reason in the server's log."))
        return
    for provider in [None] if "client_id" in auth else named:
        words = t("Sign in") if provider is None else t("Sign in with {provider}", provider=plain(provider))
        st.button(words, key=f"{key}_{provider or ''}", icon=":material/login:", on_click=st.login, args=(provider,))


def _called() -> str:
    return next(str(st.user[claim]) for claim in ("name", "preferred_username", "email", "sub") if st.user.get(claim))
