"""A story as pages: one PDF of vectors, a picture of each scene, and a play of months as a moving picture."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import shapely
import structlog
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.path import Path as Line
from PIL import Image

from geodata import status
from geodata.i18n import Text, text
from layers import formats
from layers.charts.plot import Plot, Series, ink_on, nice_top
from layers.sheet.canvas import PT_PER_MM, Page, width_mm, wrap, write_pages
from layers.sheet.features import draw_box, draw_labels, draw_layer, draw_swatch
from layers.sheet.fonts import Weight
from layers.sheet.furniture import ILLUSTRATIVE
from layers.sheet.paper import Box
from layers.story.board import (
    CELL_GAP,
    FAILURE,
    FAILURE_TITLE,
    FOOT,
    LAYOUT,
    MAP,
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
from layers.story.flow_lines import flow_lines
from layers.story.markdown import Across, Paragraph, Run, Table, cut, plain
from layers.story.runs import INK, QUIET
from layers.story.shown import Figure, Shown, ShownStory, failed, problems_of
from layers.story.slides import OnProgress

_TITLE_PT, _TEXT_PT, _SMALL_PT, _FOOT_PT, _KEY_PT = 22.0, 12.0, 10.0, 8.0, 8.5
_LINE = 1.4
_AHEAD = "40"
"""How faint a line is behind the marked day: the alpha of its colour."""
_RULE = "#c9c3b6"
_PNG_WIDTH_PX = 1920
_FRAME_MS, _LAST_FRAME_MS = 450, 3000
_MOST_FRAMES = 40
_TITLE_MM = _TITLE_PT * _LINE / PT_PER_MM
_log = structlog.get_logger(__name__)


def write_pdf(story: ShownStory, to: Path, on_progress: OnProgress | None = None) -> list[Text]:
    """Write a cover and a page for each scene; what could not be made. The file is there whole or not."""
    pages, problems = _pages(story, on_progress)
    _write_whole(to, lambda made: write_pages([_cover(story), *pages], made, paper=LAYOUT.paper, title=story.name))
    return problems


def write_pictures(story: ShownStory, folder: Path, on_progress: OnProgress | None = None) -> list[Text]:
    """Write a PNG of each scene, 1920 pixels wide, into a folder: `01.png`, `02.png` …; what could not be made."""
    folder.mkdir(parents=True, exist_ok=True)
    pages, problems = _pages(story, on_progress)
    for number, page in enumerate(pages, 1):
        _write_whole(folder / f"{number:02}.png", lambda made, page=page: _to_picture(page).save(made, "PNG"))  # type: ignore[misc]
    return problems


def write_play(
    playing: Sequence[Shown], count: int, to: Path, on_progress: Callable[[int, int, str], None] | None = None
) -> int:
    """Write the months of scenes, of `count` in all, as one animated GIF; how many pictures it has."""
    moments = [(shown, day) for shown in playing for day in _days(shown)]
    frames, lasting = [], []
    for number, (shown, day) in enumerate(moments):
        if on_progress:
            on_progress(number, len(moments), shown.scene.title)
        frames.append(_to_picture(draw_scene(_at(shown, day), count), width_px=_PNG_WIDTH_PX // 2))
        lasting.append(_LAST_FRAME_MS if day == shown.on else _FRAME_MS)
    palette = _palette_of([frames[0], *frames[:: max(1, len(frames) // 6)], frames[-1]])
    small = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    options = {"save_all": True, "append_images": small[1:], "duration": lasting, "loop": 0}
    _write_whole(to, lambda made: small[0].save(made, "GIF", **options))
    return len(small)


def _days(shown: Shown) -> list[date]:
    """The days of a play of which a picture is made, the scene's own the last."""
    days = [step.on for step in shown.steps]
    apart = -(-len(days) // _MOST_FRAMES)
    return [*days[:-1:apart], days[-1]]


def _palette_of(frames: Sequence[Image.Image]) -> Image.Image:
    """The 256 colours of several pictures: some come and go within a play."""
    width, height = frames[0].size
    stack = Image.new("RGB", (width, height * len(frames)))
    for number, frame in enumerate(frames):
        stack.paste(frame, (0, number * height))
    return stack.quantize(256)


def _at(shown: Shown, day: date) -> Shown:
    """The scene at another day."""
    layers = [replace(layer, states=status.state_at(layer.name, layer.frame, day)) for layer in shown.layers]
    step = next((step for step in shown.steps if step.on == day), None)
    title = f"{shown.scene.title} · {formats.month(day, shown.language)}"
    scene = replace(shown.scene, title=title)
    if step is None:
        return replace(shown, layers=layers, on=day, scene=scene)
    imprint = [step.as_of, *shown.imprint[1:]]
    return replace(shown, layers=layers, figures=step.figures, plots=step.plots, imprint=imprint, on=day, scene=scene)


def _write_whole(to: Path, write: Callable[[Path], object]) -> None:
    folder = Path(tempfile.mkdtemp(prefix=f".story-{os.getpid()}-{secrets.token_hex(4)}", dir=to.parent))
    try:
        write(folder / to.name)
        (folder / to.name).replace(to)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _to_picture(page: Page, width_px: int = _PNG_WIDTH_PX) -> Image.Image:
    with tempfile.TemporaryDirectory(prefix="scene-") as folder:
        (file,) = write_pages([page], Path(folder) / "page.png", paper=LAYOUT.paper, title="")
        picture = Image.open(io.BytesIO(file.read_bytes())).convert("RGB")
    return picture.resize((width_px, round(width_px * PAGE.height / PAGE.width)), Image.Resampling.LANCZOS)


# --- pages -----------------------------------------------------------------------------------------------------------


def _pages(story: ShownStory, on_progress: OnProgress | None) -> tuple[list[Page], list[Text]]:
    pages: list[Page] = []
    problems: list[Text] = []
    for shown in story.scenes:
        if on_progress:
            on_progress(shown.number - 1, len(story.scenes), shown.scene.title)
        if shown.failure is not None:
            pages.append(_draw_failure(shown, shown.failure))
        else:
            try:
                pages.append(draw_scene(shown, len(story.scenes)))
                problems += said_of_cut(shown, _caption(shown))
            except Exception as error:  # noqa: BLE001  a scene that fails is named, and the rest is made
                _log.error("a page could not be made", scene=shown.scene.title, exc_info=error)
                problems.append(failed(shown, error))
                pages.append(_draw_failure(shown, problems[-1]))
        problems += problems_of(shown)
    return pages, problems


def _cover(story: ShownStory) -> Page:
    page = Page(LAYOUT, (0, 0, MAP.width, MAP.height))
    page.box(Box(0, 0, 12, PAGE.height), 0, fill="#1a73a8")
    lines = wrap(story.name, 38, 270)
    for number, line in enumerate(lines):
        page.write(line, 32, 112 + (len(lines) - 1 - number) * 20, 38, weight="bold", colour=INK)
    day = text("As of {day}", day=formats.day(story.as_of, story.language)).in_(story.language)
    page.write(" · ".join(filter(None, (story.organisation, day))), 32, 88, 18, colour=QUIET)
    marks = [ILLUSTRATIVE.in_(story.language)] if story.illustrative else []
    page.write(" · ".join([*marks, story.review_mark]), 32, 26, 14, colour="#8a4b00")
    return page


def _draw_failure(shown: Shown, failure: Text) -> Page:
    page = Page(LAYOUT, (0, 0, MAP.width, MAP.height))
    size = page.fitted(shown.scene.title, FAILURE_TITLE.width, _TITLE_PT, "bold")
    page.write(shown.scene.title, FAILURE_TITLE.x, FAILURE_TITLE.centre[1], size, weight="bold", colour=INK)
    _write_paragraph(page, [Run(failure.in_(shown.language))], FAILURE.x, FAILURE.top, FAILURE.width)
    return page


def draw_scene(shown: Shown, count: int) -> Page:
    """A scene as a page: the map to scale at the left, the rest at the right."""
    ground = ground_of(shown)
    scale = scale_of(ground)
    page = Page(LAYOUT, ground)
    page.ground.add_artist(
        Rectangle(ground[:2], ground[2] - ground[0], ground[3] - ground[1], facecolor="#f4f1ea", zorder=-1)
    )
    for layer in shown.layers:
        draw_layer(page, layer, shown.theme, scale)
    draw_labels(page, shown.layers, scale, [])
    _draw_flows(page, shown)
    page.box(MAP, 0.2, colour="#bdb7aa")
    top = _write_words(page, shown)
    low = _draw_key(page, shown)
    if shown.plots:
        each = (top - low) / len(shown.plots)
        for number, plot in enumerate(shown.plots):
            draw_plot(page, plot, Box(SIDE.x, top - (number + 1) * each, SIDE.width, each))
    marks = [ILLUSTRATIVE.in_(shown.language)] if shown.illustrative else []
    words = " · ".join([*marks, *shown.imprint])
    room = FOOT.width - 26
    page.write(words, FOOT.x, FOOT.centre[1], page.fitted(words, room, _FOOT_PT), colour=QUIET)
    page.write(f"{shown.number} / {count}", FOOT.right, FOOT.centre[1], 11, across="right", colour=INK)
    return page


def _draw_flows(page: Page, shown: Shown) -> None:
    for flow, line in flow_lines(page, shown.flows):
        page.ground.add_artist(
            FancyArrowPatch(
                path=Line(shapely.get_coordinates(line)),
                arrowstyle="-|>",
                mutation_scale=6,
                color=flow.colour,
                alpha=0.85,
                linewidth=0.5 + 1.5 * flow.weight,
                zorder=1,
            )
        )


def _title(shown: Shown) -> tuple[list[str], float]:
    """The lines of the title, and where the caption begins, mm."""
    lines = title_lines(shown.scene.title, _TITLE_PT, SIDE.width)
    return lines, SIDE.top - len(lines) * _TITLE_MM - 2


def _caption(shown: Shown) -> list[Paragraph | Table]:
    """What of the caption has room."""
    return caption_of(shown, _title(shown)[1], _height_of)


def _write_words(page: Page, shown: Shown) -> float:
    lines, top = _title(shown)
    for number, line in enumerate(lines, 1):
        page.write(
            line, SIDE.x, SIDE.top - number * _TITLE_MM + 2.5, _TITLE_PT, weight="bold", colour=INK, up="baseline"
        )
    for part in _caption(shown):
        if isinstance(part, Table):
            top = _write_table(page, part, top)
        else:
            top -= _write_paragraph(page, part, SIDE.x, top, SIDE.width)
        top -= 1
    top -= 1.5
    size, apart = (15.0, 1.5) if len(shown.figures) > 3 else (21.0, 3.0)
    line_mm = _SMALL_PT * _LINE / PT_PER_MM

    def height_of(figure: Figure) -> float:
        below = wrap(figure.below, _SMALL_PT, SIDE.width) if figure.below else []
        return size * 1.25 / PT_PER_MM + len(below) * line_mm + apart

    for figure in figures_in(shown, top - key_top(shown), height_of):
        top -= size * 1.25 / PT_PER_MM
        page.write(figure.label, SIDE.x, top + 1, _TEXT_PT, colour=QUIET, up="baseline")
        page.write(figure.value, SIDE.right, top + 1, size, across="right", weight="bold", colour=INK, up="baseline")
        for line in wrap(figure.below, _SMALL_PT, SIDE.width) if figure.below else []:
            top -= line_mm
            page.write(line, SIDE.x, top + 1, _SMALL_PT, colour=QUIET, up="baseline")
        top -= apart
    return top - 1


def _write_paragraph(page: Page, runs: Paragraph, x: float, top: float, width: float, across: Across = "left") -> float:
    """Write a paragraph into a column; its height, mm."""
    line_mm = _TEXT_PT * _LINE / PT_PER_MM
    lines = _lines_of(runs, width)
    for number, line in enumerate(lines, 1):
        left = width - sum(width_mm(run.words, _TEXT_PT, _weight(run)) for run in line)
        at, y = x + left * {"left": 0.0, "center": 0.5, "right": 1.0}[across], top - number * line_mm + 1.5
        for run in line:
            end = at + width_mm(run.words, _TEXT_PT, _weight(run))
            page.write(run.words, at, y, _TEXT_PT, weight=_weight(run), colour=INK, up="baseline")
            if run.is_italic:  # the font has none, and Chinese none at all
                page.line([(at, y - 0.9), (end, y - 0.9)], 0.2, INK)
            at = end
    return len(lines) * line_mm


def _height_of(part: Paragraph | Table) -> float:
    """How high a part of a caption is with what stands below it, mm."""
    line_mm = _TEXT_PT * _LINE / PT_PER_MM
    if not isinstance(part, Table):
        return len(_lines_of(part, SIDE.width)) * line_mm + 1
    widths = column_widths(part, _TEXT_PT)
    cells = [
        [len(_lines_of(cell, width - CELL_GAP)) for cell, width in zip(row, widths, strict=True)] for row in part.rows
    ]
    return sum(max(lines, default=0) * line_mm + 0.6 for lines in cells) + 1


def _lines_of(runs: Paragraph, width: float) -> list[list[Run]]:
    """The runs of a paragraph in lines of at most this width; all is measured in bold where some of it is."""
    weight: Weight = "bold" if any(run.is_bold for run in runs) else "regular"
    lines, start = [], 0
    for part in plain(runs).split("\n"):
        for line in wrap(part, _TEXT_PT, width, weight):
            start = plain(runs).index(line, start)
            lines.append(cut(runs, start, start + len(line)))
            start += len(line)
    return lines


def _weight(run: Run) -> Weight:
    return "bold" if run.is_bold else "regular"


def _write_table(page: Page, table: Table, top: float) -> float:
    """Write a table below `top`; where it ends, mm."""
    widths = column_widths(table, _TEXT_PT)
    for row in table.rows:
        x, height = SIDE.x, 0.0
        for cell, width, across in zip(row, widths, table.across, strict=True):
            height = max(height, _write_paragraph(page, cell, x, top, width - CELL_GAP, across))
            x += width
        top -= height + 0.6
        page.line([(SIDE.x, top + 0.3), (x - CELL_GAP, top + 0.3)], 0.15, _RULE)
    return top


def _draw_key(page: Page, shown: Shown) -> float:
    for row in key_rows(shown):
        if row.title:
            size = page.fitted(row.title, row.title_box.width, _KEY_PT, "bold")
            page.write(row.title, row.title_box.x, row.title_box.centre[1], size, weight="bold", colour=INK)
        for entry, swatch, box in row.entries:
            words = entry.label.in_(shown.language)
            draw_swatch(page, row.group.layer, entry.style, swatch, row.group.opacity)
            page.write(words, box.x, box.centre[1], page.fitted(words, box.width, _KEY_PT), colour=INK)
    return key_top(shown)


# --- charts ----------------------------------------------------------------------------------------------------------

_BAR_MM, _BAR_GAP = 6.4, 0.28
_AXIS_MM = 6.0
_NAMES_MM = 12.0
"""Room for the names of the series below the bars."""
_LABEL_SHARE = 0.36


def draw_plot(page: Page, plot: Plot, box: Box) -> None:
    """A chart below its title, within a box of the page; what it has no room for is made smaller."""
    title_mm = 7.0
    page.write(
        plot.title,
        box.x,
        box.top - title_mm / 2,
        page.fitted(plot.title, box.width, _TEXT_PT, "bold"),
        weight="bold",
        colour=INK,
    )
    height = box.height - title_mm
    if plot.kind == "bars":
        height = min(height, len(plot.rows) * _BAR_MM + (_NAMES_MM if len(plot.series) > 1 else 0))
    room = Box(box.x, box.top - title_mm - height, box.width, height)
    if len(plot.series) > 1:
        room = _draw_swatches(page, plot, room)
    (_draw_lines if plot.kind == "lines" else _draw_bars)(page, plot, room)


def _draw_swatches(page: Page, plot: Plot, room: Box) -> Box:
    """The names of the series at the foot of the room; what is left above them."""
    placed: list[tuple[Series, float, int]] = []
    x, row = 0.0, 0
    for series in plot.series:
        width = 6.5 + width_mm(series.name, _SMALL_PT) + 3
        if x and x + width > room.width:
            x, row = 0.0, row + 1
        placed.append((series, x, row))
        x += width
    height = (row + 1) * 5.0
    for series, x, row in placed:
        y = room.y + height - (row + 1) * 5.0 + 2.5
        if plot.kind == "lines":
            dash = (1.4, 1.0) if series.paint.dashed else ()
            page.line([(room.x + x, y), (room.x + x + 5, y)], 0.8, series.paint.colour, dash)
        else:
            draw_box(page, series.paint.style, Box(room.x + x, y - 1.4, 5, 2.8))
        page.write(series.name, room.x + x + 6.2, y, _SMALL_PT, colour=INK)
    return Box(room.x, room.y + height + 1.5, room.width, room.height - height - 1.5)


def _draw_bars(page: Page, plot: Plot, room: Box) -> None:
    names = [str(name) for name in plot.rows]
    height = min(_BAR_MM, room.height / max(1, len(names)))
    size = min(_SMALL_PT, height * 0.62 * PT_PER_MM)
    label_mm = min(room.width * _LABEL_SHARE, max((width_mm(name, size) for name in names), default=0) + 2)
    is_single = len(plot.series) == 1
    track = room.width - label_mm - (16 if is_single else 0)
    for row, name in enumerate(names):
        y = room.top - (row + 1) * height
        page.write(
            name,
            room.x + label_mm - 1.5,
            y + height / 2,
            page.fitted(name, label_mm - 1.5, size),
            across="right",
            colour=INK,
        )
        x = room.x + label_mm
        for series in plot.series:
            value = series.values[row] or 0.0
            length = value / (plot.largest or 1) * track
            if length <= 0:
                continue
            bar = Box(x, y + height * _BAR_GAP / 2, length, height * (1 - _BAR_GAP))
            paint = plot.row_paints[row] if plot.row_paints else series.paint
            draw_box(page, paint.style, bar)
            words = series.shown[row] if series.shown else ""
            if is_single:
                page.write(words, bar.right + 1.2, bar.centre[1], size, colour=INK)
            elif words and width_mm(words, size * 0.9) < length - 0.6:
                halo_mm = 0.35 if paint.hatch else 0
                ink = ink_on(paint, INK, "#ffffff")
                page.write(words, *bar.centre, size * 0.9, across="center", colour=ink, halo_mm=halo_mm)
            if plot.is_stacked:
                x = bar.right


def _draw_lines(page: Page, plot: Plot, room: Box) -> None:
    days = [day for day in plot.rows if isinstance(day, date)]
    if not days:
        return
    first, last = days[0].toordinal(), days[-1].toordinal()
    top = nice_top(plot.largest)
    area = Box(room.x + 9, room.y + _AXIS_MM, room.width - 12, max(5.0, min(room.height, 62.0) - _AXIS_MM - 2))
    area = Box(area.x, room.top - area.height - 2, area.width, area.height)
    for part in (0.0, 0.5, 1.0):
        y = area.y + part * area.height
        page.line([(area.x, y), (area.right, y)], 0.12, _RULE)
        page.write(formats.number(top * part), area.x - 1, y, 8, across="right", colour=QUIET)

    def place(day: date, value: float) -> tuple[float, float]:
        along = (day.toordinal() - first) / ((last - first) or 1)
        return area.x + along * area.width, area.y + value / top * area.height

    now = plot.until or days[-1]
    for series in plot.series:
        known = [(day, place(day, value)) for day, value in zip(days, series.values, strict=True) if value is not None]
        dash = (1.4, 1.0) if series.paint.dashed else ()
        for points, faint in (
            ([point for day, point in known if day <= now], ""),
            ([point for day, point in known if day >= now], _AHEAD),
        ):
            if len(points) > 1:
                if series.paint.filled and not faint:
                    page.polygon([(points[0][0], area.y), *points, (points[-1][0], area.y)], f"{series.paint.colour}33")
                page.line(points, 0.8, series.paint.colour + faint, dash)
    if plot.until is not None:
        x, _ = place(plot.until, 0)
        page.line([(x, area.y), (x, area.top)], 0.5, INK)
    for day in days:
        if day.month == 1 or day == days[-1]:
            x, _ = place(day, 0)
            if day != days[-1] and area.right - x < 16 and day != days[0]:
                continue
            page.write(f"{day:%Y-%m}", x, area.y - 3, 8, across="center" if day != days[-1] else "right", colour=QUIET)
