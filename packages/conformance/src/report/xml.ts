import { escapeText } from "./escape.js";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for an element or an attribute of XML 1.0: characters that XML does not allow are escaped as on a terminal. */
export function xmlText(text: string): string {
  return escapeText(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
