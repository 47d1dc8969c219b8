import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";

import { playProbes, PROBES, type ProbeOutcome } from "../../src/matrix/probes/play-probes.js";
import type { Probe, Seen } from "../../src/matrix/probes/probe.js";
import { Rig } from "../../src/matrix/probes/rig.js";
import { startRelay, type Fault } from "./relay.js";

const OPEN_ENDED = PROBES.filter(({ isIdle }) => isIdle === true);
const OTHERS = PROBES.filter(({ isIdle }) => isIdle !== true);

async function outcomesBehind(
  context: TestContext,
  faultOf: () => Fault,
  probes: readonly Probe[],
): Promise<readonly ProbeOutcome[]> {
  const rig = await Rig.start({ quietMs: 300 });
  context.after(() => rig.close());
  rig.proxyPort = await startRelay(context, rig.port, faultOf);
  return playProbes(rig, probes, context.signal);
}

/** What was not kept: name and outcome. */
function notKept(outcomes: readonly ProbeOutcome[]): Readonly<Record<string, Seen["outcome"]>> {
  const others = outcomes.filter(({ outcome }) => outcome !== "kept");
  return Object.fromEntries(others.map(({ name, outcome }) => [name, outcome]));
}

/** Replaces octets where they come. */
function replacing(from: string, to: string): (chunk: Buffer) => Buffer {
  return (chunk) => Buffer.from(chunk.toString("latin1").replace(from, to), "latin1");
}

/** Drops what is behind so many octets of one direction. */
function endingBehind(limit: number): (chunk: Buffer) => Buffer {
  let left = limit;
  return (chunk) => {
    const kept = chunk.subarray(0, left);
    left -= kept.length;
    return kept;
  };
}

const BEHIND_REFUSALS = {
  "data-behind-403": "broken",
  "data-behind-426": "broken",
  "data-behind-200": "broken",
  "request-behind-refusal": "broken",
} as const;

/** What a proxy does wrong, and every probe that sees it. */
const FAULTS: readonly (readonly [
  what: string,
  fault: () => Fault,
  seen: Readonly<Record<string, Seen["outcome"]>>,
])[] = [
  [
    "drops the subprotocols of the client",
    () => ({ request: (lines) => lines.filter((line) => !/^sec-websocket-protocol/i.test(line)) }),
    { "request-fields": "broken" },
  ],
  [
    "asks for another host",
    () => ({ request: (lines) => lines.map((line) => line.replace(/^Host: .*/, "Host: 127.0.0.1")) }),
    { "request-fields": "changed" },
  ],
  [
    "gives the 101 a length",
    () => ({ answer: (lines) => (lines[0]?.includes("101") ? [...lines, "Content-Length: 0"] : lines) }),
    { "answer-fields": "broken" },
  ],
  [
    "loses a parameter of permessage-deflate",
    () => ({ answer: (lines) => lines.map((line) => line.replace("; client_max_window_bits=12", "")) }),
    { "permessage-deflate": "broken" },
  ],
  [
    "passes on what Connection names",
    () => ({ request: (lines, sent) => [...lines, ...sent.filter((line) => line.startsWith("X-Hop"))] }),
    { "hop-by-hop": "broken" },
  ],
  [
    "takes every upgrade for WebSocket",
    () => ({ request: (lines) => lines.map((line) => line.replace("x-probe", "websocket")) }),
    { "other-token": "broken" },
  ],
  [
    "upgrades requests of HTTP/1.0",
    () => ({
      request: (lines, sent) =>
        sent[0]?.endsWith("HTTP/1.0") ? [...lines, "Upgrade: websocket", "Connection: Upgrade"] : lines,
    }),
    { "http-1.0": "broken" },
  ],
  ["switches without being asked", () => ({ tunnels: "unasked" }), { "unasked-101": "broken" }],
  ["loses frames behind the 101", () => ({ drops: "behind-101" }), { "frames-behind-101": "broken" }],
  [
    "drops what is behind a request",
    () => ({ drops: "behind-request" }),
    { "frames-behind-request": "changed", "early-request-refused": "broken" },
  ],
  ["drops empty fragments", () => ({ down: replacing("frag\u0000\u0000", "frag") }), { frames: "changed" }],
  ["drops the last fragment", () => ({ down: replacing("\u0080\u0004ment", "") }), { frames: "broken" }],
  ["swallows Pings", () => ({ down: replacing("\u0089\u000dare you there", "") }), { pings: "broken" }],
  [
    "drops the reason of a client's Close",
    () => ({ up: (chunk) => (chunk[0] === 0x88 && chunk.length > 8 ? chunk.subarray(0, 8) : chunk) }),
    { "close-of-client": "broken" },
  ],
  [
    "changes the close code of the server",
    () => ({
      down: (chunk) =>
        chunk[0] === 0x88 && chunk.length > 4 ? replacing("\u0003\u00e8", "\u0003\u00e9")(chunk) : chunk,
    }),
    { "close-of-server": "broken" },
  ],
  ["makes a tunnel behind 426", () => ({ tunnels: [426] }), { "data-behind-426": "broken" }],
  ["makes a tunnel behind 200", () => ({ tunnels: [200] }), { "data-behind-200": "broken" }],
  [
    "makes a tunnel of every upgrade at once",
    () => ({ tunnels: "at-once" }),
    {
      ...BEHIND_REFUSALS,
      "hop-by-hop": "broken",
      "unasked-101": "broken",
      "early-data-refused": "broken",
      "early-request-refused": "broken",
    },
  ],
  [
    "drops the versions of a refusal",
    () => ({ answer: (lines) => lines.filter((line) => !/^sec-websocket-version/i.test(line)) }),
    { "refusal-fields": "broken" },
  ],
  [
    "drops the Upgrade of a refusal",
    () => ({
      answer: (lines) =>
        lines[0]?.includes("426") ? lines.filter((line) => !/^upgrade/i.test(line)) : lines,
    }),
    { "refusal-fields": "changed" },
  ],
  [
    "loses the last octets of the client",
    () => ({ up: endingBehind(400_000) }),
    { "data-before-end-of-client": "broken" },
  ],
  [
    "loses the last octets of the server",
    () => ({ down: endingBehind(400_000) }),
    { "data-before-end-of-server": "broken" },
  ],
  [
    "ends both directions with the client's",
    () => ({ endsBoth: "client" }),
    { "half-close-of-client": "changed" },
  ],
  [
    "ends both directions with the server's",
    () => ({ endsBoth: "server" }),
    { "half-close-of-server": "changed" },
  ],
  [
    "makes a FIN of an RST of the client",
    () => ({ reset: { of: "client", becomes: "fin" } }),
    { "reset-of-client": "changed" },
  ],
  [
    "does not tell of an RST of the server",
    () => ({ reset: { of: "server", becomes: "nothing" } }),
    { "reset-of-server": "broken" },
  ],
];

describe("what proxies do wrong", { concurrency: true }, () => {
  test("nothing, if the proxy does everything right", async (t) => {
    assert.deepEqual(notKept(await outcomesBehind(t, () => ({}), PROBES)), {});
  });

  for (const [what, fault, seen] of FAULTS) {
    test(`a proxy that ${what} is seen by ${Object.keys(seen).join(", ")}, and by no other probe`, async (t) => {
      assert.deepEqual(notKept(await outcomesBehind(t, fault, OTHERS)), seen);
    });
  }

  test("a proxy that cuts idle connections is seen, and so is that it sends no Close", async (t) => {
    const [idle] = await outcomesBehind(t, () => ({ idleMs: 500 }), OPEN_ENDED.slice(0, 1));
    assert.equal(idle?.outcome, "changed");
    assert.equal(idle.seen, "The client gets FIN, the server FIN: no Close frame.");
  });
});

test("every probe but those of idle connections is failed by some proxy", () => {
  const seen = new Set(FAULTS.flatMap(([, , found]) => Object.keys(found)));
  assert.deepEqual(
    OTHERS.map(({ name }) => name).filter((name) => !seen.has(name)),
    [],
  );
});

test("a proxy that opens no connection makes every question unknown, and is not accused", async (t) => {
  const outcomes = await outcomesBehind(
    t,
    () => ({ answer: (lines) => lines.map((line) => line.replace(/^HTTP\/1\.1 101.*/, "HTTP/1.1 200 OK")) }),
    PROBES.filter(({ name }) => ["frames", "half-close-of-client"].includes(name)),
  );
  for (const { outcome, seen } of outcomes) {
    assert.equal(outcome, "unknown");
    assert.equal(seen, 'The server answered 101, and the client got "HTTP/1.1 200 OK".');
  }
  assert.equal(outcomes.length, 2);
});
