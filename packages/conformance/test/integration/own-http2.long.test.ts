import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { mintCertificate, startHttp2EchoServer, walkWireproofHttp2 } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { faultsOf } from "../../src/judge/lint.js";
import type { CaseEnd } from "../../src/run/event.js";
import type { Profile } from "../../src/record/record.js";
import { during, playRun, type Finished } from "./play-run.js";
import { serveRun } from "./serve-run.js";
import { casesOf, conformingPair, expand, ownWords, pairsOf, type VerdictTable } from "./verdict-table.js";

const ABOUT_HTTP2 = casesOf("35.*");
const MESSAGES = CASES.filter((one) => !ABOUT_HTTP2.includes(one));
const HEAVY = casesOf("9.*, 12.*, 13.*");
const HTTP2 = { http2: true };

/**
 * A field value with LF: nghttp2 leaves such a field out before Node.js shows the head, so that the server takes the request for a good
 * one.
 */
const NOT_SEEN = expand({ "fail/not-applicable": "35.1.20.9" });

/** The tester cannot give this client a URL of its own, nor an answer that suits other offers than the client's. */
const NOT_GIVEN: VerdictTable = { "unimplemented/not-applicable": "35.2.1, 31.2.1, 31.2.5, 31.2.6" };
/** Code 1010 is for clients to send: what they make of it is only observed. */
const EXCEPTIONS = expand({ ...NOT_GIVEN, "informational/not-applicable": "7.7.8" });

interface Judged {
  readonly scheme: "ws" | "wss";
  readonly profile: Profile;
  readonly cases: readonly Case[];
  readonly connections?: number;
}

/**
 * Each scheme and each profile once, with every case that can be played over HTTP/2. What sends much is played once: both
 * profiles play it alike.
 */
const SERVER: readonly Judged[] = [
  { scheme: "wss", profile: "modern", cases: CASES },
  { scheme: "ws", profile: "autobahn", cases: CASES.filter((one) => !HEAVY.includes(one)) },
];

/**
 * Cases about HTTP/2 come one after the other: when an error of one stream is provoked, node:http2 ends the whole session, which it may
 * (RFC 9113 §5.4.2), and with it the cases beside it.
 */
const CLIENT: readonly Judged[] = [
  { scheme: "wss", profile: "modern", cases: MESSAGES },
  { scheme: "ws", profile: "autobahn", cases: MESSAGES.filter((one) => !HEAVY.includes(one)) },
  { scheme: "wss", profile: "modern", cases: ABOUT_HTTP2, connections: 1 },
  { scheme: "ws", profile: "autobahn", cases: ABOUT_HTTP2, connections: 1 },
];

describe("@wireproof/websocket as a server over HTTP/2", () => {
  for (const { scheme, profile, cases: chosen } of SERVER) {
    const cases = casesFor("server", chosen, HTTP2);
    test(`${cases.length} cases over ${scheme}, ${profile}`, async (context) => {
      const tls = scheme === "wss" ? await mintCertificate() : undefined;
      const peer = await during(context, startHttp2EchoServer(tls === undefined ? {} : { tls }));
      const run = await playRun(peer.url, cases, {
        profile,
        messages: "enough",
        http2: true,
        ...(tls === undefined ? {} : { ca: { file: "ca.pem", pem: tls.cert } }),
      });
      passes(run, cases, NOT_SEEN);
    });
  }
});

describe("@wireproof/websocket as a client over HTTP/2", () => {
  for (const { scheme, profile, cases: chosen, connections = 4 } of CLIENT) {
    const cases = casesFor("client", chosen, HTTP2);
    test(`${cases.length} cases over ${scheme}, ${profile}`, async (context) => {
      const tls = scheme === "wss" ? await mintCertificate() : undefined;
      const run = await serveRun(context, walkWireproofHttp2, cases, {
        profile,
        connections,
        messages: "enough",
        http2: true,
        ...(tls === undefined ? {} : { tls, ca: tls.cert }),
      });
      passes(run, cases, profile === "modern" ? EXCEPTIONS : expand(NOT_GIVEN));
    });
  }
});

function passes(
  run: Finished,
  cases: readonly Case[],
  others: ReadonlyMap<string, string> = new Map(),
): void {
  const expected = cases.map((one) => [one.id, others.get(one.id) ?? conformingPairOverHttp2(one)]);
  assert.deepEqual([...pairsOf(run.verdicts, ownWords)], expected);
  assert.deepEqual(
    run.ends
      .filter((end) => isOverHttp1(end) && end.verdict.outcome !== "unimplemented")
      .map(({ case: id }) => id),
    [],
  );
  assert.deepEqual(
    run.ends.flatMap(({ record }) => [...faultsOf(record), ...record.undeclared]),
    [],
  );
  assert.equal(run.totals.notRun, 0);
}

/** Nothing is demanded of the closing where HTTP/2 itself is broken. Answers are looked at over HTTP/1.1 only. */
function conformingPairOverHttp2(one: Case): string {
  if (one.expect.http2 === "error") return "pass/not-applicable";
  const { opening, ...expect } = one.expect;
  const isReply = opening?.end === "opened" && one.http2 === undefined;
  return conformingPair(isReply ? { ...one, expect } : one);
}

function isOverHttp1({ record: { handshake } }: CaseEnd): boolean {
  return handshake.request?.startsWith(":method: CONNECT\r\n") !== true;
}
