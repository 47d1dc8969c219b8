/** The sections of the catalogue, in order. The numbers up to 13 are those of the original suite. */
export const SECTIONS: ReadonlyMap<number, string> = new Map([
  [1, "Framing"],
  [2, "Pings and pongs"],
  [3, "Reserved bits"],
  [4, "Reserved opcodes"],
  [5, "Fragmentation"],
  [6, "UTF-8 handling"],
  [7, "Close handling"],
  [9, "Big messages and latency"],
  [10, "Auto-fragmentation by the sender"],
  [12, "permessage-deflate: kinds of data"],
  [13, "permessage-deflate: parameters"],
  [22, "Opening handshake of clients"],
]);
