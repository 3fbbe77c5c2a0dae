"""Layers as files to take away, read back by GDAL, ezdxf and our own reading."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import ezdxf.filemanagement
import geopandas
import pandas as pd
import pyogrio
import pytest
from geopandas import GeoDataFrame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geodata.exporting import ExportError
from geodata.take_away import CRSS, FORMATS, Format, Part, crss_of, lost_in_gbk, pack
from tests.geodata.clean_frames import clean_frame

HOLED = Polygon([(0, 0), (100, 0), (100, 100), (0, 100)], [[(40, 40), (60, 40), (60, 60), (40, 60)]])
PARCELS = clean_frame(
    "parcels",
    [
        {"parcel_id": "P-1", "land_use": "0701", "holder": "甲公司", "approved_on": pd.Timestamp("1900-01-01")},
        {"parcel_id": "P-2", "land_use": "14", "holder": "=1+1", "inefficient": True, "supplied_on": date(2019, 6, 30)},
    ],
    [HOLED, MultiPolygon([box(200, 0, 300, 100), box(400, 0, 500, 100)])],
)  # fmt: skip
ROADS = clean_frame(
    "roads", [{"road_id": "L-1", "name": "蓼河路", "road_class": "branch"}], [LineString([(0, 0), (500, 0)])]
)
PROJECTS = clean_frame("projects", [{"project_id": "X-1", "name": "项目"}], [Point(10, 10)])
PARTS = [
    Part("parcels", PARCELS, "版本 3 · 2020-12-31", illustrative=True),
    Part("roads", ROADS, "版本 1 · 2020-12-31", illustrative=False),
    Part("projects", PROJECTS, "版本 1 · 2020-12-31", illustrative=False),
]


def packed(form: Format, crs: str | None = None, parts: list[Part] = PARTS) -> bytes:
    return pack(parts, form, crs or crss_of(form)[0], "zh").content


def on_disk(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    return path


def in_metres(frame: GeoDataFrame) -> list[float]:
    return frame.to_crs("EPSG:4548").area.round(1).tolist()


@pytest.mark.parametrize("crs", CRSS)
def test_a_geopackage_holds_every_layer_with_all_it_is(tmp_path: Path, crs: str) -> None:
    path = on_disk(packed("GPKG", crs), tmp_path / "a.gpkg")
    assert [name for name, _ in pyogrio.list_layers(path)] == ["parcels", "roads", "projects"]
    back = geopandas.read_file(path, layer="parcels")
    assert back.crs.to_epsg() == int(crs.removeprefix("EPSG:"))
    assert back["holder"].tolist() == ["甲公司", "=1+1"]
    assert in_metres(back) == pytest.approx([9600, 20000], abs=0.2)
    assert (
        "示例数据"
        in pyogrio.read_info(path, layer="parcels", force_feature_count=True)["layer_metadata"]["DESCRIPTION"]
    )


@pytest.mark.parametrize("crs", CRSS)
def test_a_shapefile_is_read_again_without_loss(tmp_path: Path, crs: str) -> None:
    content = packed("SHP", crs, PARTS[:1])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {"parcels.shp", "parcels.dbf", "parcels.prj", "parcels.cpg", "parcels_names.csv", "README.txt"} <= set(
            archive.namelist()
        )
        assert "示例数据" in archive.read("README.txt").decode("utf-8-sig")
        assert crs in archive.read("README.txt").decode("utf-8-sig")
        archive.extractall(tmp_path)
    back = geopandas.read_file(tmp_path / "parcels.shp", encoding="GBK")
    assert back["PARCEL_ID"].tolist() == ["P-1", "P-2"]
    assert back["HOLDER"].tolist() == ["甲公司", "=1+1"]
    assert back["LAND_USE"].tolist() == ["0701", "14"]
    assert str(back["APPROVED"].iloc[0])[:10] == "1900-01-01"
    assert in_metres(back) == pytest.approx([9600, 20000], abs=0.2)


def test_signs_that_gbk_lacks_are_told_and_marked(tmp_path: Path) -> None:
    odd = ROADS.assign(name="𠮷野路")
    part = Part("roads", odd, "", illustrative=False)
    assert lost_in_gbk([part]) == ["𠮷"]
    assert lost_in_gbk(PARTS) == []
    with zipfile.ZipFile(io.BytesIO(packed("SHP", parts=[part]))) as archive:
        archive.extractall(tmp_path)
    assert geopandas.read_file(tmp_path / "roads.shp", encoding="GBK")["NAME"].tolist() == ["〓野路"]


def test_geojson_holds_degrees_one_layer_plain_and_several_in_a_zip(tmp_path: Path) -> None:
    back = geopandas.read_file(on_disk(packed("GEOJSON", parts=PARTS[:1]), tmp_path / "a.geojson"))
    assert back["parcel_id"].tolist() == ["P-1", "P-2"]
    assert back.geometry.iloc[0].representative_point().x == pytest.approx(116.65, abs=0.1)
    with zipfile.ZipFile(io.BytesIO(packed("GEOJSON"))) as archive:
        assert sorted(archive.namelist()) == ["README.txt", "parcels.geojson", "projects.geojson", "roads.geojson"]


def test_kml_has_a_folder_for_each_layer_with_names_and_words(tmp_path: Path) -> None:
    content = packed("KML")
    path = on_disk(content, tmp_path / "a.kml")
    assert [name for name, _ in pyogrio.list_layers(path)] == ["用地", "路网", "重点项目"]
    assert geopandas.read_file(path, layer="路网")["Name"].tolist() == ["蓼河路"]
    written = content.decode()
    assert "示例数据" in written
    assert "居住用地 (0701)" in written or "居住" in written


def test_dxf_draws_metres_on_layers_of_their_own_holes_and_labels_included(tmp_path: Path) -> None:
    path = on_disk(packed("DXF"), tmp_path / "a.dxf")
    drawing = ezdxf.filemanagement.readfile(path)
    space = drawing.modelspace()
    rings = space.query('LWPOLYLINE[layer=="用地"]')
    assert len(rings) == 4  # a ring and its hole, and two parts
    assert all(ring.closed for ring in rings)
    xs = [x for ring in rings for x, *_ in ring.get_points()]
    assert min(xs) == pytest.approx(468_000, abs=0.01)
    assert max(xs) == pytest.approx(468_500, abs=0.01)
    assert [text.dxf.text for text in space.query('TEXT[layer=="路网"]')] == ["蓼河路"]
    assert len(space.query('POINT[layer=="重点项目"]')) == 1
    assert any("示例数据" in text.dxf.text for text in space.query('TEXT[layer=="说明"]'))
    zoned = ezdxf.filemanagement.readfile(on_disk(packed("DXF", "EPSG:4527"), tmp_path / "b.dxf"))
    assert min(x for ring in zoned.modelspace().query("LWPOLYLINE") for x, *_ in ring.get_points()) > 39_000_000


def test_a_workbook_has_a_sheet_for_each_layer_in_words_and_no_formulas() -> None:
    with zipfile.ZipFile(io.BytesIO(packed("XLSX"))) as book:
        assert all(f'name="{name}"' in book.read("xl/workbook.xml").decode() for name in ("用地", "路网", "重点项目"))
        words = book.read("xl/sharedStrings.xml").decode()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert all(word in words for word in ("示例数据", "甲公司", "=1+1", "现状", "2019-06-30", "量算面积（公顷）"))
    assert "<f>" not in sheet


@pytest.mark.parametrize(
    ("form", "crs"), [("DXF", "EPSG:4490"), ("KML", "EPSG:4548"), ("GEOJSON", "EPSG:4527"), ("GPKG", "EPSG:3857")]
)
def test_coordinates_that_a_format_can_not_hold_are_refused_in_words(form: Format, crs: str) -> None:
    with pytest.raises(ExportError, match="can’t hold"):
        pack(PARTS, form, crs, "zh")


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_chosen_is_refused_and_an_empty_layer_is_none(form: Format) -> None:
    with pytest.raises(ExportError, match="at least one layer"):
        pack([], form, crss_of(form)[0], "zh")
    empty = [Part("roads", ROADS.iloc[:0], "", illustrative=True)]
    assert pack(empty, form, crss_of(form)[0], "en").content


TEXTS = st.text(st.characters(codec="gbk", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(TEXTS, min_size=1, max_size=4), widths=st.data())
def test_any_text_of_gbk_comes_back_from_a_shapefile(tmp_path: Path, names: list[str], widths: st.DataObject) -> None:
    numbers = [widths.draw(st.integers(0, 10_000).map(lambda tenths: tenths / 10)) for _ in names]
    rows = [
        {"road_id": f"L-{n}", "name": name, "road_class": "branch", "width_m": width}
        for n, (name, width) in enumerate(zip(names, numbers, strict=True))
    ]
    frame = clean_frame("roads", rows, [LineString([(0, 10 * n), (100, 10 * n)]) for n in range(len(rows))])
    content = packed("SHP", parts=[Part("roads", frame, "", illustrative=False)])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    back = geopandas.read_file(tmp_path / "roads.shp", encoding="GBK")
    assert back["NAME"].tolist() == names
    assert back["WIDTH_M"].tolist() == pytest.approx(numbers)
