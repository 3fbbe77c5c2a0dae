"""The dialog that makes a plan sheet of what the map shows."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Literal

import streamlit as st

from geodata.i18n import Text, text
from layers import sheet
from layers.scope import Scope
from layers.sheet import EXTENTS, Extent, Plan, SheetOptions
from layers.sheet.command import to_scale
from layers.sheet.paper import ORIENTATIONS, PAPERS, SCALES, Orientation
from layers.view import ViewState, from_query
from pages.ui import data, feedback, place, state
from pages.ui.language import language, say, t

Format = Literal["pdf", "svg", "png"]

_FIT, _AUTO = "fit", "auto"
_MADE = "_sheet_made"
_EXTENT_NAMES: dict[Extent, Text] = {
    "district": text("Whole district"),
    "view": text("What the map shows now"),
    "drawn": text("What is drawn or selected"),
}
_ORIENTATION_NAMES: dict[Orientation, Text] = {"landscape": text("Landscape"), "portrait": text("Portrait")}
_MIME: dict[str, str] = {
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
    "zip": "application/zip",
}


def show(scope: Scope) -> None:
    """A button that opens the dialog."""
    if st.button(t("Plan sheet"), icon=":material/print:", key="sheet", width="stretch", on_click=_forget):
        st.dialog(t("Plan sheet"), width="medium")(_ask)(scope)


def _forget() -> None:
    """What was made when the dialog was last open may be of another view."""
    st.session_state.pop(_MADE, None)


def _ask(scope: Scope) -> None:
    """What the sheet is to be, what that gives, and the file."""
    view = _view()
    left, right = st.columns(2)
    with left:
        paper = st.selectbox(t("Paper"), PAPERS, index=PAPERS.index("A3"), key="sheet_paper")
        scale = st.selectbox(
            t("Scale"),
            [_FIT, *(f"1:{scale}" for scale in SCALES)],
            format_func=lambda each: t("Fit to one page") if each == _FIT else each,
            accept_new_options=True,
            key="sheet_scale",
            help=t("Any scale from 1:500 to 1:50,000 may be typed in."),
        )
    with right:
        orientation = st.selectbox(
            t("Orientation"),
            [_AUTO, *ORIENTATIONS],
            format_func=lambda each: t("What fits better") if each == _AUTO else say(_ORIENTATION_NAMES[each]),
            key="sheet_orientation",
        )
        ending = st.selectbox(t("Format"), ["pdf", "svg", "png"], format_func=str.upper, key="sheet_format")
    extent = _ask_extent(scope, view)
    title = st.text_input(t("Title"), placeholder=sheet.DEFAULT_TITLE.in_(language()), max_chars=60, key="sheet_title")
    with feedback.explained():
        options = SheetOptions(
            paper=paper,
            orientation=next((each for each in ORIENTATIONS if each == orientation), None),
            scale=to_scale(scale or _FIT),
            title=title,
            language=language(),
            extent=extent,
        )
        plan = sheet.plan_sheet(scope.facets, view, options)
        st.info(_told(plan, ending), icon=":material/description:")
        if st.button(t("Make the sheet"), type="primary", key="sheet_make"):
            with st.spinner(t("The sheet is being drawn…")):
                st.session_state[_MADE] = (options, ending, *_make(scope, view, options, ending))
        _offer(options, ending)


def _view() -> ViewState:
    """What the map shows, with its place."""
    there = from_query(place.follow("sheet")).view
    return replace(state.view(), centre=there.centre, zoom=there.zoom)


def _ask_extent(scope: Scope, view: ViewState) -> Extent:
    """Which ground is drawn, of what there is to choose from."""
    there = {
        "district": True,
        "view": view.centre is not None and view.zoom is not None,
        "drawn": sheet.has_drawn(scope.facets, view),
    }
    offered = [extent for extent in EXTENTS if there[extent]]
    if st.session_state.get("sheet_extent") not in offered:
        st.session_state["sheet_extent"] = offered[0]
    chosen: Extent = st.radio(
        t("Extent"), offered, format_func=lambda each: say(_EXTENT_NAMES[each]), horizontal=True, key="sheet_extent"
    )
    return chosen


def _told(plan: Plan, ending: str) -> str:
    """What will come out, before it is made."""
    sheet_words = f"{plan.layout.paper} · {say(_ORIENTATION_NAMES[plan.layout.orientation])} · 1:{plan.scale:,}"
    if plan.pages == 1:
        return t("{sheet}: one page.", sheet=sheet_words)
    told = t(
        "{sheet}: {pages} pages, an index and {tiles} sheets.",
        sheet=sheet_words,
        pages=plan.pages,
        tiles=len(plan.tiles),
    )
    return told if ending == "pdf" else f"{told} {t('They come as one ZIP file.')}"


def _make(scope: Scope, view: ViewState, options: SheetOptions, ending: str) -> tuple[str, bytes]:
    """The name of the file and its bytes; several pictures are packed together."""
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / f"sheet-{options.paper}.{ending}"
        made = sheet.draw_sheet(scope.facets, scope.versions, data.store().settings, view, options, to)
        name = f"{t('plan-sheet')}_{options.paper}_{made.plan.scale}_{scope.on}"
        if len(made.files) == 1:
            return f"{name}.{ending}", made.files[0].read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, file in enumerate(made.files):
                archive.write(file, f"{name}_{number:03d}.{ending}")
        return f"{name}.zip", packed.getvalue()


def _offer(options: SheetOptions, ending: str) -> None:
    """The file that was made, as long as it is what is asked for."""
    made = st.session_state.get(_MADE)
    if made is None or made[:2] != (options, ending):
        return
    name, content = made[2:]
    st.download_button(
        t("Download {name}", name=name),
        data=content,
        file_name=name,
        mime=_MIME[name.rpartition(".")[2]],
        key="sheet_download",
        icon=":material/download:",
        on_click="ignore",
    )
