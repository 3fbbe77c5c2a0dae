// The map's own controls: fit, full screen, coordinates, graticule. Their words come with the configuration.
import { toGaussKruger } from "./gauss_kruger.js";
import { degreesStep, sexagesimal } from "./lettering.js";

const FIT_ICON =
  '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M1 5V1h4M11 1h4v4M15 11v4h-4M5 15H1v-4" ' +
  'fill="none" stroke="currentColor" stroke-width="1.8"/><rect x="5" y="5" width="6" height="6" rx="1" fill="currentColor"/></svg>';
const FULL_ICON =
  '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" ' +
  'fill="none" stroke="currentColor" stroke-width="1.8"/></svg>';

/** A button in a bar of them: its `element`, and `say` for its words. */
export function addButton(bar, icon, press) {
  const element = L.DomUtil.create("a", "", bar);
  element.href = "#";
  element.setAttribute("role", "button");
  element.innerHTML = icon;
  L.DomEvent.disableClickPropagation(bar);
  L.DomEvent.on(element, "click", (event) => {
    L.DomEvent.preventDefault(event);
    press();
  });
  const say = (words) => {
    element.title = words;
    element.setAttribute("aria-label", words);
  };
  return { element, say };
}

export const ButtonControl = L.Control.extend({
  options: { position: "topleft" },

  initialize(icon, press) {
    this.icon = icon;
    this.press = press;
  },

  onAdd() {
    const bar = L.DomUtil.create("div", "leaflet-bar plan-button");
    this.button = addButton(bar, this.icon, this.press);
    return bar;
  },

  say(words) {
    this.button.say(words);
  },
});

export const fitControl = (press) => new ButtonControl(FIT_ICON, press);
export const fullScreenControl = (press) => new ButtonControl(FULL_ICON, press);

function part(words) {
  const span = document.createElement("span");
  span.textContent = words;
  return span;
}

export const CoordinatesControl = L.Control.extend({
  options: { position: "bottomright" },

  onAdd(map) {
    this.box = L.DomUtil.create("div", "plan-coordinates");
    this.show = ({ latlng }) => {
      const [east, north] = toGaussKruger(latlng.lng, latlng.lat);
      this.box.replaceChildren(
        part(`${latlng.lng.toFixed(6)}°E ${latlng.lat.toFixed(6)}°N`),
        part(`${this.words || ""} Y ${(39_000_000 + east).toFixed(1)}  X ${north.toFixed(1)}`),
      );
    };
    map.on("mousemove", this.show);
    return this.box;
  },

  onRemove(map) {
    map.off("mousemove", this.show);
  },

  say(words) {
    this.words = words;
  },
});

/** What stands over the map at its top: a caption, and below it how to use what is in hand. */
export class TopLabels {
  constructor(map) {
    const box = L.DomUtil.create("div", "plan-top", map.getContainer());
    this.captionBox = L.DomUtil.create("div", "plan-caption", box);
    this.hintBox = L.DomUtil.create("div", "plan-hint", box);
    this.hintBox.setAttribute("role", "status");
    this.noteBox = L.DomUtil.create("div", "plan-note", box);
    this.noteBox.setAttribute("role", "status");
    this.attributionBox = L.DomUtil.create("div", "plan-attribution", map.getContainer());
  }

  caption(words) {
    this.captionBox.textContent = words;
  }

  /** Say whose map lies below, and that it can't be reached. */
  basemap({ attribution, failed }, unreachable) {
    this.attributionBox.textContent = attribution;
    this.noteBox.textContent = failed ? unreachable : "";
  }

  hint(words) {
    this.hintBox.textContent = words;
  }
}

const DEGREES_PX = 64; // a meridian nearer to the right edge has no room for its degrees
const BUTTONS_PX = 46; // one so near to the left edge has its degrees under the buttons

/** Meridians and parallels at round steps, with their degrees at the edge of the view. */
export class Graticule {
  constructor(map) {
    this.map = map;
    this.group = L.layerGroup([], { pane: "graticule" }).addTo(map);
    map.on("moveend", () => this.draw());
  }

  draw() {
    const bounds = this.map.getBounds();
    const width = bounds.getEast() - bounds.getWest();
    const size = this.map.getSize();
    const step = degreesStep(width, size.x);
    const style = { pane: "graticule", color: "#8b8b80", weight: 0.6, opacity: 0.4, interactive: false };
    this.group.clearLayers();
    const lines = (from, to, toLine, toSpot, letter, [first, last] = [from, to]) => {
      for (let n = Math.ceil((from * 3600) / step); n <= (to * 3600) / step; n++) {
        const degrees = (n * step) / 3600;
        this.group.addLayer(L.polyline(toLine(degrees), style));
        if (degrees < first || degrees > last) continue;
        const icon = L.divIcon({ className: `plan-degrees ${letter}`, html: sexagesimal(n * step) + letter, iconSize: null });
        this.group.addLayer(L.marker(toSpot(degrees), { icon, interactive: false, keyboard: false, pane: "graticule" }));
      }
    };
    const [west, east, south, north] = [bounds.getWest(), bounds.getEast(), bounds.getSouth(), bounds.getNorth()];
    const named = [west + (width * BUTTONS_PX) / size.x, east - (width * DEGREES_PX) / size.x];
    lines(west, east, (lon) => [[south, lon], [north, lon]], (lon) => [north, lon], "E", named);
    lines(south, north, (lat) => [[lat, west], [lat, east]], (lat) => [lat, east], "N");
  }
}
