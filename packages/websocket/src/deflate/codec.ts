import type { Deflater, Inflater } from "../protocol/codec.js";
import { Side } from "../protocol/state.js";
import { MessageDeflater } from "./message-deflater.js";
import { MessageInflater } from "./message-inflater.js";
import type { DeflateAgreement } from "./negotiation.js";
import { poolFor } from "./stream-pool.js";
import { Direction } from "./zlib-stream.js";

/** How one side compresses and inflates. The peer sees no difference. */
export interface DeflateOptions {
  /** zlib's level, 0–9. */
  readonly level: number;
  /** zlib's memLevel, 1–9. */
  readonly memLevel: number;
  /**
   * Messages of up to so many octets are compressed and inflated at once. Larger ones go to the thread pool, which
   * takes about 40 µs of processor time; 32 KiB of JSON take 130 µs to compress on level 1, 230 on level 6, 50 to
   * inflate.
   */
  readonly syncLimit: number;
  /** Large messages in work at a time, in the whole process, counting those of other servers and clients; at least 1. */
  readonly maxConcurrent: number;
}

export const DEFAULT_DEFLATE_OPTIONS: DeflateOptions = {
  level: 1,
  memLevel: 8,
  syncLimit: 32 * 1024,
  maxConcurrent: defaultConcurrency(),
};

/**
 * The compressor of a connection on `side`. It holds nothing before the first message, and without context takeover
 * nothing between messages; then it may serve any number of connections. It never fails: without memory, it makes
 * stored blocks.
 *
 * The agreed window is kept: zlib looks back 262 octets less than its window has, so that one of 9 bits, the smallest
 * it can do, serves an agreed window of 8 bits too (250 octets of 256). 300 octets of JSON become 222 octets in this
 * way, 237 with Huffman codes alone or run lengths.
 */
export function createDeflater(agreement: DeflateAgreement, side: Side, options: DeflateOptions): Deflater {
  const { windowBits, hasTakeover } = ofSender(agreement, side);
  const { level, memLevel } = options;
  const used = Math.max(9, windowBits);
  const pool = poolFor({ direction: Direction.Deflate, windowBits: used, level, memLevel });
  const { syncLimit, maxConcurrent } = options;
  // Not with a spread, which makes another hidden class each time.
  return new MessageDeflater({
    pool,
    hasTakeover,
    windowBits: used,
    level,
    memLevel,
    syncLimit,
    maxConcurrent,
  });
}

/**
 * The inflater of a connection on `side`. It holds nothing before the first compressed message, and without context
 * takeover nothing between messages. Results are exact, or a violation: `message-too-big` as soon as one octet more
 * than the limit came out, `invalid-deflate-data` if the data is no deflate stream or is found to be cut off.
 */
export function createInflater(agreement: DeflateAgreement, side: Side, options: DeflateOptions): Inflater {
  const peer = side === Side.Server ? Side.Client : Side.Server;
  const { windowBits: agreed, hasTakeover } = ofSender(agreement, peer);
  // A larger window than agreed does no harm, and with one size all share one pool. With context takeover the agreed
  // size saves memory.
  const windowBits = hasTakeover ? agreed : 15;
  const { level, memLevel, syncLimit, maxConcurrent } = options;
  const pool = poolFor({ direction: Direction.Inflate, windowBits, level, memLevel });
  return new MessageInflater({ pool, hasTakeover, windowBits, syncLimit, maxConcurrent });
}

/** What was agreed on for the messages that `side` sends. */
function ofSender(agreement: DeflateAgreement, side: Side): { windowBits: number; hasTakeover: boolean } {
  return side === Side.Server
    ? { windowBits: agreement.serverMaxWindowBits, hasTakeover: !agreement.serverNoContextTakeover }
    : { windowBits: agreement.clientMaxWindowBits, hasTakeover: !agreement.clientNoContextTakeover };
}

/**
 * One thread less than the pool has (UV_THREADPOOL_SIZE, 4 unless set): the file system and the resolver need one too.
 */
function defaultConcurrency(): number {
  const threads = Number(process.env["UV_THREADPOOL_SIZE"] ?? 4);
  return Number.isInteger(threads) ? Math.max(1, threads - 1) : 3;
}
