"""A store with four layers of the little district published in it."""

from __future__ import annotations

from datetime import date

import pytest
from geopandas import GeoDataFrame

from geodata.check import check_upload
from geodata.choices import Choices
from geodata.publish import publish
from geodata.schema import schema_of
from geodata.settings import Settings
from geodata.store import Store
from tests.geodata.little_district import little_district


def with_keys(layer: str, frame: GeoDataFrame) -> GeoDataFrame:
    """The frame with a key and a name in each row."""
    names = {"name": "示例", schema_of(layer).key: [f"{layer}-{row:02d}" for row in range(len(frame))]}
    return frame.assign(**{name: value for name, value in names.items() if name in frame})


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("store")
    settings = Settings(data_dir=folder / "data")
    store = Store.open(settings)
    frames = little_district()
    for layer in ("district", "waterways", "parcels", "projects"):
        path = folder / f"{layer}.gpkg"
        with_keys(layer, frames[layer]).to_file(path, driver="GPKG")
        check = check_upload(store, layer, path, choices=Choices(), settings=settings)
        publish(store, check, by="test", data_date=date(2020, 12, 31), accept_warnings=True, accept_loss=True)
    return store
