// What stands around the map: title, caption, figures, charts, key, foot. One scene's content replaces the other's.
import { chart, element } from "./charts.js";
import { imprintOf } from "./sources.js";

const SMALLEST = 0.6; // of the size that the screen gives
const STEP = 0.05;
const MOST_COVERED = 0.4; // of the map's width
const DRAWN_FOR = { width: 1366, height: 768 };

export class Page {
  constructor(story) {
    this.story = story;
    document.documentElement.lang = story.language === "zh" ? "zh-CN" : "en";
    document.title = story.name;
    this.root = element("div", "player");
    this.stage = element("main", "stage");
    this.map = element("div", "map");
    this.map.id = "map";
    this.month = element("div", "month");
    this.key = element("div", "key");
    this.problems = element("ul", "problems"); // for who makes the story, not for the audience
    this.stage.append(this.map, this.month, ...(window.parent === window ? [] : [this.problems]));
    this.side = element("aside", "side");
    this.title = element("h1");
    this.title.setAttribute("aria-live", "polite");
    this.caption = element("div", "caption");
    this.figures = element("div", "figures");
    this.charts = element("div", "charts");
    this.side.append(this.title, this.caption, this.figures, this.charts, this.key);
    this.foot = element("footer", "foot");
    this.imprint = element("span", "imprint");
    this.asOf = element("span");
    this.sources = element("span");
    this.imprint.append(this.asOf, this.sources);
    this.sample = element("span", "sample");
    this.number = element("span", "number");
    this.foot.append(this.sample, this.imprint, this.number);
    this.root.append(this.stage, this.side, this.foot);
    document.body.replaceChildren(this.root);
    this.enlarge();
    window.addEventListener("resize", () => {
      this.enlarge();
      this.fit();
    });
  }

  show(scene) {
    this.title.textContent = scene.title;
    this.caption.innerHTML = scene.caption; // made by the server from Markdown without HTML
    this.showFigures(scene.figures);
    this.charts.replaceChildren(...(scene.steps[0] ?? scene).charts.map(chart));
    this.asOf.textContent = scene.imprint[0];
    this.nameLayers(scene, scene.state.layers);
    this.sample.textContent = this.story.illustrative ? this.story.words.illustrative : "";
    this.number.textContent = `${scene.number} / ${this.story.scenes.length}`;
    this.root.classList.toggle("many-figures", scene.figures.length > 3);
    this.root.classList.toggle("bare", !scene.caption && !scene.figures.length && !scene.charts.length);
    this.month.textContent = "";
    this.problems.replaceChildren(...scene.problems.map((problem) => element("li", "", problem)));
    this.caption.scrollTop = 0;
    this.fit();
  }

  /** How much of the map's left title and key cover, where they lie on it; in the map's own pixels. */
  coveredPx() {
    if (!this.root.classList.contains("bare")) return 0;
    const right = Math.max(...[this.title, this.key].map((part) => part.getBoundingClientRect().right));
    const room = this.stage.clientWidth;
    return (Math.min(right, MOST_COVERED * room) / room) * this.map.clientWidth;
  }

  /** The key and the sources of the layers that are seen. */
  showLayers(scene, layers) {
    this.nameLayers(scene, layers);
    this.fit();
  }

  nameLayers(scene, layers) {
    const seen = (layer) => Boolean(layers[layer]?.visible);
    this.key.replaceChildren(...scene.key.filter(({ layer }) => seen(layer)).map(keyGroup));
    const sources = imprintOf(scene, seen, this.story.words).slice(1);
    this.sources.textContent = sources.map((line) => ` · ${line}`).join("");
  }

  /** The map is drawn for an ordinary screen; on a larger one its names, lines and hatches are as much larger. */
  enlarge() {
    const scale = Math.max(1, Math.min(window.innerWidth / DRAWN_FOR.width, window.innerHeight / DRAWN_FOR.height));
    document.documentElement.style.setProperty("--drawn", String(scale));
  }

  /** Make what stands beside the map smaller until nothing of it is cut; from the smallest size on the caption scrolls. */
  fit() {
    for (let size = 1; size >= SMALLEST; size -= STEP) {
      this.side.style.setProperty("--fit", size.toFixed(2));
      if (![this.side, this.caption, this.charts].some(isCut)) break;
    }
    this.caption.classList.toggle("more", isCut(this.caption));
  }

  showFigures(figures) {
    this.figures.replaceChildren(
      ...figures.map(({ label, value, below }) => {
        const box = element("div", "figure");
        box.append(element("span", "label", label), element("b", "", value), element("span", "below", below));
        return box;
      }),
    );
  }

  /** A month of a play: what of the page tells of the day goes with it. */
  showStep({ words, imprint, figures, charts }) {
    this.month.textContent = words;
    this.showFigures(figures);
    this.charts.replaceChildren(...charts.map(chart));
    this.asOf.textContent = imprint;
  }
}

function isCut({ scrollHeight, clientHeight, scrollWidth, clientWidth }) {
  return scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1;
}

function keyGroup({ title, entries }) {
  const group = element("div", "group");
  if (entries.length > 1 || entries[0]?.label !== title) group.append(element("b", "", title));
  for (const { label, css } of entries) {
    const swatch = element("i");
    swatch.style.cssText = css;
    const entry = element("span", "entry");
    entry.append(swatch, label);
    group.append(entry);
  }
  return group;
}
