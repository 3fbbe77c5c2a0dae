"""The checks page: the rules with their counts, what the chosen one finds, questions of one's own."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest
from shapely import box
from streamlit.testing.v1 import AppTest

from geodata.analysis import RULES
from geodata.settings import Settings
from geodata.store import Store
from layers import assets
from pages.ui.analysis import answer
from pages.ui.analysis.findings import Check, Findings
from tests.geodata.clean_frames import clean_frame
from tests.geodata.little_district import little_district
from tests.pages.conftest import OpenPage, publish_frame, with_keys


@pytest.fixture(autouse=True)
def _front_end_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "missing", list)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store whose parcels have two versions: the second one adds a parcel in the corridor."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("twice") / "data")
    store = Store.open(settings)
    publish_frame(store, settings, "district", with_keys("district", little_district()["district"]))
    corridor = clean_frame("corridors", [{"corridor_id": "LD-1", "name": "水廊"}], [box(0, 0, 1000, 100)])
    publish_frame(store, settings, "corridors", corridor)
    parcels = clean_frame(
        "parcels",
        [{"parcel_id": f"P-{number}", "land_use": "07", "holder": "单位"} for number in range(3)],
        [box(0, 0, 100, 100), box(200, 0, 300, 50), box(500, 500, 600, 600)],
    )
    publish_frame(store, settings, "parcels", parcels.iloc[[0, 2]])
    publish_frame(store, settings, "parcels", parcels)
    return settings


def titles(app: AppTest) -> list[str]:
    return list(app.radio(key="check").options)


def listed(app: AppTest) -> pd.DataFrame:
    return app.main.dataframe[0].value


def test_each_rule_stands_with_how_much_it_finds_and_how_much_is_new(open_page: OpenPage, twice: Settings) -> None:
    app = open_page("analysis", data_dir=twice.data_dir, language="en")
    assert titles(app)[0] == "Parcels in a water corridor **2** :orange-badge[1 new]"
    assert titles(app)[1] == "Roads in a water corridor · without Roads"
    assert len(titles(app)) == len(RULES) + 1
    assert listed(app)["is_new"].tolist() == ["", "new"]
    assert listed(app)["key"].tolist() == ["P-0", "P-1"]
    assert listed(app)["area_ha"].tolist() == pytest.approx([1.0, 0.5], rel=1e-3)


def test_areas_stand_in_the_readers_unit(open_page: OpenPage, twice: Settings) -> None:
    app = open_page("analysis", data_dir=twice.data_dir, language="en", units="mu")
    assert listed(app)["area_ha"].tolist() == pytest.approx([15.0, 7.5], rel=1e-3)
    assert "22.5 mu" in "\n".join(element.value for element in app.main.markdown)


def test_another_rule_is_chosen_and_says_where_it_comes_from(open_page: OpenPage, twice: Settings) -> None:
    app = open_page("analysis", data_dir=twice.data_dir, language="en")
    app.radio(key="check").set_value("area_mismatch").run()
    assert any("AREA_MISMATCH" in caption.value for caption in app.main.caption)
    assert any("find\\_area\\_mismatches" in caption.value for caption in app.main.caption)
    assert app.main.success[0].value.startswith("Nothing is found")


def test_a_rule_whose_layer_is_missing_says_what_to_publish(open_page: OpenPage, twice: Settings) -> None:
    app = open_page("analysis", data_dir=twice.data_dir, language="en", rule="bridges")
    assert any("Publish it on the Upload page" in warning.value for warning in app.main.warning)


def test_a_question_is_asked_and_stands_in_the_address(open_page: OpenPage, twice: Settings) -> None:
    app = open_page("analysis", data_dir=twice.data_dir, language="en")
    app.radio(key="check").set_value("question").run()
    app.selectbox(key="question_other").set_value("corridors").run()
    assert listed(app)["key"].tolist() == ["P-0", "P-1"]
    assert '"rule": "parcels.near50.corridors"' in "\n".join(element.proto.body for element in app.get("html"))
    app.number_input(key="question_within").set_value(2000.0).run()
    assert listed(app)["key"].tolist() == ["P-0", "P-1", "P-2"]


def test_a_link_restores_a_question(open_page: OpenPage, twice: Settings) -> None:
    app = open_page("analysis", data_dir=twice.data_dir, language="en", rule="parcels.over0.9.corridors")
    assert listed(app)["key"].tolist() == ["P-0", "P-1"]
    assert app.number_input(key="question_share").value == 90


def test_without_an_earlier_version_nothing_is_marked_and_that_is_said(open_page: OpenPage) -> None:
    app = open_page("analysis", language="en", rule="parcels.near5000.roads")
    assert "is_new" not in listed(app)
    assert any("nothing is marked as new" in caption.value for caption in app.main.caption)


def test_what_is_found_is_taken_away(twice: Settings, tmp_path: Path) -> None:
    store = Store.open(twice)
    frames = {layer: store.read(layer) for layer in ("parcels", "corridors")}
    rows = RULES["parcels_in_corridors"].find(frames, date(2020, 12, 31))
    given: Any = (Check("parcels_in_corridors"), Findings(rows, None), date(2020, 12, 31), ["示例数据"], "zh")
    path = tmp_path / "found.gpkg"
    path.write_bytes(answer._to_geopackage(*given))
    assert geopandas.read_file(path)["key"].tolist() == ["P-0", "P-1"]
    assert "示例数据" in geopandas.read_file(path)["source"].iloc[0]
    with zipfile.ZipFile(io.BytesIO(answer._to_workbook(*given))) as book:
        written = book.read("xl/sharedStrings.xml").decode()
    assert all(word in written for word in ("示例数据", "P-0", "P-1", "水廊", "重叠面积 (ha)"))
