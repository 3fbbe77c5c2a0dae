"""The key of a map layer or a chart: small swatches with their words and counts, flowing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import streamlit as st


@dataclass(frozen=True)
class Chip:
    """A swatch, what it means and, if given, how often it is there."""

    label: str
    css: str
    count: str = ""


def show(chips: Iterable[Chip]) -> None:
    """Show the chips in a row that wraps; nothing where there are none."""
    spans = [
        f'<span class="chip"><i style="{escape(chip.css)}"></i>{escape(chip.label)}<b>{escape(chip.count)}</b></span>'
        for chip in chips
    ]
    if spans:
        st.html(f'<div class="chips">{"".join(spans)}</div>')
