"""What a run of a page is about."""

from __future__ import annotations

from datetime import date

from layers.scope import Scope
from pages.ui import data, state
from pages.ui.language import language


def scope_of(versions: data.Versions, on: date, before: date | None) -> Scope:
    """What the session looks at."""
    return Scope(
        versions,
        on,
        state.filters(),
        data.facets(versions, on, before),
        language=language(),
        units=state.units(),
        known_to=data.as_of_range(versions)[1],
        numbers_of=data.numbers,
    )
