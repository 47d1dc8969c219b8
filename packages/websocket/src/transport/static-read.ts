import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { wasmKernel } from "../kernel/wasm-kernel.js";
import { proveStaticRead } from "./static-proof.js";
import type { SocketKind, StaticReader } from "./static-proof.js";

/**
 * How sockets are read. `static` is one buffer for all of them, in which the kernel unmasks. `data` is a fresh chunk for
 * each read, as streams do it. `static` saves a quarter of the CPU time of a 64-octet echo and three quarters of a 16 KiB
 * one.
 *
 * @example
 * ```ts
 * import { readMode, type ReadMode } from "@wireproof/websocket";
 *
 * const mode: ReadMode = readMode();
 * console.assert(mode === "static" || mode === "data");
 * ```
 */
export type ReadMode = "static" | "data";

/**
 * Delivery is synchronous, so one buffer is enough for all sockets: it is empty between two callbacks. It is as large
 * as a chunk of a stream. What has to wait for its turn is copied, so each connection keeps at most that much.
 */
const readBuffer: Buffer = wasmKernel?.readBuffer ?? Buffer.allocUnsafeSlow(64 * 1024);

const proven: Record<SocketKind, boolean> = { tcp: false, tls: false };
let proof: Promise<void> | undefined;
/** Called when the self-test has ended; undefined after that. */
let waiting: (() => void)[] | undefined = [];
/** Whether the environment switches the mode off; read at first use, since each access takes 0.3 µs. */
let forbidden: boolean | undefined;

/**
 * The mode in which the next socket will be read. Node has no public way to give an accepted socket a buffer, so `static`
 * uses what `net.connect({ onread })` is made of. The mode is `data` until a self-test over the loopback has shown that
 * this works here. `listen` waits for the self-test.
 *
 * @param kind - "tcp" or "tls", each of which has its own self-test. Default "tcp".
 * @returns The mode as it is known now.
 *
 * @example
 * ```ts
 * import { createServer, readMode } from "@wireproof/websocket";
 *
 * await using server = createServer();
 * await server.listen(0, "127.0.0.1");
 * console.assert(["static", "data"].includes(readMode("tcp")));
 * ```
 */
export function readMode(kind: SocketKind = "tcp"): ReadMode {
  return proven[kind] ? "static" : "data";
}

/**
 * Begins the self-test, once; resolves when the mode is known. Only its callers wait for it: sockets that open earlier
 * are read in the mode `data`. It never rejects and does not keep the process alive.
 */
export function settleReadMode(): Promise<void> {
  proof ??= prove();
  return proof;
}

function isForbidden(): boolean {
  forbidden ??= process.env["WIREPROOF_NO_INTERNALS"] === "1";
  return forbidden;
}

async function prove(): Promise<void> {
  if (!isForbidden()) {
    proven.tcp = await proveStaticRead("tcp", readStatically);
    if (proven.tcp) proven.tls = await proveStaticRead("tls", readStatically);
  }
  const callbacks = waiting ?? [];
  waiting = undefined;
  for (const callback of callbacks) callback();
}

/** Calls back when the mode is known; not at all if it is known already. */
export function whenModeIsKnown(callback: () => void): void {
  if (!isForbidden()) waiting?.push(callback);
}

/**
 * Reads `socket` statically from now on, if that is proven to work for its kind. What it has buffered has to be taken
 * first, since it will not be delivered any more. False: nothing was changed.
 */
export function tryStaticRead(socket: Duplex, reader: StaticReader): boolean {
  if (isForbidden()) return false;
  void settleReadMode();
  const kind: SocketKind = socket instanceof TLSSocket ? "tls" : "tcp";
  return proven[kind] && readStatically(socket, reader);
}

/**
 * From now on what is read statically goes into the stream, in a fresh chunk for each read. This is how Node itself
 * reads, with one copy more. It cannot be undone. The socket has to be read statically.
 */
export function handStaticReadsOver(socket: Duplex): void {
  (socket as unknown as InternalSocket)[internals!.callback] = pushChunk;
}

function pushChunk(this: Duplex, octets: number, buffer: Uint8Array): boolean {
  return this.push(Buffer.from(buffer.subarray(0, octets)));
}

/** The own symbols of every `net.Socket` that hold what `onread` was given. */
interface Internals {
  readonly buffer: symbol;
  readonly callback: symbol;
  readonly generator: symbol;
}
let internals: Internals | undefined;

function findInternals(): Internals | undefined {
  const symbols = Object.getOwnPropertySymbols(new Socket());
  const named = (name: string): symbol | undefined => symbols.find((it) => it.description === name);
  const [buffer, callback, generator] = [named("kBuffer"), named("kBufferCb"), named("kBufferGen")];
  if (buffer === undefined || callback === undefined || generator === undefined) return undefined;
  return { buffer, callback, generator };
}

interface InternalSocket {
  [key: symbol]: unknown;
  readonly _handle?: { readonly useUserBuffer?: (buffer: Uint8Array) => void } | null;
}

function readStatically(socket: Duplex, reader: StaticReader): boolean {
  internals ??= findInternals();
  if (internals === undefined || !(socket instanceof Socket) || socket.connecting || socket.destroyed)
    return false;
  const inside = socket as unknown as InternalSocket;
  const handle = inside._handle;
  // Its owner uses `onread` already.
  if (inside[internals.buffer] !== null || inside[internals.generator] !== null) return false;
  if (typeof handle?.useUserBuffer !== "function") return false;
  inside[internals.callback] = reader;
  inside[internals.buffer] = readBuffer;
  handle.useUserBuffer(readBuffer);
  return true;
}
