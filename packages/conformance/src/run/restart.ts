import { setMaxListeners } from "node:events";
import { heldConnection } from "../net/held-connection.js";
import type { Target } from "../net/target.js";
import type { ProbeContext } from "../tester/probe.js";
import { pause } from "../time/pause.js";
import { findPeer } from "./find-peer.js";
import { probeContext } from "./probe-context.js";
import { resolveSettings, type RunOptions } from "./run-options.js";

/** Milliseconds between two attempts at a server that is gone: no system reports when a port of another process opens. */
const KNOCK_EVERY_MS = 100;
/** Milliseconds that a connection may take to close that only asked whether the server is there. */
const CLOSE_MS = 200;
/** Milliseconds until the next idle connection to a server that has ended one and is there: some servers end each at once. */
const HOLD_AGAIN_MS = 500;

export interface RestartOptions {
  /** Called once when a server is gone. */
  readonly onGone: () => void;
  /** Servers that are gone when the wait begins count when they are back. Otherwise they have to go again. */
  readonly countsGone: boolean;
}

/** What has happened, before all servers answered again. */
export type Restart = "was-gone" | "went";

/**
 * Waits until a server of a run is gone and all of its servers answer an opening handshake. An idle connection to each tells
 * when it goes. Null if the signal is aborted. Throws as `resolveSettings` does.
 */
export async function untilRestarted(
  options: RunOptions,
  signal: AbortSignal,
  { onGone, countsGone }: RestartOptions,
): Promise<Restart | null> {
  const settings = resolveSettings(options);
  // Every server listens to it.
  setMaxListeners(0, signal);
  const servers = settings.targets.map((target, index): Server => ({
    context: probeContext(settings, target, options.peers?.[index] ?? {}, signal),
    fallbackHosts: options.peers?.[index]?.fallbackHosts ?? [],
  }));
  if (!countsGone) await Promise.all(servers.map(untilAnswers));
  const found = await firstGone(servers, signal);
  if (signal.aborted) return null;
  onGone();
  await Promise.all(servers.map(untilAnswers));
  return signal.aborted ? null : found;
}

interface Server {
  readonly context: ProbeContext;
  readonly fallbackHosts: readonly string[];
}

/** Holds a connection to each, and ends them all when one server is gone. */
async function firstGone(servers: readonly Server[], signal: AbortSignal): Promise<Restart> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  setMaxListeners(0, both);
  const waits = servers.map((server) =>
    untilGone({ ...server, context: { ...server.context, signal: both } }),
  );
  try {
    return await Promise.race(waits);
  } finally {
    over.abort();
    await Promise.all(waits);
  }
}

/** A server that ends an idle connection may be there all the same: many do after a while. So it is asked. */
async function untilGone(server: Server): Promise<Restart> {
  const { clock, signal } = server.context;
  for (let times = 0; ; times++) {
    const found = await answering(server);
    if (found === null || signal.aborted) return times === 0 ? "was-gone" : "went";
    if (times > 0) await pause(clock, HOLD_AGAIN_MS, signal);
    await heldConnection(found, signal);
  }
}

async function untilAnswers(server: Server): Promise<void> {
  const { clock, signal } = server.context;
  while (!signal.aborted && (await answering(server)) === null) await pause(clock, KNOCK_EVERY_MS, signal);
}

/** Where the server answers an opening handshake, whatever the answer is; null if it does not. */
async function answering({ context, fallbackHosts }: Server): Promise<Target | null> {
  if (context.signal.aborted) return null;
  // Each connection listens to its signal for good, and a wait may take days.
  const attempt = new AbortController();
  const abort = (): void => attempt.abort();
  context.signal.addEventListener("abort", abort);
  // How the server closes does not matter here.
  const timeouts = { ...context.timeouts, closeMs: CLOSE_MS, dropMs: CLOSE_MS };
  try {
    const { found, target } = await findPeer(
      { ...context, timeouts, signal: attempt.signal },
      { probesSecond: false, fallbackHosts, retries: undefined, note: () => undefined },
    );
    return found.kind === "unreachable" ? null : target;
  } finally {
    context.signal.removeEventListener("abort", abort);
  }
}
