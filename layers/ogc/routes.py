"""The addresses under `/ogc`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from geodata.errors import GeodataError
from geodata.store import Store

_ROOT = "/ogc"
_DOCUMENTS = {
    "": "show_landing",
    "/": "show_landing",
    "/conformance": "show_conformance",
    "/openapi": "show_openapi",
    "/collections": "show_collections",
    "/collections/{layer}": "show_collection",
    "/collections/{layer}/schema": "show_schema",
    "/collections/{layer}/queryables": "show_queryables",
    "/collections/{layer}/feature": "show_feature_schema",
    "/collections/{layer}/items": "show_items",
    "/collections/{layer}/items/{key:path}": "show_item",
}
"""Address below `/ogc` → the function of `layers.ogc.service` that answers."""
_HOST = re.compile(r"[\w.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
_PREFIX = re.compile(r"(/[\w.~\-]+)+")


def build_routes(store_of: Callable[[], Store]) -> list[BaseRoute]:
    """The routes of the OGC API.

    Parameters
    ----------
    store_of : gives the open store; raises StoreError while it can't be opened
    """
    return [Route(f"{_ROOT}{path}", _endpoint(store_of, function)) for path, function in _DOCUMENTS.items()]


def base_url(request: Request) -> str:
    """Where the client found the API, so that links lead back the same way: no host is configured.

    A proxy in between says so by `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-Prefix`. Who invents
    these only misleads themselves: answers are not kept for others.
    """
    scheme = _forwarded(request, "x-forwarded-proto", re.compile("https?")) or request.url.scheme
    host = _forwarded(request, "x-forwarded-host", _HOST) or request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        host = ":".join(map(str, request.scope.get("server") or ("localhost",)))
    prefix = _forwarded(request, "x-forwarded-prefix", _PREFIX) or str(request.scope.get("root_path", ""))
    return f"{scheme}://{host}{prefix}{_ROOT}"


def _endpoint(store_of: Callable[[], Store], function: str) -> Callable[[Request], object]:
    def answered(request: Request) -> Response:
        from layers.ogc import service

        answer = service.answer(store_of(), request, base_url(request), getattr(service, function))
        headers = {"Cache-Control": "private, no-cache", **(answer.headers or {})}
        return Response(answer.body, answer.status, headers, answer.media_type)

    async def show(request: Request) -> Response:
        try:
            return await asyncio.to_thread(answered, request)
        except GeodataError as error:
            return JSONResponse({"code": "ServerError", "type": "ServerError", "description": str(error)}, 503)

    return show


def _forwarded(request: Request, header: str, allowed: re.Pattern[str]) -> str | None:
    """What a proxy said; of several proxies the first, which the client spoke to."""
    said = request.headers.get(header, "").split(",")[0].strip().rstrip("/")
    return said if allowed.fullmatch(said) else None
