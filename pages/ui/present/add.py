"""A scene made of what the map shows now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from geodata import stories
from geodata.stories import LONGEST_TITLE, Scene, Story
from layers import formats
from layers.story.compose import pinned
from layers.story.ready import READY
from layers.view import PLACE_PARTS
from pages.ui import account, data, place, state
from pages.ui.language import language, say, t
from pages.ui.present import choice

_TITLE, _TO, _NEW = "add_scene_title", "add_scene_to", "new"
_DONE = "_scene_added"


def show() -> None:
    """A button that opens the question where the scene goes."""
    with st.popover(t("Add scene"), icon=":material/slideshow:", key="add_scene", width="stretch"):
        if account.is_known():
            _ask(state.view().to_query() | place.follow("scene"))
        else:
            account.ask_to_sign_in("scene")
    if name := st.session_state.pop(_DONE, None):
        st.toast(t("Added to “{name}”; it is on the page Present.", name=name), icon=":material/slideshow:")


def _ask(view: Mapping[str, str]) -> None:
    among = {story_id: story for story_id, story in choice.offered().items() if story_id != READY}
    names = {story_id: story.name for story_id, story in among.items()} | {_NEW: t("A new story")}
    last = st.session_state.get(state.STORY_KEY)
    st.selectbox(
        t("Story"),
        list(names),
        list(names).index(last if last in among else _NEW),
        key=_TO,
        format_func=names.__getitem__,
    )
    st.text_input(
        t("Title of the scene"),
        key=_TITLE,
        max_chars=LONGEST_TITLE,
        placeholder=_title_of(state.as_of()),
        help=t("May stay empty."),
    )
    is_told = set(PLACE_PARTS) <= set(view)  # where the map stands is told a moment after this was opened
    st.button(t("Add"), key="add_scene_now", type="primary", on_click=_add, args=(among, view), disabled=not is_told)
    if refused := choice.take_refusal():
        st.warning(say(refused))


def _add(among: Mapping[str, Story], view: Mapping[str, str]) -> None:
    title = st.session_state[_TITLE].strip() or _title_of(state.as_of())
    kept = {part: value for part, value in view.items() if part not in ("language", "section", "rule", "story")}
    scene = pinned(Scene(title, kept), data.current())
    today = t("Story of {day}", day=formats.day(date.today(), language()))
    to = among.get(st.session_state[_TO]) or Story(choice.free_name(today))
    if saved := choice.save(stories.with_scene(to, scene)):
        st.session_state.update({_TITLE: "", _TO: saved.id})
        st.session_state[_DONE] = saved.name
        choice.open_story(saved.id)
        choice.go(len(saved.scenes) - 1)


def _title_of(on: date) -> str:
    return t("As of {day}", day=formats.day(on, language()))
