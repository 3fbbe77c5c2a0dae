"""The phase that says what was found in the files, and lets a person correct each guess."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from geopandas import GeoDataFrame

from geodata import crs
from geodata.encoding import Candidate
from layers import formats, thumbnail
from pages.ui import data
from pages.ui.feedback import plain
from pages.ui.language import say, t
from pages.ui.upload import files, journey, samples
from pages.ui.upload.finding_list import show_findings

_AUTOMATIC = ""
_LIKELY = 3
_COMMON_ENCODINGS = ("UTF-8", "GB18030", "Big5", "UTF-16")
_ALWAYS = ("EPSG:4527", "EPSG:4548", "EPSG:4490", "EPSG:4326")


def show(draft: journey.Draft, check: journey.Check) -> None:
    """Layers, counts, CRS and encoding as they were read."""
    files.correct_mode(draft)
    show_findings(journey.findings_of("found", check), check)
    _show_layers(draft, check)
    left, right = st.columns(2, gap="large")
    with left:
        _ask_encoding(draft, check)
    if not draft.choices.ledger:  # a ledger has no coordinates
        with right:
            _ask_crs(draft, check)


def _show_layers(draft: journey.Draft, check: journey.Check) -> None:
    layers = check.reading.layers
    if draft.choices.layer_name:
        st.button(
            t("Choose another layer of the file"), on_click=journey.choose, args=(draft,), kwargs={"layer_name": None}
        )
    if not layers:
        return
    table = pd.DataFrame(
        {
            t("Layer in the file"): [layer.name for layer in layers],
            t("Features"): [layer.features for layer in layers],
            t("Geometry"): [layer.geometry_type or formats.NOTHING for layer in layers],
            t("Coordinate system"): [layer.crs or formats.NOTHING for layer in layers],
            t("Encoding"): [layer.encoding or formats.NOTHING for layer in layers],
            t("Columns"): [", ".join(layer.fields) for layer in layers],
        }
    )
    st.dataframe(table, hide_index=True, height="content")
    if len(layers) > 1:
        key = f"layer_name_{draft.id}"
        names = [layer.name for layer in layers]
        st.selectbox(
            t("Which of them is the layer?"),
            names,
            index=None,
            placeholder=t("Choose one"),
            key=key,
            on_change=journey.choosing(draft, "layer_name", key, shown=None),
        )


def _ask_crs(draft: journey.Draft, check: journey.Check) -> None:
    """The coordinate system, with every likely candidate on a small map of the district."""
    frame = check.reading.frame
    st.subheader(t("Coordinate system"), anchor=False)
    if frame is None:
        st.caption(t("The file has to be readable first."))
        return
    candidates = _candidates(_reading_of(draft), frame)
    declared = next((layer.crs for layer in check.reading.layers if layer.crs), None)
    automatic = t("As the file says, or by where it falls")
    if check.crs or declared:
        automatic = f"{automatic} ({check.crs or declared})" if not draft.choices.crs else automatic
    titles = {_AUTOMATIC: automatic}
    for candidate, _ in candidates:
        inside = t("{share} inside the district", share=formats.share(candidate.share_inside, 0))
        titles[_value(candidate.crs, swapped=candidate.swapped)] = f"{_named(candidate)} · {inside}"
        if not candidate.swapped:
            titles.update({code: f"{say(crs.title(code))} · {code}" for code in candidate.alike})
    for code in _ALWAYS:
        titles.setdefault(code, f"{say(crs.title(code))} · {code}")
    chosen = _value(draft.choices.crs or _AUTOMATIC, swapped=draft.choices.swap_axes)
    titles.setdefault(chosen, chosen)
    key = f"crs_{draft.id}"
    st.selectbox(
        t("Take the coordinates as"),
        list(titles),
        index=list(titles).index(chosen),
        format_func=titles.__getitem__,
        key=key,
        on_change=_take_crs,
        args=(draft, key),
    )
    drawn = [(candidate, drawing) for candidate, drawing in candidates if drawing][:_LIKELY]
    if drawn:
        st.caption(t("Where the features fall, over the outline of the district:"))
        for place, (candidate, drawing) in zip(st.columns(_LIKELY), drawn, strict=False):
            share = formats.share(candidate.share_inside, 0)
            place.image(drawing, caption=f"{_named(candidate)} · {share}", width="stretch")


def _take_crs(draft: journey.Draft, key: str) -> None:
    code, _, swapped = str(st.session_state[key]).partition(" ")
    journey.choose(draft, crs=code or None, swap_axes=bool(swapped))


def _value(code: str, *, swapped: bool) -> str:
    return f"{code} swapped" if swapped else code


def _named(candidate: crs.CrsCandidate) -> str:
    words = f"{say(candidate.title)} · {candidate.crs}"
    return t("{crs}, axes swapped", crs=words) if candidate.swapped else words


def _reading_of(draft: journey.Draft) -> tuple[object, ...]:
    """What tells one reading of a draft from another where only its shapes matter."""
    return draft.id, draft.choices.layer_name, data.names(data.current())


@st.cache_resource(show_spinner=False, max_entries=16)
def _candidates(
    name: tuple[object, ...],  # noqa: ARG001
    _frame: GeoDataFrame,
) -> list[tuple[crs.CrsCandidate, str | None]]:
    """Candidates, best first, each with a drawing of where a sample of the features falls."""
    district = data.district()
    sample = _frame.iloc[:: max(1, len(_frame) // thumbnail.MOST_FEATURES)]
    return [
        (
            candidate,
            thumbnail.outlines(district, crs.placed(sample, candidate)) if district and number < _LIKELY else None,
        )
        for number, candidate in enumerate(crs.candidates(_frame, district))
    ]


def _ask_encoding(draft: journey.Draft, check: journey.Check) -> None:
    """The text's encoding, with the same three texts in each candidate."""
    st.subheader(t("Encoding of the text"), anchor=False)
    used = next((layer.encoding for layer in check.reading.layers if layer.encoding), None)
    candidates = _samples((draft.id, draft.choices.layer_name), draft)
    in_doubt = draft.choices.encoding or any(finding.code.startswith("ENCODING") for finding in check.reading.findings)
    if not candidates and not in_doubt:
        st.caption(
            t("The text is plain or the format states its encoding ({encoding}); nothing to choose.", encoding=used)
            if used
            else t("The format states its encoding itself; nothing to choose.")
        )
        return
    offered = [candidate.encoding for candidate in candidates] or list(_COMMON_ENCODINGS)
    names = list(dict.fromkeys([*([used] if used else []), *offered]))
    shown = draft.choices.encoding if draft.choices.encoding in names else names[0]
    key = f"encoding_{draft.id}"
    st.selectbox(
        t("Read the text as"),
        names,
        index=names.index(shown),
        key=key,
        on_change=journey.choosing(draft, "encoding", key, shown=shown),
    )
    if not candidates:
        return
    likely = candidates[:_LIKELY]
    st.dataframe(
        pd.DataFrame({candidate.encoding: pd.Series(candidate.samples, dtype="str") for candidate in likely}),
        hide_index=True,
        height="content",
    )
    st.caption(
        t(
            "The same texts in each encoding: take the one that reads as it should. Now used: {encoding}.",
            encoding=plain(used or formats.NOTHING),
        )
    )


@st.cache_resource(show_spinner=False, max_entries=16)
def _samples(name: tuple[object, ...], _draft: journey.Draft) -> list[Candidate]:  # noqa: ARG001
    return samples.of_upload(_draft.path, _draft.choices.layer_name)
