"""An upload held against its layer: what is remembered, recorded and repaired on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from shapely import box
from shapely.geometry.base import BaseGeometry

from geodata.check import Check, check_upload
from geodata.choices import Choices
from geodata.findings import Finding
from geodata.publish import publish
from geodata.settings import Settings
from geodata.store import Store
from tests.geodata.clean_frames import clean_frame


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(Settings(data_dir=tmp_path / "data"))
    yield opened
    opened.close()


def squares(count: int) -> list[BaseGeometry]:
    return [box(200 * row, 0, 200 * row + 100, 100) for row in range(count)]


def write(
    path: Path,
    rows: Sequence[Mapping[str, Any]],
    shapes: Sequence[BaseGeometry | None] | None = None,
    *,
    layer: str = "parcels",
    **names: str,
) -> Path:
    """An upload as GeoPackage in zone 39; `names` renames columns, and those without a value are left out."""
    frame = clean_frame(layer, rows, shapes or squares(len(rows))).to_crs(4527)
    frame = frame[[*(name for name in frame.columns if name != "geometry" and frame[name].notna().any()), "geometry"]]
    path.unlink(missing_ok=True)
    frame.rename(columns=names).to_file(path, layer=layer, driver="GPKG")
    return path


def checked(store: Store, path: Path, *, layer: str = "parcels", **choices: Any) -> Check:
    return check_upload(store, layer, path, choices=Choices(**choices), settings=store.settings)


def told(check: Check, code: str) -> list[Finding]:
    return [each for each in check.findings if each.code == code]


PARCELS = [{"parcel_id": f"P{row}", "land_use": "0701", "holder": f"公司{row}"} for row in range(3)]
ODD = {"parcel_id": "DKH_X", "holder": "单位"}


def test_columns_matched_by_hand_are_matched_again_with_a_note(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", PARCELS, **ODD)
    first = checked(store, path, columns={"DKH_X": "parcel_id", "单位": "holder"})
    publish(store, first, by="张三", accept_warnings=True)

    edited = write(tmp_path / "b.gpkg", [{**row, "holder": "新公司"} for row in PARCELS], **ODD)
    again = checked(store, edited)
    assert again.diff is not None
    assert len(again.diff.changed) == 3
    (note,) = told(again, "GUESSED_FIELD")
    assert "DKH_X → 地块编号" in note.message.in_("zh")
    publish(store, again, by="张三", accept_warnings=True)

    # The version in between was published without a word of its own about columns; what was said stays said.
    assert checked(store, path).mapped == again.mapped


def test_a_choice_of_today_wins_over_what_is_remembered(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", PARCELS, **ODD)
    publish(
        store, checked(store, path, columns={"DKH_X": "parcel_id", "单位": "holder"}), by="张三", accept_warnings=True
    )
    check = checked(store, path, columns={"单位": ""})
    assert check.mapped is not None
    assert check.mapped.columns["DKH_X"] == "parcel_id"
    assert check.mapped.unknown == ["单位"]


def test_a_column_of_the_fields_own_name_wins_over_what_is_remembered(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", PARCELS, parcel_id="CODE_X")
    publish(store, checked(store, path, columns={"CODE_X": "parcel_id"}), by="张三", accept_warnings=True)
    frame = clean_frame("parcels", PARCELS, squares(3)).assign(CODE_X=["a", "b", "c"])
    frame.to_crs(4527).to_file(tmp_path / "b.gpkg", layer="parcels", driver="GPKG")
    check = checked(store, tmp_path / "b.gpkg")
    assert check.mapped is not None
    assert check.mapped.columns["parcel_id"] == "parcel_id"
    assert "CODE_X" in check.mapped.unknown


@pytest.mark.parametrize(
    ("code", "stated", "standard"),
    [
        ("0701", None, "national"),
        ("R21", None, "GB 50137-2011"),
        ("0810", None, "GB/T 21010-2017"),
        ("0501", "gb/t 21010", "GB/T 21010-2017"),
    ],
)
def test_a_check_says_which_land_use_standard_was_taken(
    store: Store, tmp_path: Path, code: str, stated: str | None, standard: str
) -> None:
    path = write(tmp_path / "a.gpkg", [{"parcel_id": "P", "land_use": code}])
    assert checked(store, path, land_use_standard=stated).land_use_standard == standard


def test_a_layer_without_land_use_has_no_standard(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [{"park_id": "Q1", "name": "园区一"}], layer="parks")
    assert checked(store, path, layer="parks").land_use_standard is None
