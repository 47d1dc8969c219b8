import type { CorpusName } from "./steps.js";

/** What the pieces of a corpus are counted in: text ones go out as text messages, the others as binary ones. */
export const CORPUS_UNITS: Readonly<Record<CorpusName, "character" | "octet">> = {
  json: "character",
  bitmap: "octet",
  german: "octet",
  html: "character",
  document: "octet",
};
