"""Targets and reported values: the two tables that people enter, kept in editions as layers are in versions.

A save writes the rows that it adds, changes or withdraws under the number of a new edition; nothing is ever changed or
deleted. The table at edition n is, for each key, its row of the latest edition up to n, without those withdrawn.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any, cast

import pandas as pd
import sqlalchemy as sa

from geodata import catalogue
from geodata.catalogue import ENTRY_EDITION, REPORTED, TARGET, EntryTable
from geodata.entry_check import check_entries
from geodata.entry_files import read_entries, template, to_csv, to_xlsx
from geodata.errors import RefusedError, UnknownVersionError
from geodata.findings import Finding, Severity, found
from geodata.i18n import text
from geodata.indicators import Reported, Target
from geodata.publish import BaseChangedError, FindingsError, NoChangeError
from geodata.store import Store

__all__ = [
    "Changes",
    "Edition",
    "EntryTable",
    "changes",
    "check_entries",
    "edition_json",
    "editions",
    "entry_frame",
    "read_entries",
    "read_reported",
    "read_targets",
    "refusal",
    "restore",
    "rows_json",
    "save",
    "template",
    "to_csv",
    "to_xlsx",
]

Entry = Target | Reported
Key = tuple[str, date]
Entries = dict[Key, Entry]
"""A table: key → entry, in the order of the keys."""

_KEPT_AS: dict[EntryTable, tuple[sa.Table, type[Entry]]] = {
    "targets": (TARGET, Target),
    "reported": (REPORTED, Reported),
}
_MIGRATED_BY = "migration"


@dataclass(frozen=True)
class Edition:
    """One edition of a table; it is never changed."""

    table: EntryTable
    number: int
    by: str
    at: datetime
    note: str
    rows: int
    """How many entries the table has."""
    content_hash: str
    """Of the table's entries; the same for the same entries."""
    illustrative: bool
    """Whether any entry is illustrative."""

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {**asdict(self), "at": self.at.isoformat()}


@dataclass(frozen=True)
class Changes:
    """How many entries differ between two editions."""

    added: int
    changed: int
    removed: int
    unchanged: int


# --- reading ---------------------------------------------------------------------------------------------------------


def read_targets(store: Store, edition: int | None = None) -> list[Target]:
    """The targets at an edition, or now, by indicator and day.

    Raises
    ------
    UnknownVersionError
        There is no such edition.
    """
    return cast("list[Target]", list(_entries(store, "targets", edition).values()))


def read_reported(store: Store, edition: int | None = None) -> list[Reported]:
    """The reported values at an edition, or now, by name and day; errors as `read_targets`."""
    return cast("list[Reported]", list(_entries(store, "reported", edition).values()))


def entry_frame(store: Store, table: EntryTable, edition: int | None = None) -> pd.DataFrame:
    """A table at an edition, or now: its columns (`entry_check.SCHEMAS`), then `illustrative`."""
    kind = _KEPT_AS[table][1]
    entries = _entries(store, table, edition).values()
    frame = pd.DataFrame([asdict(entry) for entry in entries], columns=[field.name for field in fields(kind)])
    day = frame.columns[1]
    frame[day] = pd.to_datetime(frame[day]).astype("datetime64[s]")
    texts = [name for name in frame.columns if name not in (day, "value", "illustrative")]
    return frame.astype(dict.fromkeys(texts, "str") | {"value": "float64", "illustrative": "bool"})


def editions(store: Store, table: EntryTable) -> list[Edition]:
    """Every edition of a table, the oldest first."""
    with store.catalogue.read() as connection:
        return [edition for edition in _editions(connection) if edition.table == table]


def changes(store: Store, table: EntryTable, number: int) -> Changes:
    """What an edition changed of the one before; errors as `read_targets`."""
    with store.catalogue.read() as connection:
        return compare(_at(connection, table, number - 1), _at(connection, table, _known(connection, table, number)))


def compare(old: Entries, new: Entries) -> Changes:
    """How many entries of two tables differ."""
    both = old.keys() & new.keys()
    changed = sum(old[key] != new[key] for key in both)
    return Changes(len(new.keys() - both), changed, len(old.keys() - both), len(both) - changed)


# --- writing ---------------------------------------------------------------------------------------------------------


def save(
    store: Store,
    table: EntryTable,
    frame: pd.DataFrame,
    *,
    by: str,
    note: str = "",
    base: int | None = None,
    replace: bool = False,
    illustrative: bool = False,
) -> Edition:
    """Put entries into a table as a new edition.

    An entry takes the place of the one with its key; one whose value is empty withdraws it; a column that the frame
    does not have keeps what it said. An entry over an illustrative one is real once it names another source.

    Parameters
    ----------
    frame : as `check_entries` takes it
    base : number of the edition that the frame was made from, 0 for none; refused when another is current
    replace : the frame is the whole table; what it does not name is withdrawn

    Raises
    ------
    FindingsError
        Errors stand in the frame.
    BaseChangedError, NoChangeError
        Somebody saved another edition meanwhile, or there is nothing to save.
    StoreError
        It could not be written; nothing was changed.
    """
    entries, findings = check_entries(frame, table)
    if entries is None:
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        raise FindingsError(
            text("The table has {count} errors and was not saved; see the findings.", count=len(errors)), errors
        )
    return _append(
        store,
        table,
        lambda present: merged(present, entries, table, whole=replace, illustrative=illustrative),
        by=by,
        note=note,
        base=base,
        action="save",
    )


def restore(store: Store, table: EntryTable, number: int, *, by: str, note: str = "") -> Edition:
    """Make an earlier edition's table current again, as a new edition.

    Raises
    ------
    UnknownVersionError
        There is no such edition.
    NoChangeError
        The table is as it was then.
    """
    with store.catalogue.read() as connection:
        then = _at(connection, table, _known(connection, table, number))
    return _append(store, table, lambda _: then, by=by, note=note, base=None, action="restore")


def merged(
    present: Entries, given: pd.DataFrame, table: EntryTable, *, whole: bool = False, illustrative: bool = False
) -> Entries:
    """A table with the entries of a checked frame put in; `whole` leaves only these."""
    kind = _KEPT_AS[table][1]
    entries = {} if whole else dict(present)
    for row in given.to_dict("records"):
        told: dict[str, Any] = {str(name): value for name, value in row.items()}
        name, day = list(told)[:2]
        told[day] = told[day].date()
        told["value"] += 0.0  # no -0: SQLite keeps none
        key = (told[name], told[day])
        if math.isnan(told["value"]):
            entries.pop(key, None)
            continue
        old = present.get(key)
        # What the sample says of its source is nothing that holds for a value somebody enters without one.
        kept = asdict(old) if old is not None and (not old.illustrative or illustrative) else {}
        entry = kind(**{**kept, **told, "illustrative": illustrative})
        if old is not None and old.illustrative and entry.source == old.source:
            entry = replace(entry, illustrative=True)
        entries[key] = entry
    return dict(sorted(entries.items()))


def _append(
    store: Store,
    table: EntryTable,
    change: Callable[[Entries], Entries],
    *,
    by: str,
    note: str,
    base: int | None,
    action: str,
) -> Edition:
    """Write a changed table as its next edition, with its row of the audit list: all or nothing."""
    if not by.strip():
        raise RefusedError(text("Say who does it: the name is empty."))
    with store.catalogue.write() as connection:
        current = _current(connection, table)
        if base is not None and base != current:
            raise BaseChangedError(
                text(
                    "The table has moved on: edition {current} is current, yours was made from edition {base}. Take the"
                    " current one and enter your changes again.",
                    current=current,
                    base=base,
                )
            )
        present = _at(connection, table, current)
        wanted = change(present)
        if wanted == present:
            raise NoChangeError(text("Nothing changes: the table holds exactly this."))
        return _write(connection, table, current + 1, present, wanted, by=by.strip(), note=note, action=action)


def _write(
    connection: sa.Connection,
    table: EntryTable,
    number: int,
    present: Entries,
    wanted: Entries,
    *,
    by: str,
    note: str,
    action: str,
) -> Edition:
    edition = Edition(
        table=table,
        number=number,
        by=by,
        at=catalogue.now(),
        note=note,
        rows=len(wanted),
        content_hash=content_hash(wanted),
        illustrative=any(entry.illustrative for entry in wanted.values()),
    )
    written = [entry for key, entry in wanted.items() if present.get(key) != entry]
    withdrawn = [entry for key, entry in present.items() if key not in wanted]
    rows = [asdict(entry) | {"edition": number} for entry in written]
    rows += [asdict(entry) | {"edition": number, "value": None} for entry in withdrawn]
    if rows:
        connection.execute(_KEPT_AS[table][0].insert(), rows)
    connection.execute(ENTRY_EDITION.insert().values(**edition.to_json()))
    catalogue.append_audit(
        connection,
        who=by,
        action=action,
        layer=table,
        number=number,
        detail=audited(edition) | {"diff": asdict(compare(present, wanted))},
    )
    return edition


def keep_as_first_edition(connection: sa.Connection, table: EntryTable, rows: Iterable[Mapping[Any, Any]]) -> None:
    """Keep rows of a table from before there were editions as its first; of several for a key the last."""
    kind = _KEPT_AS[table][1]
    names = [field.name for field in fields(kind)]
    kept: Entries = {}
    for row in rows:
        told = {name: row[name] for name in names if name in row}
        day = told[names[1]]
        told[names[1]] = date.fromisoformat(day) if isinstance(day, str) else day
        kept[told[names[0]], told[names[1]]] = kind(**told)
    if kept:
        wanted = dict(sorted(kept.items()))
        _write(connection, table, 1, {}, wanted, by=_MIGRATED_BY, note="", action="save")


# --- rows ------------------------------------------------------------------------------------------------------------


def content_hash(entries: Entries) -> str:
    """SHA-256 over the entries by key, each with its values and its mark."""
    rows = [list(_plain(entry).values()) for _, entry in sorted(entries.items())]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def audited(edition: Edition) -> dict[str, Any]:
    """What the audit list says of an edition."""
    return {name: getattr(edition, name) for name in catalogue.AUDITED_OF_ENTRIES}


def _entries(store: Store, table: EntryTable, number: int | None) -> Entries:
    with store.catalogue.read() as connection:
        wanted = _current(connection, table) if number is None else _known(connection, table, number)
        return _at(connection, table, wanted)


def _current(connection: sa.Connection, table: EntryTable) -> int:
    """Number of the latest edition; 0 while there is none."""
    latest = sa.select(sa.func.max(ENTRY_EDITION.c.number)).where(ENTRY_EDITION.c.table == table)
    return int(connection.execute(latest).scalar() or 0)


def _known(connection: sa.Connection, table: EntryTable, number: int) -> int:
    if 1 <= number <= _current(connection, table):
        return number
    raise UnknownVersionError(text("The table “{table}” has no edition {number}.", table=table, number=number))


def _editions(connection: sa.Connection) -> list[Edition]:
    query = sa.select(ENTRY_EDITION).order_by(ENTRY_EDITION.c.table, ENTRY_EDITION.c.number)
    rows = connection.execute(query).mappings()
    return [Edition(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in rows]


def _at(connection: sa.Connection, table: EntryTable, number: int) -> Entries:
    """The table at an edition, put together from the rows of all up to it."""
    stored = _KEPT_AS[table][0]
    entries: Entries = {}
    query = sa.select(stored).where(stored.c.edition <= number).order_by(stored.c.edition)
    for row in connection.execute(query).mappings():
        _apply(entries, table, row)
    return dict(sorted(entries.items()))


def _apply(entries: Entries, table: EntryTable, row: Mapping[Any, Any]) -> None:
    """Put a row of an edition into the table as the editions before left it."""
    values = {name: value for name, value in row.items() if name != "edition"}
    name, day = list(values)[:2]
    key = (values[name], values[day])
    if values["value"] is None:
        entries.pop(key, None)
    else:
        entries[key] = _KEPT_AS[table][1](**values)


# --- what the command line prints ------------------------------------------------------------------------------------


def rows_json(store: Store, table: EntryTable) -> list[dict[str, Any]]:
    """The entries of a table as it is now."""
    return [_plain(entry) for entry in _entries(store, table, None).values()]


def edition_json(store: Store, table: EntryTable, number: int | None) -> dict[str, Any]:
    """An edition and what it changed; without a number the table as it is, unchanged."""
    if number is not None:
        made = next(edition for edition in editions(store, table) if edition.number == number)
        return {"table": table, "edition": number, "rows": made.rows, **asdict(changes(store, table, number))}
    with store.catalogue.read() as connection:
        current = _current(connection, table)
        rows = len(_at(connection, table, current))
    return {"table": table, "edition": current, "rows": rows, **asdict(Changes(0, 0, 0, unchanged=rows))}


def refusal(error: RefusedError) -> list[Finding]:
    """Why a save was refused, where the findings of the frame do not say it."""
    codes = {BaseChangedError: "BASE_CHANGED", NoChangeError: "NO_CHANGE"}
    return [found(codes[type(error)], error.message)] if type(error) in codes else []


def _plain(entry: Entry) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(entry).items()}


# --- verifying -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recount:
    """An edition beside what its rows say."""

    edition: Edition
    rows: int
    content_hash: str


def recount(connection: sa.Connection) -> list[Recount]:
    """Every edition of both tables, put together anew from the rows."""
    return [counted for table in _KEPT_AS for counted in _recount(connection, table)]


def rows_of_no_edition(connection: sa.Connection) -> dict[tuple[str, int], int]:
    """(table, number) → rows under the number of an edition that there is none of."""
    known = {(edition.table, edition.number) for edition in _editions(connection)}
    counts = {
        (table, number): count
        for table, (stored, _) in _KEPT_AS.items()
        for number, count in connection.execute(sa.select(stored.c.edition, sa.func.count()).group_by(stored.c.edition))
    }
    return {key: count for key, count in counts.items() if key not in known}


def _recount(connection: sa.Connection, table: EntryTable) -> list[Recount]:
    stored = _KEPT_AS[table][0]
    by_edition: dict[int, list[Mapping[Any, Any]]] = {}
    for row in connection.execute(sa.select(stored)).mappings():
        by_edition.setdefault(row["edition"], []).append(row)
    entries: Entries = {}
    counted = []
    for edition in _editions(connection):
        if edition.table == table:
            for written in by_edition.get(edition.number, []):
                _apply(entries, table, written)
            counted.append(Recount(edition, len(entries), content_hash(entries)))
    return counted
