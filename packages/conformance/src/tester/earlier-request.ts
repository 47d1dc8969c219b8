import type { EarlierRequest } from "../case/handshake.js";
import type { EarlierExchange } from "../record/record.js";
import { AnswerReader } from "../wire/http-answer.js";
import type { TransportEvents } from "../net/transport.js";
import type { Recorder } from "../record/recorder.js";
import type { Clock } from "../time/clock.js";

/** The exchange that came before, and what is left to be read behind its answer. */
export interface Earlier {
  readonly exchange: EarlierExchange;
  readonly rest: Uint8Array;
}

/** The record keeps at most this much of an answer. */
const HEAD_KEPT = 16_384;

/**
 * Reads the answer to a request that was sent before that of the case, to its end (RFC 9112 §6.3). `done` is called once,
 * when the answer is whole, or when it is known that nothing more of it comes. Takes what the transport reports until then.
 */
export function readEarlier(
  context: { readonly recorder: Recorder; readonly clock: Clock; readonly timeoutMs: number },
  request: string,
  done: (earlier: Earlier) => void,
): TransportEvents {
  const { recorder, clock, timeoutMs } = context;
  const reader = new AnswerReader();
  let isDone = false;
  const finish = (end: EarlierExchange["end"], rest: Uint8Array = new Uint8Array(0)): void => {
    if (isDone) return;
    isDone = true;
    timer.cancel();
    const { head = null, parsed } = reader.head ?? {};
    const response = head?.slice(0, HEAD_KEPT) ?? null;
    const status = parsed === undefined ? {} : { status: parsed.status };
    done({ exchange: { request, response, ...status, end }, rest });
  };
  const timer = clock.deadline(timeoutMs, () => finish("late"));
  return {
    received: (chunk) => {
      recorder.octets("<", chunk);
      const read = reader.push(chunk);
      if (read === "too-long") finish("endless");
      else if (read === "foreign") finish("foreign");
      else if (read !== "more") finish(read.isLast ? "last" : "whole", read.rest);
    },
    ended: (reset) => finish(reset ? "reset" : "closed"),
  };
}

/** Whether the request of the case can follow: an answer that does not end, or is the last one, lets none follow. */
export function mayFollow({ end, status }: EarlierExchange, { next }: EarlierRequest): boolean {
  if (status === 101) return false;
  return end === "whole" || (end === "last" && next === "at-once");
}

/** Why the request of the case was not answered, in a clause. */
export function whyNotAnswered({ end, status }: EarlierExchange, timeoutMs: number): string {
  const answered = status === undefined ? "the first request" : `the first request with HTTP ${status}`;
  switch (end) {
    case "whole":
      return `the server answered ${answered}`;
    case "last":
      return `the server answered ${answered} and said that it closes the connection`;
    case "closed":
    case "reset": {
      const how = end === "closed" ? "closed" : "reset";
      return status === undefined
        ? `the server ${how} TCP instead of answering the first request`
        : `the server answered ${answered} and ${how} TCP`;
    }
    case "late":
      return status === undefined
        ? `the server did not answer the first request within ${timeoutMs} ms`
        : `the server answered ${answered}, and the end of that answer did not come within ${timeoutMs} ms`;
    case "endless":
      return `the server answered the first request, and the tester found no end of that answer`;
    case "foreign":
      return "the answer to the first request is not HTTP";
  }
}
