"""The handout: a story as one HTML file that opens from a stick, with map, scenes and keys, and asks no other place."""

from __future__ import annotations

import base64
import gzip
import json
import os
import secrets
from html import escape
from pathlib import Path
from typing import Any

from geodata.errors import GeodataError
from geodata.i18n import text
from geodata.store import Store
from layers import assets, tiles
from layers.catalogue import MAP_LAYERS
from layers.story.document import to_json
from layers.story.shown import ShownStory

# What is large stands as gzip in base64; a browser of 2023 or later unpacks it by itself.
_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; \
style-src 'unsafe-inline'; img-src data: blob:; connect-src 'none'">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
<body>
<noscript>{no_script}</noscript>
<script type="application/json" id="story">{story}</script>
<script type="application/json" id="archives">{archives}</script>
<script>{script}</script>
<script>
const content = (id) => JSON.parse(document.getElementById(id).textContent);
const unpack = async (packed) => {{
  const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}};
(async () => {{
  const story = JSON.parse(new TextDecoder().decode(await unpack(content("story"))));
  const archives = {{}};
  for (const [address, packed] of Object.entries(content("archives"))) archives[address] = await unpack(packed);
  planPlayer.start(story, {{ archives }});
}})().catch((error) => {{ document.body.textContent = {too_old} + " " + error.message; }});
</script>
"""


class TooLargeError(GeodataError):
    """The file would be larger than can be handed out."""


LARGEST_BYTES = 150_000_000


def write_handout(store: Store, story: ShownStory, to: Path) -> Path:
    """Write the handout; the file is there whole or not at all.

    Raises
    ------
    StoreError
        The tiles of a version can't be built.
    TooLargeError
        The layers are too large for one file.
    """
    document = to_json(story)
    archives = _hold_archives(store, story, document)
    content = _PAGE.format(
        language="zh-CN" if story.language == "zh" else "en",
        title=escape(story.name),
        style=_within("style", assets.DIST / assets.PLAYER_STYLE),
        script=_within("script", assets.DIST / assets.PLAYER_SCRIPT),
        no_script=escape(text("This file needs JavaScript; open it in a current browser.").in_(story.language)),
        too_old=_scripted(text("This file needs a browser of 2023 or later.").in_(story.language)),
        story=_scripted(_packed(json.dumps(document, ensure_ascii=False).encode())),
        archives=_scripted(archives),
    )
    made = to.with_name(f".{to.name}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        made.write_text(content, encoding="utf-8")
        made.replace(to)
    finally:
        made.unlink(missing_ok=True)
    return to


def _hold_archives(store: Store, story: ShownStory, document: dict[str, Any]) -> dict[str, str]:
    """The archives of all layers that a scene has, by the address that the scenes have for them.

    A layer that no scene shows is left out of the scenes as well; online basemaps are, too.
    """
    told = [layers for scene in document["scenes"] for layers in scene["state"]["layers"].items()]
    seen = {layer for layer, state in told if state["visible"]}
    archives: dict[str, str] = {}
    total = 0
    for shown, scene in zip(story.scenes, document["scenes"], strict=True):
        scene["state"]["basemap"] = None
        scene["state"]["layers"] = {
            layer: state for layer, state in scene["state"]["layers"].items() if layer in seen | {"district"}
        }
        for layer, state in scene["state"]["layers"].items():
            if state["url"] not in archives and layer in MAP_LAYERS:
                packed = _packed(tiles.ensure_tiles(store, shown.versions[layer]).read_bytes())
                total += len(packed)
                if total > LARGEST_BYTES:
                    raise TooLargeError(
                        text("The layers of this story are too large for one file; show fewer layers in its scenes.")
                    )
                archives[state["url"]] = packed
    return archives


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, mtime=0)).decode("ascii")


def _within(tag: str, path: Path) -> str:
    """A file as the content of an element, which its text may not end."""
    return path.read_text(encoding="utf-8").replace(f"</{tag}", f"<\\/{tag}")


def _scripted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
