import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { suite, test } from "node:test";

import { ErrorCode, connect } from "../../src/index.js";
import type { WebSocketConnection } from "../../src/index.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { closeOctets, concat, describe, fromServer, readFrames } from "../support/frames.js";
import { Twin } from "../transport/pairs.js";
import { goodAnswer, startRawServer } from "./raw-server.js";
import { refuses } from "./refusing.js";

/** A stream in memory whose other end answers the opening handshake with these octets behind it. */
function serve(octets: Uint8Array, heard: Buffer[] = []): Duplex {
  const [ours, theirs] = Twin.pair();
  let isOpen = false;
  theirs.on("data", (chunk: Buffer) => {
    if (isOpen) heard.push(chunk);
    else theirs.write(concat(Buffer.from(goodAnswer(chunk.toString("latin1"))), octets));
    isOpen = true;
    if (heard.length > 0 && readFrames(Buffer.concat(heard)).at(-1)?.opcode === Opcode.Close) theirs.end();
  });
  return ours;
}

const HELLO = concat(
  fromServer({ opcode: Opcode.Text, payload: "hello" }),
  fromServer({ opcode: Opcode.Close, payload: closeOctets(1000) }),
);

suite("connect over a transport of one's own", () => {
  for (const isLate of [false, true]) {
    test(`that is made ${isLate ? "later" : "at once"}`, async () => {
      const heard: Buffer[] = [];
      const urls: string[] = [];
      const ws = await connect("wss://host.example/chat", {
        compression: false,
        createTransport: (url) => {
          urls.push(url.href);
          const stream = serve(HELLO, heard);
          return isLate ? new Promise((resolve) => setImmediate(resolve, stream)) : stream;
        },
      });
      const messages: unknown[] = [];
      for await (const message of ws) messages.push(message);
      assert.deepEqual(urls, ["wss://host.example/chat"]);
      assert.deepEqual(messages, ["hello"]);
      assert.deepEqual(readFrames(Buffer.concat(heard)).map(describe), ['CLOSE 1000 ""']);
      assert.equal(ws.handshake.remoteAddress, "");
      assert.equal(ws.handshake.isSecure, false);
    });
  }

  test("whose memory is used elsewhere", async () => {
    const stream: Duplex = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        if (chunk.includes("GET /")) setImmediate(() => answer(chunk));
        done();
      },
    });
    const answer = (request: Buffer): void => {
      const octets = Buffer.concat([Buffer.from(goodAnswer(request.toString("latin1"))), HELLO]);
      stream.push(octets);
      // The stream's owner uses it again right away.
      octets.fill(0);
    };
    const ws = await connect("ws://host.example/", { createTransport: () => stream });
    const { value } = await ws[Symbol.asyncIterator]().next();
    assert.equal(value, "hello");
    ws.terminate();
  });

  test("that fails before the answer", async () => {
    const failing =
      (fail: (stream: Duplex) => void): (() => Duplex) =>
      () => {
        const stream: Duplex = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
        fail(stream);
        return stream;
      };
    for (const fail of [
      (stream: Duplex) => setImmediate(() => stream.destroy(new Error("torn"))),
      (stream: Duplex) => void stream.destroy(new Error("torn")),
    ]) {
      const error = await refuses(
        "ws://host.example/",
        { createTransport: failing(fail) },
        ErrorCode.Unreachable,
      );
      assert.match(error.message, /torn/);
    }
    for (const fail of [
      (stream: Duplex) => void setImmediate(() => stream.destroy()),
      (stream: Duplex) => void stream.push(null),
    ]) {
      await refuses("ws://host.example/", { createTransport: failing(fail) }, ErrorCode.InvalidResponse);
    }
    await refuses(
      "ws://host.example/",
      { createTransport: failing((it) => it.destroy()) },
      ErrorCode.Unreachable,
    );
  });

  test("that cannot be made", async () => {
    const createTransport = (): never => {
      throw new TypeError("no modem");
    };
    await assert.rejects(connect("ws://host.example/", { createTransport }), /no modem/);
    const rejecting = (): Promise<never> => Promise.reject(new TypeError("no modem"));
    await assert.rejects(connect("ws://host.example/", { createTransport: rejecting }), /no modem/);
  });

  test("that is never made", async () => {
    const createTransport = (): Promise<never> => new Promise(() => {});
    await refuses("ws://host.example/", { createTransport, handshakeMs: 20 }, ErrorCode.HandshakeTimeout);
  });

  test("that is destroyed when the answer is wrong", async () => {
    const [ours, theirs] = Twin.pair();
    theirs.once("data", () => theirs.write("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
    await refuses("ws://host.example/", { createTransport: () => ours }, ErrorCode.UnexpectedResponse);
    assert.equal(ours.destroyed, true);
  });
});

suite("handlers of a client", () => {
  test("are called in order, open before what came with the answer", async (context) => {
    const server = await startRawServer(context, (socket, head) =>
      socket.end(Buffer.concat([Buffer.from(goodAnswer(head)), HELLO])),
    );
    const calls: unknown[] = [];
    await new Promise<void>((resolve) => {
      void connect<string>(server.url, {
        data: "mine",
        open: (ws) => void calls.push(["open", ws.data, ws.state]),
        message: (_ws, data, isText) => void calls.push([data, isText]),
        close: (ws, code) => {
          calls.push(["close", code, ws.state]);
          resolve();
        },
      });
    });
    assert.deepEqual(calls, [
      ["open", "mine", "open"],
      ["hello", true],
      ["close", 1000, "closed"],
    ]);
  });

  test("may close, terminate or throw while it opens", async (context) => {
    const server = await startRawServer(context, (socket, head) => {
      socket.write(goodAnswer(head));
      socket.on("data", () => socket.end(HELLO));
    });
    const codes: number[] = [];
    for (const open of [
      (ws: WebSocketConnection) => ws.close(1000),
      (ws: WebSocketConnection) => ws.terminate(),
      () => {
        throw new Error("at once");
      },
    ]) {
      await new Promise<void>((resolve) => {
        void connect(server.url, {
          compression: false,
          open,
          error: () => {},
          close: (_ws, code) => {
            codes.push(code);
            resolve();
          },
        });
      });
    }
    assert.deepEqual(codes, [1000, 1006, 1006]);
  });
});
