import { constants, createDeflateRaw, deflateRawSync } from "node:zlib";

/** The native object inside Node's zlib streams, as it has been since Node 12 and still is in 26. */
export interface NativeHandle {
  /**
   * Window bits, level, memLevel, strategy, an array for the octets of output and of input that a write has left, a
   * function to call after each asynchronous write, a dictionary. Since Node 24 also whether octets behind the end of a
   * stream are an error.
   */
  init(...settings: unknown[]): void;
  write(...work: NativeWork): void;
  writeSync(...work: NativeWork): void;
  reset(): void;
  close(): void;
}

type NativeWork = [
  flush: number,
  input: Uint8Array,
  inputFrom: number,
  inputOctets: number,
  output: Uint8Array,
  outputFrom: number,
  outputOctets: number,
];

export type OpenNative = (
  mode: number,
  settings: { readonly windowBits: number; readonly level: number; readonly memLevel: number },
  left: Uint32Array,
  onWritten: () => void,
  onError: () => void,
) => NativeHandle;

/**
 * Opens such objects; undefined where this runtime has none that can be used as described above.
 *
 * Unexpected calls end the process, so nothing is tried: one compression with the documented function is observed, and
 * the objects are used only if Node itself calls them with the arguments that are described above.
 */
export function findNative(): OpenNative | undefined {
  try {
    const stream = createDeflateRaw() as unknown as { _handle?: object | null; close(): void };
    const prototype = Object.getPrototypeOf(stream._handle ?? {}) as object;
    stream.close();
    const methods = prototype as unknown as Record<string, unknown>;
    if (!METHODS.every((name) => typeof methods[name] === "function")) return undefined;
    const init = watch(prototype, "init", compressSomething);
    const write = watch(prototype, "writeSync", compressSomething);
    if (!isInitKnown(init) || !isWriteKnown(write)) return undefined;
    return openerOf(methods["constructor"] as NativeClass, init.slice(KNOWN_SETTINGS));
  } catch {
    return undefined;
  }
}

function openerOf(Native: NativeClass, more: readonly unknown[]): OpenNative {
  return (mode, { windowBits, level, memLevel }, left, onWritten, onError) => {
    const handle = Object.assign(new Native(mode), { onerror: onError });
    const strategy = constants.Z_DEFAULT_STRATEGY;
    handle.init(windowBits, level, memLevel, strategy, left, onWritten, undefined, ...more);
    return handle;
  };
}

type NativeClass = new (mode: number) => NativeHandle;

const METHODS = ["constructor", "init", "write", "writeSync", "reset", "close"];

function compressSomething(): void {
  deflateRawSync("x");
}

/** The arguments with which the method is called first while `act` runs. The prototype is left as it was. */
function watch(prototype: object, name: string, act: () => void): readonly unknown[] | undefined {
  const original = Object.getOwnPropertyDescriptor(prototype, name);
  const method: unknown = original?.value;
  if (original === undefined || typeof method !== "function") return undefined;
  let seen: readonly unknown[] | undefined;
  const watched = function (this: unknown, ...given: unknown[]): unknown {
    seen ??= given;
    return Reflect.apply(method, this, given);
  };
  Object.defineProperty(prototype, name, { ...original, value: watched });
  try {
    act();
  } finally {
    Object.defineProperty(prototype, name, original);
  }
  return seen;
}

function isInitKnown(given: readonly unknown[] | undefined): given is readonly unknown[] {
  if (given === undefined) return false;
  const [left, onWritten, dictionary] = given.slice(4);
  return (
    given.slice(0, 4).every((value) => typeof value === "number") &&
    left instanceof Uint32Array &&
    left.length === 2 &&
    typeof onWritten === "function" &&
    dictionary === undefined &&
    (given.length === KNOWN_SETTINGS ||
      (given.length === KNOWN_SETTINGS + 1 && given[KNOWN_SETTINGS] === false))
  );
}

const KNOWN_SETTINGS = 7;

function isWriteKnown(given: readonly unknown[] | undefined): boolean {
  return (
    given?.length === 7 &&
    given.every((value, at) =>
      at === 1 || at === 4 ? value instanceof Uint8Array : typeof value === "number",
    )
  );
}
