"""Tables of one date, on the little district at the end of 2020."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from geodata import breakdowns
from geodata.measures import area_ha, subset
from geodata.status import READING_ORDER
from tests.geodata.clean_frames import clean_frame
from tests.geodata.little_district import EXISTING, ON, little_district, strip

DISTRICT = little_district()


def about(value: float) -> object:
    return pytest.approx(value, rel=1e-4)


def test_land_by_status_has_every_status():
    table = breakdowns.land_by_status(DISTRICT["parcels"], ON).set_index("state")
    assert list(table.index) == list(READING_ORDER["parcels"])
    assert (table.loc["completed", "area_ha"], table.loc["completed", "parcels"]) == (about(12), 2)
    assert breakdowns.land_by_status(DISTRICT["parcels"].head(0), ON)["parcels"].sum() == 0


def test_sizes_are_areas_of_polygons_and_lengths_of_lines():
    by = pd.Series(["W", "W", "E", "E"], name="place")
    sites = breakdowns.size_by_state("relocation_zones", DISTRICT["relocation_zones"], ON, by)
    assert {(row.place, row.state): (row.area_ha, row.features) for row in sites.itertuples()} == {
        ("E", "agreed"): (about(3), 1),
        ("E", "listed"): (about(4), 1),
        ("W", "resupplied"): (about(1), 1),
        ("W", "vacated"): (about(2), 1),
    }
    roads = breakdowns.size_by_state("roads", DISTRICT["roads"], ON, by)
    assert roads[roads["place"] == "W"]["length_km"].sum() == about(3)


def test_greening_by_a_facet_has_plan_done_and_all():
    greening = DISTRICT["greening"]
    table = breakdowns.greening_by(greening, ON, greening["kind"]).set_index("kind")
    assert table.loc["park"].tolist() == [about(1.5), about(1.5), about(1.5)]
    assert table.loc["street"].tolist() == [about(3), 0, about(3)]
    assert table.loc["waterfront"].tolist() == [0, about(4), about(4)]  # done before it was due


def test_late_works_are_those_due_and_not_done_the_longest_first():
    greening = DISTRICT["greening"].assign(
        project_id=list("ABCDE"),
        planned_on=pd.to_datetime(["2018-06-30", "2020-12-30", "2020-06-30", "2021-06-30", None]),
    )
    late = breakdowns.late_works("greening", greening.assign(completed_on=pd.NaT), ON)
    assert list(zip(late["key"], late["days_late"], strict=True)) == [("A", 915), ("C", 184), ("B", 1)]
    assert late["area_ha"].tolist() == [about(1), about(3), about(2)]
    lighting = breakdowns.late_works("lighting", DISTRICT["lighting"], ON)
    assert lighting["length_km"].tolist() == [about(2)]
    assert "kind" not in lighting


def test_firms_are_counted_by_where_they_come_from_and_go_to():
    sites = DISTRICT["relocation_zones"].assign(industry=["化工", "化工", None, "化工"], park_id=["A", "A", "B", None])
    flows = breakdowns.relocation_flows(sites, ON).set_index(["industry", "park_id"])
    assert flows.loc[("化工", "A")].tolist() == [2, 2, about(3)]
    assert flows.loc[("", "B")].tolist() == [1, 0, about(3)]
    assert flows.loc[("化工", "")].tolist() == [1, 0, about(4)]


def test_projects_tell_for_how_many_months_they_are_at_their_stage():
    rows = [
        {"project_id": "A", "negotiating_on": "2018-12-31", "signed_on": "2019-12-31"},
        {"project_id": "B", "negotiating_on": EXISTING},
        {"project_id": "C", "negotiating_on": "2021-01-01"},
        {"project_id": "D", "producing_on": "2020-12-31"},
    ]
    projects = clean_frame("projects", rows, [strip(1).centroid] * 4)
    listed = breakdowns.projects_in_stage(projects, ON)
    assert listed["key"].tolist() == ["A", "D", "B"]  # one that has been there since ever is told last
    assert listed["months"].tolist()[:2] == [pytest.approx(366 / 30.436875), 0]
    assert pd.isna(listed["since"].iloc[2])
    months = breakdowns.months_by_stage(projects, ON).set_index("state")
    assert months["projects"].to_dict() == {"negotiating": 1, "signed": 1, "landed": 0, "producing": 1}
    assert months.loc["signed", "median_months"] == pytest.approx(12.02, abs=0.01)


def test_a_subset_keeps_what_was_measured():
    parcels = DISTRICT["parcels"]
    areas = area_ha(parcels)
    rows = (parcels["land_use"] == "1001").to_numpy()
    part = subset(parcels, rows)
    assert area_ha(part).tolist() == areas[rows].tolist()
    assert part.index.tolist() == [3, 4]
    assert subset(part, pd.Series([False, True]).to_numpy())["land_use"].tolist() == ["1001"]


def test_a_date_before_everything_has_nothing_late():
    assert breakdowns.late_works("greening", DISTRICT["greening"], date(2018, 1, 1)).empty
