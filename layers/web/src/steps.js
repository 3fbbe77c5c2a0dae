// A feature's history as tiles carry it: "2" or "2,17897:4" – state numbers, each with the day (since 1970) it begins.
// Which state holds at a day is a look-up here; the rule that made the history lives in Python alone.

const parsed = new Map();
const MOST_KEPT = 50_000;

function parse(steps) {
  let history = parsed.get(steps);
  if (!history) {
    history = String(steps).split(",").map((step) => {
      const [day, state] = step.includes(":") ? step.split(":") : [-Infinity, step];
      return [Number(day), Number(state)];
    });
    if (parsed.size >= MOST_KEPT) parsed.clear();
    parsed.set(steps, history);
  }
  return history;
}

/** Number of the state that holds at the end of `day`. */
export function stateAt(steps, day) {
  let state = 0;
  for (const [since, number] of parse(steps)) {
    if (since > day) break;
    state = number;
  }
  return state;
}
