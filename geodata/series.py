"""Tables behind the charts: tidy, one row per bar or point, the unit in the column's name.

Monthly tables have one row per month (and class), without a gap, from the first month in which something was planned
or happened; `month` is its first day, values are cumulative to its end. 现状 is left out of them (DESIGN §5).
Areas and lengths are ellipsoidal on CGCS2000.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geodata.measures import area_ha, length_km
from geodata.schema import AXES, EXISTING, GREENING_KINDS, ROAD_CLASSES
from geodata.status import STATES, happened, state_at


def land_by_use_and_status(parcels: GeoDataFrame, on: date) -> pd.DataFrame:
    """Land by the two digits of its planned use and by status: land_use, status, area_ha, parcels; what occurs."""
    use = parcels["land_use"].str[:2].rename("land_use")
    return by_state("parcels", parcels, on, [use], area_ha(parcels), "parcels").rename(columns={"state": "status"})


def greening_by_month(greening: GeoDataFrame, until: date, *, on: date | None = None) -> pd.DataFrame:
    """Greening due and done, cumulative: month, planned_ha, completed_ha; months to that of `until`.

    With `on`, what was completed after that day is not counted, and months after it have NaN.
    """
    return _planned_and_done(greening, until, on, area_ha(greening), "planned_ha", "completed_ha")


def greening_by_kind(greening: GeoDataFrame, on: date) -> pd.DataFrame:
    """Greening by kind at a date, every kind: kind, planned_ha, completed_ha, total_ha."""
    area = area_ha(greening)
    parts = {
        "planned_ha": area[happened(greening, "planned_on", on)],
        "completed_ha": area[happened(greening, "completed_on", on)],
        "total_ha": area,
    }
    sums = {name: part.groupby(greening["kind"]).sum() for name, part in parts.items()}
    table = pd.DataFrame(sums, index=pd.Index(list(GREENING_KINDS), dtype="str", name="kind"))
    return table.fillna(0.0).reset_index()


def greening_kinds_by_month(greening: GeoDataFrame, until: date) -> pd.DataFrame:
    """Greening completed of each kind, cumulative: month, kind, completed_ha."""
    area = area_ha(greening)
    columns = {kind: ("completed_on", area.where(greening["kind"] == kind, 0.0)) for kind in GREENING_KINDS}
    return _long(_cumulative(greening, until, columns), "kind", "completed_ha")


def relocation_by_batch(sites: GeoDataFrame, on: date) -> pd.DataFrame:
    """Relocation sites by batch and by how far they are: batch, state, sites, area_ha; what occurs."""
    table = by_state("relocation_zones", sites, on, [sites["batch"]], area_ha(sites), "sites")
    return table[["batch", "state", "sites", "area_ha"]]


def relocation_progress(sites: GeoDataFrame, on: date) -> pd.DataFrame:
    """How far each batch is: batch, planned_on, sites, agreed, vacated, resupplied, area_ha, freed_ha.

    A site that is vacated counts as vacated, whether or not anything says that it was agreed; `resupplied` are
    those supplied again after they were vacated. A batch's plan (`planned_on`) is the end of its year.
    """
    area = area_ha(sites)
    vacated = happened(sites, "vacated_on", on)
    table = pd.DataFrame(
        {
            "batch": sites["batch"],
            "sites": 1,
            "agreed": happened(sites, "agreed_on", on).astype("int64"),
            "vacated": vacated.astype("int64"),
            "resupplied": (state_at("relocation_zones", sites, on) == "resupplied").astype("int64"),
            "area_ha": area,
            "freed_ha": area.where(vacated, 0.0),
        }
    )
    table = table.groupby("batch").sum().reset_index()
    table.insert(
        1, "planned_on", pd.to_datetime([f"{year:04d}-12-31" for year in table["batch"]]).astype("datetime64[s]")
    )
    return table


def waterways_by_state(waterways: GeoDataFrame, on: date) -> pd.DataFrame:
    """Each waterway with its state, verticals first, in the order of their numbers: name, axis, state, length_km."""
    table = pd.DataFrame(
        {
            "name": waterways["name"],
            "axis": waterways["axis"],
            "axis_no": waterways["axis_no"],
            "state": state_at("waterways", waterways, on),
            "length_km": length_km(waterways),
        }
    )
    rank = {axis: number for number, axis in enumerate(AXES)}
    table = table.assign(rank=table["axis"].map(rank)).sort_values(["rank", "axis_no"], kind="stable")
    return table[["name", "axis", "state", "length_km"]].reset_index(drop=True)


def waterways_by_month(waterways: GeoDataFrame, until: date) -> pd.DataFrame:
    """Length of the waterways connected, cumulative: month, connected_km."""
    return _cumulative(waterways, until, {"connected_km": ("connected_on", length_km(waterways))})


def roads_by_class(roads: GeoDataFrame, on: date) -> pd.DataFrame:
    """Length of road by class and state, what occurs: road_class, state, length_km, roads."""
    return by_state("roads", roads, on, [roads["road_class"]], length_km(roads), "roads")


def roads_by_month(roads: GeoDataFrame, until: date) -> pd.DataFrame:
    """Length of road opened in each class, cumulative: month, road_class, open_km."""
    length = length_km(roads)
    columns = {name: ("opened_on", length.where(roads["road_class"] == name, 0.0)) for name in ROAD_CLASSES}
    return _long(_cumulative(roads, until, columns), "road_class", "open_km")


def lighting_by_month(lighting: GeoDataFrame, until: date, *, on: date | None = None) -> pd.DataFrame:
    """Length of lighting due and done, cumulative: month, planned_km, lit_km; `on` as in `greening_by_month`."""
    return _planned_and_done(lighting, until, on, length_km(lighting), "planned_km", "lit_km")


def projects_by(projects: GeoDataFrame, on: date, field: str | None = None) -> pd.DataFrame:
    """Projects and their investment at each stage: (field,) stage, projects, investment_100m_cny.

    Parameters
    ----------
    field : `board` or `cluster`, or None for all together
        Projects without one are left out. Every value that occurs has a row for every stage; projects not yet
        negotiating are not counted.
    """
    stages = STATES["projects"][1:]
    table = pd.DataFrame(
        {
            "stage": state_at("projects", projects, on),
            "projects": 1,
            "investment_100m_cny": projects["investment_100m_cny"],
        }
    )
    if field is None:
        sums = table.groupby("stage").sum()
        return sums.reindex(pd.Index(stages, dtype="str", name="stage"), fill_value=0).reset_index()
    sums = table.assign(**{field: projects[field]}).groupby([field, "stage"]).sum()
    values = sorted(projects[field].dropna().unique())
    every = pd.MultiIndex.from_product([values, stages], names=[field, "stage"])
    return sums.reindex(every, fill_value=0).reset_index()


def by_state(
    layer: str, frame: GeoDataFrame, on: date, by: Sequence[pd.Series], measure: pd.Series[float], count: str
) -> pd.DataFrame:
    """Sum of the measure and number of rows by the columns of `by` and by state, states in drawing order."""
    state = pd.Categorical(state_at(layer, frame, on), categories=STATES[layer], ordered=True)
    table = pd.DataFrame({column.name: column for column in by} | {"state": state, measure.name: measure, count: 1})
    keys = [*(str(column.name) for column in by), "state"]
    sums = table.groupby(keys, observed=True, sort=True)[[str(measure.name), count]].sum().reset_index()
    return sums.assign(state=sums["state"].astype("str"))


def _planned_and_done(
    frame: GeoDataFrame, until: date, on: date | None, measure: pd.Series[float], planned: str, done: str
) -> pd.DataFrame:
    """Running sums of what is due and what is done: month, planned, done; what is done after `on` does not count."""
    table = _cumulative(frame, until, {planned: ("planned_on", measure), done: ("completed_on", measure)})
    if on is None:
        return table
    known = _cumulative(frame, on, {planned: ("planned_on", measure), done: ("completed_on", measure)}, on)
    return table.drop(columns=done).merge(known[["month", done]], on="month", how="left")


def _cumulative(
    frame: GeoDataFrame,
    until: date,
    columns: Mapping[str, tuple[str, pd.Series[float]]],
    on: date | None = None,
) -> pd.DataFrame:
    """Running sums by month: column → (date field, measure); what is dated after `on` does not count."""
    end = pd.Timestamp(until).to_period("M")
    dated: dict[str, pd.Series[float]] = {}
    for name, (field, measure) in columns.items():
        days = pd.to_datetime(frame[field])
        real = days.notna() & (days != EXISTING)
        if on is not None:
            real &= days <= pd.Timestamp(on)
        months = days[real].dt.to_period("M")
        dated[name] = measure[real].groupby(months).sum()
    starts = [sums.index.min() for sums in dated.values() if len(sums)]
    first = min(starts, default=end + 1)
    months = pd.period_range(first, end, freq="M", name="month")
    table = pd.DataFrame(
        {name: _running(sums, months) for name, sums in dated.items()}, index=months.to_timestamp(), dtype=float
    )
    table.index = table.index.astype("datetime64[s]")
    return table.reset_index()


def _running(sums: pd.Series[float], months: pd.PeriodIndex) -> NDArray[np.float64]:
    return np.asarray(sums.reindex(months, fill_value=0.0).cumsum(), dtype=np.float64)


def _long(table: pd.DataFrame, kind: str, value: str) -> pd.DataFrame:
    """One row per month and kind, months ascending."""
    long = table.melt(id_vars="month", var_name=kind, value_name=value)
    order = {name: place for place, name in enumerate(table.columns[1:])}
    long = long.assign(order=long[kind].map(order)).sort_values(["month", "order"], kind="stable")
    return long[["month", kind, value]].reset_index(drop=True)
