"""The way back: after signing in or out one is where one was, with the view that its URL tells.

Streamlit goes to its first page instead. Where one was is in the Referer of the request that begins it.
"""

from __future__ import annotations

from http.cookies import SimpleCookie
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_COOKIE = "liaohe_way_back"
_TEN_MINUTES_S = 600
_BEGINS, _ENDS = ("/auth/login", "/auth/logout"), "/oauth2callback"
_FIRST_PAGE = "/"


class WayBack:
    """ASGI middleware around Streamlit's routes for signing in and out; it leaves everything else alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; its answer remembers where one was, or leads back there."""
        if scope["type"] != "http" or scope["path"] not in (*_BEGINS, _ENDS):
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        place = _remembered(asked) if scope["path"] == _ENDS else _came_from(asked)

        async def send_back(message: Message) -> None:
            if message["type"] == "http.response.start" and place is not None:
                headers = MutableHeaders(scope=message)
                if headers.get("location") == _FIRST_PAGE:
                    headers["location"] = place
                    headers.append("set-cookie", _cookie("", 0))
                else:
                    headers.append("set-cookie", _cookie(quote(place, safe=""), _TEN_MINUTES_S))
            await send(message)

        await self.app(scope, receive, send_back)


def _came_from(asked: Headers) -> str | None:
    """The page of this application that the request comes from, as path and query."""
    parts = urlsplit(asked.get("referer", ""))
    if parts.netloc != asked.get("host"):
        return None
    return _local(f"{parts.path}?{parts.query}")


def _remembered(asked: Headers) -> str | None:
    morsel = SimpleCookie(asked.get("cookie", "")).get(_COOKIE)
    return None if morsel is None else _local(unquote(morsel.value))


def _local(place: str) -> str | None:
    """A place of this application alone: never another host's, as `//host` would be."""
    is_local = place.startswith("/") and not place.startswith(("//", "/\\")) and place.isprintable()
    return place if is_local else None


def _cookie(value: str, age_s: int) -> str:
    return f"{_COOKIE}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax"
