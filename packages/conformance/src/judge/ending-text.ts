import type { Case } from "../case/case.js";
import type { CaseRecord, Profile } from "../record/record.js";

/** How the connection ended, in a clause. */
export function actualEnding({ handshake, close, timers }: CaseRecord): string {
  if (!handshake.opened) return "the connection never opened";
  const { remotePayload, closedByTester, tcp } = close;
  if (closedByTester) return `${testerEnded()}, and ${peerAnswered()}`;
  if (remotePayload !== null) return `the peer sent ${closeFrame(remotePayload, close.remoteCode)}`;
  if (tcp === "reset-by-peer") return "the peer reset TCP";
  return tcp === "ended-by-peer" ? "the peer closed TCP" : "the tester closed TCP";

  function testerEnded(): string {
    const ran = timers.includes("kill") || timers.includes("close") ? ", when the time was over" : "";
    const what = close.failedByTester
      ? "the tester failed the connection"
      : "the tester sent the first Close frame";
    return `${what}${close.localCode === null ? "" : ` (${close.localCode})`}${ran}`;
  }

  function peerAnswered(): string {
    if (remotePayload !== null) return `the peer sent ${closeFrame(remotePayload, close.remoteCode)}`;
    if (tcp === "reset-by-peer") return "the peer reset TCP";
    return tcp === "ended-by-peer" ? "the peer closed TCP" : "the peer did not end the connection";
  }
}

/** How a case demands that its connection ends, in a clause. */
export function requiredEnding({ expect, differs = [] }: Case, profile: Profile): string {
  if (expect.endIsOpen === true) return "the connection may end in any way";
  const { by, clean, codes } = expect.ending;
  const code = [...new Set(codes)].join(" or ");
  if (by === "peer")
    return `the peer fails the connection: a Close frame with code ${code} or without a code`;
  if (clean) return `the tester closes, and the peer answers with code ${code} or without a code`;
  if (profile === "modern" && differs.includes("close-code-not-defined")) {
    return "the tester sends the Close frame, and the peer answers it or fails the connection";
  }
  return `the tester sends the Close frame, and the peer fails the connection: a Close frame with code ${code} or without a code`;
}

function closeFrame(payload: string, code: number | null): string {
  if (code !== null) return `a Close frame with code ${code}`;
  return payload === "" ? "a Close frame without a code" : "a Close frame of one octet";
}
