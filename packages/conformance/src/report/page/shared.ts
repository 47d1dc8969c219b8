/** What the report page and the reporters share at run time: the page is a program of its own, bundled from here. */
export { compareIds } from "../../case/case-id.js";
export { CLOSING_WORDS } from "../words.js";
