"""What the map is compared with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geodata.settings import Settings
from geodata.store import Store
from layers import assets
from pages import map as map_page
from tests.geodata.little_district import little_district
from tests.pages.conftest import OpenPage, publish_frame, with_keys


@pytest.fixture(autouse=True)
def _front_end_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "missing", list)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """The states that the maps of the page were told, in their order."""
    states: list[dict] = []
    plain = map_page.webmap.MapState

    def noting(state: dict) -> object:
        states.append(state)
        return plain(state)

    monkeypatch.setattr(map_page.webmap, "MapState", noting)
    return states


def days_of(state: dict) -> date:
    return date.fromordinal(date(1970, 1, 1).toordinal() + state["asOf"])


def test_nothing_is_compared_at_first(open_page: OpenPage, told: list[dict]) -> None:
    app = open_page(language="en")
    assert told[-1]["other"] is None
    assert "versus" not in app.session_state["_view_at_start"].to_query()


def test_another_day_stands_at_the_left_of_the_edge(open_page: OpenPage, told: list[dict]) -> None:
    app = open_page(language="en")
    app.button_group(key="versus").set_value("day").run()
    assert days_of(told[-1]["other"]) == date(2019, 12, 31)
    assert told[-1]["other"]["names"] == ["31 Dec 2019", "31 Dec 2020"]
    app.date_input(key="versus_day").set_value(date(2018, 6, 30)).run()
    assert days_of(told[-1]["other"]) == date(2018, 6, 30)
    assert days_of(told[-1]) == date(2020, 12, 31)


def test_the_other_colouring_stands_beside(open_page: OpenPage, told: list[dict]) -> None:
    open_page(language="en", versus="land_use", layout="side")
    beside, shown = told[-2:]
    assert (beside["theme"], shown["theme"]) == ("land_use", "status")
    assert beside["link"] == shown["link"] is not None
    assert beside["apart"]
    assert not shown["apart"]
    assert (beside["caption"], shown["caption"]) == ("By land use", "By status")
    assert shown["other"] is None


def test_one_version_alone_can_not_be_compared_and_that_is_said(open_page: OpenPage) -> None:
    app = open_page(language="en")
    app.button_group(key="versus").set_value("version").run()
    assert any("one version so far" in caption.value for caption in app.sidebar.caption)


def test_a_version_that_is_not_there_is_not_compared(open_page: OpenPage, told: list[dict]) -> None:
    open_page(language="en", versus="parcels.7")
    assert told[-1]["other"] is None


def test_a_comparison_of_a_link_is_restored(open_page: OpenPage, told: list[dict]) -> None:
    app = open_page(language="en", versus="2019-06-30")
    assert days_of(told[-1]["other"]) == date(2019, 6, 30)
    assert app.date_input(key="versus_day").value == date(2019, 6, 30)


def address(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def test_the_address_says_what_is_compared(open_page: OpenPage) -> None:
    app = open_page(language="en", versus="land_use", layout="side")
    assert '"versus": "land_use", "layout": "side"' in address(app)


@pytest.fixture
def twice(tmp_path: Path) -> Settings:
    """A store with two versions of the parcels: two, then one."""
    settings = Settings(data_dir=tmp_path / "store" / "data")
    (tmp_path / "store").mkdir()
    store = Store.open(settings)
    publish_frame(store, settings, "district", with_keys("district", little_district()["district"]))
    parcels = with_keys("parcels", little_district()["parcels"])
    publish_frame(store, settings, "parcels", parcels.iloc[:2])
    publish_frame(store, settings, "parcels", parcels.iloc[:1])
    return settings


def test_an_older_version_stands_at_the_left_with_its_own_features(
    open_page: OpenPage, told: list[dict], twice: Settings
) -> None:
    app = open_page(language="en", data_dir=twice.data_dir)
    app.button_group(key="versus").set_value("version").run()
    other = told[-1]["other"]
    assert other["names"] == ["Land parcels, version 1", "Land parcels, version 2"]
    assert "/parcels/1.pmtiles" in other["layers"]["parcels"]["url"]
    assert "/parcels/2.pmtiles" in told[-1]["layers"]["parcels"]["url"]
    assert other["layers"]["district"]["url"] == told[-1]["layers"]["district"]["url"]
    assert '"versus": "parcels.1"' in address(app)
