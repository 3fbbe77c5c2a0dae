"""The stories: which there are, a new one, a copy, another name, a file, and away with one."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geodata import stories
from geodata.errors import GeodataError
from geodata.i18n import text
from geodata.stories import LONGEST_NAME, Story
from pages.ui import account, state
from pages.ui.language import t
from pages.ui.present import choice

_NAME, _FILE = "story_name", "story_file"


def show(among: dict[str, Story]) -> Story:
    """The list to choose from, and behind a button what can be done with the chosen one."""
    names = {story_id: story.name for story_id, story in among.items()}
    last = st.session_state.get(state.STORY_KEY)
    if last not in names:
        if last is not None:
            choice.refuse(text("The story that was open is no longer there: somebody deleted or closed it."))
        last = next(iter(names))
    st.session_state[state.STORY_KEY] = last  # told anew: the browser knows it by a name that may be another now
    st.selectbox(
        t("Story"),
        list(names),
        key=state.STORY_KEY,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=choice.go,
        args=(0,),
        persist_state="session",
        width=340,
    )
    story = choice.chosen(among)
    if account.is_known():
        with st.popover(t("Stories"), icon=":material/folder_open:", key="story_shelf"):
            _show_shelf(story)
    return story


def _show_shelf(story: Story) -> None:
    st.text_input(t("Name"), key=_NAME, max_chars=LONGEST_NAME, placeholder=t("Name of the story"))
    with st.container(horizontal=True, gap="small"):
        st.button(t("New story"), key="story_new", on_click=_make, icon=":material/add:")
        st.button(
            t("Copy of this one"), key="story_copy", on_click=_copy, args=(story,), icon=":material/content_copy:"
        )
        if choice.may_change(story):
            st.button(t("Rename"), key="story_rename", on_click=_rename, args=(story,), icon=":material/edit:")
    st.download_button(
        t("Save as a file"),
        data=stories.to_file(story),
        file_name=f"{story.name}.json",
        mime="application/json",
        key="story_to_file",
        icon=":material/download:",
        on_click="ignore",
    )
    st.file_uploader(
        t("Open a file (.json)"),
        type=["json"],
        key=_FILE,
        on_change=_take_file,
        help=t("It keeps its name, or takes the one typed above where there is one."),
    )
    if choice.may_change(story):
        if account.is_offered():
            st.toggle(
                t("For signed-in people only"),
                not story.public,
                key=f"story_closed_{story.id}_{story.edition}",
                help=t("Others see neither the story nor its player; notes are for signed-in people in any case."),
                on_change=_close,
                args=(story,),
            )
        st.button(
            t("Delete this story"), key="story_drop", on_click=choice.drop, args=(story,), icon=":material/delete:"
        )
    if dropped := choice.dropped():
        st.button(t("Put “{name}” back", name=dropped.name), key="story_put_back", on_click=choice.put_back)


def _make() -> None:
    if saved := choice.save(Story(st.session_state[_NAME])):
        _show_saved(saved)


def _copy(story: Story) -> None:
    name = st.session_state[_NAME].strip() or choice.free_name(t("{name} (copy)", name=story.name))
    if saved := choice.save(stories.copy_of(story, name)):
        _show_saved(saved)


def _rename(story: Story) -> None:
    if choice.save(replace(story, name=st.session_state[_NAME])):
        st.session_state[_NAME] = ""


def _close(story: Story) -> None:
    choice.save(replace(story, public=not story.public))


def _take_file() -> None:
    file = st.session_state[_FILE]
    if file is None:
        return
    try:
        story = stories.from_file(file.getvalue())
        if name := st.session_state[_NAME].strip():
            story = replace(story, name=name)
    except GeodataError as error:
        choice.refuse(error.message)
        return
    if saved := choice.save(story):
        _show_saved(saved)


def _show_saved(story: Story) -> None:
    st.session_state[_NAME] = ""
    choice.open_story(story.id)
