"""Attributes that a KML keeps as an HTML table in its descriptions, as GIS programs write them."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

import pandas as pd

_CELL = r"<t[dh]\b[^>]*>((?:(?!</?t[dhr]\b).)*)</t[dh]\s*>"
_PAIR = re.compile(rf"<tr\b[^>]*>\s*{_CELL}\s*{_CELL}\s*</tr\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_LONGEST = 100_000
_EMPTY = {"", "<null>"}


def attributes_in(descriptions: Sequence[object]) -> pd.DataFrame | None:
    """The two-column tables of descriptions as columns of text, a row each; None unless every description is one."""
    said = [text for text in descriptions if isinstance(text, str) and text.strip()]
    rows = [_pairs(text) if isinstance(text, str) else {} for text in descriptions]
    if not said or sum(bool(row) for row in rows) < len(said):
        return None
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: pd.array([row.get(name) for row in rows], dtype="str") for name in names}
    return pd.DataFrame(columns, index=range(len(rows)))


def _pairs(description: str) -> dict[str, str | None]:
    if len(description) > _LONGEST:
        return {}
    found = ((_plain(name), _plain(value)) for name, value in _PAIR.findall(description))
    return {name: None if value.casefold() in _EMPTY else value for name, value in found if name}


def _plain(cell: str) -> str:
    return html.unescape(_TAG.sub("", cell)).strip()
