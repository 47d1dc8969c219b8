import assert from "node:assert/strict";
import { SocketAddress, isIP, isIPv4 } from "node:net";
import { describe, test } from "node:test";

import fc from "fast-check";

import { formatIpAddress, ipAddressOf, parseIpAddress } from "../../src/handshake/ip-address.js";

/** Texts, and the same address as it is written back; null for those that are none. */
const TEXTS: readonly (readonly [text: string, written: string | null])[] = [
  ["192.0.2.1", "192.0.2.1"],
  ["0.0.0.0", "0.0.0.0"],
  ["255.255.255.255", "255.255.255.255"],
  ["192.0.2.256", null],
  ["192.0.2.01", null],
  ["192.0.2", null],
  ["192.0.2.1.", null],
  ["192.0.2.1.1", null],
  ["192.0.2.1:80", null],
  [" 192.0.2.1", null],
  ["0x7f.0.0.1", null],
  ["2130706433", null],
  ["", null],
  [":", null],
  ["::", "::"],
  [":::", null],
  ["::1", "::1"],
  ["1::", "1::"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["2001:db8::0:1", "2001:db8::1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["2001:db8::1::1", null],
  ["2001:db8:1:2:3:4:5", null],
  ["2001:db8:1:2:3:4:5:6:7", null],
  ["2001:db8:1:2:3:4:5::6", null],
  ["2001:db8::12345", null],
  ["2001:db8::g", null],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::ffff:c000:201", "192.0.2.1"],
  ["0:0:0:0:0:FFFF:192.0.2.1", "192.0.2.1"],
  ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
  ["::192.0.2.1", "::c000:201"],
  ["1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"],
  ["1:2:3:4:5:6:7:192.0.2.1", null],
  ["192.0.2.1::", null],
  ["::192.0.2.1:1", null],
  ["::ffff:192.0.2.256", null],
  ["::ffff:192.0.2.1%eth0", null],
  ["fe80::1%eth0", null],
  ["[::1]", null],
  [`${"0".repeat(50)}::1`, null],
];

describe("an IP address as text", () => {
  for (const [text, written] of TEXTS)
    test(`${JSON.stringify(text)} is ${written ?? "none"}`, () => {
      const address = parseIpAddress(text);
      assert.equal(address === undefined ? null : formatIpAddress(address), written);
    });

  /** Texts that are addresses, and some that are nearly. */
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(..."0123456789abcdefF:::..%".split("")), maxLength: 50 }),
    fc
      .array(fc.constantFrom("0", "ffff", "1", "", "10", "192.0.2.1"), { maxLength: 9 })
      .map((it) => it.join(":")),
  );

  test("Node takes the same texts for addresses, and for the same ones", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const address = parseIpAddress(text);
        assert.equal(address !== undefined, isIP(text) !== 0 && !text.includes("%"), text);
        if (address === undefined) return;
        const family = isIPv4(text) ? "ipv4" : "ipv6";
        const nodes = new SocketAddress({ address: text, family }).address;
        assert.deepEqual(parseIpAddress(nodes), address, `${text} ${nodes}`);
        // What it is written as is the same address again, and the same text.
        const written = formatIpAddress(address);
        assert.deepEqual(parseIpAddress(written), address);
        assert.equal(isIP(written), address.length === 4 ? 4 : 6);
      }),
      { numRuns: 5000 },
    );
  });

  test("sixteen octets of IPv4 inside IPv6 are IPv4", () => {
    const octets = [...Array<number>(10).fill(0), 255, 255, 192, 0, 2, 1];
    assert.deepEqual(ipAddressOf(octets), [192, 0, 2, 1]);
    assert.deepEqual(ipAddressOf([10, 0, 0, 1]), [10, 0, 0, 1]);
    assert.equal(ipAddressOf(octets.with(11, 254)).length, 16);
  });
});
