// Lines from place to place over the plan: curved, with an arrow at the end, thick by their weight.

const BEND = 0.16; // how far the middle of a line is off the straight one, of its length
const POINTS = 24;
const THINNEST_PX = 1.2;
const THICKEST_PX = 3.6;

export class Flows {
  constructor(map) {
    this.map = map;
    map.createPane("flows").style.zIndex = 430;
    map.getPane("flows").style.pointerEvents = "none";
    this.renderer = L.svg({ pane: "flows", padding: 0.5 });
    this.lines = L.layerGroup().addTo(map);
    this.told = "[]";
  }

  /** Show these lines, [{path: [from, to], colour, weight}] with places as [lat, lon], in the place of those before. */
  show(flows = []) {
    const told = JSON.stringify(flows);
    if (told === this.told) return;
    this.told = told;
    this.lines.clearLayers();
    for (const { path, colour, weight } of flows) {
      const width = THINNEST_PX + (THICKEST_PX - THINNEST_PX) * weight;
      const common = { renderer: this.renderer, interactive: false, lineCap: "round", smoothFactor: 0 };
      const places = curve(...path);
      this.lines.addLayer(L.polyline(places, { ...common, color: "#ffffff", weight: width + 2.5, opacity: 0.6 }));
      const line = L.polyline(places, { ...common, color: colour, weight: width, opacity: 0.85 });
      this.lines.addLayer(line);
      line.getElement()?.setAttribute("marker-end", `url(#${this.arrow(colour)})`);
    }
  }

  /** The id of the arrow head in a colour. */
  arrow(colour) {
    const id = `flow-${colour.replace(/\W/g, "")}`;
    const root = this.renderer._container;
    if (!root.querySelector(`#${id}`)) {
      const defs = root.insertBefore(L.SVG.create("defs"), root.firstChild);
      const marker = defs.appendChild(L.SVG.create("marker"));
      const looks = { id, viewBox: "0 0 10 10", refX: 8, refY: 5, markerWidth: 11, markerHeight: 11, orient: "auto", markerUnits: "userSpaceOnUse" };
      for (const [name, value] of Object.entries(looks)) marker.setAttribute(name, value);
      const head = marker.appendChild(L.SVG.create("path"));
      head.setAttribute("d", "M0 0L10 5L0 10L2.5 5Z");
      head.setAttribute("fill", colour);
      head.setAttribute("stroke", "#ffffff");
      head.setAttribute("stroke-width", "0.7");
    }
    return id;
  }
}

/** Places along a bow from one place to another. */
export function curve([lat, lon], [toLat, toLon]) {
  const shrink = Math.cos((lat * Math.PI) / 180); // of a degree of longitude
  const [east, north] = [(toLon - lon) * shrink, toLat - lat];
  const middle = [(lat + toLat) / 2 + east * BEND, (lon + toLon) / 2 - (north * BEND) / shrink];
  return Array.from({ length: POINTS + 1 }, (_, number) => {
    const part = number / POINTS;
    const [start, bend, end] = [(1 - part) ** 2, 2 * part * (1 - part), part ** 2];
    return [start * lat + bend * middle[0] + end * toLat, start * lon + bend * middle[1] + end * toLon];
  });
}
