import assert from "node:assert/strict";
import test from "node:test";
import { toGaussKruger } from "../src/gauss_kruger.js";

// [longitude, latitude, easting, northing] by PROJ (EPSG:4490 → EPSG:4548); the first also stands in FINDINGS to 0.1 m.
const PLACES = [
  [116.65, 35.42, 468213.1927, 3921245.8297],
  [116.6, 35.35, 463640.7999, 3913496.6572],
  [116.72, 35.47, 474586.2948, 3926773.032],
  [117.0, 35.4, 500000, 3918970.5988],
  [118.4, 36.2, 625913.4908, 4008643.489],
  [115.6, 34.0, 370656.4377, 3764545.2007],
];

for (const [lon, lat, easting, northing] of PLACES) {
  test(`Gauss–Krüger coordinates agree with PROJ within a millimetre at ${lon}, ${lat}`, () => {
    const [east, north] = toGaussKruger(lon, lat);
    assert.ok(Math.abs(east - easting) < 0.001, `easting ${east}`);
    assert.ok(Math.abs(north - northing) < 0.001, `northing ${north}`);
  });
}
