import assert from "node:assert/strict";

import { WebSocketError, connect, createServer } from "../../../src/index.js";
import type { ClientConnection } from "../../../src/index.js";
import { certificate } from "../../support/live-server.js";
import { defineHarness } from "../harness.js";
import type { Harness } from "../harness.js";
import { clientPlan, playClient } from "../play/echo-client.js";
import type { ClientPlan } from "../play/echo-client.js";
import { playServer, serverPlan } from "../play/echo-server.js";
import type { ServerPlan } from "../play/echo-server.js";
import { inTime, until } from "../play/in-time.js";
import { Relay } from "../play/relay.js";
import type { Damage } from "../play/relay.js";
import { digest, isPrefix } from "../play/wire.js";
import type { Random } from "../random.js";

/** What is said inside of TLS, or what happens to the records outside. */
type TlsPlan =
  | { readonly inside: "server"; readonly plan: ServerPlan }
  | { readonly inside: "client"; readonly plan: ClientPlan }
  | { readonly inside: "neither"; readonly plan: RecordsPlan };

/** Two correct endpoints, and something between them that is not. */
interface RecordsPlan {
  readonly damage: Damage;
  /** Octets of the messages that the client sends. */
  readonly sizes: readonly number[];
}

/** Servers and clients over TLS, with a certificate made at the start. */
export const tls: Harness = defineHarness<TlsPlan>({
  name: "tls",
  plans: 160,
  lanes: 8,
  mostHeldMib: 96,
  faults: ["swallow"],
  plan: (random): TlsPlan => {
    const inside = random.pick(["server", "client", "neither"] as const);
    if (inside === "server") return { inside, plan: serverPlan(random) };
    if (inside === "client") return { inside, plan: clientPlan(random, "tls") };
    return { inside, plan: recordsPlan(random) };
  },
  // Making a key takes a while.
  open: async () => {
    await certificate();
    return () => Promise.resolve();
  },
  play: (it, fault) => {
    if (it.inside === "server") return playServer(it.plan, { isSecure: true, fault });
    if (it.inside === "client") return playClient(it.plan, { isSecure: true, fault });
    return playRecords(it.plan);
  },
});

function recordsPlan(random: Random): RecordsPlan {
  return {
    damage: {
      to: random.pick(["server", "client"]),
      at: random.below(random.pick([10, 600, 3_000, 200_000])),
      what: random.pick(["change", "lose", "insert", "fin", "reset"]),
    },
    sizes: random.some(0, 6, () => random.below(random.pick([10, 200, 50_000]))),
  };
}

/** An octet that was lost makes one side wait for more: this is when it is tired of it. */
const LIMITS = { handshakeMs: 400, closeMs: 200 };
const SOON = { intervalMs: 150, timeoutMs: 150, idleMs: 500 };

async function playRecords({ damage, sizes }: RecordsPlan): Promise<number> {
  const [heard, echoed]: [string[], string[]] = [[], []];
  let [opens, closes, clientCloses] = [0, 0, 0];
  const { key, cert } = await certificate();
  const server = createServer({
    tls: { key, cert },
    limits: LIMITS,
    heartbeat: SOON,
    open: () => void opens++,
    close: () => void closes++,
    message: (ws, data) => {
      heard.push(digest(data, false));
      ws.send(data);
    },
    error: () => {},
  });
  const { port } = await server.listen(0, "127.0.0.1");
  const relay = await Relay.start(port, damage);
  const messages = sizes.map((size, index) => Buffer.alloc(size, index + 1));
  try {
    const ws = await opened({
      port: relay.port,
      cert,
      onMessage: (ws, data) => {
        echoed.push(digest(data, false));
        if (echoed.length === messages.length) ws.close(1000);
      },
      onClose: () => void clientCloses++,
    });
    for (const message of messages) ws?.send(message);
    if (messages.length === 0) ws?.close(1000);
    if (ws !== undefined) await until(() => clientCloses > 0, "the client's close event");
    await until(() => opens === closes && server.counters.connections === 0, "the server's close events");
    assert.equal(clientCloses, ws === undefined ? 0 : 1, "the end is reported once");
    const sent = messages.map((message) => digest(message, false));
    assert.ok(isPrefix(heard, sent) && isPrefix(echoed, heard), "what comes through is whole and in order");
    return 2 * sizes.reduce((sum, size) => sum + size, 1_000);
  } finally {
    await relay.close();
    await server.close({ drainMs: 0 });
  }
}

async function opened(it: {
  readonly port: number;
  readonly cert: string;
  readonly onMessage: (ws: { close(code: number): void }, data: string | Uint8Array) => void;
  readonly onClose: () => void;
}): Promise<ClientConnection | undefined> {
  try {
    const opening = connect(`wss://localhost:${it.port}/`, {
      tls: { ca: it.cert },
      handshakeMs: LIMITS.handshakeMs,
      limits: { closeMs: LIMITS.closeMs },
      heartbeat: SOON,
      message: it.onMessage,
      close: it.onClose,
      error: () => {},
    });
    return await inTime(opening, "the opening handshake");
  } catch (error) {
    assert.ok(error instanceof WebSocketError, `connect rejects with a WebSocketError, not ${String(error)}`);
    return undefined;
  }
}
