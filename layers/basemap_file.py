"""Serving the basemap of a file: a PMTiles archive as it is, an MBTiles one tile by tile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from geodata.settings import Settings
from layers.basemaps import FILE_ROUTE

_MOST_ZOOM = 30
_log = structlog.get_logger(__name__)
_DAY = "public, max-age=86400"
_STARTS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


def build_routes() -> list[BaseRoute]:
    """The routes of the file that `LIAOHE_BASEMAP_FILE` names; 404 without one."""

    async def show_archive(_: Request) -> Response:
        path = Settings().basemap_file
        if path is None or path.suffix.lower() != ".pmtiles" or not path.is_file():
            return PlainTextResponse("There is no such basemap.", status_code=404)
        return FileResponse(path, media_type="application/vnd.pmtiles", headers={"Cache-Control": "no-cache"})

    async def show_tile(request: Request) -> Response:
        path = Settings().basemap_file
        z, x, y = (int(request.path_params[part]) for part in ("z", "x", "y"))
        tile = None
        if path is not None and path.suffix.lower() == ".mbtiles" and path.is_file():
            tile = await run_in_threadpool(read_tile, path, z, x, y)
        if tile is None:
            return PlainTextResponse("There is no such tile.", status_code=404)
        kind = next((kind for start, kind in _STARTS.items() if tile.startswith(start)), "application/octet-stream")
        return Response(tile, media_type=kind, headers={"Cache-Control": _DAY})

    return [
        Route(f"{FILE_ROUTE}/file.pmtiles", show_archive),
        Route(f"{FILE_ROUTE}/{{z:int}}/{{x:int}}/{{y:int}}", show_tile),
    ]


def read_tile(path: Path, z: int, x: int, y: int) -> bytes | None:
    """A tile of an MBTiles file, None where it has none. Rows are counted from the south there (TMS)."""
    if z > _MOST_ZOOM or max(x, y) >= 2**z:
        return None
    asked = "select tile_data from tiles where zoom_level = ? and tile_column = ? and tile_row = ?"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            found = connection.execute(asked, (z, x, 2**z - 1 - y)).fetchone()
    except sqlite3.Error:
        _log.exception("the basemap's file can't be read", path=str(path))
        return None
    return None if found is None else bytes(found[0])
