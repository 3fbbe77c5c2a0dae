"""A store with every layer of the little district published in it."""

from __future__ import annotations

import pytest

from geodata.settings import Settings
from geodata.store import Store
from tests.geodata.little_district import little_district
from tests.pages.conftest import publish_frame, with_keys


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    settings = Settings(data_dir=tmp_path_factory.mktemp("whole_store") / "data")
    store = Store.open(settings)
    for layer, frame in little_district().items():
        publish_frame(store, settings, layer, with_keys(layer, frame))
    return store
