import assert from "node:assert/strict";

import { ErrorCode, WebSocketError, connect } from "../../../src/index.js";
import type { ClientConnection, ConnectOptions, WebSocketConnection } from "../../../src/index.js";
import type { DeflateAgreement } from "../../../src/deflate/negotiation.js";
import { Side } from "../../../src/protocol/state.js";
import { DEFAULT_CONNECTION_LIMITS, resolveLimits } from "../../../src/session/limits.js";
import { certificate } from "../../support/live-server.js";
import { mutateHead } from "../corpus.js";
import { frameStream } from "../frame-stream.js";
import type { Random } from "../random.js";
import { aside } from "../watches/thread-time.js";
import { actOn, someActs } from "./application.js";
import { inTime, until } from "./in-time.js";
import { RawListener } from "./raw-listener.js";
import { reference } from "./reference.js";
import type { Act, Outcome } from "./reference.js";
import { latin1, someCuts } from "./steps.js";
import type { End, Step } from "./steps.js";
import { digest, isPrefix, isSaid, saidIn, splitHead, wholeFrames } from "./wire.js";

/** A server, and what may stand before it, that says anything to a client that sends everything back. */
export interface ClientPlan {
  /** "none", by its URL ("proxy"), or out of the environment ("env"). */
  readonly proxy: "none" | "proxy" | "env";
  readonly redirects: number;
  readonly crossOrigin: boolean;
  readonly compression: boolean;
  readonly offersProtocol: boolean;
  readonly staticRead: boolean;
  readonly text: "string" | "octets";
  /** The application aborts after so many turns of the event loop; 0: never. */
  readonly abortAfter: number;
  /** What the server does to the first connection, the second, and so on, until it opens. */
  readonly answers: readonly (readonly Step[])[];
  /** The last answer is one that opens the connection, and nothing is wrong with those before it. */
  readonly isGood: boolean;
  readonly frames: string;
  readonly times: number;
  readonly cuts: readonly number[];
  readonly end: End;
  readonly acts: readonly Act[];
}

/** Broken on purpose: see `playClient`. */
export const CLIENT_FAULTS = ["swallow", "twice"] as const;

const GOOD = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Accept: {accept}",
];
const TUNNEL = "HTTP/1.1 200 Connection established\r\n\r\n";
const REDIRECT = "HTTP/1.1 302 Found\r\nLocation: ";
const PLACES = [
  "/next",
  "ws://127.0.0.1:{port}/b",
  "ws://localhost:{port}/c",
  "//127.0.0.1:{port}/d",
  "http://127.0.0.1:{port}/",
];
const SECURE_PLACES = [
  "/next",
  "wss://localhost:{port}/b",
  "//localhost:{port}/c",
  "https://localhost:{port}/d",
];
const BAD_PLACES = [
  "",
  "ftp://x/",
  "http://[",
  "ws://127.0.0.1:1/",
  "wss://127.0.0.1:{port}/",
  "x".repeat(9_000),
  "\u00ff",
  "/a#b",
];
const OTHER_ANSWERS = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 404 Not Found\r\nContent-Length: 100000\r\n\r\nshort",
  "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n",
  "HTTP/1.0 200 OK\r\n\r\n",
  "HTTP/2 101\r\n\r\n",
  "SSH-2.0-x\r\n",
  "\r\n\r\n",
  "",
];
const INTERIM = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";

/** `wire`: over TLS there is no proxy here, and `ws` knows of none. */
export function clientPlan(random: Random, wire: "tcp" | "tls" | "ws" = "tcp"): ClientPlan {
  const proxy = wire === "tcp" ? random.pick(["none", "none", "proxy", "env"] as const) : "none";
  const redirects = random.oneIn(3) ? 1 + random.below(3) : 0;
  const compression = random.oneIn(2);
  const isGood = random.oneIn(2);
  const hops = redirects === 0 ? 0 : random.below(redirects + (isGood ? 1 : 3));
  const frames = frameStream(random, { isServer: false, isCompressing: compression });
  const good = [...GOOD, ...(compression ? ["Sec-WebSocket-Extensions: permessage-deflate"] : []), "", ""];
  const answerOf = (text: string): Step[] => answering(random, proxy !== "none", text, isGood);
  const last = isGood ? good.join("\r\n") : badAnswer(random, good.join("\r\n"));
  return {
    proxy,
    redirects,
    crossOrigin: isGood || random.oneIn(2),
    compression,
    offersProtocol: !isGood && random.oneIn(4),
    staticRead: !random.oneIn(4),
    text: random.pick(["string", "octets"]),
    abortAfter: isGood || !random.oneIn(8) ? 0 : 1 + random.below(30),
    answers: [
      ...Array.from({ length: hops }, () =>
        answerOf(redirect(random, isGood, wire === "tls" ? SECURE_PLACES : PLACES)),
      ),
      answerOf(`${random.oneIn(6) ? INTERIM : ""}${last}`),
    ],
    isGood,
    frames: latin1(frames),
    times: random.oneIn(10) ? 1 + random.below(50) : 1,
    cuts: someCuts(random, frames.length),
    end: random.pick(["fin", "fin", "fin", "fin", "reset", "silence"]),
    acts: someActs(random),
  };
}

function redirect(random: Random, isGood: boolean, places: readonly string[]): string {
  const place = random.pick(isGood || random.oneIn(2) ? places : BAD_PLACES);
  return `${REDIRECT}${place}\r\nContent-Length: 0\r\n\r\n`;
}

function badAnswer(random: Random, good: string): string {
  if (random.oneIn(4)) return random.pick(OTHER_ANSWERS);
  if (random.oneIn(8)) return INTERIM.repeat(1 + random.below(30)) + good;
  return mutateHead(random, good);
}

/** The head of a request is awaited, mostly; a proxy has another one. */
function answering(random: Random, hasProxy: boolean, text: string, isGood: boolean): Step[] {
  const cuts = someCuts(random, text.length);
  // What follows a broken answer may never come, and a redirect to wss: brings no head.
  const awaiting = (heads: number): Step => (isGood ? { heads } : { heads, atMost: random.below(40) });
  if (!hasProxy) return [awaiting(1), { write: text, cuts }];
  const tunnel = isGood || !random.oneIn(3) ? TUNNEL : badAnswer(random, TUNNEL);
  return [awaiting(1), { write: tunnel, cuts }, awaiting(2), { write: text, cuts }];
}

const MESSAGE_OCTETS = 65_536;
/** Timers end silent peers. All others end without them. */
const SHORT = { handshakeMs: 400, closeMs: 200 };
const LONG = { handshakeMs: 60_000, closeMs: 60_000 };
const SOON = { intervalMs: 100, timeoutMs: 100, idleMs: 300 };

/**
 * `isSecure`: over TLS. `onListener` gets the server. Faults: an application that loses messages ("swallow"), or
 * hears of the end twice ("twice").
 */
export async function playClient(
  plan: ClientPlan,
  { isSecure = false, fault, onListener }: PlayClientOptions,
): Promise<number> {
  const seen = new Seen(plan, fault);
  const listener = await RawListener.start(scriptsOf(plan), isSecure);
  const leave = onListener?.(listener);
  try {
    const ws = await opened(plan, seen, listener, isSecure);
    if (ws !== undefined) {
      assert.ok(ws.handshake.headers instanceof Headers);
      await until(() => seen.closes > 0, "the close event");
    }
    await listener.ended();
    aside(() => check(plan, listener, seen, ws));
    return listener.sent;
  } finally {
    leave?.();
    await listener.close();
  }
}

export interface PlayClientOptions {
  readonly isSecure?: boolean;
  readonly fault?: string | undefined;
  readonly onListener?: (listener: RawListener) => () => void;
}

/** The last answer is followed by frames, in one segment with it if it is not cut. */
export function scriptsOf({ answers, frames, times, cuts, end }: ClientPlan): (readonly Step[])[] {
  const last = answers.at(-1) ?? [];
  const rest: Step[] = [{ write: frames, times, cuts }, { end }];
  const closing: Step = { end: end === "silence" ? "silence" : "fin" };
  return [...answers.slice(0, -1).map((script) => [...script, closing]), [...last, ...rest]];
}

async function opened(
  plan: ClientPlan,
  seen: Seen,
  listener: RawListener,
  isSecure: boolean,
): Promise<ClientConnection | undefined> {
  const abort = new AbortController();
  if (plan.abortAfter > 0) void abortIn(plan.abortAfter, abort);
  const where = `${isSecure ? "wss" : "ws"}://${isSecure ? "localhost" : "127.0.0.1"}:${listener.port}/`;
  const options = await optionsOf(plan, seen, listener, isSecure);
  try {
    return await inTime(connect(where, { ...options, signal: abort.signal }), "the opening handshake");
  } catch (error) {
    if (error === abort.signal.reason) return undefined;
    assert.ok(error instanceof WebSocketError, `connect rejects with a WebSocketError, not ${String(error)}`);
    assert.ok(Object.values(ErrorCode).includes(error.code), `the code ${error.code} is documented`);
    if (plan.isGood && plan.end !== "silence") throw error;
    return undefined;
  }
}

async function optionsOf(
  plan: ClientPlan,
  seen: Seen,
  { port }: RawListener,
  isSecure: boolean,
): Promise<ConnectOptions> {
  const isSilent = plan.end === "silence";
  const { handshakeMs, closeMs } = isSilent ? SHORT : LONG;
  return {
    ...seen.handlers,
    handshakeMs,
    limits: { messageOctets: MESSAGE_OCTETS, closeMs },
    heartbeat: isSilent ? SOON : false,
    compression: plan.compression && { threshold: 0 },
    text: plan.text,
    staticRead: plan.staticRead,
    ...(plan.offersProtocol ? { protocols: ["chat"] } : {}),
    ...(plan.redirects > 0 ? { redirects: { max: plan.redirects, crossOrigin: plan.crossOrigin } } : {}),
    ...(plan.proxy === "proxy" ? { proxy: `http://127.0.0.1:${port}` } : {}),
    ...(plan.proxy === "env" ? { proxy: "env" } : {}),
    ...(isSecure ? { tls: { ca: (await certificate()).cert } } : {}),
  };
}

async function abortIn(count: number, abort: AbortController): Promise<void> {
  let left = count;
  await until(() => (left -= 1) < 0, "the turns before an abort");
  abort.abort(new Error("not any more"));
}

/** What was reported to the application. */
class Seen {
  closes = 0;
  readonly delivered: string[] = [];
  readonly problems: (string | undefined)[] = [];
  /** What a handler must not have seen: what it throws would only end its connection. */
  readonly complaints: string[] = [];
  readonly #plan: ClientPlan;
  readonly #fault: string | undefined;

  readonly handlers = {
    message: (ws: WebSocketConnection, data: string | Uint8Array, isText: boolean) =>
      this.#onMessage(ws, data, isText),
    error: (_ws: WebSocketConnection, { code, problem }: WebSocketError) => {
      if (code === "WIREPROOF_VIOLATION") this.problems.push(problem);
    },
    close: (ws: WebSocketConnection, code: number) => {
      this.closes += this.#fault === "twice" ? 2 : 1;
      if (ws.state !== "closed" || ws.closed?.code !== code) this.complaints.push("not closed at the end");
      if (ws.send("x")) this.complaints.push("something was sent after the end");
    },
  };

  constructor(plan: ClientPlan, fault: string | undefined) {
    this.#plan = plan;
    this.#fault = fault;
  }

  #onMessage(ws: WebSocketConnection, data: string | Uint8Array, isText: boolean): void {
    const index = this.delivered.length;
    if (this.closes > 0) this.complaints.push("a message came after the end");
    this.delivered.push(digest(data, isText));
    if (this.#fault !== "swallow") {
      if (isText && typeof data !== "string") ws.sendText(data);
      else ws.send(data);
    }
    actOn(ws, this.#plan.acts, index);
  }
}

function check(plan: ClientPlan, listener: RawListener, seen: Seen, ws: ClientConnection | undefined): void {
  assert.deepEqual(seen.complaints, []);
  assert.equal(
    seen.closes,
    ws === undefined ? 0 : 1,
    "the end is reported once for each client that was let in",
  );
  if (!plan.isGood || ws === undefined || plan.end === "reset") return;
  const expected = expectation(plan);
  if (plan.end === "silence") {
    assert.ok(isPrefix(seen.delivered, expected.delivered), "messages come in their order");
    return;
  }
  assert.deepEqual(seen.delivered, expected.delivered, "what was sent is what was delivered");
  assert.equal(seen.problems[0], expected.violation, "the violation is the right one");
  const peer = listener.peers.at(-1);
  if (peer === undefined || peer.wasReset || plan.acts.some(({ act }) => act === "terminate")) return;
  const said = saidTo(peer.received, plan);
  const hasFailed = plan.acts.some(({ at, act }) => act === "throw" && at < seen.delivered.length);
  const mayMiss = plan.compression && (expected.violation !== undefined || hasFailed);
  if (!isSaid(said, expected.said, mayMiss))
    assert.deepEqual(said, expected.said, "what was delivered is what was sent back");
}

function expectation(plan: ClientPlan): Outcome {
  const octets = Buffer.from(plan.frames.repeat(plan.times), "latin1");
  const limits = resolveLimits(DEFAULT_CONNECTION_LIMITS, { messageOctets: MESSAGE_OCTETS });
  const agreement = plan.compression ? AGREEMENT : undefined;
  return reference(Side.Client, octets, { limits, agreement, acts: plan.acts });
}

function saidTo(received: Buffer, plan: ClientPlan) {
  let rest = splitHead(received)?.rest ?? Buffer.alloc(0);
  if (plan.proxy !== "none") rest = splitHead(rest)?.rest ?? Buffer.alloc(0);
  return saidIn(wholeFrames(rest), plan.compression);
}

/** What the answer of a good plan agrees to. */
const AGREEMENT: DeflateAgreement = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
