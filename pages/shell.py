"""The frame around every page: navigation, language, units, the mark of illustrative data."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from layers.formats import UNIT_NAMES
from layers.view import AREA_UNITS
from pages import analysis, dashboard, history, present, programme, upload
from pages import map as map_page
from pages.ui import account, data, feedback, notes, state, style, travel, watch
from pages.ui import language as languages
from pages.ui.language import say, t

_ICON = Path(__file__).parent / "ui" / "icon.svg"
_LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def _wordmark(words: str) -> str:
    """The icon with the application's name beside it, in a colour that reads on light and dark."""
    icon = _ICON.read_text(encoding="utf-8").replace("<svg ", '<svg width="64" height="64" ', 1)
    wide = sum(34 if sign > "\u2e7f" else 23 for sign in words)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide + 84} 64">{icon}'
        '<text x="78" y="44" font-family="sans-serif" font-size="34" font-weight="700" fill="#2488a6">'
        f"{escape(words)}</text></svg>"
    )


def main() -> None:
    """Show the page that the URL names."""
    state.restore()
    st.set_page_config(
        page_title=t("Liaohe New District planning map"),
        page_icon=str(_ICON),
        layout="wide",
        initial_sidebar_state="auto",
    )
    st.logo(_wordmark(t("Liaohe planning map")), size="large")
    style.apply()
    pages = {
        "map": st.Page(map_page.show, title=t("Map"), url_path="map", default=True),
        "dashboard": st.Page(dashboard.show, title=t("Dashboard"), url_path="dashboard"),
        "programme": st.Page(programme.show, title=t("Programme"), url_path="programme"),
        "analysis": st.Page(analysis.show, title=t("Checks"), url_path="analysis"),
        "present": st.Page(present.show, title=t("Present"), url_path="present"),
        "upload": st.Page(upload.show, title=t("Upload"), url_path="upload"),
        "history": st.Page(history.show, title=t("History"), url_path="history"),
    }
    page = st.navigation(list(pages.values()), position="top")
    travel.remember(pages)
    versions: data.Versions = {}
    with feedback.explained():
        versions = data.take_current()
    watch.remember(versions)
    with st.container(key="preferences", horizontal=True, vertical_alignment="center", gap="small"):
        notes.show_sample_badge(versions)
        st.segmented_control(
            t("Unit of area"),
            AREA_UNITS,
            format_func={unit: say(name) for unit, name in UNIT_NAMES.items()}.__getitem__,
            key=state.UNITS_KEY,
            required=True,
            label_visibility="collapsed",
        )
        st.segmented_control(
            t("Language"),
            list(_LANGUAGE_NAMES),
            format_func=_LANGUAGE_NAMES.__getitem__,
            key=languages.KEY,
            required=True,
            label_visibility="collapsed",
        )
        account.show()
    with feedback.explained():
        page.run()
    notes.show_restored()
    watch.show()
    state.write_address(page.url_path)


if __name__ == "__main__":
    main()
