import type { JSX } from "preact";

import { STANDING_WORDS, type Standing } from "../model/standing.js";

/**
 * The sign of an outcome: each has its own shape and mark, so that the colour alone never makes the difference.
 * Drawn in a square of 16.
 */
const SHAPES: Readonly<Record<Standing, { readonly outline: string; readonly mark: string }>> = {
  pass: { outline: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z", mark: "M4.8 8.2l2.3 2.3 4.2-4.8" },
  "non-strict": {
    outline: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z",
    mark: "M4.6 8.9c1.2-1.9 2.2-1.9 3.4-.9s2.2 1 3.4-.9",
  },
  informational: { outline: "M2 2h12v12H2z", mark: "M8 4.4v.6M8 7v4.6" },
  unimplemented: { outline: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z", mark: "M5 11l6-6" },
  "too-slow": { outline: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z", mark: "M4.6 8h.2M7.9 8h.2M11.2 8h.2" },
  fail: { outline: "M8 .4L15.6 8 8 15.6.4 8z", mark: "M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" },
  blocked: { outline: "M5 1h6l4 4v6l-4 4H5l-4-4V5z", mark: "M4.6 8h6.8" },
  skipped: { outline: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z", mark: "M6 5l3 3-3 3M10.4 5v6" },
  "harness-error": { outline: "M8 1l7.4 13.6H.6z", mark: "M8 6v4M8 12v.4" },
  "not-run": { outline: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z", mark: "" },
  "in-flight": { outline: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z", mark: "M8 5v3.2l2.2 1.4" },
  "not-selected": { outline: "", mark: "M5 8h6" },
};

export function Glyph({ standing }: { readonly standing: Standing }): JSX.Element {
  const { outline, mark } = SHAPES[standing];
  return (
    <svg class={`glyph is-${standing}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path class="outline" d={outline} />
      <path class="mark" d={mark} />
    </svg>
  );
}

/** The sign with its word. */
export function Verdict({ standing }: { readonly standing: Standing }): JSX.Element {
  return (
    <span class={`verdict is-${standing}`}>
      <Glyph standing={standing} />
      <span class="word">{STANDING_WORDS[standing]}</span>
    </span>
  );
}
