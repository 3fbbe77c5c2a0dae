"""A ledger (台账): a table of keys and attributes without shapes, which updates features that are there already.

A cell that holds something takes the place of the present value; an empty cell leaves it as it is; a dash or 清空
clears it. Features that the ledger does not name stay as they are, and no shape is ever touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from geopandas import GeoDataFrame

from geodata import mapping
from geodata.choices import Choices
from geodata.content import canonical, same_value
from geodata.findings import Finding, Severity, found
from geodata.formats.tables import geometry_columns
from geodata.i18n import Text, text
from geodata.mapping import ORIGINAL_LAND_USE, Mapped, before_and_after, listed, row_examples, shown
from geodata.schema import STORE_CRS, Kind, LayerSchema
from geodata.values import as_texts, is_no_value, name_key, plain, trimmed

CLEARS = frozenset({"-", "--", "—", "——", "–", "清空"})
"""What a cell says to clear the present value. Fields other than text take 无, null and the like as well."""

_COUNTERS = frozenset({"序号", "no", "no.", "#"})
"""Names of a column that only counts the ledger's rows."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Joined:
    """A ledger held against the features that are there."""

    frame: GeoDataFrame
    """Every present feature, with what the ledger says of it; rows, keys and shapes as they were."""
    placed: GeoDataFrame
    """The ledger's own rows, typed, with the shapes of the features they name."""
    touched: GeoDataFrame
    """The features that the ledger names, as they would be; each has its row of the ledger as its label."""
    only_in_ledger: tuple[str, ...]
    """Keys that no feature has, in the ledger's order."""
    only_in_layer: tuple[str, ...]
    """Keys of features that the ledger does not name."""
    findings: list[Finding]


def attributes_of(table: pd.DataFrame, schema: LayerSchema) -> tuple[pd.DataFrame, list[Finding]]:
    """The columns of a ledger that say something of features: neither a count of the rows nor shapes."""
    fields = {name_key(field.zh) for field in schema.fields}
    shapes = geometry_columns(table) or ()
    left_out = [
        name
        for place, name in enumerate(map(str, table.columns))
        if place in shapes or (name_key(name) in _COUNTERS - fields and _counts(table[name]))
    ]
    if not left_out:
        return table, []
    note = found(
        "UNKNOWN_FIELD",
        text(
            "These columns were left out: {columns}. Of a ledger neither row numbers nor shapes are taken.",
            columns=listed(left_out),
        ),
        count=len(left_out),
    )
    return table.drop(columns=left_out), [note]


def _counts(values: pd.Series[Any]) -> bool:
    return bool(pd.to_numeric(values.dropna(), errors="coerce").notna().all())


def match_columns(
    names: Sequence[str], schema: LayerSchema, chosen: Mapping[str, str], remembered: Mapping[str, str]
) -> Mapped:
    """Which column of a ledger is which field; only the key must be there, and something beside it."""
    mapped = mapping.match_columns(names, schema, chosen, required=[schema.key], remembered=remembered)
    if mapped.missing or len(names) > 1:
        return mapped
    nothing = found("MISSING_FIELD", text("Beside the key the ledger has no column; there is nothing to update."))
    return replace(mapped, findings=[*mapped.findings, nothing])


def join(
    table: pd.DataFrame, current: GeoDataFrame, schema: LayerSchema, mapped: Mapped, *, choices: Choices
) -> Joined:
    """Type the values of a ledger and put them into the features they belong to.

    Parameters
    ----------
    table : n rows, the ledger's columns as text, empty cells missing
    current : clean frame of the layer as it is published
    mapped : columns of the ledger, the key among them
    """
    cleared, told = _cleared(table, schema, mapped)
    typed, of_values = mapping.to_fields(told, _without_required(schema), mapped, choices=choices)
    findings = [_kept(finding) for finding in of_values]
    keys, of_keys = _present_keys(typed[schema.key], current[schema.key])
    typed[schema.key] = keys
    findings += of_keys + _check_keys(keys, schema, again=_say_the_same(table), choices=choices)
    position = pd.Index(current[schema.key]).get_indexer(pd.Index(keys))
    position[keys.isna().to_numpy(dtype=bool)] = -1
    rows = np.flatnonzero((position >= 0) & ~keys.duplicated(keep="first").to_numpy(dtype=bool))
    at = position[rows]
    frame, of_update = _updated(current, typed, cleared, rows, at, schema, mapped)
    findings += of_update
    only_in_ledger = tuple(str(key) for key in keys[(position < 0) & keys.notna().to_numpy(dtype=bool)].unique())
    named = np.zeros(len(current), dtype=bool)
    named[at] = True
    only_in_layer = tuple(str(key) for key in current.loc[~named, schema.key])
    findings += _sides(keys, position, only_in_ledger, only_in_layer, len(rows))
    findings += _how_cells_were_read(table, mapped, schema, cleared)
    shapes = np.full(len(typed), None, dtype=object)
    shapes[position >= 0] = current.geometry.to_numpy()[position[position >= 0]]
    placed = GeoDataFrame(typed, geometry=shapes, crs=STORE_CRS)
    return Joined(frame, placed, frame.iloc[at].set_axis(rows), only_in_ledger, only_in_layer, findings)


def no_version() -> Finding:
    """That there is nothing a ledger could update."""
    return found(
        "LEDGER_KEYS",
        text(
            "A ledger updates features that are there, but this layer has no version yet. Upload the layer with its "
            "shapes first."
        ),
        severity=Severity.ERROR,
    )


# --- what the ledger says --------------------------------------------------------------------------------------------


def _without_required(schema: LayerSchema) -> LayerSchema:
    """The schema as a ledger has it: an empty cell is no missing value."""
    return replace(schema, fields=tuple(replace(field, required=False) for field in schema.fields))


def _cleared(
    table: pd.DataFrame, schema: LayerSchema, mapped: Mapped
) -> tuple[dict[str, npt.NDArray[np.bool_]], pd.DataFrame]:
    """Column → which cells clear the present value; and the table with those cells empty."""
    kinds = {field.name: field.kind for field in schema.fields}
    cleared = {}
    told = table.copy()
    for column in table.columns:
        field = mapped.columns.get(str(column))
        if field == schema.key:
            continue
        kind = kinds[field] if field else Kind.TEXT
        cells = as_texts(table[column])
        clears = cells.isin([cell for cell in cells.dropna().unique() if _clears(cell, kind)]).to_numpy(dtype=bool)
        if clears.any():
            cleared[field or str(column)] = clears
            told[column] = cells.mask(pd.Series(clears, index=cells.index))
    return cleared, told


def _clears(cell: str, kind: Kind) -> bool:
    written = plain(cell)
    return written in CLEARS or (kind is not Kind.TEXT and bool(trimmed(cell)) and is_no_value(cell))


def _kept(finding: Finding) -> Finding:
    """What can't be read in a ledger leaves the present value."""
    values = finding.message.values
    if values.get("consequence") != mapping.LEFT_EMPTY:
        return finding
    consequence = text("the present values stay")
    return replace(finding, message=replace(finding.message, values={**values, "consequence": consequence}))


# --- keys ------------------------------------------------------------------------------------------------------------


def _present_keys(keys: pd.Series[Any], present: pd.Series[Any]) -> tuple[pd.Series[Any], list[Finding]]:
    """The ledger's keys as the layer writes them: 701 for 0701, p-1 for P-1, where only one feature can be meant."""
    known = {str(key) for key in present}
    alike: dict[str, list[str]] = {}
    for key in known:
        alike.setdefault(_alike(key), []).append(key)
    strange = keys[keys.notna() & ~keys.isin(known)]
    meant = {
        key: candidates[0]
        for key in strange.unique()
        if len(candidates := alike.get(_alike(str(key)), [])) == 1 and not keys.isin(candidates).any()
    }
    taken = keys.isin(list(meant)).to_numpy(dtype=bool)
    if not taken.any():
        return keys, []
    rows = np.flatnonzero(taken)
    return keys.replace(meant).astype("str"), [
        found(
            "LEDGER_KEYS",
            text(
                "{count} keys differ from the layer's only in leading zeros, letter case or full-width characters and "
                "were taken for them ({examples}). Look whether they are meant.",
                count=len(rows),
                examples=before_and_after(keys[taken], keys[taken].map(meant)),
            ),
            rows=rows,
        )
    ]


def _alike(key: str) -> str:
    return name_key(key).lstrip("0")


def _say_the_same(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Rows that say cell for cell what an earlier one says."""
    return table.duplicated(keep="first").to_numpy(dtype=bool)


def _check_keys(
    keys: pd.Series[Any], schema: LayerSchema, *, again: npt.NDArray[np.bool_], choices: Choices
) -> list[Finding]:
    field = schema.fields[0]
    findings = []
    empty = np.flatnonzero(keys.isna())
    if len(empty):
        findings.append(
            found(
                "MISSING_KEY",
                text(
                    "{field} is empty in {count} rows of the ledger ({rows}), so no feature can be found for them. "
                    "Fill it in, or delete the rows.",
                    field=field.label,
                    count=len(empty),
                    rows=row_examples(empty),
                ),
                rows=empty,
                field=field.name,
            )
        )
    again = again & keys.notna().to_numpy(dtype=bool)
    if again.any() and "DUPLICATE_KEY" in choices.repairs:
        rows = np.flatnonzero(again)
        findings.append(
            found(
                "REPAIRED",
                text(
                    "{count} rows of the ledger say the same as an earlier one and were taken once ({rows}).",
                    count=len(rows),
                    rows=row_examples(rows),
                ),
                rows=rows,
                severity=Severity.NOTE,
            )
        )
        keys = keys.mask(again)
    doubled = (keys.duplicated(keep=False) & keys.notna()).to_numpy(dtype=bool)
    if doubled.any():
        rows = np.flatnonzero(doubled)
        findings.append(
            found(
                "DUPLICATE_KEY",
                text(
                    "{field}: {keys} values stand several times in the ledger, in {count} rows ({rows}). Each may "
                    "stand once; of rows that say the same ({mendable}) the repair takes one.",
                    field=field.label,
                    keys=int(keys[doubled].nunique()),
                    count=len(rows),
                    rows=row_examples(rows, keys[doubled]),
                    mendable=int((again & doubled).sum()),
                ),
                rows=rows,
                field=field.name,
            )
        )
    return findings


def _sides(
    keys: pd.Series[Any],
    position: npt.NDArray[np.intp],
    only_in_ledger: tuple[str, ...],
    only_in_layer: tuple[str, ...],
    used: int,
) -> list[Finding]:
    """Keys found on one side only."""
    findings = []
    if only_in_ledger:
        rows = np.flatnonzero((position < 0) & keys.notna().to_numpy(dtype=bool))
        findings.append(
            found(
                "LEDGER_KEYS",
                text(
                    "{count} keys stand only in the ledger: {keys}. No feature has them, so these rows change nothing. "
                    "Mend the keys, or upload the features with their shapes.",
                    count=len(only_in_ledger),
                    keys=listed(only_in_ledger),
                ),
                rows=rows,
                count=len(only_in_ledger),
                severity=None if used else Severity.ERROR,
            )
        )
    if only_in_layer:
        findings.append(
            found(
                "LEDGER_KEYS",
                text(
                    "{count} features of the layer are not in the ledger and stay as they are: {keys}.",
                    count=len(only_in_layer),
                    keys=listed(only_in_layer),
                ),
                count=len(only_in_layer),
                severity=Severity.NOTE,
            )
        )
    return findings


# --- the update ------------------------------------------------------------------------------------------------------


def _updated(
    current: GeoDataFrame,
    typed: pd.DataFrame,
    cleared: dict[str, npt.NDArray[np.bool_]],
    rows: Rows,
    at: npt.NDArray[np.intp],
    schema: LayerSchema,
    mapped: Mapped,
) -> tuple[GeoDataFrame, list[Finding]]:
    """The present features with the ledger's values: `rows` of the ledger belong to the features `at`."""
    fields = {field.name: field for field in schema.fields}
    present = set(mapped.columns.values()) - {schema.key}
    frame, findings = current.copy(), list[Finding]()
    for name in typed.columns:
        if name == schema.key or (name in fields and name not in present):
            continue
        values = typed[name]
        if name not in frame:
            frame[name] = pd.Series([None] * len(frame), index=frame.index, dtype=values.dtype)
        elif name not in fields:
            values, unread = _as_stored(values, frame[name], str(name))
            findings += unread
        said = values.iloc[rows].set_axis(frame.index[at]).reindex(frame.index)
        clears = np.zeros(len(frame), dtype=bool)
        if name in cleared:
            clears[at] = cleared[name][rows]
            if name in fields and fields[name].required and cleared[name][rows].any():
                findings.append(mapping.no_value(fields[name], rows[cleared[name][rows]], Severity.ERROR))
        frame[name] = frame[name].mask(clears).where(said.isna(), said).astype(frame[name].dtype)
    return _with_original_land_use(current, frame, typed), findings


def _as_stored(values: pd.Series[Any], stored: pd.Series[Any], name: str) -> tuple[pd.Series[Any], list[Finding]]:
    """An unknown column's texts in the type it has in the layer; what does not fit changes nothing."""
    if pd.api.types.is_string_dtype(stored.dtype) or stored.dtype == object:
        return values.astype(stored.dtype), []
    if pd.api.types.is_datetime64_any_dtype(stored.dtype):
        read: pd.Series[Any] = pd.to_datetime(values, errors="coerce", format="mixed")
    elif pd.api.types.is_bool_dtype(stored.dtype):
        read = values.map({"True": True, "False": False, "是": True, "否": False, "1": True, "0": False})
    else:
        read = pd.to_numeric(values, errors="coerce")
    bad = np.flatnonzero(read.isna() & values.notna())
    if not len(bad):
        return read, []
    return read, [
        found(
            "BAD_NUMBER",
            text(
                "{field}: {count} values are of another kind than those of the layer ({examples}); the present values "
                "stay.",
                field=shown(name),
                count=len(bad),
                examples=row_examples(bad, values.iloc[bad]),
            ),
            rows=bad,
        )
    ]


def _with_original_land_use(current: GeoDataFrame, frame: GeoDataFrame, typed: pd.DataFrame) -> GeoDataFrame:
    """A code in an older standard that was kept beside the land use does not outlive it."""
    if ORIGINAL_LAND_USE not in current or ORIGINAL_LAND_USE in typed:
        return frame
    changed = [
        not same_value(canonical(was), canonical(now))
        for was, now in zip(current["land_use"], frame["land_use"], strict=True)
    ]
    original = frame[ORIGINAL_LAND_USE].where(~np.array(changed, dtype=bool), frame["land_use"])
    return frame.assign(**{ORIGINAL_LAND_USE: original})


def _how_cells_were_read(
    table: pd.DataFrame, mapped: Mapped, schema: LayerSchema, cleared: dict[str, npt.NDArray[np.bool_]]
) -> list[Finding]:
    """What empty cells mean, where there are any; and how many values are cleared."""
    values = table[[column for column in table.columns if mapped.columns.get(str(column)) != schema.key]]
    empty = int(values.isna().to_numpy().sum())
    count = int(sum(each.sum() for each in cleared.values()))
    if not empty and not count:
        return []
    clears = np.any([np.zeros(len(table), dtype=bool), *cleared.values()], axis=0)
    message: Text = text(
        "{empty} cells of the ledger are empty and leave the present value as it is; {cleared} hold a dash or 清空 and "
        "clear it.",
        empty=empty,
        cleared=count,
    )
    return [found("LEDGER_KEYS", message, rows=np.flatnonzero(clears), count=empty + count, severity=Severity.NOTE)]
