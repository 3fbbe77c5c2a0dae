// Where the signs of a label stand, without a canvas.

const STEEP_DEGREES = 50;
const HAN = /\p{Script=Han}/u;

/** Whether a label on a steep line is written sign below sign, as Chinese names are. */
export function isUpright(text, degrees) {
  return Math.abs(degrees) > STEEP_DEGREES && HAN.test(text);
}

/**
 * The cells of a label down a line: [{text, x, y}] around the middle, `step` apart. A number or a Latin word is one
 * cell. `angle` is in radians, counter-clockwise from east.
 */
export function cellsOf(text, angle, step) {
  const down = angle > 0 ? -1 : 1; // y grows downwards, so a positive angle runs up
  const cells = text.match(/\d+|[A-Za-z]+|./gsu) || [];
  return cells.map((cell, index) => {
    const along = (index - (cells.length - 1) / 2) * step * down;
    return { text: cell, x: along * Math.cos(angle), y: -along * Math.sin(angle) };
  });
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

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200]; // seconds of arc
const MERIDIAN_PX = 84; // the degrees of one, and a little air
const MOST_MERIDIANS = 8;

/** Seconds of arc between the meridians of a view so many degrees and pixels wide: their degrees don't touch. */
export function degreesStep(width, widthPx) {
  const most = Math.min(MOST_MERIDIANS, Math.max(1, widthPx / MERIDIAN_PX));
  return STEPS.find((step) => (width * 3600) / step <= most) || STEPS.at(-1);
}

/** Seconds of arc as degrees, minutes and seconds. */
export function sexagesimal(seconds) {
  const pad = (number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}°${pad(Math.floor(seconds / 60) % 60)}′${pad(Math.round(seconds % 60))}″`;
}

const grouped = (number, digits) => number.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A length in metres, from 1 km on in kilometres. */
export function lengthWords(metres) {
  return metres < 1000 ? `${grouped(metres, 1)} m` : `${grouped(metres / 1000, 3)} km`;
}

/** An area in hectares, mu and square metres; `units` names the first two. */
export function areaWords(m2, { ha, mu }) {
  return `${grouped(m2 / 10_000, 2)} ${ha} · ${grouped((m2 * 3) / 2000, 1)} ${mu} · ${grouped(m2, 0)} m²`;
}
