// What the plan knows of a feature from its tile alone, without asking anybody.

export const TAP_PX = 8; // how far from the click a point or a line may be; as in layers/identify.py

const LINE = 2;
const AREA = 3; // kinds of a feature, as vector tiles number them; 1 is a point

/** Of the features at a place, each with its `kind` and `size`, the one that is meant; null of none. */
export function meant(found) {
  return [...found].sort((one, other) => one.kind - other.kind || one.size - other.size)[0] ?? null;
}

/** By what the smallest of several is meant: of areas their area, holes taken off; of points and lines how far they are. */
export function sizeAt(place, kind, parts) {
  if (kind === AREA) return Math.abs(parts.reduce((sum, ring) => sum + signedArea(ring), 0));
  const distances = parts.flatMap((part) =>
    part.map((point, index) => (kind === LINE && index ? fromSegment(place, part[index - 1], point) : Math.hypot(place.x - point.x, place.y - point.y))),
  );
  return Math.min(...distances);
}

function signedArea(ring) {
  return (
    ring.reduce((sum, { x, y }, index) => {
      const next = ring[(index + 1) % ring.length];
      return sum + x * next.y - next.x * y;
    }, 0) / 2
  );
}

function fromSegment({ x, y }, start, end) {
  const [east, south] = [end.x - start.x, end.y - start.y];
  const part = ((x - start.x) * east + (y - start.y) * south) / (east * east + south * south || 1);
  const along = Math.min(1, Math.max(0, part));
  return Math.hypot(x - start.x - along * east, y - start.y - along * south);
}

/**
 * What the tile tells of a feature: its `title`, the `codes` in words (land use, class, kind, state), the state the
 * last, and its `fields` as [name, value].
 */
export function factsOf(config, language, layer, props, state) {
  const states = config.stateLabels[layer];
  const codes = [
    layer === "parcels" && config.landUseLabels[String(props.land_use).slice(0, 2)],
    config.codes.road_class[props.road_class],
    config.codes.kind[props.kind],
    states.length > 1 && states[state],
  ];
  return {
    title: props.label || config.titles[layer][language],
    codes: codes.filter(Boolean).map((words) => words[language]).filter(Boolean),
    fields: (config.fields[layer] || [])
      .filter(({ name }) => props[name])
      .map(({ name, label, unit }) => [label[language], `${props[name]}${unit ? ` ${unit}` : ""}`]),
  };
}
