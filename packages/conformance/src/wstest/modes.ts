import { didYouMean } from "../cli/nearest.js";
import { UsageError } from "../cli/usage-error.js";
import { quote } from "../report/escape.js";

/** The modes, and what each of them does. */
export const MODES: ReadonlyMap<string, string> = new Map([
  ["fuzzingclient", "Tests servers."],
  ["fuzzingserver", "Tests clients that connect to it."],
  ["testeeserver", "A server to test: it echoes, with permessage-deflate."],
  ["testeeclient", "A client to test: it walks through the cases of a fuzzingserver."],
  ["echoserver", "A server that echoes."],
  ["echoclient", "A client that echoes."],
  ["broadcastserver", "A server that sends every message to all clients, and a tick once a second."],
  ["broadcastclient", "A client that says hello every two seconds and prints what it receives."],
  ["massconnect", "Opens many connections and prints how long that took."],
]);

/** Modes of older versions of the original, and what to use instead. */
const GONE: readonly (readonly [RegExp, string])[] = [
  [
    /^serializer$/,
    "there is no mode serializer: it wrote samples of WAMP messages; use a WAMP library for that",
  ],
  [
    /^wamp/,
    "there are no modes for WAMP: the project of a WAMP router, such as Crossbar.io, has its own tests",
  ],
  [/^wsperf/, "there are no modes for wsperf: wireproof load measures throughput and latency of a server"],
];

/** Checks the name of a mode. Throws a UsageError if there is no such mode. */
export function modeNamed(typed: string | undefined): string {
  if (typed === undefined) throw new UsageError(`a mode is needed: -m ${[...MODES.keys()].join(", -m ")}`);
  if (MODES.has(typed)) return typed;
  const gone = GONE.find(([name]) => name.test(typed));
  if (gone !== undefined) throw new UsageError(gone[1]);
  throw new UsageError(`unknown mode ${quote(typed)}${didYouMean(typed, [...MODES.keys()])}`);
}
