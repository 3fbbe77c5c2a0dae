"""A file's columns matched to a layer's fields, and its values read as the fields mean them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
from geopandas import GeoDataFrame
from pypinyin import Style, lazy_pinyin

from geodata import land_use, values
from geodata.choices import Choices
from geodata.findings import Finding, found
from geodata.i18n import text
from geodata.schema import Field, Kind, LayerSchema

ORIGINAL_LAND_USE = "land_use_original"
_DBF_NAME_BYTES = 10
_SHORTEST_INITIALS = 3


@dataclass(frozen=True)
class Mapped:
    """Which column is which field."""

    columns: dict[str, str]
    """File column → field."""
    unknown: list[str]
    missing: list[str]
    """Required fields without a column."""
    findings: list[Finding] = field(default_factory=list)


def match_columns(file_columns: Sequence[str], schema: LayerSchema, chosen: Mapping[str, str]) -> Mapped:
    """Match columns to fields: by what a person chose, field name, DBF name, Chinese name, cut name, pinyin initials.

    The surer way wins, letter case and spaces don't matter. Two columns that claim one field in the same way are a
    `DUPLICATE_FIELD`.

    Parameters
    ----------
    chosen : file column → field; an empty field leaves the column unknown
    """
    columns = {column: name for column, name in chosen.items() if name and column in file_columns}
    free = [column for column in file_columns if column not in chosen]
    findings: list[Finding] = []
    for claims in _WAYS:
        open_fields = [field for field in schema.fields if field.name not in columns.values()]
        claimed: dict[str, list[str]] = {}
        for column in free:
            if column in columns:
                continue
            fields = [field for field in open_fields if claims(_fold(column), field)]
            if len(fields) == 1:
                claimed.setdefault(fields[0].name, []).append(column)
            elif len(fields) > 1:
                findings.append(_ambiguous(column, fields))
        for name, claimants in claimed.items():
            if len(claimants) > 1:
                findings.append(_claimed_twice(schema.field(name), claimants))
            columns[claimants[0]] = name
    duplicates = {column for finding in findings for column in finding.message.values.get("columns", "").split(", ")}  # type: ignore[attr-defined]
    unknown = [column for column in file_columns if column not in columns]
    missing = [field.name for field in schema.fields if field.required and field.name not in columns.values()]
    if missing:
        findings.append(_missing([schema.field(name) for name in missing]))
    strangers = [column for column in unknown if column not in duplicates]
    if strangers:
        findings.append(
            found(
                "UNKNOWN_FIELD",
                text(
                    "{count} columns belong to no field of the layer and are kept untouched: {columns}.",
                    count=len(strangers),
                    columns=", ".join(strangers[:12]),
                ),
                count=len(strangers),
            )
        )
    return Mapped(columns, unknown, missing, findings)


def to_fields(
    frame: GeoDataFrame, schema: LayerSchema, mapped: Mapped, *, choices: Choices
) -> tuple[GeoDataFrame, list[Finding]]:
    """The frame with the layer's fields, typed, in their order; unknown columns untouched behind; geometry last.

    Parameters
    ----------
    frame : n rows, columns as the file had them

    Returns
    -------
    (GeoDataFrame, findings)
        n rows in the same order, same CRS. Fields without a column are empty.
    """
    column_of = {name: column for column, name in mapped.columns.items()}
    findings: list[Finding] = []
    read: dict[str, pd.Series] = {}
    for schema_field in schema.fields:
        column = column_of.get(schema_field.name)
        raw = frame[column] if column is not None else pd.Series(None, index=frame.index, dtype="object")
        if schema_field.name == "land_use":
            words = pd.Series([values.read_text(value) for value in raw], index=frame.index, dtype="str")
            read["land_use"], more = land_use.read_codes(words, schema_field, choices.land_use_standard)
            if land_use.is_mapped(choices.land_use_standard, words):
                read[ORIGINAL_LAND_USE] = words
        else:
            read[schema_field.name], more = values.read_column(raw, schema_field)
        findings.extend(more)
    originals = {ORIGINAL_LAND_USE: read.pop(ORIGINAL_LAND_USE)} if ORIGINAL_LAND_USE in read else {}
    taken = {schema_field.name for schema_field in schema.fields}
    others = {
        (f"{column}_" if column in taken else column): _plain(frame[column])
        for column in mapped.unknown
        if column in frame.columns and column != "geometry"
    }
    table = pd.DataFrame({**read, **originals, **others}, index=frame.index)
    return GeoDataFrame(table, geometry=frame.geometry.to_numpy(), crs=frame.crs), findings


def field_guide(schema: LayerSchema) -> pd.DataFrame:
    """The layer's fields for people who fill in a file: names, kind, codes, an example; one row a field."""
    return pd.DataFrame(
        {
            "DBF": [field.dbf for field in schema.fields],
            "中文": [field.zh for field in schema.fields],
            "English": [field.label.in_("en") for field in schema.fields],
            "必填 required": ["★" if field.required else "" for field in schema.fields],
            "类型 kind": [field.kind.value for field in schema.fields],
            "代码 codes": [
                "; ".join(
                    f"{code} {label.in_('zh')}" if code != label.in_("zh") else code
                    for code, label in field.codes.items()
                )
                for field in schema.fields
            ],
            "示例 example": [example_of(field) for field in schema.fields],
        }
    )


def example_of(field: Field) -> str:
    """A value as it may stand in a file."""
    if field.codes:
        return next(iter(field.codes))
    if field.share:
        return "0.45"
    return {
        Kind.DATE: "2019-03-05",
        Kind.NUMBER: "12.5",
        Kind.INTEGER: "2019" if field.name == "batch" else "3",
        Kind.FLAG: "否",
    }.get(field.kind, f"{field.dbf}-001" if field.dbf.endswith("ID") else "示例")


def _plain(column: pd.Series) -> pd.Series:
    """An unknown column as it came; what a Parquet file can't hold becomes text."""
    if column.dtype != object:
        return column
    return pd.Series([values.read_text(value) for value in column], index=column.index, dtype="str")


def _fold(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _is_name(column: str, field: Field) -> bool:
    return column in {_fold(field.name), _fold(field.dbf), _fold(field.zh), _fold(field.label.in_("en"))}


def _is_cut_name(column: str, field: Field) -> bool:
    """A Chinese name, or our own field name, cut at ten bytes."""
    cuts = {
        field.name.encode()[:_DBF_NAME_BYTES].decode(),
        *(field.zh.encode(encoding)[:_DBF_NAME_BYTES].decode(encoding, "ignore") for encoding in ("gbk", "utf-8")),
    }
    return column in {_fold(cut) for cut in cuts}


def _is_initials(column: str, field: Field) -> bool:
    initials = "".join(lazy_pinyin(field.zh, style=Style.FIRST_LETTER))
    return len(initials) >= _SHORTEST_INITIALS and column == _fold(initials)


_WAYS: tuple[Callable[[str, Field], bool], ...] = (_is_name, _is_cut_name, _is_initials)


def _ambiguous(column: str, fields: Sequence[Field]) -> Finding:
    return found(
        "TRUNCATED_FIELD",
        text(
            "The column name “{columns}” is cut and could be {fields}. Match it by hand.",
            columns=column,
            fields=", ".join(field.zh for field in fields),
        ),
    )


def _claimed_twice(field: Field, columns: Sequence[str]) -> Finding:
    return found(
        "DUPLICATE_FIELD",
        text(
            "Several columns could be “{field}”: {columns}. Choose one.",
            field=field.label,
            columns=", ".join(columns),
        ),
        count=len(columns),
        field=field.name,
    )


def _missing(fields: Sequence[Field]) -> Finding:
    return found(
        "MISSING_FIELD",
        text(
            "Required columns are missing: {fields}. Add them to the file, or match other columns to them.",
            fields=", ".join(f"{field.zh} ({field.dbf})" for field in fields),
        ),
        count=len(fields),
    )
