import type { CaseInfo, RunEvent } from "../run/event.js";
import type { PageAgainst } from "./page/page-event.js";

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
  /** Where the report page of this run will be, if there will be one: the last line that a reader gets to see. */
  readonly page?: string;
  /** An earlier run that this one is compared with. */
  readonly against?: PageAgainst;
  /** A file of the user's project, such as `src/server.ts`: reports that need a place in the code point to it. */
  readonly source?: string;
}
