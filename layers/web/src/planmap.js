// The map in its frame: made once, then told by states. `window.planMap` is what tests, pages and players hold on to.
import "leaflet/dist/leaflet.css";
import "./planmap.css";
import { Basemap } from "./basemap.js";
import { CoordinatesControl, fitControl, fullScreenControl, Graticule, TopLabels } from "./controls.js";
import { factsOf, meant, TAP_PX } from "./identify.js";
import { Link } from "./link.js";
import { Measures } from "./measure.js";
import { PlanLayer } from "./plan_layer.js";
import { Shapes } from "./shapes.js";
import { Swipe } from "./swipe.js";
import { Tools } from "./tools.js";

const HOVER_BRUSH_PX = 3;
const URL_AFTER_MS = 500;
const MOST_HOVERED = 3;
const PANEL_PX = 370; // at the right edge the page shows there what was clicked
const MARGIN_PX = 12;
const GROUND = "district"; // lies under everything, and says nothing of the place that was clicked
const SAME_ZOOM = 0.001;
const NEAREST_SENT = 17; // a point has no extent that would say how near to go

const planMap = (window.planMap = { ready: false, state: null, coveredPx: 0, stats: { layers: {}, tiles: 0, paints: 0, lastPaintMs: 0 }, map: null });

/** A Leaflet layer that, once on its map, makes the map the plan that `config` describes. */
planMap.layer = (config) => {
  const layer = L.layerGroup();
  layer.on("add", () => start(layer._map, config));
  return layer;
};

/** Show a state; one that comes before the map is there waits for it. */
planMap.apply = (state) => {
  planMap.state = state;
  dropOldThemes();
  if (planMap.show) planMap.show(state);
};

function start(map, config) {
  planMap.map = map;
  map.createPane("graticule").style.zIndex = 250;
  map.attributionControl?.remove();
  const panes = ["other", "plan"].map((name) => map.createPane(name));
  panes.forEach((pane) => (pane.style.zIndex = 210)); // above a basemap
  const plan = new PlanLayer(map, config, planMap.stats, "plan");
  const other = new PlanLayer(map, config, (planMap.stats.other = { layers: {}, tiles: 0, paints: 0, lastPaintMs: 0 }), "other");
  const basemap = new Basemap(map, (told) => labels.basemap(told, words("unreachable")));
  const swipe = new Swipe(map, ...panes);
  const words = (name) => config.words[name][planMap.state.language];
  const fit = fitControl(() => fitBounds(map, planMap.state.bounds, { animate: true })).addTo(map);
  const full = fullScreenControl(toggleFullScreen).addTo(map);
  const scale = L.control.scale({ imperial: false, maxWidth: 160 }).addTo(map);
  const coordinates = new CoordinatesControl().addTo(map);
  const graticule = new Graticule(map);
  const labels = new TopLabels(map);
  const shapes = new Shapes(map);
  map.createPane("measures").style.zIndex = 620;
  const measures = new Measures(map, words);
  const hint = () => {
    labels.hint(tools.active ? words(`${tools.active}Hint`) : "");
    tooltip.remove();
  };
  const tools = new Tools(map, {
    onDrawn: (path, closed) => shapes.keep(path, closed),
    onMeasured: (places, closed) => measures.keep(places, closed),
    onChange: hint,
  });
  const clearPanel = panelClearer(map);
  const tooltip = L.tooltip({ direction: "top", offset: [0, -6], className: "plan-tooltip", opacity: 1 });
  let placed = false;

  let fitted = false; // while nobody has moved the map, it goes on fitting its frame
  const link = new Link(map, { onFollow: () => (fitted = false) });
  new ResizeObserver(() => {
    link.keepView(() => map.invalidateSize({ animate: false }));
    if (fitted) fitBounds(map, planMap.state.bounds);
  }).observe(map.getContainer());
  for (const gesture of ["mousedown", "wheel", "touchstart", "keydown"]) {
    map.getContainer().addEventListener(gesture, () => (fitted = false), { capture: true, passive: true });
  }
  planMap.show = (state) => {
    map.getContainer().classList.toggle("dark", Boolean(state.dark));
    map.getContainer().lang = state.language;
    if (!placed) {
      placed = true;
      fitted = goToStart(map, state);
      graticule.draw();
    }
    fit.say(words("fit"));
    full.say(words("full"));
    map.zoomControl?._zoomInButton?.setAttribute("title", words("zoomIn"));
    map.zoomControl?._zoomOutButton?.setAttribute("title", words("zoomOut"));
    coordinates.say(words("grid"));
    tools.offer(state.tools, words);
    hint();
    measures.draw();
    labels.caption(state.caption);
    basemap.show(state.basemap);
    shapes.show(state.shapes, state.pin);
    link.join(state.link);
    tooltip.remove();
    clearPanel(state);
    plan.apply(state);
    if (state.other) other.apply({ ...state, ...state.other });
    else other.remove();
    swipe.show(state.other?.names, words("swipe"));
    if (isNewPlace(state.goto)) {
      fitted = false;
      const { bounds: [[south, west], [north, east]], zoom } = state.goto;
      if (zoom === undefined) fitBounds(map, state.goto.bounds, { animate: true, maxZoom: NEAREST_SENT });
      else map.setView([(south + north) / 2, (west + east) / 2], zoom, { animate: false });
    }
  };
  /** Go where the state's bounds are, and stay there until somebody moves the map. */
  planMap.home = ({ durationS = 0 } = {}) => {
    fitted = true;
    fitBounds(map, planMap.state.bounds, durationS ? { animate: true, durationS } : {});
  };
  /** The feature that a click at a place means, {layer, props}; null where there is none. */
  planMap.identify = (latlng) => meant(plan.at(latlng, TAP_PX).filter(({ layer }) => layer !== GROUND));
  planMap.factsOf = ({ layer, props }) => factsOf(config, planMap.state.language, layer, props, plan.stateOf(props));
  planMap.fetchAhead = (state, bounds) => plan.fetchAhead(state, bounds);
  map.on("planpainted", () => (planMap.ready = true));
  keepPlaceInAddress(map);
  showHovered(map, (latlng) => (swipe.isLeft(latlng) ? other : plan), tooltip, config, tools);
  if (planMap.state) planMap.show(planMap.state);
  return scale;
}

/** Streamlit's part of the frame adds its theme once more whenever Python speaks; in a day that would be thousands. */
function dropOldThemes() {
  const themes = [...document.head.querySelectorAll("style")].filter((style) => style.textContent.includes("--primary-color:"));
  for (const style of themes.slice(0, -1)) style.remove();
}

/** Go to the place that the page's address names, else to the whole district; whether it is the district. */
function goToStart(map, state) {
  const query = new URLSearchParams(state.apart ? "" : address()?.search || "");
  if (address() && !state.apart && !query.has("centre")) {
    for (const [part, value] of Object.entries(window.parent.planPlace || {})) query.set(part, value);
  }
  const [lon, lat] = (query.get("centre") || "").split("_").map(Number);
  const zoom = Number(query.get("zoom"));
  if (query.get("centre") && Number.isFinite(lon) && Math.abs(lat) < 85 && zoom >= 1 && zoom <= 24) {
    map.setView([lat, lon], zoom, { animate: false });
    return false;
  }
  fitBounds(map, state.bounds);
  return true;
}

/** Fit the frame around `bounds`, beside what covers its left; a frame that has no room yet is fitted once it has. */
function fitBounds(map, bounds, { animate = false, maxZoom, durationS } = {}) {
  const { x, y } = map.getSize();
  if (Math.min(x, y) <= 2 * MARGIN_PX) return;
  const options = { paddingTopLeft: [MARGIN_PX + planMap.coveredPx, MARGIN_PX], paddingBottomRight: [MARGIN_PX, MARGIN_PX], animate, maxZoom };
  if (durationS && !isThere(map, bounds, options)) map.flyToBounds(bounds, { ...options, duration: durationS });
  else map.fitBounds(bounds, options);
}

/** Whether a flight would end where it begins: its frames would only keep the new paint waiting. */
function isThere(map, bounds, options) {
  const { center, zoom } = map._getBoundsCenterZoom(L.latLngBounds(bounds), options);
  return Math.abs(map.getZoom() - zoom) < SAME_ZOOM && map.latLngToContainerPoint(center).distanceTo(map.getSize().divideBy(2)) < 1;
}

/** Whether the map was not yet sent there; the page remembers, for a map that is made anew on the way back to it. */
function isNewPlace(goto) {
  const page = address() ? window.parent : window;
  if (!goto || page.planSent === goto.stamp) return false;
  page.planSent = goto.stamp;
  return true;
}

function keepPlaceInAddress(map) {
  let timer = 0;
  map.on("moveend", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!address() || planMap.state?.apart) return;
      const query = new URLSearchParams(address().search);
      const centre = map.getCenter();
      const place = {
        centre: `${centre.lng.toFixed(5)}_${centre.lat.toFixed(5)}`,
        zoom: String(Math.round(map.getZoom() * 100) / 100),
      };
      for (const [part, value] of Object.entries(place)) query.set(part, value);
      window.parent.planPlace = place; // for the way back from another page, which drops the query
      const history = window.parent.history;
      history.replaceState(history.state, "", `${address().pathname}?${query}${address().hash}`);
    }, URL_AFTER_MS);
  });
}

/** The page's address; null where the map stands alone or in a page of another origin. */
function address() {
  try {
    return window.parent === window ? null : window.parent.location;
  } catch {
    return null;
  }
}

/** The whole screen for the map with what the page shows over it; for the map alone where it stands alone. */
function toggleFullScreen() {
  const area = (address() && window.frameElement?.closest(".st-key-map_area")) || document.documentElement;
  if (area.ownerDocument.fullscreenElement) area.ownerDocument.exitFullscreen();
  else area.requestFullscreen().catch(() => {});
}

/**
 * What was clicked at the right edge moves out from under the panel, once Python has found something there. A map that
 * stands apart has no panel over it.
 */
function panelClearer(map) {
  let clicked = null;
  let before = null;
  map.on("click", ({ latlng }) => (clicked = latlng));
  return ({ highlight, apart }) => {
    const found = !apart && highlight && String(highlight) !== before;
    before = highlight && String(highlight);
    const hidden = found && clicked ? map.latLngToContainerPoint(clicked).x - (map.getSize().x - PANEL_PX) : 0;
    clicked = null;
    if (hidden > 0 && map.getSize().x > 2 * PANEL_PX) map.panBy([hidden, 0]);
  };
}

function showHovered(map, planAt, tooltip, config, tools) {
  let waiting = null;
  const show = () => {
    const latlng = waiting;
    waiting = null;
    if (!latlng || tools.active) return;
    const plan = planAt(latlng);
    const lines = plan.at(latlng, HOVER_BRUSH_PX).filter(({ layer }) => config.hover.includes(layer)).slice(0, MOST_HOVERED);
    if (!lines.length) {
      tooltip.remove();
      return;
    }
    const box = document.createElement("div");
    for (const { layer, props } of lines) {
      const line = box.appendChild(document.createElement("div"));
      const facts = factsOf(config, planMap.state.language, layer, props, plan.stateOf(props));
      line.appendChild(document.createElement("b")).textContent = facts.title;
      line.append(` ${describe(facts)}`);
    }
    tooltip.setContent(box).setLatLng(latlng);
    if (!map.hasLayer(tooltip)) tooltip.addTo(map);
  };
  map.on("mousemove", ({ latlng, originalEvent }) => {
    if (originalEvent.target.closest?.(".leaflet-popup")) return;
    if (!waiting) requestAnimationFrame(show);
    waiting = latlng;
  });
  map.on("mouseout dragstart zoomstart", () => {
    waiting = null;
    tooltip.remove();
  });
}

function describe({ codes, fields }) {
  const colon = planMap.state.language === "zh" ? "：" : ": ";
  return [...codes, ...fields.map((field) => field.join(colon))].join(" · ");
}
