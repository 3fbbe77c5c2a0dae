"""The key of a layer counts its features as they are at the date."""

from __future__ import annotations

from datetime import date

from shapely import box

from geodata.measures import area_m2
from geodata.status import STATES, state_at
from layers import styles
from layers.legend import legend, remarks
from tests.geodata.clean_frames import clean_frame
from tests.geodata.little_district import little_district

DAY = date(2020, 12, 31)


def test_the_key_names_states_in_the_order_of_the_process_with_their_counts() -> None:
    parcels = little_district()["parcels"]
    entries = legend("parcels", parcels, state_at("parcels", parcels, DAY), "status")
    names = [entry.label.in_("en") for entry in entries]
    assert names[:2] == ["Not approved", "Approved, not supplied"]
    assert names[-3:] == ["Completed", "Inefficient", "Not applicable (farmland, water)"]
    assert {entry.label.in_("zh"): entry.count for entry in entries}["建成"] == 2
    assert sum(entry.count for entry in entries) == len(parcels)


def test_a_state_that_no_feature_is_in_is_left_out() -> None:
    waterways = little_district()["waterways"].iloc[:1]
    entries = legend("waterways", waterways, state_at("waterways", waterways, DAY), "status")
    assert [(entry.label.in_("en"), entry.count) for entry in entries] == [("Connected", 1)]


def test_areas_side_by_side_are_entries_by_their_names() -> None:
    zones = clean_frame("water_zones", [{"name": name} for name in "甲乙丙丁"], [box(n, 0, n + 1, 1) for n in range(4)])
    entries = legend("water_zones", zones, state_at("water_zones", zones, DAY), "status")
    assert [(entry.label.in_("zh"), entry.count) for entry in entries] == [("甲、丁", 2), ("乙", 1), ("丙", 1)]
    assert [entry.style.fill for entry in entries] == list(styles.SIDE_BY_SIDE["water_zones"])


def test_open_roads_whose_class_has_a_colour_of_its_own_have_an_entry_of_their_own() -> None:
    roads = little_district()["roads"]  # two arterials open, a branch under construction, an expressway planned
    entries = legend("roads", roads, state_at("roads", roads, DAY), "status")
    assert [(entry.label.in_("en"), entry.count) for entry in entries] == [
        ("Planned", 1),
        ("Under construction", 1),
        ("Open: Arterial", 2),
    ]
    assert entries[-1].style.stroke == styles.ROAD_FILLS["arterial"]


def test_an_open_branch_is_simply_open_where_no_other_class_is() -> None:
    roads = little_district()["roads"].iloc[:3].assign(road_class=["arterial", "branch", "branch"])
    assert labels(roads) == ["Under construction", "Open: Arterial", "Open: others"]
    assert labels(roads.iloc[1:]) == ["Under construction", "Open"]


def labels(roads) -> list[str]:
    return [entry.label.in_("en") for entry in legend("roads", roads, state_at("roads", roads, DAY), "status")]


def told(layer: str, frame, on: date) -> dict[str, int]:
    return {remark.label.in_("zh"): remark.count for remark in remarks(layer, frame, on, DAY)}


def test_the_key_says_what_cannot_be_judged_and_what_the_authority_has_recognised() -> None:
    parcels = little_district()["parcels"]
    idle, supplied = parcels.index[5], parcels.index[6]
    assert told("parcels", parcels, DAY) == {}
    parcels.loc[supplied, "start_due_on"] = None
    parcels.loc[idle, "idle_recognised_on"] = parcels.loc[idle, "start_due_on"]
    assert told("parcels", parcels, DAY) == {"已认定闲置": 1, "无法判定": 1}


def test_the_key_says_what_only_time_has_brought_since_the_data_date() -> None:
    district = little_district()
    # The start of the seventh parcel was due on 2020-01-01; the fourth greening of mid-2021 was completed before.
    assert told("parcels", district["parcels"], date(2021, 1, 1)) == {"推算": 1}
    assert told("parcels", district["parcels"], DAY) == {}
    greening = district["greening"].assign(planned_on=district["greening"]["planned_on"].max(), completed_on=None)
    assert told("greening", greening, date(2021, 6, 30)) == {"推算": 5}


def test_by_land_use_codes_are_taken_by_their_first_two_digits() -> None:
    parcels = little_district()["parcels"]
    entries = legend("parcels", parcels, state_at("parcels", parcels, DAY), "land_use")
    assert {entry.style: entry.count for entry in entries} == {
        styles.land_use_style("07"): 6,
        styles.land_use_style("10"): 2,
        styles.land_use_style("17"): 1,
    }


def test_sizes_are_added_up() -> None:
    parcels = little_district()["parcels"]  # rectangles of 1 to 9 hectares, in the order of the states
    entries = legend("parcels", parcels, state_at("parcels", parcels, DAY), "status", sizes=area_m2(parcels))
    hectares = {entry.label.in_("en"): round(entry.size / 10_000, 1) for entry in entries}
    assert hectares["Completed"] == 12.0  # 3 + 9
    assert hectares["Suspended idle" if "Suspended idle" in hectares else "Suspected idle"] == 6.0


def test_every_state_of_every_layer_has_a_style_of_its_own() -> None:
    for layer, states in STATES.items():
        looks = [styles.style(layer, state) for state in states]
        assert len(set(looks)) == len(states)
        assert all(styles.css(look) for look in looks)
