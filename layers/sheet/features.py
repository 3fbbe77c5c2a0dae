"""The layers on the ground of a sheet: the map's styles in millimetres of paper, and labels that give way."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray
from shapely.affinity import rotate, translate

from geodata.i18n import Text
from geodata.schema import DRAWING_CRS, LAND_USES, LAYERS, ROAD_CLASSES
from geodata.status import STATE_LABELS, STATES
from layers import styles
from layers.catalogue import MAP_LAYERS
from layers.labels import label_points
from layers.sheet.canvas import PT_PER_MM, Page, outline_of, width_mm
from layers.sheet.paper import Box
from layers.styles import Style
from layers.view import Theme
from layers.webmap import LABEL_LOOKS

_HATCHES = {"": "", "diagonal": "///", "cross": "xxx", "dots": "..."}
_HATCH_MM = 0.15
_NARROW_PX = 2.6
_CASING_PX = 1.7
_ZOOM_ROOM = 0.1
_MINOR_TO_SCALE = 15_000
_METRES_PER_PX_AT_ZOOM_0 = 156_543.03
_LATITUDE = 35.4
_SOFT_BAND = 4
"""How many times as wide as an outline the soft band along it is; as on the map."""


@dataclass(frozen=True)
class Label:
    """A label at its place in EPSG:4548; `angle` in degrees, counter-clockwise."""

    words: str
    east: float
    north: float
    angle: float
    minor: bool
    """Whether it is of a branch road: there are too many of them for a small scale."""


@dataclass(frozen=True)
class DrawnLayer:
    """A layer as a sheet shows it: the features that filters leave, n rows, with their states at the date."""

    name: str
    frame: GeoDataFrame
    """Clean frame, EPSG:4490."""
    states: pd.Series[str]
    opacity: float = 1.0

    @cached_property
    def drawn(self) -> GeoSeries:
        """Its features in EPSG:4548."""
        return self.frame.geometry.to_crs(DRAWING_CRS)

    @cached_property
    def labels(self) -> list[Label]:
        """Its labels."""
        names = self.frame[MAP_LAYERS[self.name].label_field]
        named = self.frame[["geometry"]].assign(
            label=[name if isinstance(name, str) else "" for name in names],
            minor=self.frame["road_class"] == "branch" if "road_class" in self.frame else False,
        )
        drawn = named[~(named.geometry.isna() | named.geometry.is_empty)]
        points = label_points(drawn.reset_index(drop=True), MAP_LAYERS[self.name].label_places)
        if points.empty:
            return []
        places = points.geometry.to_crs(DRAWING_CRS)
        columns = (points["label"], places.x, places.y, points["angle"], points["minor"])
        return [Label(*each) for each in zip(*columns, strict=True)]


def draw_layer(page: Page, layer: DrawnLayer, theme: Theme, scale: int) -> None:
    """Draw a layer's features that reach into the window."""
    shapes = layer.drawn
    west, south, east, north = page.bounds
    margin_m = 0.01 * scale  # a centimetre of paper: wide lines reach in from outside
    near = shapely.box(west - margin_m, south - margin_m, east + margin_m, north + margin_m)
    reach_in = np.asarray(shapes.intersects(near), dtype=bool)
    shapes, rows, states = shapes[reach_in], layer.frame[reach_in], layer.states[reach_in]
    groups = [(shapes[members], rows[members], look) for members, look, _ in looks(layer.name, rows, states, theme)]
    zorder = MAP_LAYERS[layer.name].order / 100
    kind = LAYERS[layer.name].geometry
    if kind == "Polygon":
        for drawn, _, look in groups:
            _draw_areas(page, drawn, look, layer.opacity, zorder)
    elif kind == "LineString":
        for drawn, fields, look in groups:
            _draw_lines(page, drawn, fields, look, layer.opacity, zorder, scale)
    else:
        for drawn, _, look in groups:
            _draw_points(page, drawn, look, layer.opacity, zorder)


def looks(
    layer: str, rows: GeoDataFrame, states: pd.Series[str], theme: Theme
) -> Iterable[tuple[NDArray[np.bool_], Style, Text]]:
    """Which rows look alike, how, and what that means; in the order of drawing."""
    if layer == "parcels" and theme == "land_use":
        uses = rows["land_use"].fillna("").str[:2].to_numpy()
        for code in sorted(set(uses)):
            yield uses == code, styles.land_use_style(code), LAND_USES.get(code, Text(code))
        return
    if layer in styles.SIDE_BY_SIDE:
        for members, look in styles.side_by_side(layer, rows.index.to_numpy()):
            yield members, look, Text("、".join(rows.loc[members, "name"].fillna("")))
        return
    for state in STATES[layer]:
        members = (states == state).to_numpy()
        look, name = styles.style(layer, state), STATE_LABELS[layer][state]
        if layer == "roads" and state == "open":
            classes = rows["road_class"].to_numpy()
            for road_class, fill in styles.ROAD_FILLS.items():
                yield members & (classes == road_class), replace(look, stroke=fill), ROAD_CLASSES[road_class]
            members = members & ~np.isin(classes, list(styles.ROAD_FILLS))
        yield members, look, name


def _dash(dash: tuple[float, ...], width_px: float) -> tuple[float, tuple[float, ...]]:
    """A dash of CSS pixels as matplotlib wants it: in widths of the line."""
    return (0, tuple(length / width_px for length in dash))


def _faded(colour: str, opacity: float) -> tuple[float, float, float, float]:
    red, green, blue, alpha = to_rgba(colour)
    return red, green, blue, alpha * opacity


def _draw_areas(page: Page, shapes: Iterable[shapely.Geometry], look: Style, opacity: float, zorder: float) -> None:
    outline = outline_of(shapes)
    if outline is not None:
        _draw_outline(page, page.ground, outline, look, opacity, zorder)


def _draw_outline(page: Page, axes: Axes, outline: Path, look: Style, opacity: float, zorder: float) -> None:
    if look.fill:
        axes.add_artist(PathPatch(outline, facecolor=_faded(look.fill, opacity), linewidth=0, zorder=zorder))
    if look.hatch:
        hatched = PathPatch(outline, facecolor="none", linewidth=0, hatch=_HATCHES[look.hatch], zorder=zorder)
        hatched.set_hatchcolor(_faded(look.hatch_colour, opacity))
        hatched.set_hatch_linewidth(_HATCH_MM * PT_PER_MM)
        axes.add_artist(hatched)
    bands = [(look.casing, look.width * _SOFT_BAND, ()), (look.stroke, look.width, look.dash)]
    for colour, width, dash in bands:
        if colour and width:
            edge = PathPatch(
                outline,
                facecolor="none",
                edgecolor=_faded(colour, opacity),
                linewidth=page.pt(width),
                joinstyle="round",
                zorder=zorder,
            )
            if dash:
                edge.set_linestyle(_dash(dash, width))
            axes.add_artist(edge)


def _draw_lines(
    page: Page,
    shapes: Iterable[shapely.Geometry],
    rows: GeoDataFrame,
    look: Style,
    opacity: float,
    zorder: float,
    scale: int,
) -> None:
    by_width: dict[float, list[np.ndarray]] = defaultdict(list)
    for shape, width in zip(shapes, widths_px(rows, look, scale, page.mm_per_px), strict=True):
        by_width[round(width, 2)] += [shapely.get_coordinates(part) for part in shapely.get_parts(shape)]
    for width, lines in by_width.items():
        for stroke in strokes_of(look, width):
            page.ground.add_collection(
                LineCollection(
                    lines,
                    colors=[_faded(stroke.colour, opacity * stroke.opacity)],
                    linewidths=page.pt(stroke.width),
                    linestyles=[_dash(stroke.dash, stroke.width) if stroke.dash else "solid"],
                    capstyle="butt" if stroke.dash and not stroke.round else "round",
                    joinstyle="round",
                    zorder=zorder - (0.004 if stroke.below else 0),
                ),
                autolim=False,
            )


def widths_px(rows: GeoDataFrame, look: Style, scale: int, mm_per_px: float) -> list[float]:
    """How wide each line is drawn; a road or river as wide as it is, where that can be seen."""
    if not look.to_scale or "width_m" not in rows:
        return [look.width] * len(rows)
    true_mm = rows["width_m"].astype("float64").fillna(0).to_numpy() * 1000 / scale
    if "road_class" in rows:
        true_mm = true_mm * rows["road_class"].map(styles.ROAD_WIDTH_FACTOR).fillna(1).to_numpy(dtype="float64")
    widths: list[float] = np.maximum(look.width, true_mm / mm_per_px).tolist()
    return widths


@dataclass(frozen=True)
class Stroke:
    """One of the lines that a line is drawn by; widths in CSS pixels."""

    colour: str
    width: float
    dash: tuple[float, ...] = ()
    below: bool = False
    round: bool = False
    opacity: float = 1


def strokes_of(look: Style, width: float) -> list[Stroke]:
    """Two edges with a fill between them; one line, in the edges' colour, where there is no room for that."""
    if look.to_scale:
        if look.casing_dash and width < _NARROW_PX:
            return [Stroke(look.casing, max(width, 1), look.casing_dash)]
        return [
            Stroke(look.casing, width + _CASING_PX, look.casing_dash, below=True),
            Stroke(look.stroke, width),
        ]
    line = Stroke(look.stroke, width, look.dash, round=bool(look.glow))
    return [Stroke(look.glow, width * 3.2, below=True, opacity=0.55), line] if look.glow else [line]


def is_line(layer: str, look: Style) -> bool:
    """Whether a key shows a style as a line: lines, and areas that are an outline alone."""
    kind = LAYERS[layer].geometry
    return kind == "LineString" or (kind == "Polygon" and not look.fill and not look.hatch)


def swatch_strokes(look: Style, height_px: float) -> list[Stroke]:
    """The strokes of a line in a key, where a line that is drawn to scale has at most the height of its swatch."""
    return strokes_of(look, min(max(look.width, 4.0), height_px - _CASING_PX) if look.to_scale else look.width)


def _draw_points(page: Page, shapes: Iterable[shapely.Geometry], look: Style, opacity: float, zorder: float) -> None:
    places = shapely.get_coordinates(list(shapes))
    if len(places):
        page.ground.scatter(
            places[:, 0],
            places[:, 1],
            s=(2 * page.pt(look.radius)) ** 2,
            facecolor=[_faded(look.fill, opacity)],
            edgecolor=[_faded(look.stroke, opacity)],
            linewidths=page.pt(look.width),
            zorder=zorder,
        )


# --- the key ---------------------------------------------------------------------------------------------------------


def draw_swatch(page: Page, layer: str, look: Style, box: Box, opacity: float) -> None:
    """Draw in a small box of the paper how a style looks on the sheet."""
    kind = LAYERS[layer].geometry
    mm = page.mm_per_px
    x, y = box.centre
    if kind == "Point":
        fill, edge = (to_hex(_faded(colour, opacity), keep_alpha=True) for colour in (look.fill, look.stroke))
        page.circle(x, y, min(look.radius * mm, box.height / 2), fill, look.width * mm, edge)
    elif is_line(layer, look):
        for stroke in swatch_strokes(look, box.height / mm):
            colour = to_hex(_faded(stroke.colour, stroke.opacity * opacity), keep_alpha=True)
            dash = [length * mm for length in stroke.dash]
            page.line([(box.x, y), (box.right, y)], min(stroke.width * mm, box.height), colour, dash)
    else:
        draw_box(page, look, box, opacity)


def draw_box(page: Page, look: Style, box: Box, opacity: float = 1.0) -> None:
    """Draw a box of the paper as an area of this style."""
    corners = [(box.x, box.y), (box.right, box.y), (box.right, box.top), (box.x, box.top), (box.x, box.y)]
    _draw_outline(page, page.paper, Path(corners, closed=True), look, opacity, 1)


# --- labels ----------------------------------------------------------------------------------------------------------


def draw_labels(page: Page, layers: Iterable[DrawnLayer], scale: int, taken: Iterable[Box]) -> None:
    """Write the labels that the map would show at a like scale; of those that meet, the lower rank goes first.

    Parameters
    ----------
    taken : where nothing may be written, such as under the north arrow
    """
    held = [shapely.box(box.x, box.y, box.right, box.top) for box in taken]
    written: list[tuple[str, float, float]] = []
    window = shapely.box(page.window.x, page.window.y, page.window.right, page.window.top)
    shown = [layer for layer in layers if _zoom(scale, page) >= MAP_LAYERS[layer.name].label_from_zoom - _ZOOM_ROOM]
    shown = [layer for layer in shown if MAP_LAYERS[layer.name].label_field in layer.frame and len(layer.frame)]
    for layer in shown:
        if LAYERS[layer.name].geometry == "Point":
            places = [page.to_paper(point.x, point.y) for point in layer.drawn]
            held += [shapely.box(x - 1, y - 1, x + 1, y + 1) for x, y in places]
    for layer in sorted(shown, key=lambda layer: MAP_LAYERS[layer.name].label_rank):
        look = LABEL_LOOKS.get(layer.name, {})
        size_pt = page.pt(look.get("size", 11))
        for label in layer.labels:
            words, angle = label.words, label.angle
            x, y = page.to_paper(label.east, label.north)
            if (label.minor and scale > _MINOR_TO_SCALE) or not window.contains(shapely.Point(x, y)):
                continue
            apart = look.get("apart", 0) * page.mm_per_px
            if any(words == other and math.hypot(x - near_x, y - near_y) < apart for other, near_x, near_y in written):
                continue
            for dy in (-look["dy"] * page.mm_per_px, look["dy"] * page.mm_per_px) if "dy" in look else (0.0,):
                width, height = width_mm(words, size_pt), size_pt / PT_PER_MM * 1.15
                place = shapely.box(-width / 2, -height / 2, width / 2, height / 2)
                place = translate(rotate(place, angle, origin=(0, 0)), x, y + dy)
                if window.contains(place) and not any(place.intersects(other) for other in held):
                    held.append(place)
                    written.append((words, x, y))
                    bold = look.get("weight", 400) >= 600
                    page.write(
                        words,
                        x,
                        y + dy,
                        size_pt,
                        across="center",
                        weight="bold" if bold else "regular",
                        colour=look.get("colour", "#4a463e"),
                        angle=angle,
                        halo_mm=1.5 * page.mm_per_px,
                    )
                    break


def _zoom(scale: int, page: Page) -> float:
    """The zoom at which the map has as many pixels for a metre."""
    metre_per_px = scale * page.mm_per_px / 1000
    return math.log2(_METRES_PER_PX_AT_ZOOM_0 * math.cos(math.radians(_LATITUDE)) / metre_per_px)
