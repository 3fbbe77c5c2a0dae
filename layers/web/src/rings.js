// Rings as a person draws them, without a map: [[lon, lat], …], the first place not repeated at the end.

const DIGITS = 7; // about a centimetre

/** The ring of the box between two corners. */
export function boxRing([lon, lat], [otherLon, otherLat]) {
  const [west, east] = [Math.min(lon, otherLon), Math.max(lon, otherLon)];
  const [south, north] = [Math.min(lat, otherLat), Math.max(lat, otherLat)];
  return [[west, south], [east, south], [east, north], [west, north]];
}

/** A GeoJSON Feature of a ring: closed, counter-clockwise, rounded. */
export function ringFeature(ring, properties) {
  const places = ring.map(rounded);
  if (doubleArea(places) < 0) places.reverse();
  return { type: "Feature", properties, geometry: { type: "Polygon", coordinates: [[...places, places[0]]] } };
}

/** A GeoJSON Feature of a line, rounded. */
export function lineFeature(path, properties) {
  return { type: "Feature", properties, geometry: { type: "LineString", coordinates: path.map(rounded) } };
}

function rounded(place) {
  return place.map((degrees) => Number(degrees.toFixed(DIGITS)));
}

function doubleArea(ring) {
  const [originX, originY] = ring[0]; // near the ring, or the area drowns in the digits of the products
  return ring.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length];
    return sum + (x - originX) * (nextY - originY) - (nextX - originX) * (y - originY);
  }, 0);
}
