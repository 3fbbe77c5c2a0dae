"""One column's values read as what its field means: codes, dates, numbers, yes and no.

Every reader takes the column as the file had it and returns it in the dtype of the schema, with findings that name
the rows it could not read, or read in another way than they stand.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

import pandas as pd

from geodata.findings import Finding, Severity, found
from geodata.i18n import text
from geodata.schema import EXISTING, Field, Kind

_EXAMPLES = 3
_EXISTING_WORDS = {"现状", "已有", "existing"}
_YES = {"是", "true", "t", "y", "yes", "1", "1.0", "√"}
_NO = {"否", "false", "f", "n", "no", "0", "0.0", "×"}
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(20_000, 80_000)  # 1954–2119
_YEARS = range(1900, 2101)
_NULL_WORDS = {"", "-", "—", "–", "/", "无", "空", "null", "none", "nan", "nat", "<null>", "n/a"}
_SUSPICIOUS = re.compile(r"<\s*/?\s*[a-z!]|^\s*[=+@]|--\s|;\s*drop\s|\bunion\s+select\b", re.IGNORECASE)
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b\u000c\u000e-\u001f]")

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月)?(?:[T\s].*)?$")
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_YEAR = re.compile(r"(\d{4})\s*年?$")
_NUMBER = re.compile(r"([-+−]?\d[\d,,\s]*(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+−]?\.\d+)\s*([^\d\s].*)?$")


class UnreadableError(ValueError):
    """A value can't be read as what its field means."""


def read_column(column: pd.Series, field: Field) -> tuple[pd.Series, list[Finding]]:
    """A column in the dtype of its field.

    Parameters
    ----------
    column : n rows, as the file had them

    Returns
    -------
    (Series, findings)
        n rows, same index. Values that can't be read are empty and named by a finding.
    """
    return _READERS[field.kind](column, field)


def read_text(value: Hashable) -> str | None:
    """Text without surrounding blanks; None for nothing. Whole numbers lose the `.0` that a table gave them."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):  # type: ignore[call-overload]
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    words = str(value).strip().strip("\u3000\ufeff\x00")
    return words or None


@lru_cache(maxsize=65_536)
def read_date(value: Hashable) -> tuple[pd.Timestamp | None, bool]:
    """A date, and whether it was known only to its month or year (then it is that period's last day).

    Reads `2019-03-05`, `2019/3/5`, `2019.3.5`, `2019年3月5日`, `20190305`, `2019-03`, `2019年`, serial numbers of
    spreadsheets, dates and times, and 现状 / existing.

    Raises
    ------
    UnreadableError
        It is none of these.
    """
    if value is pd.NaT:
        return None, False
    if isinstance(value, (datetime, date)):
        return _stamp(value.year, value.month, value.day), False
    words = read_text(value)
    if words is None or words.lower() in _NULL_WORDS:
        return None, False
    words = unicodedata.normalize("NFKC", words)
    if words.lower() in _EXISTING_WORDS:
        return EXISTING, False
    if words in {"0", "00000000"}:
        return None, False
    if match := _PLAIN_DATE.match(words):
        return _stamp(int(match[1]), int(match[2]), int(match[3])), False
    if match := _DATE.match(words):
        year, month = int(match[1]), int(match[2])
        if match[3]:
            return _stamp(year, month, int(match[3])), False
        if not 1 <= month <= 12:
            raise UnreadableError(words)
        return _stamp(year, month, calendar.monthrange(year, month)[1]), True
    if (match := _YEAR.match(words)) and int(match[1]) in _YEARS:
        return _stamp(int(match[1]), 12, 31), True
    if re.fullmatch(r"\d{5}(\.\d+)?", words) and int(float(words)) in _EXCEL_DAYS:
        day = _EXCEL_EPOCH + timedelta(days=int(float(words)))
        return _stamp(day.year, day.month, day.day), False
    raise UnreadableError(words)


@lru_cache(maxsize=65_536)
def read_number(value: Hashable) -> tuple[float | None, bool]:
    """A number, and whether it stood with thousands separators, a unit or wide digits.

    Raises
    ------
    UnreadableError
        It is no number.
    """
    if isinstance(value, bool):
        raise UnreadableError(str(value))
    if isinstance(value, (int, float)) or hasattr(value, "dtype"):
        number = float(value)  # type: ignore[arg-type]
        return (None, False) if number != number else (number, False)
    words = read_text(value)
    if words is None or words.lower() in _NULL_WORDS:
        return None, False
    plain = unicodedata.normalize("NFKC", words)
    match = _NUMBER.match(plain)
    if match is None or (match[2] and len(match[2]) > 8):
        raise UnreadableError(words)
    number = float(re.sub(r"[,,\s]", "", match[1]).replace("−", "-"))
    return number, bool(match[2]) or not re.fullmatch(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?", words)


def _stamp(year: int, month: int, day: int) -> pd.Timestamp:
    try:
        found_day = pd.Timestamp(date(year, month, day)).as_unit("s")
    except ValueError as error:
        raise UnreadableError(f"{year}-{month}-{day}") from error
    if year not in _YEARS:
        raise UnreadableError(f"{year}-{month}-{day}")
    return found_day


def _texts(column: pd.Series, field: Field) -> tuple[pd.Series, list[Finding]]:
    words = [read_text(value) for value in column]
    odd = [row for row, word in enumerate(words) if word and (_SUSPICIOUS.search(word) or _BIDI.search(word))]
    findings = []
    if odd:
        findings.append(
            found(
                "SUSPICIOUS_TEXT",
                text(
                    "“{field}”: {count} texts look like HTML, SQL, a formula or hold control characters ({rows}). They"
                    " are kept as plain text.",
                    field=field.label,
                    count=len(odd),
                    rows=_places(odd),
                ),
                rows=odd,
                severity=Severity.NOTE,
                field=field.name,
            )
        )
    return pd.Series(words, index=column.index, dtype="str"), findings


def _codes(column: pd.Series, field: Field) -> tuple[pd.Series, list[Finding]]:
    meaning: dict[str, str] = {}
    for known, label in field.codes.items():
        for name in (known, label.in_("zh"), label.in_("en")):
            meaning.setdefault(_fold(name), known)
    words = [read_text(value) for value in column]
    codes: list[str | None] = []
    bad: list[int] = []
    for row, word in enumerate(words):
        if word is None or word.lower() in _NULL_WORDS:
            codes.append(None)
            continue
        code: str | None = meaning.get(_fold(word))
        if code is None:
            bad.append(row)
        codes.append(code if code is not None else (word if field.open else None))
    return pd.Series(codes, index=column.index, dtype="str"), _bad(
        "BAD_CODE",
        field,
        words,
        bad,
        text("one of {codes}", codes=", ".join(list(field.codes)[:12])),
        kept=field.open,
        rows_matter=field.required and not field.open,
    )


def _dates(column: pd.Series, field: Field) -> tuple[pd.Series, list[Finding]]:
    days: list[pd.Timestamp | None] = []
    bad: list[int] = []
    rough: list[int] = []
    for row, value in enumerate(column):
        try:
            day, is_rough = read_date(value if isinstance(value, Hashable) else str(value))
        except UnreadableError:
            bad.append(row)
            day, is_rough = None, False
        days.append(day)
        if is_rough:
            rough.append(row)
    findings = _bad("BAD_DATE", field, list(column), bad, text("a date such as 2019-03-05"), rows_matter=field.required)
    if rough:
        findings.append(
            found(
                "DATE_ROUGH",
                text(
                    "“{field}”: {count} dates are known to the month or year only; they count on its last day.",
                    field=field.label,
                    count=len(rough),
                ),
                rows=rough,
                severity=Severity.NOTE,
                field=field.name,
            )
        )
    return pd.Series(days, index=column.index, dtype="datetime64[s]"), findings


def _numbers(column: pd.Series, field: Field) -> tuple[pd.Series, list[Finding]]:
    numbers: list[float | None] = []
    bad: list[int] = []
    mended: list[int] = []
    percent: list[int] = []
    for row, value in enumerate(column):
        try:
            number, was_mended = read_number(value if isinstance(value, Hashable) else str(value))
        except UnreadableError:
            bad.append(row)
            number, was_mended = None, False
        if field.share and isinstance(value, str) and value.strip().endswith(("%", "%")):
            percent.append(row)
        elif was_mended:
            mended.append(row)
        numbers.append(number)
    values = pd.Series(numbers, index=column.index, dtype="float64")
    infinite = [row for row, number in enumerate(numbers) if number is not None and abs(number) == float("inf")]
    values.iloc[infinite] = float("nan")
    findings: list[Finding] = []
    if field.share:
        values, findings = _shares(values, field, percent)
    findings += _bad(
        "BAD_NUMBER", field, list(column), sorted({*bad, *infinite}), text("a number"), rows_matter=field.required
    )
    if mended:
        findings.append(
            found(
                "REPAIRED",
                text(
                    "“{field}”: {count} numbers stood with separators or a unit and were read without ({examples}).",
                    field=field.label,
                    count=len(mended),
                    examples=_examples(list(column), mended),
                ),
                rows=mended,
                severity=Severity.NOTE,
                field=field.name,
            )
        )
    return values, findings


def _shares(values: pd.Series[float], field: Field, percent: list[int]) -> tuple[pd.Series[float], list[Finding]]:
    """A column of shares: in per cent when its values say so or more than half of the non-zero ones exceed 1."""
    findings: list[Finding] = []
    given = values[values.notna() & (values != 0)]
    if percent or (len(given) and (given > 1).mean() > 0.5):
        before = values.copy()
        values = values / 100
        example = given.index[0] if len(given) else values.index[0]
        findings.append(
            found(
                "REPAIRED",
                text(
                    "“{field}” was read as per cent: {before} became {after}.",
                    field=field.label,
                    before=f"{before.loc[example]:g}",
                    after=f"{values.loc[example]:g}",
                ),
                count=len(given),
                severity=Severity.WARNING,
                field=field.name,
            )
        )
    outside = ((values < 0) | (values > 1)).to_numpy().nonzero()[0].tolist()
    findings += _bad("BAD_NUMBER", field, values.tolist(), outside, text("a share between 0 and 1"))
    values = values.mask((values < 0) | (values > 1))
    return values, findings


def _integers(column: pd.Series, field: Field) -> tuple[pd.Series, list[Finding]]:
    values, findings = _numbers(column, field)
    broken = ((values % 1) != 0) & values.notna()
    rows = broken.to_numpy().nonzero()[0].tolist()
    findings += _bad("BAD_NUMBER", field, list(column), rows, text("a whole number"), rows_matter=field.required)
    return values.mask(broken).astype("Int64"), findings


def _flags(column: pd.Series, field: Field) -> tuple[pd.Series, list[Finding]]:
    flags: list[bool | None] = []
    bad: list[int] = []
    for row, value in enumerate(column):
        word = (read_text(value) or "").lower()
        if word not in _YES and word not in _NO and word not in _NULL_WORDS:
            bad.append(row)
        flags.append(True if word in _YES else False if word in _NO else None)
    return pd.Series(flags, index=column.index, dtype="boolean"), _bad(
        "BAD_CODE", field, list(column), bad, text("是 or 否")
    )


_READERS: dict[Kind, Callable[[pd.Series, Field], tuple[pd.Series, list[Finding]]]] = {
    Kind.TEXT: _texts,
    Kind.CODE: _codes,
    Kind.DATE: _dates,
    Kind.NUMBER: _numbers,
    Kind.INTEGER: _integers,
    Kind.FLAG: _flags,
}


def _bad(
    code: str,
    field: Field,
    values: Sequence[object],
    rows: list[int],
    wanted: object,
    *,
    kept: bool = False,
    rows_matter: bool = False,
) -> list[Finding]:
    """One finding for all values of a column that could not be read; an error when it stands in the way."""
    if not rows:
        return []
    given = [row for row, value in enumerate(values) if read_text(value if isinstance(value, Hashable) else str(value))]
    whole_column = code != "BAD_CODE" and len(given) == len(rows)
    severity = Severity.ERROR if rows_matter or whole_column else Severity.WARNING
    what = (
        text(
            "“{field}”: {count} values are unknown and kept as they are ({examples}; {rows}). Wanted: {wanted}.",
            field=field.label,
            count=len(rows),
            examples=_examples(values, rows),
            rows=_places(rows),
            wanted=wanted,
        )
        if kept
        else text(
            "“{field}”: {count} values can't be read and would be empty ({examples}; {rows}). Wanted: {wanted}.",
            field=field.label,
            count=len(rows),
            examples=_examples(values, rows),
            rows=_places(rows),
            wanted=wanted,
        )
    )
    return [found(code, what, rows=rows, severity=severity, field=field.name)]


def _examples(values: Sequence[object], rows: list[int]) -> str:
    return ", ".join(dict.fromkeys(str(values[row])[:24] for row in rows[:_EXAMPLES]))


def _places(rows: list[int]) -> object:
    """The first rows, as people count them."""
    shown = ", ".join(str(row + 1) for row in rows[:_EXAMPLES])
    return text("row {rows} …", rows=shown) if len(rows) > _EXAMPLES else text("row {rows}", rows=shown)


def _fold(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", name)).casefold()
