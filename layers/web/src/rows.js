// Sets of row numbers as Python sends them: a bit for each row, the lowest row in the lowest bit; as base64 in the
// state where they are small, else as bytes from an address of their own.

const LOADED_KEPT = 20;
const loaded = new Map();

/** A function that tells whether a row is in the set; every row is where there is no set. */
export function rowSet(encoded) {
  if (encoded === null || encoded === undefined) return () => true;
  return setOf(Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0)));
}

/** The set that stands at an address. An address names its content: what was loaded once stays true. */
export async function loadRowSet(url) {
  if (!loaded.has(url)) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    if (loaded.size >= LOADED_KEPT) loaded.delete(loaded.keys().next().value);
    loaded.set(url, setOf(new Uint8Array(await response.arrayBuffer())));
  }
  return loaded.get(url);
}

function setOf(bits) {
  return (row) => (bits[row >> 3] & (1 << (row & 7))) !== 0;
}
