"""The as-of date: a slider over the months, any day, playing through the months, and a day to compare with."""

from __future__ import annotations

import calendar
from datetime import date

import streamlit as st

from layers import formats
from pages.ui import data, state
from pages.ui.language import language, t

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
"""The days that can be chosen to be shown."""
_STEP_S = 1.2
_PLAYS = "as_of_plays"


def show(versions: data.Versions, *, comparable: bool = False) -> date:
    """Ask for the day that everything is shown at, and with `comparable` for one to compare with."""
    first, last = data.as_of_range(versions)
    months = [date(index // 12, index % 12 + 1, 1) for index in range(_index(first), _index(last) + 1)]
    state.set_as_of_defaults(data.default_as_of(versions), months)
    names = {month: formats.month(month, language()) for month in months}
    with st.container(key="as_of_bar", horizontal=True, vertical_alignment="center", wrap=False):
        _show_play(months)
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
            min_value=EARLIEST,
            max_value=LATEST,
            on_change=state.take_day,
            format="YYYY-MM-DD",
            label_visibility="collapsed",
            width=_day_width_px(),
        )
        if comparable:
            _ask_compare(months)
    return state.as_of()


def _ask_compare(months: list[date]) -> None:
    compares = st.toggle(t("Compare"), key=state.COMPARES_KEY, persist_state="session", width="content")
    if compares:
        earlier = _end_of(months[max(0, len(months) // 2 - 1)])
        day = min(date(state.as_of().year - 1, 12, 31), earlier) if state.as_of() <= earlier else earlier
        st.session_state.setdefault(state.COMPARE_KEY, day)
        st.date_input(
            t("The day to compare with"),
            key=state.COMPARE_KEY,
            min_value=EARLIEST,
            max_value=LATEST,
            format="YYYY-MM-DD",
            label_visibility="collapsed",
            persist_state="session",
            width=_day_width_px(),
        )


def _show_play(months: list[date]) -> None:
    plays = bool(st.session_state.get(_PLAYS))
    st.button(
        t("Stop") if plays else t("Play through the months"),
        key="as_of_play",
        icon=":material/pause:" if plays else ":material/play_arrow:",
        help=t("Stop") if plays else t("Play through the months"),
        type="tertiary",
        on_click=_toggle,
        args=(months,),
        width="content",
    )
    if plays:
        with st.container(key="as_of_steps"):
            _play(months)


def _toggle(months: list[date]) -> None:
    plays = not st.session_state.get(_PLAYS)
    st.session_state[_PLAYS] = plays
    if plays and _index(state.as_of()) >= _index(months[-1]):
        state.choose_day(_end_of(months[0]))


@st.fragment(run_every=_STEP_S)
def _play(months: list[date]) -> None:
    """One month on, at every turn but the one in which it was started; at the last month it stops."""
    shown = state.as_of()
    if st.session_state.get("_play_seen") != shown:
        st.session_state["_play_seen"] = shown
        return
    if _index(shown) >= _index(months[-1]):
        st.session_state[_PLAYS] = False
    else:
        following = _index(shown) + 1
        state.choose_day(_end_of(date(following // 12, following % 12 + 1, 1)))
    st.rerun(scope="app")


def _day_width_px() -> int:
    return 190 if state.is_large() else 140


def _end_of(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _index(month: date) -> int:
    return month.year * 12 + month.month - 1
