"""The story that is there from the start: the plan from the district to where it stands, over what is published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Literal

from geopandas import GeoDataFrame

from geodata.catalogue import Version
from geodata.filters import OneOf
from geodata.i18n import Language, Text, text
from geodata.status import first_and_last_event
from geodata.stories import Scene, Story
from layers.charts.sections import PARTS
from layers.headlines import HEADLINES
from layers.view import FLOWS, ViewState

READY = "ready"
"""The id of the ready story; the store holds no story of that id."""
_PLAYS_YEARS = 3
_ALL = 1.0
_FAINT = 0.35

Name = Literal[
    "district", "water", "roads", "land", "idle", "relocation", "greening", "lighting", "projects", "standing"
]
_WORDS: dict[Name, tuple[Text, Text, Text]] = {
    "district": (
        text("Liaohe New District at a glance"),
        text(
            "The district with its **rivers**, **road grid** and **parks**: everything that follows has its place here."
        ),
        text("Welcome. Say in one sentence what this meeting is to decide."),
    ),
    "water": (
        text("Water network: four verticals, five horizontals"),
        text(
            "One connected water network:\n\n- three areas and three ecological corridors\n"
            "- four waterways north–south, five east–west"
        ),
        text("Point at the gaps: where is a waterway not yet connected, and what does it wait for?"),
    ),
    "roads": (
        text("Road grid"),
        text("Roads by class, those **open** and those still to be built."),
        text("Say which roads the next parcels depend on."),
    ),
    "land": (
        text("Where the land stands"),
        text("Every parcel by its supply status at this day: from approved to completed."),
        text("The status follows the decree on idle land; “idle” is suspected until the authority has found so."),
    ),
    "idle": (
        text("Land to be put to use"),
        text(
            "**Approved but not supplied**, **supplied but not started**, **suspected idle**: these parcels come first."
        ),
        text("Go through the largest ones: who holds them, what delays them, who sees to it."),
    ),
    "relocation": (
        text("Industry moves from town into the parks"),
        text(
            "Three yearly batches. Each line leads from a site to the park that **receives its firm**. "
            "Its colour is that of the site."
        ),
        text("Name the firms of this year's batch that have not signed yet."),
    ),
    "greening": (
        text("Greening, month by month"),
        text("What was planned and what is completed, **month by month** up to this day."),
        text("Let it play to the end before you speak."),
    ),
    "lighting": (
        text("Lighting"),
        text("Roads that are lit, and those that still wait for it."),
        text("Point at opened roads without light."),
    ),
    "projects": (
        text("Key projects, from talks to production"),
        text("Each project by how far it is: **in talks**, **signed**, **landed**, **producing**."),
        text("Speak of those that moved since the last meeting."),
    ),
    "standing": (
        text("Where we stand"),
        text("All lines of work at this day, against what was planned."),
        text("Close with who does what until when."),
    ),
}


def ready_story(
    versions: Mapping[str, Version], on: date, language: Language, frame_of: Callable[[Version], GeoDataFrame]
) -> Story:
    """The ready story over published versions, at a day; scenes whose layers are not published are left out.

    What plays begins `_PLAYS_YEARS` before the last thing that happened in its layer: the day itself may be long after.
    """
    scenes = []
    for name, scene in _scenes().items():
        needed, view = scene
        if needed in versions:
            title, caption, notes = (words.in_(language) for words in _WORDS[name])
            known = {layer: opacity for layer, opacity in (view.layers or {}).items() if layer in versions}
            query = replace(view, layers=known, as_of=on, theme="status").to_query()
            look = _LOOKS[name]
            charts = tuple(chart for chart in look.charts if set(PARTS[chart].layers) <= set(versions))
            scenes.append(replace(look, title=title, caption=caption, notes=notes, view=query, id=name, charts=charts))
            if look.transition == "play":
                scenes[-1] = replace(scenes[-1], play_from=_plays_from(needed, frame_of(versions[needed]), on))
    return Story(text("Liaohe New District: plan and progress").in_(language), tuple(scenes), id=READY)


def _plays_from(layer: str, frame: GeoDataFrame, on: date) -> date:
    first, last = first_and_last_event({layer: frame}) or (on, on)
    last = min(last, on)
    return max(first.replace(day=1), date(last.year - _PLAYS_YEARS, last.month, 1))


_LOOKS: dict[Name, Scene] = {
    "district": Scene("", {}, figures=("roads", "waterways"), transition="cut"),
    "water": Scene("", {}, charts=("waterways",), figures=("waterways",)),
    "roads": Scene("", {}, charts=("roads",), figures=("roads",)),
    "land": Scene("", {}, charts=("land_status",), figures=("parcels",)),
    "idle": Scene("", {}, charts=("land_idle",), figures=("parcels",)),
    "relocation": Scene("", {}, charts=("relocation",), figures=("relocation_zones",)),
    "greening": Scene("", {}, charts=("greening",), figures=("greening",), transition="play"),
    "lighting": Scene("", {}, charts=("lighting",), figures=("lighting",)),
    "projects": Scene("", {}, charts=("projects",), figures=("projects",)),
    "standing": Scene("", {}, figures=tuple(HEADLINES)),
}


def _scenes() -> dict[Name, tuple[str, ViewState]]:
    """The layer that each scene is about, and its view."""
    ground = {"district": _ALL}
    grid = {"roads": _FAINT}
    water = {"waterways": _ALL}
    waiting = OneOf(frozenset({"approved_unsupplied", "supplied_unused", "idle"}))
    return {
        "district": ("district", ViewState(layers={**ground, **water, "roads": _ALL, "parks": 0.8})),
        "water": ("waterways", ViewState(layers={**ground, "water_zones": _ALL, "corridors": _ALL, **water})),
        "roads": ("roads", ViewState(layers={**ground, "roads": _ALL, "waterways": 0.5})),
        "land": ("parcels", ViewState(layers={**ground, "parcels": _ALL, **grid})),
        "idle": (
            "parcels",
            ViewState(layers={**ground, "parcels": _ALL, **grid}, filters={("parcels", "state"): waiting}),
        ),
        "relocation": (
            "relocation_zones",
            ViewState(layers={**ground, "relocation_zones": _ALL, "parks": _ALL, **grid}, flows=FLOWS[0]),
        ),
        "greening": ("greening", ViewState(layers={**ground, "greening": _ALL, "waterways": 0.6, **grid})),
        "lighting": ("lighting", ViewState(layers={**ground, "lighting": _ALL, **grid})),
        "projects": ("projects", ViewState(layers={**ground, "projects": _ALL, "parks": 0.7, **grid})),
        "standing": (
            "district",
            ViewState(layers={**ground, "parcels": 0.8, "greening": _ALL, **water, "roads": _ALL, "projects": _ALL}),
        ),
    }
