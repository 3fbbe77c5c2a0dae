"""The illustrative district is the place that DESIGN describes, and its files are an office's files."""

from __future__ import annotations

import zipfile
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from geopandas import GeoDataFrame
from pandas.testing import assert_frame_equal

from geodata import crs, status
from geodata.sample import DATA_DATE, build_district, write_shapefiles
from geodata.schema import EXISTING, LAYERS, Kind
from geodata.validation import check_structure

District = dict[str, GeoDataFrame]


@pytest.fixture(scope="module")
def district() -> District:
    return build_district()


@pytest.fixture(scope="module")
def zips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_shapefiles(tmp_path_factory.mktemp("sample"))


def test_the_district_is_42_square_kilometres_on_the_ellipsoid(district: District) -> None:
    area_km2 = crs.area_m2(district["district"].to_crs(4490).geometry).iloc[0] / 1e6
    assert area_km2 == pytest.approx(42.0, rel=0.001)


def test_four_vertical_and_five_horizontal_waterways_cross_twenty_times(district: District) -> None:
    waterways = district["waterways"].set_index("waterway_id")
    vertical = waterways[waterways["axis"] == "vertical"].geometry
    horizontal = waterways[waterways["axis"] == "horizontal"].geometry
    assert (len(vertical), len(horizontal)) == (4, 5)
    crossings = [len(shapely.get_parts(one.intersection(other))) for one in vertical for other in horizontal]
    assert crossings == [1] * 20
    assert not any(one.intersects(other) for i, one in enumerate(vertical) for other in vertical.iloc[i + 1 :])


@pytest.mark.parametrize("layer", ["waterways", "water_zones", "corridors", "district"])
def test_the_structure_of_the_plan_is_whole(district: District, layer: str) -> None:
    assert check_structure(layer, district[layer].to_crs(4490)) == []


def test_water_zones_fill_the_district(district: District) -> None:
    zones, whole = district["water_zones"].geometry, district["district"].geometry.iloc[0]
    assert zones.area.sum() == pytest.approx(whole.area, rel=1e-9)
    assert shapely.union_all(zones.to_numpy()).symmetric_difference(whole).area < 1


@pytest.mark.parametrize("layer", ["parcels", "parks", "greening", "relocation_zones", "water_zones"])
def test_no_two_features_of_a_layer_overlap(district: District, layer: str) -> None:
    shapes = district[layer].geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(shapes[one[one < other]], shapes[other[one < other]]))
    assert common.max(initial=0) < 1


def test_parcels_are_two_to_three_thousand_without_slivers(district: District) -> None:
    parcels = district["parcels"].geometry
    assert 2000 <= len(parcels) <= 3000
    assert parcels.area.min() > 400
    assert (2 * parcels.area / parcels.length).min() > 8


def test_neighbouring_parcels_leave_no_gap(district: District) -> None:
    union = shapely.union_all(district["parcels"].geometry.to_numpy())
    holes = [ring for part in shapely.get_parts(union) for ring in part.interiors]
    thin = [hole for hole in shapely.polygons(holes) if 2 * hole.area / hole.length < 0.5]
    assert thin == []


def test_every_status_is_on_the_map_at_the_end_of_2020(district: District) -> None:
    parcels = district["parcels"]
    states = status.state_at("parcels", parcels, date(2020, 12, 31))
    assert set(states) == set(status.STATES["parcels"])
    without_supply = parcels["land_use"][states == "not_applicable"].astype(int)
    assert set(without_supply) <= {1, 2, 3, 4, 5, 6, 17}
    assert status.cannot_be_judged(parcels, date(2020, 12, 31)).any()
    assert status.is_recognised_idle(parcels, date(2020, 12, 31)).any()


def test_every_stage_and_kind_of_the_other_layers_is_there(district: District) -> None:
    at = {layer: set(status.state_at(layer, frame, DATA_DATE)) for layer, frame in district.items()}
    assert at["waterways"] == {"planned", "under_construction", "connected"}
    assert at["roads"] == {"planned", "under_construction", "open"}
    assert at["relocation_zones"] == {"listed", "agreed", "vacated", "resupplied"}
    assert at["projects"] == {"negotiating", "signed", "landed", "producing"}
    assert at["greening"] >= {"late", "completed"}
    assert set(district["greening"]["kind"]) == {"park", "belt", "street", "waterfront"}
    assert set(district["roads"]["road_class"]) == {"expressway", "arterial", "secondary", "branch"}
    assert set(district["relocation_zones"]["batch"]) == {2018, 2019, 2020}
    assert (len(district["parks"]), len(district["projects"]), len(district["relocation_zones"])) == (10, 80, 60)


def test_the_programme_begins_in_2018_and_nothing_happened_after_2020(district: District) -> None:
    events = status.first_and_last_event(district)
    assert events is not None
    first, last = events
    assert (first.year, first.month) == (2018, 1)
    assert last <= DATA_DATE


@pytest.mark.parametrize("layer", list(LAYERS))
def test_required_fields_are_filled_and_codes_are_known(district: District, layer: str) -> None:
    schema, frame = LAYERS[layer], district[layer]
    assert list(frame.columns) == [*(field.name for field in schema.fields), "geometry"]
    assert frame[schema.key].is_unique
    for field in schema.fields:
        assert not (field.required and frame[field.name].isna().any()), field.name
        if field.codes:
            assert set(frame[field.name].dropna()) <= set(field.codes), field.name


def test_recorded_areas_are_close_to_the_measured_ones(district: District) -> None:
    parcels = district["parcels"]
    measured = crs.area_m2(parcels.to_crs(4490).geometry)
    assert (parcels["area_recorded_m2"] / measured - 1).abs().max() < 0.003


def test_each_status_has_a_believable_share_of_the_land(district: District) -> None:
    parcels = district["parcels"]
    states = status.state_at("parcels", parcels, DATA_DATE)
    area = parcels.geometry.area[states != "not_applicable"]
    shares = area.groupby(states[area.index]).sum() / area.sum()
    assert 0.45 <= shares["completed"] <= 0.55
    assert 0.12 <= shares["under_construction"] <= 0.18
    assert 0.06 <= shares["approved_unsupplied"] <= 0.09
    assert 0.04 <= shares["supplied_unused"] <= 0.08
    assert 0.03 <= shares["idle"] <= 0.06
    assert 0.02 <= shares["inefficient"] <= 0.04


def test_the_district_was_building_when_the_programme_began_and_grew(district: District) -> None:
    parcels = district["parcels"]
    at = {day: status.state_at("parcels", parcels, day) for day in (date(2018, 1, 1), date(2019, 6, 30), DATA_DATE)}
    assert set(at[date(2018, 1, 1)]) == set(status.STATES["parcels"])
    completed = [int((states == "completed").sum()) for states in at.values()]
    assert completed[0] * 1.2 < completed[1] < completed[2] / 1.2


def test_every_date_is_in_its_order(district: District) -> None:
    orders = {
        "parcels": ("approved_on", "supplied_on", "started_on", "completed_on"),
        "roads": ("started_on", "opened_on"),
        "greening": ("started_on", "completed_on"),
        "relocation_zones": ("agreed_on", "vacated_on", "resupplied_on"),
        "projects": ("negotiating_on", "signed_on", "landed_on", "producing_on"),
    }
    for layer, fields in orders.items():
        frame = district[layer]
        for first, second in pairwise(fields):
            assert not (frame[first] > frame[second]).any(), (layer, first, second)
            assert not (frame[first].isna() & frame[second].notna()).any(), (layer, first, second)


def test_a_green_parcel_is_completed_when_the_greening_on_it_is(district: District) -> None:
    parcels, greening = district["parcels"], district["greening"]
    places = greening[greening["kind"] != "street"]
    on = dict(zip(parcels.geometry.to_wkb(), parcels.index, strict=True))
    below = parcels.loc[[on[shape] for shape in places.geometry.to_wkb()]]
    assert (below["land_use"] == "14").all()
    done, land_done = places["completed_on"].to_numpy(), below["completed_on"].to_numpy()
    assert (pd.isna(done) == pd.isna(land_done)).all()
    assert (done[~pd.isna(done)] == land_done[~pd.isna(done)]).all()


def test_land_in_reserve_is_not_built_on(district: District) -> None:
    parcels = district["parcels"]
    assert parcels.loc[parcels["land_use"] == "16", "supplied_on"].isna().all()


def test_a_site_supplied_again_is_supplied_that_day(district: District) -> None:
    parcels, sites = district["parcels"], district["relocation_zones"]
    on = dict(zip(parcels.geometry.to_wkb(), parcels.index, strict=True))
    land = parcels.loc[[on[shape] for shape in sites.geometry.to_wkb()]].reset_index(drop=True)
    again = sites["resupplied_on"].notna()
    assert again.any()
    assert (land.loc[again, "supplied_on"] == sites.loc[again, "resupplied_on"]).all()
    assert (land.loc[~again, "completed_on"] == EXISTING).all()
    parks = shapely.union_all(district["parks"].geometry.to_numpy())
    assert shapely.area(shapely.intersection(sites.geometry.to_numpy(), parks)).max() == 0


def test_lighting_runs_along_open_roads(district: District) -> None:
    roads = district["roads"]
    opened = dict(zip(roads.geometry.to_wkb(), roads["opened_on"], strict=True))
    lit = district["lighting"]
    since = pd.Series([opened[line] for line in lit.geometry.to_wkb()])
    assert since.notna().all()
    assert not (lit["completed_on"] < since).any()


def test_nothing_reaches_beyond_the_district(district: District) -> None:
    rim = district["district"].geometry.iloc[0].buffer(1)
    for layer, frame in district.items():
        assert shapely.covers(rim, frame.geometry.to_numpy()).all(), layer


def test_relocated_firms_go_to_a_park_that_exists(district: District) -> None:
    assert set(district["relocation_zones"]["park_id"]) <= set(district["parks"]["park_id"])


def test_two_builds_are_equal(district: District) -> None:
    again = build_district()
    for layer, frame in district.items():
        assert_frame_equal(
            pd.DataFrame(frame.drop(columns="geometry")), pd.DataFrame(again[layer].drop(columns="geometry"))
        )
        assert shapely.equals_identical(frame.geometry.to_numpy(), again[layer].geometry.to_numpy()).all()


def test_the_files_are_byte_for_byte_the_same_each_time(zips: dict[str, Path], tmp_path: Path) -> None:
    again = write_shapefiles(tmp_path)
    assert {layer: path.read_bytes() for layer, path in zips.items()} == {
        layer: path.read_bytes() for layer, path in again.items()
    }


@pytest.mark.parametrize("layer", list(LAYERS))
def test_a_file_read_back_by_gdal_holds_what_was_written(zips: dict[str, Path], district: District, layer: str) -> None:
    with zipfile.ZipFile(zips[layer]) as archive:
        assert sorted(Path(name).suffix for name in archive.namelist()) == [".dbf", ".prj", ".shp", ".shx"]
    read = pyogrio.read_dataframe(zips[layer], encoding="GBK")
    frame, schema = district[layer], LAYERS[layer]
    assert read.crs.to_epsg() == 4527
    # A shapefile keeps full doubles, but begins its rings elsewhere.
    assert shapely.equals(read.geometry.to_numpy(), frame.geometry.to_numpy()).all()
    for column, field in zip(read.columns[:-1], schema.fields, strict=True):
        if field.kind is Kind.DATE:
            assert (pd.to_datetime(read[column]).dt.date.dropna() == frame[field.name].dt.date.dropna()).all()
            assert (read[column].isna() == frame[field.name].isna()).all()
        elif field.kind is Kind.NUMBER:
            assert np.allclose(read[column].astype(float), frame[field.name], atol=0.051, equal_nan=True)
        elif field.kind is Kind.TEXT:
            assert read[column].fillna("").tolist() == frame[field.name].fillna("").tolist()


def test_what_was_there_before_the_programme_stands_as_1900(zips: dict[str, Path], district: District) -> None:
    read = pyogrio.read_dataframe(zips["roads"], encoding="GBK")
    existing = (pd.to_datetime(read["OPEN_ON"]) == EXISTING).sum()
    assert existing == (district["roads"]["opened_on"] == EXISTING).sum() > 0
