// How features are put on the canvas: fills with hatches, lines with casings, points, and labels with a halo.
// Each takes a function (zoom, feature) → style in tile pixels; null leaves the feature out. One that `counts` notes
// on the canvas what it drew, for `stats`.
import { boxesAlong, cellsOf, isUpright } from "./lettering.js";

const FONT = '"Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei","PingFang SC","Source Han Sans SC",sans-serif';
const HATCH_PX = 8;
const HATCH_FINENESS = 4;
const NARROW_PX = 2.6;
const hatches = new Map();

function hatchTile(kind, colour) {
  const key = `${kind} ${colour}`;
  if (hatches.has(key)) return hatches.get(key);
  const tile = document.createElement("canvas");
  tile.width = tile.height = HATCH_PX * HATCH_FINENESS;
  const pen = tile.getContext("2d");
  pen.scale(HATCH_FINENESS, HATCH_FINENESS);
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 1.1;
  pen.beginPath();
  if (kind === "dots") {
    for (const [x, y] of [[2, 2], [6, 6]]) {
      pen.moveTo(x + 0.8, y);
      pen.arc(x, y, 0.8, 0, 2 * Math.PI);
    }
    pen.fill();
  } else {
    for (const shift of [-HATCH_PX, 0, HATCH_PX]) {
      pen.moveTo(shift, HATCH_PX);
      pen.lineTo(shift + HATCH_PX, 0);
      if (kind === "cross") {
        pen.moveTo(shift, 0);
        pen.lineTo(shift + HATCH_PX, HATCH_PX);
      }
    }
    pen.stroke();
  }
  hatches.set(key, tile);
  return tile;
}

/** Where what is drawn on a tile's canvas has its origin, in pixels of the world at the tile's zoom. */
export function worldOrigin(ctx) {
  const [tileX, tileY] = ctx.canvas.key.split(":").map(Number);
  const { a, e, f } = ctx.getTransform();
  return { x: tileX * 256 + e / a, y: tileY * 256 + f / a };
}

/** A hatch that goes on across tiles: it is laid out from the corner of the world, not from that of the canvas. */
function hatchPattern(ctx, { hatch, hatch_colour, scale }) {
  const kept = (ctx.canvas.hatches ||= new Map());
  const key = `${hatch} ${hatch_colour} ${scale}`;
  if (!kept.has(key)) {
    const period = HATCH_PX * scale;
    const { x, y } = worldOrigin(ctx);
    const pattern = ctx.createPattern(hatchTile(hatch, hatch_colour), "repeat");
    const size = period / (HATCH_PX * HATCH_FINENESS);
    pattern.setTransform(new DOMMatrix().translate(-(x % period), -(y % period)).scale(size));
    kept.set(key, pattern);
  }
  return kept.get(key);
}

function trace(ctx, geom, { close }) {
  ctx.beginPath();
  for (const line of geom) {
    line.forEach((point, index) => (index ? ctx.lineTo(point.x, point.y) : ctx.moveTo(point.x, point.y)));
    if (close) ctx.closePath();
  }
}

function stroke(ctx, colour, width, dash) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash(dash || []);
  ctx.stroke();
  ctx.setLineDash([]);
}

function count(ctx, name, feature) {
  if (!name) return;
  const drawn = (ctx.canvas.drawn ||= new Map());
  if (!drawn.has(name)) drawn.set(name, []);
  drawn.get(name).push(feature);
}

/** Begins a tile: what was noted of an earlier paint is over. */
export class Sheet {
  constructor(scaleOf) {
    this.scaleOf = scaleOf;
  }

  draw(ctx, geom, zoom) {
    ctx.canvas.drawn = new Map();
    ctx.canvas.hatches = new Map();
    ctx.canvas.scale = this.scaleOf(zoom);
  }
}

/** A colour over what lies between the rings; null leaves it as it is. */
export class Mask {
  constructor(colourOf) {
    this.colourOf = colourOf;
  }

  draw(ctx, geom) {
    const colour = this.colourOf();
    if (!colour) return;
    trace(ctx, geom, { close: true });
    ctx.fillStyle = colour;
    ctx.fill("evenodd");
  }
}

export class Areas {
  constructor(styleOf, { counts } = {}) {
    this.styleOf = styleOf;
    this.counts = counts;
  }

  draw(ctx, geom, zoom, feature) {
    const style = this.styleOf(zoom, feature);
    if (!style) return;
    count(ctx, this.counts, feature);
    ctx.globalAlpha = style.opacity;
    ctx.lineJoin = "round";
    trace(ctx, geom, { close: true });
    if (style.fill) {
      ctx.fillStyle = style.fill;
      ctx.fill();
    }
    if (style.hatch) {
      ctx.fillStyle = hatchPattern(ctx, style);
      ctx.fill();
    }
    if (style.casing) stroke(ctx, style.casing, style.width * 4);
    if (style.stroke && style.width) stroke(ctx, style.stroke, style.width, style.dash);
    ctx.globalAlpha = 1;
  }
}

export class Lines {
  constructor(styleOf, { part, counts }) {
    this.styleOf = styleOf;
    this.isCasing = part === "casing";
    this.counts = counts;
  }

  draw(ctx, geom, zoom, feature) {
    const style = this.styleOf(zoom, feature);
    if (!style) return;
    count(ctx, this.counts, feature);
    ctx.globalAlpha = style.opacity;
    ctx.lineJoin = "round";
    ctx.lineCap = "round";
    trace(ctx, geom, { close: false });
    if (style.to_scale) this.drawBand(ctx, style);
    else if (this.isCasing) {
      if (style.glow) {
        ctx.globalAlpha = style.opacity * 0.55;
        stroke(ctx, style.glow, style.width * 3.2);
      }
    } else {
      if (style.dash && !style.glow) ctx.lineCap = "butt";
      stroke(ctx, style.stroke, style.width, style.dash);
    }
    ctx.globalAlpha = 1;
  }

  /** Two edges with a fill between them; one line, in the edges' colour, where there is no room for that. */
  drawBand(ctx, style) {
    const { casing, casing_dash: dash, scale, width } = style;
    if (style.plain || (dash && width < NARROW_PX * scale)) {
      if (dash) ctx.lineCap = "butt";
      if (!this.isCasing) stroke(ctx, casing, Math.max(width, scale), dash);
    } else if (this.isCasing) {
      if (dash) ctx.lineCap = "butt";
      stroke(ctx, casing, width + 1.7 * scale, dash);
    } else stroke(ctx, style.stroke, width);
  }
}

export class Points {
  constructor(styleOf, { counts } = {}) {
    this.styleOf = styleOf;
    this.counts = counts;
  }

  draw(ctx, geom, zoom, feature) {
    const style = this.styleOf(zoom, feature);
    if (!style) return;
    count(ctx, this.counts, feature);
    ctx.globalAlpha = style.opacity;
    for (const part of geom) {
      for (const { x, y } of part) {
        ctx.beginPath();
        ctx.arc(x, y, style.radius, 0, 2 * Math.PI);
        if (style.fill) {
          ctx.fillStyle = style.fill;
          ctx.fill();
        }
        stroke(ctx, style.stroke, style.width);
      }
    }
    ctx.globalAlpha = 1;
  }
}

/** Features of any kind in one layer, drawn by what each is. */
export class Mixed {
  constructor(styleOf, { counts } = {}) {
    const line = new Lines(styleOf, { part: "line", counts });
    this.byType = [null, new Points(styleOf, { counts }), line, new Areas(styleOf, { counts })];
  }

  draw(ctx, geom, zoom, feature) {
    this.byType[feature.geomType].draw(ctx, geom, zoom, feature);
  }
}

/**
 * Text at a label point, along the point's `angle`, with a halo; labels that meet give way by rank. The label of a
 * symbol stands below it or else above it, and keeps other labels off the symbol, even where it has no room itself.
 */
export class Labels {
  constructor(labelOf) {
    this.labelOf = labelOf;
  }

  place(layout, geom, feature) {
    const label = this.labelOf(layout.zoom, feature);
    if (!label) return undefined;
    const font = `${label.weight} ${label.size}px ${FONT}`;
    layout.scratch.font = font;
    const degrees = feature.props.angle || 0;
    const angle = (degrees * Math.PI) / 180;
    const upright = isUpright(label.text, degrees);
    const cells = upright ? cellsOf(label.text, angle, label.size * 1.08) : [{ text: label.text, x: 0, y: 0 }];
    const width = layout.scratch.measureText(label.text).width + 6 * label.scale;
    const symbol = (anchor) => (label.symbol ? [around(anchor, { x: 0, y: 0 }, label.symbol)] : []);
    const written = ([anchor], dy) => ({
      anchor,
      bboxes: [
        ...(upright
          ? cells.map((cell) => around(anchor, cell, label.size * 1.2))
          : boxesAlong({ x: anchor.x, y: anchor.y + dy }, width, label.size * 1.25, angle)),
        ...symbol(anchor),
      ],
      deduplicationKey: label.text,
      deduplicationDistance: label.apart,
      draw: (ctx) => {
        if (!upright) ctx.rotate(-angle);
        write(ctx, font, label, cells, dy);
      },
    });
    return geom.flatMap((part) =>
      label.symbol
        ? [written(part, label.dy), written(part, -label.dy), { anchor: part[0], bboxes: symbol(part[0]), draw() {} }]
        : [written(part, label.dy)],
    );
  }
}

function around(anchor, cell, size) {
  const [x, y] = [anchor.x + cell.x, anchor.y + cell.y];
  return { minX: x - size / 2, maxX: x + size / 2, minY: y - size / 2, maxY: y + size / 2 };
}

function write(ctx, font, label, cells, dy) {
  ctx.font = font;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.globalAlpha = 1;
  ctx.strokeStyle = label.halo;
  ctx.lineWidth = 3 * label.scale;
  ctx.setLineDash([]);
  for (const { text, x, y } of cells) ctx.strokeText(text, x, y + dy);
  ctx.fillStyle = label.colour;
  for (const { text, x, y } of cells) ctx.fillText(text, x, y + dy);
}
