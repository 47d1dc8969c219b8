import type { Http1, Lease } from "./http2-lease.js";
import { PooledSession } from "./pooled-session.js";
import type { SessionAddress } from "./pooled-session.js";
import { isSameTls } from "./same-tls.js";

/** The sessions of each origin that may take another connection. */
const pool = new Map<string, Set<PooledSession>>();

/**
 * A place on a session with this server: one that is there already, or a new one. Connections share a session when their
 * origin and their TLS options are the same. When the server allows no more streams on it, there is another one.
 * Resolves with {@link Http1} for a server that takes no WebSocket over HTTP/2. Rejects as `dial` does, with Unreachable
 * when the session breaks, or with the signal's reason.
 */
export async function leaseSession(address: SessionAddress, signal: AbortSignal): Promise<Lease | Http1> {
  for (;;) {
    signal.throwIfAborted();
    const negotiated = await (find(address) ?? begin(address)).join(signal);
    // Others were faster: each round serves at least one of them.
    if (negotiated !== undefined) return negotiated;
  }
}

function find(address: SessionAddress): PooledSession | undefined {
  for (const session of pool.get(keyOf(address)) ?? []) {
    if (session.hasRoom && isSameTls(session.address.tls, address.tls)) return session;
  }
  return undefined;
}

function begin(address: SessionAddress): PooledSession {
  const key = keyOf(address);
  const sessions = pool.get(key) ?? new Set();
  pool.set(key, sessions);
  const session = new PooledSession(address, () => {
    sessions.delete(session);
    if (sessions.size === 0 && pool.get(key) === sessions) pool.delete(key);
  });
  sessions.add(session);
  return session;
}

function keyOf({ url, socketPath }: SessionAddress): string {
  return `${url.protocol}//${url.host} ${socketPath ?? ""}`;
}
