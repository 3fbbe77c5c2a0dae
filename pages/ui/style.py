"""The few rules of style that Streamlit has no setting for: all of them are here."""

from __future__ import annotations

import streamlit as st

_RULES = """<style>
/* Little padding: the map is what people come for. */
[data-testid="stMainBlockContainer"] {padding: 3.25rem 0.75rem 0.5rem; max-width: none}
[data-testid="stHeader"] {height: 3rem; min-height: 3rem}
[data-testid="stSidebarHeader"] {height: 3rem; padding-block: 0.25rem}
[data-testid="stSidebarUserContent"] {padding: 0.25rem 0 1rem}
[data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] {gap: 0.3rem}
[class*="st-key-tile_"] {padding: 0.6rem 0.8rem}
[data-testid="stMainBlockContainer"] > div > [data-testid="stVerticalBlock"] {gap: 0.5rem}
[class*="st-key-address_"], .st-key-watch {position: absolute; height: 0; overflow: hidden}
/* Language, unit and the mark of illustrative data stand in the header, on every page. */
.st-key-preferences {position: fixed; top: 0.4rem; right: 3.2rem; z-index: 999991; width: auto !important}
@media (max-width: 48rem) {.st-key-preferences {position: static}}
/* The month stands above the slider's knob: room for it. */
.st-key-as_of_bar {padding: 0.35rem 1.2rem 0 0.4rem; gap: 2.2rem}
.st-key-as_of_bar [data-testid="stSliderTickBar"] {opacity: 0.75; top: 2.4rem}
.st-key-as_of_bar [data-testid="stSliderTickBar"] p {font-size: 0.75rem; line-height: 1}
/* A row of the layer tree, a table of attributes: as high as their words. */
[class*="st-key-row_"] {min-height: 1.7rem}
[class*="st-key-row_"] button {min-height: 1.5rem; padding: 0 0.25rem; opacity: 0.55}
[class*="st-key-row_"] button div[aria-hidden="true"] {display: none}
[class*="st-key-row_"] button p {font-size: 0}
[class*="st-key-row_"] label p {white-space: normal}
[class*="st-key-row_"] button:is(:hover, :focus-visible) {opacity: 1}
[class*="st-key-group_"] {padding-bottom: 0.35rem}
[class*="st-key-remarks_"] {padding: 0 0 0.3rem 1.6rem}
[class*="st-key-remarks_"] p {font-size: 0.8rem; line-height: 1.35}
.st-key-attribute_panel [data-testid="stCaptionContainer"] p {margin-bottom: 0}
.st-key-attribute_panel table {font-size: 0.85rem; width: 100%}
.st-key-attribute_panel thead {display: none}
.st-key-attribute_panel td {padding: 0.15rem 0.35rem; border-inline: none; vertical-align: top}
.st-key-attribute_panel td:first-child {opacity: 0.75; white-space: nowrap}
/* The map fills what is left of the window, and the panel of what was clicked floats over it. */
.st-key-map_area {position: relative}
.st-key-map_area iframe {height: calc(100vh - 8.3rem) !important; min-height: 20rem; display: block;
  border: 1px solid rgb(128 128 128 / 45%); border-radius: 0.25rem}
.st-key-attribute_panel {position: absolute; top: 0.6rem; right: 0.6rem; width: 21rem !important; z-index: 5;
  max-height: calc(100vh - 10.8rem); overflow-y: auto; padding: 0.75rem; gap: 0.4rem; border-radius: 0.25rem;
  background: light-dark(#ffffff, #12191e); border: 1px solid rgb(128 128 128 / 45%);
  box-shadow: 0 2px 10px rgb(0 0 0 / 25%)}
/* The drop zone's own words are English and round the limit to 1 GB; our label says what it takes. */
[data-testid="stFileUploaderDropzoneInstructions"] {display: none}
.st-key-map_area:fullscreen iframe {height: 100vh !important; border: none}
.st-key-map_area:fullscreen .st-key-attribute_panel {max-height: calc(100vh - 3rem)}
/* The key of a layer or a chart: small swatches with their counts, flowing. */
.chips {display: flex; flex-wrap: wrap; gap: 0.1rem 0.75rem; font-size: 0.8rem; line-height: 1.35}
[class*="st-key-group_"] .chips {padding: 0 0 0.15rem 1.6rem}
[class*="st-key-row_"] .chips {padding: 0}
[class*="st-key-row_"] [data-testid="stElementContainer"]:has(.chips) {width: auto !important; flex: none}
[class*="st-key-chart_"] {gap: 0.35rem; padding: 0.75rem 0.9rem 0.6rem}
[class*="st-key-chart_"] .chips {font-size: 0.95rem}
[class*="st-key-chart_"] strong {font-size: 1.1rem}
.chip {display: inline-flex; align-items: center; gap: 0.3rem}
.chip i {display: inline-block; width: 1rem; height: 0.75rem; border-radius: 2px; flex: none; box-sizing: border-box}
.chip b {font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap}
</style>"""


def apply() -> None:
    """Put the rules on the page."""
    st.html(_RULES)
