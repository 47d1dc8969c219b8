/**
 * Shows that a busy machine changes no verdict: tests peers on an idle machine, then again and again beside full runs of
 * the suite (scripts/load.mjs), and compares every verdict. Exit code 1 if one differs.
 *
 *     node scripts/stress.mjs [--load N] [--rounds N] [--parallel N] [--cases PATTERNS] [--profile NAME]… [WORDS…]
 *
 * WORDS choose peers whose names contain one of them. --parallel tests so many peers at a time, which is more load
 * still; the runs on an idle machine are one at a time. The defaults are ten runs as load, ten rounds, sections 1–7 and
 * 10, both profiles and all peers: conforming servers and clients, and the nine broken servers of the facts.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { casesFor, selectCases } from "../packages/conformance/dist/src/case/select.js";
import { CASES } from "../packages/conformance/dist/src/cases/index.js";
import { run } from "../packages/conformance/dist/src/run/run.js";
import { serve } from "../packages/conformance/dist/src/serve/serve.js";
import * as peers from "../packages/peers/dist/src/index.js";
import { startLoad } from "./load.mjs";

const BROKEN = "sloppy noclose nodrop instantdrop reject echobin masked mute closefirst".split(" ");
const SERVERS = {
  ws: () => peers.startEchoServer(),
  python: () => peers.startPythonServer(),
  wireproof: () => startOwn(),
  late: () => peers.startLateServer(),
  ...Object.fromEntries(BROKEN.map((name) => [name, () => peers.mutants[name].start()])),
};
const WALKS = {
  ws: (options) => peers.walkWs(options),
  python: (options) => walkPython(options),
  wireproof: (options) => peers.walkWireproof(options),
  late: (options) => peers.walkLate(options),
};
const CONFORMING = Object.keys(WALKS);
/**
 * What `autobahn` says of these depends on whether a peer answers the first message before it fails the connection. Where
 * that is a race of the peer's own tasks, it is one on an idle machine as well, and no limit has a part in it.
 */
const RACES = new Set("3.2 3.3 3.4 4.1.3 4.1.4 4.1.5 4.2.3 4.2.4 4.2.5 5.15".split(" "));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    load: { type: "string", default: "10" },
    rounds: { type: "string", default: "10" },
    parallel: { type: "string", default: "1" },
    cases: { type: "string", default: "1.*,2.*,3.*,4.*,5.*,6.*,7.*,10.*" },
    profile: { type: "string", multiple: true, default: ["modern", "autobahn"] },
    peer: { type: "string" },
    walk: { type: "string", multiple: true },
    once: { type: "string" },
  },
});

if (values.peer !== undefined) await servePeer(values.peer);
else if (values.walk !== undefined) await walkOnce(...values.walk);
else if (values.once !== undefined) console.log(JSON.stringify(await once(JSON.parse(values.once))));
else await compare();

async function compare() {
  const rows = [...CONFORMING, ...BROKEN].map((name) => ({ role: "server", name }));
  rows.push(...CONFORMING.map((name) => ({ role: "client", name })));
  const wanted = rows
    .filter(
      ({ role, name }) =>
        positionals.length === 0 || positionals.some((word) => `${role}/${name}`.includes(word)),
    )
    .flatMap((row) => values.profile.map((profile) => ({ ...row, profile })));
  const idle = new Map();
  for (const row of wanted) {
    const { pairs, ms } = await elsewhere(row);
    idle.set(row, pairs);
    console.log(`idle  ${title(row)}: ${Object.keys(pairs).length} results in ${(ms / 1000).toFixed(1)} s`);
  }
  const stop = Number(values.load) > 0 ? await startLoad(Number(values.load)) : async () => undefined;
  let differences = 0;
  let compared = 0;
  try {
    const rounds = Array.from({ length: Number(values.rounds) }, (_, index) => index + 1);
    const waiting = rounds.flatMap((round) => wanted.map((row) => ({ round, row })));
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { round, row } = next;
        const { pairs, ms, again } = await elsewhere(row);
        const before = idle.get(row);
        const ids = [...new Set([...Object.keys(before), ...Object.keys(pairs)])];
        const other = ids.filter(
          (id) => before[id] !== pairs[id] && !isRace(row, id, [before[id], pairs[id]]),
        );
        compared += ids.length;
        differences += other.length;
        console.log(
          `round ${round} ${title(row)}: ${other.length} of ${ids.length} differ, ${again} played again, ${(ms / 1000).toFixed(1)} s`,
        );
        for (const id of other)
          console.log(`    ${id}: ${before[id] ?? "no result"} → ${pairs[id] ?? "no result"}`);
      }
    };
    await Promise.all(Array.from({ length: Number(values.parallel) }, lane));
  } finally {
    await stop();
  }
  console.log(`${differences} of ${compared} verdicts differ from those on an idle machine`);
  process.exitCode = differences === 0 ? 0 : 1;
}

function isRace({ name, profile }, id, pairs) {
  const mayBe = name === "python" && profile === "autobahn" && RACES.has(id);
  return mayBe && pairs.every((pair) => pair === "pass/ok" || pair === "non-strict/ok");
}

function title({ role, name, profile }) {
  return `${role} ${name}, ${profile}`;
}

/** One run in a process of its own, as users run it. */
function elsewhere(row) {
  const args = [fileURLToPath(import.meta.url), "--cases", values.cases, "--once", JSON.stringify(row)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (said += text));
    child.once("close", (code) =>
      code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`${title(row)} failed`)),
    );
  });
}

async function once({ role, name, profile }) {
  const began = performance.now();
  const { cases } = selectCases(casesFor(role, CASES), { include: [values.cases], exclude: [] });
  const { events, end } =
    role === "server" ? await testServer(name, cases, profile) : await testClient(name, cases, profile);
  const pairs = {};
  let again = 0;
  for await (const event of events) {
    if (event.type === "case-start" && event.attempt > 1) again++;
    if (event.type === "case-end") pairs[event.case] = `${event.verdict.outcome}/${event.verdict.closing}`;
  }
  await end();
  return { pairs, again, ms: performance.now() - began };
}

async function testServer(name, cases, profile) {
  const peer = child(["--peer", name]);
  const url = await firstLine(peer);
  return { events: run({ urls: [url], cases, profile }), end: async () => peer.kill("SIGKILL") };
}

async function testClient(name, cases, profile) {
  const served = await serve({ cases, profile, port: 0 });
  const walk = child(["--walk", name, "--walk", served.url]);
  walk.once("exit", () => served.stop());
  return { events: served.events, end: async () => undefined };
}

function child(args) {
  const started = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  process.once("exit", () => started.kill("SIGKILL"));
  return started;
}

function firstLine(from) {
  return new Promise((resolve) => createInterface({ input: from.stdout }).once("line", resolve));
}

/** Runs a peer until nobody holds our standard input any more. */
async function servePeer(name) {
  const peer = await SERVERS[name]();
  console.log(peer.url);
  process.stdin.resume().once("end", () => process.exit());
}

async function walkOnce(name, url) {
  await WALKS[name]({ url, agent: name, connections: 4, report: "shutdownOnComplete=true" });
}

async function startOwn() {
  const { startEchoServer } = await import("../packages/conformance/dist/src/modes/echo-server.js");
  return await startEchoServer({ host: "127.0.0.1", port: 0, path: undefined, tls: undefined });
}

async function walkPython({ url, agent }) {
  const script = fileURLToPath(new URL("../packages/peers/python/walk.py", import.meta.url));
  const python = await peers.pythonWithWebsockets();
  const walk = spawn(python, [script, url, agent], { stdio: ["ignore", "inherit", "inherit"] });
  await new Promise((resolve) => walk.once("exit", resolve));
}
