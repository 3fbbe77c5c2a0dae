"""What is wrong with a layer as far as no schema and no district is needed to see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries

from geodata import crs, encoding
from geodata.archive import shown
from geodata.choices import Choices
from geodata.findings import Finding, Severity, found
from geodata.formats.base import Content, Geometries, bounds_of, empty, geometry_type_of
from geodata.i18n import Text, text
from geodata.reading import LayerInfo

_MAX_COORDINATE = 1e9
_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


def judge(name: str, content: Content, choices: Choices) -> tuple[GeoDataFrame | None, LayerInfo, list[Finding]]:
    """The frame of a layer, what it is, and what is wrong with it as far as no schema is needed."""
    geometry, failed = content.geometry, content.failed
    raw_names = content.names if content.names is not None else [str(column) for column in content.columns.columns]
    names, twice = unique(raw_names)
    known = crs.parse(choices.crs) if choices.crs else content.crs
    findings: list[Finding] = []
    if choices.crs and known is None:
        findings.append(
            found("CRS_UNKNOWN", text("There is no CRS “{name}”; give one as EPSG:4527.", name=choices.crs[:40]))
        )
    info = LayerInfo(
        name,
        len(geometry),
        geometry_type_of(geometry),
        crs.code_of(known),
        content.encoding,
        raw_names,
        bounds_of(geometry),
    )
    if twice:
        findings.append(duplicate_fields(twice, choices))
    if not len(geometry):
        return None, info, [*findings, empty(name)]
    columns = content.columns.set_axis(names, axis=1)
    frame = GeoDataFrame(columns, geometry=GeoSeries(geometry, index=columns.index), crs=known)
    if known is None and not choices.crs:
        findings.append(_missing_prj(content.crs_missing))
    findings += _check_geometries(geometry, failed, content.has_z)
    findings += _check_lost_texts(columns)
    if known is not None:
        findings += crs.check_declared(_turned(frame) if choices.swap_axes else frame)
    return frame, info, findings


def _turned(frame: GeoDataFrame) -> GeoDataFrame:
    turned = shapely.transform(frame.geometry.to_numpy(), lambda points: points[:, ::-1], include_z=False)
    return GeoDataFrame(geometry=GeoSeries(turned, index=frame.index), crs=frame.crs)


def unique(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Column names made unique, and those that stood twice."""
    seen: set[str] = set()
    unique = []
    twice = []
    for number, name in enumerate(names):
        plain = name or f"column {number + 1}"
        # The geometry has this name in the frame.
        candidate, count = (plain, 1) if plain != "geometry" else ("geometry (1)", 1)
        while candidate in seen:
            count += 1
            candidate = f"{plain} ({count})"
        if count > 1:
            twice.append(plain)
        seen.add(candidate)
        unique.append(candidate)
    return unique, twice


def duplicate_fields(twice: Sequence[str], choices: Choices) -> Finding:
    """That several columns have one name; a warning once a person said which is which."""
    # Once a person said which of them is which, it is no doubt any more.
    settled = all(any(column.startswith(name) for column in choices.columns) for name in twice)
    return found(
        "DUPLICATE_FIELD",
        text(
            "More than one column is called “{name}”; the later ones are shown as “{name} (2)” and so on. "
            "Say which one is meant, or rename them.",
            name=shown(twice[0], limit=40),
        ),
        count=len(twice),
        severity=Severity.WARNING if settled else None,
    )


def _missing_prj(why: Text | None) -> Finding:
    return found(
        "MISSING_PRJ",
        text("{reason} The CRS has to be guessed or chosen.", reason=why or text("The file declares no CRS.")),
    )


def _check_geometries(geometry: Geometries, failed: npt.NDArray[np.bool_], has_z: bool | None) -> list[Finding]:
    findings: list[Finding] = []
    missing = (shapely.is_missing(geometry) | shapely.is_empty(geometry)) & ~failed
    if missing.any():
        findings.append(found("NULL_GEOM", text("Features have no geometry."), rows=_rows(missing)))
    if failed.any():
        findings.append(
            found(
                "INVALID_GEOM",
                text(
                    "Geometries are broken and could not be built (a ring is not closed or has too few vertices).",
                    mendable=0,
                ),
                rows=_rows(failed),
            )
        )
    wild = _nonfinite(geometry)
    if wild.any():
        findings.append(
            found(
                "NONFINITE_COORD",
                text("Coordinates are no numbers, or larger than any map (NaN, infinity)."),
                rows=_rows(wild),
            )
        )
    invalid = ~shapely.is_valid(geometry) & ~shapely.is_missing(geometry) & ~wild
    if invalid.any():
        findings.append(
            found(
                "INVALID_GEOM",
                text("Geometries are not valid: rings cross or touch themselves, or lie wrongly inside each other."),
                rows=_rows(invalid),
            )
        )
    higher = np.asarray(shapely.has_z(geometry) | shapely.has_m(geometry), dtype=bool)
    if has_z or (has_z is None and bool(higher.any())):
        message = text("The geometries carry heights or measures; only the plan is kept.")
        findings.append(found("HAS_ZM", message, rows=_rows(higher)))
    kinds = _kinds_of(geometry)
    if len(set(kinds[kinds >= 0].tolist())) > 1 or bool((kinds == 3).any()):
        most = Counter(kinds[kinds >= 0].tolist()).most_common(1)[0][0]
        findings.append(
            found(
                "MIXED_GEOM",
                text("The layer mixes points, lines and areas; these features are of another kind than most."),
                rows=_rows((kinds >= 0) & ((kinds != most) | (kinds == 3))),
            )
        )
    return findings


def _rows(mask: npt.NDArray[np.bool_]) -> list[int]:
    return [int(row) for row in np.flatnonzero(mask)]


def _nonfinite(geometry: Geometries) -> npt.NDArray[np.bool_]:
    points, rows = shapely.get_coordinates(geometry, return_index=True)
    wild = np.zeros(len(geometry), dtype=bool)
    with np.errstate(invalid="ignore"):
        wild[rows[~(np.abs(points) < _MAX_COORDINATE).all(axis=1)]] = True
    return wild


def _kinds_of(geometry: Geometries) -> npt.NDArray[np.int64]:
    """0 point, 1 line, 2 area, 3 collection, -1 missing."""
    table = {-1: -1, 0: 0, 1: 1, 2: 1, 3: 2, 4: 0, 5: 1, 6: 2, 7: 3}
    return np.array([table.get(int(each), 3) for each in shapely.get_type_id(geometry)], dtype=np.int64)


def _check_lost_texts(columns: pd.DataFrame) -> list[Finding]:
    rows: set[int] = set()
    for name in columns.columns:
        column = columns[name]
        if not isinstance(column.dtype, pd.StringDtype):
            continue
        lost = {value for value in column.dropna().unique() if encoding.is_lost(value)}
        if lost:
            rows |= set(np.flatnonzero(column.isin(lost).to_numpy()).tolist())
    strange = {
        int(row)
        for name in columns.columns
        if isinstance(columns[name].dtype, pd.StringDtype)
        for row in np.flatnonzero(columns[name].str.contains(_CONTROL, regex=True, na=False).to_numpy())
    }
    findings = []
    if strange:
        message = text("Texts hold control characters, which no one types: they may be damaged.")
        findings.append(found("ENCODING_LOST", message, rows=strange))
    bad_names = [name for name in columns.columns if encoding.is_lost(str(name))]
    if not rows and not bad_names:
        return findings
    return [
        *findings,
        found(
            "ENCODING_LOST",
            text(
                "Characters were lost before this file was made (they read 锟斤拷, ??? or �). "
                "Only the office that has the original can bring them back."
            ),
            rows=rows,
        ),
    ]
