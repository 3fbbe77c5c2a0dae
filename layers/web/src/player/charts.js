// Charts of a scene, drawn as elements that grow and shrink with the screen.

const px = (count) => `calc(${count}px * var(--drawn, 1))`; // as much larger as what is drawn on the map
const stripes = (colour, degrees, width) =>
  `repeating-linear-gradient(${degrees}deg,${colour} 0 ${px(width)},transparent ${px(width)} ${px(5)})`;
const HATCHES = {
  "/": (colour) => stripes(colour, 45, 1.5),
  x: (colour) => `${stripes(colour, 45, 1)},${stripes(colour, -45, 1)}`,
  ".": (colour) => `radial-gradient(${colour} ${px(1)},transparent ${px(1.2)}) 0 0/${px(4)} ${px(4)}`,
};
const LIGHT = 140; // the grey, of 255, from which on a colour takes dark words
const ROOM_FOR_NUMBER = 0.82; // of the width, for bars whose number stands behind them
const TRACK_EM = 17; // about as wide is a track, in ems of the numbers in it
const DIGIT_EM = 0.56;
const LINE_WIDTH = 300;
const LINE_HEIGHT = 120;

/** The element of a chart as the story's document has it. */
export function chart(plot) {
  const box = element("figure", "chart");
  box.append(element("figcaption", "", plot.title));
  box.append(plot.kind === "lines" ? lines(plot) : bars(plot));
  if (plot.series.length > 1) box.append(key(plot));
  return box;
}

export function element(tag, className = "", words = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (words) made.textContent = words;
  return made;
}

function key({ series, kind }) {
  const list = element("ul", "swatches");
  for (const { name, paint } of series) {
    const swatch = element("i");
    if (kind === "lines") swatch.style.cssText = `height:0;border:0;border-top:${px(3)} ${paint.dashed ? "dashed" : "solid"} ${paint.colour}`;
    else swatch.style.cssText = css(paint);
    const entry = element("li");
    entry.append(swatch, name);
    list.append(entry);
  }
  return list;
}

function bars({ rows, series, isStacked, rowPaints, largest }) {
  const table = element("div", "bars");
  const isSingle = series.length === 1;
  const share = (value) => `${(value / (largest || 1)) * 100 * (isSingle ? ROOM_FOR_NUMBER : 1)}%`;
  rows.forEach((name, row) => {
    table.append(element("span", "row-name", name));
    const track = element("div", isStacked ? "track" : "track overlaid");
    for (const { values, paint, shown } of series) {
      if (!values[row]) continue;
      const look = rowPaints[row] || paint;
      const bar = element("b");
      bar.style.cssText = `width:${share(values[row])};${css(look)}`;
      const fits = (values[row] / (largest || 1)) * TRACK_EM > (shown[row] || "").length * DIGIT_EM + 0.2;
      if (!isSingle && shown[row] && fits) bar.append(number(shown[row], look));
      track.append(bar);
    }
    if (isSingle && series[0].shown[row]) track.append(element("span", "number", series[0].shown[row]));
    table.append(track);
  });
  return table;
}

function number(words, { colour, hatch }) {
  const made = element("span", "inside", words);
  const ground = hatch ? "#ffffff" : colour || "#ffffff";
  made.style.color = isLight(ground) ? "#1b2a33" : "#ffffff";
  if (hatch) made.classList.add("on-hatch");
  return made;
}

function isLight(colour) {
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > LIGHT;
}

function css({ colour, edge, hatch, hatchColour }) {
  const rules = [`background:${hatch ? `${HATCHES[hatch](hatchColour)},` : ""}${colour || "transparent"}`];
  if (edge) rules.push(`box-shadow:inset 0 0 0 ${px(1)} ${edge}`);
  return rules.join(";");
}

function lines({ series, days, ticks, largest, top, topWords, until }) {
  const box = element("div", "lines");
  const area = svg("svg", { viewBox: `0 0 ${LINE_WIDTH} ${LINE_HEIGHT}`, preserveAspectRatio: "none" });
  const [first, last] = [days[0], days.at(-1)];
  const x = (day) => ((day - first) / (last - first || 1)) * LINE_WIDTH;
  const y = (value) => LINE_HEIGHT * (1 - value / (top || largest || 1));
  area.append(svg("line", { x1: 0, x2: LINE_WIDTH, y1: y(top), y2: y(top), class: "grid" }));
  area.append(svg("line", { x1: 0, x2: LINE_WIDTH, y1: LINE_HEIGHT, y2: LINE_HEIGHT, class: "grid" }));
  for (const { values, paint } of series) {
    const points = days.map((day, place) => [day, values[place]]).filter(([, value]) => value !== null);
    if (!points.length) continue;
    const path = points.map(([day, value], place) => `${place ? "L" : "M"}${x(day).toFixed(1)} ${y(value).toFixed(1)}`).join("");
    if (paint.filled) {
      const ground = `${path}L${x(points.at(-1)[0]).toFixed(1)} ${LINE_HEIGHT}L${x(points[0][0]).toFixed(1)} ${LINE_HEIGHT}Z`;
      area.append(svg("path", { d: ground, fill: paint.colour, "fill-opacity": 0.2 }));
    }
    const dash = paint.dashed ? { "stroke-dasharray": "7 5" } : {};
    area.append(svg("path", { d: path, fill: "none", stroke: paint.colour, class: "line", ...dash }));
  }
  if (until !== null) {
    const now = Math.min(Math.max(x(until), 0), LINE_WIDTH);
    area.append(svg("rect", { x: now, y: 0, width: LINE_WIDTH - now, height: LINE_HEIGHT, class: "ahead" }));
    area.append(svg("line", { x1: now, x2: now, y1: 0, y2: LINE_HEIGHT, class: "now" }));
  }
  box.append(area, element("span", "top", topWords));
  const axis = element("div", "axis");
  for (const { day, words } of ticks) {
    const tick = element("span", "", words);
    tick.style.left = `${(x(day) / LINE_WIDTH) * 100}%`;
    axis.append(tick);
  }
  box.append(axis);
  return box;
}

function svg(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
