import type { AnswerScript } from "../case/handshake.js";
import type { TesterConnection } from "../tester/connection.js";
import type { Timeouts } from "../tester/timeouts.js";
import type { Clock, Timer } from "../time/clock.js";

export interface ScriptedAnswerContext {
  readonly script: AnswerScript;
  /** The answer as it goes over the wire, one character an octet. */
  readonly text: string;
  readonly connection: TesterConnection;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  /** The first octet is about to be written. */
  readonly onBegin: () => void;
  /** The script of the case may begin: its frames follow behind the answer. */
  readonly onEnd: () => void;
}

/** Most octets of an answer that does not end by itself. */
const ENDLESS_OCTETS = 1 << 20;
/** Octets of such an answer in one write. */
const POURED_OCTETS = 16_384;

export interface SendingAnswer {
  /** Holds back nothing any more. */
  readonly hurry: () => void;
  /** Gives up. */
  readonly cancel: () => void;
}

/** Gives the answer of a case that has one of its own. */
export function sendScripted(context: ScriptedAnswerContext): SendingAnswer {
  const { script, text, connection, clock, timeouts, onBegin, onEnd } = context;
  let timer: Timer | null = null;
  let isHeldBack = script.isHeldBack === true;
  const write = (): void => {
    isHeldBack = false;
    if (connection.state === "closed") return;
    onBegin();
    const delivery = script.chop === undefined ? {} : { chop: script.chop };
    if (text !== "") connection.sendAnswer(Buffer.from(text, "latin1"), delivery);
    if (script.endless === undefined) onEnd();
    else timer = pour(context, script.endless.text);
  };
  if (isHeldBack) timer = clock.after(timeouts.waitMs, write);
  else write();
  const cancel = (): void => timer?.cancel();
  const hurry = (): void => {
    if (!isHeldBack) return;
    cancel();
    write();
  };
  return { hurry, cancel };
}

/** Writes a text again and again: until the client closes, and neither too much nor too long. */
function pour({ connection, clock, timeouts, onEnd }: ScriptedAnswerContext, text: string): Timer {
  const chunk = Buffer.from(text.repeat(Math.ceil(POURED_OCTETS / text.length)), "latin1");
  let octets = 0;
  let isOver = false;
  const end = (): void => {
    if (isOver || connection.state === "closed") return;
    isOver = true;
    timer.cancel();
    onEnd();
  };
  const next = (): void => {
    if (isOver || connection.state === "closed") return;
    if (octets >= ENDLESS_OCTETS) return end();
    octets += chunk.length;
    // After a turn of the event loop the end of a client that has had enough is known.
    connection.sendAnswer(chunk, {}, () => clock.turn(next));
  };
  // A client that neither reads nor closes.
  const timer = clock.deadline(timeouts.closeMs, end);
  next();
  return timer;
}
