import type { Case } from "../case/case.js";
import { family } from "../case/family.js";
import { beyondRanges, doubtfulCode, legalCode, type CodeRow, type DoubtfulRow } from "./close-code-cases.js";

const LEGAL: readonly CodeRow[] = [
  [1000, "normal closure"],
  [1001, "going away"],
  [1002, "protocol error"],
  [1003, "unacceptable type of data"],
  [1007, "inconsistent data"],
  [1008, "policy violation"],
  [1009, "message too big"],
  [1010, "a required extension is missing"],
  [1011, "internal error"],
  [3000, "the first code for libraries and frameworks"],
  [3999, "the last code for libraries and frameworks"],
  [4000, "the first code for private use"],
  [4999, "the last code for private use"],
];

const DOUBTFUL: readonly DoubtfulRow[] = [
  [0, "below 1000, where no code is used", "unused"],
  [999, "the last number below the first code", "unused"],
  [1004, "reserved, without a meaning yet", "undefined"],
  [1005, "reserved for interfaces that report a missing code", "forbidden"],
  [1006, "reserved for interfaces that report a missing Close frame", "forbidden"],
  [1016, "not defined by RFC 6455", "undefined"],
  [1100, "not defined by RFC 6455", "undefined"],
  [2000, "not defined, in the range reserved for the protocol", "undefined"],
  [2999, "not defined, the last number of the range reserved for the protocol", "undefined"],
];

const BEYOND: readonly CodeRow[] = [
  [5000, "the first number above the last range"],
  [65535, "the highest number of two octets"],
];

/** 7.7, 7.9 and 7.13: close codes that are defined, forbidden, not used, or not mentioned (RFC 6455 §7.4). */
export const CLOSE_CODES: readonly Case[] = [
  ...family("7.7", LEGAL, legalCode),
  ...family("7.9", DOUBTFUL, doubtfulCode),
  ...family("7.13", BEYOND, beyondRanges),
];
