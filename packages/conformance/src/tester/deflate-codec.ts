import type { Profile } from "../record/record.js";
import type { DeflateParameters } from "../wire/deflate-parameters.js";
import { MessageDeflater } from "../wire/deflate.js";
import { MessageInflater, type InflateProblem } from "../wire/inflate.js";
import type { Inflater } from "./inbound.js";
import type { ViolationName } from "../record/violation.js";

/** Octets that one message of a peer may inflate to: 128 times the largest message that is sent compressed. */
const LIMIT_OCTETS = 16 * 1024 * 1024;

const VIOLATION_OF: Readonly<Record<InflateProblem, ViolationName>> = {
  corrupt: "corrupt-deflate",
  "too-far-back": "window-exceeded",
  "too-long": "inflated-too-long",
};

/**
 * permessage-deflate on one connection, as it was agreed on (RFC 7692 §7). It runs on this thread: a case inflates at
 * most 131,072 octets at a time. That takes up to 0.5 ms, and up to 2 ms if a smaller window has to be checked.
 */
export class DeflateCodec {
  /** Inflates the peer's compressed messages. */
  readonly inflater: Inflater;
  /** Our window in bits. */
  readonly windowBits: number;
  /** Our messages refer to earlier ones (context takeover). */
  readonly keepsContext: boolean;
  readonly #agreed: DeflateParameters;
  readonly #inflater: MessageInflater;
  readonly #role: "client" | "server";
  #deflater: MessageDeflater | null = null;

  /** `role`: which side the tester is. The original inflates everything that fits the largest window. */
  constructor(agreed: DeflateParameters, role: "client" | "server", profile: Profile) {
    const ours = role === "client" ? clientSide(agreed) : serverSide(agreed);
    const theirs = role === "client" ? serverSide(agreed) : clientSide(agreed);
    this.#agreed = agreed;
    this.#role = role;
    this.windowBits = ours.windowBits;
    this.keepsContext = !ours.noContextTakeover;
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
    this.#deflater ??= new MessageDeflater(
      this.#role === "client" ? clientSide(this.#agreed) : serverSide(this.#agreed),
    );
    return this.#deflater;
  }

  /** Releases zlib's memory. */
  close(): void {
    this.#inflater.close();
    this.#deflater?.close();
  }
}

interface Side {
  readonly windowBits: number;
  readonly noContextTakeover: boolean;
}

function clientSide(agreed: DeflateParameters): Side {
  return { windowBits: agreed.clientMaxWindowBits, noContextTakeover: agreed.clientNoContextTakeover };
}

function serverSide(agreed: DeflateParameters): Side {
  return { windowBits: agreed.serverMaxWindowBits, noContextTakeover: agreed.serverNoContextTakeover };
}

function named(problem: InflateProblem | null): ViolationName | null {
  return problem === null ? null : VIOLATION_OF[problem];
}
