import { run } from "../run/run.js";
import type { RunOptions } from "../run/run-options.js";
import { quote } from "../report/escape.js";
import { count } from "../report/words.js";
import { earlierRun } from "./against.js";
import type { OpenBaseline } from "./baseline-options.js";
import { command, type Command } from "./command.js";
import { handshakeOptionsOf } from "./handshake-options.js";
import { elsewhere } from "./elsewhere.js";
import type { ExitCode } from "./exit-code.js";
import { given } from "./given.js";
import type { Io } from "./io.js";
import type { Values } from "./option.js";
import { playOptionsOf } from "./play-options.js";
import { playReported } from "./play-reported.js";
import type { StartedServer } from "../child/started-server.js";
import { startedServer } from "./start-command.js";
import { targetUrl } from "./target-url.js";
import { TEST_OPTIONS, type TestOptions } from "./test-options.js";
import { startLivePage } from "./ui-option.js";
import { sharedSettings } from "./shared-settings.js";
import { UsageError } from "./usage-error.js";
import { playWatched } from "./watch.js";

/** `wireproof test`: plays cases against servers. */
export const testCommand: Command = command({
  name: "test",
  summary: "Tests WebSocket servers.",
  details:
    "Every peer must echo messages. The run file, run.ndjson, is always written to the report folder; all other reports can be made from it later.",
  positionals: [{ name: "url", description: "Address of a peer, ws:// or wss://.", variadic: true }],
  options: TEST_OPTIONS,
  settings: sharedSettings(TEST_OPTIONS),
  examples: [
    { line: "test ws://127.0.0.1:9001", description: "Every case against one server." },
    { line: "test wss://127.0.0.1:8889/wss --insecure", description: "Over TLS, with any certificate." },
    { line: "test ws://127.0.0.1:9001 --cases '5.*,7.9.2'", description: "A section and a single case." },
    {
      line: "test ws://127.0.0.1:9001 --start 'PORT=9001 node server.js'",
      description: "A server that is started for the run and ended after it.",
    },
    {
      line: "test ws://127.0.0.1:9001 --start 'PORT=9001 node server.js' --watch",
      description: "While you mend it: after every change, what went wrong is played again.",
    },
    {
      line: "test ws://127.0.0.1:9001 --profile autobahn --reporter autobahn --out reports/servers",
      description: "Reports as Autobahn|Testsuite writes them, and nothing on the screen.",
    },
  ],
  action: (values, urls, io) => testServers(values, urls, io),
});

export type TestValues = Values<TestOptions>;

/** Tests servers as the options say, and returns the exit code. `baseline`: that of several runs. */
export async function testServers(
  values: TestValues,
  urls: readonly string[],
  io: Io,
  baseline?: OpenBaseline,
): Promise<ExitCode> {
  const { urls: targets, http2 } = readTargets(urls, values.http2);
  const options = runOptions({ ...values, http2 }, targets);
  return playWatched(values, io, {
    options,
    server: () => startedServer(values, targets),
    play: (these, server) =>
      testOnce(these, { ...options, ...given("process", server) }, server, io, baseline),
  });
}

async function testOnce(
  values: TestValues,
  options: RunOptions,
  server: StartedServer | undefined,
  io: Io,
  baseline: OpenBaseline | undefined,
): Promise<ExitCode> {
  // Read it first: this run may replace this file.
  const against = await earlierRun(values.against);
  const page = values.ui ? await startLivePage(io, against) : undefined;
  try {
    const code = await playReported(
      {
        values,
        cases: options.cases,
        against,
        readers: (outputs) => (page === undefined ? outputs : [...outputs, page.reader]),
        play: (cases, signal) => Promise.resolve(run({ ...options, cases, signal })),
      },
      io,
      baseline,
    );
    if (page !== undefined) {
      await server?.stop();
      await page.untilInterrupted();
    }
    return code;
  } finally {
    await page?.close();
  }
}

/** An https:// URL means HTTP/2, and one run speaks either that or HTTP/1.1. */
function readTargets(
  typed: readonly string[],
  wantsHttp2: boolean,
): { readonly urls: readonly string[]; readonly http2: boolean } {
  const isHttps = (url: string): boolean => /^https:\/\/./i.test(url);
  const http2 = wantsHttp2 || typed.some(isHttps);
  const other = typed.find((url) => !isHttps(url));
  if (http2 && !wantsHttp2 && other !== undefined) {
    throw new UsageError(
      `https:// means HTTP/2, and ${quote(other)} does not: use --http2 for both, or two runs`,
    );
  }
  return {
    urls: typed.map((url) => targetUrl(isHttps(url) ? `wss${url.slice("https".length)}` : url)),
    http2,
  };
}

function runOptions(values: TestValues, urls: readonly string[]): RunOptions {
  checkAgents(values.agent, urls);
  return {
    urls,
    agents: values.agent,
    peers: urls.map((url) => ({ fallbackHosts: elsewhere(url) })),
    concurrency: values.concurrency,
    ...playOptionsOf(values, "server"),
    ...handshakeOptionsOf(values),
    http2: values.http2,
    insecure: values.insecure,
    ...given("ca", values.ca),
  };
}

function checkAgents(agents: readonly string[], urls: readonly string[]): void {
  if (agents.length > urls.length) {
    throw new UsageError(`--agent names ${count(agents.length, "peer")} for ${count(urls.length, "URL")}`);
  }
}
