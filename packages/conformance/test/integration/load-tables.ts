import type { MutantName } from "@wireproof/peers";
import type { Profile } from "../../src/record/record.js";
import type { VerdictTable } from "./verdict-table.js";

/** Rows of a family of sections 12 and 13: number `first` to number `last`, which is the 18th if absent. */
export function rows(family: string, first: number, last = 18): string {
  return Array.from({ length: last - first + 1 }, (_, index) => `${family}.${first + index}`).join();
}

/** In these rows a message has 131,072 units. */
const LONGEST = [10, 15, 16, 17, 18];

function longest(family: string): string {
  return LONGEST.map((row) => `${family}.${row}`).join();
}

function shorter(family: string): string {
  return [rows(family, 1, 9), rows(family, 11, 14)].join();
}

/** What is said about servers that get permessage-deflate or big messages wrong: outcomes, whatever the closing. */
export const LOAD_TABLES: Readonly<Partial<Record<MutantName, Readonly<Record<Profile, VerdictTable>>>>> = {
  deflateEcho: {
    modern: { pass: "9.1.1, 9.2.2, 9.3.4, 9.4.6, 9.8.2, 12.*.1, 12.*.9, 12.*.15, 13.1.*, 13.5.*" },
    autobahn: { pass: "9.1.1, 9.2.2, 9.3.4, 9.4.6, 9.8.2, 12.*.1, 12.*.9, 12.*.15, 13.1.*, 13.5.*" },
  },
  ignoresServerWindow: {
    modern: {
      // No message of up to 256 octets refers back farther, if it is compressed without context.
      pass: ["13.1.*", rows("13.5", 1, 3), rows("13.7", 1, 3)].join(),
      fail: ["13.3.*", rows("13.5", 4), rows("13.7", 4)].join(),
    },
    // The original inflates whatever fits the largest window.
    autobahn: { pass: "13.1.*, 13.3.*, 13.5.*, 13.7.*" },
  },
  resetsInflate: both({ pass: "9.1.1", fail: "12.1.*, 12.3.*, 13.1.*, 13.2.*" }),
  keepsTail: both({ pass: "9.1.1", fail: "12.1.*, 12.5.*, 13.2.*, 13.3.*" }),
  corruptsPast64K: {
    modern: {
      pass: ["9.1.1, 9.2.1", shorter("12.1"), shorter("12.2")].join(),
      fail: ["9.1.2, 9.1.6, 9.2.2, 9.3.8, 9.4.1", longest("12.1"), longest("12.2")].join(),
    },
    autobahn: {
      // The original compares nothing but the length in section 9.
      pass: ["9.1.1, 9.2.1, 9.1.2, 9.1.6, 9.2.2, 9.3.8, 9.4.1", shorter("12.1"), shorter("12.2")].join(),
      fail: [longest("12.1"), longest("12.2")].join(),
    },
  },
  bomb: both({ pass: "9.1.1, 9.2.1", fail: "12.1.*, 12.5.*, 13.2.*, 13.3.*" }),
  garbageDeflate: both({ pass: "9.1.1, 9.2.1", fail: "12.1.*, 12.5.*, 13.2.*, 13.3.*" }),
  declines: both({ pass: "9.1.1, 9.2.1", unimplemented: "12.*, 13.*" }),
  limits: {
    modern: {
      pass: `9.1.1, 9.2.1, ${shorter("12.1")}`,
      unimplemented: `9.1.2, 9.1.6, 9.2.2, 9.3.1, 9.4.8, 9.5.1, ${longest("12.1")}`,
    },
    autobahn: {
      pass: `9.1.1, 9.2.1, ${shorter("12.1")}`,
      fail: `9.1.2, 9.1.6, 9.2.2, 9.3.1, 9.4.8, 9.5.1, ${longest("12.1")}`,
    },
  },
};

function both(table: VerdictTable): Readonly<Record<Profile, VerdictTable>> {
  return { modern: table, autobahn: table };
}
