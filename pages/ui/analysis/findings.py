"""What a rule or a question finds in the published layers, worked out once for each set of versions and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st
from geopandas import GeoDataFrame

from geodata.analysis import RULES, Question, ask, new_since, read_question
from geodata.analysis.question import TITLE
from geodata.i18n import Text
from pages.ui import data


@dataclass(frozen=True)
class Check:
    """A rule or a question, in the words that both have."""

    name: str
    """As it stands in an address."""

    @property
    def question(self) -> Question | None:
        """The question; None for a rule."""
        return None if self.name in RULES else read_question(self.name)

    @property
    def title(self) -> Text:
        """What it is called."""
        return TITLE if self.question else RULES[self.name].title

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers it speaks of."""
        return (self.question.layer, self.question.other) if self.question else RULES[self.name].layers

    @property
    def measures(self) -> Mapping[str, Text]:
        """Columns of numbers → what they say."""
        return self.question.measures if self.question else RULES[self.name].measures


@dataclass(frozen=True)
class Findings:
    """What was found, and which of it is new."""

    rows: GeoDataFrame
    """The frame of `geodata.analysis.conflicts`."""
    new: pd.Series[bool] | None
    """Which rows the versions before did not have; None where no layer has an earlier version."""


def find(check: Check, versions: data.Versions, on: date) -> Findings:
    """What a check finds at a date.

    Raises
    ------
    MissingLayerError
        A layer is not published.
    """
    concerned = {layer: versions[layer] for layer in check.layers if layer in versions}
    rows = _found(data.names(concerned), check.name, on, concerned)
    before = {
        layer: data.store().version(layer, version.parent) if version.parent else version
        for layer, version in concerned.items()
    }
    if before == concerned:
        return Findings(rows, None)
    return Findings(rows, new_since(rows, _found(data.names(before), check.name, on, before)))


@st.cache_resource(show_spinner=False, max_entries=200)
def _found(
    names: tuple[tuple[str, str, int, str], ...],  # noqa: ARG001
    check: str,
    on: date,
    _versions: data.Versions,
) -> GeoDataFrame:
    frames = data.frames(_versions)
    return RULES[check].find(frames, on) if check in RULES else ask(frames, read_question(check), on)
