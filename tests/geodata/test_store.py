"""The store: versions, objects, content hashes; on a real SQLite and a real PostgreSQL."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from shapely import box

from geodata import catalogue
from geodata.content import content_hash
from geodata.errors import StoreError, UnknownLayerError, UnknownVersionError
from geodata.objects import Objects, hash_of
from geodata.schema import schema_of
from geodata.settings import Settings
from geodata.store import Store
from tests.geodata.clean_frames import clean_frame
from tests.geodata.publishing import open_store

PARKS = [{"park_id": "A", "name": "园区一"}, {"park_id": "B", "name": "园区二"}]
SHAPES = [box(0, 0, 100, 100), box(200, 0, 300, 100)]


@pytest.fixture
def store(tmp_path: Path, database_url: str | None) -> Store:
    return open_store(tmp_path / "data", database_url=database_url)


def test_an_empty_store_has_no_versions_and_answers(store: Store) -> None:
    assert store.current() == {}
    assert store.versions() == []
    assert store.answers()


def test_an_unknown_layer_and_version_are_named(store: Store) -> None:
    with pytest.raises(UnknownLayerError, match="ponds"):
        store.versions("ponds")
    with pytest.raises(UnknownVersionError, match="no current version"):
        store.version("parks")
    with pytest.raises(UnknownVersionError, match="no version 7"):
        store.version("parks", 7)


def test_the_migrations_make_the_tables_that_the_code_expects(store: Store) -> None:
    with store.catalogue.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_of_the_catalogue})
        assert compare_metadata(context, catalogue.METADATA) == []


def _is_of_the_catalogue(_: Any, name: str | None, kind: str, *__: Any) -> bool:
    """PostGIS brings a table of its own."""
    return kind != "table" or name in catalogue.METADATA.tables


def test_a_catalogue_of_an_earlier_release_is_moved_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(catalogue, "HEAD", "0001")
        open_store(tmp_path / "data")
    again = open_store(tmp_path / "data")
    with again.catalogue.read() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == catalogue.HEAD


def test_a_catalogue_of_a_later_release_is_refused(store: Store) -> None:
    with store.catalogue.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer release"):
        open_store(store.folder, database_url=store.settings.database_url)


def test_a_read_sees_one_snapshot_while_others_write(store: Store) -> None:
    rows = sa.select(sa.func.count()).select_from(catalogue.AUDIT)
    with store.catalogue.read() as connection:
        before = connection.execute(rows).scalar()
        with store.catalogue.write() as writer:
            catalogue.append_audit(writer, who="a", action="test", layer=None, number=None, detail={})
        assert connection.execute(rows).scalar() == before == 0
    assert len(store.audit()) == 1


def test_a_folder_that_cannot_be_made_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="LIAOHE_DATA_DIR"):
        Store.open(Settings(data_dir=tmp_path / "file" / "data"))


def test_a_damaged_catalogue_is_told_and_not_a_traceback_of_the_database(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "catalogue.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="catalogue"):
        Store.open(Settings(data_dir=data))


def test_what_a_dead_process_left_in_staging_is_swept_and_what_a_living_one_writes_is_kept(tmp_path: Path) -> None:
    store = Store.open(Settings(data_dir=tmp_path))
    dead = store.staging / "object-999999999-abc"
    living = store.staging / f"object-{os.getpid()}-abc"
    old = store.staging / "reading"
    for path in (dead, living, old):
        path.write_text("x")
    long_ago = time.time() - 7200
    os.utime(old, (long_ago, long_ago))
    Store.open(Settings(data_dir=tmp_path))
    assert not dead.exists()
    assert not old.exists()
    assert living.exists()


def test_what_an_earlier_process_of_the_same_number_left_is_swept(tmp_path: Path) -> None:
    """As in a container, whose processes are numbered alike after every start."""
    store = Store.open(Settings(data_dir=tmp_path))
    left = store.staging / f"object-{os.getpid()}-abc"
    left.write_text("x")
    before = time.time() - 1800
    os.utime(left, (before, before))
    Store.open(Settings(data_dir=tmp_path))
    assert not left.exists()


def test_an_object_is_named_by_its_hash_and_kept_once(tmp_path: Path) -> None:
    staging = tmp_path / "staging"
    staging.mkdir()
    objects = Objects(tmp_path / "objects", staging=staging)
    source = tmp_path / "file.bin"
    source.write_bytes(b"abc")
    name = objects.put(source)
    # SHA-256 of "abc", FIPS 180-4 example.
    assert name == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert objects.put(source) == name
    assert objects.path(name).read_bytes() == b"abc"
    assert [found for found, _ in objects.names()] == [name]
    assert list(staging.iterdir()) == []


def test_a_damaged_object_is_made_whole_by_the_same_bytes(tmp_path: Path) -> None:
    staging = tmp_path / "staging"
    staging.mkdir()
    source = tmp_path / "file.bin"
    source.write_bytes(b"abc")
    for place in (str(tmp_path / "objects"), "memory://damaged-objects-of-a-test"):
        objects = Objects(place, staging=staging)
        name = objects.put(source)
        ((_, where),) = objects.names()
        objects._files.rm(where)
        with objects._files.open(where, "wb") as file:
            file.write(b"abd")
        with pytest.raises(StoreError, match="has changed"):
            objects.require_whole(name)
        assert objects.put(source) == name
        objects.require_whole(name)


def test_objects_may_stand_on_another_disk_or_one_without_second_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", refuse)
    staging = tmp_path / "staging"
    staging.mkdir()
    source = tmp_path / "file.bin"
    source.write_bytes(b"abc")
    objects = Objects(tmp_path / "objects", staging=staging)
    name = objects.put(source)
    objects.require_whole(name)
    assert [found for found, _ in objects.names()] == [name]
    assert list(staging.iterdir()) == []


def test_objects_may_stand_in_another_file_system(tmp_path: Path) -> None:
    staging = tmp_path / "staging"
    staging.mkdir()
    objects = Objects("memory://objects-of-a-test", staging=staging)
    source = tmp_path / "file.bin"
    source.write_bytes(b"abc")
    name = objects.put(source)
    assert hash_of(objects.path(name)) == name
    assert not objects.is_local


def test_a_missing_object_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is missing"):
        Objects(tmp_path, staging=tmp_path).path("0" * 64)


def test_the_content_hash_does_not_depend_on_row_order_or_ring_start() -> None:
    schema = schema_of("parks")
    one = clean_frame("parks", PARKS, SHAPES)
    other = clean_frame("parks", PARKS[::-1], SHAPES[::-1])
    turned = one.set_geometry(one.geometry.reverse())
    assert content_hash(one, schema) == content_hash(other, schema) == content_hash(turned, schema)


@pytest.mark.parametrize(
    "rows",
    [
        [{"park_id": "A", "name": "园区一"}, {"park_id": "B", "name": "园区三"}],
        [{"park_id": "A", "name": "园区一"}, {"park_id": "B"}],
        [{"park_id": "A", "name": "园区一"}, {"park_id": "B", "name": ""}],
        [{"park_id": "A", "name": "园区一"}, {"park_id": "C", "name": "园区二"}],
    ],
)
def test_the_content_hash_depends_on_every_value_and_null_is_not_empty(rows: list[dict[str, str]]) -> None:
    schema = schema_of("parks")
    hashes = {content_hash(clean_frame("parks", given, SHAPES), schema) for given in (PARKS, rows)}
    assert len(hashes) == 2


def test_text_is_hashed_in_its_composed_form() -> None:
    schema = schema_of("parks")
    composed, decomposed = (
        clean_frame("parks", [{"park_id": "A", "name": name}], SHAPES[:1]) for name in ("caf\u00e9", "cafe\u0301")
    )
    assert content_hash(composed, schema) == content_hash(decomposed, schema)


def test_an_edited_audit_row_breaks_the_chain(store: Store) -> None:
    with store.catalogue.write() as connection:
        for number in range(3):
            catalogue.append_audit(connection, who="a", action="test", layer=None, number=number, detail={})
    with store.catalogue.write() as connection:
        assert catalogue.broken_audit_rows(connection) == []
        connection.execute(catalogue.AUDIT.update().where(catalogue.AUDIT.c.id == 2).values(who="b"))
    with store.catalogue.read() as connection:
        assert catalogue.broken_audit_rows(connection) == [2]
    with store.catalogue.write() as connection:
        connection.execute(sa.delete(catalogue.AUDIT).where(catalogue.AUDIT.c.id == 2))
    with store.catalogue.read() as connection:
        assert catalogue.broken_audit_rows(connection) == [3]


def test_a_writer_that_waits_too_long_for_another_is_told(
    tmp_path: Path, database_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_WAIT_S", 1)
    one, other = (open_store(tmp_path / "data", database_url=database_url) for _ in range(2))
    with one.catalogue.write(), pytest.raises(StoreError, match="does not answer"), other.catalogue.write():
        pass
    with other.catalogue.write() as connection:
        catalogue.append_audit(connection, who="a", action="test", layer=None, number=None, detail={})


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def write_and_fail() -> None:
        with store.catalogue.write() as connection:
            catalogue.append_audit(connection, who="a", action="test", layer=None, number=None, detail={})
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write_and_fail()
    assert store.audit().empty
