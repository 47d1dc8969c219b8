import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";
import { constants, deflateRawSync } from "node:zlib";

import { ErrorCode, connect } from "../../src/index.js";
import type { ConnectOptions, WebSocketError } from "../../src/index.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { closeOctets, concat, describe, fromClient, fromServer, readFrames } from "../support/frames.js";
import { gone, goodAnswer, startRawServer } from "./raw-server.js";

interface Outcome {
  /** What the client said, frame by frame; the server ends TCP when it has a Close frame. */
  readonly said: string[];
  readonly messages: unknown[];
  readonly error: WebSocketError | undefined;
  readonly close: readonly [code: number, reason: string, wasClean: boolean];
}

/** Opens a connection over which the server sends these octets, and sees how it ends. */
async function outcomeOf(
  context: TestContext,
  octets: Uint8Array,
  options: ConnectOptions = {},
  extra: readonly string[] = [],
): Promise<Outcome> {
  let heard = Buffer.alloc(0);
  const server = await startRawServer(context, (socket, head) => {
    socket.on("data", (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      if (readFrames(heard).at(-1)?.opcode === Opcode.Close) socket.end();
    });
    socket.write(concat(Buffer.from(goodAnswer(head, extra)), octets));
  });
  const messages: unknown[] = [];
  let error: WebSocketError | undefined;
  const close = await new Promise<Outcome["close"]>((resolve, reject) => {
    connect(server.url, {
      compression: false,
      ...options,
      message: (_ws, data) => void messages.push(data),
      error: (_ws, it) => (error ??= it),
      close: (_ws, code, reason, wasClean) => resolve([code, reason, wasClean]),
    }).catch(reject);
  });
  await gone(server);
  return { said: readFrames(heard).map(describe), messages, error, close };
}

const close = (code: number, reason = ""): Uint8Array =>
  fromServer({ opcode: Opcode.Close, payload: closeOctets(code, reason) });
const text = (payload: string, fin = true): Uint8Array => fromServer({ opcode: Opcode.Text, payload, fin });

suite("a client reads what a server may send", () => {
  test("messages whole and in fragments, pings, a Close frame", async (context) => {
    const outcome = await outcomeOf(
      context,
      concat(
        text("whole"),
        text("frag", false),
        fromServer({ opcode: Opcode.Ping, payload: "p" }),
        fromServer({ opcode: Opcode.Continuation, payload: "ment" }),
        fromServer({ opcode: Opcode.Binary, payload: Uint8Array.of(0, 255) }),
        close(3001, "bye"),
      ),
    );
    assert.deepEqual(outcome.messages.slice(0, 2), ["whole", "fragment"]);
    assert.deepEqual([...(outcome.messages[2] as Uint8Array)], [0, 255]);
    assert.deepEqual(outcome.said, ['PONG "p"', 'CLOSE 3001 ""']);
    assert.deepEqual(outcome.close, [3001, "bye", true]);
    assert.equal(outcome.error, undefined);
  });

  test("everything the client says is masked, each frame with another key", async (context) => {
    let heard = Buffer.alloc(0);
    const server = await startRawServer(context, (socket, head) => {
      socket.write(goodAnswer(head));
      socket.on("data", (chunk: Buffer) => {
        heard = Buffer.concat([heard, chunk]);
        if (readFrames(heard).at(-1)?.opcode === Opcode.Close) socket.end(close(1000));
      });
    });
    await new Promise((resolve) => {
      void connect(server.url, { compression: false, close: resolve }).then((ws) => {
        for (let round = 0; round < 8; round++) ws.send("same");
        ws.ping();
        ws.close(1000);
      });
    });
    const frames = readFrames(heard);
    assert.equal(frames.length, 10);
    assert.ok(frames.every(({ isMasked }) => isMasked));
    const keys = Array.from({ length: 8 }, (_, at) =>
      heard.subarray(10 * at + 2, 10 * at + 6).toString("hex"),
    );
    assert.equal(new Set(keys).size, 8, keys.join(" "));
  });
});

suite("a client fails the connection", () => {
  for (const [what, octets, code, problem] of [
    ["masked text", fromClient({ opcode: Opcode.Text, payload: "x" }), 1002, "masked"],
    ["a masked ping", fromClient({ opcode: Opcode.Ping }), 1002, "masked"],
    [
      "a masked Close frame",
      fromClient({ opcode: Opcode.Close, payload: closeOctets(1000) }),
      1002,
      "masked",
    ],
    ["RSV1 without an extension", fromServer({ opcode: Opcode.Text, rsv: 4 }), 1002, "rsv"],
    [
      "text that is not UTF-8",
      fromServer({ opcode: Opcode.Text, payload: Uint8Array.of(0xff) }),
      1007,
      "utf8",
    ],
    ["a message that is too long", fromServer({ opcode: Opcode.Binary, length: 2 ** 20 + 1 }), 1009, ""],
    // CVE-2020-27813, CVE-2026-1528: lengths that overflow what adds them up.
    ["2^63 octets", fromServer({ opcode: Opcode.Binary, length: 2n ** 63n }), 1002, ""],
    ["2^63 - 1 octets", fromServer({ opcode: Opcode.Binary, length: 2n ** 63n - 1n }), 1009, ""],
    ["2^53 octets", fromServer({ opcode: Opcode.Binary, length: 2n ** 53n }), 1009, ""],
    [
      "a continuation that overflows the length of its message",
      concat(
        text("a", false),
        fromServer({ opcode: Opcode.Continuation, length: 2n ** 63n - 1n, fin: false }),
      ),
      1009,
      "",
    ],
    [
      "fragments that are too long together",
      concat(
        text("a".repeat(2 ** 19), false),
        fromServer({ opcode: Opcode.Continuation, length: 2 ** 19 + 1 }),
      ),
      1009,
      "",
    ],
  ] as const) {
    test(`over ${what}`, async (context) => {
      const outcome = await outcomeOf(context, concat(octets, text("never seen")));
      assert.equal(outcome.error?.code, ErrorCode.Violation);
      assert.equal(outcome.error.closeCode, code);
      if (problem !== "") assert.ok(outcome.error.problem?.includes(problem), outcome.error.problem);
      assert.equal(outcome.said.length, 1);
      assert.ok(outcome.said[0]!.startsWith(`CLOSE ${code} `), outcome.said[0]);
      assert.deepEqual(outcome.messages, []);
      assert.deepEqual(outcome.close, [1006, "", false]);
    });
  }
});

suite("a client survives inflate bombs (CVE-2026-1526)", () => {
  const bomb = deflateRawSync(Buffer.alloc(64 * 2 ** 20), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(
    0,
    -4,
  );
  const half = bomb.length >> 1;
  const small = deflateRawSync(Buffer.from("x"), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  const first = { opcode: Opcode.Binary, rsv: 4 };

  for (const [what, octets, messages] of [
    ["in one frame", fromServer({ ...first, payload: bomb }), 0],
    [
      "in fragments",
      concat(
        fromServer({ ...first, payload: bomb.subarray(0, half), fin: false }),
        fromServer({ opcode: Opcode.Continuation, payload: bomb.subarray(half) }),
      ),
      0,
    ],
    [
      "behind another message",
      concat(fromServer({ ...first, payload: small }), fromServer({ ...first, payload: bomb })),
      1,
    ],
  ] as const) {
    for (const parameters of ["", "; server_no_context_takeover"]) {
      test(`${what}${parameters}`, async (context) => {
        const extra = [`Sec-WebSocket-Extensions: permessage-deflate${parameters}`];
        const outcome = await outcomeOf(context, octets, { compression: true }, extra);
        assert.equal(outcome.messages.length, messages);
        assert.equal(outcome.error?.closeCode, 1009);
        assert.deepEqual(outcome.said, [`CLOSE 1009 ${/"(.*)"$/.exec(outcome.said[0]!)![0]}`]);
      });
    }
  }
});

suite("for await on a client", () => {
  /** A server that sends these octets, answers a Close frame, and ends. */
  async function serverOf(context: TestContext, octets: Uint8Array, isEnding = false): Promise<string> {
    const server = await startRawServer(context, (socket, head) => {
      socket.on("data", () => socket.end(close(1000)));
      socket.write(concat(Buffer.from(goodAnswer(head)), octets));
      if (isEnding) socket.end();
    });
    return server.url;
  }

  test("ends with the closing handshake", async (context) => {
    const ws = await connect(await serverOf(context, concat(text("a"), text("b"), close(1000))));
    const messages: unknown[] = [];
    for await (const message of ws) messages.push(message);
    assert.deepEqual(messages, ["a", "b"]);
    assert.deepEqual(ws.closed ?? "still closing", { code: 1000, reason: "", wasClean: true });
  });

  test("throws when TCP ends without one, after what came before", async (context) => {
    const ws = await connect(await serverOf(context, text("a"), true));
    const messages: unknown[] = [];
    const iterating = (async (): Promise<void> => {
      for await (const message of ws) messages.push(message);
    })();
    await assert.rejects(iterating, { code: ErrorCode.Transport });
    assert.deepEqual(messages, ["a"]);
  });

  test("throws the violation", async (context) => {
    const ws = await connect(await serverOf(context, concat(text("a"), fromClient({ opcode: Opcode.Text }))));
    const messages: unknown[] = [];
    const iterating = (async (): Promise<void> => {
      for await (const message of ws) messages.push(message);
    })();
    await assert.rejects(iterating, { code: ErrorCode.Violation });
    assert.deepEqual(messages, ["a"]);
  });

  test("can be left, and the connection closed behind it", async (context) => {
    const ws = await connect(await serverOf(context, concat(text("a"), text("b"), text("c"))));
    for await (const message of ws) {
      assert.equal(message, "a");
      break;
    }
    ws.close();
    const rest: unknown[] = [];
    for await (const message of ws) rest.push(message);
    assert.deepEqual(rest, ["b", "c"]);
    assert.equal(ws.closed?.wasClean, true);
  });
});
