"""Every text a person reads stands in both languages, and the catalogues hold nothing else."""

import ast
import string
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from geodata.i18n import catalogue_files

ROOT = Path(__file__).parents[1]
MARKS = {"text", "t"}


@cache
def sources() -> dict[str, str]:
    """Source text → where it stands in the code."""
    found: dict[str, str] = {}
    for path in [
        ROOT / "app.py",
        *(path for package in ("geodata", "layers", "pages") for path in (ROOT / package).rglob("*.py")),
    ]:
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if is_mark(node) and node.args:
                for literal in literals(node.args[0]):
                    found[literal] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS


def literals(argument: ast.expr) -> list[str]:
    """The literal a call is made with; both of a conditional one."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    if isinstance(argument, ast.IfExp):
        return literals(argument.body) + literals(argument.orelse)
    return []


@cache
def messages() -> list[tuple[str, str, str]]:
    """Source, Chinese and catalogue of every message."""
    found = []
    for path in catalogue_files():
        with path.open("rb") as file:
            found += [
                (str(message.id), str(message.string), str(path.relative_to(ROOT)))
                for message in read_po(file, locale="zh")
                if message.id
            ]
    return found


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_text_in_the_code_has_its_chinese():
    chinese = {source for source, translated, _ in messages() if translated}
    assert {source: place for source, place in sources().items() if source not in chinese} == {}


def test_the_catalogues_hold_no_text_that_the_code_lost():
    assert [(source, catalogue) for source, _, catalogue in messages() if source not in sources()] == []


def test_a_text_stands_in_one_catalogue_once():
    assert [source for source, count in Counter(source for source, _, _ in messages()).items() if count > 1] == []


def test_both_languages_have_the_same_placeholders():
    assert [source for source, translated, _ in messages() if placeholders(source) != placeholders(translated)] == []


def test_a_text_is_marked_with_a_literal():
    """A source put together at run time would never be found for translation."""
    made = []
    for package in ("geodata", "layers", "pages"):
        for path in (ROOT / package).rglob("*.py"):
            if "node_modules" in path.parts or path.name in {"i18n.py", "language.py"}:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if is_mark(node) and not (node.args and literals(node.args[0])):
                    made.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert made == []


@pytest.mark.parametrize("path", catalogue_files(), ids=lambda path: f"{path.parts[-4]}/{path.name}")
def test_a_catalogue_says_its_language_and_charset(path):
    with path.open("rb") as file:
        assert read_po(file).charset.lower() == "utf-8"
