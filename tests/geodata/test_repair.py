"""Repairs: what they change, what they leave alone, and what they tell."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geodata import crs, repair
from geodata.choices import Choices
from geodata.findings import Finding, Severity, found
from geodata.i18n import label
from geodata.schema import schema_of
from geodata.topology import in_metres
from geodata.validation import check_layer
from tests.geodata.clean_frames import clean_frame

PARCELS = schema_of("parcels")
BOWTIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])  # two triangles of 25 m²


def parcels(*shapes: BaseGeometry | None, keys: Sequence[str] | None = None) -> GeoDataFrame:
    rows = [{"parcel_id": keys[row] if keys else f"P{row}", "land_use": "07"} for row in range(len(shapes))]
    return clean_frame("parcels", rows, shapes)


def checked(frame: GeoDataFrame, *repairs: str, layer: str = "parcels") -> tuple[GeoDataFrame, list[Finding]]:
    return check_layer(frame, schema_of(layer), district=None, choices=Choices(repairs=frozenset(repairs)))


def note(findings: list[Finding]) -> Finding:
    (finding,) = [each for each in findings if each.code != "MULTI_PART"]
    assert (finding.code, finding.severity) == ("REPAIRED", Severity.NOTE)
    return finding


def metres(frame: GeoDataFrame) -> Any:
    return in_metres(repair.shapes_of(frame))


def test_dropped_rows_leave_the_others_their_row_numbers():
    frame, findings = checked(parcels(box(0, 0, 10, 10), None, box(20, 0, 30, 10), BOWTIE), "NULL_GEOM")
    assert frame.index.tolist() == [0, 2, 3]
    assert frame["parcel_id"].tolist() == ["P0", "P2", "P3"]
    repaired, invalid, _ = findings
    assert repaired.rows == (1,)
    assert invalid.code == "INVALID_GEOM"
    assert invalid.rows == (3,)  # still the fourth row of the upload


def test_a_layer_of_which_nothing_is_left_is_empty():
    frame, findings = checked(parcels(None, None), "NULL_GEOM")
    assert len(frame) == 0
    assert [each.code for each in findings] == ["REPAIRED", "EMPTY_LAYER"]


def test_a_bowtie_becomes_two_triangles_with_the_area_told():
    before = parcels(box(50, 0, 60, 10), BOWTIE)
    frame, findings = checked(before, "INVALID_GEOM")
    assert note(findings).rows == (1,)
    assert "50.0 m²" in note(findings).message.in_("zh")
    assert frame.geometry.is_valid.all()
    assert crs.area_m2(frame.geometry).iloc[1] == pytest.approx(50, rel=1e-3)
    # What was valid is what it was, to the byte.
    assert frame.geometry.iloc[0].wkb == before.geometry.iloc[0].wkb


def test_making_valid_keeps_only_areas():
    # A square with a spike: the spike is a line, and goes.
    spike = Polygon([(0, 0), (10, 0), (10, 10), (10, 30), (10, 10), (0, 10)])
    frame, _ = checked(parcels(spike), "INVALID_GEOM")
    assert frame.geometry.iloc[0].geom_type == "Polygon"
    assert crs.area_m2(frame.geometry).iloc[0] == pytest.approx(100, rel=1e-3)


def test_a_shape_that_would_vanish_stays_invalid():
    flat = Polygon([(0, 0), (10, 0), (0, 0)])
    frame, findings = checked(parcels(flat, box(20, 0, 30, 10)), "INVALID_GEOM")
    assert len(frame) == 2
    assert "INVALID_GEOM" in [each.code for each in findings]


def test_heights_are_dropped():
    before = parcels(box(0, 0, 10, 10))
    before.geometry = shapely.force_3d(before.geometry.to_numpy(), 5.0)
    frame, findings = checked(before, "HAS_ZM")
    assert not frame.has_z.any()
    assert note(findings).rows == (0,)
    assert before.has_z.all()  # what was given is unchanged


def test_of_mixed_shapes_what_fits_is_kept():
    frame, findings = checked(
        parcels(
            box(0, 0, 10, 10),
            GeometryCollection([box(20, 0, 30, 10), Point(1, 1), LineString([(0, 0), (1, 1)])]),
            LineString([(40, 0), (50, 0), (50, 10), (40, 10), (40, 0)]),
            LineString([(0, 0), (5, 5)]),
        ),
        "MIXED_GEOM",
    )
    assert frame.index.tolist() == [0, 1, 2]
    assert frame.geom_type.tolist() == ["Polygon"] * 3
    assert np.allclose(crs.area_m2(frame.geometry), 100, rtol=1e-3)
    assert note(findings).rows == (1, 2, 3)


def test_nothing_is_done_where_nothing_fits():
    frame, findings = checked(parcels(LineString([(0, 0), (5, 5)])), "MIXED_GEOM")
    assert len(frame) == 1
    assert [each.code for each in findings] == ["WRONG_GEOM_TYPE"]


def test_collections_within_collections_are_looked_through():
    inner = GeometryCollection([MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)]), Point(0, 0)])
    part = repair.fitting_part(GeometryCollection([inner, box(5, 5, 6, 6)]), "Polygon")
    assert part.geom_type == "MultiPolygon"
    assert part.area == 3
    assert repair.fitting_part(inner, "Point").equals(Point(0, 0))
    assert repair.fitting_part(inner, "LineString") is None


def test_parts_in_rows_of_their_own_are_collected():
    frame, findings = checked(
        parcels(box(0, 0, 10, 10), box(50, 0, 60, 10), box(20, 0, 30, 10), keys=["A", "B", "A"]), "DUPLICATE_KEY"
    )
    assert frame["parcel_id"].tolist() == ["A", "B"]
    assert frame.geom_type.tolist() == ["MultiPolygon", "Polygon"]
    assert crs.area_m2(frame.geometry).iloc[0] == pytest.approx(200, rel=1e-3)
    assert note(findings).rows == (0, 2)


def test_a_row_that_stands_twice_counts_once():
    frame, _ = checked(parcels(box(0, 0, 10, 10), box(0, 0, 10, 10), keys=["A", "A"]), "DUPLICATE_KEY")
    assert crs.area_m2(frame.geometry).tolist() == [pytest.approx(100, rel=1e-3)]


def test_rows_of_one_key_that_differ_are_not_collected():
    before = parcels(box(0, 0, 10, 10), box(20, 0, 30, 10), keys=["A", "A"])
    before.loc[1, "land_use"] = "08"
    frame, findings = checked(before, "DUPLICATE_KEY")
    assert len(frame) == 2
    assert [each.code for each in findings] == ["DUPLICATE_KEY"]
    assert repair.offered(findings) == []


def test_a_narrow_overlap_is_cut_off_the_larger_feature():
    before = parcels(box(0, 0, 100, 100), box(99.8, 0, 150, 100))
    frame, findings = checked(before, "OVERLAP")
    assert note(findings).rows == (0,)
    assert shapely.area(metres(frame)).tolist() == pytest.approx([9980, 5020], abs=0.1)
    assert frame.geometry.iloc[1].wkb == before.geometry.iloc[1].wkb


def test_a_wide_overlap_is_left_to_a_person():
    frame, findings = checked(parcels(box(0, 0, 100, 100), box(90, 0, 150, 100)), "OVERLAP")
    assert [each.code for each in findings] == ["OVERLAP"]
    assert repair.offered(findings) == []
    assert shapely.area(metres(frame)).tolist() == pytest.approx([10_000, 6000], abs=0.1)


def test_a_narrow_gap_goes_to_the_neighbour_with_the_longest_border():
    # The gap is 20 m × 0.3 m in the border of two parcels; the left one holds three of its sides.
    left = Polygon([(0, 0), (50, 0), (50, 40), (49.7, 40), (49.7, 60), (50, 60), (50, 100), (0, 100)])
    frame, findings = checked(parcels(left, box(50, 0, 100, 100)), "SLIVER")
    assert note(findings).rows == (0,)
    assert shapely.area(metres(frame)).tolist() == pytest.approx([5000, 5000], abs=0.1)


def test_sliver_parts_are_dropped_and_whole_slivers_stay():
    frame, findings = checked(
        parcels(MultiPolygon([box(0, 0, 50, 50), box(60, 0, 61, 1)]), box(100, 0, 102, 2)), "SLIVER"
    )
    assert frame.geom_type.tolist() == ["Polygon", "Polygon"]
    assert [(each.code, each.rows) for each in findings] == [("REPAIRED", (0,)), ("SLIVER", (1,))]
    assert repair.offered(findings) == []


def test_repairs_that_find_nothing_to_do_say_nothing():
    frame, findings = checked(parcels(box(0, 0, 10, 10)), *repair.TITLES)
    assert findings == []
    assert len(frame) == 1


def test_what_was_given_is_not_changed():
    before = parcels(BOWTIE, None, box(0, 0, 10, 10))
    copy = before.copy()
    checked(before, *repair.TITLES)
    assert before.geometry.to_wkb().equals(copy.geometry.to_wkb())


def test_repairs_are_offered_for_what_they_can_mend():
    _, findings = checked(parcels(box(0, 0, 100, 100), box(99.8, 0, 150, 100), None, BOWTIE))
    assert repair.offered(findings) == ["NULL_GEOM", "INVALID_GEOM", "OVERLAP"]
    assert repair.offered([found("MISSING_SHX", label("x", "x")), found("MISSING_KEY", label("x", "x"))]) == [
        "MISSING_SHX"
    ]


def test_reading_is_settled_by_what_the_check_says_anew():
    frame = parcels(box(0, 0, 10, 10), None, BOWTIE)
    read = [
        found("NULL_GEOM", label("x", "x"), rows=[1]),
        found("INVALID_GEOM", label("x", "x"), rows=[2]),
        found("INVALID_GEOM", label("could not be built", "could not be built"), rows=[1]),
        found("HAS_ZM", label("x", "x")),
        found("MISSING_PRJ", label("x", "x")),
    ]
    left = repair.settled(read, frame, Choices())
    assert [(each.code, each.rows) for each in left] == [("INVALID_GEOM", (1,)), ("HAS_ZM", ()), ("MISSING_PRJ", ())]
    left = repair.settled(read, frame, Choices(repairs=frozenset({"HAS_ZM"})))
    assert [each.code for each in left] == ["INVALID_GEOM", "REPAIRED", "MISSING_PRJ"]
    assert left[1].severity is Severity.NOTE
