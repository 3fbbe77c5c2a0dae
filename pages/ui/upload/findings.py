"""The phase of findings: what is wrong, where, and which repairs are offered."""

from __future__ import annotations

from functools import partial

import streamlit as st

from geodata import finding_rows, repair
from geodata.findings import Severity
from geodata.schema import schema_of
from layers import review
from pages.ui import review_map
from pages.ui.language import language, say, t
from pages.ui.upload import journey
from pages.ui.upload.finding_list import show_findings


def show(draft: journey.Draft, check: journey.Check) -> None:
    """Findings, repairs, a map of where they are, and the whole list to take away."""
    found = journey.findings_of("findings", check)
    if not found:
        st.success(t("Nothing was found that needs your attention."))
        return
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    warnings = sum(finding.severity is Severity.WARNING for finding in found)
    if errors:
        st.error(
            t(
                "Errors block publishing ({count}). Mend the file, or take a repair or choice that is offered.",
                count=errors,
            )
        )
    elif warnings:
        st.warning(t("Warnings ({count}) do not block; publishing asks you to accept them.", count=warnings))
    left, right = st.columns([3, 2], gap="large")
    with left:
        _offer_repairs(draft, check)
        show_findings(found, check)
        _offer_downloads(draft, check)
    with right:
        _show_map(draft, check)


def _show_map(draft: journey.Draft, check: journey.Check) -> None:
    """Every row of the upload in the colour of its gravest finding; or what the repairs did to their rows."""
    placed, repaired, schema = check.placed, check.frame, schema_of(draft.layer)
    if placed is None or placed.crs is None:
        return
    name = journey.name_of(draft)
    rows = sorted({row for finding in check.findings if finding.code == "REPAIRED" for row in finding.rows})
    if repaired is not None and rows and draft.choices.repairs and _asks_for_repairs(draft):
        draw = partial(review.repairs, placed, repaired, rows, schema)
        review_map.show(("repairs", *name), draft.id, draw, review_map.CHANGES[2:], key="upload_repairs_map")
        return
    draw = partial(review.places, placed, check.findings, schema)
    review_map.show(("findings", *name), draft.id, draw, review_map.FINDINGS, key="upload_findings_map")


def _asks_for_repairs(draft: journey.Draft) -> bool:
    titles = {False: t("Findings"), True: t("Repairs, before and after")}
    return bool(
        st.segmented_control(
            t("On the map"),
            list(titles),
            format_func=titles.__getitem__,
            default=False,
            key=f"on_map_{draft.id}",
            required=True,
        )
    )


def _offer_repairs(draft: journey.Draft, check: journey.Check) -> None:
    """A tick for each repair; what it did then stands among the findings."""
    offered = sorted(set(repair.offered(check.findings)) | draft.choices.repairs)
    for code in offered:
        key = f"repair_{draft.id}_{code}"
        st.checkbox(
            t("Repair: {what}", what=say(repair.TITLES[code])),
            value=code in draft.choices.repairs,
            key=key,
            on_change=_take_repair,
            args=(draft, code, key),
        )


def _take_repair(draft: journey.Draft, code: str, key: str) -> None:
    taken = draft.choices.repairs | {code} if st.session_state[key] else draft.choices.repairs - {code}
    journey.choose(draft, repairs=taken)


def _offer_downloads(draft: journey.Draft, check: journey.Check) -> None:
    with st.container(horizontal=True):
        for ending in ("xlsx", "gpkg"):
            st.download_button(
                t("All rows with findings, {format}", format=ending.upper()),
                data=partial(finding_rows.findings_file, check, check.findings, ending, language()),
                file_name=f"{draft.layer}_findings.{ending}",
                key=f"findings_{ending}",
                on_click="ignore",
            )
