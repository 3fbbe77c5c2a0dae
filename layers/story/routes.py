"""The player's page and the document of a story, beside the pages of the application."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from html import escape
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from geodata.catalogue import Version
from geodata.errors import GeodataError
from geodata.i18n import Language, Text, text
from geodata.indicators import default_as_of
from geodata.store import Store
from geodata.stories import Story, read_stories, without_notes
from layers import assets
from layers.story.compose import compose
from layers.story.document import to_json
from layers.story.ready import READY, ready_story
from layers.story.words import PLAYER_WORDS

MaySeeAll = Callable[[Request, str], bool]
"""Whether a request may see the story of an id whole, its notes too, and one that is not public."""

_KEPT = 8
_kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
_keeping = threading.Lock()

# Without <head>: HTML does not ask for one, and what completes the application's own pages leaves this one alone.
_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
<body>
<script src="{script}"></script>
<script>
fetch({address}, {{ credentials: "same-origin" }})
  .then(async (answer) => {{
    const story = await answer.json();
    if (!answer.ok) throw new Error(story.reason);
    planPlayer.start(story);
  }})
  .catch(({{ message }}) => {{
    const link = document.createElement("a");
    Object.assign(link, {{ href: {home}, textContent: {home_words} }});
    const told = document.createElement("p");
    told.textContent = !message || message.includes("fetch") ? {lost} : message;
    document.body.className = "lost";
    document.body.replaceChildren(told, link);
  }});
</script>
"""


def player_url(story_id: str, language: Language, **asked: object) -> str:
    """The address of the player of a story, below the application's."""
    return f"/player/{quote(story_id, safe='')}?{urlencode({'language': language, **asked})}"


def find_story(store: Store, story_id: str, language: Language) -> Story | None:
    """A story of the store, or the ready one over what is current; None where there is none of that id.

    Raises
    ------
    StoreError
        The store can't be read.
    """
    if story_id == READY:
        current = store.current()
        return ready_story(current, default_as_of(current), language, store.read_version) if current else None
    return next((story for story in read_stories(store) if story.id == story_id), None)


def nobody(_request: Request, _story_id: str) -> bool:
    """Nobody sees more than everybody does."""
    return False


def build_routes(store_of: Callable[[], Store], may_see_all: MaySeeAll = nobody) -> list[BaseRoute]:
    """The routes; `store_of` gives the open store and raises StoreError while it can't be opened."""

    async def show_player(request: Request) -> Response:
        language = _language(request)
        query = urlencode({**request.query_params, "language": language})
        address = f"/player/{quote(request.path_params['story'], safe='')}/story.json?{query}"
        return HTMLResponse(
            _PAGE.format(
                language="zh-CN" if language == "zh" else "en",
                title=escape(text("Presenting").in_(language)),
                style=assets.url(assets.PLAYER_STYLE),
                script=assets.url(assets.PLAYER_SCRIPT),
                address=_scripted(address),
                lost=_scripted(PLAYER_WORDS["lost"].in_(language)),
                home=_scripted(f"/present?language={language}"),
                home_words=_scripted(text("To the page Present").in_(language)),
            ),
            headers={"Cache-Control": "no-cache"},
        )

    async def show_story(request: Request) -> Response:
        language = _language(request)

        def refuse(status: int, reason: Text) -> Response:
            return JSONResponse({"reason": reason.in_(language)}, status)

        try:
            store = store_of()
            story = await asyncio.to_thread(find_story, store, request.path_params["story"], language)
            if story is None:
                return refuse(404, text("This story is not there (any more); choose one on the page Present."))
            if not may_see_all(request, story.id):
                if not story.public:
                    return refuse(403, text("This story is for signed-in people; sign in on the page Present."))
                story = without_notes(story)
            if not story.scenes:
                return refuse(404, PLAYER_WORDS["empty"])
            content = await asyncio.to_thread(document_of, store, story, language)
        except GeodataError as error:
            return refuse(503, error.message)
        return Response(content, media_type="application/json", headers={"Cache-Control": "no-cache"})

    return [Route("/player/{story}", show_player), Route("/player/{story}/story.json", show_story)]


def document_of(store: Store, story: Story, language: Language) -> bytes:
    """The JSON document of a story over what is current; the last ones are kept.

    Raises
    ------
    StoreError
        The store can't be read.
    """
    current = store.current()
    key = (store.settings.data_dir, store.settings.database_url, story, language, *_names(current))
    name = tuple(map(repr, key))
    with _keeping:
        if name in _kept:
            _kept.move_to_end(name)
            return _kept[name]
    shown = compose(store, story, language)
    content = json.dumps(to_json(shown), ensure_ascii=False, separators=(",", ":")).encode()
    if any(scene.problems for scene in shown.scenes):  # what is mended meanwhile is to be seen
        return content
    with _keeping:
        _kept[name] = content
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return content


def _names(current: dict[str, Version]) -> list[tuple[str, int, str]]:
    return [(layer, version.number, version.content_hash) for layer, version in sorted(current.items())]


def _language(request: Request) -> Language:
    return "en" if request.query_params.get("language") == "en" else "zh"


def _scripted(words: str) -> str:
    """A text as a literal of a script within a page."""
    return json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
