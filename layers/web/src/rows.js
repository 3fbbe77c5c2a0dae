// A set of row numbers as Python sends it: base64 of a bit for each row, the lowest row in the lowest bit.

/** A function that tells whether a row is in the set; every row is where there is no set. */
export function rowSet(encoded) {
  if (encoded === null || encoded === undefined) return () => true;
  const bits = Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
  return (row) => (bits[row >> 3] & (1 << (row & 7))) !== 0;
}
