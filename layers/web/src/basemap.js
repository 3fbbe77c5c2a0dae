// What lies under the plan: tiles of a public map, of a map service, or of a file of one's own. Tiles of a map in GCJ-02
// are put where they belong, each by its own corners; the plan is never moved.
import { PMTiles } from "pmtiles";
import { fromGcj02, toGcj02 } from "./gcj02.js";

const MANY_FAILURES = 4;
const MOST_ZOOM = 22;

const Shifted = L.TileLayer.extend({
  initialize(url, options) {
    L.TileLayer.prototype.initialize.call(this, url, options);
    // One pixel more hides the seam that rounding may leave between two tiles.
    this.on("tileloadstart", ({ tile, coords }) => {
      const size = this.corner({ x: coords.x + 1, y: coords.y + 1 }).subtract(this.corner(coords));
      Object.assign(tile.style, { width: `${size.x + 1}px`, height: `${size.y + 1}px` });
    });
  },

  /** Where the north-west corner of a tile truly lies, in pixels of the world at the tiles' zoom. */
  corner({ x, y }) {
    const size = this.getTileSize();
    const { lng, lat } = this._map.unproject([x * size.x, y * size.y], this._tileZoom);
    const [lon, trueLat] = fromGcj02(lng, lat);
    return this._map.project([trueLat, lon], this._tileZoom).round();
  },

  _getTilePos(coords) {
    return this.corner(coords).subtract(this._level.origin);
  },

  _getTiledPixelBounds({ lng, lat }) {
    const [lon, shiftedLat] = toGcj02(lng, lat);
    return L.TileLayer.prototype._getTiledPixelBounds.call(this, L.latLng(shiftedLat, lon));
  },
});

/** Raster tiles of one PMTiles file. */
const Archive = L.GridLayer.extend({
  initialize(url, options) {
    L.GridLayer.prototype.initialize.call(this, options);
    this.archive = new PMTiles(new URL(url, window.location.href).href);
  },

  createTile({ x, y, z }, done) {
    const tile = L.DomUtil.create("img", "leaflet-tile");
    tile.alt = "";
    this.archive.getZxy(z, x, y).then(
      (found) => {
        if (found) tile.src = URL.createObjectURL(new Blob([found.data]));
        tile.onload = () => URL.revokeObjectURL(tile.src);
        done(null, tile);
      },
      (error) => done(error, tile),
    );
    return tile;
  },
});

export class Basemap {
  /** `onState` is told what to say about the basemap: its attribution, and whether it can't be reached. */
  constructor(map, onState) {
    this.map = map;
    this.onState = onState;
    this.told = "null";
    this.layers = [];
  }

  /** Show a basemap as the state has it; null for none. */
  show(basemap) {
    const told = JSON.stringify(basemap ?? null);
    if (told === this.told) return;
    this.told = told;
    this.layers.forEach((layer) => layer.remove());
    this.layers = (basemap?.urls || []).map((url) => this.layer(url, basemap).addTo(this.map));
    this.onState({ attribution: basemap?.attribution || "", failed: false });
  }

  layer(url, { kind, datum, subdomains, max_zoom, layers, version, attribution }) {
    const options = { maxNativeZoom: max_zoom, maxZoom: MOST_ZOOM, subdomains, pane: "tilePane" };
    const made = {
      xyz: () => (datum === "gcj02" ? new Shifted(url, options) : L.tileLayer(url, options)),
      wms: () => L.tileLayer.wms(url, { ...options, layers, version, format: "image/png", transparent: true }),
      pmtiles: () => new Archive(url, options),
    }[kind]();
    let failures = 0;
    made.on("tileload", () => {
      failures = 0;
      this.onState({ attribution, failed: false });
    });
    made.on("tileerror", () => {
      failures += 1;
      if (failures === MANY_FAILURES) this.onState({ attribution, failed: true });
    });
    return made;
  }
}
