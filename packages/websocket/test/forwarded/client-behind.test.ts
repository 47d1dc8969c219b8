import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { clientBehind } from "../../src/forwarded/client-behind.js";
import { parseNetworks } from "../../src/forwarded/networks.js";
import { isIP } from "node:net";
import { countWork } from "../handshake/count-work.js";

const NETWORKS = ["10.0.0.0/8", "fd00::/8"].flatMap(parseNetworks);
const PROXY = { remoteAddress: "10.0.0.1", isSecure: false };

type Style = "forwarded" | "x-forwarded-for";
type Row = readonly [what: string, style: Style, rawHeaders: readonly string[], client: string];

const STYLES: readonly Style[] = ["forwarded", "x-forwarded-for"];

/** The client behind 10.0.0.1, with "secure" behind it if it used TLS. */
function client(style: Style, rawHeaders: readonly string[], proxy = PROXY): string {
  const { remoteAddress, isSecure } = clientBehind(proxy, rawHeaders, style, NETWORKS);
  return `${remoteAddress}${isSecure ? " secure" : ""}`;
}

describe("the client behind a trusted proxy", () => {
  const ROWS: readonly Row[] = [
    ["is the proxy where it says nothing", "forwarded", ["Host", "a"], "10.0.0.1"],
    ["is whom the proxy names", "forwarded", ["Forwarded", "for=192.0.2.1;proto=https"], "192.0.2.1 secure"],
    [
      "is whom the proxy names, in the other style",
      "x-forwarded-for",
      ["X-Forwarded-For", "192.0.2.1", "X-Forwarded-Proto", "https"],
      "192.0.2.1 secure",
    ],
    [
      "is never named by the style that is not read",
      "forwarded",
      ["X-Forwarded-For", "192.0.2.1"],
      "10.0.0.1",
    ],
    [
      "is never named by the style that is not read, the other way round",
      "x-forwarded-for",
      ["Forwarded", "for=192.0.2.1;proto=https"],
      "10.0.0.1",
    ],
    [
      "is the first that is not trusted, whatever it claims itself",
      "x-forwarded-for",
      ["x-forwarded-for", "6.6.6.6, 10.9.9.9, 192.0.2.1, 10.0.0.2"],
      "192.0.2.1",
    ],
    [
      "is the same over several fields",
      "x-forwarded-for",
      ["x-forwarded-for", "6.6.6.6", "X-FORWARDED-FOR", " 192.0.2.1 "],
      "192.0.2.1",
    ],
    [
      "is the first of all if all are trusted",
      "x-forwarded-for",
      ["X-Forwarded-For", "fd00::1, 10.0.0.3, 10.0.0.2"],
      "fd00::1",
    ],
    [
      "is the proxy that does not understand whom it names",
      "x-forwarded-for",
      ["X-Forwarded-For", "192.0.2.1, unknown"],
      "10.0.0.1",
    ],
    [
      "is the first proxy that names nobody",
      "forwarded",
      ["Forwarded", "for=192.0.2.1, for=_hidden, for=10.0.0.2"],
      "10.0.0.2",
    ],
    ["is nobody a broken field names", "forwarded", ["Forwarded", 'for="192.0.2.1'], "10.0.0.1"],
    [
      "used TLS as the proxy says that names it",
      "forwarded",
      ["Forwarded", "for=6.6.6.6;proto=http,for=192.0.2.1;proto=https,for=10.0.0.2;proto=http"],
      "192.0.2.1 secure",
    ],
    [
      "used TLS as the connection did where nobody says it",
      "forwarded",
      ["Forwarded", "for=192.0.2.1,for=10.0.0.2;proto=https"],
      "192.0.2.1",
    ],
    [
      "used TLS as the proxy says that hides it",
      "forwarded",
      ["Forwarded", "for=unknown;proto=https"],
      "10.0.0.1 secure",
    ],
    [
      "is IPv4 where IPv4 is written as IPv6",
      "x-forwarded-for",
      ["X-Forwarded-For", "::ffff:192.0.2.1, ::ffff:10.0.0.7"],
      "192.0.2.1",
    ],
    [
      "is not in a field whose name only looks like it",
      "x-forwarded-for",
      ["X-Forwarded-For ", "192.0.2.1", "X_Forwarded_For", "192.0.2.1"],
      "10.0.0.1",
    ],
  ];
  for (const [what, style, rawHeaders, expected] of ROWS)
    test(what, () => assert.equal(client(style, rawHeaders), expected));

  test("may have used no TLS although the proxy does", () => {
    const proxy = { ...PROXY, isSecure: true };
    assert.equal(client("forwarded", ["Forwarded", "for=192.0.2.1;proto=http"], proxy), "192.0.2.1");
    assert.equal(client("forwarded", ["Forwarded", "for=192.0.2.1"], proxy), "192.0.2.1 secure");
  });

  test("is an address for any input, and nothing throws", () => {
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.string({
        unit: fc.constantFrom(...'for="\\,;[]:.%_0123456789abcdef unkowhtps'.split("")),
        maxLength: 80,
      }),
      fc.constantFrom("for=10.0.0.2", "10.0.0.2", 'for="[fd00::1]:1"', "unknown"),
    );
    const name = fc.constantFrom("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "");
    const fields = fc.array(
      fc.tuple(
        name,
        fc.array(value, { maxLength: 4 }).map((all) => all.join(",")),
      ),
    );
    fc.assert(
      fc.property(fields, fc.constantFrom(...STYLES), fc.boolean(), (headers, style, isOdd) => {
        const rawHeaders = [...headers.flat(), ...(isOdd ? ["Forwarded"] : [])];
        const { remoteAddress, isSecure } = clientBehind(PROXY, rawHeaders, style, NETWORKS);
        assert.notEqual(isIP(remoteAddress), 0);
        assert.equal(typeof isSecure, "boolean");
      }),
      { numRuns: 5000 },
    );
  });

  test("costs work that grows with the length of the fields, not with its square", () => {
    const HOSTILE: Readonly<Record<string, string>> = {
      trusted: "10.0.0.1,",
      "trusted, in the other style": "for=10.0.0.1;proto=http,",
      "quoted and trusted": 'for="10.0.0.1:1",',
      commas: ",",
      quotes: '"',
      backslashes: "\\",
      "backslashes and quotes": '\\"',
      spaces: " ",
      semicolons: ";",
      brackets: "[",
      colons: ":",
      names: "a=b;",
      "different letters": "abcdefgh=",
    };
    for (const style of STYLES)
      for (const [what, part] of Object.entries(HOSTILE))
        for (const shape of [
          (text: string) => text,
          (text: string) => `for="${text}`,
          (text: string) => `${text}"`,
        ]) {
          const work = (length: number): number => {
            const value = shape(part.repeat(length / part.length));
            const rawHeaders = ["Forwarded", value, "X-Forwarded-For", value, "X-Forwarded-Proto", value];
            return countWork(() => void clientBehind(PROXY, rawHeaders, style, NETWORKS));
          };
          const [short, long] = [work(2_000), work(20_000)];
          assert.ok(
            long <= 11 * short + 1_000,
            `${style}, ${what}: ${short} steps for 2,000, ${long} for 20,000`,
          );
          assert.ok(long <= 20 * 60_000, `${style}, ${what}: ${long} steps`);
        }
  });
});
