import type { Profile } from "../record/record.js";
import { sideOf, type DeflateParameters, type DeflateSide } from "../wire/deflate-parameters.js";
import { MessageDeflater } from "../wire/deflate.js";
import { MessageInflater, type InflateProblem } from "../wire/inflate.js";
import type { Inflater } from "./inbound.js";
import type { ViolationName } from "../record/violation.js";

/** Octets that one message of a peer may inflate to: 12 times the largest message that is sent compressed. */
const LIMIT_OCTETS = 16 * 1024 * 1024;

/** What a peer does whose message has the problem. */
export const VIOLATION_OF: Readonly<Record<InflateProblem, ViolationName>> = {
  corrupt: "corrupt-deflate",
  "too-far-back": "window-exceeded",
  "takes-over": "context-taken-over",
  "too-long": "inflated-too-long",
};

/**
 * permessage-deflate on one connection, as it was agreed on (RFC 7692 §7). It runs on this thread: most cases inflate at
 * most 131,072 octets at a time. That takes up to 0.5 ms, and up to 2 ms if a smaller window has to be checked.
 */
export class DeflateCodec {
  /** Inflates the peer's compressed messages. */
  readonly inflater: Inflater;
  /** How we compress. */
  readonly side: DeflateSide;
  readonly #inflater: MessageInflater;
  #deflater: MessageDeflater | null = null;

  /** `role`: which side the tester is. The original inflates everything that fits the largest window. */
  constructor(agreed: DeflateParameters, role: "client" | "server", profile: Profile) {
    const theirs = sideOf(agreed, role === "client" ? "server" : "client");
    this.side = sideOf(agreed, role);
    this.#inflater = new MessageInflater({
      windowBits: profile === "autobahn" ? 15 : theirs.windowBits,
      noContextTakeover: theirs.noContextTakeover,
      limitOctets: LIMIT_OCTETS,
    });
    this.inflater = {
      push: (piece, sink) => named(this.#inflater.pushSync(piece, sink)),
      end: (sink) => named(this.#inflater.end(sink)),
    };
  }

  /** The octets of a message as they go over the wire (RFC 7692 §7.2.1). */
  deflate(message: Uint8Array): Uint8Array {
    return this.#ours().deflateSync(message);
  }

  /** The same, in memory that is only valid until any codec compresses again. */
  deflateLent(message: Uint8Array): Uint8Array {
    return this.#ours().deflateLent(message);
  }

  /** Made on first use: many connections need none. */
  #ours(): MessageDeflater {
    this.#deflater ??= new MessageDeflater(this.side);
    return this.#deflater;
  }

  /** Releases zlib's memory. */
  close(): void {
    this.#inflater.close();
    this.#deflater?.close();
  }
}

function named(problem: InflateProblem | null): ViolationName | null {
  return problem === null ? null : VIOLATION_OF[problem];
}
