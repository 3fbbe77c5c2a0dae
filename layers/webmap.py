"""The one Folium map, whose script never changes, and the state that says what it shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

import folium

from geodata.catalogue import Version
from geodata.i18n import LANGUAGES, Text, label
from geodata.schema import GREENING_KINDS, LAND_USES, LAYERS, ROAD_CLASSES
from geodata.status import STATE_LABELS, STATES
from layers import assets, review, styles, tiles
from layers import rows as row_sets
from layers.basemaps import Basemap
from layers.catalogue import MAP_LAYERS
from layers.flows import Flow
from layers.vector_tiles import MapState, PlanLayer
from layers.view import Theme

__all__ = ["GoTo", "MapState", "Other", "build_map", "map_state"]

Bounds = tuple[float, float, float, float]
"""(west, south, east, north), degrees."""
Ring = Iterable[tuple[float, float]]
"""Places of (lon, lat) along the edge of a polygon; the first may be repeated at the end."""
Tool = Literal["measure", "box", "polygon", "line", "view"]

_EPOCH = date(1970, 1, 1)
_FALLBACK_BOUNDS: Bounds = (116.61, 35.36, 116.71, 35.44)
_PLACE = (35.40, 116.66)
_MIN_ZOOM, _MAX_ZOOM = 10, 20
_DIGITS = 7
"""Of degrees: about a centimetre."""

_WORDS = {
    "fit": label("全图", "Fit to district"),
    "full": label("全屏", "Full screen"),
    "zoomIn": label("放大", "Zoom in"),
    "zoomOut": label("缩小", "Zoom out"),
    "grid": label("CGCS2000 3°带", "CGCS2000 3° GK"),
    "box": label("画框筛选", "Draw a box"),
    "boxHint": label("按住鼠标拖出方框；Esc 取消", "Drag a box; Esc cancels"),
    "polygon": label("画多边形筛选", "Draw a polygon"),
    "polygonHint": label(
        "单击加点，双击或回车完成；退格撤回一点，Esc 取消",
        "Click for each corner, double-click or Enter to finish; Backspace takes one back, Esc cancels",
    ),
    "line": label("画线筛选", "Draw a line"),
    "lineHint": label(
        "单击加点，双击或回车完成；退格撤回一点，Esc 取消",
        "Click for each point, double-click or Enter to finish; Backspace takes one back, Esc cancels",
    ),
    "view": label("按当前视图筛选", "Filter by this view"),
    "measure": label("量测", "Measure"),
    "measureHint": label(
        "单击加点，双击或回车得长度，点回起点得面积；退格撤回一点，Esc 取消",
        "Click for each point; double-click or Enter for the length, the first point again for the area; Esc cancels",
    ),
    "unreachable": label("底图无法访问，其余内容不受影响", "The basemap can't be reached; everything else works"),
    "swipe": label("左右拖动对比", "Drag to compare"),
    "colon": label("：", ": "),
    "ha": label("公顷", "ha"),
    "mu": label("亩", "mu"),
    "length": label("长度", "Length"),
    "bearing": label("方位角", "Bearing"),
    "area": label("面积", "Area"),
    "around": label("周长", "Perimeter"),
    "copy": label("复制", "Copy"),
    "copied": label("已复制", "Copied"),
    "remove": label("删除", "Remove"),
    "removeAll": label("全部删除", "Remove all"),
}
LABEL_LOOKS: dict[str, dict[str, Any]] = {
    "waterways": {"size": 13, "weight": 600, "colour": "#0b4f8a", "dark": "#8cc8f5", "apart": 420},
    "water_zones": {"size": 17, "weight": 600, "colour": "#1f6598", "dark": "#9ad0f2", "apart": 900},
    "corridors": {"size": 12, "weight": 600, "colour": "#2f6b35", "dark": "#a9dba8", "apart": 900},
    "parks": {"size": 14, "weight": 700, "colour": "#6b3d10", "dark": "#f0c890"},
    "roads": {"size": 11, "colour": "#4a463e", "dark": "#d8d4ca", "apart": 320},
    "projects": {"size": 11, "colour": "#5b0e1a", "dark": "#f2b3bc", "dy": 16, "symbol": 18},
    "greening": {"size": 10, "colour": "#245a2c", "dark": "#b6e3b4"},
    "relocation_zones": {"size": 11, "colour": "#4d1557", "dark": "#e3b8ec"},
    "parcels": {"size": 11, "colour": "#4a463e", "dark": "#d8d4ca"},
}
_TOLD_BY_NAME = {"land_use", "road_class", "kind", "axis"}
"""Codes whose names say enough by themselves."""
_HOVER = ("projects", "relocation_zones", "roads", "waterways", "lighting", "greening", "parcels", "parks")


@dataclass(frozen=True)
class GoTo:
    """A place that the map is sent to: once for each stamp, however often the state is told."""

    bounds: Bounds
    stamp: int
    zoom: float | None = None
    """The zoom at the bounds' centre; without one the bounds fill the map."""


@dataclass(frozen=True)
class Other:
    """A second plan on the map."""

    state: Mapping[str, Any]
    """As `map_state` gives it; the day, the theme and the layers count."""
    names: tuple[str, str]
    """What the two plans are called: this one at the left, the map's own at the right."""


_OTHER = ("asOf", "theme", "layers")


class _PlanMap(folium.Map):
    """A Folium map that loads our own bundle and nothing else."""

    @property
    def default_js(self) -> list[tuple[str, str]]:
        """Our bundle; it holds Leaflet."""
        return [("planmap", assets.url(assets.SCRIPT))]

    @default_js.setter
    def default_js(self, _: object) -> None:
        """Folium's own list of outside addresses is left out."""

    @property
    def default_css(self) -> list[tuple[str, str]]:
        """Our style sheet; it holds Leaflet's."""
        return [("planmap_css", assets.url(assets.STYLE))]

    @default_css.setter
    def default_css(self, _: object) -> None:
        """Folium's own list of outside addresses is left out."""


def build_map() -> folium.Map:
    """The map: the same script to the letter on every call. Made anew each time, because rendering changes it."""
    plan = _PlanMap(
        location=_PLACE,
        zoom_start=13,
        tiles=None,
        min_zoom=_MIN_ZOOM,
        max_zoom=_MAX_ZOOM,
        zoom_snap=0.25,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=120,
        control_scale=False,
        attribution_control=False,
        max_bounds=False,
        fade_animation=False,
    )
    PlanLayer(config()).add_to(plan)
    return plan


def map_state(
    versions: Mapping[str, Version],
    *,
    on: date,
    visible: Mapping[str, float],
    language: str,
    theme: Theme = "status",
    dark: bool = False,
    highlight: tuple[str, int] | None = None,
    rows: Mapping[str, row_sets.Rows] | None = None,
    bounds: Bounds | None = None,
    tools: Collection[Tool] = (),
    shapes: Iterable[Ring] = (),
    link: str | None = None,
    caption: str = "",
    goto: GoTo | None = None,
    pin: tuple[float, float] | None = None,
    other: Other | None = None,
    basemap: Basemap | None = None,
    flows: Iterable[Flow] = (),
    apart: bool = False,
) -> dict[str, Any]:
    """What the map shows now.

    Parameters
    ----------
    versions : layer → its version to show
    visible : visible layer → opacity, 0–1; every other layer is loaded but not drawn
    highlight : layer and row number
    rows : layer → the row numbers a filter leaves, or a Boolean for each row; a layer that is not named is not filtered
    bounds : what “fit” shows, usually the district's
    tools : what can be drawn on the map. A drawing comes back as `last_active_drawing` of `st_folium`: a GeoJSON
        Feature, its geometry a Polygon (of `line` a LineString) of (lon, lat), its properties `shape` (the tool) and
        `drawn_at` (milliseconds, different for each drawing). A polygon may cross itself. It is shown until the next
        state; `shapes` keeps it. What `measure` measures stays in the browser.
    shapes : outlines over the map, which no click meets
    link : maps of one page that have the same name here keep one centre and zoom
    caption : plain text at the top of the map
    goto : where the map goes, once
    pin : (lon, lat) of a place to mark
    basemap : what lies under the plan, which then is without its paper
    flows : lines from place to place over the plan
    other : what stands at the left of an edge that is dragged over the map
    apart : whether it leaves the page's address alone: it neither goes to the place there nor writes its own into it
    """
    return {
        "apart": apart,
        "asOf": (on - _EPOCH).days,
        "basemap": None if basemap is None else basemap.to_state(),
        "bounds": _corners(bounds or _FALLBACK_BOUNDS),
        "caption": caption,
        "dark": dark,
        "flows": [_flow(flow) for flow in flows],
        "goto": None if goto is None else _goto(goto),
        "highlight": list(highlight) if highlight else None,
        "language": language,
        "layers": {
            layer: {
                "opacity": visible.get(layer, 0),
                "rows": row_sets.to_state(rows[layer], version.features, tiles.build_of(version))
                if rows and layer in rows
                else None,
                "url": tiles.url_of(version),
                "visible": layer in visible,
            }
            for layer, version in versions.items()
            if layer in MAP_LAYERS
        },
        "link": link,
        "other": None if other is None else {part: other.state[part] for part in _OTHER} | {"names": list(other.names)},
        "pin": None if pin is None else [pin[1], pin[0]],
        "shapes": [[[round(lat, _DIGITS), round(lon, _DIGITS)] for lon, lat in ring] for ring in shapes],
        "theme": theme,
        "tools": [tool for tool in get_args(Tool) if tool in tools],
    }


def review_state(
    district: Version | None, url: str, *, language: str, dark: bool, bounds: Bounds | None
) -> dict[str, Any]:
    """What the map of an upload under review shows: the district and the draft's own features."""
    shown = {"district": district} if district else {}
    visible = dict.fromkeys(shown, 1.0)
    state = map_state(shown, on=_EPOCH, visible=visible, language=language, dark=dark, bounds=bounds, apart=True)
    state["layers"][review.LAYER] = {"opacity": 0.9, "rows": None, "url": url, "visible": True}
    return state


def config() -> dict[str, Any]:
    """What the map's script knows of layers, styles and words, whatever it shows."""
    return {
        **styles.for_script({review.LAYER: [style for _, style in review.STATES.values()]}),
        "layers": [
            {
                "name": layer.name,
                "geometry": LAYERS[layer.name].geometry,
                "order": layer.order,
                "labelFromZoom": layer.label_from_zoom,
                "labelRank": layer.label_rank,
            }
            for layer in MAP_LAYERS.values()
        ]
        + [{"name": review.LAYER, "geometry": "Mixed", "order": 95, "labelFromZoom": 15, "labelRank": 0}],
        "labels": LABEL_LOOKS,
        "hover": [review.LAYER, *_HOVER],
        "titles": {name: _both(LAYERS[name].title) for name in MAP_LAYERS} | {review.LAYER: _both(Text(""))},
        "stateLabels": {layer: [_both(STATE_LABELS[layer][state]) for state in STATES[layer]] for layer in MAP_LAYERS}
        | {review.LAYER: [_both(title) for title, _ in review.STATES.values()]},
        "landUseLabels": {code: _both(name) for code, name in LAND_USES.items()},
        "codes": {
            "road_class": {code: _both(name) for code, name in ROAD_CLASSES.items()},
            "kind": {code: _both(name) for code, name in GREENING_KINDS.items()},
        },
        "fields": {layer: _told(layer) for layer in MAP_LAYERS},
        "words": {name: _both(words) for name, words in _WORDS.items()},
    }


def _told(layer: str) -> list[dict[str, Any]]:
    """The fields of a layer's tiles that a hover label tells as “name: value”."""
    return [
        {"name": field.name, "label": _both(field.label), "unit": field.unit or ""}
        for field in LAYERS[layer].fields
        if field.name in MAP_LAYERS[layer].carried and field.name not in _TOLD_BY_NAME
    ]


def _goto(place: GoTo) -> dict[str, Any]:
    told: dict[str, Any] = {"bounds": _corners(place.bounds), "stamp": place.stamp}
    return told if place.zoom is None else told | {"zoom": place.zoom}


def _flow(flow: Flow) -> dict[str, Any]:
    path = [[round(lat, _DIGITS), round(lon, _DIGITS)] for lon, lat in (flow.start, flow.end)]
    return {"path": path, "colour": flow.colour, "weight": round(flow.weight, 3)}


def _corners(bounds: Bounds) -> list[list[float]]:
    """South-west and north-east, as Leaflet has them: latitude first."""
    west, south, east, north = bounds
    return [[south, west], [north, east]]


def _both(words: Text) -> dict[str, str]:
    return {language: words.in_(language) for language in LANGUAGES}
