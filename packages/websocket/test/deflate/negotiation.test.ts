import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  answerOffers,
  assertWindowBits,
  checkAgreed,
  type ClientDeflatePolicy,
  DEFAULT_CLIENT_DEFLATE,
  DEFAULT_SERVER_DEFLATE,
  type DeflateAgreement,
  makeOffer,
  type ServerDeflatePolicy,
} from "../../src/deflate/negotiation.js";
import {
  type ExtensionParameter,
  type HandshakeProblemId,
  parseExtensions,
} from "../../src/handshake/index.js";

const PMD = "permessage-deflate";
const BARE: DeflateAgreement = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
const KEEPS_ALL: ServerDeflatePolicy = BARE;

function answerTo(header: string, policy: ServerDeflatePolicy): ReturnType<typeof answerOffers> {
  const offers = parseExtensions([header]);
  assert.ok(offers, "the offer fits the grammar");
  return answerOffers(offers, policy);
}

describe("a server's answers (RFC 7692 §7.1)", () => {
  type Row = readonly [
    offer: string,
    answer: string,
    agreed: Partial<DeflateAgreement>,
    policy?: Partial<ServerDeflatePolicy>,
  ];
  const table: readonly Row[] = [
    ["", "", {}],
    ["; client_max_window_bits", "", {}],
    ["; client_max_window_bits=8", "; client_max_window_bits=8", { clientMaxWindowBits: 8 }],
    ["; client_max_window_bits=15", "; client_max_window_bits=15", {}],
    ['; client_max_window_bits="10"', "; client_max_window_bits=10", { clientMaxWindowBits: 10 }],
    ["; server_max_window_bits=8", "; server_max_window_bits=8", { serverMaxWindowBits: 8 }],
    ["; server_max_window_bits=15", "; server_max_window_bits=15", {}],
    ["; server_no_context_takeover", "; server_no_context_takeover", { serverNoContextTakeover: true }],
    ["; client_no_context_takeover", "; client_no_context_takeover", { clientNoContextTakeover: true }],
    [
      "",
      "; server_no_context_takeover",
      { serverNoContextTakeover: true },
      { serverNoContextTakeover: true },
    ],
    [
      "",
      "; client_no_context_takeover",
      { clientNoContextTakeover: true },
      { clientNoContextTakeover: true },
    ],
    ["", "; server_max_window_bits=11", { serverMaxWindowBits: 11 }, { serverMaxWindowBits: 11 }],
    [
      "; server_max_window_bits=12",
      "; server_max_window_bits=11",
      { serverMaxWindowBits: 11 },
      { serverMaxWindowBits: 11 },
    ],
    [
      "; server_max_window_bits=10",
      "; server_max_window_bits=10",
      { serverMaxWindowBits: 10 },
      { serverMaxWindowBits: 11 },
    ],
    // §7.1.2.2: never said to a client that did not offer it.
    ["", "", {}, { clientMaxWindowBits: 10 }],
    [
      "; client_max_window_bits",
      "; client_max_window_bits=10",
      { clientMaxWindowBits: 10 },
      { clientMaxWindowBits: 10 },
    ],
    [
      "; client_max_window_bits=12",
      "; client_max_window_bits=10",
      { clientMaxWindowBits: 10 },
      { clientMaxWindowBits: 10 },
    ],
    [
      "; client_max_window_bits=9",
      "; client_max_window_bits=9",
      { clientMaxWindowBits: 9 },
      { clientMaxWindowBits: 10 },
    ],
  ];
  for (const [offer, answer, agreed, policy = {}] of table) {
    test(`"${PMD}${offer}" with ${JSON.stringify(policy)}: "${answer}"`, () => {
      assert.deepEqual(answerTo(PMD + offer, { ...KEEPS_ALL, ...policy }), {
        response: PMD + answer,
        agreement: { ...BARE, ...agreed },
      });
    });
  }

  test("by default nothing is kept between messages", () => {
    const answer = answerTo(`${PMD}; client_max_window_bits`, DEFAULT_SERVER_DEFLATE);
    assert.deepEqual(answer, {
      response: `${PMD}; server_no_context_takeover; client_no_context_takeover`,
      agreement: { ...BARE, serverNoContextTakeover: true, clientNoContextTakeover: true },
    });
  });

  const bits = ["7", "16", "0", "08", "015", "-1", "abc", "8.0", "1e1", "toString"];
  const declined = [
    "foo",
    "foo=1",
    "constructor",
    "SERVER_NO_CONTEXT_TAKEOVER",
    "server_no_context_takeover; server_no_context_takeover",
    "server_max_window_bits=9; server_max_window_bits=9",
    "client_max_window_bits; client_max_window_bits=9",
    "server_no_context_takeover=1",
    "client_no_context_takeover=true",
    "server_max_window_bits",
    ...bits.map((value) => `server_max_window_bits=${value}`),
    ...bits.map((value) => `client_max_window_bits=${value}`),
  ];
  for (const params of declined) {
    test(`declines "${params}" and looks at the next offer`, () => {
      assert.equal(answerTo(`${PMD}; ${params}`, KEEPS_ALL), undefined);
      const answer = answerTo(`${PMD}; ${params}, ${PMD}; server_max_window_bits=9, ${PMD}`, KEEPS_ALL);
      assert.equal(answer?.response, `${PMD}; server_max_window_bits=9`);
    });
  }

  test("knows its own name only", () => {
    assert.equal(
      answerTo("x-webkit-deflate-frame, Permessage-Deflate, permessage-bzip2", KEEPS_ALL),
      undefined,
    );
    assert.equal(answerOffers([], KEEPS_ALL), undefined);
    assert.equal(answerTo(`x-foo, ${PMD}`, KEEPS_ALL)?.response, PMD);
  });
});

describe("a client's offer", () => {
  test("is plain by default", () => assert.equal(makeOffer(DEFAULT_CLIENT_DEFLATE), PMD));

  test("says what the policy asks for", () => {
    const all: ClientDeflatePolicy = {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 9,
      clientMaxWindowBits: 10,
    };
    const names = "server_no_context_takeover; client_no_context_takeover";
    assert.equal(makeOffer(all), `${PMD}; ${names}; server_max_window_bits=9; client_max_window_bits=10`);
    assert.equal(
      makeOffer({ ...DEFAULT_CLIENT_DEFLATE, clientMaxWindowBits: 15 }),
      `${PMD}; client_max_window_bits`,
    );
  });

  test("window bits are 8-15", () => {
    for (const value of [7, 16, 9.5, Number.NaN]) {
      assert.throws(() => assertWindowBits(value), RangeError);
      assert.throws(() => makeOffer({ ...DEFAULT_CLIENT_DEFLATE, serverMaxWindowBits: value }), RangeError);
      assert.throws(() => makeOffer({ ...DEFAULT_CLIENT_DEFLATE, clientMaxWindowBits: value }), RangeError);
    }
    for (const value of [8, 15]) assertWindowBits(value);
  });
});

describe("what a client takes", () => {
  function check(params: string, policy: Partial<ClientDeflatePolicy>): ReturnType<typeof checkAgreed> {
    return checkAgreed(paramsOf(params), { ...DEFAULT_CLIENT_DEFLATE, ...policy });
  }

  type Good = readonly [
    params: string,
    policy: Partial<ClientDeflatePolicy>,
    agreed: Partial<DeflateAgreement>,
  ];
  const good: readonly Good[] = [
    ["", {}, {}],
    ["; server_no_context_takeover", {}, { serverNoContextTakeover: true }],
    ["; client_no_context_takeover", {}, { clientNoContextTakeover: true }],
    ["; server_max_window_bits=8", {}, { serverMaxWindowBits: 8 }],
    ['; server_max_window_bits="10"', {}, { serverMaxWindowBits: 10 }],
    ["; server_max_window_bits=9", { serverMaxWindowBits: 10 }, { serverMaxWindowBits: 9 }],
    ["; server_no_context_takeover", { serverNoContextTakeover: true }, { serverNoContextTakeover: true }],
    ["; client_max_window_bits=8", { clientMaxWindowBits: 15 }, { clientMaxWindowBits: 8 }],
    ["; client_max_window_bits=10", { clientMaxWindowBits: 10 }, { clientMaxWindowBits: 10 }],
    ["", { clientMaxWindowBits: 15 }, {}],
    // A client may keep to less than the answer allows.
    ["", { clientMaxWindowBits: 10 }, { clientMaxWindowBits: 10 }],
    ["", { clientNoContextTakeover: true }, { clientNoContextTakeover: true }],
  ];
  for (const [params, policy, agreed] of good) {
    test(`"${params}" after ${JSON.stringify(policy)}`, () =>
      assert.deepEqual(check(params, policy), { ok: true, agreement: { ...BARE, ...agreed } }));
  }

  type Bad = readonly [params: string, policy: Partial<ClientDeflatePolicy>, id: HandshakeProblemId];
  const bad: readonly Bad[] = [
    ["; foo", {}, "deflate-parameter-unknown"],
    ["; __proto__", {}, "deflate-parameter-unknown"],
    ["; server_no_context_takeover; server_no_context_takeover", {}, "deflate-parameter-repeated"],
    ["; server_no_context_takeover=1", {}, "deflate-parameter-invalid"],
    ["; client_no_context_takeover=1", {}, "deflate-parameter-invalid"],
    ["; server_max_window_bits", {}, "deflate-parameter-invalid"],
    ["; server_max_window_bits=7", {}, "deflate-parameter-invalid"],
    ["; server_max_window_bits=16", {}, "deflate-parameter-invalid"],
    ["; server_max_window_bits=20", {}, "deflate-parameter-invalid"],
    ["; server_max_window_bits=08", {}, "deflate-parameter-invalid"],
    ["; client_max_window_bits", { clientMaxWindowBits: 15 }, "deflate-parameter-invalid"],
    ["; client_max_window_bits=08", { clientMaxWindowBits: 15 }, "deflate-parameter-invalid"],
    ["; client_max_window_bits=9", {}, "deflate-client-window-not-offered"],
    ["; client_max_window_bits=11", { clientMaxWindowBits: 10 }, "deflate-window-too-large"],
    ["; server_max_window_bits=11", { serverMaxWindowBits: 10 }, "deflate-window-too-large"],
    ["", { serverMaxWindowBits: 10 }, "deflate-parameter-missing"],
    ["", { serverNoContextTakeover: true }, "deflate-parameter-missing"],
  ];
  for (const [params, policy, id] of bad) {
    test(`not "${params}" after ${JSON.stringify(policy)}: ${id}`, () => {
      const checked = check(params, policy);
      assert.equal(checked.ok ? "agreed" : checked.problem.id, id);
    });
  }
});

function paramsOf(params: string): readonly ExtensionParameter[] {
  return parseExtensions([PMD + params])?.[0]?.params ?? [];
}
