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
export { run } from "./run/run.js";
export { DEFAULT_CONCURRENCY } from "./run/run-options.js";
export { serve } from "./serve/serve.js";
export { judge, judgeBoth, servesBoth } from "./judge/judge.js";
export { judgeRun } from "./run/rejudge.js";
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
export type { PeerProcess, ProcessEnd, ProcessOutput } from "./run/peer-process.js";
export type { TesterOptions } from "./tester/tester-options.js";
export type { PeerOptions, RunOptions } from "./run/run-options.js";
export type { ServedRun, ServeOptions } from "./serve/serve.js";
export type { ReportChunk, ReportContext, Reporter } from "./report/reporter.js";
export type * from "./judge/verdict.js";
export type * from "./record/record.js";
export type * from "./run/event.js";
