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


def show(story: Story) -> None:
    """The form of the scene that the page is at; nothing of it is kept before the button is pressed."""
    place = choice.scene_number(story)
    scene = story.scenes[place]
    _show_pins(story, scene)
    titles = {name: say(words) for name, words in CHARTS.items() if name in PARTS}
    figures = {layer: say(headline.label) for layer, headline in HEADLINES.items()}
    changes = {name: say(words) for name, words in _TRANSITIONS.items()}
    key = f"{scene.id}_{story.edition}_{language()}"
    with st.form(f"scene_form_{key}", border=True):
        made: dict[str, Any] = {}
        made["title"] = st.text_input(
            t("Title of the scene"), scene.title, max_chars=LONGEST_TITLE, key=f"scene_title_{key}"
        )
        left, right = st.columns(2)
        made["caption"] = left.text_area(
            t("Caption (Markdown)"), scene.caption, max_chars=LONGEST_TEXT, key=f"scene_caption_{key}", height=150
        )
        made["notes"] = right.text_area(
            t("Notes for the presenter (Markdown)"),
            scene.notes,
            max_chars=LONGEST_TEXT,
            key=f"scene_notes_{key}",
            height=150,
        )
        made["charts"] = left.multiselect(
            t("Charts"),
            list(titles),
            [name for name in scene.charts if name in titles],
            format_func=titles.__getitem__,
            key=f"scene_charts_{key}",
            placeholder=t("none"),
        )
        made["figures"] = right.multiselect(
            t("Figures"),
            list(figures),
            [layer for layer in scene.figures if layer in figures],
            format_func=figures.__getitem__,
            key=f"scene_figures_{key}",
            placeholder=t("none"),
        )
        columns = st.columns(4)
        made["dwell_s"] = columns[0].number_input(
            t("Seconds in autoplay"),
            SHORTEST_DWELL_S,
            LONGEST_DWELL_S,
            scene.dwell_s,
            key=f"scene_dwell_{key}",
        )
        made["transition"] = columns[1].selectbox(
            t("How the map gets there"),
            TRANSITIONS,
            TRANSITIONS.index(scene.transition),
            format_func=changes.__getitem__,
            key=f"scene_transition_{key}",
        )
        made["play_from"] = columns[2].date_input(
            t("Plays from"),
            scene.play_from or _first_day(),
            min_value=EARLIEST,
            max_value=LATEST,
            key=f"scene_play_from_{key}",
            help=t("Only where the months play."),
            format="YYYY-MM-DD",
        )
        made["as_of"] = columns[3].date_input(
            t("Day shown"),
            from_query(scene.view).view.as_of,
            key=f"scene_as_of_{key}",
            help=t("Where the months play, they end at this day. Empty: always the latest day of the data."),
            format="YYYY-MM-DD",
            min_value=EARLIEST,
            max_value=LATEST,
        )
        if st.form_submit_button(t("Save this scene"), type="primary", key=f"scene_save_{key}"):
            _keep(story, scene, made)


def _keep(story: Story, scene: Scene, made: dict[str, Any]) -> None:
    view = {part: value for part, value in scene.view.items() if part != "as_of"}
    if made["as_of"]:
        view["as_of"] = made["as_of"].isoformat()
    changed = replace(
        scene,
        view=view,
        title=made["title"],
        caption=made["caption"],
        notes=made["notes"],
        charts=tuple(made["charts"]),
        figures=tuple(made["figures"]),
        dwell_s=int(made["dwell_s"]),
        transition=made["transition"],
        play_from=made["play_from"] if made["transition"] == "play" else None,
    )
    ends = made["as_of"] or data.default_as_of(data.current())
    if changed.play_from is not None and changed.play_from >= ends:
        choice.refuse(text("The months would end before they begin: choose an earlier “Plays from”, or a later day."))
    else:
        choice.save(stories.with_changed(story, changed))
    st.rerun()


def _show_pins(story: Story, scene: Scene) -> None:
    """What the scene's map shows, and of which versions; with the ways to change both."""
    view = from_query(scene.view).view
    told = [t("As of {day}", day=formats.day(view.as_of, language()))] if view.as_of else []
    told += [say(LAYERS[layer].title) for layer in view.layers or {}]
    with st.container(key="scene_view", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(" · ".join(told), width="stretch")
        if st.button(t("Open on the map"), key="scene_open", icon=":material/map:", type="tertiary"):
            state.open_view(scene.view)
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
