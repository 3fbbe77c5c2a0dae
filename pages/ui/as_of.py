"""The as-of date: a slider over the months and any day."""

from __future__ import annotations

from datetime import date

import streamlit as st

from layers import formats
from pages.ui import data, state
from pages.ui.language import language, t

_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 12, 31)


def show(versions: data.Versions) -> date:
    """Ask for the day that everything is shown at."""
    first, last = data.as_of_range(versions)
    months = [date(index // 12, index % 12 + 1, 1) for index in range(_index(first), _index(last) + 1)]
    state.set_as_of_defaults(data.default_as_of(versions), months)
    names = {month: formats.month(month, language()) for month in months}
    with st.container(key="as_of_bar", horizontal=True, vertical_alignment="center", wrap=False):
        st.select_slider(
            t("Month"),
            months,
            key=state.MONTH_KEY,
            format_func=names.__getitem__,
            on_change=state.take_month,
            label_visibility="collapsed",
        )
        st.date_input(
            t("As-of date"),
            key=state.AS_OF_KEY,
            min_value=_EARLIEST,
            max_value=_LATEST,
            on_change=state.take_day,
            format="YYYY-MM-DD",
            label_visibility="collapsed",
            required=True,
            width=140,
        )
    return state.as_of()


def _index(month: date) -> int:
    return month.year * 12 + month.month - 1
