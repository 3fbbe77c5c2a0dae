"""Sharing a view: its link, and bookmarks that restore it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from geodata import bookmarks
from geodata.settings import Settings
from geodata.store import Store
from layers import assets
from pages.ui import share
from tests.pages.conftest import OpenPage

VISITOR = "a visitor"
PLACE = {"centre": "116.65000_35.41000", "zoom": "14.25"}


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, published: Settings) -> Iterator[Store]:
    monkeypatch.setattr(assets, "missing", list)
    monkeypatch.setattr(share, "visitor", lambda: VISITOR)
    monkeypatch.setattr(share.place, "follow", lambda _: PLACE)
    store = Store.open(published)
    yield store
    for each in bookmarks.bookmarks(store, VISITOR):
        bookmarks.drop(store, each)
    store.close()


def kept(app: AppTest, name: str) -> AppTest:
    app.text_input(key="bookmark_name").set_value(name)
    return app.button(key="bookmark_keep").click().run()


def names(store: Store) -> list[str]:
    return [each.name for each in bookmarks.bookmarks(store, VISITOR)]


def test_a_bookmark_restores_layers_filters_selection_and_place(open_page: OpenPage, store: Store) -> None:
    there = {"layers": "district.parcels-60", "f.parcels.state": "idle", "selected": "parcels.parcels-05"}
    view = {"v": "1", "units": "mu", "as_of": "2019-12-31", **there, **PLACE}
    bookmarks.keep(store, VISITOR, "idle land", view, shared=False, who="")
    app = open_page(language="en")
    app.button(key=f"bookmark_open_{bookmarks.bookmarks(store, VISITOR)[0].id}").click().run()
    assert not app.exception
    assert app.session_state["units"] == "mu"
    assert f"{app.session_state['as_of']}" == "2019-12-31"
    assert not app.sidebar.checkbox(key="layer_roads").value
    assert app.session_state["opacity_parcels"] == 60
    assert list(app.session_state["_filters"]) == [("parcels", "state")]
    assert app.session_state["_selected"] == ("parcels", "parcels-05")
    assert (app.session_state["_go_to"].bounds[:2], app.session_state["_go_to"].zoom) == ((116.65, 35.41), 14.25)


def test_a_bookmark_is_renamed_deleted_and_taken_back(open_page: OpenPage, store: Store) -> None:
    app = kept(open_page(language="en"), "roads")
    made = bookmarks.bookmarks(store, VISITOR)[0].id
    app.button(key=f"bookmark_rename_{made}").click().run()
    app.text_input(key="bookmark_new_name").set_value("water").run()
    assert names(store) == ["water"]
    app.button(key=f"bookmark_drop_{made}").click().run()
    assert names(store) == []
    app.button(key="bookmark_undo").click().run()
    assert names(store) == ["water"]


def test_a_name_that_is_taken_is_refused_in_words(open_page: OpenPage, store: Store) -> None:
    app = kept(kept(open_page(language="en"), "roads"), "roads")
    assert "already" in app.warning[0].value
    assert names(store) == ["roads"]


def test_the_name_of_who_shared_a_view_is_text_and_no_picture(open_page: OpenPage, store: Store) -> None:
    bookmarks.keep(store, VISITOR, "view", {"v": "1"}, shared=True, who="![x](/picture.png)")
    app = open_page(language="en")
    (opener,) = [button for button in app.sidebar.button if (button.key or "").startswith("bookmark_open_")]
    assert "![x](" not in opener.help
    assert "picture" in opener.help
