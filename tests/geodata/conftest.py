"""The databases that the store is tested on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.geodata import publishing
from tests.geodata.postgres import Server, running_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """Where the catalogue is: SQLite in the store's folder (None), and a new database of PostgreSQL."""
    if request.param == "sqlite":
        return None
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture(autouse=True)
def _stores_are_closed() -> Iterator[None]:
    yield
    publishing.close_stores()
