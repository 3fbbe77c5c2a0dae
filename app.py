"""The application: the pages, the map's routes beside them, and what happens at the start.

Runs under `streamlit run app.py`, `python app.py` and `uvicorn app:app`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
import structlog
from starlette.middleware import Middleware

from geodata import drafts
from geodata.errors import GeodataError
from geodata.settings import Settings
from layers import review, routes
from pages.ui import data, feedback, startup, story_pass
from pages.ui.document import Document
from pages.ui.visitor import VisitorCookie
from pages.ui.way_back import WayBack

structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        # Plain tracebacks: the usual ones print the values of variables, and with them people's data.
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Fill an empty store in the background, sweep old drafts; a store that can't be opened is told on the pages."""
    try:
        startup.begin(data.store(), Settings())
        drafts.sweep(data.store())
        review.sweep(data.store())
    except GeodataError as error:
        _log.error("the store can't be opened", reason=str(error))
    yield


app = st.App(
    "pages/shell.py",
    routes=routes.build_routes(data.store, startup.is_ready, story_pass.opens),
    middleware=[Middleware(Document), Middleware(VisitorCookie), Middleware(WayBack)],
    lifespan=lifespan,
    on_script_error=feedback.show_unexpected,
)

if __name__ == "__main__":
    host, port = os.environ.get("LIAOHE_HOST", "127.0.0.1"), int(os.environ.get("PORT", "8501"))
    app.run(config={"server.address": host, "server.port": port})
