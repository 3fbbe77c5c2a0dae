"""Lines and themes of the programme: a row each, with its measures, where they stand, and the way to what is behind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import streamlit as st

from geodata.i18n import label
from geodata.indicators import definition_of
from geodata.programme import LINES, THEMES, Measure, Row
from layers import formats
from pages.ui import data, goal, quantity, travel, trend
from pages.ui.dashboard.tiles import quarter_ends
from pages.ui.feedback import plain
from pages.ui.goal import Goal
from pages.ui.language import language, say, t

LINES_TITLE = label("六条主线", "Six lines")
THEMES_TITLE = label("六大主题", "Six themes")
_QUARTERS = 8


def show_lines(versions: data.Versions, on: date) -> None:
    """The six lines."""
    _show(LINES, versions, on)


def show_themes(versions: data.Versions, on: date) -> None:
    """The six themes."""
    _show(THEMES, versions, on)


def _show(rows: Iterable[Row], versions: data.Versions, on: date) -> None:
    for row in rows:
        with st.container(border=True, key=f"programme_{row.name}", horizontal=True, gap="medium"):
            with st.container(width=190, gap="xsmall", key=f"programme_title_{row.name}"):
                st.markdown(f"**{say(row.title)}**")
                _offer_ways(row, versions)
            with st.container(horizontal=True, gap="small", key=f"measures_{row.name}"):
                for number, measure in enumerate(row.measures):
                    with st.container(key=f"measure_{row.name}_{number}", gap="xxsmall"):
                        _show_measure(measure, versions, on)


def _offer_ways(row: Row, versions: data.Versions) -> None:
    if row.section is None:
        st.caption(t("Reported values alone: nothing of it has a place on the ground."))
        return
    layers = [layer for layer in row.layers if layer in versions]
    if st.button(t("Charts"), key=f"charts_{row.name}", icon=":material/bar_chart:", type="tertiary"):
        travel.to_dashboard(row.section)
    if st.button(t("Map"), key=f"map_{row.name}", icon=":material/map:", type="tertiary"):
        travel.to_map(layers)


def _show_measure(measure: Measure, versions: data.Versions, on: date) -> None:
    """Value, trend, state and target of one measure."""
    held = Goal(measure.name, measure.indicators, measure.unit, measure.part)
    stands = held.progress(versions, on)
    days = [*quarter_ends(on, _QUARTERS - 1), on]
    st.metric(say(measure.title), quantity.shown(stands.actual, measure.unit))
    trend.show([value for value in (held.value(versions, day) for day in days) if value is not None])
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        layers = () if measure.part == "reported" else definition_of(measure.indicators[0]).layers
        goal.badge(stands, goal.explanation(stands, measure.unit, versions, layers))
        if measure.part == "reported":
            _show_reported_mark(measure, on)
    if stands.target is not None:
        st.caption(goal.line(stands, measure.unit))


def _show_reported_mark(measure: Measure, on: date) -> None:
    """上报, with the day, the source and who reported it."""
    rows = [row for row in data.reported() if f"reported.{row.name}" in measure.indicators and row.as_of <= on]
    if not rows:
        st.badge(t("Reported"), color="violet", help=t("Nothing has been reported up to this day."))
        return
    last = max(rows, key=lambda row: row.as_of)
    illustrative = t("Illustrative data") if last.illustrative else ""
    told = [
        t("As of {day}", day=formats.day(last.as_of, language())),
        t("Source: {source}", source=plain(last.source) or formats.NOTHING),
        t("By {who}", who=plain(last.who) or formats.NOTHING),
        illustrative,
    ]
    st.badge(t("Reported"), color="violet", help="  \n".join(filter(None, told)))
