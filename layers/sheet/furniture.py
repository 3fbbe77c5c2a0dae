"""What stands around the map of a sheet: frame, coordinate grid, title, north arrow, key, scale bar, title block."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.collections import LineCollection

from geodata.i18n import Language, Text, label, text
from layers import formats
from layers.legend import LegendEntry
from layers.sheet.canvas import BLACK, PT_PER_MM, Page, width_mm, wrap
from layers.sheet.features import draw_swatch
from layers.sheet.paper import Box, Layout, Tile, bar_length_m, grid_spacing_m

_RED = "#b3261e"
_GRID = "#55708c"
_KM = 1000
_LARGEST_NUMBER_PT = 24.0
_LINE = 1.45
"""From one line of text to the next, in ems."""
_HANGING = 0.3
"""Room for a comma that hangs over the end of a line, mm for each point of its size."""
_CELL_EM = 1.1
"""Room around the text of a cell of the title block, both sides together."""
_SMALLEST_KEY = 0.62
"""How small the key may become, beside the sheet's own text, before it takes another column."""

TO_FILL_IN = label("待填", "to be filled in")
NOT_REVIEWED = label("内部资料 未经审图", "Internal, not reviewed for publication")
ILLUSTRATIVE = label("示例数据", "Illustrative data")
CRS_NAME = label(
    "2000国家大地坐标系 高斯-克吕格投影 3°带 中央经线117°", "CGCS2000, 3-degree Gauss-Krüger, central meridian 117° E"
)


@dataclass(frozen=True)
class KeyGroup:
    """The key of one layer."""

    layer: str
    title: Text
    entries: Sequence[LegendEntry]
    opacity: float


@dataclass(frozen=True)
class Imprint:
    """What a sheet says of itself; an empty text prints 待填."""

    title: str
    subtitle: str
    organisation: str
    drawn_on: str
    classification: str
    crs: str
    review_number: str
    sources: Sequence[str]
    """Lines on where the data comes from: versions, data dates."""
    illustrative: bool
    printed_on: date
    language: Language

    def say(self, words: Text) -> str:
        """A text in the sheet's language."""
        return words.in_(self.language)

    def or_to_fill_in(self, value: str) -> str:
        """The value of a line of the title block."""
        return value.strip() or self.say(TO_FILL_IN)

    @property
    def review(self) -> str:
        """The number of the map review; without one that there was none."""
        return self.review_number.strip() or self.say(NOT_REVIEWED)


@dataclass(frozen=True)
class Place:
    """Which page of the sheet this is."""

    number: int
    count: int
    tile: Tile | None
    """None on the index page."""
    tiles: Sequence[Tile]
    scale: int
    """The scale of the tiles."""


def draw_frame(page: Page, sheet: Layout, scale: int) -> None:
    """The double frame, with the lines of the coordinate grid and their kilometres in between."""
    _draw_grid(page, sheet, scale)
    page.box(sheet.window, 0.15)
    page.box(sheet.frame, 0.7)


def _draw_grid(page: Page, sheet: Layout, scale: int) -> None:
    spacing = grid_spacing_m(scale)
    west, south, east, north = page.bounds
    window, frame = sheet.window, sheet.frame
    band = window.x - frame.x
    size = min(sheet.text_pt * 0.85, band * PT_PER_MM * 0.62)
    lines: list[list[tuple[float, float]]] = []
    # Eastings carry no zone number: EPSG:4548 has none.
    for number, easting in enumerate(_multiples(west, east, spacing)):
        x, _ = page.to_paper(easting, south)
        lines.append([(easting, south), (easting, north)])
        for y, outer in ((window.y, frame.y), (window.top, frame.top)):
            page.line([(x, y), (x, outer)], 0.12, _GRID)
            words = _kilometres(easting, spacing, first=number == 0)
            if x + width_mm(words, size) + 1 < frame.right:
                page.write(words, x + 0.8, (y + outer) / 2, size, colour=_GRID)
    for number, northing in enumerate(_multiples(south, north, spacing)):
        _, y = page.to_paper(west, northing)
        lines.append([(west, northing), (east, northing)])
        for x, outer in ((window.x, frame.x), (window.right, frame.right)):
            page.line([(x, y), (outer, y)], 0.12, _GRID)
            words = _kilometres(northing, spacing, first=number == 0)
            if y + width_mm(words, size) + 1 < frame.top:
                page.write(words, (x + outer) / 2, y + 0.8, size, colour=_GRID, angle=90)
    page.ground.add_collection(
        LineCollection(lines, colors=[_GRID], linewidths=0.1 * PT_PER_MM, alpha=0.55, zorder=5), autolim=False
    )


def _multiples(low: float, high: float, spacing: int) -> list[int]:
    return list(range(math.ceil(low / spacing) * spacing, math.floor(high / spacing) * spacing + 1, spacing))


def _kilometres(metres: int, spacing: int, *, first: bool) -> str:
    decimals = 0 if spacing >= _KM else 1 if spacing >= 100 else 2
    return f"{metres / _KM:.{decimals}f}{' km' if first else ''}"


def draw_title(page: Page, sheet: Layout, imprint: Imprint, place: Place) -> None:
    """The title above the map, 示例数据 at its left, the overview of pages at its right."""
    x, y = sheet.frame.centre[0], sheet.title.centre[1]
    size = sheet.text_pt
    left, right = sheet.title.x, sheet.title.right
    if imprint.illustrative:
        left = _draw_stamp(page, sheet, imprint.say(ILLUSTRATIVE))
    if len(place.tiles) > 1:
        right = _draw_overview(page, sheet, place)
    room = 2 * min(x - left, right - x) - size
    large = page.fitted(imprint.title, room, size * 2.9, "bold")
    page.write(imprint.title, x, y + size * 0.2, large, across="center", weight="bold")
    page.write(imprint.subtitle, x, sheet.title.y + size * 0.16, size, across="center", up="bottom")


def _draw_stamp(page: Page, sheet: Layout, words: str) -> float:
    """A red stamp at the left of the title; its right edge, mm."""
    size = sheet.text_pt * 1.5
    width, height = width_mm(words, size, "bold") + size * 0.5, size * 0.62
    stamp = Box(sheet.frame.x, sheet.title.centre[1] - height / 2, width, height)
    page.box(stamp, 0.4, _RED)
    page.write(words, *stamp.centre, size, across="center", weight="bold", colour=_RED)
    return stamp.right


def _draw_overview(page: Page, sheet: Layout, place: Place) -> float:
    """How the pages lie to each other (接图表), this one dark; the left edge, mm."""
    high = sheet.title.height * 0.82
    bounds = [tile.bounds for tile in place.tiles]
    west, south = min(each[0] for each in bounds), min(each[1] for each in bounds)
    east, north = max(each[2] for each in bounds), max(each[3] for each in bounds)
    mm_per_m = min(high / (north - south), sheet.title.width * 0.18 / (east - west))
    x0 = sheet.page.width - sheet.title.x - (east - west) * mm_per_m
    y0 = sheet.title.top - (north - south) * mm_per_m
    for tile in place.tiles:
        is_here = tile == place.tile
        cell = Box(
            x0 + (tile.bounds[0] - west) * mm_per_m,
            y0 + (tile.bounds[1] - south) * mm_per_m,
            (tile.bounds[2] - tile.bounds[0]) * mm_per_m,
            (tile.bounds[3] - tile.bounds[1]) * mm_per_m,
        )
        page.box(cell, 0.12, fill=BLACK if is_here else "white")
        size = min(sheet.text_pt * 0.8, cell.height * PT_PER_MM * 0.7, cell.width * PT_PER_MM * 0.6)
        page.write(str(tile.number), *cell.centre, size, across="center", colour="white" if is_here else BLACK)
    return x0


def north_arrow_box(sheet: Layout) -> Box:
    """Where the north arrow stands: in the upper right of the window."""
    height = sheet.text_pt * 1.9
    width = height * 0.62
    gap = sheet.text_pt * 0.35
    return Box(sheet.window.right - gap - width, sheet.window.top - gap - height, width, height)


def draw_north_arrow(page: Page, sheet: Layout, imprint: Imprint) -> None:
    """An arrow to grid north, on white."""
    box = north_arrow_box(sheet)
    page.box(box, 0.1, fill="white")
    x = box.centre[0]
    tip, foot = box.y + box.height * 0.7, box.y + box.height * 0.08
    notch, half = foot + box.height * 0.14, box.width * 0.3
    page.polygon([(x, tip), (x - half, foot), (x, notch)], BLACK, 0.12)
    page.polygon([(x, tip), (x + half, foot), (x, notch)], "white", 0.12)
    words = imprint.say(label("北", "N"))
    page.write(words, x, (tip + box.top) / 2, sheet.text_pt * 1.05, across="center", weight="bold")


def draw_footer(page: Page, sheet: Layout, imprint: Imprint, place: Place, scale: int) -> None:
    """Below the frame: whether the map was reviewed, the scale, when it was printed, and which page it is."""
    size = sheet.text_pt * 0.92
    y = sheet.footer.centre[1] - sheet.footer.height * 0.1
    page.write(imprint.review, sheet.footer.x, y, size, weight="bold" if not imprint.review_number else "regular")
    page.write(f"1:{scale:,}", sheet.footer.centre[0], y, size * 1.15, across="center", weight="bold")
    printed = imprint.say(text("Printed {day}", day=formats.day(imprint.printed_on, imprint.language)))
    number = imprint.say(text("Page {number} of {count}", number=place.number, count=place.count))
    page.write(f"{printed} · {number}", sheet.footer.right, y, size, across="right")


# --- the panel -------------------------------------------------------------------------------------------------------


def draw_panel(page: Page, sheet: Layout, imprint: Imprint, place: Place, scale: int, key: Sequence[KeyGroup]) -> None:
    """Key, scale bar, sources and title block in their panel."""
    panel = sheet.panel
    broad = sheet.orientation == "landscape"
    side_width = panel.width if broad else max(panel.width * 0.36, 66.0 * sheet.text_pt / 6.2)
    block = _block_rows(imprint, place, scale, side_width, sheet.text_pt)
    block_height = sum(row.height for row in block)
    bar_height = sheet.text_pt * 1.9
    notes = [
        line
        for source in imprint.sources
        for line in wrap(source, sheet.text_pt * 0.85, side_width - 3 - _HANGING * sheet.text_pt)
    ]
    notes_height = (len(notes) + 0.9) * _step(sheet.text_pt * 0.85)
    side = Box(panel.right - side_width, panel.y, side_width, block_height + notes_height + bar_height)
    _draw_block(page, Box(side.x, side.y, side.width, block_height), block, sheet.text_pt)
    y = side.y + block_height + notes_height - _step(sheet.text_pt * 0.85) * 0.75
    for line in notes:
        page.write(line, side.x + 1.5, y, sheet.text_pt * 0.85)
        y -= _step(sheet.text_pt * 0.85)
    bar_y = side.top - bar_height + (0 if broad else (panel.top - side.top) / 2)
    bar = Box(side.x + 1.5, bar_y, side.width - 3, bar_height)
    _draw_scale_bar(page, bar, imprint, scale, sheet.text_pt)
    if broad:
        legend = Box(panel.x, side.top, panel.width, panel.top - side.top)
        page.line([(panel.x, side.top), (panel.right, side.top)], 0.15)
        columns = 2
    else:
        legend = Box(panel.x, panel.y, panel.width - side_width, panel.height)
        page.line([(side.x, panel.y), (side.x, panel.top)], 0.15)
        columns = 4
    page.box(panel, 0.7)
    _draw_key(page, legend, imprint, key, sheet.text_pt, columns)


def _step(size_pt: float) -> float:
    return size_pt / PT_PER_MM * _LINE


@dataclass(frozen=True)
class _Row:
    name: str
    lines: Sequence[str]
    height: float


def _block_rows(imprint: Imprint, place: Place, scale: int, width: float, size_pt: float) -> list[_Row]:
    if place.tile is None:
        number = imprint.say(text("Index of sheets"))
        at = imprint.say(text("1:{scale} (sheets 1:{sheets})", scale=f"{scale:,}", sheets=f"{place.scale:,}"))
    else:
        number = imprint.say(text("Sheet {number} of {count}", number=place.tile.number, count=len(place.tiles)))
        at = f"1:{scale:,}"
    rows: list[tuple[Text, str]] = [
        (label("图名", "Title"), imprint.title),
        (label("编制单位", "Drawn by"), imprint.or_to_fill_in(imprint.organisation)),
        (label("制图日期", "Drawn on"), imprint.or_to_fill_in(imprint.drawn_on)),
        (label("密级", "Classification"), imprint.or_to_fill_in(imprint.classification)),
        (label("坐标系", "CRS"), imprint.or_to_fill_in(imprint.crs)),
        (label("比例尺", "Scale"), at),
        (label("图幅", "Sheet"), number),
        (label("审图号", "Review no."), imprint.review),
    ]
    names = _names_width(rows, imprint, size_pt)
    cell = _CELL_EM * size_pt / PT_PER_MM
    found = []
    for name, value in rows:
        lines = wrap(value, size_pt, width - names - 2 * cell)
        found.append(_Row(imprint.say(name), lines, (len(lines) * 1.22 + 0.5) * size_pt / PT_PER_MM))
    return found


def _names_width(rows: Sequence[tuple[Text, str]], imprint: Imprint, size_pt: float) -> float:
    return max(width_mm(imprint.say(name), size_pt) for name, _ in rows) + _CELL_EM * size_pt / PT_PER_MM


def _draw_block(page: Page, box: Box, rows: Sequence[_Row], size_pt: float) -> None:
    cell = _CELL_EM * size_pt / PT_PER_MM
    names = max(width_mm(row.name, size_pt) for row in rows) + cell
    y = box.top
    page.line([(box.x, y), (box.right, y)], 0.35)
    for row in rows:
        middle = y - row.height / 2
        page.write(row.name, box.x + names / 2, middle, size_pt, across="center")
        for number, line in enumerate(row.lines):
            offset = ((len(row.lines) - 1) / 2 - number) * 1.22 * size_pt / PT_PER_MM
            page.write(line, box.x + names + cell / 2, middle + offset, size_pt)
        y -= row.height
        page.line([(box.x, y), (box.right, y)], 0.15)
    page.line([(box.x + names, box.top), (box.x + names, box.y)], 0.15)


def _draw_scale_bar(page: Page, box: Box, imprint: Imprint, scale: int, size_pt: float) -> None:
    """The scale, four fields, black and white, below it, and lengths on the ground."""
    length_m = bar_length_m(scale, box.width * 0.72)
    mm = length_m * 1000 / scale
    height = size_pt * 0.16
    x, y = box.centre[0] - mm / 2, box.y + box.height * 0.36
    words = f"{imprint.say(label('比例尺', 'Scale'))} 1:{scale:,}"
    page.write(words, box.centre[0], box.y + box.height * 0.76, size_pt * 1.1, across="center", weight="bold")
    for number in range(4):
        field = Box(x + number * mm / 4, y, mm / 4, height)
        page.box(field, 0.12, fill=BLACK if number % 2 == 0 else "white")
    in_km = length_m >= _KM
    for share in (0.0, 0.5, 1.0):
        value = length_m * share / (_KM if in_km else 1)
        unit = (" km" if in_km else " m") if share == 1 else ""
        page.write(f"{value:g}{unit}", x + share * mm, y - 0.6, size_pt * 0.85, across="center", up="top")


@dataclass(frozen=True)
class _KeyLine:
    """A line of the key: the title of a layer, or one entry of it."""

    words: str
    group: KeyGroup
    entry: LegendEntry | None


def _draw_key(
    page: Page, box: Box, imprint: Imprint, key: Sequence[KeyGroup], size_pt: float, most_columns: int
) -> None:
    """The key, in as many columns and as large as there is room for."""
    heading = size_pt * 1.35
    top = box.top - heading / PT_PER_MM * 1.9
    page.write(
        imprint.say(label("图  例", "Legend")),
        box.centre[0],
        (top + box.top) / 2 - 0.2,
        heading,
        across="center",
        weight="bold",
    )
    inside = Box(box.x + 1.5, box.y + 1.0, box.width - 3, top - box.y - 1.0)
    groups = [_key_lines(group, imprint) for group in key]
    columns, size = _fit_key(groups, inside, size_pt, most_columns)
    width = inside.width / len(columns)
    for number, column in enumerate(columns):
        x, y = inside.x + number * width, inside.top
        for line in column:
            y -= _key_step(line, size)
            _draw_key_line(page, line, x, y + _step(size) / 2, width, size)


def _key_lines(group: KeyGroup, imprint: Imprint) -> list[_KeyLine]:
    title = imprint.say(group.title)
    if len(group.entries) == 1 and group.entries[0].label == group.title:
        return [_KeyLine(title, group, group.entries[0])]
    entries = [_KeyLine(imprint.say(entry.label), group, entry) for entry in group.entries]
    return [_KeyLine(title, group, None), *entries]


def _key_step(line: _KeyLine, size_pt: float) -> float:
    return _step(size_pt) * (1.25 if line.entry is None else 1.0)


def _columns(
    groups: Sequence[Sequence[_KeyLine]], height: float, size_pt: float, *, whole: bool
) -> list[list[_KeyLine]]:
    """The lines in columns of a height; a title does not stand alone at the foot of one, and a `whole` layer is not
    parted that has room in one column."""
    columns: list[list[_KeyLine]] = [[]]
    left = height
    for group in groups:
        group_height = sum(_key_step(line, size_pt) for line in group)
        for number, line in enumerate(group):
            needed = _key_step(line, size_pt)
            together = needed + (_key_step(group[1], size_pt) if line.entry is None and len(group) > 1 else 0)
            if whole and number == 0 and group_height <= height:
                together = group_height
            if together > left + 1e-6 and columns[-1]:
                columns.append([])
                left = height
            columns[-1].append(line)
            left -= needed
    return columns


def _fit_key(
    groups: Sequence[Sequence[_KeyLine]], box: Box, size_pt: float, most_columns: int
) -> tuple[list[list[_KeyLine]], float]:
    """The columns, and the size of text: the largest with which all of it has room in height and width."""
    size = size_pt
    while True:
        for whole in (True, False):
            columns = _columns(groups, box.height, size, whole=whole)
            narrow = _widest(groups, size) > box.width / len(columns)
            if len(columns) <= most_columns and (not narrow or size < size_pt * _SMALLEST_KEY):
                return columns, size
        size *= 0.97


def _widest(groups: Sequence[Sequence[_KeyLine]], size_pt: float) -> float:
    return max((_indent(size_pt) + width_mm(line.words, size_pt) + 1 for group in groups for line in group), default=0)


def _indent(size_pt: float) -> float:
    return 2.9 * size_pt / PT_PER_MM


def _draw_key_line(page: Page, line: _KeyLine, x: float, y: float, width: float, size_pt: float) -> None:
    em = size_pt / PT_PER_MM
    if line.entry is None:
        page.write(line.words, x, y, page.fitted(line.words, width - 1, size_pt, "bold"), weight="bold")
        return
    box = Box(x, y - 0.45 * em, 2.2 * em, 0.9 * em)
    draw_swatch(page, line.group.layer, line.entry.style, box, line.group.opacity)
    indent = _indent(size_pt)
    page.write(line.words, x + indent, y, page.fitted(line.words, width - indent - 0.5, size_pt))


def draw_tile_edges(page: Page, place: Place) -> None:
    """On the index page: where each page lies, with its number."""
    for tile in place.tiles:
        west, south = page.to_paper(tile.bounds[0], tile.bounds[1])
        east, north = page.to_paper(tile.bounds[2], tile.bounds[3])
        cell = Box(west, south, east - west, north - south)
        page.box(cell, 0.35, _RED)
        size = min(_LARGEST_NUMBER_PT, cell.height * PT_PER_MM * 0.5, cell.width * PT_PER_MM * 0.4)
        page.write(
            str(tile.number), *cell.centre, size, across="center", weight="bold", colour=_RED, halo_mm=0.05 * size
        )
