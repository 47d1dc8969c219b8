import { NOTHING_CLOSED } from "./close-record.js";
import type { CaseRecord, HandshakeRecord } from "./record.js";

interface Unplayed extends Pick<CaseRecord, "profile" | "role" | "startedAt"> {
  /** Why it was not played, of no use or impossible, in a clause; absent if the opening handshake says it. */
  readonly why?: Pick<CaseRecord, "notPlayed" | "untried">;
  readonly handshake?: Partial<HandshakeRecord>;
}

/** The record of a case for which there was no connection. */
export function unplayed({ profile, role, startedAt, why = {}, handshake = {} }: Unplayed): CaseRecord {
  return {
    profile,
    role,
    startedAt,
    durationMs: 0,
    handshake: { opened: false, request: null, response: null, ...handshake },
    events: [],
    eventCount: 0,
    violations: [],
    close: NOTHING_CLOSED,
    octets: { received: {}, sent: {} },
    frames: { received: {}, sent: {} },
    timers: [],
    undeclared: [],
    concurrent: false,
    ...why,
  };
}
