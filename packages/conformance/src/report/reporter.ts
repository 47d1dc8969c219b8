import { autobahnReporter } from "./autobahn.js";
import type { CaseInfo, RunEvent } from "../run/event.js";
import { htmlReporter } from "./html.js";
import { jsonReporter } from "./json.js";
import { ndjsonReporter } from "./ndjson.js";
import type { PageAgainst } from "./page/page-event.js";
import { terminalReporter } from "./terminal.js";

/**
 * A reporter turns the events of a run into reports: one stream, or several files by path.
 *
 * @param events - The events of a run.
 * @param about - Where the report goes.
 * @returns The parts of the report, in order.
 *
 * @example
 * ```ts
 * import { cases, run, type Reporter } from "wireproof";
 *
 * const failures: Reporter = async function* (events) {
 *   for await (const event of events)
 *     if (event.type === "case-end" && event.verdict.outcome === "fail") yield { data: `${event.case}\n` };
 * };
 * const about = { outDir: ".", tty: false, color: false, columns: 80, command: "wireproof" };
 * for await (const chunk of failures(run({ urls: [], cases }), about)) console.assert(chunk.data === "");
 * ```
 */
export type Reporter = (events: AsyncIterable<RunEvent>, about: ReportContext) => AsyncIterable<ReportChunk>;

/**
 * A part of a report.
 *
 * @example
 * ```ts
 * import type { ReportChunk } from "wireproof";
 *
 * const file: ReportChunk = { path: "cases/7.1.1.txt", data: "Pass\n" };
 * const line: ReportChunk = { data: "7.1.1 Pass\n" };
 * console.assert(line.path === undefined && file.path !== undefined);
 * ```
 */
export interface ReportChunk {
  /** A file of the report folder, written whole; a later chunk replaces it. Without a path: the reporter's stream. */
  readonly path?: string;
  /** Text, which is written as UTF-8, or octets. */
  readonly data: string | Uint8Array;
  /**
   * The whole report so far, for a stream that is a file: what comes next replaces it. Where the stream is standard
   * output, drafts are left out.
   */
  readonly draft?: true;
}

/**
 * Where a report goes; nothing in it is about the run.
 *
 * @example
 * ```ts
 * import { cases, REPORTERS, run, type ReportContext } from "wireproof";
 *
 * const about: ReportContext = { outDir: ".", tty: false, color: false, columns: 80, command: "wireproof" };
 * const json = REPORTERS.get("json")!.reporter;
 * let text = "";
 * for await (const { data } of json(run({ urls: [], cases }), about)) text += String(data);
 * console.assert(typeof JSON.parse(text) === "object");
 * ```
 */
export interface ReportContext {
  /** The report folder, as the user wrote it. */
  readonly outDir: string;
  /** Whether the reporter's stream is a terminal that understands cursor movements. */
  readonly tty: boolean;
  /** Whether to use colours. */
  readonly color: boolean;
  /** Width of the terminal, or of lines in a file, in characters. */
  readonly columns: number;
  /** Name of the program, such as `wireproof`; for commands that repeat a case. */
  readonly command: string;
  /** Every case of the suite, for reports that describe cases whether they were selected or not. */
  readonly catalogue?: readonly CaseInfo[];
  /** An earlier run that this one is compared with. */
  readonly against?: PageAgainst;
}

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
    description: "Progress while the run lasts, then every failure with what is needed to understand it.",
    reporter: terminalReporter,
    files: false,
    defaultPath: null,
  },
  {
    name: "ndjson",
    description: "The run file: every event of the run, one JSON object a line.",
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
    description: "The report page: one file for a browser, with everything that the run file holds.",
    reporter: htmlReporter,
    files: false,
    defaultPath: "report.html",
  },
  {
    name: "autobahn",
    description: "index.json, index.html and two files a case, in the format of Autobahn|Testsuite.",
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
