"""The lists behind the charts: what is idle, late, vacated, under way; a row chosen filters everything by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st
from geopandas import GeoDataFrame

from geodata import breakdowns, calendar_file, land_lists, network, workbook
from geodata.catalogue import Version
from geodata.filters import OneOf, with_condition
from geodata.i18n import Language, Text, text
from geodata.indicator_names import title_of
from geodata.measures import area_ha
from geodata.programme import Section
from geodata.schema import BOARDS, CLUSTERS, GREENING_KINDS, LAYERS
from geodata.status import PROJECTED, RECOGNISED_IDLE, STATE_LABELS, state_at
from layers import formats
from layers.scope import Scope
from pages.ui import notes, quantity, state, table
from pages.ui.feedback import plain
from pages.ui.language import language, say, t
from pages.ui.table import Column

_LIST_KEY, _WITHIN_KEY = "land_list", "land_list_within"
_WITHIN_DAYS = (30, 90, 180)


def show(scope: Scope, _before: date | None) -> None:
    """The lists of the section that is shown."""
    for layer, show_list in _LISTS[state.section()]:
        if scope.has(layer):
            with st.container(border=True, key=f"list_{show_list.__name__.strip('_')}"):
                show_list(scope)


def _show_land(scope: Scope) -> None:
    """One of the land lists, with what one takes away of them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        name = st.segmented_control(
            t("Land list"),
            list(land_lists.LISTS),
            format_func={chosen: say(title) for chosen, title in land_lists.LISTS.items()}.__getitem__,
            key=_LIST_KEY,
            default="early_warning",
            required=True,
            persist_state="session",
            label_visibility="collapsed",
        )
        within_days = 90
        if name == "early_warning":
            within_days = st.segmented_control(
                t("Within"),
                _WITHIN_DAYS,
                format_func={days: t("{days} days", days=days) for days in _WITHIN_DAYS}.__getitem__,
                key=_WITHIN_KEY,
                default=90,
                required=True,
                persist_state="session",
                label_visibility="collapsed",
            )
        st.space("stretch")
        _offer_land(scope, within_days)
    version = scope.versions["parcels"]
    listed = land_lists.land_list(
        scope.frame("parcels", ("parcels", "key")),
        name,
        scope.on,
        data_date=version.data_date,
        within_days=within_days,
    )
    if listed.empty:
        st.info(_NOTHING[name].in_(language()))
        return
    states = [
        say(RECOGNISED_IDLE if known else STATE_LABELS["parcels"][found])
        for found, known in zip(listed["state"], listed["recognised"], strict=True)
    ]
    projected = [say(PROJECTED) if flag else "" for flag in listed["projected"]]
    shown = listed.assign(state=states, projected=projected, delay_by=_named("parcels", "delay_by", listed["delay_by"]))
    shown["land_use"] = _named("parcels", "land_use", listed["land_use"].str[:2])
    table.show(name, shown, _LAND_COLUMNS, key_column="parcel_id", facet=("parcels", "key"))
    st.caption(
        t(
            "{count} parcels, {area}",
            count=formats.number(len(listed)),
            area=quantity.shown(float(listed["area_ha"].sum()), "ha"),
        )
        + f" · {notes.source_line(scope.versions, 'parcels', scope.on)}"
        + (f" · {say(_RULE)}" if name in ("idle", "early_warning") else "")
    )


_RULE = text("Rule: Measures for Disposing of Idle Land (MLR order 53), article 2; the finding is the authority’s")
_NOTHING = {
    "approved_unsupplied": text("No land is approved and not supplied at this date."),
    "supplied_unused": text("No land is supplied and not started at this date."),
    "idle": text("No land is idle or suspected idle at this date."),
    "inefficient": text("No land is marked inefficient at this date."),
    "cannot_be_judged": text("Every supplied, unstarted parcel says when its start was due."),
    "early_warning": text("No parcel will become idle within these days. Choose a longer time to look further ahead."),
}
_LAND_COLUMNS: Mapping[str, Column] = {
    "parcel_id": Column(LAYERS["parcels"].fields[0].label, "text"),
    "state": Column(text("Status"), "text"),
    "land_use": Column(LAYERS["parcels"].field("land_use").label, "text"),
    "holder": Column(LAYERS["parcels"].field("holder").label, "text"),
    "area_ha": Column(text("Area"), "area"),
    "since": Column(text("Since"), "date"),
    "days_since": Column(text("Days since"), "integer"),
    "start_due_on": Column(LAYERS["parcels"].field("start_due_on").label, "date"),
    "idle_on": Column(text("Idle from"), "date"),
    "days_until_idle": Column(text("Days until idle"), "integer"),
    "delay_by": Column(LAYERS["parcels"].field("delay_by").label, "text"),
    "projected": Column(PROJECTED, "text"),
}


def _offer_land(scope: Scope, within_days: int) -> None:
    version, parcels = scope.versions["parcels"], scope.frame("parcels")
    st.download_button(
        t("All lists, XLSX"),
        data=partial(_to_workbook, parcels, version, scope.on, within_days, language()),
        file_name=f"{t('land-lists')}_{scope.on}.xlsx",
        key="land_lists_xlsx",
        icon=":material/download:",
        on_click="ignore",
    )
    st.download_button(
        t("Early warnings, calendar"),
        data=partial(_to_calendar, parcels, version, scope.on, within_days, language()),
        file_name=f"{t('idle-land-warnings')}_{scope.on}.ics",
        key="land_lists_ics",
        icon=":material/event:",
        on_click="ignore",
    )


# A download is made when it is asked for, in a thread that knows nothing of the session.


def _to_workbook(parcels: GeoDataFrame, version: Version, on: date, within_days: int, language: Language) -> bytes:
    sheets = land_lists.sheets(
        parcels,
        on,
        data_date=version.data_date,
        version=version.number,
        illustrative=version.illustrative,
        language=language,
        within_days=within_days,
    )
    return workbook.to_workbook(sheets)


def _to_calendar(parcels: GeoDataFrame, version: Version, on: date, within_days: int, language: Language) -> bytes:
    listed = land_lists.land_list(parcels, "early_warning", on, data_date=version.data_date, within_days=within_days)
    source = land_lists.source_note(on, version=version.number, data_date=version.data_date)
    return calendar_file.to_calendar(listed, on=on, illustrative=version.illustrative, language=language, source=source)


def _show_green_shares(scope: Scope) -> None:
    """How much of the district is green, and how near housing is to it."""
    numbers = scope.numbers("green_district") | scope.numbers("coverage")
    with st.container(horizontal=True, key="green_shares"):
        for name, number in numbers.items():
            st.metric(say(title_of(name)), quantity.shown(number.value, number.unit), width="content")
    st.caption(
        t("Straight-line distances; greening completed by the day.")
        + f" · {notes.source_line(scope.versions, 'greening', scope.on)}"
    )


def _show_late_greening(scope: Scope) -> None:
    listed = breakdowns.late_works("greening", scope.frame("greening", ("greening", "key")), scope.on)
    listed["kind"] = [say(GREENING_KINDS.get(str(kind), Text(str(kind)))) for kind in listed["kind"]]
    _show_late(scope, "greening", listed, t("Late greening projects"), "area_ha", "area")


def _show_late_lighting(scope: Scope) -> None:
    listed = breakdowns.late_works("lighting", scope.frame("lighting", ("lighting", "key")), scope.on)
    _show_late(scope, "lighting", listed, t("Late lighting projects"), "length_km", "km")


def _show_late(scope: Scope, layer: str, listed: pd.DataFrame, title: str, size: str, kind: table.Kind) -> None:
    st.markdown(f"**{title} ({formats.number(len(listed))})**")
    if listed.empty:
        st.caption(t("Nothing is late at this date."))
        return
    columns = {
        "key": Column(LAYERS[layer].fields[0].label, "text"),
        "name": Column(LAYERS[layer].field("name").label, "text"),
        "kind": Column(text("Kind"), "text"),
        "planned_on": Column(LAYERS[layer].field("planned_on").label, "date"),
        "days_late": Column(text("Days late"), "integer"),
        size: Column(text("Area") if kind == "area" else text("Length (km)"), kind),
    }
    table.show(f"late_{layer}", listed, columns, key_column="key", facet=(layer, "key"))
    st.caption(notes.source_line(scope.versions, layer, scope.on))


def _show_network(scope: Scope) -> None:
    """How many parts the connected waterways have, and which missing reach would join most."""
    waterways = scope.frame("waterways")
    parts = network.components(waterways, scope.on)
    best = network.best_missing_reach(waterways, scope.on)
    st.markdown(f"**{t('Connected water network')}**")
    st.markdown(t("The connected waterways hang together in {count} parts.", count=formats.number(len(parts))))
    if best is None:
        st.caption(t("No single waterway that is still missing would join any two of them."))
        return
    reach = waterways.iloc[best.row]
    words = t(
        "Connecting **{name}** would join {joins} of them; {left} would be left.",
        name=plain(str(reach["name"])),
        joins=formats.number(best.joins),
        left=formats.number(best.components),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words, width="content")
        st.button(
            t("Show it"),
            key="show_reach",
            icon=":material/my_location:",
            on_click=partial(_choose, ("waterways", "key"), str(reach["waterway_id"])),
        )


def _show_sites(scope: Scope) -> None:
    sites = scope.frame("relocation_zones", ("relocation_zones", "key"))
    parks = scope.places("park")
    listed = pd.DataFrame(
        {
            "key": sites["site_id"],
            "enterprise": sites["enterprise"],
            "industry": sites["industry"],
            "batch": sites["batch"],
            "park": [say(parks[park]) if park in parks else park for park in sites["park_id"].fillna("").astype(str)],
            "state": _named_states("relocation_zones", sites, scope.on),
            "area_ha": area_ha(sites),
            "agreed_on": sites["agreed_on"],
            "vacated_on": sites["vacated_on"],
            "resupplied_on": sites["resupplied_on"],
        }
    )
    st.markdown(f"**{t('Relocation sites')} ({formats.number(len(listed))})**")
    fields = {name: LAYERS["relocation_zones"].field(name).label for name in listed.columns if name in sites}
    columns = {
        "key": Column(LAYERS["relocation_zones"].fields[0].label, "text"),
        "enterprise": Column(fields["enterprise"], "text"),
        "industry": Column(fields["industry"], "text"),
        "batch": Column(fields["batch"], "year"),
        "park": Column(LAYERS["relocation_zones"].field("park_id").label, "text"),
        "state": Column(text("Status"), "text"),
        "area_ha": Column(text("Area"), "area"),
        "agreed_on": Column(fields["agreed_on"], "date"),
        "vacated_on": Column(fields["vacated_on"], "date"),
        "resupplied_on": Column(fields["resupplied_on"], "date"),
    }
    table.show("sites", listed, columns, key_column="key", facet=("relocation_zones", "key"))
    st.caption(notes.source_line(scope.versions, "relocation_zones", scope.on))


def _show_projects(scope: Scope) -> None:
    projects = scope.frame("projects", ("projects", "key"))
    listed = breakdowns.projects_in_stage(projects, scope.on)
    lasting = breakdowns.months_by_stage(projects, scope.on)
    st.markdown(f"**{t('Projects by the time at their stage')} ({formats.number(len(listed))})**")
    st.caption(
        " · ".join(
            t(
                "{stage}: half of {count} longer than {median} months, the longest {longest}",
                stage=say(STATE_LABELS["projects"][str(stage)]),
                count=formats.number(count),
                median=formats.number(median, 1),
                longest=formats.number(longest, 1),
            )
            for stage, count, median, longest in lasting.itertuples(index=False)
            if count
        )
    )
    shown = listed.assign(
        state=[say(STATE_LABELS["projects"][str(stage)]) for stage in listed["state"]],
        board=[say(BOARDS.get(str(board), Text(str(board)))) for board in listed["board"].fillna("")],
        cluster=[say(CLUSTERS.get(str(cluster), Text(str(cluster)))) for cluster in listed["cluster"].fillna("")],
    )
    columns = {
        "key": Column(LAYERS["projects"].fields[0].label, "text"),
        "name": Column(LAYERS["projects"].field("name").label, "text"),
        "board": Column(LAYERS["projects"].field("board").label, "text"),
        "cluster": Column(LAYERS["projects"].field("cluster").label, "text"),
        "state": Column(text("Stage"), "text"),
        "since": Column(text("Since"), "date"),
        "months": Column(text("Months at this stage"), "number"),
        "investment_100m_cny": Column(text("Investment (100 million CNY)"), "number"),
    }
    table.show("projects", shown, columns, key_column="key", facet=("projects", "key"))
    st.caption(notes.source_line(scope.versions, "projects", scope.on))


def _choose(facet: tuple[str, str], value: str) -> None:
    state.set_filters(with_condition(state.filters(), facet, OneOf(frozenset({value}))))


def _named(layer: str, field: str, values: pd.Series) -> list[str]:
    codes = LAYERS[layer].field(field).codes
    return ["" if pd.isna(value) else say(codes.get(str(value), Text(str(value)))) for value in values]


def _named_states(layer: str, frame: pd.DataFrame, on: date) -> list[str]:
    return [say(STATE_LABELS[layer][found]) for found in state_at(layer, frame, on)]


_LISTS: dict[Section, tuple[tuple[str, Callable[[Scope], None]], ...]] = {
    "overview": (),
    "land": (("parcels", _show_land),),
    "greening": (
        ("greening", _show_green_shares),
        ("greening", _show_late_greening),
        ("lighting", _show_late_lighting),
    ),
    "networks": (("waterways", _show_network),),
    "relocation": (("relocation_zones", _show_sites),),
    "projects": (("projects", _show_projects),),
}
