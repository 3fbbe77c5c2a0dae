import assert from "node:assert/strict";
import test from "node:test";
import { Turns } from "../src/turns.js";

test("what was said later counts, and what comes late does not", () => {
  const [one, other] = [new Turns(0.1), new Turns(0.9)];
  const first = one.next();
  const second = one.next();
  assert.ok(other.takes(second));
  assert.ok(!other.takes(first));
  assert.ok(one.takes(other.next()));
});

test("of two that speak at once both follow the same one", () => {
  const [one, other] = [new Turns(0.1), new Turns(0.9)];
  const [ofOne, ofOther] = [one.next(), other.next()];
  assert.ok(one.takes(ofOther));
  assert.ok(!other.takes(ofOne));
});

test("a third one ends at the same word in whichever order it hears the two", () => {
  for (const order of [[0.1, 0.9], [0.9, 0.1]]) {
    const third = new Turns(0.5);
    const heard = order.map((id) => new Turns(id).next()).filter((stamp) => third.takes(stamp));
    assert.equal(heard.at(-1).id, 0.9);
  }
});
