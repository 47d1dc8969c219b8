import { hex, octets, type Payload } from "./payload.js";
import { Opcode } from "./opcode.js";
import type { ExpectedEvent } from "./expect.js";
import type { Http2Frame } from "./http2-script.js";

/**
 * One frame, written whole.
 *
 * @example
 * ```ts
 * import type { FrameStep } from "wireproof";
 *
 * const payload = { pattern: new Uint8Array([1, 2, 3]), length: 3 };
 * const frame: FrameStep = { do: "frame", opcode: 2, payload, fin: true, rsv: 0 };
 * console.assert(frame.fin);
 * ```
 */
export interface FrameStep {
  readonly do: "frame";
  /** 0–15; reserved ones may be sent. */
  readonly opcode: number;
  /** The payload data. */
  readonly payload: Payload;
  /** Whether FIN is set: no fragment follows. */
  readonly fin: boolean;
  /** RSV1·4 + RSV2·2 + RSV3, 0–7. */
  readonly rsv: number;
  /**
   * How the frame is masked, if not with a fresh key by a client and not at all by a server (RFC 6455 §5.1): `wrong`, the
   * other way round; `wrong-zero`, likewise, with the key 00000000; `zero`, with that key where a key is needed.
   */
  readonly masking?: "wrong" | "wrong-zero" | "zero";
  /** How many bits the length takes, if not the shortest form (RFC 6455 §5.2). */
  readonly lengthBits?: 16 | 64;
  /** The 64-bit length that the header announces, in 16 hexadecimal digits, whatever the payload is. */
  readonly announces?: string;
  /** On the last frame of a compressed message: the message that a peer can make of it. */
  readonly inflatesTo?: Payload;
}

/**
 * A frame of HTTP/2 in the script of a case.
 *
 * @example
 * ```ts
 * import { cases, type Http2FrameStep } from "wireproof";
 *
 * const steps = cases.find(({ id }) => id === "35.1.19")?.script ?? [];
 * const goaway = steps.find((step): step is Http2FrameStep => step.do === "http2-frame");
 * console.assert(goaway?.type === 0x7);
 * ```
 */
export interface Http2FrameStep extends Http2Frame {
  /** It is not about WebSocket: for the peer's frames and messages it changes nothing. */
  readonly do: "http2-frame";
}

/**
 * What a tester does, in order. Steps are played alike in both roles.
 *
 * @example
 * ```ts
 * import { cases, type Step } from "wireproof";
 *
 * const waits = (step: Step): boolean => step.do === "wait";
 * console.assert(cases.some(({ script }) => script.some(waits)));
 * ```
 */
export type Step =
  | FrameStep
  /** A message cut into fragments of `fragmentSize` octets. */
  | {
      readonly do: "message";
      readonly opcode: typeof Opcode.text | typeof Opcode.binary;
      readonly payload: Payload;
      readonly fragmentSize: number;
    }
  /** The header of a frame whose payload follows in `payload-part` steps, each in a separate write. */
  | { readonly do: "frame-header"; readonly opcode: number; readonly fin: boolean; readonly length: number }
  | { readonly do: "payload-part"; readonly payload: Payload }
  /**
   * Starts the closing handshake; does nothing unless the connection is open. Without a code the frame is empty.
   * `withinMs`: how long the peer has for its answer, if it has more to send before than usual.
   */
  | { readonly do: "close"; readonly code?: number; readonly reason?: string; readonly withinMs?: number }
  /** A Close frame with any payload; the connection counts as closing afterwards. */
  | { readonly do: "raw-close"; readonly payload: Payload }
  /** Goes on when the event has arrived, at the latest after `withinMs`; the record says which. */
  | { readonly do: "until"; readonly event: ExpectedEvent; readonly withinMs: number }
  /**
   * A pause that is itself the point of the case: if the connection is still open afterwards, `timeout(tag)`
   * becomes an event. 1 s under `autobahn`, short under `modern`.
   */
  | { readonly do: "wait"; readonly tag: string }
  /**
   * Sends messages one at a time: the next when the echo of the last has come back unchanged. How many: see
   * `count`, or fewer where the run asks for less intensity.
   */
  | {
      readonly do: "echo-loop";
      readonly messages: LoopMessages;
      readonly fragmentSize?: number;
      /**
       * Messages that go out together, each time when the echoes of all before have come back; 1 if absent. The number of
       * messages is then the point of the case, and never less than `count`.
       */
      readonly burst?: number;
    }
  /**
   * Reads nothing more, so that what the peer sends fills the buffers between the two. `read-again` follows: it reads on
   * when the system has taken everything that was sent until then and a short time has passed for the peer to act in.
   */
  | { readonly do: "stop-reading" }
  | { readonly do: "read-again" }
  /** A tester that is the server waits with the end of TCP for a short time, to see whether the client ends it. */
  | { readonly do: "keep-tcp" }
  /**
   * Waits for a Ping that the peer sends by itself, as the run says that it does. Without one the case cannot be tried,
   * and the tester closes.
   */
  | { readonly do: "await-ping" }
  /** A Pong with the payload of the latest Ping of the peer. */
  | { readonly do: "answer-ping" }
  /** The tester sends nothing for so many times the time in which the peer sends a Ping, and then closes. */
  | { readonly do: "stay-silent"; readonly times: number }
  /** After this time the tester fails the connection: code 1001 under `autobahn`, 1000 under `modern`. */
  | { readonly do: "kill"; readonly seconds: number }
  /** After this time the tester starts the closing handshake with an empty Close frame (1000 under `modern`). */
  | { readonly do: "close-after"; readonly seconds: number }
  /**
   * Closes the tester's direction of TCP, without a Close frame, and goes on reading. The peer has to close the other
   * direction within the time that it has for its Close frame.
   */
  | { readonly do: "end-tcp" }
  /** Resets TCP, when the system has taken everything that was sent. */
  | { readonly do: "reset-tcp" }
  /** A frame of HTTP/2, in cases that are played over it only. Over HTTP/2 `end-tcp` is END_STREAM, and `reset-tcp` RST_STREAM. */
  | Http2FrameStep;

/**
 * Texts and data that the compression sections send pieces of; docs/corpora.md describes them.
 *
 * @example
 * ```ts
 * import { corpus, type CorpusName } from "wireproof";
 *
 * const names: CorpusName[] = ["json", "html"];
 * console.assert(names.every((name) => corpus(name).text));
 * ```
 */
export type CorpusName = "json" | "bitmap" | "german" | "html" | "document";

/**
 * What an echo loop sends: the same message every time, or consecutive pieces of a corpus.
 *
 * @example
 * ```ts
 * import type { LoopMessages } from "wireproof";
 *
 * const pieces: LoopMessages = { from: "corpus", corpus: "json", length: 1024, count: 1000 };
 * console.assert(pieces.from === "corpus");
 * ```
 */
export type LoopMessages =
  /** The same message every time. */
  | {
      readonly from: "payload";
      readonly opcode: typeof Opcode.text | typeof Opcode.binary;
      readonly payload: Payload;
      readonly count: number;
    }
  /**
   * Consecutive pieces of a corpus, which is a ring: `length` units each (characters of a text, octets of anything
   * else). Sent compressed where that was negotiated.
   */
  | { readonly from: "corpus"; readonly corpus: CorpusName; readonly length: number; readonly count: number };

interface FrameOptions {
  /** More fragments follow: FIN is clear. */
  readonly more?: boolean;
  readonly rsv?: number;
  readonly masking?: FrameStep["masking"];
  readonly lengthBits?: FrameStep["lengthBits"];
  readonly announces?: string;
  readonly inflatesTo?: Payload | string;
}

/** Pass as options for a fragment that others follow (FIN clear). */
export const MORE: FrameOptions = { more: true };

/** A frame with any opcode; a string payload is sent as its UTF-8. */
export function frame(opcode: number, payload: Payload | string = "", options: FrameOptions = {}): FrameStep {
  return {
    do: "frame",
    opcode,
    payload: asPayload(payload),
    fin: options.more !== true,
    rsv: options.rsv ?? 0,
    ...(options.masking === undefined ? {} : { masking: options.masking }),
    ...(options.lengthBits === undefined ? {} : { lengthBits: options.lengthBits }),
    ...(options.announces === undefined ? {} : { announces: options.announces }),
    ...(options.inflatesTo === undefined ? {} : { inflatesTo: asPayload(options.inflatesTo) }),
  };
}

function asPayload(value: Payload | string): Payload {
  return typeof value === "string" ? octets(value) : value;
}

export function text(payload: Payload | string, options?: FrameOptions): FrameStep {
  return frame(Opcode.text, payload, options);
}

export function binary(payload: Payload | string, options?: FrameOptions): FrameStep {
  return frame(Opcode.binary, payload, options);
}

export function cont(payload: Payload | string, options?: FrameOptions): FrameStep {
  return frame(Opcode.continuation, payload, options);
}

export function ping(payload: Payload | string, options?: FrameOptions): FrameStep {
  return frame(Opcode.ping, payload, options);
}

export function pong(payload: Payload | string, options?: FrameOptions): FrameStep {
  return frame(Opcode.pong, payload, options);
}

/** A message cut into fragments of `fragmentSize` octets; a text message unless `opcode` says otherwise. */
export function fragmented(
  payload: Payload,
  fragmentSize: number,
  opcode: typeof Opcode.text | typeof Opcode.binary = Opcode.text,
): Step {
  return { do: "message", opcode, payload, fragmentSize };
}

export function close(code?: number, reason?: string): Step {
  return {
    do: "close",
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** A Close frame that the peer may answer later than usual, because it may send a large message before. */
export function patientClose(code: number, withinMs: number): Step {
  return { do: "close", code, withinMs };
}

export function rawClose(payload: Payload): Step {
  return { do: "raw-close", payload };
}

/** The payload of a Close frame: two octets of code, then the reason (RFC 6455 §5.5.1). */
export function closePayload(code: number, reason: Payload = octets("")): Payload {
  const head = hex(code.toString(16).padStart(4, "0"));
  return octets(Uint8Array.of(...head.pattern, ...reason.pattern));
}

export function until(event: ExpectedEvent, withinMs = 1000): Step {
  return { do: "until", event, withinMs };
}

/** An echo loop; with `fragmentSize`, what goes out of each message (compressed octets, if so negotiated) is cut. */
export function echoLoop(messages: LoopMessages, fragmentSize?: number): Step {
  return { do: "echo-loop", messages, ...(fragmentSize === undefined ? {} : { fragmentSize }) };
}

/** An echo loop that sends `burst` messages at a time. */
export function burstLoop(messages: LoopMessages, burst: number, fragmentSize?: number): Step {
  return { do: "echo-loop", messages, burst, ...(fragmentSize === undefined ? {} : { fragmentSize }) };
}

/** What the peer sends in answer to `steps` is read only when the system has taken them all. */
export function unread(...steps: readonly Step[]): readonly Step[] {
  return [{ do: "stop-reading" }, ...steps, { do: "read-again" }];
}

/** A tester that is the server waits with the end of TCP. */
export function keepTcp(): Step {
  return { do: "keep-tcp" };
}

/** Waits for a Ping of the peer. */
export function awaitPing(): Step {
  return { do: "await-ping" };
}

/** Answers the latest Ping of the peer. */
export function answerPing(): Step {
  return { do: "answer-ping" };
}

export function staySilent(times: number): Step {
  return { do: "stay-silent", times };
}

export function wait(tag: string): Step {
  return { do: "wait", tag };
}

export function kill(seconds: number): Step {
  return { do: "kill", seconds };
}

export function closeAfter(seconds: number): Step {
  return { do: "close-after", seconds };
}

export function endTcp(): Step {
  return { do: "end-tcp" };
}

export function resetTcp(): Step {
  return { do: "reset-tcp" };
}

export function http2Frame(sent: Http2Frame): Step {
  return { do: "http2-frame", ...sent };
}

/** Length in octets of the largest message that a script sends; a text that repeats other scripts may be longer. */
export function largestMessage({ script }: { readonly script: readonly Step[] }): number {
  return Math.max(0, ...script.map(messageLength));
}

function messageLength(step: Step): number {
  switch (step.do) {
    case "frame":
      return Math.max(step.payload.length, step.inflatesTo?.length ?? 0);
    case "message":
      return step.payload.length;
    case "echo-loop":
      return step.messages.from === "corpus" ? step.messages.length : step.messages.payload.length;
    default:
      return 0;
  }
}
