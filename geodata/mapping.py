"""From a file's columns to a layer's fields: which column is which, and what its values say.

`match_columns` finds the field of each column by name; `to_fields` reads the values into the types of `schema`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from geopandas import GeoDataFrame
from pypinyin import Style, lazy_pinyin

from geodata import land_use
from geodata.choices import Choices
from geodata.findings import Finding, Severity, found
from geodata.i18n import Language, Text, label, text
from geodata.schema import DTYPES, Field, Kind, LayerSchema
from geodata.values import (
    How,
    Read,
    ReadColumn,
    as_texts,
    code_reader,
    each_value,
    is_no_value,
    looks_like_code,
    name_key,
    read_dates,
    read_flag,
    read_number,
    read_whole_number,
    trimmed,
    unit_factor,
)

ORIGINAL_LAND_USE = "land_use_original"
"""Unknown column that keeps the land-use values of a file in an older standard."""

_Frame = TypeVar("_Frame", GeoDataFrame, pd.DataFrame)


# --- messages --------------------------------------------------------------------------------------------------------

_MOST_EXAMPLES = 3
_LONGEST_EXAMPLE = 40


def shown(value: object) -> str:
    """A value of the file as a message shows it: on one line, not too long."""
    written = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+", " ", str(value))
    return written if len(written) <= _LONGEST_EXAMPLE else f"{written[: _LONGEST_EXAMPLE - 1]}…"


def listed(names: Iterable[object], *, most: int = 12) -> Text:
    """Names one after the other, as each language does it; of many, the first."""
    every = [name if isinstance(name, Text) else shown(name) for name in names]
    first = every[:most]

    def said(language: Language) -> list[str]:
        return [name.in_(language) if isinstance(name, Text) else name for name in first]

    more = len(every) > most
    return label("、".join(said("zh")) + ("等" if more else ""), ", ".join(said("en")) + (" …" if more else ""))


def row_examples(rows: Iterable[int], values: Iterable[object] | None = None) -> Text:
    """Up to three rows, counted from 1, each with its value: 第 12 行“x”."""
    places = [int(row) + 1 for row in islice(rows, _MOST_EXAMPLES + 1)]
    first = places[:_MOST_EXAMPLES]
    said = [f"“{shown(value)}”" for value in islice(values, len(first))] if values is not None else [""] * len(first)
    zh = "、".join(f"第 {row} 行{value}" for row, value in zip(first, said, strict=True))
    en = ", ".join(f"row {row} {value}".strip() for row, value in zip(first, said, strict=True))
    more = len(places) > len(first)
    return label(zh + (" 等" if more else ""), en + (" …" if more else ""))


def before_and_after(before: Iterable[object], after: Iterable[object]) -> Text:
    """Up to three different pairs: “12%” → 0.12."""
    pairs: dict[tuple[object, object], None] = {}
    for pair in zip(before, after, strict=True):
        pairs[pair] = None
        if len(pairs) > _MOST_EXAMPLES:
            break
    said = [f"“{shown(old)}” → {shown(new)}" for old, new in pairs][:_MOST_EXAMPLES]
    more = len(pairs) > _MOST_EXAMPLES
    return label("，".join(said) + (" 等" if more else ""), ", ".join(said) + (" …" if more else ""))


# --- columns ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mapped:
    """Which column of a file is which field."""

    columns: dict[str, str]
    """File column → field."""
    unknown: list[str]
    """Columns that no field takes, in their order; they are kept."""
    missing: list[str]
    """Required fields without a column."""
    findings: list[Finding]


_EXACT, _CUT, _INITIALS, _PERHAPS = range(4)
"""How far a match is to be trusted: by a whole name, a name cut at ten bytes, pinyin initials, any beginning."""


@dataclass(frozen=True)
class _Claim:
    column: int
    field: str
    trust: int


def match_columns(
    file_columns: Sequence[str],
    schema: LayerSchema,
    chosen: Mapping[str, str],
    *,
    required: Collection[str] | None = None,
    remembered: Mapping[str, str] | None = None,
) -> Mapped:
    """Find the field of each column of a file.

    A column is known by the field's name, its DBF name, its Chinese or English label, a name cut at ten bytes, or the
    pinyin initials of the Chinese name, in that order of trust; case and blanks do not matter.

    Parameters
    ----------
    chosen : file column → field, or '' to leave a column unknown; it wins over every name
    required : fields that must have a column; those of the schema by default. A ledger needs its key alone
    remembered : as `chosen`, from earlier uploads of the layer; it gives way to `chosen` and to a column that bears
        the field's very name
    """
    fields = {field.name: field for field in schema.fields}
    needed = [field.name for field in schema.fields if field.required] if required is None else list(required)
    findings: list[Finding] = []
    again = _remembered(file_columns, schema, chosen, remembered or {})
    if again:
        findings.append(_recalled(again, fields))
    decided = _decided(file_columns, schema, {**again, **chosen}, findings)
    claims = [_Claim(place, name, _EXACT) for place, name in decided.items() if name]
    taken = {claim.field for claim in claims}
    ambiguous: dict[int, list[str]] = {}
    for place, column in enumerate(file_columns):
        if place in decided:
            continue
        names, trust = _fields_named(column, schema)
        free = [name for name in names if name not in taken]
        if len(free) == 1 and trust != _PERHAPS:
            claims.append(_Claim(place, free[0], trust))
        elif free:
            ambiguous[place] = free

    columns: dict[str, str] = {}
    by_field: dict[str, list[_Claim]] = defaultdict(list)
    for claim in claims:
        by_field[claim.field].append(claim)
    guessed = []
    for name, rivals in by_field.items():
        best = [claim for claim in rivals if claim.trust == min(rival.trust for rival in rivals)]
        columns[file_columns[best[0].column]] = name
        if len(best) > 1:
            findings.append(_duplicate(fields[name], [file_columns[claim.column] for claim in best]))
        elif best[0].trust == _INITIALS:
            guessed.append((file_columns[best[0].column], fields[name]))
    columns = {column: columns[column] for column in dict.fromkeys(file_columns) if column in columns}

    found_fields = set(columns.values())
    unknown = _unknown(file_columns, columns)
    ambiguous = {
        place: left
        for place, names in ambiguous.items()
        if (left := [name for name in names if name not in found_fields]) and file_columns[place] not in columns
    }
    findings += [
        _truncated(file_columns[place], [fields[name] for name in names]) for place, names in ambiguous.items()
    ]
    missing = [name for name in needed if name not in found_fields]
    findings += [_missing(fields[name], unknown) for name in missing]
    if guessed:
        findings.append(_guessed(guessed))
    told = {file_columns[place] for place in ambiguous}
    if quiet := [column for column in unknown if column not in told]:
        findings.append(
            found(
                "UNKNOWN_FIELD",
                text("These columns belong to no field and are kept as they are: {columns}.", columns=listed(quiet)),
                count=len(quiet),
            )
        )
    return Mapped(columns, unknown, missing, findings)


def _unknown(file_columns: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """Columns no field takes; of two columns of one name the second."""
    seen: set[str] = set()
    left = []
    for column in file_columns:
        if column in columns and column not in seen:
            seen.add(column)
        else:
            left.append(column)
    return left


def _decided(
    file_columns: Sequence[str], schema: LayerSchema, chosen: Mapping[str, str], findings: list[Finding]
) -> dict[int, str]:
    """What the person chose: position of the column → field, '' for none."""
    decided: dict[int, str] = {}
    absent = []
    by_key = {name_key(column): place for place, column in reversed(list(enumerate(file_columns)))}
    for column, wish in chosen.items():
        place = file_columns.index(column) if column in file_columns else by_key.get(name_key(column))
        if place is None:
            absent.append(column)
            continue
        names = [field.name for field in schema.fields if name_key(wish) in _whole_names(field)] if wish else [""]
        if len(names) == 1:
            decided[place] = names[0]
        else:
            findings.append(
                found(
                    "UNKNOWN_FIELD",
                    text(
                        "Column “{column}” was to be “{field}”, but the layer has no such field. It has: {fields}.",
                        column=shown(column),
                        field=shown(wish),
                        fields=listed([field.name for field in schema.fields], most=30),
                    ),
                    severity=Severity.ERROR,
                )
            )
    if absent:
        findings.append(
            found(
                "UNKNOWN_FIELD",
                text("A field was chosen for columns that this file does not have: {columns}.", columns=listed(absent)),
                count=len(absent),
            )
        )
    return decided


def _remembered(
    file_columns: Sequence[str], schema: LayerSchema, chosen: Mapping[str, str], remembered: Mapping[str, str]
) -> dict[str, str]:
    """What was matched by hand in earlier uploads and applies here: column → field, '' for none."""
    earlier = {name_key(column): field for column, field in remembered.items()}
    said = {name_key(column) for column in chosen}
    known = {column: earlier[name_key(column)] for column in file_columns if name_key(column) in earlier.keys() - said}
    taken = {name_key(field) for field in chosen.values()}
    named = {
        field.name
        for field in schema.fields
        for column in file_columns
        if column not in known and name_key(column) in _whole_names(field)
    }
    fields = {field.name for field in schema.fields}
    return {
        column: field
        for column, field in known.items()
        if not field or (field in fields - named and name_key(field) not in taken)
    }


def _recalled(again: Mapping[str, str], fields: Mapping[str, Field]) -> Finding:
    pairs = [
        label(f"{shown(column)} → {fields[field].zh}", f"{shown(column)} → {fields[field].label}")
        if field
        else label(f"{shown(column)} → 不对应字段", f"{shown(column)} → no field")
        for column, field in again.items()
    ]
    return found(
        "GUESSED_FIELD",
        text(
            "Matched as in an earlier upload of this layer: {columns}. Change it where it is not meant.",
            columns=listed(pairs),
        ),
        count=len(again),
        severity=Severity.NOTE,
    )


def _whole_names(field: Field) -> set[str]:
    return {name_key(name) for name in (field.name, field.dbf, field.zh, field.label.in_("en"))}


def _fields_named(column: str, schema: LayerSchema) -> tuple[list[str], int]:
    """The fields a column's name may mean, by the most trusted kind of name that fits, and how far to trust it."""
    written = name_key(column)
    bare = _BEHIND_NAME.sub("", written)
    for trust, names_of in _NAMES_BY_TRUST:
        for name in dict.fromkeys((written, bare)):
            fits = [field.name for field in schema.fields if name and name in names_of(field)]
            if fits:
                return fits, trust
    beginning = written.rstrip("\ufffd?")
    if len(beginning) >= 2 and not beginning.isascii():
        fits = [field.name for field in schema.fields if name_key(field.zh).startswith(beginning)]
        return fits, _PERHAPS
    return [], _PERHAPS


_BEHIND_NAME = re.compile(r"[(\[【](?!\d+\)$)(.*?)[)\]】]?$")
"""What stands in brackets behind a name, as the unit in 登记面积(亩); not the number of a second column of one name."""


def _cut_names(field: Field) -> set[str]:
    """The field's names as a shapefile holds them, cut at ten bytes."""
    names = {field.name[:10], field.label.in_("en").replace(" ", "_")[:10]}
    for encoding in ("gbk", "utf-8"):
        content = field.zh.encode(encoding)
        if len(content) > 10:
            names |= {content[:10].decode(encoding, errors) for errors in ("ignore", "replace")}
    return {name_key(name) for name in names}


def _initials(field: Field) -> set[str]:
    return {name_key("".join(lazy_pinyin(field.zh, style=Style.FIRST_LETTER)))}


_NAMES_BY_TRUST: tuple[tuple[int, Callable[[Field], set[str]]], ...] = (
    (_EXACT, lambda field: {name_key(field.name)}),
    (_EXACT, lambda field: {name_key(field.dbf)}),
    (_EXACT, lambda field: {name_key(field.zh)}),
    (_EXACT, lambda field: {name_key(field.label.in_("en"))}),
    (_CUT, _cut_names),
    (_INITIALS, _initials),
)


def _duplicate(field: Field, columns: Sequence[str]) -> Finding:
    return found(
        "DUPLICATE_FIELD",
        text(
            "Several columns claim the field “{field}”: {columns}. Choose which one it is.",
            field=field.label,
            columns=listed(columns),
        ),
        count=len(columns),
        field=field.name,
    )


def _truncated(column: str, fields: Sequence[Field]) -> Finding:
    return found(
        "TRUNCATED_FIELD",
        text(
            "The column name “{column}” looks cut; it may be {fields}. Choose the field it is, or leave it unknown.",
            column=shown(column),
            fields=listed(dict.fromkeys(field.zh for field in fields)),
        ),
        field=fields[0].name,
    )


def _missing(field: Field, unknown: Sequence[str]) -> Finding:
    names = f"{field.zh} / {field.dbf} / {field.name}"
    if not unknown:
        return found(
            "MISSING_FIELD",
            text("The required field “{field}” is missing: add a column {names}.", field=field.label, names=names),
            field=field.name,
        )
    return found(
        "MISSING_FIELD",
        text(
            "The required field “{field}” is missing: add a column {names}, or choose it among {columns}.",
            field=field.label,
            names=names,
            columns=listed(unknown),
        ),
        field=field.name,
    )


def _guessed(guessed: Sequence[tuple[str, Field]]) -> Finding:
    pairs = [label(f"{shown(column)} → {field.zh}", f"{shown(column)} → {field.label}") for column, field in guessed]
    return found(
        "GUESSED_FIELD",
        text(
            "Taken by the pinyin initials of their Chinese names: {columns}. Look whether they are right.",
            columns=listed(pairs),
        ),
        count=len(guessed),
        severity=Severity.NOTE,
    )  # fmt: skip


# --- values ----------------------------------------------------------------------------------------------------------


def to_fields(frame: _Frame, schema: LayerSchema, mapped: Mapped, *, choices: Choices) -> tuple[_Frame, list[Finding]]:
    """Read the columns of a file into the fields of a layer.

    Parameters
    ----------
    frame : n rows, the file's columns as they came; with or without (a ledger) geometry

    Returns
    -------
    (frame, findings)
        All fields of the schema in their order and types, empty where the file has no such column; then the unknown
        columns as they came, one of a field's own name with `_2` behind it; then the geometry. Rows are as they were.
    """
    geometry = frame.geometry if isinstance(frame, GeoDataFrame) else None
    attributes = pd.DataFrame(frame.drop(columns=geometry.name)) if geometry is not None else frame
    names = [str(name) for name in attributes.columns]
    column_of = {field: column for column, field in mapped.columns.items()}
    findings: list[Finding] = []
    columns: dict[str, pd.Series[Any]] = {}
    kept: list[tuple[str, pd.Series[Any]]] = []
    taken: set[int] = set()
    for field in schema.fields:
        column = column_of.get(field.name)
        if column is None or column not in names:
            columns[field.name] = pd.Series([None] * len(frame), index=frame.index, dtype=DTYPES[field.kind])
            continue
        place = names.index(column)
        taken.add(place)
        values = attributes.iloc[:, place]
        reader = _READERS[field.kind]
        if field.name == "land_use":
            columns[field.name], original = _read_land_use(values, field, choices, findings)
            if original is not None:
                kept.append((ORIGINAL_LAND_USE, original))
        else:
            columns[field.name] = reader(values, field, findings)
        # The key has a finding of its own, `MISSING_KEY`.
        if field.kind is Kind.TEXT and field.required and field.name != schema.key:
            findings += _check_text_is_there(columns[field.name], field)
    for place, name in enumerate(names):
        if place not in taken:
            values = attributes.iloc[:, place]
            findings += _code_like(as_texts(values) if _is_text(values) else None, name, None)
            kept.append((name, _storable(values)))
    used = {*(name.casefold() for name in columns), "geometry"}
    for name, values in kept:
        columns[_free_name(name, used)] = values
    typed = pd.DataFrame(columns, index=frame.index)
    if geometry is None:
        return typed, findings
    return GeoDataFrame(typed, geometry=geometry.rename("geometry"), crs=frame.crs), findings


def _storable(values: pd.Series[Any]) -> pd.Series[Any]:
    """An unknown column as it came; one of mixed values as text, for a file holds one type in a column."""
    return as_texts(values).astype("str") if values.dtype == object else values


def _free_name(name: str, used: set[str]) -> str:
    """`name`, or with a number behind it where a column of that name stands already; letter case does not matter."""
    free, number = name, 2
    while free.casefold() in used:
        free, number = f"{name}_{number}", number + 1
    used.add(free.casefold())
    return free


def _is_text(values: pd.Series[Any]) -> bool:
    return pd.api.types.is_string_dtype(values.dtype) or values.dtype == object


_Reader = Callable[["pd.Series[Any]", Field, list[Finding]], "pd.Series[Any]"]
"""Reads the values of one column (its name is the file's) into the type of a field, and adds what was found."""


def _read_text(values: pd.Series[Any], field: Field, findings: list[Finding]) -> pd.Series[Any]:
    texts = as_texts(values)
    read = each_value(texts, lambda value: Read(short) if (short := trimmed(value)) else Read(None, How.EMPTY))
    changed = np.array([a != b and b is not None for a, b in zip(read.texts, read.values, strict=True)], dtype=bool)
    if changed.any() and _is_text(values):
        findings.append(
            found(
                "REPAIRED",
                text(
                    "{field}: blanks around the text were taken off in {count} rows ({examples}).",
                    field=field.label,
                    count=int(changed.sum()),
                    examples=before_and_after(read.texts[changed], read.values[changed]),
                ),
                rows=np.flatnonzero(changed),
                severity=Severity.NOTE,
                field=field.name,
            )
        )
    series = _series(read.values, values, field)
    findings += _code_like(texts, field.label, field.name)
    return series


def _check_text_is_there(series: pd.Series[Any], field: Field) -> list[Finding]:
    # A road without a name can still be counted and drawn; a layer without any name can't be read.
    empty = np.flatnonzero(series.isna())
    if not len(empty):
        return []
    whole = len(empty) == len(series)
    return [no_value(field, empty, Severity.ERROR if whole else Severity.WARNING)]


def no_value(field: Field, rows: npt.NDArray[np.int64], severity: Severity) -> Finding:
    """That a required field is empty in some rows."""
    return found(
        "MISSING_VALUE",
        text(
            "{field} is required and empty in {count} rows ({rows}). Fill it in.",
            field=field.label,
            count=len(rows),
            rows=row_examples(rows),
        ),
        rows=rows,
        severity=severity,
        field=field.name,
    )


def _read_date(values: pd.Series[Any], field: Field, findings: list[Finding]) -> pd.Series[Any]:
    read = read_dates(values)
    findings += _bad(
        read,
        field,
        "BAD_DATE",
        text("write it as 2019-03-05, or 现状 for what was there before all records; year and month first"),
    )
    ends = read.rows(How.MONTH)
    if len(ends):
        findings.append(
            found(
                "DATE_ROUGH",
                text(
                    "{field}: {count} dates known to the month or year count on that period's last day ({examples}).",
                    field=field.label,
                    count=len(ends),
                    examples=before_and_after(read.texts[ends], read.values[ends]),
                ),
                rows=ends,
                severity=Severity.NOTE,
                field=field.name,
            )
        )
    serials = read.rows(How.SERIAL)
    if len(serials):
        findings.append(
            found(
                "REPAIRED",
                text(
                    "{field}: {count} numbers were read as the days a spreadsheet or database counts ({examples}).",
                    field=field.label,
                    count=len(serials),
                    examples=before_and_after(read.texts[serials], read.values[serials]),
                ),
                rows=serials,
                severity=Severity.NOTE,
                field=field.name,
            )
        )
    return _series(read.values, values, field)


def _read_number(values: pd.Series[Any], field: Field, findings: list[Finding]) -> pd.Series[Any]:
    unit = field.unit
    factor = _factor_of_name(str(values.name), field)
    read = _numbers(values, lambda value: read_number(value, unit=unit, bare=factor))
    if field.share:
        read = _read_shares(read, field, findings)
    numbers = _floats(read)
    beyond = (numbers < 0) | ((numbers > 1) if field.share else np.zeros(len(numbers), dtype=bool))
    read = _marked_bad(read, beyond)
    advice = text("a share lies between 0 and 1") if field.share else text("write digits alone, not below 0")
    findings += _bad(read, field, "BAD_NUMBER", advice)
    findings += _rewritten(read, field) if factor == 1 else _converted(read, str(values.name), field)
    return _series(read.values, values, field)


def _factor_of_name(column: str, field: Field) -> float:
    """What bare numbers are multiplied by where the column's name states a unit: 登记面积(亩)."""
    stated = _BEHIND_NAME.search(name_key(column))
    return (unit_factor(stated[1], field.unit) if stated else None) or 1.0


def _converted(read: ReadColumn, column: str, field: Field) -> list[Finding]:
    rows = read.rows(How.PLAIN, How.REWRITTEN)
    return [
        found(
            "REPAIRED",
            text(
                "{field}: the column “{column}” states its unit, so {count} values were converted ({examples}).",
                field=field.label,
                column=shown(column),
                count=len(rows),
                examples=before_and_after(read.texts[rows], (f"{value:.10g}" for value in read.values[rows])),
            ),
            rows=rows,
            field=field.name,
        )
    ]


_YEARS = {"batch": (1990, 2099)}
"""Whole numbers that are years, and which years make sense."""


def _read_integer(values: pd.Series[Any], field: Field, findings: list[Finding]) -> pd.Series[Any]:
    read = _numbers(values, read_whole_number)
    numbers = _floats(read)
    least, most = _YEARS.get(field.name, (0, np.inf))
    read = _marked_bad(read, (numbers < least) | (numbers > most))
    advice = text("write the year, as 2019") if field.name in _YEARS else text("write a whole number, not below 0")
    findings += _bad(read, field, "BAD_NUMBER", advice)
    findings += _rewritten(read, field)
    return _series(read.values, values, field)


def _read_flag_column(values: pd.Series[Any], field: Field, findings: list[Finding]) -> pd.Series[Any]:
    read = each_value(as_texts(values), read_flag)
    findings += _bad(read, field, "BAD_CODE", text("write 是 or 否"))
    return _series(read.values, values, field)


def _read_code(values: pd.Series[Any], field: Field, findings: list[Finding]) -> pd.Series[Any]:
    read = each_value(
        as_texts(values),
        code_reader(_spellings(field), numbered=() if field.open else tuple(field.codes), keep_bad=field.open),
    )
    known = listed([each.in_("zh") for each in field.codes.values()])
    findings += _bad(read, field, "BAD_CODE", text("the codes are {codes}", codes=known))
    numbered = read.rows(How.NUMBERED)
    if len(numbered):
        findings.append(
            found(
                "REPAIRED",
                text(
                    "{field}: numbers were read by their place in the list of codes ({examples}).",
                    field=field.label,
                    examples=before_and_after(
                        read.texts[numbered], (field.codes[code].in_("zh") for code in read.values[numbered])
                    ),
                ),
                rows=numbered,
                severity=Severity.NOTE,
                field=field.name,
            )
        )
    return _series(read.values, values, field)


_OTHER_SPELLINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "axis": {"vertical": ("纵向", "南北", "南北向", "v", "竖"), "horizontal": ("横向", "东西", "东西向", "h")},
    "road_class": {
        "expressway": ("快速", "城市快速路", "快速道路"),
        "arterial": ("主干", "主干道", "城市主干路", "主路"),
        "secondary": ("次干", "次干道", "城市次干路"),
        "branch": ("支", "支道", "城市支路", "巷路"),
    },
    "kind": {
        "park": ("公园绿地", "公园绿化"),
        "belt": ("防护绿地", "防护林带", "防护带", "绿带"),
        "street": ("道路绿地", "道路绿带", "行道树", "街道绿化"),
        "waterfront": ("滨水绿地", "滨河绿廊", "滨水", "绿廊"),
    },
    "delay_by": {
        "government": ("政府原因", "政府因素", "政府行为", "gov"),
        "enterprise": ("企业原因", "企业因素", "企业自身原因", "company"),
    },
}


def _spellings(field: Field) -> dict[str, str]:
    """Every spelling of a field's codes (by `name_key`): the code, its Chinese, its English, and usual others."""
    others = _OTHER_SPELLINGS.get(field.name, {})
    return {
        name_key(name): code
        for code, said in field.codes.items()
        for name in (*others.get(code, ()), said.in_("en"), said.in_("zh"), code)
    }


def _read_land_use(
    values: pd.Series[Any], field: Field, choices: Choices, findings: list[Finding]
) -> tuple[pd.Series[Any], pd.Series[Any] | None]:
    """National codes, and the file's own values where any was translated."""
    texts = as_texts(values)
    stated = choices.land_use_standard
    if stated and land_use.standard_named(stated) is None:
        findings.append(_unknown_standard(stated, field))
    standard = _standard(texts, choices)
    read = each_value(texts, land_use.land_use_reader(standard))
    findings += _bad(
        read,
        field,
        "BAD_CODE",
        text("use the national codes, 01 to 24 or longer, or state the standard the file follows"),
    )
    for way, warning in _LAND_USE_DOUBTS.items():
        rows = read.rows(way)
        if len(rows):
            findings.append(
                found(
                    "BAD_CODE",
                    text(
                        "{field}: {doubt} ({examples}; {rows}).",
                        field=field.label,
                        doubt=warning,
                        examples=before_and_after(read.texts[rows], read.values[rows]),
                        rows=row_examples(rows),
                    ),
                    rows=rows,
                    field=field.name,
                )
            )
    translated = read.rows(How.REWRITTEN, How.FIRST)
    if not len(translated):
        if choices.land_use_standard is None and land_use.may_be_gb_21010(
            code for code in set(read.values) if code is not None
        ):
            findings.append(_perhaps_21010(field))
        return _series(read.values, values, field), None
    guessed = choices.land_use_standard is None and standard != land_use.NATIONAL
    examples = before_and_after(read.texts[translated], read.values[translated])
    if guessed:
        message = text(
            "{field}: read as {standard}, which the values look like, and translated to national codes ({examples}). "
            "State the standard if it is another; the file's own values are kept in {column}.",
            field=field.label,
            standard=standard,
            examples=examples,
            column=ORIGINAL_LAND_USE,
        )
    else:
        message = text(
            "{field}: {count} values were translated to national codes ({examples}); the file's own are kept in "
            "{column}.",
            field=field.label,
            count=len(translated),
            examples=examples,
            column=ORIGINAL_LAND_USE,
        )
    findings.append(
        found(
            "REPAIRED",
            message,
            rows=translated,
            severity=Severity.WARNING if guessed else Severity.NOTE,
            field=field.name,
        )
    )
    return _series(read.values, values, field), pd.Series(read.texts, index=values.index, dtype="str")


def _standard(texts: pd.Series[Any], choices: Choices) -> str:
    stated = land_use.standard_named(choices.land_use_standard) if choices.land_use_standard else None
    return stated or land_use.standard_of(value for value in texts.dropna().unique() if not is_no_value(value))


def land_use_standard(frame: pd.DataFrame, mapped: Mapped, choices: Choices) -> str | None:
    """The standard in which `to_fields` reads the land-use codes of a file; None where it has none."""
    column = next((column for column, field in mapped.columns.items() if field == "land_use"), None)
    if column is None:
        return None
    place = [str(name) for name in frame.columns].index(column)
    return _standard(as_texts(frame.iloc[:, place]), choices)


_LAND_USE_DOUBTS = {
    How.LOST_ZERO: text("a leading zero was missing and was put back"),
    How.FIRST: text("of several uses in one value the first was taken"),
}


def _unknown_standard(standard: str, field: Field) -> Finding:
    return found(
        "BAD_CODE",
        text(
            "“{standard}” is no land-use standard known here. Known: {standards}.",
            standard=shown(standard),
            standards=listed(land_use.STANDARDS),
        ),
        severity=Severity.ERROR,
        field=field.name,
    )


def _perhaps_21010(field: Field) -> Finding:
    return found(
        "BAD_CODE",
        text(
            "{field}: the codes were read as national ones, in which 05 is wetland and 06 farm facilities. If they "
            "follow GB/T 21010-2017 (05 commerce, 06 industry), state that standard.",
            field=field.label,
        ),
        severity=Severity.NOTE,
        field=field.name,
    )


_READERS: dict[Kind, _Reader] = {
    Kind.TEXT: _read_text,
    Kind.CODE: _read_code,
    Kind.DATE: _read_date,
    Kind.NUMBER: _read_number,
    Kind.INTEGER: _read_integer,
    Kind.FLAG: _read_flag_column,
}


def _numbers(values: pd.Series[Any], read: Callable[[str], Read[Any]]) -> ReadColumn:
    return each_value(as_texts(values), read)


def _floats(read: ReadColumn) -> npt.NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in read.values], dtype=float)


def _marked_bad(read: ReadColumn, rows: npt.NDArray[np.bool_]) -> ReadColumn:
    if not rows.any():
        return read
    values, how = read.values.copy(), read.how.copy()
    values[rows], how[rows] = None, str(How.BAD)
    return replace(read, values=values, how=how)


def _read_shares(read: ReadColumn, field: Field, findings: list[Finding]) -> ReadColumn:
    """Shares; a column whose bare numbers mostly exceed 1 is read as per cent."""
    numbers = _floats(read)
    percent = np.zeros(len(numbers), dtype=bool)
    percent[read.rows(How.PERCENT)] = True
    bare = ~percent & ~np.isnan(numbers) & (numbers != 0)
    values = read.values.copy()
    if bare.any() and 2 * np.count_nonzero(numbers[bare] > 1) > np.count_nonzero(bare):
        values[bare] = numbers[bare] / 100
        percent |= bare
    if not percent.any():
        return read
    rows = np.flatnonzero(percent)
    findings.append(
        found(
            "REPAIRED",
            text(
                "{field}: {count} values were read as per cent ({examples}). Look whether that is meant.",
                field=field.label,
                count=len(rows),
                examples=before_and_after(read.texts[rows], (f"{value:g}" for value in values[rows])),
            ),
            rows=rows,
            field=field.name,
        )
    )
    return replace(read, values=values)


def _rewritten(read: ReadColumn, field: Field) -> list[Finding]:
    rows = read.rows(How.REWRITTEN)
    if not len(rows):
        return []
    return [
        found(
            "REPAIRED",
            text(
                "{field}: {count} numbers had separators or a unit, which were read ({examples}).",
                field=field.label,
                count=len(rows),
                examples=before_and_after(read.texts[rows], (f"{value:.10g}" for value in read.values[rows])),
            ),
            rows=rows,
            severity=Severity.NOTE,
            field=field.name,
        )
    ]


LEFT_EMPTY = text("they were left empty")
"""What becomes of values that can't be read in fields that need none."""


def _bad(read: ReadColumn, field: Field, code: str, advice: Text) -> list[Finding]:
    """Findings for what could not be read, and for required values that are not there."""
    findings = []
    bad, empty = read.rows(How.BAD), read.rows(How.EMPTY)
    if len(bad):
        filled = len(read.values) - len(empty)
        whole = code != "BAD_CODE" and len(bad) == filled and (filled > 1 or not len(empty))
        blocking = field.required or whole
        kept = field.open and not blocking
        examples = row_examples(bad, read.texts[bad])
        consequence = (
            text("they must be mended") if blocking else text("they are kept as they are") if kept else LEFT_EMPTY
        )
        findings.append(
            found(
                code,
                text(
                    "{field}: {count} values can't be read ({examples}); {consequence}: {advice}.",
                    field=field.label,
                    count=len(bad),
                    examples=examples,
                    consequence=consequence,
                    advice=advice,
                ),
                rows=bad,
                severity=Severity.ERROR if blocking else Severity.WARNING,
                field=field.name,
            )
        )
    if field.required and len(empty):
        findings.append(no_value(field, empty, Severity.ERROR))
    return findings


def _code_like(texts: pd.Series[Any] | None, name: Text | str, field: str | None) -> list[Finding]:
    """A note on texts that look like HTML, SQL or a formula: they are kept, and run nowhere."""
    if texts is None:
        return []
    read = each_value(texts, lambda value: Read(looks_like_code(value)))
    rows = np.flatnonzero(read.values == True)  # noqa: E712
    if not len(rows):
        return []
    return [
        found(
            "SUSPICIOUS_TEXT",
            text(
                "{field}: {count} texts look like HTML, SQL or a formula ({examples}). They are kept, as text.",
                field=name if isinstance(name, Text) else shown(name),
                count=len(rows),
                examples=row_examples(rows, read.texts[rows]),
            ),
            rows=rows,
            severity=Severity.NOTE,
            field=field,
        )
    ]


def _series(read: npt.NDArray[np.object_], values: pd.Series[Any], field: Field) -> pd.Series[Any]:
    """What was read, in the type of the field."""
    if field.kind is Kind.DATE:
        days = np.array([np.datetime64("NaT") if day is None else np.datetime64(day) for day in read], "datetime64[s]")
        return pd.Series(days, index=values.index)
    if field.kind is Kind.NUMBER:
        numbers = np.array([np.nan if value is None else value for value in read], dtype=float)
        return pd.Series(numbers, index=values.index)
    series: pd.Series[Any] = pd.Series(list(read), index=values.index, dtype=DTYPES[field.kind])
    return series


# --- the guide -------------------------------------------------------------------------------------------------------

_GUIDE_EXAMPLES: dict[Kind, str] = {
    Kind.TEXT: "",
    Kind.CODE: "",
    Kind.DATE: "2019-03-05",
    Kind.NUMBER: "12.5",
    Kind.INTEGER: "12",
    Kind.FLAG: "是",
}
_EXAMPLE_OF = {
    "land_use": "0701",
    "batch": "2019",
    "axis_no": "3",
    "built_share": "0.35",
    "invested_share": "0.2",
    "area_recorded_m2": "12000",
    "planned_area_km2": "42.0",
    "width_m": "40",
    "lamps": "36",
    "investment_100m_cny": "3.2",
    "enterprise": "企业-017",
    "industry": "纺织",
    "holder": "使用权人-017",
    "inefficient": "否",
    "approved_on": "2018-01-10",
    "supplied_on": "2018-05-20",
    "start_due_on": "2019-05-20",
    "suspended_on": "2019-06-01",
    "resumed_on": "2019-09-01",
    "idle_recognised_on": "2019-08-15",
    "planned_on": "2020-12-31",
    "completed_on": "2020-06-30",
    "opened_on": "2020-06-30",
    "connected_on": "2020-06-30",
    "agreed_on": "2018-03-12",
    "vacated_on": "2018-12-01",
    "resupplied_on": "2019-11-20",
    "negotiating_on": "2018-03-12",
    "signed_on": "2018-08-01",
    "landed_on": "2019-03-05",
    "producing_on": "2020-06-30",
}
_EXAMPLE_NAMES = {
    "district": "蓼河新区",
    "water_zones": "片区一",
    "corridors": "水廊一",
    "waterways": "纵三河",
    "roads": "规划横三路",
    "parks": "园区七",
    "greening": "横三路绿化",
    "lighting": "横三路亮化",
    "projects": "项目-012",
}
_KIND_LABELS: dict[Kind, Text] = {
    Kind.TEXT: label("文本", "text"),
    Kind.CODE: label("代码", "code"),
    Kind.DATE: label("日期；早于全部记录的填“现状”", "date; 现状 for what was there before all records"),
    Kind.NUMBER: label("数值", "number"),
    Kind.INTEGER: label("整数", "whole number"),
    Kind.FLAG: label("是 / 否", "yes or no: 是 / 否"),
}


def example_row(schema: LayerSchema) -> dict[str, str]:
    """One example value for each field, as a person would write it."""
    return {field.name: _example(field, schema) for field in schema.fields}


def _example(field: Field, schema: LayerSchema) -> str:
    if field.name == "name":
        return _EXAMPLE_NAMES[schema.name]
    if field.name in _EXAMPLE_OF:
        return _EXAMPLE_OF[field.name]
    if field.codes:
        return next(iter(field.codes.values())).in_("zh")
    if field.name == schema.key or field.dbf.endswith("_ID"):
        return f"{field.dbf.split('_')[0]}-001"
    return _GUIDE_EXAMPLES[field.kind]


def field_guide(schema: LayerSchema, language: Language = "zh") -> pd.DataFrame:
    """The fields of a layer as a table to read: names a file may use, kind, codes, an example."""
    titles = [
        label("名称", "Name"),
        label("Shapefile 列名", "Column in a shapefile"),
        label("字段名", "Field name"),
        label("必填", "Required"),
        label("填什么", "What it holds"),
        label("示例", "Example"),
    ]
    rows = [
        (
            field.label.in_(language),
            field.dbf,
            field.name,
            "★" if field.required else "",
            _holds(field).in_(language),
            _example(field, schema),
        )
        for field in schema.fields
    ]
    return pd.DataFrame(rows, columns=[title.in_(language) for title in titles])


def _holds(field: Field) -> Text:
    if field.share:
        return label("比例，0–1", "share, 0 to 1")
    if field.codes:
        pairs = [
            label(said.in_("zh") if code == said.in_("zh") else f"{code} {said.in_('zh')}", f"{code} {said.in_('en')}")
            for code, said in field.codes.items()
        ]
        return listed(pairs, most=30)
    if field.unit:
        return text("{kind}, in {unit}", kind=_KIND_LABELS[field.kind], unit=_UNIT_LABELS[field.unit])
    return _KIND_LABELS[field.kind]


_UNIT_LABELS = {
    "m": label("米", "m"),
    "m2": label("平方米", "m²"),
    "km2": label("平方公里", "km²"),
    "100m_cny": label("亿元", "100 million yuan"),
}
