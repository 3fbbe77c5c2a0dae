"""Two water zones side by side, meeting at x = 1000 m; two parks in the western one; a corridor across the border."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geodata.measures import area_ha
from geodata.places import PLACES, overlap_ha, places_of
from geodata.sample import build_district
from geodata.schema import DRAWING_CRS, LAYERS, STORE_CRS
from tests.geodata.clean_frames import clean_frame

ZONES = clean_frame(
    "water_zones", [{"zone_id": "Z1"}, {"zone_id": "Z2"}], [box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)]
)
PARKS = clean_frame("parks", [{"park_id": "P1"}, {"park_id": "P2"}], [box(100, 100, 400, 400), box(300, 100, 600, 400)])
CORRIDORS = clean_frame("corridors", [{"corridor_id": "C1"}], [box(900, 400, 1200, 600)])


def parcels(*shapes: BaseGeometry | None) -> GeoDataFrame:
    return clean_frame("parcels", [{} for _ in shapes], shapes)


def zones_of(*shapes: BaseGeometry | None) -> list[str]:
    return places_of("parcels", parcels(*shapes), "zone", ZONES).tolist()


def test_a_parcel_belongs_to_the_zone_that_holds_it_and_to_none_outside_of_all() -> None:
    assert zones_of(box(10, 10, 20, 20), box(1500, 0, 1600, 100), box(0, 2000, 10, 2010)) == ["Z1", "Z2", ""]


def test_a_parcel_across_a_border_belongs_where_most_of_it_lies() -> None:
    assert zones_of(box(900, 0, 1099, 100), box(901, 0, 1100, 100)) == ["Z1", "Z2"]
    two_parts = MultiPolygon([box(10, 10, 60, 60), box(1500, 0, 1560, 100)])
    assert zones_of(two_parts) == ["Z2"]


def test_of_two_equal_shares_the_first_by_key_counts_whatever_the_order_of_the_zones() -> None:
    half = parcels(box(900, 0, 1100, 100))
    assert places_of("parcels", half, "zone", ZONES).tolist() == ["Z1"]
    assert places_of("parcels", half, "zone", ZONES.iloc[::-1]).tolist() == ["Z1"]
    assert places_of("parcels", parcels(box(310, 110, 390, 390)), "park", PARKS).tolist() == ["P1"]


def test_a_small_part_is_enough_where_the_rest_lies_in_none() -> None:
    assert zones_of(box(1990, 0, 2500, 100)) == ["Z2"]


def test_a_neighbour_that_only_touches_is_in_no_place() -> None:
    assert zones_of(box(2000, 0, 2100, 100)) == [""]
    assert zones_of(box(1999.96, 0, 2100, 100)) == [""]  # 0.04 m across the line: an overlap begins at 0.05 m
    assert zones_of(box(1999.8, 0, 2100, 100)) == ["Z2"]


def test_a_line_belongs_where_most_of_its_length_lies() -> None:
    lines = [
        LineString([(500, 50), (1400, 50)]),
        LineString([(1400, 50), (700, 50), (700, 60)]),
        LineString([(1000, 0), (1000, 1000)]),  # along the border: as much in both
        LineString([(1999.5, 50), (2500, 50)]),
        LineString([(1990, 50), (2500, 50)]),
        LineString([(0, 1500), (500, 1500)]),
    ]
    roads = clean_frame("roads", [{} for _ in lines], lines)
    assert places_of("roads", roads, "zone", ZONES).tolist() == ["Z1", "Z2", "Z1", "", "Z2", ""]


def test_a_point_belongs_to_the_zone_that_holds_it_on_the_border_to_the_first() -> None:
    projects = clean_frame("projects", [{}, {}, {}], [Point(500, 500), Point(1500, 500), Point(5000, 0)])
    assert places_of("projects", projects, "zone", ZONES).tolist() == ["Z1", "Z2", ""]
    # On a border of the stored degrees themselves, where no projection moves it off.
    corner = GeoDataFrame(geometry=[shapely.get_point(ZONES.geometry.iloc[0].exterior, 0)], crs=STORE_CRS)
    assert places_of("projects", corner, "zone", ZONES).tolist() == ["Z1"]


def test_a_relocation_site_belongs_to_the_park_that_receives_it_and_to_the_zone_it_lies_in() -> None:
    sites = clean_frame(
        "relocation_zones", [{"park_id": "P2"}, {}], [box(110, 110, 120, 120), box(1500, 110, 1510, 120)]
    )
    assert places_of("relocation_zones", sites, "park", PARKS).tolist() == ["P2", ""]
    assert places_of("relocation_zones", sites, "zone", ZONES).tolist() == ["Z1", "Z2"]


def test_places_keep_the_index_and_are_text_named_after_the_place() -> None:
    two = parcels(box(10, 10, 20, 20), box(1500, 0, 1600, 100))
    found = places_of("parcels", two[[False, True]], "zone", ZONES)
    pd.testing.assert_series_equal(found, pd.Series(["Z2"], index=[1], dtype="str", name="zone"))
    assert places_of("parcels", parcels(), "zone", ZONES).dtype == "str"


def test_a_missing_or_empty_shape_is_nowhere() -> None:
    assert zones_of(None, Polygon(), box(10, 10, 20, 20)) == ["", "", "Z1"]
    assert places_of("parcels", parcels(box(10, 10, 20, 20)), "zone", clean_frame("water_zones", [])).tolist() == [""]


def test_a_ring_that_crosses_itself_is_compared_as_the_two_areas_that_it_makes() -> None:
    bow_tie = Polygon([(900, 0), (1300, 400), (1300, 0), (900, 400)])
    assert zones_of(bow_tie) == ["Z2"]
    torn = clean_frame("water_zones", [{"zone_id": "Z"}], [bow_tie])
    assert places_of("parcels", parcels(box(910, 100, 1100, 300)), "zone", torn).tolist() == ["Z"]


@pytest.mark.parametrize("place", PLACES)
def test_every_place_names_a_layer_of_the_schema(place: str) -> None:
    assert PLACES[place] in LAYERS


# --- split at the borders ------------------------------------------------------------------------------------------


def rows_of(table: pd.DataFrame) -> list[tuple[int, str, float]]:
    return [(row, place, pytest.approx(ha, rel=1e-4)) for row, place, ha in table.itertuples(index=False)]


def test_a_polygon_is_split_at_the_borders() -> None:
    shapes = [
        box(0, 0, 100, 100),  # 1 ha in Z1
        box(900, 0, 1300, 100),  # 1 ha in Z1, 3 ha in Z2
        box(1800, 0, 2300, 100),  # 2 ha in Z2, 3 ha in none
        box(3000, 0, 3100, 100),  # 1 ha in none
    ]
    found = overlap_ha(parcels(*shapes), "zone", ZONES)
    expected: list[tuple[int, str, float]] = [
        (0, "Z1", 1),
        (1, "Z1", 1),
        (1, "Z2", 3),
        (2, "Z2", 2),
        (2, "", 3),
        (3, "", 1),
    ]
    assert expected == rows_of(found)


def test_what_lies_in_two_places_at_once_counts_in_both() -> None:
    found = overlap_ha(parcels(box(200, 100, 400, 200), box(350, 100, 700, 200)), "park", PARKS)
    # From 300 m to 400 m both parks: the first parcel is in P1 whole, the second one 1 ha past the end of P2.
    expected: list[tuple[int, str, float]] = [
        (0, "P1", 2),
        (0, "P2", 1),
        (1, "P1", 0.5),
        (1, "P2", 2.5),
        (1, "", 1),
    ]
    assert expected == rows_of(found)


def test_a_part_too_narrow_to_count_goes_with_the_largest_one() -> None:
    strip = parcels(box(999.96, 0, 1100, 100), box(1900, 0, 2000.04, 100), box(310, 100, 600.04, 400))
    zones = overlap_ha(strip[[True, True, False]], "zone", ZONES)
    assert zones[["row", "place"]].to_numpy().tolist() == [[0, "Z2"], [1, "Z2"]]
    assert zones["area_ha"].tolist() == pytest.approx(area_ha(strip).iloc[:2].tolist(), rel=1e-12)
    parks = overlap_ha(strip[[False, False, True]], "park", PARKS)
    assert parks["place"].tolist() == ["P1", "P2"]


def test_a_ring_that_crosses_itself_is_split_as_the_two_areas_that_it_makes() -> None:
    # Triangles of 1 ha west and 4 ha east of a border that passes through where they meet.
    bow_tie = Polygon([(900, 400), (1200, 1000), (1200, 600), (900, 600)])
    hour_glass = Polygon([(900, 100), (900, 300), (1200, 0), (1200, 400)])
    for torn in (bow_tie, hour_glass):
        frame = parcels(torn)
        found = overlap_ha(frame, "zone", ZONES)
        assert found["place"].tolist() == ["Z1", "Z2"]
        assert found["area_ha"].sum() == pytest.approx(area_ha(frame).sum())


def test_rows_are_named_by_the_index_and_those_without_a_shape_are_left_out() -> None:
    three = parcels(box(0, 0, 100, 100), None, box(900, 0, 1000, 100))
    assert overlap_ha(three[[False, True, True]], "zone", ZONES)[["row", "place"]].to_numpy().tolist() == [[2, "Z1"]]
    nothing = overlap_ha(parcels(), "zone", ZONES)
    assert nothing.empty
    assert nothing.columns.tolist() == ["row", "place", "area_ha"]


SIDES = st.integers(-20, 220).map(lambda side: 10.0 * side)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(SIDES, SIDES, st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=8))
def test_the_parts_of_a_polygon_add_up_to_it(corners: list[tuple[float, float, int, int]]) -> None:
    frame = parcels(*(box(x, y, x + 10 * width, y + 10 * height) for x, y, width, height in corners))
    for place, areas in (("zone", ZONES), ("corridor", CORRIDORS)):
        sums = overlap_ha(frame, place, areas).groupby("row")["area_ha"].sum()
        assert sums.tolist() == pytest.approx(area_ha(frame).tolist(), rel=1e-9)


# --- the illustrative district, worked out another way -------------------------------------------------------------


@pytest.fixture(scope="module")
def district() -> dict[str, GeoDataFrame]:
    return {layer: frame.to_crs(STORE_CRS) for layer, frame in build_district().items()}


def overlaid(frame: GeoDataFrame, key: str, areas: GeoDataFrame, area_key: str) -> pd.DataFrame:
    """Feature × place → square metres or metres shared, by GeoPandas' own overlay in EPSG:4548."""
    pieces = (
        frame[[key, "geometry"]]
        .to_crs(DRAWING_CRS)
        .overlay(
            areas[[area_key, "geometry"]].rename(columns={area_key: "place"}).to_crs(DRAWING_CRS), keep_geom_type=True
        )
    )
    is_area = frame.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    shared = pieces.assign(shared=pieces.area if is_area else pieces.length)
    return shared.pivot_table(index=key, columns="place", values="shared", aggfunc="sum", fill_value=0.0)


@pytest.mark.parametrize("layer", ["parcels", "greening", "roads"])
@pytest.mark.parametrize("place", PLACES)
def test_the_illustrative_district_agrees_with_an_overlay(
    district: dict[str, GeoDataFrame], layer: str, place: str
) -> None:
    frame, areas = district[layer], district[PLACES[place]]
    key = LAYERS[layer].key
    shared = overlaid(frame, key, areas, LAYERS[PLACES[place]].key)
    shared = shared.reindex(frame[key], fill_value=0.0)
    found = places_of(layer, frame, place, areas)
    most = shared.max(axis=1).to_numpy()
    own = np.array([shared.at[name, owner] if owner else 0.0 for name, owner in zip(frame[key], found, strict=True)])
    # Each is in a place of which it has no less than of any other; what is in none has next to nothing of any.
    assert (own[found != ""] >= most[found != ""] - 0.02).all()
    assert (most[(found == "").to_numpy()] < 60).all()
    assert (found != "").sum() > 20


@pytest.mark.parametrize("place", PLACES)
def test_the_greening_of_the_illustrative_district_agrees_with_an_overlay(
    district: dict[str, GeoDataFrame], place: str
) -> None:
    greening, areas = district["greening"], district[PLACES[place]]
    table = overlap_ha(greening, place, areas)
    by_place = table.groupby("place")["area_ha"].sum()
    planar = overlaid(greening, "project_id", areas, LAYERS[PLACES[place]].key).sum() / 10_000
    assert sorted(set(by_place.index) - {""}) == sorted(planar.index)
    assert by_place.reindex(planar.index).tolist() == pytest.approx(planar.tolist(), rel=1e-4)
