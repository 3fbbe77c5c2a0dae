"""Lines from the sites that firms leave to the parks that receive them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers import styles
from layers.flows import relocation_flows
from tests.geodata.clean_frames import clean_frame

SITES = clean_frame(
    "relocation_zones",
    [
        {"site_id": "S-1", "enterprise": "a", "batch": 2018, "park_id": "P-1"},
        {"site_id": "S-2", "enterprise": "b", "batch": 2018, "park_id": "P-9"},
        {"site_id": "S-3", "enterprise": "c", "batch": 2019, "park_id": "P-1"},
    ],
    [shapely.box(0, 0, 200, 200), shapely.box(300, 0, 400, 100), shapely.box(500, 0, 600, 100)],
)
PARKS = clean_frame("parks", [{"park_id": "P-1", "name": "一"}], [shapely.box(5000, 0, 6000, 1000)])
STATES = {"S-1": "vacated", "S-2": "listed", "S-3": "agreed"}


def test_a_line_leads_from_each_site_to_its_park_and_none_to_a_park_that_is_not_there() -> None:
    flows = relocation_flows({"relocation_zones": SITES, "parks": PARKS}, STATES)
    assert len(flows) == 2
    for flow, site in zip(flows, SITES.geometry.iloc[[0, 2]], strict=True):
        assert site.contains(shapely.Point(flow.start))
        assert PARKS.geometry.iloc[0].contains(shapely.Point(flow.end))


def test_a_line_ends_between_the_edge_of_the_park_and_its_middle_where_the_name_stands() -> None:
    frames = {"relocation_zones": SITES, "parks": PARKS}
    park = PARKS.geometry.iloc[0]
    for flow in relocation_flows(frames, STATES):
        end, middle = shapely.Point(flow.end), park.representative_point()
        way = shapely.LineString([middle, flow.start])
        part = end.distance(middle) / way.intersection(park.boundary).distance(middle)
        assert part == pytest.approx(0.6, abs=0.01)


def test_a_site_in_its_own_park_has_a_line_too() -> None:
    inside = clean_frame("relocation_zones", [{"site_id": "S-1", "park_id": "P-1"}], [shapely.box(5100, 0, 5200, 100)])
    (flow,) = relocation_flows({"relocation_zones": inside, "parks": PARKS}, STATES)
    assert flow.start != flow.end


def test_the_largest_site_has_the_thickest_line_and_states_their_colours() -> None:
    large, small = relocation_flows({"relocation_zones": SITES, "parks": PARKS}, STATES)
    assert large.weight == pytest.approx(1)
    assert small.weight == pytest.approx(0.5, abs=1e-3)  # a quarter of the area, half of the width
    assert large.colour == styles.style("relocation_zones", "vacated").hatch_colour
    assert small.colour == styles.style("relocation_zones", "agreed").hatch_colour


def test_sites_that_a_filter_leaves_out_have_no_line() -> None:
    kept = np.array([False, True, True])
    (flow,) = relocation_flows({"relocation_zones": SITES, "parks": PARKS}, STATES, kept)
    assert SITES.geometry.iloc[2].contains(shapely.Point(flow.start))


def test_without_parks_there_are_no_lines() -> None:
    assert relocation_flows({"relocation_zones": SITES}, STATES) == []
