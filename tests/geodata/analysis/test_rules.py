"""Each rule on shapes one can draw on paper: a conflict it must find, and a look-alike it must not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from geopandas import GeoDataFrame
from shapely import LineString, box

from geodata.analysis import RULES, MissingLayerError, state_label
from tests.geodata.clean_frames import clean_frame

ON = date(2020, 12, 31)
CORRIDOR = clean_frame("corridors", [{"corridor_id": "LD-1", "name": "水廊"}], [box(0, 0, 1000, 100)])


def found(rule: str, **frames: GeoDataFrame) -> GeoDataFrame:
    return RULES[rule].find(frames, ON)


def parcels(*rows: tuple[dict, tuple[float, float, float, float]]) -> GeoDataFrame:
    told = [{"parcel_id": f"P-{number}", "land_use": "07", **fields} for number, (fields, _) in enumerate(rows)]
    return clean_frame("parcels", told, [box(*corners) for _, corners in rows])


def sites(*corners: tuple[float, float, float, float]) -> GeoDataFrame:
    told = [{"site_id": f"T-{number}", "enterprise": "企业", "batch": "2019"} for number in range(len(corners))]
    return clean_frame("relocation_zones", told, [box(*each) for each in corners])


def roads(*lines: list[tuple[float, float]], opened: bool = True) -> GeoDataFrame:
    told = [
        {"road_id": f"L-{number}", "road_class": "branch", "opened_on": date(2019, 1, 1) if opened else None}
        for number in range(len(lines))
    ]
    return clean_frame("roads", told, [LineString(line) for line in lines])


def test_a_parcel_lies_in_a_corridor_from_one_square_metre_on_unless_it_is_at_home_there() -> None:
    asked = parcels(
        ({}, (0, 50, 100, 150)),  # half of its hectare
        ({}, (200, 100, 300, 200)),  # shares the border
        ({"land_use": "1401"}, (400, 0, 500, 100)),  # a park
        ({}, (600, 99.99, 700, 200)),  # 1 m², but 1 cm wide
        ({}, (800, 99, 801.5, 200)),  # 1.5 m²
    )
    listed = found("parcels_in_corridors", parcels=asked, corridors=CORRIDOR)
    assert list(listed["key"]) == ["P-0", "P-4"]
    assert listed["area_ha"].iloc[0] == pytest.approx(0.5, rel=1e-3)
    assert listed["share"].iloc[0] == pytest.approx(0.5, rel=1e-6)
    assert listed["other_name"].iloc[0] == "水廊"


def test_a_road_runs_in_a_corridor_by_its_middle_line() -> None:
    asked = roads([(500, -100), (500, 300)], [(0, 100), (900, 100)], [(0, 150), (900, 150)])
    listed = found("roads_in_corridors", roads=asked, corridors=CORRIDOR)
    assert list(listed["key"]) == ["L-0"]
    assert listed["length_m"].iloc[0] == pytest.approx(100, rel=1e-3)
    assert listed["share"].iloc[0] == pytest.approx(0.25, rel=1e-6)


def test_a_relocation_site_in_a_corridor_is_told_with_its_state() -> None:
    listed = found("sites_in_corridors", relocation_zones=sites((0, 0, 50, 50), (0, 200, 50, 250)), corridors=CORRIDOR)
    assert list(listed["key"]) == ["T-0"]
    assert state_label("relocation_zones", listed["state"].iloc[0]).in_("en")


def waterways(*lines: list[tuple[float, float]], width_m: float | None = 20.0) -> GeoDataFrame:
    told = [
        {"waterway_id": f"HD-{number}", "width_m": width_m, "connected_on": date(2018, 1, 1)}
        for number in range(len(lines))
    ]
    return clean_frame("waterways", told, [LineString(line) for line in lines])


def test_every_crossing_is_a_bridge_built_once_the_road_is_open_and_the_water_connected() -> None:
    water = waterways([(0, 0), (1000, 0)])
    there = found("bridges", roads=roads([(100, -50), (100, 50)], [(200, 5), (200, 50)]), waterways=water)
    assert list(there["key"]) == ["L-0"]  # the second ends before the middle line
    assert there["state"].tolist() == ["built"]
    assert there["length_m"].iloc[0] == pytest.approx(20, rel=1e-3)
    metres = there.geometry.to_crs("EPSG:4548").iloc[0]
    assert (metres.x - 468_000, metres.y - 3_921_000) == pytest.approx((100, 0), abs=0.01)
    planned = found("bridges", roads=roads([(100, -50), (100, 50)], opened=False), waterways=water)
    assert planned["state"].tolist() == ["planned"]


def test_a_road_that_winds_over_one_stretch_of_water_has_one_bridge_and_one_that_comes_back_has_two() -> None:
    water = waterways([(0, 0), (1000, 0)])
    winding = roads([(0, -50), (100, 5), (120, -5), (140, 5), (200, 50)])
    assert len(found("bridges", roads=winding, waterways=water)) == 1
    returning = roads([(50, -50), (50, 50), (300, 50), (300, -50)])
    assert len(found("bridges", roads=returning, waterways=water)) == 2


def test_a_road_cut_in_two_at_the_bridge_has_one_bridge_built_when_both_parts_are_open() -> None:
    halves = roads([(100, -50), (100, 0)], [(100, 0), (100, 50)])
    assert found("bridges", roads=halves, waterways=waterways([(0, 0), (1000, 0)]))["state"].tolist() == ["built"]
    halves["opened_on"] = [halves["opened_on"].iloc[0], None]
    assert found("bridges", roads=halves, waterways=waterways([(0, 0), (1000, 0)]))["state"].tolist() == ["planned"]


def test_a_site_touches_housing_by_a_border_a_corner_or_an_overlap() -> None:
    homes = parcels(({}, (100, 0, 200, 80)), ({"land_use": "10"}, (300, 0, 400, 100)))
    asked = sites((0, 0, 100, 100), (200, 80, 300, 180), (150, 0, 250, 40), (0, 200, 50, 250), (400, 0, 500, 100))
    listed = found("sites_at_housing", relocation_zones=asked, parcels=homes).set_index("key")
    assert sorted(listed.index) == ["T-0", "T-1", "T-2"]
    assert listed.loc["T-0", "length_m"] == pytest.approx(80, abs=0.2)
    assert listed.loc["T-1", "geometry"].geom_type == "Point"
    assert listed.loc["T-2", "area_ha"] == pytest.approx(0.2, rel=1e-3)


def test_a_green_parcel_without_a_project_is_one_that_projects_cover_by_less_than_a_twentieth() -> None:
    asked = parcels(
        ({"land_use": "14"}, (0, 0, 100, 100)),
        ({"land_use": "1401"}, (200, 0, 300, 100)),
        ({"land_use": "07"}, (400, 0, 500, 100)),
    )
    works = clean_frame(
        "greening", [{"project_id": "G-1", "kind": "park"}] * 2, [box(96, 0, 120, 100), box(200, 0, 206, 100)]
    )
    listed = found("green_without_project", parcels=asked, greening=works)
    assert list(listed["key"]) == ["P-0"]
    assert listed["share"].iloc[0] == pytest.approx(0.04, rel=1e-3)


def test_recorded_and_measured_area_differ_by_more_than_a_share_and_more_than_some_square_metres() -> None:
    asked = parcels(
        ({"area_recorded_m2": 12_000.0}, (0, 0, 100, 100)),
        ({"area_recorded_m2": 10_010.0}, (200, 0, 300, 100)),
        ({"area_recorded_m2": None}, (400, 0, 500, 100)),
    )
    listed = found("area_mismatch", parcels=asked)
    assert list(listed["key"]) == ["P-0"]
    assert listed["difference_m2"].iloc[0] == pytest.approx(2000, rel=0.01)


def test_a_road_is_unlit_where_lamps_completed_by_the_day_line_less_than_half_of_it() -> None:
    asked = roads([(0, 0), (1000, 0)], [(0, 200), (1000, 200)], [(0, 400), (1000, 400)])
    lamps = [([(0, 5), (400, 5)], date(2019, 1, 1)), ([(0, 205), (600, 205)], date(2019, 1, 1)),
             ([(0, 400), (1000, 400)], date(2021, 1, 1))]  # fmt: skip
    lighting = clean_frame(
        "lighting",
        [{"project_id": f"D-{n}", "completed_on": day} for n, (_, day) in enumerate(lamps)],
        [LineString(line) for line, _ in lamps],
    )
    listed = found("unlit_roads", roads=asked, lighting=lighting)
    assert list(listed["key"]) == ["L-0", "L-2"]
    assert listed["length_m"].iloc[0] == pytest.approx(1000 - 400 - 14.1, abs=1)  # 15 m around the last lamp
    assert listed["share"].tolist() == pytest.approx([0.414, 0.0], abs=0.001)


def test_idle_land_lies_around_a_park_up_to_300_metres() -> None:
    idle = {"supplied_on": date(2017, 1, 1), "approved_on": date(2016, 1, 1), "start_due_on": date(2018, 1, 1)}
    asked = parcels((idle, (350, 0, 400, 50)), (idle, (401, 0, 450, 50)), ({}, (110, 0, 150, 50)))
    parks = clean_frame("parks", [{"park_id": "Y-1", "name": "园区"}], [box(0, 0, 100, 100)])
    listed = found("idle_near_parks", parcels=asked, parks=parks)
    assert list(listed["key"]) == ["P-0"]
    assert listed["distance_m"].iloc[0] == pytest.approx(250, abs=0.01)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_names_what_is_missing_and_finds_nothing_in_empty_layers(rule: str) -> None:
    with pytest.raises(MissingLayerError, match="Publish it on the Upload page"):
        RULES[rule].find({}, ON)
    empty = {layer: clean_frame(layer, [], []) for layer in RULES[rule].layers}
    assert RULES[rule].find(empty, ON).empty


def test_a_shape_that_is_missing_is_left_out() -> None:
    asked = clean_frame("parcels", [{"parcel_id": "P-0", "land_use": "07"}, {"parcel_id": "P-1", "land_use": "07"}],
                        [None, box(0, 0, 50, 50)])  # fmt: skip
    assert list(found("parcels_in_corridors", parcels=asked, corridors=CORRIDOR)["key"]) == ["P-1"]


def test_the_table_of_the_documents_lists_every_rule_as_it_is() -> None:
    text = (Path(__file__).parents[3] / "docs" / "analysis.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for row, (name, rule) in zip(rows, RULES.items(), strict=True):
        function = f"{rule.conflicts.__module__.removeprefix('geodata.analysis.')}.{rule.conflicts.__name__}"
        cells = [f"`{name}` {rule.title.in_('zh')} · {rule.title}", str(rule.text), str(rule.source), f"`{function}`"]
        assert row == f"| {' | '.join(cells)} |"
