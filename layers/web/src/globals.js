// protomaps-leaflet and folium's scripts expect Leaflet under the global name L.
import leaflet from "leaflet";

window.L = leaflet;
export const L = leaflet;
