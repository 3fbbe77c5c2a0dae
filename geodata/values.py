"""Reading single values of a file's columns: dates, numbers, flags, codes and text as Chinese offices write them.

Each `read_…` takes one value as text and says what it is and how it was read; `each_value` runs one over a column by
its distinct values, so that two hundred thousand rows cost no more than the values they hold.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.schema import EXISTING

T = TypeVar("T")

CHINA_TIME = timezone(timedelta(hours=8))
"""What a date with a time zone is turned into before its day is taken."""


class How(StrEnum):
    """How a value was read."""

    PLAIN = "plain"
    EMPTY = "empty"
    BAD = "bad"
    MONTH = "month"
    """A date known to the month, quarter, half-year or year: its last day counts."""
    SERIAL = "serial"
    """A date that stood as a count of days or milliseconds."""
    REWRITTEN = "rewritten"
    """A number with separators or a unit; a code in another spelling."""
    PERCENT = "percent"
    """A number with a per cent sign; its value is the share."""
    NUMBERED = "numbered"
    """A code given by its place in the list of codes."""
    LOST_ZERO = "lost_zero"
    """A code that had lost its leading zero."""
    FIRST = "first"
    """The first of several codes in one value."""


@dataclass(frozen=True)
class Read(Generic[T]):
    """A value that was read; `value` is None when it is empty or bad."""

    value: T | None
    how: How = How.PLAIN


_EMPTY: Read[Any] = Read(None, How.EMPTY)
_BAD: Read[Any] = Read(None, How.BAD)

_BLANK_ENDS = " \t\r\n\f\v\0\ufeff\u200b\u3000\xa0\u2002\u2003"
_NO_VALUE = {
    "",
    "-",
    "--",
    "—",
    "——",
    "–",
    "/",
    "\\",
    "无",
    "暂无",
    "空",
    "null",
    "<null>",
    "none",
    "n/a",
    "nan",
    "nat",
    "na",
}


def trimmed(value: str) -> str:
    """`value` without surrounding blanks, full-width and invisible ones too."""
    return value.strip(_BLANK_ENDS).strip()


def plain(value: str) -> str:
    """`value` for comparing: compatibility forms folded (full-width digits, ㎡), trimmed, in lower case."""
    return trimmed(unicodedata.normalize("NFKC", value)).casefold()


def name_key(value: str) -> str:
    """A name for comparing: as `plain`, without any blanks."""
    return re.sub(r"[\s\0\ufeff\u200b]+", "", plain(value))


def is_no_value(value: str) -> bool:
    """Whether a value of a date, number, flag or code column says that there is none: blank, a dash, 无, null."""
    return plain(value) in _NO_VALUE


# --- columns ---------------------------------------------------------------------------------------------------------


def as_texts(values: pd.Series[Any]) -> pd.Series[Any]:
    """A column as text: whole numbers without a decimal point, missing values as None."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.astype(object).map(lambda value: None if pd.isna(value) else str(bool(value)))
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values.astype(object).map(lambda value: None if pd.isna(value) else value.isoformat())
    try:
        codes, distinct = pd.factorize(values.astype(object), use_na_sentinel=True)
    except TypeError:  # lists and objects, as GeoJSON may nest them
        return pd.Series(
            [None if pd.api.types.is_scalar(value) and pd.isna(value) else as_text(value) for value in values],
            index=values.index,
            dtype=object,
        )
    texts = np.array([*(as_text(value) for value in distinct), None], dtype=object)
    return pd.Series(texts[codes], index=values.index, dtype=object)


def as_text(value: object) -> str:
    """One value as text: 7.0 is `7`."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


@dataclass(frozen=True)
class ReadColumn:
    """A column's values as they were read, row by row."""

    values: npt.NDArray[np.object_]
    """What was read; None where empty or bad."""
    how: npt.NDArray[np.object_]
    texts: npt.NDArray[np.object_]
    """The file's values as text; None where missing."""

    def rows(self, *ways: How) -> npt.NDArray[np.int64]:
        """Positions of the rows read in one of these ways."""
        return np.flatnonzero(np.isin(self.how.astype(str), [str(way) for way in ways]))


def each_value(texts: pd.Series[Any], read: Callable[[str], Read[Any]]) -> ReadColumn:
    """Read a column of texts (None where missing), each distinct one once."""
    codes, distinct = pd.factorize(texts.to_numpy(dtype=object), use_na_sentinel=True)
    answers = [read(value) for value in distinct] + [_EMPTY]
    values = np.empty(len(answers), dtype=object)
    how = np.empty(len(answers), dtype=object)
    for place, answer in enumerate(answers):
        values[place], how[place] = answer.value, str(answer.how)
    return ReadColumn(values[codes], how[codes], texts.to_numpy(dtype=object))


# --- dates -----------------------------------------------------------------------------------------------------------

_EXISTING_DAY = EXISTING.date()
_EXISTING_WORDS = {"现状", "现有", "既有", "现状保留", "existing"}
_NO_DATE = {"0", "00000000", "0000-00-00", "0000/00/00", "1899-12-30", "1899/12/30", "1899-12-30t00:00:00"}
_FIRST_YEAR, _LAST_YEAR = 1900, 2199

_TIME = r"(?:[t\s]+(?P<time>\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?)\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?)?"
_DAY = re.compile(rf"(\d{{4}})\s*([-/.年])\s*(\d{{1,2}})\s*([-/.月])\s*(\d{{1,2}})\s*[日号]?{_TIME}")
_COMPACT = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}})(?:\.0+)?{_TIME}")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?\s*[底末份]?")
_COMPACT_MONTH = re.compile(r"(\d{4})(\d{2})")
_QUARTER = re.compile(r"(\d{4})\s*年?\s*(?:q([1-4])|第?([一二三四1-4])季度?)[底末]?")
_HALF = re.compile(r"(\d{4})\s*年?\s*([上下])半年[底末]?")
_YEAR = re.compile(r"(\d{4})\s*(?:年度?)?\s*[底末]?")
_NUMBER_DAY = re.compile(r"(\d{5})(?:\.\d+)?")
_EPOCH_MS = re.compile(r"-?\d{11,13}(?:\.0+)?")
_CHINESE_DIGITS = {
    "〇": 0,
    "零": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 73_050
"""Days that a spreadsheet counts: 1954-10-03 to 2099-12-31."""


def read_date(value: str) -> Read[date]:
    """A date: `2019-03-05`, `2019/3/5`, `2019.3.5`, `2019年3月5日`, `20190305`, or 现状 / existing.

    Known to the month, quarter, half-year or year, it is that period's last day. Five-digit numbers are a
    spreadsheet's days, eleven to thirteen digits milliseconds since 1970. A time of day is left out; one with a zone
    counts in China.
    """
    written = plain(value)
    if written in _NO_VALUE or written in _NO_DATE:
        return _EMPTY
    if written in _EXISTING_WORDS:
        return Read(_EXISTING_DAY)
    if "年" in written:
        written = _with_arabic_digits(written)
    for pattern, reader in _DATE_FORMS:
        if match := pattern.fullmatch(written):
            return reader(match)
    return _BAD


def _with_arabic_digits(written: str) -> str:
    """二〇一九年十二月五日 → 2019年12月5日."""

    def number(match: re.Match[str]) -> str:
        digits = match.group()
        if "十" not in digits:
            return "".join(str(_CHINESE_DIGITS[each]) for each in digits)
        tens, _, ones = digits.partition("十")
        return str((_CHINESE_DIGITS[tens] if tens else 1) * 10 + (_CHINESE_DIGITS[ones] if ones else 0))

    return re.sub(r"(?:[〇零○一二三四五六七八九]+|[一二三]?十[一二三四五六七八九]?)(?=[年月日号])", number, written)


def _read_day(match: re.Match[str]) -> Read[date]:
    return _day(int(match[1]), int(match[3]), int(match[5]), match)


def _read_compact(match: re.Match[str]) -> Read[date]:
    return _day(int(match[1]), int(match[2]), int(match[3]), match)


def _day(year: int, month: int, day: int, match: re.Match[str]) -> Read[date]:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return _BAD
    try:
        read = date(year, month, day)
        time = [int(float(part)) for part in (match["time"] or "0:0").split(":")]
        moment = datetime(year, month, day, time[0], time[1], tzinfo=UTC)
    except ValueError:
        return _BAD
    zone = match["zone"]
    if not zone:
        return Read(read)
    if zone[0] in "+-":
        away = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        moment -= away if zone[0] == "+" else -away
    return Read(moment.astimezone(CHINA_TIME).date())


def _read_month(match: re.Match[str]) -> Read[date]:
    return _month_end(int(match[1]), int(match[2]))


def _read_quarter(match: re.Match[str]) -> Read[date]:
    quarter = match[2] or match[3]
    return _month_end(int(match[1]), 3 * int(_CHINESE_DIGITS.get(quarter, quarter)))


def _read_half(match: re.Match[str]) -> Read[date]:
    return _month_end(int(match[1]), 6 if match[2] == "上" else 12)


def _read_year(match: re.Match[str]) -> Read[date]:
    return _month_end(int(match[1]), 12)


def _month_end(year: int, month: int) -> Read[date]:
    if not (_FIRST_YEAR < year <= _LAST_YEAR and 1 <= month <= 12):
        return _BAD
    return Read(date(year, month, calendar.monthrange(year, month)[1]), How.MONTH)


def _read_serial(match: re.Match[str]) -> Read[date]:
    days = int(match[1])
    if not _FIRST_SERIAL <= days <= _LAST_SERIAL:
        return _BAD
    return Read(date(1899, 12, 30) + timedelta(days=days), How.SERIAL)


def _read_epoch(match: re.Match[str]) -> Read[date]:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=float(match.group()))
    if not _FIRST_YEAR < moment.year <= 2099:
        return _BAD
    return Read(moment.astimezone(CHINA_TIME).date(), How.SERIAL)


_DATE_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Read[date]]], ...] = (
    (_DAY, _read_day),
    (_COMPACT, _read_compact),
    (_COMPACT_MONTH, _read_month),
    (_MONTH, _read_month),
    (_QUARTER, _read_quarter),
    (_HALF, _read_half),
    (_YEAR, _read_year),
    (_NUMBER_DAY, _read_serial),
    (_EPOCH_MS, _read_epoch),
)


def read_dates(values: pd.Series[Any]) -> ReadColumn:
    """A whole column of dates; a date column is taken as it is, the time of day left out."""
    if pd.api.types.is_float_dtype(values.dtype):
        return each_value(as_texts(values), _read_date_number)
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        return each_value(as_texts(values), read_date)
    days = values.dt.tz_convert(CHINA_TIME).dt.tz_localize(None) if values.dt.tz is not None else values
    codes, distinct = pd.factorize(days.to_numpy(dtype="datetime64[s]").astype("datetime64[D]"), use_na_sentinel=True)
    answers = [read_date(str(day)) for day in distinct] + [_EMPTY]
    read = np.array([answer.value for answer in answers], dtype=object)
    how = np.array([str(answer.how) for answer in answers], dtype=object)
    texts = np.array([*(str(day) for day in distinct), None], dtype=object)
    return ReadColumn(read[codes], how[codes], texts[codes])


def _read_date_number(written: str) -> Read[date]:
    # 2019.1 in a column of numbers may be January or October.
    return _BAD if re.fullmatch(r"\d{4}\.\d+", written) else read_date(written)


# --- numbers ---------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"([+-]?)((?:\d{1,3}(?:[,'\s]\d{3})+|\d+)(?:\.\d*)?|\.\d+)((?:e[+-]?\d{1,3})?)\s*(\D.*)?")
_AREAS = (
    dict.fromkeys(("m2", "m^2", "平方米", "平米"), 1.0)
    | dict.fromkeys(("ha", "公顷"), 1e4)
    | {"亩": 2000 / 3}
    | dict.fromkeys(("km2", "km^2", "平方公里", "平方千米"), 1e6)
)
_LENGTHS = {"m": 1.0, "米": 1.0, "km": 1e3, "公里": 1e3, "千米": 1e3, "cm": 0.01, "厘米": 0.01}
_UNITS: dict[str | None, dict[str, float]] = {
    "m2": _AREAS,
    "km2": {spelling: m2 / 1e6 for spelling, m2 in _AREAS.items()},
    "m": _LENGTHS,
    "100m_cny": {"亿元": 1.0, "亿": 1.0, "万元": 1e-4, "万": 1e-4, "元": 1e-8},
    None: dict.fromkeys(["盏", "个", "套", "基", "杆", "年", "年度", "批", "年批次", "号"], 1.0),
}
"""Unit of a field → what may stand behind a number, and what the number is then multiplied by."""


def read_number(value: str, *, unit: str | None = None, bare: float = 1.0) -> Read[float]:
    """A number, with thousands separators or a unit behind it; a unit other than `unit` is converted.

    A number without a unit is multiplied by `bare`. `45%` is 0.45. What stands before or between the digits, or a unit
    that is not known, makes it bad.
    """
    written = plain(value)
    if written in _NO_VALUE:
        return _EMPTY
    try:
        number = float(written) if written.isascii() and "_" not in written else np.nan
    except ValueError:
        number = np.nan
    if np.isfinite(number):
        return Read(number * bare)
    match = _NUMBER.fullmatch(written)
    if not match:
        return _BAD
    sign, digits, exponent, behind = match.groups()
    number = float(sign + re.sub(r"[,'\s]", "", digits) + exponent)
    behind = trimmed(behind or "")
    if behind == "%":
        return Read(number / 100, How.PERCENT)
    factor = unit_factor(behind, unit) if behind else bare
    if factor is None or not np.isfinite(number * factor):
        return _BAD
    return Read(number * factor, How.REWRITTEN)


def unit_factor(stated: str, unit: str | None) -> float | None:
    """What a number in the unit `stated` is multiplied by to be in `unit`; None for a unit that is not known."""
    return _UNITS.get(unit, {}).get(name_key(stated))


def read_whole_number(value: str) -> Read[int]:
    """A whole number; also a Chinese one up to ten, and with 第 before it."""
    written = plain(value).removeprefix("第")
    if written in _CHINESE_DIGITS or written == "十":
        return Read(_CHINESE_DIGITS.get(written, 10), How.REWRITTEN)
    read = read_number(written)
    if read.value is None:
        return Read(None, read.how)
    if read.how is How.PERCENT or not float(read.value).is_integer() or abs(read.value) >= 2**53:
        return _BAD
    return Read(int(read.value), read.how)


# --- flags and codes -------------------------------------------------------------------------------------------------

_FLAGS = dict.fromkeys(("是", "true", "t", "yes", "y", "1", "1.0", "√", "真"), True) | dict.fromkeys(
    ("否", "false", "f", "no", "n", "0", "0.0", "×", "假"), False
)


def read_flag(value: str) -> Read[bool]:
    """A yes or no: 是/否, true/false, T/F, Y/N, 1/0."""
    written = plain(value)
    if written in _FLAGS:
        return Read(_FLAGS[written])
    return _EMPTY if written in _NO_VALUE or written == "?" else _BAD


def code_reader(
    spellings: dict[str, str], *, numbered: tuple[str, ...] = (), keep_bad: bool = False
) -> Callable[[str], Read[str]]:
    """A reader of codes.

    Parameters
    ----------
    spellings : spelling (by `name_key`) → code
    numbered : codes in the order in which a number names them, from 1
    keep_bad : a value that is no code is kept, as it was written
    """

    def read(value: str) -> Read[str]:
        if is_no_value(value):
            return _EMPTY
        written = name_key(value)
        if written in spellings:
            return Read(spellings[written])
        number = re.fullmatch(r"(\d{1,2})(?:\.0+)?", written)
        if number and 1 <= int(number[1]) <= len(numbered):
            return Read(numbered[int(number[1]) - 1], How.NUMBERED)
        return Read(trimmed(value), How.BAD) if keep_bad else _BAD

    return read


# --- text ------------------------------------------------------------------------------------------------------------

_LIKE_CODE = re.compile(
    r"<\s*[a-z!/?][^<>]*>|<\s*(?:script|img|svg|iframe|a|style|object)\b"
    r"|^\s*[=@][^\s=]"
    r"|^\s*[+-]\s*(?:cmd|[a-z_]+\s*\()"
    r"|\b(?:drop|alter|truncate|delete|insert|update|select|union)\b.{0,80}\b(?:table|from|into|set|select)\b"
    r"|['\"]\s*;?\s*--|javascript:|[\u202a-\u202e\u2066-\u2069]",
    re.IGNORECASE | re.DOTALL,
)


def looks_like_code(value: str) -> bool:
    """Whether a text looks like HTML, SQL or a spreadsheet formula, or turns the direction of writing."""
    return bool(_LIKE_CODE.search(value))
