"""The map's layers: their group in the layer tree, their place in the drawing, and what their tiles carry."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.i18n import Text, label

GROUPS: dict[str, Text] = {
    "basis": label("基础范围", "Basis"),
    "water": label("水系", "Water"),
    "roads": label("道路", "Roads"),
    "land": label("用地", "Land"),
    "relocation": label("退城进园", "Relocation"),
    "greening": label("绿化亮化", "Greening and lighting"),
    "projects": label("重点项目", "Key projects"),
}
"""The groups of the layer tree, from top to bottom."""


@dataclass(frozen=True)
class MapLayer:
    """A layer on the map."""

    name: str
    group: str
    order: int
    """Drawn from low to high."""
    carried: tuple[str, ...] = ()
    """Fields its tiles carry beside row number, history and label."""
    label_field: str = "name"
    label_from_zoom: float = 12
    label_rank: int = 5
    """Labels of a low rank are placed first; others give way to them. A name that stands but once comes before those
    that are repeated along a line."""
    label_places: int = 1
    """At how many places of an area its name may stand (`layers.labels.label_points`)."""
    visible: bool = True
    """Whether it is on when nothing else was chosen."""


_LAYERS = (
    MapLayer("district", "basis", 90, label_from_zoom=99),
    MapLayer("water_zones", "water", 10, label_rank=1, label_from_zoom=11, label_places=3, visible=False),
    MapLayer("corridors", "water", 25, label_rank=1, label_from_zoom=12.5, label_places=3),
    MapLayer("waterways", "water", 40, ("width_m", "axis"), label_rank=3, label_from_zoom=11.5),
    MapLayer("roads", "roads", 50, ("road_class", "width_m"), label_rank=6, label_from_zoom=14),
    MapLayer("parcels", "land", 20, ("land_use",), label_field="parcel_id", label_rank=9, label_from_zoom=17),
    MapLayer(
        "relocation_zones", "relocation", 60, ("batch",), label_field="enterprise", label_rank=7, label_from_zoom=15
    ),
    MapLayer("parks", "relocation", 65, (), label_rank=2, label_from_zoom=11.5),
    MapLayer("greening", "greening", 30, ("kind",), label_rank=8, label_from_zoom=16),
    MapLayer("lighting", "greening", 55, ("lamps",), label_rank=9, label_from_zoom=17, visible=False),
    MapLayer("projects", "projects", 80, ("cluster",), label_rank=7, label_from_zoom=15.5),
)

MAP_LAYERS: dict[str, MapLayer] = {layer.name: layer for layer in _LAYERS}
"""Every map layer by its name, in the order of the layer tree."""
