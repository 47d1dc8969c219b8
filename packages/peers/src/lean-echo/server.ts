import { startTcp } from "../mutants/mutant.js";
import type { PeerOptions } from "../peer.js";
import { serveLeanEcho } from "./serve.js";
import { assertZlibHandle } from "./sync-zlib.js";
import { ownUsage, type LeanEchoServer } from "./usage.js";
import { startWorkers } from "./workers.js";

export interface LeanEchoOptions extends PeerOptions {
  /** Processes that serve connections, 1–64; by default this one alone. Each has a core to itself, if there is one. */
  readonly workers?: number;
}

const MOST_WORKERS = 64;

/**
 * Starts an echo server that costs as little as it can, to measure clients with: compression on the thread that
 * reads, one copy and one write a message. Text comes back as text, binary as binary, compressed what came
 * compressed.
 *
 * It is for input that is right: text is not checked for UTF-8, nor a Close frame for its code. Broken frames,
 * messages above 64 MiB and undecodable compression end the connection with 1002, 1009 and 1007. Rejects if this
 * Node has no zlib that works synchronously, because anything else would not be lean, and with a RangeError for a
 * number of workers that cannot be; workers speak no TLS, which is a TypeError.
 */
export async function startLeanEchoServer(options: LeanEchoOptions = {}): Promise<LeanEchoServer> {
  const { workers = 1 } = options;
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_WORKERS) {
    throw new RangeError(`there are 1 to ${MOST_WORKERS} workers, not ${workers}`);
  }
  assertZlibHandle();
  if (workers > 1) return await startWorkers(workers, options);
  const peer = await startTcp(options, serveLeanEcho);
  return { ...peer, usage: async () => ownUsage() };
}
