"""The map's own script and style, built by `npm run build` in `layers/web` and served from this machine."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

DIST = Path(__file__).parent / "web" / "dist"
SCRIPT, STYLE = "planmap.js", "planmap.css"
PLAYER_SCRIPT, PLAYER_STYLE = "player.js", "player.css"


def missing() -> list[str]:
    """Names of what is not built; empty when all is there."""
    return [
        f"layers/web/dist/{name}"
        for name in (SCRIPT, STYLE, PLAYER_SCRIPT, PLAYER_STYLE)
        if not (DIST / name).is_file()
    ]


def url(name: str) -> str:
    """Address of an asset; it carries a hash of the content and may be kept for ever."""
    return f"/assets/{name}?h={content_hash(name)}"


def content_hash(name: str) -> str:
    """A short hash of an asset's content."""
    path = DIST / name
    return _hash(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _hash(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
