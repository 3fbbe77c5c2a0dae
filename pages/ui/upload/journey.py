"""What the phases of an upload share: the draft, its check, and the way through the phases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
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
_SEEN = "_upload_seen_{}"
_MARKS = {Severity.ERROR: ":red[●]", Severity.WARNING: ":orange[●]", Severity.NOTE: ":blue[●]"}

_CODES_BY_PHASE: Mapping[str, frozenset[str]] = {
    "columns": frozenset({"MISSING_FIELD", "UNKNOWN_FIELD", "DUPLICATE_FIELD", "TRUNCATED_FIELD", "GUESSED_FIELD"}),
    "changes": LOSS_CODES | {"NO_CHANGE", "LEDGER_KEYS"},
}
"""Phase → the findings that it is about; what the reading found is about `found`."""


def checked(draft: Draft) -> Check:
    """The check of a draft, done anew only when its choices or the current version changed."""
    with st.spinner(t("Reading and checking {names} …", names=plain(", ".join(draft.names))), show_time=True):
        return _checked(name_of(draft), draft)


def name_of(draft: Draft) -> tuple[object, ...]:
    """What tells one check from another: the draft, its choices, and the versions it is held against."""
    versions = data.current()
    held = {layer: versions[layer] for layer in (draft.layer, "district") if layer in versions}
    return draft.id, draft.choices.to_json(), data.names(held)


@st.cache_resource(show_spinner=False, max_entries=6)
def _checked(name: tuple[object, ...], _draft: Draft) -> Check:  # noqa: ARG001
    return check_upload(data.store(), _draft.layer, _draft.path, choices=_draft.choices, settings=Settings())


def choose(draft: Draft, **choices: Any) -> None:
    """Keep some choices of the person with the draft; the check is then done anew."""
    take(draft, replace(draft.choices, **choices))


def take(draft: Draft, choices: Choices) -> None:
    """Keep all choices of the person with the draft."""
    drafts.keep(data.store(), draft, choices)


def choosing(draft: Draft, choice: str, key: str, *, shown: object) -> Callable[[], None]:
    """A widget's callback that keeps its value as one choice, where it is another than the one `shown`.

    When a person goes on quickly, the browser may still report a widget that has left the page, and Streamlit calls its
    callback with the value that stood there all along. That value is nobody's choice.
    """

    def keep() -> None:
        if (value := st.session_state[key]) != shown:
            choose(draft, **{choice: value})

    return keep


def see_changes(draft: Draft, check: Check) -> None:
    """Remember the version that the person saw the changes to."""
    st.session_state[_SEEN.format(draft.id)] = check.base


def has_moved_on(draft: Draft, check: Check) -> bool:
    """Whether another version was published since the person saw the changes."""
    seen = st.session_state.setdefault(_SEEN.format(draft.id), check.base)
    return bool(seen != check.base)


def findings_of(phase: str, check: Check) -> list[Finding]:
    """The findings that belong to a phase, the gravest first; the phase of findings has them all."""
    mine = [finding for finding in check.findings if phase == "findings" or phase == _phase_of(finding.code, check)]
    return by_gravity(mine)


def by_gravity(findings: Iterable[Finding]) -> list[Finding]:
    """The gravest first, else as they came."""
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def _phase_of(code: str, check: Check) -> str | None:
    """The phase in which a person can do something about a finding; None for those that only the list shows."""
    for phase, codes in _CODES_BY_PHASE.items():
        if code in codes:
            return phase
    return "found" if any(finding.code == code for finding in check.reading.findings) else None


def mark(severity: Severity) -> str:
    """A severity's mark, as Markdown."""
    return _MARKS[severity]


def choose_phase(titles: Mapping[str, str], check: Check) -> str:
    """The phases in a row, each with the mark of its gravest finding, and the steps forth and back beside them."""
    phases = list(titles)
    here: str = st.session_state.setdefault(_PHASE, phases[0])
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.segmented_control(
            t("Phase"),
            phases,
            format_func=lambda phase: f"{phases.index(phase) + 1} {_worst_of(phase, check)} {titles[phase]}",
            key=_PHASE,
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )
        with st.container(horizontal=True, width="content"):
            place = phases.index(here)
            before, after = phases[max(place - 1, 0)], phases[min(place + 1, len(phases) - 1)]
            st.button(t("Back"), key="upload_back", disabled=here == before, on_click=go, args=(before,))
            st.button(t("Next"), key="upload_next", type="primary", disabled=here == after, on_click=go, args=(after,))
    return here


def _worst_of(phase: str, check: Check) -> str:
    mine = findings_of(phase, check)
    return _MARKS[mine[0].severity] if mine else ""


def go(phase: str) -> None:
    """Go to a phase; for callbacks."""
    st.session_state[_PHASE] = phase


def show_files(draft: Draft) -> None:
    """Which files are being worked on, how they update the layer, and the way to begin anew."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"#### {say(LAYERS[draft.layer].title)} ← {plain(', '.join(draft.names))}", width="content")
        st.button(
            t("Discard and begin anew"),
            key="upload_discard",
            on_click=discard,
            args=(draft,),
            help=t("Your work is kept for 30 days: you can leave this page and come back to it in this browser."),
        )


def discard(draft: Draft) -> None:
    """Forget the draft; nothing published is touched."""
    drafts.drop(data.store(), draft)
    shutil.rmtree(data.store().tiles_dir / review.LAYER / draft.id, ignore_errors=True)
    st.session_state.pop(_PHASE, None)


def begin(layer: str, uploaded: Mapping[str, Any], choices: Choices) -> None:
    """Start a draft from dropped files."""
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
