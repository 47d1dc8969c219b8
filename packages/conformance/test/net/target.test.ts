import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { target } from "../../src/net/target.js";
import { timeouts } from "../../src/tester/timeouts.js";

describe("target", () => {
  const addresses: readonly (readonly [url: string, host: string, port: number])[] = [
    ["ws://example.org/", "example.org", 80],
    ["wss://example.org", "example.org", 443],
    ["ws://127.0.0.1:9001/a?b", "127.0.0.1", 9001],
    ["ws://[::1]:9001", "::1", 9001],
  ];
  for (const [url, host, port] of addresses) {
    test(url, () => {
      const found = target(url);
      assert.deepEqual([found.host, found.port, found.tls === null], [host, port, url.startsWith("ws:")]);
      assert.deepEqual([found.headers, found.subprotocols, "origin" in found], [[], [], false]);
    });
  }
  test("SNI carries no addresses; a name given by the user is used", () => {
    assert.equal(target("wss://example.org").tls?.servername, "example.org");
    assert.equal(target("wss://127.0.0.1").tls?.servername, undefined);
    assert.equal(target("wss://[::1]").tls?.servername, undefined);
    assert.equal(target("wss://127.0.0.1", { servername: "a.example" }).tls?.servername, "a.example");
  });
  test("certificates are verified unless the user says otherwise", () => {
    assert.equal(target("wss://a").tls?.verify, true);
    assert.equal(target("wss://a", { insecure: true }).tls?.verify, false);
  });
  test("what the user wants in the request", () => {
    const { origin, headers, subprotocols } = target("ws://a", {
      origin: "https://b",
      headers: ["A: b"],
      subprotocols: ["c"],
    });
    assert.deepEqual([origin, headers, subprotocols], ["https://b", ["A: b"], ["c"]]);
  });
  test("throws if it is not a URL", () => assert.throws(() => target("nonsense"), TypeError));
});

describe("timeouts", () => {
  test("pauses are short under modern", () => {
    assert.deepEqual([timeouts("autobahn").waitMs, timeouts("modern").waitMs], [1000, 100]);
  });
  test("all are scaled alike", () => {
    assert.deepEqual(timeouts("modern", 2), {
      connectMs: 20_000,
      openMs: 10_000,
      closeMs: 2000,
      dropMs: 2000,
      stallMs: 20_000,
      waitMs: 200,
      scale: 2,
      stretch: 20,
    });
  });
});
