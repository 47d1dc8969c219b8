/**
 * Runs the tests of the endpoint on each Node that it is for, with its fast paths, and on this one and the newest without
 * them. What scripts/test.mjs does is not repeated: this Node with the fast paths. The other ones come from the folder
 * `interop`.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { reportSkips } from "./skips.mjs";

const NODES = [
  { name: `Node ${process.versions.node}`, binary: process.execPath },
  // Without the fast paths, what runs is the same on all of them: the oldest and the newest are enough.
  { name: "Node 24", binary: fromInterop("node-24"), always: "with the fast paths" },
  { name: "Node 26", binary: fromInterop("node-26") },
];

/** Other runtimes, programs, people's packages and tools, what is in the package, and the fuzzer: the same on every Node. */
const INDEPENDENT_OF_NODE = [
  "/test/interop/",
  "/test/consumers/",
  "/test/package/",
  "/test/toolchains/",
  "/test/fuzz/",
  "/test/engines/brokers",
  "/test/engines/many",
  "/test/engines/docs",
  "/test/reconnecting/chromium",
  "/test/reconnecting/size",
  "/test/testing/runners",
  "/test/otel/",
  "/test/metrics/",
  "/test/web/web-platform-tests",
];
/**
 * Parts without I/O over plain memory, tests that go both ways whatever the environment says, and parts that see whole
 * messages of connections whose own tests are played.
 */
const INDEPENDENT_OF_FAST_PATHS = [
  "/test/protocol/",
  "/test/handshake/",
  "/test/transcripts/",
  "/test/properties/",
  "/test/deflate/",
  "/test/forwarded/",
  "/test/engines/",
  "/test/reconnecting/",
  "/test/testing/",
  "/test/web/",
];

const PATHS = [
  { how: "with the fast paths", env: [], without: INDEPENDENT_OF_NODE },
  {
    how: "without the fast paths",
    env: ["WIREPROOF_NO_INTERNALS=1", "WIREPROOF_NO_WASM=1"],
    without: [...INDEPENDENT_OF_NODE, ...INDEPENDENT_OF_FAST_PATHS],
  },
];

for (const { name, binary, always } of NODES) {
  if (!existsSync(binary)) {
    const reason = `${name} is not installed: npm ci --ignore-scripts --prefix interop`;
    reportSkips([{ reason, file: "scripts/test-nodes.mjs", name: `the endpoint on ${name}` }]);
    continue;
  }
  for (const { how, env, without } of PATHS) {
    if (binary === process.execPath && env.length === 0) continue;
    if (always !== undefined && how !== always) continue;
    const begin = performance.now();
    console.log(`The endpoint on ${name}, ${how}`);
    const options = [...env.map((it) => `--env=${it}`), ...without.map((it) => `--without=${it}`)];
    const script = fileURLToPath(new URL("test.mjs", import.meta.url));
    const words = ["packages/websocket/", "packages/ws-compat/"];
    const { status } = spawnSync(
      process.execPath,
      [script, "--node", binary, "--quiet", ...options, ...words],
      { stdio: "inherit" },
    );
    if (status !== 0) process.exitCode = 1;
    console.log(`${((performance.now() - begin) / 1000).toFixed(0)} s`);
  }
}

function fromInterop(name) {
  return fileURLToPath(new URL(`../interop/node_modules/${name}/bin/node`, import.meta.url));
}
