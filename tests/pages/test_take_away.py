"""The dialog in which layers are taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from layers import assets
from tests.pages.conftest import OpenPage


@pytest.fixture(autouse=True)
def _front_end_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "missing", list)


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the download button was given; the testing tool does not show it."""
    given: list[dict[str, Any]] = []
    plain = st.download_button

    def noting(label: str, **options: Any) -> bool:
        if options.get("key") == "take_download":
            given.append(options)
        return plain(label, **options)

    monkeypatch.setattr(st, "download_button", noting)
    return given


@pytest.fixture
def opened(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens the page with the dialog open for the whole test: the testing tool knows no runs of the dialog alone."""
    plain = st.button
    monkeypatch.setattr(st, "button", lambda label, **options: plain(label, **options) or options["key"] == "take_away")
    return lambda **query: open_page(**{"language": "en", "layers": "parcels.roads", **query})


def test_the_visible_layers_are_offered_as_a_geopackage_at_first(opened: Callable[..., AppTest], packed: list) -> None:
    app = opened()
    assert app.multiselect(key="take_layers").value == ["roads", "parcels"]
    assert app.radio(key="take_rows").options == ["Everything"]
    assert packed[-1]["file_name"] == "layers_2020-12-31.gpkg"
    assert packed[-1]["data"]()[:6] == b"SQLite"


def test_the_filters_leave_their_rows_and_say_so_in_the_file(opened: Callable[..., AppTest], packed: list) -> None:
    app = opened(layers="parcels", **{"f.parcels.state": "idle"})
    assert app.radio(key="take_rows").options == ["What the filters leave", "Everything"]
    (part,) = packed[-1]["data"].args[0]
    assert part.frame["parcel_id"].tolist() == ["parcels-05"]
    assert "Suspected idle" in part.told
    assert part.illustrative
    app.radio(key="take_rows").set_value("all").run()
    assert len(packed[-1]["data"].args[0][0].frame) == 9


def test_one_selected_feature_is_taken_alone(opened: Callable[..., AppTest], packed: list) -> None:
    app = opened(selected="parcels.parcels-05")
    app.radio(key="take_rows").set_value("selected").run()
    (part,) = packed[-1]["data"].args[0]
    assert part.frame["parcel_id"].tolist() == ["parcels-05"]


def test_each_format_offers_the_coordinates_it_can_hold(opened: Callable[..., AppTest], packed: list) -> None:
    app = opened()
    app.selectbox(key="take_format").set_value("DXF").run()
    assert len(app.selectbox(key="take_crs_DXF").options) == 2
    assert packed[-1]["file_name"].endswith(".dxf")
    app.selectbox(key="take_format").set_value("SHP").run()
    app.selectbox(key="take_crs_SHP").set_value("EPSG:4527").run()
    assert packed[-1]["file_name"] == "layers_2020-12-31.zip"
    assert packed[-1]["data"]()[:2] == b"PK"
    assert not app.exception
