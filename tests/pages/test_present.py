"""The page on which stories are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from geodata import stories
from geodata.settings import Settings
from geodata.store import Store
from geodata.stories import Scene, Story
from layers.story.ready import READY
from tests.pages.conftest import OpenPage

VIEW = {"v": "1", "layers": "district.parcels", "as_of": "2020-12-31"}


pytestmark = pytest.mark.usefixtures("without_browser")


@pytest.fixture(autouse=True)
def store(published: Settings) -> Iterator[Store]:
    store = Store.open(published)
    yield store
    for story in stories.read_stories(store):
        stories.drop(store, story)
    store.close()


def saved(store: Store, letters: str = "abc") -> Story:
    return stories.save(store, Story("mine", tuple(Scene(letter, VIEW) for letter in letters)))


def open_story(open_page: OpenPage, story: Story) -> AppTest:
    app = open_page("present", language="en")
    app.selectbox(key="story").select(story.id).run()
    assert not app.exception
    return app


def with_something_typed(open_page: OpenPage, store: Store) -> tuple[Story, AppTest, str]:
    """A story, the page on which the caption of its first scene says “mine” and is not saved, and the form's key."""
    story = saved(store)
    app = open_story(open_page, story)
    key = f"{story.scenes[0].id}_0"
    app.text_area(key=f"scene_caption_{key}_en").set_value("mine").run()
    return story, app, key


def titles(store: Store) -> str:
    return "".join(scene.title for scene in stories.read_stories(store)[0].scenes)


def test_the_ready_story_is_shown_and_can_not_be_changed(open_page: OpenPage) -> None:
    app = open_page("present", language="en")
    assert not app.exception
    assert app.selectbox(key="story").value == READY
    assert "1. Liaohe New District at a glance" in app.button(key="scene_0").label
    assert not any(button.key.startswith("scene_tool") for button in app.button if button.key)
    assert any("Make a copy" in caption.value for caption in app.caption)


def test_next_and_previous_go_through_the_scenes_and_stop_at_the_ends(open_page: OpenPage, store: Store) -> None:
    app = open_story(open_page, saved(store, "ab"))
    assert app.button(key="scene_previous").disabled
    app.button(key="scene_next").click().run()
    assert any(caption.value == "2 / 2" for caption in app.caption)
    assert app.button(key="scene_next").disabled
    app.button(key="scene_previous").click().run()
    assert any(caption.value == "1 / 2" for caption in app.caption)


def test_a_copy_of_the_ready_story_is_edited_scene_by_scene(open_page: OpenPage, store: Store) -> None:
    app = open_page("present", language="en")
    app.text_input(key="story_name").set_value("for Monday")
    app.button(key="story_copy").click().run()
    assert not app.exception
    (copied,) = stories.read_stories(store)
    assert copied.name == "for Monday"
    key = f"{copied.scenes[0].id}_0_en"
    app.text_input(key=f"scene_title_{key}").set_value("*Welcome*")
    app.text_area(key=f"scene_caption_{key}").set_value("**new**")
    app.selectbox(key=f"scene_transition_{key}").select("play").run()
    app.date_input(key=f"scene_play_from_{key}").set_value(date(2019, 1, 1))
    app.date_input(key=f"scene_as_of_{key}").set_value(date(2020, 6, 30))
    app.multiselect(key=f"scene_charts_{key}").set_value(["roads"])
    app.button(key=f"scene_save_{key[:-3]}").click().run()
    assert not app.exception
    scene = stories.read_stories(store)[0].scenes[0]
    assert (scene.title, scene.caption, scene.charts) == ("*Welcome*", "**new**", ("roads",))
    assert (scene.transition, scene.play_from) == ("play", date(2019, 1, 1))
    assert scene.view["as_of"] == "2020-06-30"
    assert app.button(key="scene_0").label == r"1. \*Welcome\*"


def test_a_play_that_would_end_before_it_begins_is_refused(open_page: OpenPage, store: Store) -> None:
    story = saved(store)
    app = open_story(open_page, story)
    key = f"{story.scenes[0].id}_0_en"
    app.selectbox(key=f"scene_transition_{key}").select("play").run()
    app.date_input(key=f"scene_play_from_{key}").set_value(date(2020, 12, 31))
    app.button(key=f"scene_save_{key[:-3]}").click().run()
    assert any("end before they begin" in warning.value for warning in app.warning)
    assert stories.read_stories(store)[0].edition == story.edition
    app.date_input(key=f"scene_play_from_{key}").set_value(date(2020, 12, 1))
    app.button(key=f"scene_save_{key[:-3]}").click().run()
    assert stories.read_stories(store)[0].scenes[0].transition == "play"


def test_a_scene_can_always_show_the_latest_day(open_page: OpenPage, store: Store) -> None:
    story = saved(store)
    app = open_story(open_page, story)
    key = f"{story.scenes[0].id}_0_en"
    app.date_input(key=f"scene_as_of_{key}").set_value(None)
    app.button(key=f"scene_save_{key[:-3]}").click().run()
    assert "as_of" not in stories.read_stories(store)[0].scenes[0].view


def test_scenes_are_moved_doubled_and_taken_out(open_page: OpenPage, store: Store) -> None:
    app = open_story(open_page, saved(store))
    app.button(key="scene_tool_down").click().run()
    assert titles(store) == "bac"
    app.button(key="scene_tool_double").click().run()
    assert titles(store) == "baac"
    app.button(key="scene_tool_drop").click().run()
    assert titles(store) == "bac"
    assert not app.exception


def test_who_edits_an_older_edition_is_told_and_nothing_is_lost(open_page: OpenPage, store: Store) -> None:
    story = saved(store)
    app = open_story(open_page, story)
    stories.save(store, stories.with_moved(story, 0, 2))
    app.button(key="scene_tool_drop").click().run()
    assert any("Somebody else changed" in warning.value for warning in app.warning)
    assert titles(store) == "bca"


def test_a_deleted_story_can_be_put_back(open_page: OpenPage, store: Store) -> None:
    app = open_story(open_page, saved(store))
    app.button(key="story_drop").click().run()
    assert stories.read_stories(store) == []
    assert app.selectbox(key="story").value == READY
    app.button(key="story_put_back").click().run()
    assert titles(store) == "abc"
    assert not app.exception


def test_a_story_without_a_name_and_an_empty_one_are_advised(open_page: OpenPage, store: Store) -> None:
    app = open_page("present", language="en")
    app.button(key="story_new").click().run()
    assert any("Give the story a name" in warning.value for warning in app.warning)
    app.text_input(key="story_name").set_value("empty")
    app.button(key="story_new").click().run()
    assert [story.name for story in stories.read_stories(store)] == ["empty"]
    assert any("Add scene" in info.value for info in app.info)


def test_a_pinned_scene_offers_to_be_refreshed(open_page: OpenPage, store: Store) -> None:
    now = store.current()["parcels"].number
    scene = replace(Scene("a", VIEW), versions={"parcels": now + 1})
    app = open_story(open_page, stories.save(store, Story("mine", (scene,))))
    assert any("The data has changed since: Land parcels" in warning.value for warning in app.warning)
    app.button(key="scene_refresh").click().run()
    assert stories.read_stories(store)[0].scenes[0].versions["parcels"] == now
    app.button(key="scene_unpin").click().run()
    assert dict(stories.read_stories(store)[0].scenes[0].versions) == {}
    assert not app.exception


def test_what_the_map_shows_becomes_a_scene(open_page: OpenPage, store: Store) -> None:
    app = open_page(language="en", theme="land_use")
    app.text_input(key="add_scene_title").set_value("here")
    app.button(key="add_scene_now").click().run()
    assert not app.exception
    (story,) = stories.read_stories(store)
    (scene,) = story.scenes
    assert scene.title == "here"
    assert scene.view["theme"] == "land_use"
    assert (scene.view["centre"], scene.view["zoom"]) == ("116.65000_35.41000", "14.25")
    assert scene.versions == {layer: version.number for layer, version in store.current().items()}
    app.button(key="add_scene_now").click().run()
    assert len(stories.read_stories(store)[0].scenes) == 2


def test_a_scene_opens_on_the_map(open_page: OpenPage, store: Store) -> None:
    app = open_story(open_page, saved(store))
    app.button(key="scene_open").click().run()
    assert not app.exception
    assert {checkbox.key for checkbox in app.checkbox if checkbox.value} == {"layer_district", "layer_parcels"}


def test_what_is_typed_is_there_again_after_another_scene(open_page: OpenPage, store: Store) -> None:
    story = saved(store)
    app = open_story(open_page, story)
    key = f"{story.scenes[0].id}_0_en"
    app.text_area(key=f"scene_caption_{key}").set_value("half a sentence").run()
    assert any(caption.value == "Not saved yet" for caption in app.caption)
    app.button(key="scene_next").click().run()
    app.button(key="scene_previous").click().run()
    assert app.text_area(key=f"scene_caption_{key}").value == "half a sentence"
    app.button(key=f"scene_discard_{key[:-3]}").click().run()
    assert app.text_area(key=f"scene_caption_{story.scenes[0].id}_1_en").value == ""
    assert not any(caption.value == "Not saved yet" for caption in app.caption)


def test_what_others_save_in_another_scene_costs_nothing_that_is_typed(open_page: OpenPage, store: Store) -> None:
    story, app, key = with_something_typed(open_page, store)
    stories.save(store, stories.with_changed(story, replace(story.scenes[1], title="theirs")))
    app.button(key=f"scene_save_{key}").click().run()
    assert not app.exception
    first, second, _ = stories.read_stories(store)[0].scenes
    assert (first.caption, second.title) == ("mine", "theirs")


def test_of_two_who_write_in_one_scene_the_later_is_asked(open_page: OpenPage, store: Store) -> None:
    story, app, key = with_something_typed(open_page, store)
    stories.save(store, stories.with_changed(story, replace(story.scenes[0], title="theirs")))
    app.button(key=f"scene_save_{key}").click().run()
    assert any("Somebody else changed this scene" in warning.value for warning in app.warning)
    assert stories.read_stories(store)[0].scenes[0].caption == ""
    assert app.text_area(key=f"scene_caption_{key}_en").value == "mine"
    app.button(key=f"scene_over_{key}").click().run()
    assert stories.read_stories(store)[0].scenes[0].caption == "mine"


def test_a_form_in_which_nothing_is_typed_follows_what_others_save(open_page: OpenPage, store: Store) -> None:
    story = saved(store)
    app = open_story(open_page, story)
    stories.save(store, stories.with_changed(story, replace(story.scenes[0], title="theirs")))
    app.run()
    assert app.text_input(key=f"scene_title_{story.scenes[0].id}_1_en").value == "theirs"


def test_a_renamed_story_stays_open(open_page: OpenPage, store: Store) -> None:
    app = open_story(open_page, saved(store))
    app.button(key="scene_next").click().run()
    app.text_input(key="story_name").set_value("renamed")
    app.button(key="story_rename").click().run()
    assert "renamed" in app.selectbox(key="story").options
    assert app.selectbox(key="story").value == stories.read_stories(store)[0].id
    assert any(caption.value == "2 / 3" for caption in app.caption)


def test_a_story_that_others_deleted_is_told(open_page: OpenPage, store: Store) -> None:
    story = saved(store)
    app = open_story(open_page, story)
    stories.drop(store, story)
    app.run()
    assert app.selectbox(key="story").value == READY
    assert any("no longer there" in warning.value for warning in app.warning)


def test_a_scene_that_was_taken_out_can_be_put_back(open_page: OpenPage, store: Store) -> None:
    app = open_story(open_page, saved(store))
    app.button(key="scene_1").click().run()
    app.button(key="scene_tool_drop").click().run()
    assert titles(store) == "ac"
    app.button(key="scene_put_back").click().run()
    assert titles(store) == "abc"


def test_copies_without_a_name_are_numbered(open_page: OpenPage, store: Store) -> None:
    app = open_page("present", language="en")
    for _ in range(2):
        app.selectbox(key="story").select(READY).run()
        app.button(key="story_copy").click().run()
    names = sorted(story.name for story in stories.read_stories(store))
    assert names[1] == f"{names[0]} 2"


def test_the_address_opens_the_story_again(open_page: OpenPage, store: Store) -> None:
    story = saved(store)
    app = open_page("present", language="en", story=story.id)
    assert app.selectbox(key="story").value == story.id
    app.button(key="scene_next").click().run()
    assert any(caption.value == "2 / 3" for caption in app.caption)
