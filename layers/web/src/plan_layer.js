// The plan: every published layer from its own archive on one canvas, drawn from the state that Python sends.
import { leafletLayer } from "protomaps-leaflet";
import { CountedArchive, LEVEL_DIFF, MAX_DATA_ZOOM, sheetView } from "./archives.js";
import { Drawing } from "./drawing.js";
import { sizeAt } from "./identify.js";
import { loadRowSet, rowSet } from "./rows.js";

const SHARPER = 1.5; // tiles are drawn finer than the screen, because the map stops between whole zooms
const SAME_SCALE = 0.01;
const TILE_PX = 256;
const MOST_AHEAD = 40;

export class PlanLayer {
  /** `pane` is the map's pane that the plan is painted in. */
  constructor(map, config, stats, pane) {
    this.map = map;
    this.pane = pane;
    this.stats = stats;
    this.drawing = new Drawing(map, config);
    this.drawn = null; // the layer that shows the present sources
    this.all = new Set(); // it, and older ones that stay until it is painted
    this.urls = {};
    this.applied = 0;
    this.repainting = null;
    map.on("zoomend", () => this.keepSizes());
    window.addEventListener("resize", () => this.keepSharp());
    map.on("moveend", () => this.count());
  }

  /** Take over a new state; repaint what is drawn, or load new archives when a layer has a new version. */
  async apply(state) {
    const turn = ++this.applied;
    const rows = {};
    const waiting = [];
    for (const [name, layer] of Object.entries(state.layers)) {
      if (layer.rows?.url) waiting.push(loadRowSet(layer.rows.url).then((set) => (rows[name] = set)));
      else rows[name] = rowSet(layer.rows);
    }
    if (waiting.length) await Promise.all(waiting);
    if (turn !== this.applied) return;
    this.drawing.take(state, rows);
    const urls = Object.fromEntries(Object.entries(state.layers).map(([name, { url }]) => [name, url]));
    const same = this.drawn && JSON.stringify(urls) === JSON.stringify(this.urls);
    const before = this.urls;
    this.urls = urls;
    if (same) await this.repaint();
    else this.replace(before);
  }

  /** Draw new archives on a canvas of their own; the old one stays until the new one is painted. */
  replace(before) {
    const old = this.drawn;
    const options = {
      attribution: "",
      pane: this.pane,
      devicePixelRatio: sharpness(this.map),
      paintRules: this.drawing.paintRules(),
      labelRules: this.drawing.labelRules(),
      sources: Object.fromEntries(
        Object.entries(this.urls).map(([name, url]) => [
          name,
          { url: new CountedArchive(url, () => this.stats.tiles++), maxDataZoom: MAX_DATA_ZOOM },
        ]),
      ),
    };
    const layer = leafletLayer(options);
    for (const [name, view] of old?.views || []) {
      if (this.urls[name] && this.urls[name] === before[name]) layer.views.set(name, view); // its tiles are here
    }
    layer.views.set("sheet", sheetView(layer.views.get("district")));
    this.drawn = layer;
    this.all.add(layer);
    let started = performance.now();
    layer.on("loading", () => (started = performance.now()));
    layer.on("load", () => {
      if (layer !== this.drawn) return;
      for (const other of this.all) {
        if (other !== layer) this.map.removeLayer(other);
      }
      this.all = new Set([layer]);
      this.painted(performance.now() - started);
    });
    layer.addTo(this.map);
  }

  /** Load the tiles that a state would show within `bounds`, at the zoom that fits them; those of other archives wait. */
  async fetchAhead(state, bounds) {
    const layer = this.drawn;
    if (!layer) return;
    const zoom = Math.round(this.map.getBoundsZoom(bounds));
    const [low, high] = [[1, 0], [0, 1]].map(([north, east]) => this.map.project([bounds[north][0], bounds[east][1]], zoom).divideBy(TILE_PX).floor());
    const tiles = [];
    for (let x = low.x; x <= high.x; x++) {
      for (let y = low.y; y <= high.y; y++) tiles.push({ z: zoom, x, y });
    }
    for (const tile of tiles.slice(0, MOST_AHEAD)) {
      const seen = Object.entries(state.layers).filter(([name, { visible, url }]) => visible && this.urls[name] === url);
      await Promise.all(seen.map(([name]) => layer.views.get(name)?.getDisplayTile(tile).catch(() => {})));
    }
  }

  /** Take the plan off the map; the next state puts it there again. */
  remove() {
    this.applied++;
    for (const layer of this.all) this.map.removeLayer(layer);
    this.all = new Set();
    this.drawn = null;
    this.urls = {};
  }

  /** Paint the tiles in view again; calls that come meanwhile are one further paint. */
  async repaint() {
    if (this.repainting) {
      this.again = true;
      return this.repainting;
    }
    this.repainting = (async () => {
      do {
        this.again = false;
        await this.repaintOnce();
      } while (this.again);
    })().finally(() => (this.repainting = null));
    return this.repainting;
  }

  async repaintOnce() {
    const layer = this.drawn;
    if (!layer) return;
    const started = performance.now();
    layer.clearLayout();
    const tiles = Object.values(layer._tiles).filter((tile) => tile.current);
    await Promise.all(
      tiles.map(({ coords, el }) => layer.renderTile(layer._wrapCoords(coords), el, layer._tileCoordsToKey(coords))),
    );
    if (layer === this.drawn) this.painted(performance.now() - started);
  }

  /** Between two whole zooms the same tiles are shown larger or smaller: what is measured in pixels is drawn anew. */
  keepSizes() {
    const layer = this.drawn;
    if (!layer) return;
    const scale = this.drawing.scale(layer._tileZoom);
    const tiles = Object.values(layer._tiles).filter((tile) => tile.current);
    if (tiles.some(({ el }) => el.scale && Math.abs(el.scale / scale - 1) > SAME_SCALE)) this.repaint();
  }

  /** A window that goes to another screen is painted with that one's pixels. */
  keepSharp() {
    const layer = this.drawn;
    const size = TILE_PX * sharpness(this.map);
    if (!layer || layer.tileSize === size) return;
    layer.tileSize = size;
    this.repaint();
  }

  painted(ms) {
    this.stats.lastPaintMs = Math.round(ms * 10) / 10;
    this.stats.paints += 1;
    this.count();
    this.map.fire("planpainted");
  }

  /** Say in `stats` how many features of each layer are drawn in the present view. */
  count() {
    const layer = this.drawn;
    if (!layer || layer._loading || layer._tileZoom === undefined) return; // what loads is counted when it is there
    const bounds = this.map.getBounds();
    const low = this.map.project(bounds.getNorthWest(), layer._tileZoom);
    const high = this.map.project(bounds.getSouthEast(), layer._tileZoom);
    const rows = Object.fromEntries(Object.keys(this.urls).map((name) => [name, new Set()]));
    for (const { current, coords, el } of Object.values(layer._tiles)) {
      if (!current || !el.drawn) continue;
      for (const [name, features] of el.drawn) {
        const { scale, origin } = layer.views.get(name).dataTileForDisplayTile(layer._wrapCoords(coords));
        for (const { bbox, props } of features) {
          const outside =
            bbox.maxX * scale + origin.x < low.x ||
            bbox.minX * scale + origin.x > high.x ||
            bbox.maxY * scale + origin.y < low.y ||
            bbox.minY * scale + origin.y > high.y;
          if (!outside) rows[name]?.add(props.row);
        }
      }
    }
    this.stats.layers = Object.fromEntries(Object.entries(rows).map(([name, { size }]) => [name, { painted: size }]));
  }

  /** Features at a place, the topmost first: [{layer, props, kind, size}], the last two as `meant` takes them. */
  at(latlng, brushPx) {
    const layer = this.drawn;
    if (!layer || layer._tileZoom === undefined) return [];
    const found = [];
    // The library takes a pixel of the tiles' data for half a one of the screen.
    const brush = brushPx * this.drawing.scale(layer._tileZoom) * 2 ** LEVEL_DIFF;
    const place = placeInTile(this.map.project(latlng, Math.min(layer._tileZoom - LEVEL_DIFF, MAX_DATA_ZOOM)));
    for (const name of Object.keys(this.urls)) {
      const near = layer.views.get(name).queryFeatures(latlng.lng, latlng.lat, layer._tileZoom, brush);
      for (const { feature, layerName } of near) {
        if (layerName !== name || !this.drawing.isShown(name, feature)) continue;
        const { geom, geomType: kind, props } = feature;
        found.push({ layer: name, props, kind, size: sizeAt(place, kind, geom) });
      }
    }
    return found.sort((one, other) => this.drawing.order[other.layer] - this.drawing.order[one.layer]);
  }

  stateOf(props) {
    return this.drawing.stateOf({ props });
  }
}

/** A place of the world, in pixels at the zoom of the data, as the features of its tile have it. */
function placeInTile({ x, y }) {
  const within = (px) => (px % TILE_PX) * 2 ** LEVEL_DIFF;
  return { x: within(x), y: within(y) };
}

/** Pixels of a tile's canvas for one of the map's; a map that is enlarged as a whole, as the player's is, has more. */
function sharpness(map) {
  const enlarged = L.DomUtil.getScale(map.getContainer()).x;
  return (window.devicePixelRatio || 1) * Math.max(SHARPER, enlarged);
}
