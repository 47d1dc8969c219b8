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
  [20, "Opening handshake of servers"],
  [21, "Subprotocols and extensions"],
  [22, "Opening handshake of clients"],
  [24, "Masking"],
  [25, "Payload length"],
  [26, "Reserved bits and opcodes, every combination"],
  [27, "Fragmentation, beyond section 5"],
  [28, "Pings and pongs, beyond section 2"],
  [29, "Closing and failing, beyond section 7"],
  [30, "UTF-8, beyond section 6"],
  [31, "permessage-deflate: negotiation, beyond section 13"],
  [32, "permessage-deflate: data, beyond section 12"],
  [35, "WebSocket over HTTP/2"],
]);

/** Sections from here on are for cases that users add; the catalogue never has them. */
export const FIRST_OWN_SECTION = 100;
