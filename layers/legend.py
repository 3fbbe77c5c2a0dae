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
    size: float = 0
    """Area in m² or length in m of those features, where sizes were given."""

    @property
    def css(self) -> str:
        """The CSS of its swatch."""
        return styles.css(self.style)


def legend(
    layer: str,
    frame: GeoDataFrame,
    states: pd.Series[str],
    theme: Literal["status", "land_use"],
    *,
    sizes: pd.Series[float] | None = None,
) -> list[LegendEntry]:
    """The entries of a layer that its features have at the date, in drawing order.

    Parameters
    ----------
    frame : n rows, clean frame of the layer
    states : n rows, the state of each row at the date
    theme : what parcels are coloured by
    sizes : n rows, area in m² or length in m (`geodata.crs.area_m2`, `length_m`), to be added up
    """
    by_land_use = layer == "parcels" and theme == "land_use"
    groups = frame["land_use"].str[:2] if by_land_use else states
    counts = groups.value_counts()
    totals = None if sizes is None else sizes.groupby(groups.to_numpy()).sum()
    if by_land_use:
        known = {code: (LAND_USES.get(code, Text(code)), styles.land_use_style(code)) for code in sorted(counts.index)}
    else:
        known = {state: (STATE_LABELS[layer][state], styles.style(layer, state)) for state in STATES[layer]}
    return [
        LegendEntry(words, style, int(counts[group]), 0 if totals is None else float(totals[group]))
        for group, (words, style) in known.items()
        if group in counts
    ]
