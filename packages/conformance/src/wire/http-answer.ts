import { HeadReader, headerValues, parseResponse, type ResponseHead } from "./http1.js";

/** An answer of HTTP/1 that has come whole. */
export interface WholeAnswer {
  /** As it went over the wire, with its empty line. */
  readonly head: string;
  readonly parsed: ResponseHead;
  /** The server says that it closes the connection behind this answer (RFC 9112 §9.3). */
  readonly isLast: boolean;
  /** Octets behind it. */
  readonly rest: Uint8Array;
}

/** `more`: it is not whole yet; `too-long`: nobody waits for its end; `foreign`: it is not HTTP. */
export type AnswerProgress = WholeAnswer | "more" | "too-long" | "foreign";

/** Octets of a body that are read over. */
const BODY_LIMIT = 1_048_576;
/** Octets of a line that says how long a chunk is, or of one behind the last chunk. */
const LINE_LIMIT = 8192;
const START = "HTTP/1.";

/** Reads one answer to its end, so that it is known where the next one begins (RFC 9112 §6.3). The body is not kept. */
export class AnswerReader {
  #head = new HeadReader({ anyLineEnd: true });
  #read: { readonly head: string; readonly parsed: ResponseHead; readonly body: BodyEnd } | null = null;

  /** The head, as soon as it is there. */
  get head(): { readonly head: string; readonly parsed: ResponseHead } | null {
    return this.#read;
  }

  push(chunk: Uint8Array): AnswerProgress {
    if (this.#read !== null) return this.#skip(chunk);
    const read = this.#head.push(chunk);
    const start = this.#head.soFar.slice(0, START.length);
    if (start !== START.slice(0, start.length)) return "foreign";
    if (read === "more" || read === "too-long") return read;
    const parsed = parseResponse(read.head);
    if (parsed.status === 0) return "foreign";
    // Another answer follows one with a 1xx status, unless it is 101 (RFC 9110 §15.2).
    if (parsed.status >= 100 && parsed.status < 200 && parsed.status !== 101) {
      this.#head = new HeadReader({ anyLineEnd: true });
      return this.push(read.rest);
    }
    this.#read = { head: read.head, parsed, body: bodyOf(parsed) };
    return this.#skip(read.rest);
  }

  #skip(chunk: Uint8Array): AnswerProgress {
    if (this.#read === null) return "more";
    const { head, parsed, body } = this.#read;
    const rest = body(chunk);
    if (rest === "more" || rest === "too-long") return rest;
    return { head, parsed, isLast: isLast(parsed), rest };
  }
}

/** Takes octets of a body, and returns those behind its end when it is reached. */
type BodyEnd = (chunk: Uint8Array) => Uint8Array | "more" | "too-long";

function bodyOf(head: ResponseHead): BodyEnd {
  if ([101, 204, 304].includes(head.status)) return (chunk) => chunk;
  const codings = headerValues(head, "transfer-encoding");
  if (codings.some((value) => /\bchunked$/i.test(value))) return chunked();
  const [length = "", ...others] = new Set(headerValues(head, "content-length"));
  const isKnown = codings.length === 0 && others.length === 0 && /^\d{1,15}$/.test(length);
  return counted(isKnown ? Number(length) : Number.POSITIVE_INFINITY);
}

/** A body without a length ends with TCP. */
function counted(length: number): BodyEnd {
  let left = length;
  let read = 0;
  return (chunk) => {
    const taken = Math.min(left, chunk.length);
    left -= taken;
    read += taken;
    if (left === 0) return chunk.subarray(taken);
    return read > BODY_LIMIT ? "too-long" : "more";
  };
}

/** The chunks of RFC 9112 §7.1, and the lines behind the last one. What cannot be read as a length has no end. */
function chunked(): BodyEnd {
  let waiting = Buffer.alloc(0);
  /** Octets of the chunk that are left, with the line end behind them; null while a line is read. */
  let left: number | null = null;
  let isTrailer = false;
  let read = 0;
  return (chunk) => {
    read += chunk.length;
    waiting = Buffer.concat([waiting, chunk]);
    for (;;) {
      if (left !== null) {
        const taken = Math.min(left, waiting.length);
        waiting = waiting.subarray(taken);
        left -= taken;
        if (left > 0) return read > BODY_LIMIT ? "too-long" : "more";
        left = null;
      }
      const end = waiting.indexOf("\r\n", 0, "latin1");
      if (end < 0) return waiting.length > LINE_LIMIT || read > BODY_LIMIT ? "too-long" : "more";
      const line = waiting.toString("latin1", 0, end);
      waiting = waiting.subarray(end + 2);
      if (isTrailer) {
        if (line === "") return waiting;
      } else if (/^[0-9a-f]{1,8}[ \t]*(;.*)?$/i.test(line)) {
        const length = Number.parseInt(line, 16);
        if (length === 0) isTrailer = true;
        else left = length + 2;
      } else return "too-long";
    }
  };
}

/** RFC 9112 §9.3: HTTP/1.1 goes on unless the answer says `close`, HTTP/1.0 only if it says `keep-alive`. */
function isLast(head: ResponseHead): boolean {
  const options = headerValues(head, "connection")
    .flatMap((value) => value.split(","))
    .map((option) => option.trim().toLowerCase());
  if (options.includes("close")) return true;
  return head.version === "HTTP/1.0" && !options.includes("keep-alive");
}
