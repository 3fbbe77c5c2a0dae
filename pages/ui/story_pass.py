"""Passes: what opens a whole story, its notes included, to the browser that the page Present gave it to.

The player is a route of its own, which knows nothing of who is signed in; the page does, and puts the pass into the
player's address. It holds for one story and one browser until the next day, and ends when the person signs out. Where
nobody can sign in, everybody sees everything and needs no pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import streamlit as st
from itsdangerous import Signer
from starlette.requests import Request

from pages.ui import account, visitor

_PART = "pass"
_STREAMLIT_USER = "_streamlit_user"


def made_for(story_id: str) -> dict[str, str]:
    """The pass of a story for this browser, as a part of a query; none where it needs none or gets none."""
    held = _held(story_id, st.context.cookies, date.today()) if account.is_signed_in() else None
    return {_PART: _signer().get_signature(held).decode("ascii")} if held else {}


def opens(request: Request, story_id: str) -> bool:
    """Whether a request may see a story whole: it carries the pass, or needs none."""
    if not account.is_offered():
        return True
    given = request.query_params.get(_PART, "").encode("ascii", "replace")
    today = date.today()
    days = (today, today - timedelta(days=1))
    held = [_held(story_id, request.cookies, day) for day in days]
    return any(each and _signer().verify_signature(each, given) for each in held)


def _held(story_id: str, cookies: Mapping[str, str], day: date) -> str | None:
    number = visitor.number_in(cookies)
    return number and "\n".join((story_id, number, cookies.get(_STREAMLIT_USER, ""), day.isoformat()))


def _signer() -> Signer:
    return Signer(visitor.secret(), salt="story")
