import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { arrowHead, curve, Flows } from "../src/flows.js";
import { Autoplay, lasting, Steps } from "../src/player/clock.js";
import { commandOf, NumberEntry } from "../src/player/keys.js";
import { imprintOf } from "../src/player/sources.js";

const press = (key, more = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, ...more });

class Timers {
  constructor() {
    this.waiting = new Map();
    this.made = 0;
  }
  setTimeout(call, ms) {
    this.waiting.set(++this.made, { call, ms });
    return this.made;
  }
  clearTimeout(timer) {
    this.waiting.delete(timer);
  }
  run() {
    const [[timer, { call, ms }]] = this.waiting;
    this.waiting.delete(timer);
    call();
    return ms;
  }
}

test("clickers and keyboards go on, back, to the ends", () => {
  for (const key of ["ArrowRight", "ArrowDown", "PageDown", " ", "n", "N"]) assert.equal(commandOf(press(key)), "next");
  for (const key of ["ArrowLeft", "ArrowUp", "PageUp", "p"]) assert.equal(commandOf(press(key)), "previous");
  assert.equal(commandOf(press("Home")), "first");
  assert.equal(commandOf(press("End")), "last");
  assert.equal(commandOf(press(".")), "blank");
  assert.equal(commandOf(press("x")), null);
});

test("keys of the browser are left to it", () => {
  assert.equal(commandOf(press("f", { ctrlKey: true })), null);
  assert.equal(commandOf(press("ArrowLeft", { altKey: true })), null);
  assert.equal(new NumberEntry().take(press("1", { ctrlKey: true })), false);
});

test("digits are a number until Enter, and 0 alone is none", () => {
  const entry = new NumberEntry();
  assert.equal(entry.take(press("0")), false);
  assert.ok(entry.take(press("1")) && entry.take(press("0")));
  assert.equal(entry.typed, "10");
  assert.ok(entry.take(press("Backspace")));
  assert.equal(entry.finish(), 1);
  assert.equal(entry.finish(), null);
  assert.equal(entry.take(press("Backspace")), false);
});

test("steps come one after the other, and then the end", () => {
  const timers = new Timers();
  const seen = [];
  new Steps(timers).start(2, (step) => seen.push(step), () => seen.push("end"));
  assert.deepEqual(seen, [0]);
  timers.run();
  timers.run();
  assert.deepEqual(seen, [0, 1, "end"]);
  assert.equal(timers.waiting.size, 0);
});

test("a scene that is left takes its steps along", () => {
  const timers = new Timers();
  const steps = new Steps(timers);
  steps.start(5, () => {}, () => assert.fail("it was stopped"));
  steps.stop();
  assert.equal(timers.waiting.size, 0);
});

test("autoplay goes on after the stay, and not at all while it is off", () => {
  const timers = new Timers();
  let gone = 0;
  const autoplay = new Autoplay(() => gone++, timers);
  autoplay.rest(7);
  assert.equal(timers.waiting.size, 0);
  assert.ok(autoplay.toggle());
  autoplay.rest(7);
  autoplay.rest(7);
  assert.equal(timers.waiting.size, 1);
  assert.equal(timers.run(), 7000);
  assert.equal(gone, 1);
  autoplay.rest(7);
  autoplay.toggle();
  assert.equal(timers.waiting.size, 0);
});

test("time is minutes and seconds, with hours from one hour on", () => {
  assert.deepEqual([0, 59.9, 65, 3723, -5].map(lasting), ["0:00", "0:59", "1:05", "1:02:03", "0:00"]);
});

test("the foot names the layers that are seen, by the day of their data, and what of them is illustrative", () => {
  const words = { source: "Source: {layers} ({through})", comma: ", ", allIllustrative: "All.", someIllustrative: "Some: {layers}." };
  const source = (layer, dataDay, illustrative) => ({ layer, title: layer, number: 2, dataDay, through: `to ${dataDay}`, illustrative });
  const scene = {
    imprint: ["As of today", "what the server said", "Not reviewed"],
    sources: [source("roads", "2020-12-31", true), source("parks", "2019-01-01", false), source("parcels", "2020-12-31", true)],
  };
  const imprint = (...layers) => imprintOf(scene, (layer) => layers.includes(layer), words);
  assert.deepEqual(imprint("roads", "parcels"), ["As of today", "Source: roads v2, parcels v2 (to 2020-12-31)", "All.", "Not reviewed"]);
  assert.deepEqual(imprint("roads", "parks").slice(1, -1), ["Source: parks v2 (to 2019-01-01)", "Source: roads v2 (to 2020-12-31)", "Some: roads."]);
  assert.deepEqual(imprint(), ["As of today", "Not reviewed"]);
  assert.equal(imprintOf({ ...scene, filters: "Filter: idle" }, () => false, words)[1], "Filter: idle");
});

test("a bow begins and ends at its places, and stands to one side of the straight line", () => {
  const places = curve([0, 0], [0, 1]);
  assert.deepEqual(places[0], [0, 0]);
  assert.deepEqual(places.at(-1), [0, 1]);
  const [lat, lon] = places[12];
  assert.ok(Math.abs(lon - 0.5) < 1e-9);
  assert.ok(Math.abs(lat - 0.08) < 1e-9);
});

test("an arrow head has its point at the line's end and its notch within", () => {
  const [left, point, right, notch] = arrowHead([{ x: 0, y: 0 }, { x: 100, y: 0 }], 10);
  assert.deepEqual(point, { x: 100, y: 0 });
  assert.deepEqual([left.x, right.x], [90, 90]);
  assert.equal(left.y, -right.y);
  assert.ok(notch.x > 90 && notch.x < 100 && notch.y === 0);
});

test("a flow is drawn on the tiles that it touches, as wide as its weight says there", () => {
  const flows = [{ path: [[0, 0], [0, 1]], colour: "#112233", weight: 1 }];
  const widthsOn = (tile, scale) => {
    const widths = [];
    const ctx = { canvas: { key: tile }, getTransform: () => ({ a: 1, e: 0, f: 0 }), setLineDash() {}, beginPath() {}, moveTo() {}, lineTo() {}, closePath() {}, fill() {} };
    ctx.stroke = () => ctx.strokeStyle === "#112233" && widths.push(Number(ctx.lineWidth.toFixed(2)));
    const project = ([lat, lon]) => ({ x: 300 + lon * 100, y: 300 + lat * 100 });
    new Flows(() => flows, () => scale, project).draw(ctx, null, 14);
    return widths;
  };
  assert.deepEqual(widthsOn("1:1:14", 1), [3.6]);
  assert.deepEqual(widthsOn("1:1:14", 2), [7.2]);
  assert.deepEqual(widthsOn("3:1:14", 1), []);
});

test("the player names no outside address", async () => {
  for (const name of ["player.js", "player.css"]) {
    const bundle = await readFile(new URL(`../dist/${name}`, import.meta.url), "utf8");
    const addresses = [...bundle.matchAll(/https?:\/\/[^\s"'`)]*/g)].map(([address]) => address);
    assert.deepEqual(addresses.filter((address) => !address.startsWith("http://www.w3.org/")), []);
  }
});
