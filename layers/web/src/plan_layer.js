// The plan: every published layer from its own archive on one canvas, drawn from the state that Python sends.
import { PMTiles } from "pmtiles";
import { leafletLayer } from "protomaps-leaflet";
import { rowSet } from "./rows.js";
import { stateAt } from "./steps.js";
import { Areas, Labels, Lines, Mixed, Points } from "./symbolizers.js";

const MAX_DATA_ZOOM = 16;
const WIDE = new Set(["district", "water_zones"]); // filled, their highlight would tint the whole plan
const HIGHLIGHT = "#00b8d4";
const EQUATOR_M = 40_075_016.686;
const SHARPER = 1.5; // tiles are drawn finer than the screen, because the map stops between whole zooms

/** Archive that counts the tiles it is asked for. */
class CountedArchive extends PMTiles {
  constructor(url, count) {
    super(new URL(url, window.location.href).href);
    this.count = count;
  }

  getZxy(z, x, y, signal) {
    this.count();
    return super.getZxy(z, x, y, signal);
  }
}

export class PlanLayer {
  constructor(map, config, stats) {
    this.map = map;
    this.config = config;
    this.stats = stats;
    this.state = null;
    this.rows = {};
    this.drawn = null;
    this.sources = "";
  }

  /** Take over a new state; repaint what is drawn, or load new archives when a layer has a new version. */
  apply(state) {
    this.state = state;
    for (const [name, layer] of Object.entries(state.layers)) this.rows[name] = rowSet(layer.rows);
    const sources = JSON.stringify(Object.entries(state.layers).map(([name, layer]) => [name, layer.url]));
    if (sources === this.sources && this.drawn) return this.repaint();
    this.sources = sources;
    return this.replace();
  }

  /** Draw new archives on a canvas of their own; the old one stays until the new one is there. */
  replace() {
    const old = this.drawn;
    const options = { maxDataZoom: MAX_DATA_ZOOM, attribution: "", devicePixelRatio: (window.devicePixelRatio || 1) * SHARPER };
    options.sources = Object.fromEntries(
      Object.entries(this.state.layers).map(([name, { url }]) => [
        name,
        { url: new CountedArchive(url, () => this.stats.tiles++), maxDataZoom: MAX_DATA_ZOOM },
      ]),
    );
    options.paintRules = this.paintRules();
    options.labelRules = this.labelRules();
    const layer = leafletLayer(options);
    this.drawn = layer;
    const started = performance.now();
    layer.on("load", () => {
      if (layer !== this.drawn) return;
      if (old && this.map.hasLayer(old)) this.map.removeLayer(old);
      this.painted(performance.now() - (layer.shown ? layer.loading : started));
      layer.shown = true;
    });
    layer.on("loading", () => (layer.loading = performance.now()));
    layer.addTo(this.map);
  }

  async repaint() {
    const layer = this.drawn;
    const started = performance.now();
    layer.clearLayout();
    const tiles = Object.values(layer._tiles).filter((tile) => tile.current);
    await Promise.all(
      tiles.map((tile) => layer.renderTile(layer._wrapCoords(tile.coords), tile.el, layer._tileCoordsToKey(tile.coords))),
    );
    if (layer === this.drawn) await this.painted(performance.now() - started);
  }

  /** Count what is in view now that it is painted. */
  async painted(lastPaintMs) {
    const counts = await this.countInView();
    this.stats.layers = Object.fromEntries(Object.entries(counts).map(([name, rows]) => [name, { painted: rows.size }]));
    this.stats.lastPaintMs = Math.round(lastPaintMs * 10) / 10;
    this.stats.paints += 1;
    this.map.fire("planpainted");
  }

  /** Layer → set of the row numbers drawn in the present view. */
  async countInView() {
    const layer = this.drawn;
    const zoom = layer._tileZoom;
    const bounds = this.map.getBounds();
    const low = this.map.project(bounds.getNorthWest(), zoom);
    const high = this.map.project(bounds.getSouthEast(), zoom);
    const counts = {};
    for (const [name, view] of layer.views) {
      const rows = (counts[name] = new Set());
      if (!this.isVisible(name)) continue;
      const done = new Set();
      for (const tile of Object.values(layer._tiles)) {
        if (!tile.current) continue;
        const prepared = await view.getDisplayTile(layer._wrapCoords(tile.coords)).catch(() => null);
        const key = prepared && `${prepared.dataTile.z}/${prepared.dataTile.x}/${prepared.dataTile.y}`;
        if (!prepared || done.has(key)) continue;
        done.add(key);
        const { scale, origin } = prepared;
        for (const feature of prepared.data.get(name) || []) {
          const { minX, minY, maxX, maxY } = feature.bbox;
          if (maxX * scale + origin.x < low.x || minX * scale + origin.x > high.x) continue;
          if (maxY * scale + origin.y < low.y || minY * scale + origin.y > high.y) continue;
          if (this.rows[name](feature.props.row)) rows.add(feature.props.row);
        }
      }
    }
    return counts;
  }

  isVisible(name) {
    const layer = this.state.layers[name];
    return Boolean(layer && layer.visible && layer.opacity > 0);
  }

  /** State number of a feature at the day shown. */
  stateOf(feature) {
    return stateAt(feature.props.steps, this.state.asOf);
  }

  /** Features at a place, the topmost first: [{layer, props}]. */
  at(latlng, brushPx) {
    const layer = this.drawn;
    if (!layer || !this.state) return [];
    const found = [];
    for (const [name, view] of layer.views) {
      if (!this.isVisible(name)) continue;
      for (const { feature, layerName } of view.queryFeatures(latlng.lng, latlng.lat, layer._tileZoom, brushPx)) {
        if (layerName === name && this.rows[name](feature.props.row)) found.push({ layer: name, props: feature.props });
      }
    }
    const order = Object.fromEntries(this.config.layers.map(({ name, order }) => [name, order]));
    return found.sort((one, other) => order[other.layer] - order[one.layer]);
  }

  // What is drawn, from low to high -------------------------------------------------------------------------------

  style(name, feature) {
    const { state, config } = this;
    if (!this.isVisible(name) || !this.rows[name](feature.props.row)) return null;
    const base =
      name === "parcels" && state.theme === "land_use"
        ? config.landUse[String(feature.props.land_use).slice(0, 2)] || config.otherLandUse
        : config.styles[name][this.stateOf(feature)];
    return { ...base, opacity: state.layers[name].opacity };
  }

  lineStyle(name, zoom, feature) {
    const style = this.style(name, feature);
    if (!style) return null;
    const metres = feature.props.width_m || 0;
    if (name === "waterways") style.width = Math.max(style.width, toPixels(metres, zoom));
    if (name === "roads") {
      const factor = this.config.roadWidth[feature.props.road_class] || 0.5;
      style.width = Math.max(0.6 + factor * Math.max(0, zoom - 10.5) * 0.75, toPixels(metres * 0.8, zoom) * factor);
      if (zoom < 13 && feature.props.road_class === "branch") style.casing = style.casing && "#b9b4a9";
      if (zoom < 13) style.width = Math.min(style.width, 2.6);
    }
    if (name === "lighting") style.width *= zoom < 14 ? 0.7 : 1;
    return style;
  }

  paintRules() {
    const rules = [];
    const add = (name, symbolizer, more = {}) => rules.push({ dataSource: name, dataLayer: name, symbolizer, ...more });
    const district = this.config.layers.find(({ name }) => name === "district");
    if (district) add("district", new Areas(() => ({ fill: this.state.dark ? "#262a2c" : "#fbfaf6", opacity: 1 })));
    for (const { name, geometry } of [...this.config.layers].sort((one, other) => one.order - other.order)) {
      if (geometry === "LineString") {
        const styleOf = (zoom, feature) => this.lineStyle(name, zoom, feature);
        add(name, new Lines(styleOf, { part: "casing" }));
        add(name, new Lines(styleOf, { part: "line" }));
      } else if (geometry === "Mixed") add(name, new Mixed((zoom, feature) => this.style(name, feature)));
      else if (geometry === "Point") add(name, new Points((zoom, feature) => this.pointStyle(name, zoom, feature)));
      else add(name, new Areas((zoom, feature) => this.areaStyle(name, zoom, feature)));
    }
    for (const { name, geometry } of this.config.layers) {
      const isIt = (zoom, feature) =>
        this.state.highlight && this.state.highlight[0] === name && this.state.highlight[1] === feature.props.row;
      const line = { stroke: HIGHLIGHT, width: 4, opacity: 1 };
      if (geometry === "LineString") add(name, new Lines(() => line, { part: "line" }), { filter: isIt });
      else if (geometry === "Point")
        add(name, new Points(() => ({ fill: "rgba(0,184,212,.35)", radius: 12, ...line })), { filter: isIt });
      else add(name, new Areas(() => ({ fill: WIDE.has(name) ? "" : "rgba(0,184,212,.18)", ...line })), { filter: isIt });
    }
    return rules;
  }

  areaStyle(name, zoom, feature) {
    const style = this.style(name, feature);
    if (!style) return null;
    if (name === "parcels" && zoom < 13) style.width = 0.25;
    if (name === "parks") style.opacity *= 0.999;
    return style;
  }

  pointStyle(name, zoom, feature) {
    const style = this.style(name, feature);
    return style && { ...style, radius: style.radius * (zoom < 13 ? 0.75 : zoom < 15 ? 1 : 1.25) };
  }

  labelRules() {
    return this.config.layers
      .filter(({ labelFromZoom }) => labelFromZoom < 30)
      .sort((one, other) => one.labelRank - other.labelRank)
      .map(({ name, labelFromZoom }) => ({
        dataSource: name,
        dataLayer: `${name}_labels`,
        minzoom: labelFromZoom,
        symbolizer: new Labels((zoom, feature) => this.label(name, zoom, feature)),
      }));
  }

  label(name, zoom, feature) {
    const words = feature.props.label;
    if (!words || !this.isVisible(name) || !this.rows[name](feature.props.row)) return null;
    const dark = this.state.dark;
    const look = this.config.labels[name] || {};
    const major = name === "roads" && ["expressway", "arterial"].includes(feature.props.road_class);
    if (name === "roads" && !major && zoom < 15) return null;
    return {
      text: words,
      size: look.size || 11,
      weight: look.weight || 400,
      colour: dark ? look.dark || "#e8e6e0" : look.colour || "#3a372f",
      halo: dark ? "rgba(20,22,24,.85)" : "rgba(255,255,255,.9)",
      apart: look.apart || 220,
      dy: look.dy || 0,
    };
  }
}

function toPixels(metres, zoom) {
  return (metres / (EQUATOR_M * Math.cos((35.4 * Math.PI) / 180))) * 256 * 2 ** zoom;
}
