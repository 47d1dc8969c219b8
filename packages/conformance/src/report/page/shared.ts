/**
 * What the report page takes from the suite, types and values: the page is a program of its own, bundled from here.
 *
 * @packageDocumentation
 */
export { compareIds } from "../../case/case-id.js";
export { isOverHttp2, saidOf } from "../../record/http2-record.js";
export { isCarriage } from "../../record/wire-log.js";
export { CLOSING_WORDS } from "../words.js";
export { OUTCOMES } from "../../judge/verdict.js";
export { SEVERITIES } from "../../run/finding.js";
export { untestedUrls } from "../untested.js";
export { verdictSentence } from "../verdict-sentence.js";
export { AGAIN_CASE } from "./page-event.js";

export type * from "../record-types.js";
export type { CoverageFigures, DocumentFigures, RequirementResult } from "../../covered/figures.js";
export type { VerdictFacts, VerdictSentence } from "../verdict-sentence.js";
export type { ProcessFacts } from "../case-page-process.js";
export type {
  AgainstPeer,
  PageAgainst,
  PageCase,
  PageCatalogue,
  PageCoverage,
  PageDetail,
  PageEvent,
  PageFigures,
  PagePeer,
  PagePeerCoverage,
  PageSource,
  PageUnconfirmed,
  PageWire,
} from "./page-event.js";
