import assert from "node:assert/strict";
import test from "node:test";
import { boxRing, lineFeature, ringFeature } from "../src/rings.js";

const BOX = [[116.6, 35.3], [116.7, 35.3], [116.7, 35.4], [116.6, 35.4]];

test("a box is the same whichever corners it was dragged between", () => {
  assert.deepEqual(boxRing([116.6, 35.3], [116.7, 35.4]), BOX);
  assert.deepEqual(boxRing([116.7, 35.3], [116.6, 35.4]), BOX);
});

test("a ring becomes a closed, counter-clockwise polygon with its properties", () => {
  const feature = ringFeature(BOX, { shape: "box" });
  assert.deepEqual(feature, {
    type: "Feature",
    properties: { shape: "box" },
    geometry: { type: "Polygon", coordinates: [[...BOX, BOX[0]]] },
  });
  const clockwise = [...BOX].reverse();
  assert.deepEqual(ringFeature(clockwise, {}).geometry.coordinates, feature.geometry.coordinates);
});

test("a ring of a few centimetres still has its direction", () => {
  const small = [[116.66, 35.4], [116.66, 35.4000004], [116.6600004, 35.4000004]]; // clockwise
  assert.deepEqual(ringFeature(small, {}).geometry.coordinates[0][0], [116.6600004, 35.4000004]);
});

test("places are rounded to seven digits", () => {
  const [place] = ringFeature([[116.123456789, 35.1], [116.2, 35.1], [116.2, 35.2]], {}).geometry.coordinates[0];
  assert.deepEqual(place, [116.1234568, 35.1]);
});

test("a line stays open and goes the way it was drawn", () => {
  const line = [[116.7, 35.4], [116.6, 35.300000049]];
  assert.deepEqual(lineFeature(line, { shape: "line" }), {
    type: "Feature",
    properties: { shape: "line" },
    geometry: { type: "LineString", coordinates: [[116.7, 35.4], [116.6, 35.3]] },
  });
});
