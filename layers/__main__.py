"""The command line of the map: `python -m layers …`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import GeodataError
from geodata.settings import Settings
from geodata.store import Store
from layers import tiles as tile_archives
from layers.sheet import SheetOptionError
from layers.sheet import command as sheet_command

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


@app.command()
def sheet(
    to: Annotated[Path, typer.Option(help="The file to write: .pdf, .svg or .png.")],
    paper: Annotated[str, typer.Option(help="A4, A3, A2, A1 or A0.")] = "A3",
    scale: Annotated[str, typer.Option(help="500 to 50000, or fit: the largest at which all is on one page.")] = "fit",
    view: Annotated[str, typer.Option(help="What is shown: the query of the map page's address.")] = "",
    orientation: Annotated[str, typer.Option(help="landscape, portrait, or auto.")] = "auto",
    extent: Annotated[str, typer.Option(help="district, view (around its centre), or drawn.")] = "district",
    title: Annotated[str, typer.Option(help="The title above the map.")] = "",
    language: Annotated[str, typer.Option(help="zh or en; the view's without it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Draw a plan sheet. What does not fit one page at the scale becomes numbered pages with an index first."""
    settings = Settings()
    try:
        made, broken = sheet_command.run(
            settings,
            to,
            paper=paper,
            scale=scale,
            query=view,
            orientation=orientation,
            extent=extent,
            title=title,
            language=language,
        )
    except GeodataError as error:
        typer.echo(error.in_(settings.language), err=True)
        raise typer.Exit(2 if isinstance(error, SheetOptionError) else 1) from error
    if broken:
        typer.echo(broken.in_(settings.language), err=True)
    typer.echo(json.dumps(made.to_json(), ensure_ascii=False) if as_json else "\n".join(map(str, made.files)))


if __name__ == "__main__":
    app()
