// Lengths, bearings and areas on the CGCS2000 ellipsoid, of paths as a person draws them: [[lon, lat], …], degrees.
import geographiclib from "geographiclib-geodesic";

const CGCS2000 = new geographiclib.Geodesic.Geodesic(6378137, 1 / 298.257222101);

/** The legs of a path: `metres`, and the `bearing` at their start, degrees clockwise from north, 0 to 360. */
export function legsOf(path) {
  return path.slice(1).map(([lon, lat], index) => {
    const [fromLon, fromLat] = path[index];
    const { s12, azi1 } = CGCS2000.Inverse(fromLat, fromLon, lat, lon);
    return { metres: s12, bearing: (azi1 + 360) % 360 };
  });
}

/** Square metres and metres around of a ring, the first place not repeated at the end. */
export function sizeOf(ring) {
  const polygon = CGCS2000.Polygon(false);
  for (const [lon, lat] of ring) polygon.AddPoint(lat, lon);
  const { area, perimeter } = polygon.Compute(false, true);
  return { m2: Math.abs(area), metres: perimeter };
}
