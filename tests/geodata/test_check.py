"""An upload held against its layer: what is remembered, recorded and repaired on the way."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from geopandas import GeoDataFrame, GeoSeries
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geodata import mapping, repair
from geodata.check import Check, check_upload
from geodata.choices import Choices
from geodata.exporting import template, write_export
from geodata.findings import Finding
from geodata.indicators import indicators
from geodata.publish import publish
from geodata.schema import LAYERS
from geodata.settings import Settings
from geodata.store import Store
from tests.geodata.clean_frames import clean_frame
from tests.geodata.upload_files import DXF_HEAD, DXF_TAIL, SQUARES, dbf, parts, polyline, zipped


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


# --- repairs, each through the whole of the check ---------------------------------------------------------------------

BOWTIE = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
SHIFTED = box(99.8, 0, 200, 100)  # overlaps its neighbour by 20 cm
GAP = box(100.2, 0, 200, 100)  # leaves 20 cm to its neighbour, closed by a third above
ROOF = box(0, 100, 200, 150)
FLOOR = box(0, -50, 200, 0)
TWO_PARTS = MultiPolygon([box(0, 0, 100, 100), box(200, 0, 300, 100)])
WITH_HAIR = MultiPolygon([box(0, 0, 100, 100), box(200, 0, 202, 2)])


def parks_shapefile(folder: Path, **options: Any) -> Path:
    fields = [(b"PARK_ID", "C", 20, 0), (b"NAME", "C", 40, 0)]
    rows = [[f"Q{row}".encode(), f"园区{row}".encode("gbk")] for row in range(3)]
    files = parts(table=dbf(fields, rows, claimed=options.pop("claimed", None)), **options)
    return zipped(folder, files, "parks")


def wrong_index(folder: Path, rows: int, *, moved: bool = False) -> Path:
    path = parks_shapefile(folder)
    with zipfile.ZipFile(path) as archive:
        files = {Path(name).suffix: archive.read(name) for name in archive.namelist()}
    index = parts(SQUARES[:rows])[".shx"]
    return zipped(folder, files | {".shx": index[:100] + index[108:] + index[100:108] if moved else index}, "parks")


def parcels(*shapes: BaseGeometry | None, keys: Sequence[str] | None = None) -> Callable[[Path], Path]:
    rows = [{"parcel_id": keys[row] if keys else f"P{row}", "land_use": "0701"} for row in range(len(shapes))]
    return lambda folder: write(folder / "parcels.gpkg", rows, shapes)


SQUARE = box(0, 0, 100, 100)
REPAIRS: list[tuple[str, str, Callable[[Path], Path], int]] = [
    ("MISSING_SHX", "parks", lambda folder: parks_shapefile(folder, without=[".shx"]), 3),
    ("COUNT_MISMATCH", "parks", lambda folder: wrong_index(folder, 2), 3),
    ("COUNT_MISMATCH", "parks", lambda folder: parks_shapefile(folder, claimed=0), 3),
    ("CORRUPT", "parks", lambda folder: wrong_index(folder, 3, moved=True), 3),
    ("NULL_GEOM", "parcels", parcels(SQUARE, None), 1),
    ("HAS_ZM", "parcels", parcels(shapely.force_3d(SQUARE, 5.0), box(200, 0, 300, 100)), 2),
    ("MIXED_GEOM", "parcels", parcels(GeometryCollection([SQUARE, Point(300, 300)]), box(200, 0, 300, 100)), 2),
    ("INVALID_GEOM", "parcels", parcels(BOWTIE, box(200, 0, 300, 100)), 2),
    ("DUPLICATE_KEY", "parcels", parcels(SQUARE, box(200, 0, 300, 100), keys=["P1", "P1"]), 1),
    ("OVERLAP", "parcels", parcels(SQUARE, SHIFTED), 2),
    ("SLIVER", "parcels", parcels(SQUARE, GAP, ROOF, FLOOR), 4),
    ("SLIVER", "parcels", parcels(WITH_HAIR), 1),
    ("MULTI_PART", "parcels", parcels(TWO_PARTS), 2),
]


def test_every_offered_repair_is_tried_here_and_has_its_title_in_both_languages() -> None:
    assert {code for code, *_ in REPAIRS} == set(repair.TITLES)
    for title in repair.TITLES.values():
        assert title.in_("zh") != title.in_("en")


@pytest.mark.parametrize(("code", "layer", "make", "features"), REPAIRS, ids=lambda value: str(value)[:20])
def test_a_repair_is_offered_taken_told_and_offered_no_more(
    store: Store, tmp_path: Path, code: str, layer: str, make: Callable[[Path], Path], features: int
) -> None:
    path = make(tmp_path)
    before = checked(store, path, layer=layer)
    assert code in repair.offered(before.findings)
    assert not told(before, "REPAIRED")

    after = checked(store, path, layer=layer, repairs=frozenset({code}))
    assert not told(after, code)
    assert code not in repair.offered(after.findings)
    (note,) = told(after, "REPAIRED")
    assert (
        any(figure.isdigit() for figure in note.message.in_("zh"))
        or code in ("MISSING_SHX", "CORRUPT")
        or not note.rows
    )
    assert after.outcome != "reject"
    assert after.frame is not None
    assert len(after.frame) == features
    assert after.frame.geometry.is_valid.all()
    if layer == "parcels":
        assert note.rows
    publish(store, after, by="张三", accept_warnings=True)


def test_a_table_of_another_length_is_not_offered_for_repair(store: Store, tmp_path: Path) -> None:
    files = parts(table=dbf([(b"PARK_ID", "C", 20, 0), (b"NAME", "C", 40, 0)], [[b"Q0", b"A"]]))
    check = checked(store, zipped(tmp_path, files, "parks"), layer="parks")
    assert told(check, "COUNT_MISMATCH")
    assert repair.offered(check.findings) == []


def test_parts_become_features_with_keys_of_their_own(store: Store, tmp_path: Path) -> None:
    make = parcels(TWO_PARTS, box(400, 0, 500, 100), keys=["P1", "P1-1"])
    check = checked(store, make(tmp_path), repairs=frozenset({"MULTI_PART"}))
    assert check.frame is not None
    assert check.frame["parcel_id"].tolist() == ["P1-1", "P1-2", "P1-3"]
    assert shapely.get_num_geometries(check.frame.geometry).tolist() == [1, 1, 1]
    (note,) = told(check, "REPAIRED")
    assert "1 个多部件要素已拆成 2 个" in note.message.in_("zh")


def test_blanks_around_texts_are_taken_off_and_shown_before_and_after(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [{"parcel_id": " P1\u3000", "land_use": "0701"}])
    check = checked(store, path)
    (note,) = told(check, "REPAIRED")
    assert "→ P1" in note.message.in_("zh")
    assert check.frame is not None
    assert check.frame["parcel_id"].tolist() == ["P1"]


def test_an_invalid_shape_that_was_accepted_stays_whole_everywhere_and_its_area_is_told(
    store: Store, tmp_path: Path
) -> None:
    hole_outside = Polygon([(300, 0), (400, 0), (400, 100), (300, 100)], [[(390, 10), (450, 10), (450, 50), (390, 50)]])
    path = parcels(BOWTIE, box(200, 0, 300, 100), hole_outside)(tmp_path)
    check = checked(store, path)
    (invalid,) = told(check, "INVALID_GEOM")
    assert invalid.rows == (0, 2)
    # The two triangles run against each other and count as 0; of the square 10,000 - 2,400 m² are left.
    assert "面积合计按 7,6" in invalid.message.in_("zh")
    version = publish(store, check, by="张三", accept_warnings=True)
    assert told(checked(store, path), "NO_CHANGE")
    for ending in ("gpkg", "zip", "geojson", "fgb", "parquet"):
        exported = tmp_path / f"out.{ending}"
        assert write_export(store, version, exported, crs="4527") == 3
        again = checked(store, exported)
        assert told(again, "NO_CHANGE"), ending
        assert told(again, "INVALID_GEOM")[0].count == 2  # FlatGeobuf sorts its rows
    areas = {key: each.value for key, each in indicators({"parcels": store.read("parcels")}, date(2020, 1, 1)).items()}
    assert areas["land.parcels.unapproved"] == 3


def test_keys_without_their_leading_zeros_are_told_from_a_rename(store: Store, tmp_path: Path) -> None:
    rows = [{"parcel_id": f"010{row}", "land_use": "0701"} for row in range(3)]
    publish(store, checked(store, write(tmp_path / "a.gpkg", rows)), by="张三", accept_warnings=True)
    lost = [{**row, "parcel_id": row["parcel_id"].lstrip("0")} for row in rows]
    (renamed,) = told(checked(store, write(tmp_path / "b.gpkg", lost)), "RENAMED")
    assert "补回前导零" in renamed.message.in_("zh")
    other = [{**row, "parcel_id": f"X-{row['parcel_id']}"} for row in rows]
    (renamed,) = told(checked(store, write(tmp_path / "c.gpkg", other)), "RENAMED")
    assert "补回前导零" not in renamed.message.in_("zh")


def test_a_drawing_says_that_it_has_no_attributes(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.dxf"
    path.write_text(DXF_HEAD + polyline("地块", closed=True) + DXF_TAIL, encoding="gbk")
    assert any("没有属性" in each.message.in_("zh") for each in told(checked(store, path), "MISSING_FIELD"))


# --- what people start from -------------------------------------------------------------------------------------------

SHAPES = {"Polygon": box(0, 0, 120, 100), "LineString": LineString([(0, 0), (500, 0)]), "Point": Point(0, 0)}


@pytest.mark.parametrize("layer", LAYERS)
def test_the_example_row_of_the_guide_passes_every_check(store: Store, tmp_path: Path, layer: str) -> None:
    schema = LAYERS[layer]
    guide = mapping.field_guide(schema)
    columns = {name: [example] for name, example in zip(guide["名称"], guide["示例"], strict=True)}
    shape = GeoSeries([SHAPES[schema.geometry]], crs=4548).translate(468_000, 3_921_000)
    path = tmp_path / "example.gpkg"
    GeoDataFrame(columns, geometry=shape).to_file(path, layer=layer, driver="GPKG")
    check = checked(store, path, layer=layer)
    # One feature alone is not the whole plan: four verticals, three zones.
    assert {each.code for each in check.findings} <= {"OUT_OF_AREA", "STRUCTURE"}
    assert check.mapped is not None
    assert check.mapped.unknown == []
    assert check.frame is not None
    assert check.frame.drop(columns="geometry").notna().all(axis=None)


def test_an_empty_form_is_filled_in_as_a_ledger(store: Store, tmp_path: Path) -> None:
    publish(store, checked(store, write(tmp_path / "a.gpkg", PARCELS)), by="张三", accept_warnings=True)
    form = tmp_path / "form.xlsx"
    form.write_bytes(template(LAYERS["parcels"], "xlsx"))
    empty = checked(store, form, ledger=True)
    assert [each.code for each in empty.findings] == ["EMPTY_LAYER"]
    assert empty.outcome == "reject"
