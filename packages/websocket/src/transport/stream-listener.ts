import type { Duplex } from "node:stream";
import { handStaticReadsOver, tryStaticRead } from "./static-read.js";

/** The callbacks of a stream for its reader. */
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

/** From now on `listener` is notified when the stream fails and closes. The functions below add the rest. */
export function attach(stream: Duplex, listener: StreamListener): void {
  (stream as Attached)[LISTENER] = listener;
  stream.on("error", reportError).on("close", reportClose);
}

/** Notifies the listener of the end of the stream as well. */
export function listenForEnd(stream: Duplex): void {
  stream.on("end", reportEnd);
}

/** Destroys the stream when both directions have ended: not every stream does it itself. */
export function destroyWhenOver(stream: Duplex): void {
  let open = stream.readableEnded ? 1 : 2;
  const count = (): void => {
    open--;
    if (open === 0) stream.destroy();
  };
  stream.once("end", count).once("finish", count);
}

/** Notifies the listener of chunks. */
export function listenForData(stream: Duplex): void {
  stream.on("data", reportData);
}

/** The same, but the stream does not flow yet: listeners that are added before it does come after this one. */
export function listenForDataEarly(stream: Duplex): void {
  stream.prependListener("data", reportData);
}

/** Undoes that. */
export function stopListeningForData(stream: Duplex): void {
  stream.removeListener("data", reportData);
}

/** Notifies the listener of static reads, if the stream can be read in that way. */
export function listenStatically(stream: Duplex): boolean {
  return tryStaticRead(stream, reportStaticRead);
}

/**
 * The same for a stream that others may listen to: from the first listener for chunks on, all listeners get them.
 * Chunks that something else puts into the stream reach this listener too.
 */
export function listenStaticallyUntilShared(stream: Duplex): boolean {
  const others = stream.listeners("data").filter((it) => it !== reportData);
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

function reportStaticRead(this: Duplex, octets: number, buffer: Uint8Array): boolean {
  return (this as Attached)[LISTENER].onStaticRead(octets, buffer);
}

function reportData(this: Attached, chunk: Uint8Array): void {
  this[LISTENER].onData(chunk);
}

function reportEnd(this: Attached): void {
  this[LISTENER].onEnd();
}

function reportError(this: Attached, error: Error): void {
  this[LISTENER].onError(error);
}

function reportClose(this: Attached): void {
  this[LISTENER].onClose();
}
