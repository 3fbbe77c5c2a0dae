"""Tables of one date behind the charts and lists: what there is of each status, place, stage; what is late.

Tidy, one row per bar or line of a list, the unit in the column's name. Areas and lengths are ellipsoidal on CGCS2000.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.measures import area_ha, length_km
from geodata.schema import EXISTING, LAYERS
from geodata.series import by_state
from geodata.status import READING_ORDER, STATES, happened, state_at

DAYS_PER_MONTH = 365.2425 / 12


def land_by_status(parcels: GeoDataFrame, on: date) -> pd.DataFrame:
    """Land by status, every status in the order of keys: state, area_ha, parcels."""
    states = state_at("parcels", parcels, on)
    sums = pd.DataFrame({"state": states, "area_ha": area_ha(parcels), "parcels": 1}).groupby("state").sum()
    return sums.reindex(pd.Index(READING_ORDER["parcels"], dtype="str", name="state"), fill_value=0).reset_index()


def size_by_state(layer: str, frame: GeoDataFrame, on: date, by: pd.Series[str]) -> pd.DataFrame:
    """Size and number of features by a facet and by state, what occurs: (name of `by`), state, area_ha or length_km,
    features."""
    measure = area_ha(frame) if LAYERS[layer].geometry == "Polygon" else length_km(frame)
    return by_state(layer, frame, on, [by], measure, "features")


def greening_by(greening: GeoDataFrame, on: date, by: pd.Series[str]) -> pd.DataFrame:
    """Greening by a facet, what occurs: (name of `by`), planned_ha, completed_ha, total_ha."""
    area = area_ha(greening)
    table = pd.DataFrame(
        {
            "planned_ha": area.where(happened(greening, "planned_on", on), 0.0),
            "completed_ha": area.where(happened(greening, "completed_on", on), 0.0),
            "total_ha": area,
        }
    )
    return table.groupby(by).sum().reset_index()


def late_works(layer: str, frame: GeoDataFrame, on: date) -> pd.DataFrame:
    """Works due by a date and not completed by it, the longest late first.

    Returns
    -------
    DataFrame
        row (row number in the frame's index), key, name, (kind), planned_on, area_ha or length_km, days_late.
    """
    due = happened(frame, "planned_on", on) & ~happened(frame, "completed_on", on)
    measure = area_ha(frame) if LAYERS[layer].geometry == "Polygon" else length_km(frame)
    late = pd.DataFrame(
        {
            "row": frame.index,
            "key": frame[LAYERS[layer].key],
            "name": frame["name"],
            **({"kind": frame["kind"]} if "kind" in frame else {}),
            "planned_on": frame["planned_on"],
            str(measure.name): measure,
            "days_late": (pd.Timestamp(on) - pd.to_datetime(frame["planned_on"])).dt.days.astype("Int64"),
        }
    )[due]
    return late.sort_values(["days_late", "key"], ascending=[False, True]).reset_index(drop=True)


def relocation_flows(sites: GeoDataFrame, on: date) -> pd.DataFrame:
    """Which industry moves to which park: industry, park_id, sites, vacated, area_ha; "" where it is not told."""
    table = pd.DataFrame(
        {
            "industry": sites["industry"].fillna(""),
            "park_id": sites["park_id"].fillna(""),
            "sites": 1,
            "vacated": happened(sites, "vacated_on", on).astype("int64"),
            "area_ha": area_ha(sites),
        }
    )
    return table.groupby(["industry", "park_id"]).sum().reset_index()


def projects_in_stage(projects: GeoDataFrame, on: date) -> pd.DataFrame:
    """Each project that is at a stage, with the months it has been there, the longest first.

    Returns
    -------
    DataFrame
        row, key, name, board, cluster, state, since, months (NaN for 现状), investment_100m_cny.
    """
    stage = state_at("projects", projects, on)
    since = np.full(len(projects), np.datetime64("NaT", "s"))
    for name in STATES["projects"][1:]:
        at_stage = (stage == name).to_numpy()
        since[at_stage] = projects[f"{name}_on"].to_numpy().astype("datetime64[s]")[at_stage]
    since_day = pd.Series(since, index=projects.index)
    since_day = since_day.mask(since_day == EXISTING)
    table = pd.DataFrame(
        {
            "row": projects.index,
            "key": projects["project_id"],
            "name": projects["name"],
            "board": projects["board"],
            "cluster": projects["cluster"],
            "state": stage,
            "since": since_day,
            "months": (pd.Timestamp(on) - since_day).dt.days / DAYS_PER_MONTH,
            "investment_100m_cny": projects["investment_100m_cny"],
        }
    )[stage != STATES["projects"][0]]
    return table.sort_values(["months", "key"], ascending=[False, True]).reset_index(drop=True)


def months_by_stage(projects: GeoDataFrame, on: date) -> pd.DataFrame:
    """How long projects have been at their stage, every stage: state, projects, median_months, longest_months."""
    listed = projects_in_stage(projects, on)
    found = listed.groupby("state")["months"].agg(["size", "median", "max"])
    found.columns = pd.Index(["projects", "median_months", "longest_months"])
    every = pd.Index(STATES["projects"][1:], dtype="str", name="state")
    return found.reindex(every).assign(projects=lambda table: table["projects"].fillna(0).astype("int64")).reset_index()
