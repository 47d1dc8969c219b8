import type { HandshakeRecord, Profile } from "../record/record.js";
import type { Clock } from "../time/clock.js";
import type { TesterOptions } from "./tester-options.js";
import { closeOctets } from "../wire/close-payload.js";
import { TesterConnection } from "./connection.js";
import { DialError } from "../net/dial.js";
import { dialPeer } from "./dial-peer.js";
import { openAsClient } from "./open.js";
import type { Opened } from "./opening.js";
import { Recorder } from "../record/recorder.js";
import type { Target } from "../net/target.js";
import { IGNORE_EVENTS } from "../net/transport.js";
import type { Timeouts } from "./timeouts.js";

export interface ProbeContext {
  readonly target: Target;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly testerOptions?: TesterOptions;
  readonly signal: AbortSignal;
}

/** No connection, or an answer that is not HTTP: nothing can be played. */
export interface Unreachable {
  readonly kind: "unreachable";
  readonly because: string;
  /** Nothing seems to be there: the peer may still be starting. */
  readonly isAbsent?: boolean;
  /** How the opening handshake went, and the first octets that came, one a character; absent if TCP did not open. */
  readonly heard?: { readonly handshake: HandshakeRecord; readonly octets: string };
}

/** What a first connection shows about a peer. */
export type ProbeResult =
  | Unreachable
  /** The peer speaks HTTP and refuses: every case will show that. */
  | { readonly kind: "refused"; readonly because: string; readonly server: string | undefined }
  | { readonly kind: "open"; readonly server: string | undefined; readonly takesSeveral: boolean };

/** How long a peer may take to answer when the tester checks whether it is still there. */
const ANSWER_MS = 1000;

/** How long to wait for the end of a connection that only checked whether the peer is there. */
const CLOSE_MS = 200;

/** How many times the usual limit a peer may take to answer when no case is in flight. */
const PATIENT_FACTOR = 6;

/** So much is kept of what a peer says that opens no connection. */
const HEARD_KEPT = 4096;

interface FirstConnection {
  readonly opened: Opened;
  /** The first octets that came until then, one a character. */
  readonly heard: string;
  /** Closes the connection, and resolves when it has ended. */
  close(): Promise<void>;
}

/**
 * Opens a connection before any case is played: is there a peer, what is its name, and does it accept a second
 * connection while the first is open? The last question is only asked if `probesSecond` is true.
 */
export async function probe(context: ProbeContext, probesSecond: boolean): Promise<ProbeResult> {
  const began = context.clock.now();
  let first: FirstConnection;
  try {
    first = await openOne(context);
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    return { kind: "unreachable", because: error.message, isAbsent: error.isAbsent };
  }
  const { handshake, server } = first.opened;
  if (!handshake.opened) {
    const because = `${handshake.problem ?? "the opening handshake was not completed"}${hint(context, first.opened)}`;
    // An answer that is not HTTP is not a refusal.
    const answered = handshake.status !== undefined;
    if (answered) return { kind: "refused", because, server };
    // A container runtime with published ports accepts connections and drops them until the peer listens.
    const isAbsent = handshake.response === null && !first.opened.timedOut;
    return { kind: "unreachable", because, isAbsent, heard: { handshake, octets: first.heard } };
  }
  const tookMs = (context.clock.now() - began) / 1000;
  const takesSeveral = !probesSecond || (await takesAnother(context, tookMs));
  await first.close();
  return { kind: "open", server, takesSeveral };
}

/** Whether the peer answers an opening handshake, whatever the answer is. A peer that is only slow counts as there. */
export async function isAnswering(context: ProbeContext): Promise<boolean> {
  const asked = await ask(context, ANSWER_MS * context.timeouts.scale);
  return asked.because === null || asked.isSlow;
}

/**
 * Waits several times as long as usual for the answer to an opening handshake. Null if the peer answers, whatever the
 * answer is; otherwise why it does not, in one clause.
 */
export async function whyUnreachable(context: ProbeContext): Promise<string | null> {
  return (await ask(context, PATIENT_FACTOR * context.timeouts.openMs)).because;
}

/** Whether the usual request opens a connection: a request that opens none may not be what was wrong. */
export async function opensAsUsual(context: ProbeContext): Promise<boolean> {
  try {
    const connection = await openOne(context);
    await connection.close();
    return connection.opened.handshake.opened;
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    return false;
  }
}

async function ask(
  context: ProbeContext,
  patienceMs: number,
): Promise<{ readonly because: string | null; readonly isSlow: boolean }> {
  // How the peer closes does not matter here.
  const closeMs = CLOSE_MS * context.timeouts.scale;
  const timeouts = {
    ...context.timeouts,
    openMs: patienceMs,
    connectMs: patienceMs,
    closeMs,
    dropMs: closeMs,
  };
  try {
    const connection = await openOne({ ...context, timeouts });
    await connection.close();
    const { opened } = connection;
    const { handshake, timedOut } = opened;
    const because = handshake.response === null ? (handshake.problem ?? "the peer does not answer") : null;
    return { because, isSlow: timedOut };
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    return { because: error.message, isSlow: error.timeout };
  }
}

/** A TLS server that gets plain text closes without an answer, or sends an alert. */
function hint({ target }: ProbeContext, { handshake, timedOut }: Opened): string {
  const isMute = handshake.response === null && !timedOut;
  return isMute && target.tls === null ? ": is the peer a wss:// server?" : "";
}

/** A peer that serves one connection at a time leaves the second one waiting. */
async function takesAnother(context: ProbeContext, firstTookMs: number): Promise<boolean> {
  const patienceMs = Math.max(1000, 5 * firstTookMs) * context.timeouts.scale;
  const timeouts = { ...context.timeouts, openMs: patienceMs, connectMs: patienceMs };
  try {
    const second = await openOne({ ...context, timeouts });
    await second.close();
    return second.opened.handshake.opened;
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    return false;
  }
}

async function openOne(context: ProbeContext): Promise<FirstConnection> {
  const { target, profile, clock, timeouts, signal } = context;
  let heard = "";
  const recorder = new Recorder(clock, (_at, entry) => {
    if (!("octets" in entry) || entry.dir !== "<" || heard.length >= HEARD_KEPT) return;
    heard = `${heard}${Buffer.from(entry.hex, "hex").toString("latin1")}`.slice(0, HEARD_KEPT);
  });
  const dialled = await dialPeer(target, clock, timeouts.connectMs, signal, recorder);
  signal.addEventListener("abort", () => dialled.transport.destroy(), { once: true });
  return new Promise((resolve) => {
    openAsClient({
      target,
      profile,
      dialled,
      recorder,
      clock,
      timeoutMs: timeouts.openMs,
      onAnswer: (opened) => {
        if (!opened.handshake.opened) {
          dialled.transport.destroy();
          resolve({ opened, heard, close: () => Promise.resolve() });
          return IGNORE_EVENTS;
        }
        let gone: () => void = () => undefined;
        const isGone = new Promise<void>((settle) => {
          gone = settle;
        });
        const connection: TesterConnection = new TesterConnection({
          ...context,
          role: "client",
          transport: dialled.transport,
          recorder,
          onEvent: () => undefined,
          onState: () => {
            if (connection.state === "closed") gone();
          },
        });
        const close = (): Promise<void> => {
          connection.startClose(closeOctets(1000));
          return connection.state === "closed" ? Promise.resolve() : isGone;
        };
        resolve({ opened, heard, close });
        if (opened.rest.length > 0) connection.receive(opened.rest);
        return {
          received: (chunk) => connection.receive(chunk),
          ended: (reset) => connection.end(reset),
        };
      },
    });
  });
}
