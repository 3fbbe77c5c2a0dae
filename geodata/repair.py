"""Repairs that are offered, and done only when a person takes them: one function for each finding code."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import shapely
from geopandas import GeoDataFrame

from geodata.findings import Finding
from geodata.i18n import Text, text
from geodata.schema import GeometryType, LayerSchema

_MULTI = {"Polygon": "MultiPolygon", "LineString": "MultiLineString", "Point": "MultiPoint"}


def make_valid(frame: GeoDataFrame, schema: LayerSchema) -> GeoDataFrame:
    """Invalid shapes made valid; of what comes out, the parts of the layer's kind are kept."""
    shapes = frame.geometry.to_numpy().copy()
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    shapes[broken] = [of_kind(shape, schema.geometry) for shape in shapely.make_valid(shapes[broken])]
    return frame.set_geometry(shapes, crs=frame.crs)


def drop_empty(frame: GeoDataFrame, schema: LayerSchema) -> GeoDataFrame:  # noqa: ARG001  every repair is called alike
    """Without the rows that have no shape."""
    return frame[~(frame.geometry.isna() | frame.geometry.is_empty)].reset_index(drop=True)


def flatten(frame: GeoDataFrame, schema: LayerSchema) -> GeoDataFrame:  # noqa: ARG001  every repair is called alike
    """Heights and measures dropped."""
    return frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)


def keep_kind(frame: GeoDataFrame, schema: LayerSchema) -> GeoDataFrame:
    """Of mixed shapes, only the parts of the layer's kind."""
    shapes = [of_kind(shape, schema.geometry) for shape in frame.geometry]
    return drop_empty(frame.set_geometry(np.array(shapes, dtype=object), crs=frame.crs), schema)


REPAIRS: dict[str, Callable[[GeoDataFrame, LayerSchema], GeoDataFrame]] = {
    "HAS_ZM": flatten,
    "INVALID_GEOM": make_valid,
    "MIXED_GEOM": keep_kind,
    "NULL_GEOM": drop_empty,
}
"""Finding code → its repair, in the order in which they are done."""

TITLES: dict[str, Text] = {
    "HAS_ZM": text("drop heights and measures"),
    "INVALID_GEOM": text("make invalid shapes valid"),
    "MIXED_GEOM": text("keep only the parts of the layer’s kind"),
    "NULL_GEOM": text("leave out the rows without a shape"),
    "MISSING_SHX": text("make the missing .shx anew"),
}
"""What each repair that is offered does."""


def offered(findings: Iterable[Finding]) -> list[str]:
    """Codes among the findings for which a repair is offered."""
    return sorted({finding.code for finding in findings} & set(TITLES))


def of_kind(shape: shapely.Geometry | None, kind: GeometryType) -> shapely.Geometry | None:
    """The parts of a shape that are of a kind, as one shape; None where there is none."""
    if shape is None or shape.is_empty:
        return None
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == kind]
    for part in shapely.get_parts(shape):
        if part.geom_type == _MULTI[kind] or part.geom_type == "GeometryCollection":
            inner = of_kind(part, kind)
            parts += [] if inner is None else list(shapely.get_parts(inner))
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return {"Polygon": shapely.MultiPolygon, "LineString": shapely.MultiLineString, "Point": shapely.MultiPoint}[kind](
        parts
    )
