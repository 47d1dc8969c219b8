/** Offers of permessage-deflate that a server with a small window in its options must not answer with too much. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { EventEmitter } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { constants, deflateRawSync } from "node:zlib";

import type { WebSocket } from "../../src/ws/index.js";
import { WebSocketServer } from "../../src/ws/index.js";
import { readModeSettled, startEcho } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";

const DEFLATE = "permessage-deflate";

/** Servers that ask for a window of 9 bits, and send everything back without compressing it. */
const SERVERS: Readonly<Record<string, (context: TestContext) => Promise<{ readonly port: number }>>> = {
  server: (context) => startEcho(context, { compression: { peerWindowBits: 9 } }),
  "server of the drop-in": async (context) => {
    await readModeSettled();
    const perMessageDeflate = { clientMaxWindowBits: 9 };
    const wss = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate });
    wss.on("connection", (there: WebSocket) =>
      there.on("message", (data) => there.send((data as Buffer).toString())),
    );
    await once(wss as EventEmitter, "listening");
    context.after(() => {
      for (const there of wss.clients) there.terminate();
      wss.close();
    });
    return wss.address() as AddressInfo;
  },
};

/** Offers, and the window that the answer may give the client at most; undefined: none, it was not offered. */
const OFFERS: readonly (readonly [offer: string, mostBits: number | undefined])[] = [
  [DEFLATE, undefined],
  [`${DEFLATE}; client_max_window_bits`, 9],
  [`${DEFLATE}; client_max_window_bits=8`, 8],
  [`${DEFLATE}; client_max_window_bits=9`, 9],
  [`${DEFLATE}; client_max_window_bits=15`, 9],
  // Several, of which some cannot be accepted: one is answered, the first that can.
  [`x-a, ${DEFLATE}; client_max_window_bits=8; x=1, ${DEFLATE}; client_max_window_bits=8, ${DEFLATE}`, 8],
  [`${Array.from({ length: 100 }, () => `${DEFLATE}; x`).join(", ")}, ${DEFLATE}; client_max_window_bits`, 9],
];

for (const [name, start] of Object.entries(SERVERS)) {
  test(`a client is asked for no window that its offer does not allow: ${name}`, async (t) => {
    const live = await start(t);
    for (const [offer, mostBits] of OFFERS) {
      const client = await RawClient.connect(t, live);
      const { status, headers } = await client.ask({ headers: { "Sec-WebSocket-Extensions": offer } });
      // ws refuses the connection when no offer of permessage-deflate can be accepted.
      if (status === 400 && name.endsWith("drop-in")) continue;
      assert.equal(status, 101, offer);
      const answer = headers.get("sec-websocket-extensions") ?? "";
      assert.ok(answer.split(DEFLATE).length <= 2, `${answer} to ${offer}`);
      const bits = /client_max_window_bits=(\d+)/.exec(answer)?.[1];
      if (mostBits === undefined) assert.equal(bits, undefined, offer);
      else assert.ok(Number(bits) <= mostBits, `${answer} to ${offer}`);
      const deflated = deflateRawSync("text", { windowBits: 9, finishFlush: constants.Z_SYNC_FLUSH });
      if (answer === "") client.text("text");
      else client.send({ opcode: 1, rsv: 4, payload: deflated.subarray(0, -4) });
      assert.equal(await client.next(), 'TEXT "text"', offer);
    }
  });
}
