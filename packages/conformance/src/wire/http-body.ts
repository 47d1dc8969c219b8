import { headerValues, type ResponseHead } from "./http1.js";

/** Statuses whose answers have no body (RFC 9110 §15.3.5, §15.4.5). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 304]);

/** Reads the beginning of the body of an HTTP answer, for the record: what a server says when it refuses. */
export class BodyReader {
  readonly #limit: number;
  readonly #isChunked: boolean;
  /** Octets that the body has; null where its end is the end of the connection. */
  readonly #length: number | null;
  #octets = Buffer.alloc(0);

  /** Keeps `limit` octets; chunks are put together. `isBare`: there is no body, whatever the head says. */
  constructor(head: ResponseHead, limit: number, isBare = false) {
    this.#limit = limit;
    this.#isChunked =
      !isBare && headerValues(head, "transfer-encoding").some((value) => /\bchunked$/i.test(value));
    const [length = ""] = headerValues(head, "content-length");
    if (isBare || WITHOUT_BODY.has(head.status)) this.#length = 0;
    else this.#length = !this.#isChunked && /^\d{1,15}$/.test(length) ? Number(length) : null;
  }

  /** True when nothing more is wanted: the body is there, or as much of it as is kept. */
  push(chunk: Uint8Array): boolean {
    const { length } = this.#octets;
    if (length < this.#kept)
      this.#octets = Buffer.concat([this.#octets, chunk.subarray(0, this.#kept - length)]);
    if (this.#octets.length >= Math.min(this.#length ?? this.#kept, this.#kept)) return true;
    return this.#isChunked && joined(this.#octets).ended;
  }

  /** Where the body ended, if no more was wanted (`length`), TCP ended, or the time was over. */
  endOf(by: "length" | "tcp" | "time"): "whole" | "cut" | "open" {
    if (by === "length") return "whole";
    if (by === "time") return "open";
    // Without a length the end of TCP is the end of the body (RFC 9112 §6.3).
    return this.#isChunked || this.#length !== null ? "cut" : "whole";
  }

  /** What has come, at most `limit` octets of it, read as UTF-8. */
  get text(): string {
    const octets = this.#isChunked
      ? joined(this.#octets).body
      : this.#octets.subarray(0, this.#length ?? this.#limit);
    return octets.subarray(0, this.#limit).toString("utf8");
  }

  /** The lengths of chunks are octets too. */
  get #kept(): number {
    return this.#isChunked ? 2 * this.#limit : this.#limit;
  }
}

/** The chunks of RFC 9112 §7.1 without their lengths, as far as they can be read, and whether the last one is there. */
function joined(octets: Buffer): { readonly body: Buffer; readonly ended: boolean } {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = octets.indexOf("\r\n", at, "latin1");
    if (end < 0) return { body: Buffer.concat(pieces), ended: false };
    const line = octets.toString("latin1", at, end);
    const length = /^[0-9a-f]{1,8}(;.*)?$/i.test(line) ? Number.parseInt(line, 16) : 0;
    if (length === 0) return { body: Buffer.concat(pieces), ended: true };
    pieces.push(octets.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}
