import assert from "node:assert/strict";
import { BlockList } from "node:net";
import { describe, test } from "node:test";

import fc from "fast-check";

import { isAddressWithin } from "../../src/forwarded/client-behind.js";
import { parseNetworks } from "../../src/forwarded/networks.js";

const INSIDE: readonly (readonly [network: string, inside: readonly string[], outside: readonly string[]])[] =
  [
    ["192.0.2.1", ["192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201"], ["192.0.2.2", "::1", "", "unix"]],
    ["10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"], ["11.0.0.0", "9.255.255.255", "a00::"]],
    ["192.0.2.128/25", ["192.0.2.128", "192.0.2.255"], ["192.0.2.127"]],
    ["192.0.2.1/32", ["192.0.2.1"], ["192.0.2.0"]],
    ["128.0.0.0/1", ["128.0.0.0", "255.255.255.255"], ["127.255.255.255"]],
    ["::1", ["::1", "0:0:0:0:0:0:0:1"], ["::2", "0.0.0.1"]],
    ["fd00::/8", ["fd00::1", "fdff:ffff::"], ["fc00::", "fe00::"]],
    ["2001:db8::/33", ["2001:db8:7fff::1"], ["2001:db8:8000::"]],
    ["fe80::/10", ["fe80::1%eth0", "fe80::1", "febf::1"], ["fec0::1%eth0"]],
    ["::ffff:10.0.0.0/104", ["10.9.9.9", "::ffff:10.9.9.9"], ["11.0.0.0"]],
    ["loopback", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"], ["128.0.0.1", "::"]],
    ["linklocal", ["169.254.1.1", "fe80::1%1"], ["169.253.1.1"]],
    [
      "uniquelocal",
      ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12::1"],
      ["172.32.0.0", "192.169.0.0", "127.0.0.1", "fe80::1"],
    ],
  ];

describe("a network", () => {
  for (const [network, inside, outside] of INSIDE)
    test(`${network} has its addresses and no others`, () => {
      const networks = parseNetworks(network);
      for (const address of inside) assert.ok(isAddressWithin(networks, address), address);
      for (const address of outside) assert.ok(!isAddressWithin(networks, address), address);
    });

  const WRONG: readonly (readonly [network: string, message: RegExp])[] = [
    ["", /is no network such as/],
    ["example.com", /"example\.com" is no network such as "10\.0\.0\.0\/8"/],
    ["10.0.0.0/33", /is no network/],
    ["10.0.0.0/", /is no network/],
    ["10.0.0.0/08", /is no network/],
    ["10.0.0.0/255.0.0.0", /is no network/],
    ["10.0.0.0/8/8", /is no network/],
    ["fd00::/129", /is no network/],
    ["fe80::1%eth0", /is no network/],
    ["::ffff:10.0.0.0/8", /is no network/],
    ["0.0.0.0/0", /would trust every address/],
    ["::/0", /would trust every address/],
    ["::ffff:0.0.0.0/96", /would trust every address/],
    ["10.0.0.1/8", /bits behind its prefix: write 10\.0\.0\.0\/8/],
    ["2001:db8::1/64", /write 2001:db8::\/64/],
  ];
  for (const [network, message] of WRONG)
    test(`${JSON.stringify(network)} is none`, () => {
      assert.throws(() => parseNetworks(network), { name: "TypeError", message });
    });

  test("Node's BlockList agrees", () => {
    const ipv4 = fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 }), fc.ipV4());
    fc.assert(
      fc.property(ipv4, ([base, prefix, other]) => {
        const list = new BlockList();
        list.addSubnet(base, prefix, "ipv4");
        const bits = (text: string): number =>
          text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
        const first = Math.floor(bits(base) / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
        const network = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".");
        const networks = parseNetworks(`${network}/${prefix}`);
        for (const address of [other, base, network])
          assert.equal(
            isAddressWithin(networks, address),
            list.check(address, "ipv4"),
            `${network}/${prefix} ${address}`,
          );
      }),
      { numRuns: 2000 },
    );
  });
});
