"""The text of an upload's attribute table in several encodings, for a person to choose from."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TypeVar

from geodata import archive, encoding
from geodata.encoding import Candidate
from geodata.formats.base import UnreadableError

_LARGEST_BYTES = 64 * 2**20
_Table = TypeVar("_Table")


def of_upload(path: Path, layer_name: str | None) -> list[Candidate]:
    """The ways to read the text of the upload's `.dbf`; empty without one, or when its text is plain ASCII.

    Parameters
    ----------
    path : a zip, a `.dbf`, or a folder of files that were dropped together
    layer_name : which of several shapefiles; the first without
    """
    try:
        if path.is_dir():
            tables = [file for file in sorted(path.iterdir()) if file.suffix.lower() == ".dbf"]
            tables = _named(tables, [file.stem for file in tables], layer_name)
            return encoding.candidates(tables[0]) if tables and tables[0].stat().st_size <= _LARGEST_BYTES else []
        if path.suffix.lower() == ".dbf":
            return encoding.candidates(path)
        return _of_zip(path, layer_name) if path.suffix.lower() == ".zip" else []
    except (OSError, ValueError, LookupError, UnreadableError):
        return []  # a damaged table is told by the findings


def _of_zip(path: Path, layer_name: str | None) -> list[Candidate]:
    contents = archive.look_through(path)
    tables = [entry for entry in contents.entries if entry.suffix == ".dbf" and entry.size <= _LARGEST_BYTES]
    tables = _named(tables, [Path(entry.file_name).stem for entry in tables], layer_name)
    if contents.findings or not tables:
        return []
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "table.dbf"
        if archive.unpack(path, [(tables[0], target)], limit=_LARGEST_BYTES):
            return []
        return encoding.candidates(target)


def _named(tables: list[_Table], names: list[str], wanted: str | None) -> list[_Table]:
    """The tables with the wanted name; all of them where there is no such name."""
    named = [table for table, name in zip(tables, names, strict=True) if name == wanted]
    return named or tables
