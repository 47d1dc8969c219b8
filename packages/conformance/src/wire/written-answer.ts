import type { AnswerNeed, WrittenAnswer } from "../case/negotiation.js";
import { grant, readAnswer, validOffers } from "./deflate-negotiation.js";
import { EXTENSION_NAME, type DeflateParameters, type ReadParameters } from "./deflate-parameters.js";

/** An answer as a case has it. */
export interface Written {
  /** The value of Sec-WebSocket-Extensions; null for no such header. */
  readonly answer: string | null;
  /** What it agrees to; null if that is nothing, or if no client may take it. */
  readonly agreed: DeflateParameters | null;
}

/**
 * As server: the answer that a case writes out, given a client's Sec-WebSocket-Extensions headers. Null if the client did
 * not offer what the case needs. Never throws.
 */
export function writeAnswer(values: readonly string[], { needs, adds }: WrittenAnswer): Written | null {
  const offers = validOffers(values);
  if (needs === "fit") return fitting(values, offers, adds ?? "");
  if (!isMet(needs, offers)) return null;
  return { answer: adds === null ? null : EXTENSION_NAME + adds, agreed: null };
}

function isMet(needs: Exclude<AnswerNeed, "fit">, offers: readonly ReadParameters[]): boolean {
  switch (needs) {
    case "deflate":
      return offers.length > 0;
    case "no-deflate":
      return offers.length === 0;
    case "no-client-window":
      return offers.length > 0 && offers.every(({ clientMaxWindowBits }) => clientMaxWindowBits === null);
    case "server-window":
      return offers.length > 0 && offers.every((offer) => (offer.serverMaxWindowBits ?? 15) < 15);
  }
}

/** Grants the first offer that the answer fits. */
function fitting(values: readonly string[], offers: readonly ReadParameters[], adds: string): Written | null {
  for (const offer of offers) {
    const answer = grant(offer) + adds;
    const read = readAnswer([answer], values, { lenient: false });
    if (!("problem" in read) && read.hint === undefined) return { answer, agreed: read.agreed };
  }
  return null;
}
