import { dial, DialError, type SocketConnection } from "../net/dial.js";
import type { Target } from "../net/target.js";
import { IGNORE_EVENTS } from "../net/transport.js";
import type { CrowdRecord, HandshakeRecord, Profile } from "../record/record.js";
import { Recorder } from "../record/recorder.js";
import type { Clock } from "../time/clock.js";
import { openAsClient } from "./open.js";
import type { Timeouts } from "./timeouts.js";

export interface CrowdContext {
  readonly target: Target;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly signal: AbortSignal;
}

/** Connections that stand beside that of a case. */
export interface Crowd {
  /** Sends the usual request on each, all in this turn of the event loop. */
  ask(): void;
  /** What came of them, when each was answered or its time was over; they are dropped by then. */
  ended(): Promise<CrowdRecord>;
  /** Drops them all. */
  drop(): void;
}

/** Opens TCP, and TLS, `size` times at once, and waits until each is there or has failed. */
export async function gatherCrowd(context: CrowdContext, size: number): Promise<Crowd> {
  const { target, clock, timeouts, signal } = context;
  const dialled = await Promise.all(
    Array.from({ length: size }, () =>
      dial(target, clock, timeouts.connectMs, signal).catch((error: unknown) => {
        if (error instanceof DialError) return null;
        throw error;
      }),
    ),
  );
  const there = dialled.filter((one) => one !== null);
  const drop = (): void => {
    for (const { transport } of there) transport.destroy();
  };
  signal.addEventListener("abort", drop, { once: true });
  let answers: Promise<readonly HandshakeRecord[]> = Promise.resolve([]);
  return {
    ask: () => {
      answers = Promise.all(there.map((one) => open(context, one)));
    },
    ended: async () => {
      const handshakes = await answers;
      signal.removeEventListener("abort", drop);
      drop();
      return summary(size, handshakes);
    },
    drop,
  };
}

/** Every connection stays open until all are answered. */
function open(
  { target, profile, clock, timeouts }: CrowdContext,
  dialled: SocketConnection,
): Promise<HandshakeRecord> {
  return new Promise((resolve) => {
    openAsClient({
      target,
      profile,
      dialled,
      recorder: new Recorder(clock, () => undefined),
      clock,
      timeoutMs: timeouts.openMs,
      onAnswer: ({ handshake }) => {
        resolve(handshake);
        return IGNORE_EVENTS;
      },
    });
  });
}

function summary(size: number, handshakes: readonly HandshakeRecord[]): CrowdRecord {
  const wrong = handshakes.find(({ requirement }) => requirement !== undefined);
  const { problem = "", requirement = "" } = wrong ?? {};
  const isRefused = ({ opened, status, requirement: broken }: HandshakeRecord): boolean =>
    !opened && status !== undefined && broken === undefined;
  return {
    size,
    opened: handshakes.filter(({ opened }) => opened).length,
    refused: handshakes.filter(isRefused).length,
    ...(wrong === undefined ? {} : { wrong: { problem, requirement } }),
  };
}
