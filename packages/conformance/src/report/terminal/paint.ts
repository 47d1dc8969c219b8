import { styleText } from "node:util";
import type { Outcome } from "../../judge/verdict.js";

export type Colour = "green" | "red" | "yellow" | "cyan" | "magenta" | "gray" | "bold";

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

export function painter(color: boolean): Paint {
  // The caller that made the context decided about colours: the stream is not asked again.
  return color ? (colour, text) => styleText(colour, text, { validateStream: false }) : (_, text) => text;
}

export const OUTCOME_SIGNS: Readonly<Record<Outcome, { readonly sign: string; readonly colour: Colour }>> = {
  pass: { sign: "✓", colour: "green" },
  "non-strict": { sign: "~", colour: "yellow" },
  informational: { sign: "i", colour: "cyan" },
  unimplemented: { sign: "-", colour: "magenta" },
  "too-slow": { sign: "…", colour: "yellow" },
  fail: { sign: "✗", colour: "red" },
  blocked: { sign: "✗", colour: "red" },
  skipped: { sign: "○", colour: "gray" },
  "harness-error": { sign: "‼", colour: "red" },
};
