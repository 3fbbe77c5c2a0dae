// What was measured on the map: lengths with the bearing of each leg, and areas. Several stay until they are taken away.
import { legsOf, sizeOf } from "./geodesy.js";
import { areaWords, lengthWords, sexagesimal } from "./lettering.js";
import { outline } from "./shapes.js";

const MOST_NAMED_LEGS = 12;
const COPIED_MS = 1500;
const CARD_PX = { x: 330, y: 90 }; // where there is less room the card stands on the other side of its place
const lonLat = ({ lng, lat }) => [lng, lat];
const bearingWords = (bearing) => sexagesimal(Math.round(bearing * 3600) % 1_296_000);

export class Measures {
  /** `words` gives what a name of the configuration says in the reader's language. */
  constructor(map, words) {
    this.map = map;
    this.words = words;
    this.all = [];
    this.group = L.layerGroup([], { pane: "shapes" }).addTo(map);
    map.on("moveend", () => this.draw());
  }

  /** Keep a path that was drawn; `closed` where it is the edge of an area. */
  keep(places, closed) {
    this.all.push({ places, closed });
    this.draw();
  }

  /** Draw all anew, in the language of now. */
  draw() {
    this.group.clearLayers();
    for (const measure of this.all) {
      outline(measure.places, measure.closed).forEach((line) => this.group.addLayer(line));
      this.nameLegs(measure);
      this.group.addLayer(this.card(measure));
    }
  }

  nameLegs({ places, closed }) {
    const path = closed ? [...places, places[0]] : places;
    if (path.length < 3 || path.length > MOST_NAMED_LEGS) return;
    legsOf(path.map(lonLat)).forEach(({ metres, bearing }, index) => {
      const middle = L.latLngBounds([path[index], path[index + 1]]).getCenter();
      this.group.addLayer(label(middle, `${lengthWords(metres)}  ${bearingWords(bearing)}`));
    });
  }

  /** What a path measures, a line of text for each figure. */
  figures({ places, closed }) {
    const path = places.map(lonLat);
    const colon = this.words("colon");
    if (closed) {
      const { m2, metres } = sizeOf(path);
      const units = { ha: this.words("ha"), mu: this.words("mu") };
      return [`${this.words("area")}${colon}${areaWords(m2, units)}`, `${this.words("around")}${colon}${lengthWords(metres)}`];
    }
    const legs = legsOf(path);
    const total = legs.reduce((sum, { metres }) => sum + metres, 0);
    const bearing = legs.length === 1 ? [`${this.words("bearing")}${colon}${bearingWords(legs[0].bearing)}`] : [];
    return [`${this.words("length")}${colon}${lengthWords(total)}`, ...bearing];
  }

  card(measure) {
    const box = document.createElement("div");
    const lines = this.figures(measure);
    for (const line of lines) box.appendChild(document.createElement("div")).textContent = line;
    const buttons = box.appendChild(document.createElement("div"));
    const copy = button(buttons, this.words("copy"), async () => {
      await copyText(lines.join("\n"), box);
      copy.textContent = this.words("copied");
      setTimeout(() => (copy.textContent = this.words("copy")), COPIED_MS);
    });
    button(buttons, this.words("remove"), () => {
      this.all = this.all.filter((other) => other !== measure);
      this.draw();
    });
    if (this.all.length > 1) {
      button(buttons, this.words("removeAll"), () => {
        this.all = [];
        this.draw();
      });
    }
    L.DomEvent.disableClickPropagation(box);
    const spot = this.map.latLngToContainerPoint(measure.places.at(-1));
    const room = this.map.getSize().subtract(spot);
    box.classList.toggle("left", room.x < CARD_PX.x);
    box.classList.toggle("up", room.y < CARD_PX.y);
    const icon = L.divIcon({ className: "plan-measure", html: box, iconSize: null });
    return L.marker(measure.places.at(-1), { icon, pane: "measures", keyboard: false });
  }
}

/** What the path that is being drawn measures so far: its last leg, and all of it. */
export function soFar(places, words) {
  const legs = legsOf(places.map(lonLat));
  if (!legs.length) return "";
  const total = legs.reduce((sum, { metres }) => sum + metres, 0);
  const { metres, bearing } = legs.at(-1);
  const last = `${lengthWords(metres)} · ${bearingWords(bearing)}`;
  return legs.length > 1 ? `${last}\n${words("length")}${words("colon")}${lengthWords(total)}` : last;
}

/** A small label at a place. */
export function label(place, words) {
  const icon = L.divIcon({ className: "plan-measured", html: document.createElement("span"), iconSize: null });
  icon.options.html.textContent = words;
  return L.marker(place, { icon, pane: "measures", interactive: false, keyboard: false });
}

function button(box, words, press) {
  const element = box.appendChild(document.createElement("button"));
  element.type = "button";
  element.textContent = words;
  element.addEventListener("click", press);
  return element;
}

/** Into the clipboard; pages that came without encryption have only the older way. */
async function copyText(words, near) {
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    const field = near.appendChild(document.createElement("textarea"));
    field.value = words;
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}
