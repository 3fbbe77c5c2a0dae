"""The command line of the data: `python -m geodata …` (DESIGN §9).

With `--json` one JSON document stands on standard output and nothing else; exit 0 fine, 1 refused, 2 wrong usage.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from geodata.choices import Choices
from geodata.errors import GeodataError, RefusedError, UnknownLayerError, UnknownVersionError
from geodata.schema import schema_of
from geodata.settings import Settings

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_LayerName = Annotated[str | None, typer.Option("--layer-name", help="Which of several layers in the upload.")]
_Crs = Annotated[str | None, typer.Option("--crs", help="CRS to take, for example 4527.")]
_Encoding = Annotated[str | None, typer.Option("--encoding", help="Encoding of the text, for example GBK.")]
_OnlyChanges = Annotated[bool, typer.Option("--only-changes", help="Add or replace features; remove none.")]
_Ledger = Annotated[
    bool, typer.Option("--ledger", help="A table of keys and attributes that updates present features.")
]
_Map = Annotated[list[str] | None, typer.Option("--map", help="COLUMN=FIELD; may be given several times.")]
_Repair = Annotated[list[str] | None, typer.Option("--repair", help="Code of a repair to take.")]
_SwapAxes = Annotated[bool, typer.Option("--swap-axes", help="Coordinates stand as north, east.")]
_AcceptRename = Annotated[bool, typer.Option("--accept-rename", help="A new key on an old shape is a rename.")]
_Standard = Annotated[str | None, typer.Option("--land-use-standard", help="Standard of the land-use codes.")]
_By = Annotated[str, typer.Option("--by", help="Who does it.")]
_Note = Annotated[str, typer.Option("--note", help="Why, and where the data came from.")]
_Entries = Annotated[Path | None, typer.Argument(help="CSV or XLSX; the table is listed without it.")]
_Saver = Annotated[str | None, typer.Option("--by", help="Who does it; the login name without it.")]
_Base = Annotated[int | None, typer.Option("--base", help="Refuse unless this edition is current; 0 for none.")]
_Replace = Annotated[bool, typer.Option("--replace", help="The file is the whole table.")]
_Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@app.callback()
def main() -> None:
    """Layers of the Liaohe New District: inspect, check, publish, export."""


@app.command()
def inspect(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of files dropped together.")],
    layer_name: _LayerName = None,
    crs: _Crs = None,
    encoding: _Encoding = None,
    as_json: _Json = False,
) -> None:
    """Read uploads without our schema or district."""
    from geodata.reading import read_upload

    settings = Settings()
    _require_paths(paths)
    choices = Choices(layer_name=layer_name, crs=_code(crs), encoding=encoding)
    readings = [read_upload(path, choices=choices, settings=settings) for path in paths]
    documents = [reading.to_json(settings.language) for reading in readings]
    _print(documents[0] if len(documents) == 1 else documents, as_json=as_json)
    if any(document["outcome"] == "reject" for document in documents):
        raise typer.Exit(1)


@app.command()
def check(
    layer: str,
    path: Path,
    only_changes: _OnlyChanges = False,
    ledger: _Ledger = False,
    layer_name: _LayerName = None,
    crs: _Crs = None,
    encoding: _Encoding = None,
    columns: _Map = None,
    repairs: _Repair = None,
    swap_axes: _SwapAxes = False,
    accept_rename: _AcceptRename = False,
    land_use_standard: _Standard = None,
    as_json: _Json = False,
) -> None:
    """Hold an upload against a layer's schema, the district and the current version."""
    from geodata.check import check_upload

    _require_layer(layer)
    _require_paths([path])
    choices = _choices(
        layer_name, crs, encoding, columns, repairs, swap_axes, accept_rename, land_use_standard, only_changes, ledger
    )
    with _store() as (store, settings):
        checked = check_upload(store, layer, path, choices=choices, settings=settings)
        _print(checked.to_json(settings.language), as_json=as_json)
    if checked.outcome == "reject":
        raise typer.Exit(1)


@app.command()
def publish(
    layer: str,
    path: Path,
    by: _By,
    note: _Note = "",
    data_date: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the data speak of.")] = None,
    base: Annotated[int | None, typer.Option(help="Refuse unless this version is current.")] = None,
    only_changes: _OnlyChanges = False,
    ledger: _Ledger = False,
    accept_warnings: Annotated[bool, typer.Option("--accept-warnings")] = False,
    accept_loss: Annotated[bool, typer.Option("--accept-loss")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="Mark the version as illustrative.")] = False,
    real_data: Annotated[bool, typer.Option("--real-data", help="Not illustrative any longer.")] = False,
    layer_name: _LayerName = None,
    crs: _Crs = None,
    encoding: _Encoding = None,
    columns: _Map = None,
    repairs: _Repair = None,
    swap_axes: _SwapAxes = False,
    accept_rename: _AcceptRename = False,
    land_use_standard: _Standard = None,
    as_json: _Json = False,
) -> None:
    """Check an upload and publish it as the layer's new version."""
    from geodata import publish as publishing
    from geodata.check import check_upload

    _require_layer(layer)
    _require_paths([path])
    choices = _choices(
        layer_name, crs, encoding, columns, repairs, swap_axes, accept_rename, land_use_standard, only_changes, ledger
    )
    with _store() as (store, settings):
        checked = check_upload(store, layer, path, choices=choices, settings=settings)
        options: dict[str, Any] = {
            "by": by,
            "note": note,
            "data_date": data_date.date() if data_date else None,
            "base": base,
            "accept_warnings": accept_warnings,
            "accept_loss": accept_loss,
            "sample": sample,
            "real_data": real_data,
        }
        try:
            if settings.two_people:
                asked = publishing.request(store, checked, **options)
                _print({"request": asked.id, "state": asked.state}, as_json=as_json)
                return
            version = publishing.publish(store, checked, **options)
        except RefusedError as error:
            document = checked.to_json(settings.language)
            if isinstance(error, publishing.BaseChangedError):
                document["outcome"] = "reject"
                document["findings"].append(publishing.base_changed(error).to_json(settings.language))
            _print(document, as_json=as_json)
            typer.echo(error.in_(settings.language), err=True)
            raise typer.Exit(1) from error
    _print({"layer": version.layer, "number": version.number, "content_hash": version.content_hash}, as_json=as_json)


@app.command()
def approve(request: int, by: _By, as_json: _Json = False) -> None:
    """Publish what another person requested."""
    from geodata import publish as publishing

    with _store() as (store, _):
        version = publishing.approve(store, request, by=by)
    _print({"layer": version.layer, "number": version.number, "content_hash": version.content_hash}, as_json=as_json)


@app.command()
def reject(request: int, by: _By, as_json: _Json = False) -> None:
    """Turn a request down."""
    from geodata import publish as publishing

    with _store() as (store, _):
        publishing.reject(store, request, by=by)
    _print({"request": request, "state": "rejected"}, as_json=as_json)


@app.command()
def versions(layer: Annotated[str | None, typer.Argument()] = None, as_json: _Json = False) -> None:
    """List the versions of a layer, or of all."""
    with _store() as (store, _):
        found = [version.to_json() for version in store.versions(layer)]
    _print(found, as_json=as_json)


@app.command()
def rollback(layer: str, number: int, by: _By, note: _Note = "", as_json: _Json = False) -> None:
    """Publish the content of an earlier version as a new one."""
    from geodata import publish as publishing

    with _store() as (store, _):
        version = publishing.rollback(store, layer, number, by=by, note=note)
    _print({"layer": version.layer, "number": version.number, "content_hash": version.content_hash}, as_json=as_json)


@app.command()
def export(
    layer: str,
    to: Annotated[Path, typer.Option("--to", help="File to write; its ending says the format.")],
    version: Annotated[int | None, typer.Option("--version", help="Version; the current one without it.")] = None,
    crs: _Crs = None,
    as_json: _Json = False,
) -> None:
    """Write a version to a file."""
    from geodata import exporting

    with _store() as (store, _):
        which = store.version(layer, version)
        features = exporting.write_export(store, which, to, crs=crs)
    _print({"layer": layer, "number": which.number, "features": features, "path": str(to)}, as_json=as_json)


@app.command()
def indicators(as_of: _Day = None, as_json: _Json = False) -> None:
    """Work out every indicator at a date."""
    from geodata import indicators as numbers
    from geodata.entries import read_reported, read_targets

    with _store() as (store, _):
        current = store.current()
        frames = {layer: store.read_version(version) for layer, version in current.items()}
        on = as_of.date() if as_of else numbers.default_as_of(current) if current else date.today()
        found = numbers.indicators(frames, on, targets=read_targets(store), reported=read_reported(store))
        document = numbers.to_json(on, current, found)
    _print(document, as_json=as_json)


@app.command()
def targets(
    path: _Entries = None,
    by: _Saver = None,
    note: _Note = "",
    base: _Base = None,
    replace: _Replace = False,
    layer_name: _LayerName = None,
    as_json: _Json = False,
) -> None:
    """Take targets of indicators from a CSV or XLSX into their table; without a file, list them."""
    _enter("targets", path, by, note, base, replace, layer_name, as_json=as_json)


@app.command()
def reported(
    path: _Entries = None,
    by: _Saver = None,
    note: _Note = "",
    base: _Base = None,
    replace: _Replace = False,
    layer_name: _LayerName = None,
    as_json: _Json = False,
) -> None:
    """Take reported values from a CSV or XLSX into their table; without a file, list them."""
    _enter("reported", path, by, note, base, replace, layer_name, as_json=as_json)


@app.command()
def verify(as_json: _Json = False) -> None:
    """Hash every object again and walk the audit list."""
    from geodata import verify as verifying
    from geodata.store import Store

    settings = Settings()
    with _told(settings):
        problems = verifying.verify(Store(settings))
    ok = verifying.is_ok(problems)
    _print({"ok": ok, "problems": [problem.to_json(settings.language) for problem in problems]}, as_json=as_json)
    if not ok:
        raise typer.Exit(1)


@app.command()
def backup(folder: Path, as_json: _Json = False) -> None:
    """Write the whole store to a new folder."""
    from geodata import backup as backups

    with _store() as (store, _):
        count = backups.write_backup(store, folder)
    _print({"path": str(folder), "objects": count}, as_json=as_json)


@app.command()
def restore(folder: Path, as_json: _Json = False) -> None:
    """Fill an empty store from a backup."""
    from geodata import backup as backups

    with _store() as (store, _):
        count = backups.restore_backup(store, folder)
    _print({"path": str(folder), "versions": count}, as_json=as_json)


@app.command()
def sample(folder: Path, as_json: _Json = False) -> None:
    """Write the illustrative district as zipped shapefiles, as an office would hand them over."""
    from geodata.sample import write_shapefiles

    folder.mkdir(parents=True, exist_ok=True)
    written = write_shapefiles(folder)
    _print({layer: str(path) for layer, path in written.items()}, as_json=as_json)


def _enter(
    table: Literal["targets", "reported"],
    path: Path | None,
    by: str | None,
    note: str,
    base: int | None,
    replace: bool,
    sheet: str | None,
    *,
    as_json: bool,
) -> None:
    from geodata import entries

    if path is not None:
        _require_paths([path])
    with _store() as (store, settings):
        if path is None:
            _print(entries.rows_json(store, table), as_json=as_json)
            return
        frame, findings = entries.read_entries(path, table, sheet=sheet, settings=settings)
        number, refused = None, None
        if frame is not None:
            who = by or _login_name()
            try:
                edition = entries.save(store, table, frame, by=who, note=note, base=base, replace=replace)
                number = edition.number
            except RefusedError as error:
                refused = error
                findings += entries.refusal(error)
        document = entries.edition_json(store, table, number) | {
            "findings": [finding.to_json(settings.language) for finding in findings]
        }
        _print(document, as_json=as_json)
        if refused is not None:
            typer.echo(refused.in_(settings.language), err=True)
    if number is None:
        raise typer.Exit(1)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a container may run under a number that has no name
        raise typer.BadParameter("WHO", param_hint="--by") from error


def _choices(
    layer_name: str | None,
    crs: str | None,
    encoding: str | None,
    columns: list[str] | None,
    repairs: list[str] | None,
    swap_axes: bool,
    accept_rename: bool,
    land_use_standard: str | None,
    only_changes: bool,
    ledger: bool,
) -> Choices:
    pairs = [pair.partition("=") for pair in columns or []]
    if any(not sign for _, sign, _ in pairs):
        raise typer.BadParameter("COLUMN=FIELD", param_hint="--map")
    return Choices(
        layer_name=layer_name,
        crs=_code(crs),
        encoding=encoding,
        columns={column: field for column, _, field in pairs},
        repairs=frozenset(repairs or []),
        swap_axes=swap_axes,
        accept_rename=accept_rename,
        land_use_standard=land_use_standard,
        only_changes=only_changes,
        ledger=ledger,
    )


def _code(crs: str | None) -> str | None:
    return f"EPSG:{crs}" if crs and crs.isdigit() else crs


def _require_layer(layer: str) -> None:
    try:
        schema_of(layer)
    except UnknownLayerError as error:
        raise typer.BadParameter(error.in_(Settings().language), param_hint="LAYER") from error


def _require_paths(paths: list[Path]) -> None:
    for path in paths:
        if not path.exists():
            raise typer.BadParameter(str(path), param_hint="PATH")


@contextmanager
def _store() -> Iterator[tuple[Any, Settings]]:
    from geodata.store import Store

    settings = Settings()
    with _told(settings):
        yield Store.open(settings), settings


@contextmanager
def _told(settings: Settings) -> Iterator[None]:
    """An error of ours is one sentence on standard error and exit 1; of usage, 2."""
    try:
        yield
    except (UnknownLayerError, UnknownVersionError) as error:
        typer.echo(error.in_(settings.language), err=True)
        raise typer.Exit(2 if isinstance(error, UnknownLayerError) else 1) from error
    except GeodataError as error:
        typer.echo(error.in_(settings.language), err=True)
        raise typer.Exit(1) from error


def _print(document: Any, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False))
        return
    for entry in document if isinstance(document, list) else [document]:
        for name, value in entry.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                typer.echo(f"{name}:")
                for row in value:
                    typer.echo("  " + "  ".join(f"{key}={_short(item)}" for key, item in row.items()))
            else:
                typer.echo(f"{name}: {_short(value)}")
        if isinstance(document, list):
            typer.echo("")


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)


if __name__ == "__main__":
    app()
