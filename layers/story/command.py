"""The command line's `slides` and `handout`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geodata.errors import StoreError
from geodata.i18n import Language, text
from geodata.settings import Settings
from geodata.store import Store
from geodata.stories import Story, read_stories
from layers.story.make import ENDINGS, FORMS, Form, StoryOptionError, make
from layers.story.ready import READY
from layers.story.routes import find_story


def run(
    settings: Settings, name: str, to: Path, language: Language, *, forms: tuple[Form, ...], notes: bool = False
) -> tuple[dict[str, Any], list[str]]:
    """Make a file of a story, in the form of the ending of `to`; what was made, and what could not be.

    Raises
    ------
    StoryOptionError
        There is no such story, or the ending is another.
    StoreError
        The store can't be read, or the file not be written.
    """
    form = next((form for form in FORMS if form in forms and to.suffix.lower() == ENDINGS[form]), None)
    if form is None:
        endings = ", ".join(ENDINGS[form] for form in forms)
        raise StoryOptionError(
            text("The ending “{ending}” is not known; use one of {endings}.", ending=to.suffix, endings=endings)
        )
    store = Store.open(settings)
    try:
        story = _find(store, name, language)
        try:
            problems = make(store, story, language, form, to, hands_out_notes=notes)
        except (FileNotFoundError, PermissionError, NotADirectoryError) as error:
            if isinstance(error, StoreError) or error.filename is None:
                raise
            raise StoreError(
                text(
                    "The file {path} could not be written ({reason}); name a place that can be written to.",
                    path=to,
                    reason=error.strerror,
                )
            ) from error
    finally:
        store.close()
    told = [problem.in_(language) for problem in problems]
    made = {"path": str(to), "story": story.name, "scenes": len(story.scenes), "problems": told}
    return made, told


def _find(store: Store, name: str, language: Language) -> Story:
    """A story by its name or id; the ready one by `ready`."""
    story = find_story(store, name, language)
    story = story or next((each for each in read_stories(store) if each.name == name), None)
    if story is not None:
        return story
    if name == READY:
        raise StoryOptionError(text("Nothing is published yet; publish layers first."))
    known = ", ".join([READY, *(each.name for each in read_stories(store))])
    raise StoryOptionError(text("There is no story “{name}”; there are: {known}.", name=name, known=known))
