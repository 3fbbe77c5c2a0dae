"""The player's page and the document of a story, asked as a browser asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from geodata import stories
from geodata.store import Store
from geodata.stories import Scene, Story
from layers.catalogue import MAP_LAYERS
from layers.charts import sections
from layers.routes import build_routes
from layers.story.words import PLAYER_WORDS
from tests.layers.asgi import Client


@pytest.fixture(scope="module")
def client(store: Store) -> Client:
    return Client(build_routes(lambda: store, lambda: True))


@pytest.fixture
def story(store: Store) -> Iterator[Story]:
    saved = stories.save(
        store, Story("mine", (Scene("a", {"layers": "roads", "language": "zh"}, caption="<b>x</b> **y**"),))
    )
    yield saved
    for each in stories.read_stories(store):
        stories.drop(store, each)


def test_the_page_names_nothing_outside_and_speaks_the_language_asked_for(client: Client) -> None:
    page = client.get("/player/ready?language=en").content.decode()
    assert '<html lang="en">' in page
    assert "http" not in page.replace("http-equiv", "")
    assert '"/player/ready/story.json?language=en"' in page


def test_a_story_is_one_document_with_everything_in_it(client: Client, story: Story) -> None:
    told = json.loads(client.get(f"/player/{story.id}/story.json?language=en").content)
    assert told["name"] == "mine"
    assert set(told["words"]) == set(PLAYER_WORDS)
    (scene,) = told["scenes"]
    assert scene["caption"] == "<p>&lt;b&gt;x&lt;/b&gt; <strong>y</strong></p>\n"
    assert scene["state"]["language"] == "en"
    assert scene["state"]["apart"] is True
    assert [name for name, layer in scene["state"]["layers"].items() if layer["visible"]] == ["roads"]
    groups = {group["layer"]: [entry["label"] for entry in group["entries"]] for group in scene["key"]}
    assert list(groups) == [layer for layer in MAP_LAYERS if layer in groups]
    assert "Connected" in groups["waterways"]  # a layer that can be switched on has its key with it
    assert {source["layer"] for source in scene["sources"]} == set(groups)


def test_the_key_is_as_faint_as_its_layer(client: Client, store: Store) -> None:
    saved = stories.save(store, Story("faint", (Scene("a", {"layers": "district.roads-35"}),)))
    (scene,) = json.loads(client.get(f"/player/{saved.id}/story.json?language=en").content)["scenes"]
    stories.drop(store, saved)
    seen = {group["title"]: {entry["css"].rpartition(":")[2] for entry in group["entries"]} for group in scene["key"]}
    assert (seen["District"], seen["Roads"], seen["Waterways"]) == ({"1"}, {"0.35"}, {"1"})


def test_an_edited_story_is_told_anew(client: Client, store: Store, story: Story) -> None:
    client.get(f"/player/{story.id}/story.json")
    changed = stories.save(store, stories.with_scene(story, Scene("b", {})))
    told = json.loads(client.get(f"/player/{changed.id}/story.json").content)
    assert [scene["title"] for scene in told["scenes"]] == ["a", "b"]


def test_a_failure_is_not_kept_beyond_its_cause(
    client: Client, store: Store, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = stories.save(store, replace(story, scenes=(replace(story.scenes[0], charts=("roads",)),)))

    def problems() -> list[str]:
        (scene,) = json.loads(client.get(f"/player/{changed.id}/story.json?language=en").content)["scenes"]
        return scene["problems"]

    with monkeypatch.context() as broken:
        broken.setitem(sections.PARTS, "roads", sections.Part("roads", ("roads",), lambda _: 1 / 0))
        assert problems() == ["The chart “roads”: it could not be made (ZeroDivisionError)"]
    assert problems() == []


def test_a_story_that_is_not_there_or_empty_is_told_in_words(client: Client, store: Store) -> None:
    answer = client.get("/player/nowhere/story.json?language=en")
    assert answer.status_code == 404
    assert "not there" in json.loads(answer.content)["reason"]
    empty = stories.save(store, Story("empty"))
    answer = client.get(f"/player/{empty.id}/story.json?language=zh")
    assert (answer.status_code, json.loads(answer.content)["reason"]) == (404, "这份汇报还没有场景。")
    stories.drop(store, empty)


def test_a_name_from_outside_is_no_script(client: Client) -> None:
    page = client.get("/player/%3C%2Fscript%3E%3Cscript%3Ealert(1)/?language=en").content.decode()
    assert "<script>alert" not in page


def test_who_may_not_see_all_gets_a_public_story_without_its_notes(store: Store) -> None:
    scene = Scene("a", {}, notes="hush")
    public, closed = (stories.save(store, Story(str(seen), (scene,), public=seen)) for seen in (True, False))
    stranger = Client(build_routes(lambda: store, lambda: True, lambda *_: False))
    known = Client(build_routes(lambda: store, lambda: True, lambda _, story_id: story_id == closed.id))
    try:
        for client, story, notes in ((stranger, public, ""), (known, public, ""), (known, closed, "<p>hush</p>\n")):
            answer = client.get(f"/player/{story.id}/story.json?language=en")
            assert [scene["notes"] for scene in json.loads(answer.content)["scenes"]] == [notes]
        refused = stranger.get(f"/player/{closed.id}/story.json?language=en")
        assert refused.status_code == 403
        assert "for signed-in people" in json.loads(refused.content)["reason"]
    finally:
        for story in (public, closed):
            stories.drop(store, story)
