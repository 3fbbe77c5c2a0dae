"""Targets and reported values as files: what comes in as CSV or XLSX, what is taken away, and the form to fill in."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pandas as pd

from geodata import exporting
from geodata.catalogue import EntryTable
from geodata.choices import Choices
from geodata.entry_check import EXAMPLE, ILLUSTRATIVE, SCHEMAS, TITLE, UNIT_WORDS, check_entries
from geodata.findings import Finding, outcome_of
from geodata.i18n import Language
from geodata.indicator_names import title_of
from geodata.reading import merge_findings, read_table
from geodata.settings import Settings

_EXAMPLES: dict[EntryTable, dict[str, object]] = {
    "targets": {"indicator": "greening.completed_ha", "due_on": date(2020, 12, 31), "value": 120.0, "unit": "ha"},
    "reported": {"name": "常住人口", "as_of": date(2020, 12, 31), "value": 6.2, "unit": "万人", "who": ""},
}


def read_entries(
    path: Path, table: EntryTable, *, sheet: str | None = None, settings: Settings | None = None
) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Read a file of targets or reported values: CSV (UTF-8, GBK) or XLSX, also in a zip.

    Parameters
    ----------
    sheet : which of several

    Returns
    -------
    (entries, findings)
        As `check_entries` gives them. Never raises for bad data.
    """
    reading = read_table(path, choices=Choices(layer_name=sheet), settings=settings or Settings())
    if reading.frame is None or outcome_of(reading.findings) == "reject":
        return None, reading.findings
    entries, findings = check_entries(reading.frame, table)
    return entries, merge_findings(reading.findings, findings)


def to_csv(entries: pd.DataFrame, table: EntryTable, language: Language = "zh") -> bytes:
    """A table (`entries.entry_frame`) as CSV that a spreadsheet opens; `read_entries` takes it back."""
    labelled = _labelled(entries, table, language).map(exporting.safe_cell)
    return labelled.to_csv(index=False, date_format="%Y-%m-%d").encode("utf-8-sig")


def to_xlsx(entries: pd.DataFrame, table: EntryTable, language: Language = "zh") -> bytes:
    """A table (`entries.entry_frame`) as XLSX; `read_entries` takes it back."""
    mark = ILLUSTRATIVE.in_(language) if "illustrative" in entries and entries["illustrative"].any() else ""
    return _as_xlsx(_labelled(entries, table, language), table, comment=mark)


def template(table: EntryTable, language: Language = "zh") -> bytes:
    """An XLSX to fill in: the columns, and one row as an example, which is left out when it comes back."""
    columns = [field.name for field in SCHEMAS[table].fields]
    example = pd.DataFrame([_EXAMPLES[table] | {"source": EXAMPLE.in_(language)}], columns=columns)
    return _as_xlsx(_labelled(example.astype({columns[1]: "datetime64[s]"}), table, language), table)


def _labelled(entries: pd.DataFrame, table: EntryTable, language: Language) -> pd.DataFrame:
    """A table under the labels of its columns; what an indicator is called behind its id, and the mark at the end."""
    labels = {field.name: field.label.in_(language) for field in SCHEMAS[table].fields}
    shown = entries[list(labels)].copy()
    shown["unit"] = [UNIT_WORDS[unit].in_(language) if unit in UNIT_WORDS else unit for unit in shown["unit"]]
    if table == "targets":
        shown.insert(1, TITLE.in_(language), [title_of(name).in_(language) for name in shown["indicator"]])
    if "illustrative" in entries:
        shown[ILLUSTRATIVE.in_(language)] = ["是" if mark else "" for mark in entries["illustrative"]]
    return shown.rename(columns=labels)


def _as_xlsx(labelled: pd.DataFrame, table: EntryTable, comment: str = "") -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{table}.xlsx"
        exporting.write_table(labelled, path, sheet=table, comment=comment)
        return path.read_bytes()
