import type { TransportEvents } from "../../src/net/transport.js";

/** Writes down what a transport reports: octets as Latin-1, and how it ended. */
export function passingOn(passedOn: string[]): TransportEvents {
  return {
    received: (chunk) => void passedOn.push(Buffer.from(chunk).toString("latin1")),
    ended: (reset) => void passedOn.push(reset ? "reset" : "end"),
  };
}
