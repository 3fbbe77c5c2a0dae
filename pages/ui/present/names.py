"""What the charts are called where one is chosen: shorter than the titles above them."""

from __future__ import annotations

from geodata.i18n import Text, text

CHARTS: dict[str, Text] = {
    "land_status": text("Land by status"),
    "land": text("Land by use and status"),
    "land_idle": text("Largest idle parcels"),
    "land_zone": text("Land by water zone"),
    "land_park": text("Land by park"),
    "greening": text("Greening by month"),
    "greening_kinds": text("Greening by kind"),
    "greening_zone": text("Greening by water zone"),
    "greening_corridor": text("Greening by corridor"),
    "greening_near": text("Housing near greening"),
    "lighting": text("Lighting by month"),
    "waterways": text("Waterways"),
    "roads": text("Roads by class"),
    "relocation": text("Relocation by batch"),
    "relocation_flow": text("Relocation from industry to park"),
    "projects": text("Projects by stage"),
    "projects_board": text("Projects by board"),
    "projects_cluster": text("Projects by cluster"),
}
"""Every chart of `layers.charts.sections`, by its name."""
