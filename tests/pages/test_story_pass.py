"""Passes of stories: each opens one story in one browser, until it is signed out or two days have gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from starlette.requests import Request

from pages.ui import account, story_pass, visitor

USER = "_streamlit_user"


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An office with sign-in, and somebody who is signed in."""
    monkeypatch.setenv("LIAOHE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(account, "is_offered", lambda: True)
    monkeypatch.setattr(account, "is_signed_in", lambda: True)


@pytest.fixture
def cookies() -> dict[str, str]:
    return browser("first")


def browser(number: str) -> dict[str, str]:
    return {visitor.COOKIE: str(visitor._signer().dumps(number)), USER: "signed-by-streamlit"}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The query that the page gives a browser."""

    def given(story: str, cookies: dict[str, str]) -> str:
        class Context:
            pass

        context = Context()
        context.cookies = cookies  # type: ignore[attr-defined]
        monkeypatch.setattr(story_pass.st, "context", context)
        return "&".join(f"{name}={value}" for name, value in story_pass.made_for(story).items())

    return given


def request(query: str, cookies: dict[str, str]) -> Request:
    header = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()
    return Request({"type": "http", "query_string": query.encode(), "headers": [(b"cookie", header)]})


def test_it_opens_its_own_story_in_its_own_browser(given: Callable[..., str], cookies: dict[str, str]) -> None:
    query = given("a", cookies)
    assert story_pass.opens(request(query, cookies), "a")
    assert not story_pass.opens(request(query, cookies), "b")
    assert not story_pass.opens(request(query, browser("second")), "a")
    assert not story_pass.opens(request("", cookies), "a")
    assert not story_pass.opens(request("pass=%E4%B8%80", cookies), "a")


def test_it_ends_with_signing_out(given: Callable[..., str], cookies: dict[str, str]) -> None:
    query = given("a", cookies)
    signed_out = {name: value for name, value in cookies.items() if name != USER}
    assert not story_pass.opens(request(query, signed_out), "a")


@pytest.mark.parametrize(("days", "opens"), [(0, True), (1, True), (2, False), (-1, False)])
def test_it_ends_after_the_next_day(
    given: Callable[..., str], cookies: dict[str, str], monkeypatch: pytest.MonkeyPatch, days: int, opens: bool
) -> None:
    query = given("a", cookies)

    class Later(date):
        @classmethod
        def today(cls) -> date:
            return date.today() + timedelta(days=days)

    monkeypatch.setattr(story_pass, "date", Later)
    assert story_pass.opens(request(query, cookies), "a") is opens


def test_a_browser_without_cookies_gets_none(given: Callable[..., str]) -> None:
    assert given("a", {}) == ""


def test_where_nobody_signs_in_none_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(account, "is_offered", lambda: False)
    assert story_pass.opens(request("", {}), "a")
