"""What was chosen for an upload, in a few lines: before it is published, and beside its version ever after."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from geodata import crs, repair
from geodata.choices import Choices
from layers import formats
from pages.ui.feedback import plain
from pages.ui.language import say, t
from pages.ui.upload import files


def of_choices(choices: Choices) -> dict[str, str]:
    """The choices that differ from what the rules would have done, by title; the way of updating always."""
    chosen = {
        t("What the file holds"): say(files.MODES[files.mode_of(choices)][0]),
        t("Layer in the file"): choices.layer_name,
        t("Coordinate system, chosen"): choices.crs,
        t("Coordinates"): t("axes swapped") if choices.swap_axes else None,
        t("Encoding, chosen"): choices.encoding,
        t("Columns, chosen"): ", ".join(f"{column} → {name or '–'}" for column, name in choices.columns.items()),
        t("Repairs"): ", ".join(
            say(repair.TITLES[code]) if code in repair.TITLES else code for code in choices.repairs
        ),
        t("Keys"): t("new keys on unchanged shapes taken as renamed") if choices.accept_rename else None,
        t("Standard of the land-use codes"): choices.land_use_standard,
    }
    return {title: value for title, value in chosen.items() if value}


def named_crs(code: str | None) -> str:
    """A CRS by its name and code."""
    return f"{say(crs.title(code))} · {code}" if code else formats.NOTHING


def show(rows: Mapping[str, str]) -> None:
    """Titles and values as a small table."""
    st.table(
        pd.DataFrame([(title, plain(value)) for title, value in rows.items()]),
        border="horizontal",
        hide_index=True,
        hide_header=True,
    )
