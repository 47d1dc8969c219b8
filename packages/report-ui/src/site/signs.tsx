import type { JSX } from "preact";

import type { CellModel, CellState, PairModel, PairState } from "../../../conformance/src/site/page-model.js";
import { count } from "../model/text.js";

/** Signs of the site, drawn in a square of 16 like those of outcomes: each has a shape and a mark of its own. */
const DIAMOND = "M8 .4L15.6 8 8 15.6.4 8z";
const CIRCLE = "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z";
export type Sign = CellState | "unavailable" | `${"client" | "server" | "both"}${"" | "-unreviewed"}`;
const C = "M10.6 5.4C8.4 3.6 5.6 5 5.6 8s2.8 4.4 5 2.6";
const S = "M10 5.6c-2.4-1.4-4.6.9-2.6 2l1.4.8c2.4 1.3-.4 3.5-2.8 2";
const B = "M5.4 5v6M5.4 5h2.4c2 0 2 3 0 3H5.4h2.9c2.3 0 2.3 3 0 3H5.4";
const SHAPES: Readonly<Record<Sign, readonly [outline: string, mark: string]>> = {
  conforms: [CIRCLE, "M4.8 8.2l2.3 2.3 4.2-4.8"],
  fault: [DIAMOND, "M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8"],
  unreviewed: [DIAMOND, "M6 6.4c0-2.6 4-2.6 4 0 0 1.5-2 1.4-2 3M8 11.6v.2"],
  advice: [CIRCLE, "M4.6 8.9c1.2-1.9 2.2-1.9 3.4-.9s2.2 1 3.4-.9"],
  cleared: ["M2 2h12v12H2z", "M8 4.4v.6M8 7v4.6"],
  open: ["M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z", "M8 5v3.2l2.2 1.4"],
  none: ["", "M6.4 8h3.2"],
  unavailable: ["M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z", "M5 11l6-6"],
  client: [DIAMOND, C],
  server: [DIAMOND, S],
  both: [DIAMOND, B],
  "client-unreviewed": [DIAMOND, C],
  "server-unreviewed": [DIAMOND, S],
  "both-unreviewed": [DIAMOND, B],
};

/** The shapes, once in a page; signs refer to them. A page with thousands of signs stays small. */
export function SignShapes({ used }: { readonly used: ReadonlySet<string> }): JSX.Element {
  return (
    <svg class="shapes" width="0" height="0" aria-hidden="true">
      {Object.entries(SHAPES)
        .filter(([name]) => used.has(idOf(name as Sign)))
        .map(([name, [outline, mark]]) => (
          <symbol
            key={name}
            id={idOf(name as Sign)}
            class={`is-${name.replace(/^.+-/, "")}`}
            viewBox="0 0 16 16"
          >
            {outline !== "" && <path class="outline" d={outline} />}
            <path class="mark" d={mark} />
          </symbol>
        ))}
    </svg>
  );
}

export function SignIcon({ sign }: { readonly sign: Sign }): JSX.Element {
  return (
    <svg class="sign" aria-hidden="true">
      <use href={`#${idOf(sign)}`} />
    </svg>
  );
}

/** In a cell of a big table, where the link around it has the words. */
export function CellSign({ sign }: { readonly sign: Sign }): JSX.Element {
  return (
    <svg>
      <use href={`#${idOf(sign)}`} />
    </svg>
  );
}

const SIGNS = Object.keys(SHAPES);

/** As short as can be: a page may have thousands of them. */
function idOf(sign: Sign): string {
  return `s${SIGNS.indexOf(sign)}`;
}

export const STATE_WORDS: Readonly<Record<CellState | "unavailable", string>> = {
  conforms: "Conforms",
  fault: "Fault",
  unreviewed: "Unreviewed",
  advice: "Advice",
  cleared: "Not its fault",
  open: "Not all judged",
  none: "Not applicable",
  unavailable: "Not available",
};

export const STATE_MEANINGS: Readonly<Record<CellState | "unavailable", string>> = {
  conforms: "No case failed.",
  fault: "It breaks a requirement. Somebody has read the wire log of this version.",
  unreviewed: "Something failed, and nobody has looked whose fault it is.",
  advice: "No demand is broken; something that an RFC recommends is not done.",
  cleared: "Something failed, and somebody found that the stack is not at fault.",
  open: "Cases were not played, or could not be judged: nothing is said about them.",
  none: "No case is for it, or it lacks what the cases need.",
  unavailable:
    "There is a program for it, but no result so far: its packages were not there, or it was not run.",
};

/** `2 faults, 1 unreviewed`. */
export function cellText({ state, count: number, more }: CellModel): string {
  switch (state) {
    case "fault":
      return `${count(number, "fault")}${more > 0 ? `, ${more} unreviewed` : ""}`;
    case "unreviewed":
      return `${number} unreviewed`;
    case "open":
      return `${count(number, "case")} not judged`;
    case "advice":
    case "cleared":
    case "conforms":
    case "none":
      return STATE_WORDS[state].toLowerCase();
  }
}

export const PAIR_WORDS: Readonly<Record<PairState, string>> = {
  works: "Everything works",
  client: "The client is at fault",
  server: "The server is at fault",
  both: "Both are at fault",
  unknown: "Something fails, and nobody is accused",
  offences: "Everything works, although a requirement is broken",
  unsupported: "Nothing is supported by both",
};

/** The sign of a pair. Filled only if somebody looked at it. */
export function pairSign({ state, isReviewed }: Pick<PairModel, "state" | "isReviewed">): Sign {
  if (state === "client" || state === "server" || state === "both")
    return isReviewed ? state : `${state}-unreviewed`;
  return PAIR_SIGNS[state];
}

const PAIR_SIGNS: Readonly<Record<Exclude<PairState, "client" | "server" | "both">, Sign>> = {
  works: "conforms",
  unknown: "unreviewed",
  offences: "advice",
  unsupported: "none",
};
