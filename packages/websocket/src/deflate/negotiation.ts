import { type ExtensionOffer, type ExtensionParameter, formatExtension } from "../handshake/extensions.js";
import { HANDSHAKE_PROBLEMS, type HandshakeProblem, type HandshakeProblemId } from "../handshake/problem.js";

/** The name of the extension (RFC 7692 §7). */
export const PERMESSAGE_DEFLATE = "permessage-deflate";

/** What both sides keep to (RFC 7692 §7.1). Window bits are 8–15: a window of 2^bits octets. */
export interface DeflateAgreement {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

/** The most that a server agrees to. Restrictions that a client asks for are granted as well. */
export interface ServerDeflatePolicy {
  /** The server starts each message with an empty window, so that no connection keeps one. */
  readonly serverNoContextTakeover: boolean;
  /** Clients have to do so too. Every client must be able to (RFC 7692 §7.1.1.2). */
  readonly clientNoContextTakeover: boolean;
  /** 8–15. */
  readonly serverMaxWindowBits: number;
  /** 8–15. Applies to clients that offer client_max_window_bits. Others may use 15 in any case (§7.1.2.2). */
  readonly clientMaxWindowBits: number;
}

/** What a client offers. */
export interface ClientDeflatePolicy {
  /** The server has to do without context takeover; an answer that does not say so fails the handshake. */
  readonly serverNoContextTakeover: boolean;
  /** This client does without, even if the server does not ask for it. */
  readonly clientNoContextTakeover: boolean;
  /** 8–15. Below 15 an answer without such a limit fails the handshake. */
  readonly serverMaxWindowBits: number;
  /** 8–15: the server may limit the client's window. undefined: it may not. */
  readonly clientMaxWindowBits: number | undefined;
}

/**
 * All connections share one compressor and one decompressor, so an idle connection costs no more than without
 * compression.
 */
export const DEFAULT_SERVER_DEFLATE: ServerDeflatePolicy = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

/**
 * An offer without parameters. Some servers decline or mishandle parameters, and all that know the extension understand
 * this one.
 */
export const DEFAULT_CLIENT_DEFLATE: ClientDeflatePolicy = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: undefined,
};

export interface DeflateAnswer {
  /** The value of Sec-WebSocket-Extensions. */
  readonly response: string;
  readonly agreement: DeflateAgreement;
}

export type AgreedCheck =
  | { readonly ok: true; readonly agreement: DeflateAgreement }
  | { readonly ok: false; readonly problem: HandshakeProblem };

/**
 * Accepts the first good offer of permessage-deflate (RFC 7692 §5, §7.1); undefined where there is none. An offer with
 * an unknown parameter, a parameter twice, or an invalid value is declined, and the next one is tried.
 */
export function answerOffers(
  offers: readonly ExtensionOffer[],
  policy: ServerDeflatePolicy,
): DeflateAnswer | undefined {
  for (const { name, params } of offers) {
    if (name !== PERMESSAGE_DEFLATE) continue;
    const asked = readParameters(params);
    if (typeof asked !== "string") return answer(asked, policy);
  }
  return undefined;
}

/** The value of Sec-WebSocket-Extensions for an offer. Throws a RangeError for window bits other than 8–15. */
export function makeOffer(policy: ClientDeflatePolicy): string {
  const { serverMaxWindowBits, clientMaxWindowBits } = policy;
  assertWindowBits(serverMaxWindowBits);
  assertWindowBits(clientMaxWindowBits ?? LARGEST);
  const params: ExtensionParameter[] = [];
  if (policy.serverNoContextTakeover) params.push([SERVER_NO_CONTEXT_TAKEOVER, undefined]);
  if (policy.clientNoContextTakeover) params.push([CLIENT_NO_CONTEXT_TAKEOVER, undefined]);
  if (serverMaxWindowBits < LARGEST) params.push([SERVER_MAX_WINDOW_BITS, String(serverMaxWindowBits)]);
  if (clientMaxWindowBits !== undefined) {
    const value = clientMaxWindowBits < LARGEST ? String(clientMaxWindowBits) : undefined;
    params.push([CLIENT_MAX_WINDOW_BITS, value]);
  }
  return formatExtension({ name: PERMESSAGE_DEFLATE, params });
}

/** Checks the parameters that a server accepted against the offer that was made with `policy` (RFC 7692 §7.1). */
export function checkAgreed(params: readonly ExtensionParameter[], policy: ClientDeflatePolicy): AgreedCheck {
  const read = readParameters(params);
  const id = typeof read === "string" ? read : findMisfit(read, policy);
  if (id !== undefined) return { ok: false, problem: HANDSHAKE_PROBLEMS[id] };
  return { ok: true, agreement: agree(read as Parameters, policy) };
}

/** Throws a RangeError for window bits other than 8–15. Call it when a policy is configured. */
export function assertWindowBits(bits: number): void {
  if (!Number.isInteger(bits) || bits < SMALLEST || bits > LARGEST) {
    throw new RangeError(`Window bits are a whole number from ${SMALLEST} to ${LARGEST}, not ${bits}.`);
  }
}

/** Parameters as they stand in an offer or in an answer. */
interface Parameters {
  serverNoContextTakeover: boolean;
  clientNoContextTakeover: boolean;
  serverMaxWindowBits: number | undefined;
  /** null: without a value. */
  clientMaxWindowBits: number | null | undefined;
}

function readParameters(params: readonly ExtensionParameter[]): Parameters | HandshakeProblemId {
  const read: Parameters = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: undefined,
    clientMaxWindowBits: undefined,
  };
  const names = new Set<string>();
  for (const [name, value] of params) {
    if (names.has(name)) return "deflate-parameter-repeated";
    names.add(name);
    const problem = readParameter(read, name, value);
    if (problem !== undefined) return problem;
  }
  return read;
}

function readParameter(
  read: Parameters,
  name: string,
  value: string | undefined,
): HandshakeProblemId | undefined {
  const bits = WINDOW_BITS.get(value ?? "");
  switch (name) {
    case SERVER_NO_CONTEXT_TAKEOVER:
      read.serverNoContextTakeover = true;
      return value === undefined ? undefined : "deflate-parameter-invalid";
    case CLIENT_NO_CONTEXT_TAKEOVER:
      read.clientNoContextTakeover = true;
      return value === undefined ? undefined : "deflate-parameter-invalid";
    case SERVER_MAX_WINDOW_BITS:
      read.serverMaxWindowBits = bits;
      return bits === undefined ? "deflate-parameter-invalid" : undefined;
    case CLIENT_MAX_WINDOW_BITS:
      read.clientMaxWindowBits = value === undefined ? null : bits;
      return read.clientMaxWindowBits === undefined ? "deflate-parameter-invalid" : undefined;
    default:
      return "deflate-parameter-unknown";
  }
}

/** Grants what the offer asks for, within the policy. The answer names what differs from the default. */
function answer(asked: Parameters, policy: ServerDeflatePolicy): DeflateAnswer {
  const agreement: DeflateAgreement = {
    serverNoContextTakeover: asked.serverNoContextTakeover || policy.serverNoContextTakeover,
    clientNoContextTakeover: asked.clientNoContextTakeover || policy.clientNoContextTakeover,
    serverMaxWindowBits: Math.min(asked.serverMaxWindowBits ?? LARGEST, policy.serverMaxWindowBits),
    clientMaxWindowBits:
      asked.clientMaxWindowBits === undefined
        ? LARGEST
        : Math.min(asked.clientMaxWindowBits ?? LARGEST, policy.clientMaxWindowBits),
  };
  const params: ExtensionParameter[] = [];
  if (agreement.serverNoContextTakeover) params.push([SERVER_NO_CONTEXT_TAKEOVER, undefined]);
  if (agreement.clientNoContextTakeover) params.push([CLIENT_NO_CONTEXT_TAKEOVER, undefined]);
  // An offer with a window is accepted by naming one, even the largest (§7.1.2.1).
  if (asked.serverMaxWindowBits !== undefined || agreement.serverMaxWindowBits < LARGEST) {
    params.push([SERVER_MAX_WINDOW_BITS, String(agreement.serverMaxWindowBits)]);
  }
  if (typeof asked.clientMaxWindowBits === "number" || agreement.clientMaxWindowBits < LARGEST) {
    params.push([CLIENT_MAX_WINDOW_BITS, String(agreement.clientMaxWindowBits)]);
  }
  return { response: formatExtension({ name: PERMESSAGE_DEFLATE, params }), agreement };
}

function findMisfit(read: Parameters, policy: ClientDeflatePolicy): HandshakeProblemId | undefined {
  const { serverMaxWindowBits: server, clientMaxWindowBits: client } = read;
  if (client === null) return "deflate-parameter-invalid";
  if (client !== undefined && policy.clientMaxWindowBits === undefined) {
    return "deflate-client-window-not-offered";
  }
  const isServerLimited = policy.serverMaxWindowBits < LARGEST;
  if (policy.serverNoContextTakeover && !read.serverNoContextTakeover) return "deflate-parameter-missing";
  if (isServerLimited && server === undefined) return "deflate-parameter-missing";
  if ((server ?? 0) > policy.serverMaxWindowBits || (client ?? 0) > (policy.clientMaxWindowBits ?? 0)) {
    return "deflate-window-too-large";
  }
  return undefined;
}

/** A client may always use less than it is allowed to. */
function agree(read: Parameters, policy: ClientDeflatePolicy): DeflateAgreement {
  return {
    serverNoContextTakeover: read.serverNoContextTakeover,
    clientNoContextTakeover: read.clientNoContextTakeover || policy.clientNoContextTakeover,
    serverMaxWindowBits: read.serverMaxWindowBits ?? LARGEST,
    clientMaxWindowBits: read.clientMaxWindowBits ?? policy.clientMaxWindowBits ?? LARGEST,
  };
}

const SERVER_NO_CONTEXT_TAKEOVER = "server_no_context_takeover";
const CLIENT_NO_CONTEXT_TAKEOVER = "client_no_context_takeover";
const SERVER_MAX_WINDOW_BITS = "server_max_window_bits";
const CLIENT_MAX_WINDOW_BITS = "client_max_window_bits";
const SMALLEST = 8;
const LARGEST = 15;

/** What a value may be: a decimal number without a leading zero. */
const WINDOW_BITS: ReadonlyMap<string, number> = new Map(
  Array.from({ length: LARGEST - SMALLEST + 1 }, (_, at) => [String(SMALLEST + at), SMALLEST + at]),
);
