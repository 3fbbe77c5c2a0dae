"""Dashboard: how far along land, greening, water, roads, relocation and projects are at the as-of date."""

from __future__ import annotations

from datetime import date

import streamlit as st

from layers import charts
from layers.charts import sections
from layers.charts.sections import Part
from layers.scope import Scope
from layers.view import SECTIONS
from pages.ui import as_of, data, feedback, filter_bar, notes, state
from pages.ui.dashboard import figure, lists, plan, tiles
from pages.ui.language import say, t
from pages.ui.scope import scope_of


def show() -> None:
    """Tiles above; below them a section's charts beside the map, and its lists; all of them filtered alike."""
    versions = data.current()
    if not notes.is_ready(versions):
        return
    on = as_of.show(versions, comparable=True)
    before = state.compare()
    with feedback.explained():
        scope = scope_of(versions, on, before)
        filter_bar.show(scope.facets)
        tiles.show(scope, before)
        _ask_section()
        if before is None:
            _show_beside_map(scope)
        else:
            _show_compared(scope, before)
        lists.show(scope, before)


def _ask_section() -> None:
    with st.container(key="sections", horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            t("Section"),
            SECTIONS,
            format_func={section: say(title) for section, title in sections.TITLES.items()}.__getitem__,
            key=state.SECTION_KEY,
            required=True,
            persist_state="session",
            label_visibility="collapsed",
        )
        st.space("stretch")
        st.toggle(
            t("Large print"),
            key=state.LARGE_KEY,
            persist_state="session",
            help=t("For a projector: larger words and figures"),
        )


def _show_beside_map(scope: Scope) -> None:
    left, right = st.columns([8, 5], gap="small")
    with left, st.container(key="charts", horizontal=True, gap="small"):
        for part in _parts(scope):
            with st.container(border=True, key=f"chart_{part.name}"), feedback.explained():
                figure.show(part.name, part.build(scope), _caption(scope, part))
    with right, feedback.explained():
        if notes.frontend_is_there():
            plan.show(scope, state.section())


def _show_compared(scope: Scope, before: date) -> None:
    """The two maps, then each chart at both days, and what went from status to status in between."""
    if notes.frontend_is_there():
        plan.show_both(scope, state.section(), before)
    for part in _parts(scope):
        with feedback.explained():
            made = [(name, seen, part.build(seen)) for name, seen in (("_before", scope.at(before)), ("", scope))]
            charts.on_one_scale(*(chart for _, _, chart in made))
            for column, (name, seen, chart) in zip(st.columns(2), made, strict=True):
                with column.container(border=True, key=f"chart_{part.name}{name}"):
                    figure.show(f"{part.name}{name}", chart, _caption(seen, part))
    if state.section() in ("overview", "land") and scope.has("parcels"):
        with st.container(border=True, key="chart_land_flow"), feedback.explained():
            start, end = sorted((before, scope.on))
            figure.show(
                "land_flow",
                sections.land_flow(scope.at(end), start),
                notes.source_line(scope.versions, "parcels", end),
            )


def _parts(scope: Scope) -> list[Part]:
    return [part for part in sections.SECTIONS[state.section()] if scope.has(*part.layers)]


def _caption(scope: Scope, part: Part) -> str:
    source = notes.source_line(scope.versions, part.layers[0], scope.on)
    return f"{source} · {t('without what existed before')}" if part.monthly else source
