"""Lines from place to place on pages and slides."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from geopandas import GeoSeries

from geodata.schema import DRAWING_CRS, STORE_CRS
from layers.flows import Flow
from layers.sheet.canvas import Page
from layers.story.board import LAYOUT, MAP
from layers.story.flow_lines import bow, flow_lines

WEST, SOUTH = 468_000.0, 3_920_000.0
M_PER_MM = 20.0
START, END = (WEST + 1000, SOUTH + 1000), (WEST + 3000, SOUTH + 1000)


@pytest.fixture
def page() -> Page:
    return Page(LAYOUT, (WEST, SOUTH, WEST + MAP.width * M_PER_MM, SOUTH + MAP.height * M_PER_MM))


def flow(start: tuple[float, float], end: tuple[float, float]) -> Flow:
    start_at, end_at = GeoSeries(shapely.points([start, end]), crs=DRAWING_CRS).to_crs(STORE_CRS)
    return Flow((start_at.x, start_at.y), (end_at.x, end_at.y), "#6d2077")


def test_a_line_is_bent_to_the_left_by_as_much_as_on_the_map() -> None:
    places = bow(np.array([0.0, 0.0]), np.array([100.0, 0.0]))
    assert places[0].tolist() == [0, 0]
    assert places[-1].tolist() == [100, 0]
    assert places[12].tolist() == pytest.approx([50, 8])  # half of the 16 by which its control point is off


def test_a_line_ends_where_it_goes_and_before_the_name_that_stands_there(page: Page) -> None:
    ((_, line),) = flow_lines(page, [flow(START, END)])
    assert line.coords[-1] == pytest.approx(END, abs=0.01)
    x, y = page.to_paper(*END)
    page.write("园区一", x, y, 10, across="center")
    ((_, line),) = flow_lines(page, [flow(START, END)])
    assert line.coords[0] == pytest.approx(START, abs=0.01)
    at = page.to_paper(*line.coords[-1])
    assert 0.7 < page.words[0].outline.distance(shapely.Point(at)) < 0.9


def test_a_name_elsewhere_cuts_no_line(page: Page) -> None:
    ((_, whole),) = flow_lines(page, [flow(START, END)])
    page.write("河", *page.to_paper(*whole.coords[12]), 10, across="center")
    ((_, line),) = flow_lines(page, [flow(START, END)])
    assert line.equals(whole)


def test_a_line_stays_within_the_frame_of_the_map(page: Page) -> None:
    outside = (WEST - 500, SOUTH + 1000)
    ((_, line),) = flow_lines(page, [flow(START, outside)])
    assert line.coords[-1][0] == pytest.approx(WEST)
    ((_, back),) = flow_lines(page, [flow(outside, END)])
    assert [place[0] for place in (back.coords[0], back.coords[-1])] == pytest.approx([WEST, END[0]], abs=0.01)
    assert list(flow_lines(page, [flow(outside, (WEST - 900, SOUTH))])) == []
    assert list(flow_lines(page, [])) == []
