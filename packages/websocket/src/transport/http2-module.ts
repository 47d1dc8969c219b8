import type * as http2 from "node:http2";

/**
 * The module node:http2, loaded when it is first needed: it takes memory and time that a process without HTTP/2 need not
 * spend.
 */
export function http2Module(): typeof http2 {
  return process.getBuiltinModule("node:http2");
}
