import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createServer } from "../../src/server/server.js";
import { Admission } from "../../src/server/admission.js";
import { DEFAULT_SERVER_LIMITS, resolveLimits } from "../../src/session/limits.js";

test("options that could never do what they say are refused when the server is made", () => {
  const wrong: readonly [object, RegExp][] = [
    [{ origin: "https://example.com" }, /origin policy/],
    [{ origin: ["example.com"] }, /not an origin/],
    [{ hosts: ["http://example.com"] }, /not a host/],
    [{ hosts: "example.com" }, /list/],
    [{ path: "chat" }, /begins with/],
    [{ path: "/chat?room=1" }, /query/],
    [{ path: async () => false }, /path decides at once/],
    [{ protocols: async () => "a" }, /protocols decides at once/],
    [{ protocols: ["a b"] }, /tokens/],
    [{ protocols: ["a", "a"] }, /once/],
    [{ protocols: "a" }, /list of tokens/],
    [{ upgrade: {} }, /upgrade is a function/],
    [{ message: "echo" }, /message is a function/],
    [{ text: "utf8" }, /"string" or "octets"/],
    [{ zeroCopy: 1 }, /zeroCopy/],
    [{ tls: null }, /tls/],
    [{ lenient: { acceptEverything: true } }, /leniency/],
    [{ lenient: { acceptUnmasked: "yes" } }, /true or false/],
    [{ limits: { messageOctets: 0 } }, /above 0/],
    [{ limits: { messageOctets: "1MiB" } }, /above 0/],
    [{ limits: { connections: Number.NaN } }, /above 0/],
    [{ limits: { messages: 1 } }, /no limit named/],
    [{ limits: { onBacklog: "wait" } }, /onBacklog/],
    [{ heartbeat: { intervalMs: 0 } }, /heartbeat\.intervalMs/],
    [{ compression: { windowBits: 7 } }, /windowBits/],
    [{ compression: { peerWindowBits: 16 } }, /peerWindowBits/],
    [{ compression: { level: 10 } }, /level/],
    [{ compression: { memLevel: 0 } }, /memLevel/],
    [{ compression: { threshold: -1 } }, /threshold/],
    [{ trustProxy: true }, /trustProxy is an object/],
    [{ trustProxy: null }, /trustProxy is an object/],
    [{ trustProxy: { headers: "forwarded" } }, /needs networks/],
    [{ trustProxy: { networks: "loopback", headers: "forwarded" } }, /needs networks/],
    [{ trustProxy: { networks: [], headers: "forwarded" } }, /needs networks/],
    [{ trustProxy: { networks: [1], headers: "forwarded" } }, /needs networks/],
    [{ trustProxy: { networks: ["0.0.0.0/0"], headers: "forwarded" } }, /trust every address/],
    [{ trustProxy: { networks: ["proxy.example.com"], headers: "forwarded" } }, /no network/],
    [{ trustProxy: { networks: ["loopback"] } }, /needs headers, proxyProtocol or both/],
    [{ trustProxy: { networks: ["loopback"], proxyProtocol: false } }, /needs headers/],
    [{ trustProxy: { networks: ["loopback"], headers: ["forwarded"] } }, /reads the headers/],
    [{ trustProxy: { networks: ["loopback"], headers: "x-real-ip" } }, /reads the headers/],
    [{ trustProxy: { networks: ["loopback"], proxyProtocol: "v2" } }, /as proxyProtocol/],
    [{ trustProxy: { networks: ["unix"], proxyProtocol: true } }, /Unix/],
    [{ trustProxy: { networks: ["loopback"], header: "forwarded" } }, /no part named "header"/],
  ];
  for (const [options, message] of wrong) {
    assert.throws(() => createServer(options as never), { code: "WIREPROOF_INVALID_ARGUMENT", message });
  }
});

test("a larger message takes along the limits that depend on it", () => {
  const messageOctets = 64 * 1024 * 1024;
  const limits = resolveLimits(DEFAULT_SERVER_LIMITS, { messageOctets });
  assert.equal(limits.frameOctets, messageOctets);
  assert.equal(limits.retainedOctets, messageOctets + 16 * 1024 * 1024);
  const given = resolveLimits(DEFAULT_SERVER_LIMITS, { messageOctets, frameOctets: 10, retainedOctets: 20 });
  assert.deepEqual([given.frameOctets, given.retainedOctets], [10, 20]);
  assert.equal(resolveLimits(DEFAULT_SERVER_LIMITS, { closeMs: undefined } as never).closeMs, 5_000);
});

describe("admission", () => {
  const tooMany = "too-many-from-address";

  test("counts addresses, IPv6 by the network of 64 bits", () => {
    const admission = new Admission(10, 2);
    const same = ["2001:db8::1", "2001:db8:0:0:1:2:3:4", "2001:db8::", "2001:0db8:0000:0000::ffff"];
    assert.deepEqual(
      same.map((address) => admission.enter(address)),
      [undefined, undefined, tooMany, tooMany],
    );
    assert.equal(admission.enter("2001:db8:0:1::1"), undefined);
    assert.equal(admission.enter("fe80::1%eth0"), undefined);
    assert.equal(admission.enter("::ffff:10.0.0.1"), undefined);
    assert.equal(admission.enter("::ffff:10.0.0.2"), undefined);
    admission.leave("2001:db8::77");
    assert.equal(admission.enter("2001:db8::9"), undefined);
    assert.equal(admission.count, 6);
  });

  test("counts all clients, and gives back no more than was taken", () => {
    const admission = new Admission(2, 5);
    assert.deepEqual(
      [admission.enter("a"), admission.enter("b"), admission.enter("c")],
      [undefined, undefined, "too-many-connections"],
    );
    admission.leave("c");
    admission.leave("a");
    admission.leave("a");
    assert.equal(admission.count, 1);
  });

  test("a mapped IPv4 address is that address", () => {
    const admission = new Admission(9, 1);
    assert.equal(admission.enter("::ffff:10.0.0.1"), undefined);
    assert.equal(admission.enter("10.0.0.1"), tooMany);
  });
});
