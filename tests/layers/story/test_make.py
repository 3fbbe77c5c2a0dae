"""What a meeting takes along, opened again by programs of others."""

from __future__ import annotations

import base64
import gzip
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lxml import etree
from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_FILL
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.oxml.ns import qn

from geodata.i18n import label
from geodata.measures import area_ha
from geodata.store import Store
from geodata.stories import Scene, Story
from layers.charts import AreaIn, Look, land
from layers.charts.plot import plot_of
from layers.sheet.canvas import Page
from layers.sheet.paper import Box
from layers.story import slides
from layers.story.board import LAYOUT, SIDE, caption_of, column_widths, key_top
from layers.story.compose import Composer, compose
from layers.story.document import to_json
from layers.story.leaves import draw_plot, draw_scene
from layers.story.make import FORMS, Form, StoryOptionError, make
from layers.story.markdown import Paragraph, Table, paragraphs_of, plain
from layers.story.runs import FONT

VIEW = {"as_of": "2020-12-31"}
FAILED = "Scene 2 “路网”: it could not be made (ValueError)"
STORY = Story(
    "年中汇报",
    (
        Scene(
            "用地现状",
            {**VIEW, "layers": "district.parcels"},
            caption="**批而未供**：\n\n- 一\n- 二\n\n| 类别 | 面积 |\n|---|--:|\n| 建成 | 12 |",
            charts=("land_status",),
            figures=("parcels",),
            notes="先讲总量",
        ),
        Scene("路网", {**VIEW, "layers": "district.roads"}, charts=("roads",)),
        Scene(
            "绿化",
            {**VIEW, "layers": "district.greening"},
            charts=("greening", "greening_kinds"),
            transition="play",
            play_from=date(2020, 10, 1),
        ),
    ),
)


@pytest.fixture(scope="module")
def made(store: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("made")
    files = {form: folder / f"story.{form}" for form in FORMS}
    for form, path in files.items():
        heard: list[tuple[int, int, str]] = []
        assert make(store, STORY, "zh", form, path, partial(_hear, heard)) == []
        done, of, _ = zip(*heard, strict=True)
        assert list(done) == list(range(of[-1])), form
        assert [title for _, _, title in heard[:3]] == ["用地现状", "路网", "绿化"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in files.values())
    return files


def _hear(heard: list[tuple[int, int, str]], *told) -> None:
    heard.append(told)


def shapes_of(slide) -> list:
    return [shape for group in slide.shapes if group.shape_type == MSO_SHAPE_TYPE.GROUP for shape in group.shapes]


def test_slides_hold_maps_as_shapes_and_charts_as_charts(made: dict[str, Path], store: Store) -> None:
    deck = Presentation(str(made["pptx"]))
    assert (deck.slide_width, deck.slide_height) == (12_192_120, 6_858_000)
    cover, land, roads, greening = deck.slides
    assert "年中汇报" in [shape.text_frame.text for shape in cover.shapes if shape.has_text_frame]
    charts = [[shape.chart for shape in slide.shapes if shape.has_chart] for slide in (land, roads, greening)]
    assert [len(found) for found in charts] == [1, 1, 2]
    (bars,) = charts[0][0].plots[0].series
    assert sum(bars.values) == pytest.approx(charts_total(store), rel=1e-6)
    names = {shape.name for shape in shapes_of(land)}
    assert "paper" in names
    assert {name.split()[0] for name in names if " " in name} == {"新区范围", "用地"}
    assert land.notes_slide.notes_text_frame.text == "先讲总量"
    words = " ".join(shape.text_frame.text for shape in land.shapes if shape.has_text_frame)
    assert "未经审图" in words
    assert "1 / 3" in words
    assert "• 一" in words
    (table,) = [shape.table for shape in land.shapes if shape.has_table]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["类别", "面积"], ["建成", "12"]]


def test_every_slide_has_its_title_as_title_and_says_what_map_and_chart_show(made: dict[str, Path]) -> None:
    deck = Presentation(str(made["pptx"]))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles == ["年中汇报", "用地现状", "路网", "绿化"]
    assert all(len(list(slide.placeholders)) == 1 for slide in list(deck.slides)[1:])
    land = deck.slides[1]
    told = {element.get("name"): element.get("descr") for element in land._element.iter(qn("p:cNvPr"))}
    assert told["map"] == "地图：用地、新区范围"
    chart = next(words for name, words in told.items() if name.startswith("土地供应状态"))
    assert re.search(r"建成: [\d,.]+; ", chart)
    greening = {element.get("descr", "") for element in deck.slides[3]._element.iter(qn("p:cNvPr"))}
    assert any(re.search(r"\. 计划 [\d,.]+; 完成 [\d,.]+$", words) for words in greening)


def test_a_deck_says_its_title_language_and_nothing_of_the_template(made: dict[str, Path]) -> None:
    deck = Presentation(str(made["pptx"]))
    told = deck.core_properties
    assert (told.title, told.author, told.last_modified_by, told.language) == ("年中汇报", "", "", "zh-CN")
    assert told.created.year > 2013
    runs = [run for slide in deck.slides for run in slide._element.iter(qn("a:rPr"))]
    assert {run.get("lang") for run in runs} == {"zh-CN"}
    title = deck.slide_layouts[5].placeholders[0]
    assert title.left * 2 + title.width == deck.slide_width


def test_a_bar_has_the_hatch_that_its_state_has_on_the_map(made: dict[str, Path]) -> None:
    land = Presentation(str(made["pptx"])).slides[1]
    (chart,) = [shape.chart for shape in land.shapes if shape.has_chart]
    (bars,) = chart.plots[0].series
    fills = {f"key {name}": bars.points[row].format.fill for row, name in enumerate(chart.plots[0].categories)}
    in_key = {shape.name: shape.fill for shape in land.shapes if shape.name in fills}
    hatched = {name: fill.pattern for name, fill in in_key.items() if fill.type == MSO_FILL.PATTERNED}
    assert hatched
    assert {name: fills[name].pattern for name in hatched} == hatched


def test_the_bars_of_a_page_are_hatched_like_its_map() -> None:
    page = Page(LAYOUT, (0, 0, 1, 1))
    states = ("idle", "inefficient", "unapproved", "completed")
    rows = pd.DataFrame({"state": states, "area_ha": 1.0, "parcels": 1})
    draw_plot(page, plot_of(land.by_status(rows, Look("en", AreaIn(label("公顷", "ha"), 1.0)))), Box(0, 0, 100, 80))
    drawn = [patch.get_hatch() for patch in page.paper.patches if patch.get_hatch()]
    assert drawn == ["///", "xxx", "..."]


def axis_of(slide, tag: str) -> dict[str, str]:
    (chart, *_) = [shape.chart for shape in slide.shapes if shape.has_chart]
    (axis,) = chart._chartSpace.iter(qn(tag))
    return {etree.QName(part).localname: part.get("val") for part in axis}


def test_a_time_axis_has_a_tick_for_each_year_and_every_bar_its_name(made: dict[str, Path]) -> None:
    _, land, _, greening = Presentation(str(made["pptx"])).slides
    axis = axis_of(greening, "c:dateAx")
    (chart, *_) = [shape.chart for shape in greening.shapes if shape.has_chart]
    days = [category.label for category in chart.plots[0].categories]
    assert 24 < len(days) < 60
    assert (axis["baseTimeUnit"], axis["majorUnit"], axis["majorTimeUnit"]) == ("months", "12", "months")
    assert axis_of(land, "c:catAx")["tickLblSkip"] == "1"


def test_the_names_on_a_slides_map_stand_on_a_light_ground_as_wide_as_they_are(store: Store, tmp_path: Path) -> None:
    scene = Scene("水系", {**VIEW, "layers": "district.waterways"})
    make(store, Story("水系", (scene,)), "zh", "pptx", tmp_path / "water.pptx")
    slide = Presentation(str(tmp_path / "water.pptx")).slides[1]
    names = [shape for shape in shapes_of(slide) if shape.has_text_frame and shape.text_frame.text == shape.name]
    assert names
    for name in names:
        assert name.fill.fore_color.rgb == RGBColor(255, 255, 255)
        size_emu = name.text_frame.paragraphs[0].runs[0].font.size
        assert len(name.name) * size_emu * 0.5 < name.width < (len(name.name) + 1) * size_emu * 1.1


def test_the_frame_of_a_slides_map_is_no_boundary(store: Store, tmp_path: Path) -> None:
    west, south, east, north = store.read("district").total_bounds
    middle = ((west + east) / 2, (south + north) / 2)
    corner = (float(west) - 0.001, float(south) - 0.001, float(middle[0]), float(middle[1]))
    scene = Scene("一角", {**VIEW, "layers": "district"}, bounds=corner)
    make(store, Story("一角", (scene,)), "zh", "pptx", tmp_path / "corner.pptx")
    (_, slide) = Presentation(str(tmp_path / "corner.pptx")).slides
    outlines = [shape for shape in shapes_of(slide) if shape.name.startswith("新区范围")]
    are_closed = ["close" in {etree.QName(part).localname for part in shape._element.iter()} for shape in outlines]
    are_stroked = [shape.line.fill.type == MSO_FILL.SOLID for shape in outlines]
    assert set(zip(are_closed, are_stroked, strict=True)) == {(True, False), (False, True)}


def charts_total(store: Store) -> float:
    return float(area_ha(store.read("parcels")).sum())


def test_every_run_of_a_slide_names_a_font_that_has_chinese(made: dict[str, Path]) -> None:
    with zipfile.ZipFile(made["pptx"]) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"ppt/slides/slide\d+\.xml", name):
                runs = re.findall(r"<a:rPr.*?</a:rPr>", archive.read(name).decode())
                assert runs
                assert all(f'<a:ea typeface="{FONT}"' in run and f'<a:latin typeface="{FONT}"' in run for run in runs)


@pytest.mark.slow
def test_libreoffice_draws_the_slides_like_the_scenes_pictures(made: dict[str, Path], tmp_path: Path) -> None:
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(made["pptx"])], check=True, capture_output=True, timeout=120
    )
    text = subprocess.run(["pdftotext", str(tmp_path / "story.pdf"), "-"], check=True, capture_output=True, text=True)
    assert text.stdout.count("\f") == 4
    for words in ("年中汇报", "用地现状", "路网", "绿化"):
        assert words in text.stdout
    subprocess.run(["pdftoppm", "-r", "40", "-png", str(tmp_path / "story.pdf"), str(tmp_path / "p")], check=True)
    drawn = [Image.open(path).convert("RGB") for path in sorted(tmp_path.glob("p-*.png"))[1:]]
    with zipfile.ZipFile(made["png"]) as archive:
        pictures = [Image.open(archive.open(name)).convert("RGB") for name in sorted(archive.namelist())]
    assert len(drawn) == len(pictures) == 3
    for slide, picture in zip(drawn, pictures, strict=True):
        # The left two thirds are the map; its colours are those of the scene, but for edges and hatches.
        size = (30, 20)
        maps = [
            each.crop((0, 0, each.width * 2 // 3, each.height)).resize(size, Image.Resampling.BOX)
            for each in (slide, picture)
        ]
        apart = np.abs(np.asarray(maps[0], dtype=float) - np.asarray(maps[1], dtype=float)).mean()
        assert apart < 14
        other = np.abs(np.asarray(maps[0], dtype=float) - 255).mean()
        assert other > 5


def test_the_pdf_has_a_page_for_each_scene_with_text_in_embedded_fonts(made: dict[str, Path]) -> None:
    fonts = subprocess.run(["pdffonts", str(made["pdf"])], check=True, capture_output=True, text=True).stdout
    rows = fonts.splitlines()[2:]
    assert rows
    assert all("TrueType" in row and " yes yes" in row for row in rows)
    text = subprocess.run(["pdftotext", "-layout", str(made["pdf"]), "-"], check=True, capture_output=True, text=True)
    assert text.stdout.count("\f") == 4
    written = "".join(text.stdout.split())
    for words in ("年中汇报", "用地现状", "•一", "建成12", "未经审图", "3/3"):
        assert words in written


def test_bold_and_italics_of_a_caption_are_seen_on_a_page(store: Store) -> None:
    scene = Scene("a", VIEW, caption="plain **bold** *italic*\nnext | **x**")
    page = draw_scene(Composer(store, "en").scene(scene, 1), 1)
    weights = {noted.words: noted.weight for noted in page.words}
    assert [weights[words] for words in ("plain ", "bold", "next | ", "x")] == ["regular", "bold", "regular", "bold"]
    (italic,) = [noted for noted in page.words if noted.words == "italic"]
    (rule,) = [line for line in page.paper.lines if line.get_xdata()[0] == italic.x]
    assert 0 < italic.y - rule.get_ydata()[0] < 1.5


def test_the_columns_of_a_table_fit_the_panel_and_narrow_ones_stay_whole() -> None:
    table = paragraphs_of(f"| a | {'长' * 60} | {'宽' * 60} |\n|---|---|---|")[0]
    narrow, *wide = column_widths(table, 12)
    assert narrow < 8
    assert wide[0] == wide[1] == pytest.approx((SIDE.width - narrow) / 2)


def test_there_is_a_picture_of_each_scene(made: dict[str, Path]) -> None:
    with zipfile.ZipFile(made["png"]) as archive:
        assert sorted(archive.namelist()) == ["01.png", "02.png", "03.png"]
        with Image.open(archive.open("02.png")) as picture:
            assert picture.size == (1920, 1080)


def test_the_moving_picture_has_a_picture_for_each_month(made: dict[str, Path]) -> None:
    with Image.open(made["gif"]) as picture:
        assert picture.n_frames == 3  # October, November, and the day itself


def test_every_scene_that_plays_is_in_the_moving_picture(store: Store, tmp_path: Path) -> None:
    roads = replace(STORY.scenes[1], transition="play", play_from=date(2020, 11, 1))
    make(store, replace(STORY, scenes=(roads, STORY.scenes[2])), "zh", "gif", tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as picture:
        assert picture.n_frames == 2 + 3


def test_the_handout_is_one_file_that_names_no_other_place(made: dict[str, Path]) -> None:
    content = made["html"].read_text(encoding="utf-8")
    addresses = set(re.findall(r"""(?:https?:)?//[\w.-]+\.\w+[^\s"'`<>)]*""", content))
    assert {each for each in addresses if not each.startswith("http://www.w3.org/")} == set()
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"'](?!data:)", content)
    archives = json.loads(content.partition('id="archives">')[2].partition("</script>")[0])
    assert {address.split("/")[2] for address in archives} == {"district", "parcels", "roads", "greening"}


def notes_in(handout: Path) -> list[str]:
    packed = json.loads(handout.read_text(encoding="utf-8").partition('id="story">')[2].partition("</script>")[0])
    return [scene["notes"] for scene in json.loads(gzip.decompress(base64.b64decode(packed)))["scenes"]]


def test_a_handout_has_the_notes_only_where_they_are_asked_for(
    made: dict[str, Path], store: Store, tmp_path: Path
) -> None:
    assert notes_in(made["html"]) == ["", "", ""]
    make(store, STORY, "zh", "html", tmp_path / "a.html", hands_out_notes=True)
    assert notes_in(tmp_path / "a.html") == ["<p>先讲总量</p>\n", "", ""]


def test_a_scene_that_fails_is_named_and_the_rest_is_made(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = slides.add_map

    def fail_on_roads(shapes, shown, *more):
        if shown.number == 2:
            raise ValueError("broken")
        return real(shapes, shown, *more)

    monkeypatch.setattr(slides, "add_map", fail_on_roads)
    problems = make(store, STORY, "en", "pptx", tmp_path / "a.pptx")
    assert [problem.in_("en") for problem in problems] == [FAILED]
    slides_made = Presentation(str(tmp_path / "a.pptx")).slides
    assert len(slides_made) == 4
    assert [shape.text_frame.text for shape in slides_made[2].shapes] == ["路网", FAILED]


def test_a_scene_that_can_not_be_worked_out_has_its_title_and_the_reason_in_every_form(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Composer.scene

    def fail_on_roads(composer, scene, number):
        if number == 2:
            raise ValueError("broken")
        return real(composer, scene, number)

    monkeypatch.setattr(Composer, "scene", fail_on_roads)
    for form in FORMS:
        problems = make(store, STORY, "en", form, tmp_path / f"a.{form}")
        assert [problem.in_("en") for problem in problems] == [FAILED]
    slide = Presentation(str(tmp_path / "a.pptx")).slides[2]
    assert [shape.text_frame.text for shape in slide.shapes] == ["路网", FAILED]
    page = subprocess.run(
        ["pdftotext", "-f", "3", "-l", "3", str(tmp_path / "a.pdf"), "-"], check=True, capture_output=True, text=True
    )
    assert page.stdout.split("\f")[0].splitlines()[0] == "路网"
    assert FAILED in page.stdout
    with zipfile.ZipFile(tmp_path / "a.png") as archive:
        assert archive.namelist() == ["01.png", "02.png", "03.png"]
    scene = to_json(compose(store, STORY, "en"))["scenes"][1]
    assert (scene["title"], scene["caption"], scene["state"]["layers"]) == ("路网", FAILED, {})
    assert scene["problems"] == ["it could not be made (ValueError)"]


def test_a_story_without_scenes_or_without_a_play_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoryOptionError, match="has no scenes yet"):
        make(store, Story("empty"), "en", "pdf", tmp_path / "a.pdf")
    still = replace(STORY, scenes=STORY.scenes[:2])
    with pytest.raises(StoryOptionError, match="plays its months"):
        make(store, still, "en", "gif", tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []


def test_a_number_for_which_a_bar_has_no_room_is_left_out(made: dict[str, Path]) -> None:
    roads = Presentation(str(made["pptx"])).slides[2]
    (chart,) = (shape.chart for shape in roads.shapes if shape.has_chart)
    drawn = list(chart.plots[0].series)
    largest = max(sum(values) for values in zip(*(series.values for series in drawn), strict=True))
    shares = {(series.index, place): value / largest for series in drawn for place, value in enumerate(series.values)}
    hidden = {
        (series.index, int(label.find(qn("c:idx")).get("val")))
        for series in drawn
        for label in series._element.iter(qn("c:dLbl"))
        if label.find(qn("c:delete")) is not None
    }
    assert {place for place, share in shares.items() if share < 0.02} <= hidden
    wide = {place for place, share in shares.items() if share > 0.4}
    assert wide
    assert not wide & hidden


@pytest.mark.parametrize("form", ["pptx", "pdf"])
def test_a_caption_that_has_no_room_is_cut_and_named(store: Store, tmp_path: Path, form: Form) -> None:
    caption = "第一段。\n\n" + "很长的说明，" * 300 + "\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |"
    long = replace(STORY.scenes[0], caption=caption)
    problems = make(store, replace(STORY, scenes=(long,)), "en", form, tmp_path / f"a.{form}")
    assert [problem.in_("en") for problem in problems] == [
        "Scene 1 “用地现状”: the caption is longer than the page has room for; its end is left out."
    ]


def test_what_of_a_caption_has_room_ends_with_three_dots(store: Store) -> None:
    (shown,) = compose(
        store, replace(STORY, scenes=(replace(STORY.scenes[0], caption="一二三四\n\n五六七八"),)), "zh"
    ).scenes
    low = key_top(shown) + 42

    def height_of(part: Paragraph | Table) -> float:
        assert not isinstance(part, Table)
        return float(len(plain(part)))

    words = [[plain(part) for part in caption_of(shown, low + room, height_of)] for room in (8, 7, 4, 3, 0)]
    assert words == [["一二三四", "五六七八"], ["一二三四", "五六…"], ["一二三四", "…"], ["一二…"], ["…"]]
