import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { LONGEST_PROXY_HEADER, readProxyHeader } from "../../src/forwarded/proxy-header.js";
import { crc32c, version2 } from "../support/proxy-header.js";

const line = (text: string): Buffer => Buffer.from(text, "latin1");

/** A header in words. Behind it are octets of something else, which do not count. */
function shown(octets: Uint8Array): string {
  const header = readProxyHeader(Buffer.concat([octets, Buffer.from("GET / HTTP/1.1\r\n")]));
  if (typeof header === "string") return header;
  assert.equal(header.octets, octets.length);
  return header.source ?? "nobody";
}

describe("the PROXY protocol, version 1", () => {
  const ROWS: readonly (readonly [text: string, source: string])[] = [
    ["PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n", "192.0.2.1"],
    ["PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255"],
    ["PROXY TCP6 2001:DB8::1 2001:db8::2 0 443\r\n", "2001:db8::1"],
    [
      `PROXY TCP6 ${"ffff:".repeat(7)}ffff ${"ffff:".repeat(7)}ffff 65535 65535\r\n`,
      `${"ffff:".repeat(7)}ffff`,
    ],
    ["PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "192.0.2.1"],
    ["PROXY UNKNOWN\r\n", "nobody"],
    ["PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", "nobody"],
    [`PROXY UNKNOWN ${"x".repeat(91)}\r\n`, "nobody"],
    [`PROXY UNKNOWN ${"x".repeat(92)}\r\n`, "invalid"],
    ["PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n", "invalid"],
    ["PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n", "invalid"],
    ["PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 1\r\n", "invalid"],
    ["PROXY  TCP4 192.0.2.1 198.51.100.1 56324 443\r\n", "invalid"],
    ["PROXY TCP4 192.0.2.1 198.51.100.1 56324 65536\r\n", "invalid"],
    ["PROXY TCP4 192.0.2.1 198.51.100.1 056324 443\r\n", "invalid"],
    ["PROXY TCP4 192.0.2.1 198.51.100.1 -1 443\r\n", "invalid"],
    ["PROXY TCP4 192.0.2.256 198.51.100.1 1 2\r\n", "invalid"],
    ["PROXY TCP4 192.0.2.1 unknown 1 2\r\n", "invalid"],
    ["PROXY TCP4 ::1 ::1 1 2\r\n", "invalid"],
    ["PROXY TCP6 192.0.2.1 192.0.2.1 1 2\r\n", "invalid"],
    ["PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", "invalid"],
    ["PROXY TCP 192.0.2.1 192.0.2.1 1 2\r\n", "invalid"],
    ["PROXY \r\n", "invalid"],
    ["proxy UNKNOWN\r\n", "invalid"],
    ["PROXYUNKNOWN\r\n", "invalid"],
    ["GET / HTTP/1.1\r\n", "invalid"],
    [`PROXY ${"x".repeat(101)}`, "invalid"],
  ];
  for (const [text, source] of ROWS)
    test(`${JSON.stringify(text)} names ${source}`, () => assert.equal(shown(line(text)), source));
});

describe("the PROXY protocol, version 2", () => {
  const ipv4 = [192, 0, 2, 1, 198, 51, 100, 1, 0xdc, 4, 1, 0xbb];
  const ipv6 = [
    0x20,
    1,
    0xd,
    0xb8,
    ...Array<number>(11).fill(0),
    1,
    ...Array<number>(16).fill(0xff),
    1,
    2,
    3,
    4,
  ];
  const mapped = [
    ...Array<number>(10).fill(0),
    255,
    255,
    192,
    0,
    2,
    7,
    ...Array<number>(16).fill(1),
    1,
    2,
    3,
    4,
  ];
  const unique = { type: 0x05, value: Buffer.from("an id") };
  const summed = version2({ body: ipv4, extensions: [unique, { type: 3, value: Buffer.alloc(4) }] });
  summed.writeUInt32BE(crc32c(summed), summed.length - 4);

  type Row = readonly [what: string, octets: Uint8Array, source: string];
  const ROWS: readonly Row[] = [
    ["IPv4", version2({ body: ipv4 }), "192.0.2.1"],
    ["IPv4 over UDP", version2({ body: ipv4, family: 0x12 }), "192.0.2.1"],
    ["IPv6", version2({ body: ipv6, family: 0x21 }), "2001:db8::1"],
    ["IPv4 inside IPv6", version2({ body: mapped, family: 0x21 }), "192.0.2.7"],
    ["a Unix socket", version2({ body: Array<number>(216).fill(0x2f), family: 0x31 }), "nobody"],
    ["no family", version2({ body: [], family: 0 }), "nobody"],
    ["no family, and something to be ignored", version2({ body: [1, 2, 3], family: 0 }), "nobody"],
    ["LOCAL", version2({ body: ipv4, command: 0x20 }), "nobody"],
    ["LOCAL, and something to be ignored", version2({ body: [1], command: 0x20, family: 0xff }), "nobody"],
    [
      "extensions",
      version2({ body: ipv4, extensions: [unique, { type: 4, value: Buffer.alloc(9) }] }),
      "192.0.2.1",
    ],
    [
      "the longest",
      version2({ body: ipv4, extensions: [{ type: 4, value: Buffer.alloc(LONGEST_PROXY_HEADER - 31) }] }),
      "192.0.2.1",
    ],
    ["a checksum", summed, "192.0.2.1"],
    [
      "too long",
      version2({ body: ipv4, extensions: [{ type: 4, value: Buffer.alloc(LONGEST_PROXY_HEADER - 30) }] }),
      "invalid",
    ],
    [
      "a wrong checksum",
      version2({ body: ipv4, extensions: [unique, { type: 3, value: Buffer.alloc(4) }] }),
      "invalid",
    ],
    [
      "a checksum of another length",
      version2({ body: ipv4, extensions: [{ type: 3, value: Buffer.alloc(3) }] }),
      "invalid",
    ],
    ["a changed address under a checksum", summed.map((octet, at) => (at === 16 ? 6 : octet)), "invalid"],
    ["version 1 in the head of version 2", version2({ body: ipv4, command: 0x11 }), "invalid"],
    ["another command", version2({ body: ipv4, command: 0x22 }), "invalid"],
    ["another family", version2({ body: ipv4, family: 0x41 }), "invalid"],
    ["another transport", version2({ body: ipv4, family: 0x13 }), "invalid"],
    ["no transport", version2({ body: ipv4, family: 0x10 }), "invalid"],
    ["too little for IPv4", version2({ body: ipv4.slice(1) }), "invalid"],
    ["too little for IPv6", version2({ body: ipv4, family: 0x21 }), "invalid"],
    ["half an extension", version2({ body: [...ipv4, 4, 0] }), "invalid"],
    ["an extension that is longer than the header", version2({ body: [...ipv4, 4, 0, 2, 1] }), "invalid"],
    ["a checksum that is longer than the header", version2({ body: [...ipv4, 3, 0, 4, 1] }), "invalid"],
  ];
  for (const [what, octets, source] of ROWS)
    test(`${what}: ${source}`, () => assert.equal(shown(octets), source));
});

describe("a PROXY header that comes in pieces", () => {
  const whole = [
    line("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"),
    version2({ body: Array<number>(12).fill(1), extensions: [{ type: 4, value: Buffer.alloc(20) }] }),
  ];
  test("is the same at every cut", () => {
    for (const octets of whole) {
      for (let end = 0; end < octets.length; end++)
        assert.equal(readProxyHeader(octets.subarray(0, end)), "more", `${end} octets`);
      assert.notEqual(typeof readProxyHeader(octets), "string");
    }
  });

  test("is known to be none at the first octet that no header can have there", () => {
    for (const octets of whole)
      for (let at = 0; at < 12; at++) {
        const spoiled = Buffer.from(octets.subarray(0, at + 1));
        spoiled[at] = spoiled[at]! ^ 0x80;
        const isText = octets === whole[0] && at >= 6;
        assert.equal(readProxyHeader(spoiled), isText ? "more" : "invalid", `octet ${at}`);
      }
  });

  test("never throws, never reads behind the end, and never waits for more than the longest", () => {
    const begin = fc.constantFrom(
      "",
      "PROXY ",
      "PROXY TCP4 ",
      "PROXY TCP6 ::1 ",
      "\r\n\r\n\0\r\nQUIT\n",
      "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x10",
    );
    const rest = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: fc.constantFrom(..."TCP46 .:0123abf\r\n".split("")) }).map(line),
    );
    fc.assert(
      fc.property(begin, rest, (text, octets) => {
        const all = Buffer.concat([line(text), octets]);
        const header = readProxyHeader(all);
        if (typeof header !== "string") assert.ok(header.octets <= all.length);
        const long = Buffer.concat([all, Buffer.alloc(LONGEST_PROXY_HEADER, "x")]);
        assert.notEqual(readProxyHeader(long), "more");
      }),
      { numRuns: 5000 },
    );
  });
});
