"""Where features lie: the water zone, the corridor or the park that each one belongs to, and how much of it is in each.

A feature belongs to the place that it shares the most area (polygons) or length (lines) with, a point to the place
that holds it; of equal ones to the first by key. Neighbours that only touch share nothing: what two polygons have in
common counts from the area and the width on that make an overlap (DESIGN §9), of a line from 1 m on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geodata.measures import area_ha
from geodata.schema import schema_of
from geodata.topology import OVERLAP_AREA_M2, OVERLAP_WIDTH_M, Shapes, in_metres, mean_width_m, measurable

PLACES: dict[str, str] = {"zone": "water_zones", "corridor": "corridors", "park": "parks"}
"""Place → the layer it is a row of."""

NOWHERE = ""
"""The key of what belongs to no place."""

SHARED_LENGTH_M = 1.0
"""What a line has to have in a place that does not hold all of it."""
_HAIR_M = 0.01
"""Two lengths that differ by less are equal; two areas, in square metres."""

_Rows = NDArray[np.intp]


def places_of(layer: str, frame: GeoDataFrame, place: str, areas: GeoDataFrame) -> pd.Series[str]:
    """The key of the place that each feature belongs to.

    Relocation sites lie in town: the park they belong to is the receiving one (`park_id`), as it is written.

    Parameters
    ----------
    layer, frame : a layer with its n rows, EPSG:4490
    place : `zone`, `corridor` or `park`
    areas : the frame of the layer `PLACES[place]`, EPSG:4490

    Returns
    -------
    Series of str, same index as `frame`, named after the place
        "" for what lies in none, or has no geometry.
    """
    if (layer, place) == ("relocation_zones", "park"):
        receiving = frame["park_id"].fillna(NOWHERE).to_numpy()
        return pd.Series(receiving, index=frame.index, dtype="str", name=place)
    ground = _Ground(place, areas)
    features = np.asarray(frame.geometry.array)
    found = _pairs(features, ground)
    owners = np.full(len(features), len(ground.keys))
    np.minimum.at(owners, found.rows_inside, found.places_inside)
    open_pairs = owners[found.rows_crossing] == len(ground.keys)
    rows, places = found.rows_crossing[open_pairs], found.places_crossing[open_pairs]
    shared = _shared(features[rows], ground.shapes, places)
    most = np.zeros(len(features))
    np.maximum.at(most, rows, shared)
    wins = (shared > 0) & (shared > most[rows] - _HAIR_M)
    np.minimum.at(owners, rows[wins], places[wins])
    names = np.array([*ground.keys, NOWHERE], dtype=object)
    return pd.Series(names[owners], index=frame.index, dtype="str", name=place)


def overlap_ha(frame: GeoDataFrame, place: str, areas: GeoDataFrame) -> pd.DataFrame:
    """The area that each polygon has in each place: split at the borders, not counted as a whole.

    Parameters
    ----------
    frame : polygons, EPSG:4490
    place, areas : as in `places_of`

    Returns
    -------
    DataFrame: row, place, area_ha
        `row` is the label in the index of `frame`, `place` a key, "" for the part in none; rows in the order of
        `frame`, places by key and "" last. The ellipsoidal area of a row, shared out as its parts in EPSG:4548 are:
        they add up to it, and to more where places overlap each other. A part too small or narrow to count goes
        with the largest one.
    """
    ground = _Ground(place, areas)
    features = np.asarray(frame.geometry.array)
    found = _pairs(features, ground)
    nowhere = len(ground.keys)
    whole_ha = np.asarray(area_ha(frame).fillna(0.0), dtype=np.float64)
    is_held, is_crossed = np.zeros((2, len(features)), dtype=bool)
    is_held[found.rows_inside] = True
    is_crossed[found.rows_crossing] = True
    apart = np.flatnonzero(~is_held & ~is_crossed & (whole_ha > 0))
    whole = pd.DataFrame(
        {
            "row": np.concatenate([found.rows_inside, apart]),
            "place": np.concatenate([found.places_inside, np.full(len(apart), nowhere)]),
        }
    )
    whole["area_ha"] = whole_ha[whole["row"]]
    split = _split(features, found, ground, is_held, whole_ha)
    table: pd.DataFrame = pd.concat([whole, split]).sort_values(["row", "place"], ignore_index=True)
    names = np.array([*ground.keys, NOWHERE], dtype=object)
    return table.assign(
        row=frame.index.to_numpy()[table["row"]], place=pd.Series(names[table["place"]], dtype="str", index=table.index)
    )


class _Ground:
    """The places by key, mended so that they can be compared."""

    def __init__(self, place: str, areas: GeoDataFrame) -> None:
        sorted_areas = areas.sort_values(schema_of(PLACES[place]).key)
        self.keys: list[str] = sorted_areas[schema_of(PLACES[place]).key].tolist()
        self.shapes: Shapes = measurable(np.asarray(sorted_areas.geometry.array))


@dataclass(frozen=True)
class _Pairs:
    """Which features and places meet: those that a place holds whole, and those that are in part or just beside it."""

    rows_inside: _Rows
    places_inside: _Rows
    rows_crossing: _Rows
    places_crossing: _Rows


def _pairs(features: Shapes, ground: _Ground) -> _Pairs:
    # The tree is of the features, so that the few places are what is prepared.
    tree = shapely.STRtree(features)
    places_inside, rows_inside = tree.query(ground.shapes, predicate="covers")
    places, rows = tree.query(ground.shapes, predicate="intersects")
    size = max(len(features), 1)
    beside = ~np.isin(places * size + rows, places_inside * size + rows_inside)
    return _Pairs(rows_inside, places_inside, rows[beside], places[beside])


def _split(
    features: Shapes, found: _Pairs, ground: _Ground, is_held: NDArray[np.bool_], whole_ha: NDArray[np.float64]
) -> pd.DataFrame:
    """The parts of the polygons that borders cross, by number: row, place, area_ha."""
    rows, number = np.unique(found.rows_crossing, return_inverse=True)
    shapes, grounds = measurable(in_metres(features[rows])), in_metres(ground.shapes)
    is_open = ~is_held[rows]
    pieces = shapely.intersection(shapes[number], grounds[found.places_crossing])
    rests = shapely.difference(shapes[is_open], shapely.union_all(grounds))
    parts = pd.DataFrame(
        {
            "row": np.concatenate([found.rows_crossing, rows[is_open]]),
            "place": np.concatenate([found.places_crossing, np.full(len(rests), len(ground.keys))]),
            "area_m2": np.nan_to_num(shapely.area(np.concatenate([pieces, rests]))),
            "counts": _is_overlap(np.concatenate([pieces, rests])),
        }
    )
    # Of what a place holds whole nothing is left to share out: there a part that does not count just goes.
    by_row = parts[~is_held[parts["row"]]].groupby("row")["area_m2"]
    largest = by_row.idxmax()
    parts.loc[largest, "counts"] = True
    lost_m2 = parts["area_m2"].where(~parts["counts"], 0.0).groupby(parts["row"]).sum()
    parts.loc[largest, "area_m2"] += lost_m2[largest.index].to_numpy()
    parts = parts[parts["counts"] & (parts["area_m2"] > 0)]
    planar_m2 = pd.Series(shapely.area(shapes), index=rows)
    share = parts["area_m2"].to_numpy() / planar_m2[parts["row"]].to_numpy()
    return parts[["row", "place"]].assign(area_ha=share * whole_ha[parts["row"]])


def _shared(features: Shapes, grounds: Shapes, places: _Rows) -> NDArray[np.float64]:
    """Square metres, of lines metres, that each feature has in its place; 0 where that is too little to count."""
    shapes = in_metres(features)
    is_area = shapely.get_dimensions(shapes) == 2
    shapes[is_area] = measurable(shapes[is_area])
    pieces = shapely.intersection(shapes, in_metres(grounds)[places])
    shared_m = np.where(shapely.length(pieces) > SHARED_LENGTH_M, shapely.length(pieces), 0.0)
    return np.where(is_area, np.where(_is_overlap(pieces), shapely.area(pieces), 0.0), shared_m)


def _is_overlap(pieces: Shapes) -> NDArray[np.bool_]:
    """Which pieces, in metres, are large and wide enough to be an overlap."""
    is_wide = np.nan_to_num(mean_width_m(pieces)) > OVERLAP_WIDTH_M
    return np.asarray((shapely.area(pieces) > OVERLAP_AREA_M2) & is_wide, dtype=bool)
