"""Targets and reported values of the illustrative district: some reached, some late, all marked 示例数据."""

from __future__ import annotations

from datetime import date

import pandas as pd

_YEARS = (2018, 2019, 2020, 2021)
_SOURCE = "示例数据"

_TARGETS: dict[str, tuple[float, float, float, float]] = {
    "greening.completed_ha": (200, 290, 370, 428),
    "water.connected_km": (27, 38, 42, 52),
    "roads.density_km_per_km2": (3.0, 4.0, 5.0, 5.4),
    "lighting.lit_km": (80, 140, 170, 200),
    "relocation.freed_ha": (16, 32, 48, 52),
    "land.area_ha.approved_unsupplied": (360, 280, 200, 120),
    "land.area_ha.supplied_unused": (180, 150, 120, 80),
    "land.area_ha.idle": (60, 45, 30, 15),
    "land.area_ha.inefficient": (72, 60, 45, 30),
    "projects.count.producing": (6, 12, 18, 30),
    "projects.investment_100m_cny.producing": (20, 60, 100, 150),
    "district.area_km2": (42, 42, 42, 42),
}
"""Indicator → what it is to be at the end of each of `_YEARS`, in the indicator's own unit."""
_SITES_OF_A_BATCH = 20

_YEARLY: dict[str, tuple[str, float, float, float]] = {
    "规上工业战略性新兴产业占比": ("share", 0.212, 0.238, 0.265),
    "企业开办时间": ("工作日", 5, 3, 1),
    "工程建设项目审批时限": ("工作日", 120, 90, 60),
    "一次办好事项占比": ("share", 0.80, 0.92, 0.98),
    "12345 热线满意率": ("share", 0.915, 0.938, 0.956),
    "引进高层次人才": ("人", 38, 56, 71),
    "常住人口": ("万人", 5.8, 6.1, 6.5),
    "社会消费品零售额": ("100m_cny", 18.6, 20.4, 20.1),
    "改革事项完成率": ("share", 0.86, 0.91, 0.95),
    "安全生产事故起数": ("起", 4, 3, 1),
    "空气质量优良天数": ("天", 201, 213, 238),
    "蓼河断面水质达标率": ("share", 0.75, 0.833, 0.917),
    "高端装备产值": ("100m_cny", 412, 468, 523),
    "医养健康产值": ("100m_cny", 286, 331, 389),
    "纺织服装产值": ("100m_cny", 402, 418, 397),
    "信息产业产值": ("100m_cny", 138, 176, 231),
    "新材料产值": ("100m_cny", 162, 190, 224),
    "现代服务业产值": ("100m_cny", 205, 238, 261),
}
"""Name → unit, and the value at the end of 2018, 2019 and 2020."""
_HALF_YEARLY: dict[str, tuple[float, float, float]] = {
    "12345 热线满意率": (0.902, 0.926, 0.948),
    "蓼河断面水质达标率": (0.667, 0.75, 0.917),
}
"""Name → the value in the middle of the same years."""


def build_targets() -> pd.DataFrame:
    """The targets, as `geodata.entries.save` takes them."""
    due = {indicator: zip(_YEARS, values, strict=True) for indicator, values in _TARGETS.items()}
    due |= {f"relocation.vacated_sites.{year}": zip([year], [_SITES_OF_A_BATCH], strict=True) for year in _YEARS[:3]}
    rows = [(indicator, date(year, 12, 31), value) for indicator, years in due.items() for year, value in years]
    return pd.DataFrame(rows, columns=["indicator", "due_on", "value"]).assign(source=_SOURCE)


def build_reported() -> pd.DataFrame:
    """The reported values, as `geodata.entries.save` takes them."""
    rows = [
        (name, date(year, 12, 31), value, unit)
        for name, (unit, *values) in _YEARLY.items()
        for year, value in zip(_YEARS[:3], values, strict=True)
    ]
    rows += [
        (name, date(year, 6, 30), value, _YEARLY[name][0])
        for name, values in _HALF_YEARLY.items()
        for year, value in zip(_YEARS[:3], values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["name", "as_of", "value", "unit"]).assign(source=_SOURCE)
