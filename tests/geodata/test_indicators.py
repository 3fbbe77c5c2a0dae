from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import asin, sqrt

import pandas as pd
import pytest
from geopandas import GeoDataFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geodata.indicators import (
    DEFINITIONS,
    PARTS,
    Indicator,
    Reported,
    Target,
    as_of_range,
    default_as_of,
    definition_of,
    indicators,
    part_of,
    to_json,
)
from geodata.schema import LAND_USES, LAYERS
from geodata.status import STATES
from tests.geodata.clean_frames import clean_frame
from tests.geodata.little_district import ON, PARCELS, little_district, strip

# The park holds the two industrial parcels, of 4 and 5 ha, and no other.
PARKS = clean_frame("parks", [{"park_id": "YQ-1", "name": "园区"}], [box(-10, 290, 2000, 510)])
DISTRICT = {**little_district(), "parks": PARKS}


def under_circle(radius: float, left: float, right: float) -> float:
    """Area between the axis and a circle around its origin, from `left` to `right`."""

    def area_to(x: float) -> float:
        return x / 2 * sqrt(radius**2 - x**2) + radius**2 / 2 * asin(x / radius)

    return area_to(right) - area_to(left)


# Housing are the strips of 2, 3, 6, 7, 8 and 9 ha that begin 100, 200, 500, 600, 700 and 800 m north of the origin:
# 35 ha. Green are the strips up to 100 × 100 m (park), from there 200 × 100 m, from 300 m north on 400 × 100 m, and
# from 400 m north on 50 × 100 m (park). What lies 200–300 m north of a strip of width w has w + √(300² − y²) near it.
_WITHIN_300_M = 2e4 + 3e4 + 6e4 + (400 * 100 + under_circle(300, 200, 300)) + (50 * 100 + under_circle(300, 200, 300))
# Up to 400 m north of the strip of 50 m: less than the 600 m that the shortest of these strips of housing has.
_WITHIN_500_M_OF_A_PARK = 2e4 + 3e4 + 50 * 400 + under_circle(500, 0, 400)
_WITHIN_900_M_OF_A_PARK = 26e4 + 50 * 100 + under_circle(900, 300, 400)

# Worked out by hand from tests/geodata/little_district.py, at 2020-12-31: (value, unit).
EXPECTED: dict[str, tuple[float | None, str]] = {
    "land.area_ha.not_applicable": (1, "ha"),
    "land.area_ha.inefficient": (2, "ha"),
    "land.area_ha.completed": (3 + 9, "ha"),
    "land.area_ha.unapproved": (4, "ha"),
    "land.area_ha.approved_unsupplied": (5, "ha"),
    "land.area_ha.idle": (6, "ha"),
    "land.area_ha.supplied_unused": (7, "ha"),
    "land.area_ha.under_construction": (8, "ha"),
    "land.parcels.not_applicable": (1, "count"),
    "land.parcels.inefficient": (1, "count"),
    "land.parcels.completed": (2, "count"),
    "land.parcels.unapproved": (1, "count"),
    "land.parcels.approved_unsupplied": (1, "count"),
    "land.parcels.idle": (1, "count"),
    "land.parcels.supplied_unused": (1, "count"),
    "land.parcels.under_construction": (1, "count"),
    "greening.planned_ha": (1 + 2 + 3 + 0.5, "ha"),
    "greening.completed_ha": (1 + 2 + 4 + 0.5, "ha"),
    "greening.completed_share": (7.5 / 6.5, "share"),
    "greening.total_ha": (10.5, "ha"),
    "greening.on_plan_share": (3.5 / 6.5, "share"),
    "greening.late_projects": (1, "count"),
    "greening.kind_ha.park": (1.5, "ha"),
    "greening.kind_ha.belt": (2, "ha"),
    "greening.kind_ha.street": (0, "ha"),
    "greening.kind_ha.waterfront": (4, "ha"),
    "greening.district_share": (7.5 / 200, "share"),
    "greening.housing_within_300m_share": (_WITHIN_300_M / 35e4, "share"),
    "greening.housing_within_500m_of_park_share": (_WITHIN_500_M_OF_A_PARK / 35e4, "share"),
    "vitality.housing_within_900m_share.public": (0, "share"),
    "vitality.housing_within_900m_share.shops": (0, "share"),
    "vitality.housing_within_900m_share.parks": (_WITHIN_900_M_OF_A_PARK / 35e4, "share"),
    "vitality.housing_within_900m_share.all": (0, "share"),
    "water.connected_km": (1.5, "km"),
    "water.total_km": (2.5, "km"),
    "water.connected_share": (0.6, "share"),
    "water.components": (2, "count"),
    "roads.open_km.expressway": (0, "km"),
    "roads.open_km.arterial": (3, "km"),
    "roads.open_km.secondary": (0, "km"),
    "roads.open_km.branch": (0, "km"),
    "roads.total_km.expressway": (3, "km"),
    "roads.total_km.arterial": (3, "km"),
    "roads.total_km.secondary": (0, "km"),
    "roads.total_km.branch": (0.5, "km"),
    "roads.density_km_per_km2": (1.5, "km/km2"),
    "lighting.lit_km": (1, "km"),
    "lighting.total_km": (3, "km"),
    "relocation.vacated_sites.2018": (2, "count"),
    "relocation.vacated_sites.2019": (0, "count"),
    "relocation.vacated_sites.2020": (0, "count"),
    "relocation.sites.2018": (2, "count"),
    "relocation.sites.2019": (1, "count"),
    "relocation.sites.2020": (1, "count"),
    "relocation.freed_ha": (3, "ha"),
    "relocation.resupplied_ha": (1, "ha"),
    "parks.firms_received": (1, "count"),
    "parks.built_share": (0, "share"),
    "projects.count.negotiating": (2, "count"),
    "projects.count.signed": (1, "count"),
    "projects.count.landed": (0, "count"),
    "projects.count.producing": (1, "count"),
    "projects.investment_100m_cny.negotiating": (1.5, "100m_cny"),
    "projects.investment_100m_cny.signed": (4, "100m_cny"),
    "projects.investment_100m_cny.landed": (0, "100m_cny"),
    "projects.investment_100m_cny.producing": (2, "100m_cny"),
    "district.area_km2": (2, "km2"),
}


@dataclass(frozen=True)
class Version:
    number: int
    data_date: date


def value_of(name: str, on: str | date, frames: dict[str, GeoDataFrame] = DISTRICT) -> float | None:
    return indicators(frames, date.fromisoformat(on) if isinstance(on, str) else on)[name].value


def test_every_indicator_is_as_worked_out_by_hand() -> None:
    found = indicators(DISTRICT, ON)
    assert {name: number.unit for name, number in found.items()} == {name: unit for name, (_, unit) in EXPECTED.items()}
    values = {name: value for name, (value, _) in EXPECTED.items()}
    assert {name: number.value for name, number in found.items()} == pytest.approx(values, rel=1e-4)


def test_an_object_counts_from_its_own_day_on() -> None:
    assert value_of("relocation.freed_ha", "2018-11-30") == 0
    assert value_of("relocation.freed_ha", "2018-12-01") == pytest.approx(1, rel=1e-4)
    assert value_of("relocation.resupplied_ha", "2019-04-30") == 0
    assert value_of("relocation.resupplied_ha", "2019-05-01") == pytest.approx(1, rel=1e-4)
    assert value_of("greening.late_projects", "2019-12-30") == 0
    assert value_of("greening.late_projects", "2019-12-31") == 1
    assert value_of("greening.late_projects", "2020-02-10") == 0
    assert value_of("roads.open_km.arterial", "2020-04-30") == pytest.approx(1, rel=1e-4)


def test_what_existed_counts_at_every_date() -> None:
    long_ago = "1950-01-01"
    assert value_of("greening.completed_ha", long_ago) == pytest.approx(0.5, rel=1e-4)
    assert value_of("water.connected_km", long_ago) == pytest.approx(0.5, rel=1e-4)
    assert value_of("land.area_ha.completed", long_ago) == pytest.approx(9, rel=1e-4)


def test_shares_are_null_where_nothing_was_planned() -> None:
    greening = clean_frame("greening", [{"kind": "park", "planned_on": "2020-01-01"}], [strip(1)])
    before = indicators({"greening": greening}, date(2019, 12, 31))
    assert before["greening.completed_share"].value is None
    assert before["greening.on_plan_share"].value is None
    assert value_of("greening.completed_share", "2020-01-01", {"greening": greening}) == 0


def test_layers_without_rows_have_all_their_indicators() -> None:
    found = indicators({layer: clean_frame(layer, []) for layer in LAYERS}, ON)
    assert {name for name in EXPECTED if not name.startswith("relocation.") or name.endswith("_ha")} == set(found)
    nothing = {
        "greening.completed_share",
        "greening.on_plan_share",
        "greening.district_share",
        "greening.housing_within_300m_share",
        "greening.housing_within_500m_of_park_share",
        *(name for name in EXPECTED if name.startswith("vitality.")),
        "water.connected_share",
        "roads.density_km_per_km2",
        "parks.built_share",
    }
    assert {name for name, number in found.items() if number.value is None} == nothing
    assert {number.value for name, number in found.items() if name not in nothing} == {0}


def test_a_layer_that_is_not_published_has_no_indicators() -> None:
    assert indicators({}, ON) == {}
    roads = indicators({"roads": DISTRICT["roads"]}, ON)
    assert {name.split(".")[0] for name in roads} == {"roads"}
    assert roads["roads.density_km_per_km2"].value is None


def test_what_is_near_what_is_left_out_without_one_of_the_two() -> None:
    near = {name for name in EXPECTED if "housing_within" in name}
    for missing in ("greening", "parcels"):
        frames = {layer: frame for layer, frame in DISTRICT.items() if layer != missing}
        assert near.isdisjoint(indicators(frames, ON)), missing
    without_district = indicators({layer: DISTRICT[layer] for layer in ("greening", "parcels")}, ON)
    assert near < set(without_district)
    assert "greening.district_share" not in without_district


def test_only_the_parts_asked_for_are_worked_out_and_together_they_are_everything() -> None:
    reported = [Reported("tax_100m_cny", ON, 3.0, "100m_cny")]
    everything = indicators(DISTRICT, ON, reported=reported)
    found = {part: indicators(DISTRICT, ON, reported=reported, parts=[part]) for part in PARTS}
    assert {name: number for part in PARTS for name, number in found[part].items()} == everything
    for part, numbers in found.items():
        assert {part_of(name) for name in numbers} == {part}
    with pytest.raises(KeyError, match="lands"):
        indicators(DISTRICT, ON, parts=["lands"])


def test_the_industrial_land_of_the_parks_that_is_built() -> None:
    built = DISTRICT["parcels"].assign(
        completed_on=lambda parcels: parcels["completed_on"].where(parcels.index != 3, pd.Timestamp("2019-01-01"))
    )
    assert value_of("parks.built_share", ON, {**DISTRICT, "parcels": built}) == pytest.approx(4 / 9, rel=1e-4)
    assert value_of("parks.built_share", date(2018, 12, 31), {**DISTRICT, "parcels": built}) == 0
    assert value_of("parks.built_share", ON, {**DISTRICT, "parcels": built[built.index < 3]}) is None


def test_a_road_without_a_class_counts_in_the_density() -> None:
    roads = DISTRICT["roads"].assign(road_class=None)
    assert value_of("roads.density_km_per_km2", ON, {**DISTRICT, "roads": roads}) == pytest.approx(1.5, rel=1e-4)


@pytest.mark.parametrize(
    "on", ["1890-01-01", "2017-12-31", "2018-05-01", "2019-03-01", "2020-12-31", "2021-01-01", "2030-01-01"]
)
def test_the_statuses_add_up_to_all_the_land_at_every_date(on: str) -> None:
    found = indicators(DISTRICT, date.fromisoformat(on))
    assert sum(found[f"land.area_ha.{status}"].value or 0 for status in STATES["parcels"]) == pytest.approx(
        45, rel=1e-4
    )
    assert sum(found[f"land.parcels.{status}"].value or 0 for status in STATES["parcels"]) == len(PARCELS)


DATES = st.one_of(st.none(), st.dates(date(2017, 1, 1), date(2021, 12, 31)), st.just(date(1900, 1, 1)))
ROWS = st.fixed_dictionaries(
    {
        "land_use": st.sampled_from(sorted(LAND_USES)),
        "inefficient": st.sampled_from([True, False, None]),
        "built_share": st.sampled_from([None, 0.1, 0.9]),
        **dict.fromkeys(
            ["approved_on", "supplied_on", "start_due_on", "started_on", "suspended_on", "resumed_on", "completed_on"],
            DATES,
        ),
    }
)


@settings(max_examples=50)
@given(st.lists(ROWS, max_size=10), st.dates(date(2016, 1, 1), date(2024, 1, 1)))
def test_the_statuses_add_up_whatever_the_dates_are(rows: list[dict[str, object]], on: date) -> None:
    shapes = [strip(number + 1, y=100 * number) for number in range(len(rows))]
    found = indicators({"parcels": clean_frame("parcels", rows, shapes)}, on)
    areas = [found[f"land.area_ha.{status}"].value or 0 for status in STATES["parcels"]]
    assert sum(areas) == pytest.approx(len(rows) * (len(rows) + 1) / 2, rel=1e-4)
    assert sum(found[f"land.parcels.{status}"].value or 0 for status in STATES["parcels"]) == len(rows)


# --- targets and reported values -----------------------------------------------------------------------------------


def test_the_next_target_due_counts_and_after_the_last_one_that_one() -> None:
    targets = [
        Target("greening.completed_ha", date(2020, 12, 31), 9.0, "ha"),
        Target("greening.completed_ha", date(2018, 12, 31), 2.0, "ha"),
        Target("greening.completed_ha", date(2019, 12, 31), 5.0, "km2"),
    ]

    def target_at(day: str) -> float | None:
        return indicators(DISTRICT, date.fromisoformat(day), targets=targets)["greening.completed_ha"].target

    assert [target_at(day) for day in ("2018-01-01", "2018-12-31", "2019-01-01", "2020-12-31", "2025-01-01")] == [
        2.0,
        2.0,
        9.0,
        9.0,
        9.0,
    ]
    assert indicators(DISTRICT, ON, targets=targets)["greening.planned_ha"].target is None


def test_the_latest_reported_value_as_of_the_date_counts() -> None:
    reported = [
        Reported("tax_100m_cny", date(2020, 6, 30), 3.0, "100m_cny"),
        Reported("tax_100m_cny", date(2019, 12, 31), 2.0, "100m_cny"),
    ]
    assert "reported.tax_100m_cny" not in indicators({}, date(2019, 12, 30), reported=reported)
    assert indicators({}, date(2020, 6, 29), reported=reported) == {"reported.tax_100m_cny": Indicator(2.0, "100m_cny")}
    assert indicators({}, ON, reported=reported)["reported.tax_100m_cny"].value == 3.0


def test_every_indicator_is_defined_with_its_unit_and_its_layer() -> None:
    for name, number in indicators(DISTRICT, ON).items():
        definition = definition_of(name)
        assert definition.unit == number.unit
        assert set(definition.layers) <= set(LAYERS)
        assert definition.title.in_("zh") != definition.title.in_("en")
    assert definition_of("reported.tax.local") is DEFINITIONS["reported.<name>"]
    with pytest.raises(KeyError):
        definition_of("land.area_km2.idle")


# --- dates and documents -------------------------------------------------------------------------------------------


def test_the_as_of_date_defaults_to_the_latest_data_date() -> None:
    assert default_as_of({"roads": Version(1, date(2020, 6, 30)), "parks": Version(3, date(2019, 1, 1))}) == date(
        2020, 6, 30
    )


def test_the_as_of_range_runs_from_the_first_event_to_the_last_event_or_data_date() -> None:
    roads = clean_frame("roads", [{"started_on": "2018-02-14", "opened_on": "2020-05-20"}, {"opened_on": "1900-01-01"}])
    frames = {"roads": roads, "greening": clean_frame("greening", [{"planned_on": "2024-01-01"}])}
    assert as_of_range({"roads": Version(1, date(2020, 12, 31))}, frames) == (date(2018, 2, 1), date(2020, 12, 1))
    assert as_of_range({"roads": Version(1, date(2019, 12, 31))}, frames) == (date(2018, 2, 1), date(2020, 5, 1))
    assert as_of_range({"parks": Version(1, date(2019, 12, 31))}, {}) == (date(2019, 12, 1), date(2019, 12, 1))


def test_the_document_is_that_of_the_contract() -> None:
    numbers = {
        "water.total_km": Indicator(2.5, "km", target=88.0),
        "greening.completed_share": Indicator(None, "share"),
    }
    assert to_json(ON, {"waterways": Version(4, ON)}, numbers) == {
        "as_of": "2020-12-31",
        "versions": {"waterways": 4},
        "indicators": {
            "water.total_km": {"value": 2.5, "unit": "km", "target": 88.0},
            "greening.completed_share": {"value": None, "unit": "share"},
        },
    }
