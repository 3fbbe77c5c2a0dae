// Drawing on the map: a box by dragging, polygons, lines and measures by clicks, the present view by one. What is drawn
// is told as leaflet.draw tells it, by the map's event `draw:created`: streamlit-folium sends that to Python as
// `last_active_drawing`. A measure stays on the map and is told to nobody.
import { addButton } from "./controls.js";
import { label, soFar } from "./measure.js";
import { boxRing, lineFeature, ringFeature } from "./rings.js";
import { outline } from "./shapes.js";

const LEAST_PX = 4; // a shorter drag is a click
const NEAR_PX = { mouse: 6, pen: 8, touch: 16 }; // as near as that two clicks are on one spot
const LEAST_OF_RING = 3;
const LEAST_OF_LINE = 2;
/** What is drawn by clicks: whether its path becomes a ring, a line, or either, as the last click says. */
const PATHS = { polygon: { ring: true }, line: { line: true }, measure: { ring: true, line: true } };
const LAST_CLICKS_MS = 400; // what is left of a double click comes after the drawing and is not the map's
const ICONS = {
  box:
    '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><rect x="2" y="3.5" width="12" height="9" ' +
    'fill="currentColor" fill-opacity=".18" stroke="currentColor" stroke-width="1.6" stroke-dasharray="3 1.6"/></svg>',
  polygon:
    '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M3 12.5 2 5.5 9 2.5l5 4.5-3.5 6z" ' +
    'fill="currentColor" fill-opacity=".18" stroke="currentColor" stroke-width="1.6"/><g fill="currentColor">' +
    '<circle cx="3" cy="12.5" r="1.7"/><circle cx="2" cy="5.5" r="1.7"/><circle cx="9" cy="2.5" r="1.7"/>' +
    '<circle cx="14" cy="7" r="1.7"/><circle cx="10.5" cy="13" r="1.7"/></g></svg>',
  line:
    '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M2.5 12.5 6.5 5l4 5 3.5-7" fill="none" ' +
    'stroke="currentColor" stroke-opacity=".22" stroke-width="6"/><path d="M2.5 12.5 6.5 5l4 5 3.5-7" fill="none" ' +
    'stroke="currentColor" stroke-width="1.6"/></svg>',
  view:
    '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M2 5V3h3M11 3h3v2M14 11v2h-3M5 13H2v-2" ' +
    'fill="none" stroke="currentColor" stroke-width="1.7"/><path d="M4.5 6h7L9 9v3L7 11V9z" fill="currentColor"/></svg>',
  measure:
    '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M1.5 11 11 1.5 14.5 5 5 14.5z" ' +
    'fill="currentColor" fill-opacity=".18" stroke="currentColor" stroke-width="1.5"/><path d="m4 8.5 1.5 1.5M6.2 6.3l2 2' +
    'M8.5 4l1.5 1.5" stroke="currentColor" stroke-width="1.3"/></svg>',
};

export class Tools {
  /**
   * `onDrawn` gets the path in [lat, lon], and whether it is a ring, before the map tells of it; `onMeasured` the same of
   * a measure, as places; `onChange` the active tool's name, or null.
   */
  constructor(map, { onDrawn, onMeasured, onChange }) {
    this.map = map;
    this.onDrawn = onDrawn;
    this.onMeasured = onMeasured;
    this.onChange = onChange;
    this.active = null;
    this.vertices = [];
    this.buttons = {};
    this.bar = null;
    this.group = L.layerGroup([], { pane: "shapes" }).addTo(map);
    this.sheet = this.makeSheet();
    this.onKey = (event) => this.takeKey(event);
    map.on("zoomend moveend", () => this.active && this.sketch());
  }

  /** Offer tools by name; `words` gives what their buttons say. */
  offer(names, words) {
    this.words = words;
    if (Object.keys(this.buttons).join() !== names.join()) {
      this.stop();
      this.bar?.remove();
      this.buttons = {};
      this.bar = names.length ? this.makeBar(names).addTo(this.map) : null;
    }
    for (const [name, button] of Object.entries(this.buttons)) button.say(words(name));
  }

  makeBar(names) {
    const bar = new L.Control({ position: "topleft" });
    bar.onAdd = () => {
      const box = L.DomUtil.create("div", "leaflet-bar plan-button");
      for (const name of names) {
        const press = () => (name === "view" ? this.tellView() : this.active === name ? this.stop() : this.start(name));
        this.buttons[name] = addButton(box, ICONS[name], press);
        this.buttons[name].element.setAttribute("aria-pressed", "false");
      }
      return box;
    };
    return bar;
  }

  start(name) {
    this.stop();
    clearTimeout(this.leaving);
    this.active = name;
    this.sheet.classList.add("drawing");
    this.map.getContainer().append(this.sheet);
    document.addEventListener("keydown", this.onKey, true);
    this.changed();
  }

  stop() {
    if (!this.active) return;
    this.active = null;
    this.corner = this.pointer = null;
    this.vertices = [];
    this.group.clearLayers();
    this.sheet.classList.remove("drawing", "closing");
    this.leaving = setTimeout(() => this.sheet.remove(), LAST_CLICKS_MS);
    document.removeEventListener("keydown", this.onKey, true);
    this.changed();
  }

  changed() {
    for (const [name, { element }] of Object.entries(this.buttons)) {
      element.setAttribute("aria-pressed", String(name === this.active));
    }
    this.onChange(this.active);
  }

  finish(places, closed) {
    const shape = this.active;
    this.stop();
    if (shape === "measure") this.onMeasured(places, closed);
    else this.tell(shape, places, closed);
  }

  tellView() {
    this.stop();
    const { _southWest: corner, _northEast: other } = this.map.getBounds();
    this.tell("view", boxRing([corner.lng, corner.lat], [other.lng, other.lat]).map(([lng, lat]) => L.latLng(lat, lng)), true);
  }

  tell(shape, places, closed) {
    this.onDrawn(places.map(({ lat, lng }) => [lat, lng]), closed);
    // The time tells two drawings of one shape from each other.
    const feature = (closed ? ringFeature : lineFeature)(places.map(({ lng, lat }) => [lng, lat]), { shape, drawn_at: Date.now() });
    this.map.fire("draw:created", { layerType: shape, layer: { toGeoJSON: () => feature } });
  }

  // The sheet lies over the map while a tool is active and keeps clicks from it; the wheel goes through, and so does a
  // drag while a path is drawn ------------------------------------------------------------------------------------

  makeSheet() {
    const sheet = L.DomUtil.create("div", "plan-sheet");
    const on = (type, take) => sheet.addEventListener(type, take);
    for (const type of ["click", "dblclick", "contextmenu"]) on(type, (event) => event.stopPropagation());
    for (const type of ["mousedown", "touchstart", "pointerdown"]) {
      on(type, (event) => !PATHS[this.active] && event.stopPropagation());
    }
    on("pointerdown", (event) => this.press(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.release(event));
    on("pointercancel", () => {
      this.corner = null;
      this.sketch();
    });
    on("click", (event) => this.click(event));
    return sheet;
  }

  press(event) {
    this.pressed = this.map.mouseEventToContainerPoint(event);
    this.nearPx = NEAR_PX[event.pointerType] || NEAR_PX.mouse;
    if (this.active !== "box" || !event.isPrimary || event.button !== 0) return;
    this.sheet.setPointerCapture(event.pointerId);
    this.corner = this.map.containerPointToLatLng(this.pressed);
  }

  move(event) {
    if (!this.active || !event.isPrimary) return;
    this.pointer = this.map.mouseEventToLatLng(event);
    this.sheet.classList.toggle("closing", Boolean(PATHS[this.active]) && Boolean(this.ending(event)));
    this.sketch();
  }

  release(event) {
    if (this.active !== "box" || !this.corner || !event.isPrimary) return;
    const { x, y } = this.map.mouseEventToContainerPoint(event).subtract(this.map.latLngToContainerPoint(this.corner));
    const ring = this.box(this.map.mouseEventToLatLng(event));
    this.corner = null;
    if (Math.min(Math.abs(x), Math.abs(y)) >= LEAST_PX) this.finish(ring, true);
    else this.sketch();
  }

  click(event) {
    if (!PATHS[this.active]) return;
    const spot = this.map.mouseEventToContainerPoint(event);
    if (this.pressed && spot.distanceTo(this.pressed) > LEAST_PX) return; // the map was dragged
    const ending = this.ending(event);
    if (ending) this.finish(this.vertices, ending === "ring");
    else if (!this.isNear(event, this.vertices.at(-1))) {
      this.vertices.push(this.map.mouseEventToLatLng(event));
      this.sketch();
    }
  }

  /** What a click here ends the path as: on its first vertex a ring; on its last one again, as a double click does. */
  ending(event) {
    const { ring } = PATHS[this.active];
    if (ring && this.vertices.length >= LEAST_OF_RING && this.isNear(event, this.vertices[0])) return "ring";
    return this.isNear(event, this.vertices.at(-1)) && this.endingNow();
  }

  /** What the path is if it ends with its last vertex; null while that is too early. */
  endingNow() {
    const { line } = PATHS[this.active];
    if (line) return this.vertices.length >= LEAST_OF_LINE ? "line" : null;
    return this.vertices.length >= LEAST_OF_RING ? "ring" : null;
  }

  isNear(event, place) {
    if (!place) return false;
    const spot = this.map.mouseEventToContainerPoint(event);
    return spot.distanceTo(this.map.latLngToContainerPoint(place)) <= this.nearPx;
  }

  takeKey(event) {
    const { key } = event;
    if (key === "Escape") this.stop();
    else if (!PATHS[this.active] || !this.vertices.length) return;
    else if (key === "Enter" && this.endingNow()) this.finish(this.vertices, this.endingNow() === "ring");
    else if (key === "Backspace") {
      this.vertices.pop();
      this.sketch();
    } else if (key !== "Enter") return; // too early for Enter, which must not press the button in focus either
    event.preventDefault();
    event.stopPropagation();
  }

  box(corner) {
    const ring = boxRing([this.corner.lng, this.corner.lat], [corner.lng, corner.lat]);
    return ring.map(([lng, lat]) => L.latLng(lat, lng));
  }

  /** Draw what there is so far, with a line to the pointer. */
  sketch() {
    this.group.clearLayers();
    const { vertices, pointer } = this;
    if (this.active === "box" && this.corner && pointer) outline(this.box(pointer)).forEach((line) => this.group.addLayer(line));
    if (!PATHS[this.active] || !vertices.length) return;
    const path = pointer ? [...vertices, pointer] : vertices;
    outline(path, !PATHS[this.active].line).forEach((line) => this.group.addLayer(line));
    if (this.active === "measure" && pointer) this.group.addLayer(label(pointer, soFar(path, this.words)));
    vertices.forEach((place, index) => {
      const [radius, className] = [index ? 3.5 : 5.5, "plan-vertex"];
      this.group.addLayer(L.circleMarker(place, { pane: "shapes", radius, className, interactive: false }));
    });
  }
}
