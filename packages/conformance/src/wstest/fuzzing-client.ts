import { ExitCodeWatch } from "../cli/exit-code.js";
import { elsewhere } from "../cli/elsewhere.js";
import { given } from "../cli/given.js";
import { reportRun } from "../cli/report-run.js";
import { casesFor } from "../case/select.js";
import { CASES } from "../cases/index.js";
import { protocolOptions } from "../config/autobahn-options.js";
import { agentExclusion, specCases } from "../config/autobahn-patterns.js";
import { readClientSpec, type ClientSpec, type ServerSpec } from "../config/autobahn-spec.js";
import { SpecError } from "../config/spec-error.js";
import type { PeerOptions, RunOptions } from "../run/run-options.js";
import { run } from "../run/run.js";
import { quote } from "../report/escape.js";
import { skippedLine } from "./console.js";
import { openRun, setOf } from "./reports.js";
import { concurrencyOf, retriesOf, wstestCode, type Mode, type ModeContext } from "./settings.js";
import { inFile, openSpec, readSpec, specUrl } from "./spec-file.js";
import { standardClientSpec } from "./standard-specs.js";

/** Name to use when the server sends no Server header; scripts look for it. */
const UNNAMED = "UnknownServer";

/** `-m fuzzingclient`: tests the servers of a spec file, one after the other. */
export const fuzzingClient: Mode = async (context) => {
  const { io } = context;
  const address = context.given.get("wsuri");
  const file = openSpec(
    context.given.get("spec"),
    "fuzzingclient",
    standardClientSpec(address !== undefined),
  );
  if (file.isNew) await io.print(`Made ${file.path}, which tests every case.\n`);
  const spec = readSpec(file, readClientSpec);
  const options = inFile(file, () => runOptions(spec, address, context));
  const { cases, urls, isExcluded } = options;
  const { readers, release } = await openRun(spec.outdir, io, context.given.has("debug"));
  try {
    await io.print(`Ok, will run ${cases.length} test cases against ${urls.length} servers\n`);
    const watch = new ExitCodeWatch(isExcluded);
    const code = await reportRun(withSkipped(run(options), options, context), readers, io, watch);
    await io.print("Report generation complete.\n");
    return wstestCode(code, context);
  } finally {
    release();
  }
};

type ClientRun = RunOptions & Required<Pick<RunOptions, "isExcluded">>;

function runOptions(spec: ClientSpec, address: string | undefined, context: ModeContext): ClientRun {
  for (const note of spec.notes) context.io.complain(note);
  if (address !== undefined && spec.servers.length > 0) {
    context.io.complain("-w is ignored: the spec file names the servers");
  }
  const servers = spec.servers.length > 0 ? spec.servers : [onlyServer(address)];
  const cases = specCases(casesFor("server", CASES), spec);
  return {
    urls: servers.map(({ url }) => specUrl(url)),
    peers: servers.map((server) => peerOptions(server, spec, context)),
    defaultName: UNNAMED,
    cases,
    set: setOf(cases),
    profile: "autobahn",
    concurrency: concurrencyOf(context),
    retries: retriesOf(context),
    // The original does not check certificates.
    insecure: true,
    isExcluded: agentExclusion(spec.excludeByAgent),
    signal: context.io.signal,
  };
}

function onlyServer(address: string | undefined): ServerSpec {
  if (address === undefined) throw new SpecError("it names no servers, and there is no -w URL");
  const nothing = { agent: undefined, origin: undefined, hostname: undefined };
  return { url: address, options: {}, protocols: [], ...nothing };
}

/** Options of a server override those of the file. */
function peerOptions(server: ServerSpec, spec: ClientSpec, { io }: ModeContext): PeerOptions {
  const { testerOptions, timeouts, warnings } = protocolOptions(
    { ...spec.options, ...server.options },
    "client",
  );
  for (const warning of warnings) io.complain(`${server.agent ?? server.url}: ${warning}`);
  return {
    ...given("agent", server.agent),
    fallbackHosts: elsewhere(specUrl(server.url)),
    target: {
      subprotocols: server.protocols.map(headerText),
      ...given("origin", server.origin === undefined ? undefined : headerText(server.origin)),
      ...given("servername", server.hostname),
    },
    timeouts,
    testerOptions,
  };
}

/** Checks text for a header line. */
function headerText(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new SpecError(`${quote(text)} is not allowed in a header`);
}

/** Prints the cases that are excluded for a server, when its name is known. */
async function* withSkipped(
  events: ReturnType<typeof run>,
  { cases, isExcluded }: ClientRun,
  { io }: ModeContext,
): ReturnType<typeof run> {
  for await (const event of events) {
    if (event.type === "peer-up") {
      const skipped = cases.filter(({ id }) => isExcluded(event.agent, id));
      for (const { id } of skipped) await io.print(skippedLine(id, event.agent, event.url));
    }
    yield event;
  }
}
