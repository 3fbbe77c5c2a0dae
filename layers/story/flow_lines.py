"""Lines from place to place on a page: bent as on the map in the browser, ending before the name of where they go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray
from shapely.affinity import affine_transform

from geodata.schema import DRAWING_CRS, STORE_CRS
from layers.flows import Flow
from layers.sheet.canvas import Page

_BEND, _PLACES = 0.16, 25
"""As in flows.js: how far a line is bent, of its length, and by how many places it is drawn."""
_BEFORE_NAME_MM = 0.8


def flow_lines(page: Page, flows: Sequence[Flow]) -> Iterator[tuple[Flow, shapely.LineString]]:
    """What the page's window shows of each flow, EPSG:4548; the names on the map are noted on the page already."""
    if not flows:
        return
    places = [place for flow in flows for place in (flow.start, flow.end)]
    ends = shapely.get_coordinates(GeoSeries(shapely.points(places), crs=STORE_CRS).to_crs(DRAWING_CRS).to_list())
    names = [_on_ground(page, noted.outline.buffer(_BEFORE_NAME_MM)) for noted in page.words]
    window = shapely.box(*page.bounds)
    for flow, start, end in zip(flows, ends[::2], ends[1::2], strict=True):
        line = shapely.LineString(bow(start, end))
        for name in names:
            if name.contains(shapely.Point(end)):
                line = _first_part(line.difference(name), start) or line
        seen = max(shapely.get_parts(line.intersection(window)), key=shapely.length, default=None)
        if seen is not None and seen.length > 0:
            yield flow, seen


def bow(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places along a bow, to the left of the way from one place to another."""
    along = end - start
    middle = (start + end) / 2 + np.array([-along[1], along[0]]) * _BEND
    part = np.linspace(0, 1, _PLACES)[:, np.newaxis]
    places: NDArray[np.float64] = (1 - part) ** 2 * start + 2 * part * (1 - part) * middle + part**2 * end
    return places


def _first_part(cut: shapely.Geometry, start: NDArray[np.float64]) -> shapely.LineString | None:
    """What begins where the whole line began; None where that is cut away."""
    parts = shapely.get_parts(cut)
    return next((part for part in parts if np.array_equal(shapely.get_coordinates(part)[:1], [start])), None)


def _on_ground(page: Page, outline: shapely.Geometry) -> shapely.Geometry:
    """A shape of the paper, mm, on the ground, EPSG:4548."""
    west, south, east, _ = page.bounds
    m_per_mm = (east - west) / page.window.width
    moved = (west - page.window.x * m_per_mm, south - page.window.y * m_per_mm)
    return affine_transform(outline, [m_per_mm, 0, 0, m_per_mm, *moved])
