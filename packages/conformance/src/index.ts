/**
 * Wireproof as a library: run cases against peers, judge records, write reports.
 *
 * @packageDocumentation
 */
import type { Case } from "./case/case.js";
import { CASES } from "./cases/index.js";

/**
 * Every case of the suite, in catalogue order.
 *
 * @example
 * ```ts
 * import { cases } from "wireproof";
 *
 * const closing = cases.filter(({ id }) => id.startsWith("7."));
 * console.assert(closing.every(({ requirements }) => requirements.length > 0));
 * ```
 */
export const cases: readonly Case[] = CASES;

export { defineCase } from "./case/define-case.js";
export { selectCases, SETS } from "./case/select.js";
export { REQUIREMENTS, citation, rfcLink } from "./case/requirements.js";
export { CAPABILITIES, lackedBy } from "./case/capability.js";
export { LINT_RULES } from "./case/lint-rules.js";
export { corpus } from "./corpora/corpus.js";
export { run } from "./run/run.js";
export { DEFAULT_CONCURRENCY } from "./run/run-options.js";
export { serve } from "./serve/serve.js";
export { clientSuite, serverSuite } from "./runners/suites.js";
export { judge, judgeBoth } from "./judge/judge.js";
export { servesBoth } from "./judge/serves-both.js";
export { judgeRun } from "./run/rejudge.js";
export { readRunFile, RunFileError } from "./report/read-run-file.js";
export { REPORTERS } from "./report/reporters.js";
export { OBSERVATIONS } from "./judge/observation.js";
export { CLOSINGS, OUTCOMES, hasFailed } from "./judge/verdict.js";
export { SEVERITIES } from "./run/finding.js";
export { BODY_KEPT, RECORDED_EVENTS, RECORDED_KEYS } from "./record/record.js";
export { SHOWN_LATE, SHOWN_OCTETS, SHOWN_TOTAL, WIRE_LOG_ENTRIES } from "./record/wire-log.js";

export type { AcceptorName, Case, DeflateNeeds, DeflateOffer, Illegality } from "./case/case.js";
export type { AwaitedEvent, CaseDefinition, SentStep } from "./case/define-case.js";
export type { Capability, Lacks } from "./case/capability.js";
export type { DifferenceId } from "./case/difference.js";
export type { Ending, Expectation, ExpectedEvent, Http2Rule, Trace } from "./case/expect.js";
export type { LintRule } from "./case/lint-rules.js";
export type {
  AnswerScript,
  AnswerWord,
  CarriedField,
  EarlierRequest,
  OpeningExpectation,
  ReplyRule,
  RequestPart,
  RequestScript,
} from "./case/handshake.js";
export type { Http2Answer } from "./case/http2-answer.js";
export type {
  Http2Field,
  Http2Frame,
  Http2Others,
  Http2Request,
  Http2Script,
  Http2Setting,
} from "./case/http2-script.js";
export type { AnswerNeed, Negotiation, WrittenAnswer } from "./case/negotiation.js";
export type { Payload } from "./case/payload.js";
export type {
  Level,
  Requirement,
  RequirementId,
  RequirementRole,
  TestableWith,
} from "./case/requirements.js";
export type { Selection, SelectionPatterns, UnknownPattern } from "./case/select.js";
export type { CorpusName, FrameStep, Http2FrameStep, LoopMessages, Step } from "./case/steps.js";
export type { UrlRule, UrlScript } from "./case/url-script.js";
export type { Corpus } from "./corpora/corpus.js";
export type { PeerProcess, ProcessEnd, ProcessOutput } from "./run/peer-process.js";
export type { TesterOptions } from "./tester/tester-options.js";
export type { Timeouts } from "./tester/timeouts.js";
export type { Retries } from "./run/find-peer.js";
export type { PeerOptions, RunOptions } from "./run/run-options.js";
export type { Shard } from "./run/shard.js";
export type { ClientSuiteOptions, ServerSuiteOptions, SuiteOptions } from "./runners/suite-options.js";
export type { TestFunctions } from "./runners/test-runner.js";
export type { ServeLimits } from "./serve/limits.js";
export type { ServedRun, ServeOptions } from "./serve/serve.js";
export type { ReportChunk, ReportContext, Reporter } from "./report/reporter.js";
export type { ReporterEntry } from "./report/reporters.js";
export type * from "./report/record-types.js";
