"""Layers held against their schema, on shapes one could draw on paper (metres from a corner of the district)."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geodata.choices import Choices
from geodata.findings import Finding, Severity
from geodata.repair import TITLES
from geodata.schema import EXISTING, schema_of
from geodata.topology import in_degrees
from geodata.validation import check_layer, check_structure
from tests.geodata.clean_frames import EAST, NORTH, clean_frame

BOWTIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])


def parcels(*shapes: BaseGeometry | None, **columns: Sequence[Any]) -> GeoDataFrame:
    rows = [
        {"parcel_id": f"P{row}", "land_use": "07"} | {name: values[row] for name, values in columns.items()}
        for row in range(len(shapes))
    ]
    return clean_frame("parcels", rows, shapes)


def check(frame: GeoDataFrame, *repairs: str, layer: str = "parcels", district: Any = None) -> list[Finding]:
    return check_layer(frame, schema_of(layer), district=district, choices=Choices(repairs=frozenset(repairs)))[1]


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def only(findings: list[Finding], code: str) -> Finding:
    (finding,) = [each for each in findings if each.code == code]
    return finding


def district_of(shape: BaseGeometry) -> BaseGeometry:
    moved = shapely.transform(shape, lambda points: points + np.array([EAST, NORTH]))
    return in_degrees(np.array([moved], dtype=object))[0]


# --- shapes ----------------------------------------------------------------------------------------------------------


def test_a_clean_layer_has_no_findings():
    frame = parcels(box(0, 0, 100, 100), box(100, 0, 200, 100), box(0, 100, 200, 200))
    assert check(frame, district=district_of(box(-10, -10, 300, 300))) == []


def test_a_layer_without_rows_is_empty():
    assert codes(check(parcels())) == ["EMPTY_LAYER"]


def test_rows_without_a_shape_are_named():
    finding = only(check(parcels(box(0, 0, 10, 10), None, Polygon())), "NULL_GEOM")
    assert (finding.severity, finding.count, finding.rows) == (Severity.WARNING, 2, (1, 2))
    assert "第 2 行" in finding.message.in_("zh")


def test_an_invalid_shape_is_named_with_its_reason():
    finding = only(check(parcels(box(20, 0, 30, 10), BOWTIE)), "INVALID_GEOM")
    assert (finding.severity, finding.rows) == (Severity.WARNING, (1,))
    assert "自相交" in finding.message.in_("zh")
    assert "crosses itself" in finding.message.in_("en")


def test_lines_in_a_layer_of_areas_are_an_error():
    findings = check(parcels(LineString([(0, 0), (10, 10)]), LineString([(0, 0), (5, 9)])))
    finding = only(findings, "WRONG_GEOM_TYPE")
    assert (finding.severity, finding.rows) == (Severity.ERROR, (0, 1))
    assert "MIXED_GEOM" not in codes(findings)


def test_some_lines_among_areas_are_an_error_that_a_repair_can_mend():
    findings = check(parcels(box(0, 0, 10, 10), LineString([(0, 0), (10, 10)])))
    assert only(findings, "WRONG_GEOM_TYPE").rows == (1,)
    assert only(findings, "MIXED_GEOM").severity is Severity.WARNING


def test_a_collection_with_an_area_in_it_is_mixed():
    shape = GeometryCollection([box(0, 0, 10, 10), Point(3, 3)])
    assert codes(check(parcels(shape))) == ["MIXED_GEOM"]


def test_parts_are_accepted_in_every_layer():
    (told,) = check(parcels(MultiPolygon([box(0, 0, 10, 10), box(20, 0, 30, 10)])))
    assert (told.code, told.severity) == ("MULTI_PART", Severity.NOTE)


def test_heights_are_told():
    frame = parcels(box(0, 0, 10, 10))
    frame.geometry = shapely.force_3d(frame.geometry.to_numpy(), 5.0)
    assert only(check(frame), "HAS_ZM").severity is Severity.WARNING


# --- attributes ------------------------------------------------------------------------------------------------------


def test_a_missing_and_a_doubled_key_are_errors():
    frame = parcels(*(box(20 * n, 0, 20 * n + 10, 10) for n in range(4)), parcel_id=["A", None, "B", "A"])
    findings = check(frame)
    assert (only(findings, "MISSING_KEY").severity, only(findings, "MISSING_KEY").rows) == (Severity.ERROR, (1,))
    doubled = only(findings, "DUPLICATE_KEY")
    assert (doubled.severity, doubled.rows, doubled.field) == (Severity.ERROR, (0, 3), "parcel_id")
    assert "第 1 行“A”、第 4 行“A”" in doubled.message.in_("zh")


def one_parcel(**dates: date | None) -> GeoDataFrame:
    return parcels(box(0, 0, 10, 10), **{name: [value] for name, value in dates.items()})


FIRST, SECOND = date(2018, 5, 1), date(2019, 5, 1)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("approved_on", "supplied_on"),
        ("supplied_on", "started_on"),
        ("started_on", "completed_on"),
        ("approved_on", "completed_on"),
        ("started_on", "suspended_on"),
    ],
)
def test_parcel_dates_follow_each_other(earlier, later):
    assert check(one_parcel(**{earlier: FIRST, later: SECOND})) == []
    assert check(one_parcel(**{earlier: FIRST, later: FIRST})) == []
    finding = only(check(one_parcel(**{earlier: SECOND, later: FIRST})), "DATE_ORDER")
    assert (finding.severity, finding.rows, finding.field) == (Severity.WARNING, (0,), later)
    assert "2019-05-01 > 2018-05-01" in finding.message.in_("zh")


def test_one_slip_is_one_finding():
    dates = {"approved_on": FIRST, "supplied_on": date(2020, 1, 1), "started_on": SECOND, "completed_on": SECOND}
    assert codes(check(one_parcel(**dates))) == ["DATE_ORDER"]


def test_what_was_there_before_all_records_is_in_no_order():
    assert check(one_parcel(approved_on=FIRST, completed_on=EXISTING)) == []
    assert check(one_parcel(approved_on=EXISTING, completed_on=FIRST)) == []


def test_resumed_without_suspended_is_out_of_order():
    assert codes(check(one_parcel(resumed_on=SECOND))) == ["DATE_ORDER"]


@pytest.mark.parametrize(
    ("layer", "earlier", "later", "shape"),
    [
        ("roads", "started_on", "opened_on", LineString([(0, 0), (50, 0)])),
        ("waterways", "started_on", "connected_on", LineString([(0, 0), (50, 0)])),
        ("greening", "started_on", "completed_on", box(0, 0, 50, 50)),
        ("relocation_zones", "agreed_on", "vacated_on", box(0, 0, 50, 50)),
        ("relocation_zones", "vacated_on", "resupplied_on", box(0, 0, 50, 50)),
        ("projects", "negotiating_on", "signed_on", Point(0, 0)),
        ("projects", "signed_on", "producing_on", Point(0, 0)),
    ],
)
def test_each_layer_has_its_natural_order(layer, earlier, later, shape):
    key = schema_of(layer).key
    right = clean_frame(layer, [{key: "1", earlier: FIRST, later: SECOND}], [shape])
    wrong = clean_frame(layer, [{key: "1", earlier: SECOND, later: FIRST}], [shape])
    assert check(right, layer=layer) == []
    assert codes(check(wrong, layer=layer)) == ["DATE_ORDER"]


def test_supplied_again_without_being_vacated_is_out_of_order():
    frame = clean_frame("relocation_zones", [{"site_id": "1", "resupplied_on": FIRST}], [box(0, 0, 50, 50)])
    assert codes(check(frame, layer="relocation_zones")) == ["DATE_ORDER"]


# --- areas -----------------------------------------------------------------------------------------------------------


def test_an_overlap_is_named_by_its_keys_and_area():
    # 2 m × 100 m are shared.
    finding = only(check(parcels(box(0, 0, 100, 100), box(98, 0, 200, 100), box(300, 0, 400, 100))), "OVERLAP")
    assert (finding.severity, finding.count, finding.rows) == (Severity.WARNING, 1, (0, 1))
    assert "P0 / P1 200.0 m²" in finding.message.in_("en")


@pytest.mark.parametrize(
    ("second", "overlaps"),
    [
        (box(99.96, 0, 200, 100), False),  # 4 m², but 0.04 m wide
        (box(99.94, 0, 200, 100), True),  # 6 m², 0.06 m wide
        (box(99, 99.1, 200, 200), False),  # 0.9 m²
        (box(99, 98.9, 200, 200), True),  # 1.1 m²
        (box(100, 0, 200, 100), False),  # they touch
        (box(100, 50, 200, 150), False),  # they touch in the middle of a side
        (box(0, 0, 100, 100), True),  # the same shape
        (box(20, 20, 40, 40), True),  # one in the other
    ],
)
def test_an_overlap_is_more_than_1_m2_and_wider_than_5_cm(second, overlaps):
    assert codes(check(parcels(box(0, 0, 100, 100), second))) == (["OVERLAP"] if overlaps else [])


def test_overlaps_are_found_among_invalid_and_missing_shapes():
    findings = check(parcels(None, BOWTIE, box(0, 0, 10, 10)))
    assert only(findings, "OVERLAP").rows == (1, 2)


def test_layers_that_may_overlap_are_not_asked():
    shapes = [box(0, 0, 100, 100), box(50, 0, 200, 100)]
    corridors = clean_frame("corridors", [{"corridor_id": "1"}, {"corridor_id": "2"}], shapes)
    parks = clean_frame("parks", [{"park_id": "1"}, {"park_id": "2"}], shapes)
    assert check(corridors, layer="corridors") == []
    assert codes(check(parks, layer="parks")) == ["OVERLAP"]


@pytest.mark.parametrize(
    ("shape", "sliver"),
    [
        (box(0, 0, 3, 3), True),  # 9 m²
        (box(0, 0, 4, 3), False),  # 12 m², mean width 2 × 12 / 14 = 1.7 m
        (box(0, 0, 100, 0.4), True),  # 40 m², mean width 80 / 200.8 = 0.4 m
        (box(0, 0, 100, 0.6), False),
        (MultiPolygon([box(0, 0, 50, 50), box(60, 0, 61, 1)]), True),  # a part of 1 m²
    ],
)
def test_a_sliver_is_under_10_m2_or_half_a_metre_wide(shape, sliver):
    assert set(codes(check(parcels(shape)))) - {"MULTI_PART"} == ({"SLIVER"} if sliver else set())


def ring_around(width_m: float) -> tuple[BaseGeometry, BaseGeometry]:
    """Two parcels around a gap of 20 m × `width_m`."""
    left = Polygon([(0, 0), (50, 0), (50, 40), (50 - width_m, 40), (50 - width_m, 60), (50, 60), (50, 100), (0, 100)])
    return left, box(50, 0, 100, 100)


def test_a_narrow_gap_between_parcels_is_a_sliver():
    finding = only(check(parcels(*ring_around(0.3))), "SLIVER")
    assert (finding.count, finding.rows) == (1, (0, 1))
    assert "6.0 m²" in finding.message.in_("en")


def test_a_courtyard_is_no_gap():
    assert check(parcels(*ring_around(5))) == []
    with_hole = Polygon(box(0, 0, 50, 50).exterior.coords, [box(10, 10, 12, 12).exterior.coords])
    assert check(parcels(with_hole)) == []  # a hole of 4 m² in one parcel is drawn so


def test_a_recorded_area_may_be_off_by_1_per_cent_and_10_m2():
    small, large = box(0, 0, 10, 10), box(100, 0, 300, 100)  # 100 m² and 20,000 m²
    assert check(parcels(small, large, area_recorded_m2=[108.0, 20_150.0])) == []
    finding = only(check(parcels(small, large, area_recorded_m2=[112.0, 20_250.0])), "AREA_MISMATCH")
    assert (finding.severity, finding.rows, finding.field) == (Severity.WARNING, (0, 1), "area_recorded_m2")
    assert "112 / 100 m²" in finding.message.in_("en")


def test_areas_recorded_in_mu_or_hectares_are_recognised():
    shape = box(0, 0, 200, 100)  # 20,000 m² = 30 mu = 2 ha
    assert "亩" in only(check(parcels(shape, area_recorded_m2=[30.0])), "AREA_MISMATCH").message.in_("zh")
    assert "公顷" in only(check(parcels(shape, area_recorded_m2=[2.0])), "AREA_MISMATCH").message.in_("zh")


def test_an_unknown_recorded_area_is_no_mismatch():
    assert check(parcels(box(0, 0, 10, 10), area_recorded_m2=[None])) == []


def test_parcels_partly_outside_the_district_are_named_beyond_1_per_cent():
    district = district_of(box(0, 0, 100, 100))
    inside, half, hair = box(0, 0, 10, 10), box(90, 0, 110, 10), box(20, 50.0, 30, 100.4)
    away = box(200, 200, 210, 210)  # told when the CRS was decided
    finding = only(check(parcels(inside, half, hair, away), district=district), "OUT_OF_AREA")
    assert (finding.severity, finding.rows) == (Severity.WARNING, (1,))
    assert "第 2 行“50%”" in finding.message.in_("zh")


# --- structure -------------------------------------------------------------------------------------------------------


def waterways(*axes: tuple[str, int]) -> GeoDataFrame:
    rows = [{"waterway_id": str(n), "name": str(n), "axis": axis, "axis_no": no} for n, (axis, no) in enumerate(axes)]
    return clean_frame("waterways", rows, [LineString([(0, 0), (1, 1)])] * len(rows))


WHOLE = [("vertical", number) for number in range(1, 5)] + [("horizontal", number) for number in range(1, 6)]


def test_four_verticals_and_five_horizontals_are_whole():
    assert check_structure("waterways", waterways(*WHOLE)) == []
    assert check_structure("waterways", waterways(*WHOLE, ("vertical", 2))) == []  # a river in two parts


def test_missing_axes_are_named():
    frame = waterways(*(axis for axis in WHOLE if axis not in (("vertical", 3), ("horizontal", 5))))
    (finding,) = check_structure("waterways", frame)
    assert (finding.code, finding.severity, finding.count) == ("STRUCTURE", Severity.WARNING, 2)
    assert "纵三、横五" in finding.message.in_("zh")
    assert "vertical 3, horizontal 5" in finding.message.in_("en")


def test_an_axis_beyond_the_plan_is_named():
    (finding,) = check_structure("waterways", waterways(*WHOLE, ("vertical", 5)))
    assert "纵五" in finding.message.in_("zh")


def corridors(*shapes: BaseGeometry, names: Sequence[str] = ("水廊一", "水廊二", "水廊三")) -> GeoDataFrame:
    rows = [{"corridor_id": f"C{n}", "name": name} for n, name in enumerate(names[: len(shapes)])]
    return clean_frame("corridors", rows, shapes)


BANDS = [box(0, 100 * n, 500, 100 * n + 30) for n in range(3)]


def test_three_corridors_in_one_piece_are_whole():
    assert check_structure("corridors", corridors(*BANDS)) == []


def test_a_missing_corridor_is_named_by_the_numbers_of_the_others():
    (finding,) = check_structure("corridors", corridors(*BANDS[:2], names=("水廊一", "水廊三")))
    assert "缺水廊二" in finding.message.in_("zh")
    (finding,) = check_structure("corridors", corridors(*BANDS[:2], names=("东廊", "西廊")))
    assert "东廊、西廊" in finding.message.in_("zh")


def test_a_corridor_with_a_gap_is_named():
    halves = MultiPolygon([box(0, 0, 200, 30), box(210, 0, 500, 30)])
    (finding,) = check_structure("corridors", corridors(halves, *BANDS[1:]))
    assert "水廊一" in finding.message.in_("zh")
    touching = MultiPolygon([box(0, 0, 200, 30), box(200.5, 0, 500, 30)])
    assert check_structure("corridors", corridors(touching, *BANDS[1:])) == []


def test_three_zones_and_one_district_are_asked_for():
    zones = clean_frame("water_zones", [{"zone_id": "Z1", "name": "东区"}], [box(0, 0, 10, 10)])
    assert codes(check_structure("water_zones", zones)) == ["STRUCTURE"]
    district = clean_frame("district", [{"district_id": n, "name": n} for n in "ab"], BANDS[:2])
    assert codes(check_structure("district", district)) == ["STRUCTURE"]
    assert check_structure("district", district[:1]) == []
    assert check_structure("parcels", parcels(box(0, 0, 10, 10))) == []


def test_an_empty_layer_misses_all_its_structure():
    assert only(check_structure("waterways", waterways()), "STRUCTURE").count == 9
    assert codes(check_structure("corridors", corridors())) == ["STRUCTURE"]


# --- anything at all -------------------------------------------------------------------------------------------------


def odd_shape(random: np.random.Generator) -> BaseGeometry | None:
    """Something an office might send, and worse: rings that cross, collections, lines, nothing."""
    points = random.integers(0, 12, (random.integers(3, 8), 2)) * random.choice([0.1, 1.0, 10.0])
    around = np.array([(0, 0), (20, 0), (20, 20), (0, 20)])
    return random.choice(
        np.array(
            [
                Polygon(points),
                Polygon(points[::-1]),
                Polygon(around, [points]),
                MultiPolygon([Polygon(points), Polygon(random.integers(0, 12, (5, 2)))]),
                GeometryCollection([Polygon(points), Point(0, 0), LineString(points)]),
                LineString(points),
                None,
            ],
            dtype=object,
        )
    )


@pytest.mark.parametrize("seed", range(120))
def test_no_shape_makes_the_check_or_a_repair_raise(seed):
    random = np.random.default_rng(seed)
    layer = str(random.choice(["parcels", "water_zones", "greening", "corridors", "roads"]))
    schema, count = schema_of(layer), int(random.integers(0, 9))
    rows = [{schema.key: str(random.integers(0, 9))} for _ in range(count)]
    before = clean_frame(layer, rows, [odd_shape(random) for _ in range(count)])
    taken = frozenset(code for code in TITLES if random.random() < 0.5)
    district = district_of(box(-5, -5, 8, 8))
    after, findings = check_layer(before, schema, district=district, choices=Choices(repairs=taken))
    assert set(after.index) <= set(range(count))
    for finding in findings:
        assert finding.message.in_("zh")
        assert finding.message.in_("en")
        assert set(finding.rows) <= set(range(count))
    check_structure(layer, after)


@pytest.mark.parametrize("seed", range(40))
def test_no_overlap_is_missed(seed):
    random = np.random.default_rng(seed)
    corners, sizes = random.integers(0, 60, (12, 2)), random.integers(5, 30, (12, 2))
    shapes = [box(x, y, x + wide, y + high) for (x, y), (wide, high) in zip(corners, sizes, strict=True)]
    expected = sum(one.intersection(other).area > 2 for one, other in combinations(shapes, 2))
    touching = sum(0 < one.intersection(other).area <= 2 for one, other in combinations(shapes, 2))
    found = [each.count for each in check(parcels(*shapes)) if each.code == "OVERLAP"]
    assert expected <= sum(found) <= expected + touching
