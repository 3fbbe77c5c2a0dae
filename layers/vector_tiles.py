"""The two pieces that our map adds to Folium: the plan as one layer, and the state that is pushed into it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import folium
from folium.map import Layer
from folium.template import Template


class PlanLayer(Layer):
    """Every map layer as vector tiles on one canvas, drawn by `layers/web`.

    Parameters
    ----------
    config : what never changes while the application runs: layers, styles, words. It is part of the map's script,
        which must stay the same to the letter, or the map is made anew.
    """

    _template = Template("""
    {% macro script(this, kwargs) %}
    var {{ this.get_name() }} = window.planMap.layer({{ this.config }});
    {% endmacro %}""")

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self._name = "PlanLayer"
        self.config = to_script(config)


class MapState(folium.FeatureGroup):
    """Carries a state into the running map: its script is evaluated there whenever its text changes.

    streamlit-folium keeps every feature group it was ever given; so each takes the place of the one before.
    """

    _template = Template("""
    {% macro script(this, kwargs) %}
    var {{ this.get_name() }} = L.layerGroup();
    if (window.feature_group) window.feature_group.length = 0;
    window.planMap.apply({{ this.state }});
    {% endmacro %}""")

    def __init__(self, state: Mapping[str, Any]) -> None:
        super().__init__()
        self.state = to_script(state)


def to_script(value: Mapping[str, Any]) -> str:
    """A value as JSON that can stand inside a script: nothing in it can end the script."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")).replace("</", "<\\/")
