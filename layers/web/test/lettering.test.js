import assert from "node:assert/strict";
import test from "node:test";
import { areaWords, boxesAlong, cellsOf, degreesStep, isUpright, lengthWords, sexagesimal } from "../src/lettering.js";

test("a Chinese name on a steep line is upright, any other name is turned", () => {
  assert.equal(isUpright("纵二河", 90), true);
  assert.equal(isUpright("纵二河", -70), true);
  assert.equal(isUpright("纵二河", 30), false);
  assert.equal(isUpright("River 2", 90), false);
});

test("signs go down an upright line, a number in one cell", () => {
  const cells = cellsOf("纵18路", Math.PI / 2, 10);
  assert.deepEqual(cells.map(({ text }) => text), ["纵", "18", "路"]);
  assert.deepEqual(cells.map(({ y }) => Math.round(y)), [-10, 0, 10]);
  assert.ok(cells.every(({ x }) => Math.abs(x) < 1e-9));
});

test("signs go down whichever way the line was drawn", () => {
  for (const angle of [1.2, -1.2]) {
    const [first, , last] = cellsOf("纵二河", angle, 10);
    assert.ok(first.y < 0 && last.y > 0);
  }
});

test("a sign outside the basic plane is one sign", () => {
  assert.equal(cellsOf("𠮷河", 1.5, 10).length, 2);
});

test("a level text takes its own rectangle", () => {
  assert.deepEqual(boxesAlong({ x: 100, y: 50 }, 40, 10, 0), [{ minX: 80, maxX: 120, minY: 45, maxY: 55 }]);
});

test("a slanted text takes less than its rectangle, and no more than its length", () => {
  const boxes = boxesAlong({ x: 0, y: 0 }, 100, 10, Math.PI / 4);
  const area = boxes.reduce((sum, { minX, maxX, minY, maxY }) => sum + (maxX - minX) * (maxY - minY), 0);
  assert.ok(boxes.length > 1);
  assert.ok(area < 70.7 * 70.7);
});

test("seconds of arc are read as degrees, minutes and seconds", () => {
  assert.equal(sexagesimal(116 * 3600 + 39 * 60 + 5), "116°39′05″");
});

test("a narrow view has fewer meridians than a wide one of the same ground", () => {
  const width = 4 / 60; // four minutes: 8 times 30 seconds, 4 times 1 minute
  assert.equal(degreesStep(width, 1400), 30);
  assert.equal(degreesStep(width, 420), 60);
  assert.equal(degreesStep(width, 10), 300);
});

test("the whole earth is not crossed by more meridians than there are steps for", () => {
  assert.equal(degreesStep(360, 1000), 7200);
});

test("lengths change to kilometres at one kilometre", () => {
  assert.equal(lengthWords(12.34), "12.3 m");
  assert.equal(lengthWords(999.94), "999.9 m");
  assert.equal(lengthWords(1000), "1.000 km");
  assert.equal(lengthWords(12_345.6), "12.346 km");
});

test("areas stand in hectares, mu and square metres at once", () => {
  assert.equal(areaWords(10_000, { ha: "公顷", mu: "亩" }), "1.00 公顷 · 15.0 亩 · 10,000 m²");
  assert.equal(areaWords(2000 / 3, { ha: "ha", mu: "mu" }), "0.07 ha · 1.0 mu · 667 m²");
});
