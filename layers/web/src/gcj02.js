// The shift of GCJ-02, in which public maps of China are drawn: the same formula as `geodata.crs` has, sign for sign.

const A = 6378245;
const E2 = 0.00669342162296594323;
const TURNS = 8;
const { PI, abs, cos, sin, sqrt } = Math;

function shift(lon, lat) {
  const x = lon - 105;
  const y = lat - 35;
  const wave = 20 * sin(6 * x * PI) + 20 * sin(2 * x * PI);
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x));
  north += ((wave + 20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3;
  north += ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x));
  east += ((wave + 20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3;
  east += ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
  const phi = (lat * PI) / 180;
  const magic = 1 - E2 * sin(phi) ** 2;
  const northDegrees = (north * 180) / (((A * (1 - E2)) / (magic * sqrt(magic))) * PI);
  const eastDegrees = (east * 180) / ((A / sqrt(magic)) * cos(phi) * PI);
  return [eastDegrees, northDegrees];
}

/** [lon, lat] in GCJ-02 of a place in WGS 84 or CGCS2000, degrees. */
export function toGcj02(lon, lat) {
  const [east, north] = shift(lon, lat);
  return [lon + east, lat + north];
}

/** [lon, lat] in WGS 84 of a place in GCJ-02, to well under a millimetre. */
export function fromGcj02(lon, lat) {
  let [atLon, atLat] = [lon, lat];
  for (let turn = 0; turn < TURNS; turn++) {
    const [east, north] = shift(atLon, atLat);
    [atLon, atLat] = [lon - east, lat - north];
  }
  return [atLon, atLat];
}
