"""The phase in which the file's columns find their fields."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from geodata import land_use
from geodata.schema import Kind, schema_of
from pages.ui.language import say, t
from pages.ui.upload import journey
from pages.ui.upload.finding_list import show_findings

_PER_ROW = 3
_LOOKED_AT, _LONGEST = 100, 16


def show(draft: journey.Draft, check: journey.Check) -> None:
    """One choice for each field of the layer; what was matched stands there already."""
    show_findings(journey.findings_of("columns", check), check)
    mapped = check.mapped
    if mapped is None:
        st.info(t("The columns can be matched once the file can be read; see “What was found”."))
        return
    st.caption(t("Required fields carry a star. A column that no field takes is kept untouched behind the known ones."))
    column_of = {field: column for column, field in mapped.columns.items()}
    offered = ["", *column_of.values(), *mapped.unknown]
    titles = _titles(check)
    schema = schema_of(draft.layer)
    fields = schema.fields
    required = {schema.key} if draft.choices.ledger else {field.name for field in fields if field.required}
    if any(field.name == "land_use" for field in fields):
        _ask_land_use_standard(draft)
    for start in range(0, len(fields), _PER_ROW):
        for place, field in zip(st.columns(_PER_ROW), fields[start : start + _PER_ROW], strict=False):
            key = f"column_{draft.id}_{field.name}"
            place.selectbox(
                f"{say(field.label)} ({field.dbf}){' ★' if field.name in required else ''}",
                offered,
                index=offered.index(column_of.get(field.name, "")),
                format_func=lambda column: titles.get(column, column) if column else "—",
                key=key,
                on_change=_match,
                args=(draft, column_of, field.name, key),
                help=_help(field.kind),
            )


def _ask_land_use_standard(draft: journey.Draft) -> None:
    """Which standard the land-use codes follow; files of 2018 often carry older ones."""
    names: dict[str | None, str] = {None: t("As the codes say"), **{name: name for name in land_use.STANDARDS}}
    names[land_use.NATIONAL] = t("National classification for planning (2020)")
    key = f"land_use_standard_{draft.id}"
    st.selectbox(
        t("Standard of the land-use codes"),
        list(names),
        index=list(names).index(draft.choices.land_use_standard),
        format_func=names.__getitem__,
        key=key,
        on_change=journey.choosing(draft, "land_use_standard", key, shown=draft.choices.land_use_standard),
    )


def _titles(check: journey.Check) -> dict[str, str]:
    """Column → its name with some of its values, by which a person knows it."""
    frame = check.reading.frame
    if frame is None:
        return {}
    return {
        str(column): f"{column} ({examples})" if (examples := _examples(frame[column])) else str(column)
        for column in frame.columns
        if column != frame.geometry.name
    }


def _examples(values: pd.Series[Any]) -> str:
    """The first values that differ, cut to what fits a line."""
    texts = (str(value).removesuffix(" 00:00:00") for value in values.dropna().head(_LOOKED_AT))
    return ", ".join(text[:_LONGEST] for text in list(dict.fromkeys(filter(str.strip, texts)))[:2])


def _match(draft: journey.Draft, column_of: dict[str, str], field: str, key: str) -> None:
    """Give a field another column; the column it had becomes unknown."""
    before, column = column_of.get(field, ""), st.session_state[key]
    if column == before:  # nobody's choice, see `journey.choosing`
        return
    chosen = dict(draft.choices.columns)
    if before:
        chosen[before] = ""
    if column:
        chosen[column] = field
    journey.choose(draft, columns=chosen)


def _help(kind: Kind) -> str | None:
    if kind is Kind.DATE:
        return t("2019-03-05, 2019/3/5, 2019年3月5日 or 20190305; 现状 for what was there before all records.")
    return None
