"""The programme of 2018 as its readers know it: six lines and six themes, each with what tells how far it is.

What has a place on the ground is computed from the layers; for the rest there are reported values (上报), by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geodata.i18n import Text, label
from geodata.indicators import part_of

Section = Literal["overview", "land", "greening", "networks", "relocation", "projects"]
"""Sections of the dashboard."""


@dataclass(frozen=True)
class Measure:
    """Something that tells how far a row of the programme is: one indicator, or the sum of several of one unit.

    A name that begins with `reported.` is a reported value.
    """

    title: Text
    indicators: tuple[str, ...]
    unit: str
    part: str
    """The part of the indicators they belong to (`geodata.indicators`), or `reported`."""

    @property
    def name(self) -> str:
        """Under which name targets are set for it."""
        return self.indicators[0] if len(self.indicators) == 1 else f"sum.{self.indicators[0]}"


@dataclass(frozen=True)
class Row:
    """A line or a theme, its measures, and the section of the dashboard that stands behind it."""

    name: str
    title: Text
    measures: tuple[Measure, ...]
    section: Section | None = None
    layers: tuple[str, ...] = ()
    """The layers that the map shows of it."""


@dataclass(frozen=True)
class Cluster:
    """An industrial cluster and the output it aims at."""

    name: str
    aim_100m_cny: float
    reported: str
    """The reported value that tells its output."""


def _measure(zh: str, en: str, unit: str, *indicators: str) -> Measure:
    return Measure(label(zh, en), indicators, unit, part_of(indicators[0]))


def _reported(name: str, en: str, unit: str) -> Measure:
    return Measure(label(name, en), (f"reported.{name}",), unit, "reported")


_STAGES = ("negotiating", "signed", "landed", "producing")
_REACH = "vitality.housing_within_900m_share"

LINES: tuple[Row, ...] = (
    Row(
        "drivers",
        label("新旧动能转换", "New drivers for old"),
        (
            _measure("投产项目", "Projects producing", "count", "projects.count.producing"),
            _measure("投产项目投资", "Investment producing", "100m_cny", "projects.investment_100m_cny.producing"),
            _reported("规上工业战略性新兴产业占比", "Strategic emerging industries, share of industry", "share"),
        ),
        "projects",
        ("projects", "parks"),
    ),
    Row(
        "clusters",
        label("产业集群培育", "Industrial clusters"),
        (
            _measure(
                "在库项目投资",
                "Investment of all projects",
                "100m_cny",
                *(f"projects.investment_100m_cny.{stage}" for stage in _STAGES),
            ),
            _reported("高端装备产值", "Output of high-end equipment", "100m_cny"),
            _reported("医养健康产值", "Output of medical care and health", "100m_cny"),
        ),
        "projects",
        ("projects", "parks"),
    ),
    Row(
        "land",
        label("土地集约利用", "Land used sparingly"),
        (
            _measure("批而未供", "Approved, not supplied", "ha", "land.area_ha.approved_unsupplied"),
            _measure("供而未用", "Supplied, not started", "ha", "land.area_ha.supplied_unused"),
            _measure("疑似闲置", "Suspected idle", "ha", "land.area_ha.idle"),
            _measure("低效", "Inefficient", "ha", "land.area_ha.inefficient"),
        ),
        "land",
        ("parcels",),
    ),
    Row(
        "relocation",
        label("工业企业退城进园", "Industry out of town"),
        (
            *(
                _measure(f"{year}年批次已腾退", f"Vacated of batch {year}", "count", f"relocation.vacated_sites.{year}")
                for year in (2018, 2019, 2020)
            ),
            _measure("腾退土地", "Land freed", "ha", "relocation.freed_ha"),
            _measure("腾退后再供地", "Freed land supplied again", "ha", "relocation.resupplied_ha"),
        ),
        "relocation",
        ("relocation_zones", "parks"),
    ),
    Row(
        "greening",
        label("绿化亮化提档配套", "Greening and lighting"),
        (
            _measure("已完成绿化", "Greening completed", "ha", "greening.completed_ha"),
            _measure("完成量/应完成量", "Completed to due", "share", "greening.completed_share"),
            _measure("新区绿地占比", "Green share of the district", "share", "greening.district_share"),
            _measure("300米见绿", "300 m to greening", "share", "greening.housing_within_300m_share"),
            _measure("500米见园", "500 m to a park", "share", "greening.housing_within_500m_of_park_share"),
            _measure("逾期绿化项目", "Late greening projects", "count", "greening.late_projects"),
            _measure("已亮化道路", "Roads lit", "km", "lighting.lit_km"),
        ),
        "greening",
        ("greening", "lighting"),
    ),
    Row(
        "networks",
        label("河湖水系路网贯通", "Water and roads connected"),
        (
            _measure("已贯通河道", "Waterways connected", "km", "water.connected_km"),
            _measure("水网连通片数", "Parts of the water network", "count", "water.components"),
            _measure("路网密度", "Road density", "km/km2", "roads.density_km_per_km2"),
        ),
        "networks",
        ("waterways", "roads", "corridors"),
    ),
)
"""六条主线."""

THEMES: tuple[Row, ...] = (
    Row(
        "pace",
        label("项目落地提速", "Projects land faster"),
        (
            _measure(
                "落地及投产项目",
                "Projects landed or producing",
                "count",
                "projects.count.landed",
                "projects.count.producing",
            ),
            _reported("工程建设项目审批时限", "Time to approve a construction project", "工作日"),
        ),
        "projects",
        ("projects",),
    ),
    Row(
        "parks",
        label("一区十园提质", "Better parks"),
        (
            _measure("迁入园区企业", "Firms moved into parks", "count", "parks.firms_received"),
            _measure(
                "园区内已建工业仓储用地占比", "Industrial land in the parks that is built", "share", "parks.built_share"
            ),
        ),
        "relocation",
        ("parks", "relocation_zones", "projects"),
    ),
    Row(
        "business",
        label("营商环境提优", "Better business environment"),
        (
            _reported("企业开办时间", "Time to set up a firm", "工作日"),
            _reported("一次办好事项占比", "Matters settled in one visit", "share"),
            _reported("12345 热线满意率", "Satisfaction with the 12345 hotline", "share"),
        ),
    ),
    Row(
        "vitality",
        label("人气商气提振", "More people and business"),
        (
            _measure("步行15分钟可达公共服务", "Public services within 15 minutes", "share", f"{_REACH}.public"),
            _measure("步行15分钟可达商业", "Shops within 15 minutes", "share", f"{_REACH}.shops"),
            _measure("步行15分钟可达公园", "Parks within 15 minutes", "share", f"{_REACH}.parks"),
            _reported("常住人口", "Residents", "万人"),
            _reported("社会消费品零售额", "Retail sales", "100m_cny"),
        ),
        "greening",
        ("parcels", "greening"),
    ),
    Row(
        "reform",
        label("体制机制提效", "Better institutions"),
        (
            _reported("改革事项完成率", "Reforms completed", "share"),
            _reported("引进高层次人才", "Talents attracted", "人"),
        ),
    ),
    Row(
        "bottom_lines",
        label("底线工作提升", "Bottom lines held"),
        (
            _reported("安全生产事故起数", "Accidents at work", "起"),
            _reported("空气质量优良天数", "Days of good air", "天"),
            _reported("蓼河断面水质达标率", "Water quality of the Liaohe met", "share"),
        ),
    ),
)
"""六大主题."""

CLUSTER_AIMS: tuple[Cluster, ...] = tuple(
    Cluster(name, aim, f"{name}产值")
    for names, aim in ((("高端装备", "医养健康", "纺织服装"), 1000.0), (("信息产业", "新材料", "现代服务业"), 500.0))
    for name in names
)
"""The clusters against their 千亿 and 五百亿 aims."""
