"""Numbers, areas, lengths and dates as people of either language write them."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from geodata.i18n import Language, Text, text
from geodata.schema import EXISTING
from layers.view import AreaUnit

M2_PER_UNIT: dict[AreaUnit, float] = {"ha": 10_000, "mu": 2000 / 3, "km2": 1_000_000}
"""Square metres in each unit of area; 1 亩 = 2000/3 m²."""
UNIT_NAMES: dict[AreaUnit, Text] = {"ha": text("ha"), "mu": text("mu"), "km2": text("km²")}
NOTHING = "–"

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_TEN_THOUSAND, _KILOMETRE_M = 10_000, 1000


def number(value: float | None, decimals: int = 0) -> str:
    """`value` with thousands separators and a fixed number of decimals; a dash where there is none."""
    if value is None or math.isnan(value):
        return NOTHING
    return f"{value:,.{decimals}f}".replace("-", "−")


def share(value: float | None, decimals: int = 1) -> str:
    """A share of 1 in per cent."""
    return NOTHING if value is None or math.isnan(value) else f"{number(value * 100, decimals)}%"


def in_unit(area_m2: float, unit: AreaUnit) -> float:
    """An area of square metres in another unit."""
    return area_m2 / M2_PER_UNIT[unit]


def area(area_m2: float | None, unit: AreaUnit, language: Language) -> str:
    """An area with its unit, to three or four digits that mean something; large ones in 万亩 in Chinese."""
    if area_m2 is None or math.isnan(area_m2):
        return NOTHING
    value = in_unit(area_m2, unit)
    if unit == "mu" and language == "zh" and value >= _TEN_THOUSAND:
        return f"{number(value / _TEN_THOUSAND, 2)} 万亩"
    return f"{number(value, decimals_for(value, small=4 if unit == 'km2' else 2))} {UNIT_NAMES[unit].in_(language)}"


def decimals_for(value: float, *, small: int = 2) -> int:
    """How many decimals mean something: none from 100 on, one from 10 on, two from 1 on, `small` below."""
    size = abs(value)
    return 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else small


def length(length_m: float | None, language: Language) -> str:
    """A length in metres, in kilometres from one kilometre on."""
    if length_m is None or math.isnan(length_m):
        return NOTHING
    if abs(length_m) < _KILOMETRE_M:
        return f"{number(length_m)} {text('m').in_(language)}"
    return f"{number(length_m / _KILOMETRE_M, 2)} {text('km').in_(language)}"


def day(value: date | pd.Timestamp | None, language: Language) -> str:
    """A date; 现状 for what was there before all records, a dash for what has not happened."""
    if value is None or pd.isna(value):
        return NOTHING
    if pd.Timestamp(value) == EXISTING:
        return text("existing").in_(language)
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def month(value: date, language: Language) -> str:
    """A month of a year."""
    return f"{value.year}年{value.month}月" if language == "zh" else f"{_MONTHS[value.month - 1]} {value.year}"
