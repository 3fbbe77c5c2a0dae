"""A layer held against its schema: keys, shapes, dates in order, overlaps, areas, the structure of the district."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from shapely.geometry.base import BaseGeometry

from geodata import crs, repair
from geodata.choices import Choices
from geodata.findings import Finding, Severity, found
from geodata.i18n import Text, text
from geodata.schema import DRAWING_CRS, EXISTING, STORE_CRS, LayerSchema

OVERLAP_LEAST_M2, OVERLAP_LEAST_WIDTH_M = 1.0, 0.05
SLIVER_AREA_M2, SLIVER_WIDTH_M = 10.0, 0.5
AREA_SHARE, AREA_LEAST_M2 = 0.01, 10.0
OUTSIDE_SHARE = 0.01

_WITHOUT_OVERLAP = {"water_zones", "parks", "relocation_zones", "parcels", "greening"}
_WITHOUT_GAPS = {"water_zones", "parcels"}
_ORDERS: dict[str, tuple[tuple[str, str], ...]] = {
    "parcels": (
        ("approved_on", "supplied_on"),
        ("supplied_on", "started_on"),
        ("started_on", "completed_on"),
        ("started_on", "suspended_on"),
        ("suspended_on", "resumed_on"),
    ),
    "relocation_zones": (("agreed_on", "vacated_on"), ("vacated_on", "resupplied_on")),
    "projects": (("negotiating_on", "signed_on"), ("signed_on", "landed_on"), ("landed_on", "producing_on")),
    "waterways": (("started_on", "connected_on"),),
    "roads": (("started_on", "opened_on"),),
    "greening": (("started_on", "completed_on"),),
}
"""Layer → pairs of dates of which the first comes no later than the second."""

_AXES = {"vertical": (text("vertical"), 4), "horizontal": (text("horizontal"), 5)}
_PIECES = {"corridors": 3, "water_zones": 3, "district": 1}
_SHOWN = 3


def check_layer(
    frame: GeoDataFrame, schema: LayerSchema, *, district: BaseGeometry | None, choices: Choices
) -> tuple[GeoDataFrame, list[Finding]]:
    """Check typed features; do the repairs that were taken.

    Parameters
    ----------
    frame : n rows, EPSG:4490, fields typed as in the schema; row order as in the file
    district : polygon in EPSG:4490; without it nothing is held against the district

    Returns
    -------
    (GeoDataFrame, findings)
        The frame after the repairs. Row numbers of findings count in the frame that is returned.
    """
    findings: list[Finding] = []
    for code, mend in repair.REPAIRS.items():
        if code in choices.repairs:
            mended = mend(frame, schema)
            changed = _changed_rows(frame, mended)
            if changed:
                findings.append(
                    found(
                        "REPAIRED",
                        text("Repair taken: {what}; {count} rows.", what=repair.TITLES[code], count=changed),
                        count=changed,
                        severity=Severity.NOTE,
                    )
                )
            frame = mended.reset_index(drop=True)
    findings += _check_keys(frame, schema)
    findings += _check_shapes(frame, schema)
    findings += _check_order(frame, schema)
    sound = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    sound = sound[sound.geometry.is_valid]
    if schema.geometry == "Polygon" and len(sound):
        metric = sound.geometry.set_crs(STORE_CRS, allow_override=True).to_crs(DRAWING_CRS)
        findings += _check_slivers(metric, schema)
        if schema.name in _WITHOUT_OVERLAP:
            findings += _check_overlaps(metric, frame, schema)
        if schema.name in _WITHOUT_GAPS:
            findings += _check_gaps(metric)
        if schema.name == "parcels":
            findings += _check_areas(sound)
    if district is not None and len(sound):
        findings += _check_place(sound, schema, district)
    return frame, findings


def check_structure(layer: str, frame: GeoDataFrame) -> list[Finding]:
    """Whether the whole layer has the plan's structure: 4 vertical and 5 horizontal axes, three zones, three corridors.

    Parameters
    ----------
    frame : clean frame of the layer, whole
    """
    if layer == "waterways":
        missing = [
            text("{axis} {number}", axis=title, number=number)
            for axis, (title, count) in _AXES.items()
            for number in range(1, count + 1)
            if not ((frame["axis"] == axis) & (frame["axis_no"] == number)).any()
        ]
        return [
            found(
                "STRUCTURE",
                text("The waterway {which} of the four vertical and five horizontal ones is missing.", which=which),
            )
            for which in missing
        ]
    wanted = _PIECES.get(layer)
    if wanted is None:
        return []
    findings = []
    if len(frame) != wanted:
        findings.append(
            found(
                "STRUCTURE",
                text("The layer has {count} features; the plan has {wanted}.", count=len(frame), wanted=wanted),
            )
        )
    broken = [row for row, shape in enumerate(frame.geometry) if layer == "corridors" and _pieces(shape) > 1]
    if broken:
        findings.append(
            found(
                "STRUCTURE",
                text(
                    "A corridor has a gap: {names} consists of several pieces.",
                    names=", ".join(str(frame["name"].iloc[row]) for row in broken),
                ),
                rows=broken,
            )
        )
    return findings


def _check_keys(frame: GeoDataFrame, schema: LayerSchema) -> list[Finding]:
    key = schema.fields[0]
    keys = frame[key.name]
    findings = []
    empty = np.flatnonzero(keys.isna().to_numpy())
    if len(empty):
        findings.append(
            found(
                "MISSING_KEY",
                text(
                    "{count} features have no “{field}” ({rows}). Give each a key of its own.",
                    count=len(empty),
                    field=key.label,
                    rows=_places(empty),
                ),
                rows=empty,
                field=key.name,
            )
        )
    twice = np.flatnonzero((keys.duplicated(keep=False) & keys.notna()).to_numpy())
    if len(twice):
        examples = ", ".join(dict.fromkeys(str(keys.iloc[row]) for row in twice[:12]))
        findings.append(
            found(
                "DUPLICATE_KEY",
                text(
                    "“{field}” is not unique: {examples} ({rows}). Each key may stand once.",
                    field=key.label,
                    examples=examples,
                    rows=_places(twice),
                ),
                rows=twice,
                field=key.name,
            )
        )
    for field in schema.fields[1:]:
        if not field.required:
            continue
        gaps = np.flatnonzero(frame[field.name].isna().to_numpy())
        if len(gaps):
            findings.append(
                found(
                    "MISSING_VALUE",
                    text(
                        "“{field}” is required and empty in {count} features ({rows}).",
                        field=field.label,
                        count=len(gaps),
                        rows=_places(gaps),
                    ),
                    rows=gaps,
                    field=field.name,
                )
            )
    return findings


def _check_shapes(frame: GeoDataFrame, schema: LayerSchema) -> list[Finding]:
    shapes = frame.geometry.to_numpy()
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    kinds = pd.Series(
        [None if gone else shape.geom_type.removeprefix("Multi") for shape, gone in zip(shapes, empty, strict=True)]
    )
    wrong = np.flatnonzero((kinds.notna() & (kinds != schema.geometry)).to_numpy())
    findings = []
    if len(wrong) and len(wrong) == int((~empty).sum()):
        findings.append(
            found(
                "WRONG_GEOM_TYPE",
                text(
                    "The layer holds {wanted} features, the file holds {given}.",
                    wanted=schema.geometry,
                    given=", ".join(sorted(set(kinds.iloc[wrong]))),
                ),
                rows=wrong,
            )
        )
    elif len(wrong):
        findings.append(
            found(
                "MIXED_GEOM",
                text(
                    "{count} features are {given} instead of {wanted} ({rows}). The repair keeps only"
                    " what is {wanted}.",
                    count=len(wrong),
                    given=", ".join(sorted(set(kinds.iloc[wrong]))),
                    wanted=schema.geometry,
                    rows=_places(wrong),
                ),
                rows=wrong,
                severity=Severity.ERROR,
            )
        )
    invalid = np.flatnonzero(~shapely.is_valid(shapes) & ~empty)
    if len(invalid):
        findings.append(
            found(
                "INVALID_GEOM",
                text(
                    "{count} shapes are invalid ({rows}): {reason}. The repair makes them valid.",
                    count=len(invalid),
                    rows=_places(invalid),
                    reason=_reason(shapes[invalid[0]]),
                ),
                rows=invalid,
            )
        )
    gone = np.flatnonzero(empty)
    if len(gone):
        findings.append(
            found(
                "NULL_GEOM",
                text(
                    "{count} features have no shape ({rows}). The repair leaves them out.",
                    count=len(gone),
                    rows=_places(gone),
                ),
                rows=gone,
            )
        )
    if shapely.has_z(shapes).any() or shapely.has_m(shapes).any():
        findings.append(found("HAS_ZM", text("The shapes carry heights or measures; they are not kept.")))
    return findings


def _check_order(frame: GeoDataFrame, schema: LayerSchema) -> list[Finding]:
    findings = []
    for earlier, later in _ORDERS.get(schema.name, ()):
        before, after = frame[earlier], frame[later]
        wrong = np.flatnonzero(((before > after) & (after != EXISTING) & (before != EXISTING)).to_numpy())
        if len(wrong):
            findings.append(
                found(
                    "DATE_ORDER",
                    text(
                        "“{later}” comes before “{earlier}” in {count} features ({rows}).",
                        later=schema.field(later).label,
                        earlier=schema.field(earlier).label,
                        count=len(wrong),
                        rows=_places(wrong),
                    ),
                    rows=wrong,
                    field=later,
                )
            )
    return findings


def _check_slivers(metric: GeoSeries, schema: LayerSchema) -> list[Finding]:
    if schema.name == "district":
        return []
    width_m = 2 * metric.area / metric.length.where(metric.length > 0)
    thin = metric.index[((metric.area < SLIVER_AREA_M2) | (width_m < SLIVER_WIDTH_M)).to_numpy()].to_numpy()
    if not len(thin):
        return []
    return [
        found(
            "SLIVER",
            text(
                "{count} polygons are slivers, under {area} m² or {width} m wide ({rows}).",
                count=len(thin),
                area=SLIVER_AREA_M2,
                width=SLIVER_WIDTH_M,
                rows=_places(thin),
            ),
            rows=thin,
        )
    ]


def _check_overlaps(metric: GeoSeries, frame: GeoDataFrame, schema: LayerSchema) -> list[Finding]:
    shapes = metric.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    left, right = left[left < right], right[left < right]
    # Neighbours that only touch are the many; asking for that first leaves the few to intersect.
    close = ~shapely.touches(shapes[left], shapes[right])
    left, right = left[close], right[close]
    common = shapely.intersection(shapes[left], shapes[right])
    area_m2 = shapely.area(common)
    width_m = np.divide(2 * area_m2, shapely.length(common), out=np.zeros_like(area_m2), where=area_m2 > 0)
    real = (area_m2 > OVERLAP_LEAST_M2) & (width_m > OVERLAP_LEAST_WIDTH_M)
    if not real.any():
        return []
    places = metric.index.to_numpy()
    keys = frame[schema.key]
    pairs = [(places[one], places[other]) for one, other in zip(left[real], right[real], strict=True)]
    examples = ", ".join(f"{keys.iloc[one]} × {keys.iloc[other]}" for one, other in pairs[:_SHOWN])
    return [
        found(
            "OVERLAP",
            text(
                "{count} pairs of features overlap, by {area} m² together ({examples}).",
                count=len(pairs),
                area=f"{area_m2[real].sum():,.0f}",
                examples=examples,
            ),
            rows=sorted({int(row) for pair in pairs for row in pair}),
            count=len(pairs),
        )
    ]


def _check_gaps(metric: GeoSeries) -> list[Finding]:
    """Thin holes between features that nearly touch."""
    union = shapely.union_all(shapely.make_valid(metric.to_numpy()))
    rings = [ring for part in shapely.get_parts(union) if part.geom_type == "Polygon" for ring in part.interiors]
    holes = shapely.polygons(rings) if rings else np.array([], dtype=object)
    area_m2 = shapely.area(holes)
    width_m = np.divide(2 * area_m2, shapely.length(holes), out=np.zeros_like(area_m2), where=area_m2 > 0)
    thin = (area_m2 < SLIVER_AREA_M2) | (width_m < SLIVER_WIDTH_M)
    if not thin.any():
        return []
    return [
        found(
            "SLIVER",
            text("{count} thin gaps lie between features that should touch.", count=int(thin.sum())),
            count=int(thin.sum()),
        )
    ]


def _check_areas(sound: GeoDataFrame) -> list[Finding]:
    measured = crs.area_m2(sound.geometry)
    recorded = sound["area_recorded_m2"]
    off = (recorded - measured).abs()
    wrong = sound.index[((off > AREA_SHARE * measured) & (off > AREA_LEAST_M2)).to_numpy()].to_numpy()
    if not len(wrong):
        return []
    first = wrong[0]
    return [
        found(
            "AREA_MISMATCH",
            text(
                "The recorded area of {count} parcels differs from the measured one by more than 1 % and 10 m²"
                " ({rows}; for example {recorded} m² recorded, {measured} m² measured).",
                count=len(wrong),
                rows=_places(wrong),
                recorded=f"{recorded.loc[first]:,.0f}",
                measured=f"{measured.loc[first]:,.0f}",
            ),
            rows=wrong,
            field="area_recorded_m2",
        )
    ]


def _check_place(sound: GeoDataFrame, schema: LayerSchema, district: BaseGeometry) -> list[Finding]:
    """Polygons that reach out of the district; whole layers and features outside are found where the CRS is decided."""
    if schema.geometry != "Polygon":
        return []
    shapely.prepare(district)
    shapes = sound.geometry.to_numpy()
    partly = ~shapely.contains_properly(district, shapes) & shapely.intersects(district, shapes)
    rows = np.flatnonzero(partly)
    outside = shapely.area(shapely.difference(shapes[rows], district))
    out = sound.index.to_numpy()[rows[outside > OUTSIDE_SHARE * shapely.area(shapes[rows])]]
    if not len(out):
        return []
    return [
        found(
            "OUT_OF_AREA",
            text(
                "{count} features reach more than 1 % out of the district ({rows}).", count=len(out), rows=_places(out)
            ),
            rows=out,
        )
    ]


def _changed_rows(before: GeoDataFrame, after: GeoDataFrame) -> int:
    if len(before) != len(after):
        return len(before) - len(after)
    changed: Callable[..., np.ndarray] = np.frompyfunc(
        lambda one, other: shapely.to_wkb(one) != shapely.to_wkb(other), 2, 1
    )
    return int(changed(before.geometry.to_numpy(), after.geometry.to_numpy()).astype(bool).sum())


def _pieces(shape: BaseGeometry | None) -> int:
    return 0 if shape is None else len(shapely.get_parts(shapely.union_all([shape])))


def _reason(shape: BaseGeometry) -> Text:
    words = shapely.is_valid_reason(shape)
    if "Self-intersection" in words:
        return text("a ring crosses itself")
    if "Hole" in words or "hole" in words:
        return text("a hole lies outside its polygon")
    return text("the rings do not make a polygon")


def _places(rows: Iterable[int]) -> Text:
    numbers = [int(row) + 1 for row in rows]
    shown = ", ".join(map(str, numbers[:_SHOWN]))
    return text("row {rows} …", rows=shown) if len(numbers) > _SHOWN else text("row {rows}", rows=shown)
