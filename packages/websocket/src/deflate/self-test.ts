import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

import type { OpenNative } from "./native-handle.js";
import { NativeStream } from "./native-stream.js";
import { Direction, Outcome, join } from "./zlib-stream.js";
import type { Ran } from "./zlib-stream.js";

/**
 * Whether streams made of the native objects do what the documented functions do: compress, forget the context, inflate,
 * stop at the limit, stop at the end of a stream, and refuse nonsense. About 2 ms, once a process.
 */
export function isTrustworthy(openNative: OpenNative): boolean {
  const settings = { windowBits: 10, level: 6, memLevel: 8 };
  const streams: NativeStream[] = [];
  try {
    const open = (direction: Direction): NativeStream => {
      const stream = new NativeStream(openNative, { ...settings, direction });
      streams.push(stream);
      return stream;
    };
    return compresses(open(Direction.Deflate)) && inflates(open(Direction.Inflate));
  } catch {
    return false;
  } finally {
    for (const stream of streams) stream.close();
  }
}

const SAMPLE: Uint8Array = new TextEncoder().encode("a sample, a simple sample. ".repeat(8));
const FLUSH = constants.Z_SYNC_FLUSH;

function compresses(stream: NativeStream): boolean {
  const first = all(stream, SAMPLE);
  const second = all(stream, SAMPLE);
  stream.reset();
  const third = all(stream, SAMPLE);
  return (
    first.outcome === Outcome.Done &&
    second.given < first.given &&
    isSame(octetsOf(first), octetsOf(third)) &&
    isSame(inflateRawSync(octetsOf(first), { finishFlush: FLUSH }), SAMPLE)
  );
}

function inflates(stream: NativeStream): boolean {
  const whole = deflateRawSync(SAMPLE);
  const input = new Uint8Array([...whole, 7, 7]);
  const ended = all(stream, input);
  stream.reset();
  const limited = all(stream, input, SAMPLE.length - 1);
  stream.reset();
  const exact = all(stream, whole, SAMPLE.length);
  stream.reset();
  const nonsense = all(stream, Uint8Array.of(7));
  return (
    ended.outcome === Outcome.Ended &&
    ended.taken === whole.length &&
    isSame(octetsOf(ended), SAMPLE) &&
    limited.outcome === Outcome.TooMuch &&
    exact.outcome === Outcome.Done &&
    isSame(octetsOf(exact), SAMPLE) &&
    nonsense.outcome === Outcome.Broken
  );
}

/** Bounded, because a broken object may say without end that there is more. */
function all(stream: NativeStream, input: Uint8Array, limit = 10 * SAMPLE.length): Ran {
  return stream.runNow(input, 0, input.length, limit, limit);
}

function octetsOf(ran: Ran): Uint8Array {
  return join(ran.chunks, ran.given);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}
