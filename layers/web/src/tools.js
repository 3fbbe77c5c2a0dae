// Drawing on the map: a box by dragging, a polygon by clicks. What is drawn is told as leaflet.draw tells it, by the
// map's event `draw:created`: streamlit-folium sends that to Python as `last_active_drawing`.
import { addButton } from "./controls.js";
import { boxRing, ringFeature } from "./rings.js";
import { outline } from "./shapes.js";

const LEAST_PX = 4; // a shorter drag is a click
const NEAR_PX = { mouse: 6, pen: 8, touch: 16 }; // as near as that two clicks are on one spot
const LEAST_VERTICES = 3;
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
};

export class Tools {
  /**
   * `onDrawn` gets the ring in [lat, lon] before the map tells of it; `onChange` the active tool's name, or null.
   */
  constructor(map, { onDrawn, onChange }) {
    this.map = map;
    this.onDrawn = onDrawn;
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
        const press = () => (this.active === name ? this.stop() : this.start(name));
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

  finish(ring) {
    const shape = this.active;
    this.stop();
    this.onDrawn(ring.map(({ lat, lng }) => [lat, lng]));
    // The time tells two drawings of one shape from each other.
    const feature = ringFeature(ring.map(({ lng, lat }) => [lng, lat]), { shape, drawn_at: Date.now() });
    this.map.fire("draw:created", { layerType: shape, layer: { toGeoJSON: () => feature } });
  }

  // The sheet lies over the map while a tool is active and keeps clicks from it; the wheel goes through, and so does a
  // drag while a polygon is drawn ------------------------------------------------------------------------------------

  makeSheet() {
    const sheet = L.DomUtil.create("div", "plan-sheet");
    const on = (type, take) => sheet.addEventListener(type, take);
    for (const type of ["click", "dblclick", "contextmenu"]) on(type, (event) => event.stopPropagation());
    for (const type of ["mousedown", "touchstart", "pointerdown"]) {
      on(type, (event) => this.active !== "polygon" && event.stopPropagation());
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
    this.sheet.classList.toggle("closing", this.active === "polygon" && this.isClosing(event));
    this.sketch();
  }

  release(event) {
    if (this.active !== "box" || !this.corner || !event.isPrimary) return;
    const { x, y } = this.map.mouseEventToContainerPoint(event).subtract(this.map.latLngToContainerPoint(this.corner));
    const ring = this.box(this.map.mouseEventToLatLng(event));
    this.corner = null;
    if (Math.min(Math.abs(x), Math.abs(y)) >= LEAST_PX) this.finish(ring);
    else this.sketch();
  }

  click(event) {
    if (this.active !== "polygon") return;
    const spot = this.map.mouseEventToContainerPoint(event);
    if (this.pressed && spot.distanceTo(this.pressed) > LEAST_PX) return; // the map was dragged
    if (this.isClosing(event)) this.finish(this.vertices);
    else if (!this.isNear(event, this.vertices.at(-1))) {
      this.vertices.push(this.map.mouseEventToLatLng(event));
      this.sketch();
    }
  }

  /** Whether a click here ends the polygon: on its first vertex, or on its last one again, as a double click does. */
  isClosing(event) {
    const { vertices } = this;
    return vertices.length >= LEAST_VERTICES && (this.isNear(event, vertices[0]) || this.isNear(event, vertices.at(-1)));
  }

  isNear(event, place) {
    if (!place) return false;
    const spot = this.map.mouseEventToContainerPoint(event);
    return spot.distanceTo(this.map.latLngToContainerPoint(place)) <= this.nearPx;
  }

  takeKey(event) {
    const { key } = event;
    if (key === "Escape") this.stop();
    else if (this.active !== "polygon" || !this.vertices.length) return;
    else if (key === "Enter" && this.vertices.length >= LEAST_VERTICES) this.finish(this.vertices);
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
    if (this.active !== "polygon" || !vertices.length) return;
    outline(pointer ? [...vertices, pointer] : vertices).forEach((line) => this.group.addLayer(line));
    vertices.forEach((place, index) => {
      const [radius, className] = [index ? 3.5 : 5.5, "plan-vertex"];
      this.group.addLayer(L.circleMarker(place, { pane: "shapes", radius, className, interactive: false }));
    });
  }
}
