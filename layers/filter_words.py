"""Filters in words, for chips, files and the foot of a scene."""

from __future__ import annotations

from geodata.facets import Facets, title_of
from geodata.filters import Between, Condition, Filters, InRange, Inside, Key, Near, OneOf
from geodata.i18n import Language, text
from layers import formats

_MOST_NAMED = 3
_COMMA, _COLON = text(", "), text(": ")


def in_words(facets: Facets, filters: Filters, language: Language) -> str:
    """All that is filtered, and by what, as a line of text."""
    colon = _COLON.in_(language)
    return "; ".join(
        f"{title_of(key).in_(language)}{colon}{of_condition(facets, key, condition, language)}"
        for key, condition in filters.items()
    )


def of_condition(facets: Facets, key: Key, condition: Condition, language: Language) -> str:
    """The values of a condition, the first few of many."""
    match condition:
        case OneOf(values):
            names = [facets.name_of(key, value).in_(language) for value in sorted(values)]
            first = _COMMA.in_(language).join(names[:_MOST_NAMED])
            more = len(names) - _MOST_NAMED
            return first if more <= 0 else text("{first} and {count} more", first=first, count=more).in_(language)
        case Between(first_day, last_day):
            return f"{formats.day(first_day, language)} – {formats.day(last_day, language)}"
        case InRange(low, high):
            return _range(low, high)
        case Inside(ring):
            return text("shape with {count} corners", count=len(ring)).in_(language)
        case Near(_, within_m):
            return text("within {distance} of a line", distance=formats.length(within_m, language)).in_(language)


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"≤ {high:,.12g}"
    return f"≥ {low:,.12g}" if high is None else f"{low:,.12g} – {high:,.12g}"
