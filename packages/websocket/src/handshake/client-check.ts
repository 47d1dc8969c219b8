import { type ExtensionOffer, parseExtensions } from "./extensions.js";
import { collectFields, type Fields, hasToken, isSameToken, valuesOf } from "./fields.js";
import type { ResponseHead } from "./head-reader.js";
import { HANDSHAKE_PROBLEMS, type HandshakeProblem, isProblem } from "./problem.js";

/** The parts of every request that the answer has to match. */
export interface Offered {
  readonly protocols: readonly string[];
  /** Whether an answer that chooses none of them is refused, as in browsers. */
  readonly isProtocolRequired: boolean;
  /** The value of Sec-WebSocket-Extensions that was sent. */
  readonly extensions: string | undefined;
}

/** The parts of a request over HTTP/1.1 that the answer has to match. */
export interface Expected extends Offered {
  /** `acceptFor` the key that was sent. */
  readonly accept: string;
}

export type ResponseCheck =
  | {
      readonly ok: true;
      readonly protocol: string | undefined;
      /** Accepted extensions in the server's order; their parameters are not checked here. */
      readonly extensions: readonly ExtensionOffer[];
    }
  | { readonly ok: false; readonly problem: HandshakeProblem };

/** The checks that a client makes before the connection is open (RFC 6455 §4.1). Never throws. */
export function checkResponse(head: ResponseHead, expected: Expected): ResponseCheck {
  const fields = collectFields(head.rawHeaders);
  const problem = checkSwitch(head, fields) ?? checkAccept(fields, expected.accept);
  return problem === undefined ? checkChoice(fields, expected) : { ok: false, problem };
}

/**
 * The same over HTTP/2 (RFC 8441 §5): 2xx says that the stream is a tunnel (RFC 9110 §9.3.6), and there is no key to
 * accept. Never throws.
 */
export function checkConnectResponse({ status, rawHeaders }: ResponseHead, offered: Offered): ResponseCheck {
  if (isTunnel(status)) return checkChoice(collectFields(rawHeaders), offered);
  return { ok: false, problem: HANDSHAKE_PROBLEMS["connect-status"] };
}

/** Whether an answer to CONNECT says that the stream is a tunnel from now on. */
export function isTunnel(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** What the server has chosen out of what was offered. */
function checkChoice(fields: Fields, offered: Offered): ResponseCheck {
  const problem = checkProtocol(fields, offered);
  if (problem !== undefined) return { ok: false, problem };
  const extensions = readExtensions(fields, offered);
  if (isProblem(extensions)) return { ok: false, problem: extensions };
  return { ok: true, protocol: valuesOf(fields, "sec-websocket-protocol")[0], extensions };
}

function checkSwitch(head: ResponseHead, fields: Fields): HandshakeProblem | undefined {
  if (head.status !== 101) return HANDSHAKE_PROBLEMS["unexpected-status"];
  // No earlier version knows Upgrade (RFC 9110 §7.8), and what this client sent was HTTP/1.1.
  if (head.httpVersion !== "1.1") return HANDSHAKE_PROBLEMS["response-http-version"];
  const [upgrade = "", ...more] = valuesOf(fields, "upgrade");
  if (more.length > 0 || !isSameToken(upgrade, "websocket")) return HANDSHAKE_PROBLEMS["response-upgrade"];
  const isUpgrade = hasToken(valuesOf(fields, "connection"), "upgrade");
  return isUpgrade ? undefined : HANDSHAKE_PROBLEMS["response-connection"];
}

function checkAccept(fields: Fields, accept: string): HandshakeProblem | undefined {
  const [value, ...more] = valuesOf(fields, "sec-websocket-accept");
  if (value === undefined) return HANDSHAKE_PROBLEMS["accept-missing"];
  if (more.length > 0) return HANDSHAKE_PROBLEMS["accept-repeated"];
  return value === accept ? undefined : HANDSHAKE_PROBLEMS["accept-wrong"];
}

/**
 * A server may choose none of the subprotocols (§4.2.2, item 5.5), and the client decides whether it accepts that. An
 * empty field chooses a subprotocol without a name.
 */
function checkProtocol(fields: Fields, offered: Offered): HandshakeProblem | undefined {
  const { protocols, isProtocolRequired } = offered;
  const [value, ...more] = valuesOf(fields, "sec-websocket-protocol");
  if (more.length > 0) return HANDSHAKE_PROBLEMS["response-protocol-repeated"];
  if (value !== undefined)
    return protocols.includes(value) ? undefined : HANDSHAKE_PROBLEMS["protocol-not-offered"];
  const isMissing = isProtocolRequired && protocols.length > 0;
  return isMissing ? HANDSHAKE_PROBLEMS["protocol-missing"] : undefined;
}

/** Several lines are one list: §4.2.2 lets a server split it, though §11.3.2 does not. */
function readExtensions(
  fields: Fields,
  { extensions }: Offered,
): readonly ExtensionOffer[] | HandshakeProblem {
  const values = fields.get("sec-websocket-extensions");
  if (values === undefined) return [];
  const accepted = parseExtensions(values);
  if (accepted === undefined) return HANDSHAKE_PROBLEMS["response-extensions-malformed"];
  const offered = parseExtensions([extensions ?? ""]) ?? [];
  const offeredNames = new Set(offered.map(({ name }) => name));
  if (!accepted.every(({ name }) => offeredNames.has(name)))
    return HANDSHAKE_PROBLEMS["extension-not-offered"];
  const isEachOnce = new Set(accepted.map(({ name }) => name)).size === accepted.length;
  return isEachOnce ? accepted : HANDSHAKE_PROBLEMS["extension-repeated"];
}
