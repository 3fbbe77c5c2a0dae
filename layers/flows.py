"""Lines on the map from where something leaves to where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geopandas import GeoDataFrame, GeoSeries
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geodata.filters import Flags
from geodata.schema import DRAWING_CRS, LAYERS, STORE_CRS
from layers import styles

_THINNEST = 0.15
_FROM_MIDDLE = 0.6
"""Of the way from the park's middle to its edge: a line ends there, in the park and beside its name."""


@dataclass(frozen=True)
class Flow:
    """A line on the map from a place to another, (lon, lat); `weight` 0–1 says how thick it is."""

    start: tuple[float, float]
    end: tuple[float, float]
    colour: str
    weight: float = 0.5


def relocation_flows(
    frames: Mapping[str, GeoDataFrame], states: Mapping[str, str], kept: Flags | None = None
) -> list[Flow]:
    """A line from each relocation site to the park that receives its firm, in the colour of how far it is.

    Sites whose park is not published have none. The largest site's line has weight 1.

    Parameters
    ----------
    states : key of a site → its state at the day
    kept : which rows of the sites the filters leave
    """
    if "relocation_zones" not in frames or "parks" not in frames:
        return []
    sites, parks = frames["relocation_zones"], frames["parks"]
    if kept is not None:
        sites = sites[kept]
    park_of = dict(zip(parks["park_id"].astype("str"), parks.geometry.to_crs(DRAWING_CRS), strict=True))
    starts = sites.geometry.to_crs(DRAWING_CRS).representative_point()
    ends = [
        None if park is None or start is None else _end_in(park, start)
        for start, park in zip(starts, (park_of.get(str(park)) for park in sites["park_id"]), strict=True)
    ]
    areas_m2 = sites.geometry.to_crs(DRAWING_CRS).area
    largest_m2 = float(areas_m2.max()) if len(areas_m2) else 1.0
    flows = []
    for key, start, end, area_m2 in zip(
        sites[LAYERS["relocation_zones"].key].astype("str"),
        starts.to_crs(STORE_CRS),
        GeoSeries(ends, index=sites.index, crs=DRAWING_CRS).to_crs(STORE_CRS),
        areas_m2,
        strict=True,
    ):
        if end is not None:
            style = styles.style("relocation_zones", states[key])
            colour = style.hatch_colour or style.stroke or style.colour
            weight = max(_THINNEST, (float(area_m2) / largest_m2) ** 0.5)
            flows.append(Flow((start.x, start.y), (end.x, end.y), colour, weight))
    return flows


def _end_in(park: BaseGeometry, start: Point) -> Point:
    """Where a line from `start` ends in a park: between its edge and its middle, where its name stands."""
    middle = park.representative_point()
    way = LineString([middle, start])
    edge_m = way.intersection(park.boundary).distance(middle) if way.intersects(park.boundary) else way.length
    return way.interpolate(_FROM_MIDDLE * edge_m)
