"""The values of indicators in the reader's language and unit of area."""

from __future__ import annotations

from layers import formats, quantity
from pages.ui import state
from pages.ui.language import language


def shown(value: float | None, unit: str) -> str:
    """A value with its unit; a unit that only a reported value has is shown as it was typed."""
    return quantity.shown(value, unit, state.units(), language())


def difference(value: float | None, unit: str) -> str:
    """A difference with its sign and unit; percentage points for shares."""
    if value is None:
        return formats.NOTHING
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{shown(abs(value), unit)}"
