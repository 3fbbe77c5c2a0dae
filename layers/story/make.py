"""What a meeting takes along, by the ending of its file: slides, a PDF, a handout, pictures, a moving picture."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

from geodata.errors import GeodataError
from geodata.i18n import Language, Text, text
from geodata.store import Store
from geodata.stories import Story, without_notes
from layers.story.compose import compose
from layers.story.handout import write_handout
from layers.story.leaves import write_pdf, write_pictures, write_play
from layers.story.shown import problems_of
from layers.story.slides import OnProgress, write_slides

Form = Literal["pptx", "pdf", "html", "png", "gif"]
FORMS: tuple[Form, ...] = get_args(Form)
ENDINGS: dict[Form, str] = {"pptx": ".pptx", "pdf": ".pdf", "html": ".html", "png": ".zip", "gif": ".gif"}
"""The pictures of the scenes are one ZIP."""


class StoryOptionError(GeodataError, ValueError):
    """A story was asked for that is not there, or in a form that it can't have."""


def make(
    store: Store,
    story: Story,
    language: Language,
    form: Form,
    to: Path,
    on_progress: OnProgress | None = None,
    *,
    hands_out_notes: bool = False,
) -> list[Text]:
    """Make a file of a story; what of it could not be made.

    Slides keep the presenter's notes, as the person who presents them needs them. A handout goes to the audience: it
    has them only where `hands_out_notes` asks for it.

    Raises
    ------
    StoryOptionError
        The story has no scene, or none that plays, for a moving picture.
    StoreError
        The store can't be read.
    FontMissingError
        This machine has no Chinese font.
    """
    if not story.scenes:
        raise StoryOptionError(text("The story “{name}” has no scenes yet.", name=story.name))
    if form == "html" and not hands_out_notes:
        story = without_notes(story)
    count = len(story.scenes)
    writes = form != "html"  # whose one file is written at once
    tell = on_progress or _tell_nobody
    shown = compose(
        store,
        story,
        language,
        lambda number: tell(number - 1, count * (1 + writes), story.scenes[number - 1].title),
    )

    def tell_written(done: int, of: int, title: str) -> None:
        tell(count + done, count + of, title)

    match form:
        case "pptx":
            return write_slides(shown, to, tell_written)
        case "pdf":
            return write_pdf(shown, to, tell_written)
        case "html":
            write_handout(store, shown, to)
        case "png":
            return _zip_pictures(lambda folder: write_pictures(shown, folder, tell_written), to)
        case "gif":
            playing = [scene for scene in shown.scenes if scene.steps]
            if not playing:
                raise StoryOptionError(text("No scene of “{name}” plays its months.", name=story.name))
            write_play(playing, count, to, tell_written)
    return [problem for scene in shown.scenes for problem in problems_of(scene)]


def _tell_nobody(_done: int, _of: int, _title: str) -> None:
    """Progress that nobody asked for."""


def _zip_pictures(write: Callable[[Path], list[Text]], to: Path) -> list[Text]:
    with tempfile.TemporaryDirectory(prefix=".pictures-", dir=to.parent) as name:
        folder = Path(name)
        problems = write(folder / "scenes")
        with zipfile.ZipFile(folder / to.name, "w", zipfile.ZIP_STORED) as archive:
            for picture in sorted((folder / "scenes").iterdir()):
                archive.write(picture, picture.name)
        (folder / to.name).replace(to)
    return problems
