import {
  ADJECTIVES,
  ADVERBS,
  CALLS,
  CONJUNCTIONS,
  INTRANSITIVE,
  MODALS,
  NOUNS,
  PREPOSITIONS,
  PRONOUNS,
  SUBJUNCTIONS,
  TRANSITIVE,
  type Noun,
  type Verb,
} from "./german-words.js";
import type { Random } from "../case/random.js";

/** A sentence of one to three clauses, with its mark at the end. The grammar is right more often than not. */
export function sentence(random: Random): string {
  const call = random.chance(12) ? `${random.pickEarly(CALLS)}, ` : "";
  const body = random.chance(38) ? joined(random) : mainClause(random);
  return `${capitalised(call + body)}${mark(random)}`;
}

/** The same word with a capital in front. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function mark(random: Random): string {
  if (random.chance(72)) return ".";
  return random.pick(["!", "!", "?"]);
}

function joined(random: Random): string {
  if (random.chance(45))
    return `${mainClause(random)}, ${random.pickEarly(CONJUNCTIONS)} ${mainClause(random)}`;
  if (random.chance(60)) return `${mainClause(random)}, ${subordinateClause(random)}`;
  return `${subordinateClause(random)}, ${verbFirst(random)}`;
}

function mainClause(random: Random): string {
  if (random.chance(40)) return verbSecond(random);
  const predicate = predicateOf(random);
  return `${subject(random)} ${predicate.verb}${predicate.rest}`;
}

/** Something other than the subject in front. */
function verbSecond(random: Random): string {
  const front = random.chance(50) ? random.pickEarly(ADVERBS) : place(random);
  return `${front} ${verbFirst(random)}`;
}

function verbFirst(random: Random): string {
  const { verb, rest } = predicateOf(random);
  return `${verb} ${subject(random)}${rest}`;
}

function subordinateClause(random: Random): string {
  const { verb, rest } = predicateOf(random);
  return `${random.pickEarly(SUBJUNCTIONS)} ${subject(random)}${rest} ${verb}`;
}

interface Predicate {
  readonly verb: string;
  /** What follows the subject; begins with a blank unless empty. */
  readonly rest: string;
}

function predicateOf(random: Random): Predicate {
  const isTransitive = random.chance(58);
  const verb = random.pickEarly(isTransitive ? TRANSITIVE : INTRANSITIVE);
  const adverb = random.chance(30) ? ` ${random.pickEarly(ADVERBS)}` : "";
  const object = isTransitive ? ` ${nounPhrase("accusative", random)}` : "";
  const where = random.chance(28) ? ` ${place(random)}` : "";
  const rest = adverb + object + where;
  if (random.chance(18)) return { verb: random.pickEarly(MODALS), rest: `${rest} ${verb.infinitive}` };
  return { verb: finite(verb, random), rest };
}

function finite(verb: Verb, random: Random): string {
  return random.chance(60) ? verb.present : verb.past;
}

function subject(random: Random): string {
  return random.chance(34) ? random.pickEarly(PRONOUNS) : nounPhrase("nominative", random);
}

function place(random: Random): string {
  return `${random.pickEarly(PREPOSITIONS)} ${nounPhrase("dative", random)}`;
}

type Case = "nominative" | "accusative" | "dative";

function nounPhrase(inCase: Case, random: Random): string {
  const noun = random.pickEarly(NOUNS);
  if (inCase !== "nominative" && random.chance(18)) return pluralPhrase(noun, inCase, random);
  const isDefinite = random.chance(62);
  const determiner = isDefinite
    ? (DEFINITE[inCase][noun.gender] ?? "")
    : random.pickEarly(OWNERS) + (ENDING_OF_OWNER[inCase][noun.gender] ?? "");
  const ending = (isDefinite ? ENDING_AFTER_DEFINITE : ENDING_AFTER_OWNER)[inCase][noun.gender];
  return `${determiner} ${adjective(ending, random)}${compound(noun.singular, random)}`;
}

function pluralPhrase(noun: Noun, inCase: Case, random: Random): string {
  const form = inCase === "dative" && !/[ns]$/.test(noun.plural) ? `${noun.plural}n` : noun.plural;
  return `${inCase === "dative" ? "den" : "die"} ${adjective("en", random)}${compound(form, random)}`;
}

/** An adjective and a blank, or nothing. */
function adjective(ending: string, random: Random): string {
  if (!random.chance(36)) return "";
  const stem = random.pickEarly(ADJECTIVES);
  return `${stem.endsWith("e") ? stem + ending.slice(1) : stem + ending} `;
}

/** German makes words as it goes; without these a text of 200 KiB would have far too few different ones. */
function compound(word: string, random: Random): string {
  if (!random.chance(13)) return word;
  const first = random.pick(NOUNS);
  const link = first.gender === "f" && first.plural.endsWith("n") ? first.plural : first.singular;
  return link + word.toLowerCase();
}

const OWNERS = ["ein", "mein", "sein", "kein", "dein", "ihr", "unser"] as const;

const DEFINITE: Endings = {
  nominative: { m: "der", f: "die", n: "das" },
  accusative: { m: "den", f: "die", n: "das" },
  dative: { m: "dem", f: "der", n: "dem" },
};

const ENDING_OF_OWNER: Endings = {
  nominative: { m: "", f: "e", n: "" },
  accusative: { m: "en", f: "e", n: "" },
  dative: { m: "em", f: "er", n: "em" },
};

const ENDING_AFTER_DEFINITE: Endings = {
  nominative: { m: "e", f: "e", n: "e" },
  accusative: { m: "en", f: "e", n: "e" },
  dative: { m: "en", f: "en", n: "en" },
};

const ENDING_AFTER_OWNER: Endings = {
  nominative: { m: "er", f: "e", n: "es" },
  accusative: { m: "en", f: "e", n: "es" },
  dative: { m: "en", f: "en", n: "en" },
};

type Endings = Readonly<Record<Case, Readonly<Record<Noun["gender"], string>>>>;
