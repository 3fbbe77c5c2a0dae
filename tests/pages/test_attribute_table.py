"""The attribute table under the map."""

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from layers import assets
from tests.pages.conftest import OpenPage


@pytest.fixture(autouse=True)
def _front_end_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "missing", list)


def opened(open_page: OpenPage, **query: str) -> AppTest:
    app = open_page(**{"language": "en", **query})
    return app.toggle(key="attributes_open").set_value(True).run()


def table(app: AppTest) -> pd.DataFrame:
    return app.main.dataframe[0].value


def test_the_table_is_closed_at_first(open_page: OpenPage) -> None:
    assert not open_page(language="en").main.dataframe


def test_every_row_of_the_layer_stands_in_words_and_in_the_readers_unit(open_page: OpenPage) -> None:
    shown = table(opened(open_page, units="mu"))
    assert len(shown) == 9
    assert shown["parcel_id"].tolist() == [f"parcels-0{row}" for row in range(9)]
    row = shown[shown["parcel_id"] == "parcels-05"].iloc[0]
    assert row["·state"] == "Suspected idle"
    assert row["land_use"] == "Residential"
    assert row["·size"] == pytest.approx(90, rel=1e-3)
    assert row["start_due_on"] == "2019-12-31"


def test_filters_leave_their_rows_and_the_count_says_of_how_many(open_page: OpenPage) -> None:
    app = opened(open_page, **{"f.parcels.state": "idle"})
    assert table(app)["parcel_id"].tolist() == ["parcels-05"]
    assert any("1 of 9 features" in caption.value for caption in app.main.caption)


def test_what_is_selected_on_the_map_stands_first_and_is_marked(open_page: OpenPage) -> None:
    app = opened(open_page, selected="parcels.parcels-05")
    assert table(app)["parcel_id"].tolist()[:3] == ["parcels-05", "parcels-00", "parcels-01"]
    assert table(app)["·mark"].tolist()[:2] == ["▶", ""]


def test_a_selected_feature_that_the_filters_leave_out_is_there_and_that_is_said(open_page: OpenPage) -> None:
    app = opened(open_page, selected="parcels.parcels-00", **{"f.parcels.state": "idle"})
    assert table(app)["parcel_id"].tolist() == ["parcels-00", "parcels-05"]
    assert any("not among them" in caption.value for caption in app.main.caption)


def test_another_layer_has_other_columns(open_page: OpenPage) -> None:
    app = opened(open_page)
    app.selectbox(key="attributes_layer").set_value("roads").run()
    assert {"road_id", "road_class", "·size"} <= set(table(app))
    assert "land_use" not in table(app)
