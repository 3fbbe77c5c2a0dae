"""Captions and notes: Markdown as people type it, to HTML or to paragraphs and tables; HTML in it stays plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, cast

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

Across = Literal["left", "center", "right"]
_CODE = ("fence", "code_block")


@dataclass(frozen=True)
class Run:
    """Words that look alike; a `\\n` alone breaks the line."""

    words: str
    is_bold: bool = False
    is_italic: bool = False


Paragraph = Sequence[Run]


@dataclass(frozen=True)
class Table:
    """Rows of as many cells each; the first is the head, in bold."""

    rows: Sequence[Sequence[Paragraph]]
    across: Sequence[Across]
    """Where the words of each column stand."""


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
    parser.core.ruler.push("plain_links", _write_links_out)
    return parser


def _write_links_out(state: StateCore) -> None:
    """Links and pictures become words with the address behind them: what is shown offline must not point outside."""
    for token in state.tokens:
        if token.children:
            token.children = _without_links(state.md, token.children)


def _without_links(parser: MarkdownIt, parts: Sequence[Token]) -> list[Token]:
    plain: list[Token] = []
    address, start = "", 0
    for part in parts:
        if part.type == "link_open":
            address, start = parser.normalizeLinkText(str(part.attrs["href"])), len(plain)
        elif part.type == "link_close":
            plain.append(_address("".join(each.content for each in plain[start:]), address))
        elif part.type == "image":
            words, address = part.content, parser.normalizeLinkText(str(part.attrs["src"]))
            plain += [Token("text", "", 0, content=words), _address(words, address)]
        else:
            plain.append(part)
    return plain


def _address(words: str, address: str) -> Token:
    """What stands behind words that lead to an address: nothing where they are the address."""
    behind = f" ({address})" if words else address
    return Token("text", "", 0, content="" if words == address else behind)


def to_html(words: str) -> str:
    """The HTML of a text: paragraphs, headings, lists, tables, bold, italics and quotations."""
    html: str = _parser().render(words)
    return html


def paragraphs_of(words: str) -> list[Paragraph | Table]:
    """A text as paragraphs and tables, for programs that set it otherwise.

    Headings are bold; a point of a list begins with its bullet or number, behind two blanks for each outer list.
    """
    found: list[Paragraph | Table] = []
    numbers: list[int] = []
    rows: list[list[Paragraph]] = []
    across: list[Across] = []
    sign, is_head = "", False
    for token in _parser().parse(words):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                numbers.append(int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else 0)
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
            case "list_item_open":
                sign = "  " * (len(numbers) - 1) + (f"{numbers[-1]}. " if numbers[-1] else "• ")
                numbers[-1] += 1 if numbers[-1] else 0
            case "heading_open" | "thead_open" | "heading_close" | "thead_close":
                is_head = token.nesting == 1
            case "table_open":
                rows, across = [], []
            case "tr_open":
                rows.append([])
            case "th_open":
                across.append(cast(Across, str(token.attrs.get("style", "left")).rpartition(":")[2]))
            case "table_close":
                found.append(Table(rows, across))
                rows = []
            case "inline":
                runs = [*([Run(sign)] if sign else []), *_runs(token.children or [], is_bold=is_head)]
                (rows[-1] if rows else found).append(runs)
                sign = ""
            case kind if kind in _CODE:
                found += [[Run(line)] for line in token.content.splitlines()]
    return found


def as_lines(parts: Sequence[Paragraph | Table]) -> list[Paragraph]:
    """Paragraphs alone: a row of a table becomes one."""
    found: list[Paragraph] = []
    for part in parts:
        if not isinstance(part, Table):
            found.append(part)
            continue
        for row in part.rows:
            found.append([run for number, cell in enumerate(row) for run in ([Run(" | ")] if number else []) + [*cell]])
    return found


def stretches(parts: Sequence[Paragraph | Table]) -> Iterator[list[Paragraph] | Table]:
    """The tables, and the paragraphs between them together."""
    between: list[Paragraph] = []
    for part in parts:
        if not isinstance(part, Table):
            between.append(part)
            continue
        if between:
            yield between
        yield part
        between = []
    if between:
        yield between


def plain(paragraph: Paragraph) -> str:
    """The words of a paragraph."""
    return "".join(run.words for run in paragraph)


def cut(paragraph: Paragraph, start: int, end: int) -> list[Run]:
    """What of a paragraph stands from a sign to another."""
    found, at = [], 0
    for run in paragraph:
        if words := run.words[max(0, start - at) : max(0, end - at)]:
            found.append(replace(run, words=words))
        at += len(run.words)
    return found


def _runs(parts: Sequence[Token], *, is_bold: bool) -> list[Run]:
    runs, bold, italic = [], int(is_bold), 0
    for part in parts:
        bold += {"strong_open": 1, "strong_close": -1}.get(part.type, 0)
        italic += {"em_open": 1, "em_close": -1}.get(part.type, 0)
        words = "\n" if part.type in ("softbreak", "hardbreak") else part.content
        if words:
            runs.append(Run(words, bold > 0, italic > 0))
    return runs
