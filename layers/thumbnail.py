"""A small drawing of where a file's features fall: the district's outline and the features over it, as SVG."""

from __future__ import annotations

import numpy as np
import shapely
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from geodata.schema import DRAWING_CRS, STORE_CRS

_SIZE_PX = 180
_MARGIN = 0.08
MOST_FEATURES = 400
"""Of more features an even sample is drawn."""
_GROUND, _OUTLINE, _FEATURE = "#f4f2ec", "#8a8578", "#c2410c"


def outlines(district: BaseGeometry, features: GeoDataFrame) -> str:
    """A square SVG of the district with features over it, its extent that of both.

    Parameters
    ----------
    district : polygon in EPSG:4490
    features : n rows in EPSG:4490; of many, an even sample is drawn
    """
    step = max(1, len(features) // MOST_FEATURES)
    ground = GeoDataFrame(geometry=[district], crs=STORE_CRS).to_crs(DRAWING_CRS).geometry.iloc[0]
    shapes = features.geometry.iloc[::step].to_crs(DRAWING_CRS)
    shapes = shapes[~(shapes.is_empty | shapes.isna()) & np.isfinite(shapes.bounds).all(axis=1)]
    west, south, east, north = shapely.total_bounds([ground, *shapes])
    size = max(east - west, north - south) * (1 + 2 * _MARGIN)
    left, bottom = (west + east - size) / 2, (south + north - size) / 2
    scale = _SIZE_PX / size

    def to_path(shape: BaseGeometry) -> str:
        parts = []
        for line in _lines(shape):
            points = (shapely.get_coordinates(line) - (left, bottom)) * scale
            parts.append("M" + "L".join(f"{x:.1f} {_SIZE_PX - y:.1f}" for x, y in points))
        return "".join(parts)

    drawn = "".join(to_path(shape) for shape in shapes)
    size_px = f'width="{_SIZE_PX}" height="{_SIZE_PX}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE_PX} {_SIZE_PX}" {size_px}>'
        f'<rect {size_px} fill="#ffffff"/>'
        f'<path d="{to_path(ground)}" fill="{_GROUND}" stroke="{_OUTLINE}" stroke-width="1.5"/>'
        f'<path d="{drawn}" fill="none" stroke="{_FEATURE}" stroke-width="1" stroke-linecap="round"/></svg>'
    )


def _lines(shape: BaseGeometry) -> list[BaseGeometry]:
    """The rings and lines of a shape; a point as a line without length, which a round cap draws as a dot."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return list(shapely.get_parts(shapely.boundary(shape)))
    if shape.geom_type in ("Point", "MultiPoint"):
        return [shapely.linestrings([[point.x, point.y]] * 2) for point in shapely.get_parts(shape)]
    return list(shapely.get_parts(shape))
