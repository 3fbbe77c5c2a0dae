"""docs/indicators.md says of every indicator what it is; these tests keep it in step with the code."""

from __future__ import annotations

import re
from pathlib import Path

from geodata.indicators import DEFINITIONS, PROJECT_STAGES
from geodata.schema import GREENING_KINDS
from geodata.status import STATE_LABELS, STATES

DOCUMENT = (Path(__file__).parents[2] / "docs" / "indicators.md").read_text(encoding="utf-8")


def rows_of(heading: str) -> list[list[str]]:
    """Cells of the table whose header begins with `heading`, without the header."""
    table = DOCUMENT[DOCUMENT.index(f"| {heading} |") :].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]]


def test_the_document_lists_the_indicators_of_the_code_in_its_order() -> None:
    assert [row[0].strip("`") for row in rows_of("id")] == list(DEFINITIONS)


def test_every_indicator_has_a_formula_its_unit_and_a_source() -> None:
    for name, formula, unit, source in rows_of("id"):
        assert unit == (DEFINITIONS[name.strip("`")].unit or "as reported"), name
        assert formula
        assert source.strip("| ")


def test_an_indicator_that_a_formula_stands_on_exists() -> None:
    families = {name.split("<")[0].rstrip(".") for name in DEFINITIONS}
    named = {
        name
        for _, formula, *_ in rows_of("id")
        for name in re.findall(r"`([a-z]+\.[a-z_0-9]+)`", formula)
        if not name.startswith("geodata.")
    }
    assert named
    assert named <= families


def test_the_document_lists_the_statuses_in_the_order_in_which_they_are_tried() -> None:
    names = [row[0] for row in rows_of("status")]
    assert [name.split("`")[1] for name in names] == list(STATES["parcels"])
    for name, status in zip(names, STATES["parcels"], strict=True):
        assert name.split("` ")[1] == STATE_LABELS["parcels"][status].in_("zh").removeprefix("疑似")


def test_the_document_names_every_kind_and_stage() -> None:
    assert {*GREENING_KINDS, *PROJECT_STAGES} <= set(re.findall(r"`([a-z]+)`", DOCUMENT))
