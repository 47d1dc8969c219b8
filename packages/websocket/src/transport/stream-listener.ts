import type { Duplex } from "node:stream";
import { handStaticReadsOver, tryStaticRead } from "./static-read.js";

/** What a stream tells whoever reads it. */
export interface StreamListener {
  onData(chunk: Uint8Array): void;
  /** One read brought `octets` octets into `buffer`; false: stop reading. */
  onStaticRead(octets: number, buffer: Uint8Array): boolean;
  onEnd(): void;
  onError(error: Error): void;
  onClose(): void;
}

const LISTENER = Symbol("listener");

/** A stream that knows its listener, so that all streams can share the functions below. */
interface Attached extends Duplex {
  [LISTENER]: StreamListener;
}

/** Tells `listener` how the stream fails and closes, from now on; the rest when it is asked for. */
export function attach(stream: Duplex, listener: StreamListener): void {
  (stream as Attached)[LISTENER] = listener;
  stream.on("error", tellError).on("close", tellClose);
}

/** Tells the listener of the end of the stream as well. */
export function listenForEnd(stream: Duplex): void {
  stream.on("end", tellEnd);
}

/** Destroys the stream when both directions have ended: not every stream does so by itself. */
export function destroyWhenOver(stream: Duplex): void {
  let open = stream.readableEnded ? 1 : 2;
  const count = (): void => {
    open--;
    if (open === 0) stream.destroy();
  };
  stream.once("end", count).once("finish", count);
}

/** Tells the listener of chunks. */
export function listenForData(stream: Duplex): void {
  stream.on("data", tellData);
}

/** The same, without letting anything flow: who listens later, but before it does, comes behind the listener. */
export function listenForDataEarly(stream: Duplex): void {
  stream.prependListener("data", tellData);
}

/** Takes that back. */
export function stopListeningForData(stream: Duplex): void {
  stream.removeListener("data", tellData);
}

/** Tells the listener of static reads, if the stream can be read so. */
export function listenStatically(stream: Duplex): boolean {
  return tryStaticRead(stream, tellStaticRead);
}

/**
 * The same for a stream that others may listen to: from the first who listens for chunks, everybody gets them. Chunks that
 * somebody else puts into the stream reach the listener, too.
 */
export function listenStaticallyUntilShared(stream: Duplex): boolean {
  const others = stream.listeners("data").filter((it) => it !== tellData);
  if (others.length > 0 || !listenStatically(stream)) return false;
  if (stream.listenerCount("data") === 0) listenForData(stream);
  stream.on("newListener", share);
  return true;
}

function share(this: Duplex, event: string | symbol): void {
  if (event !== "data") return;
  this.removeListener("newListener", share);
  handStaticReadsOver(this);
}

function tellStaticRead(this: Duplex, octets: number, buffer: Uint8Array): boolean {
  return (this as Attached)[LISTENER].onStaticRead(octets, buffer);
}

function tellData(this: Attached, chunk: Uint8Array): void {
  this[LISTENER].onData(chunk);
}

function tellEnd(this: Attached): void {
  this[LISTENER].onEnd();
}

function tellError(this: Attached, error: Error): void {
  this[LISTENER].onError(error);
}

function tellClose(this: Attached): void {
  this[LISTENER].onClose();
}
