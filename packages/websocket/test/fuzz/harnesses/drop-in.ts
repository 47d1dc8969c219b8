import assert from "node:assert/strict";
import { once } from "node:events";
import type { EventEmitter } from "node:events";
import type { AddressInfo } from "node:net";

import { Side } from "../../../src/protocol/state.js";
import { limitsOf } from "../../../src/ws/settings.js";
import { WebSocket, WebSocketServer } from "../../../src/ws/index.js";
import { defineHarness } from "../harness.js";
import type { Harness } from "../harness.js";
import { clientPlan, scriptsOf } from "../play/echo-client.js";
import type { ClientPlan } from "../play/echo-client.js";
import { serverPlan, stepsOf } from "../play/echo-server.js";
import type { ServerPlan } from "../play/echo-server.js";
import { turns, until } from "../play/in-time.js";
import { RawListener } from "../play/raw-listener.js";
import { RawPeer } from "../play/raw-peer.js";
import { reference } from "../play/reference.js";
import type { Act, Outcome } from "../play/reference.js";
import {
  agreementIn,
  digest,
  isPrefix,
  isSaid,
  saidIn,
  splitHead,
  statusOf,
  wholeFrames,
} from "../play/wire.js";
import type { Random } from "../random.js";
import { aside } from "../watches/thread-time.js";

/** How the application uses it. */
interface Use {
  readonly allowSynchronousEvents: boolean;
  readonly binaryType: "nodebuffer" | "arraybuffer" | "fragments";
  readonly isPaused: boolean;
}

type DropInPlan = Use &
  (
    | { readonly role: "server"; readonly plan: ServerPlan }
    | { readonly role: "client"; readonly plan: ClientPlan }
  );

const MAX_PAYLOAD = 65_536;

/** The drop-in for `ws`, in both roles. Faults: messages are lost ("swallow"), the end is reported twice ("twice"). */
export const dropIn: Harness = defineHarness<DropInPlan>({
  name: "drop-in",
  plans: 400,
  lanes: 8,
  mostHeldMib: 96,
  faults: ["swallow", "twice"],
  plan: (random): DropInPlan => {
    const use = someUse(random);
    if (random.oneIn(2)) return { role: "server", plan: tamed(serverPlan(random)), ...use };
    return { role: "client", plan: tamed(clientPlan(random, "ws")), ...use };
  },
  play: (it, fault) =>
    it.role === "server" ? playServer(it.plan, it, fault) : playClient(it.plan, it, fault),
});

function someUse(random: Random): Use {
  return {
    allowSynchronousEvents: !random.oneIn(3),
    binaryType: random.pick(["nodebuffer", "nodebuffer", "arraybuffer", "fragments"]),
    isPaused: random.oneIn(6),
  };
}

/** Nothing here gives up who is silent, and a listener that throws is uncaught: as in `ws`. */
function tamed<Plan extends ServerPlan | ClientPlan>(plan: Plan): Plan {
  return {
    ...plan,
    end: plan.end === "silence" ? "fin" : plan.end,
    acts: plan.acts.filter(({ act }) => act !== "throw"),
  };
}

/** What was emitted to the listeners of one WebSocket. */
class Told {
  closes = 0;
  readonly errors: Error[] = [];
  readonly delivered: string[] = [];
  readonly complaints: string[] = [];
  readonly #ws: WebSocket;
  readonly #acts: readonly Act[];
  readonly #fault: string | undefined;

  constructor(ws: WebSocket, use: Use, acts: readonly Act[], fault: string | undefined) {
    this.#ws = ws;
    this.#acts = acts;
    this.#fault = fault;
    ws.binaryType = use.binaryType;
    ws.on("message", (data, isBinary) => this.#onMessage(asBuffer(data as never), isBinary));
    ws.on("error", (error) => this.errors.push(error));
    ws.on("close", (code) => this.#onClose(code));
    if (!use.isPaused) return;
    ws.pause();
    void turns(10).then(() => ws.resume());
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    const index = this.delivered.length;
    if (this.closes > 0) this.complaints.push("a message came after the end");
    this.delivered.push(digest(data, !isBinary));
    const ws = this.#ws;
    if (this.#fault !== "swallow") ws.send(data, { binary: isBinary }, () => {});
    for (const { at, act, turns: count } of this.#acts) {
      if (at !== index) continue;
      if (act === "close") ws.close(1000);
      else if (act === "terminate") ws.terminate();
      else if (act === "pause") {
        ws.pause();
        void turns(count).then(() => ws.resume());
      }
    }
  }

  #onClose(code: number): void {
    this.closes += this.#fault === "twice" ? 2 : 1;
    if (this.#ws.readyState !== WebSocket.CLOSED) this.complaints.push("not CLOSED at the end");
    if (!(code >= 1000 && code < 5000)) this.complaints.push(`the code ${code} at the end`);
  }
}

function asBuffer(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

async function playServer(plan: ServerPlan, use: Use, fault: string | undefined): Promise<number> {
  let told: Told | undefined;
  let opens = 0;
  const wss = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    maxPayload: MAX_PAYLOAD,
    perMessageDeflate: plan.options.compression && { threshold: 0 },
    allowSynchronousEvents: use.allowSynchronousEvents,
  });
  wss.on("connection", (ws: WebSocket) => {
    opens += 1;
    told = new Told(ws, use, plan.acts, fault);
  });
  await once(wss as EventEmitter, "listening");
  const { port } = wss.address() as AddressInfo;
  try {
    const peer = await RawPeer.connect(port);
    await peer.run(stepsOf(plan));
    await until(() => told === undefined || told.closes > 0, "the close event");
    const answer = splitHead(peer.received);
    const status = statusOf(answer?.head ?? "");
    if (answer !== undefined)
      assert.equal(opens, status === 101 ? 1 : 0, "only clients that are let in are reported");
    assert.equal(wss.clients.size, 0, "no client is left");
    if (plan.isOpeningGood && plan.end !== "reset")
      assert.equal(status, 101, "a good request is answered with 101");
    const isKnown = plan.isOpeningGood && plan.end !== "reset";
    const octets = Buffer.from(plan.frames.repeat(plan.times) + plan.last, "latin1");
    aside(() => check({ side: Side.Server, told, isKnown, octets, acts: plan.acts, peer, answer }));
    return peer.sent;
  } finally {
    const closed = once(wss as EventEmitter, "close");
    wss.close();
    await closed;
  }
}

async function playClient(plan: ClientPlan, use: Use, fault: string | undefined): Promise<number> {
  const listener = await RawListener.start(scriptsOf(plan));
  try {
    const ws = new WebSocket(`ws://127.0.0.1:${listener.port}/`, plan.offersProtocol ? ["chat"] : [], {
      maxPayload: MAX_PAYLOAD,
      perMessageDeflate: plan.compression && { threshold: 0 },
      allowSynchronousEvents: use.allowSynchronousEvents,
      followRedirects: plan.redirects > 0,
      maxRedirects: plan.redirects,
    });
    const told = new Told(ws, { ...use, isPaused: false }, plan.acts, fault);
    let opens = 0;
    ws.on("open", () => void opens++);
    if (plan.abortAfter > 0) void turns(plan.abortAfter).then(() => ws.terminate());
    await until(() => told.closes > 0, "the close event");
    await listener.ended();
    if (plan.isGood && plan.end !== "reset")
      assert.equal(opens, 1, told.errors[0]?.message ?? "it did not open");
    const peer = listener.peers.at(-1);
    const isKnown = plan.isGood && opens > 0 && plan.end !== "reset";
    const octets = Buffer.from(plan.frames.repeat(plan.times), "latin1");
    const head =
      plan.answers
        .at(-1)
        ?.map((step) => ("write" in step ? step.write : ""))
        .join("") ?? "";
    const rest = peer === undefined ? undefined : splitHead(peer.received)?.rest;
    const answer = { head, rest: rest ?? Buffer.alloc(0) };
    aside(() => check({ side: Side.Client, told, isKnown, octets, acts: plan.acts, peer, answer }));
    return listener.sent;
  } finally {
    await listener.close();
  }
}

interface Checked {
  readonly side: Side;
  readonly told: Told | undefined;
  /** Whether it is known what has to happen. */
  readonly isKnown: boolean;
  /** What came behind the opening handshake. */
  readonly octets: Buffer;
  readonly acts: readonly Act[];
  readonly peer: RawPeer | undefined;
  /** The head that opened the connection, and what the peer heard. */
  readonly answer: { readonly head: string; readonly rest: Buffer } | undefined;
}

function check({ side, told, isKnown, octets, acts, peer, answer }: Checked): void {
  if (told === undefined) return;
  assert.deepEqual(told.complaints, []);
  assert.equal(told.closes, 1, "the end is reported once");
  assert.ok(told.errors.length <= 1, "at most one error is reported");
  if (!isKnown || answer === undefined) return;
  const agreement = agreementIn(answer.head);
  const own = { autoPong: true, closeTimeoutMs: 30_000, pendingPongs: 60 };
  const limits = limitsOf({ maxPayload: MAX_PAYLOAD, maxFragments: 16_384 }, own);
  const isTerminated = acts.some(({ act }) => act === "terminate");
  const shown = isTerminated ? acts.filter(({ act }) => act !== "terminate") : acts;
  const expected: Outcome = reference(side, octets, { limits, agreement, acts: shown });
  if (isTerminated) {
    // What the same read brought may still be delivered, as in `ws`.
    assert.ok(isPrefix(told.delivered, expected.delivered), "messages come in their order");
    return;
  }
  assert.deepEqual(told.delivered, expected.delivered, "what was sent is what was delivered");
  assert.equal(
    told.errors.length > 0,
    expected.violation !== undefined,
    "a violation is reported as an error",
  );
  if (peer === undefined || peer.wasReset) return;
  const hasTakeover =
    agreement !== undefined &&
    !(side === Side.Server ? agreement.serverNoContextTakeover : agreement.clientNoContextTakeover);
  const said = saidIn(wholeFrames(answer.rest), hasTakeover);
  const mayMiss = agreement !== undefined && expected.violation !== undefined;
  if (!isSaid(said, expected.said, mayMiss))
    assert.deepEqual(said, expected.said, "what came is what was sent back");
}
