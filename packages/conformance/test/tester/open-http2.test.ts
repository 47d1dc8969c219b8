import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { target } from "../../src/net/target.js";
import { IGNORE_EVENTS } from "../../src/net/transport.js";
import { Recorder } from "../../src/record/recorder.js";
import { dialPeer } from "../../src/tester/dial-peer.js";
import { openAsClient } from "../../src/tester/open.js";
import type { Opened } from "../../src/tester/opening.js";
import { systemClock } from "../../src/time/clock.js";
import {
  encodeHttp2Frame,
  Flag,
  FrameType,
  goawayPayload,
  Http2FrameReader,
  numberPayload,
  PREFACE,
  settingsPayload,
  typeName,
} from "../../src/wire/http2/frame.js";
import { encodeFields, type Field } from "../../src/wire/http2/hpack.js";

const NOTHING = Buffer.alloc(0);
const frame = (type: number, payload: Uint8Array = NOTHING, stream = 0, flags = 0): Uint8Array =>
  encodeHttp2Frame({ type, flags, stream, payload });
const TAKES = frame(FrameType.settings, settingsPayload([[8, 1]]));
const ACK = frame(FrameType.settings, NOTHING, 0, Flag.ack);
const head = (fields: readonly Field[], flags: number = Flag.endHeaders): Uint8Array =>
  frame(FrameType.headers, encodeFields(fields), 1, flags);
const data = (text: string, flags = 0): Uint8Array => frame(FrameType.data, Buffer.from(text), 1, flags);

interface Server {
  /** Sent at once. */
  readonly first?: readonly Uint8Array[];
  /** Sent when a frame of this name comes. */
  readonly on?: Readonly<Record<string, readonly Uint8Array[]>>;
  readonly isOctetByOctet?: true;
  /** Ends TCP behind what it sends first, or on HEADERS. */
  readonly ends?: "first" | "HEADERS";
}

/** What the tester makes of a server. */
async function opening(
  context: TestContext,
  server: Server,
  timeoutMs = 20_000,
): Promise<Opened["handshake"]> {
  const { first = [], on = {}, isOctetByOctet = false, ends } = server;
  const sockets: Socket[] = [];
  const listening = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    const send = (frames: readonly Uint8Array[]): void => {
      for (const octets of frames) {
        if (isOctetByOctet) for (const octet of octets) socket.write(Buffer.of(octet));
        else socket.write(octets);
      }
    };
    send(first);
    if (ends === "first") socket.end();
    let preface = PREFACE.length;
    const reader = new Http2FrameReader(2 ** 24);
    socket.on("data", (octets: Buffer) => {
      const rest = octets.subarray(Math.min(preface, octets.length));
      preface -= octets.length - rest.length;
      reader.push(rest, ({ type }) => {
        const name = typeName(type);
        send(on[name] ?? []);
        if (ends === name) socket.end();
      });
    });
  });
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  context.after(() => {
    listening.close();
    for (const socket of sockets) socket.destroy();
  });
  const to = target(`ws://127.0.0.1:${(listening.address() as AddressInfo).port}/`, { http2: true });
  const recorder = new Recorder(systemClock, () => undefined);
  const dialled = await dialPeer(to, systemClock, 20_000, new AbortController().signal, recorder);
  const opened = await new Promise<Opened>((resolve) =>
    openAsClient({
      target: to,
      dialled,
      recorder,
      clock: systemClock,
      timeoutMs,
      onAnswer: (answer) => {
        resolve(answer);
        return IGNORE_EVENTS;
      },
    }),
  );
  dialled.transport.destroy();
  return opened.handshake;
}

const OPEN = head([[":status", "200"]]);

test("a server that takes extended CONNECT opens, octet by octet too, behind informational answers", async (context) => {
  const early = head([
    [":status", "103"],
    ["link", "x"],
  ]);
  for (const more of [{}, { isOctetByOctet: true }] as const) {
    const found = await opening(context, { first: [TAKES], on: { HEADERS: [early, OPEN] }, ...more });
    assert.equal(found.opened, true, found.problem);
    assert.equal(found.status, 200);
    assert.match(found.request ?? "", /^:method: CONNECT\r\n:protocol: websocket\r\n/);
  }
});

test("a setting that comes with later SETTINGS counts, until the tester's are acknowledged", async (context) => {
  const none = frame(FrameType.settings);
  const late = await opening(context, { first: [none], on: { SETTINGS: [TAKES, ACK], HEADERS: [OPEN] } });
  assert.equal(late.opened, true, late.problem);
  const never = await opening(context, { first: [none], on: { SETTINGS: [ACK] } });
  assert.match(never.problem ?? "", /does not announce SETTINGS_ENABLE_CONNECT_PROTOCOL/);
  assert.equal(never.request, null, "it was not asked");
});

const FAILURES: Readonly<Record<string, readonly [Server, RegExp, Partial<Opened["handshake"]>]>> = {
  "101, which HTTP/2 does not have": [
    { first: [TAKES], on: { HEADERS: [head([[":status", "101"]])] }, ends: "HEADERS" },
    /HTTP 101, which HTTP\/2 does not have/,
    { status: 101 },
  ],
  "404 with a body": [
    {
      first: [TAKES],
      on: { HEADERS: [head([[":status", "404"]]), data("not "), data("here", Flag.endStream)] },
    },
    /HTTP 404 instead of 200/,
    { status: 404, body: "not here", bodyEnd: "whole" },
  ],
  "an extension that was not offered": [
    {
      first: [TAKES],
      on: {
        HEADERS: [
          head(
            [
              [":status", "200"],
              ["sec-websocket-extensions", "permessage-deflate"],
            ],
            5,
          ),
        ],
      },
    },
    /accepts an extension although none was offered/,
    { status: 200 },
  ],
  "an answer without :status": [
    { first: [TAKES], on: { HEADERS: [head([["server", "x"]])] } },
    /does not begin with :status/,
    {},
  ],
  "DATA instead of an answer": [
    { first: [TAKES], on: { HEADERS: [data("x")] } },
    /sent DATA before it answered/,
    {},
  ],
  "the end of the stream": [
    { first: [TAKES], on: { HEADERS: [data("", Flag.endStream)] } },
    /ended the stream instead of answering/,
    { noAnswer: "closed" },
  ],
  RST_STREAM: [
    { first: [TAKES], on: { HEADERS: [frame(FrameType.rstStream, numberPayload(1), 1)] } },
    /reset the stream \(PROTOCOL_ERROR\) instead/,
    { noAnswer: "reset" },
  ],
  "GOAWAY before anything is asked": [
    { first: [frame(FrameType.settings), frame(FrameType.goaway, goawayPayload(0, 11))], ends: "first" },
    /closed the connection \(GOAWAY: ENHANCE_YOUR_CALM\) instead/,
    { noAnswer: "closed", request: null },
  ],
  "GOAWAY instead of an answer": [
    { first: [TAKES], on: { HEADERS: [frame(FrameType.goaway, goawayPayload(0, 0))] } },
    /reset the stream \(REFUSED_STREAM\) instead/,
    { noAnswer: "reset" },
  ],
  "the end of TCP": [{ ends: "first" }, /closed the connection instead of answering/, { noAnswer: "closed" }],
  "HTTP/1.1": [
    { first: [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")], ends: "first" },
    /^the peer does not speak HTTP\/2: it answers in HTTP\/1$/,
    { request: null },
  ],
  "broken HTTP/2": [
    { first: [TAKES], on: { HEADERS: [frame(FrameType.ping, NOTHING)] } },
    /^the peer broke HTTP\/2: PING has 0 octets instead of 8$/,
    { noAnswer: "closed" },
  ],
};

for (const [what, [server, problem, facts]] of Object.entries(FAILURES)) {
  test(`${what} opens nothing`, async (context) => {
    const found = await opening(context, server);
    assert.equal(found.opened, false);
    assert.match(found.problem ?? "", problem);
    for (const [name, value] of Object.entries(facts))
      assert.equal(found[name as keyof typeof found], value, name);
  });
}

test("a server that says nothing, does not acknowledge, or does not answer, is given up", async (context) => {
  const silent = await opening(context, {}, 100);
  assert.match(silent.problem ?? "", /sent no SETTINGS within 100 ms/);
  const halfway = await opening(context, { first: [frame(FrameType.settings)] }, 100);
  assert.match(halfway.problem ?? "", /did not acknowledge the tester's SETTINGS|sent no SETTINGS/);
  const mute = await opening(context, { first: [TAKES] }, 300);
  assert.match(mute.problem ?? "", /did not answer the opening handshake within|sent no SETTINGS/);
  assert.equal(mute.noAnswer, "late");
});
