"""Plan sheets: the map on paper at an exact scale, drawn in EPSG:4548, as PDF, SVG or PNG."""

from __future__ import annotations

import math
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import shapely
from geopandas import GeoSeries
from shapely.geometry.base import BaseGeometry

from geodata import facets, filters, indicators, status
from geodata.catalogue import Version
from geodata.facets import Facets
from geodata.i18n import Language, label, text
from geodata.measures import subset
from geodata.schema import DRAWING_CRS, LAYERS, STORE_CRS
from geodata.settings import Settings
from geodata.store import Store
from layers import formats, legend
from layers.catalogue import MAP_LAYERS
from layers.sheet import furniture
from layers.sheet.canvas import Page, write_pages
from layers.sheet.features import DrawnLayer, draw_labels, draw_layer
from layers.sheet.furniture import CRS_NAME, Imprint, KeyGroup, Place
from layers.sheet.paper import (
    ORIENTATIONS,
    Bounds,
    Layout,
    Orientation,
    Paper,
    SheetOptionError,
    Tile,
    around,
    fit_scale,
    layout,
    middle,
    require_paper,
    require_scale,
    tiles,
    union,
)
from layers.view import Theme, ViewState

__all__ = [
    "ENDINGS",
    "EXTENTS",
    "Extent",
    "Plan",
    "Sheet",
    "SheetOptionError",
    "SheetOptions",
    "draw_sheet",
    "has_drawn",
    "make_sheet",
    "plan_sheet",
]

Extent = Literal["district", "view", "drawn"]
EXTENTS: tuple[Extent, ...] = get_args(Extent)
ENDINGS = (".pdf", ".svg", ".png")
DEFAULT_TITLE = label("蓼河新区规划一张图", "Liaohe New District Plan")

_SCREEN_PX = (1200, 720)
"""The map's frame on an ordinary screen: a view says where its middle is and how near, not how large it is."""
_METRES_PER_PX_AT_ZOOM_0 = 156_543.03
_EDGE_MM = 3.0
"""How far from the edge of the paper's window the ground ends at least: its outline is drawn with a soft band."""
_SMALLEST_M = 200.0


@dataclass(frozen=True)
class SheetOptions:
    """What a sheet is to be."""

    paper: Paper = "A3"
    orientation: Orientation | None = None
    """None takes the one with the larger scale, else with fewer pages."""
    scale: int | None = None
    """The denominator, 500 to 50,000; None fits the extent to one page."""
    title: str = ""
    language: Language = "zh"
    extent: Extent = "district"
    """`district` is all of it; `view` what is around the view's centre; `drawn` the shape that filters, else the
    selected feature."""


@dataclass(frozen=True)
class Plan:
    """The pages of a sheet, before they are drawn."""

    layout: Layout
    scale: int
    tiles: Sequence[Tile]
    extent: Bounds

    @property
    def pages(self) -> int:
        """One, or the tiles after an index of them."""
        return 1 if len(self.tiles) == 1 else 1 + len(self.tiles)


@dataclass(frozen=True)
class Sheet:
    """A sheet that was made."""

    files: Sequence[Path]
    plan: Plan
    as_of: date
    layers: Sequence[str]
    illustrative: Sequence[str] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """What the command line prints."""
        return {
            "path": str(self.files[0]),
            "files": [str(file) for file in self.files],
            "paper": self.plan.layout.paper,
            "orientation": self.plan.layout.orientation,
            "scale": self.plan.scale,
            "crs": DRAWING_CRS,
            "pages": self.plan.pages,
            "tiles": len(self.plan.tiles),
            "as_of": self.as_of.isoformat(),
            "layers": list(self.layers),
            "illustrative": list(self.illustrative),
        }


def make_sheet(
    store: Store, versions: Mapping[str, Version], view: ViewState, options: SheetOptions, to: Path
) -> Sheet:
    """Draw what a view shows of published versions, and write it; see `draw_sheet`.

    Raises
    ------
    StoreError
        A version can't be read.
    """
    if not versions:
        raise SheetOptionError(_NOTHING_THERE["district"])
    frames = {layer: store.read_version(version) for layer, version in versions.items()}
    found = facets.facets_of(frames, view.as_of or indicators.default_as_of(versions), view.compare)
    return draw_sheet(found, versions, store.settings, view, options, to)


def draw_sheet(
    found: Facets,
    versions: Mapping[str, Version],
    settings: Settings,
    view: ViewState,
    options: SheetOptions,
    to: Path,
) -> Sheet:
    """Draw what a view shows of frames, and write it in the format of the ending of `to`.

    A sheet of several pages is one PDF; as SVG or PNG `to` is the index and `<name>-1`, `<name>-2` … the pages.

    Parameters
    ----------
    found : the frames of the versions and the day they are shown at
    settings : what the title block says

    Raises
    ------
    SheetOptionError
        The paper, scale, ending or extent can't be; the message says what can.
    FontMissingError
        This machine has no Chinese font.
    """
    if to.suffix.lower() not in ENDINGS:
        raise SheetOptionError(
            text(
                "The ending “{ending}” is not known; use one of {endings}.",
                ending=to.suffix,
                endings=", ".join(ENDINGS),
            )
        )
    plan = plan_sheet(found, view, options)
    shown = shown_layers(found, view)
    imprint = _imprint(settings, versions, shown, view, found.on, options)
    pages = draw_pages(plan, shown, view, imprint)
    files = _write_whole(pages, to, plan.layout.paper, imprint.title)
    illustrative = [layer.name for layer in shown if versions[layer.name].illustrative]
    return Sheet(files, plan, found.on, [layer.name for layer in shown], illustrative)


def _write_whole(pages: Sequence[Page], to: Path, paper: Paper, title: str) -> list[Path]:
    """Write the files aside and rename them: each is there whole or not."""
    folder = Path(tempfile.mkdtemp(prefix=f".sheet-{os.getpid()}-{secrets.token_hex(4)}", dir=to.parent))
    try:
        made = write_pages(pages, folder / to.name, paper=paper, title=title)
        return [file.replace(to.parent / file.name) for file in made]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- what is on it ---------------------------------------------------------------------------------------------------


def shown_layers(found: Facets, view: ViewState) -> list[DrawnLayer]:
    """The visible layers in the order of drawing, with the rows that the filters leave."""
    visible = view.layers
    if visible is None:
        visible = {layer.name: 1.0 for layer in MAP_LAYERS.values() if layer.visible}
    kept = found.kept(view.filters) if view.filters else {}
    shown = []
    for layer in sorted(MAP_LAYERS.values(), key=lambda layer: layer.order):
        if layer.name in visible and layer.name in found.frames:
            frame, states = found.frames[layer.name], found.states(layer.name, found.on)
            if layer.name in kept:
                frame, states = subset(frame, kept[layer.name]), states[kept[layer.name]]
            shown.append(DrawnLayer(layer.name, frame, states, visible[layer.name]))
    return shown


def plan_sheet(found: Facets, view: ViewState, options: SheetOptions) -> Plan:
    """Scale and pages of a sheet.

    Raises
    ------
    SheetOptionError
        Paper, scale or extent can't be, or there would be too many pages.
    """
    paper = require_paper(options.paper)
    shape = _extent(found, view, options)
    extent: Bounds = shape.bounds
    scale = None if options.scale is None else require_scale(options.scale)
    orientations = [options.orientation] if options.orientation else list(ORIENTATIONS)
    plans = []
    for orientation in orientations:
        sheet = layout(paper, orientation)
        at = scale or fit_scale(extent, sheet)
        if options.extent == "view":
            pages = [Tile(1, around(middle(extent), sheet, at))]
        else:
            with_edge = shape.buffer(_EDGE_MM * at / 1000)
            pages = tiles(with_edge.bounds, sheet, at, with_edge)
        plans.append(Plan(sheet, at, pages, extent))
    return min(plans, key=lambda plan: (plan.scale, plan.pages))


def _extent(found: Facets, view: ViewState, options: SheetOptions) -> BaseGeometry:
    """What the sheet has to show, EPSG:4548; a very small thing with some ground around it."""
    if options.extent == "view":
        shape = _seen(view)
    elif options.extent == "drawn":
        shape = _drawn(found, view)
    else:
        layers = ["district"] if "district" in found.frames else list(found.frames)
        shapes = [shape for layer in layers for shape in found.frames[layer].geometry.to_crs(DRAWING_CRS)]
        shape = shapely.union_all(shapes)
        if "district" not in layers and not shape.is_empty:
            shape = shapely.box(*shape.bounds)
    if shape is None or shape.is_empty:
        raise SheetOptionError(_NOTHING_THERE[options.extent])
    west, south, east, north = shape.bounds
    return shape.buffer(max(0.0, (_SMALLEST_M - max(east - west, north - south)) / 2))


_NOTHING_THERE = {
    "district": text("There is nothing published to draw; publish the district first."),
    "view": text("The view says no centre and zoom; take the whole district, or copy the address of the map page."),
    "drawn": text("Nothing is drawn or selected in this view; take the whole district."),
}


def _seen(view: ViewState) -> BaseGeometry | None:
    """The ground that a screen shows at the view's centre and zoom."""
    if view.centre is None or view.zoom is None:
        return None
    metre_per_px = _METRES_PER_PX_AT_ZOOM_0 * math.cos(math.radians(view.centre[1])) / 2**view.zoom
    centre = _to_drawing(shapely.Point(view.centre))
    width, height = (pixels * metre_per_px for pixels in _SCREEN_PX)
    return shapely.box(centre.x - width / 2, centre.y - height / 2, centre.x + width / 2, centre.y + height / 2)


def has_drawn(found: Facets, view: ViewState) -> bool:
    """Whether the view has what the extent `drawn` asks for."""
    return _drawn(found, view) is not None


def _drawn(found: Facets, view: ViewState) -> BaseGeometry | None:
    """The shape that filters, else the selected feature."""
    for condition in view.filters.values():
        if rings := filters.outlines(condition):
            return _to_drawing(shapely.make_valid(shapely.Polygon(rings[0])))
    if view.selected is None or view.selected[0] not in found.frames:
        return None
    layer, key = view.selected
    frame = found.frames[layer]
    chosen = frame.geometry[frame[LAYERS[layer].key].astype("str") == key]
    return None if chosen.empty else _to_drawing(chosen.iloc[0])


def _to_drawing(shape: BaseGeometry) -> Any:
    return GeoSeries([shape], crs=STORE_CRS).to_crs(DRAWING_CRS).iloc[0]


# --- drawing ---------------------------------------------------------------------------------------------------------


def draw_pages(plan: Plan, shown: Sequence[DrawnLayer], view: ViewState, imprint: Imprint) -> list[Page]:
    """The pages: one, or an index and one for each tile."""
    sheet, count = plan.layout, plan.pages
    drawing = _Drawing(shown, view.theme or "status", imprint, key_of(shown, view))
    pages = []
    if count > 1:
        whole = union(tile.bounds for tile in plan.tiles)
        at = fit_scale(whole, sheet)
        pages.append(_draw_page(sheet, at, middle(whole), Place(1, count, None, plan.tiles, plan.scale), drawing))
    for tile in plan.tiles:
        place = Place(len(pages) + 1, count, tile, plan.tiles, plan.scale)
        pages.append(_draw_page(sheet, plan.scale, middle(tile.bounds), place, drawing))
    return pages


@dataclass(frozen=True)
class _Drawing:
    """What is the same on every page."""

    shown: Sequence[DrawnLayer]
    theme: Theme
    imprint: Imprint
    key: Sequence[KeyGroup]


def _draw_page(sheet: Layout, scale: int, centre: tuple[float, float], place: Place, drawing: _Drawing) -> Page:
    page = Page(sheet, around(centre, sheet, scale))
    for layer in drawing.shown:
        draw_layer(page, layer, drawing.theme, scale)
    if place.tile is None:
        furniture.draw_tile_edges(page, place)
    else:
        draw_labels(page, drawing.shown, scale, [furniture.north_arrow_box(sheet)])
    furniture.draw_frame(page, sheet, scale)
    furniture.draw_north_arrow(page, sheet, drawing.imprint)
    furniture.draw_title(page, sheet, drawing.imprint, place)
    furniture.draw_panel(page, sheet, drawing.imprint, place, scale, drawing.key)
    furniture.draw_footer(page, sheet, drawing.imprint, place, scale)
    return page


def key_of(shown: Sequence[DrawnLayer], view: ViewState) -> list[KeyGroup]:
    """The key of what is visible, in the order of the layer tree."""
    by_name = {layer.name: layer for layer in shown}
    groups = []
    for name in MAP_LAYERS:
        if layer := by_name.get(name):
            title = LAYERS[name].title
            entries = legend.legend(name, layer.frame, layer.states, view.theme or "status")
            if len(status.STATES[name]) == 1 and len(entries) == 1:
                entries = [legend.LegendEntry(title, entry.style, entry.count) for entry in entries]
            if entries:
                groups.append(KeyGroup(name, title, entries, layer.opacity))
    return groups


def _imprint(
    settings: Settings,
    versions: Mapping[str, Version],
    shown: Sequence[DrawnLayer],
    view: ViewState,
    on: date,
    options: SheetOptions,
) -> Imprint:
    language = options.language
    illustrative = [layer.name for layer in shown if versions[layer.name].illustrative]
    return Imprint(
        title=options.title.strip() or DEFAULT_TITLE.in_(language),
        subtitle=text("As of {day}", day=formats.day(on, language)).in_(language),
        organisation=settings.sheet_organisation,
        drawn_on=settings.sheet_drawn_on,
        classification=settings.sheet_classification,
        crs=CRS_NAME.in_(language) if settings.sheet_crs is None else settings.sheet_crs,
        review_number=settings.sheet_review_number,
        sources=[
            *sources_of(versions, shown, illustrative, language),
            *_remarks(versions, [layer for layer in shown if _is_by_status(layer, view)], on, language),
            *_filtered_by(view, language),
        ],
        illustrative=bool(illustrative),
        printed_on=date.today(),
        language=language,
    )


def sources_of(
    versions: Mapping[str, Version], shown: Sequence[DrawnLayer], illustrative: Sequence[str], language: Language
) -> list[str]:
    """Versions and data dates of what is visible, and which of it is illustrative."""
    comma = text(", ").in_(language)
    title = {layer.name: LAYERS[layer.name].title.in_(language) for layer in shown}
    lines = []
    by_day: dict[date, list[str]] = {}
    for layer in sorted(title, key=list(MAP_LAYERS).index):
        version = versions[layer]
        by_day.setdefault(version.data_date, []).append(f"{title[layer]} v{version.number}")
    for day, names in sorted(by_day.items()):
        through = text("Data through {day}", day=formats.day(day, language))
        lines.append(text("Source: {layers} ({through})", layers=comma.join(names), through=through).in_(language))
    if illustrative:
        if len(illustrative) == len(shown):
            words = text("All layers are illustrative data, not real.")
        else:
            words = text(
                "These layers are illustrative, not real: {layers}.",
                layers=comma.join(title[layer] for layer in illustrative),
            )
        lines.append(words.in_(language))
    return lines


def _is_by_status(layer: DrawnLayer, view: ViewState) -> bool:
    return layer.name != "parcels" or view.theme != "land_use"


def _remarks(versions: Mapping[str, Version], shown: Sequence[DrawnLayer], on: date, language: Language) -> list[str]:
    """What no colour of the key tells, a line for each layer that has any of it."""
    lines = []
    for layer in shown:
        found = legend.remarks(layer.name, layer.frame, on, versions[layer.name].data_date)
        words = " · ".join(f"{remark.label.in_(language)} {formats.number(remark.count)}" for remark in found)
        if words:
            lines.append(f"{LAYERS[layer.name].title.in_(language)}{text(': ').in_(language)}{words}")
    return lines


def _filtered_by(view: ViewState, language: Language) -> list[str]:
    """That a filter holds, and on what."""
    if not view.filters:
        return []
    names = text(", ").in_(language).join(facets.title_of(key).in_(language) for key in view.filters)
    return [text("Filtered by: {facets}", facets=names).in_(language)]
