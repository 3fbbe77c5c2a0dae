"""Text on slides: runs with fonts that have Chinese, and Markdown as paragraphs."""

from __future__ import annotations

from typing import Any

from pptx.dml.color import RGBColor
from pptx.oxml.ns import qn
from pptx.util import Pt

from layers.story.markdown import tokens

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


def write_markdown(frame: Any, words: str, size_pt: float) -> None:
    """Write a text into a frame: its paragraphs, headings, lists, bold and italics."""
    is_first, depth, sign = True, 0, ""
    ordered: list[int] = []
    for token in tokens(words):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
            ordered.append(0 if token.type == "bullet_list_open" else 1)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
            ordered.pop()
        elif token.type == "list_item_open":
            sign = "• " if not ordered[-1] else f"{ordered[-1]}. "
            ordered[-1] += 1 if ordered[-1] else 0
        elif token.type == "inline":
            paragraph = frame.paragraphs[0] if is_first else frame.add_paragraph()
            is_first = False
            paragraph.space_after = Pt(size_pt * 0.4)
            is_heading = token.level == 1 and token.map is not None and words.splitlines()[token.map[0]].startswith("#")
            _write_inline(paragraph, "  " * max(0, depth - 1) + sign, token.children or [], size_pt, is_heading)
            sign = ""


def _write_inline(paragraph: Any, sign: str, parts: list[Any], size_pt: float, is_heading: bool) -> None:
    if sign.strip():
        set_run(paragraph.add_run(), sign, size_pt)
    bold, italic = int(is_heading), 0
    for part in parts:
        bold += {"strong_open": 1, "strong_close": -1}.get(part.type, 0)
        italic += {"em_open": 1, "em_close": -1}.get(part.type, 0)
        if part.type in ("softbreak", "hardbreak"):
            paragraph.add_line_break()
        elif part.content:
            set_run(paragraph.add_run(), part.content, size_pt, is_bold=bold > 0, is_italic=italic > 0)
