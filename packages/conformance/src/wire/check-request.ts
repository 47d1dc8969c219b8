import { headerValues, type RequestHead } from "./http1.js";
import { isOfferedTwice, offeredSubprotocols, offerProblem } from "./subprotocol-offer.js";

/** A request that opens a connection. */
export interface OpeningRequest {
  readonly kind: "opening";
  readonly key: string;
  /** Values of Sec-WebSocket-Extensions. */
  readonly offers: readonly string[];
}

/** Why a request is refused. */
export interface RefusedRequest {
  readonly kind: "refused";
  readonly status: number;
  /** One sentence, without a full stop. */
  readonly sentence: string;
  /** The requirement that the request breaks. */
  readonly requirement: string;
  /** Header lines that belong to the answer. */
  readonly headers?: readonly string[];
  /** What an answer needs that opens the connection nevertheless; absent if there can be none. */
  readonly nevertheless?: OpeningRequest;
}

/** A request that does not ask for WebSocket. */
export interface PlainRequest {
  readonly kind: "plain";
}

/** The only version there is: that of RFC 6455. */
const VERSION = "13";
/** A draft with the same frames, which the original takes as well. */
const LENIENT_VERSION = "8";

/**
 * The checks that a server has to make (RFC 6455 §4.2.1). What the Host header says does not matter, as long as
 * there is one. `lenient` takes what the original suite takes.
 */
export function checkRequest(
  head: RequestHead,
  options: { readonly lenient: boolean },
): OpeningRequest | RefusedRequest | PlainRequest {
  const wrong = checkLine(head);
  if (wrong !== null) return wrong;
  const wantsWebSocket = headerValues(head, "sec-websocket-key").length > 0;
  if (!wantsWebSocket && headerValues(head, "upgrade").length === 0) {
    return checkVersionOfHttp(head) ?? { kind: "plain" };
  }
  const found =
    checkVersionOfHttp(head) ??
    checkUpgrade(head) ??
    checkVersion(head, options.lenient) ??
    checkKey(head) ??
    checkRest(head, options.lenient);
  if (found === null) return openingOf(head);
  return wantsWebSocket ? { ...found, nevertheless: openingOf(head) } : found;
}

/**
 * What opens the connection. Under `modern` that includes requests which a server has to refuse, but which can be
 * answered: what is wrong with them is the matter of cases about the opening handshake (section 22), and must not hide
 * what the others show. Undefined if there is no answer that opens a connection.
 */
export function openingRequest(
  checked: OpeningRequest | RefusedRequest | PlainRequest,
  profile: "modern" | "autobahn",
): OpeningRequest | undefined {
  if (checked.kind === "opening") return checked;
  return checked.kind === "refused" && profile === "modern" ? checked.nevertheless : undefined;
}

function openingOf(head: RequestHead): OpeningRequest {
  const [key = ""] = headerValues(head, "sec-websocket-key");
  return { kind: "opening", key, offers: headerValues(head, "sec-websocket-extensions") };
}

function checkLine(head: RequestHead): RefusedRequest | null {
  const { method, target } = head;
  if (method === "") return refused(400, "6455-4.1-10", "this is not an HTTP request");
  if (method !== "GET") {
    return { ...refused(405, "6455-4.1-10", "only GET opens a WebSocket"), headers: ["Allow: GET"] };
  }
  if (target.includes("#")) {
    return refused(
      400,
      "6455-4.1-11",
      "the URL has a fragment, which RFC 6455 §3 rules out; # is written %23",
    );
  }
  return null;
}

function checkVersionOfHttp({ version }: RequestHead): RefusedRequest | null {
  if (version === "HTTP/1.1") return null;
  return refused(505, "6455-4.1-10", `the request has version ${version} instead of HTTP/1.1`);
}

function checkUpgrade(head: RequestHead): RefusedRequest | null {
  if (!tokens(head, "upgrade").includes("websocket")) {
    return refused(400, "6455-4.1-13", "the request has no Upgrade: websocket");
  }
  if (!tokens(head, "connection").includes("upgrade")) {
    return refused(400, "6455-4.1-14", "the request has no Connection: Upgrade");
  }
  return null;
}

/** RFC 6455 §4.4: the answer to another version says which ones are understood. */
function checkVersion(head: RequestHead, lenient: boolean): RefusedRequest | null {
  const versions = headerValues(head, "sec-websocket-version");
  const [version = ""] = versions;
  if (versions.length === 1 && (version === VERSION || (lenient && version === LENIENT_VERSION))) return null;
  const sentence =
    versions.length === 1
      ? `Sec-WebSocket-Version is not ${VERSION}`
      : `the request has ${versions.length} Sec-WebSocket-Version headers instead of one`;
  return { ...refused(426, "6455-4.1-18", sentence), headers: [`Sec-WebSocket-Version: ${VERSION}`] };
}

/** Base64 of 16 octets: 22 characters and two signs of padding. */
function checkKey(head: RequestHead): RefusedRequest | null {
  const keys = headerValues(head, "sec-websocket-key");
  if (keys.length !== 1) {
    return refused(
      400,
      "6455-4.1-15",
      `the request has ${keys.length} Sec-WebSocket-Key headers instead of one`,
    );
  }
  if (/^[A-Za-z0-9+/]{22}==$/.test(keys[0] ?? "")) return null;
  return refused(400, "6455-4.1-15", "Sec-WebSocket-Key is not the base64 of 16 octets");
}

function checkRest(head: RequestHead, lenient: boolean): RefusedRequest | null {
  const hosts = headerValues(head, "host");
  if (hosts.length !== 1) {
    return refused(400, "6455-4.1-12", `the request has ${hosts.length} Host headers instead of one`);
  }
  const problem = offerProblem(head);
  if (problem === null || (lenient && !isOfferedTwice(offeredSubprotocols(head)))) return null;
  return refused(400, "6455-4.1-19", problem);
}

function tokens(head: RequestHead, name: string): readonly string[] {
  return headerValues(head, name)
    .flatMap((value) => value.split(","))
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== "");
}

function refused(status: number, requirement: string, sentence: string): RefusedRequest {
  return { kind: "refused", status, requirement, sentence };
}
