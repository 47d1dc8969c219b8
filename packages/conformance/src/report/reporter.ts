import { autobahnReporter } from "./autobahn.js";
import type { CaseInfo, RunEvent } from "../run/event.js";
import { htmlReporter } from "./html.js";
import { jsonReporter } from "./json.js";
import { ndjsonReporter } from "./ndjson.js";
import type { PageAgainst } from "./page/page-event.js";
import { terminalReporter } from "./terminal.js";

/** A reporter turns the events of a run into reports: one stream, or several files by path. */
export type Reporter = (events: AsyncIterable<RunEvent>, about: ReportContext) => AsyncIterable<ReportChunk>;

export interface ReportChunk {
  /** A file of the report folder, written whole; a later chunk replaces it. Without a path: the reporter's stream. */
  readonly path?: string;
  readonly data: string | Uint8Array;
  /**
   * The whole report so far, for a stream that is a file: what comes next replaces it. Where the stream is standard
   * output, drafts are left out.
   */
  readonly draft?: true;
}

/** Where a report goes; nothing in it is about the run. */
export interface ReportContext {
  /** The report folder, as the user wrote it. */
  readonly outDir: string;
  /** The reporter's stream is a terminal that understands cursor movements. */
  readonly tty: boolean;
  readonly color: boolean;
  /** Width of the terminal, or of lines in a file. */
  readonly columns: number;
  /** How the program is called, such as `wireproof`; for commands that repeat a case. */
  readonly command: string;
  /** Every case of the suite, for reports that describe cases whether they were selected or not. */
  readonly catalogue?: readonly CaseInfo[];
  /** An earlier run that this one is compared with. */
  readonly against?: PageAgainst;
}

/** A reporter as it is selected with `--reporter NAME[=PATH]`. */
export interface ReporterEntry {
  readonly name: string;
  /** One sentence, for help. */
  readonly description: string;
  readonly reporter: Reporter;
  /** It writes several files into the report folder; otherwise it is one stream. */
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

/** All reporters by name, in the order in which help lists them. */
export const REPORTERS: ReadonlyMap<string, ReporterEntry> = new Map(
  ENTRIES.map((entry) => [entry.name, entry]),
);
