"""The form in which a scene is written: words, charts and figures, how long it stays, which data it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from geodata import stories
from geodata.i18n import Text, text
from geodata.schema import LAYERS
from geodata.stories import (
    LONGEST_DWELL_S,
    LONGEST_TEXT,
    LONGEST_TITLE,
    SHORTEST_DWELL_S,
    TRANSITIONS,
    Scene,
    Story,
    Transition,
)
from layers import formats
from layers.charts.sections import PARTS
from layers.headlines import HEADLINES
from layers.story.compose import newer_versions, pinned
from layers.view import from_query
from pages.ui import data, state, travel
from pages.ui.as_of import EARLIEST, LATEST
from pages.ui.language import language, say, t
from pages.ui.present import choice
from pages.ui.present.names import CHARTS

_TRANSITIONS: dict[Transition, Text] = {
    "fly": text("The map flies there"),
    "cut": text("There at once"),
    "play": text("There at once, then the months play"),
}


_HELD = "_scene_held"


def show(story: Story) -> None:
    """The form of the scene that the page is at; what is typed stays with the session until it is saved."""
    scene = story.scenes[choice.scene_number(story)]
    held, number = st.session_state.setdefault(_HELD, {}).setdefault(scene.id, (scene, 0))
    _show_pins(story, scene)
    with st.container(border=True, key=f"scene_form_{scene.id}"):
        typed = _ask(scene, held, f"{scene.id}_{number}_{language()}")
        is_typed, is_overtaken = _own(typed) != _own(held), _own(scene) != _own(held)
        if is_overtaken and not is_typed:
            _begin_anew(scene)
            st.rerun()
        if is_overtaken:
            st.warning(t("Somebody else changed this scene meanwhile. Yours is kept here, and not saved."))
        with st.container(horizontal=True, vertical_alignment="center"):
            key = f"{scene.id}_{number}"
            words = t("Save mine over it") if is_overtaken else t("Save this scene")
            name = "over" if is_overtaken else "save"  # a click that comes after the news saves nothing
            if st.button(words, type="primary", key=f"scene_{name}_{key}"):
                _keep(story, typed)
            if is_typed:
                st.button(t("Discard"), key=f"scene_discard_{key}", on_click=_begin_anew, args=(scene,))
                st.caption(t("Not saved yet"))


def _ask(scene: Scene, held: Scene, key: str) -> Scene:
    """The fields with what is held; the scene as they have it."""
    titles = {name: say(words) for name, words in CHARTS.items() if name in PARTS}
    figures = {layer: say(headline.label) for layer, headline in HEADLINES.items()}
    changes = {name: say(words) for name, words in _TRANSITIONS.items()}
    made: dict[str, Any] = {}
    made["title"] = st.text_input(
        t("Title of the scene"),
        held.title,
        max_chars=LONGEST_TITLE,
        key=f"scene_title_{key}",
        persist_state="session",
    )
    left, right = st.columns(2)
    made["caption"] = left.text_area(
        t("Caption (Markdown)"),
        held.caption,
        max_chars=LONGEST_TEXT,
        key=f"scene_caption_{key}",
        height=150,
        persist_state="session",
    )
    made["notes"] = right.text_area(
        t("Notes for the presenter (Markdown)"),
        held.notes,
        max_chars=LONGEST_TEXT,
        key=f"scene_notes_{key}",
        height=150,
        persist_state="session",
    )
    made["charts"] = left.multiselect(
        t("Charts"),
        list(titles),
        [name for name in held.charts if name in titles],
        format_func=titles.__getitem__,
        key=f"scene_charts_{key}",
        placeholder=t("none"),
        persist_state="session",
    )
    made["figures"] = right.multiselect(
        t("Figures"),
        list(figures),
        [layer for layer in held.figures if layer in figures],
        format_func=figures.__getitem__,
        key=f"scene_figures_{key}",
        placeholder=t("none"),
        persist_state="session",
    )
    columns = st.columns(4)
    made["dwell_s"] = columns[0].number_input(
        t("Seconds in autoplay"),
        SHORTEST_DWELL_S,
        LONGEST_DWELL_S,
        held.dwell_s,
        key=f"scene_dwell_{key}",
        persist_state="session",
    )
    made["transition"] = columns[1].selectbox(
        t("How the map gets there"),
        TRANSITIONS,
        TRANSITIONS.index(held.transition),
        format_func=changes.__getitem__,
        key=f"scene_transition_{key}",
        persist_state="session",
    )
    made["play_from"] = columns[2].date_input(
        t("Plays from"),
        held.play_from or _first_day(),
        min_value=EARLIEST,
        max_value=LATEST,
        key=f"scene_play_from_{key}",
        help=t("Only where the months play."),
        format="YYYY-MM-DD",
        disabled=made["transition"] != "play",
        persist_state="session",
    )
    as_of = columns[3].date_input(
        t("Day shown"),
        from_query(held.view).view.as_of,
        key=f"scene_as_of_{key}",
        help=t("Where the months play, they end at this day. Empty: always the latest day of the data."),
        format="YYYY-MM-DD",
        min_value=EARLIEST,
        max_value=LATEST,
        persist_state="session",
    )
    view = {part: value for part, value in scene.view.items() if part != "as_of"}
    if as_of:
        view["as_of"] = as_of.isoformat()
    return _own(replace(scene, view=view, **made | {"dwell_s": int(made["dwell_s"])}), of=scene)


def _own(scene: Scene, *, of: Scene | None = None) -> Scene:
    """What of a scene the form has, in one way of writing; the rest is that of another scene."""
    return replace(
        scene,
        charts=tuple(name for name in scene.charts if name in PARTS),
        figures=tuple(layer for layer in scene.figures if layer in HEADLINES),
        play_from=scene.play_from if scene.transition == "play" else None,
        versions=of.versions if of else {},
        bounds=of.bounds if of else None,
    )


def _begin_anew(scene: Scene) -> None:
    """Let the form begin with a scene as it is; what was typed is gone."""
    _, number = st.session_state[_HELD][scene.id]
    st.session_state[_HELD][scene.id] = (scene, number + 1)


def _keep(story: Story, typed: Scene) -> None:
    ends = from_query(typed.view).view.as_of or data.default_as_of(data.current())
    if typed.play_from is not None and typed.play_from >= ends:
        choice.refuse(text("The months would end before they begin: choose an earlier “Plays from”, or a later day."))
    elif choice.save(stories.with_changed(story, typed)):
        _begin_anew(typed)
        choice.tell(text("Saved."))
    st.rerun()


def _show_pins(story: Story, scene: Scene) -> None:
    """What the scene's map shows, and of which versions; with the ways to change both."""
    view = from_query(scene.view).view
    told = [t("As of {day}", day=formats.day(view.as_of, language()))] if view.as_of else []
    told += [say(LAYERS[layer].title) for layer in view.layers or {}]
    with st.container(key="scene_view", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(" · ".join(told), width="stretch")
        if st.button(
            t("Open on the map"),
            key="scene_open",
            icon=":material/map:",
            type="tertiary",
            on_click=state.open_view,
            args=(scene.view,),
        ):
            travel.to_page("map")
        if scene.versions:
            st.button(t("Always show current data"), key="scene_unpin", on_click=_unpin, args=(story, scene))
        else:
            st.button(t("Keep today's data"), key="scene_pin", on_click=_pin, args=(story, scene))
    changed = newer_versions(scene, data.current())
    if changed:
        names = t(", ").join(say(LAYERS[layer].title) for layer in changed)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(
                t("The data has changed since: {layers}. The scene still shows what it was made with.", layers=names)
            )
            st.button(t("Refresh"), key="scene_refresh", on_click=_pin, args=(story, scene))


def _pin(story: Story, scene: Scene) -> None:
    choice.save(stories.with_changed(story, pinned(scene, data.take_current())))


def _unpin(story: Story, scene: Scene) -> None:
    choice.save(stories.with_changed(story, replace(scene, versions={})))


def _first_day() -> date:
    return data.as_of_range(data.current())[0]
