// The map's own controls: fit, full screen, coordinates, graticule. Their words come with the configuration.
import { toGaussKruger } from "./gauss_kruger.js";
import { sexagesimal } from "./lettering.js";

const FIT_ICON =
  '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M1 5V1h4M11 1h4v4M15 11v4h-4M5 15H1v-4" ' +
  'fill="none" stroke="currentColor" stroke-width="1.8"/><rect x="5" y="5" width="6" height="6" rx="1" fill="currentColor"/></svg>';
const FULL_ICON =
  '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" ' +
  'fill="none" stroke="currentColor" stroke-width="1.8"/></svg>';

export const ButtonControl = L.Control.extend({
  options: { position: "topleft" },

  initialize(icon, press) {
    this.icon = icon;
    this.press = press;
  },

  onAdd() {
    const bar = L.DomUtil.create("div", "leaflet-bar plan-button");
    this.button = L.DomUtil.create("a", "", bar);
    this.button.href = "#";
    this.button.setAttribute("role", "button");
    this.button.innerHTML = this.icon;
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.on(this.button, "click", (event) => {
      L.DomEvent.preventDefault(event);
      this.press();
    });
    return bar;
  },

  say(words) {
    this.button.title = words;
    this.button.setAttribute("aria-label", words);
  },
});

export const fitControl = (press) => new ButtonControl(FIT_ICON, press);
export const fullScreenControl = (press) => new ButtonControl(FULL_ICON, press);

export const CoordinatesControl = L.Control.extend({
  options: { position: "bottomright" },

  onAdd(map) {
    this.box = L.DomUtil.create("div", "plan-coordinates");
    this.show = ({ latlng }) => {
      const [east, north] = toGaussKruger(latlng.lng, latlng.lat);
      this.box.textContent =
        `${latlng.lng.toFixed(6)}°E ${latlng.lat.toFixed(6)}°N` +
        ` | ${this.words || ""} Y ${(39_000_000 + east).toFixed(1)}  X ${north.toFixed(1)}`;
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

const DEGREES_PX = 64; // a meridian nearer to the right edge has no room for its degrees

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
    const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((s) => width / (s / 3600) <= 8) || 7200;
    const style = { pane: "graticule", color: "#8b8b80", weight: 0.6, opacity: 0.4, interactive: false };
    this.group.clearLayers();
    const lines = (from, to, toLine, toSpot, letter, last = to) => {
      for (let n = Math.ceil((from * 3600) / step); n <= (to * 3600) / step; n++) {
        const degrees = (n * step) / 3600;
        this.group.addLayer(L.polyline(toLine(degrees), style));
        if (degrees > last) continue;
        const icon = L.divIcon({ className: `plan-degrees ${letter}`, html: sexagesimal(n * step) + letter, iconSize: null });
        this.group.addLayer(L.marker(toSpot(degrees), { icon, interactive: false, keyboard: false, pane: "graticule" }));
      }
    };
    const [west, east, south, north] = [bounds.getWest(), bounds.getEast(), bounds.getSouth(), bounds.getNorth()];
    const lastNamed = east - (width * DEGREES_PX) / this.map.getSize().x;
    lines(west, east, (lon) => [[south, lon], [north, lon]], (lon) => [north, lon], "E", lastNamed);
    lines(south, north, (lat) => [[lat, west], [lat, east]], (lat) => [lat, east], "N");
  }
}
