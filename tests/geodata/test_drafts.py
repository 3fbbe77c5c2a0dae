"""Drafts: the files and choices of one person, kept until they are published, dropped or forgotten."""

from __future__ import annotations

import io
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from geodata import catalogue, drafts
from geodata.choices import Choices
from geodata.errors import StoreError, UnknownLayerError
from geodata.store import Store
from tests.geodata.publishing import open_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "data")


def begin(store: Store, owner: str = "a", **files: bytes) -> drafts.Draft:
    named = {name.replace("_", "."): io.BytesIO(content) for name, content in (files or {"one_zip": b"1"}).items()}
    return drafts.begin(store, owner, "parks", named, Choices(only_changes=True))


def test_a_draft_comes_back_with_its_files_and_choices(store: Store) -> None:
    draft = begin(store)
    kept = drafts.keep(store, draft, Choices(crs="EPSG:4527", columns={"甲": "name"}, repairs=frozenset({"HAS_ZM"})))
    again = drafts.latest(store, "a")
    assert again == kept
    assert again is not None
    assert again.path.read_bytes() == b"1"


def test_files_dropped_together_are_kept_as_a_folder(store: Store) -> None:
    draft = begin(store, a_shp=b"s", a_dbf=b"d")
    assert sorted(path.name for path in draft.path.iterdir()) == ["a.dbf", "a.shp"]


def test_a_new_draft_takes_the_place_of_the_owners_last_and_of_nobody_elses(store: Store) -> None:
    mine, other = begin(store), begin(store, owner="b")
    newer = begin(store)
    assert drafts.latest(store, "a") == newer
    assert drafts.latest(store, "b") == other
    assert not mine.path.exists()


def test_a_dropped_draft_is_gone(store: Store) -> None:
    draft = begin(store)
    drafts.drop(store, draft)
    assert drafts.latest(store, "a") is None
    assert not draft.path.parent.exists()


def test_a_draft_whose_files_were_lost_is_no_draft(store: Store) -> None:
    begin(store).path.unlink()
    assert drafts.latest(store, "a") is None


def test_thirty_days_unused_a_draft_is_swept_and_files_without_a_draft_too(store: Store) -> None:
    draft = begin(store)
    stray = store.folder / "drafts" / "stray"
    stray.mkdir()
    assert drafts.sweep(store) == 0  # it may be being taken over
    os.utime(stray, (time.time() - 7200,) * 2)
    assert drafts.sweep(store) == 1
    almost = catalogue.now() + drafts.KEPT - timedelta(minutes=1)
    assert drafts.sweep(store, now=almost) == 0
    assert drafts.sweep(store, now=almost + timedelta(minutes=2)) == 1
    assert not draft.path.exists()


def test_an_unknown_layer_takes_nothing(store: Store) -> None:
    with pytest.raises(UnknownLayerError):
        drafts.begin(store, "a", "nothing", {"a.zip": io.BytesIO(b"1")}, Choices())
    assert not (store.folder / "drafts").exists()


def test_what_cannot_be_written_leaves_the_last_draft(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = begin(store)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drafts.shutil, "copyfileobj", full)
    with pytest.raises(StoreError, match="No space left"):
        begin(store)
    assert drafts.latest(store, "a") == draft
    assert [path.name for path in (store.folder / "drafts").iterdir()] == [draft.id]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\用地.zip", "用地.zip"),
        ("a\u202egpj.zip", "a_gpj.zip"),
        ("\x00\x1f", "__"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".gpkg", "x" * 116 + ".gpkg"),
    ],
)
def test_names_are_safe_for_a_file_system(name: str, safe: str) -> None:
    assert drafts.safe_name(name) == safe
