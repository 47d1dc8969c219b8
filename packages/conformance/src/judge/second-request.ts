import type { Case } from "../case/case.js";
import type { EarlierRequest } from "../case/handshake.js";
import type { CaseRecord, EarlierExchange, HandshakeRecord } from "../record/record.js";
import type { Finding } from "./finding.js";

/** RFC 9112 §6.3: behind an answer comes the next one, and nothing else. */
const CLEAR_END = "9112-6.3-1";

/**
 * What the two answers to a request and to one behind it on the same connection decide. Undefined if the second one was
 * answered with 101 as it may be, or wrongly: then what holds for every opening handshake decides. A server may close
 * behind any answer (RFC 9112 §9.3), refuse any request, and leave one behind unanswered: none of that is judged.
 */
export function judgeSecond(
  judged: Case,
  { handshake }: CaseRecord,
  before: EarlierRequest,
  first: EarlierExchange,
): Finding | undefined {
  const { status, noAnswer, response, problem = "the second request was not answered" } = handshake;
  if (first.status === 101) {
    return fail(before.refusedBy, "the server answered the first request with HTTP 101");
  }
  // The first answer has no end, or is none. Cases without a second request are about that.
  if (!["whole", "last"].includes(first.end)) return { outcome: "pass", because: problem };
  if (status === 101) {
    if (before.next === "when-answered") return undefined;
    return fail(
      judged.requirements[0],
      `the server answered the first request with HTTP ${first.status} and the second, which asks for no WebSocket, with HTTP 101`,
    );
  }
  if (isForeign(handshake)) {
    const because = `behind its answer with HTTP ${first.status} the server sent octets that are not HTTP`;
    return fail(CLEAR_END, because);
  }
  const answered = `the server answered the first request with HTTP ${first.status}`;
  if (status !== undefined) {
    return { outcome: "pass", because: `${answered} and the second with HTTP ${status}` };
  }
  if (noAnswer === "closed" || noAnswer === "reset") {
    return { outcome: "pass", because: `${answered} and ${noAnswer} TCP` };
  }
  if (noAnswer === "late") {
    return { outcome: "pass", because: `${answered} and neither answered the second nor closed TCP in time` };
  }
  return { outcome: "pass", because: response === null ? problem : `${answered}; ${problem}` };
}

function isForeign({ status, noAnswer, response }: HandshakeRecord): boolean {
  if (status !== undefined || noAnswer !== undefined || response === null) return false;
  return !response.startsWith("HTTP/");
}

function fail(requirement: string, because: string): Finding {
  return { outcome: "fail", because, requirement };
}
