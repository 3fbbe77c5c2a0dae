"""What the application serves beside its pages: tiles, the map's script and style, and whether all is well."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from geodata.errors import GeodataError, UnknownLayerError, UnknownVersionError
from geodata.store import Store
from layers import assets, review, tiles

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_PMTILES = "application/vnd.pmtiles"
_DRAFT, _REVIEW = re.compile(r"[\w-]{16,64}"), re.compile(r"[0-9a-f]{16}\.pmtiles")
_ARCHIVE = re.compile(r"(\d{1,9})\.pmtiles")


def build_routes(store_of: Callable[[], Store], is_ready: Callable[[], bool]) -> list[BaseRoute]:
    """The routes of the application.

    Parameters
    ----------
    store_of : gives the open store; raises StoreError while it can't be opened
    is_ready : whether what a first start has to publish is published
    """

    async def show_archive(request: Request) -> Response:
        """A version's tile archive, with HTTP Range; built when it is missing."""
        asked = _ARCHIVE.fullmatch(request.path_params["archive"])
        if asked is None:
            return PlainTextResponse("no such archive", 404)
        try:
            store = store_of()
            version = await asyncio.to_thread(store.version, request.path_params["layer"], int(asked[1]))
            path = await asyncio.to_thread(tiles.ensure_tiles, store, version)
        except (UnknownLayerError, UnknownVersionError):
            return PlainTextResponse("no such archive", 404)
        except GeodataError as error:
            return PlainTextResponse(str(error), 503)
        lasting = request.query_params.get("b") == tiles.build_of(version)
        return FileResponse(
            path,
            media_type=_PMTILES,
            headers={"Cache-Control": _FOR_EVER if lasting else _ASK_AGAIN},
        )

    async def show_review(request: Request) -> Response:
        """A draft's archive: whoever knows its unguessable number may read it."""
        draft, archive = request.path_params["draft"], request.path_params["archive"]
        if not _DRAFT.fullmatch(draft) or not _REVIEW.fullmatch(archive):
            return PlainTextResponse("no such archive", 404)
        try:
            path = store_of().tiles_dir / review.LAYER / draft / archive
        except GeodataError as error:
            return PlainTextResponse(str(error), 503)
        if not path.is_file():
            return PlainTextResponse("no such archive", 404)
        return FileResponse(path, media_type=_PMTILES, headers={"Cache-Control": "private, max-age=86400"})

    async def show_health(_: Request) -> Response:
        """200 once the store answers and its first layers are published."""
        try:
            current = await asyncio.to_thread(lambda: store_of().current())
        except GeodataError as error:
            return JSONResponse({"ok": False, "reason": str(error)}, 503)
        ok = bool(current) and is_ready()
        return JSONResponse({"ok": ok, "layers": {name: v.number for name, v in current.items()}}, 200 if ok else 503)

    return [
        Route("/healthz", show_health),
        Route("/tiles/{layer}/{archive}", show_archive),
        Route(f"/tiles/{review.LAYER}/{{draft}}/{{archive}}", show_review),
        Mount("/assets", _Assets(directory=assets.DIST, check_dir=False)),
    ]


class _Assets(StaticFiles):
    """The built files; with the hash of their content in the address they may be kept for ever."""

    async def get_response(self, path: str, scope: dict[str, object]) -> Response:  # type: ignore[override]
        response = await super().get_response(path, scope)
        hashed = b"h=" in (scope.get("query_string") or b"")  # type: ignore[operator]
        response.headers["Cache-Control"] = _FOR_EVER if hashed else _ASK_AGAIN
        return response
