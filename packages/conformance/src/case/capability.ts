import { isAboutNegotiation, type Case } from "./case.js";
import { Opcode } from "./opcode.js";
import type { CorpusName, Step } from "./steps.js";

/**
 * What a peer may lack without breaking a requirement.
 *
 * @example
 * ```ts
 * import { CAPABILITIES, type Capability } from "wireproof";
 *
 * const capability: Capability = "deflate";
 * console.assert(CAPABILITIES.has(capability));
 * ```
 */
export type Capability = "text" | "binary" | "deflate" | "deflate.windowBits" | "deflate.contextTakeover";

/**
 * Every capability, with what it is.
 *
 * @example
 * ```ts
 * import { CAPABILITIES } from "wireproof";
 *
 * console.assert(CAPABILITIES.get("binary") === "takes binary messages");
 * ```
 */
export const CAPABILITIES: ReadonlyMap<Capability, string> = new Map([
  ["text", "takes text messages"],
  ["binary", "takes binary messages"],
  ["deflate", "agrees on permessage-deflate (RFC 7692)"],
  ["deflate.windowBits", "agrees on a smaller window of its own (RFC 7692 §7.1.2)"],
  ["deflate.contextTakeover", "keeps the context of what it decompresses (RFC 7692 §7.1.1)"],
]);

/**
 * What a peer lacks, and how long its messages may be.
 *
 * @example
 * ```ts
 * import { cases, lackedBy, type Lacks } from "wireproof";
 *
 * const lacks: Lacks = { without: ["deflate"], messageLimit: 65_536 };
 * const skipped = cases.filter((one) => lackedBy(one, "server", lacks) !== null);
 * console.assert(skipped.length > 0 && skipped.length < cases.length);
 * ```
 */
export interface Lacks {
  /** Default: it lacks nothing. */
  readonly without?: readonly Capability[];
  /** The longest message that it takes, in octets, 0 or more. Default: it takes any. */
  readonly messageLimit?: number;
}

/**
 * The capability that a case needs and a peer lacks. A case about what is made of offers needs no extension: that a peer
 * declines is a result there.
 *
 * @param one - The case.
 * @param peer - Which kind of peer it is.
 * @param lacks - What the peer lacks.
 * @returns Its name; `limit` for a message that is too long; null where the case needs nothing that is missing.
 *
 * @example
 * ```ts
 * import { cases, lackedBy } from "wireproof";
 *
 * const first = cases[0]!;
 * console.assert(lackedBy(first, "server", { without: ["text"] }) === "text");
 * console.assert(lackedBy(first, "server", {}) === null);
 * ```
 */
export function lackedBy(
  one: Case,
  peer: "client" | "server",
  { without = [], messageLimit = Number.POSITIVE_INFINITY }: Lacks,
): Capability | "limit" | null {
  const lacked = [...CAPABILITIES.keys()].find((name) => without.includes(name) && NEEDS[name](one, peer));
  return lacked ?? (longestMessage(one) > messageLimit ? "limit" : null);
}

const NEEDS: Readonly<Record<Capability, (one: Case, peer: "client" | "server") => boolean>> = {
  text: (one) => sends(one, Opcode.text),
  binary: (one) => sends(one, Opcode.binary),
  deflate: compresses,
  "deflate.windowBits": (one, peer) => compresses(one) && limitsWindow(one, peer),
  "deflate.contextTakeover": (one) => compresses(one) && one.deflate?.needs?.context === true,
};

function compresses(one: Case): boolean {
  return one.deflate !== undefined && !isAboutNegotiation(one);
}

/** A server may take an offer that asks for nothing; a client is told by the answer. */
function limitsWindow({ deflate }: Case, peer: "client" | "server"): boolean {
  if (deflate === undefined) return false;
  if (peer === "server") return deflate.offers.every((offer) => offer.includes("server_max_window_bits="));
  return typeof deflate.acceptor === "string" && deflate.acceptor.includes("window");
}

function sends({ script }: Case, opcode: number): boolean {
  return script.some((step) => opcodeOf(step) === opcode);
}

/** The corpora that are sent in binary messages. */
const BINARY: ReadonlySet<CorpusName> = new Set(["bitmap", "german", "document"]);

function opcodeOf(step: Step): number | undefined {
  switch (step.do) {
    case "frame":
    case "message":
    case "frame-header":
      return step.opcode;
    case "echo-loop": {
      const { messages } = step;
      if (messages.from === "payload") return messages.opcode;
      return BINARY.has(messages.corpus) ? Opcode.binary : Opcode.text;
    }
    default:
      return undefined;
  }
}

/** Octets of the longest message that the script sends whole; fragments count together. */
function longestMessage({ script }: Case): number {
  let longest = 0;
  let message = 0;
  for (const step of script) {
    switch (step.do) {
      case "frame":
        // Control frames come between the fragments of a message (RFC 6455 §5.4).
        if (step.opcode >= Opcode.close) break;
        message = (step.opcode === Opcode.continuation ? message : 0) + lengthOf(step);
        break;
      case "frame-header":
        message = 0;
        break;
      case "message":
        message = step.payload.length;
        break;
      case "payload-part":
        message += step.payload.length;
        break;
      case "echo-loop":
        message = step.messages.from === "corpus" ? step.messages.length : step.messages.payload.length;
        break;
      default:
    }
    longest = Math.max(longest, message);
  }
  return longest;
}

function lengthOf({ payload, inflatesTo }: Extract<Step, { do: "frame" }>): number {
  return Math.max(payload.length, inflatesTo?.length ?? 0);
}
