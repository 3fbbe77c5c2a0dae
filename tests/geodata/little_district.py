"""A district of 2 km² that can be drawn on paper: every number about it can be worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from geopandas import GeoDataFrame
from shapely import LineString, MultiLineString, Point, Polygon, box

from geodata.schema import EXISTING as EXISTING_DAY
from tests.geodata.clean_frames import clean_frame

EXISTING = EXISTING_DAY.date()
ON = date(2020, 12, 31)


def strip(hectares: float, y: float = 0) -> Polygon:
    """A rectangle 100 m high."""
    return box(0, y, 100 * hectares, y + 100)


def line(kilometres: float, y: float = 0, x: float = 0) -> LineString:
    """A line from west to east."""
    return LineString([(x, y), (x + 1000 * kilometres, y)])


_SUPPLIED = {"land_use": "0701", "approved_on": "2018-01-10", "supplied_on": "2018-05-01"}

PARCELS: list[tuple[dict[str, Any], float]] = [
    ({"land_use": "1701"}, 1),
    ({**_SUPPLIED, "completed_on": "2020-12-31", "inefficient": True}, 2),
    ({**_SUPPLIED, "completed_on": "2020-06-30"}, 3),
    ({"land_use": "1001"}, 4),
    ({"land_use": "1001", "approved_on": "2019-03-01"}, 5),
    ({**_SUPPLIED, "start_due_on": "2019-12-31"}, 6),
    ({**_SUPPLIED, "start_due_on": "2020-01-01"}, 7),
    ({**_SUPPLIED, "started_on": "2018-10-01"}, 8),
    ({**_SUPPLIED, "land_use": "0702", "completed_on": EXISTING}, 9),
]
"""One parcel in each status at the end of 2020, two of them completed; with hectares. 45 ha in all."""

GREENING: list[tuple[dict[str, Any], float]] = [
    ({"kind": "park", "planned_on": "2018-06-30", "completed_on": "2018-06-30"}, 1),
    ({"kind": "belt", "planned_on": "2019-12-31", "completed_on": "2020-02-10"}, 2),
    ({"kind": "street", "planned_on": "2020-06-30"}, 3),
    ({"kind": "waterfront", "planned_on": "2021-06-30", "completed_on": "2020-12-01"}, 4),
    ({"kind": "park", "planned_on": EXISTING, "completed_on": EXISTING}, 0.5),
]
_RESUPPLIED = {"agreed_on": "2018-03-01", "vacated_on": "2018-12-01", "resupplied_on": "2019-05-01"}
SITES: list[tuple[dict[str, Any], float]] = [
    ({"batch": 2018, "park_id": "YQ-1", **_RESUPPLIED}, 1),
    ({"batch": 2018, "agreed_on": "2018-04-01", "vacated_on": "2019-02-01", "resupplied_on": "2019-01-01"}, 2),
    ({"batch": 2019, "agreed_on": "2019-04-01"}, 3),
    ({"batch": 2020, "vacated_on": "2021-01-01"}, 4),
]
PROJECTS: list[dict[str, Any]] = [
    {"board": "大健康产业", "cluster": "医养健康", "investment_100m_cny": 1.5, "negotiating_on": "2018-01-01"},
    {"board": "大健康产业", "cluster": "医养健康", "investment_100m_cny": 2.0, "producing_on": "2020-12-31"},
    {"board": "蓼河新区", "cluster": "新材料", "investment_100m_cny": 4.0, "signed_on": "2019-01-01"},
    {"board": "蓼河新区", "negotiating_on": "2019-01-01"},
    {"board": "蓼河新区", "cluster": "新材料", "investment_100m_cny": 8.0, "negotiating_on": "2021-01-01"},
]
ROADS: list[tuple[dict[str, Any], float]] = [
    ({"road_class": "arterial", "opened_on": EXISTING}, 1),
    ({"road_class": "arterial", "started_on": "2019-01-01", "opened_on": "2020-05-01"}, 2),
    ({"road_class": "branch", "started_on": "2020-01-01"}, 0.5),
    ({"road_class": "expressway"}, 3),
]
LIGHTING: list[tuple[dict[str, Any], float]] = [
    ({"planned_on": "2019-06-30", "completed_on": "2019-05-01"}, 1),
    ({"planned_on": "2020-06-30"}, 2),
]


def little_district() -> dict[str, GeoDataFrame]:
    """Layer → clean frame."""
    waterways = [
        {"name": "横一", "axis": "horizontal", "axis_no": 1, "connected_on": "2019-03-01"},
        {"name": "纵二", "axis": "vertical", "axis_no": 2, "started_on": "2020-01-01"},
        {"name": "纵一", "axis": "vertical", "axis_no": 1, "connected_on": EXISTING},
    ]
    courses = [
        # 1 km in two parts that don't touch, the western one met by 纵一
        MultiLineString([line(0.4), line(0.6, x=1000)]),
        LineString([(800, -500), (800, 500)]),
        LineString([(200, 0), (200, 500)]),
    ]
    return {
        "district": clean_frame("district", [{"name": "示例"}], [box(0, 0, 2000, 1000)]),
        "parcels": _strips("parcels", PARCELS),
        "greening": _strips("greening", GREENING),
        "relocation_zones": _strips("relocation_zones", SITES),
        "waterways": clean_frame("waterways", waterways, courses),
        "roads": _lines("roads", ROADS),
        "lighting": _lines("lighting", LIGHTING),
        "projects": clean_frame("projects", PROJECTS, [Point(100 * row, 0) for row in range(len(PROJECTS))]),
    }


def _strips(layer: str, rows: list[tuple[dict[str, Any], float]]) -> GeoDataFrame:
    shapes = [strip(hectares, y=100 * row) for row, (_, hectares) in enumerate(rows)]
    return clean_frame(layer, [fields for fields, _ in rows], shapes)


def _lines(layer: str, rows: list[tuple[dict[str, Any], float]]) -> GeoDataFrame:
    shapes = [line(kilometres, y=100 * row) for row, (_, kilometres) in enumerate(rows)]
    return clean_frame(layer, [fields for fields, _ in rows], shapes)
