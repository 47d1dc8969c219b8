import assert from "node:assert/strict";

import { WebSocketError, connect, createServer } from "../../../src/index.js";
import type { MessageStream, WebSocketConnection } from "../../../src/index.js";
import { defineHarness } from "../harness.js";
import type { Harness } from "../harness.js";
import { inTime, turns, until } from "../play/in-time.js";
import { digest, isPrefix } from "../play/wire.js";
import type { Random } from "../random.js";
import { aside } from "../watches/thread-time.js";

interface Sending {
  readonly how: "send" | "stream";
  readonly isText: boolean;
  /** Octets of the parts. */
  readonly parts: readonly number[];
  /** Turns of the event loop between them. */
  readonly pace: number;
  /** The source fails behind so many parts; -1: it does not. */
  readonly failsAfter: number;
}

interface Reading {
  readonly how: "handler" | "iterate" | "streams" | "mixed";
  /** Turns of the event loop between two messages, and between two parts. */
  readonly pace: number;
  /** The message whose stream is given up; -1: none. */
  readonly cancels: number;
}

/** One of two endpoints that talk with each other: what it sends, and how it reads what the other one sends. */
interface Talker {
  readonly sends: readonly Sending[];
  readonly reads: Reading;
}

interface StreamsPlan {
  readonly client: Talker;
  readonly server: Talker;
  readonly compression: boolean;
  /** Who closes when everything has been read. */
  readonly closer: "client" | "server";
  /** The closer drops the connection after so many turns instead; 0: never. */
  readonly dropsAfter: number;
}

const MESSAGE_OCTETS = 64 * 1024;

/** Streams in both directions at once. Faults: a message is read twice ("twice"), or half of one is lost ("half"). */
export const streams: Harness = defineHarness<StreamsPlan>({
  name: "streams",
  plans: 200,
  lanes: 6,
  mostHeldMib: 96,
  faults: ["twice", "half"],
  plan: (random): StreamsPlan => {
    const [toServer, toClient] = [someReading(random), someReading(random)];
    const mayFail = random.oneIn(5);
    return {
      client: { sends: random.some(0, 6, () => someSending(random, toServer, mayFail)), reads: toClient },
      server: { sends: random.some(0, 6, () => someSending(random, toClient, mayFail)), reads: toServer },
      compression: random.oneIn(2),
      closer: random.pick(["client", "server"]),
      dropsAfter: random.oneIn(6) ? 1 + random.below(40) : 0,
    };
  },
  play: playStreams,
});

function someReading(random: Random): Reading {
  const how = random.pick(["handler", "iterate", "streams", "streams", "mixed"] as const);
  return {
    how,
    pace: random.pick([0, 0, 1, 5]),
    cancels: how === "streams" && random.oneIn(4) ? random.below(4) : -1,
  };
}

function someSending(random: Random, reads: Reading, mayFail: boolean): Sending {
  const how = random.pick(["send", "stream"] as const);
  // Only who takes a message in parts may be sent a larger one than the limit.
  const most = how === "stream" && reads.how === "streams" ? 60_000 : 9_000;
  return {
    how,
    isText: random.oneIn(2),
    parts: random.some(how === "send" ? 1 : 0, how === "send" ? 1 : 6, () =>
      random.below(random.pick([2, 300, most])),
    ),
    pace: random.pick([0, 0, 1, 3]),
    failsAfter: how === "stream" && mayFail && random.oneIn(3) ? random.below(4) : -1,
  };
}

/** One end while it talks. */
class End {
  readonly heard: string[] = [];
  /** Those whose stream was given up are not known. */
  readonly unknown = new Set<number>();
  closes: number[] = [];
  readonly #talker: Talker;
  readonly #fault: string | undefined;

  constructor(talker: Talker, fault: string | undefined) {
    this.#talker = talker;
    this.#fault = fault;
  }

  get handlers() {
    const { how } = this.#talker.reads;
    return {
      error: () => {},
      close: (_ws: unknown, code: number) => void this.closes.push(code),
      ...(how === "handler"
        ? { message: (_: unknown, data: string | Uint8Array, isText: boolean) => this.#hear(data, isText) }
        : {}),
    };
  }

  /** Reads so many messages, in the way of the plan. */
  async read(ws: WebSocketConnection, count: number): Promise<void> {
    const { how, pace } = this.#talker.reads;
    if (how === "handler")
      return until(() => this.heard.length >= count || ws.state === "closed", "messages");
    if (how === "iterate") return this.#iterate(ws, count);
    while (this.heard.length < count && ws.state !== "closed") {
      if (how === "mixed" && this.heard.length % 2 === 1) await this.#iterate(ws, this.heard.length + 1);
      else await this.#stream(await ws.nextMessageStream());
      // The end of an iteration comes from microtask to microtask.
      await turns(Math.max(1, pace));
    }
  }

  async #iterate(ws: WebSocketConnection, count: number): Promise<void> {
    const messages = ws[Symbol.asyncIterator]();
    while (this.heard.length < count) {
      const { done, value } = await messages.next();
      if (done === true) return;
      this.#hear(value, typeof value === "string");
      await turns(this.#talker.reads.pace);
    }
  }

  async #stream({ isText, readable }: MessageStream): Promise<void> {
    const { pace, cancels } = this.#talker.reads;
    const parts: Uint8Array[] = [];
    const index = this.heard.length;
    for await (const part of readable) {
      if (index === cancels) {
        this.unknown.add(index);
        break;
      }
      parts.push(part);
      await turns(pace);
    }
    if (this.#fault === "half" && parts.length > 1) parts.pop();
    this.#hear(Buffer.concat(parts), isText);
  }

  #hear(data: string | Uint8Array, isText: boolean): void {
    const message = aside(() => digest(data, isText));
    this.heard.push(message);
    if (this.#fault === "twice" && this.heard.length === 2) this.heard.push(message);
  }

  async send(ws: WebSocketConnection): Promise<void> {
    try {
      await this.#sendAll(ws);
    } finally {
      // A source that fails before its first part has sent nothing, so nothing else would end it.
      if (this.#talker.sends.some(({ failsAfter }) => failsAfter >= 0)) ws.close(1000);
    }
  }

  async #sendAll(ws: WebSocketConnection): Promise<void> {
    for (const sending of this.#talker.sends) {
      if (sending.how === "stream") await ws.sendStream(partsOf(sending));
      else if (!ws.send(partOf(sending, sending.parts[0] ?? 0))) await ws.ready();
      await turns(sending.pace);
    }
  }
}

async function* partsOf(sending: Sending): AsyncGenerator<string | Uint8Array> {
  for (const [index, size] of sending.parts.entries()) {
    if (index === sending.failsAfter) throw new Error("a source that fails");
    await turns(sending.pace);
    yield partOf(sending, size);
  }
  if (sending.failsAfter >= sending.parts.length) throw new Error("a source that fails");
}

function partOf({ isText }: Sending, size: number): string | Uint8Array {
  const one = "ab\u00e9d\u20ac".repeat(Math.ceil(size / 8));
  return isText ? one : Buffer.alloc(size, one);
}

/** Everything in one piece; a stream without parts is binary. */
function wholeOf(sending: Sending): string {
  const parts = sending.parts.map((size) => Buffer.from(partOf(sending, size)));
  return digest(Buffer.concat(parts), sending.isText && sending.parts.length > 0);
}

async function playStreams(plan: StreamsPlan, fault?: string): Promise<number> {
  const [client, server] = [new End(plan.client, fault), new End(plan.server, fault)];
  let there: WebSocketConnection | undefined;
  const options = { compression: plan.compression && { threshold: 100 }, heartbeat: false } as const;
  const limits = { messageOctets: MESSAGE_OCTETS, closeMs: 60_000, highWaterOctets: 16_384 };
  const listener = createServer({ ...options, ...server.handlers, limits, open: (ws) => void (there = ws) });
  const { port } = await listener.listen(0, "127.0.0.1");
  try {
    const here = await connect(`ws://127.0.0.1:${port}/`, { ...options, ...client.handlers, limits });
    await until(() => there !== undefined, "the open event");
    if (there === undefined) throw new Error("no peer is there");
    await talk(plan, { ws: here, end: client }, { ws: there, end: server });
    aside(() => check(plan, client, server));
    return [...plan.client.sends, ...plan.server.sends].reduce(
      (sum, { parts }) => parts.reduce((a, b) => a + b, sum),
      0,
    );
  } finally {
    await listener.close({ drainMs: 0 });
  }
}

interface Side {
  readonly ws: WebSocketConnection;
  readonly end: End;
}

async function talk(plan: StreamsPlan, client: Side, server: Side): Promise<void> {
  const closer = plan.closer === "client" ? client.ws : server.ws;
  // The reader has begun before the other one sends.
  const jobs = [
    client.end.read(client.ws, plan.server.sends.length),
    server.end.read(server.ws, plan.client.sends.length),
    client.end.send(client.ws),
    server.end.send(server.ws),
  ];
  if (plan.dropsAfter > 0) void turns(plan.dropsAfter).then(() => closer.terminate());
  const settled = await inTime(Promise.allSettled(jobs), "everything to be sent and read");
  for (const job of settled)
    if (job.status === "rejected") {
      const { reason } = job as { reason: unknown };
      const isOurs = reason instanceof Error && reason.message === "a source that fails";
      assert.ok(isOurs || reason instanceof WebSocketError, String(reason));
    }
  closer.close(1000);
  await until(() => client.end.closes.length > 0 && server.end.closes.length > 0, "the close events");
}

function check(plan: StreamsPlan, client: End, server: End): void {
  assert.equal(client.closes.length, 1, "the end is reported once");
  assert.equal(server.closes.length, 1, "the end is reported once");
  const isCut =
    plan.dropsAfter > 0 ||
    [...plan.client.sends, ...plan.server.sends].some(({ failsAfter }) => failsAfter >= 0);
  for (const [end, sends] of [
    [client, plan.server.sends],
    [server, plan.client.sends],
  ] as const) {
    const sent = sends.map((sending, index) => (end.unknown.has(index) ? "given up" : wholeOf(sending)));
    const heard = end.heard.map((message, index) => (end.unknown.has(index) ? "given up" : message));
    if (isCut) assert.ok(isPrefix(heard, sent), "what comes is whole and in order");
    else assert.deepEqual(heard, sent, "what was sent is what was read");
  }
  if (!isCut)
    assert.deepEqual([client.closes, server.closes], [[1000], [1000]], "it ends with the code of the closer");
}
