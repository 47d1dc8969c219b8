/**
 * Wireproof as a library: run cases against peers, judge records, write reports.
 *
 * ```js
 * import { cases, run } from "wireproof";
 *
 * for await (const event of run({ urls: ["ws://127.0.0.1:9001"], cases })) {
 *   if (event.type === "case-end") console.log(event.case, event.verdict.outcome);
 * }
 * ```
 */
import type { Case } from "./case/case.js";
import { CASES } from "./cases/index.js";

/** Every case of the suite, in catalogue order. */
export const cases: readonly Case[] = CASES;

export { selectCases, SETS } from "./case/select.js";
export { REQUIREMENTS, citation, rfcLink } from "./case/requirements.js";
export { corpus } from "./corpora/corpus.js";
export { run, DEFAULT_CONCURRENCY } from "./engine/run.js";
export { serve } from "./serve/serve.js";
export { judge, judgeBoth, servesBoth } from "./engine/judge.js";
export { judgeRun } from "./engine/rejudge.js";
export { readRunFile, RunFileError } from "./report/read-run-file.js";
export { REPORTERS } from "./report/reporter.js";

export type { Case, Illegality } from "./case/case.js";
export type { DifferenceId } from "./case/difference.js";
export type { Ending, Expectation, ExpectedEvent, Trace } from "./case/expect.js";
export type { Payload } from "./case/payload.js";
export type { Level, Requirement, RequirementId } from "./case/requirements.js";
export type { Selection, SelectionPatterns, UnknownPattern } from "./case/select.js";
export type { CorpusName, LoopMessages, Step } from "./case/steps.js";
export type { Corpus } from "./corpora/corpus.js";
export type { PeerProcess, ProcessEnd, ProcessOutput } from "./engine/peer-process.js";
export type { Conduct } from "./engine/conduct.js";
export type { PeerOptions } from "./engine/peer-options.js";
export type { RunOptions } from "./engine/run.js";
export type { ServedRun, ServeOptions } from "./serve/serve.js";
export type { ReportChunk, ReportContext, Reporter } from "./report/reporter.js";
export type * from "./report/event.js";
