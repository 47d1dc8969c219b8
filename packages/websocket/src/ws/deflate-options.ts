import { DEFAULT_DEFLATE_OPTIONS } from "../deflate/codec.js";
import type { DeflateOptions } from "../deflate/codec.js";
import type { ClientDeflatePolicy, ServerDeflatePolicy } from "../deflate/negotiation.js";
import type { ExtensionParameter } from "../handshake/extensions.js";
import type { PerMessageDeflateOptions } from "./types.js";

/**
 * What a server agrees to. Unless the application says otherwise, it compresses without context takeover: then all its
 * connections share one compressor, which takes a quarter of a megabyte.
 */
export function serverPolicy(options: PerMessageDeflateOptions): ServerDeflatePolicy {
  return {
    serverNoContextTakeover: options.serverNoContextTakeover ?? true,
    clientNoContextTakeover: options.clientNoContextTakeover ?? false,
    serverMaxWindowBits: bits(options.serverMaxWindowBits) ?? LARGEST,
    clientMaxWindowBits: bits(options.clientMaxWindowBits) ?? LARGEST,
  };
}

export function clientPolicy(options: PerMessageDeflateOptions): ClientDeflatePolicy {
  const { clientMaxWindowBits } = options;
  return {
    serverNoContextTakeover: options.serverNoContextTakeover ?? false,
    clientNoContextTakeover: options.clientNoContextTakeover ?? false,
    serverMaxWindowBits: bits(options.serverMaxWindowBits) ?? LARGEST,
    clientMaxWindowBits: clientMaxWindowBits === false ? undefined : (bits(clientMaxWindowBits) ?? LARGEST),
  };
}

/**
 * Whether a server with these options turns an offer down: the options may demand that the server keeps its context, a
 * larger window than the client asks for, or a limit for the client's window.
 */
export function isDeclined(
  params: readonly ExtensionParameter[],
  options: PerMessageDeflateOptions,
): boolean {
  const asked = new Map(params);
  const { serverNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } = options;
  if (serverNoContextTakeover === false && asked.has("server_no_context_takeover")) return true;
  const server = asked.get("server_max_window_bits");
  if (server !== undefined) {
    if (serverMaxWindowBits === false) return true;
    if (typeof serverMaxWindowBits === "number" && serverMaxWindowBits > Number(server)) return true;
  }
  if (typeof clientMaxWindowBits !== "number") return false;
  if (!asked.has("client_max_window_bits")) return true;
  const client = asked.get("client_max_window_bits");
  return client !== undefined && clientMaxWindowBits > Number(client);
}

export function codecOptions(options: PerMessageDeflateOptions): DeflateOptions {
  const { level, memLevel } = options.zlibDeflateOptions ?? {};
  return {
    ...DEFAULT_DEFLATE_OPTIONS,
    level: inRange(level, 0, 9) ?? DEFAULT_DEFLATE_OPTIONS.level,
    memLevel: inRange(memLevel, 1, 9) ?? DEFAULT_DEFLATE_OPTIONS.memLevel,
    maxConcurrent: inRange(options.concurrencyLimit, 1, Infinity) ?? DEFAULT_DEFLATE_OPTIONS.maxConcurrent,
  };
}

const LARGEST = 15;

function bits(value: number | boolean | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function inRange(value: number | undefined, from: number, to: number): number | undefined {
  return value !== undefined && value >= from && value <= to ? value : undefined;
}
