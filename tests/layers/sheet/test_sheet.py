"""Plan sheets as files: what is drawn is to scale, what is written can be searched, and what is missing is said."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely
from PIL import Image

from geodata import facets
from geodata.catalogue import Version
from geodata.filters import Inside, OneOf
from geodata.settings import Settings
from geodata.store import Store
from layers import styles
from layers.sheet import Plan, SheetOptionError, SheetOptions, draw_pages, make_sheet, plan_sheet, shown_layers
from layers.sheet.canvas import BLACK, PT_PER_MM, Page, width_mm, wrap, write_pages
from layers.sheet.furniture import Imprint
from layers.sheet.paper import Tile, around, layout
from layers.view import ViewState
from tests.geodata.clean_frames import EAST, NORTH, clean_frame
from tests.layers.sheet.pdf_file import PdfFile

ON = date(2020, 12, 31)
COMPLETED = {"land_use": "0701", "approved_on": "2018-01-10", "supplied_on": "2018-05-01", "started_on": "2018-06-01"}
IMPRINT = Imprint("测试图", "", "", "", "", "CGCS2000", "", [], False, ON, "zh")


def square(side_m: float, *, paper: str = "A3", scale: int = 10_000) -> tuple[Plan, list]:
    """One completed parcel, its sides `side_m` long in EPSG:4548, in the middle of a sheet."""
    parcels = clean_frame(
        "parcels",
        [{**COMPLETED, "completed_on": "2020-06-30", "parcel_id": "P-1"}],
        [shapely.box(0, 0, side_m, side_m)],
    )
    found = facets.facets_of({"parcels": parcels}, ON)
    sheet = layout(paper, "portrait")
    bounds = around((EAST + side_m / 2, NORTH + side_m / 2), sheet, scale)
    return Plan(sheet, scale, [Tile(1, bounds)], bounds), shown_layers(found, ViewState())


@pytest.mark.parametrize(
    ("scale", "side_m", "side_mm"), [(10_000, 1000, 100), (5000, 500, 100), (25_000, 4000, 160), (50_000, 5000, 100)]
)
def test_a_length_on_paper_is_that_on_the_ground_over_the_scale(tmp_path, scale, side_m, side_mm):
    plan, shown = square(side_m, scale=scale)
    pages = draw_pages(plan, shown, ViewState(), IMPRINT)
    write_pages(pages, tmp_path / "a.pdf", paper="A3", title="")
    ((left, bottom, right, top),) = [
        box
        for box in PdfFile(tmp_path / "a.pdf").filled(styles.colour("parcels", "completed"))
        if box[2] - box[0] > 20  # the swatch of the key is smaller
    ]
    assert right - left == pytest.approx(side_mm, abs=0.2)
    assert top - bottom == pytest.approx(side_mm, abs=0.2)
    x, y = plan.layout.window.centre
    assert (left + right) / 2 == pytest.approx(x, abs=0.2)
    assert (bottom + top) / 2 == pytest.approx(y, abs=0.2)


def test_grid_lines_are_labelled_with_their_kilometre_where_it_is():
    plan, shown = square(1000)
    (page,) = draw_pages(plan, shown, ViewState(), IMPRINT)
    # The window of A3 shows 2.69 km by 2.81 km here, around 468.5 and 3921.5.
    eastings = {noted.words: noted.x - 0.8 for noted in page.words if noted.words.startswith(("468", "469"))}
    northings = {noted.words: noted.y - 0.8 for noted in page.words if noted.angle == 90 and "39" in noted.words}
    x, y = plan.layout.window.centre
    assert eastings == {"468 km": pytest.approx(x - 50), "469": pytest.approx(x + 50)}
    assert northings == {"3921 km": pytest.approx(y - 50), "3922": pytest.approx(y + 50)}


@pytest.mark.parametrize("scale", [500, 10_000, 40_000])
def test_the_scale_bar_is_as_long_as_it_says(tmp_path, scale):
    plan, shown = square(100, paper="A4", scale=scale)
    write_pages(draw_pages(plan, shown, ViewState(), IMPRINT), tmp_path / "a.pdf", paper="A4", title="")
    pdf = PdfFile(tmp_path / "a.pdf")
    lengths = [found for line in pdf.texts[0] if (found := re.fullmatch(r"([\d.]+) (k?m)", line))]
    said = next(found for found in lengths if found[2] == "m" or float(found[1]) < 10)  # the grid's go from 468 km
    length_m = float(said[1]) * (1000 if said[2] == "km" else 1)
    fields = [
        box for box in pdf.filled(BLACK) if box[3] - box[1] == pytest.approx(plan.layout.text_pt * 0.16, abs=0.01)
    ]
    assert [right - left for left, _, right, _ in fields] == [pytest.approx(length_m * 1000 / scale / 4, abs=0.05)] * 2


def test_a_place_lies_where_the_grid_says():
    sheet = layout("A3", "landscape")
    page = Page(sheet, around((EAST, NORTH), sheet, 20_000))
    x, y = sheet.window.centre
    assert page.to_paper(EAST + 200, NORTH - 400) == (pytest.approx(x + 10), pytest.approx(y - 20))


def test_a_feature_without_a_shape_is_left_out():
    rows = [{"parcel_id": f"P-{number}", "land_use": "0701"} for number in (1, 2)]
    parcels = clean_frame("parcels", rows, [None, shapely.box(0, 0, 100, 100)])
    shown = shown_layers(facets.facets_of({"parcels": parcels}, ON), ViewState())
    plan = Plan(layout("A4", "portrait"), 1000, [Tile(1, around((EAST, NORTH), layout("A4", "portrait"), 1000))], ())
    (page,) = draw_pages(plan, shown, ViewState(), IMPRINT)
    words = [noted.words for noted in page.words]
    assert "P-2" in words
    assert "P-1" not in words


def test_parcels_have_the_map_s_colours_by_theme(tmp_path):
    plan, shown = square(1000)
    use, status = styles.land_use_style("07").colour, styles.colour("parcels", "completed")
    for theme, drawn, other in (("land_use", use, status), ("status", status, use)):
        write_pages(draw_pages(plan, shown, ViewState(theme=theme), IMPRINT), tmp_path / "a.pdf", paper="A3", title="")
        pdf = PdfFile(tmp_path / "a.pdf")
        assert len(pdf.filled(drawn)) == 2  # on the map and in the key
        assert pdf.filled(other) == []


def test_lines_are_as_wide_as_the_road_where_that_can_be_seen():
    roads = clean_frame(
        "roads",
        [{"road_class": "expressway", "width_m": width} for width in (40, 1)],
        [shapely.LineString([(0, y), (1000, y)]) for y in (0, 100)],
    )
    shown = shown_layers(facets.facets_of({"roads": roads}, ON), ViewState())
    sheet = layout("A3", "portrait")
    plan = Plan(sheet, 10_000, [Tile(1, around((EAST, NORTH), sheet, 10_000))], ())
    (page,) = draw_pages(plan, shown, ViewState(), IMPRINT)
    widths = {
        round(float(width) / PT_PER_MM, 2) for lines in page.ground.collections for width in lines.get_linewidth()
    }
    assert 4.0 in widths  # 40 m at 1:10000
    assert round(page.mm_per_px, 2) in widths  # a pixel of the map is the least


# --- a sheet of published versions -----------------------------------------------------------------------------------


def sheet_of(store: Store, path: Path, view: ViewState | None = None, **options: object):
    return make_sheet(store, store.current(), view or ViewState(), SheetOptions(**options), path)


def words_of(path: Path) -> str:
    return "\n".join(line for page in PdfFile(path).texts for line in page)


def test_a_sheet_carries_its_furniture_as_text_that_can_be_searched(store, tmp_path):
    sheet_of(store, tmp_path / "a.pdf", title="蓼河新区用地现状图")
    words = words_of(tmp_path / "a.pdf")
    for expected in (
        "蓼河新区用地现状图",
        "图  例",
        "编制单位",
        "制图日期",
        "密级",
        "坐标系",
        "2000国家大地坐标系",
        "审图号",
        "内部资料 未经审图",
        "新区范围 v1",
        "建成",
        "北",
    ):
        assert expected in words, expected


def test_fonts_are_embedded_as_true_type_and_none_is_type_3(store, tmp_path):
    sheet_of(store, tmp_path / "a.pdf")
    pdf = PdfFile(tmp_path / "a.pdf")
    assert pdf.font_kinds == {"Type0", "CIDFontType2"}
    # outlines of CFF (“OTTO”) in a FontFile2 are against the standard
    assert {program[:4] for program in pdf.font_programs} == {b"\0\1\0\0"}


def test_what_is_not_set_prints_to_be_filled_in(store, tmp_path):
    sheet_of(store, tmp_path / "a.pdf")
    lines = PdfFile(tmp_path / "a.pdf").texts[0]
    assert lines.count("待填") == 3  # 编制单位, 制图日期, 密级


def test_settings_fill_in_the_title_block(store, tmp_path, monkeypatch):
    filled = {
        "sheet_organisation": "济宁市规划设计研究院",
        "sheet_drawn_on": "2021年1月",
        "sheet_classification": "内部",
        "sheet_crs": "CGCS2000 / 3°带",
        "sheet_review_number": "鲁SG(2021)001号",
    }
    monkeypatch.setattr(store, "settings", Settings(data_dir=store.settings.data_dir, **filled))
    sheet_of(store, tmp_path / "a.pdf")
    words = words_of(tmp_path / "a.pdf")
    assert all(value in words for value in filled.values())
    assert "待填" not in words
    assert "未经审图" not in words


def test_illustrative_data_is_said_and_named_when_only_some_of_it_is(store, tmp_path):
    versions: dict[str, Version] = store.current()
    options, path = SheetOptions(language="zh"), tmp_path / "a.pdf"
    assert make_sheet(store, versions, ViewState(), options, path).illustrative == []
    assert "示例数据" not in words_of(path)
    partly = {**versions, "parcels": replace(versions["parcels"], illustrative=True)}
    assert make_sheet(store, partly, ViewState(), options, path).illustrative == ["parcels"]
    lines = PdfFile(path).texts[0]
    assert "示例数据" in lines  # the stamp
    assert any("示例数据" in line and "用地" in line and "河道" not in line for line in lines)
    hidden = ViewState(layers={"district": 1.0})
    make_sheet(store, partly, hidden, options, path)
    assert "示例数据" not in words_of(path)


def test_the_key_has_what_is_visible_alone(store, tmp_path):
    sheet_of(store, tmp_path / "a.pdf", ViewState(layers={"district": 1.0, "waterways": 1.0}), language="en")
    words = words_of(tmp_path / "a.pdf")
    assert "Waterways" in words
    assert "Connected" in words
    assert "Land parcels" not in words.split("Source:")[0]


def test_the_key_follows_the_date_and_the_theme(store, tmp_path):
    path = tmp_path / "a.pdf"
    sheet_of(store, path, language="en")
    assert "Suspected idle" in words_of(path)
    sheet_of(store, path, ViewState(as_of=date(2018, 1, 1)), language="en")
    assert "Suspected idle" not in words_of(path)
    assert "Not approved" in words_of(path)
    sheet_of(store, path, ViewState(theme="land_use"), language="en")
    words = words_of(path)
    assert "Residential" in words
    assert "Not approved" not in words


def test_filters_leave_the_same_rows_as_on_the_map(store):
    frames = {layer: store.read_version(version) for layer, version in store.current().items()}
    found = facets.facets_of(frames, ON)
    view = ViewState(filters={("parcels", "state"): OneOf(frozenset({"completed"}))})
    shown = {layer.name: layer for layer in shown_layers(found, view)}
    assert shown["parcels"].frame["parcel_id"].tolist() == ["parcels-02", "parcels-08"]
    assert len(shown["waterways"].frame) == 3


def test_a_scale_that_does_not_fit_gives_an_index_and_numbered_pages(store, tmp_path):
    # 2 km by 1 km with margins at 1:5000 is 0.42 m by 0.22 m
    made = sheet_of(store, tmp_path / "a.pdf", paper="A4", scale=5000, orientation="landscape")
    assert (made.plan.scale, len(made.plan.tiles), made.plan.pages) == (5000, 4, 5)
    pdf = PdfFile(tmp_path / "a.pdf")
    assert pdf.page_sizes_mm == [(297, 210)] * 5
    index, *pages = pdf.texts
    assert "分幅索引图" in index
    assert [f"第 {number} 幅 共 4 幅" in page for number, page in enumerate(pages, start=1)] == [True] * 4
    assert "第 5 页 共 5 页" in "".join(pages[-1])


def test_fit_puts_everything_on_one_page(store, tmp_path):
    made = sheet_of(store, tmp_path / "a.pdf", paper="A2")
    assert made.plan.pages == 1
    assert made.plan.layout.orientation == "landscape"  # the district is 2 km wide and 1 km high
    west, south, east, north = made.plan.tiles[0].bounds
    assert shapely.box(west, south, east, north).contains(shapely.box(EAST, NORTH, EAST + 2000, NORTH + 1000))


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_pages_of_a_picture_are_numbered_files_after_the_index(store, tmp_path, ending):
    made = sheet_of(store, tmp_path / f"a.{ending}", paper="A4", scale=5000, orientation="landscape")
    assert [file.name for file in made.files] == [f"a.{ending}", *(f"a-{number}.{ending}" for number in range(1, 5))]
    assert sorted(tmp_path.iterdir()) == sorted(made.files)


def test_an_svg_carries_its_font_and_its_text(store, tmp_path):
    sheet_of(store, tmp_path / "a.svg", title="用地现状图", paper="A4")
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "用地现状图" in texts
    assert "data:font/ttf;base64," in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert root.get("width") == f"{297 / 25.4 * 72:.6f}pt"


def test_a_picture_has_the_size_of_its_paper(store, tmp_path):
    sheet_of(store, tmp_path / "a.png", paper="A4", orientation="portrait")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (2480, 3507)  # 300 dpi


# --- what a sheet is asked for ---------------------------------------------------------------------------------------


def plan_of(store: Store, view: ViewState, **options: object) -> Plan:
    frames = {layer: store.read_version(version) for layer, version in store.current().items()}
    return plan_sheet(facets.facets_of(frames, ON), view, SheetOptions(**options))


def test_a_view_is_drawn_around_its_centre_on_one_page(store):
    view = ViewState(centre=(116.65, 35.41), zoom=15)
    plan = plan_of(store, view, extent="view", scale=5000)
    assert plan.pages == 1
    middle = plan.tiles[0].bounds
    east, north = (middle[0] + middle[2]) / 2, (middle[1] + middle[3]) / 2
    place = clean_frame("projects", [{"name": "x"}], [shapely.Point(east - EAST, north - NORTH)]).geometry.iloc[0]
    assert (place.x, place.y) == (pytest.approx(116.65, abs=1e-6), pytest.approx(35.41, abs=1e-6))


def test_a_drawn_shape_is_the_extent(store):
    district = store.read("district").geometry.iloc[0]
    west, south, east, north = district.bounds
    middle = (west + east) / 2
    ring = ((west, south), (middle, south), (middle, north), (west, north))
    whole, half = (
        plan_of(store, view, extent=extent, paper="A4")
        for view, extent in (
            (ViewState(), "district"),
            (ViewState(filters={("place", "shape"): Inside(ring)}), "drawn"),
        )
    )
    assert half.extent[2] - half.extent[0] == pytest.approx((whole.extent[2] - whole.extent[0]) / 2, rel=0.02)


def test_a_selected_feature_is_the_extent_where_nothing_is_drawn(store):
    plan = plan_of(store, ViewState(selected=("projects", "projects-03")), extent="drawn", paper="A4")
    east, north = (plan.extent[0] + plan.extent[2]) / 2, (plan.extent[1] + plan.extent[3]) / 2
    assert (east, north) == (pytest.approx(EAST + 300), pytest.approx(NORTH, abs=1e-3))
    assert plan.scale == 2000  # 200 m around a point, with some room, are 0.1 m there


@pytest.mark.parametrize(("extent", "words"), [("view", "no centre"), ("drawn", "Nothing is drawn")])
def test_an_extent_that_the_view_does_not_have_is_refused(store, extent, words):
    with pytest.raises(SheetOptionError, match=words):
        plan_of(store, ViewState(), extent=extent)


def test_an_unknown_ending_is_refused(store, tmp_path):
    with pytest.raises(SheetOptionError, match=r"“\.dwg” is not known; use one of \.pdf, \.svg, \.png"):
        sheet_of(store, tmp_path / "a.dwg")


def test_a_store_without_versions_says_what_to_publish(store, tmp_path):
    with pytest.raises(SheetOptionError, match="publish the district first"):
        make_sheet(store, {}, ViewState(), SheetOptions(), tmp_path / "a.pdf")


# --- lines of text ---------------------------------------------------------------------------------------------------


def test_a_hanzi_is_an_em_wide():
    # 10 pt are 3.5278 mm
    assert width_mm("蓼河", 10) == pytest.approx(2 * 3.5278, abs=0.001)


def test_text_is_wrapped_by_its_width_and_no_line_begins_with_a_comma():
    assert wrap("一二三四五六", 10, 11) == ["一二三", "四五六"]
    assert wrap("一二三、四五", 10, 11) == ["一二三、", "四五"]
    assert wrap("one two three", 10, width_mm("one two", 10) + 0.1) == ["one two", "three"]
