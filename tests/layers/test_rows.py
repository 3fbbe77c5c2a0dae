"""Sets of row numbers on their way to the map."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from layers import rows


def test_a_small_set_stands_in_the_state_with_the_lowest_row_in_the_lowest_bit() -> None:
    state = rows.to_state([0, 3, 9], 10, "build")
    assert isinstance(state, str)
    assert base64.b64decode(state) == bytes([0b00001001, 0b00000010])


@pytest.mark.parametrize(
    "chosen",
    [
        [0, 3, 9],
        {0, 3, 9},
        np.array([9, 0, 3]),
        np.array([True, False, False, True, False, False, False, False, False, True]),
        [True, False, False, True, False, False, False, False, False, True],
    ],
)
def test_rows_are_named_by_number_or_by_a_boolean_for_each(chosen: rows.Rows) -> None:
    assert rows.to_bits(chosen, 10) == bytes([0b00001001, 0b00000010])


@pytest.mark.parametrize("none", [[], set(), np.array([]), np.zeros(10, dtype=bool)])
def test_a_filter_may_leave_nothing(none: rows.Rows) -> None:
    assert rows.to_bits(none, 10) == bytes(2)


@pytest.mark.parametrize("chosen", [[10], np.ones(9, dtype=bool), np.ones(11, dtype=bool)])
def test_rows_of_another_layer_are_refused(chosen: rows.Rows) -> None:
    with pytest.raises(IndexError):
        rows.to_bits(chosen, 10)


def test_the_address_of_a_large_set_names_rows_and_build() -> None:
    one, same, other, rebuilt = (
        rows.to_state(chosen, 50_000, build) for chosen, build in [([1], "a"), ([1], "a"), ([2], "a"), ([1], "b")]
    )
    assert one == same
    assert one not in (other, rebuilt)


def test_only_the_latest_sets_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_SETS_KEPT", 2)
    names = [rows.to_state([row], 50_000, "x")["url"].split("/")[2].split("?")[0] for row in range(3)]  # type: ignore[index]
    assert [rows.compressed(name) is not None for name in names] == [False, True, True]
