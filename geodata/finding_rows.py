"""The rows that findings are about, as tables to look at and files to take away."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata import exporting
from geodata.check import Check
from geodata.findings import Finding, Severity
from geodata.i18n import Language, label
from geodata.schema import schema_of

_ROW = label("行", "Row")
_CODE, _SEVERITY, _REASON = label("代码", "Code"), label("级别", "Severity"), label("说明", "Reason")
_NOT_IN_LEDGER = label("台账中没有这个要素，保持不变", "Not in the ledger; stays as it is")
SEVERITY_LABELS = {
    Severity.ERROR: label("错误", "Error"),
    Severity.WARNING: label("警告", "Warning"),
    Severity.NOTE: label("提示", "Note"),
}


def rows_of(check: Check, rows: Sequence[int], language: Language) -> pd.DataFrame:
    """The attributes of some rows of the upload under their labels, their 1-based number in front."""
    frame = _upload(check)
    if frame is None:
        return pd.DataFrame({_ROW.in_(language): [row + 1 for row in rows]})
    known = [row for row in rows if row < len(frame)]
    attributes = pd.DataFrame(frame.drop(columns=frame.geometry.name)).iloc[known]
    attributes = _named(attributes, check, language)
    attributes.insert(0, _ROW.in_(language), [row + 1 for row in known], allow_duplicates=True)
    return attributes.reset_index(drop=True)


def findings_file(check: Check, findings: Sequence[Finding], ending: str, language: Language) -> bytes:
    """Findings as `xlsx` (attributes) or `gpkg` (with shapes): one row for each row that a finding is about."""
    told = [(finding, row) for finding in findings for row in finding.rows] + [
        (finding, None) for finding in findings if not finding.rows
    ]
    reasons = pd.DataFrame(
        {
            _CODE.in_(language): [finding.code for finding, _ in told],
            _SEVERITY.in_(language): [SEVERITY_LABELS[finding.severity].in_(language) for finding, _ in told],
            _REASON.in_(language): [finding.message.in_(language) for finding, _ in told],
        }
    )
    frame = _upload(check)
    rows = pd.Series([None if row is None else row + 1 for _, row in told], dtype="Int64")
    table = reasons.assign(**{_ROW.in_(language): rows})
    shapes: list[object] = [None] * len(told)
    if frame is not None:
        position = [-1 if row is None or row >= len(frame) else row for _, row in told]
        named = _named(pd.DataFrame(frame.drop(columns=frame.geometry.name)), check, language)
        named = named.loc[:, ~named.columns.duplicated() & ~named.columns.isin(table.columns)]
        found = named.reset_index(drop=True).reindex(position).reset_index(drop=True)
        table = pd.concat([table, found], axis=1)
        values = frame.geometry.to_numpy()
        shapes = [values[row] if row >= 0 else None for row in position]
    left = _not_in_ledger(check, findings, language)
    if left is not None:
        table = pd.concat([table, left.drop(columns="geometry")], ignore_index=True)
        shapes += list(left.geometry)
    if ending == "xlsx":
        return exporting.findings_table(table)
    crs = None if frame is None else frame.crs
    return exporting.findings_layer(GeoDataFrame(table, geometry=_finite(shapes), crs=crs))


def _not_in_ledger(check: Check, findings: Sequence[Finding], language: Language) -> GeoDataFrame | None:
    """The features that a ledger does not name, as they stand in the layer; they have no row in the upload."""
    if check.joined is None or not check.joined.only_in_layer or "LEDGER_KEYS" not in {each.code for each in findings}:
        return None
    schema, frame = schema_of(check.layer), check.joined.frame
    rest = frame[frame[schema.key].isin(check.joined.only_in_layer)].reset_index(drop=True)
    named = _named(pd.DataFrame(rest.drop(columns="geometry")), check, language)
    named[_CODE.in_(language)] = "LEDGER_KEYS"
    named[_SEVERITY.in_(language)] = SEVERITY_LABELS[Severity.NOTE].in_(language)
    named[_REASON.in_(language)] = _NOT_IN_LEDGER.in_(language)
    return GeoDataFrame(named, geometry=rest.geometry, crs=rest.crs)


def _upload(check: Check) -> GeoDataFrame | None:
    """The upload's rows as findings count them: typed and placed where it came so far, else as read."""
    return check.placed if check.placed is not None else check.reading.frame


def _named(attributes: pd.DataFrame, check: Check, language: Language) -> pd.DataFrame:
    labels = {field.name: field.label.in_(language) for field in schema_of(check.layer).fields}
    present = set(check.mapped.columns.values()) if check.mapped else set()
    if check.placed is not None:
        # Fields that the file does not have are empty: they would only push the others out of sight.
        empty = [name for name in labels if name in attributes and name not in present]
        attributes = attributes.drop(columns=empty)
    return attributes.rename(columns=labels)


def _finite(shapes: Sequence[object]) -> list[object]:
    """Shapes with coordinates that are no numbers can't be written; their rows stay without one."""
    points = [shapely.get_coordinates(shape) for shape in shapes]
    return [shape if abs(each).sum() < float("inf") else None for shape, each in zip(shapes, points, strict=True)]
