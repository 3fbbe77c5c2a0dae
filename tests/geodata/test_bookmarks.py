"""Bookmarks: who sees which, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from geodata import bookmarks, catalogue
from geodata.backup import restore_backup, write_backup
from geodata.errors import RefusedError
from geodata.store import Store
from geodata.verify import verify
from tests.geodata.publishing import open_store

VIEW = {"v": "1", "layers": "district.roads", "centre": "116.66000_35.40000", "zoom": "13"}


@pytest.fixture
def store(tmp_path: Path, database_url: str | None) -> Store:
    return open_store(tmp_path / "data", database_url=database_url)


def names(store: Store, owner: str) -> list[str]:
    return [each.name for each in bookmarks.bookmarks(store, owner)]


def test_own_ones_come_first_and_of_others_only_what_they_share(store: Store) -> None:
    bookmarks.keep(store, "b", "a shared one", VIEW, shared=True)
    bookmarks.keep(store, "b", "a hidden one", VIEW, shared=False)
    bookmarks.keep(store, "a", "my own", VIEW, shared=False)
    assert names(store, "a") == ["my own", "a shared one"]
    assert names(store, "c") == ["a shared one"]


def test_a_kept_view_comes_back_as_it_was(store: Store) -> None:
    made = bookmarks.keep(store, "a", "  河道   现状 ", VIEW, shared=True, who="张三")
    assert made.name == "河道 现状"
    assert bookmarks.bookmarks(store, "a") == [made]
    assert made.query == VIEW


@pytest.mark.parametrize(("name", "said"), [(" ", "Give the bookmark a name"), ("图" * 81, "81 characters")])
def test_a_name_has_1_to_80_characters(store: Store, name: str, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        bookmarks.keep(store, "a", name, VIEW, shared=False)
    assert bookmarks.keep(store, "a", "图" * 80, VIEW, shared=False).name == "图" * 80


def test_one_owner_has_a_name_once_and_another_may_have_it_too(store: Store) -> None:
    bookmarks.keep(store, "a", "roads", VIEW, shared=False)
    other = bookmarks.keep(store, "a", "water", VIEW, shared=False)
    with pytest.raises(RefusedError, match="“roads” already"):
        bookmarks.keep(store, "a", "roads", VIEW, shared=True)
    with pytest.raises(RefusedError, match="“roads” already"):
        bookmarks.rename(store, other, "roads")
    bookmarks.keep(store, "b", "roads", VIEW, shared=False)
    assert names(store, "a") == ["roads", "water"]


def test_what_was_dropped_can_be_put_back(store: Store) -> None:
    made = bookmarks.keep(store, "a", "roads", VIEW, shared=False)
    bookmarks.drop(store, made)
    assert names(store, "a") == []
    bookmarks.put_back(store, made)
    assert bookmarks.bookmarks(store, "a") == [made]


def test_a_dropped_one_is_neither_renamed_nor_dropped_again(store: Store) -> None:
    made = bookmarks.keep(store, "a", "roads", VIEW, shared=False)
    bookmarks.drop(store, made)
    with pytest.raises(RefusedError, match="no longer there"):
        bookmarks.rename(store, made, "water")
    with pytest.raises(RefusedError, match="no longer there"):
        bookmarks.drop(store, made)


def test_every_change_is_in_the_audit_list_without_the_owners_number(store: Store) -> None:
    made = bookmarks.keep(store, "secret-number", "roads", VIEW, shared=False, who="张三")
    bookmarks.drop(store, bookmarks.rename(store, made, "water"))
    with store.catalogue.read() as connection:
        rows = connection.execute(sa.select(catalogue.AUDIT).order_by(catalogue.AUDIT.c.id)).all()
    assert [(row.action, row.who) for row in rows] == [
        ("bookmark", "张三"),
        ("bookmark_rename", "张三"),
        ("bookmark_drop", "张三"),
    ]
    assert not any("secret-number" in row.detail for row in rows)
    assert verify(store) == []


def test_a_backup_holds_the_bookmarks(store: Store, tmp_path: Path) -> None:
    made = bookmarks.keep(store, "a", "roads", VIEW, shared=True)
    write_backup(store, tmp_path / "backup")
    new = open_store(tmp_path / "new")
    restore_backup(new, tmp_path / "backup")
    assert bookmarks.bookmarks(new, "a") == [made]
