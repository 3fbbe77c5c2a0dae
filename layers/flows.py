"""Lines on the map from where something leaves to where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geopandas import GeoDataFrame

from geodata.filters import Flags
from geodata.schema import DRAWING_CRS, LAYERS, STORE_CRS
from layers import styles

_THINNEST = 0.15


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
    middles = parks.geometry.to_crs(DRAWING_CRS).representative_point().to_crs(STORE_CRS)
    park_at = dict(zip(parks["park_id"].astype("str"), middles, strict=True))
    starts = sites.geometry.to_crs(DRAWING_CRS).representative_point().to_crs(STORE_CRS)
    areas_m2 = sites.geometry.to_crs(DRAWING_CRS).area
    largest_m2 = float(areas_m2.max()) if len(areas_m2) else 1.0
    flows = []
    for key, park, start, area_m2 in zip(
        sites[LAYERS["relocation_zones"].key].astype("str"), sites["park_id"], starts, areas_m2, strict=True
    ):
        end = park_at.get(str(park))
        if end is not None:
            style = styles.style("relocation_zones", states[key])
            colour = style.hatch_colour or style.stroke or style.colour
            weight = max(_THINNEST, (float(area_m2) / largest_m2) ** 0.5)
            flows.append(Flow((start.x, start.y), (end.x, end.y), colour, weight))
    return flows
