"""The pages of uploads and of history, over a store of parks."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import geopandas
import pytest
from streamlit.testing.v1 import AppTest

from geodata import drafts
from geodata.choices import Choices
from geodata.publish import publish, requests, rollback
from geodata.schema import LAYERS
from geodata.settings import Settings
from geodata.store import Store
from tests.geodata.publishing import ROWS, checked, open_store, publish_parks, write_parks
from tests.pages.conftest import OpenPage

RENAMED = [{**row, "name": f"新{row['name']}"} for row in ROWS]
VISITOR = "session-somebody"
Work = Any


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with one version of parks."""
    store = open_store(tmp_path / "data")
    publish_parks(store, write_parks(tmp_path / "first.gpkg"))
    return store


@pytest.fixture
def work(open_page: OpenPage, store: Store, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Opens a page as a visitor, who may have an upload under way."""

    def work(page: str, upload: Path | None = None, *, language: str = "en", **choices: Any) -> AppTest:
        if upload is not None:
            files = {upload.name: io.BytesIO(upload.read_bytes())}
            drafts.begin(store, VISITOR, "parks", files, Choices(**choices))
        monkeypatch.setattr("pages.upload.visitor", lambda: VISITOR)
        return open_page(page, data_dir=store.folder, language=language)

    return work


def go(app: AppTest, phase: str) -> AppTest:
    app.session_state["upload_phase"] = phase
    return app.run()


def words(app: AppTest) -> str:
    shown = [*app.markdown, *app.warning, *app.error, *app.info, *app.success, *app.caption]
    return "\n".join(element.value for element in shown)


def click_publish(app: AppTest, *, who: str = "", accept: bool = True) -> AppTest:
    if who:
        app.text_input(key="upload_who").set_value(who)
    for tick in app.checkbox:
        if tick.key.startswith(("accept_warnings", "accept_loss")):
            tick.set_value(accept)
    return app.button(key="upload_publish").click().run()


def test_every_layer_has_a_guide_and_files_to_start_from(work: Work) -> None:
    app = work("upload")
    for layer, schema in LAYERS.items():
        app.selectbox(key="upload_layer").set_value(layer).run()
        guide = app.dataframe[0].value
        assert guide.iloc[:, 2].tolist() == [field.name for field in schema.fields]
        assert (guide.iloc[:, -1] != "").all()
        downloads = {button.key for button in app.get("download_button")}
        expected = {"template_gpkg", "template_zip", "template_xlsx"}
        if layer == "parks":
            expected |= {"current_gpkg", "current_zip", "current_xlsx"}
        assert downloads == expected


def test_an_upload_is_published_with_name_and_note(work: Work, store: Store, tmp_path: Path) -> None:
    app = go(work("upload", write_parks(tmp_path / "b.gpkg", RENAMED)), "publish")
    app.text_input(key="upload_who").set_value("张三")
    next(box for box in app.text_input if box.key.startswith("note_")).set_value("年度更新 <b>")
    app = click_publish(app)
    assert "published as version 2" in words(app)
    version = store.version("parks")
    assert (version.number, version.by, version.note) == (2, "张三", "年度更新 <b>")
    assert drafts.latest(store, VISITOR) is None


def test_nothing_is_published_without_a_name_or_with_warnings_not_accepted(
    work: Work, store: Store, tmp_path: Path
) -> None:
    app = go(work("upload", write_parks(tmp_path / "b.gpkg", RENAMED[:5])), "publish")
    assert "give your name" in words(click_publish(app))
    assert "accept them" in words(click_publish(app, who="张三", accept=False))
    assert len(store.versions("parks")) == 1
    assert "published as version 2" in words(click_publish(app, who="张三"))


def test_a_loss_needs_a_yes_of_its_own(work: Work, store: Store, tmp_path: Path) -> None:
    app = go(work("upload", write_parks(tmp_path / "b.gpkg", RENAMED[:5])), "publish")
    app.text_input(key="upload_who").set_value("张三")
    next(tick for tick in app.checkbox if tick.key.startswith("accept_warnings")).set_value(True)
    app.button(key="upload_publish").click().run()
    assert "loss is meant" in words(app)
    assert len(store.versions("parks")) == 1


def test_errors_stand_in_the_way_in_words(work: Work, tmp_path: Path) -> None:
    app = go(work("upload", write_parks(tmp_path / "b.gpkg", [*RENAMED[:9], RENAMED[0]])), "publish")
    assert "can't be published yet" in words(app)
    assert "DUPLICATE_KEY" in "\n".join([*(each.label for each in app.expander), words(app)])
    assert not [button for button in app.button if button.key == "upload_publish"]


def test_who_is_overtaken_sees_what_changes_now_before_publishing(work: Work, store: Store, tmp_path: Path) -> None:
    app = go(work("upload", write_parks(tmp_path / "b.gpkg", RENAMED)), "changes")
    assert [metric.value for metric in app.metric] == ["0", "0", "10", "0"]
    app = go(app, "publish")
    other = [{**RENAMED[0]}, *ROWS[1:]]
    publish(store, checked(store, write_parks(tmp_path / "c.gpkg", other)), by="李四")
    app = click_publish(app, who="张三")
    assert "李四 has published version 2" in words(app)
    assert len(store.versions("parks")) == 2
    app = app.button(key="upload_again").click().run()
    assert [metric.value for metric in app.metric] == ["0", "0", "9", "1"]
    assert "published as version 3" in words(click_publish(go(app, "publish")))


def test_choices_are_kept_with_the_draft(work: Work, store: Store, tmp_path: Path) -> None:
    app = work("upload", write_parks(tmp_path / "b.gpkg", RENAMED))
    select = next(box for box in app.selectbox if box.key.startswith("crs_"))
    select.set_value("EPSG:4548").run()
    draft = drafts.latest(store, VISITOR)
    assert draft is not None
    assert draft.choices.crs == "EPSG:4548"
    app = go(app, "columns")
    name = next(box for box in app.selectbox if box.key.endswith("_name"))
    name.set_value("").run()
    draft = drafts.latest(store, VISITOR)
    assert draft is not None
    assert draft.choices.columns == {"name": ""}
    assert "MISSING_FIELD" in words(app)


def test_a_widget_that_has_left_the_page_chooses_nothing(work: Work, store: Store, tmp_path: Path) -> None:
    app = go(work("upload", write_parks(tmp_path / "b.gpkg", RENAMED)), "columns")
    reported_late = app._tree.get_widget_states()
    go(app, "findings")
    app._run(reported_late)
    draft = drafts.latest(store, VISITOR)
    assert draft is not None
    assert draft.choices == Choices()


def test_the_same_data_again_says_that_nothing_changes(work: Work, tmp_path: Path) -> None:
    app = go(work("upload", write_parks(tmp_path / "b.gpkg")), "publish")
    assert "nothing to publish" in words(app)


def test_a_request_is_approved_by_another_person(
    work: Work, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIAOHE_TWO_PEOPLE", "1")
    app = go(work("upload", write_parks(tmp_path / "b.gpkg", RENAMED)), "publish")
    assert "Request 1" in words(click_publish(app, who="张三"))
    assert store.version("parks").number == 1
    page = work("history")
    page.text_input(key="decide_who").set_value("张三")
    page.button(key="approve_1").click().run()
    assert "another person" in words(page)
    page.text_input(key="decide_who").set_value("李四")
    page.button(key="approve_1").click().run()
    assert "Version 2 is current now" in words(page)
    assert [request.state for request in requests(store)] == ["approved"]


def test_history_rolls_back_and_shows_what_it_did(work: Work, store: Store, tmp_path: Path) -> None:
    publish_parks(store, write_parks(tmp_path / "b.gpkg", RENAMED))
    page = work("history")
    page.selectbox(key="history_version_parks").set_value(1).run()
    assert [metric.value for metric in page.metric] == ["0", "0", "10", "0"]
    page.text_input(key="rollback_who").set_value("李四")
    page.button(key="rollback_go").click().run()
    assert "Version 3 is current now" in words(page)
    assert store.version("parks").content_hash == store.version("parks", 1).content_hash
    assert "Rolled back" in page.dataframe[-1].value.to_string()


def test_words_of_people_are_shown_as_words(work: Work, store: Store, tmp_path: Path) -> None:
    rollback_name = "=cmd|' /C calc'!A0 <img src=x onerror=alert(1)> **bold**"
    publish_parks(store, write_parks(tmp_path / "b.gpkg", RENAMED))
    rollback(store, "parks", 1, by=rollback_name, note="<script>alert(1)</script>")
    page = work("history")
    assert rollback_name in page.dataframe[-1].value.to_string()
    assert "<script>" not in words(page)


def test_without_any_version_history_says_so(open_page: OpenPage, tmp_path: Path) -> None:
    Store.open(Settings(data_dir=tmp_path / "empty"))
    page = open_page("history", data_dir=tmp_path / "empty", language="en")
    assert "No layer has been published yet" in words(page)


def test_one_of_several_layers_is_chosen_and_chosen_again(work: Work, store: Store, tmp_path: Path) -> None:
    path = write_parks(tmp_path / "two.gpkg", RENAMED)
    geopandas.read_file(path).head(3).to_file(path, layer="other", driver="GPKG", mode="a")
    app = work("upload", path)
    assert "SEVERAL_LAYERS" in words(app)
    for layer, features in (("other", 3), ("parks", 10)):
        next(box for box in app.selectbox if box.key.startswith("layer_name_")).set_value(layer).run()
        assert app.dataframe[0].value.iloc[0, :2].tolist() == [layer, features]
        next(button for button in app.button if "another layer" in button.label).click().run()
    draft = drafts.latest(store, VISITOR)
    assert draft is not None
    assert draft.choices.layer_name is None
