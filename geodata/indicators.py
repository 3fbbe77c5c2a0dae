"""The indicators: every number about the programme, computed from the published layers at a date (DESIGN §9).

Areas and lengths are ellipsoidal on CGCS2000 over the whole layer as published. An object counts at a date when its
own date is on or before it; 现状 counts at every date. Formulas and sources one by one: docs/indicators.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol

import pandas as pd
from geopandas import GeoDataFrame

from geodata.coverage import SERVICES, covered_shares, green_share_of_district
from geodata.i18n import Text, label
from geodata.measures import M2_PER_KM2, area_ha, area_m2, length_km
from geodata.network import components
from geodata.places import NOWHERE, places_of
from geodata.schema import GREENING_KINDS, ROAD_CLASSES
from geodata.series import (
    greening_by_kind,
    greening_by_month,
    land_by_use_and_status,
    relocation_by_batch,
    roads_by_class,
    waterways_by_state,
)
from geodata.status import STATES, first_and_last_event, happened, state_at

__all__ = [
    "DEFINITIONS",
    "PARTS",
    "Definition",
    "Indicator",
    "Reported",
    "Target",
    "as_of_range",
    "default_as_of",
    "definition_of",
    "greening_by_kind",
    "greening_by_month",
    "indicators",
    "land_by_use_and_status",
    "part_of",
    "relocation_by_batch",
    "roads_by_class",
    "to_json",
    "waterways_by_state",
]

Frames = Mapping[str, GeoDataFrame]
_INDUSTRY = ("10", "11")
"""Land uses of industry and warehousing."""
Values = Mapping[str, float | None]
Unit = Literal["ha", "km", "km2", "km/km2", "count", "share", "100m_cny"]

PROJECT_STAGES = STATES["projects"][1:]
"""The stages that are counted; a project not yet negotiating is not."""


@dataclass(frozen=True)
class Indicator:
    """One number: its value, None where it has none (nothing to divide by), its unit and the target it has."""

    value: float | None
    unit: str
    target: float | None = None


@dataclass(frozen=True)
class Definition:
    """What an indicator, or a family of them (`<part>` in the id), is: title, unit and the layers it is made of."""

    title: Text
    unit: Unit | None
    layers: tuple[str, ...]
    """The indicator is left out while the first one is not published; those of the parts `green_district`, `coverage`,
    `vitality` and `parks_land` while any of them is not. Empty for what is reported."""


@dataclass(frozen=True)
class Target:
    """A value that an indicator is to have by a day, with where that stands."""

    indicator: str
    due_on: date
    value: float
    unit: str
    source: str = ""
    illustrative: bool = False


@dataclass(frozen=True)
class Reported:
    """A value that staff report, for what has no place on the ground (上报)."""

    name: str
    as_of: date
    value: float
    unit: str
    source: str = ""
    who: str = ""
    illustrative: bool = False


class HasDataDate(Protocol):
    """What this module needs to know of a published version."""

    @property
    def number(self) -> int:
        """Its number."""

    @property
    def data_date(self) -> date:
        """The day its data was true."""


_GREENING, _WATER, _ROADS, _LIGHTING = ("greening",), ("waterways",), ("roads",), ("lighting",)
_RELOCATION, _PROJECTS = ("relocation_zones",), ("projects",)
_NEAR_GREEN = ("greening", "parcels")

DEFINITIONS: dict[str, Definition] = {
    "land.area_ha.<status>": Definition(label("用地面积（按状态）", "Land area by status"), "ha", ("parcels",)),
    "land.parcels.<status>": Definition(label("地块数（按状态）", "Parcels by status"), "count", ("parcels",)),
    "greening.planned_ha": Definition(label("应完成绿化面积", "Greening due"), "ha", _GREENING),
    "greening.completed_ha": Definition(label("已完成绿化面积", "Greening completed"), "ha", _GREENING),
    "greening.completed_share": Definition(
        label("绿化完成量/应完成量", "Greening completed to greening due"), "share", _GREENING
    ),
    "greening.total_ha": Definition(label("绿化总面积", "Greening in all"), "ha", _GREENING),
    "greening.on_plan_share": Definition(
        label("应完成绿化的完成率", "Share completed of the greening due"), "share", _GREENING
    ),
    "greening.late_projects": Definition(label("逾期绿化项目数", "Late greening projects"), "count", _GREENING),
    "greening.kind_ha.<kind>": Definition(
        label("已完成绿化面积（按类型）", "Greening completed by kind"), "ha", _GREENING
    ),
    "greening.district_share": Definition(
        label("已完成绿化占新区面积比例", "Greening completed as a share of the district"),
        "share",
        ("greening", "district"),
    ),
    "greening.housing_within_300m_share": Definition(
        label("300 米见绿：居住用地覆盖率", "Share of housing within 300 m of greening"), "share", _NEAR_GREEN
    ),
    "greening.housing_within_500m_of_park_share": Definition(
        label("500 米见园：居住用地覆盖率", "Share of housing within 500 m of a park"), "share", _NEAR_GREEN
    ),
    "vitality.housing_within_900m_share.<service>": Definition(
        label("15 分钟步行圈：居住用地覆盖率", "Share of housing within a 15-minute walk (900 m)"),
        "share",
        ("parcels", "greening"),
    ),
    "water.connected_km": Definition(label("已贯通河道长度", "Waterways connected"), "km", _WATER),
    "water.total_km": Definition(label("河道总长度", "Waterways in all"), "km", _WATER),
    "water.connected_share": Definition(label("河道贯通率", "Share of waterways connected"), "share", _WATER),
    "water.components": Definition(
        label("已贯通水网的连通片数", "Parts of the connected water network"), "count", _WATER
    ),
    "roads.open_km.<class>": Definition(label("通车道路长度（按等级）", "Roads open by class"), "km", _ROADS),
    "roads.total_km.<class>": Definition(label("道路总长度（按等级）", "Roads in all by class"), "km", _ROADS),
    "roads.density_km_per_km2": Definition(label("路网密度", "Road density"), "km/km2", ("roads", "district")),
    "lighting.lit_km": Definition(label("已亮化长度", "Roads lit"), "km", _LIGHTING),
    "lighting.total_km": Definition(label("亮化总长度", "Lighting in all"), "km", _LIGHTING),
    "relocation.vacated_sites.<batch>": Definition(
        label("已腾退地块数（按批次）", "Sites vacated by batch"), "count", _RELOCATION
    ),
    "relocation.sites.<batch>": Definition(
        label("退城进园地块数（按批次）", "Relocation sites by batch"), "count", _RELOCATION
    ),
    "relocation.freed_ha": Definition(label("腾退土地面积", "Land freed"), "ha", _RELOCATION),
    "relocation.resupplied_ha": Definition(label("腾退后再供地面积", "Freed land supplied again"), "ha", _RELOCATION),
    "parks.firms_received": Definition(label("迁入园区企业数", "Firms moved into parks"), "count", _RELOCATION),
    "parks.built_share": Definition(
        label("园区工业仓储用地建成率", "Industrial land of the parks built"), "share", ("parcels", "parks")
    ),
    "projects.count.<stage>": Definition(label("重点项目数（按阶段）", "Key projects by stage"), "count", _PROJECTS),
    "projects.investment_100m_cny.<stage>": Definition(
        label("重点项目投资（按阶段）", "Investment in key projects by stage"), "100m_cny", _PROJECTS
    ),
    "district.area_km2": Definition(label("新区面积", "Area of the district"), "km2", ("district",)),
    "reported.<name>": Definition(label("上报", "Reported"), None, ()),
}
"""Id, or family of ids, → what it is. Nothing outside this table is an indicator."""

_FAMILIES = {pattern.partition("<")[0]: pattern for pattern in DEFINITIONS if "<" in pattern}

_PART_OF = {
    "parks.built_share": "parks_land",
    "greening.district_share": "green_district",
    "greening.housing_within_300m_share": "coverage",
    "greening.housing_within_500m_of_park_share": "coverage",
}
"""Id → part, where that is not the id's first segment."""


def definition_of(indicator: str) -> Definition:
    """What the indicator with this id is; KeyError for an unknown id."""
    if indicator in DEFINITIONS:
        return DEFINITIONS[indicator]
    family = next((pattern for start, pattern in _FAMILIES.items() if indicator.startswith(start)), indicator)
    return DEFINITIONS[family]


def part_of(indicator: str) -> str:
    """The part of `PARTS` that an indicator belongs to."""
    return _PART_OF.get(indicator, indicator.partition(".")[0])


def indicators(
    frames: Mapping[str, GeoDataFrame],
    on: date,
    *,
    targets: Iterable[Target] = (),
    reported: Iterable[Reported] = (),
    parts: Collection[str] | None = None,
) -> dict[str, Indicator]:
    """Every indicator at a date, by id.

    The indicators of a layer that is not in `frames` are left out; the road density without a district is None.

    Parameters
    ----------
    frames : layer → clean frame
    parts
        These parts of `PARTS` alone, instead of all; KeyError for another one.
    targets
        Of several for an indicator the next one due counts, after the last one that one. A target in another unit
        than the indicator's is no target of it.
    reported
        Of several of one name the latest as of the date counts.
    """
    values: dict[str, float | None] = {}
    wanted = PARTS if parts is None else parts
    for part in wanted:
        layers, compute = _COMPUTED[part]
        if all(layer in frames for layer in layers):
            values |= compute(frames, on)
    found = {name: Indicator(value, str(definition_of(name).unit)) for name, value in values.items()}
    for row in sorted(reported, key=lambda row: row.as_of):
        if row.as_of <= on and "reported" in wanted:
            found[f"reported.{row.name}"] = Indicator(row.value, row.unit)
    goals = _targets_at(targets, on)
    return {
        name: Indicator(number.value, number.unit, goals.get((name, number.unit))) for name, number in found.items()
    }


def to_json(as_of: date, versions: Mapping[str, HasDataDate], numbers: Mapping[str, Indicator]) -> dict[str, Any]:
    """The document that `python -m geodata indicators --json` prints (DESIGN §9)."""
    return {
        "as_of": as_of.isoformat(),
        "versions": {layer: version.number for layer, version in versions.items()},
        "indicators": {
            name: {"value": number.value, "unit": number.unit}
            | ({} if number.target is None else {"target": number.target})
            for name, number in numbers.items()
        },
    }


def default_as_of(versions: Mapping[str, HasDataDate]) -> date:
    """The latest data date; today while nothing is published."""
    return max((version.data_date for version in versions.values()), default=date.today())


def as_of_range(versions: Mapping[str, HasDataDate], frames: Mapping[str, GeoDataFrame]) -> tuple[date, date]:
    """First days of the first and of the last month an as-of date is offered in.

    From the month of the earliest event to that of the later of the latest event and the latest data date. 现状 is
    no event, nor is what is only planned or due.
    """
    latest = default_as_of(versions)
    first, last = first_and_last_event(frames) or (latest, latest)
    return min(first, latest).replace(day=1), max(last, latest).replace(day=1)


def _land(frames: Frames, on: date) -> Values:
    parcels = frames["parcels"]
    states = state_at("parcels", parcels, on)
    areas = area_ha(parcels).groupby(states).sum()
    counts = states.value_counts()
    return {f"land.area_ha.{status}": float(areas.get(status, 0.0)) for status in STATES["parcels"]} | {
        f"land.parcels.{status}": int(counts.get(status, 0)) for status in STATES["parcels"]
    }


def _greening(frames: Frames, on: date) -> Values:
    greening = frames["greening"]
    area = area_ha(greening)
    planned, completed = happened(greening, "planned_on", on), happened(greening, "completed_on", on)
    planned_ha, completed_ha = _sum(area, planned), _sum(area, completed)
    kinds = {f"greening.kind_ha.{kind}": _sum(area, completed & _is(greening["kind"], kind)) for kind in GREENING_KINDS}
    return {
        "greening.planned_ha": planned_ha,
        "greening.completed_ha": completed_ha,
        "greening.completed_share": _share(completed_ha, planned_ha),
        "greening.total_ha": float(area.sum()),
        "greening.on_plan_share": _share(_sum(area, planned & completed), planned_ha),
        "greening.late_projects": int((planned & ~completed).sum()),
        **kinds,
    }


def _water(frames: Frames, on: date) -> Values:
    waterways = frames["waterways"]
    length = length_km(waterways)
    connected_km, total_km = _sum(length, happened(waterways, "connected_on", on)), float(length.sum())
    return {
        "water.connected_km": connected_km,
        "water.total_km": total_km,
        "water.connected_share": _share(connected_km, total_km),
        "water.components": len(components(waterways, on)),
    }


def _roads(frames: Frames, on: date) -> Values:
    roads = frames["roads"]
    length, is_open = length_km(roads), happened(roads, "opened_on", on)
    in_class = {name: _is(roads["road_class"], name) for name in ROAD_CLASSES}
    return {
        **{f"roads.open_km.{name}": _sum(length, is_open & rows) for name, rows in in_class.items()},
        **{f"roads.total_km.{name}": _sum(length, rows) for name, rows in in_class.items()},
        "roads.density_km_per_km2": _road_density(frames, on),
    }


def _road_density(frames: Frames, on: date) -> float | None:
    """Length of road open, whatever its class, over the area of the district."""
    if "district" not in frames:
        return None
    roads = frames["roads"]
    return _share(_sum(length_km(roads), happened(roads, "opened_on", on)), _district_km2(frames["district"]))


def _lighting(frames: Frames, on: date) -> Values:
    lighting = frames["lighting"]
    length = length_km(lighting)
    return {
        "lighting.lit_km": _sum(length, happened(lighting, "completed_on", on)),
        "lighting.total_km": float(length.sum()),
    }


def _relocation(frames: Frames, on: date) -> Values:
    sites = frames["relocation_zones"]
    area, vacated = area_ha(sites), happened(sites, "vacated_on", on)
    batches = sorted(int(batch) for batch in sites["batch"].dropna().unique())
    in_batch = {batch: _is(sites["batch"], batch) for batch in batches}
    return {
        **{f"relocation.vacated_sites.{batch}": int((rows & vacated).sum()) for batch, rows in in_batch.items()},
        **{f"relocation.sites.{batch}": int(rows.sum()) for batch, rows in in_batch.items()},
        "relocation.freed_ha": _sum(area, vacated),
        "relocation.resupplied_ha": _sum(area, _is(state_at("relocation_zones", sites, on), "resupplied")),
    }


def _firms_received(frames: Frames, on: date) -> Values:
    sites = frames["relocation_zones"]
    moved = happened(sites, "vacated_on", on) & sites["park_id"].notna()
    return {"parks.firms_received": int(moved.sum())}


def _parks(frames: Frames, on: date) -> Values:
    parcels = frames["parcels"]
    is_industry = parcels["land_use"].str[:2].isin(_INDUSTRY).fillna(False).astype(bool)
    in_parks = is_industry & (places_of("parcels", parcels, "park", frames["parks"]) != NOWHERE)
    area = area_ha(parcels)
    built = state_at("parcels", parcels, on).isin(["completed", "inefficient"])
    return {"parks.built_share": _share(_sum(area, in_parks & built), _sum(area, in_parks))}


def _projects(frames: Frames, on: date) -> Values:
    projects = frames["projects"]
    stage = state_at("projects", projects, on)
    at_stage = {name: _is(stage, name) for name in PROJECT_STAGES}
    investment = projects["investment_100m_cny"]
    return {f"projects.count.{name}": int(rows.sum()) for name, rows in at_stage.items()} | {
        f"projects.investment_100m_cny.{name}": _sum(investment, rows) for name, rows in at_stage.items()
    }


def _district(frames: Frames, _: date) -> Values:
    return {"district.area_km2": _district_km2(frames["district"])}


def _coverage(frames: Frames, on: date) -> Values:
    shares = covered_shares(frames["parcels"], frames["greening"], on, ("green_300m", "park_500m"))
    return {
        "greening.housing_within_300m_share": shares["green_300m"],
        "greening.housing_within_500m_of_park_share": shares["park_500m"],
    }


def _green_district(frames: Frames, on: date) -> Values:
    return {"greening.district_share": green_share_of_district(frames["greening"], frames["district"], on)}


def _vitality(frames: Frames, on: date) -> Values:
    shares = covered_shares(frames["parcels"], frames["greening"], on, [f"{service}_900m" for service in SERVICES])
    return {f"vitality.housing_within_900m_share.{service}": shares[f"{service}_900m"] for service in SERVICES}


_COMPUTED: dict[str, tuple[tuple[str, ...], Callable[[Frames, date], Values]]] = {
    "land": (("parcels",), _land),
    "greening": (_GREENING, _greening),
    "water": (_WATER, _water),
    "roads": (_ROADS, _roads),
    "lighting": (_LIGHTING, _lighting),
    "relocation": (_RELOCATION, _relocation),
    "parks": (("relocation_zones",), _firms_received),
    "parks_land": (("parcels", "parks"), _parks),
    "projects": (_PROJECTS, _projects),
    "district": (("district",), _district),
    "green_district": (("greening", "district"), _green_district),
    "coverage": (_NEAR_GREEN, _coverage),
    "vitality": (("parcels", "greening"), _vitality),
    "reported": ((), lambda *_: {}),
}
"""Part → the layers without which it is left out, and what works it out."""

PARTS = tuple(_COMPUTED)
"""What can be worked out by itself; `green_district`, `coverage`, `vitality` and `parks_land` are the dear ones.

See `part_of`.
"""


def _targets_at(targets: Iterable[Target], on: date) -> dict[tuple[str, str], float]:
    """(indicator, unit) → the next target due, or the last one where none is due any more."""
    found: dict[tuple[str, str], float] = {}
    coming: set[tuple[str, str]] = set()
    for target in sorted(targets, key=lambda target: target.due_on):
        name = (target.indicator, target.unit)
        if name not in coming:
            found[name] = target.value
        if target.due_on >= on:
            coming.add(name)
    return found


def _district_km2(district: GeoDataFrame) -> float:
    return float(area_m2(district).sum()) / M2_PER_KM2


def _sum(measure: pd.Series[float], rows: pd.Series[bool]) -> float:
    return float(measure[rows].sum())


def _is(values: pd.Series[Any], value: object) -> pd.Series[bool]:
    """Which rows have the value; a missing one has not."""
    return (values == value).fillna(False).astype(bool)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
