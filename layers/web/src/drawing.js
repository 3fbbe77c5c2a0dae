// How the plan is drawn at the state shown: which style each feature has, and the rules in their order.
import { Flows } from "./flows.js";
import { stateAt } from "./steps.js";
import { Areas, Labels, Lines, Mask, Mixed, Points, Sheet } from "./symbolizers.js";

const EQUATOR_M = 40_075_016.686;
const LATITUDE = 35.4;
const ROAD_PAVED = 0.8; // of its right-of-way a road is drawn this wide
const WIDE = new Set(["district", "water_zones"]); // filled, their highlight would tint the whole plan
const HIGHLIGHT = { stroke: "#00b8d4", width: 4, opacity: 1 };
const HIGHLIGHT_FILL = "rgba(0,184,212,.22)";
const PAPER = { light: "#fbfaf6", dark: "#262a2c" };
const OUTSIDE = { light: "rgba(228,225,216,.74)", dark: "rgba(21,24,26,.74)" };
const OUTSIDE_BASEMAP = { light: "rgba(228,225,216,.35)", dark: "rgba(21,24,26,.45)" };
const NIGHT = "rgba(18,21,23,.26)"; // takes the glare off the plan's light colours, hue for hue as in the key
const HALO = { light: "rgba(255,255,255,.9)", dark: "rgba(20,22,24,.85)" };
const LABEL = { light: "#3a372f", dark: "#e8e6e0" };
const MASK_ORDER = 85; // above all that lies on the ground, below the district's own line

export class Drawing {
  constructor(map, config) {
    this.map = map;
    this.config = config;
    this.order = Object.fromEntries(config.layers.map(({ name, order }) => [name, order]));
    this.state = null;
    this.rows = {};
  }

  take(state, rows) {
    this.state = state;
    this.rows = rows;
    this.scheme = state.dark ? "dark" : "light";
  }

  /** Pixels of a tile for one pixel of the screen. */
  scale(tileZoom) {
    return 2 ** (tileZoom - this.map.getZoom());
  }

  isShown(name, feature) {
    const layer = this.state.layers[name];
    return Boolean(layer && layer.visible && layer.opacity > 0 && this.rows[name](feature.props.row));
  }

  /** State number of a feature at the day shown. */
  stateOf(feature) {
    return stateAt(feature.props.steps, this.state.asOf);
  }

  // Styles, in tile pixels; null leaves a feature out ----------------------------------------------------------------

  style(name, zoom, feature) {
    if (!this.isShown(name, feature)) return null;
    const { state, config } = this;
    const base =
      name === "parcels" && state.theme === "land_use"
        ? config.landUse[String(feature.props.land_use).slice(0, 2)] || config.otherLandUse
        : config.styles[name][this.stateOf(feature)];
    const fills = config.sideBySide[name];
    const scale = this.scale(zoom);
    return {
      ...base,
      ...(fills && { fill: fills[feature.props.row % fills.length] }),
      scale,
      opacity: state.layers[name].opacity,
      width: (base.width || 0) * scale,
      radius: (base.radius || 0) * scale,
      dash: base.dash?.map((length) => length * scale),
      casing_dash: base.casing_dash?.map((length) => length * scale),
    };
  }

  areaStyle(name, zoom, feature) {
    const style = this.style(name, zoom, feature);
    if (style && name === "parcels" && this.map.getZoom() < 13.5) style.width *= 0.5;
    if (style && this.map.getZoom() < 12) style.hatch = "";
    return style;
  }

  lineStyle(name, zoom, feature) {
    const style = this.style(name, zoom, feature);
    if (!style) return null;
    const shown = this.map.getZoom();
    const metres = feature.props.width_m || 0;
    if (name === "waterways") style.width = Math.max(style.width, toPixels(metres, zoom));
    if (name === "roads") {
      const kind = feature.props.road_class;
      const factor = this.config.roadWidth[kind] || 0.5;
      const least = (0.7 + factor * Math.max(0, shown - 11) * 0.7) * style.scale;
      style.width = Math.max(least, toPixels(metres * ROAD_PAVED, zoom) * factor);
      if (!style.casing_dash) style.stroke = this.config.roadFills[kind] || style.stroke;
      if (shown < 13.2 && (factor <= 0.5 || !metres)) {
        style.plain = true; // too narrow for two edges
        style.casing = style.casing_dash ? style.casing : "#b3ada1";
      }
    }
    if (name === "lighting") style.width *= shown < 14 ? 0.7 : 1;
    return style;
  }

  pointStyle(name, zoom, feature) {
    const style = this.style(name, zoom, feature);
    const shown = this.map.getZoom();
    if (style) style.radius *= shown < 13 ? 0.75 : shown < 15 ? 1 : 1.25;
    return style;
  }

  // Rules, from low to high -------------------------------------------------------------------------------------------

  paintRules() {
    const rules = [];
    const add = (name, symbolizer, more = {}) => rules.push({ dataSource: name, dataLayer: name, symbolizer, ...more });
    add("sheet", new Sheet((zoom) => this.scale(zoom)));
    add("district", new Areas(() => (this.state.basemap ? null : { fill: PAPER[this.scheme], opacity: 1 })));
    let masked = false;
    for (const { name, geometry, order } of [...this.config.layers].sort((one, other) => one.order - other.order)) {
      if (order > MASK_ORDER && !masked) {
        masked = true;
        add("sheet", new Mask(() => (this.state.dark ? NIGHT : null)));
        rules.push({ dataSource: "sheet", dataLayer: "mask", symbolizer: new Mask(() => (this.state.basemap ? OUTSIDE_BASEMAP : OUTSIDE)[this.scheme]) });
      }
      const looks = {
        LineString: (zoom, feature) => this.lineStyle(name, zoom, feature),
        Point: (zoom, feature) => this.pointStyle(name, zoom, feature),
        Mixed: (zoom, feature) => this.style(name, zoom, feature),
        Polygon: (zoom, feature) => this.areaStyle(name, zoom, feature),
      }[geometry];
      if (geometry === "LineString") {
        add(name, new Lines(looks, { part: "casing" }));
        add(name, new Lines(looks, { part: "line", counts: name }));
      } else if (geometry === "Mixed") add(name, new Mixed(looks, { counts: name }));
      else if (geometry === "Point") add(name, new Points(looks, { counts: name }));
      else add(name, new Areas(looks, { counts: name }));
    }
    add("sheet", new Flows(() => this.state.flows, (zoom) => this.scale(zoom), (place, zoom) => this.map.project(place, zoom)));
    for (const { name, geometry } of this.config.layers) {
      const filter = (zoom, feature) => {
        const [layer, row] = this.state.highlight || [];
        return layer === name && row === feature.props.row;
      };
      const look = (more) => (zoom) => {
        const scale = this.scale(zoom);
        return { ...HIGHLIGHT, ...more, width: HIGHLIGHT.width * scale, radius: 12 * scale, scale };
      };
      if (geometry === "LineString") add(name, new Lines(look({}), { part: "line" }), { filter });
      else if (geometry === "Point") add(name, new Points(look({ fill: HIGHLIGHT_FILL })), { filter });
      else add(name, new Areas(look({ fill: WIDE.has(name) ? "" : HIGHLIGHT_FILL })), { filter });
    }
    return rules;
  }

  labelRules() {
    return this.config.layers
      .filter(({ labelFromZoom }) => labelFromZoom < 30)
      .sort((one, other) => one.labelRank - other.labelRank)
      .map(({ name, labelFromZoom }) => ({
        dataSource: name,
        dataLayer: `${name}_labels`,
        symbolizer: new Labels((zoom, feature) => this.label(name, labelFromZoom, zoom, feature)),
      }));
  }

  label(name, fromZoom, zoom, feature) {
    const words = feature.props.label;
    const shown = this.map.getZoom();
    if (!words || shown < fromZoom || !this.isShown(name, feature)) return null;
    const major = ["expressway", "arterial"].includes(feature.props.road_class);
    if (name === "roads" && !major && shown < 15) return null;
    const look = this.config.labels[name] || {};
    const scale = this.scale(zoom);
    return {
      text: words,
      scale,
      size: (look.size || 11) * scale,
      weight: look.weight || 400,
      colour: (this.scheme === "dark" ? look.dark : look.colour) || LABEL[this.scheme],
      halo: HALO[this.scheme],
      apart: (look.apart || 220) * scale,
      dy: (look.dy || 0) * scale,
      symbol: (look.symbol || 0) * scale,
    };
  }
}

function toPixels(metres, zoom) {
  return (metres / (EQUATOR_M * Math.cos((LATITUDE * Math.PI) / 180))) * 256 * 2 ** zoom;
}
