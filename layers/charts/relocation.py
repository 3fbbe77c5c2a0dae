"""Figures of the industry that moves from town into parks."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd

from geodata.filters import Key
from geodata.i18n import Text, text
from layers import formats, styles
from layers.charts.base import PLAN_COLOUR, Chart, Look, Node, cells, filled, flow, stacked_bars

BATCH: tuple[Key, ...] = (("relocation_zones", "batch"), ("relocation_zones", "state"))


def by_batch(table: pd.DataFrame, look: Look) -> Chart:
    """Sites of each batch, stacked by how far they are; `table`: batch, state, sites, area_ha."""
    return stacked_bars(
        text("Relocation out of town by batch (sites)"),
        rows={str(batch): text("Batch {year}", year=batch) for batch in sorted(table["batch"].unique())},
        layer="relocation_zones",
        values=cells(table["batch"], table["state"], table["sites"]),
        hover=text("{row}<br>{state}: {value} sites, {count} {unit}", unit=look.area.name),
        counts=cells(table["batch"], table["state"], table["area_ha"] * look.area.per_ha),
        look=look,
        picks=BATCH,
    )


def from_to(table: pd.DataFrame, parks: Mapping[str, Text], look: Look) -> Chart:
    """Which industry moves to which park; `table`: industry, park_id, sites, vacated, area_ha."""
    not_told = text("Not told").in_(look.language)
    industries = list(table.groupby("industry")["sites"].sum().sort_values(ascending=False, kind="stable").index)
    receiving = sorted(table["park_id"].unique())
    names = [parks[park].in_(look.language) if park in parks else park or not_told for park in receiving]
    moving, arrived = styles.colour("relocation_zones", "agreed"), styles.style("parks", "present").stroke
    nodes = [Node(escape(str(name) or not_told), moving, 0.001) for name in industries]
    nodes += [Node(escape(name), arrived or PLAN_COLOUR, 0.999) for name in names]
    hover = text("{industry} → {park}<br>{count} sites, {vacated} vacated, {value} {unit}", unit=look.area.name)
    links = []
    areas = table["area_ha"] * look.area.per_ha
    for industry, park, sites, vacated, area in zip(
        table["industry"], table["park_id"], table["sites"], table["vacated"], areas, strict=True
    ):
        source, target = industries.index(industry), len(industries) + receiving.index(park)
        words = filled(
            hover,
            look,
            industry=nodes[source].name,
            park=nodes[target].name,
            count=formats.number(sites),
            vacated=formats.number(vacated),
            value=formats.number(area, formats.decimals_for(area)),
        )
        links.append((source, target, float(sites), words))
    return flow(text("From industry to receiving park (sites)"), nodes, links, look=look, height_px=380)
