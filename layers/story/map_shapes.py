"""The map of a slide as shapes that can be edited: one for all features of a layer that look alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from geopandas import GeoDataFrame, GeoSeries
from lxml import etree
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE_DASH_STYLE, MSO_PATTERN_TYPE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt
from shapely.geometry.base import BaseGeometry

from geodata.i18n import text
from geodata.schema import LAYERS
from layers.flows import Flow
from layers.sheet.canvas import PT_PER_MM, Page, Words, width_mm
from layers.sheet.features import draw_labels, is_line, looks, strokes_of, swatch_strokes, widths_px
from layers.sheet.furniture import KeyGroup
from layers.sheet.paper import Bounds, Box
from layers.story.board import LAYOUT, MAP, PAGE
from layers.story.flow_lines import flow_lines
from layers.story.runs import set_run
from layers.story.shown import Shown
from layers.styles import Style

EMU_PER_MM = 36_000
_FINEST_MM = 0.07
"""What is finer than about a third of a pixel of a slide is left out."""
_GROUND, _GROUND_OPACITY = "#ffffff", 0.7
"""Of what lies below a label in the place of a halo: few programs draw the glow of a text."""
_MOST_PLACES = 30_000
"""Of one shape: more make programs slow."""
# LibreOffice draws every pattern as lines: dotted diamonds become a wide net there, outlined ones a narrow one.
_PATTERNS = {
    "diagonal": MSO_PATTERN_TYPE.WIDE_UPWARD_DIAGONAL,
    "cross": MSO_PATTERN_TYPE.OUTLINED_DIAMOND,
    "dots": MSO_PATTERN_TYPE.DOTTED_DIAMOND,
}


def emu(mm: float) -> Emu:
    """A length in the unit of slides."""
    return Emu(round(mm * EMU_PER_MM))


def top_of(y: float, height: float = 0.0) -> Emu:
    """The upper edge of something that begins `y` mm above the lower edge of the page, from the page's upper edge."""
    return emu(PAGE.height - y - height)


def add_map(shapes: Any, shown: Shown, ground: Bounds, scale: int) -> int:
    """Draw the map into a group of its own, named `map`; how many shapes it has."""
    group = shapes.add_group_shape()
    group.name = "map"
    layers = [LAYERS[layer.name].title.in_(shown.language) for layer in shown.layers]
    separator = "、" if shown.language == "zh" else ", "
    describe(group, text("Map: {layers}", layers=separator.join(layers)).in_(shown.language))
    page = Page(LAYOUT, ground)
    window = shapely.box(*ground)
    paper = group.shapes.add_shape(
        MSO_SHAPE.RECTANGLE, emu(MAP.x), top_of(MAP.y, MAP.height), emu(MAP.width), emu(MAP.height)
    )
    without_style(paper).name = "paper"
    _fill(paper, "#f4f1ea", 1.0)
    paper.line.fill.background()
    for layer in shown.layers:
        for members, style, means in looks(layer.name, layer.frame, layer.states, shown.theme):
            if members.any():
                name = f"{LAYERS[layer.name].title.in_(shown.language)} {means.in_(shown.language)}".strip()
                look = _Look(name, layer.drawn[members], layer.frame[members], style, layer.opacity)
                _add_look(group.shapes, page, LAYERS[layer.name].geometry, look, window, scale)
    # The page writes the labels down with their places.
    draw_labels(page, shown.layers, scale, [])
    _add_flows(group.shapes, page, shown.flows)
    _add_labels(group.shapes, page.words)
    return len(group.shapes)


@dataclass(frozen=True)
class _Look:
    """The features of a layer that look alike."""

    name: str
    drawn: GeoSeries
    rows: GeoDataFrame
    style: Style
    opacity: float


def _add_look(shapes: Any, page: Page, kind: str, look: _Look, window: BaseGeometry, scale: int) -> None:
    if kind == "Point":
        for point in look.drawn:
            if window.contains(point):
                _add_point(shapes, page, point, look)
    elif kind == "Polygon":
        whole = [shape for shape in look.drawn if shape is not None and window.contains(shape)]
        cut = [shape for shape in look.drawn if shape is not None and not window.contains(shape)]
        for features, has_edge in ((whole, True), (cut, False)):
            for rings in _in_portions(_rings(_clipped(features, window, scale))):
                _add_area(shapes, page, rings, look, has_edge=has_edge)
        if cut and look.style.stroke and look.style.width:
            # Where the frame cuts an area there is no boundary: what is left of its own is drawn by itself.
            edges = _clipped([shape.boundary for shape in cut], window, scale)
            for edge in _open_lines(shapes, page, edges, look.name):
                _stroke_edge(edge, look.style, look.opacity)
    else:
        _add_lines(shapes, page, look, window, scale)


def _add_lines(shapes: Any, page: Page, look: _Look, window: BaseGeometry, scale: int) -> None:
    by_width: dict[float, list[BaseGeometry]] = {}
    for shape, width in zip(look.drawn, widths_px(look.rows, look.style, scale, page.mm_per_px), strict=True):
        by_width.setdefault(round(width, 1), []).append(shape)
    for width, lines in by_width.items():
        clipped = _clipped(lines, window, scale)
        for stroke in strokes_of(look.style, width):
            for line in _open_lines(shapes, page, clipped, look.name):
                opacity = look.opacity * stroke.opacity
                _stroke(line, stroke.colour, stroke.width * page.mm_per_px, opacity, bool(stroke.dash))


def _open_lines(shapes: Any, page: Page, lines: Iterable[BaseGeometry], name: str) -> Iterator[Any]:
    """Lines as shapes that have yet to be stroked, in portions that an office program can hold."""
    paths = [shapely.get_coordinates(part) for part in _parts(lines, "LineString")]
    for portion in _in_portions(paths):
        line = _freeform(shapes, page, portion, closed=False)
        if line is not None:
            line.name = name
            line.fill.background()
            yield line


def _add_area(shapes: Any, page: Page, rings: Sequence[Any], look: _Look, *, has_edge: bool) -> None:
    area = _freeform(shapes, page, rings, closed=True)
    if area is None:
        return
    area.name = look.name
    paint_area(area, look.style, look.opacity, has_edge=has_edge)


def paint_area(shape: Any, style: Style, opacity: float = 1.0, *, has_edge: bool = True) -> None:
    """Give a shape, or the format of a chart's bar, the fill, hatch and edge of a style."""
    if style.hatch:
        shape.fill.patterned()
        shape.fill.pattern = _PATTERNS[style.hatch]
        shape.fill.fore_color.rgb = _rgb(style.hatch_colour)
        shape.fill.back_color.rgb = _rgb(style.fill or "#ffffff")
        _fade(shape.fill._xPr.find(qn("a:pattFill")), opacity)
    elif style.fill:
        _fill(shape, style.fill, opacity)
    else:
        shape.fill.background()
    if has_edge:
        _stroke_edge(shape, style, opacity)
    else:
        shape.line.fill.background()


def _stroke_edge(shape: Any, style: Style, opacity: float) -> None:
    if style.stroke and style.width:
        _stroke(shape, style.stroke, style.width * LAYOUT.mm_per_px, opacity, bool(style.dash))
    else:
        shape.line.fill.background()


def _add_point(shapes: Any, page: Page, point: Any, look: _Look) -> None:
    style = look.style
    x, y = page.to_paper(point.x, point.y)
    radius = style.radius * page.mm_per_px
    oval = shapes.add_shape(
        MSO_SHAPE.OVAL, emu(x - radius), top_of(y - radius, 2 * radius), emu(2 * radius), emu(2 * radius)
    )
    without_style(oval).name = look.name
    _fill(oval, style.fill, look.opacity)
    _stroke(oval, style.stroke, style.width * page.mm_per_px, look.opacity, False)


def add_swatch(shapes: Any, group: KeyGroup, style: Style, box: Box, name: str) -> None:
    """Draw in a small box of the page, mm, how a style looks on the map."""
    kind, y = LAYERS[group.layer].geometry, box.centre[1]
    mm_per_px = LAYOUT.mm_per_px
    if is_line(group.layer, style):
        for stroke in swatch_strokes(style, box.height / mm_per_px):
            line = shapes.add_connector(MSO_CONNECTOR.STRAIGHT, emu(box.x), top_of(y), emu(box.right), top_of(y))
            without_style(line).name = name
            _stroke(line, stroke.colour, stroke.width * mm_per_px, group.opacity * stroke.opacity, bool(stroke.dash))
        return
    form, wide = (MSO_SHAPE.OVAL, box.height) if kind == "Point" else (MSO_SHAPE.RECTANGLE, box.width)
    shape = shapes.add_shape(form, emu(box.centre[0] - wide / 2), top_of(box.y, box.height), emu(wide), emu(box.height))
    without_style(shape).name = name
    paint_area(shape, style, group.opacity)


def _add_flows(shapes: Any, page: Page, flows: Sequence[Flow]) -> None:
    for flow, line in flow_lines(page, flows):
        arrow = _freeform(shapes, page, [shapely.get_coordinates(line)], closed=False)
        if arrow is None:
            continue
        arrow.name = "flow"
        arrow.fill.background()
        _stroke(arrow, flow.colour, 0.2 + 0.5 * flow.weight, 0.85, False)
        etree.SubElement(arrow.line._get_or_add_ln(), qn("a:tailEnd"), type="triangle")


def _add_labels(shapes: Any, labels: Iterable[Words]) -> None:
    for noted in labels:
        size = noted.size_pt
        width = width_mm(noted.words, size, noted.weight) + 2 * noted.halo_mm
        height = size * 1.15 / PT_PER_MM
        middle = noted.middle
        box = shapes.add_textbox(
            emu(middle[0] - width / 2), top_of(middle[1] - height / 2, height), emu(width), emu(height)
        )
        box.name = noted.words
        _fill(box, _GROUND, _GROUND_OPACITY)
        box.rotation = -noted.angle
        frame = box.text_frame
        frame.word_wrap = False
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        paragraph = frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.CENTER
        set_run(paragraph.add_run(), noted.words, size, colour=noted.colour, is_bold=noted.weight == "bold")


# --- geometry --------------------------------------------------------------------------------------------------------


def _clipped(features: Iterable[BaseGeometry], window: BaseGeometry, scale: int) -> list[BaseGeometry]:
    fine_m = _FINEST_MM * scale / 1000
    near = [shape for shape in features if shape is not None and shape.intersects(window)]
    cut = shapely.intersection(shapely.make_valid(near), window) if near else []
    return [shape for shape in shapely.simplify(cut, fine_m) if not shape.is_empty] if len(near) else []


def _parts(shapes: Iterable[BaseGeometry], kind: str) -> Iterator[BaseGeometry]:
    for shape in shapes:
        for part in shapely.get_parts(shape):
            if part.geom_type == kind:
                yield part
            elif part.geom_type.startswith(("Multi", "Geometry")):
                yield from _parts([part], kind)


def _rings(shapes: Iterable[BaseGeometry]) -> list[Any]:
    rings = []
    for polygon in _parts(shapes, "Polygon"):
        turned = shapely.geometry.polygon.orient(polygon)
        rings += [shapely.get_coordinates(ring) for ring in (turned.exterior, *turned.interiors)]
    return rings


def _in_portions(paths: Sequence[Any]) -> Iterator[list[Any]]:
    portion: list[Any] = []
    places = 0
    for path in paths:
        portion.append(path)
        places += len(path)
        if places > _MOST_PLACES:
            yield portion
            portion, places = [], 0
    if portion:
        yield portion


def _freeform(shapes: Any, page: Page, paths: Sequence[Any], *, closed: bool) -> Any:
    """One shape of several outlines or lines; None where nothing is left of them."""
    drawn = []
    for path in paths:
        places = [page.to_paper(x, y) for x, y in path]
        points = [(round(x * EMU_PER_MM), round((PAGE.height - y) * EMU_PER_MM)) for x, y in places]
        if len(points) > (2 if closed else 1):
            drawn.append(points)
    if not drawn:
        return None
    (left, top), (right, low) = [
        tuple(end(place[axis] for points in drawn for place in points) for axis in (0, 1)) for end in (min, max)
    ]
    # The builder works out the corner of all places anew for each place: it makes the frame alone.
    builder = shapes.build_freeform(left, top, scale=1.0)
    builder.add_line_segments([(max(right, left + 1), max(low, top + 1))], close=False)
    shape = without_style(builder.convert_to_shape())
    path = shape._element.find(f".//{qn('a:path')}")
    for child in list(path):
        path.remove(child)
    for points in drawn:
        for number, (x, y) in enumerate(points):
            step = etree.SubElement(path, qn("a:lnTo" if number else "a:moveTo"))
            etree.SubElement(step, qn("a:pt"), x=str(x - left), y=str(y - top))
        if closed:
            etree.SubElement(path, qn("a:close"))
    return shape


# --- looks -----------------------------------------------------------------------------------------------------------


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour[1:7].upper())


def _opacity_in(colour: str) -> float:
    return int(colour[7:9], 16) / 255 if len(colour) == 9 else 1.0


def describe(shape: Any, words: str) -> None:
    """Say what a shape shows to those who do not see it."""
    shape._element._nvXxPr.cNvPr.set("descr", words)


def without_style(shape: Any) -> Any:
    """A shape without the theme's style, which gives it a shadow."""
    for style in shape._element.findall(qn("p:style")):
        shape._element.remove(style)
    return shape


def _fill(shape: Any, colour: str, opacity: float) -> None:
    shape.fill.solid()
    shape.fill.fore_color.rgb = _rgb(colour)
    _fade(shape.fill._xPr.find(qn("a:solidFill")), opacity * _opacity_in(colour))


def _stroke(shape: Any, colour: str, width_mm: float, opacity: float, is_dashed: bool) -> None:
    line = shape.line
    line.color.rgb = _rgb(colour)
    line.width = Pt(max(0.25, width_mm * PT_PER_MM))
    if is_dashed:
        line.dash_style = MSO_LINE_DASH_STYLE.DASH
    _fade(line._get_or_add_ln().find(qn("a:solidFill")), opacity * _opacity_in(colour))


def _fade(fill: Any, opacity: float) -> None:
    """Let one see through every colour of a fill."""
    if opacity >= 1:
        return
    for colour in fill.iter(qn("a:srgbClr")):
        colour.append(colour.makeelement(qn("a:alpha"), {"val": str(round(opacity * 100_000))}))
