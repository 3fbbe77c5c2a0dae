"""Drafts: uploads that are being worked on. The files and choices of one person for one layer, kept for 30 days."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from geodata import catalogue
from geodata.catalogue import DRAFT
from geodata.choices import Choices
from geodata.errors import StoreError
from geodata.i18n import text
from geodata.schema import schema_of
from geodata.store import Store

KEPT = timedelta(days=30)
_BEING_TAKEN_OVER = timedelta(hours=1)
_FOLDER = "drafts"
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]')
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Draft:
    """An upload that is being worked on."""

    id: str
    """Unguessable."""
    owner: str
    layer: str
    path: Path
    """The one file, or the folder of files that were dropped together."""
    names: tuple[str, ...]
    choices: Choices


def begin(store: Store, owner: str, layer: str, files: Mapping[str, BinaryIO], choices: Choices) -> Draft:
    """Keep dropped files as a new draft; earlier drafts of the owner are dropped.

    Parameters
    ----------
    files : file name → open file. Names are kept for show; of a path only the last part, without control characters

    Raises
    ------
    UnknownLayerError
        There is no such layer.
    StoreError
        The files can't be written; nothing is kept.
    """
    schema_of(layer)
    number = secrets.token_urlsafe(18)
    folder = store.folder / _FOLDER / number
    names = []
    try:
        folder.mkdir(parents=True)
        for name, file in files.items():
            names.append(safe_name(name))
            with (folder / names[-1]).open("xb") as kept:
                shutil.copyfileobj(file, kept)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StoreError(
            text(
                "The files could not be taken over ({reason}); free some space and drop them again.",
                reason=error.strerror or str(error),
            )
        ) from error
    for old in _of(store, owner):
        drop(store, old)
    with store.catalogue.write() as connection:
        connection.execute(
            DRAFT.insert().values(
                id=number,
                owner=owner,
                layer=layer,
                names=names,
                choices=choices.to_json(),
                used_at=catalogue.now().isoformat(),
            )
        )
    return Draft(number, owner, layer, _path(store, number, names), tuple(names), choices)


def latest(store: Store, owner: str) -> Draft | None:
    """The draft that an owner works on; None without one."""
    found = _of(store, owner)
    return found[-1] if found else None


def keep(store: Store, draft: Draft, choices: Choices) -> Draft:
    """Keep other choices with a draft; it counts as used today."""
    with store.catalogue.write() as connection:
        connection.execute(
            DRAFT.update()
            .where(DRAFT.c.id == draft.id)
            .values(choices=choices.to_json(), used_at=catalogue.now().isoformat())
        )
    return replace(draft, choices=choices)


def drop(store: Store, draft: Draft) -> None:
    """Forget a draft and its files; nothing published is touched."""
    with store.catalogue.write() as connection:
        connection.execute(DRAFT.delete().where(DRAFT.c.id == draft.id))
    shutil.rmtree(store.folder / _FOLDER / draft.id, ignore_errors=True)


def sweep(store: Store, *, now: datetime | None = None) -> int:
    """Drop the drafts that nobody used for 30 days, and files without a draft; how many were dropped."""
    latest_use = ((now or catalogue.now()) - KEPT).isoformat()
    with store.catalogue.write() as connection:
        connection.execute(DRAFT.delete().where(DRAFT.c.used_at < latest_use))
        known = set(connection.execute(sa.select(DRAFT.c.id)).scalars())
    folder = store.folder / _FOLDER
    settled = ((now or catalogue.now()) - _BEING_TAKEN_OVER).timestamp()
    gone = [path for path in folder.iterdir() if path.name not in known] if folder.is_dir() else []
    gone = [path for path in gone if path.stat().st_mtime < settled]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)


def safe_name(name: str) -> str:
    """The last part of a file's name, without what could harm a file system or a page; its suffix is kept."""
    last = _UNSAFE.sub("_", re.split(r"[/\\]", name)[-1]).strip(" .") or "file"
    stem, dot, suffix = last.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(suffix)]}{dot}{suffix}" if dot else last[:_LONGEST_NAME]


def _of(store: Store, owner: str) -> list[Draft]:
    with store.catalogue.read() as connection:
        rows = connection.execute(sa.select(DRAFT).where(DRAFT.c.owner == owner).order_by(DRAFT.c.used_at)).all()
    return [
        Draft(row.id, row.owner, row.layer, path, tuple(row.names), Choices.from_json(row.choices))
        for row in rows
        if (path := _path(store, row.id, row.names)).exists()
    ]


def _path(store: Store, number: str, names: list[str]) -> Path:
    folder = store.folder / _FOLDER / number
    return folder / names[0] if len(names) == 1 else folder
