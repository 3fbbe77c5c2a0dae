"""The values of indicators as a reader sees them: in the unit of area chosen, with the sign of their unit."""

from __future__ import annotations

from geodata.i18n import Language, Text, text
from layers import formats
from layers.view import AreaUnit

_M2 = {"ha": 10_000.0, "km2": 1_000_000.0}
_UNITS = {
    "km": (text("{value} km"), 1),
    "km/km2": (text("{value} km/km²"), 2),
}


def shown(value: float | None, unit: str, units: AreaUnit, language: Language) -> str:
    """A value with its unit; a unit that only a reported value has is shown as it was typed."""
    if value is None:
        return formats.NOTHING
    if unit in _M2:
        return formats.area(value * _M2[unit], units, language)
    if unit == "share":
        return formats.share(value)
    if unit == "count":
        return formats.number(value)
    if unit == "100m_cny":
        # Chinese counts money in 亿, English in billions.
        amount = formats.number(value, 1) if language == "zh" else formats.number(value / 10, 2)
        return text("CNY {amount} bn", amount=amount).in_(language)
    if unit in _UNITS:
        template, decimals = _UNITS[unit]
        return Text(template.source, {"value": formats.number(value, decimals)}).in_(language)
    decimals = 0 if float(value).is_integer() else formats.decimals_for(value)
    return f"{formats.number(value, decimals)} {unit}".strip()
