// What lies under the plan: tiles of a public map, of a map service, or of a file of one's own. A map in GCJ-02 is put
// where it belongs; the plan is never moved.
import { PMTiles } from "pmtiles";
import { fromGcj02, toGcj02 } from "./gcj02.js";

const MANY_FAILURES = 4;
const MOST_ZOOM = 22;
const CELL_ZOOM = 17;
const SEAM_PX = 0.4; // tiles overlap by this, or a hair of what lies below shows between them

/**
 * Tiles of a map in GCJ-02. A tile is drawn in cells as small as the tiles of zoom 17, each put where its own corners
 * truly lie: within a metre at every zoom (tests/layers/test_basemaps.py). Below the cells lies the tile as a whole, which
 * is nearly there: it closes the seams between them.
 */
const Shifted = L.GridLayer.extend({
  initialize(url, options) {
    L.GridLayer.prototype.initialize.call(this, options);
    this.template = L.tileLayer(url, options);
  },

  /** Where a place in GCJ-02, in tiles of the present zoom, truly lies: in pixels of the world there. */
  place(x, y) {
    const size = this.getTileSize();
    const { lng, lat } = this._map.unproject([x * size.x, y * size.y], this._tileZoom);
    const [lon, trueLat] = fromGcj02(lng, lat);
    return this._map.project([trueLat, lon], this._tileZoom);
  },

  createTile(coords, done) {
    const tile = L.DomUtil.create("canvas", "leaflet-tile");
    const image = new Image();
    image.onload = () => {
      this.draw(tile, image, coords);
      done(null, tile);
    };
    image.onerror = () => done(new Error(image.src), tile);
    this.template._tileZoom = this._tileZoom; // all that it needs to say a tile's address
    image.src = this.template.getTileUrl(coords);
    return tile;
  },

  draw(tile, image, { x, y, z }) {
    if (!this._map || z !== this._tileZoom) return;
    const cells = 2 ** Math.min(7, Math.max(0, CELL_ZOOM - z));
    const rows = Array.from({ length: cells + 1 }, (_, row) =>
      Array.from({ length: cells + 1 }, (_, column) => this.place(x + column / cells, y + row / cells)),
    );
    const [first, last] = [rows[0][0].floor(), rows[cells][cells].ceil()];
    const size = last.subtract(first).add([2, 2]);
    const fineness = window.devicePixelRatio || 1;
    tile.width = Math.round(size.x * fineness);
    tile.height = Math.round(size.y * fineness);
    Object.assign(tile.style, { width: `${size.x}px`, height: `${size.y}px` });
    const pen = tile.getContext("2d");
    pen.scale(fineness, fineness);
    const whole = rows[cells][cells].subtract(rows[0][0]).add([SEAM_PX, SEAM_PX]);
    const corner = rows[0][0].subtract(first);
    pen.drawImage(image, corner.x, corner.y, whole.x, whole.y);
    const part = { x: image.width / cells, y: image.height / cells };
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++) {
        const from = rows[row][column].subtract(first);
        const room = rows[row + 1][column + 1].subtract(first).subtract(from);
        pen.drawImage(image, column * part.x, row * part.y, part.x, part.y, from.x, from.y, room.x, room.y);
      }
    }
  },

  _getTilePos({ x, y }) {
    return this.place(x, y).floor().subtract(this._level.origin);
  },

  _getTiledPixelBounds({ lng, lat }) {
    const [lon, shiftedLat] = toGcj02(lng, lat);
    return L.GridLayer.prototype._getTiledPixelBounds.call(this, L.latLng(shiftedLat, lon));
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
    const { told } = this;
    const isGone = () => told !== this.told; // what a basemap that was put away still gets
    made.on("tileload", () => {
      if (isGone()) return;
      failures = 0;
      this.onState({ attribution, failed: false });
    });
    made.on("tileerror", () => {
      if (isGone()) return;
      failures += 1;
      if (failures === MANY_FAILURES) this.onState({ attribution, failed: true });
    });
    return made;
  }
}
