from __future__ import annotations

import pytest
from shapely import LineString, Point, box

from geodata import crs, measures
from tests.geodata.clean_frames import EAST, NORTH, clean_frame


def test_a_square_of_100_m_is_a_hectare_and_a_line_of_1000_m_a_kilometre() -> None:
    parks = clean_frame("parks", [{}], [box(0, 0, 100, 100)])
    assert measures.area_ha(parks).tolist() == [pytest.approx(1.0, rel=1e-4)]
    roads = clean_frame("roads", [{}], [LineString([(0, 0), (600, 800)])])
    assert measures.length_km(roads).tolist() == [pytest.approx(1.0, rel=1e-4)]


def test_a_feature_without_a_geometry_has_no_measure() -> None:
    parks = clean_frame("parks", [{}, {}], [None, box(0, 0, 200, 100)])
    assert measures.area_ha(parks).isna().tolist() == [True, False]


def test_measures_keep_the_index_and_can_be_changed_by_who_got_them() -> None:
    parks = clean_frame("parks", [{}, {}], [box(0, 0, 100, 100), box(0, 0, 200, 100)])
    second = measures.area_ha(parks.iloc[[1]])
    assert second.index.tolist() == [1]
    assert second.tolist() == [pytest.approx(2.0, rel=1e-4)]
    first = measures.area_m2(parks)
    first.iloc[0] = 0.0
    assert measures.area_m2(parks).iloc[0] == pytest.approx(10_000, rel=1e-4)


def test_a_frame_is_measured_once_and_again_when_its_shapes_change(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = crs.area_m2

    def counted(geometries: object) -> object:
        calls.append(1)
        return real(geometries)

    monkeypatch.setattr(crs, "area_m2", counted)
    parks = clean_frame("parks", [{}], [box(0, 0, 100, 100)])
    assert measures.area_ha(parks).tolist() == measures.area_ha(parks).tolist()
    assert len(calls) == 1
    parks.loc[0, "geometry"] = clean_frame("parks", [{}], [box(0, 0, 300, 100)]).geometry.iloc[0]
    assert measures.area_ha(parks).tolist() == [pytest.approx(3.0, rel=1e-4)]


def test_nothing_is_kept_of_a_frame_that_is_gone() -> None:
    before = len(measures._kept)
    parks = clean_frame("parks", [{}], [box(0, 0, 100, 100)])
    measures.area_ha(parks)
    assert len(measures._kept) == before + 1
    del parks
    assert len(measures._kept) == before


def test_the_little_district_of_the_tests_lies_in_the_district() -> None:
    place = clean_frame("projects", [{}], [Point(0, 0)]).geometry.iloc[0]
    assert (EAST, NORTH) == (468_000.0, 3_921_000.0)
    assert place.x == pytest.approx(116.6477, abs=0.001)
    assert place.y == pytest.approx(35.4178, abs=0.001)
