"""The table of rules, each with what it finds; and the form of a question of one's own."""

from __future__ import annotations

from typing import Any

import streamlit as st

from geodata.analysis import RULES, Question, Rule, read_question
from geodata.analysis.question import TITLE
from geodata.schema import LAYERS
from layers import formats
from layers.scope import Scope
from pages.ui import notes, state
from pages.ui.analysis.findings import Check, find
from pages.ui.feedback import plain
from pages.ui.language import say, t

_KEY = "check"
_QUESTION = "question"
_LAYER, _OTHER, _HOW, _WITHIN, _SHARE = (f"question_{part}" for part in ("layer", "other", "how", "within", "share"))


def show(scope: Scope) -> Check | None:
    """The rules as one chooses one; the chosen check, None while a question is not asked yet."""
    held = state.rule() or next(iter(RULES))
    titles = {name: _title(name, rule, scope) for name, rule in RULES.items()}
    titles[_QUESTION] = f"**{say(TITLE)}**"
    st.session_state[_KEY] = held if held in RULES else _QUESTION
    chosen = st.radio(
        t("Checks"),
        list(titles),
        key=_KEY,
        format_func=titles.__getitem__,
        on_change=_take,
        label_visibility="collapsed",
    )
    with st.container(border=True, key="check_about"):
        if chosen == _QUESTION:
            return _ask(scope, held)
        rule = RULES[chosen]
        st.markdown(say(rule.text))
        st.caption(t("Source: {source}", source=say(rule.source)))
        st.caption(t("Function: {function}", function=plain(f"{rule.conflicts.__module__}.{rule.conflicts.__name__}")))
    return Check(chosen)


def _take() -> None:
    chosen = st.session_state[_KEY]
    state.set_rule(Question("parcels", "waterways", within_m=50).to_text() if chosen == _QUESTION else chosen)


def _title(name: str, rule: Rule, scope: Scope) -> str:
    """The title of a rule with how much it finds, and how much of it is new."""
    missing = rule.missing(scope.facets.frames)
    if missing:
        return f"{say(rule.title)} · {t('without {layers}', layers=notes.titles(missing))}"
    found = find(Check(name), scope.versions, scope.on)
    count = formats.number(len(found.rows))
    new = 0 if found.new is None else int(found.new.sum())
    return f"{say(rule.title)} **{count}**" + (f" :orange-badge[{t('{count} new', count=new)}]" if new else "")


def _ask(scope: Scope, held: str) -> Check | None:
    """The form of a question; every change asks anew."""
    question = read_question(held)
    titles = {layer: say(LAYERS[layer].title) for layer in LAYERS if scope.has(layer)}
    areas = {layer: title for layer, title in titles.items() if LAYERS[layer].geometry == "Polygon"}
    by_share = question.overlap_share is not None
    st.session_state[_LAYER], st.session_state[_OTHER] = question.layer, question.other
    st.session_state[_HOW] = "over" if by_share else "near"
    hows = {"near": t("within a distance of"), "over": t("overlapped by")}
    options: dict[str, Any] = {"on_change": _take_question, "args": (question,)}
    st.selectbox(t("Which"), list(titles), key=_LAYER, format_func=titles.__getitem__, **options)
    st.segmented_control(t("How"), list(hows), key=_HOW, format_func=hows.__getitem__, required=True, **options)
    if by_share:
        st.session_state[_SHARE] = round(100 * (question.overlap_share or 0))
        st.number_input(t("at least (% of it)"), 1, 100, step=5, key=_SHARE, **options)
    else:
        st.session_state[_WITHIN] = float(question.within_m or 0)
        st.number_input(t("Distance (m)"), 0.0, 10_000.0, step=10.0, format="%.0f", key=_WITHIN, **options)
    others = areas if by_share else titles
    st.selectbox(t("of which layer"), list(others), key=_OTHER, format_func=others.__getitem__, **options)
    if question.layer == question.other:
        st.caption(t("Choose two layers. Overlaps within a layer are found when it is uploaded."))
        return None
    return Check(held)


def _take_question(before: Question) -> None:
    layer, other = st.session_state[_LAYER], st.session_state[_OTHER]
    by_share = st.session_state[_HOW] == "over"
    if layer == other:
        layer, other = (before.other, other) if other != before.other else (layer, before.layer)
    if by_share and LAYERS[other].geometry != "Polygon":
        other = "parks" if layer != "parks" else "corridors"
    asked = Question(
        layer,
        other,
        within_m=None if by_share else st.session_state.get(_WITHIN, 50.0),
        overlap_share=st.session_state.get(_SHARE, 10) / 100 if by_share else None,
    )
    state.set_rule(asked.to_text())
