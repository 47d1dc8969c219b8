import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { AcceptorName } from "../../src/case/case.js";
import { REQUIREMENTS } from "../../src/case/requirements.js";
import { answerOffers, readAnswer } from "../../src/wire/deflate-negotiation.js";
import type { DeflateParameters } from "../../src/wire/deflate-parameters.js";

const PMD = "permessage-deflate";
const NOTHING_SAID: DeflateParameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

/** The offers of section 13. */
const OFFERS: Readonly<Record<string, string>> = {
  "13.1": `${PMD}; client_no_context_takeover; client_max_window_bits`,
  "13.2": `${PMD}; client_no_context_takeover; client_max_window_bits; server_no_context_takeover`,
  "13.3": `${PMD}; client_no_context_takeover; client_max_window_bits; server_max_window_bits=9`,
  "13.5": `${PMD}; client_no_context_takeover; client_max_window_bits; server_no_context_takeover; server_max_window_bits=9`,
};
const THREE: readonly string[] = [OFFERS["13.5"] ?? "", OFFERS["13.2"] ?? "", OFFERS["13.1"] ?? ""];

describe("answers that a client takes", () => {
  const table: readonly (readonly [
    answer: string,
    offers: readonly string[],
    agreed: Partial<DeflateParameters>,
  ])[] = [
    [PMD, [PMD], {}],
    [PMD.toUpperCase(), [PMD], {}],
    [PMD, [OFFERS["13.1"] ?? ""], {}],
    [`${PMD}; client_no_context_takeover`, [PMD], { clientNoContextTakeover: true }],
    [`${PMD}; server_no_context_takeover`, [PMD], { serverNoContextTakeover: true }],
    [`${PMD}; server_max_window_bits=8`, [PMD], { serverMaxWindowBits: 8 }],
    [`${PMD}; server_max_window_bits="10"`, [PMD], { serverMaxWindowBits: 10 }],
    [`${PMD}; client_max_window_bits=8`, [OFFERS["13.1"] ?? ""], { clientMaxWindowBits: 8 }],
    [`${PMD}; client_max_window_bits=10`, [`${PMD}; client_max_window_bits=10`], { clientMaxWindowBits: 10 }],
    [`${PMD}; server_max_window_bits=9`, [OFFERS["13.3"] ?? ""], { serverMaxWindowBits: 9 }],
    [`${PMD}; server_max_window_bits=8`, [OFFERS["13.3"] ?? ""], { serverMaxWindowBits: 8 }],
    [PMD, THREE, {}],
    [`${PMD}; server_max_window_bits=15`, THREE, { serverMaxWindowBits: 15 }],
    [
      `${PMD}; server_no_context_takeover; server_max_window_bits=9; client_no_context_takeover; client_max_window_bits=12`,
      THREE,
      {
        serverNoContextTakeover: true,
        serverMaxWindowBits: 9,
        clientNoContextTakeover: true,
        clientMaxWindowBits: 12,
      },
    ],
  ];
  for (const [answer, offers, agreed] of table) {
    test(`${answer} to ${offers.join(", ")}`, () => {
      for (const lenient of [true, false]) {
        assert.deepEqual(readAnswer([answer], offers, { lenient }), {
          agreed: { ...NOTHING_SAID, ...agreed },
        });
      }
    });
  }
  test("no extension", () => {
    for (const lenient of [true, false]) {
      assert.deepEqual(readAnswer([], THREE, { lenient }), { agreed: null });
      assert.deepEqual(readAnswer([], [], { lenient }), { agreed: null });
    }
  });
});

test("a client keeps to the window that it offered, whatever the answer names", () => {
  const offers = [`${PMD}; server_max_window_bits=9`, `${PMD}; client_max_window_bits=10`];
  const answer = `${PMD}; client_max_window_bits=11`;
  assert.deepEqual(readAnswer([answer], offers, { lenient: false }), {
    agreed: { ...NOTHING_SAID, clientMaxWindowBits: 10 },
    hint: 10,
  });
  // Another offer that has no number takes it as it is.
  const open = [...offers, `${PMD}; client_max_window_bits`];
  assert.deepEqual(readAnswer([answer], open, { lenient: false }), {
    agreed: { ...NOTHING_SAID, clientMaxWindowBits: 11 },
  });
  assert.deepEqual(readAnswer([answer], offers, { lenient: true }), {
    agreed: { ...NOTHING_SAID, clientMaxWindowBits: 11 },
  });
});

function complaint(
  values: readonly string[],
  offers: readonly string[],
  lenient: boolean,
): { problem: string; requirement: string } | null {
  const read = readAnswer(values, offers, { lenient });
  return "problem" in read ? read : null;
}

describe("answers that fail the handshake, however lenient", () => {
  const table: readonly (readonly [
    values: readonly string[],
    offers: readonly string[],
    requirement: string,
    sentence: RegExp,
  ])[] = [
    [[PMD], [], "6455-4.1-26", /not offered/],
    [["x-other"], [PMD], "6455-4.1-26", /not offered/],
    [[`${PMD}, x-other`], [PMD], "6455-4.1-26", /not offered/],
    [[`${PMD}, ${PMD}`], THREE, "7692-5-3", /more than once/],
    [[PMD, PMD], THREE, "7692-5-3", /more than once/],
    [[""], [PMD], "6455-9.1-1", /malformed/],
    [[`${PMD};`], [PMD], "6455-9.1-1", /malformed/],
    [[`${PMD}; a`], [PMD], "7692-7-5", /unknown parameter a$/],
    [[`${PMD}; ${"a".repeat(500)}`], [PMD], "7692-7-5", /unknown parameter a{40}$/],
    [[`${PMD}; server_no_context_takeover; server_no_context_takeover`], [PMD], "7692-7-7", /repeats/],
    [[`${PMD}; server_max_window_bits=9; server_max_window_bits=9`], [PMD], "7692-7-7", /repeats/],
    [[`${PMD}; server_no_context_takeover=1`], [PMD], "7692-7-6", /has a value/],
    [[`${PMD}; client_no_context_takeover=1`], [PMD], "7692-7-6", /has a value/],
    [[`${PMD}; server_max_window_bits`], [PMD], "7692-7-6", /has no value/],
    [[`${PMD}; client_max_window_bits`], THREE, "7692-7-6", /has no value/],
    ...["7", "16", "08", "0", "-9", "9.0", "1e1", "9".repeat(300)].flatMap((bits) =>
      ["server", "client"].map(
        (side) =>
          [
            [`${PMD}; ${side}_max_window_bits=${bits}`],
            THREE,
            "7692-7-6",
            new RegExp(`${side}_max_window_bits is .{1,40} in the extension answer, not 8 to 15$`),
          ] as const,
      ),
    ),
  ];
  for (const [values, offers, requirement, sentence] of table) {
    test(values.join(" | ").slice(0, 90), () => {
      for (const lenient of [true, false]) {
        const found = complaint(values, offers, lenient);
        assert.equal(found?.requirement, requirement);
        assert.match(found.problem, sentence);
        assert.ok(REQUIREMENTS.has(requirement));
      }
    });
  }
});

describe("answers that fit no offer", () => {
  const table: readonly (readonly [answer: string, offers: readonly string[], requirement: string])[] = [
    [`${PMD}; client_max_window_bits=9`, [PMD], "7692-7.1.2.2-2"],
    [`${PMD}; server_max_window_bits=10`, [OFFERS["13.3"] ?? ""], "7692-7.1.2.1-1"],
    [PMD, [OFFERS["13.3"] ?? ""], "7692-7.1.2.1-1"],
    [PMD, [OFFERS["13.2"] ?? ""], "7692-5-2"],
    [`${PMD}; client_max_window_bits=9`, [`${PMD}; server_max_window_bits=9`, PMD], "7692-7.1.2.2-2"],
  ];
  for (const [answer, offers, requirement] of table) {
    test(`${answer} to ${offers.join(", ")}`, () => {
      assert.equal(complaint([answer], offers, false)?.requirement, requirement);
      assert.ok(REQUIREMENTS.has(requirement));
      assert.equal(complaint([answer], offers, true), null);
    });
  }
});

const ACCEPTORS: readonly AcceptorName[] = [
  "plain",
  "client-nct",
  "client-window-9",
  "client-window-15",
  "client-nct-window-9",
  "client-nct-window-15",
  "first-of-three",
];
const NCT = "; client_no_context_takeover";
const WINDOW_9 = "; client_max_window_bits=9";
const WINDOW_15 = "; client_max_window_bits=15";
const WITH_CLIENT_WINDOW: readonly string[] = [
  "",
  NCT,
  WINDOW_9,
  WINDOW_15,
  NCT + WINDOW_9,
  NCT + WINDOW_15,
  NCT + WINDOW_9,
];

describe("what each acceptor answers to the four typical offers", () => {
  const table: readonly (readonly [offer: string, granted: string, added: readonly (string | null)[]])[] = [
    [PMD, PMD, ["", NCT, null, null, null, null, NCT]],
    [`${PMD}; client_max_window_bits`, PMD, WITH_CLIENT_WINDOW],
    [`${PMD}; client_no_context_takeover; client_max_window_bits`, PMD, WITH_CLIENT_WINDOW],
    [
      `${PMD}; server_no_context_takeover; server_max_window_bits=10; client_max_window_bits`,
      `${PMD}; server_no_context_takeover; server_max_window_bits=10`,
      WITH_CLIENT_WINDOW,
    ],
  ];
  for (const [offer, granted, added] of table) {
    for (const [index, acceptor] of ACCEPTORS.entries()) {
      test(`${acceptor}: ${offer}`, () => {
        for (const lenient of [true, false]) {
          const result = answerOffers([offer], acceptor, { lenient });
          const answer = result !== null && "answer" in result ? result.answer : result;
          const expected = added[index] ?? null;
          assert.equal(answer, expected === null ? null : granted + expected);
        }
      });
    }
  }
});

describe("acceptors", () => {
  const lenient = { lenient: true };
  const strict = { lenient: false };
  test("no header, no extension", () => assert.equal(answerOffers([], "plain", strict), null));
  test("other extensions are passed over", () => {
    assert.equal(answerOffers(["x-other; a=1"], "plain", lenient), null);
    const result = answerOffers([`x-other; a=1, ${PMD}`], "plain", lenient);
    assert.deepEqual(result, { answer: PMD, agreed: NOTHING_SAID });
  });
  test("the first offer that fits, over all lines", () => {
    const result = answerOffers(
      [`${PMD}; server_max_window_bits=9`, `${PMD}; server_max_window_bits=11; client_max_window_bits`],
      "client-nct-window-9",
      strict,
    );
    assert.deepEqual(result, {
      answer: `${PMD}; server_max_window_bits=11; client_no_context_takeover; client_max_window_bits=9`,
      agreed: {
        serverNoContextTakeover: false,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 11,
        clientMaxWindowBits: 9,
      },
    });
  });
  test("first-of-three looks for a window in all offers before it does without", () => {
    const result = answerOffers(
      [`${PMD}, ${PMD}; server_no_context_takeover; client_max_window_bits`],
      "first-of-three",
      strict,
    );
    assert.ok(result !== null && "answer" in result);
    assert.equal(result.answer, `${PMD}; server_no_context_takeover${NCT}${WINDOW_9}`);
  });
  test("never asks for more window than the client has", () => {
    const result = answerOffers([`${PMD}; client_max_window_bits=8`], "client-window-15", lenient);
    assert.deepEqual(result, {
      answer: `${PMD}; client_max_window_bits=8`,
      agreed: { ...NOTHING_SAID, clientMaxWindowBits: 8 },
    });
  });
  test("a malformed header is a problem", () => {
    for (const options of [lenient, strict]) {
      assert.deepEqual(answerOffers([`${PMD};`], "plain", options), {
        problem: "the Sec-WebSocket-Extensions header is malformed",
        requirement: "6455-9.1-1",
      });
    }
  });
  for (const bad of [
    "; a",
    "; server_max_window_bits=16",
    "; server_max_window_bits",
    "; client_no_context_takeover=1",
  ]) {
    test(`an offer with ${bad.slice(2)} is declined, or lenient a problem`, () => {
      const values = [`${PMD}${bad}, ${PMD}`];
      assert.deepEqual(answerOffers(values, "plain", strict), { answer: PMD, agreed: NOTHING_SAID });
      const result = answerOffers(values, "plain", lenient);
      assert.ok(result !== null && "problem" in result);
      assert.match(result.problem, /in the extension offer|the extension offer has/);
    });
  }
});

/** Headers that are nearly right. */
const headers = fc.array(
  fc
    .array(
      fc.constantFrom(
        PMD,
        "; server_max_window_bits=9",
        "; server_max_window_bits=15",
        "; client_max_window_bits",
        "; client_max_window_bits=8",
        "; client_no_context_takeover",
        "; server_no_context_takeover",
        ", ",
        `, ${PMD}`,
        "; x",
        '="9"',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join("")),
  { maxLength: 2 },
);

test("whatever an acceptor answers is an answer that its client takes", () => {
  fc.assert(
    fc.property(headers, fc.constantFrom(...ACCEPTORS), fc.boolean(), (values, acceptor, lenient) => {
      const result = answerOffers(values, acceptor, { lenient });
      if (result === null || "problem" in result) return;
      // A client offers nothing that means nothing; of these headers, only what means something is an offer.
      assert.deepEqual(readAnswer([result.answer], values, { lenient: false }), { agreed: result.agreed });
    }),
    { numRuns: 500 },
  );
});

test("any headers give an agreement or a problem with a known requirement", () => {
  fc.assert(
    fc.property(headers, headers, fc.boolean(), (values, offers, lenient) => {
      const read = readAnswer(values, offers, { lenient });
      assert.ok("agreed" in read || REQUIREMENTS.has(read.requirement));
    }),
    { numRuns: 500 },
  );
});
