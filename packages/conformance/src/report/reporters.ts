import { autobahnReporter } from "./autobahn.js";
import { htmlReporter } from "./html.js";
import { jsonReporter } from "./json.js";
import { ndjsonReporter } from "./ndjson.js";
import type { Reporter } from "./reporter.js";
import { terminalReporter } from "./terminal.js";

/**
 * A reporter as it is selected with `--reporter NAME[=PATH]`.
 *
 * @example
 * ```ts
 * import { REPORTERS, type ReporterEntry } from "wireproof";
 *
 * const streams: ReporterEntry[] = [...REPORTERS.values()].filter(({ files }) => !files);
 * console.assert(streams.some(({ defaultPath }) => defaultPath === "run.ndjson"));
 * ```
 */
export interface ReporterEntry {
  /** Its name on the command line. */
  readonly name: string;
  /** One sentence, for help. */
  readonly description: string;
  /** The function. */
  readonly reporter: Reporter;
  /** Whether it writes several files into the report folder; otherwise it is one stream. */
  readonly files: boolean;
  /** Where its stream goes unless a path is given; null means standard output. */
  readonly defaultPath: string | null;
}

const ENTRIES: readonly ReporterEntry[] = [
  {
    name: "terminal",
    description: "Progress during the run, then every failure with what is needed to understand it.",
    reporter: terminalReporter,
    files: false,
    defaultPath: null,
  },
  {
    name: "ndjson",
    description: "The run file: every event of the run, one JSON object per line.",
    reporter: ndjsonReporter,
    files: false,
    defaultPath: "run.ndjson",
  },
  {
    name: "json",
    description: "A summary in one JSON document: the result of every case of every peer.",
    reporter: jsonReporter,
    files: false,
    defaultPath: "summary.json",
  },
  {
    name: "html",
    description: "The report page: one file for a browser, with everything that is in the run file.",
    reporter: htmlReporter,
    files: false,
    defaultPath: "report.html",
  },
  {
    name: "autobahn",
    description: "index.json, index.html and two files per case, in the format of Autobahn|Testsuite.",
    reporter: autobahnReporter,
    files: true,
    defaultPath: null,
  },
];

/**
 * All reporters by name, in the order in which help lists them.
 *
 * @example
 * ```ts
 * import { REPORTERS } from "wireproof";
 *
 * console.assert([...REPORTERS.keys()].join() === "terminal,ndjson,json,html,autobahn");
 * ```
 */
export const REPORTERS: ReadonlyMap<string, ReporterEntry> = new Map(
  ENTRIES.map((entry) => [entry.name, entry]),
);
