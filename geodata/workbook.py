"""Tables as a workbook (XLSX): days as days, numbers as numbers, text as text whatever it begins with."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import xlsxwriter

from geodata.exporting import FIXED_TIME, TEXT_ALONE, width_of

Kind = Literal["text", "day", "whole", "decimal", "share"]
_FORMATS: dict[Kind, tuple[str, str]] = {
    "day": ("yyyy-mm-dd", "%Y-%m-%d"),
    "whole": ("#,##0", ",.0f"),
    "decimal": ("#,##0.00", ",.2f"),
    "share": ("0.0%", ".1%"),
    "text": ("@", ""),
}
"""Kind → how a spreadsheet shows it, and the same for Python, which measures the widths."""
_NAME_SIGNS, _LONGEST_NAME = re.compile(r"[\[\]:*?/\\']"), 31
_NARROWEST, _WIDEST, _ROWS_MEASURED = 8, 40, 200


@dataclass(frozen=True)
class Column:
    """A column: its heading, and what its values are."""

    heading: str
    kind: Kind


@dataclass(frozen=True)
class Sheet:
    """A table with its title, its columns in order, and notes that stand above it."""

    title: str
    rows: pd.DataFrame
    columns: Mapping[str, Column]
    notes: Sequence[str] = ()


def to_workbook(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as one XLSX; the same bytes for the same sheets."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {**TEXT_ALONE, "in_memory": True}) as book:
        book.set_properties({"created": FIXED_TIME})
        looks = {kind: book.add_format({"num_format": form}) for kind, (form, _) in _FORMATS.items()}
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        note = book.add_format({"italic": True, "font_color": "#555555"})
        for sheet in sheets:
            _write(book.add_worksheet(sheet_name(sheet.title)), sheet, looks, head, note)
    return written.getvalue()


def sheet_name(title: str) -> str:
    """A title as a sheet may be called."""
    return _NAME_SIGNS.sub(" ", title)[:_LONGEST_NAME].strip() or "-"


def _write(page: Any, sheet: Sheet, looks: Mapping[Kind, Any], head: Any, note: Any) -> None:
    top = len(sheet.notes)
    for place, words in enumerate(sheet.notes):
        page.write_string(place, 0, words, note)
    for place, (name, column) in enumerate(sheet.columns.items()):
        page.write_string(top, place, column.heading, head)
        cells = [_cell(value) for value in sheet.rows[name]]
        for row, cell in enumerate(cells, start=top + 1):
            if cell is not None:
                page.write(row, place, cell, looks[column.kind])
        _, form = _FORMATS[column.kind]
        shown = [format(cell, form) for cell in cells[:_ROWS_MEASURED] if cell is not None]
        width = max(map(width_of, [column.heading, *shown]))
        page.set_column(place, place, min(_WIDEST, max(_NARROWEST, width + 2)))
    page.freeze_panes(top + 1, 1)
    if len(sheet.rows):
        page.autofilter(top, 0, top + len(sheet.rows), len(sheet.columns) - 1)


def _cell(value: Any) -> Any:
    if pd.isna(value) or value == "":
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
