import assert from "node:assert/strict";
import { test } from "node:test";
import { elsewhere, gatewayOf, type Surroundings } from "../../src/cli/elsewhere.js";

const OUTSIDE: Surroundings = { isImage: false, gateway: null };
const INSIDE: Surroundings = { isImage: true, gateway: "172.17.0.1" };
const HOSTS = ["host.docker.internal", "host.containers.internal", "172.17.0.1"];

const TABLE: readonly (readonly [string, Surroundings, readonly string[]])[] = [
  ["ws://127.0.0.1:9001", OUTSIDE, []],
  ["ws://example.com:9001", OUTSIDE, []],
  ["ws://host.docker.internal:9001", OUTSIDE, ["localhost"]],
  ["ws://HOST.testcontainers.internal.:9001/x", OUTSIDE, ["localhost"]],
  ["wss://host.containers.internal", INSIDE, ["localhost", "172.17.0.1"]],
  ["ws://127.0.0.1:9001", INSIDE, HOSTS],
  ["ws://localhost:9001/echo", INSIDE, HOSTS],
  ["ws://[::1]:9001", INSIDE, HOSTS],
  ["ws://0.0.0.0:9001", INSIDE, HOSTS],
  ["ws://127.0.0.1:9001", { isImage: true, gateway: null }, HOSTS.slice(0, 2)],
  ["ws://server:9001", INSIDE, []],
  ["ws://127.example.com:9001", INSIDE, []],
];
for (const [url, surroundings, hosts] of TABLE) {
  const where = surroundings.isImage ? "the image" : "a machine";
  test(`${url} in ${where}: ${hosts.join(", ") || "nowhere else"}`, () => {
    assert.deepEqual(elsewhere(url, surroundings), hosts);
  });
}

test("the default gateway is read from the table of routes", () => {
  const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n";
  const local = "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\n";
  assert.equal(gatewayOf(`${head}eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\n${local}`), "172.17.0.1");
  assert.equal(
    gatewayOf(`${head}${local}eth0\t00000000\t0158A8C0\t0003\t0\t0\t0\t00000000\n`),
    "192.168.88.1",
  );
  // Down, without a gateway, broken, or not there at all.
  assert.equal(gatewayOf(`${head}eth0\t00000000\t010011AC\t0002\t0\t0\t0\t0\n`), null);
  assert.equal(gatewayOf(`${head}eth0\t00000000\tnonsense\t0003\n${local}`), null);
  assert.equal(gatewayOf(""), null);
});
