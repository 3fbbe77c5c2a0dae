"""The key of a layer: what each of its colours means, and how many features have it at the date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd
from geopandas import GeoDataFrame

from geodata.i18n import Text
from geodata.schema import LAND_USES
from geodata.status import STATE_LABELS, STATES
from layers import styles
from layers.styles import Style


@dataclass(frozen=True)
class LegendEntry:
    """One line of the key."""

    label: Text
    style: Style
    count: int

    @property
    def css(self) -> str:
        """The CSS of its swatch."""
        return styles.css(self.style)


def legend(
    layer: str, frame: GeoDataFrame, states: pd.Series[str], theme: Literal["status", "land_use"]
) -> list[LegendEntry]:
    """The entries of a layer that its features have at the date, in drawing order.

    Parameters
    ----------
    frame : n rows, clean frame of the layer
    states : n rows, the state of each row at the date
    theme : what parcels are coloured by
    """
    if layer == "parcels" and theme == "land_use":
        counts = frame["land_use"].str[:2].value_counts()
        return [
            LegendEntry(LAND_USES.get(code, Text(code)), styles.land_use_style(code), int(counts[code]))
            for code in sorted(counts.index)
        ]
    counts = states.value_counts()
    return [
        LegendEntry(STATE_LABELS[layer][state], styles.style(layer, state), int(counts.get(state, 0)))
        for state in STATES[layer]
        if counts.get(state, 0)
    ]
