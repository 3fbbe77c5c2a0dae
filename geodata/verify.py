"""Whether the store is what the catalogue says: every object present and unchanged, the audit list unbroken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet
import sqlalchemy as sa

from geodata import catalogue, entries, postgis
from geodata.catalogue import Version
from geodata.errors import StoreError
from geodata.i18n import Language, Text, text
from geodata.objects import is_object_name
from geodata.store import Store


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be."""

    kind: str
    """`missing`, `changed`, `extra`, `staging`, `audit` or `count`."""
    what: str
    message: Text

    def to_json(self, language: Language) -> dict[str, Any]:
        """The entry of the command line's `verify`."""
        return {"kind": self.kind, "what": self.what, "message": self.message.in_(language)}


def verify(store: Store) -> list[Problem]:
    """Hash every object again, walk the audit list, compare counts; names what is missing, changed or left over."""
    versions = store.versions()
    referred: dict[str, str] = {}
    for version in versions:
        for name in (version.clean_object, version.upload_object):
            if name:
                referred.setdefault(name, f"{version.layer} {version.number}")
    with store.catalogue.read() as connection:
        for row in connection.execute(catalogue.REQUEST.select()).mappings():
            for name in ("clean_object", "upload_object"):
                if row["version"].get(name):
                    referred.setdefault(row["version"][name], f"request {row['id']}")
        broken = catalogue.broken_audit_rows(connection)
        recorded = catalogue.audited_versions(connection)
        tables = postgis.count_features(connection) if catalogue.is_postgres(connection) else None
        of_entries = _of_entries(connection)
    problems: list[Problem] = []
    present: set[str] = set()
    for name, where in store.objects.names():
        present.add(name)
        if name not in referred:
            problems.append(Problem("extra", where, text("This file belongs to no version; it does no harm.")))
        elif is_object_name(name) and store.objects.hash_at(where) != name:
            problems.append(
                Problem(
                    "changed",
                    name,
                    text(
                        "The object of {version} has changed on disk; restore it from a backup.", version=referred[name]
                    ),
                )
            )
    problems.extend(
        Problem("missing", name, text("The object of {version} is missing; restore it from a backup.", version=version))
        for name, version in referred.items()
        if name not in present
    )
    damaged = {problem.what for problem in problems if problem.kind in ("changed", "missing")}
    for version in versions:
        if version.clean_object in damaged:
            continue
        try:
            rows = pyarrow.parquet.read_metadata(store.objects.path(version.clean_object)).num_rows
        except (StoreError, OSError, ValueError):
            rows = -1
        if rows != version.features:
            problems.append(
                Problem(
                    "count",
                    f"{version.layer} {version.number}",
                    text(
                        "The version should have {count} features; its object has {rows}.",
                        count=version.features,
                        rows=rows,
                    ),
                )
            )
    if tables is not None:
        problems.extend(_of_tables(versions, tables))
    problems.extend(
        Problem("audit", str(row), text("Row {row} of the audit list was changed or its predecessor removed.", row=row))
        for row in broken
    )
    problems.extend(_of_records(versions, recorded))
    problems.extend(of_entries)
    problems.extend(
        Problem("staging", path.name, text("Left over from a stopped process; swept at the next start."))
        for path in store.left_in_staging()
    )
    return problems


def _of_tables(versions: list[Version], tables: Mapping[tuple[str, int], int]) -> list[Problem]:
    """Versions whose rows in PostGIS are not as many as their features, and rows of no version."""
    wanted = {(version.layer, version.number): version.features for version in versions}
    return [
        Problem(
            "count",
            f"layer_{layer} {number}",
            text(
                "Version {number} of layer “{layer}” should have {count} features; its PostGIS table has {rows}.",
                number=number,
                layer=layer,
                count=wanted.get((layer, number), 0),
                rows=tables.get((layer, number), 0),
            ),
        )
        for layer, number in sorted(wanted.keys() | tables.keys())
        if wanted.get((layer, number), 0) != tables.get((layer, number), 0)
    ]


def _of_records(versions: list[Version], recorded: Mapping[tuple[str, int], Mapping[str, Any]]) -> list[Problem]:
    """Versions of which catalogue and audit list do not say the same."""
    present = {(version.layer, version.number): catalogue.audited(version) for version in versions}
    return [
        Problem(
            "audit",
            f"{layer} {number}",
            text(
                "Catalogue and audit list do not say the same of version {number} of layer “{layer}”: one of them was"
                " changed.",
                number=number,
                layer=layer,
            ),
        )
        for layer, number in sorted(present.keys() | recorded.keys())
        if present.get((layer, number)) != recorded.get((layer, number))
    ]


def _of_entries(connection: sa.Connection) -> list[Problem]:
    """Editions of targets and reported values that their rows, or the audit list, say otherwise of."""
    problems = []
    present: dict[tuple[str, int], dict[str, Any]] = {}
    for counted in entries.recount(connection):
        edition = counted.edition
        present[edition.table, edition.number] = entries.audited(edition)
        what = f"{edition.table} {edition.number}"
        if counted.rows != edition.rows:
            message = text(
                "Edition {number} of “{table}” should have {count} entries; its rows give {rows}.",
                number=edition.number,
                table=edition.table,
                count=edition.rows,
                rows=counted.rows,
            )
            problems.append(Problem("count", what, message))
        elif counted.content_hash != edition.content_hash:
            message = text(
                "The rows of edition {number} of “{table}” were changed after it was saved; restore the catalogue from"
                " a backup.",
                number=edition.number,
                table=edition.table,
            )
            problems.append(Problem("changed", what, message))
    for (table, number), rows in entries.rows_of_no_edition(connection).items():
        message = text("{rows} rows of “{table}” belong to no edition.", rows=rows, table=table)
        problems.append(Problem("count", f"{table} {number}", message))
    recorded = catalogue.audited_editions(connection)
    problems.extend(
        Problem(
            "audit",
            f"{table} {number}",
            text(
                "Catalogue and audit list do not say the same of edition {number} of “{table}”: one of them was"
                " changed.",
                number=number,
                table=table,
            ),
        )
        for table, number in sorted(present.keys() | recorded.keys())
        if present.get((table, number)) != recorded.get((table, number))
    )
    return problems


def is_ok(problems: list[Problem]) -> bool:
    """Whether nothing is wrong; what is only left over in staging is swept by itself."""
    return all(problem.kind == "staging" for problem in problems)
