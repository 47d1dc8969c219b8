import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  DEFAULT_REDIRECT_POLICY,
  type HandshakeProblemId,
  type Hop,
  type HopParts,
  isRedirect,
  nextHop,
  type RedirectPolicy,
  withoutCredentials,
} from "../../src/handshake/index.js";

const ANY: RedirectPolicy = { follow: "any", limit: 3 };
const SAME: RedirectPolicy = { follow: "same-origin", limit: 3 };
const PLAIN: Hop = { scheme: "ws", host: "a.example", port: 80, redirects: 0 };
const SECURE: Hop = { scheme: "wss", host: "a.example", port: 443, redirects: 0 };

function parts(scheme: string, host: string, port: number): HopParts {
  return { scheme, host, port };
}

function problemOf(
  from: Hop,
  location: HopParts | undefined,
  policy: RedirectPolicy,
  status = 302,
): HandshakeProblemId | undefined {
  const check = nextHop(from, location, status, policy);
  return check.ok ? undefined : check.problem.id;
}

describe("redirects that are followed", () => {
  type Row = readonly [
    from: Hop,
    to: HopParts,
    policy: RedirectPolicy,
    scheme: string,
    dropCredentials: boolean,
  ];
  const table: readonly Row[] = [
    [PLAIN, parts("ws", "a.example", 80), SAME, "ws", false],
    [PLAIN, parts("http", "a.example", 80), SAME, "ws", false],
    [SECURE, parts("https", "a.example", 443), SAME, "wss", false],
    [PLAIN, parts("wss", "a.example", 443), SAME, "wss", true],
    [{ ...PLAIN, port: 81 }, parts("wss", "a.example", 81), SAME, "wss", true],
    [PLAIN, parts("ws", "b.example", 80), ANY, "ws", true],
    [PLAIN, parts("ws", "a.example", 81), ANY, "ws", true],
    [PLAIN, parts("https", "b.example", 443), ANY, "wss", true],
    [SECURE, parts("wss", "b.example", 443), ANY, "wss", true],
  ];
  for (const [from, to, policy, scheme, dropCredentials] of table) {
    test(`${from.scheme} ${from.port} to ${to.scheme}://${to.host}:${to.port}, ${policy.follow}`, () => {
      const hop = { scheme, host: to.host, port: to.port, redirects: 1 };
      assert.deepEqual(nextHop(from, to, 301, policy), { ok: true, hop, dropCredentials });
    });
  }
});

describe("redirects that are not", () => {
  const here = parts("ws", "a.example", 80);

  test("none is followed by default", () => {
    assert.equal(problemOf(PLAIN, here, DEFAULT_REDIRECT_POLICY), "redirect-not-followed");
  });

  test("from wss to ws never", () => {
    assert.equal(problemOf(SECURE, parts("ws", "a.example", 443), ANY), "redirect-to-plain");
    assert.equal(problemOf(SECURE, parts("http", "b.example", 80), SAME), "redirect-to-plain");
  });

  test("to another origin under same-origin", () => {
    const others = [
      parts("ws", "b.example", 80),
      parts("ws", "a.example", 81),
      parts("wss", "b.example", 443),
    ];
    const ports = [parts("wss", "a.example", 444)];
    for (const to of [...others, ...ports])
      assert.equal(problemOf(PLAIN, to, SAME), "redirect-to-other-origin");
    assert.equal(problemOf(SECURE, parts("wss", "a.example", 444), SAME), "redirect-to-other-origin");
  });

  test("without a place to go to", () => {
    assert.equal(problemOf(PLAIN, undefined, ANY), "redirect-location");
    assert.equal(problemOf(PLAIN, parts("file", "", 0), ANY), "redirect-location");
    assert.equal(problemOf(PLAIN, parts("constructor", "a.example", 80), ANY), "redirect-location");
  });

  test("in a loop", () => {
    let hop = PLAIN;
    for (let redirects = 1; redirects <= ANY.limit; redirects++) {
      const check = nextHop(hop, here, 302, ANY);
      assert.ok(check.ok);
      hop = check.hop;
    }
    assert.equal(problemOf(hop, here, ANY), "too-many-redirects");
  });

  test("other statuses", () => {
    for (const status of [200, 300, 304, 305, 306, 400]) {
      assert.equal(isRedirect(status), false);
      assert.equal(problemOf(PLAIN, here, ANY, status), "unexpected-status");
    }
    for (const status of [301, 302, 303, 307, 308])
      assert.equal(problemOf(PLAIN, here, ANY, status), undefined);
  });
});

test("credentials are dropped in any case", () => {
  const kept: readonly [string, string][] = [
    ["X-Api", "1"],
    ["Cookies", "2"],
  ];
  const dropped: readonly [string, string][] = [
    ["Authorization", "a"],
    ["COOKIE", "b"],
    ["proxy-authorization", "c"],
  ];
  assert.deepEqual(withoutCredentials([...dropped, ...kept]), kept);
});
