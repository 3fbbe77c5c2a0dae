"""The water network as a graph: which connected waterways hang together, and which reach is missing most.

Two lines hang together where they touch, cross or come within `TOUCH_M` of each other, measured in EPSG:4548.
The parts of one waterway that don't touch are separate. Source: DESIGN §9, `water.components`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geodata.schema import DRAWING_CRS
from geodata.status import happened

TOUCH_M = 1.0


@dataclass(frozen=True)
class Reach:
    """A waterway that is not connected yet, and what connecting it would do."""

    row: int
    """Its row number."""
    joins: int
    """How many of today's components it would make one, where it reaches several at once."""
    components: int
    """How many components there would be."""


def components(waterways: GeoDataFrame, on: date) -> list[frozenset[int]]:
    """The components of the waterways connected by a date, as sets of row numbers, the largest first.

    A waterway in parts that hang together nowhere stands in several of them.

    Parameters
    ----------
    waterways : LineString or MultiLineString, in any CRS
        Rows with an empty or missing geometry are no part of the network.
    """
    network = _Network(waterways)
    return network.components(_connected_parts(network, waterways, on))


def best_missing_reach(waterways: GeoDataFrame, on: date) -> Reach | None:
    """The waterway not yet connected that would leave the fewest components, the shorter one of two equal ones.

    None where no single waterway would join any two components.
    """
    network = _Network(waterways)
    connected = _connected_parts(network, waterways, on)
    before = len(network.components(connected))
    metric_length_m = shapely.length(waterways.geometry.to_crs(DRAWING_CRS).to_numpy())
    missing = np.setdiff1d(network.rows, network.rows[connected])
    best: tuple[int, float, int] | None = None
    for row in missing.tolist():
        after = len(network.components(connected | (network.rows == row)))
        if after < before:
            candidate = (after, float(metric_length_m[row]), row)
            best = candidate if best is None else min(best, candidate)
    return best and Reach(row=best[2], joins=before - best[0] + 1, components=best[0])


class _Network:
    """The single lines of a layer, each with its row number, and which of them touch."""

    def __init__(self, waterways: GeoDataFrame) -> None:
        geometries = waterways.geometry.to_crs(DRAWING_CRS).to_numpy()
        parts, self.rows = shapely.get_parts(geometries, return_index=True)
        real = ~shapely.is_empty(parts)
        parts, self.rows = parts[real], self.rows[real]
        self.touching: NDArray[np.intp] = shapely.STRtree(parts).query(parts, predicate="dwithin", distance=TOUCH_M).T

    def components(self, used: NDArray[np.bool_]) -> list[frozenset[int]]:
        """Components among the lines that are `used`, as sets of row numbers, the largest first."""
        leader = list(range(len(self.rows)))

        def leader_of(part: int) -> int:
            while leader[part] != part:
                leader[part] = leader[leader[part]]
                part = leader[part]
            return part

        for one, other in self.touching[used[self.touching].all(axis=1)].tolist():
            leader[leader_of(one)] = leader_of(other)
        found: dict[int, list[int]] = {}
        for part in np.flatnonzero(used).tolist():
            found.setdefault(leader_of(part), []).append(int(self.rows[part]))
        return sorted((frozenset(rows) for rows in found.values()), key=lambda rows: (-len(rows), min(rows)))


def _connected_parts(network: _Network, waterways: GeoDataFrame, on: date) -> NDArray[np.bool_]:
    connected: NDArray[np.bool_] = happened(waterways, "connected_on", on).to_numpy()[network.rows]
    return connected
