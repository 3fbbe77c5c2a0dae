"""The rules that published layers are held against: each in plain words, with its source and its function.

A new rule is a function and a row in `RULES`; docs/analysis.md lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from geopandas import GeoDataFrame

from geodata.analysis.bridges import ASSUMED_WIDTH_M, find_bridges
from geodata.analysis.conflicts import build_conflicts, require_layers
from geodata.analysis.drawing import (
    OVERLAP_LENGTH_M,
    TOUCH_M,
    Drawn,
    area_ha,
    draw,
    has_use,
    length_m,
    nearest_within,
    overlaps_between,
    united,
)
from geodata.coverage import HOUSING
from geodata.i18n import Text, label, text
from geodata.measures import area_ha as feature_area_ha
from geodata.measures import area_m2, subset
from geodata.network import TOUCH_M as ENDS_M
from geodata.status import happened, state_at
from geodata.topology import OVERLAP_AREA_M2, OVERLAP_WIDTH_M, in_degrees
from geodata.validation import AREA_M2, AREA_SHARE

AT_HOME_IN_CORRIDORS = frozenset({"01", "02", "03", "04", "05", "06", "14", "17"})
"""Land uses that a water corridor is made of: farmland, woodland, wetland, green space and water are no conflict."""
GREEN = "14"
GREENED_SHARE = 0.05
"""Less than this of a parcel covered is a neighbour's project drawn a little over the border, no project of its own."""
LIT_WITHIN_M = 15.0
"""Lamps stand on the pavement, up to half the width of an ordinary road off its middle line."""
LIT_SHARE = 0.5
AROUND_PARKS_M = 300.0


@dataclass(frozen=True)
class Rule:
    """A rule: what it asks in plain words, where it comes from, the layers it needs and how conflicts are found."""

    title: Text
    text: Text
    source: Text
    layers: tuple[str, ...]
    conflicts: Callable[[Mapping[str, GeoDataFrame], date], GeoDataFrame]
    """(frames, on) → frame of `geodata.analysis.conflicts`; the layers are there."""
    measures: Mapping[str, Text]
    """Columns of numbers that the rule fills → what they say."""

    def missing(self, frames: Mapping[str, GeoDataFrame]) -> tuple[str, ...]:
        """Layers the rule needs that are not there."""
        return tuple(layer for layer in self.layers if layer not in frames)

    def find(self, frames: Mapping[str, GeoDataFrame], on: date) -> GeoDataFrame:
        """The conflicts at a date.

        Parameters
        ----------
        frames : layer → clean frame

        Raises
        ------
        MissingLayerError
            A layer is not there; the message names it.
        """
        require_layers(self.title, self.layers, frames)
        return self.conflicts(frames, on)


def find_parcels_in_corridors(frames: Mapping[str, GeoDataFrame], on: date) -> GeoDataFrame:
    """Parcels that overlap a corridor, but for land uses that corridors are made of."""
    parcels = frames["parcels"]
    asked = draw("parcels", parcels[~has_use(parcels, AT_HOME_IN_CORRIDORS)])
    return _areas_in_corridors("parcels_in_corridors", asked, draw("corridors", frames["corridors"]), on)


def find_sites_in_corridors(frames: Mapping[str, GeoDataFrame], on: date) -> GeoDataFrame:
    """Relocation sites that overlap a corridor."""
    sites = draw("relocation_zones", frames["relocation_zones"])
    return _areas_in_corridors("sites_in_corridors", sites, draw("corridors", frames["corridors"]), on)


def _areas_in_corridors(rule: str, asked: Drawn, corridors: Drawn, on: date) -> GeoDataFrame:
    found = overlaps_between(asked.shapes, corridors.shapes)
    return build_conflicts(
        rule,
        asked,
        found.first,
        in_degrees(found.common),
        on,
        other=corridors,
        other_rows=found.second,
        area_ha=area_ha(found.common),
        share=np.minimum(shapely.area(found.common) / shapely.area(asked.shapes[found.first]), 1.0),
    )


def find_roads_in_corridors(frames: Mapping[str, GeoDataFrame], on: date) -> GeoDataFrame:
    """Roads whose middle line runs in a corridor."""
    roads, corridors = draw("roads", frames["roads"]), draw("corridors", frames["corridors"])
    found = overlaps_between(roads.shapes, corridors.shapes)
    return build_conflicts(
        "roads_in_corridors",
        roads,
        found.first,
        in_degrees(found.common),
        on,
        other=corridors,
        other_rows=found.second,
        length_m=length_m(found.common),
        share=np.minimum(shapely.length(found.common) / shapely.length(roads.shapes[found.first]), 1.0),
    )


def find_sites_at_housing(frames: Mapping[str, GeoDataFrame], on: date) -> GeoDataFrame:
    """Relocation sites that touch or overlap a housing parcel.

    The geometry is the overlap, with `area_ha`; where they only touch the border they share, with `length_m`, long to
    within 0.1 m; where they touch in a corner that point.
    """
    parcels = frames["parcels"]
    sites = draw("relocation_zones", frames["relocation_zones"])
    housing = draw("parcels", parcels[has_use(parcels, HOUSING)])
    home, site = shapely.STRtree(sites.shapes).query(housing.shapes, predicate="dwithin", distance=TOUCH_M)
    order = np.lexsort((home, site))
    home, site = home[order], site[order]

    common = overlaps_between(sites.shapes, housing.shapes)
    overlapping = np.isin(site * len(housing.shapes) + home, common.first * len(housing.shapes) + common.second)
    near_homes = shapely.buffer(housing.shapes[home], TOUCH_M, join_style="mitre")
    shapes = shapely.intersection(shapely.boundary(sites.shapes[site]), near_homes)
    in_a_corner = shapely.length(shapes) <= OVERLAP_LENGTH_M
    shapes[in_a_corner] = shapely.line_interpolate_point(
        shapely.shortest_line(sites.shapes[site[in_a_corner]], housing.shapes[home[in_a_corner]]), 0
    )
    shapes[overlapping] = common.common
    return build_conflicts(
        "sites_at_housing",
        sites,
        site,
        in_degrees(shapes),
        on,
        other=housing,
        other_rows=home,
        area_ha=np.where(overlapping, area_ha(shapes), np.nan),
        length_m=np.where(overlapping, np.nan, length_m(shapes)),
    )


def find_green_without_project(frames: Mapping[str, GeoDataFrame], on: date) -> GeoDataFrame:
    """Green parcels of which greening projects, of whatever date, cover less than a share together."""
    parcels = frames["parcels"]
    green = draw("parcels", subset(parcels, has_use(parcels, GREEN)))
    found = overlaps_between(green.shapes, draw("greening", frames["greening"]).shapes)
    rows, covered = united(found.first, found.common)
    share = np.zeros(len(green.shapes))
    share[rows] = np.minimum(shapely.area(covered) / shapely.area(green.shapes[rows]), 1.0)
    bare = np.flatnonzero((share < GREENED_SHARE) & ~shapely.is_missing(green.shapes))
    return build_conflicts(
        "green_without_project",
        green,
        bare,
        np.asarray(green.frame.geometry.array)[bare],
        on,
        area_ha=feature_area_ha(green.frame).to_numpy()[bare],
        share=share[bare],
    )


def find_area_mismatches(frames: Mapping[str, GeoDataFrame], on: date) -> GeoDataFrame:
    """Parcels whose recorded area is not the measured one, by the limits of the check at upload (AREA_MISMATCH)."""
    parcels = frames["parcels"]
    recorded_m2 = parcels["area_recorded_m2"].to_numpy(dtype=float)
    measured_m2 = area_m2(parcels).to_numpy()
    difference_m2 = recorded_m2 - measured_m2
    off = np.flatnonzero((np.abs(difference_m2) > AREA_SHARE * measured_m2) & (np.abs(difference_m2) > AREA_M2))
    return build_conflicts(
        "area_mismatch",
        Drawn("parcels", parcels, np.asarray(parcels.geometry.array)),
        off,
        np.asarray(parcels.geometry.array)[off],
        on,
        recorded_m2=recorded_m2[off],
        measured_m2=measured_m2[off],
        difference_m2=difference_m2[off],
        share=np.divide(
            difference_m2[off], measured_m2[off], out=np.full(len(off), np.nan), where=measured_m2[off] > 0
        ),
    )


def find_unlit_roads(frames: Mapping[str, GeoDataFrame], on: date) -> GeoDataFrame:
    """Roads open at a date of which less than a share has lighting completed by then within a distance.

    The geometry is the part without.
    """
    roads, lighting = frames["roads"], frames["lighting"]
    opened = draw("roads", roads[(state_at("roads", roads, on) == "open").to_numpy(dtype=bool)])
    opened = opened.only(~shapely.is_missing(opened.shapes))
    lit = draw("lighting", lighting[happened(lighting, "completed_on", on).to_numpy(dtype=bool)])
    light = shapely.buffer(lit.shapes, LIT_WITHIN_M)
    lamps, road = shapely.STRtree(opened.shapes).query(light, predicate="intersects")
    order = np.argsort(road, kind="stable")
    rows, lights = united(road[order], light[lamps[order]])
    dark = opened.shapes.copy()
    dark[rows] = shapely.difference(dark[rows], lights)
    share = 1 - shapely.length(dark) / shapely.length(opened.shapes)
    unlit = np.flatnonzero(share < LIT_SHARE)
    return build_conflicts(
        "unlit_roads",
        opened,
        unlit,
        in_degrees(dark[unlit]),
        on,
        length_m=length_m(dark[unlit]),
        share=share[unlit],
    )


def find_idle_near_parks(frames: Mapping[str, GeoDataFrame], on: date) -> GeoDataFrame:
    """Parcels idle or suspected idle at a date within a distance of a park, or in it; each once, with the nearest."""
    parcels = frames["parcels"]
    is_idle = (state_at("parcels", parcels, on) == "idle").to_numpy(dtype=bool)
    idle, parks = draw("parcels", subset(parcels, is_idle)), draw("parks", frames["parks"])
    rows, nearest, distance_m = nearest_within(idle.shapes, parks.shapes, AROUND_PARKS_M)
    return build_conflicts(
        "idle_near_parks",
        idle,
        rows,
        np.asarray(idle.frame.geometry.array)[rows],
        on,
        other=parks,
        other_rows=nearest,
        area_ha=feature_area_ha(idle.frame).to_numpy()[rows],
        distance_m=distance_m,
    )


_OVERLAP_SOURCE = text(
    "The project’s own rule; an overlap counts from {area} m² and {width} m of width, as in the check at upload",
    area=OVERLAP_AREA_M2,
    width=OVERLAP_WIDTH_M,
)
_IN_CORRIDOR = {
    "area_ha": label("重叠面积", "Overlapping area"),
    "share": label("重叠比例", "Share of it in the corridor"),
}

RULES: dict[str, Rule] = {
    "parcels_in_corridors": Rule(
        label("用地侵占生态水廊", "Parcels in a water corridor"),
        text(
            "Parcels that overlap an ecological corridor, whether the corridor is completed or planned. Farmland, "
            "woodland, wetland, green space and water (uses 01–06, 14, 17) belong there and are left out."
        ),
        _OVERLAP_SOURCE,
        ("parcels", "corridors"),
        find_parcels_in_corridors,
        _IN_CORRIDOR,
    ),
    "roads_in_corridors": Rule(
        label("道路穿越生态水廊", "Roads in a water corridor"),
        text("Roads whose middle line runs through an ecological corridor; the part in it, and its length."),
        text(
            "The project’s own rule; a road counts from {length} m, more than {width} m within the border",
            length=OVERLAP_LENGTH_M,
            width=OVERLAP_WIDTH_M,
        ),
        ("roads", "corridors"),
        find_roads_in_corridors,
        {
            "length_m": label("廊内长度", "Length in the corridor"),
            "share": label("廊内比例", "Share of it in the corridor"),
        },
    ),
    "sites_in_corridors": Rule(
        label("退城进园地块位于生态水廊内", "Relocation sites in a water corridor"),
        text("Relocation sites that overlap an ecological corridor; the state says which are vacated."),
        _OVERLAP_SOURCE,
        ("relocation_zones", "corridors"),
        find_sites_in_corridors,
        _IN_CORRIDOR,
    ),
    "bridges": Rule(
        label("桥梁清单（道路跨越河道）", "Bridges (roads across waterways)"),
        text(
            "Every crossing of a road and a waterway. Built: the road is open and the waterway is connected at the "
            "date; planned otherwise. A stretch over the water is one bridge, however often the two lines meet on it."
        ),
        text(
            "Roads and waterways as published; a waterway without a width counts as {width} m wide, and features "
            "that meet end to end within {ends} m have one bridge together",
            width=ASSUMED_WIDTH_M,
            ends=ENDS_M,
        ),
        ("roads", "waterways"),
        find_bridges,
        {"width_m": label("河宽", "Width of the waterway"), "length_m": label("跨水长度", "Length over the water")},
    ),
    "sites_at_housing": Rule(
        label("退城进园地块毗邻居住用地", "Relocation sites that touch housing"),
        text(
            "Relocation sites that share a border or a corner with a residential parcel (use 07), or overlap it; the "
            "state says which are vacated."
        ),
        text(
            "The project’s own rule; within {distance} m counts as touching, since borders drawn by two offices "
            "agree no better",
            distance=TOUCH_M,
        ),
        ("relocation_zones", "parcels"),
        find_sites_at_housing,
        {"length_m": label("共界长度", "Shared border"), "area_ha": label("重叠面积", "Overlapping area")},
    ),
    "green_without_project": Rule(
        label("绿地无绿化项目", "Green parcels without a greening project"),
        text(
            "Parcels of green and open space (use 14) of which greening projects, completed or not, cover less than "
            "{share:.0%}.",
            share=GREENED_SHARE,
        ),
        text(
            "The project’s own rule; less than {share:.0%} is taken for a neighbour’s project drawn over the border",
            share=GREENED_SHARE,
        ),
        ("parcels", "greening"),
        find_green_without_project,
        {"area_ha": label("地块面积", "Parcel area"), "share": label("项目覆盖比例", "Share covered by projects")},
    ),
    "area_mismatch": Rule(
        label("登记面积与图上面积不符", "Recorded against measured area"),
        text(
            "Parcels whose recorded area differs from the area measured on the ellipsoid by more than {share:.0%} and "
            "more than {area:.0f} m².",
            share=AREA_SHARE,
            area=AREA_M2,
        ),
        text("The limits of the check at upload (AREA_MISMATCH)"),
        ("parcels",),
        find_area_mismatches,
        {
            "recorded_m2": label("登记面积", "Recorded area"),
            "measured_m2": label("图上面积", "Measured area"),
            "difference_m2": label("差值（登记－图上）", "Recorded less measured"),
            "share": label("相对差", "Relative difference"),
        },
    ),
    "unlit_roads": Rule(
        label("已通车道路缺少亮化", "Opened roads without lighting"),
        text(
            "Roads open at the date of which less than {share:.0%} has lighting completed by then within "
            "{distance:.0f} m; the part without lighting, and its length.",
            share=LIT_SHARE,
            distance=LIT_WITHIN_M,
        ),
        text("The project’s own rule"),
        ("roads", "lighting"),
        find_unlit_roads,
        {"length_m": label("无亮化长度", "Length without lighting"), "share": label("已亮化比例", "Share lit")},
    ),
    "idle_near_parks": Rule(
        label("园区周边闲置土地", "Idle land around parks"),
        text(
            "Parcels idle or suspected idle at the date, in an industrial park or within {distance:.0f} m of one.",
            distance=AROUND_PARKS_M,
        ),
        text("Idle: Measures for Disposing of Idle Land (MLR order 53), article 2; the distance is the project’s own"),
        ("parcels", "parks"),
        find_idle_near_parks,
        {"area_ha": label("地块面积", "Parcel area"), "distance_m": label("距园区", "Distance to the park")},
    ),
}
"""Every rule by its name, in the order in which a page lists them."""
