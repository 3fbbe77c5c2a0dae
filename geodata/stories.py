"""Stories: scenes in an order, which walk a meeting through the plan; kept in the store, and as JSON files."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa

from geodata import catalogue
from geodata.catalogue import SCENE, STORY
from geodata.errors import RefusedError
from geodata.i18n import Text, text
from geodata.schema import LAYERS
from geodata.store import Store

Transition = Literal["fly", "cut", "play"]
TRANSITIONS: tuple[Transition, ...] = get_args(Transition)
"""The map flies to a scene, is there at once, or is there at once and plays the months up to the scene's day."""

LONGEST_NAME, LONGEST_TITLE, LONGEST_TEXT = 80, 120, 20_000
SHORTEST_DWELL_S, LONGEST_DWELL_S = 2, 600
MOST_SCENES = 200

_FORMAT, _FORMAT_VERSION = "liaohe-story", 1


@dataclass(frozen=True)
class Scene:
    """One stop of a story."""

    title: str
    view: Mapping[str, str]
    """The query of a view (`layers.view`): what the map shows, the day, the units, the filters."""
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    bounds: tuple[float, float, float, float] | None = None
    """What the map shows at least: (west, south, east, north), degrees; without it the view's place or the district."""
    caption: str = ""
    """Markdown."""
    charts: tuple[str, ...] = ()
    """Names of charts (`layers.charts.sections`)."""
    figures: tuple[str, ...] = ()
    """Headline figures (`layers.headlines`), each by the layer it is about."""
    notes: str = ""
    """What the presenter says; only the presenter sees it. Markdown."""
    dwell_s: int = 12
    transition: Transition = "fly"
    play_from: date | None = None
    """The month that a `play` begins with; it ends at the view's day."""
    versions: Mapping[str, int] = field(default_factory=dict)
    """Layer → number of the version that the scene shows; a layer that is not named is shown as it is current."""


@dataclass(frozen=True)
class Story:
    """Scenes in their order."""

    name: str
    scenes: tuple[Scene, ...] = ()
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    public: bool = True
    """Whether everybody sees it, or signed-in people alone."""
    edition: int = 0
    """How often it was saved; who saves an older edition is told instead of writing over a newer one."""
    who: str = ""
    at: datetime | None = None


class StoryChangedError(RefusedError):
    """Somebody else saved the story meanwhile."""


def read_stories(store: Store) -> list[Story]:
    """All stories, by name."""
    with store.catalogue.read() as connection:
        rows = list(connection.execute(sa.select(STORY)).mappings())
        found = connection.execute(sa.select(SCENE.c.story, SCENE.c.content).order_by(SCENE.c.position))
        scenes: dict[str, list[Scene]] = {}
        for story, content in found:
            scenes.setdefault(story, []).append(scene_from_json(content))
    made = [
        Story(**{**row, "at": datetime.fromisoformat(row["at"])}, scenes=tuple(scenes.get(row["id"], ())))
        for row in rows
    ]
    return sorted(made, key=lambda story: (story.name, story.id))


def save(store: Store, story: Story, who: str = "") -> Story:
    """Keep a story as it is now; the story with its new edition.

    Raises
    ------
    RefusedError
        Its name, or a scene, can't be kept; the message says why.
    StoryChangedError
        Somebody else saved or deleted it since it was read; nothing was changed.
    StoreError
        It could not be written; nothing was changed.
    """
    named = check(replace(story, name=" ".join(story.name.split()), who=who.strip()))
    saved = replace(named, edition=named.edition + 1, at=catalogue.now())
    with store.catalogue.write() as connection:
        same = sa.select(STORY.c.id).where(STORY.c.name == saved.name, STORY.c.id != saved.id)
        if connection.execute(same).first() is not None:
            raise RefusedError(text("There is a story “{name}” already; choose another name.", name=saved.name))
        edition = connection.execute(sa.select(STORY.c.edition).where(STORY.c.id == saved.id)).scalar()
        if (edition or 0) != story.edition:
            raise StoryChangedError(
                text("Somebody else changed the story “{name}” meanwhile; load it again.", name=saved.name)
            )
        _delete(connection, saved)
        assert saved.at is not None
        row = {column.name: getattr(saved, column.name) for column in STORY.c} | {"at": saved.at.isoformat()}
        connection.execute(STORY.insert().values(**row))
        for position, scene in enumerate(saved.scenes):
            content = scene_to_json(scene)
            connection.execute(SCENE.insert().values(story=saved.id, position=position, content=content))
        _audit(connection, saved, "story_save")
    return saved


def drop(store: Store, story: Story, who: str = "") -> None:
    """Delete a story; `save` of a copy with edition 0 puts it back. RefusedError where it is no longer there."""
    with store.catalogue.write() as connection:
        if not _delete(connection, story):
            raise RefusedError(text("The story “{name}” is no longer there.", name=story.name))
        _audit(connection, replace(story, who=who.strip()), "story_drop")


def copy_of(story: Story, name: str) -> Story:
    """A story of the same scenes by another name, which the store does not know yet."""
    return Story(name, tuple(replace(scene, id=secrets.token_hex(8)) for scene in story.scenes), public=story.public)


def without_notes(story: Story) -> Story:
    """The story as everybody may see it: what the presenter says is left out."""
    return replace(story, scenes=tuple(replace(scene, notes="") for scene in story.scenes))


# --- scenes in their order -------------------------------------------------------------------------------------------


def with_scene(story: Story, scene: Scene, after: int | None = None) -> Story:
    """The story with a scene more, behind the scene of a place (from 0), else at the end."""
    place = len(story.scenes) if after is None else after + 1
    return replace(story, scenes=(*story.scenes[:place], scene, *story.scenes[place:]))


def with_changed(story: Story, scene: Scene) -> Story:
    """The story with a scene in the place of the one that has its id."""
    return replace(story, scenes=tuple(scene if each.id == scene.id else each for each in story.scenes))


def without_scene(story: Story, scene_id: str) -> Story:
    """The story without a scene."""
    return replace(story, scenes=tuple(each for each in story.scenes if each.id != scene_id))


def with_duplicate(story: Story, place: int) -> Story:
    """The story with a scene twice, one behind the other."""
    return with_scene(story, replace(story.scenes[place], id=secrets.token_hex(8)), place)


def with_moved(story: Story, place: int, to: int) -> Story:
    """The story with a scene at another place; places beyond the ends are the ends."""
    scenes = list(story.scenes)
    scenes.insert(max(0, min(to, len(scenes) - 1)), scenes.pop(place))
    return replace(story, scenes=tuple(scenes))


# --- checks ----------------------------------------------------------------------------------------------------------


def check(story: Story) -> Story:
    """The story itself; RefusedError where it can't be kept, naming the scene and what is wrong with it."""
    if not story.name:
        raise RefusedError(text("Give the story a name."))
    if len(story.name) > LONGEST_NAME:
        raise RefusedError(text("The name of a story has at most {most} characters.", most=LONGEST_NAME))
    if len(story.scenes) > MOST_SCENES:
        raise RefusedError(text("A story has at most {most} scenes.", most=MOST_SCENES))
    for number, scene in enumerate(story.scenes, 1):
        if problem := _problem_of(scene):
            raise RefusedError(text("Scene {number}: {problem}", number=number, problem=problem))
    return story


def _problem_of(scene: Scene) -> Text | None:
    if not scene.title.strip():
        return text("give it a title.")
    if len(scene.title) > LONGEST_TITLE:
        return text("its title has at most {most} characters.", most=LONGEST_TITLE)
    if max(len(scene.caption), len(scene.notes)) > LONGEST_TEXT:
        return text("its caption and its notes have at most {most} characters each.", most=LONGEST_TEXT)
    if not SHORTEST_DWELL_S <= scene.dwell_s <= LONGEST_DWELL_S:
        return text("it stays from {least} to {most} seconds.", least=SHORTEST_DWELL_S, most=LONGEST_DWELL_S)
    if scene.transition == "play" and scene.play_from is None:
        return text("say from which month it plays.")
    if scene.bounds is not None:
        west, south, east, north = scene.bounds
        if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
            return text("its place is not on the map.")
    return None


# --- JSON ------------------------------------------------------------------------------------------------------------


def to_file(story: Story) -> str:
    """A story as the text of a JSON file."""
    content = {
        "format": _FORMAT,
        "version": _FORMAT_VERSION,
        "name": story.name,
        "public": story.public,
        "scenes": [scene_to_json(scene) for scene in story.scenes],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def from_file(content: bytes) -> Story:
    """The story of a JSON file, new to the store.

    Raises
    ------
    RefusedError
        It is no story; the message names the scene and the field.
    """
    try:
        read = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RefusedError(text("This is no JSON file; choose a file that was saved here.")) from error
    if not isinstance(read, dict) or read.get("format") != _FORMAT or not isinstance(read.get("scenes"), list):
        raise RefusedError(text("This file holds no story; choose a file that was saved here."))
    if read.get("version") != _FORMAT_VERSION:
        raise RefusedError(text("This story was saved by a newer program; update this one."))
    if not isinstance(read.get("name"), str) or not isinstance(read.get("public", True), bool):
        raise RefusedError(text("This file holds no story; choose a file that was saved here."))
    scenes = []
    for number, scene in enumerate(read["scenes"], 1):
        try:
            scenes.append(replace(scene_from_json(scene), id=secrets.token_hex(8)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            part = str(error.args[0]) if error.args else ""
            raise RefusedError(
                text("Scene {number} can't be read: “{part}” is missing or wrong.", number=number, part=part)
            ) from error
    name = " ".join(read["name"].split())
    return check(Story(name, tuple(scenes), public=read.get("public", True)))


def scene_to_json(scene: Scene) -> dict[str, Any]:
    """A scene as plain values."""
    content = asdict(scene)
    content["play_from"] = None if scene.play_from is None else scene.play_from.isoformat()
    return content


def scene_from_json(content: Mapping[str, Any]) -> Scene:
    """The scene of plain values; KeyError or ValueError that names the part which is missing or wrong."""
    title, view = content["title"], content["view"]
    if not isinstance(title, str):
        raise ValueError("title")
    if not _is_table(view, str):
        raise ValueError("view")
    made: dict[str, Any] = {"title": title, "view": dict(view)}
    for part in ("id", "caption", "notes"):
        if part in content:
            made[part] = _checked(part, content[part], isinstance(content[part], str))
    for part in ("charts", "figures"):
        names = content.get(part, [])
        made[part] = tuple(_checked(part, names, _is_list(names, str)))
    if "dwell_s" in content:
        is_whole = isinstance(content["dwell_s"], int) and not isinstance(content["dwell_s"], bool)
        made["dwell_s"] = _checked("dwell_s", content["dwell_s"], is_whole)
    if "transition" in content:
        made["transition"] = _checked("transition", content["transition"], content["transition"] in TRANSITIONS)
    if content.get("play_from") is not None:
        try:
            made["play_from"] = date.fromisoformat(content["play_from"])
        except (TypeError, ValueError) as error:
            raise ValueError("play_from") from error
    if (bounds := content.get("bounds")) is not None:
        is_box = _is_list(bounds, (int, float)) and len(bounds) == 4
        made["bounds"] = tuple(float(edge) for edge in _checked("bounds", bounds, is_box))
    numbers = content.get("versions", {})
    is_known = _is_table(numbers, int) and set(numbers) <= set(LAYERS)
    made["versions"] = dict(_checked("versions", numbers, is_known))
    return Scene(**made)


def _checked(part: str, value: Any, is_right: bool) -> Any:
    if not is_right:
        raise ValueError(part)
    return value


def _is_list(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(each, kind) for each in value)


def _is_table(value: object, kind: type) -> bool:
    return isinstance(value, Mapping) and all(isinstance(k, str) and isinstance(v, kind) for k, v in value.items())


def _delete(connection: sa.Connection, story: Story) -> bool:
    connection.execute(SCENE.delete().where(SCENE.c.story == story.id))
    return bool(connection.execute(STORY.delete().where(STORY.c.id == story.id)).rowcount)


def _audit(connection: sa.Connection, story: Story, action: str) -> None:
    detail = {"story": story.id, "name": story.name, "scenes": len(story.scenes), "edition": story.edition}
    catalogue.append_audit(connection, who=story.who, action=action, layer=None, number=None, detail=detail)
