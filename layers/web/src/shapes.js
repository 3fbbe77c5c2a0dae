// Outlines over the plan: those that the state names, and the one just drawn until Python has answered.

const MANY = 40; // from here on outlines are fine ones, or they hide what they are about
const DRAWN_KEPT_MS = 8000; // a page that makes nothing of a drawing sends no state that would take it away
const PIN =
  '<svg viewBox="0 0 28 36" width="28" height="36" aria-hidden="true"><path d="M14 34C8 24 3 19 3 12.5a11 11 0 0 1 22 0C25 19 20 24 14 34z" ' +
  'fill="#c0262d" stroke="#fff" stroke-width="2"/><circle cx="14" cy="12.5" r="4" fill="#fff"/></svg>';

export class Shapes {
  constructor(map) {
    this.map = map;
    map.createPane("shapes").style.zIndex = 410;
    this.group = L.layerGroup([], { pane: "shapes" }).addTo(map);
    this.drawn = L.layerGroup([], { pane: "shapes" }).addTo(map);
    this.timer = 0;
  }

  /** Show these rings of [lat, lon] and no others, and a pin at a place, if any. */
  show(rings, pin) {
    this.forget();
    this.group.clearLayers();
    this.map.getPane("shapes").classList.toggle("many", rings.length > MANY);
    for (const ring of rings) outline(ring).forEach((layer) => this.group.addLayer(layer));
    if (!pin) return;
    const icon = L.divIcon({ className: "plan-pin", html: PIN, iconSize: [28, 36], iconAnchor: [14, 34] });
    this.group.addLayer(L.marker(pin, { icon, pane: "shapes", interactive: false, keyboard: false }));
  }

  /** Show what was just drawn until the next state. */
  keep(path, closed) {
    this.forget();
    outline(path, closed).forEach((layer) => this.drawn.addLayer(layer));
    this.timer = setTimeout(() => this.forget(), DRAWN_KEPT_MS);
  }

  forget() {
    clearTimeout(this.timer);
    this.drawn.clearLayers();
  }
}

/** A line with a halo, readable on any colour; its looks are in the style sheet, so that they follow the theme. */
export function outline(path, closed = true) {
  const draw = closed ? L.polygon : L.polyline;
  return ["plan-shape-halo", closed ? "plan-shape" : "plan-shape plan-line"].map((className) =>
    draw(path, { pane: "shapes", className, interactive: false, smoothFactor: 0 }),
  );
}
