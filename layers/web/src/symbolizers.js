// How features are put on the canvas: fills with hatches, lines with casings, points, and labels with a halo.
// Each takes a function (zoom, feature) → style; null leaves the feature out.

const FONT = '"Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei","PingFang SC","Source Han Sans SC",sans-serif';
const HATCH_PX = 8;
const hatches = new Map();

function hatchPattern(ctx, kind, colour) {
  const key = `${kind} ${colour}`;
  let tile = hatches.get(key);
  if (!tile) {
    tile = document.createElement("canvas");
    tile.width = tile.height = HATCH_PX * 2;
    const pen = tile.getContext("2d");
    pen.scale(2, 2);
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineWidth = 1.3;
    pen.beginPath();
    if (kind === "dots") {
      for (const [x, y] of [[2, 2], [6, 6]]) {
        pen.moveTo(x + 0.9, y);
        pen.arc(x, y, 0.9, 0, 2 * Math.PI);
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
  }
  const pattern = ctx.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(0.5));
  return pattern;
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

export class Areas {
  constructor(styleOf) {
    this.styleOf = styleOf;
  }

  draw(ctx, geom, zoom, feature) {
    const style = this.styleOf(zoom, feature);
    if (!style) return;
    ctx.globalAlpha = style.opacity;
    ctx.lineJoin = "round";
    trace(ctx, geom, { close: true });
    if (style.fill) {
      ctx.fillStyle = style.fill;
      ctx.fill();
    }
    if (style.hatch && zoom >= 12) {
      ctx.fillStyle = hatchPattern(ctx, style.hatch, style.hatch_colour);
      ctx.fill();
    }
    if (style.stroke && style.width) stroke(ctx, style.stroke, style.width, style.dash);
    ctx.globalAlpha = 1;
  }
}

export class Lines {
  constructor(styleOf, { part }) {
    this.styleOf = styleOf;
    this.part = part;
  }

  draw(ctx, geom, zoom, feature) {
    const style = this.styleOf(zoom, feature);
    if (!style) return;
    ctx.globalAlpha = style.opacity;
    ctx.lineJoin = "round";
    ctx.lineCap = style.dash && this.part === "line" ? "butt" : "round";
    trace(ctx, geom, { close: false });
    if (this.part === "casing") {
      if (style.glow) {
        ctx.globalAlpha = style.opacity * 0.55;
        stroke(ctx, style.glow, style.width * 3.2);
      } else if (style.casing) stroke(ctx, style.casing, style.width + 1.6);
    } else {
      if (style.glow) ctx.lineCap = "round";
      stroke(ctx, style.stroke, style.width, style.dash);
    }
    ctx.globalAlpha = 1;
  }
}

export class Points {
  constructor(styleOf) {
    this.styleOf = styleOf;
  }

  draw(ctx, geom, zoom, feature) {
    const style = this.styleOf(zoom, feature);
    if (!style) return;
    ctx.globalAlpha = style.opacity;
    for (const part of geom) {
      for (const { x, y } of part) {
        ctx.beginPath();
        ctx.arc(x, y, style.radius, 0, 2 * Math.PI);
        ctx.fillStyle = style.fill;
        ctx.fill();
        stroke(ctx, style.stroke, style.width);
      }
    }
    ctx.globalAlpha = 1;
  }
}

/** Features of any kind in one layer, drawn by what each is. */
export class Mixed {
  constructor(styleOf) {
    this.byType = [null, new Points(styleOf), new Lines(styleOf, { part: "line" }), new Areas(styleOf)];
  }

  draw(ctx, geom, zoom, feature) {
    this.byType[feature.geomType].draw(ctx, geom, zoom, feature);
  }
}

/** Text at a label point, turned to the point's `angle`, with a halo; labels that meet give way by rank. */
export class Labels {
  constructor(labelOf) {
    this.labelOf = labelOf;
  }

  place(layout, geom, feature) {
    const label = this.labelOf(layout.zoom, feature);
    if (!label) return undefined;
    const font = `${label.weight || 400} ${label.size}px ${FONT}`;
    layout.scratch.font = font;
    const width = layout.scratch.measureText(label.text).width + 6;
    const height = label.size * 1.25;
    const angle = ((feature.props.angle || 0) * Math.PI) / 180;
    const placed = [];
    for (const [anchor] of geom) {
      placed.push({
        anchor,
        bboxes: boxesAlong(anchor, width, height, angle),
        deduplicationKey: label.text,
        deduplicationDistance: label.apart,
        draw: (ctx) => {
          ctx.rotate(-angle);
          ctx.font = font;
          ctx.textAlign = "center";
          ctx.textBaseline = "middle";
          ctx.lineJoin = "round";
          ctx.globalAlpha = 1;
          ctx.strokeStyle = label.halo;
          ctx.lineWidth = 3;
          ctx.setLineDash([]);
          ctx.strokeText(label.text, label.dx || 0, label.dy || 0);
          ctx.fillStyle = label.colour;
          ctx.fillText(label.text, label.dx || 0, label.dy || 0);
        },
      });
    }
    return placed;
  }
}

/** The room a turned text takes: small boxes in a row, so that a slanted one does not claim its whole rectangle. */
export function boxesAlong(anchor, width, height, angle) {
  const count = Math.max(1, Math.ceil((width * Math.abs(Math.sin(angle))) / height));
  const length = width / count;
  const reach = { x: (length * Math.abs(Math.cos(angle)) + height) / 2, y: (length * Math.abs(Math.sin(angle)) + height) / 2 };
  if (count === 1) reach.x = width / 2;
  return Array.from({ length: count }, (_, index) => {
    const along = (index + 0.5) * length - width / 2;
    const x = anchor.x + along * Math.cos(angle);
    const y = anchor.y - along * Math.sin(angle);
    return { minX: x - reach.x, maxX: x + reach.x, minY: y - reach.y, maxY: y + reach.y };
  });
}
