"""A store with the little district published in it, and the application's script over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from geopandas import GeoDataFrame
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from geodata.check import check_upload
from geodata.choices import Choices
from geodata.publish import publish
from geodata.schema import schema_of
from geodata.settings import Settings
from geodata.store import Store
from layers import assets
from pages.ui import data, place
from pages.ui.present import stage
from tests.geodata.little_district import little_district

ROOT = Path(__file__).parents[2]
DATA_DATE = date(2020, 12, 31)

OpenPage = Callable[..., AppTest]


def with_keys(layer: str, frame: GeoDataFrame) -> GeoDataFrame:
    """The frame with a key and a name in each row."""
    keys = [f"{layer}-{row:02d}" for row in range(len(frame))]
    frame = frame.assign(**{schema_of(layer).key: keys})
    for field in ("name", "enterprise"):
        if field in frame:
            frame[field] = frame[field].fillna("示例")
    return frame


def publish_frame(store: Store, settings: Settings, layer: str, frame: GeoDataFrame, *, sample: bool = True) -> None:
    """Publish a frame as an office would hand it over: through a file."""
    path = settings.data_dir.parent / f"{layer}.gpkg"
    frame.to_file(path, driver="GPKG")
    check = check_upload(store, layer, path, choices=Choices(), settings=settings)
    publish(store, check, by="test", data_date=DATA_DATE, accept_warnings=True, accept_loss=True, sample=sample)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a store that holds the little district."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("store") / "data")
    store = Store.open(settings)
    for layer, frame in little_district().items():
        publish_frame(store, settings, layer, with_keys(layer, frame))
    return settings


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch, published: Settings) -> Iterator[OpenPage]:
    """Opens the application as a browser would, over the little district or another store."""

    def open_page(path: str = "", *, data_dir: Path | None = None, **query: str) -> AppTest:
        monkeypatch.setenv("LIAOHE_DATA_DIR", str(data_dir or published.data_dir))
        app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        if path:
            # AppTest knows pages that are files; a page that is a function goes by the hash of its path.
            app._page_hash = calc_hash(path)
            app.run()
        return app

    forget = data._open.cache_clear
    yield open_page
    st.cache_resource.clear()
    forget()


@pytest.fixture
def without_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only a browser has: the built scripts, the player within the page, and where the map stands."""
    monkeypatch.setattr(assets, "missing", list)
    monkeypatch.setattr(stage, "show", lambda *_: None)
    monkeypatch.setattr(place, "follow", lambda _: {"centre": "116.65000_35.41000", "zoom": "14.25"})
