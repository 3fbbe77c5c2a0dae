"""What a page says about the state of the data: illustrative, being prepared, empty, older than the day shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from geodata.catalogue import Version
from geodata.schema import LAYERS
from layers import assets, formats
from pages.ui import data, startup, state
from pages.ui.feedback import plain
from pages.ui.language import language, say, t


def show_sample_badge(versions: data.Versions) -> None:
    """示例数据, with the layers it is about, wherever an illustrative version is used."""
    illustrative = data.illustrative_layers(versions)
    if illustrative:
        st.badge(
            t("Illustrative data"),
            color="orange",
            help=t("These layers are illustrative, not real: {layers}.", layers=titles(illustrative)),
        )


def source_line(versions: data.Versions, layer: str, on: date) -> str:
    """示例数据, the day shown and the data date of a layer, as one line under a chart."""
    version = versions[layer]
    parts = [
        t("Illustrative data") if version.illustrative else "",
        t("As of {day}", day=formats.day(on, language())),
        t("Data through {day}", day=formats.day(version.data_date, language())),
    ]
    return " · ".join(filter(None, parts))


def show_restored() -> None:
    """Say, once, which parts of the link could not be restored."""
    broken = state.take_broken()
    if broken:
        parts = t(", ").join(say(part) for part in broken)
        st.toast(
            t("Part of this link could not be restored: {parts}. The usual view is shown instead.", parts=parts),
            duration="long",
        )


def is_ready(versions: data.Versions) -> bool:
    """Whether there is anything to show; if not, the page now says why and what to do."""
    progress = startup.progress()
    if progress.state == "publishing":
        done = progress.done / max(progress.total, 1)
        st.info(t("The illustrative district is being prepared. This page goes on by itself, in about a minute."))
        st.progress(
            done, t("{done} of {total} layers are ready", done=progress.done, total=progress.total or len(LAYERS))
        )
        return False
    if progress.state == "failed":
        st.error(t("The illustrative district could not be published; the log says why. A restart tries again."))
    if not versions:
        st.info(
            f"**{t('No layer has been published yet')}**  \n"
            + t(
                "Publish one with `python -m geodata publish LAYER FILE --by NAME`, or start the application with "
                "LIAOHE_SAMPLE=true to fill the store with an illustrative district."
            )
        )
        return False
    return True


def frontend_is_there() -> bool:
    """Whether the map's own scripts are built; if not, the page now says how."""
    missing = assets.missing()
    if missing:
        st.error(
            f"**{t('The map’s scripts are missing')}**  \n"
            + t(
                "Run `make setup` (without make: `npm ci` and `npm run build` in layers/web), then reload. "
                "Missing: {files}.",
                files=plain(", ".join(missing)),
            )
        )
    return not missing


def titles(layers: Sequence[str]) -> str:
    """The titles of layers, in a row."""
    return t(", ").join(say(LAYERS[layer].title) for layer in layers)


def data_through(version: Version, on: date) -> str | None:
    """数据截至 …, where the day shown lies beyond a layer's data date."""
    if on <= version.data_date:
        return None
    return t("Data through {day}", day=formats.day(version.data_date, language()))
