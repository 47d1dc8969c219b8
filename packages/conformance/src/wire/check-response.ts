import { readAnswer } from "./deflate-negotiation.js";
import type { DeflateParameters } from "./deflate-parameters.js";
import { acceptFor, headerValues, isOpening, type ResponseHead } from "./http1.js";

/** Why an answer does not open the connection, in one sentence. */
export interface HandshakeProblem {
  /** The requirement that it breaks; absent where it breaks none: a server may refuse (RFC 6455 §4.2.2). */
  readonly requirement?: string;
  readonly sentence: string;
}

/** What the request asked for, as far as the answer has to fit it. */
export interface Asked {
  readonly key: string;
  readonly subprotocols: readonly string[];
  /** Extension offers. */
  readonly extensions: readonly string[];
  /** Overlook parameters that were not offered, as the original does. */
  readonly lenient: boolean;
}

/** What was agreed on: null for no extension. */
export interface Agreement {
  readonly deflate: DeflateParameters | null;
  /** The answer's words. */
  readonly extension: string | null;
}

/** A reason phrase is the peer's own text: a sentence holds this many characters of it. */
const REASON_SHOWN = 100;

/** The checks that a client has to make (RFC 6455 §4.1): what was agreed on, or why the connection is not open. */
export function checkResponse(head: ResponseHead, asked: Asked): HandshakeProblem | Agreement {
  if (head.version === "HTTP/2") return checkOverHttp2(head, asked);
  return (
    checkStatus(head) ??
    checkUpgrade(head) ??
    checkAccept(head, asked.key) ??
    checkSubprotocol(head, asked) ??
    checkExtensions(head, asked)
  );
}

export function isProblem(checked: HandshakeProblem | Agreement): checked is HandshakeProblem {
  return "sentence" in checked;
}

function checkStatus(head: ResponseHead): HandshakeProblem | null {
  if (head.status === 0) {
    return problem("6455-4.1-28", "the answer is not HTTP");
  }
  if (head.status !== 101) {
    const said = `${head.status} ${head.reason.slice(0, REASON_SHOWN)}`.trim();
    return { sentence: `the opening handshake was answered with HTTP ${said} instead of 101` };
  }
  if (head.version !== "HTTP/1.1") {
    return problem("6455-4.1-28", `the answer has version ${head.version} instead of HTTP/1.1`);
  }
  return null;
}

/** Over HTTP/2 a status of 200 opens the connection, and there is no key to answer (RFC 8441 §5). */
function checkOverHttp2(head: ResponseHead, asked: Asked): HandshakeProblem | Agreement {
  const { status } = head;
  if (status === 101) {
    return problem("8441-5-3", "the extended CONNECT was answered with HTTP 101, which HTTP/2 does not have");
  }
  if (!isOpening(head)) {
    return { sentence: `the extended CONNECT was answered with HTTP ${status} instead of 200` };
  }
  return checkSubprotocol(head, asked) ?? checkExtensions(head, asked);
}

function checkUpgrade(head: ResponseHead): HandshakeProblem | null {
  const upgrade = headerValues(head, "upgrade");
  if (!upgrade.some((value) => value.toLowerCase() === "websocket")) {
    return problem("6455-4.1-23", "the answer has no Upgrade: websocket");
  }
  const connection = headerValues(head, "connection").flatMap((value) => value.toLowerCase().split(","));
  if (!connection.some((token) => token.trim() === "upgrade")) {
    return problem("6455-4.1-24", "the answer has no Connection: Upgrade");
  }
  return null;
}

function checkAccept(head: ResponseHead, key: string): HandshakeProblem | null {
  const accept = headerValues(head, "sec-websocket-accept");
  if (accept.length !== 1) {
    return problem(
      "6455-4.1-25",
      `the answer has ${accept.length} Sec-WebSocket-Accept headers instead of one`,
    );
  }
  if (accept[0] !== acceptFor(key)) {
    return problem("6455-4.1-25", "Sec-WebSocket-Accept does not belong to the key that was sent");
  }
  return null;
}

function checkSubprotocol(head: ResponseHead, asked: Asked): HandshakeProblem | null {
  const chosen = headerValues(head, "sec-websocket-protocol");
  if (chosen.length > 1 || chosen.some((name) => !asked.subprotocols.includes(name))) {
    return problem("6455-4.1-27", "the answer chooses a subprotocol that was not offered");
  }
  return null;
}

function checkExtensions(head: ResponseHead, { extensions, lenient }: Asked): HandshakeProblem | Agreement {
  const values = headerValues(head, "sec-websocket-extensions");
  if (values.length > 0 && extensions.length === 0) {
    return problem("6455-4.1-26", "the answer accepts an extension although none was offered");
  }
  const read = readAnswer(values, extensions, { lenient });
  if ("problem" in read) return problem(read.requirement, read.problem);
  return { deflate: read.agreed, extension: values.length === 0 ? null : values.join(", ") };
}

function problem(requirement: string, sentence: string): HandshakeProblem {
  return { requirement, sentence };
}
