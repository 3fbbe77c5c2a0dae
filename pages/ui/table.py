"""A table whose rows can be chosen: sortable, with headings in the reader's language and areas in the reader's unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import pandas as pd
import streamlit as st

from geodata.filters import Key, OneOf, with_condition
from geodata.i18n import Text, text
from geodata.schema import EXISTING
from layers import formats
from pages.ui import state
from pages.ui.language import say

Kind = Literal["text", "date", "area", "km", "integer", "number", "year", "share"]
EXISTING_WORD = text("existing")
_M2_PER_HA = 10_000
_MOST_ROWS_IN_VIEW, _ROW_PX = 10, 36


@dataclass(frozen=True)
class Column:
    """A column: its heading and what its values are; areas are given in hectares."""

    heading: Text
    kind: Kind


def show(
    name: str,
    rows: pd.DataFrame,
    columns: Mapping[str, Column],
    *,
    key_column: str,
    facet: Key | None = None,
    choose: Callable[[str | None], None] | None = None,
) -> None:
    """The columns that the rows have.

    With a facet, rows that are chosen filter everything by their keys; with `choose` the key of one row is told, None
    once no row is chosen.
    """
    present = {column: told for column, told in columns.items() if column in rows}
    unit = state.units()
    shown = rows[list(present)].reset_index(drop=True)
    for column, told in present.items():
        if told.kind == "area":
            shown[column] = shown[column] * (_M2_PER_HA / formats.M2_PER_UNIT[unit])
        elif told.kind == "date":
            shown[column] = [_day(value) for value in shown[column]]
        elif told.kind == "text":
            shown[column] = shown[column].astype(object).where(shown[column].notna(), "")
    options: dict[str, Any] = {}
    if facet is not None:
        key = f"table_{name}"
        keys = list(rows[key_column].astype(str))
        options = {
            "key": key,
            "on_select": partial(_take, key, keys, facet),
            "selection_mode": "multi-row",
        }
    if choose is not None:
        key = f"table_{name}"
        keys = list(rows[key_column].astype(str))
        options = {"key": key, "on_select": partial(_tell, key, keys, choose), "selection_mode": "single-row"}
    st.dataframe(
        shown,
        hide_index=True,
        height="content" if len(shown) <= _MOST_ROWS_IN_VIEW else _ROW_PX * (_MOST_ROWS_IN_VIEW + 1),
        column_config={column: _config(told, say(formats.UNIT_NAMES[unit])) for column, told in present.items()},
        **options,
    )


def _take(key: str, keys: list[str], facet: Key) -> None:
    chosen = frozenset(keys[row] for row in st.session_state[key]["selection"]["rows"])
    state.set_filters(with_condition(state.filters(), facet, OneOf(chosen)))


def _tell(key: str, keys: list[str], choose: Callable[[str | None], None]) -> None:
    chosen = st.session_state[key]["selection"]["rows"]
    choose(keys[chosen[0]] if chosen else None)


def _day(value: Any) -> str:
    """A day as it sorts; Streamlit writes None into the cells of a column of dates that have none."""
    if pd.isna(value):
        return ""
    return say(EXISTING_WORD) if pd.Timestamp(value) == EXISTING else f"{value:%Y-%m-%d}"


def _config(column: Column, unit: str) -> Any:
    heading = say(column.heading)
    makers = {
        "text": lambda: st.column_config.TextColumn(heading),
        "date": lambda: st.column_config.TextColumn(heading),
        "area": lambda: st.column_config.NumberColumn(f"{heading} ({unit})", format="localized", step=0.01),
        "km": lambda: st.column_config.NumberColumn(heading, format="%.2f"),
        "integer": lambda: st.column_config.NumberColumn(heading, format="localized", step=1),
        "number": lambda: st.column_config.NumberColumn(heading, format="%.1f"),
        "share": lambda: st.column_config.NumberColumn(heading, format="percent"),
        "year": lambda: st.column_config.NumberColumn(heading, format="%d"),
    }
    return makers[column.kind]()
