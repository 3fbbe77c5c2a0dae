"""One map whose script never changes; everything else is a small state."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import get_args

import numpy as np
import pytest

from geodata.i18n import LANGUAGES
from geodata.schema import LAYERS
from geodata.status import STATES
from geodata.store import Store
from layers import assets, tiles, webmap
from layers.catalogue import GROUPS, MAP_LAYERS
from layers.vector_tiles import to_script

pytestmark = pytest.mark.skipif(bool(assets.missing()), reason="the map's scripts are not built")

DAY = date(2020, 12, 31)


def script_of_map() -> str:
    # What differs from call to call in any folium map is its random name.
    return re.sub(r"[0-9a-f]{32}", "", webmap.build_map().get_root().render())


def state_at(store: Store, **changes: object) -> dict[str, object]:
    options: dict[str, object] = {"on": DAY, "visible": {"parcels": 0.5}, "language": "zh", **changes}
    return webmap.map_state(store.current(), **options)  # type: ignore[arg-type]


def test_the_script_is_the_same_on_every_call() -> None:
    assert script_of_map() == script_of_map()


def test_the_map_loads_its_own_bundle_and_names_no_other_place() -> None:
    page = webmap.build_map().get_root().render()
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == [assets.url(assets.SCRIPT), assets.url(assets.STYLE)]
    assert re.findall(r"https?://[^\"'\s)]+", page) == []


@pytest.mark.parametrize("name", [assets.SCRIPT, assets.STYLE])
def test_the_bundle_asks_no_other_place(name: str) -> None:
    built = (assets.DIST / name).read_text(encoding="utf-8")
    assert re.findall(r"url\((?![\"']?data:|#)[^)]+\)", built) == [] or name == assets.SCRIPT
    assert not re.search(r"(cdn|unpkg|jsdelivr|googleapis|cloudflare)\.", built)


def test_the_folium_class_itself_keeps_its_own_links() -> None:
    import folium

    webmap.build_map()
    assert folium.Map.default_js != []


def test_every_layer_is_on_the_map_in_a_known_group_and_words_stand_in_both_languages() -> None:
    assert set(MAP_LAYERS) == set(LAYERS)
    assert {layer.group for layer in MAP_LAYERS.values()} == set(GROUPS)
    config = webmap.config()
    for layer in MAP_LAYERS:
        assert len(config["styles"][layer]) == len(config["stateLabels"][layer]) == len(STATES[layer])
        assert set(config["titles"][layer]) == set(LANGUAGES)
        carried = set(MAP_LAYERS[layer].carried) | {MAP_LAYERS[layer].label_field}
        assert carried <= {field.name for field in LAYERS[layer].fields}


def test_a_state_says_what_is_shown(store: Store) -> None:
    state = state_at(store, highlight=("parcels", 3), rows={"parcels": [0, 2]}, bounds=(116.6, 35.3, 116.7, 35.4))
    assert state["asOf"] == 18_627  # 31 December 2020
    assert state["bounds"] == [[35.3, 116.6], [35.4, 116.7]]
    assert state["highlight"] == ["parcels", 3]
    layers = state["layers"]
    assert isinstance(layers, dict)
    assert set(layers) == {"district", "waterways", "parcels", "projects"}
    assert (layers["parcels"]["visible"], layers["parcels"]["opacity"], layers["parcels"]["rows"]) == (
        True,
        0.5,
        "BQA=",
    )
    assert (layers["district"]["visible"], layers["district"]["rows"]) == (False, None)
    assert layers["parcels"]["url"] == tiles.url_of(store.current()["parcels"])


def test_rows_are_numbers_or_a_boolean_for_each_row(store: Store) -> None:
    parcels = store.current()["parcels"].features
    left = np.zeros(parcels, dtype=bool)
    left[[0, 2]] = True
    for rows in ([0, 2], {0, 2}, np.array([0, 2]), left):
        state = state_at(store, rows={"parcels": rows})
        assert state["layers"]["parcels"]["rows"] == "BQA="  # type: ignore[index]


def test_a_state_without_tools_shapes_link_and_caption_says_so(store: Store) -> None:
    state = state_at(store)
    assert [state[part] for part in ("tools", "shapes", "link", "caption", "apart")] == [[], [], None, "", False]


def test_shapes_go_to_the_map_with_latitude_first_and_tools_in_the_order_of_their_buttons(store: Store) -> None:
    ring = [(116.65, 35.39), (116.67, 35.39), (116.660000049, 35.41)]
    state = state_at(store, shapes=[ring], tools={"polygon", "box"}, link="compare", caption="2019年", apart=True)
    assert state["shapes"] == [[[35.39, 116.65], [35.39, 116.67], [35.41, 116.66]]]
    assert state["tools"] == ["box", "polygon"]
    assert (state["link"], state["caption"], state["apart"]) == ("compare", "2019年", True)


def test_every_tool_has_a_title_and_a_hint_in_both_languages() -> None:
    words = webmap.config()["words"]
    for tool in get_args(webmap.Tool):
        assert words[tool]["zh"] != words[tool]["en"]
        if tool == "view":  # told by the click on its button alone
            continue
        assert all("Esc" in hint for hint in words[f"{tool}Hint"].values())


def test_the_map_of_a_review_stands_apart() -> None:
    state = webmap.review_state(None, "/tiles/draft/x/y.pmtiles", language="zh", dark=False, bounds=None)
    assert state["apart"] is True
    assert state["layers"]["draft"]["url"] == "/tiles/draft/x/y.pmtiles"


def test_a_state_is_small(store: Store) -> None:
    assert len(to_script(state_at(store))) < 1000


def test_a_state_tells_its_script_and_leaves_nothing_behind(store: Store) -> None:
    pushed = webmap.MapState(state_at(store))
    plan = webmap.build_map()
    pushed.add_to(plan)
    script = plan.get_root().render()
    assert f"window.planMap.apply({pushed.state})" in script
    assert "window.feature_group.length = 0" in script


def test_no_text_of_a_file_can_end_the_script() -> None:
    nasty = {"name": '</script><script>alert(1)</script>\u2028"'}
    script = to_script(nasty)
    assert "</" not in script
    assert "\u2028" not in script
    assert json.loads(script.replace("<\\/", "</")) == nasty
