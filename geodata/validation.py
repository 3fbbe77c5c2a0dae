"""A layer held against its schema and the district: shapes, keys, order of dates, overlaps, areas, structure.

Rows of findings are the row numbers of the upload. They stay the labels of the frame's index through all repairs, so
a frame that lost rows still says which ones are left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from shapely.geometry.base import BaseGeometry

from geodata import crs, repair
from geodata.choices import Choices
from geodata.findings import Finding, found
from geodata.i18n import Text, label, text
from geodata.mapping import listed, row_examples, shown
from geodata.repair import Repaired, labels, shapes_of, without_shape
from geodata.schema import EXISTING, STORE_CRS, GeometryType, LayerSchema
from geodata.topology import Shapes, are_slivers, gap_neighbours, gaps, in_metres, measurable, overlaps

AREA_SHARE = 0.01
AREA_M2 = 10.0
OUTSIDE_SHARE = 0.01

WITHOUT_OVERLAP = frozenset({"water_zones", "parks", "relocation_zones", "parcels", "greening"})
"""Layers whose polygons must not overlap."""
WITHOUT_GAPS = frozenset({"water_zones", "parcels"})
"""Layers in which a narrow gap between neighbours is a slip of the drawing."""
OF_ONE_PART = frozenset({"parcels", "relocation_zones"})
"""Layers in which one number for several pieces of land is worth a look."""

CHAINS: dict[str, tuple[tuple[str, ...], ...]] = {
    "waterways": (("started_on", "connected_on"),),
    "roads": (("started_on", "opened_on"),),
    "relocation_zones": (("agreed_on", "vacated_on", "resupplied_on"),),
    "parcels": (
        ("approved_on", "supplied_on", "started_on", "completed_on"),
        ("started_on", "suspended_on", "resumed_on"),
    ),
    "greening": (("started_on", "completed_on"),),
    "projects": (("negotiating_on", "signed_on", "landed_on", "producing_on"),),
}
"""Layer → dates that follow each other; empty ones are passed over, 现状 is before all."""

NEEDS: dict[str, tuple[tuple[str, str], ...]] = {
    "relocation_zones": (("resupplied_on", "vacated_on"),),
    "parcels": (("resumed_on", "suspended_on"),),
}
"""Layer → (date, date without which it can't have happened)."""


def check_layer(
    frame: GeoDataFrame, schema: LayerSchema, *, district: BaseGeometry | None, choices: Choices
) -> tuple[GeoDataFrame, list[Finding]]:
    """Check a layer, with the repairs that were taken.

    Parameters
    ----------
    frame : n rows, EPSG:4490, typed as `schema` tells; row order as in the upload
    district : its boundary in EPSG:4490; what needs it is left out without one
    choices : `repairs` names the finding codes whose repair is taken

    Returns
    -------
    (frame, findings)
        The frame after the repairs: same columns, fewer rows where rows were dropped or collected, each with its row
        number in the upload as its index label. Findings are for what is left, with a `REPAIRED` note per repair.

    Source: ellipsoidal areas as in `crs.area_m2`; tolerances in metres in `schema.DRAWING_CRS`.
    """
    frame = frame.reset_index(drop=True)
    findings: list[Finding] = []
    for code, mend in _SHAPE_REPAIRS.items():
        if code in choices.repairs:
            repaired = mend(frame, schema)
            frame = repaired.frame
            findings += [repaired.note] if repaired.note else []
    findings += _check_rows_left(frame)
    if not len(frame):
        return frame, findings
    findings += _check_shapes(frame, schema.geometry)
    if schema.name in OF_ONE_PART and "DUPLICATE_KEY" not in choices.repairs:
        findings += _check_parts(frame)
    findings += _check_keys(frame, schema)
    findings += _check_date_order(frame, schema)
    if schema.geometry == "Polygon":
        findings += _check_areas(frame, schema, district)
    return frame, findings


def check_attributes(frame: GeoDataFrame, schema: LayerSchema) -> list[Finding]:
    """Check what a ledger may have changed: order of dates, recorded areas. Rows are the frame's labels."""
    findings = _check_date_order(frame, schema)
    if len(frame) and "area_recorded_m2" in frame:
        degrees = measurable(shapes_of(frame))
        findings += _check_recorded_area(frame, degrees, measurable(in_metres(degrees)), schema)
    return findings


_SHAPE_REPAIRS: dict[str, Callable[[GeoDataFrame, LayerSchema], Repaired]] = {
    "HAS_ZM": lambda frame, _: repair.drop_zm(frame),
    "MIXED_GEOM": lambda frame, schema: repair.keep_fitting(frame, schema.geometry),
    "INVALID_GEOM": lambda frame, schema: repair.make_valid(frame, schema.geometry),
    "NULL_GEOM": lambda frame, _: repair.drop_null(frame),
    "DUPLICATE_KEY": repair.collect_parts,
    "OVERLAP": lambda frame, schema: (
        repair.without_narrow_overlaps(frame) if schema.name in WITHOUT_OVERLAP else Repaired(frame)
    ),
    "SLIVER": lambda frame, schema: (
        repair.without_slivers(frame, close_gaps=schema.name in WITHOUT_GAPS)
        if schema.geometry == "Polygon"
        else Repaired(frame)
    ),
    "MULTI_PART": lambda frame, schema: (
        repair.split_parts(frame, schema) if schema.name in OF_ONE_PART else Repaired(frame)
    ),
}
"""Finding code → its repair, in the order in which they are applied."""


def _check_rows_left(frame: GeoDataFrame) -> list[Finding]:
    if len(frame):
        return []
    return [found("EMPTY_LAYER", text("No feature is left. Look whether the right file was chosen."))]


# --- shapes ----------------------------------------------------------------------------------------------------------

_TYPE_NAMES: dict[str, Text] = {
    "Point": label("点", "points"),
    "LineString": label("线", "lines"),
    "Polygon": label("面", "areas"),
    "GeometryCollection": label("混合几何", "mixed collections"),
}
_TYPES_BY_ID = ("Point", "LineString", "LineString", "Polygon", "Point", "LineString", "Polygon", "GeometryCollection")


def _check_shapes(frame: GeoDataFrame, geometry: GeometryType) -> list[Finding]:
    shapes = shapes_of(frame)
    null = without_shape(shapes)
    findings = []
    if null.any():
        rows = labels(frame, null)
        findings.append(
            found(
                "NULL_GEOM",
                text(
                    "{count} rows have no shape ({rows}). Draw them, or take the repair that leaves them out.",
                    count=len(rows),
                    rows=row_examples(rows),
                ),
                rows=rows,
            )
        )
    findings += _check_types(frame, shapes, null, geometry)
    higher = np.asarray(shapely.has_z(shapes) | shapely.has_m(shapes), dtype=bool)
    if higher.any():
        findings.append(
            found(
                "HAS_ZM",
                text(
                    "{count} shapes carry heights or measures (Z, M), which a plan does not use. Take the repair that "
                    "drops them.",
                    count=int(higher.sum()),
                ),
                rows=labels(frame, higher),
            )
        )
    return findings + _check_validity(frame, shapes, null)


def _check_parts(frame: GeoDataFrame) -> list[Finding]:
    several = repair.several_parts(shapes_of(frame))
    if not several.any():
        return []
    rows = labels(frame, several)
    return [
        found(
            "MULTI_PART",
            text(
                "{count} features consist of several separate parts ({rows}). That may be so; the repair makes a "
                "feature of each part.",
                count=len(rows),
                rows=row_examples(rows),
            ),
            rows=rows,
        )
    ]


def _check_types(
    frame: GeoDataFrame, shapes: Shapes, null: npt.NDArray[np.bool_], geometry: GeometryType
) -> list[Finding]:
    """Shapes of another type than the layer's. Those a repair can bring to fit are `MIXED_GEOM`."""
    strange = ~repair.fits(shapes, geometry) & ~null
    if not strange.any():
        return []
    collections = strange & (shapely.get_type_id(shapes) == 7)
    partly = np.zeros(len(shapes), dtype=bool)
    for place in np.flatnonzero(strange):
        partly[place] = repair.fitting_part(shapes[place], geometry) is not None
    some_fit = bool((~strange & ~null).any() or partly.any())
    wanted = _TYPE_NAMES[geometry]
    findings = []
    wrong = strange & ~(collections & partly)
    if wrong.any():
        rows = labels(frame, wrong)
        types = Counter(_TYPES_BY_ID[kind] for kind in shapely.get_type_id(shapes[wrong]))
        findings.append(
            found(
                "WRONG_GEOM_TYPE",
                text(
                    "The layer takes {wanted}, but {count} features are {types} ({rows}). Choose another file or layer"
                    "{or_repair}.",
                    wanted=wanted,
                    count=len(rows),
                    types=listed([_TYPE_NAMES[name] for name, _ in types.most_common()]),
                    rows=row_examples(rows),
                    or_repair=text(", or take the repair of the mixed shapes") if some_fit else "",
                ),
                rows=rows,
            )
        )
    if some_fit:
        rows = labels(frame, strange)
        findings.append(
            found(
                "MIXED_GEOM",
                text(
                    "{count} shapes are not only {wanted} ({rows}). The repair keeps the part that fits in "
                    "{mendable_part} of them and leaves {left_out} rows out.",
                    count=len(rows),
                    wanted=wanted,
                    rows=row_examples(rows),
                    mendable_part=int(partly.sum()),
                    left_out=int((strange & ~partly).sum()),
                ),
                rows=rows,
            )
        )
    return findings


_REASONS: dict[str, Text] = {
    "Self-intersection": text("the border crosses itself"),
    "Ring Self-intersection": text("the border touches itself"),
    "Hole lies outside shell": text("a hole lies outside its polygon"),
    "Holes are nested": text("holes lie in each other"),
    "Nested holes": text("holes lie in each other"),
    "Nested shells": text("parts lie in each other"),
    "Interior is disconnected": text("holes cut the polygon apart"),
    "Duplicate Rings": text("a ring stands twice"),
    "Too few points in geometry component": text("too few vertices"),
    "Invalid Coordinate": text("coordinates that are no numbers"),
}


def _check_validity(frame: GeoDataFrame, shapes: Shapes, null: npt.NDArray[np.bool_]) -> list[Finding]:
    invalid = np.asarray(~shapely.is_valid(shapes) & ~null, dtype=bool)
    if not invalid.any():
        return []
    rows = labels(frame, invalid)
    reasons = Counter(reason.partition("[")[0].strip() for reason in shapely.is_valid_reason(shapes[invalid]))
    return [
        found(
            "INVALID_GEOM",
            text(
                "{count} shapes are invalid: {reasons} ({rows}). Mend them, or take the repair.{otherwise}",
                count=len(rows),
                reasons=listed([_REASONS.get(reason, label(reason, reason)) for reason, _ in reasons.most_common()]),
                rows=row_examples(rows),
                otherwise=_area_as_it_is(shapes[invalid]),
            ),
            rows=rows,
        )
    ]


def _area_as_it_is(invalid: Shapes) -> Text | str:
    """What invalid areas count as when they are left as they are: loops that run the other way count as less than 0."""
    mended = measurable(invalid)
    areal = ~shapely.is_missing(mended)
    if not areal.any():
        return ""
    counted_m2 = crs.area_m2(GeoSeries(invalid[areal], crs=STORE_CRS)).sum()
    mended_m2 = crs.area_m2(GeoSeries(mended[areal], crs=STORE_CRS)).sum()
    if abs(counted_m2 - mended_m2) < 1:
        return ""
    return text(
        " Left as they are, they stay in the layer, but their area counts as {counted} m² instead of {mended} m².",
        counted=f"{counted_m2:,.0f}",
        mended=f"{mended_m2:,.0f}",
    )


# --- attributes ------------------------------------------------------------------------------------------------------


def _check_keys(frame: GeoDataFrame, schema: LayerSchema) -> list[Finding]:
    field = schema.fields[0]
    keys = frame[field.name]
    findings = []
    empty = keys.isna().to_numpy(dtype=bool)
    if empty.any():
        rows = labels(frame, empty)
        findings.append(
            found(
                "MISSING_KEY",
                text(
                    "{field} is empty in {count} rows ({rows}). Every feature needs one of its own.",
                    field=field.label,
                    count=len(rows),
                    rows=row_examples(rows),
                ),
                rows=rows,
                field=field.name,
            )
        )
    doubled = (keys.duplicated(keep=False) & keys.notna()).to_numpy(dtype=bool)
    if doubled.any():
        rows = labels(frame, doubled)
        alike = int(repair.alike_rows(frame, schema).sum())
        findings.append(
            found(
                "DUPLICATE_KEY",
                text(
                    "{field}: {keys} values stand several times, in {count} rows ({rows}). Each may stand once; rows "
                    "that agree in all attributes ({mendable}) can be collected by the repair.",
                    field=field.label,
                    keys=int(keys[doubled].nunique()),
                    count=len(rows),
                    rows=row_examples(rows, keys[doubled]),
                    mendable=alike,
                ),
                rows=rows,
                field=field.name,
            )
        )
    return findings


def _check_date_order(frame: GeoDataFrame, schema: LayerSchema) -> list[Finding]:
    findings = []
    for chain in CHAINS.get(schema.name, ()):
        for place, later in enumerate(chain):
            for earlier in chain[:place]:
                # Between two dates that both stand, only the next one before is compared: one slip, one finding.
                between = [name for name in chain[:place] if chain.index(name) > chain.index(earlier)]
                findings += _out_of_order(frame, schema, earlier, later, between)
    for later, earlier in NEEDS.get(schema.name, ()):
        alone = (frame[later].notna() & frame[earlier].isna()).to_numpy(dtype=bool)
        if alone.any():
            rows = labels(frame, alone)
            findings.append(
                found(
                    "DATE_ORDER",
                    text(
                        "{later} stands without {earlier} in {count} rows ({rows}).",
                        later=schema.field(later).label,
                        earlier=schema.field(earlier).label,
                        count=len(rows),
                        rows=row_examples(rows),
                    ),
                    rows=rows,
                    field=later,
                )
            )
    return findings


def _out_of_order(
    frame: GeoDataFrame, schema: LayerSchema, earlier: str, later: str, between: Sequence[str]
) -> list[Finding]:
    before, after = frame[earlier], frame[later]
    wrong = (before > after) & (after != EXISTING)
    for name in between:
        wrong &= frame[name].isna()
    wrong_rows = wrong.to_numpy(dtype=bool)
    if not wrong_rows.any():
        return []
    rows = labels(frame, wrong_rows)
    pairs = (
        f"{one:%Y-%m-%d} > {other:%Y-%m-%d}" for one, other in zip(before[wrong_rows], after[wrong_rows], strict=True)
    )
    return [
        found(
            "DATE_ORDER",
            text(
                "{earlier} comes after {later} in {count} rows ({rows}). Look which date is wrong.",
                earlier=schema.field(earlier).label,
                later=schema.field(later).label,
                count=len(rows),
                rows=row_examples(rows, pairs),
            ),
            rows=rows,
            field=later,
        )
    ]


# --- areas -----------------------------------------------------------------------------------------------------------


def _check_areas(frame: GeoDataFrame, schema: LayerSchema, district: BaseGeometry | None) -> list[Finding]:
    """Overlaps, slivers, recorded areas and what lies outside the district."""
    degrees = measurable(shapes_of(frame))
    metric = measurable(in_metres(degrees))
    findings = []
    if schema.name in WITHOUT_OVERLAP:
        findings += _check_overlaps(frame, metric, schema)
    findings += _check_slivers(frame, metric, schema)
    if "area_recorded_m2" in frame:
        findings += _check_recorded_area(frame, degrees, metric, schema)
    if schema.name == "parcels" and district is not None:
        findings += _check_outside(frame, degrees, district)
    return findings


def _check_overlaps(frame: GeoDataFrame, metric: Shapes, schema: LayerSchema) -> list[Finding]:
    each = overlaps(metric)
    if not len(each.first):
        return []
    keys = frame[schema.key].astype(object).fillna("–").to_numpy()
    largest = np.argsort(-each.area_m2, kind="stable")[:3]
    pairs = [
        f"{shown(keys[each.first[place]])} / {shown(keys[each.second[place]])} {each.area_m2[place]:,.1f} m²"
        for place in largest
    ]
    rows = np.unique(labels(frame, np.concatenate([each.first, each.second])))
    return [
        found(
            "OVERLAP",
            text(
                "{count} pairs of features overlap, together {area} m² ({pairs}). Redraw the borders; {mendable} "
                "narrow ones (under 0.5 m) can be cut by the repair.",
                count=len(each.first),
                area=f"{each.area_m2.sum():,.1f}",
                pairs=listed(pairs + (["…"] if len(each.first) > len(pairs) else [])),
                mendable=int(each.narrow.sum()),
            ),
            rows=rows,
            count=len(each.first),
        )
    ]


def _check_slivers(frame: GeoDataFrame, metric: Shapes, schema: LayerSchema) -> list[Finding]:
    findings = []
    parts, of_shape = shapely.get_parts(metric, return_index=True)
    thin = are_slivers(parts)
    if thin.any():
        whole = np.setdiff1d(of_shape[thin], of_shape[~thin])
        places = np.unique(of_shape[thin])
        rows = labels(frame, places)
        findings.append(
            found(
                "SLIVER",
                text(
                    "{count} features are slivers or have sliver parts, under 10 m² or 0.5 m wide ({rows}). Redraw or "
                    "remove them; the repair drops the parts ({mendable}), not whole features.",
                    count=len(rows),
                    rows=row_examples(rows),
                    mendable=len(places) - len(whole),
                ),
                rows=rows,
            )
        )
    if schema.name in WITHOUT_GAPS:
        findings += _check_gaps(frame, metric)
    return findings


def _check_gaps(frame: GeoDataFrame, metric: Shapes) -> list[Finding]:
    narrow = gaps(metric)
    if not len(narrow):
        return []
    _, beside = gap_neighbours(narrow, metric)
    rows = np.unique(labels(frame, beside))
    return [
        found(
            "SLIVER",
            text(
                "{count} narrow gaps lie between features, together {area} m² (beside {rows}). Redraw the borders, or "
                "take the repair that fills them.",
                count=len(narrow),
                area=f"{shapely.area(narrow).sum():,.1f}",
                rows=row_examples(rows),
            ),
            rows=rows,
            count=len(narrow),
        )
    ]


_OTHER_UNITS: dict[float, Text] = {
    2000 / 3: text("The recorded areas look like mu (亩); write square metres, or name the column 登记面积(亩)."),
    10_000.0: text("The recorded areas look like hectares; write square metres, or name the column 登记面积(公顷)."),
}


def _check_recorded_area(frame: GeoDataFrame, degrees: Shapes, metric: Shapes, schema: LayerSchema) -> list[Finding]:
    field = schema.field("area_recorded_m2")
    recorded = frame[field.name].to_numpy(dtype=float)
    planar = shapely.area(metric)
    measured = np.full(len(frame), np.nan)
    with np.errstate(invalid="ignore"):
        # On paper areas are less than 0.1 % off here, so the dear measure is for those near the limit and beyond.
        doubtful = np.abs(recorded - planar) > AREA_SHARE / 2 * planar
    measured[doubtful] = crs.area_m2(GeoSeries(degrees[doubtful], crs=STORE_CRS)).to_numpy()
    with np.errstate(invalid="ignore"):
        off = np.abs(recorded - measured)
        wrong = (off > AREA_SHARE * measured) & (off > AREA_M2)
    if not wrong.any():
        return []
    rows = labels(frame, wrong)
    pairs = (f"{one:,.0f} / {other:,.0f} m²" for one, other in zip(recorded[wrong], measured[wrong], strict=True))
    return [
        found(
            "AREA_MISMATCH",
            text(
                "{field} differs from the measured area by more than 1 % and 10 m² in {count} rows "
                "({rows}; recorded / measured). {advice}",
                field=field.label,
                count=len(rows),
                rows=row_examples(rows, pairs),
                advice=_area_advice(measured[wrong], recorded[wrong]),
            ),
            rows=rows,
            field=field.name,
        )
    ]


def _area_advice(measured: npt.NDArray[np.float64], recorded: npt.NDArray[np.float64]) -> Text:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = float(np.nanmedian(np.where(recorded > 0, measured / recorded, np.nan))) if (recorded > 0).any() else 0
    for factor, advice in _OTHER_UNITS.items():
        if abs(ratio / factor - 1) < 0.05:
            return advice
    return text("Look which of the two is right.")


def _check_outside(frame: GeoDataFrame, degrees: Shapes, district: BaseGeometry) -> list[Finding]:
    """Parcels partly outside; those wholly outside were found when the CRS was decided."""
    shapely.prepare(district)
    across = np.asarray(shapely.intersects(district, degrees) & ~shapely.contains(district, degrees), dtype=bool)
    places = np.flatnonzero(across)
    if not len(places):
        return []
    inside = shapely.area(shapely.intersection(degrees[places], district))
    outside = 1 - inside / shapely.area(degrees[places])
    places, outside = places[outside > OUTSIDE_SHARE], outside[outside > OUTSIDE_SHARE]
    if not len(places):
        return []
    rows = labels(frame, places)
    return [
        found(
            "OUT_OF_AREA",
            text(
                "{count} parcels lie partly outside the district ({rows}). Cut them at its boundary, or look whether "
                "the boundary is right.",
                count=len(rows),
                rows=row_examples(rows, (f"{share:.0%}" for share in outside)),
            ),
            rows=rows,
        )
    ]


# --- the plan's structure --------------------------------------------------------------------------------------------

_AXES = {"vertical": ("纵", 4), "horizontal": ("横", 5)}
_NUMERALS = "零一二三四五六七八九"
_COUNTS = {"corridors": 3, "water_zones": 3, "district": 1}
_WITHIN_M = 1.0
"""How near parts have to be to count as one piece."""


def check_structure(layer: str, frame: GeoDataFrame) -> list[Finding]:
    """Whether a layer has the plan's structure: 四纵五横, three zones, three corridors without gaps, one district.

    Parameters
    ----------
    frame : clean frame of the layer, as it would be published; what is missing is named

    Returns
    -------
    Findings `STRUCTURE`, without row numbers: the layer may hold more than the upload. Other layers have none.
    """
    if layer == "waterways":
        return _check_axes(frame)
    if layer not in _COUNTS:
        return []
    findings = _check_count(layer, frame)
    if layer == "corridors":
        findings += _check_pieces(frame)
    return findings


def _check_axes(frame: GeoDataFrame) -> list[Finding]:
    findings = []
    missing, beyond = [], []
    for axis, (zh, most) in _AXES.items():
        numbers = set(frame.loc[(frame["axis"] == axis).fillna(False), "axis_no"].dropna().astype(int))
        missing += [_axis_name(zh, axis, number) for number in range(1, most + 1) if number not in numbers]
        beyond += [_axis_name(zh, axis, number) for number in sorted(numbers) if not 1 <= number <= most]
    if missing:
        findings.append(
            found(
                "STRUCTURE",
                text(
                    "Of the four vertical and five horizontal waterways {missing} is missing. Add it, or mend its axis "
                    "and number.",
                    missing=listed(missing),
                ),
                count=len(missing),
                field="axis_no",
            )
        )
    if beyond:
        findings.append(
            found(
                "STRUCTURE",
                text(
                    "The plan has four vertical and five horizontal waterways; {beyond} is beyond them.",
                    beyond=listed(beyond),
                ),
                count=len(beyond),
                field="axis_no",
            )
        )
    return findings


def _axis_name(zh: str, axis: str, number: int) -> Text:
    numeral = _NUMERALS[number] if 0 <= number < len(_NUMERALS) else str(number)
    return label(f"{zh}{numeral}", f"{axis} {number}")


def _check_count(layer: str, frame: GeoDataFrame) -> list[Finding]:
    wanted, features = _COUNTS[layer], len(frame)
    if features == wanted:
        return []
    missing = _missing_names(frame, wanted)
    if missing:
        message = text(
            "There are {features} features where the plan has {wanted}; {missing} is missing.",
            features=features,
            wanted=wanted,
            missing=listed(missing),
        )
    else:
        message = text(
            "There are {features} features where the plan has {wanted}: {names}.",
            features=features,
            wanted=wanted,
            names=listed(frame["name"].dropna()) if features else "–",
        )
    return [found("STRUCTURE", message, count=abs(features - wanted))]


def _missing_names(frame: GeoDataFrame, wanted: int) -> list[str]:
    """Names of what is missing, where names or keys are numbered alike: 水廊一, 水廊三 → 水廊二."""
    for column in ("name", frame.columns[0]):
        split = [_numbered(str(value)) for value in frame[column].dropna()]
        if not split or None in split:
            continue
        forms = {(before, after) for before, _, after in split if before is not None}  # type: ignore[misc]
        numbers = {number for _, number, _ in split}  # type: ignore[misc]
        missing = [number for number in range(1, wanted + 1) if number not in numbers]
        if len(forms) == 1 and len(missing) == wanted - len(frame):
            return [_written_like(str(frame[column].dropna().iloc[0]), number) for number in missing]
    return []


_NUMBER_IN_NAME = re.compile(r"^(.*?)(\d+|[一二三四五六七八九])(\D*)$")


def _numbered(name: str) -> tuple[str, int, str] | None:
    match = _NUMBER_IN_NAME.match(name)
    if not match:
        return None
    return match[1], _NUMERALS.index(match[2]) if match[2] in _NUMERALS else int(match[2]), match[3]


def _written_like(name: str, number: int) -> str:
    """`name` with another number, in the same numerals and as many digits."""
    match = _NUMBER_IN_NAME.match(name)
    if not match:
        return name
    numeral = _NUMERALS[number] if match[2] in _NUMERALS else str(number).zfill(len(match[2]))
    return f"{match[1]}{numeral}{match[3]}"


def _check_pieces(frame: GeoDataFrame) -> list[Finding]:
    """Each corridor in one piece: its parts, of one row or of several of one name, lie within a metre of each other."""
    metric = measurable(in_metres(shapes_of(frame)))
    gapped = []
    for name, places in pd.Series(range(len(frame))).groupby(frame["name"].to_numpy(), dropna=True):
        shapes = metric[places.to_numpy()]
        shapes = shapes[~shapely.is_missing(shapes)]
        if not len(shapes):
            continue
        pieces = shapely.get_num_geometries(shapely.union_all(shapely.buffer(shapes, _WITHIN_M / 2)))
        if pieces > 1:
            gapped.append(label(f"{shown(name)}（{pieces} 段）", f"{shown(name)} ({pieces} pieces)"))
    if not gapped:
        return []
    return [
        found(
            "STRUCTURE",
            text("Corridors must run without a gap; these are in several pieces: {names}.", names=listed(gapped)),
            count=len(gapped),
        )
    ]
