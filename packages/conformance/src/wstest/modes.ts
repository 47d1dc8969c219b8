import { didYouMean } from "../cli/nearest.js";
import { UsageError } from "../cli/usage-error.js";
import { quote } from "../report/escape.js";

/** The modes, and what each of them does. */
export const MODES: ReadonlyMap<string, string> = new Map([
  ["fuzzingclient", "Tests servers."],
  ["fuzzingserver", "Tests clients that connect to it."],
  ["testeeserver", "A server to be tested: it echoes, with permessage-deflate."],
  ["testeeclient", "A client to be tested: it walks through the cases of a fuzzingserver."],
  ["echoserver", "A server that echoes."],
  ["echoclient", "A client that echoes."],
  ["broadcastserver", "A server that passes every message on to all clients, and ticks once a second."],
  ["broadcastclient", "A client that says hello every two seconds and prints what it receives."],
  ["massconnect", "Opens many connections and says how long that took."],
]);

/** Modes of older versions of the original, and what to use instead. */
const GONE: readonly (readonly [RegExp, string])[] = [
  [
    /^serializer$/,
    "the mode serializer is not here: it wrote samples of WAMP messages, for which a WAMP library is the place",
  ],
  [
    /^wamp/,
    "the modes for WAMP are not here: the tests of a WAMP router, such as Crossbar.io, belong to its own project",
  ],
  [
    /^wsperf/,
    "the modes for wsperf are not here: wireproof load measures throughput and latency of a server",
  ],
];

/** Checks the name of a mode. Throws a UsageError if there is no such mode. */
export function modeNamed(typed: string | undefined): string {
  if (typed === undefined) throw new UsageError(`a mode is needed: -m ${[...MODES.keys()].join(", -m ")}`);
  if (MODES.has(typed)) return typed;
  const gone = GONE.find(([name]) => name.test(typed));
  if (gone !== undefined) throw new UsageError(gone[1]);
  throw new UsageError(`unknown mode ${quote(typed)}${didYouMean(typed, [...MODES.keys()])}`);
}
