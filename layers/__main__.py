"""The command line of the map: `python -m layers …`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from geodata.errors import GeodataError
from geodata.settings import Settings
from geodata.store import Store
from layers import tiles as tile_archives

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def main() -> None:
    """Map products of the published layers."""


@app.command()
def tiles(
    layer: Annotated[str | None, typer.Argument(help="One layer; all without it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Build the tile archives that are missing."""
    settings = Settings()
    try:
        store = Store.open(settings)
        current = store.current() if layer is None else {layer: store.version(layer)}
        built = []
        for name, version in current.items():
            missing = not tile_archives.tile_path(store, version).exists()
            path = tile_archives.ensure_tiles(store, version)
            built.append({"layer": name, "number": version.number, "built": missing, "bytes": path.stat().st_size})
    except GeodataError as error:
        typer.echo(error.in_(settings.language), err=True)
        raise typer.Exit(1) from error
    typer.echo(
        json.dumps(built) if as_json else "\n".join(f"{row['layer']} {row['number']} {row['bytes']}" for row in built)
    )


if __name__ == "__main__":
    app()
