import assert from "node:assert/strict";
import { constants, deflateRawSync } from "node:zlib";

import { connect, createServer } from "../../../src/index.js";
import type { Handlers } from "../../../src/index.js";
import { Opcode } from "../../../src/protocol/opcode.js";
import { requestText } from "../../support/raw-client.js";
import { defineHarness } from "../harness.js";
import type { Harness } from "../harness.js";
import { until } from "../play/in-time.js";
import { RawListener } from "../play/raw-listener.js";
import { RawPeer } from "../play/raw-peer.js";
import { latin1, someCuts } from "../play/steps.js";
import type { Step } from "../play/steps.js";
import {
  agreementIn,
  digest,
  inflated,
  isPrefix,
  saidIn,
  splitHead,
  wholeFrames,
  wireFrame,
} from "../play/wire.js";
import { Random } from "../random.js";
import { aside } from "../watches/thread-time.js";

interface Message {
  /** Octets before they are compressed; noise stays as large as it is, words shrink, a bomb is far over the limit. */
  readonly size: number;
  readonly kind: "words" | "noise" | "bomb";
  readonly fragments: number;
  /** A ping between the fragments. */
  readonly isInterrupted: boolean;
  /** Where an octet of the compressed form is changed; -1: nowhere. */
  readonly spoiledAt: number;
}

/** Compressed messages, most of them so large that they are inflated on the thread pool. */
interface InflatePlan {
  readonly role: "server" | "client";
  readonly seed: number;
  readonly hasTakeover: boolean;
  readonly messages: readonly Message[];
  /** The stream ends so many octets before its end, in the middle of something. */
  readonly missing: number;
  readonly cuts: readonly number[];
  readonly end: "fin" | "reset";
  /** The message at which the application drops the connection; -1: never. */
  readonly terminateAt: number;
}

const MESSAGE_OCTETS = 512 * 1024;
const BOMB_OCTETS = 48 * 1024 * 1024;
let bomb: Buffer | undefined;

/** Inflating on the thread pool, on several connections at a time. Faults: "swallow" loses messages, "reorder" swaps them. */
export const inflate: Harness = defineHarness<InflatePlan>({
  name: "inflate",
  plans: 120,
  lanes: 6,
  mostHeldMib: 128,
  faults: ["swallow", "reorder"],
  open: () => {
    bomb ??= deflateRawSync(Buffer.alloc(BOMB_OCTETS), { level: 1 });
    return Promise.resolve(() => Promise.resolve());
  },
  plan: (random): InflatePlan => {
    const isWhole = random.oneIn(2);
    const messages = random.some(1, 5, () => someMessage(random, isWhole));
    const octets = messages.reduce((sum, { size, kind }) => sum + (kind === "noise" ? size : size / 4), 0);
    return {
      role: random.pick(["server", "client"]),
      seed: random.below(1_000_000),
      hasTakeover: random.oneIn(2),
      messages,
      missing: isWhole || !random.oneIn(3) ? 0 : random.below(Math.max(1, Math.floor(octets))),
      cuts: random.oneIn(2) ? someCuts(random, octets) : [],
      end: random.oneIn(5) ? "reset" : "fin",
      terminateAt: random.oneIn(8) ? random.below(3) : -1,
    };
  },
  play: playInflate,
});

function someMessage(random: Random, isWhole: boolean): Message {
  const size = random.below(random.pick([200, 30_000, 100_000, 300_000]));
  return {
    size,
    kind: !isWhole && random.oneIn(12) ? "bomb" : random.pick(["words", "noise"]),
    fragments: random.oneIn(3) ? 1 + random.below(6) : 1,
    isInterrupted: random.oneIn(4),
    spoiledAt: isWhole || !random.oneIn(4) ? -1 : random.below(Math.max(1, size)),
  };
}

/** What is sent, and what has to come of it. */
interface Made {
  readonly octets: Buffer;
  /** Each as it has to be delivered, and whether it may be refused instead, having been spoiled. */
  readonly expected: { readonly digest: string; readonly isSpoiled: boolean }[];
  /** The message that cannot be inflated or is too large comes behind those. */
  readonly isRefused: boolean;
}

function make(plan: InflatePlan): Made {
  const random = new Random(plan.seed);
  const frames: Buffer[] = [];
  const expected: Made["expected"] = [];
  let isRefused = false;
  let history = Buffer.alloc(0);
  for (const message of plan.messages) {
    const payload = message.kind === "bomb" ? undefined : contents(random, message);
    const octets = payload === undefined ? Buffer.from(bomb ?? []) : compressed(payload, history);
    const isSpoiled = message.spoiledAt >= 0 && octets.length > 0;
    if (isSpoiled) octets[message.spoiledAt % octets.length]! ^= 0x10;
    frames.push(...framesOf(message, octets, plan.role === "server"));
    if (isRefused) continue;
    const result = payload === undefined && !isSpoiled ? undefined : result_(octets, history);
    if (result === undefined || result.length > MESSAGE_OCTETS) {
      isRefused = true;
      continue;
    }
    expected.push({ digest: digest(result, false), isSpoiled });
    if (plan.hasTakeover) history = Buffer.concat([history, result]).subarray(-32_768);
  }
  frames.push(wireFrame({ opcode: Opcode.Close, payload: Buffer.of(3, 232) }, plan.role === "server"));
  return { octets: Buffer.concat(frames), expected, isRefused };
}

/** By node:zlib alone; undefined for what cannot be inflated. */
function result_(octets: Buffer, history: Buffer): Buffer | undefined {
  try {
    return inflated(octets, history);
  } catch {
    return undefined;
  }
}

const WORDS = ["frame", "message", "close", "continuation", "payload", "mask", " ", "\n"];

function contents(random: Random, { size, kind }: Message): Buffer {
  if (kind === "words") {
    let text = "";
    while (text.length < size) text += `${random.pick(WORDS)}${random.below(50)}`;
    return Buffer.from(text.slice(0, size), "latin1");
  }
  const octets = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) octets[at] = random.below(256);
  return octets;
}

function compressed(payload: Buffer, history: Buffer): Buffer {
  const options = { level: 1, finishFlush: constants.Z_SYNC_FLUSH };
  const whole = deflateRawSync(payload, history.length === 0 ? options : { ...options, dictionary: history });
  return Buffer.from(whole.subarray(0, -4));
}

function framesOf({ fragments, isInterrupted }: Message, octets: Buffer, isMasked: boolean): Buffer[] {
  const size = Math.max(1, Math.ceil(octets.length / fragments));
  const frames: Buffer[] = [];
  for (let at = 0; at === 0 || at < octets.length; at += size) {
    const fin = at + size >= octets.length;
    const [opcode, rsv] = at === 0 ? [Opcode.Binary, 4] : [Opcode.Continuation, 0];
    frames.push(wireFrame({ opcode, rsv, fin, payload: octets.subarray(at, at + size) }, isMasked));
    if (isInterrupted) frames.push(wireFrame({ opcode: Opcode.Ping, payload: Buffer.from("p") }, isMasked));
  }
  return frames;
}

async function playInflate(plan: InflatePlan, fault?: string): Promise<number> {
  const made = aside(() => make(plan));
  const delivered: string[] = [];
  const problems: (string | undefined)[] = [];
  let [opens, closes] = [0, 0];
  const handlers: Handlers = {
    open: () => void opens++,
    message: (ws, data) => {
      if (fault !== "swallow" || delivered.length % 2 === 0) ws.send(data, { compress: true });
      delivered.push(aside(() => digest(data, false)));
      if (delivered.length - 1 === plan.terminateAt) ws.terminate();
    },
    error: (_ws, { problem }) => void problems.push(problem),
    close: () => void closes++,
  };
  const isDone = (): boolean => opens > 0 && opens === closes;
  const write = latin1(made.octets.subarray(0, Math.max(0, made.octets.length - plan.missing)));
  const steps: Step[] = [{ write, cuts: plan.cuts }, { end: plan.end }];
  const peer =
    plan.role === "server"
      ? await serve(plan, handlers, steps, isDone)
      : await dial(plan, handlers, steps, isDone);
  if (fault === "reorder") delivered.reverse();
  assert.equal(closes, 1, "the end is reported once");
  aside(() => check(plan, made, delivered, problems, peer));
  return peer.sent;
}

const LIMITS = { messageOctets: MESSAGE_OCTETS, closeMs: 60_000 };

async function serve(
  plan: InflatePlan,
  handlers: Handlers,
  steps: Step[],
  isDone: () => boolean,
): Promise<RawPeer> {
  const compression = { peerNoContextTakeover: !plan.hasTakeover };
  const server = createServer({ limits: LIMITS, heartbeat: false, compression, ...handlers });
  const { port } = await server.listen(0, "127.0.0.1");
  try {
    const peer = await RawPeer.connect(port);
    const opening = requestText({ headers: { "Sec-WebSocket-Extensions": "permessage-deflate" } });
    await peer.run([{ write: opening }, { heads: 1 }, ...steps]);
    await until(isDone, "the close event");
    return peer;
  } finally {
    await server.close({ drainMs: 0 });
  }
}

async function dial(
  plan: InflatePlan,
  handlers: Handlers,
  steps: Step[],
  isDone: () => boolean,
): Promise<RawPeer> {
  const takeover = plan.hasTakeover ? "" : "; server_no_context_takeover";
  const answer = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: {accept}",
    `Sec-WebSocket-Extensions: permessage-deflate${takeover}`,
    "",
    "",
  ].join("\r\n");
  const listener = await RawListener.start([[{ heads: 1 }, { write: answer }, ...steps]]);
  try {
    await connect(`ws://127.0.0.1:${listener.port}/`, { limits: LIMITS, heartbeat: false, ...handlers });
    await until(isDone, "the close event");
    await listener.ended();
    return listener.peers[0]!;
  } finally {
    await listener.close();
  }
}

function check(
  plan: InflatePlan,
  { expected, isRefused }: Made,
  delivered: readonly string[],
  problems: readonly (string | undefined)[],
  peer: RawPeer,
): void {
  const wanted = expected.map(({ digest }) => digest);
  assert.ok(isPrefix(delivered, wanted), "messages come whole and in their order");
  const isCut = plan.missing > 0 || plan.end === "reset" || plan.terminateAt >= 0;
  if (isCut) return;
  const isWhole = delivered.length === wanted.length;
  // What zlib makes something of may be refused all the same: it does not look for what is missing at the end.
  if (!isWhole) assert.ok(expected[delivered.length]?.isSpoiled, "every message is delivered");
  const isFailed = problems.some((it) => it === "invalid-deflate-data" || it === "message-too-big");
  assert.equal(
    isFailed,
    isRefused || !isWhole,
    "a peer that sends what cannot be inflated, or too much, gets a Close frame that says so",
  );
  if (peer.wasReset) return;
  const head = splitHead(peer.received);
  const takes =
    plan.role === "server" ? agreementIn(head?.head ?? "")?.serverNoContextTakeover === false : true;
  const said = saidIn(wholeFrames(head?.rest ?? Buffer.alloc(0)), takes);
  assert.ok(isPrefix(said.messages, delivered), "what comes back is what was delivered");
  if (!isFailed) assert.equal(said.messages.length, delivered.length, "everything comes back");
}
