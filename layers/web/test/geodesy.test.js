import assert from "node:assert/strict";
import test from "node:test";
import { legsOf, sizeOf } from "../src/geodesy.js";

const near = (seen, expected, within) => assert.ok(Math.abs(seen - expected) < within, `${seen} is not ${expected}`);

test("legs have the lengths and bearings that pyproj.Geod gives on the ellipsoid of CGCS2000", () => {
  const [north, east, west] = legsOf([[116.6, 35.4], [116.6, 35.41], [116.61, 35.41], [116.6, 35.4]]);
  near(north.metres, 1109.4800972, 1e-3);
  near(north.bearing, 0, 1e-9);
  near(east.metres, 908.3048375, 1e-3);
  near(east.bearing, 89.9971029, 1e-6);
  near(west.bearing, 219.3109981, 1e-6);
});

test("an area is the same whichever way round it is drawn", () => {
  const ring = [[116.6, 35.4], [116.61, 35.4], [116.61, 35.41], [116.6, 35.41]];
  for (const each of [ring, [...ring].reverse()]) {
    near(sizeOf(each).m2, 1007808.3765402, 0.01);
    near(sizeOf(each).metres, 4035.6820556, 1e-3);
  }
});

test("one place has no legs and no size", () => {
  assert.deepEqual(legsOf([[116.6, 35.4]]), []);
  assert.equal(sizeOf([[116.6, 35.4]]).m2, 0);
});
