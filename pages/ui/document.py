"""The HTML document around every page: where its server is, and its first title."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEAD = b"<head>"
# Streamlit's script looks for its server below the page's own path first, so that each deep link begins with two
# answers 404; told where the server is, it goes there. Pages are one level deep.
_PLACE = b'<head><script>window.__streamlit = {BACKEND_BASE_URL: new URL("./", location.href).href}</script>'
_TITLE, _FIRST_TITLE = b"<title>Streamlit</title>", "<title>蓼河新区规划一张图</title>".encode()


class Document:
    """ASGI middleware that completes HTML documents and leaves everything else alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, completing the answer."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        if "text/html" in Headers(scope=scope).get("accept", ""):
            # A document that came compressed could not be completed; it is eight kilobytes, once a visit.
            scope = dict(scope, headers=[pair for pair in scope["headers"] if pair[0] != b"accept-encoding"])
        start: Message | None = None
        body = b""

        async def complete(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_document(message):
                start = message
            elif start is None:
                await send(message)
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    whole = body.replace(_HEAD, _PLACE, 1).replace(_TITLE, _FIRST_TITLE, 1)
                    headers = MutableHeaders(raw=start["headers"])
                    headers["content-length"] = str(len(whole))
                    for name in ("etag", "last-modified"):  # they tell of the document before it was completed
                        del headers[name]
                    await send(start)
                    await send({"type": "http.response.body", "body": whole})

        await self._app(scope, receive, complete)


def _is_document(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    is_html = headers.get("content-type", "").startswith("text/html")
    return is_html and start["status"] == HTTPStatus.OK and "content-encoding" not in headers
