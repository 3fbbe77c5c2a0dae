"""The player within the page: the same as in a window of its own, kept at the scene that the page is at."""

from __future__ import annotations

import streamlit as st
from streamlit.components import v2

from pages.ui.language import t

_KEY, _HEARD = "stage", "_stage_heard"
_HEIGHT_PX = 560
# The frame stays while its address does, and is told where to go; keys pressed in it are told back.
_SCRIPT = """export default function ({ data, parentElement, setStateValue }) {
  let frame = parentElement.querySelector("iframe");
  if (!frame) {
    frame = document.createElement("iframe");
    frame.title = data.title;
    frame.allow = "fullscreen";
    frame.style.cssText = "width:100%;height:100%;border:0;display:block";
    parentElement.style.height = "100%";
    parentElement.append(frame);
  }
  if (frame.dataset.address !== data.address) {
    frame.dataset.address = data.address;
    frame.dataset.asked = String(data.asked);
    frame.src = `${data.address}&scene=${data.scene + 1}`;
  }
  const player = () => { // not the one of the address before
    const { location, planPlayer } = frame.contentWindow || {};
    return location && (location.pathname + location.search).startsWith(data.address) ? planPlayer : null;
  };
  let told = data.scene;
  const watch = () => {
    const shown = player();
    if (!shown?.ready) return;
    if (frame.dataset.asked !== String(data.asked)) {
      frame.dataset.asked = String(data.asked);
      told = data.scene;
      shown.go(data.scene);
    } else if (shown.index !== told) {
      told = shown.index;
      setStateValue("gone", { scene: shown.index, stamp: Date.now() });
    }
  };
  watch();
  clearInterval(frame.watching); // of an earlier run: this is called again with each
  const timer = (frame.watching = setInterval(watch, 250));
  return () => clearInterval(timer);
}"""


def gone_to() -> int | None:
    """The scene (from 0) that a key in the player went to since this was last asked; None where none did."""
    gone = (st.session_state.get(_KEY) or {}).get("gone")
    if not gone or gone["stamp"] == st.session_state.get(_HEARD):
        return None
    st.session_state[_HEARD] = gone["stamp"]
    return int(gone["scene"])


def show(address: str, scene: int, asked: int) -> None:
    """Show the player.

    Parameters
    ----------
    address : of the player, with a query; another one loads it anew
    scene : the scene that the page is at, from 0
    asked : another number for each time that the page itself goes to a scene
    """
    with st.container(key="stage_area"):
        _component()(
            key=_KEY,
            data={"address": address, "scene": scene, "asked": asked, "title": t("Preview")},
            height=_HEIGHT_PX,
            on_gone_change=lambda: None,
        )


@st.cache_resource(show_spinner=False)
def _component() -> v2.types.ComponentRenderer:
    return v2.component("stage", js=_SCRIPT, isolate_styles=False)
