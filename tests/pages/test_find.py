"""The search box of the map page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from layers import assets
from tests.pages.conftest import OpenPage


@pytest.fixture(autouse=True)
def _front_end_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "missing", list)


def find(app: AppTest, words: str) -> AppTest:
    return app.text_input(key="find").set_value(words).run()


def hits(app: AppTest) -> list[str]:
    return [button.label for button in app.sidebar.button if (button.key or "").startswith("find_hit_")]


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.sidebar.caption)


def test_one_find_alone_is_gone_to_and_its_layer_shown(open_page: OpenPage) -> None:
    app = find(open_page(language="en", layers="district"), "parcels-05")
    assert app.session_state["_selected"] == ("parcels", "parcels-05")
    assert app.sidebar.checkbox(key="layer_parcels").value
    west, south, east, north = app.session_state["_go_to"].bounds
    assert max(east - west, north - south) < 0.02


def test_several_finds_are_a_list_of_which_one_is_chosen(open_page: OpenPage) -> None:
    app = find(open_page(language="en"), "parcels-0")
    assert len(hits(app)) == 8
    assert hits(app)[0] == "**parcels\\-00**  Land parcels"
    assert "There are more" in captions(app)
    assert app.session_state["_selected"] is None
    app.button(key="find_hit_2").click().run()
    assert app.session_state["_selected"] == ("parcels", "parcels-02")


def test_a_second_look_at_the_page_does_not_go_there_again(open_page: OpenPage) -> None:
    app = find(open_page(language="en"), "parcels-05")
    sent = app.session_state["_go_to"]
    app.sidebar.checkbox(key="layer_roads").set_value(False).run()
    assert app.session_state["_go_to"] == sent


def test_coordinates_are_pinned_and_gone_to(open_page: OpenPage) -> None:
    app = find(open_page(language="en"), "116°39'36\"E 35°24'00\"N")
    assert app.session_state["_pin"] == pytest.approx((116.66, 35.4))
    west, _, east, _ = app.session_state["_go_to"].bounds
    assert (west + east) / 2 == pytest.approx(116.66)
    assert "116.660000°E 35.400000°N" in captions(app)


def test_a_place_outside_the_district_is_told(open_page: OpenPage) -> None:
    assert "outside the district" in captions(find(open_page(language="en"), "117.9, 36.2"))


def test_an_emptied_box_takes_the_pin_away(open_page: OpenPage) -> None:
    app = find(open_page(language="en"), "116.66, 35.4")
    assert find(app, "").session_state["_pin"] is None


def test_nothing_found_comes_with_advice(open_page: OpenPage) -> None:
    app = find(open_page(language="en"), "nowhere at all")
    assert hits(app) == []
    assert "Nothing is called so" in captions(app)
