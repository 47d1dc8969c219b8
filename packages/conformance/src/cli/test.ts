import { run } from "../run/run.js";
import { DEFAULT_CONCURRENCY, type RunOptions } from "../run/run-options.js";
import { count } from "../report/words.js";
import type { PageAgainst } from "../report/page/page-event.js";
import { againstOption, earlierRun } from "./against.js";
import { caFile } from "./ca-file.js";
import { command, type Command, type Options, type Values } from "./command.js";
import { distinct, headerLine, originValue, serverName, subprotocolName } from "./handshake-options.js";
import { elsewhere } from "./elsewhere.js";
import { given } from "./given.js";
import type { Io } from "./io.js";
import { numberBetween, plainText, several, single, toggle, withDefault } from "./option.js";
import { occupyFolder } from "./occupied-folder.js";
import { openOutputs } from "./outputs.js";
import { reportRun } from "./report-run.js";
import { reporterOption } from "./reporter-option.js";
import { runReporters } from "./run-reporters.js";
import {
  casesOption,
  excludeOption,
  loadSilenceOption,
  messagesOption,
  profileOrModern,
} from "./run-options.js";
import { chosenSet, selection, setOption } from "./selection.js";
import { startOption, startedServer, waitOption } from "./start-option.js";
import { targetUrl } from "./target-url.js";
import { startLivePage, uiOption, type LivePage } from "./ui-option.js";
import { UsageError } from "./usage-error.js";

const OUT_DIR = "wireproof-report";

const OPTIONS = {
  agent: several(
    "NAME",
    "Name of a peer in reports, in the order of the URLs. Default: its Server header, else its URL.",
    plainText,
  ),
  cases: casesOption,
  exclude: excludeOption,
  set: setOption,
  profile: profileOrModern,
  messages: messagesOption,
  out: withDefault(single("DIR", "Folder for the reports and the run file.", plainText), OUT_DIR),
  reporter: reporterOption("terminal, json and autobahn"),
  against: againstOption,
  ui: uiOption,
  concurrency: withDefault(
    single("N", "Cases in flight at the same time, from 1 to 256.", numberBetween(1, 256, "integer")),
    DEFAULT_CONCURRENCY,
  ),
  "timeout-scale": withDefault(
    single("X", "Factor for every deadline, from 0.1 to 100.", numberBetween(0.1, 100, "decimal")),
    1,
  ),
  "load-silence": loadSilenceOption,
  start: startOption,
  wait: waitOption,
  insecure: toggle("Accept any certificate."),
  ca: single("FILE", "Trust the certificates in this PEM file instead of those of the system.", caFile),
  servername: {
    ...single("NAME", "Host name for TLS.", serverName),
    fallback: "the host of the URL",
  },
  origin: single("ORIGIN", "Send this Origin header.", originValue),
  header: several('"NAME: VALUE"', "Add a header to the opening handshake.", headerLine),
  subprotocol: several("NAME", "Offer this subprotocol.", subprotocolName),
} satisfies Options;

/** `wireproof test`: plays cases against servers. */
export const testCommand: Command = command({
  name: "test",
  summary: "Tests WebSocket servers.",
  details:
    "Every peer has to echo messages. The run file, run.ndjson, is always written to the report folder; all other reports can be made from it later.",
  positionals: [{ name: "url", description: "Address of a peer, ws:// or wss://.", variadic: true }],
  options: OPTIONS,
  examples: [
    { line: "test ws://127.0.0.1:9001", description: "Every case against one server." },
    { line: "test wss://127.0.0.1:8889/wss --insecure", description: "Over TLS, whatever the certificate." },
    { line: "test ws://127.0.0.1:9001 --cases '5.*,7.9.2'", description: "A section and a single case." },
    {
      line: "test ws://127.0.0.1:9001 --start 'PORT=9001 node server.js'",
      description: "A server that is started for the run and ended behind it.",
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
  // It may be the run file that this run is about to replace.
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
  // Before anything is opened, which would empty the files of a run that is still under way.
  const release = await occupyFolder(values.out);
  try {
    const home = { path: values.out, mayWrite: true };
    const reports = await openOutputs(runReporters(values.reporter), home, io, against);
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
    cases: selection(values, "server"),
    set: chosenSet(values),
    profile: values.profile,
    concurrency: values.concurrency,
    timeoutScale: values["timeout-scale"],
    insecure: values.insecure,
    headers: values.header,
    subprotocols: distinct(values.subprotocol, "--subprotocol"),
    signal,
    ...given("messages", values.messages),
    ...given("loadSilenceSeconds", values["load-silence"]),
    ...given("ca", values.ca),
    ...given("servername", values.servername),
    ...given("origin", values.origin),
  };
}

function checkAgents(agents: readonly string[], urls: readonly string[]): void {
  if (agents.length > urls.length) {
    throw new UsageError(
      `--agent names ${count(agents.length, "peer")}, but there is ${count(urls.length, "URL")}`,
    );
  }
}
