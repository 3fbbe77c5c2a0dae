"""Findings on a page: gravest first, each with its words and the rows it is about."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from geodata import finding_rows
from geodata.findings import Finding
from pages.ui.feedback import plain
from pages.ui.language import language, say, t
from pages.ui.upload import journey

MOST_ROWS = 100


def show_findings(findings: Iterable[Finding], check: journey.Check) -> None:
    """Each finding with its words; its rows unfold below it."""
    for number, finding in enumerate(findings):
        words = f"{journey.mark(finding.severity)} {plain(say(finding.message))} :gray[{finding.code}]"
        if not finding.rows:
            st.markdown(words)
            continue
        with st.expander(words):
            show_rows(finding, check, key=f"rows_{finding.code}_{number}")


def show_rows(finding: Finding, check: journey.Check, *, key: str) -> None:
    """The first hundred features a finding is about."""
    table = finding_rows.rows_of(check, finding.rows[:MOST_ROWS], language())
    st.dataframe(table, key=key, hide_index=True, height="content" if len(table) < 8 else 300)
    if len(finding.rows) > MOST_ROWS:
        st.caption(
            t("The first {shown} of {count}; the download holds them all.", shown=MOST_ROWS, count=len(finding.rows))
        )
