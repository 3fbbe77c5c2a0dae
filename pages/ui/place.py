"""Where the map stands: its script keeps that in the page's address, which Streamlit's own query does not follow."""

from __future__ import annotations

from urllib.parse import parse_qsl

import streamlit as st
from streamlit.components import v2

from layers.view import PLACE_PARTS

_KEY = "place_{}"
_PART = "search"
# Tells Python where the map stands whenever Python knows it otherwise, for as long as the component is on the page.
_SCRIPT = """export default function ({ data, parentElement, setStateValue }) {
  const kept = () => {
    const query = new URLSearchParams(location.search);
    const there = data.parts.filter((part) => query.has(part)).map((part) => [part, query.get(part)]);
    return new URLSearchParams(there).toString();
  };
  let told = data.known;
  const tell = () => {
    if (kept() === told) return;
    told = kept();
    setStateValue("search", told);
  };
  tell();
  clearInterval(parentElement.telling); // of an earlier run: this is called again with each
  const timer = (parentElement.telling = setInterval(tell, 700));
  return () => clearInterval(timer);
}"""


def follow(name: str) -> dict[str, str]:
    """The parts of the address that say where the map stands, kept up to date while this element is on the page.

    Empty on the first run: the browser answers with a second one.

    Parameters
    ----------
    name : what tells this element from others of its kind
    """
    key = _KEY.format(name)
    known = str((st.session_state.get(key) or {}).get(_PART) or "")
    with st.container(key=f"address_{name}"):
        _component()(key=key, data={"known": known, "parts": list(PLACE_PARTS)}, on_search_change=lambda: None)
    return dict(parse_qsl(known))


@st.cache_resource(show_spinner=False)
def _component() -> v2.types.ComponentRenderer:
    return v2.component("address", js=_SCRIPT)
