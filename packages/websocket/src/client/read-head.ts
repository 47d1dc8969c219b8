import type { Duplex } from "node:stream";

import { ErrorCode, WebSocketError } from "../errors.js";
import { DEFAULT_HEAD_LIMITS, HANDSHAKE_PROBLEMS, HeadReader } from "../handshake/index.js";
import type { HandshakeProblem, ResponseHead } from "../handshake/index.js";
import { copyOctets } from "../protocol/copy.js";

/** The head of an HTTP response, and a copy of the octets that came behind it. */
export interface HeadAndRest {
  readonly head: ResponseHead;
  readonly rest: Uint8Array;
}

/**
 * Reads one response head and leaves the stream paused behind it. Rejects with InvalidResponse, with Unreachable when
 * the connection breaks, or with the signal's reason. The caller has to destroy the stream then.
 */
export function readHead(socket: Duplex, maxOctets: number, signal: AbortSignal): Promise<HeadAndRest> {
  return new Promise((resolve, reject) => {
    const reader = new HeadReader({ ...DEFAULT_HEAD_LIMITS, octets: maxOctets });
    const settle = (): void => {
      socket.pause();
      signal.removeEventListener("abort", onAbort);
      socket.off("data", onData).off("end", onEnd).off("error", onError).off("close", onEnd);
    };
    const fail = (error: unknown): void => {
      settle();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      const read = reader.read(chunk);
      if (read.state === "more") return;
      if (read.state === "problem") return fail(invalidResponse(read.problem));
      settle();
      resolve({ head: read.head, rest: copyOctets(chunk, read.next) });
    };
    const onEnd = (): void =>
      fail(invalidResponse(reader.end() ?? HANDSHAKE_PROBLEMS["response-incomplete"]));
    const onError = (cause: Error): void => fail(broken(cause.message, cause));
    const onAbort = (): void => fail(signal.reason);
    if (signal.aborted) return onAbort();
    if (socket.destroyed) return fail(broken(socket.errored?.message ?? "it was closed", socket.errored));
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("data", onData).once("end", onEnd).once("error", onError).once("close", onEnd);
    // The previous reader has left it paused.
    socket.resume();
  });
}

/** @internal */
export function invalidResponse(problem: HandshakeProblem): WebSocketError {
  return new WebSocketError(ErrorCode.InvalidResponse, problem.sentence, {
    section: problem.section,
    problem: problem.id,
    closeCode: 1006,
  });
}

function broken(why: string, cause: Error | null): WebSocketError {
  return new WebSocketError(ErrorCode.Unreachable, `The connection broke: ${why}`, {
    cause: cause ?? undefined,
  });
}
