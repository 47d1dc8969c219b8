import type { CorpusName } from "../case/steps.js";
import { bitmap } from "./bitmap.js";
import { document } from "./document.js";
import { german } from "./german.js";
import { html } from "./html.js";
import { json } from "./json.js";
import { octetRing, textRing } from "./ring.js";

export type { CorpusName };

export interface Corpus {
  readonly name: CorpusName;
  /** Sent in text messages; the others are sent in binary ones. */
  readonly text: boolean;
  /** All of it. Shared by everybody who asks, so nobody may write into it. */
  readonly octets: Uint8Array;
  /** Length in units: code points for text, octets otherwise. */
  readonly units: number;
  /**
   * The octets of `length` units from unit `from` on, going on at the beginning where the corpus ends. Both are
   * integers, 0 <= `from` < `units` and 0 <= `length` <= `units`; anything else throws a RangeError. Where it does not
   * wrap it is a view of `octets`, so it must not be written into either.
   */
  readonly slice: (from: number, length: number) => Uint8Array;
}

/** The corpus of that name, made at first use (a few dozen ms) and kept. The same octets on every machine. */
export function corpus(name: CorpusName): Corpus {
  const kept = made.get(name);
  if (kept !== undefined) return kept;
  const fresh = make(name);
  made.set(name, fresh);
  return fresh;
}

const made = new Map<CorpusName, Corpus>();

const RECIPES: Readonly<Record<CorpusName, { readonly text: boolean; readonly octets: () => Uint8Array }>> = {
  json: { text: true, octets: json },
  bitmap: { text: false, octets: bitmap },
  german: { text: false, octets: german },
  html: { text: true, octets: html },
  document: { text: false, octets: document },
};

function make(name: CorpusName): Corpus {
  const recipe = RECIPES[name];
  const octets = recipe.octets();
  const ring = recipe.text ? textRing(octets) : octetRing(octets);
  return { name, text: recipe.text, octets, units: ring.units, slice: ring.slice };
}
