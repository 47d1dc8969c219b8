import { PREFACE } from "../wire/http2/frame.js";
import { fault } from "./frame-faults.js";
import type { Http2Problem } from "./problem.js";

/** So many of a server's first octets show what it speaks. */
const SEEN_OCTETS = 24;

/** The first octets of the peer: a client's preface (RFC 9113 §3.4), and of a server what it speaks if that is no HTTP/2. */
export class Beginning {
  readonly #role: "client" | "server";
  /** The preface of a client, as far as it is still to come. */
  #preface: Uint8Array;
  #seen = "";

  /** `role`: the tester's. */
  constructor(role: "client" | "server") {
    this.#role = role;
    this.#preface = role === "server" ? PREFACE : new Uint8Array(0);
  }

  /** What is behind the preface. Null if the client begins with something else. */
  push(chunk: Uint8Array): Uint8Array | null {
    const missing = SEEN_OCTETS - this.#seen.length;
    if (missing > 0) this.#seen += Buffer.from(chunk.subarray(0, missing)).toString("latin1");
    const length = Math.min(this.#preface.length, chunk.length);
    for (let at = 0; at < length; at++) if (chunk[at] !== this.#preface[at]) return null;
    this.#preface = this.#preface.subarray(length);
    return chunk.subarray(length);
  }

  /** What the peer speaks instead, where its first octets are no frame of HTTP/2. */
  get foreign(): Http2Problem {
    return { ...fault(this.#what), said: this.#seen };
  }

  get #what(): string {
    const seen = this.#seen;
    if (this.#role === "server") return "the client does not begin with the preface of HTTP/2";
    if (seen.startsWith("HTTP/")) return "it answers in HTTP/1";
    if (/^[\x14-\x17]\x03/.test(seen)) return "it answers in TLS: is the peer an https:// server?";
    if (seen.startsWith("SSH-")) return "an SSH server listens there";
    return `it begins "${seen.replaceAll(/[^\x20-\x7e]/g, ".")}"`;
  }
}
