"""Setting filters by hand: a layer's field and its values, or the places that features lie in."""

from __future__ import annotations

from datetime import date

import streamlit as st

from geodata.facets import Facets, field_title, title_of
from geodata.filters import AREA, PLACE, Between, Condition, InRange, Key, OneOf, with_condition
from geodata.places import PLACES
from geodata.schema import LAYERS, Kind
from geodata.status import STATES
from layers import formats
from layers.scope import Scope
from pages.ui import state
from pages.ui.language import say, t

_MOST_VALUES = 1000
"""A field with more different values is searched for, not chosen from."""
_LAYER, _FIELD = "filter_layer", "filter_field"
_EARLIEST, _LATEST = date(1900, 1, 2), date(2100, 12, 31)
_UNFILTERED = frozenset({"district", "water_zones"})


def show(scope: Scope) -> None:
    """A button that opens the form."""
    with st.popover(t("Filter"), icon=":material/filter_alt:", key="filter_form", width="stretch"):
        _ask_places(scope)
        _ask_field(scope)


def _ask_places(scope: Scope) -> None:
    """The zones, corridors and parks that features have to lie in; changes hold at once."""
    for place in PLACES:
        names = scope.places(place)
        if not names:
            continue
        key = (PLACE, place)
        held = scope.filters.get(key)
        name = f"filter_place_{place}"
        # What is taken away by a chip, or undone, is gone here too.
        st.session_state[name] = sorted(held.values & set(names)) if isinstance(held, OneOf) else []
        st.multiselect(
            say(title_of(key)),
            list(names),
            key=name,
            format_func={each: say(words) for each, words in names.items()}.__getitem__,
            placeholder=t("all"),
            on_change=_take_places,
            args=(key, name),
        )


def _take_places(key: Key, name: str) -> None:
    _set(key, OneOf(frozenset(st.session_state[name])))


def _ask_field(scope: Scope) -> None:
    """A field of a layer, and the condition on it."""
    layers = {name: say(schema.title) for name, schema in LAYERS.items() if scope.has(name) and name not in _UNFILTERED}
    if not layers:
        return
    layer = st.selectbox(
        t("Layer"),
        list(layers),
        key=_LAYER,
        index=list(layers).index("parcels") if "parcels" in layers else 0,
        format_func=layers.__getitem__,
    )
    fields = _fields(layer)
    field = st.selectbox(t("Field"), list(fields), key=f"{_FIELD}_{layer}", format_func=fields.__getitem__)
    key = (layer, field)
    condition = _ask_condition(scope.facets, key, scope.filters.get(key))
    st.button(
        t("Apply the filter"),
        key="filter_apply",
        type="primary",
        disabled=condition is None,
        on_click=_set,
        args=(key, condition),
    )


def _fields(layer: str) -> dict[str, str]:
    """What a layer can be filtered by, with its names."""
    schema = LAYERS[layer]
    derived = [AREA] if schema.geometry == "Polygon" else []
    worked_out = ["state"] if len(STATES[layer]) > 1 else []
    names = [*worked_out, *(field.name for field in schema.fields), *derived]
    return {name: say(field_title(layer, name)) for name in names}


def _ask_condition(facets: Facets, key: Key, held: Condition | None) -> Condition | None:
    """The condition as the widgets have it; None while it says nothing. `held` is what holds now."""
    layer, field = key
    kind = None if field in ("state", AREA) else LAYERS[layer].field(field).kind
    name = f"filter_value_{layer}_{field}"
    if kind is Kind.DATE:
        return _ask_days(name, held)
    if kind in (Kind.NUMBER, Kind.INTEGER) or field == AREA:
        return _ask_range(name, held)
    return _ask_values(facets, key, name, held)


def _ask_days(name: str, held: Condition | None) -> Between | None:
    first, last = st.columns(2)
    present = held if isinstance(held, Between) else None
    with first:
        begin = _ask_day(t("from"), f"{name}_first", present.first if present else None)
    with last:
        end = _ask_day(t("to"), f"{name}_last", present.last if present else None)
    return None if begin is None and end is None else Between(begin or _EARLIEST, end or _LATEST)


def _ask_day(words: str, name: str, held: date | None) -> date | None:
    day: date | None = st.date_input(words, held, key=name, min_value=_EARLIEST, max_value=_LATEST, format="YYYY-MM-DD")
    return day


def _ask_range(name: str, held: Condition | None) -> InRange | None:
    low, high = st.columns(2)
    present = held if isinstance(held, InRange) else InRange(None, None)
    at_least = low.number_input(t("at least"), value=present.low, key=f"{name}_low", format="%.6g")
    at_most = high.number_input(t("at most"), value=present.high, key=f"{name}_high", format="%.6g")
    return None if at_least is None and at_most is None else InRange(at_least, at_most)


def _ask_values(facets: Facets, key: Key, name: str, held: Condition | None) -> OneOf | None:
    values = facets.values(*key)
    if values is None:
        return None
    counts = {str(value): int(count) for value, count in values.value_counts().sort_index().items()}
    if len(counts) > _MOST_VALUES:
        words = st.text_input(t("Value, or several with commas between"), key=f"{name}_text")
        chosen = [part.strip() for part in words.replace("，", ",").split(",") if part.strip()]
    else:
        names = {
            value: f"{say(facets.name_of(key, value))} ({formats.number(count)})" for value, count in counts.items()
        }
        chosen = st.multiselect(
            t("Values"),
            list(names),
            default=sorted(held.values & set(names)) if isinstance(held, OneOf) else [],
            key=f"{name}_values",
            format_func=names.__getitem__,
            placeholder=t("all"),
        )
    return OneOf(frozenset(chosen)) if chosen else None


def _set(key: Key, condition: Condition | None) -> None:
    state.set_filters(with_condition(state.filters(), key, condition))
