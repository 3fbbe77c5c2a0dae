"""Every computed indicator of the illustrative district a second time, another way: row by row, with plain dates.

Areas and lengths from `pyproj.Geod` ring by ring and line by line, statuses read off the table of DESIGN §6 as a
chain of questions, the water network by flooding from line to line. Coverage is done twice in test_coverage.py.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pandas as pd
import pytest
from geopandas import GeoDataFrame
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geodata.indicators import indicators
from geodata.sample import DATA_DATE, build_district

GEOD = Geod(ellps="GRS80")
"""CGCS2000's ellipsoid differs from GRS 80 by 0.1 mm in its semi-minor axis."""
DAYS = [date(2018, 6, 30), date(2019, 12, 31), DATA_DATE, date(2022, 3, 1)]
EVER = date(1900, 1, 1)


@pytest.fixture(scope="module")
def district() -> dict[str, GeoDataFrame]:
    return {layer: frame.to_crs("EPSG:4490") for layer, frame in build_district().items()}


def parts(shape: BaseGeometry) -> list[Any]:
    return list(getattr(shape, "geoms", [shape]))


def ha(shape: BaseGeometry) -> float:
    return sum(abs(GEOD.geometry_area_perimeter(part)[0]) for part in parts(shape)) / 10_000


def km(shape: BaseGeometry) -> float:
    return sum(GEOD.geometry_length(part) for part in parts(shape)) / 1000


def day_of(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def by(row: dict[str, Any], field: str, on: date) -> bool:
    day = day_of(row.get(field))
    return day is not None and day <= on


def a_year_after(day: date) -> date:
    return date(day.year + 1, 2, 28) if (day.month, day.day) == (2, 29) else date(day.year + 1, day.month, day.day)


def status(row: dict[str, Any], on: date) -> str:
    """The first line of the table that fits."""
    if not 7 <= int(row["land_use"][:2]) <= 16:
        return "not_applicable"
    if by(row, "completed_on", on):
        return "inefficient" if row["inefficient"] is True else "completed"
    if not by(row, "approved_on", on):
        return "unapproved"
    if not by(row, "supplied_on", on):
        return "approved_unsupplied"
    due, suspended = day_of(row["start_due_on"]), day_of(row["suspended_on"])
    if not by(row, "started_on", on):
        is_idle = due is not None and due != EVER and a_year_after(due) <= on
        return "idle" if is_idle else "supplied_unused"
    little = (row["built_share"] < 1 / 3) or (row["invested_share"] < 0.25)  # NaN is below nothing
    waits = suspended is not None and suspended != EVER and a_year_after(suspended) <= on
    return "idle" if waits and not by(row, "resumed_on", on) and little else "under_construction"


def rows_of(frame: GeoDataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def second(district: dict[str, GeoDataFrame], on: date) -> dict[str, float | None]:
    found: dict[str, float] = defaultdict(float)
    for row in rows_of(district["parcels"]):
        state = status(row, on)
        found[f"land.area_ha.{state}"] += ha(row["geometry"])
        found[f"land.parcels.{state}"] += 1
    on_plan = 0.0
    for row in rows_of(district["greening"]):
        area, planned, done = ha(row["geometry"]), by(row, "planned_on", on), by(row, "completed_on", on)
        found["greening.total_ha"] += area
        found["greening.planned_ha"] += area * planned
        found["greening.completed_ha"] += area * done
        found["greening.late_projects"] += planned and not done
        found[f"greening.kind_ha.{row['kind']}"] += area * done
        on_plan += area * (planned and done)
    connected: list[BaseGeometry] = []
    for row, line in zip(
        rows_of(district["waterways"]), district["waterways"].geometry.to_crs("EPSG:4548"), strict=True
    ):
        length = km(row["geometry"])
        found["water.total_km"] += length
        found["water.connected_km"] += length * by(row, "connected_on", on)
        connected += parts(line) if by(row, "connected_on", on) else []
    found["water.components"] = count_pools(connected)
    for row in rows_of(district["roads"]):
        found[f"roads.total_km.{row['road_class']}"] += km(row["geometry"])
        found[f"roads.open_km.{row['road_class']}"] += km(row["geometry"]) * by(row, "opened_on", on)
    for row in rows_of(district["lighting"]):
        found["lighting.total_km"] += km(row["geometry"])
        found["lighting.lit_km"] += km(row["geometry"]) * by(row, "completed_on", on)
    for row in rows_of(district["relocation_zones"]):
        vacated = by(row, "vacated_on", on)
        again = vacated and by(row, "resupplied_on", on) and day_of(row["resupplied_on"]) >= day_of(row["vacated_on"])
        found[f"relocation.sites.{row['batch']}"] += 1
        found[f"relocation.vacated_sites.{row['batch']}"] += vacated
        found["relocation.freed_ha"] += ha(row["geometry"]) * vacated
        found["relocation.resupplied_ha"] += ha(row["geometry"]) * bool(again)
        found["parks.firms_received"] += vacated and isinstance(row["park_id"], str)
    for row in rows_of(district["projects"]):
        reached = [stage for stage in ("negotiating", "signed", "landed", "producing") if by(row, f"{stage}_on", on)]
        if reached:
            found[f"projects.count.{reached[-1]}"] += 1
            found[f"projects.investment_100m_cny.{reached[-1]}"] += row["investment_100m_cny"]
    found["district.area_km2"] = sum(map(ha, district["district"].geometry)) / 100
    found["greening.completed_share"] = found["greening.completed_ha"] / found["greening.planned_ha"]
    found["greening.on_plan_share"] = on_plan / found["greening.planned_ha"]
    found["water.connected_share"] = found["water.connected_km"] / found["water.total_km"]
    open_km = sum(length for name, length in found.items() if name.startswith("roads.open_km."))
    found["roads.density_km_per_km2"] = open_km / found["district.area_km2"]
    return dict(found)


def count_pools(lines: list[BaseGeometry]) -> int:
    """How many parts there are of lines within a metre of each other: from each unseen one, all it reaches."""
    unseen, pools = set(range(len(lines))), 0
    while unseen:
        pools, reached = pools + 1, [unseen.pop()]
        while reached:
            line = lines[reached.pop()]
            near = {other for other in unseen if line.distance(lines[other]) <= 1}
            unseen -= near
            reached += near
    return pools


NOT_HERE = ("greening.district_share", "greening.housing_within", "vitality.", "parks.built_share")
"""Coverage has a second computation in test_coverage.py; the industrial land of the parks below."""


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_a_second_computation_gives_the_same_numbers(district: dict[str, GeoDataFrame], on: date):
    first = {name: number.value for name, number in indicators(district, on).items() if not name.startswith(NOT_HERE)}
    again = second(district, on)
    assert set(again) <= set(first)
    assert {name: again.get(name, 0) for name in first} == pytest.approx(first, rel=1e-6)


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_the_industrial_land_of_the_parks_is_the_same_by_overlay(district: dict[str, GeoDataFrame], on: date):
    parcels = district["parcels"].to_crs("EPSG:4548")
    industry = parcels[parcels["land_use"].str[:2].isin(["10", "11"])]
    inside = industry[industry.representative_point().within(district["parks"].to_crs("EPSG:4548").union_all())]
    built = [status(row, on) in ("completed", "inefficient") for row in rows_of(inside)]
    share = inside.area[built].sum() / inside.area.sum()
    assert indicators(district, on)["parks.built_share"].value == pytest.approx(share, rel=1e-4)
