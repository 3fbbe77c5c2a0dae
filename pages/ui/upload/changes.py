"""The phase that says what publishing would change: features, attributes, totals, indicators."""

from __future__ import annotations

from datetime import date
from functools import partial

import pandas as pd
import streamlit as st
from geopandas import GeoDataFrame

from geodata.indicator_names import title_of
from geodata.indicators import Indicator
from geodata.schema import schema_of
from layers import formats
from pages.ui import data, differences, state
from pages.ui.language import language, say, t
from pages.ui.upload import journey
from pages.ui.upload.finding_list import show_findings


def show(draft: journey.Draft, check: journey.Check) -> None:
    """The difference to the current version: counts, map, list, and what it does to the indicators."""
    show_findings(journey.findings_of("changes", check), check)
    if check.diff is None or check.frame is None:
        st.info(t("What changes can be said once the errors are gone."))
        return
    journey.see_changes(draft, check)
    differences.show_counts(check.diff)
    if check.diff.renames or draft.choices.accept_rename:
        key = f"rename_{draft.id}"
        st.checkbox(
            t(
                "{count} features have a new key on an unchanged shape: take them as renamed",
                count=len(check.diff.renames),
            )
            if check.diff.renames
            else t("New keys on unchanged shapes are taken as renamed"),
            value=draft.choices.accept_rename,
            key=key,
            on_change=journey.choosing(draft, "accept_rename", key, shown=draft.choices.accept_rename),
        )
    schema = schema_of(draft.layer)
    left, right = st.columns([3, 2], gap="large")
    with left:
        differences.show_list(check.diff, schema)
        _show_indicators(draft, check)
    with right:
        name = "changes", *journey.name_of(draft)
        old = partial(_base, draft, check)
        differences.show_map(name, draft.id, old, check.frame, check.diff, schema, key="upload_changes_map")


def _base(draft: journey.Draft, check: journey.Check) -> GeoDataFrame | None:
    """The version that the upload was held against."""
    return None if check.base is None else data.store().read(draft.layer, check.base)


def _show_indicators(draft: journey.Draft, check: journey.Check) -> None:
    """What publishing does to each indicator, at the as-of date."""
    versions = data.current()
    if check.frame is None:
        return
    on = state.view().as_of or (data.default_as_of(versions) if versions else date.today())
    with st.spinner(t("Computing the indicators …"), show_time=True):
        before = data.numbers(versions, on)
        after = data.numbers_with(versions, draft.layer, check.frame, on, name=journey.name_of(draft))
    rows = []
    for name, now in after.items():
        told = _number(before.get(name)), _number(now)
        if told[0] != told[1]:
            rows.append((say(title_of(name)), *told))
    st.subheader(t("Indicators on {day}", day=formats.day(on, language())), anchor=False)
    if not rows:
        st.caption(t("No indicator changes."))
        return
    st.dataframe(
        pd.DataFrame(rows, columns=[t("Indicator"), t("Before"), t("After")]),
        hide_index=True,
        height="content",
    )


def _number(indicator: Indicator | None) -> str:
    """A value with its unit, as fine as people read it."""
    if indicator is None or indicator.value is None:
        return formats.NOTHING
    value, unit = indicator.value, indicator.unit
    if unit == "ha":
        return formats.area(value * formats.M2_PER_UNIT["ha"], state.units(), language())
    if unit == "km":
        return formats.length(value * 1000, language())
    if unit == "share":
        return formats.share(value)
    decimals = 0 if unit == "count" else 2
    units = {"km2": t("km²"), "km/km2": "km/km²", "100m_cny": t("100 million yuan")}
    return f"{formats.number(value, decimals)} {units.get(unit, '')}".strip()
