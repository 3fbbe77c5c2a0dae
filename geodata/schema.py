"""The layers and their fields: the one table that reading, checks, store, map and exports go by (DESIGN §5).

Adding a layer is one entry here and one in `layers/catalogue.py`.

**The clean frame** of a layer, as the store holds it and every function expects it: one GeoDataFrame in EPSG:4490,
2D, (lon, lat), rows sorted by key, a plain RangeIndex (the *row number*); columns are the layer's fields in the order
of this table, all present, then unknown columns as they came, then `geometry`. Types by `Kind`:

========  ==================  ==============================================================
kind      pandas dtype        empty
========  ==================  ==============================================================
TEXT      ``str``             NaN
CODE      ``str``             NaN; one of the field's codes unless the field is open
DATE      ``datetime64[s]``   NaT: has not happened; `EXISTING` is 现状, done before all records
NUMBER    ``float64``         NaN
INTEGER   ``Int64``           NA
FLAG      ``boolean``         NA
========  ==================  ==============================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from enum import StrEnum
from typing import Any, Literal

import pandas as pd

from geodata.errors import UnknownLayerError
from geodata.i18n import Text, label, text

STORE_CRS = "EPSG:4490"
"""CGCS2000, degrees: what the store holds."""
DRAWING_CRS = "EPSG:4548"
"""CGCS2000 3-degree Gauss–Krüger, CM 117E, metres: what sheets are drawn in and tolerances measured in."""

EXISTING = pd.Timestamp("1900-01-01")
"""现状: done before all records; true at every date, left out of monthly series."""

GeometryType = Literal["Polygon", "LineString", "Point"]


class Kind(StrEnum):
    """What a field's values are."""

    TEXT = "text"
    CODE = "code"
    DATE = "date"
    NUMBER = "number"
    INTEGER = "integer"
    FLAG = "flag"


DTYPES: dict[Kind, Any] = {
    Kind.TEXT: "str",
    Kind.CODE: "str",
    Kind.DATE: "datetime64[s]",
    Kind.NUMBER: "float64",
    Kind.INTEGER: "Int64",
    Kind.FLAG: "boolean",
}
"""The pandas dtype of each kind in a clean frame."""


@dataclass(frozen=True)
class Field:
    """A field of a layer: its name, its DBF name (at most 10 bytes), its label and its kind."""

    name: str
    dbf: str
    label: Text
    kind: Kind = Kind.TEXT
    required: bool = False
    codes: Mapping[str, Text] = dataclass_field(default_factory=dict)
    """Code → its label, for `Kind.CODE`."""
    open: bool = False
    """Whether a value that is no code is kept, with a warning."""
    unit: str | None = None
    share: bool = False
    """Whether the value is a share, 0–1."""

    @property
    def zh(self) -> str:
        """The Chinese column name that a file may use."""
        return self.label.in_("zh")


@dataclass(frozen=True)
class LayerSchema:
    """A layer: its name, its title, its geometry and its fields; the first field is the key."""

    name: str
    title: Text
    geometry: GeometryType
    fields: tuple[Field, ...]

    @property
    def key(self) -> str:
        """Name of the key field."""
        return self.fields[0].name

    def field(self, name: str) -> Field:
        """The field called `name`; KeyError without one."""
        return {field.name: field for field in self.fields}[name]


def _text(name: str, dbf: str, zh: str, en: str, *, required: bool = False) -> Field:
    return Field(name, dbf, label(zh, en), required=required)


def _code(
    name: str, dbf: str, zh: str, en: str, codes: Mapping[str, Text], *, required: bool = False, open: bool = False
) -> Field:
    return Field(name, dbf, label(zh, en), Kind.CODE, required=required, codes=codes, open=open)


def _date(name: str, dbf: str, zh: str, en: str, *, required: bool = False) -> Field:
    return Field(name, dbf, label(zh, en), Kind.DATE, required=required)


def _number(name: str, dbf: str, zh: str, en: str, unit: str | None = None, *, share: bool = False) -> Field:
    return Field(name, dbf, label(zh, en), Kind.NUMBER, unit=unit, share=share)


def _integer(name: str, dbf: str, zh: str, en: str, *, required: bool = False) -> Field:
    return Field(name, dbf, label(zh, en), Kind.INTEGER, required=required)


def _same(*codes: tuple[str, str]) -> dict[str, Text]:
    """Codes that are their own Chinese names, with their English."""
    return {zh: label(zh, en) for zh, en in codes}


LAND_USES: dict[str, Text] = {
    "01": label("耕地", "Cropland"),
    "02": label("园地", "Orchard land"),
    "03": label("林地", "Woodland"),
    "04": label("草地", "Grassland"),
    "05": label("湿地", "Wetland"),
    "06": label("农业设施建设用地", "Agricultural facilities"),
    "07": label("居住用地", "Residential"),
    "08": label("公共管理与公共服务用地", "Public administration and services"),
    "09": label("商业服务业用地", "Commercial and business"),
    "10": label("工矿用地", "Industry and mining"),
    "11": label("仓储用地", "Warehousing"),
    "12": label("交通运输用地", "Transport"),
    "13": label("公用设施用地", "Public utilities"),
    "14": label("绿地与开敞空间用地", "Green and open space"),
    "15": label("特殊用地", "Special use"),
    "16": label("留白用地", "Reserved (white) land"),
    "17": label("陆地水域", "Inland water"),
    "18": label("渔业用海", "Fishery sea use"),
    "19": label("工矿通信用海", "Industrial and communication sea use"),
    "20": label("交通运输用海", "Transport sea use"),
    "21": label("游憩用海", "Recreation sea use"),
    "22": label("特殊用海", "Special sea use"),
    "23": label("其他土地", "Other land"),
    "24": label("其他海域", "Other sea"),
}
"""First two digits of the national land-use classification for planning (国土空间调查、规划、用途管制用地用海分类)."""

ROAD_CLASSES = {
    "expressway": label("快速路", "Expressway"),
    "arterial": label("主干路", "Arterial"),
    "secondary": label("次干路", "Secondary"),
    "branch": label("支路", "Branch"),
}
AXES = {"vertical": label("纵", "Vertical"), "horizontal": label("横", "Horizontal")}
GREENING_KINDS = {
    "park": label("公园", "Park"),
    "belt": label("防护绿带", "Protective belt"),
    "street": label("道路绿化", "Street greening"),
    "waterfront": label("滨水绿廊", "Waterfront greenway"),
}
DELAY_CAUSES = {"government": label("政府", "Government"), "enterprise": label("企业", "Enterprise")}
BOARDS = _same(
    ("蓼河新区", "Liaohe New District"),
    ("新能源新材料", "New energy and materials"),
    ("华能如意", "Huaneng Ruyi"),
    ("现代服务业", "Modern services"),
    ("大健康产业", "Health industry"),
    ("泗河现代农业", "Sihe modern agriculture"),
)
CLUSTERS = _same(
    ("高端装备", "High-end equipment"),
    ("医养健康", "Medical care and health"),
    ("纺织服装", "Textiles and clothing"),
    ("信息产业", "Information industry"),
    ("新材料", "New materials"),
    ("现代服务业", "Modern services"),
)

_NAME = _text("name", "NAME", "名称", "Name", required=True)
_PLANNED = _date("planned_on", "PLAN_ON", "计划完成", "Planned completion")
_STARTED = _date("started_on", "START_ON", "开工日期", "Started")
_COMPLETED = _date("completed_on", "DONE_ON", "完成日期", "Completed")
_PARK_ID = _text("park_id", "PARK_ID", "园区编号", "Park no.", required=True)
_PROJECT_ID = _text("project_id", "PROJ_ID", "项目编号", "Project no.", required=True)
_BOARD = _code("board", "BOARD", "动能板块", "Board", BOARDS, open=True)

_SCHEMAS = (
    LayerSchema(
        "district",
        label("新区范围", "District"),
        "Polygon",
        (
            _text("district_id", "DIST_ID", "区域编号", "District no.", required=True),
            _NAME,
            _number("planned_area_km2", "PLAN_KM2", "规划面积", "Planned area", "km2"),
        ),
    ),
    LayerSchema(
        "water_zones",
        label("水系片区", "Water zones"),
        "Polygon",
        (_text("zone_id", "ZONE_ID", "片区编号", "Zone no.", required=True), _NAME),
    ),
    LayerSchema(
        "corridors",
        label("生态水廊", "Ecological corridors"),
        "Polygon",
        (_text("corridor_id", "CORR_ID", "水廊编号", "Corridor no.", required=True), _NAME, _PLANNED, _COMPLETED),
    ),
    LayerSchema(
        "waterways",
        label("河道", "Waterways"),
        "LineString",
        (
            _text("waterway_id", "WW_ID", "河道编号", "Waterway no.", required=True),
            _NAME,
            _code("axis", "AXIS", "走向", "Axis", AXES, required=True),
            _integer("axis_no", "AXIS_NO", "序号", "Axis number", required=True),
            _number("width_m", "WIDTH_M", "河宽", "Width", "m"),
            _PLANNED,
            _STARTED,
            _date("connected_on", "CONN_ON", "贯通日期", "Connected"),
        ),
    ),
    LayerSchema(
        "roads",
        label("路网", "Roads"),
        "LineString",
        (
            _text("road_id", "ROAD_ID", "道路编号", "Road no.", required=True),
            _NAME,
            _code("road_class", "CLASS", "道路等级", "Road class", ROAD_CLASSES, required=True),
            _number("width_m", "WIDTH_M", "红线宽度", "Right-of-way width", "m"),
            _PLANNED,
            _STARTED,
            _date("opened_on", "OPEN_ON", "通车日期", "Opened"),
        ),
    ),
    LayerSchema(
        "relocation_zones",
        label("退城进园", "Industrial relocation"),
        "Polygon",
        (
            _text("site_id", "SITE_ID", "地块编号", "Site no.", required=True),
            _text("enterprise", "ENTERPRISE", "企业名称", "Enterprise", required=True),
            _text("industry", "INDUSTRY", "行业", "Industry"),
            _integer("batch", "BATCH", "批次", "Batch", required=True),
            _text("park_id", "PARK_ID", "迁入园区", "Receiving park"),
            _date("agreed_on", "AGREED_ON", "签约日期", "Agreed"),
            _date("vacated_on", "VACATED_ON", "腾退日期", "Vacated"),
            _date("resupplied_on", "RESUPP_ON", "再供地日期", "Supplied again"),
        ),
    ),
    LayerSchema("parks", label("一区十园", "Industrial parks"), "Polygon", (_PARK_ID, _NAME, _BOARD)),
    LayerSchema(
        "parcels",
        label("用地", "Land parcels"),
        "Polygon",
        (
            _text("parcel_id", "PARCEL_ID", "地块编号", "Parcel no.", required=True),
            _code("land_use", "LAND_USE", "用地性质", "Land use", LAND_USES, required=True),
            _date("approved_on", "APPROVED", "批准日期", "Approved"),
            _date("supplied_on", "SUPPLIED", "供地日期", "Supplied"),
            _date("start_due_on", "START_DUE", "约定动工", "Start due"),
            _date("started_on", "STARTED", "动工日期", "Started"),
            _date("suspended_on", "SUSPENDED", "中止日期", "Suspended"),
            _date("resumed_on", "RESUMED", "复工日期", "Resumed"),
            _date("idle_recognised_on", "IDLE_ON", "闲置认定日期", "Recognised as idle"),
            _code("delay_by", "DELAY_BY", "延迟原因", "Cause of delay", DELAY_CAUSES),
            _date("completed_on", "COMPLETED", "竣工日期", "Completed"),
            _number("built_share", "BUILT_SH", "动工面积比", "Built share", share=True),
            _number("invested_share", "INVEST_SH", "投资额比", "Invested share", share=True),
            Field("inefficient", "INEFF", label("低效", "Inefficient"), Kind.FLAG),
            _text("holder", "HOLDER", "使用权人", "Holder"),
            _number("area_recorded_m2", "AREA_M2", "登记面积", "Recorded area", "m2"),
        ),
    ),
    LayerSchema(
        "greening",
        label("绿化", "Greening"),
        "Polygon",
        (
            _PROJECT_ID,
            _NAME,
            _code("kind", "KIND", "类型", "Kind", GREENING_KINDS, required=True),
            replace(_PLANNED, required=True),
            _STARTED,
            _COMPLETED,
        ),
    ),
    LayerSchema(
        "lighting",
        label("亮化", "Lighting"),
        "LineString",
        (
            _PROJECT_ID,
            _NAME,
            replace(_PLANNED, required=True),
            _COMPLETED,
            _integer("lamps", "LAMPS", "灯具数", "Lamps"),
        ),
    ),
    LayerSchema(
        "projects",
        label("重点项目", "Key projects"),
        "Point",
        (
            _PROJECT_ID,
            _NAME,
            _BOARD,
            _code("cluster", "CLUSTER", "产业集群", "Cluster", CLUSTERS, open=True),
            _date("negotiating_on", "NEGOT_ON", "洽谈", "Negotiating"),
            _date("signed_on", "SIGNED_ON", "签约", "Signed"),
            _date("landed_on", "LANDED_ON", "落地", "Landed"),
            _date("producing_on", "PROD_ON", "投产", "Producing"),
            _number("investment_100m_cny", "INVEST_YI", "投资亿元", "Investment", "100m_cny"),
        ),
    ),
)

LAYERS: dict[str, LayerSchema] = {schema.name: schema for schema in _SCHEMAS}
"""Every layer by its name, in the order of DESIGN §5."""


def schema_of(layer: str) -> LayerSchema:
    """The schema of `layer`.

    Raises
    ------
    UnknownLayerError
        There is no such layer; the message lists those there are.
    """
    if layer not in LAYERS:
        raise UnknownLayerError(
            text("There is no layer “{layer}”. The layers are: {layers}.", layer=layer, layers=", ".join(LAYERS))
        )
    return LAYERS[layer]
