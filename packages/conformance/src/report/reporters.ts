import { autobahnReporter } from "./autobahn.js";
import { badgeReporter } from "./badge.js";
import { githubReporter } from "./github.js";
import { htmlReporter } from "./html.js";
import { jsonReporter } from "./json.js";
import { junitReporter } from "./junit.js";
import { markdownReporter } from "./markdown.js";
import { ndjsonReporter } from "./ndjson.js";
import { pcapngReporter } from "./pcapng.js";
import type { Reporter } from "./reporter.js";
import { sarifReporter } from "./sarif.js";
import { tapReporter } from "./tap.js";
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
  /** Its stream goes to standard error instead of standard output, which another report may have. */
  readonly toStderr?: true;
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
    name: "markdown",
    description: "What was found and the results in Markdown, as GitHub and GitLab show it.",
    reporter: markdownReporter,
    files: false,
    defaultPath: "report.md",
  },
  {
    name: "junit",
    description: "JUnit XML for Jenkins, GitLab and other CI: what was found, then every case.",
    reporter: junitReporter,
    files: false,
    defaultPath: "junit.xml",
  },
  {
    name: "tap",
    description: "TAP 14: what was found, then every case.",
    reporter: tapReporter,
    files: false,
    defaultPath: "report.tap",
  },
  {
    name: "sarif",
    description: "SARIF 2.1.0 for code scanning: what was found, by requirement.",
    reporter: sarifReporter,
    files: false,
    defaultPath: "report.sarif",
  },
  {
    name: "github",
    description:
      "Annotations for GitHub Actions on standard error, and a job summary. Always there when GITHUB_ACTIONS is set.",
    reporter: githubReporter,
    files: false,
    defaultPath: null,
    toStderr: true,
  },
  {
    name: "pcapng",
    description: "A capture of every connection, for Wireshark and wireproof lint, without TLS.",
    reporter: pcapngReporter,
    files: false,
    defaultPath: "run.pcapng",
  },
  {
    name: "badge",
    description: "badge.json for shields.io and badge.svg, an image that needs no service.",
    reporter: badgeReporter,
    files: true,
    defaultPath: null,
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
 * console.assert(REPORTERS.has("junit") && [...REPORTERS.keys()][0] === "terminal");
 * ```
 */
export const REPORTERS: ReadonlyMap<string, ReporterEntry> = new Map(
  ENTRIES.map((entry) => [entry.name, entry]),
);
