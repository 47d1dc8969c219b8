import assert from "node:assert/strict";

import type { DeflateAgreement } from "../../../src/deflate/negotiation.js";
import { createServer } from "../../../src/index.js";
import type { Counters, WebSocketConnection, WebSocketError } from "../../../src/index.js";
import { DEFAULT_SERVER_LIMITS, resolveLimits } from "../../../src/session/limits.js";
import { Side } from "../../../src/protocol/state.js";
import { certificate } from "../../support/live-server.js";
import { requestText } from "../../support/raw-client.js";
import { CORPUS, mutateHead } from "../corpus.js";
import { frameStream } from "../frame-stream.js";
import type { Random } from "../random.js";
import { aside } from "../watches/thread-time.js";
import { actOn, busyFor, someActs } from "./application.js";
import { until } from "./in-time.js";
import { RawPeer } from "./raw-peer.js";
import { reference } from "./reference.js";
import type { Act, Outcome } from "./reference.js";
import { latin1, someCuts } from "./steps.js";
import type { End, Step } from "./steps.js";
import { digest, isPrefix, isSaid, saidIn, splitHead, statusOf, wholeFrames } from "./wire.js";

/** A client that says anything to a server that sends everything back. */
export interface ServerPlan {
  /** The request; good, if nothing was changed about it. */
  readonly opening: string;
  readonly isOpeningGood: boolean;
  /** What comes behind the request, `times` over, and then `last`. */
  readonly frames: string;
  readonly times: number;
  readonly last: string;
  readonly cuts: readonly number[];
  /** Frames right behind the request, or behind its answer. */
  readonly together: boolean;
  readonly end: End;
  readonly options: {
    readonly compression: boolean;
    readonly text: "string" | "octets";
    readonly zeroCopy: boolean;
    readonly staticRead: boolean;
  };
  /** How long the handler works for each message. */
  readonly workMicros: number;
  readonly acts: readonly Act[];
}

/** Broken on purpose: see `playServer`. */
export const SERVER_FAULTS = ["stall", "rejection", "swallow", "hoard", "leave", "crash", "hang"] as const;

const OFFER = "permessage-deflate; client_max_window_bits";

export function serverPlan(random: Random): ServerPlan {
  const isCompressing = random.oneIn(2);
  const opening = requestText({ headers: { "Sec-WebSocket-Extensions": isCompressing ? OFFER : null } });
  const isOpeningGood = !random.oneIn(4);
  const options = {
    compression: !random.oneIn(4),
    text: random.pick(["string", "octets"] as const),
    zeroCopy: random.oneIn(4),
    staticRead: !random.oneIn(4),
  };
  const isAgreed = isCompressing && options.compression;
  const frames = frameStream(random, { isServer: true, isCompressing: isAgreed });
  return {
    opening: isOpeningGood ? opening : mutateHead(random, opening),
    isOpeningGood,
    frames: latin1(frames),
    times: random.oneIn(10) ? 1 + random.below(50) : 1,
    last: random.oneIn(2) ? "" : latin1(random.pick(CORPUS)),
    cuts: someCuts(random, frames.length),
    together: random.oneIn(2),
    end: random.pick(["fin", "fin", "fin", "fin", "reset", "silence"]),
    options,
    workMicros: 0,
    acts: someActs(random),
  };
}

/** Timers end peers that send nothing more. All others end without them. */
const SHORT = { handshakeMs: 300, closeMs: 200 };
const LONG = { handshakeMs: 60_000, closeMs: 60_000 };
const SOON = { intervalMs: 100, timeoutMs: 100, idleMs: 300 };
const MESSAGE_OCTETS = 65_536;

/**
 * `isSecure`: over TLS. Faults: a server that delivers everything at once ("stall"), whose application leaves a promise
 * rejected ("rejection"), throws where nothing catches it ("crash"), loses messages ("swallow"), keeps memory ("hoard"), never
 * closes it ("leave"), or never returns ("hang").
 */
export async function playServer(
  plan: ServerPlan,
  { isSecure = false, fault }: { readonly isSecure?: boolean; readonly fault?: string | undefined },
): Promise<number> {
  const seen = new Seen(plan, fault);
  const { cert, key } = isSecure ? await certificate() : { cert: undefined, key: undefined };
  const isSilent = plan.end === "silence";
  const own = { messageOctets: MESSAGE_OCTETS, ...(isSilent ? SHORT : LONG) };
  const server = createServer({
    ...plan.options,
    compression: plan.options.compression && { threshold: 0 },
    limits: { ...own, ...(fault === "stall" ? { turnMs: Infinity, turnOctets: Infinity } : {}) },
    heartbeat: isSilent ? SOON : false,
    ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
    ...seen.handlers,
  });
  const { port } = await server.listen(0, "127.0.0.1");
  try {
    const peer = await RawPeer.connect(port, cert);
    await peer.run(stepsOf(plan));
    await until(() => seen.opens === seen.closes && server.counters.connections === 0, "the close event");
    aside(() => check(plan, peer, seen, isSilent ? "timers" : "octets"));
    checkCounters(server.counters, seen);
    return peer.sent;
  } finally {
    if (fault !== "leave") await server.close({ drainMs: 0 });
  }
}

export function stepsOf(plan: ServerPlan): readonly Step[] {
  const { opening, isOpeningGood, frames, times, last, cuts, together, end } = plan;
  const tail = [{ write: frames, times, cuts }, { write: last }, { end }] as const;
  if (together && times === 1) return [{ write: `${opening}${frames}${last}`, cuts }, { end }] as const;
  return [{ write: opening, cuts }, isOpeningGood ? { heads: 1 } : { turns: 3 }, ...tail] as const;
}

/** What was reported to the application. */
class Seen {
  opens = 0;
  closes = 0;
  readonly delivered: string[] = [];
  readonly errors: WebSocketError[] = [];
  /** What a handler must not have seen: what it throws would only end its connection. */
  readonly complaints: string[] = [];

  readonly handlers = {
    open: (_ws: WebSocketConnection) => void this.opens++,
    message: (ws: WebSocketConnection, data: string | Uint8Array, isText: boolean) =>
      this.#onMessage(ws, data, isText),
    error: (_ws: WebSocketConnection, error: WebSocketError) => void this.errors.push(error),
    close: (ws: WebSocketConnection, code: number, _reason: string, wasClean: boolean) =>
      this.#onClose(ws, code, wasClean),
  };

  readonly #plan: ServerPlan;
  readonly #fault: string | undefined;

  constructor(plan: ServerPlan, fault: string | undefined) {
    this.#plan = plan;
    this.#fault = fault;
  }

  #onMessage(ws: WebSocketConnection, data: string | Uint8Array, isText: boolean): void {
    const index = this.delivered.length;
    this.#claim(this.closes === 0, "a message came after the end");
    this.delivered.push(digest(data, isText));
    busyFor(this.#plan.workMicros);
    breakOnPurpose(this.#fault);
    if (this.#fault !== "swallow") {
      if (isText && typeof data !== "string") ws.sendText(data);
      else ws.send(data);
    }
    actOn(ws, this.#plan.acts, index);
  }

  #onClose(ws: WebSocketConnection, code: number, wasClean: boolean): void {
    this.closes++;
    this.#claim(this.closes === 1, "the end was reported twice");
    this.#claim(ws.state === "closed", `the state is ${ws.state} at the end`);
    this.#claim(
      ws.closed?.code === code && ws.closed.wasClean === wasClean,
      "the end is reported in two ways",
    );
    this.#claim(!ws.send("x"), "something was sent after the end");
    const { messagesReceived } = ws.counters;
    this.#claim(messagesReceived === this.delivered.length, `${messagesReceived} messages were counted`);
  }

  #claim(isSo: boolean, otherwise: string): void {
    if (!isSo) this.complaints.push(otherwise);
  }
}

function breakOnPurpose(fault: string | undefined): void {
  if (fault === "hoard" && HOARD.length < HOARDED_MIB) HOARD.push(Buffer.alloc(1024 * 1024, 1));
  if (fault === "rejection") void Promise.reject(new Error("on purpose"));
  if (fault === "crash") setImmediate(throwOnPurpose);
  // For ever, but that the compiler need not see.
  if (fault === "hang") for (let left = 1; left > 0; left = (left % 3) + 1);
}

function throwOnPurpose(): never {
  throw new Error("on purpose");
}

/** What the fault "hoard" keeps, and how much of it. */
const HOARDED_MIB = 200;
const HOARD: Buffer[] = [];

function check(plan: ServerPlan, peer: RawPeer, seen: Seen, endedBy: "octets" | "timers"): void {
  assert.deepEqual(seen.complaints, []);
  const answer = splitHead(peer.received);
  const status = statusOf(answer?.head ?? "");
  if (answer !== undefined) {
    assert.match(answer.head, /^HTTP\/1\.1 (?:101|4\d\d|50[035]) /, "it is answered in HTTP");
    assert.equal(seen.opens, status === 101 ? 1 : 0, "only clients that are let in are reported");
  }
  if (!plan.isOpeningGood || plan.end === "reset") return;
  const expected = expectation(plan);
  if (endedBy === "timers") {
    assert.ok(isPrefix(seen.delivered, expected.delivered), "messages come in their order");
    return;
  }
  assert.equal(status, 101, "a good request is answered with 101");
  assert.deepEqual(seen.delivered, expected.delivered, "what was sent is what was delivered");
  const violation = seen.errors.find(({ code }) => code === "WIREPROOF_VIOLATION")?.problem;
  assert.equal(violation, expected.violation, "the violation is the right one");
  const { acts, options } = plan;
  const hasFailed = acts.some(({ at, act }) => act === "throw" && at < seen.delivered.length);
  const faults = seen.errors.filter(({ code }) => code === "WIREPROOF_HANDLER").length;
  assert.equal(faults, hasFailed ? 1 : 0, "a handler that fails is reported once");
  if (acts.some(({ act }) => act === "terminate") || peer.wasReset) return;
  const said = saidIn(wholeFrames(answer?.rest ?? Buffer.alloc(0)), false);
  const mayMiss = options.compression && (expected.violation !== undefined || hasFailed);
  if (!isSaid(said, expected.said, mayMiss))
    assert.deepEqual(said, expected.said, "what was delivered is what was sent back");
}

function expectation(plan: ServerPlan): Outcome {
  const { opening, frames, times, last, options, acts } = plan;
  const octets = Buffer.from(frames.repeat(times) + last, "latin1");
  const isCompressing = options.compression && opening.includes(OFFER);
  const limits = resolveLimits(DEFAULT_SERVER_LIMITS, { messageOctets: MESSAGE_OCTETS });
  return reference(Side.Server, octets, { limits, agreement: isCompressing ? AGREEMENT : undefined, acts });
}

/** What a server agrees on by default. */
const AGREEMENT: DeflateAgreement = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

function checkCounters(counters: Readonly<Counters>, seen: Seen): void {
  assert.equal(counters.opened, seen.opens, "openings are counted");
  assert.equal(counters.closedCleanly + counters.closedUncleanly, seen.closes, "endings are counted");
  assert.equal(counters.messagesReceived, seen.delivered.length, "messages are counted");
  const violations = seen.errors.filter(({ code }) => code === "WIREPROOF_VIOLATION");
  const timeouts = violations.filter(({ problem }) => problem === "heartbeat-timeout");
  assert.equal(counters.violations, violations.length - timeouts.length, "violations are counted");
  assert.equal(counters.heartbeatTimeouts, timeouts.length, "those who were given up are counted");
}
