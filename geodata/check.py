"""An upload held against its layer: what it holds, what is wrong with it, and what publishing it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from geodata import crs, ledger, mapping, repair, validation
from geodata.catalogue import Version
from geodata.choices import Choices
from geodata.content import canonical
from geodata.diff import LayerDiff, diff_layers, in_key_order, keep_stored_shapes
from geodata.findings import Finding, Outcome, Severity, found, outcome_of
from geodata.i18n import Language, text
from geodata.mapping import Mapped
from geodata.reading import Reading, merge_findings, read_table, read_upload
from geodata.schema import STORE_CRS, LayerSchema, schema_of
from geodata.settings import Settings
from geodata.store import Store

_MASS_REMOVAL_SHARE = 0.2


@dataclass(frozen=True)
class Check:
    """An upload, read and held against the layer's schema, the district and the current version."""

    layer: str
    path: Path
    reading: Reading
    choices: Choices
    findings: list[Finding]
    frame: GeoDataFrame | None = None
    """What would be published: the clean frame, whole. None while errors stand in the way of making it."""
    mapped: Mapped | None = None
    placed: GeoDataFrame | None = None
    """The upload's own rows in EPSG:4490, typed, before repairs: what the rows of findings count in."""
    crs: str | None = None
    diff: LayerDiff | None = None
    land_use_standard: str | None = None
    """Standard in which the upload's land-use codes were read, stated or guessed; None where it has none."""
    joined: ledger.Joined | None = None
    """Of a ledger: which keys stand on one side only, and what it was put into."""
    base: int | None = None
    """Number of the version that was current when this was checked; None without one."""

    @property
    def outcome(self) -> Outcome:
        """Accept, accept with warnings, or reject."""
        return outcome_of(self.findings)

    def to_json(self, language: Language) -> dict[str, Any]:
        """The document of the command line's `check`: that of `inspect`, with our findings and the difference."""
        return (
            self.reading.to_json(language)
            | {
                "outcome": self.outcome,
                "findings": [finding.to_json(language) for finding in self.findings],
                "diff": self.diff.counts() if self.diff else None,
            }
            | self._of_ledger()
        )

    def _of_ledger(self) -> dict[str, Any]:
        if self.joined is None:
            return {}
        sides = {"only_in_ledger": self.joined.only_in_ledger, "only_in_layer": self.joined.only_in_layer}
        return {"ledger": {name: list(keys) for name, keys in sides.items()}}


def check_upload(store: Store, layer: str, path: Path, *, choices: Choices, settings: Settings) -> Check:
    """Read an upload and check it. Never raises for bad data: that is told by findings.

    Raises
    ------
    UnknownLayerError
        There is no such layer.
    StoreError
        The current version can't be read.
    """
    schema = schema_of(layer)
    versions = store.current()
    current = versions.get(layer)
    old = None if current is None else store.read_version(current)
    remembered = _remembered_columns(store.versions(layer))
    if choices.ledger:
        check = _check_ledger(layer, path, choices, settings, old=old, remembered=remembered)
        check = replace(check, crs=current.crs if current else None)
    else:
        district = _district(store, versions, layer)
        check = _check_layer(layer, path, choices, settings, district=district, remembered=remembered)
    check = replace(check, base=current.number if current else None)
    if check.frame is None or check.outcome == "reject":
        return replace(check, frame=None)
    merged = _merged(old, check.frame, schema, only_changes=choices.only_changes and not choices.ledger)
    whole = in_key_order(_storable(merged, schema), schema)
    diff = diff_layers(old, whole, schema, accept_rename=choices.accept_rename)
    if old is not None:
        whole = keep_stored_shapes(old, whole, diff, schema)
    findings = [*check.findings, *validation.check_structure(layer, whole), *_losses(old, whole, diff, schema)]
    return replace(check, findings=findings, frame=whole, diff=diff)


def _check_layer(
    layer: str,
    path: Path,
    choices: Choices,
    settings: Settings,
    *,
    district: BaseGeometry | None,
    remembered: Mapping[str, str],
) -> Check:
    """Features with their shapes: read, placed, typed, checked and repaired. `frame` holds those of the upload."""
    schema = schema_of(layer)
    reading = read_upload(path, choices=choices, settings=settings)
    check = Check(layer, path, reading, choices, list(reading.findings))
    if reading.frame is None:
        return check
    placed, named_crs, found_crs = crs.to_store_crs(reading.frame, choices, district=district)
    names = [str(name) for name in placed.columns if name != "geometry"]
    mapped = mapping.match_columns(names, schema, choices.columns, remembered=remembered)
    typed, found_values = mapping.to_fields(placed, schema, mapped, choices=choices)
    of_columns = [*mapped.findings, *found_values]
    so_far = merge_findings(reading.findings, found_crs, of_columns)
    standard = mapping.land_use_standard(placed, mapped, choices)
    check = replace(check, mapped=mapped, placed=typed, crs=named_crs, findings=so_far, land_use_standard=standard)
    if mapped.missing and names == ["Layer"]:
        check.findings.append(_drawing_alone())
    if str(typed.crs and typed.crs.to_string()) != STORE_CRS or mapped.missing:
        return check
    checked, found_rows = validation.check_layer(typed, schema, district=district, choices=choices)
    read = repair.settled(reading.findings, typed, choices)
    return replace(check, frame=checked, findings=merge_findings(read, found_crs, of_columns, found_rows))


def _drawing_alone() -> Finding:
    return found(
        "MISSING_FIELD",
        text(
            "A drawing (DXF) holds shapes alone. Give them their attributes in a GIS and upload them as GeoPackage or "
            "shapefile."
        ),
        severity=Severity.NOTE,
    )


def _check_ledger(
    layer: str,
    path: Path,
    choices: Choices,
    settings: Settings,
    *,
    old: GeoDataFrame | None,
    remembered: Mapping[str, str],
) -> Check:
    """A table of keys and attributes, put into the features that are there. `frame` holds them all."""
    schema = schema_of(layer)
    read = read_table(path, choices=choices, settings=settings)
    check = Check(layer, path, Reading(read.path, read.layers, read.findings, None), choices, list(read.findings))
    if old is None:
        return replace(check, findings=[*read.findings, ledger.no_version()])
    if read.frame is None:
        return check
    table, left_out = ledger.attributes_of(read.frame, schema)
    mapped = ledger.match_columns([str(name) for name in table.columns], schema, choices.columns, remembered)
    check = replace(check, mapped=mapped, findings=merge_findings(read.findings, left_out, mapped.findings))
    if mapped.missing or table.empty:
        return check
    joined = ledger.join(table, old, schema, mapped, choices=choices)
    return replace(
        check,
        frame=joined.frame,
        placed=joined.placed,
        joined=joined,
        land_use_standard=mapping.land_use_standard(table, mapped, choices),
        findings=merge_findings(check.findings, joined.findings, validation.check_attributes(joined.touched, schema)),
    )


def _remembered_columns(versions: Sequence[Version]) -> dict[str, str]:
    """Columns that were matched by hand for earlier versions of a layer, the latest word for each."""
    remembered: dict[str, str] = {}
    for version in versions:
        if written := version.decisions.get("choices"):
            remembered |= Choices.from_json(written).columns
    return remembered


def _district(store: Store, versions: Mapping[str, Version], layer: str) -> BaseGeometry | None:
    """The published district, in EPSG:4490; None without one, and for the district itself."""
    if layer == "district" or "district" not in versions:
        return None
    return store.read_version(versions["district"]).geometry.union_all()


def _merged(old: GeoDataFrame | None, new: GeoDataFrame, schema: LayerSchema, *, only_changes: bool) -> GeoDataFrame:
    """The whole layer after the upload: the upload itself, or the current version with the upload's rows put in."""
    if old is None or not only_changes:
        return new
    stays = old[~old[schema.key].isin(set(new[schema.key]))]
    return GeoDataFrame(pd.concat([stays, new], ignore_index=True), crs=STORE_CRS)


def _losses(old: GeoDataFrame | None, new: GeoDataFrame, diff: LayerDiff, schema: LayerSchema) -> list[Finding]:
    """What may have been lost by accident, and whether anything changes at all."""
    if old is None:
        return []
    if diff.is_empty:
        return [found("NO_CHANGE", text("The file holds exactly what is current; nothing would change."))]
    findings = []
    if diff.renames:
        first_old, first_new = next(iter(diff.renames.items()))
        findings.append(
            found(
                "RENAMED",
                text(
                    "{count} features have a new key while their shape stayed, for example {old} → {new}. If they were"
                    " renamed, say so, and each counts as one change (`--accept-rename`).{zeros}",
                    zeros=_ZEROS_LOST if _zeros_lost(diff.renames) else "",
                    count=len(diff.renames),
                    old=first_old,
                    new=first_new,
                ),
                count=len(diff.renames),
                severity=Severity.NOTE,
            )
        )
    if len(diff.removed) > _MASS_REMOVAL_SHARE * len(old):
        findings.append(
            found(
                "MASS_REMOVAL",
                text(
                    "{removed} of {count} features would be removed, more than a fifth. If the file holds only changes,"
                    " choose “changes only”.",
                    removed=len(diff.removed),
                    count=len(old),
                ),
                count=len(diff.removed),
            )
        )
    if len(old) and len(diff.added) == len(new):
        findings.append(
            found(
                "ALL_KEYS_NEW",
                text(
                    "No key of the file is known: every feature of the current version would be replaced. Check the"
                    " column “{field}”.",
                    field=schema.fields[0].label,
                ),
                count=len(diff.added),
            )
        )
    if diff.shift_m is not None:
        findings.append(
            found(
                "SHIFTED",
                text(
                    "Nearly every feature moved by the same vector, {east} m east and {north} m north. Check the"
                    " coordinate system.",
                    east=round(diff.shift_m[0], 1),
                    north=round(diff.shift_m[1], 1),
                ),
                count=len(diff.geometry_changed),
            )
        )
    emptied = [
        field.label
        for field in schema.fields
        if field.name in old and old[field.name].notna().any() and not new[field.name].notna().any()
    ]
    if emptied:
        findings.append(
            found(
                "ATTRIBUTES_LOST",
                text(
                    "Filled in the current version, and empty everywhere after this upload: {fields}. Was a column "
                    "left out, or not matched?",
                    fields=mapping.listed(emptied, most=len(emptied)),
                ),
                count=len(emptied),
            )
        )
    return findings


_ZEROS_LOST = text(
    " The new keys lack the leading zeros of the old ones, as a spreadsheet leaves them: put the zeros back, with the "
    "column set to text."
)


def _zeros_lost(renames: Mapping[str, str]) -> bool:
    return all(old != new and old.lstrip("0") == new for old, new in renames.items())


def _storable(frame: GeoDataFrame, schema: LayerSchema) -> GeoDataFrame:
    """Unknown columns of mixed values as text, because a Parquet column has one type."""
    known = {field.name for field in schema.fields}
    mixed = [
        column
        for column in frame.columns
        if column not in known
        and frame[column].dtype == object
        and pd.api.types.infer_dtype(frame[column], skipna=True).startswith("mixed")
    ]
    texts = {
        column: ["" if value is None else str(value) for value in map(canonical, frame[column])] for column in mixed
    }
    return frame.assign(
        **{
            column: pd.Series(values, index=frame.index, dtype="str").where(frame[column].notna())
            for column, values in texts.items()
        }
    )
