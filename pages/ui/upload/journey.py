"""What the phases of an upload share: the draft, its check, and the way through the phases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from geodata import drafts
from geodata.check import Check, check_upload
from geodata.choices import Choices
from geodata.drafts import Draft
from geodata.findings import LOSS_CODES, Finding, Severity
from geodata.schema import LAYERS
from geodata.settings import Settings
from layers import review
from pages.ui import data
from pages.ui.feedback import plain
from pages.ui.language import say, t
from pages.ui.visitor import visitor

__all__ = ["Check", "Draft"]

_PHASE = "upload_phase"
_PUBLISHED = "_upload_published"
_MARKS = {Severity.ERROR: ":red[●]", Severity.WARNING: ":orange[●]", Severity.NOTE: ":blue[●]"}

_CODES_BY_PHASE: Mapping[str, frozenset[str]] = {
    "columns": frozenset({"MISSING_FIELD", "UNKNOWN_FIELD", "DUPLICATE_FIELD", "TRUNCATED_FIELD", "GUESSED_FIELD"}),
    "changes": LOSS_CODES | {"NO_CHANGE", "LEDGER_KEYS"},
}
"""Phase → the findings it shows itself; what the reading found stands under `found`, all others under `findings`."""


def checked(draft: Draft) -> Check:
    """The check of a draft, done anew only when its choices or the current version changed."""
    with st.spinner(t("Reading and checking {names} …", names=plain(", ".join(draft.names))), show_time=True):
        return _checked(name_of(draft), draft)


def name_of(draft: Draft) -> tuple[object, ...]:
    """What tells one check from another: the draft, its choices, and the versions it is held against."""
    versions = data.current()
    held = {layer: versions[layer] for layer in (draft.layer, "district") if layer in versions}
    return draft.id, draft.choices.to_json(), data.names(held)


@st.cache_resource(show_spinner=False, max_entries=16)
def _checked(name: tuple[object, ...], _draft: Draft) -> Check:  # noqa: ARG001
    return check_upload(data.store(), _draft.layer, _draft.path, choices=_draft.choices, settings=Settings())


def choose(draft: Draft, **choices: Any) -> None:
    """Keep choices of the person with the draft; the check is then done anew."""
    drafts.keep(data.store(), draft, replace(draft.choices, **choices))


def choosing(
    draft: Draft, choice: str, key: str, read: Callable[[Any], Any] = lambda value: value
) -> Callable[[], None]:
    """A widget's callback that keeps its value as one choice."""

    def keep() -> None:
        choose(draft, **{choice: read(st.session_state[key])})

    return keep


def phase_of(code: str, check: Check) -> str:
    """The phase that shows a finding with this code."""
    for phase, codes in _CODES_BY_PHASE.items():
        if code in codes:
            return phase
    return "found" if any(finding.code == code for finding in check.reading.findings) else "findings"


def findings_of(phase: str, check: Check) -> list[Finding]:
    """The findings that a phase shows, the gravest first."""
    order = list(Severity)
    mine = [finding for finding in check.findings if phase_of(finding.code, check) == phase]
    return sorted(mine, key=lambda finding: order.index(finding.severity))


def worst_of(phase: str, check: Check) -> str:
    """A mark in the colour of the gravest finding of a phase; nothing where there is none."""
    mine = findings_of(phase, check)
    return _MARKS[mine[0].severity] if mine else ""


def mark(severity: Severity) -> str:
    """A severity's mark, as Markdown."""
    return _MARKS[severity]


def choose_phase(titles: Mapping[str, str]) -> str:
    """The phases in a row, each with the mark of its gravest finding."""
    st.session_state.setdefault(_PHASE, next(iter(titles)))
    return st.segmented_control(
        t("Phase"),
        list(titles),
        format_func=lambda phase: f"{list(titles).index(phase) + 1} {titles[phase]}",
        key=_PHASE,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    ) or next(iter(titles))


def show_steps(phases: list[str]) -> None:
    """Back and forth."""
    here = phases.index(st.session_state[_PHASE])
    with st.container(horizontal=True):
        st.button(t("Back"), key="upload_back", disabled=here == 0, on_click=go, args=(phases[max(here - 1, 0)],))
        if here + 1 < len(phases):
            st.button(t("Next"), key="upload_next", type="primary", on_click=go, args=(phases[here + 1],))


def go(phase: str) -> None:
    """Go to a phase; for callbacks."""
    st.session_state[_PHASE] = phase


def show_files(draft: Draft) -> None:
    """Which files are being worked on, and the way to begin anew."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(
            t(
                "**{layer}** ← {names}",
                layer=say(LAYERS[draft.layer].title),
                names=plain(", ".join(draft.names)),
            )
        )
        st.button(t("Discard and begin anew"), key="upload_discard", on_click=discard, args=(draft,))
    st.caption(t("Your work is kept for 30 days: you can leave this page and come back to it in this browser."))


def discard(draft: Draft) -> None:
    """Forget the draft; nothing published is touched."""
    drafts.drop(data.store(), draft)
    shutil.rmtree(data.store().tiles_dir / review.LAYER / draft.id, ignore_errors=True)
    st.session_state.pop(_PHASE, None)


def begin(layer: str, uploaded: Mapping[str, Any], *, only_changes: bool, ledger: bool) -> None:
    """Start a draft from dropped files."""
    choices = Choices(only_changes=only_changes, ledger=ledger)
    drafts.begin(data.store(), visitor(), layer, uploaded, choices)
    st.session_state.pop(_PHASE, None)
    st.session_state.pop(_PUBLISHED, None)


def finish(draft: Draft, message: str) -> None:
    """The draft has done its work."""
    discard(draft)
    st.session_state[_PUBLISHED] = message


def show_published() -> None:
    """What was published a moment ago, until the next upload begins."""
    message = st.session_state.get(_PUBLISHED)
    if message:
        st.success(message)
