"""Housing of 100 × 100 m east of the origin, and what it is to have near it: distances one can read off the numbers."""

from __future__ import annotations

from datetime import date
from math import asin, pi
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame, GeoSeries
from shapely import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from geodata import coverage
from geodata.coverage import (
    GREEN_M,
    PARK_M,
    SERVICES,
    STANDARDS,
    WALK_M,
    covered_share_by_parcel,
    covered_shares,
    green_area_in_district_ha,
    green_share_of_district,
)
from geodata.sample import build_district
from geodata.schema import DRAWING_CRS, STORE_CRS
from geodata.status import happened, state_at
from tests.geodata.clean_frames import clean_frame

ON = date(2020, 12, 31)
BEFORE = date(2020, 5, 31)
DONE = "2020-06-01"
EXISTING = "1900-01-01"
HOME = box(0, 0, 100, 100)

Row = tuple[dict[str, Any], BaseGeometry | None]


def greening(*rows: Row) -> GeoDataFrame:
    return clean_frame("greening", [fields for fields, _ in rows], [shape for _, shape in rows])


def parcels(*rows: Row) -> GeoDataFrame:
    return clean_frame("parcels", [fields for fields, _ in rows], [shape for _, shape in rows])


def homes(*shapes: BaseGeometry | None) -> GeoDataFrame:
    return parcels(*(({"land_use": "0701"}, shape) for shape in shapes))


def park(west: float, *, done: str | None = DONE, kind: str = "park") -> Row:
    """A park of 200 × 1000 m whose middle lies north-east of the home: its edge is the line x = `west`."""
    return {"kind": kind, "completed_on": done}, box(west, -450, west + 200, 550)


def share(standard: str, homes: GeoDataFrame, green: GeoDataFrame, on: date = ON) -> float | None:
    return covered_shares(homes, green, on, [standard])[standard]


def test_the_distances_are_those_of_the_slogans_and_of_a_walk_of_15_minutes() -> None:
    assert (GREEN_M, PARK_M, WALK_M) == (300, 500, 900)
    assert {name: (standard.wants, standard.distance_m) for name, standard in STANDARDS.items()} == {
        "green_300m": (("green",), 300),
        "park_500m": (("parks",), 500),
        "public_900m": (("public",), 900),
        "shops_900m": (("shops",), 900),
        "parks_900m": (("parks",), 900),
        "all_900m": (("public", "shops", "parks"), 900),
    }
    assert {f"{service}_900m" for service in SERVICES} < set(STANDARDS)
    assert all(standard.title.in_("zh") != standard.title.in_("en") for standard in STANDARDS.values())


@pytest.mark.parametrize(
    ("gap_m", "covered"),
    [(0, 1.0), (150, 1.0), (199, 1.0), (250, 0.5), (275, 0.25), (301, 0.0), (2000, 0.0)],
)
def test_of_a_square_of_housing_the_part_within_300_m_of_green_counts(gap_m: float, covered: float) -> None:
    # A square of 100 m that begins 250 m from a park has 50 m of it within 300 m.
    assert share("green_300m", homes(HOME), greening(park(100 + gap_m))) == pytest.approx(covered, abs=2e-4)


@pytest.mark.parametrize(("gap_m", "covered"), [(399, 1.0), (450, 0.5), (480, 0.2), (501, 0.0)])
def test_of_a_square_of_housing_the_part_within_500_m_of_a_park_counts(gap_m: float, covered: float) -> None:
    assert share("park_500m", homes(HOME), greening(park(100 + gap_m))) == pytest.approx(covered, abs=2e-4)


def test_around_the_corner_of_a_park_the_distance_runs_in_a_circle() -> None:
    field = homes(box(-400, -400, 0, 0))
    corner = greening(({"kind": "park", "completed_on": DONE}, box(0, 0, 100, 100)))
    assert share("green_300m", field, corner) == pytest.approx(pi * 300**2 / 4 / 400**2, rel=2e-4)
    # Of the quarter circle of 500 m the square of 400 m holds all but what is beyond its far sides.
    beyond = 500**2 / 2 * asin(0.6) - 300 * 400 / 2
    inside = pi * 500**2 / 4 - 2 * beyond
    assert share("park_500m", field, corner) == pytest.approx(inside / 400**2, rel=2e-4)


def test_any_greening_is_green_but_only_a_park_is_a_park() -> None:
    for kind in ("belt", "street", "waterfront"):
        green = greening(park(200, kind=kind))
        assert share("green_300m", homes(HOME), green) == pytest.approx(1)
        assert share("park_500m", homes(HOME), green) == 0
        assert share("parks_900m", homes(HOME), green) == 0


def test_green_counts_from_the_day_on_which_it_was_completed() -> None:
    for done, before, after in ((DONE, 0, 1), (EXISTING, 1, 1), (None, 0, 0)):
        green = greening(park(200, done=done))
        for standard in ("green_300m", "park_500m", "parks_900m"):
            assert share(standard, homes(HOME), green, BEFORE) == pytest.approx(before), (done, standard)
            assert share(standard, homes(HOME), green, ON) == pytest.approx(after), (done, standard)


def test_two_parks_cover_what_is_near_either_once() -> None:
    two = greening(park(350), ({"kind": "park", "completed_on": DONE}, box(-350, -450, -250, 550)))
    # 50 m from the west and 50 m from the east.
    assert share("green_300m", homes(HOME), two) == pytest.approx(1, abs=2e-4)
    same_twice = greening(park(350), park(350))
    assert share("green_300m", homes(HOME), same_twice) == pytest.approx(0.5, abs=2e-4)


def test_housing_counts_by_its_area_and_whatever_its_status() -> None:
    near, far = {"land_use": "07"}, {"land_use": "0702", "completed_on": EXISTING}
    mixed = parcels((near, HOME), (far, box(-3000, 0, -2700, 100)), ({"land_use": "0901"}, HOME), ({}, HOME))
    assert share("green_300m", mixed, greening(park(200))) == pytest.approx(0.25, rel=1e-4)
    by_parcel = covered_share_by_parcel(mixed, greening(park(200)), ON, "green_300m")
    assert by_parcel.tolist() == [
        pytest.approx(1),
        0,
        pytest.approx(np.nan, nan_ok=True),
        pytest.approx(np.nan, nan_ok=True),
    ]


def test_without_housing_there_is_no_share_and_without_green_it_is_nil() -> None:
    industry = parcels(({"land_use": "1001"}, HOME))
    for nothing in (industry, homes(), homes(None), homes(Polygon())):
        assert set(covered_shares(nothing, greening(park(200)), ON).values()) == {None}
    assert set(covered_shares(homes(HOME), greening(), ON).values()) == {0}


def test_parcels_keep_their_index_and_those_that_are_no_housing_have_no_share() -> None:
    three = parcels(({"land_use": "10"}, HOME), ({"land_use": "07"}, HOME), ({"land_use": "07"}, None))
    found = covered_share_by_parcel(three[[False, True, True]], greening(park(350)), ON, "green_300m")
    expected = pd.Series([0.5, np.nan], index=[1, 2], name="covered_share")
    pd.testing.assert_series_equal(found, expected, atol=2e-4)


# --- a walk of 15 minutes ------------------------------------------------------------------------------------------


def service(use: str, west: float, **fields: Any) -> Row:
    """A parcel whose western edge, 2 km long, is the line x = `west`."""
    return {"land_use": use, **fields}, box(west, -1000, west + 10, 1000)


@pytest.mark.parametrize(("standard", "use"), [("public_900m", "0804"), ("shops_900m", "0901")])
def test_a_service_counts_within_900_m_once_it_stands(standard: str, use: str) -> None:
    def covered(gap_m: float, **fields: Any) -> float | None:
        ground = parcels(({"land_use": "0701"}, HOME), service(use, 100 + gap_m, **fields))
        return share(standard, ground, greening())

    assert covered(700, completed_on=DONE) == pytest.approx(1)
    assert covered(850, completed_on=DONE) == pytest.approx(0.5, abs=2e-4)
    assert covered(901, completed_on=DONE) == 0
    assert covered(850, completed_on=DONE, inefficient=True) == pytest.approx(0.5, abs=2e-4)
    assert covered(850, completed_on=EXISTING) == pytest.approx(0.5, abs=2e-4)
    assert covered(850) == 0
    assert covered(850, completed_on="2021-01-01") == 0


def test_a_service_of_another_kind_is_none() -> None:
    shops = parcels(({"land_use": "0701"}, HOME), service("0901", 500, completed_on=DONE))
    found = covered_shares(shops, greening(), ON)
    assert {name for name, covered in found.items() if covered} == {"shops_900m"}


def test_all_three_count_where_they_are_within_reach_at_once() -> None:
    # From the east public services reach 70 m into the home, from the west shops 60 m and from the south a park
    # 50 m: 30 m of it in common from west to east, half of that from south to north.
    ground = parcels(
        ({"land_use": "0701"}, HOME),
        service("08", 100 + 830, completed_on=DONE),
        service("09", -840 - 10, completed_on=DONE),
    )
    south = greening(({"kind": "park", "completed_on": DONE}, box(-1000, -950, 1100, -850)))
    found = covered_shares(ground, south, ON)
    assert found["public_900m"] == pytest.approx(0.7, abs=2e-4)
    assert found["shops_900m"] == pytest.approx(0.6, abs=2e-4)
    assert found["parks_900m"] == pytest.approx(0.5, abs=2e-4)
    assert found["all_900m"] == pytest.approx(0.3 * 0.5, abs=2e-4)
    assert covered_share_by_parcel(ground, south, ON, "all_900m").iloc[0] == pytest.approx(0.15, abs=2e-4)


# --- how much of the district is green -----------------------------------------------------------------------------

DISTRICT = clean_frame("district", [{}], [box(0, 0, 2000, 1000)])


def test_green_in_the_district_counts_once_and_only_inside() -> None:
    green = greening(
        ({"completed_on": EXISTING}, box(0, 0, 100, 100)),  # 1 ha
        ({"completed_on": DONE}, box(50, 0, 150, 100)),  # 1 ha, half of it in the one before
        ({"completed_on": DONE}, box(1900, 0, 2200, 100)),  # 3 ha, 1 ha of it inside
        ({"completed_on": DONE}, box(3000, 0, 3100, 100)),  # outside
        ({"completed_on": None}, box(0, 500, 1000, 600)),
    )
    assert green_area_in_district_ha(green, DISTRICT, ON) == pytest.approx(2.5, rel=1e-4)
    assert green_area_in_district_ha(green, DISTRICT, BEFORE) == pytest.approx(1, rel=1e-4)
    assert green_share_of_district(green, DISTRICT, ON) == pytest.approx(2.5 / 200, rel=1e-4)


def test_a_district_without_an_area_has_no_share_and_one_without_green_has_nil() -> None:
    assert green_share_of_district(greening(park(0)), clean_frame("district", []), ON) is None
    assert green_share_of_district(greening(park(0)), clean_frame("district", [{}]), ON) is None
    assert green_share_of_district(greening(), DISTRICT, ON) == 0
    assert green_share_of_district(greening(({"completed_on": DONE}, None)), DISTRICT, ON) == 0


def test_a_ring_that_crosses_itself_counts_as_the_two_areas_that_it_makes() -> None:
    bow_tie = Polygon([(0, 0), (200, 200), (200, 0), (0, 200)])  # two triangles of 1 ha
    torn = greening(({"kind": "park", "completed_on": DONE}, bow_tie))
    assert green_area_in_district_ha(torn, DISTRICT, ON) == pytest.approx(2, rel=1e-4)
    assert share("green_300m", homes(box(450, 0, 550, 200)), torn) == pytest.approx(0.5, abs=0.02)
    assert share("green_300m", homes(Polygon([(450, 0), (550, 100), (550, 0), (450, 100)])), greening(park(800))) == (
        pytest.approx(0.5, abs=2e-4)
    )


# --- worked out once, and anew when something changes --------------------------------------------------------------


def test_shapes_are_drawn_once_and_again_when_they_or_their_uses_change(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    real = coverage.in_metres

    def counted(shapes: Any) -> Any:
        drawn.append(len(shapes))
        return real(shapes)

    monkeypatch.setattr(coverage, "in_metres", counted)
    ground, green = homes(HOME, box(-5000, 0, -4900, 100)), greening(park(200), park(5000))
    assert share("green_300m", ground, green, BEFORE) == 0
    assert share("green_300m", ground, green, ON) == pytest.approx(0.5)
    assert sorted(drawn) == [2, 2]
    moved = ground.set_geometry(GeoSeries(ground.geometry.to_numpy()[::-1], crs=STORE_CRS))
    assert covered_share_by_parcel(moved, green, ON, "green_300m").tolist() == [0, pytest.approx(1)]
    ground["land_use"] = ["07", "10"]
    assert share("green_300m", ground, green) == pytest.approx(1)


def test_what_is_kept_of_a_frame_goes_with_it() -> None:
    before = len(coverage._kept)
    ground, green = homes(HOME), greening(park(200))
    share("green_300m", ground, green)
    assert len(coverage._kept) == before + 2
    del ground, green
    assert len(coverage._kept) == before


# --- the illustrative district, worked out another way -------------------------------------------------------------


@pytest.fixture(scope="module")
def district() -> dict[str, GeoDataFrame]:
    return {layer: frame.to_crs(STORE_CRS) for layer, frame in build_district().items()}


SPACING_M = 20.0


@pytest.fixture(scope="module")
def housing_points(district: dict[str, GeoDataFrame]) -> GeoSeries:
    """Points 20 m apart inside the housing, EPSG:4548."""
    ground = district["parcels"]
    housing = ground[ground["land_use"].str.startswith("07")].geometry.to_crs(DRAWING_CRS).union_all()
    west, south, east, north = housing.bounds
    x, y = np.meshgrid(np.arange(west, east, SPACING_M), np.arange(south, north, SPACING_M))
    shapely.prepare(housing)
    inside = shapely.contains_xy(housing, x, y)
    return GeoSeries(shapely.points(x[inside], y[inside]), crs=DRAWING_CRS)


@pytest.mark.parametrize("on", [date(2018, 12, 31), date(2020, 6, 30), date(2021, 1, 1)])
def test_points_in_the_housing_of_the_illustrative_district_are_as_near_as_the_shares_say(
    district: dict[str, GeoDataFrame], housing_points: GeoSeries, on: date
) -> None:
    """Some 22,000 points, each with its distance to the nearest feature: shares agree within 0.002."""
    ground, green = district["parcels"], district["greening"]
    done = green[happened(green, "completed_on", on)].to_crs(DRAWING_CRS)
    built = ground[state_at("parcels", ground, on).isin(["completed", "inefficient"])].to_crs(DRAWING_CRS)
    things = {
        "green": done,
        "parks": done[done["kind"] == "park"],
        "public": built[built["land_use"].str.startswith("08")],
        "shops": built[built["land_use"].str.startswith("09")],
    }
    points = GeoDataFrame(geometry=housing_points)
    assert len(points) > 20_000
    away_m = {
        name: points.sjoin_nearest(frame[["geometry"]], distance_col="away_m").groupby(level=0)["away_m"].first()
        for name, frame in things.items()
    }
    is_near = {
        name: pd.concat([away_m[wanted] <= standard.distance_m for wanted in standard.wants], axis=1).all(axis=1)
        for name, standard in STANDARDS.items()
    }
    expected = {name: float(near.mean()) for name, near in is_near.items()}
    assert covered_shares(ground, green, on) == pytest.approx(expected, abs=0.002)


def test_the_green_of_the_illustrative_district_agrees_with_an_overlay(district: dict[str, GeoDataFrame]) -> None:
    green = district["greening"]
    done = green[happened(green, "completed_on", ON)].to_crs(DRAWING_CRS).dissolve()
    expected_ha = done.clip(district["district"].to_crs(DRAWING_CRS)).area.sum() / 10_000
    found_ha = green_area_in_district_ha(green, district["district"], ON)
    assert found_ha == pytest.approx(expected_ha, rel=1e-4)
    assert found_ha > 300


def test_the_shares_of_the_parcels_add_up_to_the_share_of_all_housing(district: dict[str, GeoDataFrame]) -> None:
    ground, green = district["parcels"], district["greening"]
    area = pd.Series(shapely.area(ground.geometry.to_crs(DRAWING_CRS).to_numpy()), index=ground.index)
    is_housing = ground["land_use"].str.startswith("07")
    for name, expected in covered_shares(ground, green, ON).items():
        by_parcel = covered_share_by_parcel(ground, green, ON, name)
        assert by_parcel.notna().equals(is_housing)
        assert by_parcel.dropna().between(0, 1 + 1e-9).all()
        assert (by_parcel * area).sum() / area[is_housing].sum() == pytest.approx(expected)


def test_a_parcel_in_two_parts_counts_the_part_that_is_near() -> None:
    parts = MultiPolygon([HOME, box(-3000, 0, -2900, 100)])
    assert share("green_300m", homes(parts), greening(park(200))) == pytest.approx(0.5, abs=1e-4)
