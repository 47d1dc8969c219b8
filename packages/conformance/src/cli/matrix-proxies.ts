import { casesFor } from "../case/select.js";
import { Packages } from "../matrix/packages.js";
import { proxyJobsOf } from "../matrix/proxy-job.js";
import { runProxies } from "../matrix/proxy-run.js";
import { SUITE_VERSION } from "../version.js";
import { command, type Command } from "./command.js";
import { ExitCode } from "./exit-code.js";
import {
  chosenStacks,
  limitOption,
  modulesOf,
  namesPositional,
  progress,
  stackOptions,
  versionsOf,
  withResults,
} from "./matrix-options.js";
import { caseDigest, selectionArguments } from "./matrix-run.js";
import { plainText, single, toggle, withDefault } from "./option.js";
import { selection, selectionOptions } from "./selection.js";
import { UsageError } from "./usage-error.js";

/** What a proxy may have. */
const MEBIBYTES = 2048;
const PROCESSES = 128;

/** `wireproof matrix proxies`: tests proxies with a good server behind them, and stores what comes out otherwise. */
export const matrixProxiesCommand: Command = command({
  name: "matrix proxies",
  summary:
    "Tests proxies with a good server behind them, and stores what comes out otherwise than without them.",
  details:
    "A proxy is a stack whose manifest has a proxy. What is not installed is not available, which is no error. The suite is run against a server on @wireproof/websocket, once without a proxy and once through each; what comes out otherwise is played again alone, and kept if it is the same. Over HTTP/1.1 the proxy is also asked some questions with scripted octets on both sides, such as what becomes of frames behind the 101. What was tested before is not tested again while the version, the configuration, the cases and the suite are the same. Exit code 1 means that a proxy could not be tested to the end; differences are results, not errors of the run.",
  positionals: [namesPositional],
  options: {
    stacks: stackOptions.stacks,
    http1: toggle("Only with HTTP/1.1 in front."),
    http2: toggle("Only with TLS and HTTP/2 (RFC 8441) in front."),
    results: withDefault(
      single("DIR", "Folder of the results: a file for each proxy, in proxies/.", plainText),
      "interop/results",
    ),
    runs: withDefault(
      single("DIR", "Folder for the run files, and for what went over the wire in the probes.", plainText),
      "wireproof-matrix",
    ),
    limit: limitOption("the suite may take through one proxy"),
    again: toggle("Test also what is unchanged."),
    ...selectionOptions,
  },
  examples: [
    {
      line: "matrix proxies",
      description: "Every proxy of interop/stacks that is available and has changed.",
    },
    {
      line: "matrix proxies nginx --cases '5.*' --results /tmp/results",
      description: "One proxy, and one section.",
    },
  ],
  action: async (values, names, io) => {
    const jobs = proxyJobsOf(chosenStacks(values.stacks, names), versionsOf(values));
    if (jobs.length === 0) throw new UsageError("none of these stacks is a proxy");
    const chosen = selection(values);
    const failed = await withResults(values, () =>
      runProxies(jobs, {
        packages: new Packages(modulesOf(values.stacks)),
        stacks: values.stacks,
        results: values.results,
        runs: values.runs,
        limits: { seconds: values.limit, mebibytes: MEBIBYTES, processes: PROCESSES },
        again: values.again,
        suite: SUITE_VERSION,
        setOf: (over) => caseDigest(casesFor("server", chosen, { http2: over === "http2" })),
        selection: selectionArguments(values),
        say: progress(io),
        signal: io.signal,
      }),
    );
    return failed === 0 ? ExitCode.expected : ExitCode.unexpected;
  },
});
