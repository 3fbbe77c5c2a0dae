"""Figures of the key projects: by stage, by board and by cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from geodata.filters import Key
from geodata.i18n import Text, text
from geodata.status import STATE_LABELS
from layers import formats, styles
from layers.charts.base import Chart, Look, cells, filled, plain_bars, stacked_bars

Group = Literal["board", "cluster"]

STAGE: tuple[Key, ...] = (("projects", "state"),)


def group_picks(group: Group) -> tuple[Key, ...]:
    """What a bar of `by_group` stands for."""
    return ("projects", group), ("projects", "state")


def by_stage(table: pd.DataFrame, look: Look) -> Chart:
    """Number of projects at each stage, investment in the hover text; `table`: stage, projects, investment_100m_cny."""
    labels = [STATE_LABELS["projects"][stage].in_(look.language) for stage in table["stage"]]
    hover = text("{state}<br>{count} projects, {money} × 100 million CNY")
    return plain_bars(
        text("Key projects by stage (number)"),
        values=list(table["projects"]),
        labels=labels,
        looks=[styles.style("projects", stage) for stage in table["stage"]],
        shown=[formats.number(count) for count in table["projects"]],
        hover=[
            filled(hover, look, state=name, count=formats.number(count), money=formats.number(money, 1))
            for name, count, money in zip(labels, table["projects"], table["investment_100m_cny"], strict=True)
        ],
        picked=[(stage,) for stage in table["stage"]],
        look=look,
        picks=STAGE,
    )


_TITLES = {
    "board": text("Investment by board and stage (100 million CNY)"),
    "cluster": text("Investment by cluster and stage (100 million CNY)"),
}


def by_group(table: pd.DataFrame, group: Group, names: Mapping[str, Text], look: Look) -> Chart:
    """Investment of each board or cluster, by stage; `table`: (group), stage, projects, investment_100m_cny."""
    return stacked_bars(
        _TITLES[group],
        rows=names,
        layer="projects",
        values=cells(table[group], table["stage"], table["investment_100m_cny"]),
        hover=text("{row}<br>{state}: {value} × 100 million CNY, {count} projects"),
        counts=cells(table[group], table["stage"], table["projects"]),
        decimals=1,
        look=look,
        picks=group_picks(group),
    )
