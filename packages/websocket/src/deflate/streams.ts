import { DocumentedStream } from "./documented-stream.js";
import { findNative } from "./native-handle.js";
import type { OpenNative } from "./native-handle.js";
import { NativeStream } from "./native-stream.js";
import { isTrustworthy } from "./self-test.js";
import type { StreamSettings, ZlibStream } from "./zlib-stream.js";

/**
 * Opens a way through zlib: the native one where this Node has it, it passes the self-test, and the environment does
 * not say `WIREPROOF_NO_INTERNALS=1`; the documented one otherwise. Nothing is allocated before the first run.
 */
export function openStream(settings: StreamSettings): ZlibStream {
  const open = native();
  return open === undefined ? new DocumentedStream(settings) : new NativeStream(open, settings);
}

/** Whether small messages can be worked on at once. */
export function usesInternals(): boolean {
  return native() !== undefined;
}

/** For tests: true and false choose the way for all streams opened from now on, undefined goes back to the rule. */
export function forceInternals(choice: boolean | undefined): void {
  forced = choice;
}

const isAllowed = process.env["WIREPROOF_NO_INTERNALS"] !== "1";
let forced: boolean | undefined;
let found: OpenNative | false | undefined;

function native(): OpenNative | undefined {
  if (!(forced ?? isAllowed)) return undefined;
  found ??= findTrusted() ?? false;
  return found === false ? undefined : found;
}

function findTrusted(): OpenNative | undefined {
  const open = findNative();
  return open !== undefined && isTrustworthy(open) ? open : undefined;
}
