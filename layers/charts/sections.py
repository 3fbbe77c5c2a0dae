"""The dashboard's sections: which charts each has, and from which tables they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from geodata import breakdowns, land_lists, series
from geodata.i18n import Text, text
from geodata.programme import Section
from geodata.schema import BOARDS, CLUSTERS
from layers.charts import Chart, greening, land, network, projects, relocation
from layers.scope import Scope

TITLES: dict[Section, Text] = {
    "overview": text("Overview"),
    "land": text("Land"),
    "greening": text("Greening and lighting"),
    "networks": text("Water and roads"),
    "relocation": text("Relocation"),
    "projects": text("Key projects"),
}


@dataclass(frozen=True)
class Part:
    """A chart of a section: the layers it needs, the first of which it is about, and how it is made."""

    name: str
    layers: tuple[str, ...]
    build: Callable[[Scope], Chart]
    monthly: bool = False
    """Whether it goes by months, and so leaves out what was there before all records."""


def _land_by_status(scope: Scope) -> Chart:
    return land.by_status(breakdowns.land_by_status(scope.frame("parcels", *land.STATUS), scope.on), scope.look)


def _largest_idle(scope: Scope) -> Chart:
    table = land_lists.land_list(scope.frame("parcels"), "idle", scope.on, data_date=scope.on)
    return land.largest_idle(table, scope.look)


def _land_by_use(scope: Scope) -> Chart:
    return land.by_use(series.land_by_use_and_status(scope.frame("parcels", *land.USE), scope.on), scope.look)


def _land_by(place: str) -> Callable[[Scope], Chart]:
    def build(scope: Scope) -> Chart:
        free = land.place_picks(place)
        by = scope.facet("parcels", place, *free)
        table = breakdowns.size_by_state("parcels", scope.frame("parcels", *free), scope.on, by)
        return land.by_place(table[table["place"] != ""], place, scope.places(place), scope.look)

    return build


def _greening_by_month(scope: Scope) -> Chart:
    frame = scope.frame("greening", *greening.MONTHS)
    return greening.by_month(series.greening_by_month(frame, _last_month(scope), on=scope.on), scope.look)


def _lighting_by_month(scope: Scope) -> Chart:
    frame = scope.frame("lighting", *greening.LIGHTING_MONTHS)
    table = series.lighting_by_month(frame, _last_month(scope), on=scope.on)
    return greening.lighting_by_month(table, scope.on, scope.look)


def _greening_by_kind(scope: Scope) -> Chart:
    return greening.by_kind(series.greening_by_kind(scope.frame("greening", *greening.KIND), scope.on), scope.look)


def _greening_by(place: str) -> Callable[[Scope], Chart]:
    def build(scope: Scope) -> Chart:
        free = greening.place_picks(place)
        table = breakdowns.greening_by(scope.frame("greening", *free), scope.on, scope.facet("greening", place, *free))
        return greening.by_place(table[table["place"] != ""], place, scope.places(place), scope.look)

    return build


_NEAR = {
    "greening.housing_within_300m_share": text("300 m to greening"),
    "greening.housing_within_500m_of_park_share": text("500 m to a park"),
}


def _near_green(scope: Scope) -> Chart:
    numbers = scope.numbers("coverage")
    shares = {name: numbers[name].value for name in _NEAR if name in numbers}
    return greening.housing_near(shares, _NEAR, text("Housing land near completed greening (%)"), scope.look)


def _waterways(scope: Scope) -> Chart:
    return network.waterways(
        series.waterways_by_state(scope.frame("waterways", *network.WATERWAY), scope.on), scope.look
    )


def _roads(scope: Scope) -> Chart:
    return network.roads_by_class(
        series.roads_by_class(scope.frame("roads", *network.ROAD_CLASS), scope.on), scope.look
    )


def _relocation_by_batch(scope: Scope) -> Chart:
    table = series.relocation_by_batch(scope.frame("relocation_zones", *relocation.BATCH), scope.on)
    return relocation.by_batch(table, scope.look)


def _relocation_flow(scope: Scope) -> Chart:
    table = breakdowns.relocation_flows(scope.frame("relocation_zones"), scope.on)
    return relocation.from_to(table, scope.places("park"), scope.look)


def _projects_by_stage(scope: Scope) -> Chart:
    return projects.by_stage(series.projects_by(scope.frame("projects", *projects.STAGE), scope.on), scope.look)


def _projects_by(group: projects.Group) -> Callable[[Scope], Chart]:
    names = BOARDS if group == "board" else CLUSTERS

    def build(scope: Scope) -> Chart:
        table = series.projects_by(scope.frame("projects", *projects.group_picks(group)), scope.on, group)
        others = {str(name): Text(str(name)) for name in table[group].unique() if name not in names}
        return projects.by_group(table, group, {**names, **others}, scope.look)

    return build


_LAND = Part("land", ("parcels",), _land_by_use)
_GREENING = Part("greening", ("greening",), _greening_by_month, monthly=True)
_WATERWAYS = Part("waterways", ("waterways",), _waterways)
_ROADS = Part("roads", ("roads",), _roads)
_RELOCATION = Part("relocation", ("relocation_zones",), _relocation_by_batch)
_PROJECTS = Part("projects", ("projects",), _projects_by_stage)
_LIGHTING = Part("lighting", ("lighting",), _lighting_by_month, monthly=True)

SECTIONS: dict[Section, tuple[Part, ...]] = {
    "overview": (_LAND, _GREENING, _WATERWAYS, _ROADS, _RELOCATION, _PROJECTS),
    "land": (
        Part("land_status", ("parcels",), _land_by_status),
        _LAND,
        Part("land_zone", ("parcels", "water_zones"), _land_by("zone")),
        Part("land_park", ("parcels", "parks"), _land_by("park")),
    ),
    "greening": (
        _GREENING,
        Part("greening_kinds", ("greening",), _greening_by_kind),
        Part("greening_zone", ("greening", "water_zones"), _greening_by("zone")),
        Part("greening_corridor", ("greening", "corridors"), _greening_by("corridor")),
        Part("greening_near", ("greening", "parcels"), _near_green),
        _LIGHTING,
    ),
    "networks": (_WATERWAYS, _ROADS),
    "relocation": (_RELOCATION, Part("relocation_flow", ("relocation_zones",), _relocation_flow)),
    "projects": (
        _PROJECTS,
        Part("projects_board", ("projects",), _projects_by("board")),
        Part("projects_cluster", ("projects",), _projects_by("cluster")),
    ),
}


def land_flow(scope: Scope, start: date) -> Chart:
    """How the land that the filters leave went from status to status since `start`."""
    return land.status_flow(
        land_lists.status_flow(scope.frame("parcels"), start, scope.on), start, scope.on, scope.look
    )


def _last_month(scope: Scope) -> date:
    return max(scope.on, scope.known_to)


STORY_PARTS = (Part("land_idle", ("parcels",), _largest_idle),)
"""Charts of scenes alone: where the dashboard has a table of its own instead."""

PARTS: dict[str, Part] = {part.name: part for parts in (*SECTIONS.values(), STORY_PARTS) for part in parts}
"""Every chart by its name."""
