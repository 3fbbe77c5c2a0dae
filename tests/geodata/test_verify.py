"""Verify finds and names every damage to a store, one at a time, and nothing in a whole one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from geodata.catalogue import AUDIT, ENTRY_EDITION, LAYER_VERSION, REPORTED, TARGET, Version
from geodata.entries import read_targets, save
from geodata.publish import publish, rollback
from geodata.sample.entries import build_reported, build_targets
from geodata.store import Store
from geodata.verify import is_ok, verify
from tests.geodata.publishing import flip_a_byte, held, open_store, renamed


@pytest.fixture
def store(tmp_path: Path, database_url: str | None) -> Store:
    return open_store(tmp_path / "data", database_url=database_url)


@pytest.fixture
def versions(store: Store, tmp_path: Path) -> list[Version]:
    """Two versions and a rollback to the first."""
    for name in ("一", "二"):
        publish(store, held(store, tmp_path / name, renamed(name)), by="张三")
    rollback(store, "parks", 1, by="张三")
    return store.versions("parks")


def problems(store: Store) -> set[tuple[str, str]]:
    return {(problem.kind, Path(problem.what).name) for problem in verify(store)}


@pytest.mark.usefixtures("versions")
def test_nothing_is_found_in_a_whole_store(store: Store) -> None:
    assert verify(store) == []


@pytest.mark.parametrize("which", ["clean_object", "upload_object"])
def test_one_flipped_byte_is_found_and_named(store: Store, versions: list[Version], which: str) -> None:
    name = getattr(versions[1], which)
    flip_a_byte(store.objects.path(name))
    assert problems(store) == {("changed", name)}


@pytest.mark.parametrize("which", ["clean_object", "upload_object"])
def test_one_missing_file_is_found_and_named(store: Store, versions: list[Version], which: str) -> None:
    name = getattr(versions[1], which)
    store.objects.path(name).unlink()
    assert problems(store) == {("missing", name)}


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize("name", ["note.txt", "0" * 64])
def test_one_extra_file_is_found_and_named(store: Store, name: str) -> None:
    (store.folder / "objects" / name).write_text("x")
    assert problems(store) == {("extra", name)}
    assert not is_ok(verify(store))


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize(
    "edit",
    [
        {"who": "李四"},
        {"at": "2018-01-01T00:00:00+00:00"},
        {"action": "rollback"},
        {"layer": "roads"},
        {"number": 7},
        {"detail": "{}"},
        {"detail": "no JSON"},
        {"previous": "0" * 63 + "1"},
        {"hash": "0" * 64},
    ],
    ids=str,
)
def test_one_edited_audit_row_is_found_and_named(store: Store, edit: dict[str, Any]) -> None:
    with store.catalogue.write() as connection:
        connection.execute(AUDIT.update().where(AUDIT.c.id == 2).values(**edit))
    found = problems(store)
    assert ("audit", "2") in found
    assert {kind for kind, _ in found} == {"audit"}


@pytest.mark.usefixtures("versions")
def test_a_removed_audit_row_is_found_by_the_one_after(store: Store) -> None:
    with store.catalogue.write() as connection:
        connection.execute(sa.delete(AUDIT).where(AUDIT.c.id == 2))
    assert problems(store) == {("audit", "3"), ("audit", "parks 2")}


@pytest.mark.usefixtures("versions")
def test_a_removed_last_audit_row_is_found_by_its_version(store: Store) -> None:
    with store.catalogue.write() as connection:
        connection.execute(sa.delete(AUDIT).where(AUDIT.c.id == 3))
    assert problems(store) == {("audit", "parks 3")}


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize(
    "edit",
    [
        {"by": "李四"},
        {"note": "x"},
        {"data_date": date(2018, 1, 1)},
        {"content_hash": "0" * 64},
        {"illustrative": True},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_an_edited_version_is_found_and_named(store: Store, edit: dict[str, Any]) -> None:
    with store.catalogue.write() as connection:
        connection.execute(LAYER_VERSION.update().where(LAYER_VERSION.c.number == 2).values(**edit))
    assert problems(store) == {("audit", "parks 2")}


@pytest.mark.usefixtures("versions")
def test_a_wrong_count_of_features_is_found_and_named(store: Store) -> None:
    with store.catalogue.write() as connection:
        connection.execute(LAYER_VERSION.update().where(LAYER_VERSION.c.number == 2).values(features=11))
    assert ("count", "parks 2") in problems(store)


@pytest.fixture
def entered(store: Store) -> None:
    """Two editions of the targets, in the second of which one was withdrawn, and the sample's reported values."""
    targets = build_targets()
    save(store, "targets", targets, by="张三")
    save(store, "targets", targets.iloc[[1]].assign(value=None), by="张三")
    save(store, "reported", build_reported(), by="张三", illustrative=True)


@pytest.mark.usefixtures("entered")
def test_nothing_is_found_in_whole_tables(store: Store) -> None:
    assert verify(store) == []


@pytest.mark.usefixtures("entered")
@pytest.mark.parametrize(
    "edit",
    [{"value": 1.0}, {"unit": "km"}, {"source": "x"}, {"illustrative": True}, {"due_on": date(2018, 1, 1)}],
    ids=lambda edit: next(iter(edit)),
)
def test_an_edited_target_is_found_in_every_edition_that_holds_it(store: Store, edit: dict[str, Any]) -> None:
    which = (TARGET.c.indicator == "district.area_km2") & (TARGET.c.due_on == date(2020, 12, 31))
    with store.catalogue.write() as connection:
        connection.execute(TARGET.update().where(which).values(**edit))
    assert problems(store) == {("changed", "targets 1"), ("changed", "targets 2")}


@pytest.mark.usefixtures("entered")
def test_a_removed_reported_value_is_found_by_the_count(store: Store) -> None:
    with store.catalogue.write() as connection:
        connection.execute(
            sa.delete(REPORTED).where(REPORTED.c.name == "常住人口", REPORTED.c.as_of < date(2019, 1, 1))
        )
    assert problems(store) == {("count", "reported 1")}


@pytest.mark.usefixtures("entered")
def test_a_row_of_no_edition_is_found_and_is_no_entry(store: Store) -> None:
    before = read_targets(store)
    with store.catalogue.write() as connection:
        connection.execute(TARGET.update().where(TARGET.c.edition == 2).values(edition=9, value=5.0))
    assert problems(store) == {("count", "targets 9"), ("count", "targets 2")}
    assert before != read_targets(store) == read_targets(store, 1)


@pytest.mark.usefixtures("entered")
@pytest.mark.parametrize(
    ("edit", "kinds"),
    [
        ({"by": "李四"}, {"audit"}),
        ({"note": "x"}, {"audit"}),
        ({"illustrative": True}, {"audit"}),
        ({"content_hash": "0" * 64}, {"audit", "changed"}),
        ({"rows": 3}, {"audit", "count"}),
    ],
    ids=lambda value: "+".join(sorted(value)),
)
def test_an_edited_edition_is_found_and_named(store: Store, edit: dict[str, Any], kinds: set[str]) -> None:
    which = (ENTRY_EDITION.c.table == "targets") & (ENTRY_EDITION.c.number == 2)
    with store.catalogue.write() as connection:
        connection.execute(ENTRY_EDITION.update().where(which).values(**edit))
    assert problems(store) == {(kind, "targets 2") for kind in kinds}


@pytest.mark.usefixtures("entered")
def test_a_removed_edition_is_found_by_the_audit_list(store: Store) -> None:
    with store.catalogue.write() as connection:
        connection.execute(sa.delete(ENTRY_EDITION).where(ENTRY_EDITION.c.table == "reported"))
    assert problems(store) == {("audit", "reported 1"), ("count", "reported 1")}


@pytest.mark.usefixtures("versions")
def test_what_is_left_in_staging_is_named_and_no_damage(store: Store) -> None:
    (store.staging / "object-999999999-abc").write_text("x")
    assert problems(store) == {("staging", "object-999999999-abc")}
    assert is_ok(verify(store))
