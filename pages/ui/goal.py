"""An indicator against its target: a line with state, target, difference and share, and how they were worked out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from geodata import progress
from geodata.indicators import Target
from geodata.progress import Progress
from geodata.schema import LAYERS
from layers import formats
from pages.ui import data, quantity
from pages.ui.feedback import plain
from pages.ui.language import language, say, t

_COLOURS = {
    "reached": "green",
    "ahead": "green",
    "on_plan": "blue",
    "late": "orange",
    "missed": "red",
    "no_target": "gray",
    "unknown": "gray",
}
_ICONS = {
    "reached": ":material/check_circle:",
    "ahead": ":material/trending_up:",
    "on_plan": ":material/trending_flat:",
    "late": ":material/trending_down:",
    "missed": ":material/error:",
    "no_target": ":material/remove:",
    "unknown": ":material/help:",
}


@dataclass(frozen=True)
class Goal:
    """What is held against targets: one indicator, or the sum of several of one unit."""

    name: str
    indicators: tuple[str, ...]
    unit: str
    part: str
    """The part of the indicators that they belong to, or `reported`."""

    def value(self, versions: data.Versions, on: date) -> float | None:
        """The value at a day; None where none of the indicators has one."""
        values = [self._one(versions, name, on) for name in self.indicators]
        known = [value for value in values if value is not None]
        return sum(known) if known else None

    def progress(self, versions: data.Versions, on: date) -> Progress:
        """Where it stands at a day."""
        targets = data.targets()
        if len(self.indicators) > 1:
            targets = progress.combined(targets, self.indicators, self.name)
        return progress.progress(targets, self.name, self.unit, on, lambda day: self.value(versions, day))

    def _one(self, versions: data.Versions, name: str, on: date) -> float | None:
        if self.part == "reported":
            rows = [row for row in data.reported() if f"reported.{row.name}" == name and row.as_of <= on]
            return max(rows, key=lambda row: row.as_of).value if rows else None
        numbers = data.numbers(versions, on, self.part)
        return numbers[name].value if name in numbers else None


def goal_of(indicator: str, unit: str, part: str) -> Goal:
    """One indicator as a goal."""
    return Goal(indicator, (indicator,), unit, part)


def badge(stands: Progress, explained: str | None = None) -> None:
    """The state as a coloured word."""
    st.badge(
        say(progress.STATE_LABELS[stands.state]),
        color=_COLOURS[stands.state],  # type: ignore[arg-type]
        icon=_ICONS[stands.state],
        help=explained,
    )


def line(stands: Progress, unit: str, title: str = "") -> str:
    """Actual value, target, share and difference in a line; that there is no target is said.

    Parameters
    ----------
    title : what is held to the target, where that is not what stands above
    """
    target = stands.target
    if target is None:
        return t("No target has been set")
    parts = [
        t(
            "{title} {actual}, target {target} by {day}",
            title=title,
            actual=quantity.shown(stands.actual, unit),
            target=quantity.shown(target.value, unit),
            day=target.due_on,
        ).strip()
        if title
        else t("Target {target} by {day}", target=quantity.shown(target.value, unit), day=target.due_on)
    ]
    if stands.share is not None:
        parts.append(t("{share} of it", share=formats.share(stands.share)))
    parts.append(t("difference {difference}", difference=quantity.difference(stands.difference, unit)))
    return " · ".join(parts)


def explanation(stands: Progress, unit: str, versions: data.Versions, layers: tuple[str, ...]) -> str:
    """How the state was worked out: formula with its numbers, layer versions and as-of date."""
    of_layers = [f"{say(LAYERS[layer].title)} v{versions[layer].number}" for layer in layers if layer in versions]
    sources = t(
        "As of {day}. Layers: {layers}.",
        day=formats.day(stands.on, language()),
        layers=t(", ").join(of_layers) or formats.NOTHING,
    )
    target = stands.target
    if target is None or stands.expected is None or stands.starts_on is None:
        advice = t("Targets are entered on the page Programme.") if target is None else ""
        return "\n\n".join(filter(None, [sources, advice]))
    return "\n\n".join(
        [
            t(
                "Expected by this day = start + (target − start) × share of the period passed = "
                "{start} + ({target} − {start}) × {passed} = **{expected}**; actual **{actual}**.",
                start=quantity.shown(stands.start or 0, unit),
                target=quantity.shown(target.value, unit),
                passed=formats.share(stands.passed),
                expected=quantity.shown(stands.expected, unit),
                actual=quantity.shown(stands.actual, unit),
            ),
            t(
                "The period runs from {start} to {end}. Up to {tolerance} of the way off is on plan.",
                start=formats.day(stands.starts_on, language()),
                end=formats.day(target.due_on, language()),
                tolerance=formats.share(progress.TOLERANCE, 0),
            ),
            t("Source of the target: {source}.", source=_source(target)),
            sources,
        ]
    )


def _source(target: Target) -> str:
    words = plain(target.source) or formats.NOTHING
    return f"{words} ({t('Illustrative data')})" if target.illustrative and not target.source else words
