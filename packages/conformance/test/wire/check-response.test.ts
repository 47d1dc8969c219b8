import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { REQUIREMENTS } from "../../src/case/requirements.js";
import {
  checkResponse,
  isProblem,
  type Agreement,
  type Asked,
  type HandshakeProblem,
} from "../../src/wire/check-response.js";
import { acceptFor, parseResponse } from "../../src/wire/http1.js";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const GOOD: readonly string[] = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Accept: ${acceptFor(KEY)}`,
];

/** The good answer with its first line or one of its headers replaced (or left out), or more lines behind it. */
function answer(changes: { first?: string; without?: string; more?: readonly string[] }): string {
  const { first, without, more = [] } = changes;
  const lines = [
    first ?? GOOD[0] ?? "",
    ...GOOD.slice(1).filter((line) => !line.startsWith(without ?? "\n")),
    ...more,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

const NOTHING: Agreement = { deflate: null, extension: null };

function check(text: string, asked: Partial<Asked> = {}): HandshakeProblem | Agreement {
  return checkResponse(parseResponse(text), {
    key: KEY,
    subprotocols: [],
    extensions: [],
    lenient: false,
    ...asked,
  });
}

function problemOf(text: string, asked: Partial<Asked> = {}): HandshakeProblem {
  const found = check(text, asked);
  assert.ok(isProblem(found), "the connection opened");
  return found;
}

describe("answers that open the connection", () => {
  const table: readonly (readonly [name: string, text: string])[] = [
    ["the usual one", answer({})],
    ["Upgrade in another case", answer({ without: "Upgrade", more: ["upgrade: WebSocket"] })],
    ["several Upgrade headers", answer({ more: ["Upgrade: h2c"] })],
    [
      "Upgrade among other tokens of Connection",
      answer({ without: "Connection", more: ["Connection: keep-alive, UPGRADE"] }),
    ],
    ["no reason", answer({ first: "HTTP/1.1 101" })],
    ["unknown headers", answer({ more: ["Server: x", "Date: now"] })],
  ];
  for (const [name, text] of table) test(name, () => assert.deepEqual(check(text), NOTHING));
  test("a subprotocol that was offered", () => {
    const text = answer({ more: ["Sec-WebSocket-Protocol: chat"] });
    assert.deepEqual(check(text, { subprotocols: ["other", "chat"] }), NOTHING);
  });
});

describe("answers that do not", () => {
  const table: readonly (readonly [name: string, text: string, requirement: string, sentence: RegExp])[] = [
    ["no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", "6455-4.1-28", /not HTTP/],
    ["HTTP/1.0", answer({ first: "HTTP/1.0 101 OK" }), "6455-4.1-28", /HTTP\/1\.0/],
    ["no Upgrade", answer({ without: "Upgrade" }), "6455-4.1-23", /Upgrade: websocket/],
    ["another Upgrade", answer({ without: "Upgrade", more: ["Upgrade: h2c"] }), "6455-4.1-23", /Upgrade/],
    ["no Connection", answer({ without: "Connection" }), "6455-4.1-24", /Connection: Upgrade/],
    [
      "another Connection",
      answer({ without: "Connection", more: ["Connection: close"] }),
      "6455-4.1-24",
      /Connection/,
    ],
    ["no accept key", answer({ without: "Sec-" }), "6455-4.1-25", /0 Sec-WebSocket-Accept/],
    ["two accept keys", answer({ more: [GOOD[3] ?? ""] }), "6455-4.1-25", /2 Sec-WebSocket-Accept/],
    [
      "a wrong accept key",
      answer({ without: "Sec-", more: [`Sec-WebSocket-Accept: ${KEY}`] }),
      "6455-4.1-25",
      /does not belong/,
    ],
    [
      "an extension",
      answer({ more: ["Sec-WebSocket-Extensions: permessage-deflate"] }),
      "6455-4.1-26",
      /extension/,
    ],
    ["a subprotocol", answer({ more: ["Sec-WebSocket-Protocol: chat"] }), "6455-4.1-27", /subprotocol/],
  ];
  for (const [name, first, sentence] of [
    ["another status", "HTTP/1.1 400 Bad Request", /HTTP 400 Bad Request instead/],
    ["a status without reason", "HTTP/1.1 200", /HTTP 200 instead/],
  ] as const) {
    test(`${name} breaks no requirement`, () => {
      const problem = problemOf(answer({ first }));
      assert.equal(problem.requirement, undefined);
      assert.match(problem.sentence, sentence);
    });
  }
  for (const [name, text, requirement, sentence] of table) {
    test(name, () => {
      const problem = problemOf(text);
      assert.equal(problem.requirement, requirement);
      assert.match(problem.sentence, sentence);
      assert.ok(REQUIREMENTS.has(requirement));
    });
  }
  test("two subprotocols, both of them offered", () => {
    const text = answer({ more: ["Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"] });
    assert.equal(problemOf(text, { subprotocols: ["a", "b"] }).requirement, "6455-4.1-27");
  });
  test("a subprotocol other than the one offered", () => {
    const text = answer({ more: ["Sec-WebSocket-Protocol: Chat"] });
    assert.equal(problemOf(text, { subprotocols: ["chat"] }).requirement, "6455-4.1-27");
  });
});

describe("permessage-deflate", () => {
  const OFFERS = ["permessage-deflate; server_max_window_bits=9; client_max_window_bits"];
  const accepting = (parameters: string): string =>
    answer({ more: [`Sec-WebSocket-Extensions: permessage-deflate${parameters}`] });

  test("declined: the connection opens without it", () => {
    assert.deepEqual(check(answer({}), { extensions: OFFERS }), NOTHING);
  });
  test("accepted: what holds, and the words of the answer", () => {
    const parameters = "; server_max_window_bits=9; client_max_window_bits=12; server_no_context_takeover";
    assert.deepEqual(check(accepting(parameters), { extensions: OFFERS }), {
      deflate: {
        serverNoContextTakeover: true,
        clientNoContextTakeover: false,
        serverMaxWindowBits: 9,
        clientMaxWindowBits: 12,
      },
      extension: `permessage-deflate${parameters}`,
    });
  });
  test("an answer that does not fit the offer is one only for those who overlook nothing", () => {
    const text = accepting("; server_max_window_bits=10");
    assert.equal(problemOf(text, { extensions: OFFERS }).requirement, "7692-7.1.2.1-1");
    const lenient = check(text, { extensions: OFFERS, lenient: true });
    assert.equal(isProblem(lenient) ? null : lenient.deflate?.serverMaxWindowBits, 10);
  });
  test("parameters that mean nothing fail the handshake in any case", () => {
    for (const lenient of [true, false]) {
      const problem = problemOf(accepting("; client_max_window_bits=7"), { extensions: OFFERS, lenient });
      assert.equal(problem.requirement, "7692-7-6");
    }
  });
  test("two headers are one list", () => {
    const more = ["permessage-deflate", "permessage-deflate"].map(
      (one) => `Sec-WebSocket-Extensions: ${one}`,
    );
    assert.equal(problemOf(answer({ more }), { extensions: OFFERS }).requirement, "7692-5-3");
  });
});
