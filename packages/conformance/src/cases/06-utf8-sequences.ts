import type { Case } from "../case/case.js";
import { answers, message, rejectsText } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { bytesOf, hex, octets, type Payload } from "../case/payload.js";
import { kill, text } from "../case/steps.js";

/** What follows "Text message: " in the title, the octets, and whether they are valid UTF-8. */
type Row = readonly [what: string, payload: Payload, valid: boolean];

/** Octets of a payload that a description spells out. */
const SPELLED_OCTETS = 16;

/** 6.5–6.23: one text frame each, valid or not. */
export const UTF8_SEQUENCES: readonly Case[] = [
  ...sequences("6.5", "Characters of every length have to come back unchanged.", [
    valid("ASCII only", "68656c6c6f24776f726c64"),
    valid("a character of two octets between ASCII", "68656c6c6fc2a2776f726c64"),
    valid("a character of three octets between ASCII", "68656c6c6fe282ac776f726c64"),
    valid("a character of four octets between ASCII", "68656c6c6ff0a4ada2776f726c64"),
    valid("a Greek word", "cebae1bdb9cf83cebcceb5"),
  ]),
  ...sequences(
    "6.6",
    "The first part of a text is valid only if it ends with a whole character.",
    prefixes(),
  ),
  ...sequences("6.7", "It is the lowest code point that takes this many octets.", [
    valid("U+0000, the lowest code point of one octet", "00"),
    valid("U+0080, the lowest code point of two octets", "c280"),
    valid("U+0800, the lowest code point of three octets", "e0a080"),
    valid("U+10000, the lowest code point of four octets", "f0908080"),
  ]),
  ...sequences(
    "6.8",
    "UTF-8 uses at most four octets for a character (RFC 3629 §3); only its earlier versions had longer forms.",
    [
      invalid("lowest form of five octets", "f888808080"),
      invalid("lowest form of six octets", "fc8480808080"),
    ],
  ),
  ...sequences("6.9", "It is the highest code point that takes this many octets.", [
    valid("U+007F, the highest code point of one octet", "7f"),
    valid("U+07FF, the highest code point of two octets", "dfbf"),
    valid("U+FFFF, the highest code point of three octets", "efbfbf"),
    valid("U+10FFFF, the highest code point of four octets", "f48fbfbf"),
  ]),
  ...sequences("6.10", "It stands for a number far above U+10FFFF, the highest code point.", [
    invalid("highest form of four octets", "f7bfbfbf"),
    invalid("highest form of five octets", "fbbfbfbfbf"),
    invalid("highest form of six octets", "fdbfbfbfbfbf"),
  ]),
  ...sequences("6.11", "It is at a limit of what UTF-8 can represent.", [
    valid("U+D7FF, the last code point before the surrogates", "ed9fbf"),
    valid("U+E000, the first code point after the surrogates", "ee8080"),
    valid("U+FFFD, the replacement character", "efbfbd"),
    valid("U+10FFFF, the highest code point", "f48fbfbf"),
    invalid("one above the highest code point", "f4908080"),
  ]),
  ...sequences("6.12", "A continuation octet needs a lead octet before it.", strayContinuations()),
  ...sequences("6.13", "A lead octet needs continuation octets after it; here a space follows each one.", [
    ["lead octets of two-octet forms, each followed by a space", leadsBeforeSpace(0xc0, 0xde), false],
    ["lead octets of three-octet forms, each followed by a space", leadsBeforeSpace(0xe0, 0xee), false],
    ["lead octets of four-octet forms, each followed by a space", leadsBeforeSpace(0xf0, 0xf6), false],
    ["lead octets of five-octet forms, each followed by a space", leadsBeforeSpace(0xf8, 0xfa), false],
    ["lead octet of a six-octet form, followed by a space", leadsBeforeSpace(0xfc, 0xfc), false],
  ]),
  ...sequences("6.14", "The message ends before the last continuation octet.", truncated()),
  ...sequences("6.15", "These are the ten incomplete sequences of 6.14 in one message.", [
    ["all the incomplete sequences of 6.14", hex(truncatedForms().join("")), false],
  ]),
  ...sequences("6.16", "The octets FE and FF never occur in UTF-8.", [
    invalid("the octet FE", "fe"),
    invalid("the octet FF", "ff"),
    invalid("two octets FE and two octets FF", "fefeffff"),
  ]),
  ...sequences(
    "6.17",
    "It encodes U+002F, a slash, in more octets than needed. This is the classic way around a filter for paths.",
    overlong("a slash", ["c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"]),
  ),
  ...sequences(
    "6.18",
    "It is the highest number that an overlong form of this length can encode.",
    overlong("the highest possible number", ["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"]),
  ),
  ...sequences(
    "6.19",
    "It encodes U+0000 in more octets than needed, as some languages do to store strings.",
    overlong("U+0000", ["c080", "e08080", "f0808080", "f880808080", "fc8080808080"]),
  ),
  ...sequences("6.20", "Surrogates belong to UTF-16 and have no UTF-8 form (RFC 3629 §3).", [
    invalid("surrogate U+D800 alone", "eda080"),
    invalid("surrogate U+DB7F alone", "edadbf"),
    invalid("surrogate U+DB80 alone", "edae80"),
    invalid("surrogate U+DBFF alone", "edafbf"),
    invalid("surrogate U+DC00 alone", "edb080"),
    invalid("surrogate U+DF80 alone", "edbe80"),
    invalid("surrogate U+DFFF alone", "edbfbf"),
  ]),
  ...sequences(
    "6.21",
    "In UTF-16 a pair of surrogates encodes one character; UTF-8 uses four octets for it.",
    [
      invalid("surrogate pair U+D800 U+DC00", "eda080edb080"),
      invalid("surrogate pair U+D800 U+DFFF", "eda080edbfbf"),
      invalid("surrogate pair U+DB7F U+DC00", "edadbfedb080"),
      invalid("surrogate pair U+DB7F U+DFFF", "edadbfedbfbf"),
      invalid("surrogate pair U+DB80 U+DC00", "edae80edb080"),
      invalid("surrogate pair U+DB80 U+DFFF", "edae80edbfbf"),
      invalid("surrogate pair U+DBFF U+DC00", "edafbfedb080"),
      invalid("surrogate pair U+DBFF U+DFFF", "edafbfedbfbf"),
    ],
  ),
  ...sequences(
    "6.22",
    "Unicode has no character for it and never will, but it is a code point and valid UTF-8.",
    lastTwoOfEveryPlane(),
  ),
  ...sequences(
    "6.23",
    "It is one of the special code points at the end of the basic plane; all of them are valid UTF-8.",
    [0xfff9, 0xfffa, 0xfffb, 0xfffc, 0xfffd, 0xfffe, 0xffff].map((code) => codePoint("special", code)),
  ),
];

function sequences(id: string, why: string, rows: readonly Row[]): readonly Case[] {
  return family(id, rows, (caseId, row) => sequenceCase(caseId, why, row));
}

function sequenceCase(id: string, why: string, [what, payload, isValid]: Row): Case {
  const facts = {
    id,
    title: `${isValid ? "Valid" : "Invalid"} text: ${what}`,
    description: `A text message of one frame with ${spelled(payload)}: ${what}. ${why}`,
    script: [text(payload), kill(0.5)],
  };
  if (isValid) {
    return {
      ...facts,
      expectation: "This is valid UTF-8, and the peer echoes the same octets as a text message.",
      requirements: ["6455-5.6-1", "6455-6.2-1"],
      expect: answers(message(payload)),
    };
  }
  return {
    ...facts,
    expectation:
      "This is not valid UTF-8. The peer delivers nothing and fails the connection; the close code, if it sends one, is 1007 (inconsistent data).",
    requirements: ["6455-8.1-1", ...FAILING],
    expect: rejectsText(),
    illegal: ["invalid-utf8"],
    differs: FAILING_DIFFERS,
  };
}

/** `the octets ED A0 80`, of long payloads the beginning. */
function spelled(payload: Payload): string {
  const digits = Array.from(bytesOf(payload), (octet) => octet.toString(16).padStart(2, "0").toUpperCase());
  if (digits.length === 1) return `the octet ${digits.join("")}`;
  if (digits.length <= SPELLED_OCTETS) return `the octets ${digits.join(" ")}`;
  return `the ${digits.length} octets ${digits.slice(0, SPELLED_OCTETS).join(" ")} …`;
}

function valid(what: string, digits: string): Row {
  return [what, hex(digits), true];
}

function invalid(what: string, digits: string): Row {
  return [what, hex(digits), false];
}

function prefixes(): readonly Row[] {
  const word = hex("cebae1bdb9cf83cebcceb5").pattern;
  const ends = new Set([2, 5, 7, 9, 11]);
  return Array.from(word, (_, index) => {
    const length = index + 1;
    const cut = ends.has(length) ? "whole characters" : "cut inside a character";
    return [
      `first ${length === 1 ? "octet" : `${length} octets`} of a Greek word, ${cut}`,
      octets(word.slice(0, length)),
      ends.has(length),
    ];
  });
}

function strayContinuations(): readonly Row[] {
  const alternating = [2, 3, 4, 5, 6].map((length): Row => {
    return invalid(`${length} continuation octets alone`, "80bf80bf80bf".slice(0, 2 * length));
  });
  // The original leaves out BF.
  const ascending = Uint8Array.from({ length: 63 }, (_, index) => 0x80 + index);
  return [
    invalid("lowest continuation octet alone", "80"),
    invalid("highest continuation octet alone", "bf"),
    ...alternating,
    ["63 different continuation octets alone", octets(ascending), false],
  ];
}

/** Each octet from `first` to `last`, followed by a space. */
function leadsBeforeSpace(first: number, last: number): Payload {
  const length = 2 * (last - first + 1);
  return octets(Uint8Array.from({ length }, (_, index) => (index % 2 === 0 ? first + index / 2 : 0x20)));
}

/** The lowest and the highest form of two to six octets, the last octet cut off. */
function truncatedForms(): readonly string[] {
  return ["c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"];
}

function truncated(): readonly Row[] {
  return truncatedForms().map((digits, index) => {
    const form = `${index < 5 ? "lowest" : "highest"} form of ${(index % 5) + 2} octets without its last octet`;
    return invalid(form, digits);
  });
}

function overlong(what: string, forms: readonly string[]): readonly Row[] {
  return forms.map((digits, index) => invalid(`overlong form of ${what} in ${index + 2} octets`, digits));
}

function lastTwoOfEveryPlane(): readonly Row[] {
  return Array.from({ length: 17 }, (_, plane) => [
    codePoint("non-character", plane * 0x10000 + 0xfffe),
    codePoint("non-character", plane * 0x10000 + 0xffff),
  ]).flat();
}

function codePoint(kind: string, code: number): Row {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return [`${kind} ${name}`, octets(String.fromCodePoint(code)), true];
}
