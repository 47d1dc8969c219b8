/** What the report page takes from the suite, types and values: the page is a program of its own, bundled from here. */
export { compareIds } from "../../case/case-id.js";
export { CLOSING_WORDS } from "../words.js";
export { OUTCOMES } from "../../judge/verdict.js";

export type * from "../../judge/verdict.js";
export type * from "../../record/record.js";
export type * from "../../run/event.js";
export type { ProcessFacts } from "../case-page-process.js";
export type * from "./page-event.js";
