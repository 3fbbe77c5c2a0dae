"""After signing in or out one is where one was, and never elsewhere."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.routing import Route

from pages.ui.way_back import WayBack
from tests.layers.asgi import Client

HERE = {"host": "plan.example"}


@pytest.fixture
def client() -> Client:
    """Signing in leads to a provider; the provider's answer and signing out lead to Streamlit's first page."""
    client = Client([])
    client.app = Starlette(
        routes=[
            Route("/auth/login", lambda _: RedirectResponse("https://provider.example/", 302)),
            Route("/auth/logout", lambda _: RedirectResponse("/", 302)),
            Route("/oauth2callback", lambda _: RedirectResponse("/", 302)),
            Route("/elsewhere", lambda _: RedirectResponse("/", 302)),
        ],
        middleware=[Middleware(WayBack)],
    )
    return client


def cookie_in(set_cookie: str) -> str:
    return set_cookie.partition(";")[0]


def way_back(client: Client, referer: str) -> str:
    """Where one is after signing in from a page."""
    begun = client.get("/auth/login", headers=HERE | {"referer": referer})
    assert begun.headers["location"] == "https://provider.example/"
    cookie = cookie_in(begun.headers.get("set-cookie", ""))
    return client.get("/oauth2callback", headers=HERE | {"cookie": cookie}).headers["location"]


def test_the_view_is_there_again_after_signing_in(client: Client) -> None:
    page = "/present?v=1&language=zh&layers=parcels.roads&filters=%7B%22a%22%3A%22%E4%B8%80%22%7D"
    assert way_back(client, f"https://plan.example{page}") == page


def test_signing_out_where_no_provider_is_asked_leads_back_at_once(client: Client) -> None:
    answer = client.get("/auth/logout", headers=HERE | {"referer": "https://plan.example/history?language=en"})
    assert answer.headers["location"] == "/history?language=en"


@pytest.mark.parametrize(
    "referer", ["", "https://elsewhere.example/present", "https://plan.example//elsewhere.example/x", "nonsense"]
)
def test_nobody_is_led_elsewhere(client: Client, referer: str) -> None:
    assert way_back(client, referer) == "/"


@pytest.mark.parametrize("kept", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""])
def test_a_forged_cookie_leads_nowhere(client: Client, kept: str) -> None:
    answer = client.get("/oauth2callback", headers=HERE | {"cookie": f"liaohe_way_back={kept}"})
    assert answer.headers["location"] == "/"


def test_the_way_back_is_gone_once(client: Client) -> None:
    answer = client.get("/oauth2callback", headers=HERE | {"cookie": "liaohe_way_back=%2Fpresent%3F"})
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_other_redirects_are_left_alone(client: Client) -> None:
    answer = client.get("/elsewhere", headers=HERE | {"cookie": "liaohe_way_back=%2Fpresent%3F"})
    assert answer.headers["location"] == "/"
    assert "set-cookie" not in answer.headers
