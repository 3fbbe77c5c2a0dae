"""Text on slides: runs with fonts that have Chinese, and Markdown's paragraphs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pptx.dml.color import RGBColor
from pptx.oxml.ns import qn
from pptx.util import Pt

from layers.story.markdown import Paragraph

FONT = "Microsoft YaHei"
"""On every machine that presents with PowerPoint or WPS in Chinese; others put one of their own in its place."""
INK, QUIET = "#1b2a33", "#52616a"


def set_run(
    run: Any, words: str, size_pt: float, *, colour: str = INK, is_bold: bool = False, is_italic: bool = False
) -> None:
    """Write a run in the font of slides, for Latin, Chinese and other scripts."""
    run.text = words
    font = run.font
    font.size = Pt(round(size_pt * 2) / 2)
    font.bold, font.italic = is_bold, is_italic
    font.color.rgb = RGBColor.from_string(colour[1:7].upper())
    name_font(font._element if hasattr(font, "_element") else font._rPr)


def name_font(properties: Any) -> None:
    """Name the font of a run's or a chart's properties for every script."""
    for tag in ("a:latin", "a:ea", "a:cs"):
        for known in properties.findall(qn(tag)):
            properties.remove(known)
        properties.append(properties.makeelement(qn(tag), {"typeface": FONT}))


def write_paragraphs(frame: Any, paragraphs: Iterable[Paragraph], size_pt: float) -> None:
    """Write paragraphs into a frame that is empty."""
    for number, runs in enumerate(paragraphs):
        paragraph = frame.add_paragraph() if number else frame.paragraphs[0]
        paragraph.space_after = Pt(size_pt * 0.4)
        write_runs(paragraph, runs, size_pt)


def write_runs(paragraph: Any, runs: Paragraph, size_pt: float) -> None:
    """Write runs with their bold and italics, and the breaks between them."""
    for run in runs:
        if run.words == "\n":
            paragraph.add_line_break()
        else:
            set_run(paragraph.add_run(), run.words, size_pt, is_bold=run.is_bold, is_italic=run.is_italic)
