import type { Case } from "../case/case.js";
import { liveReport, type LiveReport } from "../live/live-report.js";
import { serve, type ServedRun } from "../serve/serve.js";
import type { Admission } from "../serve/admission.js";
import { browserPage } from "../serve/browser-page.js";
import { overviewPage } from "../serve/overview-page.js";
import { reportFiles } from "../serve/report-files.js";
import { startWebServer, type WebServer } from "../serve/web-server.js";
import { admissionOf } from "./admission-options.js";
import { catalogue } from "./catalogue.js";
import { Checkpoints } from "./checkpoints.js";
import { command, type Command } from "./command.js";
import { given } from "./given.js";
import type { Io } from "./io.js";
import { bindProblem } from "./listen-options.js";
import { occupyFolder } from "./occupied-folder.js";
import type { Values } from "./option.js";
import { openRunOutputs } from "./output-options.js";
import { reportRun } from "./report-run.js";
import { playOptionsOf } from "./play-options.js";
import { SERVE_OPTIONS, WEB_PORT, type ServeOptions } from "./serve-options.js";
import { serverKeyPair } from "./server-tls.js";
import { sharedSettings } from "./shared-settings.js";

const LIVE_PATH = "/live/";

type ServeValues = Values<ServeOptions>;

/** `wireproof serve`: plays cases against clients. */
export const serveCommand: Command = command({
  name: "serve",
  summary: "Tests WebSocket clients that connect to it.",
  details:
    "A client opens /getCaseCount to get the number of cases. For each case it opens /runCase?case=N&agent=NAME and echoes messages until the connection is closed. At the end it opens /updateReports?agent=NAME to have reports written. Autobahn|Testsuite works in the same way. The server runs until it is interrupted, or until a client stops it.",
  positionals: [],
  options: SERVE_OPTIONS,
  settings: sharedSettings(SERVE_OPTIONS),
  examples: [
    { line: "serve", description: "Every case, for clients on this machine." },
    { line: "serve --once --cases '1.*,2.*'", description: "Two sections, until one client has run them." },
    { line: "serve --tls --port 9002", description: "Over TLS, with a certificate for localhost." },
    {
      line: "serve --host 0.0.0.0 --profile autobahn --out reports/clients",
      description: "For clients in containers, judged as Autobahn|Testsuite does.",
    },
  ],
  action: (values, _positionals, io) => serveClients(values, io),
});

async function serveClients(values: ServeValues, io: Io): Promise<number> {
  const played = playOptionsOf(values, "client");
  const tls = await serverKeyPair(values);
  const admission = admissionOf(values, io);
  const checkpoints = new Checkpoints();
  // First of all: opening the reports would empty the files of another run that is still in progress.
  const release = await occupyFolder(values.out);
  let web: WebServer | undefined;
  let served: ServedRun | undefined;
  let live: LiveReport | undefined;
  try {
    served = await serve({
      ...played,
      http2: values.http2,
      host: values.host,
      port: values.port,
      once: values.once,
      admission,
      reported: () => checkpoints.passed(),
      signal: io.signal,
      ...given("tls", tls),
    }).catch((error: unknown) => {
      throw bindProblem(error, values.host, values.port, "--port");
    });
    const outputs = await openRunOutputs(values, io);
    if (values.webPort !== 0)
      live = await liveReport({ command: "wireproof", catalogue: catalogue(), path: LIVE_PATH });
    web = await startPages({ values, cases: played.cases, admission }, served, live);
    const pages = web === undefined ? "" : `, and its pages are at ${web.url}`;
    io.complain(`clients are tested at ${served.url}${pages}`);
    return await reportRun(
      served.events,
      [
        ...outputs.map((reader) => checkpoints.follow(reader)),
        ...(live === undefined || web === undefined ? [] : [live.follow]),
      ],
      io,
    );
  } finally {
    served?.stop();
    await live?.close();
    await web?.close();
    release();
  }
}

/** If the default port is in use, there are no pages; clients are tested all the same. */
async function startPages(
  run: { readonly values: ServeValues; readonly cases: readonly Case[]; readonly admission: Admission },
  served: ServedRun,
  live: LiveReport | undefined,
): Promise<WebServer | undefined> {
  const { values, cases, admission } = run;
  const { host, out } = values;
  const port = values.webPort ?? WEB_PORT;
  if (port === 0) return undefined;
  const overview = {
    url: served.url,
    cases: cases.length,
    get agents() {
      return served.agents;
    },
    missing: (agent: string) => served.missing(agent),
    live: live === undefined ? undefined : LIVE_PATH,
  };
  const handlers = [
    ...(live === undefined ? [] : [live.handler]),
    overviewPage(overview, out),
    browserPage({ url: served.url, cases, http2: values.http2 }),
    reportFiles(out),
  ];
  try {
    return await startWebServer({ host, port, handlers, admission });
  } catch (error) {
    if (values.webPort === undefined) return undefined;
    throw bindProblem(error, host, port, "--web-port");
  }
}
