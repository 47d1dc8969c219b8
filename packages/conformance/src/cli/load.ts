import { problemOf } from "../modes/dialling.js";
import { runLoad } from "../modes/load/load.js";
import type { LoadOptions, LoadProgress, LoadResult } from "../modes/load/options.js";
import { tooFewFiles } from "../modes/mass-connect/open-files.js";
import { escapeText } from "../report/escape.js";
import { clientTlsOptions } from "./client-tls.js";
import { command, type Command } from "./command.js";
import { ExitCode } from "./exit-code.js";
import type { Io } from "./io.js";
import { loadJson, loadText, progressText } from "./load-text.js";
import { numberBetween, single, toggle, withDefault, type Options, type Values } from "./option.js";
import { targetUrl } from "./target-url.js";
import { UsageError } from "./usage-error.js";

/** Messages of a run. Each one takes memory while it waits, and time if it was late. */
const MOST_MESSAGES = 20_000_000;
const LARGEST_OCTETS = 16 * 1024 * 1024;

const OPTIONS = {
  connections: withDefault(
    single("N", "Connections that are open at the same time.", numberBetween(1, 100_000, "integer")),
    10,
  ),
  rate: withDefault(
    single(
      "N",
      "Messages per second over all connections; max: each connection sends the next message when it has the echo.",
      rateOf,
    ),
    1000,
  ),
  size: {
    ...single("N[,N…]", "Octets of a message. Several sizes take turns.", sizesOf),
    fallback: "125",
  },
  duration: withDefault(single("SECONDS", "How long to measure.", numberBetween(0.1, 3600, "decimal")), 10),
  "warm-up": withDefault(
    single("SECONDS", "How long to send messages before the measurement.", numberBetween(0, 600, "decimal")),
    1,
  ),
  timeout: withDefault(
    single(
      "SECONDS",
      "How long to wait for an opening handshake at the beginning, and for echoes at the end.",
      numberBetween(0.1, 600, "decimal"),
    ),
    5,
  ),
  binary: toggle("Send binary messages of random octets instead of text."),
  compression: toggle("Offer permessage-deflate, and compress every message if the server accepts it."),
  ...clientTlsOptions,
  json: toggle("Print the figures as JSON."),
} satisfies Options;

type LoadValues = Values<typeof OPTIONS>;

/** `wireproof load`: measures how fast an echo server is. */
export const loadCommand: Command = command({
  name: "load",
  summary: "Measures throughput and latency of an echo server.",
  details:
    "Messages are due at fixed times, even if earlier ones have no echo yet. Latency counts from the time at which a message was due, so that a server that stalls is charged for all messages that had to wait.",
  positionals: [{ name: "url", description: "Address of the server, ws:// or wss://." }],
  options: OPTIONS,
  examples: [
    { line: "load ws://127.0.0.1:9001", description: "1,000 messages per second for ten seconds." },
    {
      line: "load ws://127.0.0.1:9001 --connections 1000 --rate 20000 --size 64,1024 --compression",
      description: "Many connections, two sizes, compressed.",
    },
    { line: "load ws://127.0.0.1:9001 --rate max --json", description: "As fast as possible, for a script." },
  ],
  action: async (values, [url = ""], io) => measure(values, targetUrl(url), io),
});

async function measure(values: LoadValues, url: string, io: Io): Promise<number> {
  const options = loadOptions(values, url, io);
  const { isTty } = io;
  let result: LoadResult;
  try {
    const onProgress = (progress: LoadProgress): void => {
      io.print(progressText(progress, options)).catch(() => undefined);
    };
    result = await runLoad(isTty && !values.json ? { ...options, onProgress } : options);
  } catch (error) {
    if (io.signal.aborted) return ExitCode.unexpected;
    io.complain(escapeText(problemOf(error)));
    return ExitCode.unreachable;
  }
  await io.print(values.json ? loadJson(options, result) : loadText(options, result, io));
  return isSound(result) ? ExitCode.expected : ExitCode.unexpected;
}

/** Throws a UsageError if this machine cannot do it. */
function loadOptions(values: LoadValues, url: string, { signal }: Io): LoadOptions {
  const { connections, rate, duration, warmUp, insecure, ca } = values;
  const seconds = duration + warmUp;
  if (rate !== "max" && rate * seconds > MOST_MESSAGES) {
    throw new UsageError(`--rate and --duration make more than ${MOST_MESSAGES} messages`);
  }
  const problem = tooFewFiles(connections);
  if (problem !== null) throw new UsageError(problem);
  return {
    url,
    connections,
    rate,
    sizes: values.size ?? [125],
    binary: values.binary,
    compression: values.compression,
    durationMs: duration * 1000,
    warmupMs: warmUp * 1000,
    timeoutMs: values.timeout * 1000,
    tls: { ...(insecure ? { rejectUnauthorized: false } : {}), ...(ca === undefined ? {} : { ca: ca.pem }) },
    signal,
  };
}

/** True if every message came back in time and as it was sent. */
function isSound({ lostConnections, different, unanswered, late, interrupted }: LoadResult): boolean {
  return lostConnections === 0 && different === 0 && unanswered === 0 && late === 0 && !interrupted;
}

function rateOf(value: string, flag: string): number | "max" {
  return value === "max" ? value : numberBetween(0.1, 1_000_000, "decimal")(value, flag);
}

function sizesOf(value: string, flag: string): readonly number[] {
  return value.split(",").map((one) => numberBetween(0, LARGEST_OCTETS, "integer")(one.trim(), flag));
}
