import assert from "node:assert/strict";
import { test } from "node:test";
import { readRequest, type IncomingRequest } from "../../src/tester/read-request.js";
import type { TransportEvents } from "../../src/net/transport.js";
import { FakeClock } from "../support/fake-clock.js";
import { FakeTransport } from "../support/fake-transport.js";
import { passingOn } from "../support/passing-on.js";

const REQUEST =
  "GET /getCaseCount HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

interface Reading {
  readonly clock: FakeClock;
  readonly transport: FakeTransport;
  readonly requests: IncomingRequest[];
  /** What the code got that took the transport over. */
  readonly passedOn: string[];
  receive(text: string): void;
  end(reset: boolean): void;
  answer(): string;
}

function start(): Reading {
  const clock = new FakeClock();
  const transport = new FakeTransport();
  const requests: IncomingRequest[] = [];
  const passedOn: string[] = [];
  let events: TransportEvents | undefined;
  readRequest({
    connection: { transport, attach: (attached) => (events = attached) },
    clock,
    timeoutMs: 5000,
    lenient: false,
    onRequest: (incoming) => {
      requests.push(incoming);
      return passingOn(passedOn);
    },
  });
  return {
    clock,
    transport,
    requests,
    passedOn,
    receive: (text) => events?.received(Buffer.from(text, "latin1")),
    end: (reset) => events?.ended(reset),
    answer: () => Buffer.from(transport.octets).toString("latin1"),
  };
}

test("a head that comes octet by octet is read, and what follows goes to the code that took over", () => {
  const reading = start();
  for (const octet of REQUEST) reading.receive(octet);
  reading.receive("frames");
  reading.end(false);
  const [incoming] = reading.requests;
  assert.equal(reading.requests.length, 1);
  assert.deepEqual([incoming?.text, incoming?.checked.kind], [REQUEST, "opening"]);
  assert.equal(incoming?.reads.length, REQUEST.length);
  assert.deepEqual(reading.passedOn, ["frames", "end"]);
  assert.equal(reading.clock.waiting, 0);
});

test("frames behind the head in the same read are kept", () => {
  const reading = start();
  reading.receive(`${REQUEST}frames`);
  assert.equal(Buffer.from(reading.requests[0]?.rest ?? []).toString(), "frames");
});

test("no head in time: 408, and nothing more is read", () => {
  const reading = start();
  reading.receive("GET / HT");
  reading.clock.advance(5000);
  assert.match(reading.answer(), /^HTTP\/1\.1 408 [^]*\r\n\r\nNo request came within 5000 ms\.\n$/);
  assert.equal(reading.transport.ended, 1);
  reading.receive(REQUEST);
  reading.end(false);
  assert.deepEqual([reading.requests.length, reading.passedOn.length], [0, 0]);
});

test("a head that never ends: 431", () => {
  const reading = start();
  reading.receive(`GET / HTTP/1.1\r\nX: ${"x".repeat(17_000)}`);
  assert.match(reading.answer(), /^HTTP\/1\.1 431 /);
  assert.deepEqual([reading.transport.ended, reading.clock.waiting], [1, 0]);
});

test("a head that is too long and ends in the same read: 431", () => {
  const reading = start();
  reading.receive(`${REQUEST.slice(0, -2)}X: ${"x".repeat(17_000)}\r\n\r\n`);
  assert.match(reading.answer(), /^HTTP\/1\.1 431 /);
  assert.equal(reading.requests.length, 0);
});

test("a client that leaves without a request is not answered", () => {
  const reading = start();
  reading.end(true);
  assert.deepEqual([reading.transport.ended, reading.clock.waiting, reading.answer()], [1, 0, ""]);
});
