"""What a session looks at: taken from the URL when it starts, kept in session state, written back to the URL.

Streamlit's own `st.query_params` is only read: writing to it makes an entry in the browser's history for every
step of a slider, and drops the centre and zoom that the map's script keeps in the same query.
"""

from __future__ import annotations

import calendar
import json
import time
from collections.abc import Mapping
from datetime import date

import streamlit as st

from geodata.filters import Filters
from geodata.i18n import Text
from geodata.programme import Section
from geodata.schema import LAYERS
from layers.story.ready import READY
from layers.view import (
    AREA_UNITS,
    LAYOUTS,
    PLACE_PARTS,
    SECTIONS,
    THEMES,
    AreaUnit,
    Layout,
    Theme,
    Versus,
    ViewState,
    from_query,
)
from layers.webmap import Bounds, GoTo
from pages.ui import language as languages

UNITS_KEY = "units"
THEME_KEY = "theme"
AS_OF_KEY = "as_of"
MONTH_KEY = "as_of_month"
LAYER_KEY = "layer_{}"
OPACITY_KEY = "opacity_{}"
COMPARES_KEY = "compares"
COMPARE_KEY = "compare"
BASEMAP_KEY = "basemap"
VERSUS_KEY = "versus"
VERSUS_DAY_KEY = "versus_day"
VERSUS_LAYER_KEY = "versus_layer"
VERSUS_NUMBER_KEY = "versus_number"
LAYOUT_KEY = "versus_layout"
SECTION_KEY = "section"
LARGE_KEY = "large"
STORY_KEY = "story"

_VIEW = "_view_at_start"
_BROKEN = "_broken_parts"
_CHOSEN_DAY = "_as_of_chosen"
_SELECTED = "_selected"
_FILTERS = "_filters"
_FILTERS_BEFORE = "_filters_before"
_STEPS_KEPT = 50
_NEAR_DEGREES = 0.0015
"""Shown on each side of a place that has no extent: about 150 m."""
_HITS = "_hits"
_GO_TO = "_go_to"
_RULE = "_rule"
_PIN = "_pin"

_WRITE_ADDRESS = """<script>
(() => {
  const query = new URLSearchParams(%s), now = new URLSearchParams(location.search);
  for (const part of %s) {
    // Streamlit drops the query when it goes to another page; the map's script has left the place in the window.
    const value = now.get(part) ?? (window.planPlace || {})[part];
    if (value) query.set(part, value);
  }
  history.replaceState(history.state, "", location.pathname + "?" + query + location.hash);
  document.documentElement.lang = query.get("language");
})() // %s
</script>"""


def restore() -> None:
    """Take over the query of the URL, once, when the session starts."""
    if _VIEW in st.session_state:
        return
    _take_over(st.query_params.to_dict())


def open_view(query: Mapping[str, str]) -> None:
    """Take over the query of another view, with its place, in the running session; the language stays the reader's."""
    kept = languages.language()
    for layer in LAYERS:
        st.session_state.pop(LAYER_KEY.format(layer), None)
        st.session_state.pop(OPACITY_KEY.format(layer), None)
    for widget in (AS_OF_KEY, COMPARE_KEY, VERSUS_DAY_KEY, VERSUS_LAYER_KEY, VERSUS_NUMBER_KEY):
        st.session_state.pop(widget, None)
    view = _take_over(query)
    st.session_state[languages.KEY] = kept
    if view.centre is not None and view.zoom is not None:
        lon, lat = view.centre
        st.session_state[_GO_TO] = GoTo((lon, lat, lon, lat), time.time_ns() // 1_000_000, view.zoom)


def _take_over(query: Mapping[str, str]) -> ViewState:
    restored = from_query(query)
    view = restored.view
    st.session_state[_VIEW] = view
    st.session_state[_BROKEN] = restored.broken
    st.session_state[languages.KEY] = view.language or languages.of_browser()
    st.session_state[UNITS_KEY] = view.units or AREA_UNITS[0]
    st.session_state[THEME_KEY] = view.theme or THEMES[0]
    st.session_state[_CHOSEN_DAY] = view.as_of
    st.session_state[SECTION_KEY] = view.section or SECTIONS[0]
    st.session_state[COMPARES_KEY] = view.compare is not None
    if view.compare is not None:
        st.session_state[COMPARE_KEY] = view.compare
    st.session_state[_RULE] = view.rule
    if view.story is not None:
        st.session_state[STORY_KEY] = view.story
    st.session_state[BASEMAP_KEY] = view.basemap
    _restore_versus(view)
    st.session_state[_FILTERS] = view.filters
    st.session_state[_FILTERS_BEFORE] = []
    select([view.selected] if view.selected else [])
    return view


def _restore_versus(view: ViewState) -> None:
    st.session_state[LAYOUT_KEY] = view.layout or LAYOUTS[0]
    st.session_state[VERSUS_KEY] = None
    match view.versus:
        case date() as day:
            st.session_state[VERSUS_KEY], st.session_state[VERSUS_DAY_KEY] = "day", day
        case (layer, number):
            st.session_state[VERSUS_KEY] = "version"
            st.session_state[VERSUS_LAYER_KEY], st.session_state[VERSUS_NUMBER_KEY] = layer, number
        case str():
            st.session_state[VERSUS_KEY] = "theme"


def versus() -> Versus | None:
    """What the map is compared with."""
    match st.session_state.get(VERSUS_KEY):
        case "day":
            return st.session_state.get(VERSUS_DAY_KEY)
        case "theme":
            return next(other for other in THEMES if other != theme())
        case "version":
            layer, number = st.session_state.get(VERSUS_LAYER_KEY), st.session_state.get(VERSUS_NUMBER_KEY)
            return None if layer is None or number is None else (layer, number)
        case _:
            return None


def layout() -> Layout:
    """How the map is compared."""
    chosen: Layout = st.session_state.get(LAYOUT_KEY) or LAYOUTS[0]
    return chosen


def story() -> str | None:
    """The story of the page Present, by its id; None where it is the ready one."""
    chosen: str | None = st.session_state.get(STORY_KEY)
    return None if chosen == READY else chosen


def rule() -> str | None:
    """The rule or question of the checks page."""
    chosen: str | None = st.session_state[_RULE]
    return chosen


def set_rule(chosen: str) -> None:
    """Check another rule, or ask another question."""
    st.session_state[_RULE] = chosen


def take_broken() -> tuple[Text, ...]:
    """What of the URL could not be restored; told once."""
    broken: tuple[Text, ...] = st.session_state.get(_BROKEN, ())
    st.session_state[_BROKEN] = ()
    return broken


def report_broken(part: Text) -> None:
    """Add something of the URL that turned out not to exist."""
    st.session_state[_BROKEN] = (*st.session_state.get(_BROKEN, ()), part)


def units() -> AreaUnit:
    """The unit areas are shown in."""
    unit: AreaUnit = st.session_state.get(UNITS_KEY) or AREA_UNITS[0]
    return unit


def theme() -> Theme:
    """What parcels are coloured by."""
    chosen: Theme = st.session_state.get(THEME_KEY) or THEMES[0]
    return chosen


def as_of() -> date:
    """The day that everything is shown at; `set_as_of_defaults` has set it."""
    day: date = st.session_state[AS_OF_KEY]
    return day


def set_as_of_defaults(default: date, months: list[date]) -> None:
    """Give the two as-of widgets their values: the chosen day, else `default`; and its month within `months`.

    An unchosen day follows the data: a newly published, later data date becomes the day shown.
    """
    if AS_OF_KEY not in st.session_state or st.session_state[_CHOSEN_DAY] is None:
        st.session_state[AS_OF_KEY] = st.session_state[_CHOSEN_DAY] or default
    month = as_of().replace(day=1)
    st.session_state[MONTH_KEY] = min(max(month, months[0]), months[-1])


def take_day() -> None:
    """The day was chosen; an emptied field goes back to the day that is shown without one."""
    st.session_state[_CHOSEN_DAY] = st.session_state[AS_OF_KEY]


def take_month() -> None:
    """A month was chosen: its last day is the day shown."""
    month: date = st.session_state[MONTH_KEY]
    st.session_state[AS_OF_KEY] = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    take_day()


def choose_day(day: date) -> None:
    """Show another day from the next run on; for what is no as-of widget itself."""
    st.session_state[_CHOSEN_DAY] = day
    st.session_state.pop(AS_OF_KEY, None)


def compare() -> date | None:
    """The day that the day shown is compared with; None while nothing is compared."""
    return st.session_state.get(COMPARE_KEY) if st.session_state.get(COMPARES_KEY) else None


def open_section(section: Section) -> None:
    """Show another section of the dashboard from the next run on."""
    st.session_state[SECTION_KEY] = section


def is_large() -> bool:
    """Whether words and figures are large, for a room."""
    return bool(st.session_state.get(LARGE_KEY))


def section() -> Section:
    """The section of the dashboard that is shown."""
    chosen: Section = st.session_state.get(SECTION_KEY) or SECTIONS[0]
    return chosen


def filters() -> Filters:
    """The filters that hold."""
    held: Filters = st.session_state[_FILTERS]
    return held


def set_filters(changed: Filters) -> None:
    """Let other filters hold; `undo_filters` goes back."""
    if dict(changed) != dict(filters()):
        st.session_state[_FILTERS_BEFORE] = [*st.session_state[_FILTERS_BEFORE], filters()][-_STEPS_KEPT:]
        st.session_state[_FILTERS] = changed


def filter_steps() -> int:
    """How many steps there are to go back."""
    return len(st.session_state[_FILTERS_BEFORE])


def undo_filters(steps: int) -> None:
    """Go back the last of so many steps; a click that is told twice goes back once."""
    if steps != filter_steps():
        return
    *before, last = st.session_state[_FILTERS_BEFORE]
    st.session_state[_FILTERS_BEFORE] = before
    st.session_state[_FILTERS] = last


def layer_defaults(layer: str, *, visible: bool) -> None:
    """Give a layer's two widgets their first values: the URL's, else `visible` and opaque."""
    view: ViewState = st.session_state[_VIEW]
    shown = visible if view.layers is None else layer in view.layers
    st.session_state.setdefault(LAYER_KEY.format(layer), shown)
    st.session_state.setdefault(OPACITY_KEY.format(layer), round(100 * (view.layers or {}).get(layer, 1)))


def show_layer(layer: str, *, visible: bool) -> None:
    """Show or hide a layer from the next run on; for what is no layer tree itself."""
    st.session_state[LAYER_KEY.format(layer)] = visible
    st.session_state.setdefault(OPACITY_KEY.format(layer), 100)


def visible_layers() -> dict[str, float] | None:
    """Visible layer → opacity, 0–1, as the layer tree has it; what the URL said where there was no tree yet."""
    known = [layer for layer in LAYERS if LAYER_KEY.format(layer) in st.session_state]
    if not known:
        view: ViewState = st.session_state[_VIEW]
        return None if view.layers is None else dict(view.layers)
    return {
        layer: st.session_state.get(OPACITY_KEY.format(layer), 100) / 100
        for layer in known
        if st.session_state[LAYER_KEY.format(layer)]
    }


def hits() -> list[tuple[str, str]]:
    """Layer and key of every feature that was clicked, the nearest first."""
    found: list[tuple[str, str]] = st.session_state.get(_HITS, [])
    return found


def selected() -> tuple[str, str] | None:
    """Layer and key of the highlighted feature."""
    chosen: tuple[str, str] | None = st.session_state.get(_SELECTED)
    return chosen


def select(found: list[tuple[str, str]]) -> None:
    """Remember what was clicked; the first is highlighted."""
    st.session_state[_HITS] = found
    st.session_state[_SELECTED] = found[0] if found else None


def highlight(feature: tuple[str, str]) -> None:
    """Highlight another one of what was clicked."""
    st.session_state[_SELECTED] = feature


def go_to(bounds: Bounds) -> None:
    """Send the map to a place, (west, south, east, north) in degrees, with its next state."""
    st.session_state[_GO_TO] = GoTo(bounds, time.time_ns() // 1_000_000)


def bounds_around(bounds: Bounds) -> Bounds:
    """Bounds, wide enough to see what lies about them."""
    west, south, east, north = bounds
    room = max(_NEAR_DEGREES - max(east - west, north - south) / 2, 0.0)
    return west - room, south - room, east + room, north + room


def gone_to() -> GoTo | None:
    """Where the map was last sent."""
    place: GoTo | None = st.session_state.get(_GO_TO)
    return place


def pin(place: tuple[float, float] | None) -> None:
    """Mark a place, (lon, lat), on the map; no place without."""
    st.session_state[_PIN] = place


def pinned() -> tuple[float, float] | None:
    """The place that is marked."""
    place: tuple[float, float] | None = st.session_state.get(_PIN)
    return place


def view() -> ViewState:
    """All of it but centre and zoom, which the map's script knows."""
    return ViewState(
        language=languages.language(),
        units=units(),
        as_of=st.session_state.get(AS_OF_KEY),
        theme=theme(),
        layers=visible_layers(),
        selected=selected(),
        compare=compare(),
        versus=versus(),
        layout=None if versus() is None or layout() == LAYOUTS[0] else layout(),
        basemap=st.session_state.get(BASEMAP_KEY),
        rule=rule(),
        story=story(),
        section=None if section() == SECTIONS[0] else section(),
        filters=filters(),
    )


def write_address(page: str, *, where: str = "shell") -> None:
    """Make the URL say what is looked at; the map's own parts of it stay.

    `page` is in the script so that it runs again after the browser went to another page. A fragment that changes
    what is looked at writes the address itself, from `where` of its own.
    """
    query, parts, page = (
        json.dumps(value).replace("<", "\\u003c") for value in (view().to_query(), list(PLACE_PARTS), page)
    )
    with st.container(key=f"address_{where}"):
        st.html(_WRITE_ADDRESS % (query, parts, page), unsafe_allow_javascript=True)
