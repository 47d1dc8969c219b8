import { createHash, type Hash } from "node:crypto";
import { bytesOf, type Payload } from "../case/payload.js";
import type { ExpectedEvent, Trace } from "../case/expect.js";
import type { EventView } from "./record.js";

/** Octets of a payload that events keep besides length and digest. */
const HEAD_OCTETS = 64;

/** Takes payload octets as they come. Keeps their number, their SHA-256 and the first of them, never the payload. */
export class PayloadDigest {
  readonly #hash: Hash = createHash("sha256");
  readonly #head: Uint8Array[] = [];
  #headLength = 0;
  #length = 0;

  push(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#length += bytes.length;
    if (this.#headLength >= HEAD_OCTETS || bytes.length === 0) return;
    // A copy: the octets are only valid during the call, and a view would keep the whole read in memory.
    const head = new Uint8Array(bytes.subarray(0, HEAD_OCTETS - this.#headLength));
    this.#head.push(head);
    this.#headLength += head.length;
  }

  /** May be called only once. */
  finish(): { length: number; sha256: string; head: string } {
    return {
      length: this.#length,
      sha256: this.#hash.digest("hex"),
      head: Buffer.concat(this.#head).toString("hex"),
    };
  }
}

const digests = new WeakMap<Payload, { length: number; sha256: string; head: string }>();

function digestOf(payload: Payload): { length: number; sha256: string; head: string } {
  let digest = digests.get(payload);
  if (digest === undefined) {
    const octets = new PayloadDigest();
    octets.push(bytesOf(payload));
    digest = octets.finish();
    digests.set(payload, digest);
  }
  return digest;
}

/** An expected event in the form in which observed ones are recorded. */
export function viewOf(event: ExpectedEvent): EventView {
  switch (event.type) {
    case "timeout":
      return { type: "timeout", tag: event.tag };
    case "pong":
      return { type: "pong", ...digestOf(event.payload) };
    case "message":
      return { type: "message", binary: event.binary, ...digestOf(event.payload) };
  }
}

export function traceView(trace: Trace): readonly EventView[] {
  return trace.map(viewOf);
}

/** Same type, same octets (by length and SHA-256), same kind of message. */
export function sameEvent(a: EventView, b: EventView): boolean {
  if (a.type === "timeout" || b.type === "timeout") {
    return a.type === "timeout" && b.type === "timeout" && a.tag === b.tag;
  }
  if (a.length !== b.length || a.sha256 !== b.sha256) return false;
  if (a.type === "pong" || b.type === "pong") return a.type === b.type;
  return a.binary === b.binary;
}

/** Messages of the same kind and length; the content may differ. */
export function sameShape(a: EventView, b: EventView): boolean {
  return a.type === "message" && b.type === "message" && a.binary === b.binary && a.length === b.length;
}

export function sameTrace(a: readonly EventView[], b: readonly EventView[]): boolean {
  return a.length === b.length && isPrefix(a, b);
}

/**
 * Whether `trace` begins with `start` if Pongs may stand anywhere between the other events: Pongs among themselves and the
 * others among themselves are in order.
 */
export function isPrefixApart(start: readonly EventView[], trace: readonly EventView[]): boolean {
  return (
    isPrefix(start.filter(isPong), trace.filter(isPong)) &&
    isPrefix(
      start.filter((event) => !isPong(event)),
      trace.filter((event) => !isPong(event)),
    )
  );
}

function isPong({ type }: EventView): boolean {
  return type === "pong";
}

/** Whether `trace` begins with `start`. */
export function isPrefix(start: readonly EventView[], trace: readonly EventView[]): boolean {
  return start.every((event, i) => {
    const other = trace[i];
    return other !== undefined && sameEvent(event, other);
  });
}
