"""The two tables that people enter, targets and reported values: their columns, and what is wrong with rows of them.

Nothing here knows the store: a file, and what an editor gives, are judged by their own rows alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata import mapping
from geodata.catalogue import EntryTable
from geodata.choices import Choices
from geodata.findings import Finding, Severity, found, outcome_of
from geodata.i18n import Text, label, text
from geodata.indicator_names import indicator_like, indicator_named
from geodata.indicators import definition_of
from geodata.mapping import Mapped, listed, row_examples, shown
from geodata.schema import EXISTING, Field, Kind, LayerSchema
from geodata.values import How, Read, as_texts, is_no_value, name_key, plain, read_number, trimmed

_SOURCE = Field("source", "SOURCE", label("来源", "Source"))
_UNIT = Field("unit", "UNIT", label("单位", "Unit"))

# They are schemas of layers in all but shapes, so that columns are told apart by the same rules.
SCHEMAS: dict[EntryTable, LayerSchema] = {
    "targets": LayerSchema(
        "targets",
        label("指标目标", "Targets"),
        "Point",
        (
            Field("indicator", "INDICATOR", label("指标", "Indicator"), required=True),
            Field("due_on", "DUE_ON", label("截止日期", "Due on"), Kind.DATE, required=True),
            Field("value", "VALUE", label("目标值", "Target"), Kind.NUMBER, required=True),
            _UNIT,
            _SOURCE,
        ),
    ),
    "reported": LayerSchema(
        "reported",
        label("上报数据", "Reported values"),
        "Point",
        (
            Field("name", "NAME", label("名称", "Name"), required=True),
            Field("as_of", "AS_OF", label("时点", "As of"), Kind.DATE, required=True),
            Field("value", "VALUE", label("数值", "Value"), Kind.NUMBER, required=True),
            replace(_UNIT, required=True),
            _SOURCE,
            Field("who", "WHO", label("上报人", "Reported by")),
        ),
    ),
}
"""Table → its columns. The first two are its key, then value and unit."""

ILLUSTRATIVE, TITLE = label("示例数据", "Illustrative"), label("指标名称", "Indicator title")
"""Columns that exports and the editor show beside those of `SCHEMAS`; read back they say nothing."""
EXAMPLE = label("填写示例，请删除本行", "Example, delete this row")
"""The source of a template's example row; a row with it is no entry."""

_ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "targets": {
        "indicator": ("指标名称", "指标编号", "指标代码", "指标id"),
        "due_on": ("截止时间", "完成时限", "到期日", "目标日期", "年份", "年度"),
        "value": ("目标", "数值", "值"),
        "unit": ("计量单位",),
        "source": ("数据来源", "依据"),
    },
    "reported": {
        "name": ("指标名称", "指标", "事项"),
        "as_of": ("日期", "统计时点", "截至日期", "年份", "年度"),
        "value": ("上报值", "值"),
        "unit": ("计量单位",),
        "source": ("数据来源",),
        "who": ("填报人", "上报单位", "填报单位"),
    },
}
"""What files of offices call a column that does not bear its name."""

_LONGEST = {"indicator": 128, "name": 128, "unit": 32}
_UNITS: dict[str, tuple[str, float]] = {
    name_key(spelling): (unit, divisor)
    for unit, divisor, spellings in (
        ("ha", 1.0, ("ha", "公顷", "hm²")),
        ("ha", 15.0, ("亩",)),
        ("km", 1.0, ("km", "公里", "千米")),
        ("km2", 1.0, ("km2", "km²", "平方公里", "平方千米")),
        ("km/km2", 1.0, ("km/km2", "km/km²", "公里/平方公里", "千米/平方千米", "公里每平方公里")),
        ("count", 1.0, ("count", "个", "宗")),
        ("share", 1.0, ("share", "比例")),
        ("share", 100.0, ("%", "百分比")),
        ("100m_cny", 1.0, ("100m_cny", "亿元")),
    )
    for spelling in spellings
}
"""How a unit may be written → ours, and what a number in it is divided by."""
_COUNTED = frozenset({"项", "处", "块", "家", "幅"})
"""What else a computed count may be counted in; a reported value keeps its own word."""
UNIT_WORDS = {
    "ha": label("公顷", "ha"),
    "km": label("公里", "km"),
    "km2": label("平方公里", "km²"),
    "km/km2": label("公里/平方公里", "km/km²"),
    "count": label("个", "count"),
    "share": label("比例", "share"),
    "100m_cny": label("亿元", "100m_cny"),
}
"""Our units as files are given them; `_UNITS` reads them back."""
_MOST_BARE_SHARE = 2.0
"""A share above it that bears no % is one in per cent. Shares of a plan may exceed 1."""
_WITH_UNIT = re.compile(r"(.*\d\.?)\s*([^\d\s].*)", re.DOTALL)
_IN_BRACKETS = re.compile(r"[(\[【](.+?)[)\]】]\s*$")


def check_entries(frame: pd.DataFrame, table: EntryTable) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Read rows of a table as a file or an editor gives them.

    Parameters
    ----------
    frame : n rows; columns by the names or labels of `SCHEMAS`, in any order. Rows without any value count as none

    Returns
    -------
    (entries, findings)
        The columns of `SCHEMAS` that `frame` has, texts as `object`, days as `datetime64[s]`, values in our units; a
        value that is NaN withdraws the entry. None where an error stands among the findings, which name rows by their
        place in `frame`.
    """
    schema = SCHEMAS[table]
    given = frame.drop(columns=_own_columns(frame, schema)).reset_index(drop=True)
    given.columns = pd.Index([str(name) for name in given.columns], dtype=object)
    mapped = mapping.match_columns(list(given.columns), schema, _by_other_names(given, schema))
    findings = _of_columns(mapped)
    if outcome_of(findings) == "reject":
        return None, findings
    column_of = {field: column for column, field in mapped.columns.items()}
    told = pd.DataFrame({field: _texts(as_texts(given[column])) for field, column in column_of.items()})
    is_example = _is_example(told)
    findings += _left_out(is_example)
    rows = np.flatnonzero((told != "").any(axis="columns") & ~is_example)
    if not len(rows):
        return None, [*findings, found("EMPTY_LAYER", text("The table has no row that could be taken."))]
    entries = pd.DataFrame(index=pd.RangeIndex(len(given)))
    for field in schema.fields:
        if field.name == "value":
            entries["value"], entries["unit"] = np.nan, ""
        elif field.kind is Kind.DATE:
            entries[field.name], of_days = _days(given[column_of[field.name]].where(~is_example), field)
            findings += of_days
        elif field.name in told and field.name != "unit":
            entries[field.name] = told[field.name]
    if table == "targets":
        entries["indicator"], of_ids = _indicators(told["indicator"], rows, schema.fields[0])
        findings += of_ids
    findings += _check_keys(told, entries, rows, schema)
    header_unit = _header_unit(column_of["value"])
    units = told["unit"] if "unit" in told else pd.Series("", index=told.index)
    cells = [_cell(told["value"][row], units[row], header_unit) for row in rows]
    entries.loc[rows, "value"], entries.loc[rows, "unit"], of_numbers = _in_our_units(
        cells, rows, _about(entries.loc[rows], table), schema
    )
    findings += of_numbers
    if outcome_of(findings) == "reject":
        return None, findings
    kept = [field.name for field in schema.fields if field.name in entries]
    return entries.loc[rows, kept].reset_index(drop=True), findings


def _about(entries: pd.DataFrame, table: EntryTable) -> list[str]:
    """Id of the indicator that each entry is about; '' where none is named."""
    if table == "targets":
        return list(entries["indicator"])
    return [f"reported.{name}" if name else "" for name in entries["name"]]


# --- columns ---------------------------------------------------------------------------------------------------------


def _own_columns(frame: pd.DataFrame, schema: LayerSchema) -> list[Any]:
    """What our own exports show beside the columns: the mark, and the title behind an indicator's id."""
    keys = {name_key(str(name)) for name in frame.columns}
    own = {"illustrative", "title"} | _said(ILLUSTRATIVE)
    if keys & _whole_names(schema.fields[0]):
        own |= _said(TITLE)
    return [name for name in frame.columns if name_key(str(name)) in own]


def _said(name: Text) -> set[str]:
    return {name_key(name.in_("zh")), name_key(name.in_("en"))}


def _whole_names(field: Field) -> set[str]:
    return {name_key(field.name), *_said(field.label)}


def _by_other_names(frame: pd.DataFrame, schema: LayerSchema) -> dict[str, str]:
    """Column → field, for fields without a column of their name but with one that offices call so."""
    bare = {name_key(_IN_BRACKETS.sub("", plain(name))): name for name in frame.columns}
    chosen: dict[str, str] = {}
    for field in schema.fields:
        if not bare.keys() & _whole_names(field):
            others = [bare[alias] for alias in _ALIASES[schema.name].get(field.name, ()) if alias in bare]
            chosen |= {name: field.name for name in others[:1] if name not in chosen}
    return chosen


def _of_columns(mapped: Mapped) -> list[Finding]:
    """What was found of the columns; unknown ones are not kept here."""
    findings = [finding for finding in mapped.findings if finding.code != "UNKNOWN_FIELD"]
    if mapped.unknown:
        findings.append(
            found(
                "UNKNOWN_FIELD",
                text(
                    "These columns do not belong to the table and were left out: {columns}.",
                    columns=listed(mapped.unknown),
                ),
                count=len(mapped.unknown),
            )
        )
    return findings


def _header_unit(column: str) -> str:
    """The unit that stands in brackets behind a column's name: 目标值（亩）."""
    behind = _IN_BRACKETS.search(plain(column))
    return behind[1] if behind and name_key(behind[1]) in _UNITS else ""


def _texts(values: pd.Series[Any]) -> pd.Series[Any]:
    """Texts as they are kept: composed, without the sign that no database takes; '' where missing."""
    return pd.Series(
        [
            "" if pd.isna(value) else trimmed(unicodedata.normalize("NFC", str(value)).replace("\0", ""))
            for value in values
        ],
        index=values.index,
        dtype=object,
    )


def _is_example(told: pd.DataFrame) -> pd.Series[bool]:
    if "source" not in told:
        return pd.Series(False, index=told.index)
    return told["source"].isin([EXAMPLE.in_("zh"), EXAMPLE.in_("en")])


def _left_out(is_example: pd.Series[bool]) -> list[Finding]:
    if not is_example.any():
        return []
    return [
        found(
            "REPAIRED",
            text("The example row of the template was left out."),
            rows=np.flatnonzero(is_example),
            severity=Severity.NOTE,
        )
    ]


# --- keys ------------------------------------------------------------------------------------------------------------


def _days(values: pd.Series[Any], field: Field) -> tuple[pd.Series[Any], list[Finding]]:
    """A column of days; 现状 is none here, and that one is empty is told by `_check_keys`."""
    schema = LayerSchema("day", field.label, "Point", (field,))
    read, findings = mapping.to_fields(
        values.rename(field.name).to_frame(), schema, Mapped({field.name: field.name}, [], [], []), choices=Choices()
    )
    days = read[field.name]
    findings = [_as_a_day(finding) for finding in findings if finding.code != "MISSING_VALUE"]
    existing = np.flatnonzero(days == EXISTING)
    if len(existing):
        findings.append(
            found(
                "BAD_DATE",
                text(
                    "{field}: 现状 is no day of a target or a report ({rows}); write it as 2019-12-31.",
                    field=field.label,
                    rows=row_examples(existing),
                ),
                rows=existing,
                severity=Severity.ERROR,
                field=field.name,
            )
        )
    return days, findings


def _as_a_day(finding: Finding) -> Finding:
    """The advice on a day that can't be read, without 现状."""
    values = finding.message.values
    if finding.code != "BAD_DATE" or "advice" not in values:
        return finding
    advice = text("write it as 2019-12-31, year and month first")
    return replace(finding, message=replace(finding.message, values={**values, "advice": advice}))


def _check_keys(
    told: pd.DataFrame, entries: pd.DataFrame, rows: npt.NDArray[np.intp], schema: LayerSchema
) -> list[Finding]:
    """Rows whose key is empty or too long, or that another row has too."""
    findings = []
    first, day = schema.fields[0], schema.fields[1]
    here = told.loc[rows]
    for field in (first, day):
        empty = rows[(here[field.name].map(is_no_value)).to_numpy(dtype=bool)]
        if len(empty):
            findings.append(
                found(
                    "MISSING_KEY",
                    text(
                        "{field} is empty in {count} rows ({rows}). Fill it in: it says which entry is meant.",
                        field=field.label,
                        count=len(empty),
                        rows=row_examples(empty),
                    ),
                    rows=empty,
                    field=field.name,
                )
            )
    for field in schema.fields:
        limit = _LONGEST.get(field.name, np.inf)
        long = rows[(here[field.name].str.len() > limit).to_numpy(dtype=bool)] if field.name in here else rows[:0]
        if len(long):
            findings.append(
                found(
                    "BAD_CODE",
                    text(
                        "{field}: at most {limit} characters are kept ({rows}). Shorten it.",
                        field=field.label,
                        limit=limit,
                        rows=row_examples(long, told.loc[long, field.name]),
                    ),
                    rows=long,
                    severity=Severity.ERROR,
                    field=field.name,
                )
            )
    keys = entries.loc[rows, [first.name, day.name]]
    whole = (keys[first.name] != "") & keys[day.name].notna()
    again = rows[(keys.duplicated(keep=False) & whole).to_numpy(dtype=bool)]
    if len(again):
        findings.append(
            found(
                "DUPLICATE_KEY",
                text(
                    "{count} rows have the same {first} and {day} as another ({rows}). Keep one of them.",
                    count=len(again),
                    first=first.label,
                    day=day.label,
                    rows=row_examples(
                        again, (f"{name} {when:%Y-%m-%d}" for name, when in entries.loc[again, keys.columns].to_numpy())
                    ),
                ),
                rows=again,
                field=first.name,
            )
        )
    return findings


def _indicators(
    written: pd.Series[Any], rows: npt.NDArray[np.intp], field: Field
) -> tuple[pd.Series[Any], list[Finding]]:
    """The ids of what is named, '' for what is not; and what is named wrongly."""
    ids = written.map(lambda name: indicator_named(name) or "" if name else "")
    bad = rows[((ids == "") & (written != "")).to_numpy(dtype=bool)[rows]]
    if not len(bad):
        return ids, []
    near = [label(f"{shown(name)} → {like}", f"{shown(name)} → {like}")
            for name in dict.fromkeys(written[bad]) if (like := indicator_like(name))]  # fmt: skip
    message = (
        text(
            "{field}: {count} values name no indicator ({rows}). Perhaps {near}. Give an id, or the title with its"
            " part in brackets.",
            field=field.label,
            count=len(bad),
            rows=row_examples(bad, written[bad]),
            near=listed(near, most=5),
        )
        if near
        else text(
            "{field}: {count} values name no indicator ({rows}). Give an id such as greening.completed_ha, or the title"
            " with its part in brackets.",
            field=field.label,
            count=len(bad),
            rows=row_examples(bad, written[bad]),
        )
    )
    return ids, [found("BAD_CODE", message, rows=bad, severity=Severity.ERROR, field=field.name)]


# --- numbers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cell:
    """What a row says of its number."""

    number: Read[float]
    """As it is written, in `unit`."""
    unit: str
    """As it is written: behind the number, in the column of units or in the header; '' for none."""
    contradicts: bool
    """Whether the unit behind the number is another than that of the row."""
    written: str


def _cell(value: str, unit: str, header_unit: str) -> _Cell:
    written = plain(value)
    split = _WITH_UNIT.fullmatch(written)
    if split and name_key(split[2]) in _UNITS:
        behind = split[2]
        return _Cell(read_number(split[1]), behind, bool(unit) and _ours(unit) != _ours(behind), value)
    return _Cell(read_number(value), unit or header_unit, False, value)


def _ours(unit: str) -> str:
    """Our name of a unit; one that we have no name for is its own."""
    return _UNITS.get(name_key(unit), (unit, 1.0))[0]


def _divisor(unit: str) -> float:
    return _UNITS.get(name_key(unit), (unit, 1.0))[1]


def _in_our_units(
    cells: Sequence[_Cell], rows: npt.NDArray[np.intp], names: Sequence[str], schema: LayerSchema
) -> tuple[list[float], list[str], list[Finding]]:
    """Value and unit of each row, and what was found: bad numbers, wrong units, what was converted.

    Parameters
    ----------
    names : ids of the indicators that the rows are about; '' where that is not known
    """
    values, units = [], []
    told: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row, cell, name in zip(rows, cells, names, strict=True):
        wanted = definition_of(name).unit if name else None
        counted = wanted == "count" and cell.unit in _COUNTED
        unit = wanted if wanted is not None and (counted or not cell.unit) else _ours(cell.unit)
        value = np.nan if cell.number.value is None else cell.number.value / _divisor(cell.unit)
        values.append(value)
        units.append(unit)
        if case := _case(cell, value, unit, name, wanted):
            told[case].append((int(row), _words(case, cell, value, unit, wanted)))
    return values, units, list(_of_numbers(told, schema))


def _case(cell: _Cell, value: float, unit: str, name: str, wanted: str | None) -> str | None:
    """Under which of `_NUMBER_FINDINGS` a row falls; None where there is nothing to say."""
    converted = _divisor(cell.unit) != 1
    if cell.number.how is How.EMPTY:
        return "empty"
    if np.isnan(value) or (value < 0 and wanted is not None):
        return "bad"
    if cell.contradicts or (wanted is not None and unit != wanted):
        return "other unit"
    if not unit and name:
        return "no unit"
    if unit == "share" and not converted and value > _MOST_BARE_SHARE:
        return "no share"
    if converted:
        return "under one per cent" if unit == "share" and 0 < value < 0.01 else "converted"
    return None


def _words(case: str, cell: _Cell, value: float, unit: str, wanted: str | None) -> str:
    """What a message shows of a row."""
    if case in ("empty", "no unit"):
        return ""
    if case == "other unit":
        return f"{cell.unit} ≠ {wanted or unit}"
    written = cell.written if cell.unit in plain(cell.written) else f"{cell.written} {cell.unit}"
    return f"{written} → {value:.10g} {unit}" if case in ("converted", "under one per cent") else cell.written


_NUMBER_FINDINGS: dict[str, tuple[str, Severity, str, Text]] = {
    "bad": (
        "BAD_NUMBER",
        Severity.ERROR,
        "value",
        text("{field}: {count} values are no number that can stand there ({rows}). Write digits alone."),
    ),
    "no share": (
        "BAD_NUMBER",
        Severity.ERROR,
        "value",
        text("{field}: {count} shares are far above 1 ({rows}). Write 0.85 or 85%."),
    ),
    "other unit": (
        "BAD_CODE",
        Severity.ERROR,
        "unit",
        text("{field}: {count} units are not those of their indicator ({rows}). Leave the unit empty, or convert."),
    ),
    "no unit": (
        "MISSING_VALUE",
        Severity.ERROR,
        "unit",
        text("{field} is required and empty in {count} rows ({rows}). Fill it in."),
    ),
    "converted": (
        "REPAIRED",
        Severity.NOTE,
        "value",
        text("{field}: {count} values were converted ({rows})."),
    ),
    "under one per cent": (
        "REPAIRED",
        Severity.WARNING,
        "value",
        text(
            "{field}: {count} values were read as less than one per cent ({rows}). If the spreadsheet showed 85% for"
            " 0.85, clear the unit."
        ),
    ),
    "empty": (
        "MISSING_VALUE",
        Severity.WARNING,
        "value",
        text("{field} is empty in {count} rows ({rows}): where the table has such an entry, it is withdrawn."),
    ),
}
"""What may be said of a number → code, severity, field and words."""


def _of_numbers(told: Mapping[str, list[tuple[int, str]]], schema: LayerSchema) -> Iterator[Finding]:
    for case, (code, severity, name, message) in _NUMBER_FINDINGS.items():
        if case not in told:
            continue
        rows = [row for row, _ in told[case]]
        words = [said for _, said in told[case]]
        values = {
            "field": schema.field(name).label,
            "count": len(rows),
            "rows": row_examples(rows, words if any(words) else None),
        }
        yield found(code, replace(message, values=values), rows=rows, severity=severity, field=name)
