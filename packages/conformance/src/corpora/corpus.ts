import type { CorpusName } from "../case/steps.js";
import { bitmap } from "./bitmap.js";
import { document } from "./document.js";
import { german } from "./german.js";
import { html } from "./html.js";
import { json } from "./json.js";
import { octetRing, textRing } from "./ring.js";

export type { CorpusName };

/**
 * A text or data that the compression sections send pieces of.
 *
 * @example
 * ```ts
 * import { corpus, type Corpus } from "wireproof";
 *
 * const json: Corpus = corpus("json");
 * const piece = json.slice(json.units - 1, 16);
 * console.assert(new TextDecoder().decode(piece).length === 16);
 * ```
 */
export interface Corpus {
  /** Its name. */
  readonly name: CorpusName;
  /** Whether its pieces are sent in text messages; the others are sent in binary ones. */
  readonly text: boolean;
  /** All of it. The memory is shared and must not be written to. */
  readonly octets: Uint8Array;
  /** Length in units: code points for text, octets otherwise. */
  readonly units: number;
  /**
   * The octets of `length` units from unit `from` on, going on at the beginning where the corpus ends. Both are
   * integers, 0 <= `from` < `units` and 0 <= `length` <= `units`; anything else throws a RangeError. Where it does not
   * wrap it is a view of `octets`, which must not be written to.
   */
  readonly slice: (from: number, length: number) => Uint8Array;
}

/**
 * The corpus of that name, made at first use (a few dozen ms) and kept. The octets are the same on every machine.
 *
 * @param name - Which corpus.
 * @returns The corpus.
 *
 * @example
 * ```ts
 * import { corpus } from "wireproof";
 *
 * const { octets, units } = corpus("document");
 * console.assert(octets.length === units);
 * ```
 */
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
