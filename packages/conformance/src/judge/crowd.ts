import type { CrowdRecord } from "../record/record.js";
import type { Finding } from "./finding.js";

/**
 * What many opening handshakes at the same time decide. A server may refuse connections when they are too many (RFC 6455
 * §10.4), with an answer or without: only an answer that opens a connection wrongly is a fault, such as one with the hash
 * of another client's key.
 */
export function judgeCrowd(crowd: CrowdRecord): Finding {
  const { size, opened, refused, wrong } = crowd;
  if (wrong !== undefined) {
    const because = `one of ${size} requests at the same time was answered wrongly: ${wrong.problem}`;
    return { outcome: "fail", because, requirement: wrong.requirement };
  }
  const left = size - opened - refused;
  const others = [
    ...(refused === 0 ? [] : [`${refused} were refused with an HTTP status`]),
    ...(left === 0 ? [] : [`${left} were not answered`]),
  ];
  const because = `${opened} of ${size} requests at the same time opened a connection`;
  return { outcome: "pass", because: [because, ...others].join("; ") };
}
