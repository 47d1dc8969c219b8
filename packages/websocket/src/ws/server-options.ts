import { CLOSE_TIMEOUT_MS, MAX_FRAGMENTS, MAX_PAYLOAD, MAX_PENDING_PONGS } from "./client-options.js";
import type { PerMessageDeflateOptions } from "./types.js";

/** The options that are used here. */
interface GivenOptions {
  readonly port?: number | undefined;
  readonly server?: unknown;
  readonly noServer?: boolean | undefined;
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
}

/**
 * The options with all defaults in their place; throws a TypeError unless exactly one of `port`, `server` and
 * `noServer` is given.
 */
export function serverOptions<Options extends GivenOptions>(
  given: Options | undefined,
  WebSocket: unknown,
): Options {
  // An undefined option must not remove a limit.
  const known = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  const options = { ...DEFAULTS, WebSocket, ...Object.fromEntries(known) } as unknown as Options;
  const hasPort = options.port !== undefined && options.port !== null;
  const hasServer = Boolean(options.server);
  const hasNone = Boolean(options.noServer);
  if (Number(hasPort) + Number(hasServer) + Number(hasNone) !== 1) {
    throw new TypeError('One and only one of the "port", "server", or "noServer" options must be specified');
  }
  return options.perMessageDeflate === true ? { ...options, perMessageDeflate: {} } : options;
}

const DEFAULTS = {
  allowSynchronousEvents: true,
  autoPong: true,
  maxBufferedChunks: 256 * 1024,
  maxFragments: MAX_FRAGMENTS,
  maxPayload: MAX_PAYLOAD,
  maxPendingAutoPongs: MAX_PENDING_PONGS,
  skipUTF8Validation: false,
  perMessageDeflate: false,
  handleProtocols: null,
  clientTracking: true,
  closeTimeout: CLOSE_TIMEOUT_MS,
  verifyClient: null,
  noServer: false,
  backlog: null,
  server: null,
  host: null,
  path: null,
  port: null,
} as const;
