import type { Case } from "./case.js";
import type { ExpectedEvent, Trace } from "./expect.js";
import { opcodeName } from "./opcode.js";
import { possibleEvents, sameEvent } from "./possible-events.js";
import type { Step } from "./steps.js";

/** The payload of a control frame (125) less the close code (RFC 6455 §5.5). */
const LONGEST_REASON = 123;

/** What makes a script impossible to play or to satisfy; each is the end of a sentence that begins with the case. */
export function* checkScript(value: Case): Iterable<string> {
  const needsPings = value.script.some(({ do: what }) => what === "await-ping");
  if (needsPings !== (value.keepalive === true))
    yield "needs a Ping of the peer, but does not wait for one, or says so";
  yield* checkChop(value);
  yield* checkReading(value);
  yield* checkSteps(value.script);
  yield* checkEnd(value);
  yield* checkTraces(value);
  yield* checkUntil(value);
}

function* checkChop({ chop, chopFirst }: Case): Iterable<string> {
  if (chopFirst !== undefined && (chop === undefined || !(Number.isInteger(chopFirst) && chopFirst >= 1))) {
    yield `cuts the first ${chopFirst} octets of frames, but not into writes`;
  }
  if (chop !== undefined && !(Number.isInteger(chop) && chop >= 1)) {
    yield `cuts frames into writes of ${chop} octets`;
  }
}

function* checkReading({ script }: Case): Iterable<string> {
  const steps = script.filter((step) => step.do === "stop-reading" || step.do === "read-again");
  const isPaired = steps.every((step, at) => step.do === (at % 2 === 0 ? "stop-reading" : "read-again"));
  if (!isPaired || steps.length % 2 !== 0) yield "does not read again after each time that it stops reading";
}

function* checkSteps(script: readonly Step[]): Iterable<string> {
  /** Octets of payload that a frame header announced and no part has brought yet. */
  let owed = 0;
  for (const step of script) {
    if (owed > 0 && !mayStandInsideFrame(step)) {
      yield `has a ${step.do} step while ${owed} octets of a frame are missing`;
      return;
    }
    // What is missing never comes.
    if (step.do === "end-tcp" || step.do === "reset-tcp" || isReset(step)) owed = 0;
    if (step.do === "frame-header") owed = step.length;
    if (step.do === "payload-part") {
      owed -= step.payload.length;
      if (owed < 0) yield `sends ${-owed} octets of payload more than its frame header announces`;
      owed = Math.max(owed, 0);
    }
    yield* checkStep(step);
  }
  if (owed > 0) yield `ends while ${owed} octets of a frame are missing`;
}

function mayStandInsideFrame(step: Step): boolean {
  return ["payload-part", "wait", "end-tcp", "reset-tcp"].includes(step.do) || isReset(step);
}

/** RST_STREAM on the stream of the case. */
function isReset(step: Step): boolean {
  return step.do === "http2-frame" && step.type === 0x3 && step.on === "stream";
}

function* checkStep(step: Step): Iterable<string> {
  switch (step.do) {
    case "frame":
      if (!isNumberUpTo(15, step.opcode)) yield `sends a frame with the opcode ${step.opcode}`;
      if (step.lengthBits === 16 && step.payload.length > 0xffff)
        yield `writes the length ${step.payload.length} in 16 bits`;
      if (!isNumberUpTo(7, step.rsv))
        yield `sends ${opcodeName(step.opcode)} with the reserved bits ${step.rsv}`;
      break;
    case "message":
      if (step.fragmentSize < 1) yield `cuts a message into fragments of ${step.fragmentSize} octets`;
      break;
    case "close":
      if (Buffer.byteLength(step.reason ?? "") > LONGEST_REASON) {
        yield `closes with a reason of more than ${LONGEST_REASON} octets`;
      }
      if (step.reason !== undefined && step.code === undefined) yield "closes with a reason but no code";
      break;
    case "kill":
    case "close-after":
      if (!(step.seconds > 0)) yield `has a ${step.do} timer of ${step.seconds} s`;
      break;
    case "stay-silent":
      if (!(step.times > 0)) yield `stays silent ${step.times} times`;
      break;
    case "until":
      if (!(step.withinMs > 0)) yield `waits ${step.withinMs} ms for an event`;
      break;
    default:
  }
}

function isNumberUpTo(limit: number, value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= limit;
}

/** Timers that end a case. */
const FINAL: ReadonlySet<Step["do"]> = new Set(["kill", "close-after", "stay-silent"]);

function* checkEnd({ script, expect }: Case): Iterable<string> {
  const timer = script.findIndex(({ do: what }) => FINAL.has(what));
  const closes = script.some((step) => step.do === "close" || step.do === "raw-close");
  const ends = script.some((step) => step.do === "end-tcp" || step.do === "reset-tcp");
  if (timer < 0 && !closes && !ends) {
    yield "never ends: its script has no kill, close-after, close, raw-close, end-tcp or reset-tcp";
  }
  if (timer >= 0 && script.slice(timer + 1).some((step) => step.do !== "echo-loop")) {
    yield "has steps behind its final timer";
  }
  if (expect.closesItself === true && !closes && !ends)
    yield "is to close the connection itself but has no close step";
  const closesLater =
    expect.pass.length > 0 || ["close-after", "stay-silent"].includes(script[timer]?.do ?? "");
  if (expect.ending.by === "tester" && !closes && !closesLater && !ends) {
    yield "expects the tester to close, but nothing makes it close";
  }
}

function* checkTraces({ script, expect, http2 }: Case): Iterable<string> {
  const possible = possibleEvents(script);
  for (const trace of tracesOf(expect)) {
    for (const event of trace) {
      if (!possible.some((each) => sameEvent(each, event))) yield `expects ${impossible(event)}`;
    }
    const known = trace.filter((event) => possible.some((each) => sameEvent(each, event)));
    // What has no room to come back comes behind the pauses.
    if (http2?.room !== 0 && !isSubsequence(known, possible))
      yield "expects events in an order in which its script cannot bring them about";
  }
}

function* checkUntil({ script, expect }: Case): Iterable<string> {
  const awaited: ExpectedEvent[] = [];
  for (const [index, step] of script.entries()) {
    if (step.do !== "until") continue;
    awaited.push(step.event);
    if (!possibleEvents(script.slice(0, index)).some((event) => sameEvent(event, step.event))) {
      yield `waits for ${nameOf(step.event)} that nothing before brings about`;
    }
  }
  const strays = awaited.filter(
    (event) =>
      !tracesOf(expect)
        .flat()
        .some((each) => sameEvent(each, event)),
  );
  for (const event of strays) yield `waits for ${nameOf(event)} that no accepted trace contains`;
  if (strays.length === 0 && !tracesOf(expect).some((trace) => isSubsequence(awaited, trace))) {
    yield "waits for events in another order than any accepted trace has";
  }
}

function tracesOf(expect: Case["expect"]): readonly Trace[] {
  return expect.nonStrict === undefined ? [expect.pass] : [expect.pass, expect.nonStrict];
}

/** True if all events of `part` are in `whole`, in the same order, whatever lies between them. */
function isSubsequence(part: Trace, whole: Trace): boolean {
  let at = 0;
  for (const event of whole) {
    const next = part[at];
    if (next !== undefined && sameEvent(next, event)) at++;
  }
  return at === part.length;
}

function nameOf(event: ExpectedEvent): string {
  if (event.type === "timeout") return `the timeout ${event.tag}`;
  return `a ${event.type} of ${event.payload.length} octets`;
}

function impossible(event: ExpectedEvent): string {
  switch (event.type) {
    case "timeout":
      return `${nameOf(event)} but never waits for it`;
    case "pong":
      return `${nameOf(event)} that no Ping in its script asks for`;
    case "message":
      return `${nameOf(event)} that the frames of its script do not make`;
  }
}
