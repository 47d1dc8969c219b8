import { endpoint } from "./endpoint/endpoint.js";
import { full } from "./full.js";
import { concurrency, suite } from "./suite.js";

const BENCHMARKS: ReadonlyMap<string, (args: readonly string[]) => Promise<void>> = new Map([
  ["suite", suite],
  ["concurrency", concurrency],
  ["full", full],
  ["endpoint", endpoint],
]);

const [name = "", ...args] = process.argv.slice(2);
const benchmark = BENCHMARKS.get(name);
if (benchmark === undefined) {
  console.error(`which benchmark? ${[...BENCHMARKS.keys()].join(", ")}`);
  process.exitCode = 2;
} else {
  await benchmark(args);
}
