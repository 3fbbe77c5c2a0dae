"""The whole store as a folder, and back. Consistent while the application runs: the catalogue is taken first."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from geodata import catalogue, entries, postgis
from geodata.errors import RefusedError, StoreError
from geodata.i18n import text
from geodata.objects import hash_of
from geodata.schema import schema_of
from geodata.store import Store

_CATALOGUE = "catalogue.json"
_OBJECTS = "objects"
_ENTERED = catalogue.ENTRY_TABLES


def write_backup(store: Store, folder: Path) -> int:
    """Write the catalogue and every object it refers to; the number of objects.

    Objects are never changed or deleted, so a catalogue taken before them never refers to one that is not copied.

    Raises
    ------
    RefusedError
        The folder is not empty.
    StoreError
        Something can't be read or written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise RefusedError(text("The folder {folder} is not empty; name a new one.", folder=folder))
    (folder / _OBJECTS).mkdir(parents=True, exist_ok=True)
    with store.catalogue.read() as connection:
        tables: dict[str, list[dict[str, Any]]] = {
            table.name: [_plain(dict(row)) for row in connection.execute(sa.select(table)).mappings()]
            for table in catalogue.METADATA.sorted_tables
        }
    names = {
        row[column] for row in tables["layer_version"] for column in ("clean_object", "upload_object") if row[column]
    }
    names |= {
        row["version"][column]
        for row in tables["request"]
        for column in ("clean_object", "upload_object")
        if row["version"].get(column)
    }
    for name in sorted(names):
        shutil.copyfile(store.objects.path(name), folder / _OBJECTS / name)
    (folder / _CATALOGUE).write_text(json.dumps(tables, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(names)


def restore_backup(store: Store, folder: Path) -> int:
    """Fill an empty store from a backup; the number of versions.

    Raises
    ------
    RefusedError
        The store is not empty, or the folder is no backup, or an object in it is damaged.
    """
    try:
        tables = json.loads((folder / _CATALOGUE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RefusedError(text("{folder} is no backup of a store.", folder=folder)) from error
    if store.versions() or any(entries.editions(store, table) for table in _ENTERED):
        raise RefusedError(text("The store is not empty; restore into a new one (LIAOHE_DATA_DIR)."))
    for path in sorted((folder / _OBJECTS).iterdir()):
        if hash_of(path) != path.name:
            raise RefusedError(text("The object {name} in the backup is damaged.", name=path.name[:12]))
        if store.objects.put(path) != path.name:
            raise StoreError(text("The object {name} could not be restored.", name=path.name[:12]))
    with store.catalogue.write() as connection:
        # A backup from before there were editions has the rows of targets and reported values without them.
        early = {} if "entry_edition" in tables else {name: tables.pop(name, []) for name in _ENTERED.values()}
        for table in catalogue.METADATA.sorted_tables:
            rows = [_typed(table, row) for row in tables.get(table.name, [])]
            if rows:
                connection.execute(table.insert(), rows)
        if catalogue.is_postgres(connection):
            _fill_postgres(store, connection, tables["layer_version"])
        for entered, name in _ENTERED.items():
            entries.keep_as_first_edition(connection, entered, early.get(name, []))
    return len(tables["layer_version"])


def _fill_postgres(store: Store, connection: sa.Connection, versions: list[dict[str, Any]]) -> None:
    """What a restored PostgreSQL needs beyond its rows: where the numbers go on, and the layers' own tables."""
    for table in catalogue.METADATA.sorted_tables:
        if (id := table.c.get("id")) is not None and isinstance(id.type, sa.BigInteger):
            last = sa.select(sa.func.coalesce(sa.func.max(id), 0) + 1).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, "id"), last, False)))
    for version in versions:
        frame = store.read_object(version["clean_object"])
        postgis.write_version(connection, schema_of(version["layer"]), version["number"], frame)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def _typed(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    from datetime import date

    return {
        name: date.fromisoformat(value) if isinstance(table.c[name].type, sa.Date) and value else value
        for name, value in row.items()
    }
