"""The headline figures: one number for each topic in words, with what stands below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from geodata.i18n import Language, Text, text
from geodata.indicators import Indicator
from layers import formats, quantity
from layers.view import AreaUnit

Numbers = Mapping[str, Indicator]
UNUSED = ("land.area_ha.approved_unsupplied", "land.area_ha.supplied_unused", "land.area_ha.idle")
"""The indicators of land that is not yet in use."""


@dataclass(frozen=True)
class Reader:
    """Whom a figure is told: the language and the unit of area."""

    language: Language
    units: AreaUnit

    def amount(self, value: float | None, unit: str) -> str:
        """A value with its unit."""
        return quantity.shown(value, unit, self.units, self.language)

    def indicator(self, numbers: Numbers, name: str) -> str:
        """An indicator with its unit; a dash where there is none."""
        return self.amount(numbers[name].value, numbers[name].unit) if name in numbers else formats.NOTHING


@dataclass(frozen=True)
class Headline:
    """A figure: the layer it is about, the part of the indicators it reads, its words."""

    layer: str
    part: str
    label: Text
    value: Callable[[Numbers, Reader], str]
    below: Callable[[Numbers, Reader], Text]


def value_of(numbers: Numbers, name: str) -> float | None:
    """The value of an indicator, None where there is none."""
    return numbers[name].value if name in numbers else None


def total_of(numbers: Numbers, prefix: str) -> float:
    """The sum of the values whose ids begin with `prefix`."""
    return sum(number.value or 0 for name, number in numbers.items() if name.startswith(prefix))


def _of(part: float | None, whole: float) -> str:
    return f"{formats.number(part)} / {formats.number(whole)}"


def _land_below(numbers: Numbers, reader: Reader) -> Text:
    approved, supplied, idle = (reader.indicator(numbers, name) for name in UNUSED)
    return text(
        "Approved, not supplied {approved} · supplied, not started {supplied} · suspected idle {idle}",
        approved=approved,
        supplied=supplied,
        idle=idle,
    )


_ALL = (
    Headline(
        "parcels",
        "land",
        text("Land not yet in use"),
        lambda numbers, reader: reader.amount(sum(value_of(numbers, name) or 0 for name in UNUSED), "ha"),
        _land_below,
    ),
    Headline(
        "greening",
        "greening",
        text("Greening done / due"),
        lambda numbers, _: formats.share(value_of(numbers, "greening.completed_share")),
        lambda numbers, reader: text(
            "Completed {completed} · due {planned} · late projects: {late}",
            completed=reader.indicator(numbers, "greening.completed_ha"),
            planned=reader.indicator(numbers, "greening.planned_ha"),
            late=reader.indicator(numbers, "greening.late_projects"),
        ),
    ),
    Headline(
        "waterways",
        "water",
        text("Waterways connected"),
        lambda numbers, _: formats.share(value_of(numbers, "water.connected_share")),
        lambda numbers, reader: text(
            "{connected} of {total} km · connected parts: {components}",
            connected=formats.number(value_of(numbers, "water.connected_km"), 1),
            total=formats.number(value_of(numbers, "water.total_km"), 1),
            components=reader.indicator(numbers, "water.components"),
        ),
    ),
    Headline(
        "roads",
        "roads",
        text("Roads open"),
        lambda numbers, reader: text("{length} km", length=formats.number(total_of(numbers, "roads.open_km."), 1)).in_(
            reader.language
        ),
        lambda numbers, _: text("of {total} km", total=formats.number(total_of(numbers, "roads.total_km."), 1)),
    ),
    Headline(
        "lighting",
        "lighting",
        text("Roads lit"),
        lambda numbers, reader: reader.indicator(numbers, "lighting.lit_km"),
        lambda numbers, reader: text("of {total} planned", total=reader.indicator(numbers, "lighting.total_km")),
    ),
    Headline(
        "relocation_zones",
        "relocation",
        text("Sites vacated"),
        lambda numbers, _: _of(total_of(numbers, "relocation.vacated_sites."), total_of(numbers, "relocation.sites.")),
        lambda numbers, reader: text(
            "Land freed {freed} · supplied again {resupplied}",
            freed=reader.indicator(numbers, "relocation.freed_ha"),
            resupplied=reader.indicator(numbers, "relocation.resupplied_ha"),
        ),
    ),
    Headline(
        "projects",
        "projects",
        text("Key projects producing"),
        lambda numbers, _: _of(value_of(numbers, "projects.count.producing"), total_of(numbers, "projects.count.")),
        lambda numbers, reader: text(
            "Investment producing {producing} of {total}",
            producing=reader.indicator(numbers, "projects.investment_100m_cny.producing"),
            total=reader.amount(total_of(numbers, "projects.investment_100m_cny."), "100m_cny"),
        ),
    ),
)
HEADLINES: dict[str, Headline] = {headline.layer: headline for headline in _ALL}
"""By the layer each is about, in the order of the dashboard."""
