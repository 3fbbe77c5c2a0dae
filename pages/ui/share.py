"""Sharing what is looked at: its link, copied or as a QR code, and views kept as bookmarks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

import segno
import streamlit as st

from geodata import bookmarks
from geodata.bookmarks import LONGEST_NAME, Bookmark
from geodata.errors import GeodataError
from layers.view import PLACE_PARTS
from pages.ui import data, place, state, who
from pages.ui.feedback import plain
from pages.ui.language import language, t
from pages.ui.visitor import visitor

_NAME, _SHARED, _NEW_NAME = "bookmark_name", "bookmark_shared", "bookmark_new_name"
_RENAMED, _DROPPED, _REFUSED = "_bookmark_renamed", "_bookmark_dropped", "_bookmark_refused"
_LONGEST_IN_QR = 1200
"""Characters of a link that a telephone still reads from the screen."""
_QR_PX = 4

# The map's script keeps the place in the address, so the script that copies reads the address when it is clicked.
# Without https there is no clipboard API: a marked text is copied in the old way.
_COPY = """<button id="share-copy" type="button" style="width:100%%;min-height:2.5rem;cursor:pointer;font:inherit;
color:inherit;background:transparent;border:1px solid rgb(128 128 128 / 60%%);border-radius:0.25rem">%s</button>
<script>
(() => {
  const button = document.getElementById("share-copy");
  const tell = (copied) => {
    button.textContent = copied ? %s : %s;
    setTimeout(() => (button.textContent = %s), 2500);
  };
  const copyMarked = () => {
    const field = document.createElement("textarea");
    field.value = location.href;
    field.style.cssText = "position:fixed;opacity:0";
    button.after(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    button.focus();
    tell(copied);
  };
  button.onclick = () => {
    if (!window.isSecureContext || !navigator.clipboard) return copyMarked();
    navigator.clipboard.writeText(location.href).then(() => tell(true), copyMarked);
  };
})()
</script>"""


def show() -> None:
    """A button that opens the link and the bookmarks."""
    # What is in a popover is in the page while it is open: that long the map is followed. Its own `on_change` would run
    # the page when it is closed, even by a click that leads to another page, and lead back from there.
    with st.popover(t("Share"), icon=":material/share:", key="share", width="stretch"):
        query = state.view().to_query() | place.follow("share")
        _show_link(query)
        _show_bookmarks(query)


def _show_link(query: Mapping[str, str]) -> None:
    words = [t("Copy the link"), t("Copied"), t("Not copied; take it from the address bar.")]
    label, copied, failed = words
    scripted = [json.dumps(each).replace("<", "\\u003c") for each in (copied, failed, label)]
    st.html(_COPY % (escape(label), *scripted), unsafe_allow_javascript=True)
    address = (st.context.url or "").partition("?")[0]
    link = f"{address}?{urlencode(query)}"
    if len(link) > _LONGEST_IN_QR:
        st.caption(t("The link is too long for a QR code; copy it."))
        return
    # Within the page, not a file of the server: a link that changes would leave the browser asking for the last one.
    picture = segno.make_qr(link, error="l").png_data_uri(scale=_QR_PX)
    st.markdown(f"![{t('QR code')}]({picture})")
    st.caption(t("Scan to open this view"))


def _show_bookmarks(query: Mapping[str, str]) -> None:
    st.text_input(t("Keep this view as a bookmark"), key=_NAME, max_chars=LONGEST_NAME, placeholder=t("Its name"))
    st.checkbox(t("For everybody"), key=_SHARED)
    # Where the map stands is told a moment after this was opened; a bookmark without it would lead elsewhere.
    is_told = set(PLACE_PARTS) <= set(query)
    st.button(t("Keep"), key="bookmark_keep", on_click=_keep, args=(query,), disabled=not is_told)
    if refused := st.session_state.pop(_REFUSED, None):
        st.warning(refused.in_(language()))
    owner = visitor()
    for bookmark in bookmarks.bookmarks(data.store(), owner):
        _show_bookmark(bookmark, own=bookmark.owner == owner)
    if dropped := st.session_state.get(_DROPPED):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(t("“{name}” is deleted.", name=plain(dropped.name)))
            st.button(t("Undo"), key="bookmark_undo", type="tertiary", on_click=_put_back, args=(dropped,))


def _show_bookmark(bookmark: Bookmark, *, own: bool) -> None:
    if st.session_state.get(_RENAMED) == bookmark.id:
        st.text_input(
            t("Its name"), bookmark.name, key=_NEW_NAME, max_chars=LONGEST_NAME, on_change=_rename, args=(bookmark,)
        )
        return
    told = f"{plain(bookmark.who)} {who.moment(bookmark.at)}".strip()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.button(
            plain(bookmark.name),
            key=f"bookmark_open_{bookmark.id}",
            type="tertiary",
            help=told if own or not bookmark.shared else t("Shared by another: {told}", told=told),
            width="stretch",
            on_click=state.open_view,
            args=(bookmark.query,),
        )
        if own:
            _show_tool(bookmark, "rename", ":material/edit:", t("Rename"))
            _show_tool(bookmark, "drop", ":material/delete:", t("Delete"))


def _show_tool(bookmark: Bookmark, action: str, icon: str, title: str) -> None:
    taken = {"rename": _begin_rename, "drop": _drop}[action]
    key = f"bookmark_{action}_{bookmark.id}"
    st.button("", icon=icon, key=key, help=title, type="tertiary", on_click=taken, args=(bookmark,))


def _keep(view: Mapping[str, str]) -> None:
    name, shared = st.session_state[_NAME], st.session_state[_SHARED]
    try:
        bookmarks.keep(data.store(), visitor(), name, view, shared=shared, who=who.name())
    except GeodataError as error:
        st.session_state[_REFUSED] = error
    else:
        st.session_state[_NAME] = ""


def _begin_rename(bookmark: Bookmark) -> None:
    st.session_state[_RENAMED] = bookmark.id


def _rename(bookmark: Bookmark) -> None:
    st.session_state.pop(_RENAMED, None)
    name = st.session_state[_NEW_NAME]
    try:
        if name.strip() != bookmark.name:
            bookmarks.rename(data.store(), bookmark, name)
    except GeodataError as error:
        st.session_state[_REFUSED] = error


def _drop(bookmark: Bookmark) -> None:
    try:
        bookmarks.drop(data.store(), bookmark)
    except GeodataError as error:
        st.session_state[_REFUSED] = error
    else:
        st.session_state[_DROPPED] = bookmark


def _put_back(bookmark: Bookmark) -> None:
    st.session_state.pop(_DROPPED, None)
    try:
        bookmarks.put_back(data.store(), bookmark)
    except GeodataError as error:
        st.session_state[_REFUSED] = error
