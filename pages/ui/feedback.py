"""What a page says when something goes wrong: the one table from error type to headline and tone."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st
import structlog

from geodata.errors import GeodataError, RefusedError, StoreError, UnknownLayerError, UnknownVersionError
from geodata.i18n import Text, text
from pages.ui.language import say, t

Tone = Literal["error", "warning"]

HEADLINES: dict[type[GeodataError], tuple[Text, Tone]] = {
    StoreError: (text("The data can't be read or written"), "error"),
    RefusedError: (text("This was not done"), "warning"),
    UnknownVersionError: (text("There is no such version"), "warning"),
    UnknownLayerError: (text("There is no such layer"), "warning"),
    GeodataError: (text("This can't be done"), "warning"),
}
"""Error type → headline and tone; the nearest type in the error's ancestry counts."""

_log = structlog.get_logger(__name__)
_SHOW = {"error": st.error, "warning": st.warning}


@contextmanager
def explained() -> Iterator[None]:
    """Say on the page what went wrong inside; Streamlit's own control flow passes through."""
    try:
        yield
    except GeodataError as error:
        show(error)
    except Exception as error:  # noqa: BLE001  the last line before a person: nobody is to meet a traceback
        show_unexpected(error)


def show(error: GeodataError) -> None:
    """A headline and the error's own sentence, in the session's language."""
    headline, tone = next(HEADLINES[kind] for kind in type(error).__mro__ if kind in HEADLINES)
    _SHOW[tone](f"**{say(headline)}**  \n{plain(say(error.message))}")


def show_unexpected(error: Exception) -> bool:
    """A calm message with a number; the log has the traceback under the same number.

    Returns True: as `on_script_error` of the application it takes the place of Streamlit's own report.
    """
    number = secrets.token_hex(4)
    _log.error("unexpected error on a page", number=number, exc_info=error)
    st.error(
        f"**{t('Something went wrong here')}**  \n"
        + t(
            "The data is unharmed. Please try again; if it stays, tell the administrator this number: {number}.",
            number=number,
        )
    )
    return True


def plain(words: str) -> str:
    """`words` as Markdown shows them unchanged: text of data or of a person is never markup."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!|~$:&" else sign for sign in words)
