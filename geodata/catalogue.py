"""The catalogue: which versions there are, which is current, who did what (DESIGN §4). On SQLite or PostgreSQL."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from geodata.errors import GeodataError, StoreError
from geodata.i18n import text

HEAD = "0005"
"""The newest migration; a catalogue that says so is opened without Alembic."""
_MIGRATIONS = Path(__file__).parent / "migrations"
_POSTGRES = re.compile(r"^postgres(ql)?(\+psycopg)?://")
_WRITE_LOCK = 0x11A0
_WAIT_S = 30
"""How long a writer waits for another, and a connection for the server."""
_FIRST_HASH = "0" * 64
AUDITED = ("clean_object", "upload_object", "content_hash", "features", "by", "note", "illustrative")
"""What the audit list says of a version beside its layer, number and data date, so that a later edit shows."""
EntryTable = Literal["targets", "reported"]
ENTRY_TABLES: dict[EntryTable, str] = {"targets": "target", "reported": "reported"}
"""The tables that people enter, as the audit list names them in the place of a layer → where their rows stand."""
AUDITED_OF_ENTRIES = ("content_hash", "rows", "by", "note", "illustrative")
"""What the audit list says of an edition of such a table beside its number."""

METADATA = sa.MetaData()
_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

LAYER_VERSION = sa.Table(
    "layer_version",
    METADATA,
    sa.Column("layer", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("parent", sa.Integer),
    sa.Column("clean_object", sa.String(64), nullable=False),
    sa.Column("upload_object", sa.String(64)),
    sa.Column("upload_name", sa.Text),
    sa.Column("features", sa.Integer, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("crs", sa.Text),
    sa.Column("encoding", sa.Text),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("data_date", sa.Date, nullable=False),
    sa.Column("illustrative", sa.Boolean, nullable=False),
    sa.Column("decisions", sa.JSON, nullable=False),
    sa.Column("idempotency_key", sa.String(64), unique=True),
)
CURRENT = sa.Table(
    "current",
    METADATA,
    sa.Column("layer", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)
REQUEST = sa.Table(
    "request",
    METADATA,
    sa.Column("id", _Id, primary_key=True, autoincrement=True),
    sa.Column("layer", sa.String(64), nullable=False),
    sa.Column("base", sa.Integer),
    sa.Column("version", sa.JSON, nullable=False),
    sa.Column("diff", sa.JSON, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", sa.String(32)),
)
DRAFT = sa.Table(
    "draft",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("owner", sa.Text, nullable=False, index=True),
    sa.Column("layer", sa.String(64), nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("choices", sa.Text, nullable=False),
    sa.Column("used_at", sa.String(32), nullable=False),
)
AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("id", _Id, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("layer", sa.String(64)),
    sa.Column("number", sa.Integer),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
SCENE = sa.Table(
    "scene",
    METADATA,
    sa.Column("id", _Id, primary_key=True, autoincrement=True),
    sa.Column("story", sa.Text, nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
)
ENTRY_EDITION = sa.Table(
    "entry_edition",
    METADATA,
    sa.Column("table", sa.String(16), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("illustrative", sa.Boolean, nullable=False),
)
TARGET = sa.Table(
    "target",
    METADATA,
    sa.Column("indicator", sa.String(128), primary_key=True),
    sa.Column("due_on", sa.Date, primary_key=True),
    sa.Column("edition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", sa.Float),
    sa.Column("unit", sa.String(32), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("illustrative", sa.Boolean, nullable=False),
)
REPORTED = sa.Table(
    "reported",
    METADATA,
    sa.Column("name", sa.String(128), primary_key=True),
    sa.Column("as_of", sa.Date, primary_key=True),
    sa.Column("edition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", sa.Float),
    sa.Column("unit", sa.String(32), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("illustrative", sa.Boolean, nullable=False),
)
BOOKMARK = sa.Table(
    "bookmark",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.JSON, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.UniqueConstraint("owner", "name"),
)
STORY = sa.Table(
    "story",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("public", sa.Boolean, nullable=False),
    sa.Column("edition", sa.Integer, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
)
ACCOUNT = sa.Table(
    "account",
    METADATA,
    sa.Column("name", sa.String(128), primary_key=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
)


@dataclass(frozen=True)
class Version:
    """One published version of a layer. It is never changed; `current` says how it stood when it was read."""

    layer: str
    number: int
    parent: int | None
    features: int
    content_hash: str
    by: str
    at: datetime
    note: str
    data_date: date
    illustrative: bool
    current: bool
    clean_object: str
    upload_object: str | None
    upload_name: str | None
    crs: str | None
    encoding: str | None
    decisions: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def to_json(self) -> dict[str, Any]:
        """The entry of the command line's `versions`."""
        return {
            "layer": self.layer,
            "number": self.number,
            "parent": self.parent,
            "features": self.features,
            "content_hash": self.content_hash,
            "by": self.by,
            "at": self.at.isoformat(),
            "note": self.note,
            "data_date": self.data_date.isoformat(),
            "current": self.current,
        }


class UnsureError(StoreError):
    """The database failed while it committed: the change was kept wholly, or not at all."""


class Catalogue:
    """The catalogue's database.

    Raises
    ------
    StoreError
        By every method: the database does not answer, is locked for too long or is damaged.
    """

    def __init__(self, url: str) -> None:
        with _told():
            self._engine = _open_postgres(url) if _POSTGRES.match(url) else _open_sqlite(url)
            try:
                self._migrate()
            except BaseException:
                self.close()
                raise

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one consistent snapshot."""
        with _told(), self._engine.connect() as connection:
            if is_postgres(connection):
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction, the only one that writes at a time; it commits at the end and rolls back on any error.

        Raises
        ------
        UnsureError
            The database failed while it committed; nobody can tell whether the change was kept.
        """
        with (
            _told(),
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin() as transaction,
        ):
            if is_postgres(connection):
                _wait_for_writers(connection)
            yield connection
            with _unsure():
                transaction.commit()

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _migrate(self) -> None:
        with self._engine.connect() as connection:
            if sa.inspect(connection).has_table("alembic_version"):
                at = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
                if at == HEAD:
                    return
        from alembic import command  # dear to import, and needed only when a catalogue is made or moved on
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        with self.write() as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, HEAD)
            except CommandError as error:
                raise StoreError(
                    text(
                        "The catalogue of the store was made by a newer release than this one; install that release."
                        " Nothing was changed."
                    )
                ) from error


def now() -> datetime:
    """The time that versions and audit rows carry: UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def select_versions() -> sa.Select[Any]:
    """Every version with whether it is current."""
    is_current = sa.and_(CURRENT.c.layer == LAYER_VERSION.c.layer, CURRENT.c.number == LAYER_VERSION.c.number)
    return sa.select(LAYER_VERSION, CURRENT.c.number.is_not(None).label("is_current")).select_from(
        LAYER_VERSION.outerjoin(CURRENT, is_current)
    )


def to_version(row: sa.Row[Any]) -> Version:
    """A row of `select_versions` as a version."""
    values = dict(row._mapping)
    values.pop("idempotency_key")
    values["current"] = bool(values.pop("is_current"))
    values["at"] = datetime.fromisoformat(values["at"])
    return Version(**values)


def append_audit(
    connection: sa.Connection,
    *,
    who: str,
    action: str,
    layer: str | None,
    number: int | None,
    detail: Mapping[str, Any],
) -> None:
    """Add a row to the audit list; it carries the hash of the row before."""
    last = connection.execute(sa.select(AUDIT.c.hash).order_by(AUDIT.c.id.desc()).limit(1)).scalar()
    row: dict[str, Any] = {
        "at": now().isoformat(),
        "who": who,
        "action": action,
        "layer": layer,
        "number": number,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        "previous": last or _FIRST_HASH,
    }
    connection.execute(AUDIT.insert().values(**row, hash=audit_hash(row)))


def audit_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 of an audit row's words and of the hash before it."""
    words = [row[name] for name in ("at", "who", "action", "layer", "number", "detail", "previous")]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def audited(version: Version) -> dict[str, Any]:
    """What the audit list says of a version."""
    return {name: getattr(version, name) for name in AUDITED} | {"data_date": version.data_date.isoformat()}


def audited_versions(connection: sa.Connection) -> dict[tuple[str, int], dict[str, Any]]:
    """What the audit list says of each version: (layer, number) → as `audited`."""
    return _audited(connection, AUDIT.c.layer.not_in(ENTRY_TABLES), (*AUDITED, "data_date"))


def audited_editions(connection: sa.Connection) -> dict[tuple[str, int], dict[str, Any]]:
    """What the audit list says of each edition of the entered tables: (table, number) → `AUDITED_OF_ENTRIES`."""
    return _audited(connection, AUDIT.c.layer.in_(ENTRY_TABLES), AUDITED_OF_ENTRIES)


def _audited(
    connection: sa.Connection, which: sa.ColumnElement[bool], names: tuple[str, ...]
) -> dict[tuple[str, int], dict[str, Any]]:
    found = {}
    for row in connection.execute(sa.select(AUDIT).where(AUDIT.c.number.is_not(None), which).order_by(AUDIT.c.id)):
        try:
            detail = dict(json.loads(row.detail))
        except (TypeError, ValueError):  # edited by hand, which `broken_audit_rows` tells
            detail = {}
        found[row.layer, row.number] = {name: detail.get(name) for name in names}
    return found


def broken_audit_rows(connection: sa.Connection) -> list[int]:
    """Ids of audit rows whose hash, or whose tie to the row before, does not hold."""
    broken, previous = [], _FIRST_HASH
    for row in connection.execute(sa.select(AUDIT).order_by(AUDIT.c.id)).mappings():
        if row["previous"] != previous or row["hash"] != audit_hash(dict(row)):
            broken.append(int(row["id"]))
        previous = row["hash"]
    return broken


def is_postgres(connection: sa.Connection) -> bool:
    """Whether the catalogue is PostgreSQL, with PostGIS; else it is SQLite."""
    return connection.dialect.name == "postgresql"


def _open_postgres(url: str) -> sa.Engine:
    """Connections by the one driver for PostgreSQL that comes with the application."""
    return sa.create_engine(
        _POSTGRES.sub("postgresql+psycopg://", url),
        pool_pre_ping=True,  # the server may have been restarted since
        connect_args={"connect_timeout": _WAIT_S},
    )


def _wait_for_writers(connection: sa.Connection) -> None:
    """Take the one lock of those who write; it goes with the transaction."""
    connection.execute(sa.select(sa.func.set_config("lock_timeout", f"{_WAIT_S}s", sa.true())))
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITE_LOCK)))


def _open_sqlite(url: str) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": _WAIT_S})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite`, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_WAIT_S * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _unsure() -> Iterator[None]:
    """Tell a commit that may have been kept from one that was not.

    What SQLite could not write it does not find again. What it wrote and could not make last it may: tried with
    `bench.faults`, where a failing fdatasync left a version that was there after the next start.
    """
    try:
        yield
    except SQLAlchemyError as error:
        if getattr(getattr(error, "orig", None), "sqlite_errorname", None) in ("SQLITE_FULL", "SQLITE_IOERR_WRITE"):
            raise
        raise UnsureError(
            text(
                "The database failed while it was keeping the change ({kind}): all of it was kept, or nothing. Load"
                " the page again to see which; trying again does no harm.",
                kind=type(error).__name__,
            )
        ) from error


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except GeodataError:
        raise  # ours, from inside the transaction, and said already
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(
            text(
                "The catalogue of the store does not answer ({kind}). Nothing was changed; check the disk or the"
                " database and try again.",
                kind=type(error).__name__,
            )
        ) from error
