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
from layers import assets, basemap_file, ogc, review, rows, tiles
from layers.story import routes as story_routes
from layers.story.routes import MaySeeAll

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_PMTILES = "application/vnd.pmtiles"
_DRAFT, _REVIEW = re.compile(r"[\w-]{16,64}"), re.compile(r"[0-9a-f]{16}\.pmtiles")
_ARCHIVE = re.compile(r"(\d{1,9})\.pmtiles")


def build_routes(
    store_of: Callable[[], Store], is_ready: Callable[[], bool], may_see_all: MaySeeAll = story_routes.nobody
) -> list[BaseRoute]:
    """The routes of the application.

    Parameters
    ----------
    store_of : gives the open store; raises StoreError while it can't be opened
    is_ready : whether what a first start has to publish is published
    may_see_all : whether a request may see a story whole, its notes too, and one that is not public
    """

    async def show_archive(request: Request) -> Response:
        """A version's tile archive, with HTTP Range; built when it is missing.

        Its address with the right `b` may be kept for ever; without one the archive has to be asked for again. A `b`
        of another build is an address of something else.
        """
        asked = _ARCHIVE.fullmatch(request.path_params["archive"])
        if asked is None:
            return PlainTextResponse("no such archive", 404)
        try:
            store = store_of()
            version = await asyncio.to_thread(store.version, request.path_params["layer"], int(asked[1]))
            build = tiles.build_of(version)
            named = request.query_params.get("b")
            if named is not None and named != build:
                return PlainTextResponse("no such build", 404)
            headers = {"Cache-Control": _ASK_AGAIN if named is None else _FOR_EVER, "ETag": f'"{build}"'}
            if _is_known(request, build):
                return Response(status_code=304, headers=headers)
            path = await asyncio.to_thread(tiles.ensure_tiles, store, version)
        except (UnknownLayerError, UnknownVersionError):
            return PlainTextResponse("no such archive", 404)
        except GeodataError as error:
            return PlainTextResponse(str(error), 503)
        return FileResponse(path, media_type=_PMTILES, headers=headers)

    async def show_rows(request: Request) -> Response:
        """A set of row numbers that was too large for a state (`layers.rows`)."""
        found = rows.compressed(request.path_params["name"])
        if found is None:
            return PlainTextResponse("no such set", 404)
        headers = {"Content-Encoding": "gzip", "Cache-Control": _FOR_EVER}
        return Response(found, media_type="application/octet-stream", headers=headers)

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
        Route("/rows/{name}", show_rows),
        Mount("/assets", _Assets(directory=assets.DIST, check_dir=False)),
        *ogc.build_routes(store_of),
        *basemap_file.build_routes(),
        *story_routes.build_routes(store_of, may_see_all),
    ]


def _is_known(request: Request, build: str) -> bool:
    """Whether the client says that it has this build already, and asks for no part of it."""
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return "range" not in request.headers and f'"{build}"' in known


class _Assets(StaticFiles):
    """The built files; with the hash of their content in the address they may be kept for ever."""

    async def get_response(self, path: str, scope: dict[str, object]) -> Response:  # type: ignore[override]
        response = await super().get_response(path, scope)
        query = bytes(scope.get("query_string") or b"")  # type: ignore[call-overload]
        lasting = response.status_code < 400 and query.decode("latin-1") == f"h={assets.content_hash(path)}"
        response.headers["Cache-Control"] = _FOR_EVER if lasting else _ASK_AGAIN
        return response
