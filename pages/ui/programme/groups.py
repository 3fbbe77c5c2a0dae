"""Boards and clusters: their projects and investment by stage; clusters against the output they aim at."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from geodata import series
from geodata.filters import OneOf
from geodata.i18n import Text, label
from geodata.programme import CLUSTER_AIMS, Cluster
from geodata.schema import BOARDS, CLUSTERS
from geodata.status import STATE_LABELS, STATES
from layers import formats
from layers.charts import projects as figures
from pages.ui import data, goal, notes, quantity, travel
from pages.ui.dashboard import figure
from pages.ui.language import say, t
from pages.ui.scope import scope_of

BOARDS_TITLE = label("六大板块", "Six boards")
CLUSTERS_TITLE = label("六大集群", "Six clusters")


def show_boards(versions: data.Versions, on: date) -> None:
    """Each board with its projects."""
    _show("board", BOARDS, versions, on)


def show_clusters(versions: data.Versions, on: date) -> None:
    """Each cluster with its projects, and its output against its aim."""
    _show("cluster", CLUSTERS, versions, on)


def _show(group: figures.Group, names: dict[str, Text], versions: data.Versions, on: date) -> None:
    if "projects" not in versions:
        st.info(t("The layer of key projects has not been published yet."))
        return
    table = series.projects_by(data.frame(versions["projects"]), on, group)
    left, right = st.columns([3, 2], gap="small")
    with left:
        for number, name in enumerate(names):
            with st.container(border=True, key=f"{group}_{number}", gap="xxsmall"):
                of_group = table[table[group] == name]
                _show_head(group, name, names[name], key=f"go_{group}_{number}")
                _show_stages(of_group)
                if group == "cluster":
                    _show_aim(next(each for each in CLUSTER_AIMS if each.name == name), versions, on)
    with right, st.container(border=True, key=f"chart_{group}"):
        look = scope_of(versions, on, None).look
        chart = figures.by_group(table, group, {name: names[name] for name in names}, look)
        figure.show(f"programme_{group}", figure.without_picks(chart), notes.source_line(versions, "projects", on))


def _show_head(group: figures.Group, name: str, title: Text, *, key: str) -> None:
    """What it is called, and the way to its projects."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{say(title)}**", width="stretch")
        if st.button(t("Projects"), key=key, icon=":material/bar_chart:", type="tertiary"):
            travel.to_dashboard("projects", {("projects", group): OneOf(frozenset({name}))})


def _show_stages(table: pd.DataFrame) -> None:
    """Projects and investment, and how many are at each stage."""
    counts = dict(zip(table["stage"], table["projects"], strict=True))
    money = float(table["investment_100m_cny"].sum())
    stages = [
        f"{say(STATE_LABELS['projects'][stage])} **{formats.number(counts.get(stage, 0))}**"
        for stage in STATES["projects"][1:]
    ]
    st.markdown(
        t(
            "{count} projects, {money} × 100 million CNY",
            count=formats.number(sum(counts.values())),
            money=formats.number(money, 1),
        )
        + " · "
        + " · ".join(stages)
    )


def _show_aim(cluster: Cluster, versions: data.Versions, on: date) -> None:
    """The output reported, against the aim; a target of its own comes before the aim of the programme."""
    held = goal.goal_of(f"reported.{cluster.reported}", "100m_cny", "reported")
    stands = held.progress(versions, on)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(t("Reported"), color="violet")
        if stands.actual is None:
            st.caption(
                t("No output has been reported up to this day; the aim is {aim}.", aim=_money(cluster.aim_100m_cny))
            )
            return
        st.progress(
            min(1.0, stands.actual / cluster.aim_100m_cny),
            t(
                "Output {actual}, {share} of the aim of {aim}",
                actual=_money(stands.actual),
                share=formats.share(stands.actual / cluster.aim_100m_cny),
                aim=_money(cluster.aim_100m_cny),
            ),
        )


def _money(value_100m_cny: float) -> str:
    return quantity.shown(value_100m_cny, "100m_cny")
