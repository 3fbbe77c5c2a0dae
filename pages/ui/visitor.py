"""Who is at the browser, where nobody signs in: a signed, random number in a cookie, so that drafts find their owner.

Streamlit's scripts can't set a cookie; a small middleware in front of the application does (FINDINGS, Server).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from http.cookies import SimpleCookie
from pathlib import Path

import streamlit as st
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geodata.settings import Settings

COOKIE = "liaohe_visitor"
_ONE_YEAR_S = 365 * 24 * 3600


class VisitorCookie:
    """Gives a browser that asks for a page and has no valid number a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a page's answer to a stranger carries the cookie."""
        if scope["type"] != "http" or not _asks_for_a_page(scope) or number_in(_cookies(scope)):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                signed = _signer().dumps(secrets.token_urlsafe(18))
                MutableHeaders(scope=message).append(
                    "set-cookie", f"{COOKIE}={signed}; Path=/; Max-Age={_ONE_YEAR_S}; HttpOnly; SameSite=Lax"
                )
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def visitor() -> str:
    """The visitor's number; one for this session alone where the browser keeps no cookies."""
    known = number_in(st.context.cookies)
    if known:
        return known
    number: str = st.session_state.setdefault("_visitor", f"session-{secrets.token_urlsafe(18)}")
    return number


def _asks_for_a_page(scope: Scope) -> bool:
    return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")


def _cookies(scope: Scope) -> dict[str, str]:
    cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    return {name: morsel.value for name, morsel in cookies.items()}


def number_in(cookies: Mapping[str, str]) -> str | None:
    """The visitor's number that a browser's cookies carry; None without a true one."""
    try:
        return str(_signer().loads(cookies[COOKIE]))
    except (KeyError, BadSignature):
        return None


def secret() -> str:
    """The installation's secret, made at the first start; readable by its user alone."""
    return _secret(Settings().data_dir / "secret")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(secret(), salt="visitor")


@lru_cache(maxsize=4)
def _secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        made = path.with_name(f"{path.name}-{os.getpid()}-{secrets.token_hex(4)}.new")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(made, path)
        except FileExistsError:
            pass  # another process was first: its secret counts
        finally:
            made.unlink()
    return path.read_text(encoding="ascii")
