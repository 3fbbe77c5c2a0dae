"""Which indicator is meant: by its id, or by its title as a planner writes it."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from geodata.coverage import SERVICES
from geodata.i18n import Text, label
from geodata.indicators import DEFINITIONS, PROJECT_STAGES
from geodata.schema import GREENING_KINDS, ROAD_CLASSES
from geodata.status import RECOGNISED_IDLE, STATE_LABELS
from geodata.values import name_key, trimmed

_PARTS: dict[str, Mapping[str, Text]] = {
    "<status>": STATE_LABELS["parcels"],
    "<kind>": GREENING_KINDS,
    "<class>": ROAD_CLASSES,
    "<stage>": {stage: said for stage, said in STATE_LABELS["projects"].items() if stage in PROJECT_STAGES},
    "<service>": SERVICES,
}
"""What a family of indicators is told apart by → its parts. A batch is a year."""
_BATCH = re.compile(r"((?:19|20)\d{2})(?:年|批|年批次|年度)?")
_BY = re.compile(r"[(]按.+[)]$|by\w+$")
"""How the title of a family ends: （按状态）, by status."""
_BETWEEN = re.compile(r"[()\[\]【】·•:,;、/_\-—–\s]+")


def indicator_named(written: str) -> str | None:
    """The id of the indicator that is named by its id or by its title in either language; None for no such.

    One of a family is named by the family's title and its part: 用地面积（闲置）, Land area · idle.
    """
    key = name_key(written)
    if key.startswith("reported.") or re.match(r"上报[:·.]", key):
        name = trimmed(re.sub(r"^[^.:：·]*[.:：·]", "", written))
        return f"reported.{name}" if name else None
    if key in _ids():
        return _ids()[key]
    if found_by_title := _titles().get(_BETWEEN.sub("", key)):
        return found_by_title
    for start, family in _batches().items():
        if key.startswith(start) and (batch := _BATCH.fullmatch(_BETWEEN.sub("", key.removeprefix(start)))):
            return family.replace("<batch>", batch[1])
    return None


def title_of(indicator: str) -> Text:
    """What an indicator is called; one of a family with its part in brackets, as `indicator_named` reads it."""
    pattern = next((name for name in DEFINITIONS if "<" in name and indicator.startswith(name.partition("<")[0])), None)
    if pattern is None:
        return DEFINITIONS[indicator].title if indicator in DEFINITIONS else label(indicator, indicator)
    start, sign, kind = pattern.partition("<")
    part = indicator.removeprefix(start)
    said = _PARTS.get(sign + kind, {}).get(part, label(part, part))
    title = DEFINITIONS[pattern].title
    zh, en = re.sub(r"（按.+）$", "", title.in_("zh")), re.sub(r" by \w+$", "", title.in_("en"))
    return label(f"{zh}（{said.in_('zh')}）", f"{en} ({said.in_('en')})")


def indicator_like(written: str) -> str | None:
    """The id that is spelled, or whose title is, most like what is written; None where nothing comes near."""
    names = _ids() | {pattern: pattern for pattern in DEFINITIONS if pattern.endswith("<batch>")} | _titles()
    close = difflib.get_close_matches(name_key(written), names, 1, 0.6)
    return names[close[0]] if close else None


@cache
def _ids() -> dict[str, str]:
    """Every id, without those of batches and of what is reported, by `name_key`."""
    plain_ids = {name: name for name in DEFINITIONS if "<" not in name}
    return plain_ids | {
        name_key(start + part): start + part for start, parts in _families().items() for part in _PARTS[parts]
    }


def _families() -> dict[str, str]:
    """What the ids of a family begin with → what tells them apart."""
    split = (name.partition("<") for name in DEFINITIONS)
    return {start: sign + part for start, sign, part in split if sign + part in _PARTS}


@cache
def _titles() -> dict[str, str]:
    """Title in either language, blanks and brackets left out → id; what two indicators are called names neither."""
    named: dict[str, set[str]] = defaultdict(set)
    for name, definition in DEFINITIONS.items():
        if "<" not in name:
            for title in _said(definition.title):
                named[_BETWEEN.sub("", title)].add(name)
    for start, parts in _families().items():
        for part, said in _PARTS[parts].items():
            words = {name_key(part), *_said(said)} | (_said(RECOGNISED_IDLE) if part == "idle" else set())
            for title in _said(DEFINITIONS[start + parts].title):
                for word in words:
                    named[_BETWEEN.sub("", _BY.sub("", title) + word)].add(start + part)
    return {title: next(iter(names)) for title, names in named.items() if len(names) == 1}


@cache
def _batches() -> dict[str, str]:
    """What the name of one of a family of batches begins with → the pattern of its ids."""
    patterns = [name for name in DEFINITIONS if name.endswith("<batch>")]
    return {name_key(pattern.removesuffix("<batch>")): pattern for pattern in patterns} | {
        _BY.sub("", title): pattern for pattern in patterns for title in _said(DEFINITIONS[pattern].title)
    }


def _said(title: Text) -> set[str]:
    return {name_key(title.in_("zh")), name_key(title.in_("en"))}
