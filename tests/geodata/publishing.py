"""Small uploads for tests of publishing: parks of the little district, written as an office would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shapely import box

from geodata.check import Check, check_upload
from geodata.choices import Choices
from geodata.diff import diff_layers, keep_stored_shapes
from geodata.publish import publish
from geodata.reading import Reading
from geodata.schema import schema_of
from geodata.settings import Settings
from geodata.store import Store
from tests.geodata.clean_frames import clean_frame

ROWS = [{"park_id": f"YQ-{number:02d}", "name": f"园区{number}"} for number in range(1, 11)]


def squares(count: int = 10, *, shift: float = 0) -> list[Any]:
    return [box(200 * number + shift, 0, 200 * number + 100 + shift, 100) for number in range(count)]


def write_parks(
    path: Path, rows: list[dict[str, Any]] | None = None, shapes: list[Any] | None = None, **columns: Any
) -> Path:
    """An upload of parks as GeoPackage, in CGCS2000 3-degree zone 39."""
    frame = clean_frame(
        "parks", ROWS if rows is None else rows, squares(len(rows or ROWS)) if shapes is None else shapes
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    frame.assign(**columns).to_crs(4527).to_file(path, layer="parks", driver="GPKG")
    return path


def checked(store: Store, path: Path, choices: Choices | None = None) -> Check:
    return check_upload(store, "parks", path, choices=choices or Choices(), settings=store.settings)


def held(store: Store, path: Path, rows: list[dict[str, Any]] | None = None, shapes: list[Any] | None = None) -> Check:
    """A check that found nothing to say, made without the process that reads: for what comes after a check.

    The upload itself is kept at `path` as a few bytes.
    """
    rows = ROWS if rows is None else rows
    schema = schema_of("parks")
    current = store.current().get("parks")
    old = store.read_version(current) if current else None
    frame = clean_frame("parks", rows, squares(len(rows)) if shapes is None else shapes)
    diff = diff_layers(old, frame, schema)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(repr(rows))
    return Check(
        "parks",
        path,
        Reading(str(path), [], [], None),
        Choices(),
        [],
        frame=frame if old is None else keep_stored_shapes(old, frame, diff, schema),
        crs="EPSG:4527",
        diff=diff,
        base=current.number if current else None,
    )


def renamed(name: str) -> list[dict[str, Any]]:
    """The ten parks, all called `name`."""
    return [{**row, "name": name} for row in ROWS]


def flip_a_byte(path: Path) -> None:
    """Change one bit in the middle of a file that was made to be read only."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


_opened: list[Store] = []


def open_store(folder: Path, **settings: Any) -> Store:
    store = Store.open(Settings(data_dir=folder, **settings))
    _opened.append(store)
    return store


def close_stores() -> None:
    """Let go of every store that was opened here; a connection to PostgreSQL that is forgotten warns."""
    while _opened:
        _opened.pop().close()


def publish_parks(store: Store, path: Path, **options: Any) -> Any:
    return publish(store, checked(store, path), by="张三", **options)
