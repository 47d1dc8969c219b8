import type { Socket } from "node:net";

import { onHandshake } from "../mutants/handshake.js";
import { ownVersion } from "../version.js";
import { LeanEcho } from "./connection.js";
import { acceptDeflate } from "./offers.js";

const ANSWER = { server: `wireproof-lean-echo/${ownVersion()}`, extensions: acceptDeflate };

/** What the lean server does with a connection, in its own process or in a worker. */
export function serveLeanEcho(socket: Socket): void {
  onHandshake(socket, ANSWER, (rest, extension) => new LeanEcho(socket, extension).start(rest));
}
