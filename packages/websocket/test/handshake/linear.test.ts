import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  answerOffers,
  checkAgreed,
  DEFAULT_CLIENT_DEFLATE,
  DEFAULT_SERVER_DEFLATE,
} from "../../src/deflate/negotiation.js";
import {
  checkOrigin,
  checkRequest,
  checkResponse,
  HeadReader,
  parseExtensions,
} from "../../src/handshake/index.js";
import { countWork } from "./count-work.js";
import { ACCEPT, OPEN_TO_ALL, requestWith, responseWith } from "./sample.js";

const SHORT = 10_000;
const LONG = 100_000;
/** Passes over a text that are allowed; there are a dozen at most. */
const PASSES = 20;

/** Texts of about `length` characters that have been the undoing of other parsers, and some more. */
const HOSTILE: Readonly<Record<string, (length: number) => string>> = {
  spaces: (length) => `b${" ".repeat(length)}x`,
  "spaces before nothing": (length) => `a;${" ".repeat(length)}`,
  tabs: (length) => "\t".repeat(length),
  commas: (length) => ",".repeat(length),
  "commas and spaces": (length) => " ,".repeat(length / 2),
  letters: (length) => "a".repeat(length),
  "names in a list": (length) => "ab,".repeat(length / 3),
  "different names": (length) =>
    Array.from({ length: length / 7 }, (_, at) => `a${String(at).padStart(5, "0")}`).join(","),
  semicolons: (length) => `a${";".repeat(length)}`,
  parameters: (length) => `a${";b".repeat(length / 2)}`,
  "parameters with values": (length) => `permessage-deflate${'; b="c"'.repeat(length / 7)}`,
  offers: (length) => "permessage-deflate;x,".repeat(length / 21),
  quotes: (length) => `a; b=${'"'.repeat(length)}`,
  "a quote without end": (length) => `a; b="${"c".repeat(length)}`,
  backslashes: (length) => `a; b="${"\\".repeat(length)}`,
  "backslashes and quotes": (length) => `a; b="${'\\"'.repeat(length / 2)}`,
  colons: (length) => ":".repeat(length),
  dots: (length) => `http://${"a.".repeat(length / 2)}`,
  brackets: (length) => "[".repeat(length),
  "percent signs": (length) => "%".repeat(length),
  slashes: (length) => "/".repeat(length),
  "schemes in schemes": (length) => "http://".repeat(length / 7),
};

const REQUEST_FIELDS = [
  "Host",
  "Upgrade",
  "Connection",
  "Sec-WebSocket-Key",
  "Sec-WebSocket-Version",
  "Sec-WebSocket-Protocol",
  "Sec-WebSocket-Extensions",
  "Content-Length",
  "Origin",
];
const RESPONSE_FIELDS = [
  "Upgrade",
  "Connection",
  "Sec-WebSocket-Accept",
  "Sec-WebSocket-Protocol",
  "Sec-WebSocket-Extensions",
];
const EXPECTED = {
  accept: ACCEPT,
  protocols: ["a"],
  isProtocolRequired: true,
  extensions: "permessage-deflate, a",
};

function isLinear(work: (length: number) => () => void): void {
  const short = countWork(work(SHORT));
  const long = countWork(work(LONG));
  assert.ok(long <= PASSES * LONG, `${long} steps for ${LONG} characters`);
  // Ten times the text, ten times the work; what does not depend on the length may make it less.
  assert.ok(long <= 11 * short + 1_000, `${short} steps for ${SHORT} characters, ${long} for ${LONG}`);
}

describe("work grows with the length of what a peer sends, not with its square", () => {
  for (const [what, hostile] of Object.entries(HOSTILE)) {
    test(`${what} in a request`, () => {
      for (const name of REQUEST_FIELDS) {
        isLinear((length) => {
          const head = requestWith({ [name]: hostile(length) });
          return () => void checkRequest(head, { ...OPEN_TO_ALL, origin: "same-origin" });
        });
      }
      isLinear((length) => {
        const head = requestWith({}, [], {
          target: hostile(length),
          method: hostile(length),
          httpVersion: hostile(length),
        });
        return () => void checkRequest(head, OPEN_TO_ALL);
      });
      isLinear((length) => {
        const head = requestWith({}, [], { target: `http://${hostile(length)}` });
        return () => void checkRequest(head, OPEN_TO_ALL);
      });
    });

    test(`${what} in an answer`, () => {
      for (const name of RESPONSE_FIELDS) {
        isLinear((length) => {
          const head = responseWith({ [name]: hostile(length) });
          return () => void checkResponse(head, EXPECTED);
        });
      }
    });

    test(`${what} in an origin`, () => {
      for (const policy of ["same-origin", ["https://a.example", /.*/]] as const) {
        isLinear((length) => {
          const origin = hostile(length);
          return () => void checkOrigin(origin, "h", false, policy);
        });
      }
    });

    test(`${what} in a negotiation`, () => {
      isLinear((length) => {
        const offers = parseExtensions([hostile(length)]) ?? [];
        return () => {
          answerOffers(offers, DEFAULT_SERVER_DEFLATE);
          for (const { params } of offers) checkAgreed(params, DEFAULT_CLIENT_DEFLATE);
        };
      });
    });

    test(`${what} in an answer that comes octet by octet`, () => {
      isLinear((length) => {
        const octets = Buffer.from(`HTTP/1.1 101 ${hostile(length)}\r\nX: ${hostile(length)}`, "latin1");
        const reader = new HeadReader({ octets: 3 * length, fields: 1, interimResponses: 0 });
        return () => {
          for (let at = 0; at < octets.length; at++) reader.read(octets, at, at + 1);
        };
      });
    });
  }

  test("many fields", () => {
    isLinear((length) => {
      const more = Array.from({ length: length / 10 }, (_, at) => [`X-${at % 7}`, "abcdef"] as const);
      const head = requestWith({}, more);
      return () => void checkRequest(head, OPEN_TO_ALL);
    });
  });
});

test("the count sees what is not linear", () => {
  const cutsAgainAndAgain = (length: number) => (): void => {
    for (let text = "x".repeat(length / 100); text !== "";) text = text.slice(1);
  };
  assert.throws(() => isLinear(cutsAgainAndAgain), assert.AssertionError);
});
