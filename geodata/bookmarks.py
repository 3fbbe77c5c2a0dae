"""Bookmarks: views kept by a name, of one visitor, for that visitor alone or for everybody."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from geodata import catalogue
from geodata.catalogue import BOOKMARK
from geodata.errors import RefusedError
from geodata.i18n import text
from geodata.store import Store

LONGEST_NAME = 80


@dataclass(frozen=True)
class Bookmark:
    """A view kept by a name."""

    id: str
    owner: str
    """The visitor's number; it is shown to nobody."""
    name: str
    """1–80 characters, no two of one owner alike."""
    query: Mapping[str, str]
    """The query of the view's URL (`layers.view`)."""
    shared: bool
    """Whether everybody sees it."""
    who: str
    """The name that its owner typed; may be empty."""
    at: datetime


def bookmarks(store: Store, owner: str) -> list[Bookmark]:
    """What a visitor sees: the visitor's own by name, then what others share, by name."""
    with store.catalogue.read() as connection:
        rows = connection.execute(
            sa.select(BOOKMARK).where(sa.or_(BOOKMARK.c.owner == owner, BOOKMARK.c.shared.is_(True)))
        ).mappings()
        found = [Bookmark(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in rows]
    return sorted(found, key=lambda each: (each.owner != owner, each.name, each.at, each.id))


def keep(store: Store, owner: str, name: str, query: Mapping[str, str], *, shared: bool, who: str = "") -> Bookmark:
    """Keep a view by a name.

    Raises
    ------
    RefusedError
        The name is empty, too long, or the owner has another bookmark of that name.
    StoreError
        It could not be written; nothing was changed.
    """
    made = Bookmark(
        id=secrets.token_hex(16),
        owner=owner,
        name=_checked(name),
        query=dict(query),
        shared=shared,
        who=who.strip(),
        at=catalogue.now(),
    )
    _insert(store, made, "bookmark")
    return made


def rename(store: Store, bookmark: Bookmark, name: str) -> Bookmark:
    """Call a bookmark otherwise; errors as `keep`, and RefusedError where it is no longer there."""
    named = replace(bookmark, name=_checked(name))
    with store.catalogue.write() as connection:
        _require_free(connection, named)
        changed = connection.execute(BOOKMARK.update().where(_is(bookmark)).values(name=named.name))
        if not changed.rowcount:
            raise _gone(bookmark)
        _audit(connection, named, "bookmark_rename")
    return named


def drop(store: Store, bookmark: Bookmark) -> None:
    """Delete a bookmark; `put_back` undoes it. RefusedError where it is no longer there."""
    with store.catalogue.write() as connection:
        if not connection.execute(BOOKMARK.delete().where(_is(bookmark))).rowcount:
            raise _gone(bookmark)
        _audit(connection, bookmark, "bookmark_drop")


def put_back(store: Store, bookmark: Bookmark) -> None:
    """Take a deletion back; RefusedError where its name was given to another meanwhile."""
    _insert(store, bookmark, "bookmark")


def _insert(store: Store, bookmark: Bookmark, action: str) -> None:
    row = asdict(bookmark) | {"at": bookmark.at.isoformat()}
    with store.catalogue.write() as connection:
        _require_free(connection, bookmark)
        connection.execute(BOOKMARK.insert().values(**row))
        _audit(connection, bookmark, action)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise RefusedError(text("Give the bookmark a name."))
    if len(name) > LONGEST_NAME:
        raise RefusedError(
            text("The name has {count} characters; at most {most} fit.", count=len(name), most=LONGEST_NAME)
        )
    return name


def _require_free(connection: sa.Connection, bookmark: Bookmark) -> None:
    same = sa.select(BOOKMARK.c.id).where(
        BOOKMARK.c.owner == bookmark.owner, BOOKMARK.c.name == bookmark.name, BOOKMARK.c.id != bookmark.id
    )
    if connection.execute(same).first() is not None:
        raise RefusedError(text("You have a bookmark “{name}” already; choose another name.", name=bookmark.name))


def _is(bookmark: Bookmark) -> sa.ColumnElement[bool]:
    """Only its owner changes a bookmark."""
    return sa.and_(BOOKMARK.c.id == bookmark.id, BOOKMARK.c.owner == bookmark.owner)


def _gone(bookmark: Bookmark) -> RefusedError:
    return RefusedError(text("The bookmark “{name}” is no longer there.", name=bookmark.name))


def _audit(connection: sa.Connection, bookmark: Bookmark, action: str) -> None:
    detail = {"bookmark": bookmark.id, "name": bookmark.name, "shared": bookmark.shared}
    catalogue.append_audit(connection, who=bookmark.who, action=action, layer=None, number=None, detail=detail)
