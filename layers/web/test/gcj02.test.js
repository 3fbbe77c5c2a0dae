import assert from "node:assert/strict";
import test from "node:test";
import { fromGcj02, toGcj02 } from "../src/gcj02.js";

// [lon, lat] and the same in GCJ-02, as `geodata.crs.gcj02_from_wgs84` gives it.
const PAIRS = [
  [116.6, 35.36, 116.60528560524, 35.35950289475],
  [116.66, 35.4, 116.66539099549, 35.39960687427],
  [116.72, 35.44, 116.72553991259, 35.43974042420],
  [117.5, 36.9, 117.50607489305, 36.90043079760],
];
const near = (seen, expected) => assert.ok(Math.abs(seen - expected) < 1e-9, `${seen} is not ${expected}`);

test("the shift is the one that Python works out", () => {
  for (const [lon, lat, shiftedLon, shiftedLat] of PAIRS) {
    const [seenLon, seenLat] = toGcj02(lon, lat);
    near(seenLon, shiftedLon);
    near(seenLat, shiftedLat);
  }
});

test("the way back ends where it began", () => {
  for (const [lon, lat] of PAIRS) {
    const [backLon, backLat] = fromGcj02(...toGcj02(lon, lat));
    near(backLon, lon);
    near(backLat, lat);
  }
});
