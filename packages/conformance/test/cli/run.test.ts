import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

import { freePort } from "@wireproof/peers";
import { CLIENT } from "../test-client/tested.js";
import { wireproofHere } from "./run-here.js";
import { wireproof, type Outcome } from "./spawn-wireproof.js";
import { eventsOf, SOUND } from "./started.js";
import { temporaryFolder } from "./temporary-folder.js";
import { twoServers } from "./two-servers.js";

const root = temporaryFolder();
const servers = twoServers();
let folders = 0;

interface Ran extends Outcome {
  readonly out: string;
}

/** Runs the targets of a configuration in this process. */
async function ran(config: object, ...args: readonly string[]): Promise<Ran> {
  const folder = join(root, String(++folders));
  mkdirSync(folder);
  const file = join(folder, "wireproof.config.json");
  writeFileSync(file, JSON.stringify({ out: join(folder, "report"), ...config }));
  return { ...(await wireproofHere(["run", "--config", file, ...args])), out: join(folder, "report") };
}

const FOUR = ["1.1.1", "1.1.2", "1.2.1", "3.2"];

describe("several targets", () => {
  test("are tested one after the other, into one report and one exit code", async () => {
    const port = await freePort();
    const run = await ran(
      {
        cases: FOUR,
        targets: {
          started: { url: `ws://127.0.0.1:${port}`, start: SOUND.replace("PORT", String(port)) },
          broken: { url: servers.broken.url },
          client: {
            command: [process.execPath, CLIENT, "walk", "{url}"],
            cases: "1.1.*",
            exclude: ["1.1.3"],
          },
        },
      },
      "--exclude",
      "1.1.1",
    );
    assert.equal(run.code, 1, run.stdout + run.stderr);
    assert.match(
      run.stdout,
      /\nTargets \(3\)\n {2}started {2}as expected\n {2}broken {3}unexpected results\n {2}client {3}as expected\n/,
    );
    const up = eventsOf(run.out).flatMap((event) => (event.type === "peer-up" ? [event.agent] : []));
    assert.deepEqual(up, ["started", "broken", "client"]);
    for (const name of ["started", "broken", "client"])
      assert.ok(existsSync(join(run.out, name, "run.ndjson")));
    // What is on the command line holds for all of them.
    const played = eventsOf(run.out).flatMap((event) => (event.type === "case-end" ? [event.case] : []));
    assert.ok(!played.includes("1.1.1") && played.includes("1.1.2"));
  });

  test("can be chosen by name", async () => {
    const targets = { sound: { url: servers.sound.url }, broken: { url: servers.broken.url } };
    const one = await ran({ cases: FOUR, targets }, "sound");
    assert.equal(one.code, 0, one.stdout + one.stderr);
    assert.ok(!existsSync(join(one.out, "broken")));
    const none = await ran({ targets }, "sond");
    assert.equal(none.code, 2);
    assert.match(none.stderr, /has no target "sond"; did you mean sound\?/);
  });

  test("without the cases that are not for them", async () => {
    const targets = {
      sound: { url: servers.sound.url },
      client: { command: `'${process.execPath}' '${CLIENT}' walk {url}` },
    };
    const run = await ran({ cases: ["22.4.2"], targets });
    assert.match(run.stderr, /sound is not tested: none of the chosen cases is for it/);
    assert.ok(existsSync(join(run.out, "client", "run.ndjson")), run.stderr);
  });

  test("share a baseline: an entry is stale if no target shows it", async () => {
    const baseline = join(root, "shared.json");
    const config = {
      cases: FOUR,
      baseline,
      targets: { sound: { url: servers.sound.url }, broken: { url: servers.broken.url } },
    };
    const first = await ran(config, "--update-baseline");
    assert.equal(first.code, 0, first.stderr);
    const text = readFileSync(baseline, "utf8");
    assert.match(text, /"peer": "broken"/);
    writeFileSync(
      baseline,
      text.replaceAll('"reason": ""', '"reason": "We know."').replaceAll(/\s*"peer": "broken",/g, ""),
    );
    const known = await ran(config);
    assert.equal(known.code, 0, known.stdout + known.stderr);
    const mended = await ran(config, "sound");
    assert.equal(mended.code, 1);
  });

  test("--json prints one document with all of them, --quiet nothing", async () => {
    const config = {
      cases: FOUR,
      targets: { sound: { url: servers.sound.url }, other: { url: servers.sound.url } },
    };
    const json = await ran(config, "--json");
    assert.deepEqual([json.code, json.stderr], [0, ""]);
    assert.equal((JSON.parse(json.stdout) as { peers: unknown[] }).peers.length, 2);
    const quiet = await ran(config, "--quiet");
    assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, "", ""]);
  });
});

describe("settings", () => {
  test("hold for every target, a target's own win, and the command line wins over both", async () => {
    const config = {
      cases: ["1.1.1"],
      timeoutScale: 2,
      concurrency: 3,
      targets: { sound: { url: servers.sound.url, timeoutScale: 4, header: "X-One: 1" } },
    };
    const { out } = await ran(config, "--cases", "1.1.2");
    const [start] = eventsOf(join(out, "sound"));
    assert.ok(start?.type === "run");
    const { timeoutScale, concurrency, headers } = start.config;
    assert.deepEqual([timeoutScale, concurrency, headers], [4, 3, ["X-One: 1"]]);
    assert.deepEqual(
      start.cases.map(({ id }) => id),
      ["1.1.2"],
    );
  });

  test("a switch of the file can be off in a target", async () => {
    const targets = { sound: { url: servers.sound.url, lastFailed: false } };
    const { code, stderr } = await ran({ cases: ["1.1.1"], lastFailed: true, targets });
    assert.deepEqual([code, stderr], [0, ""]);
  });

  test("that do not fit together say where they stand", async () => {
    const cwd = join(root, String(++folders));
    mkdirSync(cwd);
    writeFileSync(join(cwd, "wireproof.config.json"), JSON.stringify({ wait: 1, targets: {} }));
    const { code, stderr } = await wireproof(["test", servers.sound.url], { cwd });
    assert.deepEqual(
      [code, stderr],
      [2, "wireproof: --wait needs --start COMMAND (from wireproof.config.json: wait)\n"],
    );
    const typed = await wireproof(["test", servers.sound.url, "--wait", "1"], { cwd });
    assert.equal(typed.stderr, "wireproof: --wait needs --start COMMAND\n");
  });

  test("are found in the working folder, also by test, as JSON or as a module", async () => {
    const cwd = join(root, String(++folders));
    mkdirSync(cwd);
    writeFileSync(
      join(cwd, "wireproof.config.mjs"),
      `export default { cases: ["1.1.1"], quiet: true, targets: { one: { url: ${JSON.stringify(servers.sound.url)} } } };`,
    );
    const run = await wireproof(["run"], { cwd });
    assert.deepEqual([run.code, run.stdout, run.stderr], [0, "", ""]);
    const single = await wireproof(["test", servers.sound.url, "--out", "other"], { cwd });
    assert.deepEqual([single.code, single.stdout, single.stderr], [0, "", ""]);
    const played = eventsOf(join(cwd, "other")).filter(({ type }) => type === "case-end");
    assert.equal(played.length, 1);
    writeFileSync(join(cwd, "wireproof.config.json"), "{}");
    const both = await wireproof(["run"], { cwd });
    assert.deepEqual(
      [both.code, both.stderr],
      [
        2,
        "wireproof: there are wireproof.config.json and wireproof.config.mjs; name one with --config FILE\n",
      ],
    );
  });
});

describe("a configuration is refused", () => {
  const url = "ws://127.0.0.1:1";
  const rows: readonly (readonly [config: object, sentence: string])[] = [
    [{ profil: "modern" }, "profil is no setting; did you mean profile?"],
    [{ targets: {} }, "has no targets"],
    [{ targets: { a: {} } }, "targets.a needs url, for a server, or command, for a client"],
    [{ targets: { a: { url, command: "x" } } }, "targets.a has both url and command"],
    [
      { targets: { a: { url, concurency: 3 } } },
      "targets.a.concurency is no setting; did you mean concurrency?",
    ],
    [{ targets: { a: { command: "x", start: "y" } } }, "targets.a.start is no setting"],
    [{ targets: { a: { url, concurrency: "3" } } }, "targets.a.concurrency has to be a number, not a text"],
    [{ targets: { a: { url, concurrency: 0 } } }, "targets.a.concurrency has to be at least 1, not 0"],
    [
      { targets: { a: { url, concurrency: 1.5 } } },
      "targets.a.concurrency has to be a whole number, not a number",
    ],
    [
      { targets: { a: { url, profile: "moderne" } } },
      'targets.a.profile takes modern or autobahn, not "moderne"; did you mean modern?',
    ],
    [{ targets: { a: { url, without: ["deflat"] } } }, "did you mean deflate?"],
    [{ targets: { a: { url, cases: [1] } } }, "targets.a.cases[0] has to be a text, not a number"],
    [
      { targets: { a: { url: "http://x" } } },
      'targets.a: "http://x" is not a WebSocket URL; did you mean "ws://x"?',
    ],
    [{ targets: { "../a": { url } } }, 'targets: "../a" is no name'],
    [{ targets: { a: { url, header: "X" } } }, 'targets.a.header takes "Name: value", not "X"'],
    [{ timeoutScale: 200 }, "timeoutScale has to be at most 100, not 200"],
    [{ config: "x" }, "config is no setting"],
    [{ targets: { a: { url }, b: { url, cases: "99.9" } } }, 'targets.b: no case matches "99.9"'],
    [
      { targets: { a: { url, start: "wireproof-no-such-program" } } },
      'targets.a: --start cannot be used: there is no program "wireproof-no-such-program"',
    ],
  ];
  for (const [config, sentence] of rows) {
    test(JSON.stringify(config), async () => {
      const { code, stdout, stderr, out } = await ran(config);
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.ok(stderr.includes(sentence), stderr);
      assert.ok(!existsSync(out));
    });
  }

  test("that is not there", async () => {
    for (const file of ["none.json", "none.mjs"]) {
      const { code, stderr } = await wireproofHere(["run", "--config", join(root, file)]);
      assert.deepEqual([code, /cannot read ".*none\.m?js(on)?"/.test(stderr)], [2, true], stderr);
    }
    const { code, stderr } = await wireproof(["run"], { cwd: root });
    assert.deepEqual([code, /run needs a configuration/.test(stderr)], [2, true]);
  });

  test("that throws, or exports nothing", async () => {
    for (const [text, sentence] of [
      ["throw new Error('no port')", "no port"],
      ["export const a = 1", "it has no default export"],
    ] as const) {
      const file = join(root, `wrong-${++folders}.mjs`);
      writeFileSync(file, text);
      const { code, stderr } = await wireproofHere(["run", "--config", file]);
      assert.deepEqual([code, stderr.includes(sentence)], [2, true], stderr);
    }
  });
});
