"""A page to draw on in millimetres of paper, with a window that is drawn in metres of ground.

Texts are noted down and written last, when it is known which characters the fonts need.
"""

from __future__ import annotations

import base64
import math
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, PathPatch, Polygon, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D
from shapely.affinity import rotate, translate

from layers.sheet import fonts
from layers.sheet.fonts import Weight
from layers.sheet.paper import Bounds, Box, Layout, Paper

MM_PER_INCH = 25.4
PT_PER_MM = 72 / MM_PER_INCH
BLACK = "#1c1c1c"

_PNG_DPI: dict[Paper, int] = {"A4": 300, "A3": 300, "A2": 200, "A1": 150, "A0": 150}
_FAMILIES = ["Liaohe Sheet", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif"]
"""How an SVG names its font: the first is embedded, the others are for programs that take none from a file."""
_PARTS = re.compile("[^\\s\u2e80-\u9fff\uff00-\uffef]+\\s?|.")
"""What stays together in a line: a word with the space behind it, a hanzi."""
_NOT_FIRST = set("、，。；：）》”")
"""What no line begins with; it hangs over the end of the one before."""
LINE_MIDDLE_EM = 0.37
_ASCENT_EM, _DESCENT_EM = 0.86, 0.14
_LINE_EM = 1.15
_AS_TEXT: Any = {"pdf.fonttype": 42, "svg.fonttype": "none", "svg.hashsalt": "sheet", "path.simplify": False}
# The types of fonts in a PDF are a setting of matplotlib as a whole.
_writing = threading.Lock()

Horizontal = Literal["left", "center", "right"]
Vertical = Literal["top", "middle", "baseline", "bottom"]


@dataclass(frozen=True)
class Words:
    """A line of text at its place: `x`, `y` is where its baseline begins, mm."""

    words: str
    x: float
    y: float
    size_pt: float
    weight: Weight
    colour: str
    angle: float
    """Degrees, counter-clockwise, about where it begins."""
    halo_mm: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle, mm."""
        along = width_mm(self.words, self.size_pt, self.weight) / 2
        up = LINE_MIDDLE_EM * self.size_pt / PT_PER_MM
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        return self.x + along * cos - up * sin, self.y + along * sin + up * cos

    @property
    def outline(self) -> shapely.Polygon:
        """The ground that it covers with its halo, mm."""
        wide = width_mm(self.words, self.size_pt, self.weight) + 2 * self.halo_mm
        high = self.size_pt * _LINE_EM / PT_PER_MM
        around = shapely.box(-wide / 2, -high / 2, wide / 2, high / 2)
        return translate(rotate(around, self.angle, origin=(0, 0)), *self.middle)


def width_mm(words: str, size_pt: float, weight: Weight = "regular") -> float:
    """How wide a line of text is on paper."""
    return fonts.width_em(words, fonts.find_face(weight)) * size_pt / PT_PER_MM


def wrap(words: str, size_pt: float, width: float, weight: Weight = "regular") -> list[str]:
    """The text in lines that are at most `width` mm wide: Latin words stay whole where they have room."""
    lines, line = [], ""
    for part in _PARTS.findall(words):
        for piece in [part] if width_mm(part, size_pt, weight) <= width else part:
            longer = line + piece.rstrip()
            if line and piece.rstrip() not in _NOT_FIRST and width_mm(longer, size_pt, weight) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
    return [*lines, line.rstrip()]


class Page:
    """One page of paper; its window shows `bounds`, which have the window's proportions."""

    def __init__(self, sheet: Layout, bounds: Bounds) -> None:
        self.size = page = sheet.page
        self.window = window = sheet.window
        self.mm_per_px = sheet.mm_per_px
        self.bounds = bounds
        self.figure = Figure(figsize=(page.width / MM_PER_INCH, page.height / MM_PER_INCH), facecolor="white")
        west, south, east, north = bounds
        self.ground = self._axes(window, (west, east), (south, north), zorder=0)
        self.paper = self._axes(page, (0, page.width), (0, page.height), zorder=1)
        self.words: list[Words] = []

    def _axes(self, box: Box, x: tuple[float, float], y: tuple[float, float], zorder: int) -> Axes:
        place = (
            box.x / self.size.width,
            box.y / self.size.height,
            box.width / self.size.width,
            box.height / self.size.height,
        )
        axes = self.figure.add_axes(place, xlim=x, ylim=y, zorder=zorder, frameon=False)
        axes.set_axis_off()
        return axes

    def to_paper(self, east: float, north: float) -> tuple[float, float]:
        """Where a place in EPSG:4548 lies on the paper, mm."""
        mm_per_m = self.window.width / (self.bounds[2] - self.bounds[0])
        return (
            self.window.x + (east - self.bounds[0]) * mm_per_m,
            self.window.y + (north - self.bounds[1]) * mm_per_m,
        )

    def pt(self, px: float) -> float:
        """A length in CSS pixels of the map's styles as points."""
        return px * self.mm_per_px * PT_PER_MM

    def line(
        self, points: Iterable[tuple[float, float]], width: float, colour: str = BLACK, dash: Sequence[float] = ()
    ) -> None:
        """A line through points, `width` and `dash` in mm."""
        x, y = zip(*points, strict=True)
        (drawn,) = self.paper.plot(x, y, color=colour, linewidth=width * PT_PER_MM, solid_capstyle="butt")
        if dash:
            drawn.set_linestyle((0, [length / max(width, 0.01) for length in dash]))

    def box(self, box: Box, width: float, colour: str = BLACK, fill: str = "none") -> None:
        """A rectangle with an edge of `width` mm."""
        self.paper.add_artist(
            Rectangle(
                (box.x, box.y),
                box.width,
                box.height,
                facecolor=fill,
                edgecolor=colour if width else "none",
                linewidth=width * PT_PER_MM,
                joinstyle="miter",
            )
        )

    def polygon(self, points: Sequence[tuple[float, float]], fill: str, width: float = 0, colour: str = BLACK) -> None:
        """A filled polygon."""
        self.paper.add_artist(
            Polygon(points, facecolor=fill, edgecolor=colour if width else "none", linewidth=width * PT_PER_MM)
        )

    def circle(self, x: float, y: float, radius: float, fill: str, width: float = 0, colour: str = BLACK) -> None:
        """A circle."""
        self.paper.add_artist(
            Circle((x, y), radius, facecolor=fill, edgecolor=colour if width else "none", linewidth=width * PT_PER_MM)
        )

    def write(
        self,
        words: str,
        x: float,
        y: float,
        size_pt: float,
        *,
        across: Horizontal = "left",
        up: Vertical = "middle",
        weight: Weight = "regular",
        colour: str = BLACK,
        angle: float = 0,
        halo_mm: float = 0,
    ) -> None:
        """Write a line of text; `across` and `up` say which point of it stands at `x`, `y`."""
        em = size_pt / PT_PER_MM
        along = {"left": 0.0, "center": 0.5, "right": 1.0}[across] * width_mm(words, size_pt, weight)
        below = {"top": _ASCENT_EM, "middle": LINE_MIDDLE_EM, "baseline": 0.0, "bottom": -_DESCENT_EM}[up] * em
        turn = math.radians(angle)
        self.words.append(
            Words(
                words,
                x - along * math.cos(turn) + below * math.sin(turn),
                y - along * math.sin(turn) - below * math.cos(turn),
                size_pt,
                weight,
                colour,
                angle,
                halo_mm,
            )
        )

    def fitted(self, words: str, width: float, size_pt: float, weight: Weight = "regular") -> float:
        """The size at which a line of text is at most `width` mm wide, `size_pt` at most."""
        return size_pt * min(1.0, width / max(width_mm(words, size_pt, weight), 0.01))

    def finish(self, faces: dict[Weight, Path]) -> None:
        """Write the texts that were noted down."""
        for noted in self.words:
            # No path effect: matplotlib would draw the text itself as outlines, which nobody can search.
            if noted.halo_mm:
                self._add_halo(noted, faces[noted.weight])
        for noted in self.words:
            self.paper.text(
                noted.x,
                noted.y,
                noted.words,
                fontproperties=FontProperties(family=_FAMILIES, weight=noted.weight, fname=faces[noted.weight]),
                size=noted.size_pt,
                color=noted.colour,
                rotation=noted.angle,
                rotation_mode="anchor",
                ha="left",
                va="baseline",
                parse_math=False,
                zorder=10,
            )
        self.words = []

    def _add_halo(self, noted: Words, font: Path) -> None:
        outline = TextPath((0, 0), noted.words, size=noted.size_pt / PT_PER_MM, prop=FontProperties(fname=font))
        place = Affine2D().rotate_deg(noted.angle).translate(noted.x, noted.y)
        self.paper.add_artist(
            PathPatch(
                outline.transformed(place),
                facecolor="white",
                edgecolor="white",
                linewidth=2 * noted.halo_mm * PT_PER_MM,
                joinstyle="round",
                zorder=9,
            )
        )


def outline_of(shapes: Iterable[shapely.Geometry]) -> Outline | None:
    """Polygons as one path, None without any; holes run the other way round."""
    vertices: list[tuple[float, float]] = []
    codes: list[np.uint8] = []
    for polygon in shapely.get_parts(list(shapes)):
        turned = shapely.geometry.polygon.orient(polygon)
        for ring in (turned.exterior, *turned.interiors):
            places = list(ring.coords)
            vertices += [(x, y) for x, y, *_ in places]
            codes += [Outline.MOVETO, *[Outline.LINETO] * (len(places) - 2), Outline.CLOSEPOLY]
    return Outline(vertices, codes) if vertices else None


def write_pages(pages: Sequence[Page], path: Path, *, paper: Paper, title: str) -> list[Path]:
    """Write pages as a file of the ending's format, `.pdf`, `.svg` or `.png`; the files written.

    A PDF holds all pages. SVG and PNG hold one: `path` has the first, the others stand beside it, numbered from 1.
    """
    characters = {character for page in pages for noted in page.words for character in noted.words}
    with _writing, _embedded(characters) as faces:
        for page in pages:
            page.finish(faces)
        with mpl.rc_context(_AS_TEXT):
            if path.suffix.lower() == ".pdf":
                with PdfPages(path, metadata={"Title": title, "Creator": None}) as book:
                    for page in pages:
                        book.savefig(page.figure)
                return [path]
            files = [path, *(path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, len(pages)))]
            for page, file in zip(pages, files, strict=True):
                if path.suffix.lower() == ".svg":
                    page.figure.savefig(file, format="svg", metadata={"Title": title, "Date": None})
                    _embed_in_svg(file, faces)
                else:
                    page.figure.savefig(file, format="png", dpi=_PNG_DPI[paper])
            return files


@contextmanager
def _embedded(characters: set[str]) -> Iterator[dict[Weight, Path]]:
    """A font file of these characters for each weight, while they are needed."""
    with tempfile.TemporaryDirectory(prefix="sheet-") as folder:
        faces: dict[Weight, Path] = {}
        for weight in ("regular", "bold"):
            faces[weight] = Path(folder) / f"{weight}.ttf"
            fonts.write_subset(fonts.find_face(weight), {*characters, " "}, faces[weight])
        yield faces


def _embed_in_svg(file: Path, faces: dict[Weight, Path]) -> None:
    """Put the fonts into the picture: its text can be searched and looks the same everywhere."""
    rules = "".join(
        f'@font-face{{font-family:"{_FAMILIES[0]}";font-weight:{"700" if weight == "bold" else "400"};'
        f"src:url(data:font/ttf;base64,{base64.b64encode(path.read_bytes()).decode()})}}"
        for weight, path in faces.items()
    )
    picture = file.read_text(encoding="utf-8")
    picture = picture.replace("<defs>", f"<defs><style>{rules}</style>", 1)
    file.write_text(picture, encoding="utf-8")
