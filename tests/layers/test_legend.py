"""The key of a layer counts its features as they are at the date."""

from __future__ import annotations

from datetime import date

from geodata.measures import area_m2
from geodata.status import STATES, state_at
from layers import styles
from layers.legend import legend
from tests.geodata.little_district import little_district

DAY = date(2020, 12, 31)


def test_the_key_names_states_in_drawing_order_with_their_counts() -> None:
    parcels = little_district()["parcels"]
    entries = legend("parcels", parcels, state_at("parcels", parcels, DAY), "status")
    assert [entry.label.in_("en") for entry in entries][:3] == ["Not applicable", "Inefficient", "Completed"]
    assert {entry.label.in_("zh"): entry.count for entry in entries}["建成"] == 2
    assert sum(entry.count for entry in entries) == len(parcels)


def test_a_state_that_no_feature_is_in_is_left_out() -> None:
    roads = little_district()["roads"].iloc[:1]
    entries = legend("roads", roads, state_at("roads", roads, DAY), "status")
    assert [(entry.label.in_("en"), entry.count) for entry in entries] == [("Open", 1)]


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
