"""The command line of the map: `python -m layers …`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import GeodataError
from geodata.i18n import LANGUAGES, Language, text
from geodata.settings import Settings
from geodata.store import Store
from layers import tiles as tile_archives
from layers.sheet import SheetOptionError
from layers.sheet import command as sheet_command
from layers.story import command as story_command
from layers.story.make import Form, StoryOptionError
from layers.story.ready import READY

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


_STORY = typer.Argument(help="The story's name or id; the ready one without it.")
_LANGUAGE = typer.Option(help="zh or en; the one of the settings without it.")


@app.command()
def slides(
    to: Annotated[Path, typer.Option(help="The file to write: .pptx, .pdf, .zip (a picture of each scene) or .gif.")],
    story: Annotated[str, _STORY] = READY,
    language: Annotated[str, _LANGUAGE] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make slides or pages of a story. A scene that fails is named, and the rest is made."""
    _make_story(story, to, language, as_json, ("pptx", "pdf", "png", "gif"))


@app.command()
def handout(
    to: Annotated[Path, typer.Option(help="The file to write: .html.")],
    story: Annotated[str, _STORY] = READY,
    language: Annotated[str, _LANGUAGE] = "",
    notes: Annotated[bool, typer.Option("--notes", help="With the presenter's notes; the audience sees them.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make one HTML file of a story, which needs no network."""
    _make_story(story, to, language, as_json, ("html",), notes=notes)


def _make_story(
    story: str, to: Path, language: str, as_json: bool, forms: tuple[Form, ...], *, notes: bool = False
) -> None:
    settings = Settings()
    try:
        if language not in ("", *LANGUAGES):
            raise StoryOptionError(
                text("“{value}” is not known; use one of {choices}.", value=language, choices="zh, en")
            )
        chosen: Language = "en" if (language or settings.language) == "en" else "zh"
        made, problems = story_command.run(settings, story, to, chosen, forms=forms, notes=notes)
    except GeodataError as error:
        typer.echo(error.in_(settings.language), err=True)
        raise typer.Exit(2 if isinstance(error, StoryOptionError) else 1) from error
    for problem in problems:
        typer.echo(problem, err=True)
    typer.echo(json.dumps(made, ensure_ascii=False) if as_json else made["path"])


if __name__ == "__main__":
    app()
