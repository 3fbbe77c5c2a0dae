// Where tiles come from: the archives of the published layers, and a sheet of paper worked out from the district's.
import Point from "@mapbox/point-geometry";
import { PMTiles } from "pmtiles";
import { TileCache, View } from "protomaps-leaflet";

export const MAX_DATA_ZOOM = 16;
export const LEVEL_DIFF = 1; // a tile of data is drawn as tiles of so many zooms nearer
const TILE_PX = 256 << LEVEL_DIFF;
const MARGIN_PX = 64;

let held = {}; // tile archives as bytes, by their address

/** Take archives from memory that a page without a server brings along. */
export function holdArchives(archives) {
  held = archives;
}

/** Bytes in memory, read as an archive is. */
class Held {
  constructor(url) {
    this.url = url;
    this.bytes = held[url];
  }

  getKey() {
    return this.url;
  }

  async getBytes(offset, length) {
    const start = this.bytes.byteOffset + offset;
    return { data: this.bytes.buffer.slice(start, Math.min(start + length, this.bytes.byteOffset + this.bytes.byteLength)) };
  }
}

let isLeaving = false; // requests that end with the page have not failed
globalThis.addEventListener?.("pagehide", () => (isLeaving = true));

/** Archive that counts the tiles it is asked for. */
export class CountedArchive extends PMTiles {
  constructor(url, count) {
    super(held[url] ? new Held(url) : new URL(url, window.location.href).href);
    this.count = count;
  }

  getZxy(z, x, y, signal) {
    this.count();
    return super.getZxy(z, x, y, signal).catch((error) => {
      if (isLeaving) return undefined;
      throw error;
    });
  }
}

/**
 * Every tile has a `sheet` (all of it) and a `mask` (what is not in the district: the sheet with the district's
 * rings, for an even-odd fill). Without a district there is no mask.
 */
export function sheetView(district) {
  const source = {
    async get(tile) {
      const layers = new Map([["sheet", [area([square()])]]]);
      const found = district && (await district.tileCache.get(tile));
      if (found) {
        const rings = (found.get("district") || []).flatMap(({ geom }) => geom);
        layers.set("mask", [area([square(), ...rings])]);
      }
      return layers;
    },
  };
  return new View(new TileCache(source, TILE_PX), MAX_DATA_ZOOM, LEVEL_DIFF);
}

function square() {
  const [low, high] = [-MARGIN_PX, TILE_PX + MARGIN_PX];
  return [[low, low], [high, low], [high, high], [low, high]].map(([x, y]) => new Point(x, y));
}

function area(geom) {
  const [low, high] = [-MARGIN_PX, TILE_PX + MARGIN_PX];
  return { props: {}, geom, geomType: 3, numVertices: 4, bbox: { minX: low, minY: low, maxX: high, maxY: high } };
}
