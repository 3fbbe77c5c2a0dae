"""The Chinese font of a sheet: found on this machine, cut down to the characters used, with TrueType outlines.

A PDF may hold a font program of TrueType outlines as it is (`FontFile2`). Noto Sans CJK has CFF outlines in a
collection; matplotlib 3.11 writes such a font into `FontFile2` unchanged, which strict readers refuse, and its default,
Type 3, loses hinting and is poor in print. So the outlines are converted, which takes a moment for the few hundred
characters of a sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable
from matplotlib import font_manager

from geodata.errors import GeodataError
from geodata.i18n import text

Weight = Literal["regular", "bold"]
_FILES: dict[Weight, tuple[str, ...]] = {
    "regular": (
        "NotoSansCJK-Regular.ttc",
        "NotoSansCJKsc-Regular.otf",
        "NotoSansSC-Regular.otf",
        "SourceHanSansSC-Regular.otf",
        "SourceHanSansCN-Regular.otf",
        "msyh.ttc",
        "simhei.ttf",
        "wqy-microhei.ttc",
        "PingFang.ttc",
        "Hiragino Sans GB.ttc",
        "STHeiti Light.ttc",
    ),
    "bold": (
        "NotoSansCJK-Bold.ttc",
        "NotoSansCJKsc-Bold.otf",
        "NotoSansSC-Bold.otf",
        "SourceHanSansSC-Bold.otf",
        "SourceHanSansCN-Bold.otf",
        "msyhbd.ttc",
        "STHeiti Medium.ttc",
    ),
}
"""The files looked for, the first one first. Where there is no bold one, the regular one stands in."""
_SIMPLIFIED = (" SC", " GB", " CN")
_TOLERANCE = 1.0
"""How far a quadratic outline may lie from the cubic one, in units of the font (1000 to the em)."""
_DROPPED = ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]


class FontMissingError(GeodataError, FileNotFoundError):
    """There is no font with Chinese characters on this machine."""


@dataclass(frozen=True)
class Face:
    """One face of a font file."""

    path: Path
    number: int

    @property
    def metrics(self) -> Mapping[str, float]:
        """Character → width, in ems."""
        return _widths(self)


@lru_cache(maxsize=2)
def find_face(weight: Weight) -> Face:
    """The face for Chinese and Latin text of a weight.

    Raises
    ------
    FontMissingError
        No file of a known name is installed.
    """
    # matplotlib keeps a list of fonts between runs that does not know what was installed since; so ask the system.
    installed = {Path(path).name.lower(): Path(path) for path in font_manager.findSystemFonts()}
    for name in (*_FILES[weight], *_FILES["regular"]):
        if path := installed.get(name.lower()):
            return Face(path, _simplified(path))
    raise FontMissingError(
        text("No Chinese font was found on this machine; install Noto Sans CJK (Debian: fonts-noto-cjk).")
    )


@lru_cache(maxsize=8)
def _simplified(path: Path) -> int:
    """The number of the face with the forms of mainland China; the first where there is one alone."""
    if path.suffix.lower() != ".ttc":
        return 0
    with TTCollection(path, lazy=True) as collection:
        families = [str(font["name"].getDebugName(1)) for font in collection.fonts]
    return next((number for number, family in enumerate(families) if family.endswith(_SIMPLIFIED)), 0)


@lru_cache(maxsize=4)
def _widths(face: Face) -> Mapping[str, float]:
    with TTFont(face.path, fontNumber=face.number, lazy=True) as font:
        em = font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        return {chr(code): advances[glyph][0] / em for code, glyph in font.getBestCmap().items()}


def width_em(words: str, face: Face) -> float:
    """How wide a line of text is, in ems."""
    widths = face.metrics
    return sum(widths.get(character, 1.0) for character in words)


def write_subset(face: Face, characters: Iterable[str], path: Path) -> None:
    """Write a TrueType font with these characters alone."""
    with TTFont(face.path, fontNumber=face.number, lazy=True) as font:
        options = subset.Options()
        options.layout_features = []
        options.hinting = False
        options.notdef_outline = True
        options.drop_tables += _DROPPED
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(characters))
        cutter.subset(font)
        if "CFF " in font:
            _to_true_type(font)
        font.save(path)


def _to_true_type(font: TTFont) -> None:
    """Replace cubic outlines by quadratic ones, which run the other way round."""
    names, glyphs = font.getGlyphOrder(), font.getGlyphSet()
    outlines = {}
    for name in names:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, _TOLERANCE, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = table = newTable("glyf")
    table.glyphOrder, table.glyphs = names, outlines
    for name in names:
        table[name].recalcBounds(table)
    metrics = font["hmtx"].metrics
    for name, (advance, _) in metrics.items():
        metrics[name] = (advance, getattr(table[name], "xMin", 0))
    largest = font["maxp"]
    largest.tableVersion = 0x00010000
    largest.maxZones = 1
    for part in (
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
        "maxComponentElements",
        "maxPoints",
        "maxContours",
        "maxCompositePoints",
        "maxCompositeContours",
        "maxComponentDepth",
    ):
        setattr(largest, part, 0)  # worked out where the font is saved
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"
