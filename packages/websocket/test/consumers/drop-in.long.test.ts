import assert from "node:assert/strict";
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";

import { WebSocket } from "@wireproof/websocket/ws";

import { INTEROP, checkDropIn, loadDropIn, packageFolder, skipWithout } from "./support/consumer.js";

interface LockedPackage {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const CONSUMERS = [
  "@fastify/websocket",
  "engine.io",
  "engine.io-client",
  "graphql-ws",
  "jsdom",
  "mqtt",
  "socket.io-adapter",
];

function lockedPackages(): [path: string, entry: LockedPackage][] {
  const lock = JSON.parse(readFileSync(join(INTEROP, "package-lock.json"), "utf8")) as {
    packages: Record<string, LockedPackage>;
  };
  return Object.entries(lock.packages);
}

test("the lock file has one ws, the drop-in, and names no registry", () => {
  const found = lockedPackages().filter(([path]) => /(^|\/)node_modules\/ws$/.test(path));
  assert.deepEqual(found, [["node_modules/ws", { resolved: "../packages/ws-compat", link: true }]]);
  const elsewhere = lockedPackages().filter(([, { resolved = "." }]) => !resolved.startsWith("."));
  assert.deepEqual(elsewhere, []);
});

suite("what consumers find under the name ws", { skip: skipWithout("ws", ...CONSUMERS) }, () => {
  test("is the drop-in, for every package that depends on it", () => {
    const dependents = lockedPackages()
      .filter(([path]) => path !== "")
      .filter(
        ([, entry]) =>
          entry.dependencies?.["ws"] !== undefined || entry.peerDependencies?.["ws"] !== undefined,
      )
      .map(([path]) => path.replace(/^.*node_modules\//, ""));
    assert.deepEqual(dependents.toSorted(), CONSUMERS);
    for (const name of dependents) checkDropIn(realpathSync(packageFolder(name)));
  });

  test("is the class that an import of this package finds", () => {
    assert.equal(loadDropIn(), WebSocket);
  });
});
