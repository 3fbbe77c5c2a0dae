// The map on which scenes are shown: no keys, no buttons, any zoom.

const OPTIONS = {
  zoomSnap: 0, zoomControl: false, keyboard: false, attributionControl: false, fadeAnimation: false,
  doubleClickZoom: false, minZoom: 9, maxZoom: 20,
};
const STILL = { dragging: false, scrollWheelZoom: false, touchZoom: false, boxZoom: false };

/** A map in `box` that shows what `window.planMap` is told, at first at `bounds`; a still one can't be moved by hand. */
export function sceneMap(box, config, [[south, west], [north, east]], { still = false } = {}) {
  const map = L.map(box, still ? { ...OPTIONS, ...STILL } : OPTIONS);
  map.setView([(south + north) / 2, (west + east) / 2], 13);
  window.planMap.layer(config).addTo(map);
  return map;
}
