"""The choice of what lies under the plan."""

from __future__ import annotations

import pytest

from layers import assets
from tests.pages.conftest import OpenPage


@pytest.fixture(autouse=True)
def _front_end_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "missing", list)


def test_there_is_no_basemap_until_one_is_chosen(open_page: OpenPage) -> None:
    choice = open_page(language="en").selectbox(key="basemap")
    assert choice.value is None
    assert choice.options == ["OpenStreetMap", "Amap"]


def test_tianditu_is_offered_with_its_token(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAOHE_TIANDITU_TOKEN", "k")
    assert "天地图 影像" in open_page(language="zh").selectbox(key="basemap").options


def test_a_basemap_of_a_link_is_chosen_and_one_that_is_not_there_is_told(open_page: OpenPage) -> None:
    assert open_page(language="en", basemap="osm").selectbox(key="basemap").value == "osm"
    app = open_page(language="en", basemap="moon")
    assert app.selectbox(key="basemap").value is None
    assert any("the basemap" in toast.value for toast in app.toast)


def test_a_setting_that_can_not_be_used_is_told_and_the_map_stays(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIAOHE_BASEMAPS", "{")
    app = open_page(language="en", basemap="osm")
    assert any("LIAOHE_BASEMAPS is no JSON" in caption.value for caption in app.sidebar.caption)
    assert not app.exception
