"""A question of one's own: which features of a layer are near to, or overlap, those of another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame

from geodata.analysis.conflicts import build_conflicts, require_layers
from geodata.analysis.drawing import (
    Drawn,
    Numbers,
    Rows,
    area_ha,
    draw,
    length_m,
    nearest_within,
    overlaps_between,
    united,
)
from geodata.errors import GeodataError
from geodata.i18n import Text, label, text
from geodata.schema import schema_of
from geodata.topology import Shapes, in_degrees

TITLE = label("自定义查询", "Own question")
_ROUNDING = 1e-9
"""Half of an area may come out a hair less than a half."""


class QuestionError(GeodataError, ValueError):
    """A question that can't be answered as it was asked."""


@dataclass(frozen=True)
class Question:
    """Which features of a layer are within a distance of another layer, or overlapped by it to at least a share.

    Exactly one of the two is given: `within_m`, 0 or more, with 0 what touches, which is within 0.05 m; or
    `overlap_share`, more than 0, at most 1, of the area of polygons or the length of lines; points are in or out.
    """

    layer: str
    other: str
    within_m: float | None = None
    overlap_share: float | None = None

    def to_text(self) -> str:
        """As it stands in an address: `parcels.near50.waterways`, `parcels.over0.5.parks`."""
        how = f"near{self.within_m:g}" if self.within_m is not None else f"over{self.overlap_share:g}"
        return f"{self.layer}.{how}.{self.other}"

    @property
    def measures(self) -> dict[str, Text]:
        """Columns of numbers that the answer fills → what they say; as of a rule."""
        if self.within_m is not None:
            return {"distance_m": label("距离", "Distance")}
        sizes = {
            "Polygon": {"area_ha": label("重叠面积", "Overlapping area")},
            "LineString": {"length_m": label("重叠长度", "Overlapping length")},
        }
        return {**sizes.get(schema_of(self.layer).geometry, {}), "share": label("重叠比例", "Share of overlap")}


_WRITTEN = re.compile(r"([a-z_]+)\.(near|over)([\d.]+)\.([a-z_]+)")


def read_question(written: str) -> Question:
    """The question that `Question.to_text` wrote.

    Raises
    ------
    ValueError
        It is none, or can't be answered.
    """
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(written)
    layer, how, number, other = found.groups()
    question = Question(layer, other, **{"within_m" if how == "near" else "overlap_share": float(number)})
    _require_answerable(question)
    return question


def ask(frames: Mapping[str, GeoDataFrame], question: Question, on: date) -> GeoDataFrame:
    """What a question finds.

    Parameters
    ----------
    frames : layer → clean frame; rows filtered out before are neither found nor near
    on : the date of the states

    Returns
    -------
    The frame of `geodata.analysis.conflicts`, at most one row for each feature of the layer
        With a distance the feature, the nearest of the other layer and `distance_m`. With a share the part that all
        features of the other layer cover together, the one of them that covers most, `share`, and `area_ha` or
        `length_m` of the part.

    Raises
    ------
    QuestionError
        Not exactly one of the two is given, or it is out of range; the two layers are one; an overlap with what
        has no area.
    MissingLayerError
        One of the layers is not there.
    UnknownLayerError
        There is no such layer.
    """
    _require_answerable(question)
    require_layers(TITLE, (question.layer, question.other), frames)
    asked, about = (draw(layer, frames[layer]) for layer in (question.layer, question.other))
    if question.within_m is not None:
        return _near(asked, about, question.within_m, on)
    assert question.overlap_share is not None
    return _overlapped(asked, about, question.overlap_share, on)


def _require_answerable(question: Question) -> None:
    layer, other = question.layer, question.other
    within_m, overlap_share = question.within_m, question.overlap_share
    schema_of(layer)  # raises where there is no such layer
    if layer == other:
        raise QuestionError(
            text(
                "{layer} is asked about itself; choose two layers. Overlaps within a layer are found when it is "
                "uploaded.",
                layer=schema_of(layer).title,
            )
        )
    if (within_m is None) == (overlap_share is None):
        raise QuestionError(text("Ask either for a distance or for a share of overlap, not for both and not for none."))
    if within_m is not None and not 0 <= within_m < np.inf:
        raise QuestionError(text("A distance is 0 m or more; this one is {distance}.", distance=within_m))
    if overlap_share is not None and not 0 < overlap_share <= 1:
        raise QuestionError(
            text("A share of overlap is more than 0 % and at most 100 %; this one is {share:.0%}.", share=overlap_share)
        )
    if overlap_share is not None and schema_of(other).geometry != "Polygon":
        raise QuestionError(
            text(
                "{layer} has no areas that something could lie in; ask for a distance instead.",
                layer=schema_of(other).title,
            )
        )


def _near(asked: Drawn, about: Drawn, within_m: float, on: date) -> GeoDataFrame:
    rows, nearest, distance_m = nearest_within(asked.shapes, about.shapes, within_m)
    shapes = np.asarray(asked.frame.geometry.array)[rows]
    return build_conflicts("question", asked, rows, shapes, on, other=about, other_rows=nearest, distance_m=distance_m)


def _overlapped(asked: Drawn, about: Drawn, overlap_share: float, on: date) -> GeoDataFrame:
    dimension = {"Point": 0, "LineString": 1, "Polygon": 2}[schema_of(asked.layer).geometry]
    rows, most, parts, share = _points_in(asked, about) if dimension == 0 else _parts_in(asked, about, dimension)
    enough = share >= overlap_share - _ROUNDING
    rows, most, parts, share = rows[enough], most[enough], parts[enough], share[enough]
    sizes: dict[str, Any] = {0: {}, 1: {"length_m": length_m(parts)}, 2: {"area_ha": area_ha(parts)}}[dimension]
    return build_conflicts(
        "question", asked, rows, in_degrees(parts), on, other=about, other_rows=most, share=share, **sizes
    )


def _points_in(asked: Drawn, about: Drawn) -> tuple[Rows, Rows, Shapes, Numbers]:
    point, area = shapely.STRtree(about.shapes).query(asked.shapes, predicate="intersects")
    order = np.lexsort((area, point))
    rows, starts = np.unique(point[order], return_index=True)
    return rows, area[order][starts], asked.shapes[rows], np.ones(len(rows))


def _parts_in(asked: Drawn, about: Drawn, dimension: int) -> tuple[Rows, Rows, Shapes, Numbers]:
    size = shapely.length if dimension == 1 else shapely.area
    found = overlaps_between(asked.shapes, about.shapes)
    rows, parts = united(found.first, found.common)
    largest_first = np.lexsort((-size(found.common), found.first))
    most = found.second[largest_first[np.unique(found.first, return_index=True)[1]]]
    return rows, most, parts, np.minimum(size(parts) / size(asked.shapes[rows]), 1.0)
