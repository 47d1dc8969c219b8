import type { Play } from "./plays.js";
import { streamCost, type DeflateStream, type StreamCost } from "./zlib-cost.js";

/** CPU seconds that zlib alone needs for the messages of a run. */
export interface ZlibSeconds {
  readonly suite: number;
  readonly peer: number;
}

/**
 * Each kind of message is compressed and decompressed a few times, and that is multiplied by how many there were. What
 * the suite sends without context takeover it compresses once for all cases that send it.
 */
export function estimateZlib(plays: readonly Play[]): ZlibSeconds {
  const costs = new Map<string, StreamCost>();
  const shared = new Map<string, number>();
  let suite = 0;
  let peer = 0;
  for (const { load } of plays) {
    if (load === null || load.sent === 0) continue;
    const { messages, sent, client, server } = load;
    const sentStream = { messages, count: sent, terms: client };
    const there = known(costs, sentStream);
    const back = known(costs, { messages, count: sent, terms: server });
    peer += sent * (there.inflate + back.deflate);
    suite += sent * back.inflate;
    if (client.keepsContext) suite += sent * there.deflate;
    else shared.set(keyOf(sentStream), Math.max(sent, shared.get(keyOf(sentStream)) ?? 0));
  }
  for (const [key, sent] of shared) suite += sent * (costs.get(key)?.deflate ?? 0);
  return { suite, peer };
}

function known(costs: Map<string, StreamCost>, stream: DeflateStream): StreamCost {
  const key = keyOf(stream);
  const cost = costs.get(key) ?? streamCost(stream);
  costs.set(key, cost);
  return cost;
}

function keyOf({ messages, terms }: DeflateStream): string {
  return [messages.corpus, messages.length, terms.windowBits, terms.keepsContext].join(" ");
}
