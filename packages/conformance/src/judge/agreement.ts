import { isAboutNegotiation, type Case } from "../case/case.js";
import type { CaseRecord } from "../record/record.js";
import { readAnswer } from "../wire/deflate-negotiation.js";
import { meetsNeeds, sideOf } from "../wire/deflate-parameters.js";

/**
 * Why a case with permessage-deflate shows nothing about this peer: the extension was not agreed on, or not in the way
 * that the script needs. Null if it was, and for other cases.
 */
export function whatIsNotAgreed(judged: Case, { role, extension }: CaseRecord): string | null {
  const { deflate } = judged;
  if (deflate === undefined || isAboutNegotiation(judged)) return null;
  if (extension == null) {
    return role === "client"
      ? "the tester offered permessage-deflate, and the peer did not accept it"
      : "the peer did not offer permessage-deflate, or not with the parameters that this case needs";
  }
  if (deflate.needs === undefined) return null;
  const read = readAnswer([extension], deflate.offers, { lenient: true });
  if ("problem" in read || read.agreed === null || meetsNeeds(sideOf(read.agreed, role), deflate.needs)) {
    return null;
  }
  return `"${extension}" was agreed on, and this case needs more of what the tester may refer to`;
}
