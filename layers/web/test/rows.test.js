import assert from "node:assert/strict";
import test from "node:test";
import { loadRowSet, rowSet } from "../src/rows.js";

test("without a set every row is in it", () => {
  assert.ok(rowSet(null)(0) && rowSet(undefined)(123_456));
});

test("the lowest row is the lowest bit, and rows beyond the last byte are not in the set", () => {
  // rows 0, 3 and 9 of 10: 0b00001001, 0b00000010
  const isIn = rowSet(Buffer.from([0b00001001, 0b00000010]).toString("base64"));
  assert.deepEqual([...Array(20).keys()].filter(isIn), [0, 3, 9]);
});

test("an empty set holds no row", () => {
  assert.equal(rowSet(Buffer.from([0]).toString("base64"))(0), false);
});

test("a set that stands at an address is loaded once", async (context) => {
  const asked = context.mock.method(globalThis, "fetch", async () => new Response(new Uint8Array([4])));
  assert.equal((await loadRowSet("/rows/one"))(2), true);
  assert.equal((await loadRowSet("/rows/one"))(1), false);
  assert.equal(asked.mock.callCount(), 1);
});

test("an address that does not answer is an error, and is asked again", async (context) => {
  const asked = context.mock.method(globalThis, "fetch", async () => new Response("", { status: 404 }));
  await assert.rejects(loadRowSet("/rows/gone"), /404/);
  await assert.rejects(loadRowSet("/rows/gone"), /404/);
  assert.equal(asked.mock.callCount(), 2);
});
