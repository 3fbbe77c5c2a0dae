import assert from "node:assert/strict";
import test from "node:test";
import { stateAt } from "../src/steps.js";

test("a history of one state holds at every day", () => {
  assert.equal(stateAt("3", -100_000), 3);
  assert.equal(stateAt("3", 20_000), 3);
});

test("a state holds from its first day until the day before the next one's", () => {
  const history = "2,17897:4,18262:0";
  assert.equal(stateAt(history, 17_896), 2);
  assert.equal(stateAt(history, 17_897), 4);
  assert.equal(stateAt(history, 18_261), 4);
  assert.equal(stateAt(history, 18_262), 0);
});

test("days before 1970 are days too", () => {
  assert.equal(stateAt("0,-365:1", -366), 0);
  assert.equal(stateAt("0,-365:1", -365), 1);
});
