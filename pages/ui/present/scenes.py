"""The scenes of a story in their order, each with what can be done to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from geodata import stories
from geodata.stories import Story
from layers.story.compose import newer_versions
from pages.ui import data
from pages.ui.feedback import plain
from pages.ui.language import t
from pages.ui.present import choice


def show(story: Story) -> None:
    """A row for each scene; the one the page is at can be moved, doubled and taken out."""
    here = choice.scene_number(story)
    with st.container(key="scene_list", gap="xxsmall", height=560, border=False):
        for place, scene in enumerate(story.scenes):
            changed = newer_versions(scene, data.current())
            st.button(
                f"{place + 1}. {plain(scene.title)}",
                key=f"scene_{place}",
                type="primary" if place == here else "tertiary",
                width="stretch",
                icon=":material/update:" if changed else None,
                help=t("The data has changed since") if changed else None,
                on_click=choice.go,
                args=(place,),
            )
            if place == here and choice.may_change(story):
                _show_tools(story, place)
        if choice.may_change(story) and (before := choice.taken_out(story)):
            st.button(
                t("Put “{name}” back", name=plain(before.title)),
                key="scene_put_back",
                icon=":material/undo:",
                type="tertiary",
                on_click=choice.put_scene_back,
                args=(story,),
            )


def _show_tools(story: Story, place: int) -> None:
    with st.container(key="scene_tools", horizontal=True, gap="xxsmall"):
        _tool("up", ":material/arrow_upward:", t("Earlier"), partial(_move, story, place, place - 1), place > 0)
        is_last = place == len(story.scenes) - 1
        _tool("down", ":material/arrow_downward:", t("Later"), partial(_move, story, place, place + 1), not is_last)
        _tool("double", ":material/content_copy:", t("Duplicate"), partial(_double, story, place))
        _tool("drop", ":material/delete:", t("Take out"), partial(choice.take_out, story, place))


def _tool(name: str, icon: str, title: str, action: Callable[[], None], is_possible: bool = True) -> None:
    st.button(
        "", icon=icon, key=f"scene_tool_{name}", help=title, type="tertiary", on_click=action, disabled=not is_possible
    )


def _move(story: Story, place: int, to: int) -> None:
    if choice.save(stories.with_moved(story, place, to)):
        choice.go(to)


def _double(story: Story, place: int) -> None:
    if choice.save(stories.with_duplicate(story, place)):
        choice.go(place + 1)
