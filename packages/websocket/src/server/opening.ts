import { answerOffers } from "../deflate/negotiation.js";
import type { DeflateAgreement, ServerDeflatePolicy } from "../deflate/negotiation.js";
import { invalidArgument } from "../errors.js";
import type { HeaderPair } from "../handshake/header-text.js";
import { accept, acceptConnect } from "../handshake/response.js";
import { chooseProtocol } from "../handshake/subprotocol.js";
import type { CompressionSettings } from "../session/settings.js";
import { sha1 } from "../sha1.js";
import { answeredAtOnce } from "./at-once.js";
import type { ServerOptions, UpgradeAnswer, UpgradeRefusal, UpgradeRequest } from "./options.js";
import type { OpeningRefusal } from "./refuse.js";
import type { CheckedRequest } from "./upgrade-request.js";

/** An opening handshake that is accepted: the answer, and what was agreed on. */
export interface Opened<Data> {
  /** The 101 to write; over HTTP/2 the fields of the answer with the status 200. */
  readonly response: string | readonly HeaderPair[];
  readonly protocol: string;
  readonly extensions: string;
  readonly agreement: DeflateAgreement | undefined;
  readonly data: Data;
}

/** The result of the upgrade hook; empty without one. */
type Answer<Data> = Partial<UpgradeAnswer<Data>>;

/** Writes the answer to a client that is accepted. Throws if the application's part of it is invalid. */
export function open<Data>(
  { opening, request }: CheckedRequest,
  options: ServerOptions<Data>,
  compression: CompressionSettings | undefined,
  answered: Answer<Data>,
): Opened<Data> {
  const protocol =
    answeredAtOnce("The subprotocol of an upgrade answer", answered.protocol) ?? choose(options, request);
  const deflate = compression === undefined ? undefined : answerOffers(opening.offers, policyOf(compression));
  const acceptance = { protocol, extensions: deflate?.response, headers: headerPairs(answered.headers) };
  const response = "key" in opening ? accept(opening, acceptance, sha1) : acceptConnect(opening, acceptance);
  return {
    response,
    protocol: protocol ?? "",
    extensions: deflate?.response ?? "",
    agreement: deflate?.agreement,
    data: answered.data as Data,
  };
}

/** Asks the application, and writes the answer. Rejects with what the hook throws, unless that is a `Response`. */
export async function answer<Data>(
  checked: CheckedRequest,
  options: ServerOptions<Data>,
  compression: CompressionSettings | undefined,
  signal: AbortSignal,
): Promise<Opened<Data> | OpeningRefusal> {
  const result = await ask(checked.request, options, signal);
  if (typeof result !== "object" || result === null)
    throw invalidArgument("The upgrade hook has to answer with { data } or with a refusal.");
  if ("status" in result) return readRefusal(result as UpgradeRefusal | Response);
  return open(checked, options, compression, result as Answer<Data>);
}

async function ask<Data>(
  request: UpgradeRequest,
  options: ServerOptions<Data>,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await options.upgrade?.(request, { signal });
  } catch (error) {
    if (isResponse(error)) return error;
    throw error;
  }
}

async function readRefusal(result: UpgradeRefusal | Response): Promise<OpeningRefusal> {
  const body = isResponse(result) ? await result.text() : (result.body ?? "");
  const headers = headerPairs(result.headers as UpgradeRefusal["headers"]).filter(
    ([name]) => !FRAMING_FIELDS.has(name.toLowerCase()),
  );
  return { status: result.status, headers, body, problem: "refused-by-application" };
}

/** A `Response` of this realm's fetch or of any other. */
function isResponse(value: unknown): value is Response {
  if (typeof value !== "object" || value === null) return false;
  const { status, text } = value as Partial<Response>;
  return typeof status === "number" && typeof text === "function";
}

/** Header fields of a fetched Response that describe how it was transferred are removed: they are set here. */
const FRAMING_FIELDS: ReadonlySet<string> = new Set(["connection", "content-length", "transfer-encoding"]);

function choose<Data>(options: ServerOptions<Data>, request: UpgradeRequest): string | undefined {
  const { protocols } = options;
  if (protocols === undefined || request.protocols.length === 0) return undefined;
  if (typeof protocols === "function")
    return answeredAtOnce("The option protocols", protocols(request.protocols, request));
  return chooseProtocol(request.protocols, protocols);
}

function policyOf(settings: CompressionSettings): ServerDeflatePolicy {
  return {
    serverNoContextTakeover: !settings.contextTakeover,
    clientNoContextTakeover: settings.peerNoContextTakeover,
    serverMaxWindowBits: settings.windowBits,
    clientMaxWindowBits: settings.peerWindowBits,
  };
}

function headerPairs(headers: UpgradeRefusal["headers"]): readonly (readonly [string, string])[] {
  if (headers === undefined) return NO_HEADERS;
  return isIterable(headers) ? [...headers] : Object.entries(headers);
}

const NO_HEADERS: readonly (readonly [string, string])[] = [];

function isIterable(headers: object): headers is Iterable<readonly [string, string]> {
  return Symbol.iterator in headers;
}
