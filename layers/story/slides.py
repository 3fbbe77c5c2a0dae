"""A story as slides that can be edited: maps as shapes, charts as charts, text as text, notes kept."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import structlog
from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from geodata.i18n import Language, Text, text
from layers import formats
from layers.charts.plot import Plot, ink_on
from layers.sheet.canvas import width_mm, wrap
from layers.sheet.fonts import Weight
from layers.sheet.furniture import ILLUSTRATIVE
from layers.sheet.paper import Box
from layers.story.board import (
    CELL_GAP,
    FAILURE,
    FAILURE_TITLE,
    FOOT,
    PAGE,
    SIDE,
    caption_of,
    column_widths,
    figures_in,
    ground_of,
    key_rows,
    key_top,
    said_of_cut,
    scale_of,
    title_lines,
)
from layers.story.map_shapes import add_map, add_swatch, describe, emu, paint_area, top_of, without_style
from layers.story.markdown import Across, Paragraph, Table, as_lines, paragraphs_of, plain, stretches
from layers.story.runs import INK, QUIET, name_font, set_run, write_paragraphs, write_runs
from layers.story.shown import Shown, ShownStory, failed, problems_of

_TITLE_PT, _TEXT_PT, _SMALL_PT, _FOOT_PT, _KEY_PT = 24.0, 13.0, 10.5, 9.0, 9.0
_PT_PER_MM = 72 / 25.4
_COVER_LAYOUT, _SCENE_LAYOUT = 0, 5
"""Of python-pptx's template: “Title Slide” and “Title Only”."""
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""What PowerPoint calls “No Style, No Grid”."""
_RULE = "C9C3B6"
_MONTHS_APART, _MOST_TICKS = (1, 2, 3, 6, 12, 24, 60, 120), 5
_OTHER_FONTS: dict[Weight, float] = {"regular": 1.06, "bold": 1.15}
_HANZI_WIDER = 1.04
_BARS_SHARE = 0.6
"""About how much of a chart's width its longest bar has."""
"""How much wider texts may be than measured, with Latin or without: machines that show decks have other fonts."""
_LEGEND_MM, _SMALLEST_PT = 10.0, 6.0
_WHOLE_FROM = 100
"""From which number on the labels of a chart are whole ones; all its labels have as many decimals."""
_CODES: dict[Language, str] = {"zh": "zh-CN", "en": "en-GB"}
_ACROSS: dict[Across, Any] = {"left": PP_ALIGN.LEFT, "center": PP_ALIGN.CENTER, "right": PP_ALIGN.RIGHT}
_log = structlog.get_logger(__name__)

OnProgress = Callable[[int, int, str], None]
"""Hears how many scenes are done, of how many, and the title of the one that is next."""


def write_slides(story: ShownStory, to: Path, on_progress: OnProgress | None = None) -> list[Text]:
    """Write a cover and a slide for each scene; what could not be made, by scene. The file is there whole or not."""
    deck = Presentation()
    _set_up(deck, story)
    _add_cover(deck, story)
    problems = []
    for scene in story.scenes:
        if on_progress:
            on_progress(scene.number - 1, len(story.scenes), scene.scene.title)
        slide = deck.slides.add_slide(deck.slide_layouts[_SCENE_LAYOUT])
        if scene.failure is not None:
            _say_failure(slide, scene, scene.failure)
        else:
            try:
                _fill_slide(slide, story, scene)
                problems += said_of_cut(scene, _caption(scene))
            except Exception as error:  # noqa: BLE001  a scene that fails is named, and the rest is made
                _log.error("a slide could not be made", scene=scene.scene.title, exc_info=error)
                problems.append(failed(scene, error))
                _say_failure(slide, scene, problems[-1])
        problems += problems_of(scene)
    _tell_language(deck, story.language)
    made = to.with_name(f".{to.name}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        deck.save(str(made))
        made.replace(to)
    finally:
        made.unlink(missing_ok=True)
    return problems


def _set_up(deck: Any, story: ShownStory) -> None:
    """Size, title, author and dates; the layouts of the template, which are narrower, are widened to the size."""
    wider = emu(PAGE.width) / deck.slide_width
    for page in (deck.slide_master, *deck.slide_layouts):
        for place in page.shapes._spTree.iter(qn("a:xfrm")):
            place.off.x, place.ext.cx = round(place.off.x * wider), round(place.ext.cx * wider)
    deck.slide_width, deck.slide_height = emu(PAGE.width), emu(PAGE.height)
    told = deck.core_properties
    told.title, told.author, told.last_modified_by = story.name, story.organisation, story.organisation
    told.created = told.modified = datetime.now(UTC).replace(tzinfo=None)  # the template's are of 2013


def _tell_language(deck: Any, language: Language) -> None:
    """Name the language of the deck and of every run, for those who hear it read and for the spelling."""
    code = _CODES[language]
    deck.core_properties.language = code
    for slide in deck.slides:
        for part in (slide, slide.notes_slide) if slide.has_notes_slide else (slide,):
            for run in part._element.iter(qn("a:rPr")):
                run.set("lang", code)


def _add_cover(deck: Any, story: ShownStory) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[_COVER_LAYOUT])
    bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, top_of(0, PAGE.height), emu(12), emu(PAGE.height))
    without_style(bar).fill.solid()
    bar.fill.fore_color.rgb = RGBColor.from_string("1A73A8")
    bar.line.fill.background()
    _write(slide, Box(32, 95, 270, 45), story.name, 40, is_bold=True, anchor=MSO_ANCHOR.BOTTOM, into=slide.shapes.title)
    day = text("As of {day}", day=formats.day(story.as_of, story.language)).in_(story.language)
    below = " · ".join(filter(None, (story.organisation, day)))
    _write(slide, Box(32, 78, 270, 14), below, 18, colour=QUIET, into=slide.placeholders[1])
    marks = [ILLUSTRATIVE.in_(story.language)] if story.illustrative else []
    _write(slide, Box(32, 20, 270, 12), " · ".join([*marks, story.review_mark]), 14, colour="#8a4b00")


def _fill_slide(slide: Any, story: ShownStory, shown: Shown) -> None:
    ground = ground_of(shown)
    add_map(slide.shapes, shown, ground, scale_of(ground))
    top = _add_words(slide, shown)
    low = _add_key(slide, shown)
    if shown.plots:
        each = (top - low) / len(shown.plots)
        for number, plot in enumerate(shown.plots):
            _add_chart(slide, plot, Box(SIDE.x, top - (number + 1) * each, SIDE.width, each))
    marks = [ILLUSTRATIVE.in_(shown.language)] if shown.illustrative else []
    foot = Box(FOOT.x, FOOT.y, FOOT.width - 26, FOOT.height)
    _write(slide, foot, " · ".join([*marks, *shown.imprint]), _FOOT_PT, colour=QUIET)
    corner = Box(FOOT.right - 24, FOOT.y, 24, FOOT.height)
    _write(slide, corner, f"{shown.number} / {len(story.scenes)}", 11, across=PP_ALIGN.RIGHT)
    notes = slide.notes_slide.notes_text_frame
    if shown.scene.notes and notes is not None:
        write_paragraphs(notes, as_lines(paragraphs_of(shown.scene.notes)), 12)


def _say_failure(slide: Any, shown: Shown, failure: Text) -> None:
    """The title and what went wrong, in the place of whatever was begun."""
    title = slide.shapes.title
    for shape in list(slide.shapes):
        if shape.shape_id != title.shape_id:
            shape._element.getparent().remove(shape._element)
    title.text_frame.clear()
    _write(slide, FAILURE_TITLE, shown.scene.title, _TITLE_PT, is_bold=True, into=title)
    _write(slide, FAILURE, failure.in_(shown.language), _TEXT_PT, anchor=MSO_ANCHOR.TOP)


def _title(shown: Shown) -> tuple[str, float]:
    """The title in its lines, and where they end, mm."""
    wider = _wider(shown.scene.title, "bold")
    title = "\n".join(title_lines(shown.scene.title, _TITLE_PT, SIDE.width / wider))
    return title, SIDE.top - _height(title, _TITLE_PT, weight="bold")


def _caption(shown: Shown) -> list[Paragraph | Table]:
    """What of the caption has room."""
    return caption_of(shown, _title(shown)[1], _height_of)


def _add_words(slide: Any, shown: Shown) -> float:
    """Title, caption and figures from the top of the panel downwards; where they end, mm."""
    title, top = _title(shown)
    place = Box(SIDE.x, top, SIDE.width, SIDE.top - top)
    _write(slide, place, title, _TITLE_PT, is_bold=True, anchor=MSO_ANCHOR.TOP, into=slide.shapes.title)
    top = _add_caption(slide, _caption(shown), top)
    top -= 2
    is_many = len(shown.figures) > 3
    line, apart = (8.0, 1.0) if is_many else (11.0, 2.5)
    room = top - key_top(shown)
    for figure in figures_in(shown, room, lambda figure: line + _height(figure.below, _SMALL_PT) + apart):
        below = _height(figure.below, _SMALL_PT)
        top -= line + below
        _write(
            slide, Box(SIDE.x, top + below, 62, line), figure.label, _TEXT_PT, colour=QUIET, anchor=MSO_ANCHOR.BOTTOM
        )
        value = Box(SIDE.x + 42, top + below, SIDE.width - 42, line)
        size = 16.0 if is_many else 22.0
        _write(slide, value, figure.value, size, is_bold=True, across=PP_ALIGN.RIGHT, anchor=MSO_ANCHOR.BOTTOM)
        if below:
            _write(slide, Box(SIDE.x, top, SIDE.width, below), figure.below, _SMALL_PT, colour=QUIET)
        top -= apart
    return top - 1


def _height_of(part: Paragraph | Table) -> float:
    """About how high a part of a caption is with what stands above it, mm."""
    return sum(_row_heights(part)) + 2 if isinstance(part, Table) else _height(plain(part), _TEXT_PT) + 2


def _add_caption(slide: Any, caption: Sequence[Paragraph | Table], top: float) -> float:
    """The caption below `top`, its tables as tables; where it ends, mm."""
    for part in stretches(caption):
        if isinstance(part, Table):
            top = _add_table(slide, part, top - 2)
            continue
        height = sum(_height(plain(runs), _TEXT_PT) for runs in part)
        top -= 2 + height
        frame = _frame(slide, Box(SIDE.x, top, SIDE.width, height), MSO_ANCHOR.TOP)
        write_paragraphs(frame, part, _TEXT_PT)
    return top


def _row_heights(table: Table) -> list[float]:
    widths = column_widths(table, _TEXT_PT)
    return [
        max(_height(plain(cell), _TEXT_PT, width - CELL_GAP) for cell, width in zip(row, widths, strict=True))
        for row in table.rows
    ]


def _add_table(slide: Any, table: Table, top: float) -> float:
    """A table that can be edited, below `top`; where it ends, mm."""
    widths, heights = column_widths(table, _TEXT_PT), _row_heights(table)
    low = top - sum(heights)
    place = (emu(SIDE.x), top_of(low, sum(heights)), emu(sum(widths)), emu(sum(heights)))
    frame = slide.shapes.add_table(len(table.rows), len(widths), *place)
    frame._element.find(f".//{qn('a:tableStyleId')}").text = _PLAIN_TABLE
    for column, width in zip(frame.table.columns, widths, strict=True):
        column.width = emu(width)
    for drawn, height, row in zip(frame.table.rows, heights, table.rows, strict=True):
        drawn.height = emu(height)
        for cell, runs, across in zip(drawn.cells, row, table.across, strict=True):
            cell.margin_left = cell.margin_top = cell.margin_bottom = 0
            cell.margin_right = emu(CELL_GAP)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            _rule_off(cell)
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = _ACROSS[across]
            write_runs(paragraph, runs, _TEXT_PT)
    return low


def _rule_off(cell: Any) -> None:
    """Draw a thin line below a cell of a table; python-pptx has no edges of cells."""
    properties = cell._tc.get_or_add_tcPr()
    edge = etree.SubElement(properties, qn("a:lnB"), w=str(Pt(0.5)))
    etree.SubElement(etree.SubElement(edge, qn("a:solidFill")), qn("a:srgbClr"), val=_RULE)


def _height(words: str, size_pt: float, width: float = SIDE.width, weight: Weight = "regular") -> float:
    """About how high a text is in a column, mm, in whatever font the machine has that shows it."""
    if not words.strip():
        return 0.0
    lines = [wrap(line, size_pt, width / _wider(words, weight), weight) for line in words.splitlines() if line.strip()]
    return sum(map(len, lines)) * size_pt * 1.5 / _PT_PER_MM


def _wider(words: str, weight: Weight) -> float:
    """How much wider a text may be in another font than in ours."""
    return _OTHER_FONTS[weight] if any(sign.isascii() for sign in words) else _HANZI_WIDER


def _add_key(slide: Any, shown: Shown) -> float:
    """The key at the bottom of the panel; its upper edge, mm."""
    for row in key_rows(shown):
        if row.title:
            _write(slide, row.title_box, row.title, _KEY_PT, is_bold=True)
        for entry, swatch, box in row.entries:
            words = entry.label.in_(shown.language)
            add_swatch(slide.shapes, row.group, entry.style, swatch, f"key {words}")
            _write(slide, box, words, _KEY_PT)
    return key_top(shown)


def _add_chart(slide: Any, plot: Plot, box: Box) -> None:
    """A chart that can be edited, below its title."""
    title_mm = _height(plot.title, _TEXT_PT, weight="bold")
    _write(slide, Box(box.x, box.top - title_mm, box.width, title_mm), plot.title, _TEXT_PT, is_bold=True)
    content = CategoryChartData()
    content.categories = list(plot.rows)
    for series in plot.series:
        content.add_series(series.name, list(series.values))
    kind = XL_CHART_TYPE.LINE if plot.kind == "lines" else XL_CHART_TYPE.BAR_STACKED
    if plot.kind == "bars" and (not plot.is_stacked or plot.row_paints):
        kind = XL_CHART_TYPE.BAR_CLUSTERED
    height = min(box.height - title_mm, 14 + 9.0 * len(plot.rows)) if plot.kind == "bars" else box.height - title_mm
    place = (emu(box.x), top_of(box.top - title_mm - height, height), emu(box.width), emu(height))
    frame = slide.shapes.add_chart(kind, *place, content)
    frame.name = plot.title
    describe(frame, _in_words(plot))
    chart = frame.chart
    chart.font.size = Pt(_SMALL_PT)
    name_font(chart.font._rPr)
    chart.has_title = False
    chart.has_legend = len(plot.series) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
    chart.value_axis.has_major_gridlines = plot.kind == "lines"
    chart.value_axis.visible = plot.kind == "lines"
    chart.value_axis.minimum_scale = 0
    if plot.kind == "lines":
        chart.category_axis.tick_labels.number_format = "yyyy-mm"
        chart.category_axis.tick_labels.number_format_is_linked = False
        chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(_RULE)
        _set_rhythm(chart.category_axis, [day for day in plot.rows if isinstance(day, date)])
    else:
        # Every bar has its name, in words that are as small as that asks for.
        row_pt = (height - _LEGEND_MM * chart.has_legend) / max(1, len(plot.rows)) * _PT_PER_MM
        chart.category_axis.tick_labels.font.size = Pt(min(_SMALL_PT, max(_SMALLEST_PT, row_pt * 0.65)))
        skip = chart.category_axis._element.makeelement(qn("c:tickLblSkip"), {"val": "1"})
        chart.category_axis._element.find(qn("c:noMultiLvlLbl")).addprevious(skip)
        chart.category_axis.reverse_order = True
        chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        chart.category_axis.format.line.fill.background()
        drawn = chart.plots[0]
        drawn.gap_width = 35
        drawn.overlap = 100
    _paint_chart(chart, plot, box.width * _BARS_SHARE)


def _set_rhythm(axis: Any, days: Sequence[date]) -> None:
    """Let ticks of a time axis stand as many months apart as leaves room for each; python-pptx has no word for it."""
    months = (days[-1].year - days[0].year) * 12 + days[-1].month - days[0].month if days else 0
    apart = next((each for each in _MONTHS_APART if months / each < _MOST_TICKS), months)
    axis._element.find(qn("c:baseTimeUnit")).set("val", "months")
    etree.SubElement(axis._element, qn("c:majorUnit"), val=str(apart))
    etree.SubElement(axis._element, qn("c:majorTimeUnit"), val="months")


def _in_words(plot: Plot) -> str:
    """A chart for those who hear it: its bars in their order; of lines, how high they end."""
    if plot.kind == "lines":
        known = {one.name: [value for value in one.values if value is not None] for one in plot.series}
        rows = [f"{name} {formats.number(values[-1])}" for name, values in known.items() if values]
    else:
        rows = [f"{row}: {', '.join(_bars_in_words(plot, number))}" for number, row in enumerate(plot.rows)]
    return f"{plot.title}. {'; '.join(rows)}"


def _bars_in_words(plot: Plot, row: int) -> list[str]:
    told = []
    for one in plot.series:
        if value := one.values[row]:
            words = one.shown[row] if one.shown else formats.number(value)
            told.append(f"{one.name} {words}" if len(plot.series) > 1 else words)
    return told


def _paint_chart(chart: Any, plot: Plot, bars_mm: float) -> None:
    largest = max((value or 0 for series in plot.series for value in series.values), default=0)
    is_whole = all(float(value or 0).is_integer() for series in plot.series for value in series.values)
    decimals = "" if is_whole or largest >= _WHOLE_FROM else ".0"
    for series, drawn in zip(plot.series, chart.plots[0].series, strict=True):
        if plot.kind == "lines":
            drawn.smooth = False
            drawn.format.line.color.rgb = RGBColor.from_string(series.paint.colour[1:7].upper())
            drawn.format.line.width = Pt(2.5)
            if series.paint.dashed:
                line = drawn.format.line._get_or_add_ln()
                line.append(line.makeelement(qn("a:prstDash"), {"val": "sysDash"}))
            drawn.marker.style = None
            _hide_marker(drawn)
            continue
        paint_area(drawn.format, series.paint.style)
        for number, paint in enumerate(plot.row_paints):
            paint_area(drawn.points[number].format, paint.style)
        if series.shown:
            labels = drawn.data_labels
            labels.show_value = True
            labels.number_format = f"#,##0{decimals};;"
            labels.number_format_is_linked = False
            labels.font.size = Pt(_FOOT_PT)
            ink = INK if plot.row_paints else ink_on(series.paint, INK, "#ffffff")
            labels.font.color.rgb = RGBColor.from_string(ink[1:])
            is_inside = plot.is_stacked and not plot.row_paints
            for place, (value, words) in enumerate(zip(series.values, series.shown, strict=True)):
                length = (value or 0) / (plot.largest or 1) * bars_mm
                if is_inside and (not words or width_mm(words, _FOOT_PT) > length):
                    _hide_label(drawn.points[place])
            if plot.row_paints:  # behind the bars, whose colours differ
                labels.position = XL_LABEL_POSITION.OUTSIDE_END


def _hide_label(point: Any) -> None:
    """Leave out a number for which its part of a bar has no room."""
    label = point.data_label._get_or_add_dLbl()
    for child in list(label)[1:]:
        label.remove(child)
    label.append(label.makeelement(qn("c:delete"), {"val": "1"}))


def _hide_marker(drawn: Any) -> None:
    marker = drawn._element.get_or_add_marker()
    for child in list(marker):
        marker.remove(child)
    marker.append(marker.makeelement(qn("c:symbol"), {"val": "none"}))


def _frame(slide: Any, box: Box, anchor: Any, into: Any = None) -> Any:
    """The frame of a new text box, or of a placeholder that is put there."""
    shape = into or slide.shapes.add_textbox(0, 0, 0, 0)
    shape.left, shape.top, shape.width, shape.height = (
        emu(box.x),
        top_of(box.y, box.height),
        emu(box.width),
        emu(box.height),
    )
    frame = shape.text_frame
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = anchor
    return frame


def _write(
    slide: Any,
    box: Box,
    words: str,
    size_pt: float,
    *,
    colour: str = INK,
    is_bold: bool = False,
    across: Any = PP_ALIGN.LEFT,
    anchor: Any = MSO_ANCHOR.MIDDLE,
    into: Any = None,
) -> None:
    frame = _frame(slide, box, anchor, into)
    paragraph = frame.paragraphs[0]
    paragraph.alignment = across
    for number, line in enumerate(words.split("\n")):
        if number:
            paragraph.add_line_break()
        set_run(paragraph.add_run(), line, size_pt, colour=colour, is_bold=is_bold)
