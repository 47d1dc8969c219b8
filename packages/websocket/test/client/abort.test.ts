import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { createServer } from "node:net";
import { Duplex, PassThrough } from "node:stream";
import { suite, test } from "node:test";

import { connect } from "../../src/index.js";
import type { ConnectOptions } from "../../src/index.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { closeOctets, fromServer } from "../support/frames.js";
import { certificate, gone, goodAnswer, startRawServer, track } from "./raw-server.js";

const REASON = new Error("changed my mind");

/** Connects, aborts when the test does, and asserts that the reason comes back and that the signal has no listener left. */
async function isAborted(
  url: string,
  options: ConnectOptions,
  whenDue: (abort: () => void) => void,
): Promise<void> {
  const controller = new AbortController();
  const connecting = connect(url, { ...options, signal: controller.signal });
  whenDue(() => controller.abort(REASON));
  await assert.rejects(connecting, (error) => error === REASON);
  assert.equal(getEventListeners(controller.signal, "abort").length, 0);
}

suite("an AbortSignal gives up the opening handshake", () => {
  test("before it has begun", async (context) => {
    const server = await startRawServer(context, () => {});
    const signal = AbortSignal.abort(REASON);
    let dialled = 0;
    const createTransport = (): PassThrough => {
      dialled++;
      return new PassThrough();
    };
    await assert.rejects(connect(server.url, { signal, createTransport }), (error) => error === REASON);
    assert.equal(dialled, 0);
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  test("while the name is looked up", async () => {
    let isLookingUp = (): void => {};
    const lookingUp = new Promise<void>((resolve) => (isLookingUp = resolve));
    const lookup = (): void => isLookingUp();
    await isAborted("wss://host.example/", { tls: { lookup } }, (abort) => void lookingUp.then(abort));
  });

  test("in the turn in which it began, before TCP is connected", async (context) => {
    const server = await startRawServer(context, () => {});
    await isAborted(server.url, {}, (abort) => abort());
    assert.deepEqual(server.requests, []);
  });

  test("during the TLS handshake", async (context) => {
    let isHello = (): void => {};
    const hello = new Promise<void>((resolve) => (isHello = resolve));
    const server = createServer((socket) => socket.once("data", isHello));
    const tracked = await track(context, server);
    await isAborted(`wss://127.0.0.1:${tracked.port}`, {}, (abort) => void hello.then(abort));
    await gone(tracked);
  });

  test("while the server thinks about its answer", async (context) => {
    for (const tls of [undefined, await certificate()]) {
      let isAsked = (): void => {};
      const asked = new Promise<void>((resolve) => (isAsked = resolve));
      const server = await startRawServer(context, () => isAsked(), tls);
      await isAborted(server.url, { tls: { ca: tls?.cert } }, (abort) => void asked.then(abort));
      await gone(server);
    }
  });

  test("in the middle of the answer", async (context) => {
    let isBegun = (): void => {};
    const begun = new Promise<void>((resolve) => (isBegun = resolve));
    const server = await startRawServer(context, (socket) => socket.write("HTTP/1.1 101 Sw", isBegun));
    await isAborted(server.url, {}, (abort) => void begun.then(() => setImmediate(abort)));
    await gone(server);
  });

  test("in the middle of the body of another answer", async () => {
    let isBegun = (): void => {};
    const begun = new Promise<void>((resolve) => (isBegun = resolve));
    const stream: Duplex = new Duplex({
      read() {},
      write(_chunk, _encoding, done) {
        setImmediate(() => {
          stream.push("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nno");
          isBegun();
        });
        done();
      },
    });
    const createTransport = (): Duplex => stream;
    await isAborted("ws://host.example/", { createTransport }, (abort) => {
      void begun.then(() => setImmediate(abort));
    });
    assert.equal(stream.destroyed, true);
  });

  test("while a transport is made, which is destroyed when it comes late", async () => {
    let deliver = (_stream: PassThrough): void => {};
    const made = new Promise<PassThrough>((resolve) => (deliver = resolve));
    await isAborted("ws://host.example/", { createTransport: () => made }, (abort) => setImmediate(abort));
    const stream = new PassThrough();
    deliver(stream);
    await made;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(stream.destroyed, true);
  });
});

suite("an AbortSignal drops an open connection", () => {
  test("without a closing handshake", async (context) => {
    const server = await startRawServer(context, (socket, head) => socket.write(goodAnswer(head)));
    const controller = new AbortController();
    let isClosed = (_how: unknown): void => {};
    const closed = new Promise((resolve) => (isClosed = resolve));
    const { signal } = controller;
    const ws = await connect(server.url, {
      signal,
      close: (_ws, code, _reason, wasClean) => isClosed([code, wasClean]),
    });
    assert.equal(getEventListeners(signal, "abort").length, 1);
    controller.abort();
    assert.deepEqual(await closed, [1006, false]);
    assert.equal(ws.state, "closed");
    assert.equal(getEventListeners(signal, "abort").length, 0);
    await gone(server);
  });

  test("and holds none that has ended by itself", async (context) => {
    const server = await startRawServer(context, (socket, head) => {
      const close = fromServer({ opcode: Opcode.Close, payload: closeOctets(1000) });
      socket.end(Buffer.concat([Buffer.from(goodAnswer(head)), close]));
    });
    const { signal } = new AbortController();
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => {
        void connect(server.url, { signal, close: resolve });
      });
    }
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  test("that has failed", async (context) => {
    const server = await startRawServer(context, (socket) => socket.end("HTTP/1.1 404 Not Found\r\n\r\n"));
    const { signal } = new AbortController();
    await assert.rejects(connect(server.url, { signal }));
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });
});

test("one signal for many connections has one listener, and Node has no warning for it", async (context) => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error): void => void warnings.push(name);
  process.on("warning", onWarning);
  context.after(() => process.off("warning", onWarning));
  const server = await startRawServer(context, (socket, head) => socket.write(goodAnswer(head)));
  const controller = new AbortController();
  const { signal } = controller;
  const connecting = Array.from({ length: 20 }, () => connect(server.url, { signal }));
  assert.equal(getEventListeners(signal, "abort").length, 1);
  const connections = await Promise.all(connecting);
  assert.equal(getEventListeners(signal, "abort").length, 1);
  connections.pop()?.terminate();
  controller.abort();
  assert.equal(getEventListeners(signal, "abort").length, 0);
  assert.ok(connections.every(({ state }) => state === "closing"));
  await gone(server);
  assert.deepEqual(warnings, []);
});
