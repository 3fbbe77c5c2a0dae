// The player: walks a meeting through the scenes of a story, over the map's own script and tiles.
import "../planmap.js";
import "./player.css";
import { holdArchives } from "../archives.js";
import { Channel } from "./channel.js";
import { Autoplay, Steps } from "./clock.js";
import { Found } from "./found.js";
import { commandOf, NumberEntry } from "./keys.js";
import { Notes } from "./notes.js";
import { Over } from "./over.js";
import { Page } from "./page.js";
import { sceneMap } from "./scene_map.js";

const FLY_S = 1.1;
const FOR_AUDIENCE = new Set(["autoplay", "spot", "layers", "home"]); // asked in the notes' window, done in the audience's
const FLOWS_OF = "relocation_zones"; // the layer whose features the flow lines lead from
const planPlayer = (window.planPlayer = { ready: false, index: -1, count: 0, isResting: false, story: null, stats: { changes: 0, painted: 0, lastChangeMs: 0 } });

/**
 * Show a story in this window: its scenes, or the presenter's notes where the address asks for them. `archives` are
 * tile archives by their address, as bytes, for a page that has no server.
 */
planPlayer.start = (story, { archives = {} } = {}) => {
  planPlayer.story = story;
  planPlayer.count = story.scenes.length;
  holdArchives(archives);
  const asked = addressed();
  const first = Math.min(Math.max(1, Number(asked.get("scene")) || 1), story.scenes.length) - 1;
  const player = asked.get("notes") ? new NotesPlayer(story, first) : new ScenePlayer(story, first);
  planPlayer.go = (index) => player.go(index);
  if (!asked.get("notes") && asked.get("autoplay")) player.do("autoplay");
};

class Player {
  constructor(story, first) {
    this.story = story;
    this.channel = new Channel(story.id, (said) => this.hear(said), () => this.whereAmI());
    this.entry = new NumberEntry();
    document.addEventListener("keydown", (event) => this.press(event));
    this.first = first;
  }

  press(event) {
    if (event.target.closest?.("button, input") && [" ", "Enter", "Tab"].includes(event.key)) return;
    if (this.entry.take(event)) {
      this.typing();
      event.preventDefault();
      return;
    }
    const number = event.key === "Enter" ? this.entry.finish() : null;
    const command = number === null ? commandOf(event) : null;
    if (event.key !== "Enter" && command) this.entry.finish();
    this.typing();
    if (number !== null) this.go(number - 1);
    else if (command) this.do(command);
    else return;
    event.preventDefault();
  }

  typing() {}

  do(command) {
    const { index, count } = planPlayer;
    const target = { next: index + 1, previous: index - 1, first: 0, last: count - 1 }[command];
    if (target === undefined) return false;
    this.go(target);
    return true;
  }

  /** Go to a scene, and tell the other windows; beyond the ends nothing happens. */
  go(index) {
    if (index < 0 || index >= planPlayer.count) return;
    this.show(index);
    this.channel.tell({ index });
  }

  whereAmI() {
    return { index: planPlayer.index };
  }

  hear({ index }) {
    if (index !== undefined && index >= 0 && index !== planPlayer.index) this.show(index);
  }
}

class ScenePlayer extends Player {
  constructor(story, first) {
    super(story, first);
    this.page = new Page(story);
    this.over = new Over(this.page.root, story.words, (command) => this.do(command));
    this.steps = new Steps();
    this.autoplay = new Autoplay(() => this.go((planPlayer.index + 1) % planPlayer.count));
    this.map = sceneMap(this.page.map, story.config, story.scenes[first].bounds);
    this.found = new Found(this.map, this.page.stage, story, {
      onChange: (highlight) => this.outline(highlight),
      sayDay: () => this.page.month.textContent || story.scenes[planPlayer.index].imprint[0],
    });
    this.map.on("planpainted", () => this.painted());
    this.map.on("dblclick", () => {
      this.found.close();
      this.do("home");
    });
    this.map.on("moveend", () => this.rested());
    this.reduced = window.matchMedia?.("(prefers-reduced-motion: reduce)").matches;
    this.show(first);
    this.channel.ask();
    this.channel.tell({ autoplay: false });
  }

  typing() {
    this.over.showTyped(this.entry.typed);
  }

  show(index) {
    const scene = this.story.scenes[index];
    const isFirst = planPlayer.index < 0;
    planPlayer.index = index;
    planPlayer.stats.changes += 1;
    this.changedAt = performance.now();
    this.steps.stop();
    this.autoplay.leave();
    this.map.stop();
    this.found.close();
    this.page.show(scene);
    window.planMap.coveredPx = this.page.coveredPx();
    this.state = scene.state;
    this.over.toggle("layers", false);
    this.over.showLayers(this.layersOf(scene.state), (layer, visible) => this.showLayer(layer, visible));
    const isPlaying = scene.transition === "play" && scene.steps.length > 0;
    this.tell(isPlaying ? { ...scene.state, asOf: scene.steps[0].asOf } : scene.state);
    const flies = scene.transition === "fly" && !isFirst && !this.reduced;
    planPlayer.isResting = false;
    window.planMap.home(flies ? { durationS: FLY_S } : {});
    if (isPlaying) this.play(scene);
    else this.autoplay.rest(scene.dwellS + (flies ? FLY_S : 0));
    keepAddress(scene.number);
  }

  /** The months of a scene, one after the other; the last is the scene's own day. */
  play(scene) {
    this.steps.start(
      scene.steps.length,
      (number) => {
        const step = scene.steps[number];
        this.tell({ ...this.state, asOf: step.asOf });
        this.page.showStep(step);
      },
      () => this.autoplay.rest(scene.dwellS),
    );
  }

  tell(state) {
    this.told = state;
    window.planMap.apply(state);
  }

  /** Outline a feature, or again what the scene itself has outlined. */
  outline(highlight) {
    const scene = this.story.scenes[planPlayer.index];
    this.state = { ...this.state, highlight: highlight || scene.state.highlight };
    this.tell({ ...this.state, asOf: this.told.asOf });
  }

  layersOf({ layers }) {
    const { titles } = this.story.config;
    return Object.entries(layers).map(([name, { visible }]) => ({ name, visible, title: titles[name][this.story.language] }));
  }

  /** See a layer, or not, until the next scene. */
  showLayer(name, visible) {
    const layer = this.state.layers[name];
    const shown = { ...layer, visible, opacity: layer.opacity || 1 };
    this.found.close();
    const scene = this.story.scenes[planPlayer.index];
    const flows = name === FLOWS_OF ? (visible ? scene.state.flows : []) : this.state.flows;
    this.state = { ...this.state, flows, layers: { ...this.state.layers, [name]: shown } };
    this.tell({ ...this.state, asOf: this.told.asOf });
    this.page.showLayers(scene, this.state.layers);
  }

  painted() {
    planPlayer.ready = true;
    this.found.renew();
    if (!this.changedAt) return;
    planPlayer.stats.painted = planPlayer.stats.changes;
    planPlayer.stats.lastChangeMs = Math.round(performance.now() - this.changedAt);
    this.changedAt = 0;
  }

  /** The map has come to rest: the next scene's tiles are fetched before they are asked for. */
  rested() {
    planPlayer.isResting = true;
    const next = this.story.scenes[(planPlayer.index + 1) % planPlayer.count];
    clearTimeout(this.ahead);
    this.ahead = setTimeout(() => window.planMap.fetchAhead(next.state, next.bounds), 300);
  }

  do(command) {
    if (command !== "blank" && this.over.blank.hidden === false) {
      this.blank(false);
      if (command === "leave") return true;
    }
    if (super.do(command)) return true;
    switch (command) {
      case "fullScreen":
        if (document.fullscreenElement) document.exitFullscreen();
        else document.documentElement.requestFullscreen?.().catch(() => {});
        break;
      case "blank":
        this.blank(this.over.blank.hidden);
        break;
      case "leave":
        if (!this.over.close() && !this.found.close() && document.fullscreenElement) document.exitFullscreen();
        break;
      case "home":
        window.planMap.home({ durationS: this.reduced ? 0 : FLY_S });
        break;
      case "autoplay":
        this.over.buttons.autoplay.setAttribute("aria-pressed", String(this.autoplay.toggle()));
        this.channel.tell({ autoplay: this.autoplay.isOn });
        if (this.autoplay.isOn && !this.steps.timer) this.autoplay.rest(this.story.scenes[planPlayer.index].dwellS);
        break;
      case "notes":
        window.open(notesAddress(), "liaohe-notes", "width=900,height=700");
        break;
      default:
        this.over.toggle(command);
    }
    return true;
  }

  blank(seen) {
    this.over.toggle("blank", seen);
    this.channel.tell({ blank: seen });
  }

  whereAmI() {
    return { ...super.whereAmI(), autoplay: this.autoplay.isOn, blank: !this.over.blank.hidden };
  }

  hear({ index, blank, command }) {
    super.hear({ index });
    if (blank !== undefined) this.over.toggle("blank", blank);
    if (FOR_AUDIENCE.has(command)) this.do(command);
  }
}

class NotesPlayer extends Player {
  constructor(story, first) {
    super(story, first);
    this.isBlank = false;
    this.notes = new Notes(story, (command) => this.do(command));
    this.show(first);
    this.channel.ask();
    planPlayer.ready = true;
  }

  show(index) {
    planPlayer.index = index;
    planPlayer.stats.changes += 1;
    this.notes.show(index);
    keepAddress(this.story.scenes[index].number);
  }

  do(command) {
    if (super.do(command)) return true;
    const { help } = this.notes;
    if (command === "blank") {
      this.setBlank(!this.isBlank);
      this.channel.tell({ blank: this.isBlank });
    } else if (command === "help") help.hidden = !help.hidden;
    else if (command === "leave") help.hidden = true;
    else if (FOR_AUDIENCE.has(command)) this.channel.tell({ command });
    return true;
  }

  setBlank(isBlank) {
    this.isBlank = isBlank;
    this.notes.press("blank", isBlank);
  }

  hear({ index, blank, autoplay }) {
    super.hear({ index });
    if (blank !== undefined) this.setBlank(blank);
    if (autoplay !== undefined) this.notes.press("autoplay", autoplay);
  }
}

const isFile = () => window.location.protocol === "file:";

/** What the address asks for: of a file its fragment, else its query. */
function addressed() {
  return new URLSearchParams(isFile() ? window.location.hash.slice(1) : window.location.search);
}

function keepAddress(number) {
  const query = addressed();
  query.set("scene", String(number));
  window.history.replaceState(null, "", `${isFile() ? "#" : "?"}${query}`);
}

function notesAddress() {
  const query = addressed();
  query.set("notes", "1");
  query.delete("autoplay");
  return `${window.location.href.split(/[?#]/)[0]}${isFile() ? "#" : "?"}${query}`;
}
