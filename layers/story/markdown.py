"""Captions and notes: Markdown as people type it, to HTML; HTML and pictures in it stay plain words."""

from __future__ import annotations

from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # No links and pictures: what is shown offline must not point outside.
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["link", "image", "autolink", "reference"])


def to_html(words: str) -> str:
    """The HTML of a text: paragraphs, headings, lists, bold, italics and quotations."""
    html: str = _parser().render(words)
    return html


def tokens(words: str) -> list[Token]:
    """The parts of a text, for programs that set it otherwise."""
    return _parser().parse(words)


def to_lines(words: str) -> list[str]:
    """A text as plain lines: a line for each paragraph and each point of a list, a bullet or number before it."""
    lines: list[str] = []
    sign, numbers = "", [0]
    for token in tokens(words):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            numbers.append(1 if token.type == "ordered_list_open" else 0)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            numbers.pop()
        elif token.type == "list_item_open":
            sign = f"{numbers[-1]}. " if numbers[-1] else "• "
            numbers[-1] += 1 if numbers[-1] else 0
        elif token.type == "inline":
            plain = "".join(" " if part.type.endswith("break") else part.content for part in token.children or [])
            lines.append(sign + plain)
            sign = ""
    return lines
