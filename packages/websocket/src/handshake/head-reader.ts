import { isFieldValue, isToken, isWhitespace, trimWhitespace } from "./fields.js";
import { HeadLines } from "./head-lines.js";
import { HANDSHAKE_PROBLEMS, type HandshakeProblem, type HandshakeProblemId } from "./problem.js";

/** The head of an HTTP answer. Texts are latin1: one character for one octet. */
export interface ResponseHead {
  /** Such as "1.1". */
  readonly httpVersion: string;
  /** 101, or 200–999. */
  readonly status: number;
  readonly reason: string;
  /** Name, value, name, value …, without the whitespace around values. */
  readonly rawHeaders: readonly string[];
}

/** How much a server may send before its answer is complete. */
export interface HeadLimits {
  /** Octets of all heads together, 1–2^31. Default 16,384, as node:http has it. */
  readonly octets: number;
  /** Header fields of one head. Default 128, as Python's `websockets` has it. */
  readonly fields: number;
  /** Interim responses (100, 103 …) that are skipped. Default 8. */
  readonly interimResponses: number;
}

export const DEFAULT_HEAD_LIMITS: HeadLimits = { octets: 16_384, fields: 128, interimResponses: 8 };

/** `next` is the index of the first octet behind the head. */
export type HeadRead =
  | { readonly state: "more" }
  | { readonly state: "head"; readonly head: ResponseHead; readonly next: number }
  | { readonly state: "problem"; readonly problem: HandshakeProblem };

/**
 * Reads the head of a server's answer while it arrives (RFC 9112 §4, §5), strictly: lines end in CR LF, fields are not
 * folded, no octet is ignored. The work is linear in the number of octets, however they are cut, and the limits bound
 * what is kept. Interim responses are skipped (RFC 9110 §15.2), except 101, which is the answer. Never throws.
 */
export class HeadReader {
  readonly #limits: HeadLimits;
  readonly #lines: HeadLines;
  #status: StatusLine | undefined;
  #rawHeaders: string[] = [];
  #interimResponses = 0;
  #head: ResponseHead | undefined;
  #problem: HandshakeProblem | undefined;

  constructor(limits: HeadLimits = DEFAULT_HEAD_LIMITS) {
    this.#limits = limits;
    this.#lines = new HeadLines(limits.octets);
  }

  /** Octets from `from` up to `to`. Once there is a head or a problem, nothing more is read. */
  read(bytes: Uint8Array, from: number = 0, to: number = bytes.length): HeadRead {
    let at = from;
    for (; at < to && this.#head === undefined && this.#problem === undefined; at++) {
      const line = this.#lines.take(bytes[at] as number);
      if (typeof line === "string") this.#take(line);
      else if (line !== undefined) this.#problem = line;
    }
    if (this.#problem !== undefined) return { state: "problem", problem: this.#problem };
    return this.#head === undefined ? { state: "more" } : { state: "head", head: this.#head, next: at };
  }

  /** The problem if the stream ends here; undefined after a whole head. */
  end(): HandshakeProblem | undefined {
    if (this.#head !== undefined) return undefined;
    return this.#problem ?? HANDSHAKE_PROBLEMS["response-incomplete"];
  }

  #take(line: string): void {
    if (this.#status === undefined) {
      this.#status = parseStatusLine(line);
      if (this.#status === undefined) this.#fail("status-line-malformed");
    } else if (line === "") {
      this.#endHead(this.#status);
    } else {
      this.#takeField(line);
    }
  }

  #takeField(line: string): void {
    if (isWhitespace(line.charCodeAt(0))) return this.#fail("field-folded");
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    // A space before the colon is no part of a token (RFC 9112 §5.1).
    if (!isToken(name) || !isFieldValue(line)) return this.#fail("field-malformed");
    if (this.#rawHeaders.length >= 2 * this.#limits.fields) return this.#fail("too-many-fields");
    this.#rawHeaders.push(name, trimWhitespace(line.slice(colon + 1)));
  }

  #endHead(status: StatusLine): void {
    const isInterim = status.status < 200 && status.status !== 101;
    if (!isInterim) {
      this.#head = { ...status, rawHeaders: this.#rawHeaders };
      return;
    }
    this.#interimResponses++;
    if (this.#interimResponses > this.#limits.interimResponses) this.#fail("too-many-interim-responses");
    this.#status = undefined;
    this.#rawHeaders = [];
    this.#lines.expectStatusLine();
  }

  #fail(id: HandshakeProblemId): void {
    this.#problem = HANDSHAKE_PROBLEMS[id];
  }
}

type StatusLine = Omit<ResponseHead, "rawHeaders">;

/** RFC 9112 §4. Servers that leave out the reason often leave out the space before it too, which does no harm. */
function parseStatusLine(line: string): StatusLine | undefined {
  const start = /^HTTP\/(\d\.\d) ([1-9]\d\d)(?= |$)/.exec(line.slice(0, STATUS_LINE_START + 1));
  if (start === null || !isFieldValue(line)) return undefined;
  const [, httpVersion = "", status] = start;
  return { httpVersion, status: Number(status), reason: line.slice(STATUS_LINE_START + 1) };
}

/** Characters of "HTTP/1.1 101". */
const STATUS_LINE_START = 12;
