import { isToken } from "../handshake/fields.js";
import { amount } from "./settings.js";
import { sharing } from "./sharing.js";
import type { OwnOptions } from "./settings.js";
import type { AnyClientOptions, SocketOptions } from "./types.js";

export interface ClientArguments {
  readonly protocols: readonly string[];
  readonly options: AnyClientOptions;
}

/** The options with the defaults that a client looks at. */
export interface ClientSettings extends AnyClientOptions {
  readonly protocolVersion: number;
  readonly maxRedirects: number;
}

/**
 * Sorts the arguments of the constructor: options may stand in the place of the subprotocols, or contain them. Anything
 * else there, such as null, counts as an invalid subprotocol.
 */
export function readClientArguments(
  protocols: unknown,
  options: AnyClientOptions | undefined,
): ClientArguments {
  const isOptions = typeof protocols === "object" && protocols !== null && !Array.isArray(protocols);
  const given = (isOptions ? (protocols as AnyClientOptions) : options) ?? {};
  const names = isOptions || protocols === undefined ? given.protocols : protocols;
  return { protocols: list(names), options: given };
}

/** Throws a RangeError for an unknown version. */
export function clientSettings(options: AnyClientOptions): ClientSettings {
  const settings = {
    ...options,
    protocolVersion: options.protocolVersion ?? 13,
    maxRedirects: options.maxRedirects ?? 10,
  };
  if (!VERSIONS.includes(settings.protocolVersion)) {
    throw new RangeError(
      `Unsupported protocol version: ${settings.protocolVersion} (supported versions: ${VERSIONS.join(", ")})`,
    );
  }
  return settings;
}

/** Throws a SyntaxError for a subprotocol that is no token or comes twice. */
export function checkProtocols(protocols: readonly unknown[]): void {
  const areTokens = protocols.every((name) => typeof name === "string" && isToken(name));
  if (!areTokens || new Set(protocols).size < protocols.length)
    throw new SyntaxError("An invalid or duplicated subprotocol was specified");
}

/** What the socket of a client is opened with. */
export function clientSocketOptions(options: AnyClientOptions): SocketOptions {
  const { allowSynchronousEvents, generateMask, skipUTF8Validation } = options;
  const { maxPayload = MAX_PAYLOAD, maxFragments = MAX_FRAGMENTS } = options;
  return { allowSynchronousEvents, generateMask, skipUTF8Validation, maxPayload, maxFragments };
}

/** The settings of a WebSocket on either side. All with the same settings share one object. */
export function ownOptions(options: AnyClientOptions): OwnOptions {
  return latestOwn({
    autoPong: isOn(options.autoPong),
    closeTimeoutMs: options.closeTimeout ?? CLOSE_TIMEOUT_MS,
    pendingPongs: amount(options.maxPendingAutoPongs ?? MAX_PENDING_PONGS),
  });
}

const latestOwn = sharing<OwnOptions>();

export const CLOSE_TIMEOUT_MS = 30_000;
export const MAX_PAYLOAD: number = 100 * 1024 * 1024;
export const MAX_FRAGMENTS: number = 16 * 1024;
export const MAX_PENDING_PONGS = 60;
/** 8 is the last draft before RFC 6455, with the same frames. */
const VERSIONS: readonly number[] = [8, 13];

/** Any value but undefined counts as true or false. */
function isOn(value: unknown): boolean {
  return value === undefined || Boolean(value);
}

function list(protocols: unknown): readonly string[] {
  if (protocols === undefined) return [];
  return (Array.isArray(protocols) ? protocols : [protocols]) as readonly string[];
}
