import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { WrittenAnswer } from "../../src/case/negotiation.js";
import { writeAnswer } from "../../src/wire/written-answer.js";

const PMD = "permessage-deflate";

describe("answers that a case writes out", () => {
  const table: readonly (readonly [
    offers: readonly string[],
    written: WrittenAnswer,
    answer: string | null,
  ])[] = [
    [[PMD], { needs: "deflate", adds: "; foo" }, `${PMD}; foo`],
    // Who demands something is answered in the same way: nobody may take this answer.
    [[`${PMD}; server_no_context_takeover`], { needs: "deflate", adds: "; foo" }, `${PMD}; foo`],
    [[PMD], { needs: "deflate", adds: null }, null],
    [[], { needs: "no-deflate", adds: "" }, PMD],
    [["x-other"], { needs: "no-deflate", adds: "" }, PMD],
    [
      [PMD],
      { needs: "no-client-window", adds: "; client_max_window_bits=10" },
      `${PMD}; client_max_window_bits=10`,
    ],
    [
      [`${PMD}; server_max_window_bits=10`],
      { needs: "server-window", adds: "; server_max_window_bits=15" },
      `${PMD}; server_max_window_bits=15`,
    ],
  ];
  for (const [offers, written, answer] of table) {
    test(`${written.needs}: ${answer} to ${offers.join(", ") || "nothing"}`, () => {
      assert.deepEqual(writeAnswer(offers, written), { answer, agreed: null });
    });
  }
});

test("an answer that has to fit grants the first offer that it fits, and is what both agree on", () => {
  const offers = [
    `${PMD}; server_no_context_takeover; server_max_window_bits=12, ${PMD}; client_max_window_bits=9`,
    `${PMD}; server_max_window_bits=11; client_max_window_bits`,
  ];
  assert.deepEqual(writeAnswer(offers, { needs: "fit", adds: '; client_max_window_bits="10"' }), {
    answer: `${PMD}; server_max_window_bits=11; client_max_window_bits="10"`,
    agreed: {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 11,
      clientMaxWindowBits: 10,
    },
  });
});

describe("a client that does not offer what an answer needs gets none", () => {
  const table: readonly (readonly [offers: readonly string[], written: WrittenAnswer])[] = [
    [[], { needs: "deflate", adds: "; foo" }],
    [["x-other"], { needs: "deflate", adds: "; foo" }],
    [[`${PMD}; window=9`], { needs: "deflate", adds: "; foo" }],
    [[`${PMD};`], { needs: "deflate", adds: "; foo" }],
    [[PMD], { needs: "no-deflate", adds: "" }],
    [[`x-other, ${PMD}`], { needs: "no-deflate", adds: "" }],
    [[], { needs: "no-client-window", adds: "" }],
    [[PMD, `${PMD}; client_max_window_bits`], { needs: "no-client-window", adds: "" }],
    [[PMD, `${PMD}; server_max_window_bits=10`], { needs: "server-window", adds: "" }],
    [[`${PMD}; server_max_window_bits=15`], { needs: "server-window", adds: "" }],
    [[], { needs: "server-window", adds: "" }],
    [[], { needs: "fit", adds: "" }],
    [[PMD], { needs: "fit", adds: "; client_max_window_bits=9" }],
    [[`${PMD}; client_max_window_bits=8`], { needs: "fit", adds: "; client_max_window_bits=9" }],
    // What the client asks for already is not added a second time.
    [[`${PMD}; server_no_context_takeover`], { needs: "fit", adds: "; server_no_context_takeover" }],
  ];
  for (const [offers, written] of table) {
    test(`${written.needs} with ${offers.join(" | ") || "nothing"}`, () => {
      assert.equal(writeAnswer(offers, written), null);
    });
  }
});
