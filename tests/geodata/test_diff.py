"""The difference of two versions: what is a change, what is none, and that applying it gives the other version."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from geodata.content import content_hash
from geodata.diff import apply_diff, diff_layers, in_key_order, keep_stored_shapes
from geodata.schema import schema_of
from tests.geodata.clean_frames import clean_frame

SCHEMA = schema_of("parks")


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


@st.composite
def versions(draw: st.DrawFn) -> GeoDataFrame:
    rows: list[Any] = [(key, draw(st.sampled_from(["一", "二", ""])), draw(CELLS)) for key in draw(KEYS)]
    return parks(*rows)


@settings(max_examples=1000)
@given(versions(), versions())
def test_applying_a_difference_gives_the_other_version_and_its_inverse_the_first(
    old: GeoDataFrame, new: GeoDataFrame
) -> None:
    there, back = diff_layers(old, new, SCHEMA), diff_layers(new, old, SCHEMA)
    assert content_hash(apply_diff(old, new, there, SCHEMA), SCHEMA) == content_hash(new, SCHEMA)
    assert content_hash(apply_diff(new, old, back, SCHEMA), SCHEMA) == content_hash(old, SCHEMA)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert there.is_empty == (content_hash(old, SCHEMA) == content_hash(new, SCHEMA))
