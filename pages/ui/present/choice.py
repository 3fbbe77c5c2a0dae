"""Which story and which scene the page is at, kept for the session."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import streamlit as st

from geodata import stories
from geodata.errors import GeodataError
from geodata.i18n import Text, text
from geodata.stories import Scene, Story
from layers.story.ready import READY, ready_story
from pages.ui import account, data, state, who
from pages.ui.language import language

_SCENE, _ASKED, _REFUSED, _DROPPED = "_scene", "_scene_asked", "_story_refused", "_story_before"
_DONE, _TAKEN_OUT = "_story_done", "_scene_before"


def offered() -> dict[str, Story]:
    """The stories that the reader may see by their ids, the ready one first; without notes for who is not known here.

    Raises
    ------
    StoreError
        The store can't be read.
    """
    versions = data.current()
    ready = ready_story(versions, data.default_as_of(versions), language(), data.frame)
    told = [ready, *stories.read_stories(data.store())]
    if not account.is_known():
        told = [stories.without_notes(story) for story in told if story.public]
    return {story.id: story for story in told}


def chosen(among: dict[str, Story]) -> Story:
    """The story that the page is at."""
    return among.get(str(st.session_state.get(state.STORY_KEY)), among[READY])


def is_ready(story: Story) -> bool:
    """Whether it is the story that comes with the application, which nobody changes."""
    return story.id == READY


def scene_number(story: Story) -> int:
    """The place of the scene that the page is at, from 0."""
    place: int = st.session_state.get(_SCENE, 0)
    return max(0, min(place, len(story.scenes) - 1))


def asked() -> int:
    """How often the page itself went to a scene."""
    count: int = st.session_state.get(_ASKED, 0)
    return count


def go(place: int) -> None:
    """Go to a scene."""
    st.session_state[_SCENE] = place
    st.session_state[_ASKED] = asked() + 1


def follow(place: int) -> None:
    """The player went to a scene by itself."""
    st.session_state[_SCENE] = place


def open_story(story_id: str) -> None:
    """Show another story from its first scene, from the next run on."""
    st.session_state[state.STORY_KEY] = story_id
    go(0)


def may_change(story: Story) -> bool:
    """Whether the reader may change a story: who is known here may, but never the ready one."""
    return account.is_known() and not is_ready(story)


def save(story: Story) -> Story | None:
    """Keep a story; what speaks against it is told on the next run, and nothing is changed."""
    if not account.is_known():
        refuse(text("Sign in to make and change stories."))
        return None
    try:
        saved = stories.save(data.store(), story, who.name())
    except GeodataError as error:
        refuse(error.message)
        return None
    return saved


def free_name(name: str) -> str:
    """A name for a story that no other has: the name itself, else with a number behind it."""
    taken = {story.name for story in stories.read_stories(data.store())}
    numbered = (name if number == 1 else f"{name} {number}" for number in count(1))
    return next(each for each in numbered if each not in taken)


def drop(story: Story) -> None:
    """Delete a story; it can be put back."""
    try:
        stories.drop(data.store(), story, who.name())
    except GeodataError as error:
        refuse(error.message)
    else:
        st.session_state[_DROPPED] = story
        open_story(READY)


def take_out(story: Story, place: int) -> None:
    """Take a scene out of its story; it can be put back."""
    scene = story.scenes[place]
    if save(stories.without_scene(story, scene.id)):
        st.session_state[_TAKEN_OUT] = (story.id, place, scene)


def taken_out(story: Story) -> Scene | None:
    """The scene that was taken out of a story last in this session."""
    before = st.session_state.get(_TAKEN_OUT)
    return before[2] if before and before[0] == story.id else None


def put_scene_back(story: Story) -> None:
    """Take that back."""
    _, place, scene = st.session_state.pop(_TAKEN_OUT)
    if save(stories.with_scene(story, scene, place - 1)):
        go(place)


def dropped() -> Story | None:
    """The story that was deleted last in this session."""
    story: Story | None = st.session_state.get(_DROPPED)
    return story


def put_back() -> None:
    """Take a deletion back."""
    story = st.session_state.pop(_DROPPED, None)
    if story is not None and save(replace(story, edition=0)):
        open_story(story.id)


def tell(words: Text) -> None:
    """Say on the next run what was done."""
    st.session_state[_DONE] = words


def take_told() -> Text | None:
    """What was done since the last run; told once."""
    words: Text | None = st.session_state.pop(_DONE, None)
    return words


def refuse(reason: Text) -> None:
    """Say on the next run what was not done."""
    st.session_state[_REFUSED] = reason


def take_refusal() -> Text | None:
    """What was not done since the last run, and why; told once."""
    reason: Text | None = st.session_state.pop(_REFUSED, None)
    return reason
