import { Checkpoints } from "../cli/checkpoints.js";
import { ExitCodeWatch } from "../cli/exit-code.js";
import { given } from "../cli/given.js";
import { reportRun } from "../cli/report-run.js";
import { casesFor } from "../case/select.js";
import { CASES } from "../cases/index.js";
import { protocolOptions } from "../config/autobahn-options.js";
import { agentExclusion, specCases } from "../config/autobahn-patterns.js";
import { readServingSpec, type ServingSpec } from "../config/autobahn-spec.js";
import { serve, type ServedRun, type ServeOptions } from "../serve/serve.js";
import type { WebServer } from "../serve/web-server.js";
import { skippedLine } from "./console.js";
import { bindEverywhere, listenAddress } from "./everywhere.js";
import { keyPair } from "./key-pair.js";
import { startPages } from "./pages.js";
import { openRun, setOf } from "./reports.js";
import { admissionOf, webPortOf, wstestCode, type Mode, type ModeContext } from "./settings.js";
import { inFile, openSpec, readSpec } from "./spec-file.js";
import { STANDARD_SERVER_SPEC } from "./standard-specs.js";

/** An agent may ask for an excluded case again and again. This must not fill a log. */
const MAX_SKIPPED_LINES = 100_000;

/** `-m fuzzingserver`: tests clients until it is stopped. */
export const fuzzingServer: Mode = async (context) => {
  const { io } = context;
  const webPort = webPortOf(context);
  const file = openSpec(context.given.get("spec"), "fuzzingserver", STANDARD_SERVER_SPEC);
  if (file.isNew) await io.print(`Made ${file.path}, which plays every case.\n`);
  const spec = readSpec(file, readServingSpec);
  const options = inFile(file, () => serveOptions(spec, context));
  const { readers, release } = await openRun(spec.outdir, io, context.given.has("debug"));
  const checkpoints = new Checkpoints();
  const reported = async (): Promise<void> => {
    await checkpoints.passed();
    await io.print("Report generation complete.\n");
  };
  let served: ServedRun | undefined;
  let web: WebServer | undefined;
  try {
    served = await bindEverywhere(options.port, (host) => serve({ ...options, reported, host }));
    web = await startPages(
      {
        served,
        cases: options.cases.length,
        outdir: spec.outdir,
        port: webPort,
        admission: options.admission,
      },
      io,
    );
    await io.print(`Ok, will run ${options.cases.length} test cases for any clients connecting\n`);
    io.complain(
      `clients are tested at ${served.url}${web === undefined ? "" : `, and its pages are at ${web.url}`}`,
    );
    const followed = readers.map((reader) => checkpoints.follow(reader));
    const watch = new ExitCodeWatch(options.isExcluded);
    return wstestCode(await reportRun(served.events, followed, io, watch), context);
  } finally {
    served?.stop();
    await web?.close();
    release();
  }
};

type ServerRun = ServeOptions & Required<Pick<ServeOptions, "isExcluded" | "port" | "admission">>;

function serveOptions(spec: ServingSpec, context: ModeContext): ServerRun {
  const { io } = context;
  const { testerOptions, timeouts, warnings } = protocolOptions(spec.options, "server");
  for (const note of [...spec.notes, ...warnings]) io.complain(note);
  const { port, isSecure } = listenAddress(spec.url);
  const cases = specCases(casesFor("client", CASES), spec);
  let skips = 0;
  const isExcluded = agentExclusion(spec.excludeByAgent);
  return {
    cases,
    set: setOf(cases),
    profile: "autobahn",
    port,
    isExcluded,
    admission: admissionOf(context, spec.url.trim()),
    skipped: (agent, id, from) => {
      if (++skips <= MAX_SKIPPED_LINES) void io.print(skippedLine(id, agent, from));
    },
    testerOptions,
    timeouts,
    signal: io.signal,
    ...given("tls", isSecure ? keyPair(spec, context) : undefined),
  };
}
