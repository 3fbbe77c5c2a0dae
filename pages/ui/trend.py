"""A line as small as a word: how a number came to be what it is."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit as st

_WIDE, _HIGH, _MARGIN = 120.0, 26.0, 3.0


def show(values: Sequence[float]) -> None:
    """The values from left to right; nothing where there are fewer than two."""
    if len(values) < 2:
        return
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in _points(values))
    # Streamlit takes drawings out of HTML; as a mask one takes the colour of the words around it, light or dark.
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE:g} {_HIGH:g}" preserveAspectRatio="none">'
        f'<polyline points="{points}" fill="none" stroke="#000" stroke-width="2" vector-effect="non-scaling-stroke"/>'
        "</svg>"
    )
    address = f"url(data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()})"
    st.html(f'<div class="trend" style="mask-image:{address};-webkit-mask-image:{address}"></div>')


def _points(values: Sequence[float]) -> list[tuple[float, float]]:
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = (_WIDE - 2 * _MARGIN) / (len(values) - 1)
    return [
        (_MARGIN + number * step, _HIGH - _MARGIN - (value - low) / span * (_HIGH - 2 * _MARGIN))
        for number, value in enumerate(values)
    ]
