"""Findings: what is wrong, doubtful or worth knowing about an upload, and how grave it is (DESIGN §9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from geodata.i18n import Language, Text


class Severity(StrEnum):
    """An error blocks, a warning needs a yes, a note only tells."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


Outcome = Literal["accept", "accept-with-warning", "reject"]

_ERRORS = """MISSING_SHX MISSING_DBF CORRUPT COUNT_MISMATCH READER_FAILED TOO_SLOW ENCRYPTED TOO_LARGE
TOO_MANY_ENTRIES UNSAFE_PATH DUPLICATE_ENTRY NESTED_ARCHIVE UNSUPPORTED NO_LAYER SEVERAL_LAYERS EMPTY_LAYER
WRONG_GEOM_TYPE CRS_UNKNOWN CRS_CONTRADICTED AXES_SWAPPED NONFINITE_COORD MISSING_FIELD DUPLICATE_FIELD
DUPLICATE_KEY MISSING_KEY MISSING_VALUE BASE_CHANGED"""
_WARNINGS = """MISSING_PRJ NULL_GEOM INVALID_GEOM MIXED_GEOM HAS_ZM CRS_GUESSED CRS_BALLPARK OUT_OF_AREA
ENCODING_GUESSED ENCODING_CONTRADICTED ENCODING_LOST TEXT_CUT DELETED_ROWS TRUNCATED_FIELD BAD_CODE BAD_DATE
BAD_NUMBER DATE_ORDER OVERLAP SLIVER AREA_MISMATCH STRUCTURE REPAIRED LEDGER_KEYS"""
_NOTES = "UNKNOWN_FIELD NO_CHANGE SUSPICIOUS_TEXT DATE_ROUGH NOT_CHECKED GUESSED_FIELD RENAMED MULTI_PART"
_LOSSES = "MASS_REMOVAL ALL_KEYS_NEW SHIFTED ATTRIBUTES_LOST"

SEVERITY_OF: dict[str, Severity] = (
    dict.fromkeys(_ERRORS.split(), Severity.ERROR)
    | dict.fromkeys(_WARNINGS.split(), Severity.WARNING)
    | dict.fromkeys(_NOTES.split(), Severity.NOTE)
    | dict.fromkeys(_LOSSES.split(), Severity.WARNING)
)
"""Every code with the severity it has unless a rule says otherwise."""

LOSS_CODES = frozenset(_LOSSES.split())
"""Codes that need a second, separate yes."""


@dataclass(frozen=True)
class Finding:
    """One finding: a code of `SEVERITY_OF`, what it says, and the rows it is about.

    `rows` are row numbers (0-based positions) in the layer as it was read, sorted; empty when the
    finding is about the whole upload. `count` is how often it was found, `field` the schema field concerned.
    """

    code: str
    severity: Severity
    message: Text
    count: int = 1
    rows: tuple[int, ...] = ()
    field: str | None = None

    def to_json(self, language: Language) -> dict[str, Any]:
        """The document of the command line's contract."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "count": self.count,
            "message": self.message.in_(language),
        }


def found(
    code: str,
    message: Text,
    *,
    rows: Iterable[int] = (),
    count: int | None = None,
    severity: Severity | None = None,
    field: str | None = None,
) -> Finding:
    """A finding with the code's own severity; `count` defaults to the number of rows, or 1 without rows."""
    places = tuple(sorted(int(row) for row in rows))
    return Finding(
        code,
        severity or SEVERITY_OF[code],
        message,
        count=count if count is not None else max(1, len(places)),
        rows=places,
        field=field,
    )


def outcome_of(findings: Iterable[Finding]) -> Outcome:
    """`reject` with any error, `accept-with-warning` with any warning, else `accept`."""
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return "reject"
    return "accept-with-warning" if Severity.WARNING in severities else "accept"
