import { types } from "node:util";

import { invalidArgument } from "../errors.js";
import { assertRequestPolicy } from "../handshake/request-policy.js";
import { isToken } from "../handshake/fields.js";
import { STRICT } from "../protocol/limits.js";
import type { ServerOptions } from "./options.js";
import { originRule } from "./origin.js";

const FUNCTIONS = ["upgrade", "open", "message", "drain", "ping", "pong", "close", "error"] as const;
const SWITCHES = ["zeroCopy", "autoPong", "staticRead"] as const;

/**
 * Throws an InvalidArgument error for options that can never work, when the server is made and not when the first
 * client comes. Limits, heartbeat and compression are checked where they are resolved.
 */
export function assertServerOptions<Data>(options: ServerOptions<Data>): void {
  for (const name of FUNCTIONS)
    check(isAbsentOr(options[name], "function"), `The option ${name} is a function.`);
  for (const name of SWITCHES)
    check(isAbsentOr(options[name], "boolean"), `The option ${name} is true or false.`);
  const { text = "string", tls, lenient = {} } = options;
  check(text === "string" || text === "octets", 'The option text is "string" or "octets".');
  check(isAbsentOr(tls, "object") && tls !== null, "The option tls is an object with options of node:tls.");
  for (const [name, value] of Object.entries(lenient)) {
    check(name in STRICT, `There is no leniency named "${name}".`);
    check(isAbsentOr(value, "boolean"), `The leniency ${name} is true or false.`);
  }
  assertPath(options.path);
  assertProtocols(options.protocols);
  assertPolicy(options);
}

function assertPath(path: unknown): void {
  if (path === undefined || isDecidedAtOnce("path", path)) return;
  const isPath = typeof path === "string" && path.startsWith("/") && !/[?#\s]/.test(path);
  check(isPath, 'The option path begins with "/" and has no query, or is a function.');
}

function assertProtocols(protocols: unknown): void {
  if (protocols === undefined || isDecidedAtOnce("protocols", protocols)) return;
  const names: readonly unknown[] = Array.isArray(protocols) ? protocols : [undefined];
  const areTokens = names.every((name) => typeof name === "string" && isToken(name));
  check(areTokens, "The option protocols is a list of tokens (RFC 6455 §4.1) or a function.");
  check(new Set(names).size === names.length, "The option protocols names each subprotocol once.");
}

function assertPolicy<Data>({ origin = "same-origin", hosts }: ServerOptions<Data>): void {
  check(hosts === undefined || Array.isArray(hosts), "The option hosts is a list.");
  try {
    assertRequestPolicy({ isSecure: false, origin: originRule(origin), hosts });
  } catch (error) {
    throw invalidArgument((error as Error).message);
  }
}

/** Whether it is a function; throws for one that can only answer with a promise. */
function isDecidedAtOnce(name: string, option: unknown): boolean {
  const isAsync = types.isAsyncFunction(option);
  check(!isAsync, `The option ${name} decides at once: it cannot be an async function.`);
  return typeof option === "function";
}

function isAbsentOr(value: unknown, type: string): boolean {
  return value === undefined || typeof value === type;
}

function check(isRight: boolean, message: string): void {
  if (!isRight) throw invalidArgument(message);
}
