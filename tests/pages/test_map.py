"""The map page: layer tree, theme, what was clicked, and what is said where the map can't be shown."""

from __future__ import annotations

from datetime import date

import pytest

from layers import assets
from layers.catalogue import MAP_LAYERS
from tests.geodata.little_district import little_district
from tests.pages.conftest import OpenPage


@pytest.fixture(autouse=True)
def _front_end_is_built(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(assets, "missing", list)


def chips(app):
    return "\n".join(element.proto.body for element in app.sidebar.get("html"))


def test_every_published_layer_stands_in_the_tree_with_its_count(open_page: OpenPage):
    app = open_page(language="en")
    boxes = {box.key.removeprefix("layer_"): box for box in app.sidebar.checkbox if box.key.startswith("layer_")}
    assert set(boxes) == set(little_district())
    assert boxes["parcels"].label == "Land parcels (9)"
    assert {layer for layer, box in boxes.items() if box.value} == {
        layer for layer in boxes if MAP_LAYERS[layer].visible
    }


def test_the_key_counts_what_is_there_at_the_day(open_page: OpenPage):
    app = open_page(language="en", layers="parcels")
    assert "Completed<b>2</b>" in chips(app)
    app.date_input(key="as_of").set_value(date(2020, 6, 29)).run()
    assert "Completed<b>1</b>" in chips(app)


def test_parcels_can_be_coloured_by_land_use(open_page: OpenPage):
    app = open_page(language="en", layers="parcels", theme="land_use")
    assert "Residential<b>6</b>" in chips(app)
    assert "Completed" not in chips(app)


def test_layers_and_opacity_of_a_link_are_restored(open_page: OpenPage):
    app = open_page(layers="roads.parcels-35")
    assert [box.key for box in app.sidebar.checkbox if box.value] == ["layer_roads", "layer_parcels"]
    assert app.sidebar.slider(key="opacity_parcels").value == 35
    assert app.sidebar.slider(key="opacity_roads").value == 100


def test_a_selected_feature_of_a_link_is_shown_with_every_attribute(open_page: OpenPage):
    app = open_page(language="en", units="mu", selected="parcels.parcels-05")
    panel = "\n".join(element.value for element in app.main.markdown)
    assert "Suspected idle" in panel
    assert "| Area (measured) | 90.0 mu |" in panel  # 6 ha
    assert "| Land use | Residential \\(0701\\) |" in panel
    assert "| Start due | 31 Dec 2019 |" in panel
    assert "| Started | – |" in panel


def test_a_selected_feature_that_is_gone_is_told(open_page: OpenPage):
    app = open_page(language="en", selected="parcels.nowhere")
    assert "the selected feature" in app.toast[0].value
    assert not [element for element in app.main.markdown if "What is here" in element.value]


def test_a_state_that_only_time_brought_is_marked_as_projected(open_page: OpenPage):
    app = open_page(language="en", selected="parcels.parcels-06", as_of="2021-01-01")
    panel = "\n".join(element.value for element in app.main.markdown)
    # Its start was due on 2020-01-01: a year after that nothing is recorded, and time alone has passed.
    assert "Suspected idle \\(Projected\\)" in panel


def test_closing_the_panel_leaves_nothing_selected(open_page: OpenPage):
    app = open_page(selected="parcels.parcels-05")
    app.button(key="close_panel").click().run()
    assert not [button for button in app.button if button.key == "close_panel"]


def test_a_missing_front_end_is_explained_instead_of_a_blank_map(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(assets, "missing", lambda: ["layers/web/dist/planmap.js"])
    app = open_page(language="en")
    assert "make setup" in app.error[0].value
    assert "planmap" in app.error[0].value


def test_the_key_says_beyond_the_data_what_is_projected_and_how_far_the_data_reaches(open_page: OpenPage):
    # One parcel has been past its due day for a year only since then.
    app = open_page(language="en", layers="parcels", as_of="2021-01-01")
    captions = [caption.value for caption in app.sidebar.caption]
    assert "Projected **1**" in captions
    assert captions.count("Data through 31 Dec 2020") == 1


def test_the_key_says_nothing_of_that_up_to_the_data_date(open_page: OpenPage):
    app = open_page(language="en", layers="parcels", as_of="2020-12-31")
    assert not [caption.value for caption in app.sidebar.caption if "Projected" in caption.value]
    assert not [caption.value for caption in app.sidebar.caption if "Data through" in caption.value]


def test_a_code_that_is_a_word_is_shown_by_its_name_alone(open_page: OpenPage):
    app = open_page(language="zh", selected="roads.roads-00")
    panel = "\n".join(element.value for element in app.main.markdown)
    assert "| 道路等级 | 主干路 |" in panel
