"""Sets of row numbers on their way to the map."""

from __future__ import annotations

import base64

import pytest

from layers import rows


def test_a_small_set_stands_in_the_state_with_the_lowest_row_in_the_lowest_bit() -> None:
    state = rows.to_state([0, 3, 9], 10, "build")
    assert isinstance(state, str)
    assert base64.b64decode(state) == bytes([0b00001001, 0b00000010])


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
