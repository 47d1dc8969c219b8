import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { readGrid } from "../../src/grid/grid-file.js";
import { GridServer } from "../../src/grid/grid-server.js";
import { judgeScenario } from "../../src/grid/judge.js";
import { playScenario } from "../../src/grid/play-scenario.js";
import { SCENARIOS, type Scenario } from "../../src/grid/scenarios.js";
import type { GridResults } from "../../src/matrix/results.js";
import { runProgram } from "../../src/cli/program.js";
import { systemClock } from "../../src/time/clock.js";
import { fakeIo } from "../cli/fake-io.js";
import { wireproofHere } from "../cli/run-here.js";
import type { Outcome } from "../cli/spawn-wireproof.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { smallStacks, writeStack } from "./fixtures.js";

const folder = temporaryFolder();
const results = join(folder, "results");
let stacks = "";
const common = (): readonly string[] => {
  const runs = join(folder, "runs");
  return ["matrix", "grid", "--stacks", stacks, "--runs", runs, "--scenario", "open", "--scenario", "text"];
};

function grid(...args: readonly string[]): Promise<Outcome> {
  return wireproofHere([...common(), "--results", results, ...args]);
}

function stored(): GridResults {
  const read = readGrid(join(results, "grid.json"));
  assert.ok(read !== undefined);
  return read;
}

/** `client server: open works, text fails server`. */
function told({ pairs }: GridResults): readonly string[] {
  return pairs.map(({ client, server, scenarios }) => {
    const each = scenarios.map(({ scenario, outcome, fault }) =>
      [scenario, outcome, ...(fault === undefined ? [] : [String(fault)])].join(" "),
    );
    return `${client} ${server}: ${each.join(", ")}`;
  });
}

before(() => {
  stacks = smallStacks(folder, {
    good: { server: "good", client: "good" },
    rude: { client: "rude" },
    crashing: { server: "crashing" },
    silly: { server: "silly" },
    simple: { server: "simple" },
    absent: { server: "good", client: "good", isAbsent: true },
    old: {},
  });
});

describe("every client against every server", () => {
  test("each pair is played, and the octets tell who is at fault", async () => {
    const { code, stdout, stderr } = await grid();
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^absent client: not available here: no/m);
    assert.match(stdout, /^absent server: not available here: no/m);
    assert.match(stdout, /^good open: 1 work, 0 unsupported, 1 fail: rude \(fault of the client\)$/m);
    assert.match(
      stdout,
      /^crashing text: 0 work, 0 unsupported, 2 fail: good \(fault of the server\), rude/m,
    );
    assert.match(stdout, /^16 scenarios played$/m);
    const { clients, servers, programs, scenarios } = stored();
    assert.deepEqual(
      [Object.keys(clients), Object.keys(servers)],
      [
        ["good", "rude"],
        ["crashing", "good", "silly", "simple"],
      ],
    );
    assert.equal(clients["good"], process.versions.node);
    assert.match(programs?.servers["silly"] ?? "", /^[\da-f]{64}$/);
    assert.deepEqual(
      Object.keys(scenarios),
      SCENARIOS.map(({ name }) => name),
    );
    assert.deepEqual(told(stored()), [
      "good crashing: open works, text fails server",
      "good good: open works, text works",
      "good silly: open works, text fails server",
      "good simple: open works, text unsupported",
      "rude crashing: open fails client, text fails client",
      "rude good: open fails client, text fails client",
      "rude silly: open fails client, text fails client",
      "rude simple: open fails client, text unsupported",
    ]);
  });

  test("why, with the log of the proxy", () => {
    const of = (client: string, server: string): GridResults["pairs"][number]["scenarios"] =>
      stored().pairs.find((one) => one.client === client && one.server === server)?.scenarios ?? [];
    const [, silly] = of("good", "silly");
    assert.match(silly?.because ?? "", /^the server sent TEXT "silly" \[5 octets\], and had got TEXT "Grüße/);
    assert.match(
      silly?.wire?.join("\n") ?? "",
      /^> GET \/ HTTP\/1\.1\n[^]*\n> TEXT "Grüße[^]*\n< TEXT "silly"/,
    );
    const [, crashing] = of("good", "crashing");
    assert.equal(crashing?.because, "the server's program ended with exit status 7");
    const [rude] = of("rude", "good");
    assert.equal(rude?.requirement, "6455-7.1.2-1");
    assert.equal(of("good", "simple")[1]?.because, "the server's program says that it cannot do this");
  });

  test("what has not changed is not played again", async () => {
    const before = readFileSync(join(results, "grid.json"), "utf8");
    const { code, stdout } = await grid();
    assert.deepEqual([code, stdout.split("\n").at(-2)], [0, "0 scenarios played: nothing has changed"]);
    assert.equal(readFileSync(join(results, "grid.json"), "utf8"), before);
  });

  test("a program that has changed is played again, and no other", async () => {
    writeStack(stacks, "silly", { server: "good" });
    const { stdout } = await grid();
    assert.match(stdout, /^silly text: 1 work, 0 unsupported, 1 fail/m);
    assert.match(stdout, /^4 scenarios played$/m);
    assert.ok(told(stored()).includes("good silly: open works, text works"));
    assert.equal(stored().pairs.length, 8);
  });

  test("names choose both sides, --client and --server one of them", async () => {
    const both = await grid("good", "rude", "--again");
    assert.match(both.stdout, /^4 scenarios played$/m);
    const one = await grid("--again", "--client", "good", "--server", "simple");
    assert.match(one.stdout, /^2 scenarios played$/m);
    assert.equal(stored().pairs.length, 8);
  });
});

describe("what goes wrong", () => {
  test("an interrupted run keeps what was played, and the next one goes on there", async () => {
    const own = join(folder, "interrupted");
    const interrupted = new AbortController();
    const io = fakeIo({ signal: interrupted.signal });
    const print = io.print;
    const args = [...common(), "--results", own, "good", "crashing", "--jobs", "1"];
    const code = await runProgram(args, {
      ...io,
      print: async (text) => {
        await print(text);
        if (/^\w+ open: 1 work/.test(text)) interrupted.abort();
      },
    });
    assert.equal(code, 1);
    assert.equal(readGrid(join(own, "grid.json"))?.pairs.length, 1);
    const { stdout } = await wireproofHere(args);
    assert.match(stdout, /^3 scenarios played$/m);
    assert.equal(readGrid(join(own, "grid.json"))?.pairs.length, 2);
  });

  test("a server that cannot be started is left out, and nobody is accused", async () => {
    writeStack(stacks, "broken", { server: "broken" });
    const own = join(folder, "broken");
    const args = [...common(), "--results", own, "--client", "good", "--server", "broken"];
    const { code, stdout } = await wireproofHere(args);
    assert.equal(code, 1);
    assert.match(stdout, /^broken open: 0 work, .*; the server's program ended with exit status 3$/m);
    assert.deepEqual(told(readGrid(join(own, "grid.json")) ?? stored()), []);
  });

  test("a client that does not end is ended, and is at fault", async (context) => {
    writeStack(stacks, "stuck", { client: "stuck" });
    const [open] = SCENARIOS as readonly [Scenario];
    const program = { stack: "", version: "", digest: "" };
    const server = new GridServer(
      { ...program, folder: join(stacks, "good"), start: "node server.mjs {port} good", path: "/" },
      open,
    );
    context.after(() => server.stop());
    const { signal } = new AbortController();
    assert.deepEqual(await server.up(signal), { outcome: "up" });
    const client = { ...program, folder: join(stacks, "stuck"), start: "node client.mjs {url} stuck" };
    const played = await playScenario({
      client,
      server,
      path: "/",
      scenario: open,
      clock: systemClock,
      signal,
      limitMs: 3000,
    });
    assert.ok(typeof played === "object");
    const { outcome, fault, because } = judgeScenario(open, played);
    assert.deepEqual([outcome, fault], ["fails", "client"]);
    assert.match(because ?? "", /within 3 s/);
  });

  test("a file that is no grid is refused, and stays", async () => {
    const own = join(folder, "other");
    mkdirSync(own);
    writeFileSync(join(own, "grid.json"), '{"day":1}');
    const { code, stderr } = await wireproofHere([...common(), "--results", own]);
    assert.equal(code, 2);
    assert.match(stderr, /grid\.json cannot be used: day: /);
  });

  test("a stack and a scenario that are not there", async () => {
    assert.match(
      (await grid("god")).stderr,
      /there is no stack "god"; did you mean good\?|there is no stack "god"/,
    );
    assert.match((await grid("--scenario", "texd")).stderr, /did you mean text/);
    assert.match((await grid("old")).stderr, /no client of the grid is available here/);
  });
});
