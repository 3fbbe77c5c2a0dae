"""Present: stories made of scenes, shown in a window of their own, and taken along."""

from __future__ import annotations

import streamlit as st

from geodata.stories import Story
from layers.story.routes import player_url
from pages.ui import account, data, feedback, notes, story_pass, travel
from pages.ui.feedback import plain
from pages.ui.language import language, say, t
from pages.ui.present import choice, editor, leaves, scenes, shelf, stage


def show() -> None:
    """The story and what can be done with it above; its scenes at the left, the player beside them, the form below."""
    versions = data.current()
    if not notes.is_ready(versions) or not notes.frontend_is_there():
        return
    with feedback.explained():
        if (gone := stage.gone_to()) is not None:
            choice.follow(gone)
        story = _show_bar()
        if refused := choice.take_refusal():
            st.warning(say(refused))
            st.toast(plain(say(refused)), icon=":material/warning:")  # the button may be far below
        if done := choice.take_told():
            st.toast(say(done), icon=":material/check:")
        if not story.scenes:
            _advise_on_empty()
            return
        left, right = st.columns([1, 3], gap="small")
        with left:
            _show_steps(story)
            scenes.show(story)
        with right:
            # What is edited, published or translated loads the player anew; going from scene to scene does not.
            address = _player(story, edition=story.edition, data=_fingerprint())
            stage.show(address, choice.scene_number(story), choice.asked())
            if choice.may_change(story):
                editor.show(story)
            elif account.is_known():
                st.caption(t("This story comes with the application. Make a copy under “Stories” to change it."))
            else:
                st.caption(t("Sign in to make and change stories."))


def _show_bar() -> Story:
    with st.container(key="present_bar", horizontal=True, vertical_alignment="center", gap="small"):
        story = shelf.show(choice.offered())
        first = choice.scene_number(story) + 1
        st.link_button(
            t("Present"),
            _player(story, scene=first),
            icon=":material/slideshow:",
            type="primary",
            disabled=not story.scenes,
            help=t("Opens a window of its own; F fills the screen, arrow keys and clickers go on, H tells all keys."),
            key="present_start",
        )
        if account.is_known():
            st.link_button(
                t("Notes window"),
                _player(story, scene=first, notes=1),
                icon=":material/speaker_notes:",
                disabled=not story.scenes,
                help=t("For the presenter: notes, timer and the next scene, in step with the other window."),
                key="present_notes",
            )
        leaves.show(story)
    return story


def _player(story: Story, **asked: object) -> str:
    """The address of the player; who is known here gets the whole story there."""
    return player_url(story.id, language(), **asked, **story_pass.made_for(story.id))


def _show_steps(story: Story) -> None:
    here, last = choice.scene_number(story), len(story.scenes) - 1
    with st.container(key="scene_steps", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            t("Previous scene"),
            key="scene_previous",
            icon=":material/chevron_left:",
            on_click=choice.go,
            args=(here - 1,),
            disabled=here == 0,
        )
        st.button(
            t("Next scene"),
            key="scene_next",
            icon=":material/chevron_right:",
            icon_position="right",
            on_click=choice.go,
            args=(here + 1,),
            disabled=here == last,
        )
        st.caption(f"{here + 1} / {last + 1}")


def _advise_on_empty() -> None:
    st.info(t("This story has no scenes yet. Open the map, set it up as you want to show it, and press “Add scene”."))
    if st.button(t("To the map"), key="story_to_map", icon=":material/map:"):
        travel.to_page("map")


def _fingerprint() -> str:
    return "-".join(str(version.number) for _, version in sorted(data.current().items()))
