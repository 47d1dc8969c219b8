import { run } from "../run/run.js";
import { DEFAULT_CONCURRENCY, type RunOptions } from "../run/run-options.js";
import { count } from "../report/words.js";
import type { PageAgainst } from "../report/page/page-event.js";
import { againstOption, earlierRun } from "./against.js";
import { clientTlsOptions } from "./client-tls.js";
import { command, type Command } from "./command.js";
import { handshakeOptions, handshakeOptionsOf } from "./handshake-options.js";
import { elsewhere } from "./elsewhere.js";
import { given } from "./given.js";
import type { Io } from "./io.js";
import {
  numberBetween,
  plainText,
  several,
  single,
  withDefault,
  type Options,
  type Values,
} from "./option.js";
import { occupyFolder } from "./occupied-folder.js";
import { openRunOutputs, outputOptions } from "./output-options.js";
import { playOptions, playOptionsOf } from "./play-options.js";
import { reportRun } from "./report-run.js";
import { startOption, startedServer, waitOption } from "./start-command.js";
import { targetUrl } from "./target-url.js";
import { startLivePage, uiOption, type LivePage } from "./ui-option.js";
import { UsageError } from "./usage-error.js";

const OPTIONS = {
  agent: several(
    "NAME",
    "Name of a peer in reports, in the order of the URLs. Default: its Server header, else its URL.",
    plainText,
  ),
  ...playOptions,
  ...outputOptions,
  against: againstOption,
  ui: uiOption,
  concurrency: withDefault(
    single("N", "Cases in flight at the same time, from 1 to 256.", numberBetween(1, 256, "integer")),
    DEFAULT_CONCURRENCY,
  ),
  start: startOption,
  wait: waitOption,
  ...clientTlsOptions,
  ...handshakeOptions,
} satisfies Options;

/** `wireproof test`: plays cases against servers. */
export const testCommand: Command = command({
  name: "test",
  summary: "Tests WebSocket servers.",
  details:
    "Every peer must echo messages. The run file, run.ndjson, is always written to the report folder; all other reports can be made from it later.",
  positionals: [{ name: "url", description: "Address of a peer, ws:// or wss://.", variadic: true }],
  options: OPTIONS,
  examples: [
    { line: "test ws://127.0.0.1:9001", description: "Every case against one server." },
    { line: "test wss://127.0.0.1:8889/wss --insecure", description: "Over TLS, with any certificate." },
    { line: "test ws://127.0.0.1:9001 --cases '5.*,7.9.2'", description: "A section and a single case." },
    {
      line: "test ws://127.0.0.1:9001 --start 'PORT=9001 node server.js'",
      description: "A server that is started for the run and ended after it.",
    },
    {
      line: "test ws://127.0.0.1:9001 --profile autobahn --reporter autobahn --out reports/servers",
      description: "Reports as Autobahn|Testsuite writes them, and nothing on the screen.",
    },
  ],
  action: test,
});

type TestValues = Values<typeof OPTIONS>;

async function test(values: TestValues, urls: readonly string[], io: Io): Promise<number> {
  const options = runOptions(values, urls.map(targetUrl), io.signal);
  // Read it first: this run may replace this file.
  const against = await earlierRun(values.against);
  const page = values.ui ? await startLivePage(io, against) : undefined;
  try {
    const code = await play({ values, urls, options, against, page }, io);
    await page?.untilInterrupted();
    return code;
  } finally {
    await page?.close();
  }
}

interface Play {
  readonly values: TestValues;
  readonly urls: readonly string[];
  readonly options: RunOptions;
  readonly against: PageAgainst | undefined;
  readonly page: LivePage | undefined;
}

async function play({ values, urls, options, against, page }: Play, io: Io): Promise<number> {
  const server = await startedServer(values, urls);
  // First of all: opening the reports would empty the files of another run that is still in progress.
  const release = await occupyFolder(values.out);
  try {
    const reports = await openRunOutputs(values, io, against);
    const readers = page === undefined ? reports : [...reports, page.reader];
    return await reportRun(run({ ...options, ...given("process", server) }), readers, io);
  } finally {
    await server?.stop();
    release();
  }
}

function runOptions(values: TestValues, urls: readonly string[], signal: AbortSignal): RunOptions {
  checkAgents(values.agent, urls);
  return {
    urls,
    agents: values.agent,
    peers: urls.map((url) => ({ fallbackHosts: elsewhere(url) })),
    concurrency: values.concurrency,
    ...playOptionsOf(values, "server"),
    ...handshakeOptionsOf(values),
    insecure: values.insecure,
    ...given("ca", values.ca),
    signal,
  };
}

function checkAgents(agents: readonly string[], urls: readonly string[]): void {
  if (agents.length > urls.length) {
    throw new UsageError(`--agent names ${count(agents.length, "peer")} for ${count(urls.length, "URL")}`);
  }
}
