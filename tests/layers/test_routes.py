"""What the application serves beside its pages, asked as a browser asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geodata.errors import StoreError
from geodata.i18n import text
from geodata.store import Store
from layers import assets, rows, tiles
from layers.routes import build_routes
from tests.layers.asgi import Client

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def client(store: Store) -> Client:
    return Client(build_routes(lambda: store, lambda: True))


@pytest.fixture(scope="module")
def url(store: Store) -> str:
    return tiles.url_of(store.current()["parcels"])


def test_an_archive_comes_in_parts_and_may_be_kept_for_ever(client: Client, url: str) -> None:
    part = client.get(url, headers={"Range": "bytes=0-6"})
    assert (part.status_code, part.content) == (206, b"PMTiles")
    whole = client.get(url)
    assert part.headers["content-range"] == f"bytes 0-6/{len(whole.content)}"
    assert (whole.status_code, whole.headers["cache-control"]) == (200, FOR_EVER)
    assert "content-encoding" not in whole.headers


def test_without_its_build_an_archive_is_asked_for_again(client: Client, url: str) -> None:
    plain = url.partition("?")[0]
    answer = client.get(plain)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    again = client.get(plain, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(plain, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_part_of_another_build_is_never_mixed_in(client: Client, url: str) -> None:
    stale = client.get(url, headers={"Range": "bytes=0-6", "If-Range": '"another"'})
    assert stale.status_code == 200
    assert client.get(f"{url.partition('?')[0]}?b=000000000000").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "parcels/99.pmtiles",
        "parcels/x.pmtiles",
        "parcels/1.txt",
        "nothing/1.pmtiles",
        "parcels/..%2f1.pmtiles",
        "roads/1.pmtiles",
    ],
)
def test_what_there_is_not_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/tiles/{path}").status_code == 404


def test_a_missing_archive_is_built_when_it_is_asked_for(client: Client, store: Store) -> None:
    version = store.current()["district"]
    tiles.tile_path(store, version).unlink(missing_ok=True)
    assert client.get(tiles.url_of(version)).content[:7] == b"PMTiles"


def test_health_names_the_versions(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert json.loads(answer.content)["layers"]["parcels"] == 1


def test_health_is_bad_before_the_first_start_is_over_and_without_a_store(store: Store) -> None:
    def no_store() -> Store:
        raise StoreError(text("The store can't be opened."))

    for routes in (build_routes(lambda: store, lambda: False), build_routes(no_store, lambda: True)):
        assert Client(routes).get("/healthz").status_code == 503


def test_without_a_store_tiles_say_so(url: str) -> None:
    def no_store() -> Store:
        raise StoreError(text("The store can't be opened."))

    assert Client(build_routes(no_store, lambda: True)).get(url).status_code == 503


def test_an_asset_may_be_kept_for_ever_under_its_hash_alone(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "planmap.js").write_text("// one")
    monkeypatch.setattr(assets, "DIST", tmp_path)
    client = Client(build_routes(lambda: store, lambda: True))
    address = assets.url("planmap.js")
    assert client.get(address).headers["cache-control"] == FOR_EVER
    assert client.get("/assets/planmap.js").headers["cache-control"] == "no-cache"
    assert client.get("/assets/planmap.js?h=000000000000").headers["cache-control"] == "no-cache"
    assert client.get("/assets/nothing.js?h=000000000000").status_code == 404
    (tmp_path / "planmap.js").write_text("// two, longer")
    assert assets.url("planmap.js") != address


def test_what_is_not_built_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("planmap.js", "player.js", "player.css"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(assets, "DIST", tmp_path)
    assert assets.missing() == ["layers/web/dist/planmap.css"]


def test_a_large_set_of_rows_is_served_at_the_address_in_the_state(client: Client) -> None:
    chosen = set(range(0, 100_000, 3))
    state = rows.to_state(chosen, 100_000, "abc")
    assert isinstance(state, dict)
    answer = client.get(state["url"])
    assert answer.headers["cache-control"] == FOR_EVER
    assert len(answer.content) == 12_500
    assert {row for row in range(100_000) if answer.content[row >> 3] >> (row & 7) & 1} == chosen
    assert client.get("/rows/nothing").status_code == 404
