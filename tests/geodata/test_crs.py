from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geodata import crs
from geodata.choices import Choices
from geodata.crs import area_m2, candidates, check_declared, clear_winner, length_m, read_prj, title, to_store_crs

DISTRICT = box(116.62, 35.37, 116.70, 35.43)
INSIDE = gpd.GeoDataFrame(
    geometry=[box(116.63 + 0.01 * i, 35.38, 116.635 + 0.01 * i, 35.385) for i in range(6)], crs="EPSG:4490"
)


def without_crs(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=frame.geometry.to_numpy())


def decide(
    frame: gpd.GeoDataFrame, choices: Choices | None = None, district: object = DISTRICT
) -> tuple[gpd.GeoDataFrame, str | None, dict[str, str]]:
    placed, code, findings = to_store_crs(frame, choices or Choices(), district=district)  # type: ignore[arg-type]
    return placed, code, {finding.code: finding.message.in_("en") for finding in findings}


def moved(frame: gpd.GeoDataFrame, change: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=shapely.transform(frame.geometry.to_numpy(), change), crs=frame.crs)


# --- measuring


def test_a_square_of_100_m_in_the_drawing_crs_is_a_hectare_within_the_known_scale() -> None:
    square = gpd.GeoSeries([box(468213, 3921245, 468313, 3921345)], crs="EPSG:4548").to_crs("EPSG:4490")
    # The plane is 0.0025 % too large here (500 km easting is exact, 32 km west of it a little more).
    assert area_m2(square).tolist() == [pytest.approx(10_000 / 1.000025, rel=1e-6)]


def test_a_degree_along_the_meridian_and_the_equator_are_the_textbook_lengths() -> None:
    lines = gpd.GeoSeries([LineString([(0, 0), (0, 1)]), LineString([(0, 0), (1, 0)])], crs="EPSG:4490")
    assert length_m(lines).tolist() == [pytest.approx(110_574.39, abs=0.1), pytest.approx(111_319.49, abs=0.01)]


def test_holes_are_taken_off_and_parts_are_added_whatever_their_direction() -> None:
    outer, hole = box(116.6, 35.4, 116.61, 35.41), box(116.603, 35.403, 116.604, 35.404)
    with_hole = Polygon(outer.exterior.coords, [list(hole.exterior.coords)[::-1]])
    same_way = Polygon(outer.exterior.coords, [hole.exterior.coords])
    apart = box(116.7, 35.4, 116.71, 35.41)
    areas = area_m2(gpd.GeoSeries([outer, hole, with_hole, same_way, apart, MultiPolygon([with_hole, apart])]))
    assert areas[2] == pytest.approx(areas[0] - areas[1])
    assert areas[3] == pytest.approx(areas[0] - areas[1])
    assert areas[5] == pytest.approx(areas[2] + areas[4])


def test_what_is_missing_has_no_measure_and_other_kinds_have_none_of_that_kind() -> None:
    geometries = gpd.GeoSeries(
        [None, Polygon(), Point(116, 35), LineString([(116, 35), (116.1, 35)])], index=[7, 8, 9, 3], crs="EPSG:4490"
    )
    areas, lengths = area_m2(geometries), length_m(geometries)
    assert areas.index.tolist() == [7, 8, 9, 3]
    assert np.isnan(areas.iloc[:2]).all()
    assert areas.iloc[2:].tolist() == [0, 0]
    assert np.isnan(lengths.iloc[:2]).all()
    assert lengths.iloc[2] == 0
    assert lengths.iloc[3] == pytest.approx(9_128, abs=5)


def test_nothing_measures_nothing() -> None:
    assert area_m2(gpd.GeoSeries([], crs="EPSG:4490")).tolist() == []
    assert length_m(gpd.GeoSeries([], crs="EPSG:4490")).tolist() == []


# --- shifted maps


def test_gcj02_shifts_this_place_by_the_measured_amount() -> None:
    lon, lat = crs.gcj02_from_wgs84(np.array([116.65]), np.array([35.42]))
    assert lon[0] - 116.65 == pytest.approx(0.005368, abs=1e-6)
    assert lat[0] - 35.42 == pytest.approx(-0.000395, abs=1e-6)


@pytest.mark.parametrize(
    ("there", "back"),
    [(crs.gcj02_from_wgs84, crs.wgs84_from_gcj02), (crs.bd09_from_wgs84, crs.wgs84_from_bd09)],
)
def test_a_shift_is_taken_off_again_to_the_millimetre(there: object, back: object) -> None:
    lon, lat = np.meshgrid(np.linspace(75, 134, 40), np.linspace(5, 53, 40))
    again_lon, again_lat = back(*there(lon, lat))  # type: ignore[operator]
    assert np.abs(again_lon - lon).max() < 1e-8
    assert np.abs(again_lat - lat).max() < 1e-8


# --- reading and naming


def test_a_prj_is_read_with_chinese_bytes_in_it() -> None:
    wkt = gpd.GeoSeries(crs="EPSG:4548").crs.to_wkt("WKT1_ESRI").encode()
    known = read_prj(wkt.replace(b"CGCS2000_3", "国家大地2000_3".encode("gbk"), 1))
    assert known is not None
    assert known.to_epsg() in (4548, None)
    assert "4548" in str(read_prj(wkt))


@pytest.mark.parametrize("content", [b"", b"   ", b"\xff\xfe\x00", b"PROJCS[", b"hello", bytes(500)])
def test_a_prj_without_a_crs_is_none(content: bytes) -> None:
    assert read_prj(content) is None


@pytest.mark.parametrize(
    ("code", "chinese"),
    [
        (4527, "CGCS2000 3度带高斯-克吕格投影，第 39 带（中央经线 117°E）"),
        (4548, "CGCS2000 高斯-克吕格投影，中央经线 117°E（东坐标不带带号）"),
        (4498, "CGCS2000 6度带高斯-克吕格投影，第 20 带（中央经线 117°E）"),
        (4490, "CGCS2000 经纬度（度）"),
        (2384, "西安1980 高斯-克吕格投影，中央经线 117°E（东坐标不带带号）"),
        (4326, "WGS 84 经纬度（度）"),
    ],
)
def test_a_crs_is_named_as_planners_name_it(code: int, chinese: str) -> None:
    assert title(f"EPSG:{code}").in_("zh") == chinese


def test_an_esri_prj_and_its_epsg_twin_have_one_code() -> None:
    assert crs.code_of(gpd.GeoSeries(crs="EPSG:4548").crs.to_wkt("WKT1_ESRI")) == "EPSG:4548"


# --- deciding


@pytest.mark.parametrize("code", [4527, 4548, 4526, 4547, 4528, 4549, 4498, 4490])
def test_a_missing_crs_is_guessed_from_where_the_vertices_fall(code: int) -> None:
    placed, taken, findings = decide(without_crs(INSIDE.to_crs(code)))
    assert taken == f"EPSG:{code}"
    assert set(findings) == {"CRS_GUESSED"}
    assert placed.crs.to_epsg() == 4490
    assert shapely.equals_exact(placed.geometry.to_numpy(), INSIDE.geometry.to_numpy(), 1e-9).all()


def test_a_missing_crs_that_fits_nowhere_asks() -> None:
    far = without_crs(gpd.GeoDataFrame(geometry=[box(0, 0, 10, 10)]))
    _, taken, findings = decide(far)
    assert taken is None
    assert set(findings) == {"CRS_UNKNOWN"}


def test_without_a_district_a_missing_crs_asks_and_names_what_is_in_china() -> None:
    _, taken, findings = decide(without_crs(INSIDE.to_crs(4527)), district=None)
    assert taken is None
    assert "EPSG:4527" in findings["CRS_UNKNOWN"]


def test_candidates_say_their_share_inside_and_whether_the_axes_are_turned() -> None:
    half = gpd.GeoDataFrame(geometry=[Point(116.65, 35.40), Point(116.65, 36.40)])
    best = candidates(half, DISTRICT)[0]
    assert (best.crs, best.share_inside, best.swapped) == ("EPSG:4490", 0.5, False)
    turned = candidates(gpd.GeoDataFrame(geometry=[Point(35.40, 116.65)]), DISTRICT)[0]
    assert turned.swapped


def test_two_candidates_alike_are_no_clear_winner() -> None:
    one = crs.CrsCandidate("EPSG:4527", title("EPSG:4527"), 1.0)
    two = crs.CrsCandidate("EPSG:4548", title("EPSG:4548"), 0.8)
    assert clear_winner([one, two]) is None
    assert clear_winner([one]) is one
    assert clear_winner([]) is None


def test_a_chosen_crs_overrides_what_the_file_declares() -> None:
    wrong = INSIDE.to_crs(4527).set_crs(4548, allow_override=True)
    _, taken, findings = decide(wrong, Choices(crs="4527"))
    assert taken == "EPSG:4527"
    assert findings == {}


@pytest.mark.parametrize(
    ("real", "declared", "named"),
    [(4527, 4548, "EPSG:4527"), (4548, 4527, "EPSG:4548"), (4548, 4490, "EPSG:4548"), (4490, 4548, "EPSG:4490")],
)
def test_a_declared_crs_that_contradicts_the_numbers_is_refused_and_the_fitting_one_named(
    real: int, declared: int, named: str
) -> None:
    wrong = INSIDE.to_crs(real).set_crs(declared, allow_override=True)
    _, taken, findings = decide(wrong)
    assert taken is None
    assert named in findings["CRS_CONTRADICTED"]
    assert [finding.code for finding in check_declared(wrong)] == ["CRS_CONTRADICTED"]


def test_a_neighbouring_zone_is_contradicted_only_by_the_district() -> None:
    wrong = INSIDE.to_crs(4548).set_crs(4547, allow_override=True)
    assert check_declared(wrong) == []
    assert "EPSG:4548" in decide(wrong)[2]["CRS_CONTRADICTED"]


def test_coordinates_far_from_the_district_contradict_what_is_declared() -> None:
    far = gpd.GeoDataFrame(geometry=[box(103.0, 30.0, 103.1, 30.1)], crs="EPSG:4490")
    assert set(decide(far)[2]) == {"CRS_CONTRADICTED"}


@pytest.mark.parametrize("code", [4490, 4548, 4527])
def test_turned_axes_are_refused_until_swapped(code: int) -> None:
    turned = moved(INSIDE.to_crs(code), lambda points: points[:, ::-1])
    assert set(decide(turned)[2]) == {"AXES_SWAPPED"}
    placed, taken, findings = decide(turned, Choices(swap_axes=True))
    assert (taken, findings) == (f"EPSG:{code}", {})
    assert shapely.equals_exact(placed.geometry.to_numpy(), INSIDE.geometry.to_numpy(), 1e-9).all()


def test_turned_axes_without_a_crs_are_refused_until_swapped() -> None:
    turned = without_crs(moved(INSIDE.to_crs(4527), lambda points: points[:, ::-1]))
    assert set(decide(turned)[2]) == {"AXES_SWAPPED"}
    _, taken, findings = decide(turned, Choices(swap_axes=True))
    assert taken == "EPSG:4527"
    assert set(findings) == {"CRS_GUESSED"}


@pytest.mark.parametrize("code", [2384, 2363, 2436, 2415])
def test_old_datums_are_ballpark(code: int) -> None:
    placed, taken, findings = decide(INSIDE.to_crs(code))
    assert taken == f"EPSG:{code}"
    assert set(findings) == {"CRS_BALLPARK"}
    assert placed.crs.to_epsg() == 4490


def test_some_features_outside_are_named_and_all_outside_is_an_error() -> None:
    some = gpd.GeoDataFrame(geometry=[Point(116.65, 35.40), Point(116.80, 35.40)], crs="EPSG:4490")
    _, _, findings = to_store_crs(some, Choices(), district=DISTRICT)
    assert [(each.code, each.severity.value, each.rows) for each in findings] == [("OUT_OF_AREA", "warning", (1,))]
    _, _, findings = to_store_crs(some.iloc[1:], Choices(), district=DISTRICT)
    assert [(each.code, each.severity.value) for each in findings] == [("OUT_OF_AREA", "error")]


def test_without_a_district_the_place_is_not_checked_and_that_is_a_note() -> None:
    _, taken, findings = to_store_crs(INSIDE, Choices(), district=None)
    assert taken == "EPSG:4490"
    assert [finding.severity.value for finding in findings] == ["note"]


@pytest.mark.parametrize(("name", "shift"), [("GCJ-02", crs.gcj02_from_wgs84), ("BD-09", crs.bd09_from_wgs84)])
def test_coordinates_shifted_as_on_public_maps_are_named(name: str, shift: object) -> None:
    whole = gpd.GeoDataFrame(geometry=[box(116.621, 35.371, 116.699, 35.429), *INSIDE.geometry], crs="EPSG:4490")
    shifted = moved(whole, lambda points: np.column_stack(shift(points[:, 0], points[:, 1])))  # type: ignore[operator]
    _, taken, findings = decide(shifted)
    assert taken is None
    assert name in findings["CRS_CONTRADICTED"]
    assert decide(whole)[2] == {}


def test_heights_are_dropped_and_missing_geometries_stay_missing() -> None:
    layer = gpd.GeoDataFrame(geometry=[Point(116.65, 35.4, 9), None], crs="EPSG:4490")
    placed, _, _ = decide(layer)
    assert not placed.geometry[0].has_z
    assert placed.geometry[1] is None


def test_a_layer_of_missing_geometries_has_a_place_nowhere_and_no_error() -> None:
    placed, _, findings = decide(gpd.GeoDataFrame({"a": [1]}, geometry=[None], crs="EPSG:4548"))
    assert findings == {}
    assert placed.crs.to_epsg() == 4490


def test_data_elsewhere_in_the_world_is_not_called_wrong_without_a_district() -> None:
    berlin = gpd.GeoDataFrame(geometry=[box(390000, 5819000, 391000, 5820000)], crs="EPSG:25833")
    assert check_declared(berlin) == []
    assert check_declared(gpd.GeoDataFrame(geometry=[box(-5, -5, 5, 5)], crs="EPSG:3857")) == []
    assert check_declared(gpd.GeoDataFrame(geometry=[box(11, 48, 12, 49)], crs="EPSG:4326")) == []
