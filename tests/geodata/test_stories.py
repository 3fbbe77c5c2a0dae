"""Stories: kept as they were made, never written over unseen, moved by files."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from geodata import stories
from geodata.backup import restore_backup, write_backup
from geodata.errors import RefusedError
from geodata.store import Store
from geodata.stories import Scene, Story, StoryChangedError
from geodata.verify import verify
from tests.geodata.publishing import open_store

VIEW = {"v": "1", "layers": "district.roads", "as_of": "2020-12-31"}
FULL = Scene(
    "绿化进度",
    VIEW,
    bounds=(116.6, 35.3, 116.7, 35.4),
    caption="**到期** 未完成",
    charts=("greening",),
    figures=("greening",),
    notes="先播放，再讲",
    dwell_s=30,
    transition="play",
    play_from=date(2018, 1, 1),
    versions={"greening": 3},
)


@pytest.fixture
def store(tmp_path: Path, database_url: str | None) -> Store:
    return open_store(tmp_path / "data", database_url=database_url)


def titles(story: Story) -> str:
    return "".join(scene.title for scene in story.scenes)


def lettered(letters: str) -> Story:
    return Story("story", tuple(Scene(letter, VIEW) for letter in letters))


def test_a_story_comes_back_as_it_was_saved(store: Store) -> None:
    saved = stories.save(store, Story("  年中   汇报 ", (FULL, Scene("二", {}))), who="李四")
    assert saved.name == "年中 汇报"
    assert saved.edition == 1
    assert stories.read_stories(store) == [saved]


def test_who_saves_an_older_edition_is_told(store: Store) -> None:
    first = stories.save(store, lettered("ab"))
    stories.save(store, stories.with_moved(first, 0, 1))
    with pytest.raises(StoryChangedError, match="Somebody else changed"):
        stories.save(store, stories.without_scene(first, first.scenes[0].id))
    assert titles(stories.read_stories(store)[0]) == "ba"


def test_a_deleted_story_is_not_brought_back_by_an_edit_but_by_undo(store: Store) -> None:
    saved = stories.save(store, lettered("ab"))
    stories.drop(store, saved)
    with pytest.raises(RefusedError, match="no longer there"):
        stories.drop(store, saved)
    with pytest.raises(StoryChangedError):
        stories.save(store, saved)
    assert titles(stories.save(store, replace(saved, edition=0))) == "ab"


def test_two_stories_have_two_names(store: Store) -> None:
    saved = stories.save(store, lettered("a"))
    with pytest.raises(RefusedError, match="“story” already"):
        stories.save(store, lettered("b"))
    copied = stories.save(store, stories.copy_of(saved, "another"))
    assert {scene.id for scene in copied.scenes}.isdisjoint(scene.id for scene in saved.scenes)


@pytest.mark.parametrize(
    ("change", "order"),
    [
        (lambda story: stories.with_moved(story, 0, 2), "bca"),
        (lambda story: stories.with_moved(story, 2, 0), "cab"),
        (lambda story: stories.with_moved(story, 0, -1), "abc"),
        (lambda story: stories.with_moved(story, 2, 9), "abc"),
        (lambda story: stories.with_duplicate(story, 1), "abbc"),
        (lambda story: stories.without_scene(story, story.scenes[1].id), "ac"),
        (lambda story: stories.with_scene(story, Scene("n", VIEW), after=0), "anbc"),
        (lambda story: stories.with_scene(story, Scene("n", VIEW)), "abcn"),
        (lambda story: stories.with_changed(story, replace(story.scenes[1], title="x")), "axc"),
    ],
)
def test_scenes_are_moved_doubled_added_and_dropped(change, order: str) -> None:
    changed = change(lettered("abc"))
    assert titles(changed) == order
    assert len({scene.id for scene in changed.scenes}) == len(order)


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        (replace(FULL, title=" "), "Scene 1: give it a title"),
        (replace(FULL, title="长" * 121), "at most 120"),
        (replace(FULL, caption="长" * 20_001), "at most 20000"),
        (replace(FULL, dwell_s=1), "from 2 to 600 seconds"),
        (replace(FULL, play_from=None), "from which month"),
        (replace(FULL, bounds=(116.7, 35.3, 116.6, 35.4)), "not on the map"),
    ],
)
def test_a_scene_that_can_not_be_kept_is_named(store: Store, scene: Scene, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        stories.save(store, Story("story", (scene,)))
    assert stories.read_stories(store) == []


def test_a_story_goes_into_a_file_and_comes_out_as_a_new_one() -> None:
    story = Story("汇报", (FULL, Scene("二", {})), public=False)
    read = stories.from_file(stories.to_file(story).encode())
    assert read.id != story.id
    assert read.name == "汇报"
    assert not read.public
    assert [replace(scene, id="") for scene in read.scenes] == [replace(scene, id="") for scene in story.scenes]


def file_of(**changes: object) -> bytes:
    scene = {"title": "t", "view": {}} | {name: value for name, value in changes.items() if value is not None}
    return json.dumps({"format": "liaohe-story", "version": 1, "name": "n", "scenes": [scene]}).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "no JSON file"),
        (b"[" * 100_000, "no JSON file"),
        (b"[1, 2]", "holds no story"),
        (b'{"format": "liaohe-story", "version": 2, "name": "n", "scenes": []}', "newer program"),
        (file_of(view=[1]), "Scene 1 can't be read: “view”"),
        (file_of(view={"layers": 3}), "“view”"),
        (file_of(title=7), "“title”"),
        (file_of(dwell_s="long"), "“dwell_s”"),
        (file_of(dwell_s=True), "“dwell_s”"),
        (file_of(transition="wipe"), "“transition”"),
        (file_of(play_from="soon"), "“play_from”"),
        (file_of(bounds=[1, 2, 3]), "“bounds”"),
        (file_of(charts="land"), "“charts”"),
        (file_of(versions={"nowhere": 1}), "“versions”"),
        (file_of(title="  "), "Scene 1: give it a title"),
    ],
)
def test_a_file_that_holds_no_story_is_refused_by_name(content: bytes, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        stories.from_file(content)


def test_stories_are_in_a_backup_and_leave_the_store_sound(store: Store, tmp_path: Path) -> None:
    saved = stories.save(store, Story("汇报", (FULL,)))
    assert verify(store) == []
    write_backup(store, tmp_path / "backup")
    new = open_store(tmp_path / "new")
    restore_backup(new, tmp_path / "backup")
    assert stories.read_stories(new) == [saved]
