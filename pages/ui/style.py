"""The few rules of style that Streamlit has no setting for: all of them are here."""

from __future__ import annotations

import streamlit as st

from pages.ui import state
from pages.ui.language import t

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
/* Where they would lie on the names of the pages they stand below them. */
@media (max-width: 70rem) {
  :root {--bar: 2.6rem}
  .st-key-preferences {position: static; justify-content: flex-end}
}
@media (max-width: 84rem) {
  :root:has(.st-key-account, [class*="st-key-sign_in_header"]) {--bar: 2.6rem}
  .st-key-preferences:has(.st-key-account, [class*="st-key-sign_in_header"]) {
    position: static; justify-content: flex-end}
}
@media (max-width: 48rem) {
  .st-key-as_of_bar {flex-wrap: wrap !important; row-gap: 1rem; column-gap: 0.8rem !important}
  .st-key-as_of_month {flex: 1 0 70% !important}
}
/* The month stands above the slider's knob: room for it. */
.st-key-as_of_bar {padding: 0.35rem 1.2rem 0 0.4rem; gap: 2.2rem}
.st-key-as_of_bar [data-testid="stSliderTickBar"] {opacity: 1; top: 2.4rem}
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
.st-key-find_hits button {justify-content: flex-start; text-align: start; min-height: 0; padding: 0.25rem 0.4rem}
.st-key-find_hits button > div {justify-content: flex-start}
.st-key-attribute_panel table {font-size: 0.85rem; width: 100%}
.st-key-attribute_panel thead {display: none}
.st-key-attribute_panel td {padding: 0.15rem 0.35rem; border-inline: none; vertical-align: top}
.st-key-attribute_panel td:first-child {opacity: 0.75; white-space: nowrap}
/* The map fills what is left of the window, and the panel of what was clicked floats over it. */
.st-key-map_area {position: relative}
.st-key-map_area iframe {height: calc(100vh - 8.3rem - var(--bar, 0rem)) !important; min-height: 20rem; display: block;
  border: 1px solid rgb(128 128 128 / 45%); border-radius: 0.25rem}
.st-key-map_area:has(.st-key-attribute_table) iframe {
  height: calc(100vh - 31rem - var(--bar, 0rem)) !important; min-height: 16rem}
.st-key-map_area:has(.st-key-attribute_table) .st-key-attribute_panel {max-height: max(calc(100vh - 33.5rem), 13.5rem)}
.st-key-tools > * {flex: 1 1 6.2rem; min-width: 6.2rem}
.st-key-tools button {padding-inline: 0.3rem}
.st-key-tools [data-testid="stPopoverButton"] > div > div[aria-hidden] {display: none}
.st-key-tools .st-key-attributes_open {flex-basis: 100%}
.st-key-attribute_panel {position: absolute; top: 0.6rem; right: 0.6rem; width: 21rem !important; z-index: 5;
  max-height: calc(100vh - 10.8rem); overflow-y: auto; padding: 0.75rem; gap: 0.4rem; border-radius: 0.25rem;
  background: light-dark(#ffffff, #12191e); border: 1px solid rgb(128 128 128 / 45%);
  box-shadow: 0 2px 10px rgb(0 0 0 / 25%)}
/* The drop zone's own words are English and round the limit to 1 GB; our label says what it takes. */
[data-testid="stFileUploaderDropzoneInstructions"] {display: none}
/* “Press Enter to apply” is English in every language, and leaving the field does the same. */
[data-testid="InputInstructions"] {display: none}
.st-key-map_area:fullscreen iframe {height: 100vh !important; border: none}
.st-key-map_area:fullscreen .st-key-attribute_panel {max-height: calc(100vh - 3rem)}
/* The key of a layer or a chart: small swatches with their counts, flowing. */
.chips {display: flex; flex-wrap: wrap; gap: 0.1rem 0.75rem; font-size: 0.8rem; line-height: 1.35}
[class*="st-key-group_"] .chips {padding: 0 0 0.15rem 1.6rem}
[class*="st-key-row_"] .chips {padding: 0}
[class*="st-key-row_"] [data-testid="stElementContainer"]:has(.chips) {width: auto !important; flex: none}
/* The dark theme's own colour is light: words on it are dark, or they are below 4.5:1. */
:is(button, a)[kind^="primary"]:not(:disabled), [data-testid^="stBaseLinkButton-primary"]:not(:disabled) {
  color: light-dark(#ffffff, #08222b) !important}
/* Grey words that are read: Streamlit's own are below 4.5:1. */
.js-plotly-plot :is(.xtick text, .ytick text, .sankey-node text, text.bartext-outside) {fill: currentColor !important}
[data-testid="stCaptionContainer"] {color: inherit !important; opacity: 0.76}
[class*="st-key-chart_"] {gap: 0.35rem; padding: 0.75rem 0.9rem 0.6rem}
[class*="st-key-chart_"] .chips {font-size: 0.95rem}
[class*="st-key-chart_"] strong {font-size: 1.1rem}
/* The dashboard: tiles in a row that wraps, charts beside a map that stays in view. */
.st-key-tiles > :has(> [class*="st-key-tile_"]) {flex: 1 1 11.5rem !important; min-width: 10.5rem}
[class*="st-key-goal_"] {flex-wrap: wrap; row-gap: 0}
[class*="st-key-tile_"] [data-testid="stCaptionContainer"],
[class*="st-key-measure_"] [data-testid="stCaptionContainer"] {
  word-break: keep-all; overflow-wrap: anywhere}
.st-key-charts {align-items: stretch}
.st-key-charts > :has(> [class*="st-key-chart_"]) {flex: 1 1 26rem !important; min-width: min(26rem, 100%)}
[class*="st-key-tile_"] [data-testid="stMetricValue"], [class*="st-key-measure_"] [data-testid="stMetricValue"] {
  font-size: 1.65rem; line-height: 1.25}
.trend {height: 1.7rem; background: currentColor; opacity: 0.65; mask-size: 100% 100%; -webkit-mask-size: 100% 100%}
.st-key-as_of_play p {font-size: 0}
[data-testid="stColumn"]:has(> div > .st-key-beside_now) {position: sticky; top: 3.5rem; align-self: flex-start}
[class*="st-key-beside_"] iframe {height: min(calc(100vh - 5rem), 46rem) !important; min-height: 20rem; display: block;
  border: 1px solid rgb(128 128 128 / 45%); border-radius: 0.25rem}
/* Presenting: the player as high as the window allows, the scenes beside it. */
.st-key-stage_area > div, .st-key-stage_area [data-testid="stBidiComponentRegular"] {
  height: calc(100vh - 9.5rem - var(--bar, 0rem)); min-height: 24rem}
.st-key-stage_area {border: 1px solid rgb(128 128 128 / 45%); border-radius: 0.25rem; overflow: hidden}
.st-key-scene_tools button {min-width: 2.1rem; min-height: 2rem}
.st-key-scene_list button {justify-content: flex-start; text-align: start}
.st-key-scene_list button > div {justify-content: flex-start}
.st-key-filter_bar {min-height: 2.2rem; row-gap: 0.3rem}
.st-key-filter_bar button {min-height: 1.8rem; padding-block: 0}
.st-key-as_of_steps {position: absolute; height: 0; overflow: hidden}
[class*="st-key-measures_"] {flex: 1 1 0; row-gap: 0.75rem}
[class*="st-key-measures_"] > :has(> [class*="st-key-measure_"]) {
  flex: 1 1 11rem !important; min-width: 10rem; max-width: 22rem}
/* On paper: the charts and numbers alone, none of them cut in two. */
@media print {
  [data-testid="stHeader"], [data-testid="stSidebar"], .st-key-preferences, .st-key-sections, .st-key-as_of_bar,
  .st-key-filter_undo, .st-key-filter_clear, [data-testid="stDownloadButton"] {display: none !important}
  [data-testid="stMainBlockContainer"] {padding-top: 0}
  [data-testid="stColumn"]:has(> div > .st-key-beside_now) {position: static}
  [class*="st-key-chart_"], [class*="st-key-tile_"], [class*="st-key-list_"], [class*="st-key-programme_"] {
    break-inside: avoid}
}
.chip {display: inline-flex; align-items: center; gap: 0.3rem}
.chip i {display: inline-block; width: 1rem; height: 0.75rem; border-radius: 2px; flex: none; box-sizing: border-box}
.chip b {font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap}
</style>"""


_BROWSE = """<style>
[data-testid="stFileUploaderDropzone"] button p {{font-size: 0}}
[data-testid="stFileUploaderDropzone"] button p::after {{content: "{words}"; font-size: 1rem}}
</style>"""
_LARGE_RULES = "<style>html {font-size: 20px !important}</style>"


def apply() -> None:
    """Put the rules on the page; those for a room too, where large print is chosen."""
    st.html(_RULES)
    # The button of a drop zone has its words from Streamlit, in English alone.
    st.html(_BROWSE.format(words=t("Choose files")))
    if state.is_large():
        st.html(_LARGE_RULES)
