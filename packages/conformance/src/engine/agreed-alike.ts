import type { Case } from "../case/case.js";
import type { CaseRecord } from "../report/event.js";
import { readAnswer } from "../wire/deflate-negotiation.js";

/**
 * Whether both profiles would have opened and read the connection in the same way, as far as permessage-deflate is
 * concerned. The original overlooks an answer that does not fit the offer, and references beyond the agreed window.
 */
export function isAgreedAlike(played: Case, { profile, role, handshake, extension }: CaseRecord): boolean {
  if (played.deflate === undefined) return true;
  // What an answer has to have in common with the offer is RFC 7692 §5 and §7.1.
  if (!handshake.opened) return !/^7692-(7\.1\.|5-2$)/.test(handshake.requirement ?? "");
  if (profile === "modern" || extension == null) return true;
  // A tester that is the server wrote the answer itself.
  const read = readAnswer([extension], played.deflate.offers, { lenient: role === "server" });
  if ("problem" in read) return false;
  const bits = role === "client" ? read.agreed?.serverMaxWindowBits : read.agreed?.clientMaxWindowBits;
  return bits === undefined || bits === 15;
}
