/** Servers that answer the opening handshake so that a client trips over it, now or later. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { EventEmitter } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { connect } from "../../src/index.js";
import type { WebSocketError } from "../../src/index.js";
import { WebSocket } from "../../src/ws/index.js";
import { fromServer } from "../support/frames.js";
import { gone, goodAnswer, startRawServer } from "../client/raw-server.js";

const DEFLATE = "permessage-deflate";

/** What Sec-WebSocket-Extensions says, against a client that offers permessage-deflate, and no other parameters. */
const EXTENSIONS: readonly string[] = [
  ...["7", "16", "abc", "''", '""', "", "0", "-1", "015", "1e1", "99999999999", "constructor"].map(
    (bits) => `${DEFLATE}; server_max_window_bits=${bits}`,
  ),
  `${DEFLATE}; server_max_window_bits`,
  `${DEFLATE}; client_max_window_bits`,
  `${DEFLATE}; client_max_window_bits=7`,
  `${DEFLATE}; client_max_window_bits=16`,
  `${DEFLATE}; server_max_window_bits=10; server_max_window_bits=10`,
  `${DEFLATE}; server_no_context_takeover=1`,
  `${DEFLATE}; constructor`,
  `${DEFLATE}; __proto__`,
  `${DEFLATE}; toString=1`,
  `${DEFLATE}, ${DEFLATE}`,
  `${DEFLATE}, x-other`,
  "constructor",
  "__proto__",
  "toString; hasOwnProperty",
  `${DEFLATE}; `,
  ",",
];

/** What happened to a client: its error, or "open". */
type Dial = (context: TestContext, url: string) => Promise<string>;

const CLIENTS: Readonly<Record<string, Dial>> = {
  client: async (context, url) => {
    try {
      const ws = await connect(url);
      context.after(() => ws.terminate());
      return "open";
    } catch (error) {
      const { code, problem } = error as WebSocketError;
      return `${code} ${problem}`;
    }
  },
  "client of the drop-in": async (context, url) => {
    const ws = new WebSocket(url);
    context.after(() => ws.terminate());
    const opened = once(ws as EventEmitter, "open").then(() => "open");
    const failed = new Promise<string>((resolve) => ws.on("error", ({ message }) => resolve(message)));
    return Promise.race([opened.catch(() => failed), failed]);
  },
};

for (const [name, dial] of Object.entries(CLIENTS)) {
  test(`an extension that cannot be agreed on fails the opening handshake, and nothing later: ${name}`, async (t) => {
    for (const value of EXTENSIONS) {
      const server = await startRawServer(t, (socket, head) => {
        socket.write(goodAnswer(head, [`Sec-WebSocket-Extensions: ${value}`]));
        // With the first compressed message at once.
        socket.write(fromServer({ opcode: 1, rsv: 4, payload: Uint8Array.of(0) }));
      });
      assert.match(
        await dial(t, server.url),
        /INVALID_RESPONSE|Invalid Sec-WebSocket-Extensions|extension that was not requested/,
        value,
      );
      await gone(server);
    }
  });

  test(`a subprotocol with the name of every object's property: ${name}`, async (t) => {
    for (const value of ["constructor", "__proto__", "toString"]) {
      const server = await startRawServer(t, (socket, head) =>
        socket.write(goodAnswer(head, [`Sec-WebSocket-Protocol: ${value}`])),
      );
      assert.match(await dial(t, server.url), /INVALID_RESPONSE|none was requested/, value);
      await gone(server);
    }
  });

  test(`windows of every size are taken: ${name}`, async (t) => {
    for (let bits = 8; bits <= 15; bits++) {
      for (const side of ["server", "client"]) {
        const server = await startRawServer(t, (socket, head) =>
          socket.write(
            goodAnswer(head, [`Sec-WebSocket-Extensions: ${DEFLATE}; ${side}_max_window_bits=${bits}`]),
          ),
        );
        assert.equal(await dial(t, server.url), "open", `${side} ${bits}`);
      }
    }
  });
}
