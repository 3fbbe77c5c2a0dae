"""What differs between two versions of a layer: how many features, which fields, and where."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

import pandas as pd
import streamlit as st
from geopandas import GeoDataFrame

from geodata.diff import LayerDiff
from geodata.i18n import Text, text
from geodata.schema import LayerSchema
from layers import formats, review
from pages.ui import review_map
from pages.ui.language import language, say, t

TITLES: dict[str, Text] = {
    "added": text("Added"),
    "removed": text("Removed"),
    "changed": text("Changed"),
    "unchanged": text("Unchanged"),
}
_MOST_ROWS = 1000


def show_counts(diff: LayerDiff) -> None:
    """How many features were added, removed, changed and left alone."""
    counts = diff.counts()
    for place, (name, title) in zip(st.columns(len(TITLES)), TITLES.items(), strict=True):
        place.metric(say(title), formats.number(counts[name]), border=True)


def show_list(diff: LayerDiff, schema: LayerSchema) -> None:
    """One row for each feature added or removed and each field changed."""
    labels = {field.name: say(field.label) for field in schema.fields}
    rows = list(_rows(diff, labels))
    if not rows:
        return
    columns = [labels[schema.key], t("Change"), t("Field"), t("Before"), t("After")]
    st.dataframe(pd.DataFrame(rows[:_MOST_ROWS], columns=columns), hide_index=True, height=300)
    if len(rows) > _MOST_ROWS:
        st.caption(
            t("The first {shown} of {count}.", shown=formats.number(_MOST_ROWS), count=formats.number(len(rows)))
        )


def show_map(
    name: Hashable,
    folder: str,
    old: Callable[[], GeoDataFrame | None],
    new: GeoDataFrame,
    diff: LayerDiff,
    schema: LayerSchema,
    *,
    key: str,
) -> None:
    """What is added, what is removed, and each changed shape before and after; `name`, `folder` as in `review_map`."""
    review_map.show(name, folder, lambda: review.changes(old(), new, diff, schema), review_map.CHANGES, key=key)


def _rows(diff: LayerDiff, labels: dict[str, str]) -> Iterator[tuple[str, str, str, str, str]]:
    for key in diff.added:
        yield key, t("added"), "", "", ""
    for key in diff.removed:
        yield key, t("removed"), "", "", ""
    for key in sorted(diff.geometry_changed):
        yield key, t("geometry changed"), "", "", ""
    for key, fields in diff.attributes_changed.items():
        for field, (old, new) in fields.items():
            yield key, t("attribute changed"), labels.get(field, field), _words(old), _words(new)


def _words(value: Any) -> str:
    if pd.isna(value):
        return formats.NOTHING
    return formats.day(value, language()) if isinstance(value, pd.Timestamp) else str(value)
