import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { forwardedForHops, forwardedHops } from "../../src/forwarded/hops.js";
import type { Hop } from "../../src/forwarded/hops.js";
import { formatIpAddress } from "../../src/handshake/ip-address.js";

/** A hop in words: an address or "-", and what is known of TLS. */
function shown({ address, isSecure }: Hop): string {
  const secure = isSecure === undefined ? "" : isSecure ? " https" : " http";
  return `${address === undefined ? "-" : formatIpAddress(address)}${secure}`;
}

const forwarded = (...values: string[]): string[] => [...forwardedHops(values)].map(shown);
const forwardedFor = (values: string[], protos: string[] = []): string[] =>
  [...forwardedForHops(values, protos)].map(shown);

describe("Forwarded, from the last proxy to the first", () => {
  const ROWS: readonly (readonly [what: string, values: readonly string[], hops: readonly string[]])[] = [
    ["an address", ["for=192.0.2.43"], ["192.0.2.43"]],
    [
      "names in any case, with a scheme",
      ["For=192.0.2.43;PROTO=HTTPS;by=203.0.113.43"],
      ["192.0.2.43 https"],
    ],
    [
      "whitespace around what is between semicolons",
      ["for=192.0.2.60; proto=http ;\tby=203.0.113.43"],
      ["192.0.2.60 http"],
    ],
    ["several proxies in one field", ["for=192.0.2.43, for=198.51.100.17"], ["198.51.100.17", "192.0.2.43"]],
    [
      "several fields",
      ["for=192.0.2.43", "for=198.51.100.17,for=127.0.0.1"],
      ["127.0.0.1", "198.51.100.17", "192.0.2.43"],
    ],
    ["a port", ['for="192.0.2.43:47011"'], ["192.0.2.43"]],
    ["a hidden port", ['for="192.0.2.43:_port"'], ["192.0.2.43"]],
    ["IPv6", ['for="[2001:db8:CAFE::17]"'], ["2001:db8:cafe::17"]],
    ["IPv6 with a port", ['for="[2001:db8:cafe::17]:4711"'], ["2001:db8:cafe::17"]],
    ["IPv4 inside IPv6", ['for="[::ffff:192.0.2.1]"'], ["192.0.2.1"]],
    ["escapes", ['for="\\1\\92.0.2.1"'], ["192.0.2.1"]],
    [
      "the schemes of WebSocket",
      ["for=192.0.2.1;proto=wss,for=192.0.2.1;proto=ws"],
      ["192.0.2.1 http", "192.0.2.1 https"],
    ],
    ["another scheme", ["for=192.0.2.1;proto=gopher"], ["192.0.2.1"]],
    ["nobody", ["for=unknown;proto=https"], ["- https"]],
    ["somebody hidden", ["for=_SEVKISEK"], ["-"]],
    ["no address at all", ["proto=https;by=_me"], ["- https"]],
    ["empty elements and pairs", ["", ";;for=192.0.2.1;;,"], ["-", "192.0.2.1", "-"]],
    [
      "commas, semicolons and quotes in quotes",
      ['for=192.0.2.1;host="a,for=6.6.6.6;\\",for=6.6.6.6";proto=https'],
      ["192.0.2.1 https"],
    ],
    ["IPv6 without quotes", ["for=[2001:db8::1]"], ["-"]],
    ["IPv6 without brackets", ['for="2001:db8::1"'], ["-"]],
    ["IPv4 in brackets", ['for="[192.0.2.1]"'], ["-"]],
    ["a port without quotes", ["for=192.0.2.1:80"], ["-"]],
    ["a port that is too long", ['for="192.0.2.1:123456"'], ["-"]],
    ["a zone", ['for="[fe80::1%eth0]"'], ["-"]],
    ["a host name", ["for=example.com"], ["-"]],
    ["the same name twice", ["for=192.0.2.1;for=192.0.2.2;proto=https"], ["-"]],
    ["no value", ["for=;proto=https"], ["-"]],
    ["no name", ["=192.0.2.1"], ["-"]],
    ["whitespace around the sign", ["for =192.0.2.1", "for= 192.0.2.1"], ["-", "-"]],
    ["garbage behind a value", ['for="192.0.2.1"x;proto=https', "for=192.0.2.1 for=6.6.6.6"], ["-", "-"]],
    ["a quote without end", ['for="192.0.2.1'], ["-"]],
    ["an escape at the end", ['for="192.0.2.1\\'], ["-"]],
    ["a very long node", [`for="[${"0".repeat(300)}]"`], ["-"]],
  ];
  for (const [what, values, hops] of ROWS) test(what, () => assert.deepEqual(forwarded(...values), hops));

  test("what a client has spoiled does not reach into what proxies add behind it", () => {
    const garbage = fc.string({ unit: fc.constantFrom(...'",;=\\ for192.[]:'.split("")), maxLength: 30 });
    const element = fc
      .record({ host: fc.string({ maxLength: 20 }), octet: fc.nat(255) })
      .map(({ host, octet }) => ({
        text: `for=192.0.2.${octet};host="${host.replace(/["\\]/g, "\\$&")}";proto=https`,
        hop: `192.0.2.${octet} https`,
      }));
    fc.assert(
      fc.property(garbage, fc.array(element, { minLength: 1, maxLength: 4 }), (spoiled, elements) => {
        const value = [spoiled, ...elements.map(({ text }) => text)].join(", ");
        const expected = elements.map(({ hop }) => hop).toReversed();
        assert.deepEqual(forwarded(value).slice(0, expected.length), expected, value);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("X-Forwarded-For, from the last proxy to the first", () => {
  type Row = readonly [what: string, values: string[], protos: string[], hops: readonly string[]];
  const ROWS: readonly Row[] = [
    ["one address", ["192.0.2.1"], [], ["192.0.2.1"]],
    [
      "several, with and without whitespace",
      ["192.0.2.1,192.0.2.2 ,\t192.0.2.3"],
      [],
      ["192.0.2.3", "192.0.2.2", "192.0.2.1"],
    ],
    ["several fields", ["192.0.2.1", "192.0.2.2"], [], ["192.0.2.2", "192.0.2.1"]],
    ["ports", ["192.0.2.1:80, [2001:db8::1]:443"], [], ["2001:db8::1", "192.0.2.1"]],
    ["IPv6", ["2001:DB8::1, [2001:db8::2]"], [], ["2001:db8::2", "2001:db8::1"]],
    ["IPv4 inside IPv6", ["::ffff:192.0.2.1"], [], ["192.0.2.1"]],
    ["nothing", [""], [], ["-"]],
    ["no field", [], ["https"], []],
    ["an empty element", ["192.0.2.1,"], [], ["-", "192.0.2.1"]],
    ["unknown", ["192.0.2.1, unknown"], [], ["-", "192.0.2.1"]],
    ["a zone", ["fe80::1%eth0"], [], ["-"]],
    ["quotes", ['"192.0.2.1"'], [], ["-"]],
    ["a host name, a path, a script", ["localhost, /etc/passwd, <script>"], [], ["-", "-", "-"]],
    ["one scheme for all", ["192.0.2.1, 192.0.2.2"], ["https"], ["192.0.2.2 https", "192.0.2.1 https"]],
    ["a scheme for each", ["192.0.2.1, 192.0.2.2"], ["https", "http"], ["192.0.2.2 http", "192.0.2.1 https"]],
    ["another number of schemes", ["192.0.2.1"], ["https, http"], ["192.0.2.1"]],
    ["the schemes of WebSocket", ["192.0.2.1"], ["wss"], ["192.0.2.1 https"]],
    ["another scheme", ["192.0.2.1"], ["httpsx"], ["192.0.2.1"]],
  ];
  for (const [what, values, protos, hops] of ROWS)
    test(what, () => assert.deepEqual(forwardedFor(values, protos), hops));
});
