// Lines from place to place on the plan: curved, with an arrow at the end, thick by their weight.
import { worldOrigin } from "./symbolizers.js";

const BEND = 0.16; // how far the middle of a line is off the straight one, of its length
const POINTS = 24;
const THINNEST_PX = 1.2;
const THICKEST_PX = 3.6;
const HEAD_PX = { length: 10, widths: 1.2, notch: 0.72 }; // longer by so many widths of its line, notched at its back
const HALO_PX = 2.5;
const TILE_PX = 256;

/**
 * Draws flows, [{path: [from, to], colour, weight}] with places as [lat, lon], over all that lies on the ground. They
 * are painted with the plan and not above it, so that names stand on them.
 */
export class Flows {
  /** `project` takes a place and a zoom to pixels of the world, as `map.project` does. */
  constructor(flowsOf, scaleOf, project) {
    this.flowsOf = flowsOf;
    this.scaleOf = scaleOf;
    this.project = project;
    this.drawn = { flows: null, zoom: 0, lines: [] };
  }

  draw(ctx, geom, zoom) {
    const flows = this.flowsOf();
    if (!flows?.length) return;
    if (this.drawn.flows !== flows || this.drawn.zoom !== zoom) {
      this.drawn = { flows, zoom, lines: flows.map(({ path }) => curve(...path).map((place) => this.project(place, zoom))) };
    }
    const scale = this.scaleOf(zoom);
    const reach = scale * (HEAD_PX.length + THICKEST_PX * HEAD_PX.widths);
    const [left, top] = ctx.canvas.key.split(":").map((tile) => tile * TILE_PX);
    const origin = worldOrigin(ctx);
    ctx.lineJoin = ctx.lineCap = "round";
    ctx.setLineDash([]);
    flows.forEach(({ colour, weight }, number) => {
      const line = this.drawn.lines[number];
      if (!touches(line, left - reach, top - reach, left + TILE_PX + reach, top + TILE_PX + reach)) return;
      const places = line.map(({ x, y }) => ({ x: x - origin.x, y: y - origin.y }));
      drawFlow(ctx, places, colour, (THINNEST_PX + (THICKEST_PX - THINNEST_PX) * weight) * scale, scale);
    });
    ctx.globalAlpha = 1;
  }
}

function touches(line, left, top, right, bottom) {
  const [xs, ys] = [line.map(({ x }) => x), line.map(({ y }) => y)];
  return Math.max(...xs) > left && Math.min(...xs) < right && Math.max(...ys) > top && Math.min(...ys) < bottom;
}

function drawFlow(ctx, places, colour, width, scale) {
  const head = arrowHead(places, HEAD_PX.length * scale + HEAD_PX.widths * width);
  const along = () => {
    ctx.beginPath();
    places.slice(0, -1).forEach(({ x, y }, number) => (number ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.lineTo(head.at(-1).x, head.at(-1).y);
  };
  const paint = (colour, width, opacity) => {
    ctx.globalAlpha = opacity;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
  };
  along();
  paint("#ffffff", width + HALO_PX * scale, 0.6);
  along();
  paint(colour, width, 0.85);
  ctx.beginPath();
  head.forEach(({ x, y }, number) => (number ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.closePath();
  paint("#ffffff", HALO_PX * scale, 0.9);
  ctx.globalAlpha = 1;
  ctx.fillStyle = colour;
  ctx.fill();
}

/** Corners of an arrow head at the end of a line: one side, its point, the other side, the notch at its back. */
export function arrowHead(places, length) {
  const [before, end] = places.slice(-2);
  const run = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const [x, y] = [(end.x - before.x) / run, (end.y - before.y) / run];
  const at = (back, aside) => ({ x: end.x - x * back - y * aside, y: end.y - y * back + x * aside });
  return [at(length, length / 2), end, at(length, -length / 2), at(length * HEAD_PX.notch, 0)];
}

/** Places along a bow from one place to another. */
export function curve([lat, lon], [toLat, toLon]) {
  const shrink = Math.cos((lat * Math.PI) / 180); // of a degree of longitude
  const [east, north] = [(toLon - lon) * shrink, toLat - lat];
  const middle = [(lat + toLat) / 2 + east * BEND, (lon + toLon) / 2 - (north * BEND) / shrink];
  return Array.from({ length: POINTS + 1 }, (_, number) => {
    const part = number / POINTS;
    const [start, bend, end] = [(1 - part) ** 2, 2 * part * (1 - part), part ** 2];
    return [start * lat + bend * middle[0] + end * toLat, start * lon + bend * middle[1] + end * toLon];
  });
}
