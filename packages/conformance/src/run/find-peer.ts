import { probe, type ProbeContext, type ProbeResult } from "../tester/probe.js";
import type { Target } from "../net/target.js";
import { pause } from "../time/pause.js";

/** How long a fallback host may take to accept a connection: some hosts drop packets without an answer. */
const FALLBACK_CONNECT_MS = 2000;

/**
 * How often a peer that does not answer yet is tried again; one budget for all peers of a run.
 *
 * @example
 * ```ts
 * import { cases, run, type Retries } from "wireproof";
 *
 * const retries: Retries = { left: 2, everyMs: 10 };
 * const urls = ["ws://127.0.0.1:1"];
 * for await (const event of run({ urls, cases: cases.slice(0, 1), retries }))
 *   if (event.type === "run-end") console.assert(event.totals.notRun === 1);
 * ```
 */
export interface Retries {
  /** Attempts that are left, over all peers; 0 or more. */
  left: number;
  /** Milliseconds from the end of an attempt to the next one. */
  readonly everyMs: number;
}

export interface FindPeerOptions {
  /** Check whether the peer accepts a second connection. */
  readonly probesSecond: boolean;
  /** Hosts to try in this order if the peer is not where its URL says. */
  readonly fallbackHosts: readonly string[];
  /** If absent, there is one attempt. */
  readonly retries: Retries | undefined;
  /** Emits a note: one sentence without a full stop. */
  readonly note: (text: string) => void;
}

/** The result of the probe, and the address at which the peer was found. */
export interface FoundPeer {
  readonly found: ProbeResult;
  readonly target: Target;
}

/**
 * Finds a peer at its address, or at the same port of a fallback host. It tries again as long as the peer may still be
 * starting. Attempts are counted, not time, so that a peer on a busy machine gets more time, not less.
 */
export async function findPeer(context: ProbeContext, options: FindPeerOptions): Promise<FoundPeer> {
  const { signal, target } = context;
  const { retries, note } = options;
  const others = new Set(options.fallbackHosts.filter((host) => host !== target.host));
  let hasSaid = false;
  for (let attempts = 1; ; attempts++) {
    const { found, ...arrival } = await tryAll(context, options.probesSecond, others);
    if (found.kind !== "unreachable") {
      const { host } = arrival.target;
      if (host !== target.host) note(`${target.host} cannot be reached from here: ${host} is used instead`);
      return { found, ...arrival };
    }
    const isOver = retries === undefined || retries.left <= 0 || found.isAbsent !== true || signal.aborted;
    if (isOver) {
      const times = attempts === 1 ? "" : ` (tried ${attempts} times)`;
      return { found: { ...found, because: `${found.because}${times}` }, target };
    }
    if (!hasSaid) {
      const seconds = Math.ceil((retries.left * retries.everyMs) / 1000);
      note(`${found.because}; it is tried again for ${seconds} s`);
    }
    hasSaid = true;
    retries.left--;
    await pause(context.clock, retries.everyMs, signal);
  }
}

/** One attempt at every host. A fallback host that times out, or where something else answers, is not tried again. */
async function tryAll(context: ProbeContext, probesSecond: boolean, others: Set<string>): Promise<FoundPeer> {
  const { target, signal, timeouts } = context;
  const found = await probe(context, probesSecond);
  if (found.kind !== "unreachable" || signal.aborted) return { found, target };
  const tried = [...others];
  const connectMs = Math.min(timeouts.connectMs, FALLBACK_CONNECT_MS * timeouts.scale);
  for (const host of tried) {
    const there: Target = { ...target, host };
    const other = await probe(
      { ...context, target: there, timeouts: { ...timeouts, connectMs } },
      probesSecond,
    );
    if (other.kind !== "unreachable" || signal.aborted) return { found: other, target: there };
    if (other.isAbsent !== true) others.delete(host);
  }
  const nor = tried.length === 0 ? "" : `; it was not found at ${tried.join(" or ")} either`;
  return { found: { ...found, because: `${found.because}${nor}` }, target };
}
