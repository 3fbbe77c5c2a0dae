"""Where roads meet waterways: one bridge for every stretch of a road over the water."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import shapely
from geopandas import GeoDataFrame

from geodata.analysis.conflicts import build_conflicts
from geodata.analysis.drawing import Drawn, Flags, Rows, draw, length_m
from geodata.network import TOUCH_M
from geodata.status import state_at
from geodata.topology import Shapes, in_degrees

ASSUMED_WIDTH_M = 20.0
"""How wide a waterway counts that has no width: crossings nearer to each other than that are one bridge."""


def find_bridges(frames: Mapping[str, GeoDataFrame], on: date) -> GeoDataFrame:
    """Every bridge, built and planned: a stretch of road within half the waterway's width that meets its middle line.

    So a road that runs along in the water has one bridge there, however often the two lines meet, and a road that
    leaves the water and comes back has two. A road that ends on the middle line has one too: it can't stand there
    without. Where a road or a waterway is cut into features at the bridge it is still one, the first by keys.

    `length_m` is the length over the water (empty where the waterway's width is unknown), `width_m` the waterway's.
    """
    roads, waterways = draw("roads", frames["roads"]), draw("waterways", frames["waterways"])
    road, waterway, stretches = _stretches(roads, waterways)
    meeting = shapely.centroid(shapely.intersection(stretches, waterways.shapes[waterway]))
    places = shapely.line_interpolate_point(stretches, shapely.line_locate_point(stretches, meeting))
    is_open = (state_at("roads", roads.frame, on) == "open").to_numpy(dtype=bool)
    is_connected = (state_at("waterways", waterways.frame, on) == "connected").to_numpy(dtype=bool)
    built = is_open[road] & is_connected[waterway]

    order = np.lexsort((shapely.line_locate_point(roads.shapes[road], places), waterway, road))
    at_end = _at_end(places, roads.shapes[road]) | _at_end(places, waterways.shapes[waterway])
    kept, whole = _once(places[order], at_end[order], built[order])
    left = order[kept]
    road, waterway = road[left], waterway[left]
    width_m = waterways.frame["width_m"].to_numpy(dtype=float)[waterway]
    return build_conflicts(
        "bridges",
        roads,
        road,
        in_degrees(places[left]),
        on,
        other=waterways,
        other_rows=waterway,
        state=np.where(whole[kept], "built", "planned").astype(object),
        width_m=width_m,
        length_m=np.where(width_m > 0, length_m(stretches[left]), np.nan),
    )


def _stretches(roads: Drawn, waterways: Drawn) -> tuple[Rows, Rows, Shapes]:
    """Stretches of roads over the water that meet its middle line: (road, waterway, stretch)."""
    width_m = waterways.frame["width_m"].to_numpy(dtype=float)
    water = shapely.buffer(waterways.shapes, np.where(width_m > 0, width_m, ASSUMED_WIDTH_M) / 2)
    waterway, road = shapely.STRtree(roads.shapes).query(waterways.shapes, predicate="intersects")
    over_water = shapely.line_merge(shapely.intersection(roads.shapes[road], water[waterway]))
    stretches, of_pair = shapely.get_parts(over_water, return_index=True)
    meets = shapely.intersects(stretches, waterways.shapes[waterway[of_pair]])
    return road[of_pair[meets]], waterway[of_pair[meets]], stretches[meets]


def _at_end(places: Shapes, lines: Shapes) -> Flags:
    return np.asarray(shapely.dwithin(places, shapely.boundary(lines), TOUCH_M), dtype=bool)


def _once(places: Shapes, at_end: Flags, built: Flags) -> tuple[Flags, Flags]:
    """Which places to keep where features meet end to end, and which are built: those all of whose features are."""
    ends = np.flatnonzero(at_end)
    one, other = shapely.STRtree(places[ends]).query(places[ends], predicate="dwithin", distance=TOUCH_M)
    kept, whole = np.ones(len(places), dtype=bool), built.copy()
    kept[ends[one[one > other]]] = False
    np.logical_and.at(whole, ends[one], built[ends[other]])
    return kept, whole
