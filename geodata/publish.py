"""From a checked upload to a published version: written so that it is there wholly or not at all.

Publishing writes the objects, then one transaction inserts the version, moves the pointer to it and appends to the
audit list. Whatever stops in between leaves the old version current. Nothing here calls Streamlit, whose reruns may
stop a script at any of its calls.
"""

from __future__ import annotations

import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from geopandas import GeoDataFrame

from geodata import catalogue, postgis
from geodata.catalogue import CURRENT, LAYER_VERSION, REQUEST, Version
from geodata.check import Check
from geodata.content import content_hash
from geodata.errors import RefusedError, StoreError, UnknownVersionError
from geodata.findings import LOSS_CODES, Finding, Severity, found
from geodata.i18n import Text, text
from geodata.objects import Staged, let_go, told
from geodata.schema import LayerSchema, schema_of
from geodata.store import Store

_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20


class FindingsError(RefusedError):
    """Findings stand against publishing."""

    def __init__(self, message: Text, findings: list[Finding]) -> None:
        super().__init__(message)
        self.findings = findings


class BaseChangedError(RefusedError):
    """Another version was published since the upload was checked; it has to be checked again."""


class NoChangeError(RefusedError):
    """What is to be published is what is current."""


class PendingError(RefusedError):
    """A request can't be decided as asked: unknown, decided already, or by the one who made it."""


@dataclass(frozen=True)
class Request:
    """A publication that a second person decides about."""

    id: int
    layer: str
    state: str
    """`pending`, `approved` or `rejected`."""
    by: str
    base: int | None
    """Number of the version that it was held against."""
    features: int
    note: str
    data_date: date
    diff: Mapping[str, int]
    """Features added, removed, changed and unchanged against the base."""


@dataclass(frozen=True)
class _Prepared:
    """What one transaction has to write."""

    layer: str
    base: int | None
    values: Mapping[str, Any]
    """Columns of `layer_version` without number and parent."""
    diff: Mapping[str, int] = field(default_factory=dict)
    staged: tuple[Staged, ...] = ()
    """Copies that become objects in that transaction."""


def publish(
    store: Store,
    check: Check,
    *,
    by: str,
    note: str = "",
    data_date: date | None = None,
    base: int | None = None,
    accept_warnings: bool = False,
    accept_loss: bool = False,
    sample: bool = False,
    real_data: bool = False,
    idempotency_key: str | None = None,
) -> Version:
    """Publish a checked upload as the layer's new current version.

    Parameters
    ----------
    base : number of the version the publisher saw; refused when another is current. The check's own by default
    data_date : day the data speak of; today by default
    sample : marks the version as illustrative; otherwise an illustrative base hands its mark on unless `real_data`
    idempotency_key : publishing twice with the same key publishes once

    Raises
    ------
    FindingsError
        Errors, warnings that were not accepted, or losses that were not accepted.
    NoChangeError, BaseChangedError
        There is nothing to publish, or another version was published meanwhile.
    PendingError
        The installation wants two people (`LIAOHE_TWO_PEOPLE`); use `request`. A first sample is exempt.
    StoreError
        It could not be written; the old version stays current.
    """
    _require_who(by)
    if store.settings.two_people and not (sample and check.base is None):
        raise PendingError(text("Publishing here needs a second person: ask for it, and let another approve."))
    current = _current_number(store, check.layer)  # before the key: the same click may be publishing at this moment
    if idempotency_key and (done := _published_with(store, idempotency_key)):
        return done
    _require_base(check, base, current)
    _require_acceptance(check, accept_warnings=accept_warnings, accept_loss=accept_loss)
    prepared = _prepare(
        store,
        check,
        by=by,
        note=note,
        data_date=data_date or date.today(),
        illustrative=sample,
        real_data=real_data,
        idempotency_key=idempotency_key,
    )
    return _commit(store, prepared, action="publish", who=by)


def request(store: Store, check: Check, *, by: str, **options: Any) -> Request:
    """Ask a second person to publish a checked upload (`LIAOHE_TWO_PEOPLE`); options as in `publish`."""
    _require_who(by)
    key = options.get("idempotency_key")
    with store.catalogue.read() as connection:
        if asked := _requested_with(connection, key):
            return asked
    _require_base(check, options.pop("base", None), _current_number(store, check.layer))
    _require_acceptance(
        check,
        accept_warnings=options.pop("accept_warnings", False),
        accept_loss=options.pop("accept_loss", False),
    )
    prepared = _prepare(
        store,
        check,
        by=by,
        note=options.get("note", ""),
        data_date=options.get("data_date") or date.today(),
        illustrative=options.get("sample", False),
        real_data=options.get("real_data", False),
        idempotency_key=key,
    )
    values = dict(prepared.values) | {"data_date": prepared.values["data_date"].isoformat()}
    with _staged(store, prepared), store.catalogue.write() as connection:
        if asked := _requested_with(connection, key):
            return asked
        _adopt(store, prepared)
        number: int = connection.execute(
            REQUEST.insert()
            .values(
                layer=prepared.layer,
                base=prepared.base,
                version=values,
                diff=dict(prepared.diff),
                by=by,
                at=catalogue.now().isoformat(),
                state="pending",
            )
            .returning(REQUEST.c.id)
        ).scalar_one()
        catalogue.append_audit(
            connection, who=by, action="request", layer=prepared.layer, number=None, detail={"request": number}
        )
    return next(made for made in requests(store) if made.id == number)


def approve(store: Store, number: int, *, by: str) -> Version:
    """Publish what another person requested.

    Raises
    ------
    PendingError
        There is no such pending request, or `by` made it.
    BaseChangedError
        Another version was published since; the request stays pending.
    """
    _require_who(by)
    row = _pending(store, number, by=by)
    values = dict(row["version"]) | {"data_date": date.fromisoformat(row["version"]["data_date"])}
    store.objects.require_whole(values["clean_object"])
    prepared = _Prepared(row["layer"], row["base"], values, row["diff"])
    return _commit(store, prepared, action="approve", who=by, request=number)


def reject(store: Store, number: int, *, by: str) -> None:
    """Turn a request down; nothing is published and nothing deleted.

    Raises
    ------
    PendingError
        There is no such pending request, or `by` made it.
    """
    _require_who(by)
    row = _pending(store, number, by=by)
    with store.catalogue.write() as connection:
        _decide(connection, number, state="rejected", by=by)
        catalogue.append_audit(
            connection, who=by, action="reject", layer=row["layer"], number=None, detail={"request": number}
        )


def rollback(store: Store, layer: str, number: int, *, by: str, note: str = "") -> Version:
    """Publish the content of an earlier version as a new one; its mark as illustrative comes along.

    Raises
    ------
    UnknownVersionError, StoreError
        There is no such version, or its object is lost or damaged.
    NoChangeError
        That version is current.
    BaseChangedError
        Another version was published at the same moment.
    """
    _require_who(by)
    old = store.version(layer, number)
    if old.current:
        raise NoChangeError(text("Version {number} of layer “{layer}” is current already.", number=number, layer=layer))
    store.objects.require_whole(old.clean_object)  # a rollback to what is lost would lose what is current
    values = {
        name: getattr(old, name)
        for name in (
            "clean_object",
            "upload_object",
            "upload_name",
            "features",
            "content_hash",
            "crs",
            "encoding",
            "data_date",
            "illustrative",
        )
    }
    values |= {"by": by, "note": note, "decisions": {"rollback_to": number}, "idempotency_key": None}
    try:
        base: int | None = store.version(layer).number
    except UnknownVersionError:
        base = None
    return _commit(store, _Prepared(layer, base, values), action="rollback", who=by)


def _require_who(by: str) -> None:
    if not by.strip():
        raise RefusedError(text("Say who does it: the name is empty."))


def _current_number(store: Store, layer: str) -> int | None:
    current = store.current().get(layer)
    return None if current is None else current.number


def _require_base(check: Check, base: int | None, current: int | None) -> None:
    """The version that the upload was held against, and the one that the publisher names, are the current one."""
    for seen in (check.base, base if base is not None else current):
        if seen != current:
            raise _moved_on(check.layer, current, seen)


def _moved_on(layer: str, current: int | None, base: int | None) -> BaseChangedError:
    return BaseChangedError(
        text(
            "Layer “{layer}” has moved on: version {current} is current, the upload was held against version"
            " {base}. Check it again; your upload is kept.",
            layer=layer,
            current="–" if current is None else current,
            base="–" if base is None else base,
        )
    )


def _require_acceptance(check: Check, *, accept_warnings: bool, accept_loss: bool) -> None:
    errors = [finding for finding in check.findings if finding.severity is Severity.ERROR]
    if errors or check.frame is None or check.diff is None:
        raise FindingsError(
            text("The upload has {count} errors and can't be published; see the findings.", count=len(errors)), errors
        )
    if check.base is not None and check.diff.is_empty:
        raise NoChangeError(text("Nothing changes: the file holds exactly what is current."))
    warnings = [finding for finding in check.findings if finding.severity is Severity.WARNING]
    if warnings and not accept_warnings:
        raise FindingsError(
            text(
                "The upload has {count} warnings. Look at them, then accept them to publish (`--accept-warnings`).",
                count=len(warnings),
            ),
            warnings,
        )
    losses = [finding for finding in check.findings if finding.code in LOSS_CODES]
    if losses and not accept_loss:
        raise FindingsError(
            text(
                "Publishing would lose something ({codes}). If that is meant, say so separately (`--accept-loss`).",
                codes=", ".join(finding.code for finding in losses),
            ),
            losses,
        )


def _prepare(
    store: Store,
    check: Check,
    *,
    by: str,
    note: str,
    data_date: date,
    illustrative: bool,
    real_data: bool,
    idempotency_key: str | None,
) -> _Prepared:
    """Write what is to be published into staging; nothing refers to it yet."""
    assert check.frame is not None
    schema = schema_of(check.layer)
    if not real_data and not illustrative and check.base is not None:
        illustrative = store.version(check.layer, check.base).illustrative
    step("objects")
    upload = _stage_upload(store, check.path)
    step("upload-written")
    try:
        clean, content = _stage_clean(store, check.frame, schema)
    except BaseException:
        store.objects.discard(upload)
        raise
    step("clean-written")
    read = {layer.name: layer.encoding for layer in check.reading.layers}
    encoding = read.get(check.choices.layer_name or "") or next(filter(None, read.values()), None)
    values = {
        "clean_object": clean.name,
        "upload_object": upload.name,
        "upload_name": check.path.name,
        "features": len(check.frame),
        "content_hash": content,
        "crs": check.crs,
        "encoding": encoding,
        "by": by,
        "note": note,
        "data_date": data_date,
        "illustrative": illustrative,
        "decisions": {
            "choices": check.choices.to_json(),
            "findings": {finding.code: finding.count for finding in check.findings},
            **({"land_use_standard": check.land_use_standard} if check.land_use_standard else {}),
        },
        "idempotency_key": idempotency_key,
    }
    return _Prepared(check.layer, check.base, values, check.diff.counts() if check.diff else {}, (upload, clean))


@contextmanager
def _staged(store: Store, prepared: _Prepared) -> Iterator[None]:
    """Nothing stays in staging; on failure no object either that came to be used by nothing.

    Where it is not sure whether the catalogue refers to them, and where the disk or the database does not let go,
    they stay: the next start finds out by what is in staging.
    """
    try:
        yield
    except catalogue.UnsureError:
        raise
    except BaseException:
        for staged in prepared.staged:
            with suppress(StoreError, OSError):
                store.take_back(staged)
        raise
    for staged in prepared.staged:
        store.objects.discard(staged)


def _adopt(store: Store, prepared: _Prepared) -> None:
    """Make objects of what was staged; under the write lock, so that no sweep takes them before they are used."""
    for staged in prepared.staged:
        store.objects.adopt(staged)


def _stage_upload(store: Store, path: Path) -> Staged:
    """The upload as it came; a folder of files dropped together as one zip of them."""
    if path.is_file():
        return store.objects.stage(path)
    packed = store.staging / f"upload-{os.getpid()}-{secrets.token_hex(8)}.zip"
    try:
        with told(path.name), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(child for child in path.rglob("*") if child.is_file()):
                entry = zipfile.ZipInfo(file.relative_to(path).as_posix(), _ZIP_DAY)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with file.open("rb") as reader, archive.open(entry, "w", force_zip64=True) as writer:
                    shutil.copyfileobj(reader, writer, _CHUNK)
        return store.objects.stage(packed)
    finally:
        let_go(packed)


def _stage_clean(store: Store, frame: GeoDataFrame, schema: LayerSchema) -> tuple[Staged, str]:
    """The clean layer as GeoParquet, opened again and compared before it counts; and its content hash."""
    import geopandas

    written = store.staging / f"clean-{os.getpid()}-{secrets.token_hex(8)}.parquet"
    try:
        with told(f"{schema.name}.parquet"):
            frame.to_parquet(written, compression="zstd", schema_version="1.1.0", write_covering_bbox=False)
            again = geopandas.read_parquet(written)
        content = content_hash(frame, schema)
        if len(again) != len(frame) or content_hash(again, schema) != content:
            raise RefusedError(text("The written layer does not hold every feature; nothing was published."))
        return store.objects.stage(written), content
    finally:
        let_go(written)


def _commit(store: Store, prepared: _Prepared, *, action: str, who: str, request: int | None = None) -> Version:
    """Insert the version, move the pointer, append to the audit list: all or nothing."""
    layer = prepared.layer
    with _staged(store, prepared), store.catalogue.write() as connection:
        if done := _version_with(connection, prepared.values["idempotency_key"]):
            return done
        current = connection.execute(sa.select(CURRENT.c.number).where(CURRENT.c.layer == layer)).scalar()
        if current != prepared.base:
            raise _moved_on(layer, current, prepared.base)
        last = connection.execute(
            sa.select(sa.func.max(LAYER_VERSION.c.number)).where(LAYER_VERSION.c.layer == layer)
        ).scalar()
        number = (last or 0) + 1
        _adopt(store, prepared)
        step("before-insert")
        connection.execute(
            LAYER_VERSION.insert().values(
                **prepared.values, layer=layer, number=number, parent=current, at=catalogue.now().isoformat()
            )
        )
        step("inserted")
        if catalogue.is_postgres(connection):
            frame = store.read_object(prepared.values["clean_object"])
            postgis.write_version(connection, schema_of(layer), number, frame)
            step("layer-written")
        if current is None:
            connection.execute(CURRENT.insert().values(layer=layer, number=number))
        else:
            connection.execute(CURRENT.update().where(CURRENT.c.layer == layer).values(number=number))
        step("pointer-moved")
        detail = {name: prepared.values[name] for name in catalogue.AUDITED} | {
            "data_date": prepared.values["data_date"].isoformat(),
            "diff": dict(prepared.diff),
        }
        if request is not None:
            _decide(connection, request, state="approved", by=who)
            detail["request"] = request
        catalogue.append_audit(connection, who=who, action=action, layer=layer, number=number, detail=detail)
        step("before-commit")
    step("committed")
    return store.version(layer, number)


def _published_with(store: Store, idempotency_key: str) -> Version | None:
    with store.catalogue.read() as connection:
        return _version_with(connection, idempotency_key)


def _version_with(connection: sa.Connection, idempotency_key: str | None) -> Version | None:
    if not idempotency_key:
        return None
    query = catalogue.select_versions().where(LAYER_VERSION.c.idempotency_key == idempotency_key)
    row = connection.execute(query).first()
    return None if row is None else catalogue.to_version(row)


def requests(store: Store) -> list[Request]:
    """Every publication that was asked for, the first first."""
    with store.catalogue.read() as connection:
        return [_to_request(row) for row in connection.execute(sa.select(REQUEST).order_by(REQUEST.c.id))]


def _requested_with(connection: sa.Connection, idempotency_key: str | None) -> Request | None:
    if not idempotency_key:
        return None
    rows = connection.execute(sa.select(REQUEST).order_by(REQUEST.c.id))
    return next((_to_request(row) for row in rows if row.version["idempotency_key"] == idempotency_key), None)


def _to_request(row: sa.Row[Any]) -> Request:
    values = row.version
    return Request(
        id=row.id,
        layer=row.layer,
        state=row.state,
        by=row.by,
        base=row.base,
        features=values["features"],
        note=values["note"],
        data_date=date.fromisoformat(values["data_date"]),
        diff=row.diff,
    )


def _pending(store: Store, number: int, *, by: str) -> Mapping[str, Any]:
    with store.catalogue.read() as connection:
        row = connection.execute(sa.select(REQUEST).where(REQUEST.c.id == number)).mappings().first()
    if row is None or row["state"] != "pending":
        raise PendingError(text("There is no pending request {number}.", number=number))
    if row["by"].strip().casefold() == by.strip().casefold():
        raise PendingError(text("A request is decided by another person than the one who made it ({who}).", who=by))
    return dict(row)


def _decide(connection: sa.Connection, number: int, *, state: str, by: str) -> None:
    done = connection.execute(
        REQUEST.update()
        .where(REQUEST.c.id == number, REQUEST.c.state == "pending")
        .values(state=state, decided_by=by, decided_at=catalogue.now().isoformat())
    )
    if done.rowcount != 1:
        raise PendingError(text("There is no pending request {number}.", number=number))


def step(name: str) -> None:
    """A named place between two effects of publishing; tests stop the process here (`LIAOHE_TEST_KILL_AT`)."""
    if os.environ.get("LIAOHE_TEST_KILL_AT") == name:
        os.kill(os.getpid(), 9)


def base_changed(error: BaseChangedError) -> Finding:
    """The finding that says another version was published since the upload was checked."""
    return found("BASE_CHANGED", error.message)
