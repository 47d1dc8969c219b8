import assert from "node:assert/strict";

import { WebSocketError, createServer } from "../../../src/index.js";
import type { BacklogPolicy, Server, WebSocketConnection } from "../../../src/index.js";
import { Opcode } from "../../../src/protocol/opcode.js";
import { certificate } from "../../support/live-server.js";
import { closeOctets, fromClient } from "../../support/frames.js";
import { requestText } from "../../support/raw-client.js";
import { defineHarness } from "../harness.js";
import type { Harness } from "../harness.js";
import { turns, until } from "../play/in-time.js";
import { RawPeer } from "../play/raw-peer.js";
import { latin1 } from "../play/steps.js";
import type { Step } from "../play/steps.js";
import { digest, isPrefix, saidIn, splitHead, wholeFrames } from "../play/wire.js";
import { aside } from "../watches/thread-time.js";

interface Sending {
  readonly to: number;
  readonly size: number;
  readonly how: "send" | "publish" | "ping";
  /** Turns of the event loop afterwards. */
  readonly pace: number;
}

/** Peers that do not read, for a while or at all, and a server that sends to them. */
interface BacklogPlan {
  readonly policy: BacklogPolicy;
  readonly backlogOctets: number;
  readonly totalBacklogOctets: number;
  readonly isSecure: boolean;
  /** After how many turns each of them begins to read; -1: it never does, and goes with a reset. */
  readonly peers: readonly number[];
  readonly sends: readonly Sending[];
}

/** Backlogs. Faults: limits that are none ("unbounded"), and a policy that is not kept ("deaf"). */
export const backlog: Harness = defineHarness<BacklogPlan>({
  name: "backlog",
  plans: 60,
  // What waits over all connections of the process is bounded: that of others must not count.
  lanes: 1,
  mostHeldMib: 48,
  faults: ["unbounded"],
  plan: (random): BacklogPlan => {
    const peers = random.some(1, 6, () => (random.oneIn(3) ? -1 : random.below(60)));
    return {
      policy: random.pick(["close", "drop", "error"]),
      backlogOctets: random.pick([50_000, 300_000, 3_000_000]),
      totalBacklogOctets: random.pick([300_000, 1_000_000, 4_000_000]),
      isSecure: random.oneIn(4),
      peers,
      sends: random.some(1, 60, () => ({
        to: random.below(peers.length),
        size: random.below(random.pick([100, 20_000, 100_000, 400_000])),
        how: random.pick(["send", "send", "send", "publish", "ping"]),
        pace: random.oneIn(4) ? random.below(6) : 0,
      })),
    };
  },
  play: playBacklog,
});

async function playBacklog(plan: BacklogPlan, fault?: string): Promise<number> {
  const { cert, key } = plan.isSecure ? await certificate() : { cert: undefined, key: undefined };
  const there: WebSocketConnection[] = [];
  let closes = 0;
  const { policy, backlogOctets, totalBacklogOctets } = plan;
  const bounds = fault === "unbounded" ? {} : { backlogOctets, totalBacklogOctets };
  const problems: (string | undefined)[] = [];
  const server = createServer({
    ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
    compression: false,
    heartbeat: false,
    limits: { closeMs: 60_000, onBacklog: policy, ...bounds },
    open: (ws) => {
      there.push(ws);
      ws.subscribe("all");
    },
    message: () => {},
    error: (_ws, { problem }) => void problems.push(problem),
    close: () => void closes++,
  });
  const { port } = await server.listen(0, "127.0.0.1");
  const peers: RawPeer[] = [];
  const runs: Promise<void>[] = [];
  try {
    for (const readsAfter of plan.peers) {
      const peer = await RawPeer.connect(port, cert);
      peers.push(peer);
      const run = peer.run(stepsOf(readsAfter));
      run.catch(() => {});
      runs.push(run);
      await until(() => there.length === peers.length, "the open event");
    }
    const taken = await sendAll(plan, server, there);
    await Promise.all(runs);
    await until(() => closes === peers.length, "the close events");
    assert.ok(
      policy === "close" || problems.every((it) => it !== "backlog-exceeded"),
      "only one policy closes",
    );
    aside(() => {
      for (const [at, peer] of peers.entries()) check(plan, peer, taken[at]!, there[at]!, plan.peers[at]!);
    });
    return peers.reduce((sum, { octets }) => sum + octets, 0);
  } finally {
    for (const { socket } of peers) socket.destroy();
    await server.close({ drainMs: 0 });
  }
}

const CLOSE = latin1(fromClient({ opcode: Opcode.Close, payload: closeOctets(1000) }));

function stepsOf(readsAfter: number): readonly Step[] {
  const opening: Step[] = [{ write: requestText() }, { heads: 1 }, { reading: false }];
  if (readsAfter < 0) return [...opening, { turns: 60 }, { end: "reset" }];
  return [
    ...opening,
    { turns: readsAfter },
    { reading: true },
    { turns: 20 },
    { write: CLOSE },
    { end: "fin" },
  ];
}

const MOST_IN_A_TURN = 8;

/** What each of them was sent, as far as it was taken. */
async function sendAll(
  plan: BacklogPlan,
  server: Server,
  all: readonly WebSocketConnection[],
): Promise<string[][]> {
  const taken: string[][] = all.map(() => []);
  const largest = plan.sends.reduce((most, { size }) => Math.max(most, size), 0) + 14;
  for (const [index, { to, size, how, pace }] of plan.sends.entries()) {
    const message = aside(() => Buffer.alloc(how === "ping" ? Math.min(size, 100) : size, index + 1));
    const what = aside(() => digest(message, false));
    const before = all.map(({ counters }) => counters.messagesSent);
    const dropped = server.counters.dropped;
    let hasThrown = false;
    try {
      if (how === "publish") server.publish("all", message);
      else if (how === "ping") all[to]?.ping(message);
      else all[to]?.send(message);
    } catch (error) {
      assert.ok(error instanceof WebSocketError && error.code === "WIREPROOF_BACKLOG", String(error));
      assert.equal(plan.policy, "error", "only one policy throws");
      hasThrown = true;
    }
    const sent = all.map(({ counters }, at) => counters.messagesSent - before[at]!);
    assert.ok(!hasThrown || sent.every((count) => count === 0), "who throws has sent nothing");
    if (plan.policy === "close") assert.equal(server.counters.dropped, dropped, "nothing is dropped");
    for (const [at, count] of sent.entries()) if (count > 0) taken[at]?.push(what);
    checkBounds(plan, all, largest);
    // Sending is work too, and the application decides how much of it is done in one turn.
    await turns(index % MOST_IN_A_TURN === MOST_IN_A_TURN - 1 ? Math.max(1, pace) : pace);
  }
  return taken;
}

function checkBounds(plan: BacklogPlan, all: readonly WebSocketConnection[], largest: number): void {
  const waiting = all.map(({ state, bufferedAmount }) => (state === "closed" ? 0 : bufferedAmount));
  for (const octets of waiting)
    assert.ok(octets <= plan.backlogOctets + largest, "a backlog is within its limit");
  const sum = waiting.reduce((all, octets) => all + octets, 0);
  // A message is always taken where nothing waits, and what is published waits once, however many it is for.
  const isPublished = plan.sends.some(({ how }) => how === "publish");
  const more = plan.policy === "close" && !isPublished ? 2 : all.length;
  const most = (plan.totalBacklogOctets + more * largest) * (isPublished ? all.length : 1);
  assert.ok(sum <= most, "all backlogs are within their limit");
}

function check(
  plan: BacklogPlan,
  peer: RawPeer,
  taken: string[],
  ws: WebSocketConnection,
  readsAfter: number,
): void {
  assert.equal(ws.state, "closed");
  if (readsAfter < 0) return;
  const { messages } = saidIn(wholeFrames(splitHead(peer.received)?.rest ?? Buffer.alloc(0)), false);
  if (plan.policy === "close" || peer.wasReset)
    assert.ok(isPrefix(messages, taken), "messages come in their order");
  else assert.deepEqual(messages, taken, "what was taken is what comes, however late it is read");
}
