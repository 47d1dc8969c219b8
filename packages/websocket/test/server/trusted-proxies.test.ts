/** What sockets cannot be made to do at will: to die at a bad moment, or to follow one another on the same ends. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";

import { TrustedProxies } from "../../src/server/trusted-proxies.js";

const PROXY = {
  destroyed: false,
  remoteAddress: "10.0.0.1",
  remotePort: 1,
  localAddress: "10.0.0.2",
  localPort: 2,
};

function socket(changes: object = {}): Socket {
  return Object.assign(new EventEmitter(), PROXY, changes) as unknown as Socket;
}

test("a PROXY header is forgotten with its connection, and not with the one before it on the same ends", () => {
  const proxies = new TrustedProxies({ networks: ["10.0.0.0/8"], proxyProtocol: true });
  const [first, second] = [socket(), socket()];
  proxies.introduce(first, "192.0.2.1");
  proxies.introduce(second, "192.0.2.2");
  first.emit("close");
  assert.equal(proxies.addressOf(second), "192.0.2.2");
  second.emit("close");
  assert.equal(proxies.addressOf(second), "10.0.0.1");
});

test("a peer of TCP that has gone is no proxy of a Unix socket", () => {
  const proxies = new TrustedProxies({ networks: ["unix"], headers: "x-forwarded-for" });
  const gone = { remoteAddress: undefined, remotePort: undefined };
  const unix = { ...gone, localAddress: undefined, localPort: undefined };
  const rawHeaders = ["X-Forwarded-For", "192.0.2.1"];
  for (const [changes, address] of [
    [unix, "192.0.2.1"],
    [gone, ""],
    [{ ...unix, destroyed: true }, ""],
    [{}, "10.0.0.1"],
  ] as const)
    assert.equal(proxies.clientOf(socket(changes), false, rawHeaders).remoteAddress, address);
});
