import type { Profile } from "../record/record.js";
import type { Clock } from "../time/clock.js";
import type { TesterOptions } from "./tester-options.js";
import { closeOctets } from "../wire/close-payload.js";
import { TesterConnection } from "./connection.js";
import { dial, DialError } from "../net/dial.js";
import { openAsClient, type Opened } from "./open.js";
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

/** What a first connection tells about a peer. */
export type ProbeResult =
  /** No connection, or an answer that is no HTTP: nothing can be played. */
  | {
      readonly kind: "unreachable";
      readonly because: string;
      /** Nobody is there, as far as can be seen: it may be about to start. */
      readonly isAbsent?: boolean;
    }
  /** It speaks HTTP and refuses: every case will say so. */
  | { readonly kind: "refused"; readonly because: string; readonly server: string | undefined }
  | { readonly kind: "open"; readonly server: string | undefined; readonly takesSeveral: boolean };

/** How long a peer may take to answer when it is asked whether it is still there. */
const ANSWER_MS = 1000;

/** How long it is waited for the end of a connection by which a peer was asked something. */
const CLOSE_MS = 200;

/** How many times the usual limit a peer may take to answer when nothing else is in flight. */
const PATIENT_FACTOR = 6;

interface FirstConnection {
  readonly opened: Opened;
  /** Closes it and resolves when it is gone. */
  close(): Promise<void>;
}

/**
 * Opens a connection before any case is played: is there a peer, what is its name, and does it take a second
 * connection while the first is open? `probesSecond` asks that last question.
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
    // What is no HTTP at all cannot refuse either.
    const answered = handshake.status !== undefined;
    if (answered) return { kind: "refused", because, server };
    // Where ports of containers are published, somebody else accepts connections and drops them until it listens.
    const isAbsent = handshake.response === null && !first.opened.timedOut;
    return { kind: "unreachable", because, isAbsent };
  }
  const tookMs = (context.clock.now() - began) / 1000;
  const takesSeveral = !probesSecond || (await takesAnother(context, tookMs));
  await first.close();
  return { kind: "open", server, takesSeveral };
}

/** Whether the peer answers an opening handshake, whatever it says; one that takes its time is not gone. */
export async function isAnswering(context: ProbeContext): Promise<boolean> {
  const asked = await ask(context, ANSWER_MS * context.timeouts.scale);
  return asked.because === null || asked.isSlow;
}

/**
 * Null if the peer answers an opening handshake, whatever it says, and several times as long as usual is waited for it;
 * otherwise why it does not, in one sentence.
 */
export async function whyUnreachable(context: ProbeContext): Promise<string | null> {
  return (await ask(context, PATIENT_FACTOR * context.timeouts.openMs)).because;
}

async function ask(
  context: ProbeContext,
  patienceMs: number,
): Promise<{ readonly because: string | null; readonly isSlow: boolean }> {
  // What it makes of the closing is not asked.
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
    const because = handshake.response === null ? (handshake.problem ?? "the peer says nothing") : null;
    return { because, isSlow: timedOut };
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    return { because: error.message, isSlow: error.timeout };
  }
}

/** TLS servers close without a word when they are addressed in plain text, or say so in an alert. */
function hint({ target }: ProbeContext, { handshake, timedOut }: Opened): string {
  const isMute = handshake.response === null && !timedOut;
  return isMute && target.tls === null ? ": is it a wss:// server?" : "";
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
  const recorder = new Recorder(clock, () => undefined);
  const dialled = await dial(target, clock, timeouts.connectMs, signal);
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
          resolve({ opened, close: () => Promise.resolve() });
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
        resolve({ opened, close });
        if (opened.rest.length > 0) connection.receive(opened.rest);
        return {
          received: (chunk) => connection.receive(chunk),
          ended: (reset) => connection.end(reset),
        };
      },
    });
  });
}
