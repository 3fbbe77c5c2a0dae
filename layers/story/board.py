"""What stands where on a 16:9 page, for slides and for pages of a PDF alike; mm from the lower left corner."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import shapely
from geopandas import GeoSeries

from geodata.i18n import Text, text
from geodata.schema import DRAWING_CRS, STORE_CRS
from layers.legend import LegendEntry
from layers.sheet.canvas import width_mm, wrap
from layers.sheet.fonts import Weight
from layers.sheet.furniture import KeyGroup
from layers.sheet.paper import Bounds, Box, Layout
from layers.story.markdown import Paragraph, Run, Table, cut, paragraphs_of, plain
from layers.story.shown import Figure, Shown, named

PAGE = Box(0, 0, 338.67, 190.5)
_EDGE, _FOOT, _PANEL, _GAP = 7.0, 8.0, 104.0, 6.0
MAP = Box(_EDGE, _FOOT + 4, PAGE.width - _PANEL - 2 * _EDGE - _GAP, PAGE.height - _FOOT - 4 - _EDGE)
SIDE = Box(MAP.right + _GAP, MAP.y, _PANEL, MAP.height)
FOOT = Box(_EDGE, 3.0, PAGE.width - 2 * _EDGE, _FOOT)
FAILURE_TITLE = Box(32, 100, 270, 20)
FAILURE = Box(32, 40, 270, 56)
"""What stands on the page of a scene that could not be made."""
_TEXT_PT = 9.0
_KEY_ROW, _KEY_GAP, _BETWEEN = 4.3, 2.0, 2.5
_OTHER_FONTS = 1.1
CELL_GAP = 3.0
"""Between the columns of a table."""
_SWATCH = (4.6, 2.6)
_ROOM = 1.03
"""How much wider than the place the ground is at least."""

_MORE = Run("…")
_PAUSE = re.compile(r"[：；，、。:;,]\s*")

_LEAST_PLOTS_MM = 42.0
"""What charts have at least below the words of a scene."""

LAYOUT = Layout("A4", "landscape", PAGE, PAGE, MAP, MAP, SIDE, FOOT, _TEXT_PT)
"""For `layers.sheet.canvas.Page`; the paper's name only says how finely a PNG is drawn."""


def caption_of(shown: Shown, top: float, height_of: Callable[[Paragraph | Table], float]) -> list[Paragraph | Table]:
    """What of a caption has room below `top`, mm; where that is not all, three dots stand at its end."""
    parts = paragraphs_of(shown.scene.caption)
    room = top - key_top(shown) - (_LEAST_PLOTS_MM if shown.plots else 0.0)
    found: list[Paragraph | Table] = []
    for part in parts:
        if height_of(part) <= room:
            room -= height_of(part)
            found.append(part)
            continue
        if not isinstance(part, Table):
            fits = bisect_right(range(len(plain(part))), room, key=lambda end: height_of([*cut(part, 0, end), _MORE]))
            found.append([*cut(part, 0, fits - 1), _MORE] if fits else [_MORE])
        break
    return found


def said_of_cut(shown: Shown, parts: Sequence[Paragraph | Table]) -> list[Text]:
    """That a caption has more than these parts, where it has."""
    if list(parts) == paragraphs_of(shown.scene.caption):
        return []
    problem = text("the caption is longer than the page has room for; its end is left out.")
    return [named(shown.number, shown.scene.title, problem)]


def title_lines(title: str, size_pt: float, width: float) -> list[str]:
    """A title in lines of at most `width` mm; one of two lines breaks at a comma or colon where it can."""
    lines = wrap(title, size_pt, width, "bold")
    cuts = [pause.end() for pause in _PAUSE.finditer(title)]
    parts = [[title[:cut].rstrip(), title[cut:]] for cut in cuts]
    wide = [max(width_mm(part, size_pt, "bold") for part in two) for two in parts]
    if len(lines) != 2 or not wide or min(wide) > width:
        return lines
    return parts[wide.index(min(wide))]


def ground_of(shown: Shown) -> Bounds:
    """The ground that the map's box shows: the scene's place, widened to the box; metres in EPSG:4548."""
    west, south, east, north = _drawn(shown.bounds)
    wide, high = east - west, north - south
    scale = max(wide / MAP.width, high / MAP.height) * _ROOM
    x, y = (west + east) / 2, (south + north) / 2
    return (
        x - MAP.width * scale / 2,
        y - MAP.height * scale / 2,
        x + MAP.width * scale / 2,
        y + MAP.height * scale / 2,
    )


def scale_of(ground: Bounds) -> int:
    """The denominator of the scale at which that ground fills the map's box."""
    return round((ground[2] - ground[0]) / MAP.width * 1000)


@dataclass(frozen=True)
class KeyRow:
    """A row of the key: the layer's name where it begins, and entries with their swatches and words."""

    group: KeyGroup
    title: str
    title_box: Box
    entries: list[tuple[LegendEntry, Box, Box]]


def key_rows(shown: Shown) -> list[KeyRow]:
    """The key at the bottom of the panel, from top to bottom; names and entries are as wide as their words."""
    rows = [
        (group, "" if number else title, line)
        for group in shown.key
        for title in [_title_of(group, shown)]
        for number, line in enumerate(_lines_of(group, shown, _beside(title)))
    ]
    placed = []
    y = SIDE.y + len(rows) * _KEY_ROW
    for group, title, line in rows:
        y -= _KEY_ROW
        beside = _beside(title)
        x, entries = SIDE.x + beside, []
        for entry, width in line:
            swatch = Box(x, y + (_KEY_ROW - _SWATCH[1]) / 2, *_SWATCH)
            entries.append((entry, swatch, Box(swatch.right + 1, y, width - _SWATCH[0] - 1, _KEY_ROW)))
            x += width
        placed.append(KeyRow(group, title, Box(SIDE.x, y, beside, _KEY_ROW), entries))
    return placed


def key_top(shown: Shown) -> float:
    """The upper edge of the key, mm."""
    rows = key_rows(shown)
    return (rows[0].title_box.top if rows else SIDE.y) + _KEY_GAP


def column_widths(table: Table, size_pt: float) -> list[float]:
    """The widths of a table's columns, mm: those of their words; where that is too much, the wide ones give way."""
    wide = [
        max(_wide(plain(row[column]), "bold", size_pt) + CELL_GAP for row in table.rows)
        for column in range(len(table.across))
    ]
    left, widths = SIDE.width, dict.fromkeys(range(len(wide)), 0.0)
    for place, column in enumerate(sorted(widths, key=wide.__getitem__)):
        widths[column] = min(wide[column], left / (len(wide) - place))
        left -= widths[column]
    return list(widths.values())


def figures_in(shown: Shown, room: float, height_of: Callable[[Figure], float]) -> Sequence[Figure]:
    """The headline figures, without what is said below them where the panel has no room for it; `room` in mm."""
    if sum(map(height_of, shown.figures)) <= room:
        return shown.figures
    return [replace(figure, below="") for figure in shown.figures]


def _title_of(group: KeyGroup, shown: Shown) -> str:
    """The layer's name; empty where its one entry says it."""
    title = group.title.in_(shown.language)
    return "" if [entry.label.in_(shown.language) for entry in group.entries] == [title] else title


def _beside(title: str) -> float:
    """The room that a layer's name takes before its entries, mm."""
    return min(_wide(title, "bold") + _BETWEEN, SIDE.width / 2) if title else 0.0


def _lines_of(group: KeyGroup, shown: Shown, beside: float) -> list[list[tuple[LegendEntry, float]]]:
    """The entries of a layer with their widths, mm, as many in a line as have room; the first begins behind a name."""
    lines: list[list[tuple[LegendEntry, float]]] = []
    left = SIDE.width - beside
    for entry in group.entries:
        width = min(_SWATCH[0] + 1 + _wide(entry.label.in_(shown.language)) + _BETWEEN, SIDE.width)
        if not lines or width > left:
            left = SIDE.width if lines else left
            lines.append([])
        lines[-1].append((entry, width))
        left -= width
    return lines


def _wide(words: str, weight: Weight = "regular", size_pt: float = _TEXT_PT) -> float:
    """About how wide words are, mm, in whatever font a machine has; those of the key in their size."""
    return width_mm(words, size_pt, weight) * _OTHER_FONTS


def _drawn(bounds: Bounds) -> Bounds:
    box = GeoSeries([shapely.box(*bounds)], crs=STORE_CRS).to_crs(DRAWING_CRS)
    west, south, east, north = (float(edge) for edge in box.total_bounds)
    return west, south, east, north
