"""Paper and what stands where on it, in mm from the lower left corner; scales, and the tiles of a large extent."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.errors import GeodataError
from geodata.i18n import text

Paper = Literal["A4", "A3", "A2", "A1", "A0"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
Orientation = Literal["landscape", "portrait"]
ORIENTATIONS: tuple[Orientation, ...] = get_args(Orientation)
Bounds = tuple[float, float, float, float]
"""(west, south, east, north), metres in EPSG:4548."""

LARGEST_SCALE, SMALLEST_SCALE = 500, 50_000
SCALES = (500, 1000, 2000, 2500, 5000, 7500, 10_000, 12_500, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000)
"""The denominators that a sheet is fitted to."""
MOST_TILES = 200
_ROOM = 1.04
"""How much wider than the extent the ground on a fitted sheet is at least."""
_MM_PER_M = 1000
_ORDINARY_PT = 7.0


class SheetOptionError(GeodataError, ValueError):
    """A sheet was asked for that can't be drawn."""


@dataclass(frozen=True)
class Box:
    """A rectangle on the paper, mm."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.y + self.height

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def inset(self, by: float) -> Box:
        """The rectangle `by` further inside."""
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)


@dataclass(frozen=True)
class Layout:
    """What stands where on a sheet of paper."""

    paper: Paper
    orientation: Orientation
    page: Box
    title: Box
    frame: Box
    """The outer line of the map's double frame."""
    window: Box
    """The inner line: what is inside is drawn to scale."""
    panel: Box
    """Legend and title block: at the right of an upright window, below a broad one."""
    footer: Box
    text_pt: float

    @property
    def mm_per_px(self) -> float:
        """A CSS pixel of the map's styles on this paper: a little less than on a screen, as paper is looked at from
        nearer; more on large paper, which hangs on a wall."""
        return 0.2 * math.pow(self.text_pt / _ORDINARY_PT, 0.6)

    def ground_m(self, scale: int) -> tuple[float, float]:
        """Width and height of the ground in the window at a scale."""
        return self.window.width * scale / _MM_PER_M, self.window.height * scale / _MM_PER_M


@dataclass(frozen=True)
class Tile:
    """One page of the map; numbered from 1, row by row from the north-west."""

    number: int
    bounds: Bounds


@dataclass(frozen=True)
class _Measures:
    """How large the parts of a sheet are, mm."""

    short: float
    long: float
    edge: float
    title: float
    footer: float
    band: float
    panel_width: float
    panel_height: float
    text_pt: float


_MEASURES: dict[Paper, _Measures] = {
    "A4": _Measures(210, 297, 7, 13, 4.5, 4.2, 56, 64, 6.2),
    "A3": _Measures(297, 420, 9, 17, 5.5, 5.0, 74, 82, 7.5),
    "A2": _Measures(420, 594, 12, 22, 7.0, 6.2, 94, 102, 9.2),
    "A1": _Measures(594, 841, 15, 29, 9.0, 7.8, 122, 130, 11.8),
    "A0": _Measures(841, 1189, 20, 39, 12.0, 10, 160, 170, 15.5),
}


def layout(paper: Paper, orientation: Orientation) -> Layout:
    """What stands where on a sheet of this paper."""
    sizes = _MEASURES[paper]
    broad = orientation == "landscape"
    width, height = (sizes.long, sizes.short) if broad else (sizes.short, sizes.long)
    inner = Box(0, 0, width, height).inset(sizes.edge)
    gap = sizes.edge / 4
    title = Box(inner.x, inner.top - sizes.title, inner.width, sizes.title)
    footer = Box(inner.x, inner.y, inner.width, sizes.footer)
    body = Box(inner.x, footer.top, inner.width, title.y - footer.top)
    if broad:
        frame = Box(body.x, body.y, body.width - sizes.panel_width - gap, body.height)
        panel = Box(frame.right + gap, body.y, sizes.panel_width, body.height)
    else:
        panel = Box(body.x, body.y, body.width, sizes.panel_height)
        frame = Box(body.x, panel.top + gap, body.width, body.height - sizes.panel_height - gap)
    return Layout(
        paper,
        orientation,
        Box(0, 0, width, height),
        title,
        frame,
        frame.inset(sizes.band),
        panel,
        footer,
        sizes.text_pt,
    )


def require_scale(scale: int) -> int:
    """The scale's denominator.

    Raises
    ------
    SheetOptionError
        It is outside 1:500 to 1:50,000.
    """
    if not LARGEST_SCALE <= scale <= SMALLEST_SCALE:
        raise SheetOptionError(
            text(
                "The scale 1:{scale} is outside 1:{largest} to 1:{smallest}; give a number in between, or fit.",
                scale=scale,
                largest=LARGEST_SCALE,
                smallest=SMALLEST_SCALE,
            )
        )
    return scale


def require_paper(paper: str) -> Paper:
    """The paper of this name, in either case of letters.

    Raises
    ------
    SheetOptionError
        There is no such paper.
    """
    found = next((known for known in PAPERS if known == paper.strip().upper()), None)
    if found is None:
        raise SheetOptionError(
            text("The paper “{paper}” is not known; use one of {papers}.", paper=paper, papers=", ".join(PAPERS))
        )
    return found


def fit_scale(extent: Bounds, sheet: Layout) -> int:
    """The largest round scale at which an extent fits one page; the smallest there is where none does."""
    west, south, east, north = extent
    for scale in SCALES:
        width, height = sheet.ground_m(scale)
        if (east - west) * _ROOM <= width and (north - south) * _ROOM <= height:
            return scale
    return SCALES[-1]


def tiles(extent: Bounds, sheet: Layout, scale: int, shape: BaseGeometry | None = None) -> list[Tile]:
    """The pages that an extent takes at a scale, edge to edge, the whole of them centred on it.

    Parameters
    ----------
    shape : what is to be covered, EPSG:4548; tiles that it does not meet are left out

    Raises
    ------
    SheetOptionError
        They would be more than `MOST_TILES`.
    """
    west, south, east, north = extent
    width, height = sheet.ground_m(scale)
    columns, rows = _count(east - west, width), _count(north - south, height)
    if columns * rows > MOST_TILES:
        raise SheetOptionError(
            text(
                "At 1:{scale} on {paper} this takes {pages} pages, more than {most}; "
                "choose larger paper, a smaller scale, or a smaller area.",
                scale=scale,
                paper=sheet.paper,
                pages=columns * rows,
                most=MOST_TILES,
            )
        )
    left = (west + east - columns * width) / 2
    top = (south + north + rows * height) / 2
    boxes = [
        (left + column * width, top - (row + 1) * height, left + (column + 1) * width, top - row * height)
        for row in range(rows)
        for column in range(columns)
    ]
    if shape is not None and len(boxes) > 1:
        boxes = [bounds for bounds in boxes if shape.intersects(shapely.box(*bounds))]
    return [Tile(number, bounds) for number, bounds in enumerate(boxes, start=1)]


def _count(extent_m: float, tile_m: float) -> int:
    # A millimetre of ground is no reason for another page.
    return max(1, math.ceil((extent_m - 0.001) / tile_m))


def around(centre: tuple[float, float], sheet: Layout, scale: int) -> Bounds:
    """The ground in the window where its middle is `centre`, (east, north) in EPSG:4548."""
    width, height = sheet.ground_m(scale)
    return centre[0] - width / 2, centre[1] - height / 2, centre[0] + width / 2, centre[1] + height / 2


def middle(bounds: Bounds) -> tuple[float, float]:
    """The middle of bounds."""
    return (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2


def union(several: Iterable[Bounds]) -> Bounds:
    """The bounds around all of them; there is at least one."""
    west, south, east, north = zip(*several, strict=True)
    return min(west), min(south), max(east), max(north)


def grid_spacing_m(scale: int) -> int:
    """How far apart the lines of the coordinate grid are: a kilometre; less where that would be far apart on paper."""
    return next((spacing for spacing in (50, 100, 200, 500) if spacing * _MM_PER_M / scale >= 80), 1000)


def bar_length_m(scale: int, most_mm: float) -> float:
    """The longest round length on the ground that a scale bar of at most `most_mm` shows."""
    most_m = most_mm * scale / _MM_PER_M
    step = 10 ** math.floor(math.log10(most_m))
    return float(max(factor * step for factor in (1, 2, 4, 6, 8) if factor * step <= most_m))
