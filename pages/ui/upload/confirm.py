"""The last phase: who, why, as of when; what has to be accepted; and publishing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import streamlit as st

from geodata import publish
from geodata.catalogue import Version
from geodata.errors import GeodataError
from geodata.findings import LOSS_CODES, Severity
from geodata.schema import LAYERS
from geodata.settings import Settings
from layers import formats
from pages.ui import data, differences, feedback, who
from pages.ui.feedback import plain
from pages.ui.language import say, t
from pages.ui.upload import journey, summary
from pages.ui.upload.finding_list import show_findings

PUBLISH_KEY = "upload_publish"


def show(draft: journey.Draft, check: journey.Check) -> None:
    """Ask for the last words and publish."""
    errors = [finding for finding in check.findings if finding.severity is Severity.ERROR]
    if errors:
        st.error(t("This can't be published yet:"))
        show_findings(errors, check)
        return
    if any(finding.code == "NO_CHANGE" for finding in check.findings):
        st.info(t("The file holds exactly what is published already; there is nothing to publish."))
        return
    if journey.has_moved_on(draft, check):
        current = data.current()[draft.layer]
        _say_moved_on(
            t(
                "{by} has published version {number} meanwhile. "
                "Your upload is kept; it is held against that version now.",
                by=plain(current.by),
                number=current.number,
            )
        )
        return
    left, right = st.columns([3, 2], gap="large")
    with right:
        _show_summary(draft, check)
    with left:
        _show_form(draft, check)


def _show_form(draft: journey.Draft, check: journey.Check) -> None:
    by = who.ask(who.KEY)
    note = st.text_input(t("Note: what is new, and where it came from"), key=f"note_{draft.id}", max_chars=500)
    data_date = st.date_input(
        t("Data date: the day the data speak of"), value=date.today(), key=f"data_date_{draft.id}", format="YYYY-MM-DD"
    )
    warnings = [finding for finding in check.findings if finding.severity is Severity.WARNING]
    losses = [finding for finding in check.findings if finding.code in LOSS_CODES]
    accept_warnings = not warnings or _ask(
        draft, "warnings", t("I have seen the {count} warnings and accept them", count=len(warnings))
    )
    accept_loss = True
    if losses:
        show_findings(losses, check)
        accept_loss = _ask(draft, "loss", t("Yes, this loss is meant"))
    current = data.current().get(draft.layer)
    real = False
    if current is not None and current.illustrative:
        real = _ask(draft, "real", t("These are real data: no longer mark this layer as illustrative"))
    asks = Settings().two_people
    if asks:
        st.info(t("A second person approves it on the page History; until then nothing changes."))
    if st.button(t("Ask for approval") if asks else t("Publish"), key=PUBLISH_KEY, type="primary"):
        if not by.strip():
            st.warning(who.advise())
        elif not accept_warnings:
            st.warning(t("Please look at the warnings under “Findings” and accept them here."))
        elif not accept_loss:
            st.warning(t("Please confirm that the loss is meant, or go back and mend the file."))
        else:
            _publish(draft, check, by=by.strip(), note=note, data_date=data_date, real=real)


def _show_summary(draft: journey.Draft, check: journey.Check) -> None:
    """What is about to be published, in a few lines."""
    encodings = [layer.encoding for layer in check.reading.layers if layer.encoding]
    rows = {
        t("Layer"): say(LAYERS[draft.layer].title),
        t("Features"): formats.number(len(check.frame) if check.frame is not None else None),
        t("Coordinate system"): summary.named_crs(check.crs),
        t("Encoding"): ", ".join(dict.fromkeys(encodings)) or formats.NOTHING,
    }
    if check.diff is not None and check.base is not None:
        rows |= {say(differences.TITLES[name]): formats.number(count) for name, count in check.diff.counts().items()}
    with st.container(border=True):
        st.markdown(f"**{t('What is published')}**")
        summary.show(rows | summary.of_choices(draft.choices))


def _ask(draft: journey.Draft, name: str, words: str) -> bool:
    return st.checkbox(words, key=f"accept_{name}_{draft.id}")


def _publish(draft: journey.Draft, check: journey.Check, *, by: str, note: str, data_date: date, real: bool) -> None:
    """Publish in a thread of its own: a rerun can stop this script at any call of Streamlit's, but not that."""
    act: Callable[..., Version | publish.Request] = publish.request if Settings().two_people else publish.publish
    with st.spinner(t("Publishing …")), ThreadPoolExecutor(max_workers=1) as worker:
        done = worker.submit(
            act,
            data.store(),
            check,
            by=by,
            note=note,
            data_date=data_date,
            base=check.base,
            accept_warnings=True,
            accept_loss=True,
            real_data=real,
            idempotency_key=draft.id,
        )
        try:
            made = done.result()
        except publish.BaseChangedError as error:
            _say_moved_on(say(error.message))
            return
        except GeodataError as error:
            feedback.show(error)
            return
    journey.finish(draft, _told(made))
    st.rerun()


def _say_moved_on(words: str) -> None:
    """Somebody was faster: what changes has to be looked at again."""
    st.warning(words)
    st.button(t("Show what changes now"), key="upload_again", type="primary", on_click=journey.go, args=("changes",))


def _told(made: Version | publish.Request) -> str:
    layer = say(LAYERS[made.layer].title)
    if isinstance(made, publish.Request):
        return t(
            "Request {number} to publish {layer} waits for a second person on the page History.",
            number=made.id,
            layer=layer,
        )
    return t(
        "{layer} is published as version {number}: {count} features. Open maps show it within seconds; "
        "it can be undone on the page History.",
        layer=layer,
        number=made.number,
        count=formats.number(made.features),
    )
