// Outlines over the plan: those that the state names, and the one just drawn until Python has answered.

const DRAWN_KEPT_MS = 8000; // a page that makes nothing of a drawing sends no state that would take it away

export class Shapes {
  constructor(map) {
    map.createPane("shapes").style.zIndex = 410;
    this.group = L.layerGroup([], { pane: "shapes" }).addTo(map);
    this.drawn = L.layerGroup([], { pane: "shapes" }).addTo(map);
    this.timer = 0;
  }

  /** Show these rings of [lat, lon] and no others. */
  show(rings) {
    this.forget();
    this.group.clearLayers();
    for (const ring of rings) outline(ring).forEach((layer) => this.group.addLayer(layer));
  }

  /** Show what was just drawn until the next state. */
  keep(ring) {
    this.forget();
    outline(ring).forEach((layer) => this.drawn.addLayer(layer));
    this.timer = setTimeout(() => this.forget(), DRAWN_KEPT_MS);
  }

  forget() {
    clearTimeout(this.timer);
    this.drawn.clearLayers();
  }
}

/** A line with a halo, readable on any colour; its looks are in the style sheet, so that they follow the theme. */
export function outline(ring) {
  return ["plan-shape-halo", "plan-shape"].map((className) =>
    L.polygon(ring, { pane: "shapes", className, interactive: false, smoothFactor: 0 }),
  );
}
