"""The page Programme: lines and themes, boards and clusters, and the tables that people enter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geodata import entries
from geodata.indicators import part_of
from geodata.programme import CLUSTER_AIMS, LINES, THEMES
from geodata.schema import CLUSTERS
from geodata.settings import Settings
from geodata.store import Store
from pages import programme
from tests.pages.conftest import OpenPage


@pytest.fixture
def store(published: Settings) -> Iterator[Store]:
    """The store of the little district; what a test enters is withdrawn after it."""
    store = Store.open(published)
    yield store
    for table in ("targets", "reported"):
        left = entries.entry_frame(store, table)
        if len(left):
            entries.save(store, table, left.assign(value=float("nan")), by="test")
    store.close()


def report(store: Store, name: str, value: float, unit: str, as_of: date = date(2020, 6, 30)) -> None:
    row = {"name": name, "as_of": as_of, "value": value, "unit": unit, "source": "年报", "who": "统计局"}
    entries.save(store, "reported", pd.DataFrame([row]), by="test")


def view(app: AppTest, name: str) -> AppTest:
    return app.button_group(key="programme_view").set_value(name).run()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_view_opens(open_page: OpenPage, language: str):
    app = open_page("programme", language=language)
    for name in programme.VIEWS:
        view(app, name)
        assert not app.exception
        assert not app.error, name


def test_every_line_and_theme_has_a_row_with_its_measures(open_page: OpenPage):
    app = open_page("programme", language="zh")
    titles = [markdown.value.strip("*") for markdown in app.markdown if markdown.value.startswith("**")]
    assert titles == [
        "新旧动能转换", "产业集群培育", "土地集约利用", "工业企业退城进园", "绿化亮化提档配套", "河湖水系路网贯通",
    ]  # fmt: skip
    assert [metric.label for metric in app.metric] == [
        measure.title.in_("zh") for row in LINES for measure in row.measures
    ]
    view(app, "themes")
    titles = [markdown.value.strip("*") for markdown in app.markdown if markdown.value.startswith("**")]
    assert titles == ["项目落地提速", "一区十园提质", "营商环境提优", "人气商气提振", "体制机制提效", "底线工作提升"]


def test_numbers_are_those_of_the_indicators(open_page: OpenPage):
    numbers = {metric.label: metric.value for metric in open_page("programme", language="zh", units="mu").metric}
    assert numbers["批而未供"] == "75.0 亩"  # 5 ha
    assert numbers["2018年批次已腾退"] == "2"
    assert numbers["投产项目投资"] == "2.0 亿元"
    assert numbers["水网连通片数"] == "2"
    assert numbers["高端装备产值"] == "–"


def test_what_is_reported_is_marked_and_says_by_whom(open_page: OpenPage, store: Store):
    report(store, "企业开办时间", 2, "工作日")
    app = view(open_page("programme", language="zh"), "themes")
    assert {metric.label: metric.value for metric in app.metric}["企业开办时间"] == "2 工作日"
    marks = [markdown.help for markdown in app.markdown if "上报" in markdown.value]
    told = next(mark for mark in marks if "统计局" in mark)
    assert "2020年6月30日" in told
    assert "年报" in told
    before = view(open_page("programme", language="zh", as_of="2020-06-29"), "themes")
    assert {metric.label: metric.value for metric in before.metric}["企业开办时间"] == "–"


def test_a_cluster_is_held_against_its_aim(open_page: OpenPage, store: Store):
    report(store, "高端装备产值", 250, "亿元")
    app = view(open_page("programme", language="zh"), "clusters")
    [bar] = app.main.get("progress")
    assert (bar.value, bar.proto.text) == (25, "产值 250.0 亿元，为目标 1,000.0 亿元 的 25.0%")
    assert sum("尚无上报产值" in caption.value for caption in app.caption) == 5


def test_a_board_counts_its_projects_by_stage(open_page: OpenPage):
    app = view(open_page("programme", language="zh"), "boards")
    lines = [markdown.value for markdown in app.markdown if "个项目" in markdown.value]
    # 蓼河新区: 4 signed, one negotiating without investment; the last begins only in 2021.
    assert lines[0].startswith("2 个项目，投资 4.0 亿元")
    assert "洽谈 **1** · 签约 **1**" in lines[0]


def test_clusters_aim_at_a_hundred_billion_and_at_fifty():
    assert {cluster.name: cluster.aim_100m_cny for cluster in CLUSTER_AIMS} == {
        "高端装备": 1000, "医养健康": 1000, "纺织服装": 1000, "信息产业": 500, "新材料": 500, "现代服务业": 500,
    }  # fmt: skip
    assert {cluster.name for cluster in CLUSTER_AIMS} == set(CLUSTERS)


def test_measures_are_of_one_part_and_one_unit():
    for row in (*LINES, *THEMES):
        for measure in row.measures:
            assert {part_of(name) for name in measure.indicators} == {measure.part}, measure.name


def test_a_table_is_saved_as_an_edition_and_made_current_again(open_page: OpenPage, store: Store):
    row = {"indicator": "water.connected_km", "due_on": date(2020, 12, 31), "value": 2.0, "source": "计划"}
    first = entries.save(store, "targets", pd.DataFrame([row]), by="test")
    entries.save(store, "targets", pd.DataFrame([{**row, "value": 3.0}]), by="test")
    app = view(open_page("programme", language="zh"), "targets")
    app.text_input(key="upload_who").set_value("规划科").run()
    app.selectbox(key="targets_earlier").select(first.number).run()
    app.button(key="targets_restore").click().run()
    assert any("恢复为现行" in message.value for message in app.success)
    latest = entries.editions(store, "targets")[-1]
    assert (latest.by, latest.content_hash) == ("规划科", first.content_hash)


def test_nothing_new_is_not_saved(open_page: OpenPage, store: Store):
    report(store, "常住人口", 6.1, "万人")
    app = view(open_page("programme", language="en"), "reported")
    count = len(entries.editions(store, "reported"))
    app.text_input(key="upload_who").set_value("someone").run()
    app.button(key="reported_save").click().run()
    assert not app.exception
    assert len(entries.editions(store, "reported")) == count
    assert any("Nothing changes" in message.value for message in app.warning)


def test_a_file_with_an_error_is_told_and_not_saved(open_page: OpenPage, store: Store, tmp_path: Path):
    path = tmp_path / "targets.csv"
    path.write_text("指标,截止日期,目标值\nwater.connected,2020-12-31,2\n", encoding="utf-8")
    given, findings = entries.read_entries(path, "targets")
    assert given is None
    app = view(open_page("programme", language="zh"), "targets")
    app.file_uploader(key="targets_file").set_value((path.name, path.read_bytes(), "text/csv")).run()
    assert any("此文件未读入任何内容" in message.value for message in app.error)
    assert any("BAD_CODE" in markdown.value for markdown in app.markdown)
    assert {finding.code for finding in findings} == {"BAD_CODE"}
    assert entries.editions(store, "targets") == [] or entries.entry_frame(store, "targets").empty


def test_rows_of_a_file_are_added_to_the_table(open_page: OpenPage, store: Store):
    report(store, "常住人口", 6.1, "万人")
    content = "名称,时点,数值,单位,来源\n引进高层次人才,2020-12-31,71,人,人社局\n".encode("gbk")
    app = view(open_page("programme", language="zh"), "reported")
    app.text_input(key="upload_who").set_value("人社局").run()
    app.file_uploader(key="reported_file").set_value(("上报.csv", content, "text/csv")).run()
    app.button(key="reported_save_file").click().run()
    assert not app.exception
    names = entries.entry_frame(store, "reported")["name"].tolist()
    assert names == ["常住人口", "引进高层次人才"]
