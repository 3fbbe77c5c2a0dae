// The lines of the foot that name what is seen, for the layers that are.

/** The imprint of a scene with the `sources` of these layers, as the server words it for the scene's own. */
export function imprintOf({ imprint, filters, sources }, seen, words) {
  const shown = sources.filter(({ layer }) => seen(layer));
  const byDay = new Map();
  for (const source of shown) byDay.set(source.dataDay, [...(byDay.get(source.dataDay) || []), source]);
  const lines = [...byDay.keys()].sort().map((day) => {
    const names = byDay.get(day).map(({ title, number }) => `${title} v${number}`);
    return fill(words.source, { layers: names.join(words.comma), through: byDay.get(day)[0].through });
  });
  const illustrative = shown.filter((source) => source.illustrative);
  if (illustrative.length && illustrative.length === shown.length) lines.push(words.allIllustrative);
  else if (illustrative.length) lines.push(fill(words.someIllustrative, { layers: illustrative.map(({ title }) => title).join(words.comma) }));
  return [imprint[0], ...(filters ? [filters] : []), ...lines, imprint.at(-1)];
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
