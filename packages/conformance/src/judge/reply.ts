import type { Case } from "../case/case.js";
import type { ReplyRule } from "../case/handshake.js";
import type { HandshakeRecord } from "../record/record.js";
import { headerValues, parseRequest, parseResponse, type ResponseHead } from "../wire/http1.js";
import type { Finding } from "./finding.js";

/** What is wrong with an answer, in a clause to follow "the answer"; null if it keeps the rule. */
type Check = (head: ResponseHead, handshake: HandshakeRecord) => string | null;

const CHECKS: Readonly<Record<ReplyRule, Check>> = {
  form: (head, { response }) => lineFault(head) ?? formFault(response ?? ""),
  upgrade: (head) => {
    const values = headerValues(head, "upgrade");
    if (values.length !== 1) return `has ${values.length} Upgrade headers instead of one`;
    return values[0]?.toLowerCase() === "websocket" ? null : `has ${quoted("Upgrade", values)}`;
  },
  connection: (head) => {
    const values = headerValues(head, "connection");
    const tokens = values.flatMap((value) => value.toLowerCase().split(","));
    if (values.length === 0) return "has no Connection header";
    return tokens.some((token) => token.trim() === "upgrade") ? null : `has ${quoted("Connection", values)}`;
  },
  "one-accept": (head) => {
    const { length } = headerValues(head, "sec-websocket-accept");
    return length === 1 ? null : `has ${length} Sec-WebSocket-Accept headers instead of one`;
  },
  "no-body": (head) => {
    const name = ["Content-Length", "Transfer-Encoding"].find(
      (each) => headerValues(head, each.toLowerCase()).length > 0,
    );
    return head.status !== 101 || name === undefined
      ? null
      : `has a ${name} header, although its status is 101`;
  },
  "no-subprotocol": (head, handshake) => unasked("Sec-WebSocket-Protocol", head, handshake),
  "no-extension": (head, handshake) => unasked("Sec-WebSocket-Extensions", head, handshake),
  "one-subprotocol": (head) => {
    const { length } = headerValues(head, "sec-websocket-protocol");
    return length <= 1 ? null : `has ${length} Sec-WebSocket-Protocol headers`;
  },
  whole: (_head, { bodyEnd }) =>
    bodyEnd === "cut" ? "has a body that is shorter than it says: TCP ended before" : null,
};

/** Judges the answer to an opening handshake by one rule, and by nothing else. */
export function judgeReply(rule: ReplyRule, judged: Case, handshake: HandshakeRecord): Finding {
  const head = parseResponse(handshake.response ?? "");
  const fault = CHECKS[rule](head, handshake);
  if (fault !== null)
    return { outcome: "fail", because: `the answer ${fault}`, requirement: judged.requirements[0] };
  const status = head.status === 0 ? "" : ` with status ${head.status}`;
  return { outcome: "pass", because: `the answer${status} is as it has to be` };
}

function lineFault({ version, status, firstLine }: ResponseHead): string | null {
  if (status === 0) return "has no status line";
  if (version !== "HTTP/1.1") return `has the version ${version} instead of HTTP/1.1`;
  return / \d{3} /.test(firstLine) ? null : "has no space behind its status (RFC 9112 §4)";
}

/** RFC 9112 §2.2 and §5, RFC 9110 §5.5: what is wrong with the lines of a head. */
function formFault(head: string): string | null {
  if (/(?<!\r)\n/.test(head)) return "has a line that ends with LF without CR";
  if (/\r(?!\n)/.test(head)) return "has a CR in a line";
  const fields = head.split("\r\n").slice(1, -2);
  if (fields.some((line) => /^[ \t]/.test(line))) return "has a header that goes on in the next line";
  if (fields.some((line) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:/.test(line))) {
    return "has a line that does not begin with the name of a header and a colon";
  }
  return fields.some((line) => /[\0-\x08\x0a-\x1f\x7f]/.test(line))
    ? "has a control character in a header"
    : null;
}

function unasked(name: string, head: ResponseHead, { request }: HandshakeRecord): string | null {
  const field = name.toLowerCase();
  if (headerValues(parseRequest(request ?? ""), field).length > 0) return null;
  return headerValues(head, field).length === 0
    ? null
    : `has a ${name} header, although the request has none`;
}

/** A value is the peer's own text: a sentence holds this many characters of it. */
const VALUE_SHOWN = 60;

function quoted(name: string, values: readonly string[]): string {
  return `${name}: ${values.join(", ").slice(0, VALUE_SHOWN)}`;
}
