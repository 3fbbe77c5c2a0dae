"""Paper, scales and tiles: geometry that can be worked out by hand."""

from __future__ import annotations

import pytest
import shapely

from layers.sheet.paper import (
    MOST_TILES,
    ORIENTATIONS,
    PAPERS,
    Box,
    SheetOptionError,
    bar_length_m,
    fit_scale,
    grid_spacing_m,
    layout,
    require_paper,
    require_scale,
    tiles,
)

ISO_216 = {"A4": (210, 297), "A3": (297, 420), "A2": (420, 594), "A1": (594, 841), "A0": (841, 1189)}


def shape_of(box: Box) -> shapely.Polygon:
    return shapely.box(box.x, box.y, box.right, box.top)


@pytest.mark.parametrize("paper", PAPERS)
def test_pages_have_the_sizes_of_iso_216(paper):
    upright, broad = layout(paper, "portrait").page, layout(paper, "landscape").page
    assert (upright.width, upright.height) == ISO_216[paper]
    assert (broad.height, broad.width) == ISO_216[paper]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_parts_of_a_sheet_lie_on_the_paper_and_do_not_overlap(paper, orientation):
    sheet = layout(paper, orientation)
    parts = [shape_of(box) for box in (sheet.title, sheet.frame, sheet.panel, sheet.footer)]
    assert all(shape_of(sheet.page).contains_properly(part) for part in parts)
    assert shapely.union_all(parts).area == pytest.approx(sum(part.area for part in parts))
    assert shape_of(sheet.frame).contains_properly(shape_of(sheet.window))


def test_ground_in_the_window_is_its_size_times_the_scale():
    sheet = layout("A4", "portrait")
    # the window is 187.6 mm wide: 210 − 2·7 − 2·4.2
    assert sheet.ground_m(10_000)[0] == pytest.approx(1876)


def test_an_extent_is_fitted_at_the_largest_round_scale():
    sheet = layout("A4", "portrait")
    assert fit_scale((0, 0, 1800, 100), sheet) == 10_000
    assert fit_scale((0, 0, 1870, 100), sheet) == 12_500  # 1870 m and two per cent of room are more than 1876 m
    assert fit_scale((0, 0, 50, 50), sheet) == 500
    assert fit_scale((0, 0, 100_000, 100), sheet) == 50_000


def test_an_extent_that_fits_is_one_page_around_its_middle():
    sheet = layout("A4", "portrait")
    (tile,) = tiles((1000, 2000, 2000, 3000), sheet, 10_000)
    assert tile.number == 1
    assert tile.bounds[0] == pytest.approx(1500 - 938)
    assert (tile.bounds[1] + tile.bounds[3]) / 2 == pytest.approx(2500)


def test_tiles_cover_the_extent_without_gap_or_overlap():
    sheet = layout("A4", "portrait")
    extent = (100.0, 200.0, 5100.0, 4200.0)
    pages = tiles(extent, sheet, 10_000)
    shapes = [shapely.box(*tile.bounds) for tile in pages]
    covered = shapely.union_all(shapes)
    assert covered.contains(shapely.box(*extent))
    assert covered.area == pytest.approx(sum(shape.area for shape in shapes))
    assert {(round(b[2] - b[0], 6), round(b[3] - b[1], 6)) for b in (tile.bounds for tile in pages)} == {
        tuple(round(side, 6) for side in sheet.ground_m(10_000))
    }


def test_tiles_are_numbered_row_by_row_from_the_north_west():
    sheet = layout("A4", "portrait")
    width, height = sheet.ground_m(10_000)
    pages = tiles((0, 0, 2 * width, 2 * height), sheet, 10_000)
    assert [tile.number for tile in pages] == [1, 2, 3, 4]
    first, second, third, _ = (tile.bounds for tile in pages)
    assert first[2] == pytest.approx(second[0])  # the second is the first one's neighbour to the east
    assert third[3] == pytest.approx(first[1])  # the third begins the row below


def test_a_tile_that_shows_nothing_of_the_shape_is_left_out():
    sheet = layout("A4", "portrait")
    width, height = sheet.ground_m(10_000)
    north_west_and_south_east = shapely.union_all(
        [shapely.box(10, height + 10, 20, height + 20), shapely.box(width + 10, 10, width + 20, 20)]
    )
    pages = tiles((0, 0, 2 * width, 2 * height), sheet, 10_000, north_west_and_south_east)
    assert [tile.number for tile in pages] == [1, 2]
    assert pages[1].bounds[0] == pytest.approx(width)


def test_too_many_tiles_are_refused_with_what_to_do():
    with pytest.raises(SheetOptionError, match=rf"1:500 on A4 .* more than {MOST_TILES}; choose larger paper"):
        tiles((0, 0, 10_000, 10_000), layout("A4", "portrait"), 500)


@pytest.mark.parametrize("scale", [499, 50_001, 0, -10_000])
def test_a_scale_outside_the_range_is_refused(scale):
    with pytest.raises(SheetOptionError, match="1:500 to 1:50000"):
        require_scale(scale)


def test_the_ends_of_the_range_are_scales():
    assert [require_scale(scale) for scale in (500, 50_000)] == [500, 50_000]


def test_paper_is_known_in_small_letters_and_refused_when_unknown():
    assert require_paper(" a3 ") == "A3"
    with pytest.raises(SheetOptionError, match="“A5” is not known; use one of A4, A3, A2, A1, A0"):
        require_paper("A5")


def test_the_grid_is_of_kilometres_and_finer_where_they_are_far_apart_on_paper():
    assert [grid_spacing_m(scale) for scale in (500, 1000, 2000, 5000, 10_000, 50_000)] == [
        50,
        100,
        200,
        500,
        1000,
        1000,
    ]


def test_a_scale_bar_has_a_round_length_that_fits():
    # 50 mm at 1:10000 are 500 m
    assert bar_length_m(10_000, 50) == 400
    assert bar_length_m(10_000, 99) == 800
    assert bar_length_m(10_000, 100) == 1000
