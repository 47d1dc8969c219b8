/**
 * Throws streams of frames, mutated and chopped anywhere, at the core and at a live server:
 *
 *     npm run fuzz -w packages/websocket -- [--octets N] [--seed N]
 *
 * N octets in all (default ten million), nine tenths of them at the core. The seed is printed; with the same seed the
 * core sees the same octets. Exits with 1 where something throws, hangs, is told twice, holds more than it may, or keeps
 * the event loop from going round for longer than it may.
 */
import { parseArgs } from "node:util";

import { readCorpus } from "./corpus.js";
import { fuzzCore } from "./fuzz-core.js";
import { startTarget } from "./fuzz-server.js";
import { Random } from "./random.js";

const { values } = parseArgs({
  options: {
    octets: { type: "string", default: "10000000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_007) },
  },
});
const octets = Number(values.octets);
const seed = Number(values.seed);
if (!(octets > 0) || !Number.isInteger(seed)) {
  console.error("--octets takes a number above 0, --seed a whole number");
  process.exit(2);
}

console.log(`seed ${seed}`);
const corpus = readCorpus();
const random = new Random(seed);

let streams = 0;
let done = 0;
for (; done < octets * 0.9; streams += 1) done += fuzzCore(random, corpus);
console.log(`core: ${streams} streams, ${done} octets`);

const target = await startTarget();
let rounds = 0;
let sent = 0;
const lanes = Array.from({ length: 16 }, async () => {
  for (; sent < octets * 0.1; rounds += 1) sent += await target.round(random, corpus);
});
await Promise.all([...lanes, target.flood()]);
const stallMs = await target.check();
await target.close();
console.log(`live server: ${rounds} connections, ${sent} octets, longest stall ${stallMs.toFixed(0)} ms`);
