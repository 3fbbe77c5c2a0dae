import assert from "node:assert/strict";
import test from "node:test";
import { factsOf, meant, sizeAt } from "../src/identify.js";

const words = (zh, en) => ({ zh, en });
const CONFIG = {
  titles: { parcels: words("用地", "Land parcels"), roads: words("路网", "Roads"), parks: words("园区", "Parks") },
  landUseLabels: { "07": words("居住", "Residential") },
  codes: { road_class: { branch: words("支路", "Branch") }, kind: {} },
  stateLabels: { parcels: [words("未批", "Not approved"), words("建成", "Completed")], roads: [words("规划", "Planned"), words("通车", "Open")], parks: [words("现有", "Present")] },
  fields: { roads: [{ name: "width_m", label: words("红线宽度", "Width"), unit: "m" }] },
};

test("a point is meant before a line, a line before an area, a small area before a large one", () => {
  const park = { layer: "parks", kind: 3, size: 900 };
  const parcel = { layer: "parcels", kind: 3, size: 10 };
  const road = { layer: "roads", kind: 2, size: 3 };
  const project = { layer: "projects", kind: 1, size: 5 };
  assert.equal(meant([park, parcel]), parcel);
  assert.equal(meant([park, road, parcel]), road);
  assert.equal(meant([road, park, project]), project);
  assert.equal(meant([]), null);
});

test("a hole is no part of an area, whichever way the rings run", () => {
  const square = (low, high) => [{ x: low, y: low }, { x: high, y: low }, { x: high, y: high }, { x: low, y: high }];
  assert.equal(sizeAt({ x: 1, y: 1 }, 3, [square(0, 10)]), 100);
  assert.equal(sizeAt({ x: 1, y: 1 }, 3, [square(0, 10), square(2, 4).reverse()]), 96);
});

test("of several points or lines the nearest is the smallest", () => {
  assert.equal(sizeAt({ x: 3, y: 4 }, 1, [[{ x: 90, y: 0 }], [{ x: 0, y: 0 }]]), 5);
  assert.equal(sizeAt({ x: 5, y: 4 }, 2, [[{ x: 0, y: 0 }, { x: 10, y: 0 }]]), 4);
  assert.equal(sizeAt({ x: 13, y: 4 }, 2, [[{ x: 0, y: 0 }, { x: 10, y: 0 }]]), 5);
});

test("a tile's codes are told in words, its fields with their units, empty ones not at all", () => {
  assert.deepEqual(factsOf(CONFIG, "zh", "parcels", { label: "P-1", land_use: "0701" }, 1), { title: "P-1", codes: ["居住", "建成"], fields: [] });
  assert.deepEqual(factsOf(CONFIG, "en", "roads", { label: "A", road_class: "branch", width_m: 12 }, 0), {
    title: "A",
    codes: ["Branch", "Planned"],
    fields: [["Width", "12 m"]],
  });
  assert.deepEqual(factsOf(CONFIG, "en", "roads", { label: "A", width_m: 0 }, 0).fields, []);
});

test("a feature without a name is called after its layer, and a layer of one state names none", () => {
  assert.deepEqual(factsOf(CONFIG, "en", "parks", { label: "" }, 0), { title: "Parks", codes: [], fields: [] });
});
