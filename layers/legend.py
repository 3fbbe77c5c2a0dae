"""The key of a layer: what its colours mean, how many features have each at the date, and what no colour tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import pandas as pd
from geopandas import GeoDataFrame

from geodata import status
from geodata.i18n import Text, text
from geodata.schema import LAND_USES, ROAD_CLASSES
from geodata.status import READING_ORDER, STATE_LABELS
from layers import styles
from layers.styles import Style

_GROUND = text("Not applicable (farmland, water)")


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


@dataclass(frozen=True)
class Remark:
    """What no colour tells of some features, how many they are, and what it means (DESIGN §6)."""

    label: Text
    count: int
    meaning: Text


def legend(
    layer: str,
    frame: GeoDataFrame,
    states: pd.Series[str],
    theme: Literal["status", "land_use"],
    *,
    sizes: pd.Series[float] | None = None,
) -> list[LegendEntry]:
    """The entries of a layer that its features have at the date, in the order in which keys are read.

    Parameters
    ----------
    frame : n rows, clean frame of the layer
    states : n rows, the state of each row at the date
    theme : what parcels are coloured by
    sizes : n rows, area in m² or length in m (`geodata.crs.area_m2`, `length_m`), to be added up
    """
    if layer == "parcels" and theme == "land_use":
        groups, known = _by_land_use(frame)
    elif layer in styles.SIDE_BY_SIDE:
        groups, known = _by_name(layer, frame)
    elif layer == "roads":
        groups, known = _by_state_and_class(frame, states)
    else:
        groups, known = states, _states(layer)
    counts = groups.value_counts()
    totals = None if sizes is None else sizes.groupby(groups.to_numpy()).sum()
    return [
        LegendEntry(words, style, int(counts[group]), 0 if totals is None else float(totals[group]))
        for group, (words, style) in known.items()
        if group in counts
    ]


def remarks(layer: str, frame: GeoDataFrame, on: date, data_date: date) -> list[Remark]:
    """What the key must say of a layer's states beside their colours; what is true of no feature is left out.

    Parameters
    ----------
    data_date : the day up to which the layer's data tells what happened
    """
    found = []
    if layer == "parcels":
        found = [
            Remark(
                text("Recognised as idle"),
                int(status.is_recognised_idle(frame, on).sum()),
                text("The authority has recognised this land as idle; all other idle land is a suspicion."),
            ),
            Remark(
                status.CANNOT_BE_JUDGED,
                int(status.cannot_be_judged(frame, on).sum()),
                text("Supplied and not started, and the data does not say when the start was due."),
            ),
        ]
    projected = Remark(
        status.PROJECTED,
        int(status.is_projected(layer, frame, on, data_date).sum()),
        text("Reached only because time has passed since the data date; what happened since then is not known."),
    )
    return [remark for remark in (*found, projected) if remark.count]


_Known = dict[str, tuple[Text, Style]]


def _states(layer: str) -> _Known:
    """Where no supply status applies, the key says what lies there."""
    return {
        state: (_GROUND if state == "not_applicable" else STATE_LABELS[layer][state], styles.style(layer, state))
        for state in READING_ORDER[layer]
    }


def _by_land_use(frame: GeoDataFrame) -> tuple[pd.Series[str], _Known]:
    groups = frame["land_use"].str[:2]
    codes = sorted(groups.dropna().unique())
    return groups, {code: (LAND_USES.get(code, Text(code)), styles.land_use_style(code)) for code in codes}


def _by_name(layer: str, frame: GeoDataFrame) -> tuple[pd.Series[str], _Known]:
    """Areas side by side have their names as entries; those of one fill share theirs."""
    groups, known = pd.Series("", index=frame.index), {}
    for members, look in styles.side_by_side(layer, frame.index.to_numpy()):
        name = "、".join(frame.loc[members, "name"].fillna(""))
        groups[members], known[name] = name, (Text(name), look)
    return groups, known


def _by_state_and_class(roads: GeoDataFrame, states: pd.Series[str]) -> tuple[pd.Series[str], _Known]:
    """Open roads of the classes that have a colour of their own are entries of their own."""
    is_told_apart = (states == "open") & roads["road_class"].isin(list(styles.ROAD_FILLS))
    known = _states("roads")
    words, look = known.pop("open")
    for name, fill in styles.ROAD_FILLS.items():
        known[name] = (text("Open: {road_class}", road_class=ROAD_CLASSES[name]), replace(look, stroke=fill))
    known["open"] = (text("Open: others") if is_told_apart.any() else words, look)
    return states.mask(is_told_apart, roads["road_class"]), known
