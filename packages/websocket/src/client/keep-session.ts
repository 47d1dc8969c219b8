import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";

/**
 * Keeps what is native of a session as long as what is native of its stream. Both are collected together otherwise, in
 * any order, and Node aborts the process when the session goes first and the stream still has fields of an answer that
 * never became complete (`current_nghttp2_memory_`, seen on 20.20.2): a server could bring every client down.
 *
 * The handles are internals of Node. Where they are not found, nothing happens.
 */
export function keepSessionBehind(stream: ClientHttp2Stream, session: ClientHttp2Session): void {
  const [ofStream, ofSession] = [handleOf(stream), handleOf(session)];
  if (ofStream !== undefined && ofSession !== undefined) kept.register(ofStream, ofSession);
}

/** Holds each session until the stream is collected. */
const kept = new FinalizationRegistry<object>(() => {});

function handleOf(owner: object): object | undefined {
  const symbol = Object.getOwnPropertySymbols(owner).find(({ description }) => description === "kHandle");
  const handle: unknown = symbol === undefined ? undefined : (owner as Record<symbol, unknown>)[symbol];
  return typeof handle === "object" && handle !== null ? handle : undefined;
}
