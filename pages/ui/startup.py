"""A first start: an empty store is filled with the illustrative district while the port already answers."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pandas as pd
import structlog

from geodata import entries
from geodata.catalogue import ENTRY_TABLES, EntryTable
from geodata.check import check_upload
from geodata.choices import Choices
from geodata.publish import publish
from geodata.schema import LAYERS
from geodata.settings import Settings
from geodata.store import Store
from layers import tiles

PUBLISHED_BY = "示例数据 sample"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far the first start is."""

    state: Literal["ready", "publishing", "failed"] = "ready"
    done: int = 0
    total: int = 0


_progress = Progress()
_lock = threading.Lock()


def progress() -> Progress:
    """How far the first start of this process is; `ready` where there is nothing to do."""
    return _progress


def is_ready() -> bool:
    """Whether nothing of the first start is left to publish."""
    return _progress.state == "ready"


def sample_is_wanted(store: Store) -> bool:
    """Whether the store is empty, or a first start that was cut short left some of the district out."""
    current = store.current()
    nobody_else = all(version.illustrative and version.by == PUBLISHED_BY for version in current.values())
    return nobody_else and (len(current) < len(LAYERS) or bool(_never_entered(store)))


def begin(store: Store, settings: Settings) -> threading.Thread | None:
    """Publish the missing layers of the illustrative district in the background, if it is wanted: the thread."""
    with _lock:
        if not settings.sample or _progress.state == "publishing" or not sample_is_wanted(store):
            return None
        _set(Progress("publishing"))
    thread = threading.Thread(target=_publish_district, args=(store, settings), name="sample", daemon=True)
    thread.start()
    return thread


def publish_district(store: Store, settings: Settings) -> None:
    """Publish what the store lacks of the illustrative district, as people would: layers, then what is entered."""
    # Only a first start needs what makes the district.
    from geodata.sample import DATA_DATE, write_shapefiles
    from geodata.sample.entries import build_reported, build_targets

    with tempfile.TemporaryDirectory() as folder:
        uploads = write_shapefiles(Path(folder))
        _set(Progress("publishing", 0, len(uploads)))
        current = store.current()
        for layer, path in uploads.items():
            if layer not in current:
                check = check_upload(store, layer, path, choices=Choices(), settings=settings)
                version = publish(store, check, by=PUBLISHED_BY, data_date=DATA_DATE, accept_warnings=True, sample=True)
                _log.info("published illustrative layer", layer=layer, features=version.features)
            _set(replace(_progress, done=_progress.done + 1))
    build: dict[EntryTable, Callable[[], pd.DataFrame]] = {"targets": build_targets, "reported": build_reported}
    for table in _never_entered(store):
        edition = entries.save(store, table, build[table](), by=PUBLISHED_BY, base=0, illustrative=True)
        _log.info("saved illustrative entries", table=table, rows=edition.rows)


def _never_entered(store: Store) -> list[EntryTable]:
    """The tables of targets and reported values that nobody ever saved."""
    return [table for table in ENTRY_TABLES if not entries.editions(store, table)]


def _publish_district(store: Store, settings: Settings) -> None:
    try:
        publish_district(store, settings)
        for version in store.current().values():
            tiles.ensure_tiles(store, version)
    except Exception:  # noqa: BLE001  in a thread of its own: logged here or nowhere
        _log.exception("the illustrative district could not be published")
        _set(replace(_progress, state="failed"))
    else:
        _set(Progress())


def _set(progress: Progress) -> None:
    global _progress
    _progress = progress
