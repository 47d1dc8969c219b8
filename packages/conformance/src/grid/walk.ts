import type { Side } from "../lint/direction.js";
import { sameEvent } from "../record/event-view.js";
import { escapeText } from "../report/escape.js";
import { eventText } from "../report/text.js";
import { headerValues } from "../wire/http1.js";
import type { Fault } from "./played.js";
import { otherSide } from "./proxy.js";
import type { Step } from "./scenarios.js";
import { closeText, type Seen, type Talk } from "./talk.js";

/** How far a connection came in the steps of its scenario. */
export type Walked =
  /** `unusual`: what the server did otherwise than most, and may do; a sentence without a full stop. */
  | { readonly outcome: "done"; readonly unusual?: string }
  | Stopped
  /** A step was not seen. `dueAtMs`: when the one before was. */
  | { readonly outcome: "missing"; readonly step: Step; readonly dueAtMs: number };

type Stopped =
  /** One of the two says by what it does that it cannot do this. */
  | { readonly outcome: "unsupported"; readonly because: string }
  /** A side did something else than it owed: whether the other one waited for it makes no difference. */
  | { readonly outcome: "wrong"; readonly fault: Fault };

type Checked =
  | Stopped
  | { readonly outcome: "missing" }
  | { readonly outcome: "found"; readonly atMs: number; readonly unusual?: string };
type Of<Type extends Seen["type"]> = Extract<Seen, { type: Type }>;
type StepOf<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

const MISSING = { outcome: "missing" } as const;

/** Looks for each step in what was seen, in order. */
export function walk(steps: readonly Step[], talk: Talk): Walked {
  const look = new Look(talk);
  let dueAtMs = 0;
  let done: Walked = { outcome: "done" };
  for (const step of steps) {
    const checked = look.check(step);
    if (checked.outcome === "missing") return { outcome: "missing", step, dueAtMs };
    if (checked.outcome !== "found") return checked;
    dueAtMs = Math.max(dueAtMs, checked.atMs);
    if (checked.unusual !== undefined) done = { outcome: "done", unusual: checked.unusual };
  }
  return done;
}

class Look {
  readonly #talk: Talk;
  /** How far each side was looked at, as an index of what was seen. */
  readonly #from: Record<Side, number> = { client: 0, server: 0 };
  /** The client's latest message. */
  #sent: Of<"message"> | null = null;

  constructor(talk: Talk) {
    this.#talk = talk;
  }

  check(step: Step): Checked {
    switch (step.kind) {
      case "open":
        return this.#talk.kind === "open" ? found(this.#talk.answerAtMs) : MISSING;
      case "deflate":
        return this.#deflate();
      case "subprotocol":
        return this.#subprotocol(step.name);
      case "message":
        return this.#message(step);
      case "echo":
        return this.#echo(step);
      case "ping":
      case "pong":
        return this.#control(step);
      case "close":
        return this.#close(step);
    }
  }

  #deflate(): Checked {
    const { request, extension, answerAtMs } = this.#talk;
    const offers = request === null ? [] : headerValues(request, "sec-websocket-extensions");
    if (!offers.some(namesDeflate)) return unsupported("the client offers no permessage-deflate");
    if (extension === null || !namesDeflate(extension))
      return unsupported(`the server declines the offer ${escapeText(offers.join(", ").slice(0, 200))}`);
    return found(answerAtMs);
  }

  #subprotocol(name: string): Checked {
    const { request, answer, answerAtMs } = this.#talk;
    const offered = (request === null ? [] : headerValues(request, "sec-websocket-protocol"))
      .flatMap((value) => value.split(","))
      .map((one) => one.trim());
    if (offered.length === 0) return wrong("client", "the client offers no subprotocol");
    if (!offered.includes(name)) return wrong("client", `the client does not offer ${name}`);
    const [selected] = answer === null ? [] : headerValues(answer, "sec-websocket-protocol");
    if (selected === name) return found(answerAtMs);
    const what = selected === undefined ? "no subprotocol" : `"${escapeText(selected.slice(0, 100))}"`;
    return wrong("server", `the server selects ${what} instead of ${name}, which was offered`);
  }

  #message(step: StepOf<"message">): Checked {
    const message = this.#next("client", "message");
    if (message === null) return MISSING;
    const { event, frames, isCompressed, atMs } = message;
    const isRight =
      event.binary === step.binary &&
      event.length >= (step.minOctets ?? 0) &&
      (step.view === undefined || sameEvent(event, step.view));
    if (!isRight)
      return wrong(
        "client",
        `the client sent ${eventText(event)}, which is not the message of this scenario`,
      );
    if (frames < (step.minFrames ?? 1))
      return unsupported(`the client sends the message in ${frames} of at least ${step.minFrames} fragments`);
    if (step.compressed === true && !isCompressed)
      return unsupported("the client does not compress what it sends, which RFC 7692 §6 allows");
    this.#sent = message;
    return found(atMs);
  }

  /** A server may send something of its own before it: only what it sends instead is wrong. */
  #echo({ compressed }: StepOf<"echo">): Checked {
    const sent = this.#sent?.event;
    if (sent === undefined) return MISSING;
    const echo = this.#next("server", "message", ({ event }) => sameEvent(event, sent));
    if (echo === null) {
      const other = this.#next("server", "message");
      if (other === null) return MISSING;
      return wrong("server", `the server sent ${eventText(other.event)}, and had got ${eventText(sent)}`);
    }
    if (compressed === true && !echo.isCompressed)
      return unsupported("the server does not compress what it sends, which RFC 7692 §6 allows");
    return found(echo.atMs);
  }

  #control({ kind, payload }: StepOf<"ping" | "pong">): Checked {
    const side = kind === "ping" ? "client" : "server";
    const frame = this.#next(side, kind, (one) => one.payload === payload);
    if (frame !== null) return found(frame.atMs);
    if (this.#next(side, kind) === null) return MISSING;
    if (kind === "ping") return wrong(side, "the client sent a Ping with another payload");
    return wrong(side, "the Pong of the server has another payload than the Ping", "6455-5.5.3-1");
  }

  #close(step: StepOf<"close">): Checked {
    const { side, isAnswer, reason = "" } = step;
    const begin = this.#from[side];
    const close = this.#next(side, "close");
    const end = close === null ? this.#talk.seen.length : this.#from[side] - 1;
    if (side === "server" && !isAnswer) {
      const { seen } = this.#talk;
      const isMessage = seen.slice(begin, end).some((one) => one.side === side && one.type === "message");
      if (isMessage) return wrong(side, "the server sent a message instead of a Close frame");
    }
    if (close === null) return MISSING;
    if (isAnswer && !this.#hasClosed(otherSide(side), end))
      return wrong(side, `the ${side} closed ${closeText(close)} of its own accord`);
    const { code } = close;
    // Who begins with a code of its own, such as 1002, says something about the other side: see blame.
    if (step.code === undefined)
      return isAnswer || code === 1000 || code === null ? found(close.atMs) : MISSING;
    if (code === step.code && (reason === "" || close.reason === reason)) return found(close.atMs);
    if (isAnswer) {
      const unusual = `the ${side} answered the Close frame ${closeText(close)}; most answer with the code that they got, ${step.code}, and no RFC demands it (RFC 6455 §5.5.1)`;
      return { ...found(close.atMs), unusual };
    }
    if (code === step.code && close.reason === "")
      return wrong(side, `the ${side} closed with ${code} and no reason, and not "${reason}"`);
    const wanted = closeText({ code: step.code, reason });
    return wrong(side, `the ${side} closed ${closeText(close)}, and not ${wanted}`);
  }

  #hasClosed(side: Side, before: number): boolean {
    return this.#talk.seen.slice(0, before).some((one) => one.side === side && one.type === "close");
  }

  /** The next of what a side did, of this type; what comes before it counts as looked at. */
  #next<Type extends Seen["type"]>(
    side: Side,
    type: Type,
    isIt: (seen: Of<Type>) => boolean = () => true,
  ): Of<Type> | null {
    const from = this.#from[side];
    for (const [i, one] of this.#talk.seen.entries()) {
      if (i < from || one.side !== side || one.type !== type) continue;
      const seen = one as Of<Type>;
      if (!isIt(seen)) continue;
      this.#from[side] = i + 1;
      return seen;
    }
    return null;
  }
}

function namesDeflate(value: string): boolean {
  return value.includes("permessage-deflate");
}

function found(atMs: number): Extract<Checked, { outcome: "found" }> {
  return { outcome: "found", atMs };
}

function unsupported(because: string): Checked {
  return { outcome: "unsupported", because };
}

function wrong(side: Side, because: string, requirement?: string): Checked {
  return {
    outcome: "wrong",
    fault: { side, because, ...(requirement === undefined ? {} : { requirement }) },
  };
}
