"""The difference of two versions: what is a change, what is none, and that applying it gives the other version.

An ordinary run tries 250 pairs of versions; `LIAOHE_DIFFS=2000` tries that many.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geodata.content import content_hash
from geodata.diff import apply_diff, diff_layers, in_key_order, keep_stored_shapes, same_shape
from geodata.schema import schema_of
from tests.geodata.clean_frames import clean_frame

SCHEMA = schema_of("parks")
DIFFS = int(os.environ.get("LIAOHE_DIFFS", "250"))


def parks(*rows: tuple[str, str, Polygon]) -> GeoDataFrame:
    frame = clean_frame(
        "parks", [{"park_id": key, "name": name} for key, name, _ in rows], [shape for *_, shape in rows]
    )
    return in_key_order(frame, SCHEMA)


A, B, C = box(0, 0, 100, 100), box(200, 0, 300, 100), box(400, 0, 500, 100)
OLD = parks(("A", "一", A), ("B", "二", B), ("C", "三", C))


def test_everything_is_added_without_an_older_version() -> None:
    assert diff_layers(None, OLD, SCHEMA).counts() == {"added": 3, "removed": 0, "changed": 0, "unchanged": 0}


def test_the_same_data_in_another_order_is_no_change() -> None:
    diff = diff_layers(OLD, OLD.iloc[::-1].reset_index(drop=True), SCHEMA)
    assert diff.is_empty
    assert len(diff.unchanged) == 3


def test_each_kind_of_change_is_counted_once() -> None:
    new = parks(("A", "甲", A), ("B", "二", box(200, 0, 310, 100)), ("D", "四", box(600, 0, 700, 100)))
    diff = diff_layers(OLD, new, SCHEMA)
    assert (diff.added, diff.removed, diff.changed, diff.unchanged) == (["D"], ["C"], ["A", "B"], [])
    assert diff.geometry_changed == {"B"}
    assert diff.attributes_changed == {"A": {"name": ("一", "甲")}}


def test_moved_and_edited_is_one_change() -> None:
    diff = diff_layers(OLD, parks(("A", "甲", box(5, 0, 105, 100)), ("B", "二", B), ("C", "三", C)), SCHEMA)
    assert diff.counts()["changed"] == 1


@pytest.mark.parametrize("noise_m", [0.0004, 0.0007])
def test_noise_below_a_millimetre_is_no_change(noise_m: float) -> None:
    shaken = [shapely.transform(shape, lambda points: points + noise_m * np.sin(points)) for shape in (A, B, C)]
    new = parks(*zip("ABC", "一二三", shaken, strict=True))
    diff = diff_layers(OLD, new, SCHEMA)
    assert diff.is_empty
    kept = keep_stored_shapes(OLD, new, diff, SCHEMA)
    assert content_hash(kept, SCHEMA) == content_hash(OLD, SCHEMA)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        # A ring whose lowest vertices lie within the noise of each other: normalising starts at either of them.
        (Polygon([(0, 0), (0.0003, 50), (50, 50), (50, 0)]), Polygon([(0.0006, 0), (0, 50), (50, 50), (50, 0)]), True),
        (A, MultiPolygon([A]), True),
        (MultiPolygon([A, B]), MultiPolygon([B, A]), True),
        (LineString([(0, 0), (50, 10), (90, 0)]), LineString([(90, 0), (50, 10), (0, 0)]), True),
        (LineString([(0, 0), (50, 10), (0, 20), (0, 0)]), LineString([(0, 20), (0, 0), (50, 10), (0, 20)]), True),
        # The same four vertices, joined otherwise.
        (LineString([(0, 0), (9, 0), (0, 9), (9, 9)]), LineString([(0, 0), (9, 9), (0, 9), (9, 0)]), False),
        (A, MultiPolygon([A, B]), False),
        (A, A.difference(box(40, 40, 60, 60)), False),
        (A, Polygon([(0, 0), (50, 0), (100, 0), (100, 100), (0, 100)]), False),
        (A.difference(box(40, 40, 60, 60)), A.difference(box(40, 40, 60, 60.002)), False),
        (box(0, 0, 100, 100), box(0, 0, 100.0009, 100), True),
        (box(0, 0, 100, 100), box(0, 0, 100.0011, 100), False),
        (Point(3, 4), Point(3.0006, 4.0006), True),
        (Point(3, 4), Point(3.0009, 4.0009), False),
        (None, None, True),
        (A, None, False),
    ],
)
def test_shapes_are_the_same_within_a_millimetre_whatever_their_order(old: Any, new: Any, same: bool) -> None:
    before, after = (clean_frame("parks", [{"park_id": "A"}], [shape]).geometry for shape in (old, new))
    assert same_shape(before, after).tolist() == [same]
    assert same_shape(after, before).tolist() == [same]


def test_another_zone_and_back_is_no_change() -> None:
    again = OLD.to_crs(4527).to_crs(4548).to_crs(4490)
    assert diff_layers(OLD, again, SCHEMA).is_empty


@pytest.mark.parametrize(
    ("was", "now", "changes"),
    [
        ("café", "cafe\u0301", False),
        (5, 5.0, False),
        (0.0, -0.0, False),
        ("5", 5, True),
        (True, 1, True),
        ("", None, True),
        ([1, 2], [1, 2], False),
        ([1, 2], [2, 1], True),
        (date(2020, 1, 1), pd.Timestamp("2020-01-01"), False),
    ],
)
def test_values_of_unknown_columns_are_the_same_or_not_alike_for_difference_and_hash(
    was: Any, now: Any, changes: bool
) -> None:
    old, new = (
        OLD.assign(remark=pd.Series([value, "x", None], dtype=object))[[*OLD.columns[:-1], "remark", "geometry"]]
        for value in (was, now)
    )
    assert diff_layers(old, new, SCHEMA).is_empty is not changes
    assert (content_hash(old, SCHEMA) == content_hash(new, SCHEMA)) is not changes


def test_an_unknown_column_without_a_value_is_no_content() -> None:
    more = OLD.assign(remark=pd.Series([None] * 3, dtype=object))
    assert diff_layers(OLD, more, SCHEMA).is_empty
    assert content_hash(OLD, SCHEMA) == content_hash(more, SCHEMA)


def test_a_centimetre_is_a_change() -> None:
    moved = shapely.transform(A, lambda points: points + np.array([0.01, 0]))
    assert diff_layers(OLD, parks(("A", "一", moved), ("B", "二", B), ("C", "三", C)), SCHEMA).changed == ["A"]


def test_ring_start_and_direction_are_no_change() -> None:
    turned = Polygon([(100, 100), (100, 0), (0, 0), (0, 100)])
    assert diff_layers(OLD, parks(("A", "一", turned), ("B", "二", B), ("C", "三", C)), SCHEMA).is_empty


def test_a_new_key_on_an_old_shape_is_offered_as_a_rename() -> None:
    diff = diff_layers(OLD, parks(("A2", "一", A), ("B", "二", B), ("C", "三", C)), SCHEMA)
    assert diff.renames == {"A": "A2"}
    assert (diff.removed, diff.added) == (["A"], ["A2"])


def test_an_accepted_rename_is_one_change_that_keeps_the_stored_shape() -> None:
    noisy = shapely.transform(A, lambda points: points + 0.0004)
    new = parks(("A2", "甲", noisy), ("B", "二", B), ("C", "三", C))
    diff = diff_layers(OLD, new, SCHEMA, accept_rename=True)
    assert diff.counts() == {"added": 0, "removed": 0, "changed": 1, "unchanged": 2}
    assert (diff.renamed, diff.renames) == ({"A": "A2"}, {})
    assert diff.attributes_changed == {"A2": {"park_id": ("A", "A2"), "name": ("一", "甲")}}
    kept = keep_stored_shapes(OLD, new, diff, SCHEMA)
    assert kept.geometry.to_wkb().tolist() == OLD.geometry.to_wkb().tolist()
    assert apply_diff(OLD, kept, diff, SCHEMA)["park_id"].tolist() == ["A2", "B", "C"]


def test_two_old_shapes_for_one_new_key_are_no_rename() -> None:
    old = parks(("A", "一", A), ("B", "二", A))
    assert diff_layers(old, parks(("D", "四", A)), SCHEMA).renames == {}


def test_a_common_shift_is_found() -> None:
    shifted = [shapely.transform(shape, lambda points: points + np.array([30.0, -40.0])) for shape in (A, B, C)]
    diff = diff_layers(OLD, parks(*zip("ABC", "一二三", shifted, strict=True)), SCHEMA)
    assert diff.shift_m == pytest.approx((30.0, -40.0), abs=0.01)
    assert diff_layers(OLD, OLD, SCHEMA).shift_m is None


def test_an_unknown_column_that_comes_or_goes_is_a_change() -> None:
    more = OLD.assign(remark=["x", None, None])[["park_id", "name", "board", "remark", "geometry"]]
    diff = diff_layers(OLD, more, SCHEMA)
    assert diff.attributes_changed == {"A": {"remark": (None, "x")}}


KEYS = st.lists(st.sampled_from("ABCDEFGH"), unique=True, max_size=6)
CELLS = st.sampled_from([box(x, y, x + 50, y + 50) for x in (0, 60, 120) for y in (0, 60)])
NAMES = st.sampled_from(["一", "二", "", "café", "cafe\u0301"])
REMARKS = st.sampled_from([None, "", "x", 5, 5.0, True])


@st.composite
def versions(draw: st.DrawFn) -> GeoDataFrame:
    rows: list[Any] = [(key, draw(NAMES), draw(CELLS)) for key in draw(KEYS)]
    frame = parks(*rows)
    if draw(st.booleans()):
        frame["remark"] = pd.Series([draw(REMARKS) for _ in rows], dtype=object)
    return frame


@settings(max_examples=DIFFS)
@given(versions(), versions(), st.booleans())
def test_applying_a_difference_gives_the_other_version_and_its_inverse_the_first(
    old: GeoDataFrame, new: GeoDataFrame, accept_rename: bool
) -> None:
    there = diff_layers(old, new, SCHEMA, accept_rename=accept_rename)
    back = diff_layers(new, old, SCHEMA, accept_rename=accept_rename)
    assert content_hash(apply_diff(old, new, there, SCHEMA), SCHEMA) == content_hash(new, SCHEMA)
    assert content_hash(apply_diff(new, old, back, SCHEMA), SCHEMA) == content_hash(old, SCHEMA)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert there.is_empty == (content_hash(old, SCHEMA) == content_hash(new, SCHEMA))
    assert sum(there.counts().values()) - len(there.removed) == len(new)
