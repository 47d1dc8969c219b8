import assert from "node:assert/strict";
import { suite, test } from "node:test";

import { ErrorCode, connect } from "../../src/index.js";
import type { ConnectOptions } from "../../src/index.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { closeOctets, concat, fromServer } from "../support/frames.js";
import { acceptOf, gone, goodAnswer, startRawServer } from "./raw-server.js";
import { refuses } from "./refusing.js";

const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

/** What a server answers, and the problem that the client has to find. */
const BROKEN: readonly (readonly [
  what: string,
  answer: (head: string) => string,
  problem: string,
  ConnectOptions?,
])[] = [
  ["garbage", () => "SSH-2.0-OpenSSH_9.2\r\n", "not-http"],
  ["a malformed status line", () => "HTTP/1.1 1O1 Switching Protocols\r\n\r\n", "status-line-malformed"],
  ["HTTP/1.0", (head) => goodAnswer(head).replace("HTTP/1.1", "HTTP/1.0"), "response-http-version"],
  ["lines that end in LF", (head) => goodAnswer(head).replaceAll("\r\n", "\n"), "line-ending-malformed"],
  ["a folded field", (head) => goodAnswer(head, ["X-A: b", " c"]), "field-folded"],
  ["a field without a name", (head) => goodAnswer(head, [": b"]), "field-malformed"],
  ["a space before the colon", (head) => goodAnswer(head, ["X-A : b"]), "field-malformed"],
  ["no Upgrade", (head) => goodAnswer(head, [], { Upgrade: undefined }), "response-upgrade"],
  ["another Upgrade", (head) => goodAnswer(head, [], { Upgrade: "h2c" }), "response-upgrade"],
  ["two Upgrade fields", (head) => goodAnswer(head, ["Upgrade: websocket"]), "response-upgrade"],
  ["no Connection", (head) => goodAnswer(head, [], { Connection: undefined }), "response-connection"],
  ["another Connection", (head) => goodAnswer(head, [], { Connection: "close" }), "response-connection"],
  ["no accept", (head) => goodAnswer(head, [], { "Sec-WebSocket-Accept": undefined }), "accept-missing"],
  ["an empty accept", (head) => goodAnswer(head, [], { "Sec-WebSocket-Accept": "" }), "accept-wrong"],
  [
    "the accept of another key",
    () => goodAnswer("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="),
    "accept-wrong",
  ],
  [
    "an accept in other case",
    (head) => goodAnswer(head, [], { "Sec-WebSocket-Accept": swapCase(acceptOf(head)) }),
    "accept-wrong",
  ],
  [
    "the accept twice",
    (head) => goodAnswer(head, [`Sec-WebSocket-Accept: ${acceptOf(head)}`]),
    "accept-repeated",
  ],
  [
    "a subprotocol unasked",
    (head) => goodAnswer(head, ["Sec-WebSocket-Protocol: a"]),
    "protocol-not-offered",
  ],
  [
    "another subprotocol",
    (head) => goodAnswer(head, ["Sec-WebSocket-Protocol: c"]),
    "protocol-not-offered",
    { protocols: ["a", "b"] },
  ],
  [
    "a subprotocol in other case",
    (head) => goodAnswer(head, ["Sec-WebSocket-Protocol: A"]),
    "protocol-not-offered",
    { protocols: ["a"] },
  ],
  ["no subprotocol", goodAnswer, "protocol-missing", { protocols: ["a", "b"] }],
  [
    "an empty field for the subprotocol",
    (head) => goodAnswer(head, ["Sec-WebSocket-Protocol: "]),
    "protocol-not-offered",
    { protocols: ["a"], requireProtocol: false },
  ],
  [
    "two subprotocols in one field",
    (head) => goodAnswer(head, ["Sec-WebSocket-Protocol: a, b"]),
    "protocol-not-offered",
    { protocols: ["a", "b"] },
  ],
  [
    "two fields with a subprotocol",
    (head) => goodAnswer(head, ["Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"]),
    "response-protocol-repeated",
    { protocols: ["a", "b"] },
  ],
  [
    "an unknown extension",
    (head) => goodAnswer(head, ["Sec-WebSocket-Extensions: x"]),
    "extension-not-offered",
  ],
  [
    "an extension unasked",
    (head) => goodAnswer(head, [DEFLATE]),
    "extension-not-offered",
    { compression: false },
  ],
  ["an extension twice", (head) => goodAnswer(head, [DEFLATE, DEFLATE]), "extension-repeated"],
  ["a malformed extension", (head) => goodAnswer(head, [`${DEFLATE}; =`]), "response-extensions-malformed"],
  [
    "an empty extension",
    (head) => goodAnswer(head, ["Sec-WebSocket-Extensions: "]),
    "response-extensions-malformed",
  ],
  ["an unknown parameter", (head) => goodAnswer(head, [`${DEFLATE}; x`]), "deflate-parameter-unknown"],
  [
    "a parameter twice",
    (head) => goodAnswer(head, [`${DEFLATE}; server_no_context_takeover; server_no_context_takeover`]),
    "deflate-parameter-repeated",
  ],
  // CVE-2026-2229: such a value, noticed too late, made a client throw where nothing could catch it.
  ...["7", "16", "abc", "08", "-9", "9.5", "99999999999999999999"].map(
    (bits) => [...windowAnswer(bits), "deflate-parameter-invalid"] as const,
  ),
  [...windowAnswer('""'), "response-extensions-malformed"],
  [...windowAnswer(""), "response-extensions-malformed"],
  [
    "server_max_window_bits alone",
    (head) => goodAnswer(head, [`${DEFLATE}; server_max_window_bits`]),
    "deflate-parameter-invalid",
  ],
  [
    "client_max_window_bits alone",
    (head) => goodAnswer(head, [`${DEFLATE}; client_max_window_bits`]),
    "deflate-parameter-invalid",
  ],
  [
    "a larger window than asked for",
    (head) => goodAnswer(head, [`${DEFLATE}; server_max_window_bits=11`]),
    "deflate-window-too-large",
    { compression: { peerWindowBits: 10 } },
  ],
  [
    "a window that was asked for left out",
    (head) => goodAnswer(head, [DEFLATE]),
    "deflate-parameter-missing",
    { compression: { peerWindowBits: 10 } },
  ],
];

function windowAnswer(bits: string): readonly [string, (head: string) => string] {
  const parameter = `server_max_window_bits=${bits}`;
  return [parameter, (head) => goodAnswer(head, [`${DEFLATE}; ${parameter}`])];
}

function swapCase(text: string): string {
  return text.replace(/[a-z]/i, (it) => (it === it.toLowerCase() ? it.toUpperCase() : it.toLowerCase()));
}

suite("connect checks the answer (RFC 6455 §4.1)", () => {
  for (const [what, answer, problem, options] of BROKEN) {
    test(`${what} is refused`, async (context) => {
      const server = await startRawServer(context, (socket, head) => socket.write(answer(head), "latin1"));
      const error = await refuses(server.url, options ?? {}, ErrorCode.InvalidResponse);
      assert.equal(error.problem, problem);
      await gone(server);
    });
  }

  test("no subprotocol opens the connection where none is required", async (context) => {
    const server = await startRawServer(context, (socket, head) => socket.write(goodAnswer(head)));
    const ws = await connect(server.url, { protocols: ["a"], requireProtocol: false });
    assert.equal(ws.protocol, "");
    ws.terminate();
    (await connect(server.url)).terminate();
  });

  test("an answer that ends too early is refused", async (context) => {
    for (const answer of [
      "",
      "HTTP/1.1 101 Switching Proto",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n",
    ]) {
      const server = await startRawServer(context, (socket) => socket.end(answer));
      const error = await refuses(server.url, {}, ErrorCode.InvalidResponse);
      assert.equal(error.problem, "response-incomplete");
    }
  });

  test("a connection that is reset before the answer is unreachable", async (context) => {
    const server = await startRawServer(context, (socket) => socket.resetAndDestroy());
    const error = await refuses(server.url, {}, ErrorCode.Unreachable);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "ECONNRESET");
  });

  test("a head without end is refused at the limit", async (context) => {
    const server = await startRawServer(context, (socket) => {
      const more = (): void => {
        if (socket.writable) socket.write(`X-${"a".repeat(1000)}: b\r\n`, more);
      };
      socket.write("HTTP/1.1 101 Switching Protocols\r\n", more);
    });
    const error = await refuses(server.url, { handshakeOctets: 5_000 }, ErrorCode.InvalidResponse);
    assert.equal(error.problem, "head-too-large");
    await gone(server);
  });

  test("interim answers without end are refused", async (context) => {
    const server = await startRawServer(context, (socket) => {
      const more = (): void => {
        if (socket.writable) socket.write("HTTP/1.1 103 Early Hints\r\n\r\n", more);
      };
      more();
    });
    const error = await refuses(server.url, {}, ErrorCode.InvalidResponse);
    assert.equal(error.problem, "too-many-interim-responses");
  });

  test("a server that never answers is given up in time", async (context) => {
    const server = await startRawServer(context, () => {});
    await refuses(server.url, { handshakeMs: 50 }, ErrorCode.HandshakeTimeout);
    await gone(server);
  });

  test("so is one that answers an octet now and then", async (context) => {
    const server = await startRawServer(context, (socket, head) => {
      const octets = goodAnswer(head).split("");
      const timer = setInterval(() => socket.write(octets.shift()!), 10);
      socket.once("close", () => clearInterval(timer));
    });
    await refuses(server.url, { handshakeMs: 100 }, ErrorCode.HandshakeTimeout);
    await gone(server);
  });
});

suite("connect shows other answers", () => {
  test("status, headers and body of one with a length", async (context) => {
    const server = await startRawServer(context, (socket) => {
      socket.write("HTTP/1.1 401 Unauthorized\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 5\r\n\r\nwh");
      setImmediate(() => socket.write("o?? and more"));
    });
    const error = await refuses(server.url, {}, ErrorCode.UnexpectedResponse);
    assert.equal(error.status, 401);
    assert.equal(error.headers?.get("x-a"), "1, 2");
    assert.ok(error.body?.startsWith("who??"));
    await gone(server);
  });

  test("a body without a length goes to the end of the stream", async (context) => {
    const server = await startRawServer(context, (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\nHello");
      setImmediate(() => socket.end(", you"));
    });
    const error = await refuses(server.url, {}, ErrorCode.UnexpectedResponse);
    assert.equal(error.body, "Hello, you");
  });

  test("no more than 4 KiB of a body are kept", async (context) => {
    const server = await startRawServer(context, (socket) => {
      const more = (): void => {
        if (socket.writable) socket.write("x".repeat(1000), more);
      };
      socket.write("HTTP/1.1 200 OK\r\n\r\n", more);
    });
    const error = await refuses(server.url, {}, ErrorCode.UnexpectedResponse);
    assert.equal(error.body, "x".repeat(4096));
    await gone(server);
  });

  test("a body that does not come is waited for only so long", async (context) => {
    const server = await startRawServer(context, (socket) =>
      socket.write("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nno"),
    );
    const error = await refuses(server.url, { handshakeMs: 500 }, ErrorCode.UnexpectedResponse);
    assert.equal(error.body, "no");
    await gone(server);
  });

  test("answers without a body are shown at once", async (context) => {
    for (const head of ["204 No Content", "304 Not Modified", "200 OK\r\nTransfer-Encoding: chunked"]) {
      const server = await startRawServer(context, (socket) => socket.write(`HTTP/1.1 ${head}\r\n\r\n`));
      const error = await refuses(server.url, {}, ErrorCode.UnexpectedResponse);
      assert.equal(error.body, "");
    }
  });
});

suite("connect takes answers as they come", () => {
  const hello = concat(
    fromServer({ opcode: Opcode.Text, payload: "hello" }),
    fromServer({ opcode: Opcode.Close, payload: closeOctets(1000) }),
  );

  /** Messages of a connection until it is closed. */
  async function listen(url: string): Promise<unknown[]> {
    const messages: unknown[] = [];
    for await (const message of await connect(url, { compression: false })) messages.push(message);
    return messages;
  }

  test("with frames in the same segment", async (context) => {
    const server = await startRawServer(context, (socket, head) =>
      socket.end(Buffer.concat([Buffer.from(goodAnswer(head)), hello])),
    );
    assert.deepEqual(await listen(server.url), ["hello"]);
  });

  test("with half a frame in the same segment", async (context) => {
    const server = await startRawServer(context, (socket, head) => {
      socket.write(Buffer.concat([Buffer.from(goodAnswer(head)), hello.subarray(0, 4)]));
      setImmediate(() => socket.end(hello.subarray(4)));
    });
    assert.deepEqual(await listen(server.url), ["hello"]);
  });

  test("octet by octet", async (context) => {
    const server = await startRawServer(context, (socket, head) => {
      socket.setNoDelay(true);
      const octets = Buffer.concat([Buffer.from(goodAnswer(head)), hello]);
      let at = 0;
      const next = (): void => {
        if (at < octets.length) socket.write(octets.subarray(at, ++at), () => setImmediate(next));
        else socket.end();
      };
      next();
    });
    assert.deepEqual(await listen(server.url), ["hello"]);
  });

  test("after interim answers", async (context) => {
    const server = await startRawServer(context, (socket, head) =>
      socket.end(
        Buffer.concat([
          Buffer.from("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"),
          Buffer.from(goodAnswer(head)),
          hello,
        ]),
      ),
    );
    assert.deepEqual(await listen(server.url), ["hello"]);
  });

  test("with names and tokens in any case, a list in Connection, and no reason", async (context) => {
    const server = await startRawServer(context, (socket, head) =>
      socket.end(
        Buffer.concat([
          Buffer.from(
            `HTTP/1.1 101\r\nUPGRADE: WebSocket\r\nconnection: keep-alive, UPGRADE\r\nsec-websocket-accept:${acceptOf(head)}\t\r\n\r\n`,
          ),
          hello,
        ]),
      ),
    );
    assert.deepEqual(await listen(server.url), ["hello"]);
  });

  test("and is reported at once when TCP ends behind the answer", async (context) => {
    const server = await startRawServer(context, (socket, head) => socket.end(goodAnswer(head)));
    const closed = await new Promise((resolve) => {
      void connect(server.url, { close: (_ws, code, _reason, wasClean) => resolve([code, wasClean]) });
    });
    assert.deepEqual(closed, [1006, false]);
  });
});
