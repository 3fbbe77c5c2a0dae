"""Small uploads for tests of publishing: parks of the little district, written as an office would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shapely import box

from geodata.check import Check, check_upload
from geodata.choices import Choices
from geodata.publish import publish
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


def open_store(folder: Path, **settings: Any) -> Store:
    return Store.open(Settings(data_dir=folder, **settings))


def publish_parks(store: Store, path: Path, **options: Any) -> Any:
    return publish(store, checked(store, path), by="张三", **options)
