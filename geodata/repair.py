"""Repairs that are offered for findings, each taken only when a person chose it, and told by what it changed.

A repair takes a frame in EPSG:4490 and returns a new one with a `REPAIRED` note that says before and after. Rows keep
their labels, which are the row numbers of the upload, so that findings still name the right ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries

from geodata import crs
from geodata.choices import Choices
from geodata.findings import Finding, Severity, found
from geodata.i18n import Text, label, text
from geodata.mapping import row_examples
from geodata.schema import GeometryType, LayerSchema
from geodata.topology import are_slivers, gap_neighbours, gaps, in_degrees, in_metres, measurable, overlaps

Shapes = npt.NDArray[np.object_]
Rows = npt.NDArray[np.int64]

TITLES: dict[str, Text] = {
    "MISSING_SHX": text("rebuild the missing .shx from the .shp"),
    "COUNT_MISMATCH": text("go by the records that are there: rebuild the .shx, ignore the count in the .dbf's header"),
    "CORRUPT": text("rebuild the damaged .shx from the .shp"),
    "NULL_GEOM": text("leave out the rows without a shape"),
    "HAS_ZM": text("drop heights and measures (Z, M)"),
    "MIXED_GEOM": text("keep the parts that fit the layer, close closed lines to areas, leave out the rest"),
    "INVALID_GEOM": text("make invalid shapes valid"),
    "DUPLICATE_KEY": text("collect rows of one key and the same attributes into one feature of several parts"),
    "OVERLAP": text("cut narrow overlaps (under 0.5 m) off the larger feature"),
    "SLIVER": text("give narrow gaps to the neighbour with the longest common border, drop sliver parts"),
    "MULTI_PART": text("split features of several parts into features of one part, numbered behind their key"),
}
"""Finding code → what its repair does. A finding says by its `mendable` value how many rows a repair can mend."""

_MENDABLE_IF_SAID = frozenset({"COUNT_MISMATCH", "CORRUPT"})
"""Codes of damage of many kinds, of which few can be mended; the others can be where nothing else is said."""

_TYPE_IDS: dict[GeometryType, tuple[int, ...]] = {"Polygon": (3, 6), "LineString": (1, 2, 5), "Point": (0, 4)}
_COLLECTION = 7


@dataclass(frozen=True)
class Repaired:
    """A frame after a repair, with the note that tells what it did; no note when there was nothing to do."""

    frame: GeoDataFrame
    note: Finding | None = None


def offered(findings: Iterable[Finding]) -> list[str]:
    """Codes of the findings that a repair can mend, wholly or in part, in the order they are applied."""
    mendable = {
        finding.code
        for finding in findings
        if finding.code in TITLES and finding.message.values.get("mendable", finding.code not in _MENDABLE_IF_SAID)
    }
    return [code for code in TITLES if code in mendable]


def settled(findings: Iterable[Finding], frame: GeoDataFrame, choices: Choices) -> list[Finding]:
    """What is left of a reading's findings once `validation.check_layer` has spoken about the same shapes.

    Left out are those it judges anew, with the layer's schema and the repairs taken: missing shapes, mixed types, and
    invalid shapes as far as they are there to be judged. Heights dropped by choice become a note.

    Parameters
    ----------
    frame : the frame that was given to `check_layer`, before repairs
    """
    shapes = shapes_of(frame)
    invalid = set(np.flatnonzero(~shapely.is_valid(shapes) & ~without_shape(shapes)).tolist())
    left = []
    for finding in findings:
        again = finding.code in ("NULL_GEOM", "MIXED_GEOM") or (
            finding.code == "INVALID_GEOM" and bool(finding.rows) and invalid.issuperset(finding.rows)
        )
        if finding.code == "HAS_ZM" and "HAS_ZM" in choices.repairs:
            left.append(_without_heights(finding.rows, finding.count))
        elif not again:
            left.append(finding)
    return left


def _note(message: Text, rows: Iterable[int], count: int | None = None) -> Finding:
    return found("REPAIRED", message, rows=rows, count=count, severity=Severity.NOTE)


def shapes_of(frame: GeoDataFrame) -> Shapes:
    """The geometries as an array of objects of its own."""
    return np.array(frame.geometry.to_numpy(), dtype=object)


def with_shapes(frame: GeoDataFrame, shapes: Shapes) -> GeoDataFrame:
    """`frame` with other geometries."""
    return frame.set_geometry(GeoSeries(shapes, index=frame.index, crs=frame.crs))


def labels(frame: GeoDataFrame, positions: npt.NDArray[Any]) -> Rows:
    """Row numbers of the upload at these positions (or this mask) of the frame."""
    return np.asarray(frame.index.to_numpy()[positions], dtype=np.int64)


# --- one function per code -------------------------------------------------------------------------------------------


def without_shape(shapes: Shapes) -> npt.NDArray[np.bool_]:
    """Which rows have no geometry, or an empty one."""
    return np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes), dtype=bool)


def drop_null(frame: GeoDataFrame) -> Repaired:
    """Leave out the rows without a shape."""
    null = without_shape(shapes_of(frame))
    if not null.any():
        return Repaired(frame)
    rows = labels(frame, null)
    return Repaired(
        frame[~null],
        _note(
            text(
                "{count} rows without a shape were left out ({rows}); {before} rows became {after}.",
                count=len(rows),
                rows=row_examples(rows),
                before=len(frame),
                after=int((~null).sum()),
            ),
            rows,
        ),
    )


def drop_zm(frame: GeoDataFrame) -> Repaired:
    """Drop heights and measures."""
    shapes = shapes_of(frame)
    higher = np.asarray(shapely.has_z(shapes) | shapely.has_m(shapes), dtype=bool)
    if not higher.any():
        return Repaired(frame)
    rows = labels(frame, higher)
    return Repaired(with_shapes(frame, shapely.force_2d(shapes)), _without_heights(rows, len(rows)))


def _without_heights(places: Iterable[int], count: int) -> Finding:
    rows = tuple(places)
    return _note(
        text(
            "Heights and measures (Z, M) were dropped from {count} shapes{rows}.",
            count=count,
            rows=label(f"（{row_examples(rows).in_('zh')}）", f" ({row_examples(rows).in_('en')})") if rows else "",
        ),
        rows,
        count,
    )


def fits(shapes: Shapes, geometry: GeometryType) -> npt.NDArray[np.bool_]:
    """Which geometries are of the layer's type, in one or several parts; missing ones are not."""
    return np.isin(shapely.get_type_id(shapes), _TYPE_IDS[geometry])


def fitting_part(shape: Any, geometry: GeometryType) -> Any:
    """The part of a geometry that fits a layer: of a collection its parts of that type, of a closed line its area.

    None where nothing fits.
    """
    if shape is None or shapely.is_empty(shape):
        return None
    parts = _flat_parts(shape)
    kept = [part for part in parts if shapely.get_type_id(part) in _TYPE_IDS[geometry]]
    if not kept and geometry == "Polygon":
        kept = [
            shapely.polygons(shapely.linearrings(shapely.get_coordinates(part)))
            for part in parts
            if shapely.get_type_id(part) in (1, 2) and shapely.is_closed(part) and len(part.coords) > 3
        ]
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else _collected(np.array(kept, dtype=object), geometry)


def _flat_parts(shape: Any) -> list[Any]:
    if shapely.get_type_id(shape) not in (4, 5, 6, _COLLECTION):
        return [shape]
    return [part for each in shapely.get_parts(shape) for part in _flat_parts(each)]


def _collected(parts: Shapes, geometry: GeometryType) -> Any:
    """Parts as one multi-part geometry."""
    singles = shapely.get_parts(parts)
    build = {
        "Polygon": shapely.multipolygons,
        "LineString": shapely.multilinestrings,
        "Point": shapely.multipoints,
    }[geometry]
    return build(singles) if len(singles) > 1 else singles[0]


def keep_fitting(frame: GeoDataFrame, geometry: GeometryType) -> Repaired:
    """Keep what fits the layer: parts of collections, areas of closed lines; rows of which nothing fits go.

    Where nothing fits in any row, nothing is done.
    """
    shapes = shapes_of(frame)
    strange = ~fits(shapes, geometry) & ~without_shape(shapes)
    if not strange.any():
        return Repaired(frame)
    for place in np.flatnonzero(strange):
        shapes[place] = fitting_part(shapes[place], geometry)
    gone = strange & shapely.is_missing(shapes)
    if gone.sum() == len(frame):
        return Repaired(frame)
    rows = labels(frame, strange)
    return Repaired(
        with_shapes(frame, shapes)[~gone],
        _note(
            text(
                "Shapes that don't fit the layer: {kept} rows keep the part that fits, {gone} rows were left out "
                "({rows}).",
                kept=int(strange.sum() - gone.sum()),
                gone=int(gone.sum()),
                rows=row_examples(rows),
            ),
            rows,
        ),
    )


def make_valid(frame: GeoDataFrame, geometry: GeometryType) -> Repaired:
    """Make invalid shapes valid and keep the part of the layer's type; one that would vanish stays as it is."""
    shapes = shapes_of(frame)
    invalid = np.asarray(~shapely.is_valid(shapes) & ~without_shape(shapes), dtype=bool)
    if not invalid.any():
        return Repaired(frame)
    before = crs.area_m2(GeoSeries(shapes[invalid]))
    mended = np.array(
        [fitting_part(shape, geometry) for shape in shapely.make_valid(shapes[invalid], method="structure")],
        dtype=object,
    )
    lost = shapely.is_missing(mended)
    mended[lost] = shapes[invalid][lost]
    shapes[invalid] = mended
    rows = labels(frame, np.flatnonzero(invalid)[~lost])
    if not len(rows):
        return Repaired(frame)
    after = crs.area_m2(GeoSeries(mended))
    if geometry == "Polygon":
        message = text(
            "{count} invalid shapes were made valid ({rows}); together {before} m² became {after} m².",
            count=len(rows),
            rows=row_examples(rows),
            before=f"{before[~lost].sum():,.1f}",
            after=f"{after[~lost].sum():,.1f}",
        )
    else:
        message = text("{count} invalid shapes were made valid ({rows}).", count=len(rows), rows=row_examples(rows))
    return Repaired(with_shapes(frame, shapes), _note(message, rows))


def alike_rows(frame: GeoDataFrame, schema: LayerSchema) -> npt.NDArray[np.bool_]:
    """Rows whose key stands several times, every time with the same attributes and a shape that fits the layer."""
    attributes = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    key = frame[schema.key]
    doubled = (key.duplicated(keep=False) & key.notna()).to_numpy(dtype=bool)
    alike = np.zeros(len(frame), dtype=bool)
    if doubled.any():
        # As text: unknown columns may hold what pandas can't compare.
        written = attributes[doubled].astype(object).map(str).itertuples(index=False, name=None)
        rows = pd.Series(["\x1f".join(row) for row in written], index=key[doubled].index)
        shapes = shapes_of(frame)
        fitting = pd.Series((fits(shapes, schema.geometry) | without_shape(shapes))[doubled], index=rows.index)
        same = rows.groupby(key[doubled]).transform("nunique") == 1
        alike[doubled] = (same & fitting.groupby(key[doubled]).transform("all")).to_numpy()
    return alike


def collect_parts(frame: GeoDataFrame, schema: LayerSchema) -> Repaired:
    """Rows of one key and the same attributes become one feature, in the place of the first of them."""
    alike = alike_rows(frame, schema)
    if not alike.any():
        return Repaired(frame)
    shapes = shapes_of(frame)
    keep = np.ones(len(frame), dtype=bool)
    for places in pd.Series(np.flatnonzero(alike)).groupby(frame[schema.key].to_numpy()[alike]).agg(list):
        first, *others = places
        together = shapes[places]
        together = together[~without_shape(together)]
        shapes[first] = _united(together, schema.geometry) if len(together) else None
        keep[others] = False
    rows = labels(frame, alike)
    return Repaired(
        with_shapes(frame, shapes)[keep],
        _note(
            text(
                "{before} rows that share a key and all attributes became {after} features of several parts ({rows}).",
                before=int(alike.sum()),
                after=int((alike & keep).sum()),
                rows=row_examples(rows),
            ),
            rows,
        ),
    )


def split_parts(frame: GeoDataFrame, schema: LayerSchema) -> Repaired:
    """Features of several parts become features of one, their keys with -1, -2 … behind them."""
    shapes = shapes_of(frame)
    several = several_parts(shapes)
    if not several.any():
        return Repaired(frame)
    rows = labels(frame, several)
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    place = np.concatenate([of_shape[several[of_shape]], np.flatnonzero(~several)])
    each = np.concatenate([parts[several[of_shape]], shapes[~several]])
    order = np.argsort(place, kind="stable")
    place, each = place[order], each[order]
    split = with_shapes(frame.iloc[place], each)
    keys = split[schema.key].to_numpy(dtype=object, copy=True)
    taken = set(frame[schema.key].dropna())
    for at in np.flatnonzero(several[place] & split[schema.key].notna().to_numpy(dtype=bool)):
        number = 1
        while f"{keys[at]}-{number}" in taken:
            number += 1
        keys[at] = f"{keys[at]}-{number}"
        taken.add(keys[at])
    split[schema.key] = pd.Series(keys, index=split.index, dtype=frame[schema.key].dtype)
    return Repaired(
        split,
        _note(
            text(
                "{before} features of several parts became {after} features of one part ({rows}).",
                before=int(several.sum()),
                after=int(several[place].sum()),
                rows=row_examples(rows, keys[several[place]]),
            ),
            rows,
        ),
    )


def several_parts(shapes: Shapes) -> npt.NDArray[np.bool_]:
    """Which shapes have more than one part."""
    multiple = np.isin(shapely.get_type_id(shapes), (4, 5, 6))
    return np.asarray(multiple & (shapely.get_num_geometries(shapes) > 1), dtype=bool)


def _united(shapes: Shapes, geometry: GeometryType) -> Any:
    """Several geometries as one; copies count once, areas that overlap are merged."""
    distinct = {shapely.to_wkb(shapely.normalize(shape)): shape for shape in shapes}
    parts = np.array(list(distinct.values()), dtype=object)
    if len(parts) == 1:
        return parts[0]
    collected = _collected(parts, geometry)
    if geometry == "Polygon" and not shapely.is_valid(collected):
        collected = fitting_part(shapely.union_all(shapely.make_valid(parts)), geometry)
    return collected


def _valid_in_metres(shapes: Shapes) -> Shapes:
    """The valid polygons in metres, None for the rest: an invalid shape is mended first, or left alone."""
    valid = shapes.copy()
    valid[~shapely.is_valid(shapes)] = None
    return measurable(in_metres(valid))


def without_narrow_overlaps(frame: GeoDataFrame) -> Repaired:
    """Overlaps of a mean width under 0.5 m, cut off the larger of the two features."""
    shapes = shapes_of(frame)
    metric = _valid_in_metres(shapes)
    found_overlaps = overlaps(metric)
    changed: set[int] = set()
    cut_m2 = 0.0
    for place in np.flatnonzero(found_overlaps.narrow):
        pair = (int(found_overlaps.first[place]), int(found_overlaps.second[place]))
        larger, smaller = sorted(pair, key=lambda row: -shapely.area(metric[row]))
        # The other of the two may have been cut before; what is left of it is what counts.
        rest = np.array([fitting_part(shapely.difference(shapes[larger], shapes[smaller]), "Polygon")], dtype=object)
        if rest[0] is None:
            continue
        _drop_sliver_parts(rest)  # hairs that the cut left
        shapes[larger] = rest[0]
        changed |= {larger}
        cut_m2 += float(found_overlaps.area_m2[place])
    if not changed:
        return Repaired(frame)
    rows = labels(frame, np.array(sorted(changed)))
    return Repaired(
        with_shapes(frame, shapes),
        _note(
            text(
                "Narrow overlaps were cut off {count} features ({rows}); {area} m² that counted twice count once.",
                count=len(rows),
                rows=row_examples(rows),
                area=f"{cut_m2:,.1f}",
            ),
            rows,
        ),
    )


def without_slivers(frame: GeoDataFrame, *, close_gaps: bool) -> Repaired:
    """Sliver parts of features of several parts are dropped; narrow gaps go to the neighbour with the longest border.

    A feature that is a sliver as a whole stays: whether it is one is for a person to say.
    """
    shapes = shapes_of(frame)
    changed = _drop_sliver_parts(shapes)
    closed_m2 = 0.0
    if close_gaps:
        metric = _valid_in_metres(shapes)
        gap_shapes = gaps(metric)
        gap, polygon = gap_neighbours(gap_shapes, metric)
        border_m = shapely.length(
            shapely.intersection(shapely.buffer(shapely.boundary(gap_shapes[gap]), 0.001), metric[polygon])
        )
        for number, place in enumerate(gap_shapes):
            near = np.flatnonzero(gap == number)
            if not len(near):
                continue
            takes = int(polygon[near[np.argmax(border_m[near])]])
            # A millimetre more closes the seam; what that covers of the neighbours is far below any tolerance.
            filled = in_degrees(np.array([shapely.buffer(place, 0.001, join_style="mitre")], dtype=object))[0]
            shapes[takes] = fitting_part(shapely.union(shapes[takes], filled), "Polygon")
            changed |= {takes}
            closed_m2 += float(shapely.area(place))
    if not changed:
        return Repaired(frame)
    rows = labels(frame, np.array(sorted(changed)))
    return Repaired(
        with_shapes(frame, shapes),
        _note(
            text(
                "Slivers were closed in {count} features ({rows}): sliver parts dropped, gaps of {area} m² filled.",
                count=len(rows),
                rows=row_examples(rows),
                area=f"{closed_m2:,.1f}",
            ),
            rows,
        ),
    )


def _drop_sliver_parts(shapes: Shapes) -> set[int]:
    """Take sliver parts off features that have other parts; positions of those that changed."""
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    sound = shapely.is_valid(shapes) & fits(shapes, "Polygon")
    thin = are_slivers(_valid_in_metres(parts)) & sound[of_shape]
    changed = set(of_shape[thin].tolist()) & set(of_shape[~thin].tolist())
    for place in changed:
        shapes[place] = _collected(parts[(of_shape == place) & ~thin], "Polygon")
    return changed
