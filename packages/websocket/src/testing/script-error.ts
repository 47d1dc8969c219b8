import { inspect } from "node:util";

/**
 * Something else happened than the script of a {@link scriptedServer} expects. The message names both.
 *
 * @example
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import { scriptedServer, ScriptError } from "@wireproof/websocket/testing";
 *
 * const server = await scriptedServer((peer) => peer.receive("hello"));
 * await using ws = await connect(server.url);
 * ws.send("good morning");
 * const error = await server.done().catch((reason: unknown) => reason);
 * console.assert(error instanceof ScriptError);
 * console.assert(
 *   (error as Error).message === 'Connection 1: expected the text "hello", but the text "good morning" came.',
 * );
 * await server.close();
 * ```
 */
export class ScriptError extends Error {
  /** Always "ScriptError". */
  override readonly name = "ScriptError";
  /** The number of the connection, from 1 on. */
  readonly connection: number;

  /**
   * @param connection - The number of the connection, from 1 on.
   * @param message - What was expected, and what happened.
   */
  constructor(connection: number, message: string) {
    super(`Connection ${connection}: ${message}`);
    this.connection = connection;
  }
}

/** A message in words. */
export function messageInWords(message: string | Uint8Array): string {
  return typeof message === "string"
    ? `the text ${inWords(message)}`
    : `the octets ${octetsInWords(message)}`;
}

/** What a Close frame says, in words. */
export function closeInWords(code: number, reason: string): string {
  if (code === 1005) return "a Close frame without a code";
  return `a Close frame with ${code}${reason === "" ? "" : ` ${inWords(reason)}`}`;
}

/** A value in at most a line or two. */
export function inWords(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : inspect(value, { breakLength: Infinity });
  return text.length <= MOST_CHARACTERS
    ? text
    : `${text.slice(0, MOST_CHARACTERS)}… (${text.length} characters)`;
}

function octetsInWords(octets: Uint8Array): string {
  const shown = Buffer.from(octets.subarray(0, MOST_OCTETS))
    .toString("hex")
    .replaceAll(/..(?=.)/g, "$& ");
  return octets.length <= MOST_OCTETS ? `<${shown}>` : `<${shown} … ${octets.length} in all>`;
}

const MOST_CHARACTERS = 200;
const MOST_OCTETS = 32;
