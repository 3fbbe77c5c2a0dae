"""The cookie by which drafts find who began them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pages.ui import visitor
from tests.layers.asgi import Client

PAGE = {"accept": "text/html"}


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("LIAOHE_DATA_DIR", str(tmp_path))
    visitor._secret.cache_clear()
    client = Client([])
    client.app = Starlette(
        routes=[Route("/", lambda _: PlainTextResponse("page"))], middleware=[Middleware(visitor.VisitorCookie)]
    )
    return client


def number_in(set_cookie: str) -> str:
    return set_cookie.partition("=")[2].partition(";")[0]


def test_a_stranger_gets_a_number_and_keeps_it(client: Client) -> None:
    given = client.get("/", headers=PAGE).headers["set-cookie"]
    assert "HttpOnly" in given
    assert "SameSite=Lax" in given
    again = client.get("/", headers=PAGE | {"cookie": f"{visitor.COOKIE}={number_in(given)}"})
    assert "set-cookie" not in again.headers


def test_a_forged_number_is_replaced(client: Client) -> None:
    given = number_in(client.get("/", headers=PAGE).headers["set-cookie"])
    forged = client.get("/", headers=PAGE | {"cookie": f"{visitor.COOKIE}=x{given}"})
    assert number_in(forged.headers["set-cookie"]) != given


def test_strangers_get_different_numbers(client: Client) -> None:
    assert len({number_in(client.get("/", headers=PAGE).headers["set-cookie"]) for _ in range(5)}) == 5


def test_what_is_no_page_carries_no_cookie(client: Client) -> None:
    assert "set-cookie" not in client.get("/", headers={"accept": "*/*"}).headers


def test_the_secret_is_readable_by_its_user_alone_and_stays(client: Client, tmp_path: Path) -> None:
    client.get("/", headers=PAGE)
    path = tmp_path / "secret"
    first = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    visitor._secret.cache_clear()
    client.get("/", headers=PAGE)
    assert path.read_text() == first
    assert [other.name for other in tmp_path.iterdir()] == ["secret"]
